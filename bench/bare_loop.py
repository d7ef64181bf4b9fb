"""What everybody writes: the tutorial's loop on OpenCV's new engine, to measure ours beside."""

from __future__ import annotations

import cv2
import numpy as np
import numpy.typing as npt

from vision.formats.manifest import ASSETS, bundled_manifest
from vision.pictures.pixels import Picture

__all__ = ["MODEL", "BareLoop", "bare_blob"]

MODEL = ASSETS / "models" / bundled_manifest().file
_OUTPUTS = ["features", "logits"]


class BareLoop:
    """What the tutorial's script does for one picture, on OpenCV's new engine."""

    def __init__(self) -> None:
        self._net = cv2.dnn.readNetFromONNX(str(MODEL), cv2.dnn.ENGINE_NEW)

    def __call__(self, picture: Picture) -> npt.NDArray[np.intp]:
        """Return the five best classes of a picture (H, W, 3) BGR, best first."""
        self._net.setInput(bare_blob(picture))
        scores = self._net.forward(_OUTPUTS)[1]
        return np.argsort(scores[0])[::-1][:5]

    def forward(self, blob: npt.NDArray[np.float32]) -> None:
        """Run the network alone on a blob (1, 3, 224, 224)."""
        self._net.setInput(blob)
        self._net.forward(_OUTPUTS)


def bare_blob(picture: Picture) -> npt.NDArray[np.float32]:
    """Return the network's input (1, 3, 224, 224) for a picture (H, W, 3) BGR."""
    mean = (127, 127, 127)
    blob = cv2.dnn.blobFromImage(picture, 1 / 128, (224, 224), mean, swapRB=True, crop=True)
    return np.asarray(blob, np.float32)
