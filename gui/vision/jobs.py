"""What the worker thread can be asked to do with the loaded model."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Protocol

import numpy as np
import numpy.typing as npt
from PySide6.QtGui import QImage

from gui.vision.pixels import StageLook, image_to_picture
from gui.vision.session import (
    Failure,
    ModelChoice,
    ModelRefusedError,
    ModelReport,
    Reading,
    Session,
)
from vision.batch import Batch, BatchItem
from vision.classification import Classifier
from vision.errors import Fault, VisionError
from vision.pictures import Picture, list_pictures, read_picture
from vision.pipeline import Pipeline, PipelineState, PipelineUpdate
from vision.sources.base import Frame, FrameSource

__all__ = [
    "AgainJob",
    "FolderJob",
    "Job",
    "ModelJob",
    "PictureItem",
    "PicturesJob",
    "ShownFrame",
    "StreamJob",
    "StreamView",
    "again",
]

type ShouldStop = Callable[[], bool]
type Publish = Callable[[object], None]

LOOK_EVERY_S = 0.4


class Job(Protocol):
    """Work for the session's thread."""

    def run(self, session: Session, should_stop: ShouldStop, publish: Publish) -> object:
        """Do the work; the newest published value is shown at the display's rate."""


@dataclass(frozen=True, eq=False)
class ModelJob:
    """Turn to another model and report on it; if it fails, the one in use stays."""

    choice: ModelChoice

    def run(self, session: Session, should_stop: ShouldStop, publish: Publish) -> object:
        """Return the model's report."""
        kept = session.loaded_choice
        session.choose(self.choice)
        try:
            return session.report()
        except (VisionError, ModelRefusedError):
            if kept is not None:
                session.choose(kept)
            raise


@dataclass(frozen=True, eq=False)
class PictureItem:
    """A picture to classify: a file, or pixels with a name; an image is converted by the worker."""

    name: str
    path: Path | None = None
    picture: npt.NDArray[np.uint8] | None = None
    image: QImage | None = None
    is_new: bool = True


class AgainJob:
    """Classify the picture on show anew, with the model and settings then in use.

    Which picture that is shows only when its turn comes; the controller then puts what `again`
    returns in its place.
    """

    def run(self, session: Session, should_stop: ShouldStop, publish: Publish) -> object:
        """Do nothing: without a picture there is nothing to repeat."""
        return None


@dataclass(eq=False)
class PicturesJob:
    """Classify some pictures, one after the other.

    Attributes
    ----------
    items
        The pictures.
    outcomes
        A `Reading` or `Failure` each, in order; the worker appends, the GUI thread reads.
    """

    items: list[PictureItem]
    outcomes: list[Reading | Failure] = field(default_factory=list)

    def run(
        self,
        session: Session,
        should_stop: ShouldStop,
        publish: Publish,
    ) -> object:
        """Classify the pictures; a bad one is noted and the next one taken."""
        # Outside the loop: without a model every picture would only repeat the same fault.
        session.classifier()
        for item in self.items:
            if should_stop():
                break
            try:
                self.outcomes.append(self._read(session, item))
            except VisionError as error:
                self.outcomes.append(Failure(item.name, error))
            publish(len(self.outcomes))
        return None

    def _read(self, session: Session, item: PictureItem) -> Reading:
        started = time.perf_counter()
        if item.image is not None:
            return session.read(image_to_picture(item.image), item.name, is_new=item.is_new)
        if item.picture is not None:
            return session.read(item.picture, item.name, is_new=item.is_new)
        assert item.path is not None
        picture = read_picture(item.path)
        read_ms = (time.perf_counter() - started) * 1e3
        return session.read(picture, item.name, item.path, read_ms, item.is_new)


def again(reading: Reading) -> PicturesJob:
    """Return the job that classifies a reading's picture anew."""
    return PicturesJob([PictureItem(reading.name, reading.path, reading.picture, is_new=False)])


@dataclass(frozen=True, eq=False)
class ShownFrame:
    """A frame as the stage shows it.

    Attributes
    ----------
    frame
        The frame.
    image
        The same for Qt, at the size it has on the stage.
    convert_ms
        How long making the image took.
    """

    frame: Frame
    image: QImage
    convert_ms: float

    @classmethod
    def of(cls, frame: Frame, look: StageLook) -> ShownFrame:
        """Make the image of a frame."""
        started = time.perf_counter()
        image = look.image(frame.picture)
        return cls(frame, image, (time.perf_counter() - started) * 1e3)


@dataclass(frozen=True, eq=False)
class StreamView:
    """What a stream has to show now.

    Attributes
    ----------
    frame
        The newest frame; the network may not have seen it yet.
    update
        The newest update of the pipeline.
    """

    frame: ShownFrame | None
    update: PipelineUpdate | None


class StreamJob:
    """Classify a video, a camera or a network stream until it is stopped.

    Attributes
    ----------
    source
        Where frames come from.
    events
        What must not be missed, although only the newest update is shown: a report, or the choice
        that failed with its error, for each change of the model while the stream went on; and each
        fault of a frame or the model, once. The worker appends, the GUI thread reads.

    Thread
    ------
    `run` belongs to the worker; the other methods may be called from the GUI thread.
    """

    def __init__(self, source: FrameSource, session: Session) -> None:
        self.source = source
        self.events: list[ModelReport | tuple[ModelChoice, Exception] | VisionError] = []
        self._fault = ""
        self._session = session
        self._pipeline = Pipeline(source, session.classifier, top=10)
        self._seen = StreamView(None, None)

    def run(self, session: Session, should_stop: ShouldStop, publish: Publish) -> object:
        """Run the pipeline; each result is recorded here, where none is missed."""
        telling = threading.Lock()
        newest: ShownFrame | None = None
        latest: PipelineUpdate | None = None

        def on_frame(frame: Frame) -> None:
            nonlocal newest
            shown = ShownFrame.of(frame, session.look)
            with telling:
                newest = shown
                publish(StreamView(newest, latest))

        def on_update(update: PipelineUpdate) -> None:
            self._note_fault(update)
            if update.result is not None and update.frame is not None:
                # The first result tells how many classes there are.
                if session.current is None or not session.current.classes:
                    session.report()
                session.record(update.frame.name, update.result)
            nonlocal latest
            if update.state is PipelineState.ENDED and latest is not None:
                update = _with_result(update, latest)
            with telling:
                latest = update
                publish(StreamView(newest, latest))

        self._pipeline.run(should_stop, on_update, on_frame)
        return None

    def _note_fault(self, update: PipelineUpdate) -> None:
        """Keep what went wrong with a frame, once as long as it is the same for every frame."""
        error = update.error
        if update.result is not None:
            self._fault = ""
        # A source in trouble is said on the stage. Busy is the network when the stream is held and
        # its frame is explained at once.
        is_told = update.state is PipelineState.WAITING
        if error is None or is_told or error.code is Fault.MODEL_BUSY:
            return
        if error.sentence() != self._fault:
            self._fault = error.sentence()
            self.events.append(error)

    def news(self, view: StreamView) -> tuple[ShownFrame | None, PipelineUpdate | None]:
        """Return what of `view` is another than at the last call."""
        seen, self._seen = self._seen, view
        frame = view.frame if view.frame is not seen.frame else None
        return frame, view.update if view.update is not seen.update else None

    def pause(self) -> None:
        """Hold the frame on show."""
        self._pipeline.pause()

    def resume(self) -> None:
        """Go on."""
        self._pipeline.resume()

    def seek(self, index: int) -> None:
        """Go to a frame of a video."""
        self._pipeline.seek(index)

    def use_settings(self) -> None:
        """Use the session's settings from the next frame on."""
        self._pipeline.use_classifier(self._session.classifier)

    def use_model(self, choice: ModelChoice) -> None:
        """Use another model from the next frame on; if it fails, the one in use stays."""

        def load() -> Classifier:
            kept = self._session.loaded_choice
            assert kept is not None  # the stream began with a loaded model
            self._session.choose(choice)
            try:
                self.events.append(self._session.report())
            except (VisionError, ModelRefusedError) as error:
                self.events.append((choice, error))
                self._session.choose(kept)
            return self._session.classifier()

        self._pipeline.use_classifier(load)


def _with_result(end: PipelineUpdate, last: PipelineUpdate) -> PipelineUpdate:
    """Return the end of a stream with what was said of its last frame.

    The newest update wins, so the one that brought the result may never be shown.
    """
    if last.frame is not end.frame:
        return end
    return replace(end, result=last.result, frame_age_ms=last.frame_age_ms)


class FolderJob:
    """Classify every picture of a folder.

    Attributes
    ----------
    folder
        The folder.
    items
        What came of each picture so far; the worker appends, the GUI thread reads.
    looks
        A reading now and then, to watch the progress by.
    total
        How many pictures there are, 0 until the folder was read.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.items: list[BatchItem] = []
        self.looks: list[Reading] = []
        self.total = 0
        self._batch: Batch | None = None
        self._is_paused = False
        self._looked_s = 0.0

    def run(self, session: Session, should_stop: ShouldStop, publish: Publish) -> object:
        """Return whether every picture was done."""
        paths = list_pictures(self.folder)
        self.total = len(paths)
        classifier = session.classifier()
        self._batch = Batch(paths, classifier, top=10)
        if self._is_paused:
            self._batch.pause()

        def on_item(item: BatchItem) -> None:
            self.items.append(item)
            if item.result is not None:
                session.record(str(item.path), item.result)
            publish(len(self.items))

        return self._batch.run(
            should_stop, on_item, lambda item, picture: self._look(session, item, picture)
        )

    def _look(self, session: Session, item: BatchItem, picture: Picture) -> None:
        """Show a picture a few times a second."""
        now = time.perf_counter()
        if now - self._looked_s < LOOK_EVERY_S and item.index + 1 < item.total:
            return
        self._looked_s = now
        self.looks.append(_reading(session, item, picture))

    def set_paused(self, is_paused: bool) -> None:
        """Stop before the next picture, or go on (GUI thread)."""
        self._is_paused = is_paused
        if self._batch is None:
            return
        if is_paused:
            self._batch.pause()
        else:
            self._batch.resume()


def look_at(session: Session, item: BatchItem) -> Reading | None:
    """Return what a batch found in a picture as a reading, or ``None`` if the file went away."""
    try:
        return _reading(session, item, read_picture(item.path))
    except VisionError:
        return None


def _reading(session: Session, item: BatchItem, picture: Picture) -> Reading:
    assert item.result is not None  # only pictures that were classified are looked at
    return session.reading_of(picture, item.path.name, item.path, item.result, is_new=False)
