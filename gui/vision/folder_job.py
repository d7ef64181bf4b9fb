"""A folder of pictures, classified on the worker thread, and a look at one of them."""

from __future__ import annotations

import time
from collections import deque
from pathlib import Path

from gui.vision.jobs import Publish, ShouldStop
from gui.vision.session import Reading, Session
from vision.batch import Batch, BatchItem
from vision.errors import VisionError
from vision.pictures import Picture, list_pictures, read_picture

__all__ = ["FolderJob", "look_at"]

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
