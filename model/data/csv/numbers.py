"""Parsing of numbers in tables: gaps, thousands separators, units, and the decimal sign."""

from __future__ import annotations

import re
from itertools import zip_longest

ERRORS = (
    *("#n/a", "#na", "#value!", "#div/0!", "#ref!", "#num!", "#name?", "#null!", "#spill!"),
    *("#yok", "#değer!", "#sayi/0!", "#sayı/0!", "#başv!", "#sayi!", "#sayı!", "#ad?", "#boş!"),
)
"""Error values of spreadsheet programs, in English and in Turkish."""

MISSING = frozenset(
    {"", "na", "n/a", "n.a.", "<na>", "nan", "-nan", "null", "none", "?", "-", ".", *ERRORS}
)
"""Texts that mean a missing value, in lower case."""

BLANKS = "'\u2019\u00a0\u202f"
"""Thousands separators other than point and comma; the Swiss use an apostrophe."""

GROUPED = {
    sign: re.compile(rf"[+-]?[1-9]\d{{0,2}}([{other}{BLANKS}]\d{{3}})+([{sign}]\d+)?")
    for sign, other in (".,", ",.")
}
"""Patterns of numbers with thousands separators, by decimal sign."""

_GROUP_SIGNS = {
    sign: str.maketrans("", "", other + BLANKS) for sign, other in ((".", ","), (",", "."))
}

MINUS = "\u2212"


def number_of(text: str, decimal: str) -> float | None:
    """Return the number in a field, ``None`` if there is none.

    Thousands may be separated by the sign that is not the decimal sign, by a no-break space, by
    an apostrophe, or by a space if `joins_blanks`. The minus sign may be U+2212.
    """
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


def may_have_groups(text: str, decimal: str) -> bool:
    """Return whether a text may contain thousands separators; `with_blanks` includes spaces."""
    other = "," if decimal == "." else "."
    return any(sign in text for sign in (other, *BLANKS))


def without_groups(text: str, decimal: str) -> str:
    """Return a numeric field without its thousands separators."""
    return text.translate(_GROUP_SIGNS[decimal])


def is_number(field: str) -> bool:
    """Return whether a field holds a number, with either decimal sign."""
    return any(number_of(field.strip(), decimal) is not None for decimal in ".,")


def is_number_or_gap(field: str) -> bool:
    """Return whether a field holds a number or is empty."""
    return is_number(field) or field.lower() in MISSING


_MONEY, _MONEY_WORDS = "[$€£¥₺₽₹₩₪₴]", "tl|try|usd|eur|gbp|chf"
_LONGEST_WITH_UNIT = 40
_UNIT_BEFORE = re.compile(
    rf"(?P<sign>[+\-{MINUS}]?)(?P<unit>%|{_MONEY}|({_MONEY_WORDS})(?=\s))\s*(?P<number>.*\d.*)",
    re.I,
)
_UNIT_AFTER = re.compile(
    rf"(?P<number>.*\d[.,]?)(\s*(?P<sign>%|{_MONEY}|{_MONEY_WORDS}|°[CFK]?)|\s+(?P<word>[^\W\d_]\S{{0,9}}))",
    re.I,
)
_IS_MONEY = re.compile(f"{_MONEY}|{_MONEY_WORDS}", re.I)
_IS_SIGN = re.compile(f"{_MONEY}|{_MONEY_WORDS}|%|°[CFK]?", re.I)


def split_unit(text: str) -> tuple[str, str]:
    """Return a field without its unit, and the unit, empty if there is none.

    Notes ----- A unit follows the number: letters after a space, since 9A is a name; percent
    signs, degrees and currencies also without one. A percent sign or a currency may precede the
    number.
    """
    if len(text) > _LONGEST_WITH_UNIT:
        return text, ""
    if found := _UNIT_AFTER.fullmatch(text):
        return found["number"], found["sign"] or found["word"]
    if found := _UNIT_BEFORE.fullmatch(text):
        return found["sign"] + found["number"], found["unit"]
    return text, ""


def is_sign(unit: str) -> bool:
    """Return whether a unit is a percent sign, degrees or a currency.

    Such a unit is never part of a name.
    """
    return _IS_SIGN.fullmatch(unit) is not None


def is_currency(unit: str) -> bool:
    """Return whether a unit is a currency."""
    return _IS_MONEY.fullmatch(unit) is not None


def without_units(rows: list[list[str]]) -> list[list[tuple[str, str]]]:
    """Return each field as its number, without spaces between thousands, and its unit.

    A word is a unit only if all fields of its column have it. The first row keeps a unit that
    the column lacks below: there it is part of a name.
    """
    parted = [[split_unit(field.strip()) for field in row] for row in rows]
    for at in range(max(map(len, rows), default=0)):
        below = [row[at] for row in parted[1:] if at < len(row)]
        units = {
            unit.casefold()
            for number, unit in below
            if unit or (number != "0" and number.lower() not in MISSING)
        }
        for place, row in enumerate(parted):
            if at >= len(row):
                continue  # shorter than the others: a title, a total, a fault
            unit = row[at][1]
            is_text = len(units) > 1 and not is_sign(unit)
            if unit and (is_text or (place == 0 and unit.casefold() not in units)):
                row[at] = rows[place][at].strip(), ""
    return parted


_POINT, _COMMA = (
    re.compile(
        rf"[+-]?(\d*|\d{{1,3}}([{other}{BLANKS}]\d{{3}})+)[{sign}]\d+(e[+-]?\d+)?"
        rf"|[+-]?\d{{1,3}}([{other}]\d{{3}}){{2,}}",
        re.I,
    )
    for sign, other in (".,", ",.")
)
_THOUSANDS = re.compile(r"[+-]?[1-9]\d{0,2}([.,])\d{3}")


def _unambiguous_decimal_sign(number: str) -> str:
    """Return a number's decimal sign, empty if it may separate thousands."""
    if _THOUSANDS.fullmatch(number):
        return ""
    return "," if _COMMA.fullmatch(number) else "." if _POINT.fullmatch(number) else ""


def find_decimal(rows: list[list[tuple[str, str]]], separator: str) -> str:
    """Return the decimal sign of most fields, unless the other sign separates thousands."""
    fields = [number for row in rows for number, _ in row]
    commas = [field for field in fields if _COMMA.fullmatch(field)]
    points = sum(1 for field in fields if _POINT.fullmatch(field))
    if separator == ",":
        # Between commas "1,234" is a thousand and more, unless some field shows otherwise.
        is_grouped = all(map(GROUPED["."].fullmatch, commas))
        return "." if points or is_grouped else ","
    return _sign_beside_thousands(rows) or ("," if len(commas) > points else ".")


def _sign_beside_thousands(rows: list[list[tuple[str, str]]]) -> str:
    """Return the decimal sign if the other one separates thousands, else an empty text.

    Notes ----- A sign that always precedes exactly three digits is ambiguous. It separates
    thousands only if no field has it as the decimal sign, and a column of numbers contains it

    - along with numbers of two groups, or followed by the other sign;
    - along with numbers below a thousand, while another column contains the other sign;
    - in amounts of money of several lengths; a single length may be fuel prices, which have
      three decimals;
    - and is the only ambiguous column, the sign is a point, and exactly one other column
      contains the comma. The reverse is not conclusive: a single column with points may contain
      times, dates or versions.
    """
    numbers = [number for row in rows for number, _ in row]
    signs = {found[1] for number in numbers if (found := _THOUSANDS.fullmatch(number))}
    if len(signs) != 1 or signs & set(map(_unambiguous_decimal_sign, numbers)):
        return ""
    for column in zip_longest(*rows[1:], fillvalue=("", "")):  # the first row may hold names
        filled = [field for field in column if field[0].lower() not in MISSING]
        if not all(is_number(number) for number, _ in filled):
            continue
        is_shown = any(_unambiguous_decimal_sign(number) for number, _ in filled)
        is_money = all(is_currency(unit) for _, unit in filled)
        lengths = {len(number.lstrip("+-")) for number, _ in filled}
        is_doubtful = any(_THOUSANDS.fullmatch(number) for number, _ in filled)
        if is_shown or (is_doubtful and is_money and len(lengths) > 1):
            return "." if signs == {","} else ","
    return ""
