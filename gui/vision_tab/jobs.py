"""Everything that a person asks the worker for."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

import numpy as np
import numpy.typing as npt
import pyqtgraph as pg
from PySide6.QtGui import QImage

from gui.vision_tab.pixels import image_to_picture
from gui.vision_tab.session import Failure, ModelChoice, ModelRefusedError, Reading, Session
from vision.batch import Batch, BatchItem
from vision.errors import Fault, VisionError, as_value
from vision.occlusion import OcclusionMap, occlusion_map
from vision.pictures import Picture, list_pictures, read_picture
from vision.preprocessing import Preprocessing
from vision.probe import stopped_by
from vision.xray import Comparison, Mistake, compare, mistakes

__all__ = [
    "AgainJob",
    "CompareJob",
    "ExplainJob",
    "FolderJob",
    "Job",
    "LookJob",
    "ModelJob",
    "OcclusionView",
    "PictureItem",
    "PicturesJob",
    "Publish",
    "ShouldStop",
    "SideJob",
    "again",
    "look_at",
    "run_patiently",
    "veil_of",
]


type ShouldStop = Callable[[], bool]
type Publish = Callable[[object], None]


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
        A `Reading` or `Failure` each, in order; the worker appends, the GUI thread takes them away.
    """

    items: list[PictureItem]
    outcomes: deque[Reading | Failure] = field(default_factory=deque)

    def run(
        self,
        session: Session,
        should_stop: ShouldStop,
        publish: Publish,
    ) -> object:
        """Classify the pictures; a bad one is noted and the next one taken."""
        # Outside the loop: without a model every picture would only repeat the same fault.
        session.classifier()
        for done, item in enumerate(self.items, start=1):
            if should_stop():
                break
            try:
                self.outcomes.append(self._read(session, item))
            except VisionError as error:
                self.outcomes.append(Failure(item.name, as_value(error)))
            publish(done)
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


LOOK_EVERY_S = 0.4


class FolderJob:
    """Classify every picture of a folder.

    Attributes
    ----------
    folder
        The folder.
    items
        What came of each picture so far; the worker appends, the GUI thread reads.
    looks
        The newest of some readings to watch the progress by, until the GUI thread takes it.
    total
        How many pictures there are, 0 until the folder was read.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.items: list[BatchItem] = []
        self.looks: deque[Reading] = deque(maxlen=1)
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


FINE = 56
DARKEST = 205
UNKNOWN = 120
LEAST_DROP = 0.005
BUSY_S = 3.0


class SideJob(Protocol):
    """Work beside the main job, which must leave the network alone meanwhile."""

    def run(self, session: Session, should_stop: ShouldStop, publish: Publish) -> object:
        """Do the work; the newest published value is shown at the display's rate."""


@dataclass(frozen=True, eq=False)
class OcclusionView:
    """An occlusion map with what is painted of it.

    Attributes
    ----------
    map
        The drops of probability.
    reading
        What it explains.
    veil
        Dark with an alpha that is low where hiding costs most.
    contours
        Lines round the parts that cost at least half of the most, in units of the map (0 to 1);
        none before the map is finished.
    patch_px, step_px
        Size and step of the grey patch, in pixels of the tensor.
    seconds
        Time so far.
    """

    map: OcclusionMap
    reading: Reading
    veil: QImage
    contours: tuple[tuple[tuple[float, float], ...], ...]
    patch_px: int
    step_px: int
    seconds: float


@dataclass(frozen=True)
class LookJob:
    """Show what a batch found in a picture."""

    item: BatchItem

    def run(self, session: Session, should_stop: ShouldStop, publish: Publish) -> object:
        """Return the reading, or ``None`` if the file went away."""
        return look_at(session, self.item)


@dataclass(frozen=True, eq=False)
class CompareJob:
    """Classify a picture with the usual mistakes in the settings."""

    reading: Reading

    def run(
        self, session: Session, should_stop: ShouldStop, publish: Publish
    ) -> list[tuple[Mistake | None, Comparison]]:
        """Return what the network says, first with its own settings (``None``)."""
        own = self.reading.model.preprocessing
        cases: list[tuple[Mistake | None, Preprocessing]] = [(None, own), *mistakes(own).items()]
        classifier = session.classifier()
        results = []
        for mistake, settings in cases:
            if should_stop():
                break
            found = compare(classifier, self.reading.picture, settings)
            if found.error is not None and found.error.code is Fault.MODEL_BUSY:
                raise found.error
            results.append((mistake, found))
        return results


@dataclass(frozen=True, eq=False)
class ExplainJob:
    """Find which part of a picture made the network say so."""

    reading: Reading

    def run(self, session: Session, should_stop: ShouldStop, publish: Publish) -> object:
        """Publish the map as it grows, and return the finished one or ``None`` if stopped."""
        classifier = session.classifier()
        if session.loaded_choice != self.reading.model.choice:
            # Another model came meanwhile; its reading of the picture is on the way.
            return None
        started = time.perf_counter()
        whole = occlusion_map(
            classifier,
            self.reading.picture,
            should_stop,
            lambda part: publish(self._view(part, time.perf_counter() - started)),
            class_index=self.reading.result.best.index,
        )
        return self._view(whole, time.perf_counter() - started) if whole.finished else None

    def _view(self, part: OcclusionMap, seconds: float) -> OcclusionView:
        step = self.reading.preprocessing.size_wh[0] / part.drops.shape[1]
        contours = _contours(part.drops) if part.finished else ()
        return OcclusionView(
            part, self.reading, veil_of(part.drops), contours, round(2 * step), round(step), seconds
        )


def run_patiently(
    job: SideJob, session: Session, should_stop: ShouldStop, publish: Publish
) -> object:
    """Run a job, waiting for the frame that a stream was classifying when it was held."""
    deadline = time.monotonic() + BUSY_S
    while True:
        try:
            with stopped_by(should_stop):
                return job.run(session, should_stop, publish)
        except VisionError as error:
            if error.code is Fault.MODEL_STOPPED:
                return None
            is_late = should_stop() or time.monotonic() > deadline
            if error.code is not Fault.MODEL_BUSY or is_late:
                raise
            time.sleep(0.01)


def veil_of(drops: npt.NDArray[np.float32]) -> QImage:
    """Return a dark image whose alpha falls where hiding costs more.

    Parameters
    ----------
    drops
        (rows, columns), NaN where unknown.
    """
    strength = _strength(drops)
    alpha = np.where(np.isnan(strength), UNKNOWN, DARKEST * (1 - strength))
    fine = enlarge(alpha.astype(np.float32), FINE) if not np.isnan(drops).any() else alpha
    pixels = np.zeros((*fine.shape, 4), np.uint8)
    pixels[..., 3] = np.clip(np.rint(fine), 0, 255)
    height, width = fine.shape
    # A copy, because the array goes away with this function.
    return QImage(pixels.data, width, height, 4 * width, QImage.Format.Format_ARGB32).copy()


def _strength(drops: npt.NDArray[np.float32]) -> npt.NDArray[np.float32]:
    """Return drops as shares of the greatest one, 0 where hiding helps or nothing costs much."""
    most = max(float(np.nanmax(drops, initial=0.0)), LEAST_DROP)
    return np.clip(drops, 0, None) / np.float32(most)


def enlarge(values: npt.NDArray[np.float32], side: int) -> npt.NDArray[np.float32]:
    """Return a map of (side, side), linear between the centres of the cells."""
    rows, columns = values.shape
    at_y = np.clip((np.arange(side) + 0.5) / side * rows - 0.5, 0, rows - 1)
    at_x = np.clip((np.arange(side) + 0.5) / side * columns - 0.5, 0, columns - 1)
    y, x = np.minimum(at_y.astype(int), rows - 2), np.minimum(at_x.astype(int), columns - 2)
    v, u = (at_y - y)[:, None], (at_x - x)[None, :]
    upper = values[y][:, x] * (1 - u) + values[y][:, x + 1] * u
    lower = values[y + 1][:, x] * (1 - u) + values[y + 1][:, x + 1] * u
    return (upper * (1 - v) + lower * v).astype(np.float32)


def _contours(drops: npt.NDArray[np.float32]) -> tuple[tuple[tuple[float, float], ...], ...]:
    if float(np.nanmax(drops)) < LEAST_DROP:
        return ()
    fine = enlarge(_strength(drops), FINE)
    # A border of zeros closes every line inside the map.
    framed = np.pad(fine, 1)
    lines = pg.isocurve(framed, 0.5, connected=True)
    side = FINE
    return tuple(
        tuple(
            (min(max((x - 0.5) / side, 0.0), 1.0), min(max((y - 0.5) / side, 0.0), 1.0))
            for y, x in line
        )
        for line in lines
        if len(line) > 3
    )
