"""Carry pictures between OpenCV's arrays and Qt's images."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from PySide6.QtGui import QImage

from vision.pictures import on_white

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
    if not image.hasAlphaChannel():
        return _pixels(image.convertToFormat(QImage.Format.Format_BGR888), channels=3)
    rgba = image.convertToFormat(QImage.Format.Format_RGBA8888)
    return on_white(_pixels(rgba.rgbSwapped(), channels=4))


def _pixels(image: QImage, channels: int) -> npt.NDArray[np.uint8]:
    """Copy the pixels of an image of 8 bits a channel, (H, W, channels)."""
    rows = np.frombuffer(image.constBits(), np.uint8).reshape(image.height(), -1)
    used = rows[:, : channels * image.width()]
    return used.reshape(image.height(), image.width(), channels).copy()
