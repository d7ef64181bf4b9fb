"""JSON that people write by hand: decoded into structs, every fault with its line."""

from __future__ import annotations

import codecs
import json
import re
from collections.abc import Iterable
from pathlib import Path
from typing import Any, NoReturn

import msgspec

from model.errors import ModelError
from model.files import array_from_json


def decode_json[Read](content: bytes, struct: type[Read], path: Path, kind: str) -> Read:
    """Return what a file of JSON holds.

    Parameters
    ----------
    content, path
        The file.
    struct
        What it should be.
    kind
        ``"lesson"`` or ``"challenge"``: the first half of an error's code.

    Raises
    ------
    ModelError
        Codes ``<kind>.invalid`` and ``<kind>.too_long``, with the line.
    """
    content = content.removeprefix(codecs.BOM_UTF8)  # some editors begin every file with it
    try:
        return msgspec.json.decode(content, type=struct, dec_hook=array_from_json)
    except msgspec.ValidationError as fault:
        _refuse(fault, content, path, kind)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError, OverflowError) as fault:
        at = re.search(r"\(byte (\d+)\)", str(fault))
        line = 1 + content.count(b"\n", 0, int(at[1]) if at else len(content))
        raise invalid(path, line, re.sub(r" \(byte \d+\)", "", str(fault)), kind) from fault


def _refuse(fault: msgspec.ValidationError, content: bytes, path: Path, kind: str) -> NoReturn:
    """Say where a value is not what it should be."""
    text = re.sub(r" - at `.*`$", "", str(fault)).replace("`", "")
    found = re.search(r"`\$\.?(.*)`$", str(fault))
    keys = _keys(found[1] if found else "")
    unknown = re.search(r"unknown field (\S+)$", text)
    line = line_of(content, [*keys, unknown[1]] if unknown else keys)
    if limit := re.search(r"array of length <= (\d+)", text):
        raise ModelError(
            f"{kind}.too_long",
            "{file}, line {line}: {what} has more than {most} entries. Split it in two.",
            file=str(path),
            line=line,
            what=".".join(map(str, keys)),
            most=int(limit[1]),
        ) from fault
    where = ".".join(map(str, keys)) or "the file"
    raise invalid(path, line, f"{where}: {text}", kind) from fault


def invalid(path: Path, line: int, fault: str, kind: str) -> ModelError:
    """Return the error that says what is wrong on a line of a file, its code ``<kind>.invalid``."""
    return ModelError(
        f"{kind}.invalid",
        "{file}, line {line}: {fault}. docs/lessons.md says what may stand there.",
        file=str(path),
        line=line,
        fault=fault.rstrip("."),
    )


def _keys(path: str) -> list[str | int]:
    """Read ``steps[0].tasks[1].code``."""
    return (
        [int(number) if number else name for name, number in re.findall(r"(\w+)|\[(\d+)\]", path)]
        if "[...]" not in path
        else []
    )


def line_of(content: bytes, keys: Iterable[str | int]) -> int:
    """Return the line on which a value of a JSON file begins, counted from 1.

    Parameters
    ----------
    content
        The file.
    keys
        The way to the value; where it ends too early, the line that it came to.
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
