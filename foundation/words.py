"""Words and numbers as the command line says them, in the language in use.

Without a catalogue, which `main.py` opens, all is English. JSON and files have none of this.
"""

from __future__ import annotations

import re
from argparse import ArgumentTypeError
from collections.abc import Iterable

from foundation.text import tr


def decimal(text: str) -> float:
    """Read the one number of an option, with a decimal point or a decimal comma.

    Raises
    ------
    ArgumentTypeError
        If it is none.
    """
    try:
        return float(re.sub(r"(?<=\d),(?=\d)", ".", text.strip()))
    except ValueError:
        raise ArgumentTypeError(tr("{text} is no number", text=text)) from None


def decimals(text: str) -> tuple[float, ...]:
    """Read numbers with spaces, semicolons or, unless it is a decimal comma, commas between them.

    Raises
    ------
    ArgumentTypeError
        If one of them is none, or there are none.
    """
    parts = [part.strip(",") for part in re.split(r"[;\s]+", text.strip(" ;,"))]
    if len(parts) == 1 and not re.fullmatch(r"\d*,\d+", text.strip()):
        parts = text.split(",")
    return tuple(map(decimal, parts))


def number(value: float, form: str = ".6g") -> str:
    """Return a number with the decimal mark in use; `form` is as :func:`format` takes it."""
    return format(value, form).replace(".", tr("."))  # the decimal mark


def percent(share: float, form: str = ".1f") -> str:
    """Return 0.944 as ``94.4%``, in Turkish ``%94,4``."""
    return tr("{number}%", number=number(100.0 * share, form))


def listed(numbers: Iterable[str]) -> str:
    """Return numbers one after another, with what stands between them in the language in use."""
    return tr(", ").join(numbers)
