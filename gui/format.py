"""Numbers and texts, parsed and formatted in the current language."""

from __future__ import annotations

import math
import re
import unicodedata
from collections.abc import Callable
from typing import Any

from PySide6.QtCore import QCollator, QLocale

MINUS = "−"
GROUP = "\N{NO-BREAK SPACE}"
"""Thousands separator, in every language."""

_WHOLE_FIGURES = 7
"""Whole parts with more figures than this, or than requested, are powers of ten."""

_SPACE = re.compile(r"\s")
_SIGN, _EXPONENT = r"[+-]? ?", r"(e[+-]?[0-9]+)?"
_NOTATIONS = tuple(
    (re.compile(f"{_SIGN}({number}){_EXPONENT}", re.IGNORECASE), grouping, mark)
    for number, grouping, mark in (
        (r"([0-9]+|[0-9]{1,3}( [0-9]{3})+)([.,][0-9]*)?|[.,][0-9]+", " ", ","),
        (r"[0-9]{1,3}(,[0-9]{3})+\.[0-9]*", ",", "."),
        (r"[0-9]{1,3}(\.[0-9]{3})+,[0-9]*", ".", ","),
    )
)
"""Notations of a number: pattern, thousands separator and decimal mark."""


_GROUPED = re.compile(rf"[+{MINUS}-]?[1-9][0-9]{{0,2}}([.,])[0-9]{{3}}(\1[0-9]{{3}})*")
"""A whole number with grouped thousands."""


def name_order() -> Callable[[str], Any]:
    """Return a sort key for names in the current alphabet: ç after c, 10 after 9."""
    alphabet = QCollator(QLocale())
    alphabet.setNumericMode(True)
    return alphabet.sortKey


def escape(text: str) -> str:
    """Return a text escaped for rich text."""
    import html  # late: its table of entities is read at once

    return html.escape(text)


def parse_number(text: str) -> float | None:
    """Parse a number with a decimal comma or point, or a fraction; return ``None`` for others.

    The true minus sign is accepted. Thousands may be grouped by spaces, or by whichever of comma
    and point is not the decimal mark, if every group has three digits. A single comma or point is
    always the decimal mark. A fraction is one number over another.
    """
    above, slash, below = text.partition("/")
    if slash:
        parts = parse_number(above), parse_number(below) if "/" not in below else None
        value = parts[0] / parts[1] if parts[0] is not None and parts[1] else math.nan
        return value if math.isfinite(value) else None
    plain = _SPACE.sub(" ", text.strip().replace(MINUS, "-"))
    for pattern, grouping, mark in _NOTATIONS:
        if pattern.fullmatch(plain):
            plain = plain.replace(" ", "").replace(grouping, "").replace(mark, ".")
            break
    else:
        return None
    value = float(plain)
    return value if math.isfinite(value) else None


def parse_whole(text: str) -> int | None:
    """Parse a whole number; return ``None`` for others.

    A comma or a point before three digits separates thousands, since nobody writes a whole number
    with three decimals.
    """
    plain = text.strip()
    found = _GROUPED.fullmatch(plain)
    value = parse_number(plain.replace(found[1], "") if found else plain)
    return int(value) if value is not None and value.is_integer() else None


def show_number(value: float, digits: int = 6) -> str:
    """Format a number that was typed or read from a table, or that stands alone.

    It has at most `digits` significant figures and no trailing zeros. The whole part is complete up
    to seven figures; larger numbers, and those below 0.0001, are written with a power of ten.
    """
    text, power, exponent = significant(value, digits).partition("e")
    mark = QLocale().decimalPoint()
    return (text.rstrip("0").rstrip(mark) if mark in text else text) + power + exponent


def show_cell(value: float, digits: int = 6) -> str:
    """Format a number of an editable table: whole numbers have all their digits.

    They are not grouped, since they may be years or identifiers.
    """
    is_whole = float(value).is_integer() and abs(value) < 1e15
    return f"{value + 0.0:.0f}".replace("-", MINUS) if is_whole else show_number(value, digits)


def show_fixed(value: float, decimals: int) -> str:
    """Format a number with fixed decimals, for columns and changing figures."""
    if not math.isfinite(value):
        return "∞" if value == math.inf else f"{MINUS}∞" if value == -math.inf else "NaN"
    rounded = round(float(value), decimals) + 0.0  # + 0.0 makes a negative zero a plain one
    text = f"{rounded:,.{decimals}f}".replace(",", GROUP).replace(".", QLocale().decimalPoint())
    return text.replace("-", MINUS)


def show_short(value: float, decimals: int) -> str:
    """Format a number with fixed decimals, a large one with three digits and a power of ten.

    For figures side by side in a narrow space, as with `show_fixed`, that may become very large.
    """
    is_short = abs(value) < 1000 or not math.isfinite(value)
    return show_fixed(value, decimals) if is_short else show_number(value, 3)


def significant(value: float, digits: int = 3) -> str:
    """Format a measured number, such as a loss, with significant digits and trailing zeros.

    The whole part is complete, and very large or small numbers have a power of ten, as in
    `show_number`.
    """
    if value == 0 or not math.isfinite(value):
        return show_fixed(value, 0)
    size = math.floor(math.log10(abs(value)))
    if -4 <= size < max(_WHOLE_FIGURES, digits):
        return show_fixed(value, max(0, digits - 1 - size))
    text, exponent = f"{value:.{digits - 1}e}".split("e")
    return f"{text}e{int(exponent)}".replace(".", QLocale().decimalPoint()).replace("-", MINUS)


def with_power_of_ten(text: str) -> str:
    """Write a number's exponent as a superscript: 7.4×10⁻⁶ for 7.4e−6."""
    digits, mark, exponent = text.partition("e")
    if not mark:
        return text
    power = str(int(exponent.replace(MINUS, "-")))
    return f"{digits}×10{power.translate(str.maketrans('-0123456789', '⁻⁰¹²³⁴⁵⁶⁷⁸⁹'))}"


def show_integer(value: float) -> str:
    """Format a count, or a number rounded to an integer."""
    return show_fixed(value, 0)


def factor(text: str) -> str:
    """Return a number for use after an operator, in brackets if negative."""
    return f"({text})" if text.startswith(MINUS) else text


class _CountOf(str):
    """A count in a sentence; "{right:some are|none is}" selects the wording."""

    __slots__ = ()

    def __format__(self, told: str) -> str:
        some, _, none = told.partition("|")
        return none if none and self.startswith("0") else (self + " " + some).rstrip()


def show_part(value: int) -> str:
    """Return the k of "k of n" for a sentence; Turkish adds a suffix, "4 satırın 3'ü"."""
    text = show_integer(value)
    if QLocale().language() != QLocale.Language.Turkish:
        return text
    return _CountOf(f"{text}’{possessive(value)}")


def show_part_within(value: int) -> str:
    """Return the k of "in k of n" for a sentence; Turkish adds a suffix, "4 satırın 3'ünde"."""
    text = show_part(value)
    if not isinstance(text, _CountOf):
        return text
    return _CountOf(f"{text}n{'da' if text[-1] in 'ıu' else 'de'}")


def possessive(value: float) -> str:
    """Return the Turkish possessive suffix of a whole number: "ü" of 4."""
    value = abs(int(value))
    ones = ("ı", "i", "si", "ü", "ü", "i", "sı", "si", "i", "u")
    tens = ("", "u", "si", "u", "ı", "si", "ı", "i", "i", "ı")
    if value == 0 or value % 10:
        return ones[value % 10]
    if value % 100:
        return tens[value // 10 % 10]
    if value % 1000:
        return "ü"
    return "i" if value % 1_000_000 else "u"


def nice_step(least: float) -> float:
    """Return the smallest of 1, 2, 2.5, 5 times a power of ten that is at least `least`."""
    power = 10.0 ** math.floor(math.log10(least))
    for factor in (1.0, 2.0, 2.5, 5.0):
        if factor * power >= least * (1 - 1e-9):
            return factor * power
    return 10.0 * power


def steps_between(low: float, high: float, step: float) -> list[float]:
    """Return the multiples of a step from `low` to `high`."""
    first, last = math.ceil(low / step - 1e-9), math.floor(high / step + 1e-9)
    return [n * step for n in range(first, last + 1)]


def tick(value: float, step: float) -> str:
    """Format an axis number with the decimals that ticks `step` apart need."""
    if abs(value) < 1e-9 * abs(step):
        return "0"
    if not 1e-5 < step < 1e6:
        return show_number(value, 3)
    digits = 0
    while digits < 6 and abs(step * 10**digits - round(step * 10**digits)) > 1e-6:
        digits += 1
    return show_fixed(value, digits)


def short_power(exponent: float) -> str:
    """Format a power of ten compactly with one digit: 1e−4, 3e−5."""
    whole = math.floor(exponent + 1e-9)
    return f"{10 ** (exponent - whole):.0f}e{whole}".replace("-", MINUS)


def list_separator() -> str:
    """Return the separator of listed numbers: not a comma if that is the decimal mark."""
    return "; " if QLocale().decimalPoint() == "," else ", "


def percent(share: float, digits: int = 1) -> str:
    """Return 0.944 as "94.4%", in Turkish "%94,4"."""
    text = show_fixed(100 * share, digits)
    return f"%{text}" if QLocale().language() == QLocale.Language.Turkish else f"{text}%"


def milliseconds(value_ms: float) -> str:
    """Format a time as "8.2", from 100 ms on without decimals: "120"."""
    return show_fixed(value_ms, 1 if value_ms < 99.95 else 0)


def megabytes(size: int) -> str:
    """Format a size in bytes as "18.5 MB", a small one as "26 kB"."""
    if size < 100_000:
        return f"{show_integer(size / 1e3)} kB"
    return f"{show_fixed(size / 1e6, 1 if size < 99.5e6 else 0)} MB"


def folded(text: str) -> str:
    """Return text normalised for comparison: without case, accents and dots of i."""
    plain = text.replace("ı", "i").replace("I", "i").replace("İ", "i").casefold()
    letters = unicodedata.normalize("NFKD", plain)
    return "".join(letter for letter in letters if not unicodedata.combining(letter)).strip()
