"""Numbers as Vision's panels write them, in the language in use."""

from __future__ import annotations

from PySide6.QtCore import QLocale

__all__ = ["megabytes", "milliseconds", "number", "percent"]

_MINUS = "−"


def number(value: float, digits: int = 0) -> str:
    """Return `value` with `digits` after the decimal sign and a true minus sign."""
    text = QLocale().toString(float(value), "f", digits)
    return text.replace("-", _MINUS)


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
