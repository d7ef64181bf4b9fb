"""Numbers as a person reads and types them: a comma or a point, either is understood."""

from __future__ import annotations

import math

from PySide6.QtCore import QLocale

__all__ = [
    "GROUP",
    "MINUS",
    "parse_number",
    "show_fixed",
    "show_integer",
    "show_number",
]

MINUS = "−"
GROUP = " "
"""Between the thousands of a large number, in every language."""


def parse_number(text: str) -> float | None:
    """Read a number written with a decimal comma or point, or return ``None``.

    Spaces are skipped and the true minus sign is taken. Where both a comma and a point occur, the
    later one is the decimal mark and the other groups thousands.
    """
    plain = text.strip().replace(MINUS, "-").replace(" ", "").replace(" ", "")
    comma, point = plain.rfind(","), plain.rfind(".")
    if comma >= 0 and point >= 0:
        grouping = "," if point > comma else "."
        plain = plain.replace(grouping, "")
    plain = plain.replace(",", ".")
    try:
        value = float(plain)
    except ValueError:
        return None
    return value if math.isfinite(value) else None


def show_number(value: float, digits: int = 6) -> str:
    """Write a number with at most `digits` significant figures, in the language in use."""
    text = f"{value:.{digits}g}"
    if "e" in text:
        mantissa, exponent = text.split("e")
        text = f"{mantissa}e{int(exponent)}"
    return _localised(text)


def show_fixed(value: float, decimals: int) -> str:
    """Write a number with exactly `decimals` decimals, in the language in use."""
    text = f"{value:.{decimals}f}"
    if float(text) == 0.0:
        text = text.lstrip("-")
    return _localised(text)


def show_integer(value: int) -> str:
    """Write a whole number, its thousands set apart by a space."""
    return f"{value:,}".replace(",", GROUP).replace("-", MINUS)


def _localised(text: str) -> str:
    mark = QLocale().decimalPoint()
    return text.replace(".", mark).replace("-", MINUS)
