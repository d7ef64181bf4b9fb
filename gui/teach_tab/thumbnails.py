"""Thumbnails of images, made on a worker on first use."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from functools import partial

import numpy as np
from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QImage

from gui.vision_tab.stage.images import PixelImage
from gui.workers import LatestTask
from vision.errors import VisionError
from vision.pictures.pixels import write_bgrx
from vision.teaching.collection import Picture
from vision.teaching.feature_cache import FeatureCache
from vision.teaching.features import thumbnail

SIDE_PX = 112
"""Side of a cached thumbnail in pixels: twice that on a card."""

MAX = 1000
"""Maximum number of cached thumbnails, 50 MB; the oldest are dropped first."""


class Thumbnails(QObject):
    """A cache of the images' square thumbnails, filled on demand.

    Signals
    -------
    made()
        More thumbnails are available.

    Thread
    ------
    GUI thread; images are read on a worker.
    """

    made = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._images: dict[str, QImage] = {}
        self._wanted: dict[str, Picture] = {}
        self._found: deque[tuple[str, QImage]] = deque()
        self._is_closing = False
        self._task = LatestTask(self)

    def image(self, picture: Picture) -> QImage | None:
        """Return an image's thumbnail, ``None`` until it is available.

        The thumbnail of an unreadable image is a null image.
        """
        known = self._images.get(picture.sha256)
        if known is not None:
            return known
        if not self._is_closing:
            self._wanted[picture.sha256] = picture
            self._start()
        return None

    @property
    def is_idle(self) -> bool:
        """Whether nothing is being read."""
        return self._task.is_idle

    def request_close(self) -> bool:
        """Stop reading; return whether the worker is idle."""
        self._is_closing = True
        self._wanted.clear()
        self._task.cancel()
        return self.is_idle

    def _start(self) -> None:
        if self._wanted and not self._task.is_awaiting_result:
            wanted, self._wanted = list(self._wanted.values()), {}
            self._task.start(
                partial(_make, wanted, self._found),
                self._on_ended,
                self._on_ended,
                lambda _: self._take(),
            )

    def _on_ended(self, *_outcome: object) -> None:
        self._take()
        self._start()

    def _take(self) -> None:
        if not self._found:
            return
        while self._found:
            sha256, image = self._found.popleft()
            self._images[sha256] = image
            self._wanted.pop(sha256, None)
        while len(self._images) > MAX:
            del self._images[next(iter(self._images))]
        self.made.emit()


def _make(
    wanted: list[Picture],
    found: deque[tuple[str, QImage]],
    should_stop: Callable[[], bool],
    publish: Callable[[object], None],
) -> None:
    cache = FeatureCache()
    for picture in wanted:
        if should_stop():
            return
        try:
            found.append((picture.sha256, _thumbnail(picture, cache)))
        except VisionError:
            found.append((picture.sha256, QImage()))
        publish(len(found))


def _thumbnail(picture: Picture, cache: FeatureCache) -> QImage:
    small = np.empty((SIDE_PX, SIDE_PX, 4), np.uint8)
    write_bgrx(thumbnail(picture, SIDE_PX, cache), small, is_mirrored=False)
    return PixelImage(small)
