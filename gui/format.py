"""Numbers as they are read and typed, in the language in use."""

from __future__ import annotations

import math
import re

from PySide6.QtCore import QLocale

MINUS = "−"
GROUP = "\N{NO-BREAK SPACE}"
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
    if not math.isfinite(value):
        return decimal(value, 0)
    text = f"{value:.{digits}g}"
    if "e" in text:
        mantissa, exponent = text.split("e")
        text = f"{mantissa}e{int(exponent)}"
    return _localised(text)


def show_cell(value: float, digits: int = 6) -> str:
    """Write a number of a table: a whole one with all its digits, others with at most `digits`."""
    return show_number(value, 15 if float(value).is_integer() else digits)


def show_fixed(value: float, decimals: int) -> str:
    """Write a number with exactly `decimals` decimals, in the language in use."""
    if not math.isfinite(value):
        return decimal(value, 0)
    text = f"{value:.{decimals}f}"
    if float(text) == 0.0:
        text = text.lstrip("-")
    return _localised(text)


def show_integer(value: int) -> str:
    """Write a whole number, its thousands set apart by a space that no line breaks at."""
    return f"{value:,}".replace(",", GROUP).replace("-", MINUS)


def show_part(value: int) -> str:
    """Write how many of several, for a sentence: Turkish says "4 satırın 3'ü", with its ending."""
    text = show_integer(value)
    if QLocale().language() != QLocale.Language.Turkish:
        return text
    return f"{text}’{possessive(value)}"


def show_nth(value: int) -> str:
    """Write which of several, for a sentence: Turkish says "8 adımın 4'üncüsü", with its ending."""
    text = show_integer(value)
    if QLocale().language() != QLocale.Language.Turkish:
        return text
    ending = possessive(value)
    return f"{text}’{'' if ending[0] == 's' else ending}nc{ending[-1]}s{ending[-1]}"


def possessive(value: float) -> str:
    """Return the possessive that the last word of a whole Turkish number takes: "ü" of 4."""
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


def _localised(text: str) -> str:
    mark = QLocale().decimalPoint()
    return text.replace(".", mark).replace("-", MINUS)


def decimal(value: float, digits: int) -> str:
    """Write `value` with a fixed number of decimals in the language's own way."""
    if not math.isfinite(value):
        return "∞" if value == math.inf else f"{MINUS}∞" if value == -math.inf else "NaN"
    rounded = round(float(value), digits) + 0.0  # + 0.0 makes a negative zero a plain one
    text = f"{rounded:,.{digits}f}".replace(",", GROUP).replace(".", QLocale().decimalPoint())
    return text.replace("-", MINUS)


def significant(value: float, digits: int = 3) -> str:
    """Write `value` with so many significant digits, in powers of ten where that is shorter."""
    if not math.isfinite(value):
        return decimal(value, 0)
    if value == 0:
        return "0"
    exponent = math.floor(math.log10(abs(value)))
    if exponent < -4 or exponent > 6:
        return QLocale().toString(float(value), "e", max(0, digits - 2)).replace("-", MINUS)
    return decimal(value, max(0, digits - 1 - exponent))


def count(value: int) -> str:
    """Write a whole number with the digits in groups, as in 60 000."""
    return show_integer(int(value))


def nice_step(least: float) -> float:
    """Return the smallest of 1, 2, 2.5, 5 times a power of ten that is at least `least`."""
    power = 10.0 ** math.floor(math.log10(least))
    for factor in (1.0, 2.0, 2.5, 5.0):
        if factor * power >= least * (1 - 1e-9):
            return factor * power
    return 10.0 * power


def tick(value: float, step: float) -> str:
    """Write an axis number with just the decimals that ticks `step` apart need."""
    if abs(value) < 1e-9 * abs(step):
        return "0"
    if not 1e-5 < step < 1e6:
        return significant(value, 3)
    digits = 0
    while digits < 6 and abs(step * 10**digits - round(step * 10**digits)) > 1e-6:
        digits += 1
    return decimal(value, digits)


def short_power(exponent: float) -> str:
    """Write 10 to a power in few characters, with one digit: 1e−4, 3e−5."""
    whole = math.floor(exponent + 1e-9)
    return f"{10 ** (exponent - whole):.0f}e{whole}".replace("-", MINUS)


def number(value: float, digits: int = 0) -> str:
    """Return `value` with `digits` after the decimal sign, a whole number unless told."""
    return decimal(value, digits)


def apart() -> str:
    """Return what stands between listed numbers: no comma where that is the decimal mark."""
    return "; " if QLocale().decimalPoint() == "," else ", "


def percent(share: float, digits: int = 1) -> str:
    """Return 0.944 as "94.4%", in Turkish "%94,4"."""
    text = number(100 * share, digits)
    return f"%{text}" if QLocale().language() == QLocale.Language.Turkish else f"{text}%"


def milliseconds(value_ms: float) -> str:
    """Return a time as "8.2", or "120" from a hundred on."""
    return number(value_ms, 1 if value_ms < 99.95 else 0)


def megabytes(size: int) -> str:
    """Return a size in bytes as "18.5 MB", a small one as "26 kB"."""
    if size < 100_000:
        return f"{number(size / 1e3)} kB"
    return f"{number(size / 1e6, 1 if size < 99.5e6 else 0)} MB"
