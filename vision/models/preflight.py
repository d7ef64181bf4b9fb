"""Checks a model before it is used, and reports all its faults together."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

import numpy as np

from foundation.text import Text
from vision.classification import ClassificationResult, Classifier
from vision.engine import ComputeChoice, Engine
from vision.errors import Fault, VisionError, as_value
from vision.formats.labels import Labels, read_labels
from vision.formats.manifest import ModelManifest
from vision.formats.model_file import ModelFile, ModelFormat
from vision.formats.onnx.check import unsupported_operators
from vision.formats.onnx.structure import Shape
from vision.formats.reader import read_model_file
from vision.heads.kind import Recognition
from vision.models.opening import (
    find_manifest,
    make_predictor,
    recognise_network,
    recognition_from_manifest,
    run_on_black_picture,
    stored_preprocessing,
    suggest_preprocessing,
    takes_picture,
)
from vision.models.recognition import AUTOMATIC, read_as
from vision.networks.detector import DetectionResult
from vision.networks.findings import Check, Finding, Severity
from vision.networks.predictor import Predictor
from vision.pictures.preprocessing import Preprocessing
from vision.reasons import sides_text
from vision.result import Task


@dataclass(frozen=True, eq=False)
class PreflightReport:
    """All findings of the preflight.

    Attributes
    ----------
    findings
        Findings in the order of the checks.
    preprocessing
        Described or guessed preprocessing; None if the file could not be read.
    predictor
        The loaded model, ready for use, or None if anything failed.
    recognition
        Recognised task, and how it was recognised; None if the model could not be run.
    """

    findings: tuple[Finding, ...]
    preprocessing: Preprocessing | None
    predictor: Predictor | None
    recognition: Recognition | None = None

    @property
    def passed(self) -> bool:
        """Whether the model can be used."""
        return self.predictor is not None

    @property
    def failures(self) -> tuple[Finding, ...]:
        """The findings that prevent its use."""
        return tuple(f for f in self.findings if f.severity is Severity.FAIL)


def preflight(
    model: Path | str,
    prototxt: Path | str | None = None,
    labels: Path | str | None = None,
    compute: ComputeChoice = ComputeChoice.AUTO,
    read: str = AUTOMATIC,
) -> PreflightReport:
    """Check a model, load it and run it once on a grey picture.

    Parameters
    ----------
    model, prototxt, labels
        Files as for `vision.models.opening.open_predictor`.
    read
        How to read its output, as chosen by the user.

    Returns
    -------
    The report; errors of the files are findings in it, not exceptions.

    Raises
    ------
    VisionError
        model_stopped, if the caller's job is stopped meanwhile.
    """
    return _Preflight(Path(model), prototxt, labels, compute, read).report()


@dataclass
class _Preflight:
    """The checks of one model, each adding its findings."""

    model: Path
    prototxt: Path | str | None
    labels_path: Path | str | None
    compute: ComputeChoice
    read: str
    findings: list[Finding] = field(default_factory=list)

    def report(self) -> PreflightReport:
        labels = None
        if self.labels_path is not None:
            labels = self._attempt(partial(read_labels, self.labels_path))
        manifest = self._attempt(partial(find_manifest, self.model, self.prototxt))
        file = self._read_file()
        if file is None:
            return PreflightReport(tuple(self.findings), None, None)
        self._check_graph(file)
        # What takes no picture is not loaded.
        is_picture = not any(one.check is Check.INPUT_NOT_PICTURE for one in self.findings)
        engine = self._load(file, labels) if is_picture else None
        recognition = None if engine is None else self._recognise(engine, manifest, labels)
        settings = self._preprocessing(file, manifest, recognition)
        predictor = None
        if engine is not None and recognition is not None and recognition.task is not None:
            given = (self.model.parent, labels, settings, recognition)
            predictor = self._attempt(partial(make_predictor, engine, manifest, *given))
        if predictor is not None:
            self._run(predictor)
        has_failed = any(one.severity is Severity.FAIL for one in self.findings)
        usable = None if has_failed else predictor
        return PreflightReport(tuple(self.findings), settings, usable, recognition)

    def _add(self, check: Check, severity: Severity, **values: str | int | float) -> None:
        self.findings.append(Finding(check, severity, values))

    def _fault(self, error: VisionError) -> None:
        if error.code is Fault.MODEL_STOPPED:  # the model is not to blame
            raise error
        self.findings.append(Finding(Check.FAULT, Severity.FAIL, error=as_value(error)))

    def _attempt[T](self, work: Callable[[], T]) -> T | None:
        """Return the result of some work, or add its error as a finding and return None."""
        try:
            return work()
        except VisionError as error:
            self._fault(error)
            return None

    def _read_file(self) -> ModelFile | None:
        file = self._attempt(partial(read_model_file, self.model, self.prototxt))
        if file is None:
            return None
        # A converted file has no opset of its own.
        opset = file.structure.opset if file.format is ModelFormat.ONNX else None
        self._add(
            Check.FILE,
            Severity.OK,
            format=file.format.value,
            megabytes=round(len(file.data) / 1e6, 1),
            opset="" if opset is None else Text(", opset {number}", number=opset),
        )
        return file

    def _check_graph(self, file: ModelFile) -> None:
        for info in file.structure.inputs[:1]:
            shape = shape_text(info.shape)
            if takes_picture(info.shape):
                self._add(Check.INPUT, Severity.OK, shape=shape)
            else:
                self._add(Check.INPUT_NOT_PICTURE, Severity.FAIL, shape=shape)

    def _recognise(
        self,
        engine: Engine,
        manifest: ModelManifest | None,
        labels: Labels | None,
    ) -> Recognition | None:
        """Recognise the network's task from its outputs for a black picture."""
        said = None if manifest is None else recognition_from_manifest(manifest)
        if said is not None and self.read == AUTOMATIC:
            return said
        try:
            if self.read != AUTOMATIC:
                return read_as(self.read, run_on_black_picture(engine))
            found = recognise_network(engine, labels)
        except VisionError as error:
            self._fault(error)
            return None
        if found.task is None:
            self._add(Check.OTHER_NETWORK, Severity.FAIL, kind=found.kind, reason=found.reason)
        elif found.task is not Task.CLASSIFICATION:
            self._add(Check.RECOGNISED, Severity.OK, kind=found.kind, reason=found.reason)
        return found

    def _preprocessing(
        self,
        file: ModelFile,
        manifest: ModelManifest | None,
        recognition: Recognition | None,
    ) -> Preprocessing:
        settings = stored_preprocessing(file) if manifest is None else manifest.preprocessing
        if settings is not None:
            self._add(Check.PREPROCESSING_KNOWN, Severity.OK, settings=settings_text(settings))
            return settings
        settings = suggest_preprocessing(file, recognition)
        self._add(Check.PREPROCESSING_GUESSED, Severity.NOTE)
        return settings

    def _load(self, file: ModelFile, labels: Labels | None) -> Engine | None:
        try:
            return Engine(file, self.compute)
        except VisionError as error:
            if error.code is Fault.MODEL_UNSUPPORTED:
                names = ", ".join(unsupported_operators(file.structure))
                if names:
                    self._add(Check.OPERATORS_MISSING, Severity.FAIL, operators=names)
            self._fault(error)
            self._compare_labels_with_file(file, labels)
            return None

    def _compare_labels_with_file(self, file: ModelFile, labels: Labels | None) -> None:
        """Compare the labels with the output shape declared in the file, if it cannot be run."""
        outputs = file.structure.outputs
        shape = outputs[0].shape if len(outputs) == 1 else None
        if labels is None or not shape or not isinstance(shape[-1], int):
            return
        self._attempt(partial(labels.require, shape[-1]))

    def _run(self, predictor: Predictor) -> None:
        width, height = predictor.preprocessing.size_wh
        grey = np.full((height, width, 3), 127, np.uint8)
        had_labels = predictor.labels is not None
        started = time.perf_counter()
        result = self._attempt(partial(predictor.predict, grey))
        if result is None:
            return
        elapsed_ms = (time.perf_counter() - started) * 1e3
        use, forward_ms = predictor.engine.use, round(elapsed_ms, 1)
        if use.reason:
            self._add(
                Check.ENGINE_FALLBACK, Severity.NOTE, engine=use.used.value, reason=use.reason
            )
        else:
            self._add(Check.ENGINE, Severity.OK, engine=use.used.value)
        if isinstance(result, DetectionResult):
            self._add(Check.RUNS_BOXES, Severity.OK, boxes=result.proposed, forward_ms=forward_ms)
            outputs = len(result.labels)
        elif isinstance(result, ClassificationResult):
            outputs = len(result.probabilities)
            self._add(Check.RUNS, Severity.OK, outputs=outputs, forward_ms=forward_ms)
            self._note_other_outputs(predictor)
        else:
            self._add(Check.RUNS_MASK, Severity.OK, forward_ms=forward_ms)
            return
        if had_labels:
            self._add(Check.LABELS, Severity.OK, outputs=outputs)
        elif self._is_guess(predictor):
            self._add(Check.MAYBE_NO_CLASSES, Severity.WARN, outputs=outputs)
        elif outputs > 1:
            self._add(Check.LABELS_NUMBERED, Severity.NOTE, outputs=outputs)
        else:  # there is one, or, of rows of boxes, nobody knows how many
            self._add(Check.LABELS_UNCOUNTED, Severity.NOTE)
        if isinstance(predictor, Classifier):
            self.findings.append(predictor.softmax_finding())

    def _is_guess(self, predictor: Predictor) -> bool:
        """Return whether outputs are taken for scores without confirmation by user or file."""
        is_said = self.read != AUTOMATIC or predictor.manifest is not None
        return isinstance(predictor, Classifier) and bool(predictor.softmax_needed) and not is_said

    def _note_other_outputs(self, predictor: Predictor) -> None:
        """Add a finding on which of several outputs is used, if no manifest chooses."""
        count = len(predictor.engine.output_names)
        is_chosen = predictor.manifest is not None and predictor.manifest.scores_output
        if isinstance(predictor, Classifier) and count > 1 and not is_chosen:
            name = predictor.scores_output
            self._add(Check.ONE_OF_OUTPUTS, Severity.NOTE, count=count, name=name)


def shape_text(shape: Shape | None) -> str:
    """Return a shape as "1 x 3 x 224 x 224", with a letter for a free axis."""
    if shape is None:
        return Text("a tensor of unknown shape")
    return sides_text(shape) or Text("a single number")


def settings_text(settings: Preprocessing) -> str:
    """Return preprocessing settings on one line."""
    grey, rgb, bgr = Text("grey"), "RGB", "BGR"
    return Text(
        "{width} x {height}, {colours}, mean {mean}, scale {scale}{std}, {fit}",
        width=settings.size_wh[0],
        height=settings.size_wh[1],
        colours=grey if settings.channels == 1 else rgb if settings.swap_rb else bgr,
        mean=_triple_text(settings.mean),
        scale=f"{settings.scale:.6g}",
        std="" if settings.std == (1.0, 1.0, 1.0) else f", std {_triple_text(settings.std)}",
        fit=Text("cropped")
        if settings.crop
        else Text("in a letterbox")
        if settings.letterbox
        else Text("squashed"),
    )


def _triple_text(values: tuple[float, float, float]) -> str:
    return " ".join(f"{value:g}" for value in values)
