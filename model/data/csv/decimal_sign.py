"""Whether a table's decimal sign is the point or the comma."""

from __future__ import annotations

import re
from itertools import zip_longest

from model.data.csv.numbers import BLANKS, GROUPED, MISSING, is_number
from model.data.csv.units import is_currency

_POINT, _COMMA = (
    re.compile(
        rf"[+-]?(\d*|\d{{1,3}}([{other}{BLANKS}]\d{{3}})+)[{sign}]\d+(e[+-]?\d+)?"
        rf"|[+-]?\d{{1,3}}([{other}]\d{{3}}){{2,}}",
        re.I,
    )
    for sign, other in (".,", ",.")
)
_THOUSANDS = re.compile(r"[+-]?[1-9]\d{0,2}([.,])\d{3}")
_SMALL = re.compile(r"[+-]?[1-9]\d{0,2}")


def _clear_sign(number: str) -> str:
    """Return the decimal sign that a number shows, or nothing where it may part thousands."""
    if _THOUSANDS.fullmatch(number):
        return ""
    return "," if _COMMA.fullmatch(number) else "." if _POINT.fullmatch(number) else ""


def find_decimal(rows: list[list[tuple[str, str]]], separator: str) -> str:
    """Return the decimal sign that more fields use, unless the other one parts thousands."""
    fields = [number for row in rows for number, _ in row]
    commas = [field for field in fields if _COMMA.fullmatch(field)]
    points = sum(1 for field in fields if _POINT.fullmatch(field))
    if separator == ",":
        # Between commas "1,234" is a thousand and more, unless some field shows otherwise.
        is_grouped = all(map(GROUPED["."].fullmatch, commas))
        return "." if points or is_grouped else ","
    return _beside_thousands(rows) or ("," if len(commas) > points else ".")


def _beside_thousands(rows: list[list[tuple[str, str]]]) -> str:
    """Return the decimal sign where the other one parts thousands, or nothing where it may not.

    Notes
    -----
    A sign before three digits throughout is in doubt. It parts thousands only where no field has it
    as its decimal sign, and where a column of numbers has it

    - beside numbers of two groups, or with the other sign behind it;
    - beside numbers below a thousand, and another column shows the other sign;
    - in money of several lengths: one length may be that of fuel, which has three decimals;
    - and is the only one that is in doubt, it is a point, and one other column shows the comma. A
      single column that shows a point may as well have times, dates or versions.
    """
    numbers = [number for row in rows for number, _ in row]
    signs = {found[1] for number in numbers if (found := _THOUSANDS.fullmatch(number))}
    if len(signs) != 1 or signs & set(map(_clear_sign, numbers)):
        return ""
    doubtful = clear = 0
    is_shown = has_small = False
    for column in zip_longest(*rows[1:], fillvalue=("", "")):  # the first row may hold names
        filled = [field for field in column if field[0].lower() not in MISSING]
        if not all(is_number(number) for number, _ in filled):
            continue
        is_clear = any(_clear_sign(number) for number, _ in filled)
        if not any(_THOUSANDS.fullmatch(number) for number, _ in filled):
            clear += is_clear
            continue
        doubtful += 1
        is_money = all(is_currency(unit) for _, unit in filled)
        lengths = {len(number.lstrip("+-")) for number, _ in filled}
        is_shown |= is_clear or (is_money and len(lengths) > 1)
        has_small |= any(_SMALL.fullmatch(number) for number, _ in filled)
    is_alone = clear == doubtful == 1 and signs == {"."}
    if is_shown or is_alone or (clear and has_small):
        return "." if signs == {","} else ","
    return ""
