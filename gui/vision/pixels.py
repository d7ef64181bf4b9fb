"""Carry pictures between OpenCV's arrays and Qt's images."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from PySide6.QtGui import QImage

__all__ = ["image_to_picture", "picture_to_image"]


def picture_to_image(picture: npt.NDArray[np.uint8]) -> QImage:
    """Return a picture as an image that owns its pixels.

    Parameters
    ----------
    picture
        (H, W, 3) BGR or (H, W) grey, uint8.

    Returns
    -------
    QImage of 32 bits a pixel, the format that is painted without a conversion.
    """
    pixels = np.ascontiguousarray(picture)
    height, width = pixels.shape[:2]
    form = QImage.Format.Format_BGR888 if pixels.ndim == 3 else QImage.Format.Format_Grayscale8
    shared = QImage(pixels.data, width, height, pixels.strides[0], form)
    return shared.convertToFormat(QImage.Format.Format_RGB32)


def image_to_picture(image: QImage) -> npt.NDArray[np.uint8]:
    """Return an image, for example from the clipboard, as a picture (H, W, 3) BGR, uint8.

    Transparency is laid on white, as it is for files.
    """
    opaque = image.convertToFormat(QImage.Format.Format_RGBA8888)
    rows = np.frombuffer(opaque.constBits(), np.uint8).reshape(opaque.height(), -1)
    rgba = rows[:, : 4 * opaque.width()].reshape(opaque.height(), opaque.width(), 4)
    alpha = rgba[:, :, 3:].astype(np.uint16)
    blend = (alpha * rgba[:, :, 2::-1] + (255 - alpha) * 255 + 127) // 255
    return blend.astype(np.uint8)
