"""The state shown by Teach's panels, as one immutable value."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from enum import Enum, auto
from pathlib import Path
from typing import Any

import msgspec

from gui.teach_tab.evaluation import Evaluation, LearningPoint, Threshold
from gui.teach_tab.teaching import Head, Probabilities, TeachSettings
from model.experiment import Past
from vision.errors import VisionError
from vision.sources.camera import CameraInfo
from vision.teaching.collection import Collection, Picture
from vision.teaching.features import FeatureRow, Features, Pixels
from vision.teaching.importing import FolderImport

RATES_FPS = (1, 2, 5, 10, 15)
"""Selectable recording rates, in images per second."""


class Step(Enum):
    """A stage of the work in progress."""

    READING = auto()
    FEATURES = auto()
    TRAINING = auto()


@dataclass(frozen=True)
class Busy:
    """The progress of a worker.

    Attributes
    ----------
    done, total
        Number of images or epochs done, and in total; both 0 if unknown.
    """

    step: Step
    done: int = 0
    total: int = 0


@dataclass(frozen=True, eq=False)
class HeadRun:
    """A training of the head.

    Every tuple has one value per epoch; the first value is that of the untrained head.

    Attributes
    ----------
    train_loss, validation_loss
        Mean losses over the images; the second is empty if nothing is held out.
    train_accuracy, validation_accuracy
        Accuracies, 0 to 1; the second is empty if nothing is held out.
    total
        Number of requested epochs.
    seconds
        Duration in seconds; with :func:`teach` it includes computing the features.
    epochs_per_second
        Mean number of epochs per second.
    is_over
        Whether the training has ended; `is_whole` then tells whether all epochs were done.
    diverged
        Whether the training ended because the loss became NaN or infinite.
    """

    train_loss: tuple[float, ...] = ()
    validation_loss: tuple[float, ...] = ()
    train_accuracy: tuple[float, ...] = ()
    validation_accuracy: tuple[float, ...] = ()
    total: int = 0
    seconds: float = 0.0
    epochs_per_second: float = 0.0
    is_over: bool = False
    diverged: bool = False

    @property
    def epoch(self) -> int:
        """The number of epochs done."""
        return max(len(self.train_loss) - 1, 0)

    @property
    def is_whole(self) -> bool:
        """Whether all requested epochs are done."""
        return self.epoch >= self.total


def stored_run(run: HeadRun | None) -> dict[str, Any]:
    """Return a training as stored with the head in a project."""
    if run is None:
        return {}
    # How quick it was is true of the computer that made it.
    return {"run": msgspec.to_builtins(replace(run, seconds=0.0, epochs_per_second=0.0))}


def read_run(stored: Mapping[str, Any], head: Head) -> HeadRun | None:
    """Return the training stored by `stored_run`, otherwise one from the head's history."""
    try:
        return msgspec.convert(stored["run"], HeadRun)
    except (KeyError, msgspec.ValidationError):
        past = head.experiment.past
    curve = past.curve if isinstance(past, Past) else None
    if curve is None or curve.epochs != tuple(range(len(curve.epochs))):
        return None
    tests = tuple(loss for loss in curve.test if loss is not None)
    return HeadRun(curve.train, tests, total=curve.epochs[-1], is_over=True)


@dataclass(frozen=True)
class Camera:
    """The source of recordings and the live preview.

    Attributes
    ----------
    device
        Camera, or ``None`` for the first available one.
    address
        Address of a network stream to use instead of a camera; empty for none.
    is_mirrored
        Whether the preview and recordings are mirrored.
    rate_fps
        Recorded images per second.
    """

    device: CameraInfo | None = None
    address: str = ""
    is_mirrored: bool = False
    rate_fps: int = 5


@dataclass(frozen=True)
class Recording:
    """The recording in progress for a class, with `count` images so far."""

    key: int
    count: int = 0


class PreviewKind(Enum):
    """The content of the live preview."""

    NOTHING = auto()
    PICTURE = auto()
    CAMERA = auto()
    VIDEO = auto()


@dataclass(frozen=True, eq=False)
class HeadAnswer:
    """The head's answer for one image.

    Attributes
    ----------
    pixels
        Displayed image, shape (H, W, 3), BGR; mirrored if the camera is.
    head
        Head that classified the image, or ``None`` before the first training.
    features
        Features of the image, shape (1280,), or ``None`` without a head.
    probabilities
        Probabilities in the order of the head's outputs, shape (classes,), or ``None`` without a
        head.
    ms
        Time from the pixels to the probabilities, in milliseconds.
    """

    pixels: Pixels
    head: Head | None = None
    features: FeatureRow | None = None
    probabilities: Probabilities | None = None
    ms: float = 0.0


@dataclass(frozen=True)
class Preview:
    """The live preview.

    Attributes
    ----------
    kind
        Source of the images.
    look
        Newest image and the head's answer, or ``None`` if there is none yet.
    fps
        Images classified per second; 0 for a still image.
    trouble
        Current error of the source, which keeps trying, or ``None``.
    """

    kind: PreviewKind = PreviewKind.NOTHING
    name: str = ""
    look: HeadAnswer | None = None
    fps: float = 0.0
    trouble: VisionError | None = None


@dataclass(frozen=True)
class TeachState:
    """The state shown by Teach's panels; unchanged parts are the same objects.

    Attributes
    ----------
    path, is_modified
        Path of the project's file, or ``None``, and whether there are unsaved changes.
    collection, held_out, untested
        The classes; hashes of the held-out images; keys of the classes in training that have
        images but none held out.
    settings
        Settings of the head's training.
    busy
        Work in progress, or ``None``.
    follows
        Whether changed images start a training automatically.
    is_paused
        Whether a training was stopped early and can be continued.
    head, run
        Trained head and its training run, or ``None``; `run` also during the training.
    is_stale
        Whether classes, images or settings have changed since the head was trained.
    features
        Features of all images at the last training, or ``None``.
    evaluation, calibrated
        Evaluation of the head, and the threshold for "unknown" calibrated on held-out images.
    learning, is_measuring
        Points of the learning curve so far, and whether it is still being measured.
    preview, camera, recording
        Live preview, source of the preview and of recordings, and recording in progress.
    report
        Report of the last folder import until it is closed, or ``None``.
    """

    path: Path | None = None
    is_modified: bool = False
    collection: Collection = field(default_factory=Collection)
    held_out: frozenset[str] = frozenset()
    untested: tuple[int, ...] = ()
    settings: TeachSettings = field(default_factory=TeachSettings)
    busy: Busy | None = None
    follows: bool = False
    is_paused: bool = False
    head: Head | None = None
    run: HeadRun | None = None
    is_stale: bool = False
    features: Features | None = None
    evaluation: Evaluation | None = None
    calibrated: Threshold | None = None
    learning: tuple[LearningPoint, ...] = ()
    is_measuring: bool = False
    preview: Preview = field(default_factory=Preview)
    camera: Camera = Camera()
    recording: Recording | None = None
    report: FolderImport | None = None

    def pictures_of(self, key: int) -> tuple[Picture, ...]:
        """Return a class's images; empty if the class is gone."""
        return next((one.pictures for one in self.collection.classes if one.key == key), ())

    @property
    def held_out_count(self) -> int:
        """The number of held-out images; an image in two classes counts twice."""
        pictures = (one for each in self.collection.included.classes for one in each.pictures)
        return sum(one.sha256 in self.held_out for one in pictures)

    @property
    def threshold(self) -> float:
        """The probability below which an answer is "unknown", set by hand or calibrated."""
        if self.settings.threshold is not None:
            return self.settings.threshold
        return 0.0 if self.calibrated is None else self.calibrated.value

    @property
    def is_training(self) -> bool:
        """Whether the head is being trained, or features are being computed."""
        return self.busy is not None and self.busy.step in (Step.FEATURES, Step.TRAINING)
