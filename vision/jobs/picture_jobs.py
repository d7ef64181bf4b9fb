"""Jobs on single pictures, folders and the model."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from vision.errors import Fault, VisionError, as_value
from vision.jobs.batch import Batch, BatchItem
from vision.jobs.queue import Job, Publish, ShouldStop
from vision.jobs.session import PictureResult, Session
from vision.look.occlusion import OcclusionMap, occlusion_map, veil_of
from vision.look.xray import Comparison, Mistake, compare, mistakes
from vision.models.choice import ModelChoice
from vision.networks.findings import ModelRefusedError
from vision.networks.predictor import MAX_SHOWN
from vision.pictures.files import list_pictures, read_picture
from vision.pictures.pixels import Picture, Pixels
from vision.pictures.preprocessing import Preprocessing


@dataclass(frozen=True, eq=False)
class ModelJob(Job):
    """Switch to another model and report on it; on failure, keep the current one."""

    goes_first = True

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
    """A picture to process: a file, pixels, or a function that returns pixels on the worker.

    Attributes
    ----------
    path
        Path of the file, or ``None``.
    picture
        (H, W, 3) BGR, uint8, or ``None``.
    make
        Returns such a picture (for example from the clipboard), or ``None``.
    is_new
        Whether to add it to the history.
    """

    name: str
    path: Path | None = None
    picture: Picture | None = None
    make: Callable[[], Picture] | None = None
    is_new: bool = True


@dataclass(frozen=True, eq=False)
class ReprocessJob(Job):
    """Process the current picture again, with the model and settings in use at that time.

    Attributes
    ----------
    on_show
        Returns the picture on show, known only when the job's turn comes. The runner of the jobs
        then replaces this job by a `PicturesJob` with it.
    """

    shows_anew = True

    on_show: Callable[[], PictureItem | None]

    def run(self, session: Session, should_stop: ShouldStop, publish: Publish) -> object:
        """Do nothing: there is no current picture to process again."""
        return None


@dataclass(eq=False)
class PicturesJob(Job):
    """Process some pictures, one after the other.

    Attributes
    ----------
    outcomes
        A `PictureResult` or the error of each picture, in order; the worker appends, the GUI thread
        removes.
    """

    items: list[PictureItem]
    outcomes: deque[PictureResult | VisionError] = field(default_factory=deque)

    def run(
        self,
        session: Session,
        should_stop: ShouldStop,
        publish: Publish,
    ) -> object:
        """Process the pictures; record errors and continue."""
        # Outside the loop: without a model every picture would only repeat the same fault.
        session.predictor()
        for done, item in enumerate(self.items, start=1):
            if should_stop():
                break
            try:
                self.outcomes.append(self._read(session, item))
            except VisionError as error:
                self.outcomes.append(as_value(error))
            publish(done)
        return None

    def _read(self, session: Session, item: PictureItem) -> PictureResult:
        started = time.perf_counter()
        if item.make is not None:
            return session.read(item.make(), item.name, is_new=item.is_new)
        if item.picture is not None:
            return session.read(item.picture, item.name, item.path, is_new=item.is_new)
        assert item.path is not None
        picture = read_picture(item.path)
        read_ms = (time.perf_counter() - started) * 1e3
        return session.read(picture, item.name, item.path, read_ms, item.is_new)


_LOOK_EVERY_S: Final = 0.4


class FolderJob(Job):
    """Process every picture of a folder; when run again, continue where it stopped.

    Parameters
    ----------
    is_watched
        Whether some of its pictures are shown during processing.

    Attributes
    ----------
    choice
        The model used; set once the folder has been read.
    items
        Results so far; the worker appends, the GUI thread reads.
    looks
        The newest result to show as progress, until the GUI thread removes it.
    total
        Number of pictures, 0 until the folder has been read.
    """

    ends_soon = False

    def __init__(self, folder: Path, *, is_watched: bool = True) -> None:
        self.folder = folder
        self.shows_anew = self._is_watched = is_watched
        self.choice: ModelChoice | None = None
        self.items: list[BatchItem] = []
        self.looks: deque[PictureResult] = deque(maxlen=1)
        self.total = 0
        self._batch: Batch | None = None
        self._is_paused = False
        self._looked_s = 0.0

    def run(self, session: Session, should_stop: ShouldStop, publish: Publish) -> object:
        """Return whether every picture was processed."""
        paths = list_pictures(self.folder)
        self.total = len(paths)
        self.choice = session.choice
        self._batch = Batch(paths, session.predictor(), top=MAX_SHOWN, first=len(self.items))
        if self._is_paused:
            self._batch.pause()

        def on_item(item: BatchItem) -> None:
            self.items.append(item)
            if item.result is not None:
                session.record(str(item.path), item.result)
            publish(len(self.items))

        def look(item: BatchItem, picture: Picture) -> None:
            self._look(session, item, picture)

        return self._batch.run(should_stop, on_item, look if self._is_watched else None)

    def _look(self, session: Session, item: BatchItem, picture: Picture) -> None:
        """Show a picture a few times per second."""
        now = time.perf_counter()
        if now - self._looked_s < _LOOK_EVERY_S and item.index + 1 < item.total:
            return
        self._looked_s = now
        self.looks.append(_shown(session, item, picture))

    def set_paused(self, is_paused: bool) -> None:
        """Pause before the next picture, or resume (GUI thread)."""
        self._is_paused = is_paused
        if self._batch is None:
            return
        if is_paused:
            self._batch.pause()
        else:
            self._batch.resume()


def _shown(session: Session, item: BatchItem, picture: Picture) -> PictureResult:
    assert item.result is not None  # only pictures with a result are shown
    return session.make_picture_result(
        picture, item.path.name, item.path, item.result, is_new=False
    )


@dataclass(frozen=True, eq=False)
class OcclusionView:
    """An occlusion map with its overlay.

    Attributes
    ----------
    map
        The drops in probability.
    veil
        Black overlay, (H, W, 4), with a low alpha where hiding costs most.
    patch_px, step_px
        Size and step of the grey patch, in pixels of the tensor.
    seconds
        Elapsed time.
    """

    map: OcclusionMap
    shown: PictureResult
    veil: Pixels
    patch_px: int
    step_px: int
    seconds: float


@dataclass(frozen=True)
class LookJob:
    """Show a batch's result for a picture."""

    item: BatchItem

    def run(self, session: Session, should_stop: ShouldStop, publish: Publish) -> object:
        """Return the result; raise if the file is gone."""
        return _shown(session, self.item, read_picture(self.item.path))


@dataclass(frozen=True, eq=False)
class CompareJob:
    """Classify a picture with common mistakes in the settings."""

    shown: PictureResult

    def run(
        self, session: Session, should_stop: ShouldStop, publish: Publish
    ) -> list[tuple[Mistake | None, Comparison]]:
        """Return the network's answers, first with its own settings (``None``)."""
        own = self.shown.model.preprocessing
        cases: list[tuple[Mistake | None, Preprocessing]] = [(None, own), *mistakes(own).items()]
        classifier = session.classifier()
        results = []
        for mistake, settings in cases:
            if should_stop():
                break
            found = compare(classifier, self.shown.picture, settings)
            if found.error is not None and found.error.code is Fault.MODEL_BUSY:
                raise found.error
            results.append((mistake, found))
        return results


@dataclass(frozen=True, eq=False)
class ExplainJob:
    """Find the part of a picture that decided the network's answer.

    Attributes
    ----------
    class_index
        The class to explain; the most probable one if ``None``.
    """

    shown: PictureResult
    class_index: int | None = None

    def run(self, session: Session, should_stop: ShouldStop, publish: Publish) -> object:
        """Publish the map as it grows; return the finished one, or ``None`` if stopped."""
        classifier = session.classifier()
        if session.loaded_choice != self.shown.model.choice:
            # Another model came meanwhile; what it says of the picture is on the way.
            return None
        started = time.perf_counter()
        whole = occlusion_map(
            classifier,
            self.shown.picture,
            should_stop,
            lambda part: publish(self._view(part, time.perf_counter() - started)),
            class_index=self.shown.result.top[0].index
            if self.class_index is None
            else self.class_index,
        )
        return self._view(whole, time.perf_counter() - started) if whole.finished else None

    def _view(self, part: OcclusionMap, seconds: float) -> OcclusionView:
        step = self.shown.preprocessing.size_wh[0] / part.drops.shape[1]
        return OcclusionView(part, self.shown, veil_of(part), round(2 * step), round(step), seconds)
