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
"""Images a second that a recording can take."""


class Step(Enum):
    """A worker's stage that the user waits for."""

    READING = auto()
    FEATURES = auto()
    TRAINING = auto()


@dataclass(frozen=True)
class Busy:
    """The progress of a worker.

    Attributes
    ----------
    done, total
        How many of how many: images, or epochs; both 0 where that is not known.
    """

    step: Step
    done: int = 0
    total: int = 0


@dataclass(frozen=True, eq=False)
class HeadRun:
    """A training of the head; every tuple has one value per epoch, the untrained head first.

    Attributes
    ----------
    train_loss, validation_loss
        Mean over images; the second is empty where nothing is held out.
    train_accuracy, validation_accuracy
        Shares from 0 to 1, likewise.
    total
        How many epochs are wanted.
    seconds
        How long it took, features included.
    epochs_per_second
        How quick the epochs were.
    is_over
        Whether it has ended; `is_whole` then says whether all epochs were made.
    diverged
        Whether it ended because the loss was no number.
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
    """Return a training as stored in a project's document, beside the head."""
    if run is None:
        return {}
    # How quick it was is true of the computer that made it.
    return {"run": msgspec.to_builtins(replace(run, seconds=0.0, epochs_per_second=0.0))}


def read_run(stored: Mapping[str, Any], head: Head) -> HeadRun | None:
    """Return the training written by `stored_run`, otherwise the past in the head's experiment."""
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
        A camera, or ``None`` for the first one there is.
    address
        Of a network stream, in place of a camera; empty for none.
    is_mirrored
        Whether it is shown, and recorded, as a mirror shows it.
    rate_fps
        Images a second that are recorded.
    """

    device: CameraInfo | None = None
    address: str = ""
    is_mirrored: bool = False
    rate_fps: int = 5


@dataclass(frozen=True)
class Recording:
    """A recording for a class while the button is held: `count` images so far."""

    key: int
    count: int = 0


class PreviewKind(Enum):
    """The content of the live preview."""

    NOTHING = auto()
    PICTURE = auto()
    CAMERA = auto()
    VIDEO = auto()


@dataclass(frozen=True, eq=False)
class Look:
    """The head's answer for one picture.

    Attributes
    ----------
    pixels
        (H, W, 3) BGR, as it is shown: mirrored where that is chosen.
    head
        Which head looked, or ``None`` before the first training.
    features
        (1280,), or ``None`` without a head.
    probabilities
        (classes,), in the order of the head's outputs, or ``None`` without a head.
    ms
        From the pixels to the probabilities, in milliseconds.
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
        Where its pictures come from.
    look
        The newest picture and what the head makes of it, or ``None`` until it is there.
    fps
        Pictures looked at a second; 0 for a single one.
    trouble
        Why nothing comes from the source, which tries again by itself, or ``None``.
    """

    kind: PreviewKind = PreviewKind.NOTHING
    name: str = ""
    look: Look | None = None
    fps: float = 0.0
    trouble: VisionError | None = None


@dataclass(frozen=True)
class TeachState:
    """The state shown by Teach's panels; unchanged parts are the same objects.

    Attributes
    ----------
    path, is_modified
        The project's file, or ``None``, and whether it holds less than there is.
    collection, held_out, untested
        The classes; hashes of the pictures that are held out; keys of the classes none of whose
        pictures is, though they are not left out of training.
    settings
        How the head learns.
    busy
        What is worked on, or ``None``.
    follows
        Whether the head is trained again by itself when images have changed.
    is_paused
        Whether a training was stopped before its end and can go on.
    head, run
        What was learned and how that went, or ``None``; `run` also while it goes on.
    is_stale
        Whether classes, pictures or settings are no longer those that the head learned from.
    features
        Of all pictures as of the last training, or ``None``.
    evaluation, calibrated
        How good the head is, and the threshold for "unknown" that held-out pictures give.
    learning, is_measuring
        The points of the learning curve so far, and whether more are to come.
    preview, camera, recording
        The live preview, where it and recordings come from, and the recording under way.
    report
        What came of the last import of a folder, until it was read, or ``None``.
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
        """Return a class's pictures; none if it is gone."""
        return next((one.pictures for one in self.collection.classes if one.key == key), ())

    @property
    def held_count(self) -> int:
        """The number of held-out pictures; one in two classes counts twice, as in the test."""
        pictures = (one for each in self.collection.taught.classes for one in each.pictures)
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
