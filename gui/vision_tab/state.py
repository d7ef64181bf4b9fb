"""The state shown by Vision's panels, as one immutable value."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from enum import Enum, IntEnum, auto
from pathlib import Path
from typing import TYPE_CHECKING

from vision.detections import Limits, NameCount, Selection
from vision.errors import VisionError
from vision.formats.manifest import ModelManifest
from vision.jobs.batch import BatchItem
from vision.jobs.history import HistoryEntry
from vision.jobs.picture_jobs import OcclusionView
from vision.jobs.pipeline import PipelineUpdate
from vision.jobs.session import ModelReport, PictureResult, Refusal
from vision.look.xray import Comparison, Mistake
from vision.models.choice import ModelChoice
from vision.networks.predictor import MOST_SHOWN
from vision.networks.segmenter import CutOut
from vision.pictures.preprocessing import Preprocessing
from vision.result import TOP, Task

if TYPE_CHECKING:
    from vision.models.download import DownloadProgress  # loads what downloads, which few do

TOP_CHOICES = tuple(sorted({3, TOP, MOST_SHOWN}))
"""How many labels can be listed."""


class SourceKind(IntEnum):
    """The kind of source; the value is the index of its button."""

    IMAGE = 0
    FOLDER = 1
    VIDEO = 2
    CAMERA = 3


@dataclass(frozen=True)
class SourceState:
    """The source, and the possible commands for the present picture.

    Attributes
    ----------
    kind
        The chosen source.
    stream
        The name of the video or camera on the stage, or ``""``.
    is_live
        Whether frames are coming from it.
    is_frozen
        Whether it is held at one frame.
    has_ended
        Whether that is the last one of a video that has played to its end.
    has_picture
        Whether there is something to save or to explain.
    can_explain
        Whether an occlusion map can be made of what is on show: it stands still.
    is_recording, shows_occlusion, shows_label, is_mirrored
        The switches.
    resolution_wh
        The chosen resolution of cameras, or ``None`` for their own.
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
        An invitation, a wait, a fault, or a picture.
    name
        The source that is waited for or failed, or whose frame is on show.
    error
        What is wrong with a source that tries again by itself, or ``None``.
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
        The frame on show, from 0, and how many there are.
    fps
        Frames a second of the file.
    """

    frame: int
    frames: int
    fps: float


@dataclass(frozen=True)
class SettingsInUse:
    """A model's preprocessing: its own, and the one in use."""

    choice: ModelChoice
    own: Preprocessing
    used: Preprocessing

    @property
    def can_be_kept(self) -> bool:
        """Whether they differ from the model's own and can be stored beside it."""
        choice = self.choice
        is_file = choice.model is not None and choice.prototxt is None and choice.load is None
        return is_file and self.used != self.own


@dataclass(frozen=True, eq=False)
class FolderState:
    """A folder's progress; states with equal figures may belong to different runs.

    Attributes
    ----------
    items
        What came of each picture; the worker appends, and the first `done` belong to this state.
    done, total
        Pictures so far, and all of them.
    failed
        How many could not be read.
    is_running, is_paused
        Whether the rest is still to come, and whether it waits.
    choice
        The model that looked at them, or ``None`` until the folder was read.
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
        What is chosen with it; without files where these were not chosen yet.
    size_bytes
        The size of its file, or 0 where that is not said.
    classes
        How many it tells apart, or 0 where that is not said.
    is_here
        Whether its files are known; else choosing it first asks for them.
    """

    choice: ModelChoice
    origin: Origin
    size_bytes: int = 0
    classes: int = 0
    is_here: bool = True
    task: Task = Task.CLASSIFICATION

    @property
    def key(self) -> str:
        """Stable key of the row, part of its widgets' object names."""
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
        In the order of the list.
    chosen
        Key of the one in use.
    report
        What is known of it, or ``None`` while it is loaded.
    refusal
        The one that was chosen last and cannot be used, or ``None``.
    read_as
        How the user says that the output of the own model chosen last is to be read, or ``None``
        where it is no own model.
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
        How far it is, while it runs.
    error
        Why it or a removal failed.
    """

    phase: DownloadPhase
    progress: DownloadProgress | None = None
    error: Exception | None = None

    @property
    def is_running(self) -> bool:
        """Whether it is running."""
        return self.phase in (DownloadPhase.CONNECTING, DownloadPhase.RUNNING)


@dataclass(frozen=True)
class LibraryRow:
    """A model of the library.

    Attributes
    ----------
    is_here
        Whether it was fetched.
    partial_bytes
        What is there from a download that was cut off.
    download
        Its last download, or ``None``.
    """

    manifest: ModelManifest
    is_here: bool
    partial_bytes: int = 0
    download: DownloadState | None = None


@dataclass(frozen=True, eq=False)
class Classified:
    """A picture was classified; below `threshold` (0 to 1) the network is not sure."""

    shown: PictureResult
    threshold: float


@dataclass(frozen=True, eq=False)
class FolderEnded:
    """A folder ended: `failed` of the `done` pictures were unreadable, or it was stopped."""

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
"""Something that is worth a sentence; its words are made when it is shown."""


@dataclass(frozen=True)
class ObjectsState:
    """The boxes shown, and the limits.

    Attributes
    ----------
    limits
        The least score and the most overlap.
    selection
        What they leave of the boxes on show; ``None`` where no detector said anything.
    only
        What is typed to show only objects of some names.
    rows
        The places in `selection.kept` of the objects whose names fit.
    classes
        The classes found so far, in the order in which they came; gives each its colour.
    shows_dropped
        Whether boxes that overlap better ones are shown too.
    lit
        The place in `selection.kept` of the object that is pointed at, or ``None``.
    tally
        How often each class was found in the stream; empty for a still picture.
    """

    limits: Limits = field(default_factory=Limits)
    selection: Selection | None = None
    only: str = ""
    rows: tuple[int, ...] = ()
    classes: tuple[int, ...] = ()
    shows_dropped: bool = False
    lit: int | None = None
    tally: tuple[NameCount, ...] = ()


@dataclass(frozen=True)
class VisionState:
    """The state shown by Vision's panels; unchanged parts are the same objects.

    Attributes
    ----------
    source, stage, transport
        Where pictures come from, what is on the stage, where a video stands.
    result
        What the network says of the picture on show, or ``None``.
    live
        What the stream said of the frame that `result` is of, or ``None`` for a still picture.
    paint_ms
        How long painting the still picture took, on top of `result`'s own times.
    threshold, top
        Under this probability (0 to 1) the network is not sure; how many labels are listed.
    settings
        How pictures are made ready, or ``None`` before a model is loaded.
    comparison
        What the network says with right settings (``None``) and with the usual mistakes.
    objects
        The boxes on show.
    cut
        How a mask is used.
    is_inside
        Whether the user looks inside the network in use instead of at what it says.
    explanation, explained_class
        The occlusion map of `result`, as it grows, or ``None``; which class it asks about, ``None``
        for the most probable one.
    history, history_row
        What was classified, the newest first, and the entry on the stage, or ``None``.
    folder
        The folder shown last, or ``None``.
    models, library
        Models to choose from, and those that can be downloaded.
    is_busy
        Whether anything is being read, loaded or classified.
    event
        What happened last, or ``None``.
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
    def is_folder_of_another(self) -> bool:
        """Whether the folder's table was made by another model than the present one."""
        choice = None if self.folder is None else self.folder.choice
        return choice is not None and self.settings is not None and self.settings.choice != choice
