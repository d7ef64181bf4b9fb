"""Units beside numbers: per cent, degrees, currencies and words."""

from __future__ import annotations

import re

from model.data.csv.numbers import MINUS, MISSING, joins_blanks, without_blanks

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
UNIT = re.compile(
    rf"[(\[].*[)\]]|:?-{{3,}}:?|%|°[CFK]?|{_MONEY}|(?i:{_MONEY_WORDS})|[mckµ]?m[²³23]?|k?m/[sh]|m?s"
    r"|min|h|[mkµ]?g|[mc]?l|k?cal|[mk]V|mA|k?Wh?|k[JN]|[hk]?Pa|[kM]?Hz|deg"
)
"""What is a unit wherever it stands, or the line below the names in Markdown."""
_IS_MONEY = re.compile(f"{_MONEY}|{_MONEY_WORDS}", re.I)
_IS_SIGN = re.compile(f"{_MONEY}|{_MONEY_WORDS}|%|°[CFK]?", re.I)


def split_unit(text: str) -> tuple[str, str]:
    """Return a field without its unit, and the unit, empty for none.

    Notes
    -----
    A unit stands behind the number: letters with a blank between, since 9A names something; per
    cent, degrees and currencies without one too. Per cent and a currency may stand before it.
    """
    if len(text) > _LONGEST_WITH_UNIT:
        return text, ""
    if found := _UNIT_AFTER.fullmatch(text):
        return found["number"], found["sign"] or found["word"]
    if found := _UNIT_BEFORE.fullmatch(text):
        return found["sign"] + found["number"], found["unit"]
    return text, ""


def is_sign(unit: str) -> bool:
    """Tell whether a unit is per cent, degrees or a currency, and so never part of a name."""
    return _IS_SIGN.fullmatch(unit) is not None


def is_currency(unit: str) -> bool:
    """Tell whether a unit is a currency."""
    return _IS_MONEY.fullmatch(unit) is not None


def without_units(rows: list[list[str]]) -> list[list[tuple[str, str]]]:
    """Return fields without units and without blanks that part thousands, and the units.

    A word is a unit only where all fields of its column have it. The first row keeps a unit that
    its column has not below: it is part of a name.
    """
    parted = [[split_unit(field.strip()) for field in row] for row in rows]
    for at in range(max(map(len, rows), default=0)):
        below = [row[at] for row in parted[1:] if at < len(row)]
        units = {
            unit.casefold()
            for number, unit in below
            if unit or (number != "0" and number.lower() not in MISSING)
        }
        joins = joins_blanks(number for number, _ in below)
        for place, row in enumerate(parted):
            if at >= len(row):
                continue  # shorter than the others: a title, a total, a fault
            number, unit = row[at]
            is_text = len(units) > 1 and not is_sign(unit)
            if unit and (is_text or (place == 0 and unit.casefold() not in units)):
                row[at] = rows[place][at].strip(), ""
            elif joins:
                row[at] = without_blanks(number), unit
    return parted
