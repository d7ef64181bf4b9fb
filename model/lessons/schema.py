"""The JSON schema of `lesson.json` and the lists of docs/lessons.md, made from the code.

``python -m model.lessons.schema`` prints `docs/lesson.schema.json`, and with ``--lists`` the tables
that `docs/lessons.md` ends with; a test compares both with the files.
"""

from __future__ import annotations

import json
import sys
from typing import Any, get_args

import msgspec
import numpy as np

from model.conditions import QUANTITIES
from model.latex import commands
from model.lessons.lesson import LessonFile
from model.lessons.live_numbers import placeholders
from model.locks import LOCKS
from model.situation import Panel

LISTS_BEGIN = "<!-- Made by `python -m model.lessons.schema --lists`; a test compares them. -->"


def _array(kind: type) -> dict[str, Any]:
    """Return the schema of an array of weights."""
    if kind is not np.ndarray:
        raise NotImplementedError
    return {"type": "array", "description": "nested lists of numbers"}


def schema() -> str:
    """Return the schema of `lesson.json` as JSON."""
    document = msgspec.json.schema(LessonFile, schema_hook=_array)
    document = {"$schema": "https://json-schema.org/draft/2020-12/schema", **document}
    codes = document["$defs"]["Condition"]["properties"]["code"]
    codes["enum"] = list(QUANTITIES)
    return json.dumps(document, ensure_ascii=False, indent=1) + "\n"


def lists() -> str:
    """Return the tables of conditions, panels, locks and live numbers as Markdown."""
    lines = [LISTS_BEGIN, "", "### Conditions", "", "| code | kind | asks about |", "|---|---|---|"]
    for code, quantity in QUANTITIES.items():
        needs = f"; needs `{quantity.needs}`" if quantity.needs else ""
        lines.append(f"| `{code}` | {quantity.kind} | {quantity.meaning}{needs} |")
    for title, names in (
        ("Panels, for `open`", get_args(Panel)),
        ("Locks", LOCKS),
        ("Commands in formulas", commands()),
        ("Live numbers", tuple(f"{{{name}}}" for name in placeholders())),
    ):
        lines += ["", f"### {title}", "", ", ".join(f"`{name}`" for name in names) + "."]
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    print(lists() if "--lists" in sys.argv[1:] else schema(), end="")
