"""One model, loaded once, and what it says of pictures: the worker's side of Vision."""

from __future__ import annotations

import time
from dataclasses import dataclass
from pathlib import Path

from vision.classification import ClassificationResult, Classifier
from vision.display import DisplaySize, Pixels, TensorView, to_screen, view_tensor
from vision.engine import ComputeUse
from vision.errors import VisionError
from vision.findings import Finding, ModelRefusedError
from vision.model_choice import ModelChoice
from vision.model_files import ModelFile
from vision.models import open_classifier
from vision.pictures import Picture
from vision.preflight import preflight
from vision.preprocessing import Preprocessing
from vision.recorder import Recorder


@dataclass(frozen=True, eq=False)
class ModelReport:
    """What is known of a model once it is loaded.

    Attributes
    ----------
    choice
        Which model.
    preprocessing
        Its own preprocessing.
    input_shape
        (N, C, H, W), 0 for a free side; empty where the file does not say.
    classes
        How many scores it gives, 0 while unknown.
    softmax_needed
        Whether it gives logits; ``None`` while unknown.
    load_ms
        Time to read and build it.
    use
        What computes.
    findings
        What the preflight of a person's own model found.
    file
        The model file, in memory.
    """

    choice: ModelChoice
    preprocessing: Preprocessing
    input_shape: tuple[int, ...]
    classes: int
    softmax_needed: bool | None
    load_ms: float
    use: ComputeUse
    findings: tuple[Finding, ...] = ()
    file: ModelFile | None = None


@dataclass(frozen=True, eq=False)
class PictureResult:
    """What the network says of one picture, with all that is shown of it.

    Attributes
    ----------
    name, path
        What it is called, and its file if it has one.
    picture
        (H, W, 3) BGR, uint8.
    pixels
        The same for the screen, (H, W, 4), no larger than one; ``None`` for a frame, which is
        drawn before it is classified.
    result
        The classes, their probabilities, the times.
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
    result: ClassificationResult
    tensor: TensorView | None
    preprocessing: Preprocessing
    model: ModelReport
    is_new: bool = True


@dataclass(frozen=True, eq=False)
class Failure:
    """A picture that could not be read or classified.

    Attributes
    ----------
    name
        What the picture is called.
    error
        Why.
    """

    name: str
    error: VisionError


class Session:
    """Hold the chosen model's classifier between jobs.

    Attributes
    ----------
    settings
        The preprocessing a person set in the X-ray and the model it is for, or ``None`` for the
        model's own. May be replaced by the GUI thread at any time; a job reads it once a picture.
    current
        The report of the model in memory; written by the worker, read by the GUI thread.
    recorder
        Where results are written while a person records them; replaced by the GUI thread.
    display
        Where frames of a stream are shown; replaced by the GUI thread.

    Thread
    ------
    Everything but `settings`, `recorder`, `display` and `current` is used by the one worker thread
    at a time.
    """

    def __init__(self, choice: ModelChoice) -> None:
        self.choice = choice
        self.settings: tuple[ModelChoice, Preprocessing] | None = None
        self.recorder: Recorder | None = None
        self.display = DisplaySize()
        self.current: ModelReport | None = None
        self._loaded: tuple[ModelChoice, Classifier, Preprocessing] | None = None
        self._findings: tuple[Finding, ...] = ()

    def choose(self, choice: ModelChoice) -> None:
        """Use another model from the next picture on, with its own preprocessing."""
        self.choice = choice

    @property
    def loaded_choice(self) -> ModelChoice | None:
        """The model that is in memory, or ``None``."""
        return self._loaded[0] if self._loaded is not None else None

    def classifier(self) -> Classifier:
        """Return the chosen model's classifier, loaded now if it was not.

        Raises
        ------
        VisionError, ModelRefusedError
            Whatever is wrong with its files; the model loaded before stays.
        """
        choice = self.choice
        if self._loaded is None or self._loaded[0] != choice:
            classifier, self._findings = _load(choice)
            self._loaded = (choice, classifier, classifier.preprocessing)
        own = self._loaded[2]
        classifier = self._loaded[1]
        classifier.preprocessing = self.settings_for(choice, own)
        return classifier

    def settings_for(self, choice: ModelChoice, own: Preprocessing) -> Preprocessing:
        """Return the settings a person made for a model, or `own` (any thread)."""
        edited = self.settings
        return edited[1] if edited is not None and edited[0] == choice else own

    def report(self) -> ModelReport:
        """Return what is known of the chosen model, loading it if needed.

        Raises
        ------
        VisionError, ModelRefusedError
            As `classifier`.
        """
        classifier = self.classifier()
        assert self._loaded is not None
        engine = classifier.engine
        self.current = ModelReport(
            choice=self._loaded[0],
            preprocessing=self._loaded[2],
            input_shape=tuple(side or 0 for side in engine.input_shape or ()),
            classes=0 if classifier.labels is None else len(classifier.labels),
            softmax_needed=classifier.softmax_needed,
            load_ms=engine.load_ms,
            use=engine.use,
            findings=self._findings,
            file=engine.file,
        )
        return self.current

    def read(
        self,
        picture: Picture,
        name: str,
        path: Path | None = None,
        read_ms: float = 0.0,
        is_new: bool = True,
    ) -> PictureResult:
        """Classify one picture and prepare all that is shown of it.

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
            As `classifier`, and as `Classifier.classify`.
        """
        result = self.classifier().classify(picture, top=10, read_ms=read_ms)
        self.record(str(path) if path is not None else name, result)
        return self.reading_of(picture, name, path, result, is_new)

    def reading_of(
        self,
        picture: Picture,
        name: str,
        path: Path | None,
        result: ClassificationResult,
        is_new: bool,
    ) -> PictureResult:
        """Prepare all that is shown of a result."""
        report = self.report()
        settings = self.classifier().preprocessing
        started = time.perf_counter()
        pixels = to_screen(picture)
        convert_ms = (time.perf_counter() - started) * 1e3
        return PictureResult(
            name=name,
            path=path,
            picture=picture,
            pixels=pixels,
            result=result.with_timings(draw_ms=convert_ms),
            tensor=view_tensor(settings, report.preprocessing, picture),
            preprocessing=settings,
            model=report,
            is_new=is_new,
        )

    def record(self, name: str, result: ClassificationResult) -> None:
        """Write a result to the table that is being recorded, if one is."""
        recorder = self.recorder
        if recorder is not None:
            recorder.write(name, self.choice.name, result)


def _load(choice: ModelChoice) -> tuple[Classifier, tuple[Finding, ...]]:
    """Load a model; a person's own files are looked at first, so that all faults are named."""
    if choice.load is not None:
        return choice.load(choice.compute), ()
    if choice.model is None:
        return open_classifier(choice=choice.compute), ()
    report = preflight(choice.model, choice.prototxt, choice.labels, choice.compute)
    if report.classifier is None:
        raise ModelRefusedError(report.findings)
    return report.classifier, report.findings
