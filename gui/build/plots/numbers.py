"""Numbers as a person reads them: decimal comma or point, thousands apart, a true minus sign."""

from __future__ import annotations

import math

from PySide6.QtCore import QLocale

from gui.numbers import GROUP, MINUS, show_integer

__all__ = ["count", "decimal", "nice_step", "short_power", "significant", "tick"]


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
