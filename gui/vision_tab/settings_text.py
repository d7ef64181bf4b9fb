"""The preprocessing settings as text."""

from __future__ import annotations

import re
from collections.abc import Sequence

from gui.format import show_number

_FIGURES = 7  # as many as single precision holds


def parse_size(text: str) -> tuple[int, int]:
    """Parse "224", "224 x 224" or "320 × 240" as (width, height).

    Raises
    ------
    ValueError
        For any other text.
    """
    parts = [part for part in re.split(r"[x×*\s;]+", text.strip().lower()) if part]
    if len(parts) == 1:
        parts = parts * 2
    if len(parts) != 2:
        raise ValueError(f"no size: {text}")
    return int(parts[0]), int(parts[1])


def parse_scale(text: str) -> float:
    """Parse "1 / 128", "0.0078" or "0,0078".

    Raises
    ------
    ValueError
        For any other text, and for a division by zero.
    """
    parts = text.split("/")
    if len(parts) > 2:
        raise ValueError(f"no scale: {text}")
    values = [_number(part) for part in parts]
    if len(values) == 1:
        return values[0]
    if values[1] == 0:
        raise ValueError(f"no scale: {text}")
    return values[0] / values[1]


def parse_three(text: str) -> tuple[float, float, float]:
    """Parse three numbers: "104 117 123" or "0,485; 0,456; 0,406".

    A single number is used for all three.

    Raises
    ------
    ValueError
        If the text does not contain three numbers, or one.
    """
    parts = [part for part in re.split(r"[\s;]+|,\s", text.strip()) if part]
    values = [_number(part) for part in parts]
    if len(values) == 1:
        values = values * 3
    if len(values) != 3:
        raise ValueError(f"not three numbers: {text}")
    return values[0], values[1], values[2]


def _number(text: str) -> float:
    return float(text.strip().replace(",", ".").replace("−", "-"))


def format_size(size_wh: tuple[int, int]) -> str:
    """Return "224 × 224"."""
    return f"{size_wh[0]} × {size_wh[1]}"


def format_scale(scale: float) -> str:
    """Return a unit fraction as "1 / 128", other numbers as decimals."""
    below = 1 / scale if scale else 0.0
    if 1 < abs(below) < 1e6 and abs(below - round(below)) < 1e-9:
        return f"1 / {round(below)}"
    return show_number(scale, _FIGURES)


def format_three(values: Sequence[float]) -> str:
    """Return three numbers separated by spaces."""
    return " ".join(show_number(value, _FIGURES) for value in values)
