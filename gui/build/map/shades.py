"""Values as colours: the look-up tables of the decision map."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
from PySide6.QtGui import QColor

from gui.theme import Theme
from model.experiment import FloatArray

__all__ = ["diverging", "mixed_classes", "point_colour"]

_STEPS = 511


def _rgb(colour: str) -> FloatArray:
    parsed = QColor(colour)
    return np.array([parsed.red(), parsed.green(), parsed.blue()], dtype=np.float64)


def _packed(rgb: FloatArray) -> np.ndarray:
    """Pack (..., 3) values of 0 to 255 into opaque 0xAARRGGBB numbers."""
    whole = np.rint(rgb).astype(np.uint32)
    return np.uint32(0xFF000000) | whole[..., 0] << 16 | whole[..., 1] << 8 | whole[..., 2]


@lru_cache(maxsize=8)
def _table(neg: str, heat0: str, pos: str, gain: float) -> np.ndarray:
    """Colours from -1 over 0 to 1, linear in the absolute value, shape (511,)."""
    at = np.linspace(-1.0, 1.0, _STEPS)[:, None]
    neutral = _rgb(heat0)
    towards = np.where(at < 0, _rgb(neg), _rgb(pos))
    return _packed(neutral + (towards - neutral) * np.abs(at) * gain)


def diverging(values: FloatArray, theme: Theme) -> np.ndarray:
    """Return the colour of values from -1 (class 0) to 1 (class 1), as uint32 of the same shape."""
    table = _table(theme.neg, theme.heat0, theme.pos, theme.output_gain)
    index = np.clip(values * (_STEPS // 2) + _STEPS // 2, 0, _STEPS - 1)
    return np.asarray(table[np.nan_to_num(index, nan=_STEPS // 2).astype(np.intp)])


def mixed_classes(outputs: FloatArray, theme: Theme) -> np.ndarray:
    """Return the colour of the largest output, the stronger the further it leads.

    Parameters
    ----------
    outputs
        Shape (classes, rows, columns).
    """
    classes = len(outputs)
    winner = outputs.argmax(axis=0)
    ordered = np.partition(outputs, classes - 2, axis=0)
    lead = np.clip(ordered[-1] - ordered[-2], 0.0, 1.0)
    neutral = _rgb(theme.heat0)
    palette = np.array([_rgb(theme.classes[k % 8]) for k in range(classes)])
    strength = (theme.output_gain * (0.25 + 0.75 * lead))[..., None]
    return _packed(neutral + (palette[winner] - neutral) * strength)


def point_colour(value: float, theme: Theme) -> QColor:
    """Return the full colour of a value from -1 to 1, for a point on the map of values."""
    table = _table(theme.neg, theme.heat0, theme.pos, 1.0)
    return QColor.fromRgb(int(table[int(np.clip(value * 255 + 255, 0, 510))]))
