"""Fields that hold numbers: how they are written, and what stands where there is none."""

from __future__ import annotations

import re
from collections.abc import Iterable

ERRORS = (
    *("#n/a", "#na", "#value!", "#div/0!", "#ref!", "#num!", "#name?", "#null!", "#spill!"),
    *("#yok", "#değer!", "#sayi/0!", "#sayı/0!", "#başv!", "#sayi!", "#sayı!", "#ad?", "#boş!"),
)
"""What spreadsheet programs write for a formula without a result, in English and in Turkish."""

MISSING = frozenset(
    {"", "na", "n/a", "n.a.", "<na>", "nan", "-nan", "null", "none", "?", "-", ".", *ERRORS}
)
"""What counts as "no value", in lower case."""

BLANKS = "'\u2019\u00a0\u202f"
"""What parts thousands where neither point nor comma does; the Swiss write an apostrophe."""

GROUPED = {
    sign: re.compile(rf"[+-]?[1-9]\d{{0,2}}([{other}{BLANKS}]\d{{3}})+([{sign}]\d+)?")
    for sign, other in (".,", ",.")
}
"""Numbers with their thousands parted, by the decimal sign."""

_GROUP_SIGNS = {
    sign: str.maketrans("", "", other + BLANKS + " ") for sign, other in ((".", ","), (",", "."))
}

MINUS = "\u2212"
_SPACED = re.compile(rf"[+\-{MINUS}]?([1-9]\d{{0,2}}( \d{{3}})+|\d{{1,3}})([.,]\d+)?")


def number_of(text: str, decimal: str, joins_blanks: bool = False) -> float | None:
    """Return the number that a field holds, or ``None`` where it holds none.

    Thousands may be parted by the sign that is not the decimal one, by a no-break space, an
    apostrophe, or a blank where its column says so; the minus may be the one that books print.
    """
    if joins_blanks:
        text = without_blanks(text)
    text = text.replace(MINUS, "-")
    if GROUPED[decimal].fullmatch(text):
        text = text.translate(_GROUP_SIGNS[decimal])
    if decimal == ",":
        if "." in text:
            return None
        text = text.replace(",", ".")
    if "_" in text:  # Python reads 1_000 as a number; a table means a word
        return None
    try:
        return float(text)
    except ValueError:
        return None


def may_have_groups(text: str, decimal: str, with_blanks: bool) -> bool:
    """Tell whether a text has any sign that may part thousands, a blank only `with_blanks`."""
    other = "," if decimal == "." else "."
    return any(sign in text for sign in (other, *BLANKS, *(" " if with_blanks else "")))


def without_groups(text: str, decimal: str) -> str:
    """Return a field that holds a number without what parts its thousands."""
    return text.translate(_GROUP_SIGNS[decimal])


def without_blanks(text: str) -> str:
    """Return a number without the blanks that part its thousands."""
    return text.replace(" ", "") if _SPACED.fullmatch(text) else text


def joins_blanks(fields: Iterable[str]) -> bool:
    """Tell whether blanks part thousands in a column: not each number has as many of them.

    In telephone numbers and codes each has.
    """
    filled = [field for field in fields if field.lower() not in MISSING]
    counts = {field.count(" ") for field in filled}
    return len(counts) > 1 and all(map(_SPACED.fullmatch, filled))


def is_number(field: str) -> bool:
    """Tell whether a field holds a number by one decimal sign or the other."""
    return any(number_of(field.strip(), decimal) is not None for decimal in ".,")


def is_number_or_gap(field: str) -> bool:
    """Tell whether a field holds a number or nothing."""
    return is_number(field) or field.lower() in MISSING
