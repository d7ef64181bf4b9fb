"""Cameras, found by name."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from typing import Final

import cv2
from cv2_enumerate_cameras import enumerate_cameras

from vision.pictures.pixels import Picture
from vision.reasons import Reason
from vision.sources.capture import CaptureDevice

COMMON_SIZES_WH: Final = ((640, 480), (800, 600), (1280, 720), (1920, 1080))
"""Resolutions to offer; a camera uses the nearest one it supports."""

_PLATFORM_BACKENDS: Final = {
    "linux": cv2.CAP_V4L2,
    "win32": cv2.CAP_MSMF,
    "darwin": cv2.CAP_AVFOUNDATION,
}
# One empty read may be a hiccup while the sensor adapts; a row of them is a fault.
_EMPTY_READS_ALLOWED: Final = 5


@dataclass(frozen=True)
class CameraInfo:
    """A connected camera.

    Attributes
    ----------
    index
        OpenCV's index, valid together with `backend`.
    name
        Product name; identical cameras differ by `path`.
    backend
        OpenCV's number of the interface that listed it.
    path
        Device path in the system, or empty.
    """

    index: int
    name: str
    backend: int = cv2.CAP_ANY
    path: str = ""


def list_cameras() -> tuple[CameraInfo, ...]:
    """Return the connected cameras by name; empty if the system lists none."""
    backend = _PLATFORM_BACKENDS.get(sys.platform, cv2.CAP_ANY)
    try:
        found = list(enumerate_cameras(backend))
    except (OSError, RuntimeError, ValueError, NotImplementedError):
        # The system's own list is an offer; without it a camera can still be chosen by number.
        return ()
    cameras = {
        (camera.path or camera.index): CameraInfo(
            camera.index, str(camera.name), int(camera.backend), str(camera.path or "")
        )
        for camera in found
    }
    return tuple(sorted(cameras.values(), key=lambda camera: (camera.name, camera.index)))


class CameraDevice(CaptureDevice):
    """A camera as a `LiveDevice`.

    Attributes
    ----------
    size_wh
        Requested resolution, or None for the camera's default.
    """

    def __init__(self, camera: CameraInfo, size_wh: tuple[int, int] | None = None) -> None:
        super().__init__(camera.name)
        self.camera = camera
        self.size_wh = size_wh

    def open(self) -> None:
        """Open the camera and request the resolution."""
        capture = self._open(self.camera.index, self.camera.backend, [], Reason.IN_USE)
        if self.size_wh is not None:
            capture.set(cv2.CAP_PROP_FRAME_WIDTH, self.size_wh[0])
            capture.set(cv2.CAP_PROP_FRAME_HEIGHT, self.size_wh[1])
        # A queue of old frames in the driver would make every frame late.
        capture.set(cv2.CAP_PROP_BUFFERSIZE, 1)

    def read(self) -> Picture:
        """Wait for the next picture."""
        for _ in range(_EMPTY_READS_ALLOWED):
            picture = self._read()
            if picture is not None:
                return picture
        raise self._unavailable(Reason.UNPLUGGED)
