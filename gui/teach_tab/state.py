"""Everything that Teach's panels show, as one value that never changes."""

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
    """What a worker does that the user waits for."""

    READING = auto()
    FEATURES = auto()
    TRAINING = auto()


@dataclass(frozen=True)
class Busy:
    """How far a worker is.

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
    """How a training of the head went; every tuple has one value an epoch, the untrained first.

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
        """How many epochs are done."""
        return max(len(self.train_loss) - 1, 0)

    @property
    def is_whole(self) -> bool:
        """Whether all epochs that were wanted are done."""
        return self.epoch >= self.total


def stored_run(run: HeadRun | None) -> dict[str, Any]:
    """Return what a project's document of the head says of a training, beside the head."""
    if run is None:
        return {}
    # How quick it was is true of the computer that made it.
    return {"run": msgspec.to_builtins(replace(run, seconds=0.0, epochs_per_second=0.0))}


def read_run(stored: Mapping[str, Any], head: Head) -> HeadRun | None:
    """Return the training that `stored_run` wrote; else what the head's experiment keeps of it."""
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
    """Where recordings and the live preview come from.

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
    """What is recorded for a class while the user holds the button: `count` images so far."""

    key: int
    count: int = 0


class PreviewKind(Enum):
    """What is on show in the live preview."""

    NOTHING = auto()
    PICTURE = auto()
    CAMERA = auto()
    VIDEO = auto()


@dataclass(frozen=True, eq=False)
class Look:
    """What the head makes of one picture.

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
    """Everything that Teach's panels show. Parts that did not change are the same objects.

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
        """Return a class's pictures; none where it is gone."""
        return next((one.pictures for one in self.collection.classes if one.key == key), ())

    @property
    def held_count(self) -> int:
        """How many pictures are held out; one in two classes counts in each, as in the test."""
        pictures = (one for each in self.collection.taught.classes for one in each.pictures)
        return sum(one.sha256 in self.held_out for one in pictures)

    @property
    def threshold(self) -> float:
        """Below which best probability the answer is "unknown": as set by hand, else calibrated."""
        if self.settings.threshold is not None:
            return self.settings.threshold
        return 0.0 if self.calibrated is None else self.calibrated.value

    @property
    def is_training(self) -> bool:
        """Whether the head is being trained, or its features made ready."""
        return self.busy is not None and self.busy.step in (Step.FEATURES, Step.TRAINING)
