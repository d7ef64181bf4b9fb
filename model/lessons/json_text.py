"""Decoding of hand-written JSON into structs, with line numbers in errors."""

from __future__ import annotations

import codecs
import difflib
import json
import re
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any, NoReturn

import msgspec

from foundation.text import Text, mark
from model.errors import ModelError
from model.files import array_from_json

_OTHER_QUOTES = ("'", "`", "\u2018", "\u2019", "\u201c", "\u201d", "\u201e", "\u00ab", "\u00bb")
"""Quotation marks of word processors and of Python, which JSON does not allow."""
type Keys = Sequence[str | int]
"""The way to a value of a JSON file: names and indices."""
_UTF16 = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)


def decode_json[Read](content: bytes, struct: type[Read], path: Path, kind: str) -> Read:
    """Decode a JSON file.

    Parameters
    ----------
    kind
        ``"lesson"`` or ``"challenge"``, the prefix of the error codes.

    Raises
    ------
    ModelError
        Codes ``<kind>.invalid`` and ``<kind>.too_long``, with the line.
    """
    content = content.removeprefix(codecs.BOM_UTF8)  # some editors begin every file with it
    try:
        return msgspec.json.decode(content, type=struct, dec_hook=array_from_json)
    except msgspec.ValidationError as fault:
        _raise_invalid_value(fault, struct, content, path, kind)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError, OverflowError) as fault:
        raise _describe_syntax_error(str(fault), content, path, kind) from fault


def _describe_syntax_error(fault: str, content: bytes, path: Path, kind: str) -> ModelError:
    """Return the error for a file that is not JSON, with what to change where that is clear."""
    found = re.search(r"\(byte (\d+)\)", fault)
    at = int(found[1]) if found else len(content)
    follows = content[at : at + 4].decode("utf-8", "ignore")
    what, advice = Text("from here on it is not valid JSON"), ""
    if "trailing comma" in fault or follows.startswith(","):
        at = max(content.rfind(b",", 0, at + 1), 0)
        advice = mark(
            "{file}, line {line}: there is a comma with nothing after it. Delete the comma."
        )
    elif "expected ',' or" in fault and follows:
        at = len(content[:at].rstrip())
        advice = mark(
            "{file}, line {line}: a comma or a closing bracket is missing after this. Write it."
        )
    elif follows.startswith(_OTHER_QUOTES):
        advice = mark(
            "{file}, line {line}: JSON wants straight double quotation marks. Write this one "
            "anew in a plain text editor."
        )
    elif "truncated" in fault:
        what = Text("it breaks off before its end")
    elif "utf-8" in fault.lower() or content.startswith(_UTF16):
        what = Text("it is not UTF-8 text")
    line = 1 + content.count(b"\n", 0, at)
    if advice:
        return ModelError(f"{kind}.invalid", advice, file=str(path), line=line)
    return invalid(path, line, what, kind)


def _raise_invalid_value(
    fault: msgspec.ValidationError, struct: type, content: bytes, path: Path, kind: str
) -> NoReturn:
    """Raise the error for an invalid value, with its line."""
    text = re.sub(r" - at `.*`$", "", str(fault)).replace("`", "")
    found = re.search(r"`\$\.?(.*)`$", str(fault))
    keys = _keys(found[1] if found else "")
    unknown = re.search(r"unknown field (\S+)$", text)
    line = line_of(content, [*keys, unknown[1]] if unknown else keys)
    if limit := re.search(r"array of length <= (\d+)", text):
        raise ModelError(
            f"{kind}.too_long",
            "{file}, line {line}: {what} has more than {most} entries. Leave some out, or share "
            "them among several files.",
            file=str(path),
            line=line,
            what=".".join(map(str, keys)),
            most=int(limit[1]),
        ) from fault
    if misspelt := unknown or re.search(r"Invalid (?:enum )?value '(.*)'$", text):
        schema = msgspec.json.schema(struct, schema_hook=lambda _: {"type": "array"})
        raise ModelError(
            f"{kind}.invalid",
            "{file}, line {line}: {name} is not known here. The nearest is {near}; "
            "docs/lessons.md says what may stand there.",
            file=str(path),
            line=line,
            name=misspelt[1][:60],
            near=nearest(misspelt[1], _names(schema, "properties" if unknown else "enum")),
        ) from fault
    where = ".".join(map(str, keys)) or path.name
    if isinstance(fault.__cause__, ModelError):
        own = ModelError(f"{kind}.invalid", "{where}: {fault}", where=where, fault=fault.__cause__)
        raise invalid(path, line, own, kind) from fault
    raise invalid(path, line, _describe_invalid_value(text, where), kind) from fault


_KINDS = {
    "int": Text("a whole number"),
    "float": Text("a number"),
    "str": Text("a text in quotation marks"),
    "bool": Text("true or false"),
    "array": Text("a list in square brackets"),
    "object": Text("a list of names and values in braces"),
}
"""Names of the kinds of values, by their names in msgspec."""


def _describe_invalid_value(text: str, where: str) -> Text:
    """Return a translatable description of what is wrong with a value."""
    if found := re.fullmatch(r"Object missing required field (\S+)", text):
        return Text("{name} is missing in {where}", name=found[1], where=where)
    found = re.fullmatch(r"Expected (\w+)(?: \| null)?, got \w+", text)
    if found and found[1] in _KINDS:
        return Text("{where} must be {wanted}", where=where, wanted=_KINDS[found[1]])
    return Text("{where} has a value that cannot be used", where=where)


def nearest(name: str, known: Iterable[str]) -> str:
    """Return the known name most similar to a name, empty if there is none."""
    return next(iter(difflib.get_close_matches(name, list(known), n=1, cutoff=0.0)), "")


def _names(schema: Any, key: str) -> Iterator[str]:
    """Yield the names under `key`, `properties` or `enum`, anywhere in a JSON schema."""
    if isinstance(schema, dict):
        yield from filter(lambda name: isinstance(name, str), schema.get(key, ()))
        schema = list(schema.values())
    if isinstance(schema, list):
        for part in schema:
            yield from _names(part, key)


def invalid(path: Path, line: int, fault: ModelError | Text, kind: str) -> ModelError:
    """Return an error with code ``<kind>.invalid`` for a line of a file.

    `fault` is translated together with it.
    """
    return ModelError(
        f"{kind}.invalid",
        "{file}, line {line}: {fault}. docs/lessons.md says what may stand there.",
        file=str(path),
        line=line,
        fault=fault,
    )


def lesson_fault(path: Path, line: int, code: str, sentence: str, **values: Any) -> ModelError:
    """Return an error for a line of a lesson's files."""
    return invalid(path, line, ModelError(code, sentence, **values), "lesson")


def _keys(path: str) -> list[str | int]:
    """Parse ``steps[0].tasks[1].code``."""
    return (
        [int(number) if number else name for name, number in re.findall(r"(\w+)|\[(\d+)\]", path)]
        if "[...]" not in path
        else []
    )


def line_of(content: bytes, keys: Keys) -> int:
    """Return the line where a value of a JSON file begins, counted from 1.

    Parameters
    ----------
    keys
        Path to the value; if it does not exist, the line of the last key found is returned.
    """
    text, at, read = content.decode("utf-8", "replace"), 0, json.JSONDecoder().raw_decode

    def skipped(position: int) -> int:
        while position < len(text) and text[position] in " \t\r\n,:":
            position += 1
        return position

    at = skipped(text.startswith("\ufeff"))
    try:
        for key in keys:
            opening, position, number = text[at], skipped(at + 1), 0
            while text[position] not in "]}":
                begin = position
                name: Any = number
                if opening == "{":
                    name, position = read(text, position)
                    position = skipped(position)
                if name == key:
                    at = begin if opening == "{" and text[position] not in "[{" else position
                    break
                position = skipped(read(text, position)[1])
                number += 1
            else:
                break
    except (ValueError, IndexError, RecursionError):
        pass
    return 1 + text.count("\n", 0, at)
