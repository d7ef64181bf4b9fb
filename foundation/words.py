"""Words and numbers in the current language, for the command line.

Without the catalogue that `main.py` opens, everything is English. JSON output and files are not
localised.
"""

from __future__ import annotations

import re
from argparse import ArgumentTypeError
from collections.abc import Iterable

from foundation.text import tr


def decimal(text: str) -> float:
    """Parse an option's number, with a decimal point or a decimal comma.

    Raises
    ------
    ArgumentTypeError
        If it is not a number.
    """
    try:
        return float(re.sub(r"(?<=\d),(?=\d)", ".", text.strip()))
    except ValueError:
        raise ArgumentTypeError(tr("{text} is no number", text=text)) from None


def decimals(text: str) -> tuple[float, ...]:
    """Parse numbers separated by spaces, semicolons, or commas that are not decimal.

    Raises
    ------
    ArgumentTypeError
        If one of them is not a number, or the text is empty.
    """
    parts = [part.strip(",") for part in re.split(r"[;\s]+", text.strip(" ;,"))]
    if len(parts) == 1 and not re.fullmatch(r"\d*,\d+", text.strip()):
        parts = text.split(",")
    return tuple(map(decimal, parts))


def number(value: float, form: str = ".6g") -> str:
    """Return a number with the current decimal mark; `form` is a spec of :func:`format`."""
    return format(value, form).replace(".", tr("."))  # the decimal mark


def percent(share: float, form: str = ".1f") -> str:
    """Return 0.944 as ``94.4%``, in Turkish ``%94,4``."""
    return tr("{number}%", number=number(100.0 * share, form))


def listed(numbers: Iterable[str]) -> str:
    """Return numbers as a list with the separator of the current language."""
    return tr(", ").join(numbers)
