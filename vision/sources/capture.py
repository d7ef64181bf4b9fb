"""Shared code of cameras and RTSP streams, both captured by OpenCV."""

from __future__ import annotations

from collections.abc import Sequence

import cv2
import numpy as np

from vision.errors import Fault, VisionError
from vision.pictures.pixels import Picture
from vision.reasons import Reason


class CaptureDevice:
    """A `LiveDevice` captured by OpenCV; subclasses implement opening and reading."""

    def __init__(self, name: str) -> None:
        self.name = name
        self._capture: cv2.VideoCapture | None = None

    def _open(
        self, source: int | str, backend: int, options: Sequence[int], absent: Reason
    ) -> cv2.VideoCapture:
        """Start capturing; `absent` is the reason reported if the source does not open."""
        try:
            capture = cv2.VideoCapture(source, backend, options)
        except cv2.error as error:
            raise self._unavailable(Reason.CANNOT_OPEN) from error
        if not capture.isOpened():
            capture.release()
            raise self._unavailable(absent)
        self._capture = capture
        return capture

    def _read(self) -> Picture | None:
        """Wait for the next picture; return None if none arrives."""
        assert self._capture is not None
        try:
            there, picture = self._capture.read()
        except cv2.error as error:
            raise self._unavailable(Reason.READING_FAILED) from error
        return np.asarray(picture, np.uint8) if there and np.ndim(picture) == 3 else None

    def interrupt(self) -> None:
        """Do nothing: releasing during a read is unsafe, and a stream has a time limit."""

    def close(self) -> None:
        """Disconnect."""
        if self._capture is not None:
            self._capture.release()
            self._capture = None

    def _unavailable(self, reason: str) -> VisionError:
        return VisionError(Fault.SOURCE_UNAVAILABLE, file=self.name, reason=reason)
