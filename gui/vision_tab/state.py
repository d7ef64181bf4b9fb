"""The state shown by Vision's panels, as one immutable value."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from enum import Enum, IntEnum, auto
from pathlib import Path
from typing import TYPE_CHECKING

from vision.detections import ClassCount, Limits, Selection
from vision.errors import VisionError
from vision.formats.manifest import ModelManifest
from vision.jobs.batch import BatchItem
from vision.jobs.history import HistoryEntry
from vision.jobs.picture_jobs import OcclusionView
from vision.jobs.pipeline import PipelineUpdate
from vision.jobs.session import ModelReport, PictureResult, Refusal
from vision.look.xray import Comparison, Mistake
from vision.models.choice import ModelChoice
from vision.networks.predictor import MAX_SHOWN
from vision.networks.segmenter import CutOut
from vision.pictures.preprocessing import Preprocessing
from vision.result import TOP, Task

if TYPE_CHECKING:
    from vision.models.download import DownloadProgress  # loads what downloads, which few do

TOP_CHOICES = tuple(sorted({3, TOP, MAX_SHOWN}))
"""Possible numbers of listed labels."""


class SourceKind(IntEnum):
    """The kind of source; the value is the index of its button."""

    IMAGE = 0
    FOLDER = 1
    VIDEO = 2
    CAMERA = 3


@dataclass(frozen=True)
class SourceState:
    """The source, and the possible commands for the current picture.

    Attributes
    ----------
    kind
        The chosen kind of source.
    stream
        Name of the video or camera on the stage, or ``""``.
    is_live
        Whether a stream is running, even if it is frozen.
    is_frozen
        Whether the stream is frozen at one frame.
    has_ended
        Whether the frozen frame is the last one of a video played to its end.
    has_picture
        Whether there is a result to save or to explain.
    can_explain
        Whether an occlusion map of the result is possible: a still picture with labels.
    is_recording, shows_occlusion, shows_label, is_mirrored
        States of the switches.
    resolution_wh
        Chosen resolution of cameras, or ``None`` for the camera's default.
    """

    kind: SourceKind = SourceKind.IMAGE
    stream: str = ""
    is_live: bool = False
    is_frozen: bool = False
    has_ended: bool = False
    has_picture: bool = False
    can_explain: bool = False
    is_recording: bool = False
    shows_occlusion: bool = False
    shows_label: bool = True
    is_mirrored: bool = False
    resolution_wh: tuple[int, int] | None = None


class StageKind(Enum):
    """The content of the stage."""

    EMPTY = auto()
    WAITING = auto()
    TROUBLE = auto()
    PICTURE = auto()


@dataclass(frozen=True)
class StageState:
    """The content of the stage, or why it is empty.

    Attributes
    ----------
    kind
        Kind of content: an invitation, a wait, an error, or a picture.
    name
        Name of the source that is awaited, has failed, or is shown.
    error
        Current error of a source that keeps trying, or ``None``.
    was_opened
        Whether a source that ended without a picture could be opened.
    """

    kind: StageKind = StageKind.EMPTY
    name: str = ""
    error: VisionError | None = None
    was_opened: bool = False


@dataclass(frozen=True)
class TransportState:
    """A video's position.

    Attributes
    ----------
    frame, frames
        Index of the current frame, from 0, and number of frames.
    fps
        Frame rate of the file, in frames per second.
    """

    frame: int
    frames: int
    fps: float


@dataclass(frozen=True)
class SettingsInUse:
    """A model's default preprocessing, and the one in use."""

    choice: ModelChoice
    own: Preprocessing
    used: Preprocessing

    @property
    def can_be_saved(self) -> bool:
        """Whether they differ from the model's own and can be saved."""
        choice = self.choice
        is_file = choice.model is not None and choice.prototxt is None and choice.load is None
        return is_file and self.used != self.own


@dataclass(frozen=True, eq=False)
class FolderState:
    """A folder's progress; equal numbers do not imply the same run.

    Attributes
    ----------
    items
        Results of the pictures. The worker appends to the list; the first `done` belong to this
        state.
    done, total
        Number of pictures done, and in total.
    failed
        Number of unreadable pictures.
    is_running, is_paused
        Whether pictures are still to come, and whether the run is paused.
    choice
        Model used for the pictures, or ``None`` until the folder has been read.
    """

    path: Path
    items: list[BatchItem]
    done: int = 0
    total: int = 0
    failed: int = 0
    is_running: bool = True
    is_paused: bool = False
    choice: ModelChoice | None = None


class Origin(Enum):
    """The origin of a model."""

    BUNDLED = auto()
    TUTORIAL = auto()
    BUILD = auto()
    TEACH = auto()
    LIBRARY = auto()
    OWN = auto()


@dataclass(frozen=True)
class ModelRow:
    """A model in the list.

    Attributes
    ----------
    choice
        The model to load; without files if none have been chosen yet.
    size_bytes
        File size in bytes, or 0 if unknown.
    classes
        Number of classes, or 0 if unknown.
    is_here
        Whether the files are known; otherwise choosing the row asks for them first.
    """

    choice: ModelChoice
    origin: Origin
    size_bytes: int = 0
    classes: int = 0
    is_here: bool = True
    task: Task = Task.CLASSIFICATION

    @property
    def key(self) -> str:
        """The stable key of the row, used in its widgets' object names."""
        return self.choice.key

    @property
    def name(self) -> str:
        """The display name; empty for files not chosen yet."""
        return self.choice.name


@dataclass(frozen=True)
class ModelsState:
    """The available models, and what is known about the chosen one.

    Attributes
    ----------
    rows
        Models in the order of the list.
    chosen
        Key of the model in use.
    report
        Report on the model in use, or ``None`` while it is being loaded.
    refusal
        Refusal of the model chosen last, or ``None``.
    read_as
        How to read the output of the user's own model, or ``None`` for other models.
    """

    rows: tuple[ModelRow, ...] = ()
    chosen: str = ""
    report: ModelReport | None = None
    refusal: Refusal | None = None
    task: Task = Task.CLASSIFICATION
    read_as: str | None = None


class DownloadPhase(Enum):
    """The phase of a download."""

    CONNECTING = auto()
    RUNNING = auto()
    DONE = auto()
    STOPPED = auto()
    FAILED = auto()


@dataclass(frozen=True)
class DownloadState:
    """The last known state of a download.

    Attributes
    ----------
    progress
        Progress while the download is running, or ``None``.
    error
        Error of the download or of a removal, or ``None``.
    """

    phase: DownloadPhase
    progress: DownloadProgress | None = None
    error: Exception | None = None

    @property
    def is_running(self) -> bool:
        """Whether the download is running."""
        return self.phase in (DownloadPhase.CONNECTING, DownloadPhase.RUNNING)


@dataclass(frozen=True)
class LibraryRow:
    """A model of the library.

    Attributes
    ----------
    is_here
        Whether the model is installed.
    partial_bytes
        Size of an incomplete download in bytes.
    download
        State of the last download, or ``None``.
    """

    manifest: ModelManifest
    is_here: bool
    partial_bytes: int = 0
    download: DownloadState | None = None


@dataclass(frozen=True, eq=False)
class Classified:
    """A picture has been classified.

    Below `threshold` (0 to 1) the result is not sure.
    """

    shown: PictureResult
    threshold: float


@dataclass(frozen=True, eq=False)
class FolderEnded:
    """A folder's run has ended.

    `failed` of the `done` pictures were unreadable; `is_whole` is false if the run was stopped.
    """

    name: str
    done: int
    failed: int
    is_whole: bool
    task: Task = Task.CLASSIFICATION


@dataclass(frozen=True, eq=False)
class MapReady:
    """An occlusion map is finished."""

    passes: int
    seconds: float


type Event = Classified | FolderEnded | MapReady | Callable[[], str]
"""Something to report; its text is composed when it is shown."""


@dataclass(frozen=True)
class ObjectsState:
    """The boxes shown, and the limits.

    Attributes
    ----------
    limits
        Minimum score and maximum overlap.
    selection
        Boxes of the current result after applying the limits; ``None`` without a detector's result.
    only
        Filter text for the names of objects.
    rows
        Indices in `selection.kept` of the objects whose names match.
    classes
        Classes found so far, in order of appearance, which determines their colours.
    shows_dropped
        Whether boxes dropped for better ones are shown too.
    lit
        Index in `selection.kept` of the highlighted object, or ``None``.
    tally
        Counts per class over the stream; empty for a still picture.
    """

    limits: Limits = field(default_factory=Limits)
    selection: Selection | None = None
    only: str = ""
    rows: tuple[int, ...] = ()
    classes: tuple[int, ...] = ()
    shows_dropped: bool = False
    lit: int | None = None
    tally: tuple[ClassCount, ...] = ()


@dataclass(frozen=True)
class VisionState:
    """The state shown by Vision's panels; unchanged parts are the same objects.

    Attributes
    ----------
    source, stage, transport
        Source of pictures, content of the stage, position in a video.
    result
        Result for the current picture, or ``None``.
    live
        Stream update that `result` belongs to, or ``None`` for a still picture.
    paint_ms
        Time of painting the still picture in milliseconds, in addition to `result`'s times.
    threshold, top
        Probability (0 to 1) below which a result is not sure, and number of labels listed.
    settings
        Preprocessing in use, or ``None`` before a model is loaded.
    comparison
        Results with the model's own settings (``None``) and with common mistakes.
    objects
        Boxes of the current result.
    cut
        Settings for cutting out.
    is_inside
        Whether "Look inside" is shown instead of the results.
    explanation, explained_class
        Occlusion map of `result`, possibly unfinished, or ``None``, and the class it explains,
        ``None`` for the most probable one.
    history, history_row
        Past results, the newest first, and the index of the one on the stage, or ``None``.
    folder
        The folder shown last, or ``None``.
    models, library
        Available models, and models that can be downloaded.
    is_busy
        Whether a main job is running or waiting.
    event
        The last event, or ``None``.
    """

    source: SourceState = SourceState()
    stage: StageState = StageState()
    transport: TransportState | None = None
    result: PictureResult | None = None
    live: PipelineUpdate | None = None
    paint_ms: float = 0.0
    threshold: float = 0.3
    top: int = TOP
    settings: SettingsInUse | None = None
    comparison: tuple[tuple[Mistake | None, Comparison], ...] = ()
    objects: ObjectsState = field(default_factory=ObjectsState)
    cut: CutOut = field(default_factory=CutOut)
    is_inside: bool = False
    explanation: OcclusionView | None = None
    explained_class: int | None = None
    history: tuple[HistoryEntry, ...] = ()
    history_row: int | None = None
    folder: FolderState | None = None
    models: ModelsState = ModelsState()
    library: tuple[LibraryRow, ...] = ()
    is_busy: bool = False
    event: Event | None = None

    @property
    def is_in_folder(self) -> bool:
        """Whether pictures of a folder are still being processed."""
        return self.folder is not None and self.folder.is_running

    @property
    def is_folder_of_other_model(self) -> bool:
        """Whether the folder's table was made by another model."""
        choice = None if self.folder is None else self.folder.choice
        return choice is not None and self.settings is not None and self.settings.choice != choice
