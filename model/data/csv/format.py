"""How a CSV file is written: encoding, separator, decimal sign, where the table begins, header."""

from __future__ import annotations

import codecs
import csv
import io
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice, pairwise, zip_longest

from model.errors import ModelError
from model.experiment import CsvData
from model.text import mended_text

_ERRORS = (
    *("#n/a", "#na", "#value!", "#div/0!", "#ref!", "#num!", "#name?", "#null!", "#spill!"),
    *("#yok", "#değer!", "#sayi/0!", "#sayı/0!", "#başv!", "#sayi!", "#sayı!", "#ad?", "#boş!"),
)
"""What spreadsheet programs write for a formula without a result, in English and in Turkish."""
_LONGEST_ERROR = max(map(len, _ERRORS))
MISSING = frozenset(
    {"", "na", "n/a", "n.a.", "<na>", "nan", "-nan", "null", "none", "?", "-", ".", *_ERRORS}
)
"""What counts as "no value", in lower case."""

SEPARATORS = (";", "\t", "|", ",", " ")
"""Tried in this order: a comma may also be a decimal sign and a blank part of a text."""

SAMPLE_LINES, SAMPLE_LETTERS = 100, 200_000

_PIECE_LETTERS = 1 << 16
_KIND_LETTERS = 1000
_MARKUP = re.compile(
    r"\s*<((!doctype|\?xml)\b|(html|head|meta|style|table)\b[^>]*>(?! *[,;|]|\t[^<]))", re.I
)
"""A tag in front of a separator is a field."""
_JSON = re.compile(r'[\s\[]*\{\s*"[^"]*"\s*:(?!.*\}[;|\t])')
_CONTROLS = re.compile(r"[\0-\x08\x0e-\x19\x1b-\x1f]")

_BOMS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_BLANKS = "'\u2019\u00a0\u202f"
"""What parts thousands where neither point nor comma does; the Swiss write an apostrophe."""
_POINT, _COMMA = (
    re.compile(
        rf"[+-]?(\d*|\d{{1,3}}([{other}{_BLANKS}]\d{{3}})+)[{sign}]\d+(e[+-]?\d+)?"
        rf"|[+-]?\d{{1,3}}([{other}]\d{{3}}){{2,}}",
        re.I,
    )
    for sign, other in (".,", ",.")
)
_GROUPED = {
    sign: re.compile(rf"[+-]?[1-9]\d{{0,2}}([{other}{_BLANKS}]\d{{3}})+([{sign}]\d+)?")
    for sign, other in (".,", ",.")
}
"""Numbers with their thousands parted, by the decimal sign."""
_THOUSANDS = re.compile(r"[+-]?[1-9]\d{0,2}([.,])\d{3}")
_TELEPHONE = re.compile(r"(?=(\D*\d){9,15}$)(\+\d{1,3}( \d{2,4}){2,}|0\d{2,4}( \d{2,4}){2,})")
"""As 0532 123 45 67 or +44 20 7946 0958: numbers beside others begin with no 0 and have no sign."""
_SMALL = re.compile(r"[+-]?[1-9]\d{0,2}")
_GROUP_SIGNS = {
    sign: str.maketrans("", "", other + _BLANKS + " ") for sign, other in ((".", ","), (",", "."))
}
_MINUS = "\u2212"
_SPACED = re.compile(rf"[+\-{_MINUS}]?([1-9]\d{{0,2}}( \d{{3}})+|\d{{1,3}})([.,]\d+)?")
_MONEY, _MONEY_WORDS = "[$€£¥₺₽₹₩₪₴]", "tl|try|usd|eur|gbp|chf"
_LONGEST_WITH_UNIT = 40
_UNIT_BEFORE = re.compile(
    rf"(?P<sign>[+\-{_MINUS}]?)(?P<unit>%|{_MONEY}|({_MONEY_WORDS})(?=\s))\s*(?P<number>.*\d.*)",
    re.I,
)
_UNIT_AFTER = re.compile(
    rf"(?P<number>.*\d[.,]?)(\s*(?P<sign>%|{_MONEY}|{_MONEY_WORDS}|°[CFK]?)|\s+(?P<word>[^\W\d_]\S{{0,9}}))",
    re.I,
)
_UNIT = re.compile(
    rf"[(\[].*[)\]]|:?-{{3,}}:?|%|°[CFK]?|{_MONEY}|(?i:{_MONEY_WORDS})|[mckµ]?m[²³23]?|k?m/[sh]|m?s"
    r"|min|h|[mkµ]?g|[mc]?l|k?cal|[mk]V|mA|k?Wh?|k[JN]|[hk]?Pa|[kM]?Hz|deg"
)
"""What is a unit wherever it stands, or the line below the names in Markdown."""
_IS_MONEY = re.compile(f"{_MONEY}|{_MONEY_WORDS}", re.I)
_IS_SIGN = re.compile(f"{_MONEY}|{_MONEY_WORDS}|%|°[CFK]?", re.I)


@dataclass(frozen=True, slots=True)
class CsvFormat:
    """How a file is written.

    Attributes
    ----------
    encoding
        A codec's name.
    separator, decimal
        One character each; a blank as separator stands for any run of blanks and tabs.
    header
        Whether the first row holds names.
    skip_lines
        How many lines at the top are no part of the table.
    comments
        Whether lines that begin with "#" are remarks.
    second
        Whether the row below the names belongs to them: the units, or a second row of names.
    """

    encoding: str
    separator: str
    decimal: str
    header: bool
    skip_lines: int = 0
    comments: bool = False
    second: bool = False


def number_of(text: str, decimal: str, joins_blanks: bool = False) -> float | None:
    """Return the number that a field holds, or ``None`` where it holds none.

    Thousands may be parted by the sign that is not the decimal one, by a no-break space, an
    apostrophe, or a blank where its column says so; the minus may be the one that books print.
    """
    if joins_blanks:
        text = _without_blanks(text)
    text = text.replace(_MINUS, "-")
    if _GROUPED[decimal].fullmatch(text):
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
    return any(sign in text for sign in (other, *_BLANKS, *(" " if with_blanks else "")))


def without_groups(text: str, decimal: str) -> str:
    """Return a field that holds a number without what parts its thousands."""
    return text.translate(_GROUP_SIGNS[decimal])


def _without_blanks(text: str) -> str:
    """Return a number without the blanks that part its thousands."""
    return text.replace(" ", "") if _SPACED.fullmatch(text) else text


def joins_blanks(fields: Iterable[str]) -> bool:
    """Tell whether blanks part thousands in a column: not each number has as many of them.

    In telephone numbers and codes each has.
    """
    filled = [field for field in fields if field.lower() not in MISSING]
    counts = {field.count(" ") for field in filled}
    return len(counts) > 1 and all(map(_SPACED.fullmatch, filled))


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


def _without_units(rows: list[list[str]]) -> list[list[tuple[str, str]]]:
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
                row[at] = _without_blanks(number), unit
    return parted


def decode_text(content: bytes, encoding: str, path: str) -> tuple[str, str]:
    """Return a file's text and its encoding.

    Notes
    -----
    A byte order mark decides; else UTF-16 where every other byte is 0, as its Western letters have
    it; else UTF-8 where the bytes allow it; else Windows' Turkish code page, which differs from the
    Western one only in six letters.

    Raises
    ------
    ModelError
        Code ``data.csv_encoding``.
    """
    tried = [encoding] if encoding else [name for bom, name in _BOMS if content.startswith(bom)]
    for name in tried or [*_without_mark(content), "utf-8", "cp1254", "latin-1"]:
        try:
            text = content.decode(name)
            # Of the encodings that are found out none lets half a letter through.
            return mended_text(text) if encoding else text, name
        except UnicodeDecodeError as fault:
            position = fault.start
        except LookupError:
            position = 0
    raise ModelError(
        "data.csv_encoding",
        "{file} is not written in {encoding} (byte {position}). Choose another encoding.",
        file=path,
        encoding=tried[0],
        position=position,
    )


def _refuse_other_kinds(text: str, path: str) -> None:
    """Refuse what is no table by its first letters, whatever its name says.

    Raises
    ------
    ModelError
        Codes ``data.csv_markup``, ``data.csv_json`` and ``data.csv_binary``.
    """
    sample = text[:_KIND_LETTERS]
    if _MARKUP.match(sample):
        raise ModelError(
            "data.csv_markup",
            "{file} is a web page or XML, whatever its name says. Open it in Excel or "
            "LibreOffice, save it as .xlsx, and open that.",
            file=path,
        )
    if _JSON.match(sample):
        raise ModelError(
            "data.csv_json",
            "{file} is JSON and no table. Save its rows as .csv or .xlsx, and open that.",
            file=path,
        )
    if len(_CONTROLS.findall(sample)) > len(sample) / 50:
        raise ModelError(
            "data.csv_binary",
            "{file} holds no text, so it is no table that can be read here. Save the table as "
            ".csv or .xlsx, and open that.",
            file=path,
        )


def _without_mark(content: bytes) -> list[str]:
    """Return UTF-16 in the order of its bytes, where a text without a mark is written in it."""
    sample = content[:SAMPLE_LETTERS]
    first, second = sample[::2].count(0), sample[1::2].count(0)
    most = len(sample) // 4
    if second > most and not first:
        return ["utf-16-le"]
    if first > most and not second:
        return ["utf-16-be"]
    return []


def is_comment(line: str) -> bool:
    """Tell whether a line is a remark, in a file that has any."""
    return line.startswith("#") and not line[:_LONGEST_ERROR].lower().startswith(_ERRORS)


def _has_comments(text: str) -> bool:
    """Tell whether "#" begins a remark: some lines begin with it, but not most of them."""
    marked = text.count("\n#") + text.startswith("#")
    return 0 < 2 * marked < text.count("\n") + 1


class Lines:
    """The lines of a text, with what ends each, a piece of it at a time.

    `io.StringIO` takes four bytes for each letter.

    Attributes
    ----------
    text
        All of it.
    passed
        How many letters the pieces up to the present one have.
    """

    def __init__(self, text: str) -> None:
        self.text, self.passed = text, 0

    def __iter__(self) -> Iterator[str]:
        """Yield each line, from the first."""
        self.passed = 0
        while (start := self.passed) < len(self.text):
            self.passed = self.text.find("\n", start + _PIECE_LETTERS) + 1 or len(self.text)
            yield from io.StringIO(self.text[start : self.passed], newline="")


def _sample(text: str) -> list[str]:
    """Return the first lines, with what ends each."""
    return list(islice(io.StringIO(text[:SAMPLE_LETTERS], newline=""), SAMPLE_LINES))


def _rows(lines: Sequence[str], separator: str) -> list[tuple[int, list[str]]]:
    """Return the filled rows of some lines, each with how many lines stand above it.

    A row may be broken where a quoted field is cut off.
    """
    reader, rows, above = csv.reader(lines, delimiter=separator), [], 0
    try:
        for row in reader:
            if any(field.strip() for field in row):
                rows.append((above, row))
            above = reader.line_num
    except csv.Error:
        return []
    return rows


_WRAPPED = re.compile(r'"[^"]*(""[^"]*)*"')


def _is_wrapped(lines: Sequence[str]) -> bool:
    """Tell whether each whole line is in quotation marks, as some programs save what they opened.

    What is within is then a row of several fields, as many in each line.
    """
    if not all(_WRAPPED.fullmatch(line.rstrip()) for line in lines):
        return False
    inner = [",".join(row) for _, row in _rows(lines, ",") if len(row) == 1]
    widths = {len(row) for _, row in _rows(inner, _find_separator(inner))}
    return len(inner) == len(lines) > 1 and len(widths) == 1 and widths != {1}


def _without_runs(text: str) -> str:
    """Return a text parted by runs of blanks and tabs as one parted by single blanks."""
    return re.sub(r"(?m)^ | (?=\r?$)", "", re.sub(r"[ \t]+", " ", text))


def _is_number(field: str) -> bool:
    return any(number_of(field.strip(), decimal) is not None for decimal in ".,")


def _find_separator(lines: Sequence[str]) -> str:
    """Return the separator that cuts most lines into the same number of fields, 2 or more.

    A line that is cut inside a quoted text does not count.
    """
    best, best_share = ",", 0.0
    for separator in SEPARATORS:
        parted = list(map(_without_runs, lines)) if separator == " " else lines
        rows = [row for _, row in _rows(parted, separator)]
        if not rows:
            continue
        if separator == " ":
            fields = [field for row in rows[1:] for field in row]
            if 2 * sum(map(_is_number, fields)) < max(len(fields), 1):
                continue  # two words in a line are a text
        whole = [row for row in rows if not any(field.count('"') % 2 for field in row)]
        width, count = Counter(map(len, whole or rows)).most_common(1)[0]
        share = count / len(rows) if width > 1 else 0.0
        is_clear = share > best_share + 0.05
        if is_clear or (separator == " " and share and best == "\t" and _has_lists(lines)):
            best, best_share = separator, share
    return best


def _has_lists(lines: Sequence[str]) -> bool:
    """Tell whether the one tab of each line stands between a list of numbers and a text.

    Where the first line has names, it must have one for each number: elsewhere numbers with blanks
    are telephone numbers, dates or a text.
    """
    rows = [line.rstrip("\r\n").split("\t") for line in lines if line.strip()]
    if any(len(row) != 2 for row in rows):
        return False
    lists = [row[0].split() for row in rows]
    is_list = [len(parts) > 2 and all(map(_is_number_or_gap, parts)) for parts in lists]
    if 2 * sum(is_list) <= len(rows):
        return False
    if not is_list[0]:
        return len(lists[0]) == Counter(map(len, lists[1:])).most_common(1)[0][0]
    if all(
        _TELEPHONE.fullmatch(" ".join(p))
        for p, is_one in zip(lists, is_list, strict=True)
        if is_one
    ):
        return False
    return not any(all(map(_is_number, text.split())) for _, text in rows)


def _is_number_or_gap(field: str) -> bool:
    return _is_number(field) or field.lower() in MISSING


def _clear_sign(number: str) -> str:
    """Return the decimal sign that a number shows, or nothing where it may part thousands."""
    if _THOUSANDS.fullmatch(number):
        return ""
    return "," if _COMMA.fullmatch(number) else "." if _POINT.fullmatch(number) else ""


def _find_decimal(rows: list[list[tuple[str, str]]], separator: str) -> str:
    """Return the decimal sign that more fields use, unless the other one parts thousands."""
    fields = [number for row in rows for number, _ in row]
    commas = [field for field in fields if _COMMA.fullmatch(field)]
    points = sum(1 for field in fields if _POINT.fullmatch(field))
    if separator == ",":
        # Between commas "1,234" is a thousand and more, unless some field shows otherwise.
        is_grouped = all(map(_GROUPED["."].fullmatch, commas))
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
        if not all(_is_number(number) for number, _ in filled):
            continue
        is_clear = any(_clear_sign(number) for number, _ in filled)
        if not any(_THOUSANDS.fullmatch(number) for number, _ in filled):
            clear += is_clear
            continue
        doubtful += 1
        is_money = all(_IS_MONEY.fullmatch(unit) for _, unit in filled)
        lengths = {len(number.lstrip("+-")) for number, _ in filled}
        is_shown |= is_clear or (is_money and len(lengths) > 1)
        has_small |= any(_SMALL.fullmatch(number) for number, _ in filled)
    is_alone = clear == doubtful == 1 and signs == {"."}
    if is_shown or is_alone or (clear and has_small):
        return "." if signs == {","} else ","
    return ""


def _are_years(numbers: list[float]) -> bool:
    """Tell whether numbers are years that follow one another, as columns of a time series do."""
    steps = {b - a for a, b in pairwise(numbers)}
    return len(numbers) > 1 and 1500 <= numbers[0] <= 2100 and steps in ({1.0}, {5.0}, {10.0})


def _find_header(rows: list[list[str]], decimal: str) -> bool:
    """Tell whether the first row holds names: no number but years, and unlike what follows."""
    if len(rows) < 2:
        return bool(rows) and all(number_of(v.strip(), decimal) is None for v in rows[0])
    first, rest = rows[0], rows[1:]
    if not first[0].strip() and all(row[0].strip() for row in rest):
        return True  # nothing is missing below: the column names or numbers the rows
    numbers = [n for n in (number_of(field.strip(), decimal) for field in first) if n is not None]
    if numbers and (len(numbers) == len(first) or not _are_years(numbers)):
        return False
    if any(_TELEPHONE.fullmatch(field.strip()) for field in first):
        return False
    if len(first) == len(rest[0]) - 1:
        return True  # R leaves the column of row names without a name
    for column, name in enumerate(first):
        values = [row[column].strip() for row in rest if column < len(row)]
        filled = [v for v in values if v.lower() not in MISSING]
        if filled and all(number_of(v, decimal) is not None for v in filled):
            return True
        if name.strip() and name.strip() in values:
            return False
    return True


def _find_second(rows: list[list[str]], decimal: str) -> bool:
    """Tell whether the row below the names has units, or names too.

    It does where it has words in two columns or more, each of them one of numbers below, and each
    word another one or a unit: who did not sit the exams has one word in all columns.
    """
    if len(rows) < 4 or len(rows[1]) != len(rows[0]):
        return False
    words = []
    for column, text in enumerate(map(str.strip, rows[1])):
        below = [row[column].strip() for row in rows[2:] if column < len(row)]
        filled = [value for value in below if value.lower() not in MISSING]
        if not filled or text.lower() in MISSING:
            continue
        if any(number_of(value, decimal) is None for value in filled):
            return False
        if number_of(text, decimal) is not None:
            return False
        words.append(text)
    return len(words) > 1 and (len(set(words)) == len(words) or all(map(_UNIT.fullmatch, words)))


def _titles(rows: list[list[str]]) -> int:
    """Return how many rows are titles, filled up with separators, above a row of names.

    A row of names has as many unlike words, one of them above nothing but numbers.
    """
    for count, row in enumerate(rows):
        filled = [bool(field.strip()) for field in row]
        if all(filled) and len(set(row)) == len(row) > 1 and not any(map(_is_number, row)):
            return count if _has_numbers(rows[count + 1 :]) else 0
        if not filled[0] or any(filled[1:]) or _is_number(row[0]):
            break
    return 0


def _has_numbers(rows: list[list[str]]) -> bool:
    """Tell whether a column has numbers and nothing else."""
    columns = [
        [field for field in column if field.strip()] for column in zip_longest(*rows, fillvalue="")
    ]
    return any(
        any(map(_is_number, column)) and all(map(_is_number_or_gap, column)) for column in columns
    )


def _find_start(rows: list[tuple[int, list[str]]], text: str) -> int:
    """Return how many lines stand above the table: titles, or a row that counts what follows.

    Notes
    -----
    The table begins with the first row as wide as most, or with the one above it where that names
    its columns: all but the first, as R writes them, or with a separator at the end. scikit-learn's
    tables begin with the number of rows, the number of features and the classes.
    """
    if not rows:
        return 0
    width = Counter(len(row) for _, row in rows).most_common(1)[0][0]
    if width < 2:
        return 0
    begin = next(at for at, (_, row) in enumerate(rows) if len(row) == width)
    begin += _titles([row for _, row in rows[begin:]])
    first, before = rows[begin][1], rows[begin - 1][1] if begin else []
    named = len(before) - (before[-1:] == [""]) in (width - 1, width)
    if named and any(map(_is_number, first)) and not any(map(_is_number, before)):
        begin -= 1
    elif begin == 0 and len(rows) > 1 and first[1] == str(width - 1):
        following = sum(1 for line in Lines(text) if line.strip()) - 1
        begin += first[0] == str(following)
    return rows[begin][0] if begin else 0


def _named_by_comment(lines: Sequence[str], start: int, separator: str, width: int) -> int | None:
    """Return the line above the table that names its columns behind a "#", as NumPy writes it."""
    marked = [at for at, line in enumerate(lines[:start]) if is_comment(line)]
    if not marked:
        return None
    line = lines[marked[-1]].lstrip("# \t")
    found = _rows([_without_runs(line) if separator == " " else line], separator)
    names = found[0][1] if found else []
    return marked[-1] if len(names) == width and not any(map(_is_number, names)) else None


def find_format(text: str, encoding: str, wanted: CsvData) -> tuple[CsvFormat, str]:
    """Find out how a file is written, and return the text of its table too.

    Parameters
    ----------
    text, encoding
        The file's; see :func:`decode_text`.
    wanted
        What a person has said about it; empty settings are found out.

    Raises
    ------
    ModelError
        Codes ``data.csv_markup``, ``data.csv_json``, ``data.csv_binary`` and
        ``data.csv_separator``.
    """
    text = text.removeprefix("\ufeff").rstrip("\x1a\r\n")  # DOS ended a file with 1A
    _refuse_other_kinds(text, wanted.path)
    if _is_wrapped(_sample(text)):
        text = "\n".join(line.strip()[1:-1].replace('""', '"') for line in text.splitlines())
    comments = _has_comments(text)
    lines = _sample(text)
    plain = ["\n" if comments and is_comment(line) else line for line in lines]
    separator = wanted.separator or _find_separator(plain[wanted.skip_lines or 0 :])
    if len(separator) != 1 or separator in '"\r\n':
        raise ModelError(
            "data.csv_separator",
            "The separator {separator} is not one character. Use a comma, semicolon or tab.",
            separator=repr(separator),
        )
    if separator == " ":
        text = _without_runs(text)
        plain = [_without_runs(line) for line in plain]
    rows = _rows(plain, separator)
    start = _find_start(rows, text) if wanted.skip_lines is None else wanted.skip_lines
    table = [row for above, row in rows if above >= start]
    parted = _without_units(table)
    decimal = wanted.decimal or _find_decimal(parted, separator)
    bare = [[number for number, _ in row] for row in parted]
    header = _find_header(bare, decimal) if wanted.header is None else wanted.header
    named = None
    if comments and table and not header and (wanted.header, wanted.skip_lines) == (None, None):
        first = next(above for above, _ in rows if above >= start)
        named = _named_by_comment(lines, first, separator, len(table[0]))
    if named is not None:
        start, header, bare = named, True, [[], *bare]
    text = text[sum(map(len, islice(Lines(text), start))) :]
    if named is not None:
        text = text.lstrip("# \t")
    second = header and _find_second(bare, decimal)
    return CsvFormat(encoding, separator, decimal, header, start, comments, second), text
