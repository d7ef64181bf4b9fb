"""One model, loaded once, and its results: the worker's side of Vision."""

from __future__ import annotations

import time
from dataclasses import dataclass, field, replace
from pathlib import Path

import msgspec

from vision.classification import ClassificationResult, Classifier
from vision.detections import Limits
from vision.engine import ComputeUse
from vision.formats.manifest import ModelManifest, write_manifest
from vision.formats.model_file import ModelFile
from vision.heads.kind import Recognition
from vision.jobs.recorder import Recorder
from vision.look.xray import TensorView, view_tensor
from vision.models.choice import ModelChoice
from vision.models.opening import find_manifest, open_bundled, other_task_error
from vision.models.preflight import preflight
from vision.networks.detector import Detector
from vision.networks.findings import SOFTMAX_CHECKS, Finding, ModelRefusedError
from vision.networks.predictor import MAX_SHOWN, Predictor
from vision.pictures.crops import file_name
from vision.pictures.pixels import DisplaySize, Picture, Pixels, to_screen
from vision.pictures.preprocessing import Preprocessing
from vision.result import Result, Task


@dataclass(frozen=True, eq=False)
class ModelReport:
    """Report on a loaded model.

    Attributes
    ----------
    input_shape
        (N, C, H, W), 0 for a free axis; empty if the file does not declare it.
    classes
        Number of scores, 0 if unknown.
    softmax_needed
        Whether the model returns logits; ``None`` if unknown.
    findings
        Findings of the preflight of the user's own model.
    recognition
        How its task was recognised, or ``None`` if it has a description.
    limits
        Default limits of a detector.
    file
        The model file, in memory.
    """

    choice: ModelChoice
    preprocessing: Preprocessing
    use: ComputeUse
    input_shape: tuple[int, ...] = ()
    classes: int = 0
    softmax_needed: bool | None = None
    findings: tuple[Finding, ...] = ()
    task: Task = Task.CLASSIFICATION
    recognition: Recognition | None = None
    limits: Limits = field(default_factory=Limits)
    file: ModelFile | None = None


def write_settings_manifest(report: ModelReport, used: Preprocessing) -> Path:
    """Write the settings to a manifest next to the user's model, to avoid guessing them again.

    Parameters
    ----------
    report
        Report of the model, which must be a single file.

    Returns
    -------
    Path of the manifest; other fields of an existing manifest are kept.

    Raises
    ------
    VisionError
        file_unwritable, or the error of the existing manifest.
    """
    choice = report.choice
    model, labels, recognition = choice.model, choice.labels, report.recognition
    assert model is not None  # the window offers it for no other model
    manifest = find_manifest(model) or ModelManifest(
        key=model.stem,
        name=choice.name,
        file=model.name,
        task=report.task.value,
        head=None if recognition is None else recognition.head,
        labels_file=labels.name if labels is not None and labels.parent == model.parent else "",
        preprocessing=used,
    )
    path = model.with_suffix(".json")
    write_manifest(path, msgspec.structs.replace(manifest, preprocessing=used))
    return path


@dataclass(frozen=True, eq=False)
class PictureResult:
    """The network's result for one picture, with everything displayed for it.

    Attributes
    ----------
    name, path
        Name of the picture, and its file if it has one.
    picture
        (H, W, 3) BGR, uint8.
    pixels
        The same for the screen, (H, W, 4), no larger than the screen; ``None`` for a frame, which
        is drawn before the network processes it.
    result
        The classes, the objects or the mask, and the times.
    tensor
        The network's actual input; ``None`` for a frame, whose tensor is made on demand.
    preprocessing
        Preprocessing used for the tensor.
    model
        Report of the model used.
    is_new
        Whether it is to be added to the history rather than repeating an entry.
    """

    name: str
    path: Path | None
    picture: Picture
    pixels: Pixels | None
    result: Result
    tensor: TensorView | None
    preprocessing: Preprocessing
    model: ModelReport
    is_new: bool = True

    @property
    def stem(self) -> str:
        """The common stem of the names of files derived from the picture."""
        return self.path.stem if self.path is not None else file_name(self.name)


@dataclass(frozen=True, eq=False)
class Refusal:
    """A model that cannot be used, the error, and the model that stays in use."""

    choice: ModelChoice
    error: Exception
    kept: ModelChoice

    @property
    def is_reading_refused(self) -> bool:
        """Whether both are one model, which cannot be read as the user chose."""
        return self.choice == replace(self.kept, read_as=self.choice.read_as)


class Session:
    """Keeps the chosen model between jobs.

    Attributes
    ----------
    choice
        The chosen model.
    settings
        The preprocessing the user set in the X-ray and the model it is for, or ``None`` for the
        model's own. May be replaced by the GUI thread at any time; a job reads it once per picture.
    limits
        Limits for the boxes of a detector, or ``None`` for its defaults; replaced like `settings`.
    current
        The report of the model in memory; written by the worker, read by the GUI thread.
    recorder
        Recorder of the results while the user records; replaced by the GUI thread.
    display
        Display size for frames of a stream; replaced by the GUI thread.

    Thread
    ------
    Everything but `settings`, `limits`, `recorder`, `display` and `current` is used by one worker
    thread at a time.
    """

    def __init__(self, choice: ModelChoice) -> None:
        self.choice = choice
        self.settings: tuple[ModelChoice, Preprocessing] | None = None
        self.limits: Limits | None = None
        self.recorder: Recorder | None = None
        self.display = DisplaySize()
        self.current: ModelReport | None = None
        self._loaded: tuple[Predictor, ModelReport] | None = None

    def choose(self, choice: ModelChoice) -> None:
        """Use another model from the next picture on, with its own preprocessing."""
        self.choice = choice

    @property
    def loaded_choice(self) -> ModelChoice | None:
        """The loaded model, or ``None``."""
        return self._loaded[1].choice if self._loaded is not None else None

    def predictor(self) -> Predictor:
        """Return the chosen model, loaded if necessary, with the current settings.

        Raises
        ------
        VisionError, ModelRefusedError
            Errors of its files; the previously loaded model is kept.
        """
        return self._load()[0]

    def classifier(self) -> Classifier:
        """Return the chosen model, which must be a classifier.

        Raises
        ------
        VisionError, ModelRefusedError
            As `predictor`; model_other_task for a model with another task.
        """
        found = self.predictor()
        if not isinstance(found, Classifier):
            raise other_task_error(found)
        return found

    def _load(self) -> tuple[Predictor, ModelReport]:
        """Return the chosen model with the current settings, and its report."""
        choice = self.choice
        if self._loaded is None or self._loaded[1].choice != choice:
            self._loaded = _load(choice)
        predictor, report = self._loaded
        predictor.preprocessing = self.settings_for(choice, report.preprocessing)
        if isinstance(predictor, Detector):
            predictor.limits = self.limits or report.limits
        return predictor, report

    def settings_for(self, choice: ModelChoice, own: Preprocessing) -> Preprocessing:
        """Return the user's settings for a model, or `own` (any thread)."""
        edited = self.settings
        return edited[1] if edited is not None and edited[0] == choice else own

    def report(self) -> ModelReport:
        """Return the report on the chosen model, loading it if necessary.

        Raises
        ------
        VisionError, ModelRefusedError
            As `predictor`.
        """
        predictor, report = self._load()
        softmax, findings = None, report.findings
        if isinstance(predictor, Classifier):
            softmax, said = predictor.softmax_needed, predictor.softmax_finding()
            # A later picture may have shown otherwise than the preflight's grey one.
            findings = tuple(said if one.check in SOFTMAX_CHECKS else one for one in findings)
        self.current = replace(
            report,
            use=predictor.engine.use,
            input_shape=tuple(side or 0 for side in predictor.engine.input_shape or ()),
            classes=_classes(predictor),
            softmax_needed=softmax,
            findings=findings,
        )
        return self.current

    def update_report(self, result: Result) -> None:
        """Update the report if a result reveals more about the model."""
        known = self.current
        is_told = known is not None and known.classes > 0
        if known is not None and isinstance(result, ClassificationResult):
            is_told = is_told and known.softmax_needed is result.softmax_applied
        if not is_told:
            self.report()

    def read(
        self,
        picture: Picture,
        name: str,
        path: Path | None = None,
        read_ms: float = 0.0,
        is_new: bool = True,
    ) -> PictureResult:
        """Process one picture and prepare everything shown of it.

        Parameters
        ----------
        picture
            (H, W, 3) BGR, uint8.
        name, path
            Name of the picture, and its file if it has one.
        read_ms
            Time to read the picture, in milliseconds.
        is_new
            Whether to add it to the history.

        Raises
        ------
        VisionError, ModelRefusedError
            As `predictor`, and as `Predictor.predict`.
        """
        result = self.predictor().predict(picture, read_ms, top=MAX_SHOWN)
        self.record(str(path) if path is not None else name, result)
        return self.make_picture_result(picture, name, path, result, is_new)

    def make_picture_result(
        self,
        picture: Picture,
        name: str,
        path: Path | None,
        result: Result,
        is_new: bool,
    ) -> PictureResult:
        """Prepare everything shown of a result."""
        report = self.report()
        settings = self.predictor().preprocessing
        started = time.perf_counter()
        pixels = to_screen(picture)
        convert_ms = (time.perf_counter() - started) * 1e3
        return PictureResult(
            name=name,
            path=path,
            picture=picture,
            pixels=pixels,
            result=result.with_timings(draw_ms=convert_ms),
            tensor=view_tensor(picture, settings, report.preprocessing),
            preprocessing=settings,
            model=report,
            is_new=is_new,
        )

    def record(self, name: str, result: Result) -> None:
        """Write a result to the table while recording."""
        recorder = self.recorder
        if recorder is not None:
            recorder.write(name, self.choice.name, result)


def _classes(predictor: Predictor) -> int:
    """Return a model's number of class names, without the background."""
    if predictor.labels is None:
        return 0
    has_background = isinstance(predictor, Detector) and predictor.head.background is not None
    return len(predictor.labels) - (1 if has_background else 0)


def _load(choice: ModelChoice) -> tuple[Predictor, ModelReport]:
    """Load a model; check the user's own files first, so that all errors are reported."""
    findings: tuple[Finding, ...] = ()
    recognition = None
    if choice.load is not None:
        predictor = choice.load(choice.compute)
    elif choice.model is None:
        predictor = open_bundled(choice.task, choice.compute)
    else:
        report = preflight(
            choice.model, choice.prototxt, choice.labels, choice.compute, choice.read_as
        )
        if report.predictor is None:
            raise ModelRefusedError(report.failures)
        predictor, findings, recognition = report.predictor, report.findings, report.recognition
    return predictor, ModelReport(
        choice,
        predictor.preprocessing,
        predictor.engine.use,
        findings=findings,
        task=predictor.task,
        recognition=recognition,
        limits=predictor.limits if isinstance(predictor, Detector) else Limits(),
        file=predictor.engine.file,
    )
