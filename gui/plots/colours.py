"""Colour maps."""

from __future__ import annotations

import math
from functools import cache

import numpy as np
from PySide6.QtGui import QColor, QImage

from gui.theme import Theme
from model.activations import ACTIVATION_KINDS
from model.experiment import Activation, FloatArray

_STEPS = 511
_HALF = _STEPS // 2


def _rgb(colour: str) -> FloatArray:
    parsed = QColor(colour)
    return np.array([parsed.red(), parsed.green(), parsed.blue()], dtype=np.float64)


def _packed(rgb: FloatArray) -> np.ndarray:
    """Pack (..., 3) values of 0 to 255 into opaque 0xAARRGGBB integers."""
    whole = np.rint(rgb).astype(np.uint32)
    return np.uint32(0xFF000000) | whole[..., 0] << 16 | whole[..., 1] << 8 | whole[..., 2]


def diverging(values: FloatArray, theme: Theme) -> np.ndarray:
    """Return the colour of values from -1 (class 0) to 1 (class 1), as uint32 of the same shape."""
    table = _table(theme, theme.output_gain)
    index = np.clip(values * _HALF + _STEPS // 2, 0, _STEPS - 1)
    return np.asarray(table[np.nan_to_num(index, nan=_HALF).astype(np.intp)])


def mixed_classes(outputs: FloatArray, theme: Theme) -> np.ndarray:
    """Return the colour of the largest output, stronger for a larger lead.

    The outputs have shape (classes, rows, columns).
    """
    classes = len(outputs)
    winner = outputs.argmax(axis=0)
    ordered = np.partition(outputs, classes - 2, axis=0)
    lead = np.clip(ordered[-1] - ordered[-2], 0.0, 1.0)
    neutral = _rgb(theme.heat0)
    palette = np.array([_rgb(theme.classes[k % 8]) for k in range(classes)])
    strength = (theme.output_gain * (0.25 + 0.75 * lead))[..., None]
    return _packed(neutral + (palette[winner] - neutral) * strength)


def blended(share: FloatArray, low: str, high: str) -> np.ndarray:
    """Return colours interpolated from `low` at 0 to `high` at 1, as uint32 of the same shape."""
    return _packed(_rgb(low) + (_rgb(high) - _rgb(low)) * share[..., None])


def point_colour(value: float, theme: Theme) -> QColor:
    """Return the full colour of a value from -1 to 1, for a point on a map.

    NaN has the colour of 0.
    """
    table = _table(theme, 1.0)
    share = float(np.nan_to_num(np.clip(value, -1.0, 1.0)))
    return QColor.fromRgb(int(table[int(share * 255 + 255)]))


HIDDEN_GAIN = 0.78
SMALLEST_PEAK = 0.8


@cache
def _table(theme: Theme, gain: float) -> np.ndarray:
    """Return 511 colours as 0xffRRGGBB, from the most negative to the most positive."""
    neutral, positive, negative = (_rgb(name) for name in (theme.heat0, theme.pos, theme.neg))
    share = gain * np.linspace(-1.0, 1.0, 2 * _HALF + 1)[:, None]
    colours = np.where(
        share > 0, neutral + share * (positive - neutral), neutral - share * (negative - neutral)
    )
    r, g, b = np.rint(colours).astype(np.uint32).T
    return np.asarray((0xFF << 24) | (r << 16) | (g << 8) | b, np.uint32)


def unit_scale(maps: FloatArray) -> FloatArray:
    """Return each unit map's divisor: its maximum magnitude, at least 0.8; shape (units, 1, 1).

    Infinite maxima are clamped to the largest finite float, so that infinite values stay infinite.
    """
    peak = np.maximum(maps.max(axis=(1, 2)), -maps.min(axis=(1, 2)))
    peak = np.clip(peak, SMALLEST_PEAK, np.finfo(maps.dtype).max)
    return np.asarray(peak[:, None, None])


def normalise_output(maps: FloatArray, activation: Activation) -> FloatArray:
    """Return an output layer's maps scaled to -1 .. 1, with 0 for undecided."""
    if ACTIVATION_KINDS[activation].range == (0.0, 1.0):
        return np.asarray(2.0 * maps - 1.0)
    return np.asarray(maps / unit_scale(maps))


class TileSheet:
    """Square images of equal size that are all filled together.

    Attributes
    ----------
    images
        The images, drawn in place.
    side
        Width and height of an image in pixels.
    """

    def __init__(self, pictures: int, side: int) -> None:
        self.side = side
        self._index = np.zeros((pictures, side, side), np.int16)
        self._scaled = np.zeros((pictures, side, side), np.float32)
        self.images = [QImage(side, side, QImage.Format.Format_RGB32) for _ in range(pictures)]
        # The images own their memory, so that what Qt still shows of one stays valid.
        self._pixels = [
            np.frombuffer(image.bits(), np.uint32).reshape(side, side) for image in self.images
        ]

    def fill(self, first: int, values: FloatArray, theme: Theme, gain: float) -> None:
        """Draw `values`, shape (n, side, side), in -1 .. 1, with the first row at the bottom."""
        part = slice(first, first + len(values))
        scaled, index = self._scaled[part], self._index[part]
        np.multiply(values[:, ::-1], _HALF, out=scaled, casting="same_kind")
        with np.errstate(invalid="ignore"):
            total = scaled.sum()
        if not math.isfinite(total):
            np.nan_to_num(scaled, copy=False)
            np.clip(scaled, -_HALF, _HALF, out=scaled)
        np.add(scaled, _HALF, out=index, casting="unsafe")
        table = _table(theme, gain)
        for pixels, places in zip(self._pixels[part], index, strict=True):
            np.take(table, places, out=pixels, mode="clip")


def peak_of(values: FloatArray) -> float:
    """Return the largest finite magnitude among `values`, 1 if there is none above 0."""
    return float(np.abs(values[np.isfinite(values)]).max(initial=0.0)) or 1.0


def signed_picture(values: FloatArray, theme: Theme) -> QImage:
    """Return `values` (rows, columns) as an image, one pixel per number, row 0 at the top.

    The largest finite magnitude has the full colour; NaN has the colour of 0.
    """
    scale = peak_of(values)
    index = np.clip(np.nan_to_num(values / scale), -1.0, 1.0) * _HALF + _HALF
    return picture_of(_table(theme, 1.0)[index.astype(np.int16)])


def picture_of(pixels: np.ndarray) -> QImage:
    """Return 0xAARRGGBB integers, shape (rows, columns), as an image, row 0 at the top."""
    rows, columns = pixels.shape
    # The copy owns its memory; the array's goes with this frame.
    whole = np.ascontiguousarray(pixels)
    return QImage(whole.data, columns, rows, 4 * columns, QImage.Format.Format_RGB32).copy()
