"""Carry pictures between OpenCV's arrays and Qt's images."""

from __future__ import annotations

from collections.abc import Buffer
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from PySide6.QtCore import QSize
from PySide6.QtGui import QImage

from vision.pictures import from_bgrx, on_white, resized, write_bgrx

__all__ = ["DisplaySize", "fitted", "image_to_picture", "picture_to_image", "scaled_image"]


@dataclass(frozen=True)
class DisplaySize:
    """How the stage shows pictures, for whoever prepares their images.

    Attributes
    ----------
    room_wh
        Where a picture may lie, in pixels of the screen.
    ratio
        Pixels of the screen in one of Qt's.
    is_mirrored
        Whether left and right are turned round.
    """

    room_wh: tuple[float, float] = (0.0, 0.0)
    ratio: float = 1.0
    is_mirrored: bool = False

    def image(self, picture: npt.NDArray[np.uint8]) -> QImage:
        """Return a picture (H, W, 3), BGR, uint8, as it is painted on the stage."""
        height, width = picture.shape[:2]
        size = fitted(QSize(width, height), self.room_wh)
        image = picture_to_image(picture, size, is_mirrored=self.is_mirrored)
        image.setDevicePixelRatio(self.ratio)
        return image


def fitted(size: QSize, room_wh: tuple[float, float]) -> QSize:
    """Return `size` made as large as `room_wh` allows; as it is where there is no room at all."""
    if size.isEmpty() or min(room_wh) <= 0:
        return size
    scale = min(room_wh[0] / size.width(), room_wh[1] / size.height())
    return QSize(max(1, round(scale * size.width())), max(1, round(scale * size.height())))


def picture_to_image(
    picture: npt.NDArray[np.uint8], size: QSize | None = None, *, is_mirrored: bool = False
) -> QImage:
    """Return a picture as an image that owns its pixels.

    Parameters
    ----------
    picture
        (H, W, 3) BGR or (H, W) grey, uint8.
    size
        The image's size, or ``None`` for the picture's.
    is_mirrored
        Whether to turn left and right round.

    Returns
    -------
    QImage of 32 bits a pixel, the format that is painted without a conversion.
    """
    height, width = picture.shape[:2]
    if size is not None and (size.width(), size.height()) != (width, height):
        width, height = size.width(), size.height()
        picture = resized(picture, (width, height))
    image = QImage(width, height, QImage.Format.Format_RGB32)
    write_bgrx(picture, _pixels(image, image.bits()), is_mirrored=is_mirrored)
    return image


def scaled_image(image: QImage, size: QSize) -> QImage:
    """Return an image of 32 bits a pixel without alpha at another size."""
    rgb = image.convertToFormat(QImage.Format.Format_RGB32)
    scaled = QImage(size, QImage.Format.Format_RGB32)
    pixels = resized(_pixels(rgb, rgb.constBits()), (size.width(), size.height()))
    _pixels(scaled, scaled.bits())[:] = pixels
    return scaled


def image_to_picture(image: QImage) -> npt.NDArray[np.uint8]:
    """Return an image, for example from the clipboard, as a picture (H, W, 3) BGR, uint8.

    Transparency is laid on white, as it is for files.
    """
    if not image.hasAlphaChannel():
        opaque = image.convertToFormat(QImage.Format.Format_RGB32)
        return from_bgrx(_pixels(opaque, opaque.constBits()))
    bgra = image.convertToFormat(QImage.Format.Format_ARGB32)
    return on_white(_pixels(bgra, bgra.constBits()))


def _pixels(image: QImage, bits: Buffer) -> npt.NDArray[np.uint8]:
    """Return an image's `bits` as pixels (H, W, 4) BGRA; the image must outlive them.

    ``QImage.bits`` gives pixels to write, ``constBits`` those to read, without a copy.
    """
    return np.frombuffer(bits, np.uint8).reshape(image.height(), image.width(), 4)
