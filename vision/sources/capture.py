"""What cameras and RTSP streams share: OpenCV captures from both."""

from __future__ import annotations

from collections.abc import Sequence

import cv2
import numpy as np

from vision.errors import Fault, VisionError
from vision.pictures.pixels import Picture
from vision.reasons import Reason


class CaptureDevice:
    """A `LiveDevice` whose pictures OpenCV captures; a subclass opens it and reads."""

    def __init__(self, name: str) -> None:
        self.name = name
        self._capture: cv2.VideoCapture | None = None

    def _open(
        self, source: int | str, backend: int, options: Sequence[int], absent: Reason
    ) -> cv2.VideoCapture:
        """Begin to capture; `absent` is why a source that does not open gives nothing."""
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
        """Wait for the next picture; None where none comes."""
        assert self._capture is not None
        try:
            there, picture = self._capture.read()
        except cv2.error as error:
            raise self._unavailable(Reason.READING_FAILED) from error
        return np.asarray(picture, np.uint8) if there and np.ndim(picture) == 3 else None

    def interrupt(self) -> None:
        """Do nothing: releasing under a running read is not safe, and a stream has a time limit."""

    def close(self) -> None:
        """Disconnect."""
        if self._capture is not None:
            self._capture.release()
            self._capture = None

    def _unavailable(self, reason: str) -> VisionError:
        return VisionError(Fault.SOURCE_UNAVAILABLE, file=self.name, reason=reason)
