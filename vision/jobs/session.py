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
from vision.models.opening import manifest_beside, open_bundled, other_task
from vision.models.preflight import preflight
from vision.networks.detector import Detector
from vision.networks.findings import SOFTMAX_CHECKS, Finding, ModelRefusedError
from vision.networks.predictor import MOST_SHOWN, Predictor
from vision.pictures.crops import file_name
from vision.pictures.pixels import DisplaySize, Picture, Pixels, to_screen
from vision.pictures.preprocessing import Preprocessing
from vision.result import Result, Task


@dataclass(frozen=True, eq=False)
class ModelReport:
    """What is known about a loaded model.

    Attributes
    ----------
    input_shape
        (N, C, H, W), 0 for a free side; empty where the file does not say.
    classes
        How many scores it gives, 0 while unknown.
    softmax_needed
        Whether it gives logits; ``None`` while unknown.
    findings
        What the preflight of the user's own model found.
    recognition
        By what its task was recognised, or ``None`` where it is described.
    limits
        The limits that are usual for a detector.
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


def keep_settings(report: ModelReport, used: Preprocessing) -> Path:
    """Write a manifest beside the user's own model, so that nothing must be guessed again.

    Parameters
    ----------
    report
        What is known of the model; it has a file that is no half of a pair.

    Returns
    -------
    The file that was written; a description that was there keeps what else it says.

    Raises
    ------
    VisionError
        file_unwritable, or what is wrong with the description that is there.
    """
    choice = report.choice
    model, labels, recognition = choice.model, choice.labels, report.recognition
    assert model is not None  # the window offers it for no other model
    manifest = manifest_beside(model) or ModelManifest(
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
    """The network's result for one picture, with everything shown of it.

    Attributes
    ----------
    name, path
        What it is called, and its file if it has one.
    picture
        (H, W, 3) BGR, uint8.
    pixels
        The same for the screen, (H, W, 4), no larger than one; ``None`` for a frame, which is
        drawn before the network sees it.
    result
        The classes, the objects or the mask, and the times.
    tensor
        What the network really saw; ``None`` for a frame, of which it is made when somebody looks.
    preprocessing
        What it was made with.
    model
        The report of the model that said so.
    is_new
        Whether it belongs into the history, and not merely repeats an entry.
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
        """The common stem of the names of files made from it."""
        return self.path.stem if self.path is not None else file_name(self.name)


@dataclass(frozen=True, eq=False)
class Refusal:
    """A model that cannot be used, the reason, and the model that stays in use."""

    choice: ModelChoice
    error: Exception
    kept: ModelChoice

    @property
    def is_of_reading(self) -> bool:
        """Whether both are one model, which cannot be read as the user specified."""
        return self.choice == replace(self.kept, read_as=self.choice.read_as)


class Session:
    """Keeps the chosen model between jobs.

    Attributes
    ----------
    choice
        The model.
    settings
        The preprocessing the user set in the X-ray and the model it is for, or ``None`` for the
        model's own. May be replaced by the GUI thread at any time; a job reads it once a picture.
    limits
        Which boxes of a detector are shown, or ``None`` for those that are usual for it; as
        `settings`.
    current
        The report of the model in memory; written by the worker, read by the GUI thread.
    recorder
        Where results are written while the user records them; replaced by the GUI thread.
    display
        Where frames of a stream are shown; replaced by the GUI thread.

    Thread
    ------
    Everything but `settings`, `limits`, `recorder`, `display` and `current` is used by the one
    worker thread at a time.
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
        """Return the chosen model, loaded if necessary, with the present settings.

        Raises
        ------
        VisionError, ModelRefusedError
            Whatever is wrong with its files; the model loaded before stays.
        """
        return self._load()[0]

    def classifier(self) -> Classifier:
        """Return the chosen model, which must give probabilities.

        Raises
        ------
        VisionError, ModelRefusedError
            As `predictor`; model_other_task for a model of another kind.
        """
        found = self.predictor()
        if not isinstance(found, Classifier):
            raise other_task(found)
        return found

    def _load(self) -> tuple[Predictor, ModelReport]:
        """Return the chosen model with the present settings, and what is known about it."""
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
        """Return what is known about the chosen model, loading it if needed.

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

    def learn(self, result: Result) -> None:
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
            What it is called, and its file if it has one.
        read_ms
            How long reading it took, in milliseconds.
        is_new
            Whether it belongs into the history.

        Raises
        ------
        VisionError, ModelRefusedError
            As `predictor`, and as `Predictor.predict`.
        """
        result = self.predictor().predict(picture, read_ms, top=MOST_SHOWN)
        self.record(str(path) if path is not None else name, result)
        return self.reading_of(picture, name, path, result, is_new)

    def reading_of(
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
        """Write a result to the table, during recording."""
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
    """Load a model; check the user's own files first, so that all faults are named."""
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
