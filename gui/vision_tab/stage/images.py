"""Conversions between Vision's arrays and Qt's images."""

from __future__ import annotations

from collections.abc import Buffer

import numpy as np
import numpy.typing as npt
from PySide6.QtCore import QSize
from PySide6.QtGui import QImage

from vision.pictures.pixels import Picture, Pixels, blend_with_white, from_bgrx, resized


class PixelImage(QImage):
    """An image that shares the memory of `pixels` (H, W, 4), uint8, C-contiguous."""

    def __init__(self, pixels: Pixels, ratio: float = 1.0, *, has_alpha: bool = False) -> None:
        height, width = pixels.shape[:2]
        # Without alpha it is painted without a conversion.
        kind = QImage.Format.Format_ARGB32 if has_alpha else QImage.Format.Format_RGB32
        super().__init__(pixels.data, width, height, 4 * width, kind)
        self.pixels = pixels
        self.setDevicePixelRatio(ratio)


def scaled_image(image: QImage, size: QSize) -> PixelImage:
    """Return a 32-bit image without alpha, scaled."""
    rgb = image.convertToFormat(QImage.Format.Format_RGB32)
    return PixelImage(resized(_pixels(rgb, rgb.constBits()), (size.width(), size.height())))


def nonempty_rows(image: QImage) -> list[tuple[int, int]]:
    """Return the ranges (top, height) of non-empty rows of a 32-bit image."""
    pixels = np.frombuffer(image.constBits(), np.uint32).reshape(image.height(), image.width())
    edges = np.flatnonzero(np.diff(pixels.max(axis=1) > 0, prepend=False, append=False)).tolist()
    return [(top, end - top) for top, end in zip(edges[::2], edges[1::2], strict=True)]


def image_to_picture(image: QImage) -> Picture:
    """Return an image as a picture (H, W, 3) BGR, uint8.

    Transparent areas are blended with white, as for files.
    """
    if not image.hasAlphaChannel():
        opaque = image.convertToFormat(QImage.Format.Format_RGB32)
        return from_bgrx(_pixels(opaque, opaque.constBits()))
    bgra = image.convertToFormat(QImage.Format.Format_ARGB32)
    return blend_with_white(_pixels(bgra, bgra.constBits()))


def _pixels(image: QImage, bits: Buffer) -> npt.NDArray[np.uint8]:
    """Return an image's `bits` as pixels (H, W, 4).

    They are valid as long as the image exists.
    """
    return np.frombuffer(bits, np.uint8).reshape(image.height(), image.width(), 4)
