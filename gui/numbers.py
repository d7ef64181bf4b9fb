"""Numbers as a person reads and types them: a comma or a point, either is understood."""

from __future__ import annotations

import math
import re

from PySide6.QtCore import QLocale

__all__ = [
    "GROUP",
    "MINUS",
    "parse_number",
    "show_fixed",
    "show_integer",
    "show_number",
    "show_part",
]

MINUS = "−"
GROUP = " "
"""Between the thousands of a large number, in every language."""


_SPACE = re.compile(r"\s")
_SIGN, _EXPONENT = r"[+-]? ?", r"(e[+-]?[0-9]+)?"
_WAYS = tuple(
    (re.compile(f"{_SIGN}({number}){_EXPONENT}", re.IGNORECASE), grouping, mark)
    for number, grouping, mark in (
        (r"([0-9]+|[0-9]{1,3}( [0-9]{3})+)([.,][0-9]*)?|[.,][0-9]+", " ", ","),
        (r"[0-9]{1,3}(,[0-9]{3})+\.[0-9]*", ",", "."),
        (r"[0-9]{1,3}(\.[0-9]{3})+,[0-9]*", ".", ","),
    )
)
"""How a number may be written: a pattern, what groups thousands in it, and its decimal mark."""


def parse_number(text: str) -> float | None:
    """Read a number written with a decimal comma or point, or return ``None``.

    The true minus sign is taken. Thousands may be grouped, by spaces or by whichever of comma and
    point is not the decimal mark, where every group has three digits. One comma or point alone is
    always the decimal mark; anything else is no number.
    """
    plain = _SPACE.sub(" ", text.strip().replace(MINUS, "-"))
    for pattern, grouping, mark in _WAYS:
        if pattern.fullmatch(plain):
            plain = plain.replace(" ", "").replace(grouping, "").replace(mark, ".")
            break
    else:
        return None
    value = float(plain)
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


def show_part(value: int) -> str:
    """Write how many of several, for a sentence: Turkish says "4 satırın 3'ü", with its ending."""
    text = show_integer(value)
    if QLocale().language() != QLocale.Language.Turkish:
        return text
    return f"{text}’{_ending(value)}"


def _ending(value: int) -> str:
    """Return the possessive that the last word of a Turkish number takes."""
    ones = ("ı", "i", "si", "ü", "ü", "i", "sı", "si", "i", "u")
    tens = ("", "u", "si", "u", "ı", "si", "ı", "i", "i", "ı")
    if value == 0 or value % 10:
        return ones[value % 10]
    if value % 100:
        return tens[value // 10 % 10]
    if value % 1000:
        return "ü"
    return "i" if value % 1_000_000 else "u"


def _localised(text: str) -> str:
    mark = QLocale().decimalPoint()
    return text.replace(".", mark).replace("-", MINUS)
