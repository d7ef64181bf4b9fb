"""Writes the pages generated from code and data: `make documents`.

They are docs/experiment-format.md, from the structs and their docstrings; docs/glossary.md, from
assets/glossary.json; docs/lesson.schema.json; and the lists that docs/lessons.md ends with. Tests
compare each of them.
"""

from __future__ import annotations

import inspect
import json
import re
from pathlib import Path
from typing import Any, get_args, get_type_hints

import msgspec
import numpy as np

from foundation.latex import commands
from model import experiment as specs
from model.data.sources import SOURCES
from model.edits.locks import LOCKS
from model.experiment import SCHEMA_VERSION, Experiment
from model.experiment.learning import Prediction
from model.glossary import glossary
from model.lessons.conditions import QUANTITIES
from model.lessons.lesson import LessonFile
from model.lessons.live_numbers import placeholders
from model.lessons.situation import Panel

DOCS = Path(__file__).resolve().parent.parent / "docs"

# -- The experiment file ---------------------------------------------------------------------------

_FORMAT = f"""# The experiment file (`.glassnet`)

One JSON document in UTF-8. This page is made from the code by `make documents`; it describes
version {SCHEMA_VERSION}.

- `schema_version` comes first. An older version is migrated when it is read; a newer one is refused
  with the version named. Unknown keys are refused, so that a slip of the pen is not passed over.
- A key that is missing takes its default, so a small file may be written by hand.
- Weights are nested lists at `network.layers[i].weights` (inputs x units) and
  `network.layers[i].biases` (units). Every number is written with the fewest digits that read back
  to the same number.
- `features` lists the inputs where they are other than the columns of the data. A term is a column
  (`x1`, or `"petal length"` in quotes, a quote within doubled), a product `a*b`, a square `a^2` or
  `sin(a)`; the columns alone are inputs only where they are named. Columns are scaled first, and
  derived inputs are made from the scaled ones. `network.layers[0].weights` has a row for each.
- A file is replaced as a whole: written beside the old one, flushed to disk, renamed.
- The path of a table or of pictures is relative where they lie in the experiment's own folder or
  below, and absolute elsewhere. The window asks before it reads what lies outside the folder,
  unless a person chose it there before; the command line reads it and says so, but never from
  another computer. Devices and pipes are never read.
"""

_ORDER: tuple[type[msgspec.Struct], ...] = (
    Experiment,
    *SOURCES,
    specs.SplitSpec,
    specs.NetworkSpec,
    specs.LayerSpec,
    specs.TrainingSpec,
    specs.OptimiserSpec,
    specs.ScheduleSpec,
    specs.InitialiserSpec,
    specs.StopSpec,
    specs.Progress,
    specs.Past,
    specs.Curve,
    specs.PastRun,
    specs.PastFinding,
    specs.LessonRecord,
    Prediction,
)

_PATHS = {
    "Experiment": "the document",
    "SplitSpec": "`split`",
    "NetworkSpec": "`network`",
    "LayerSpec": "`network.layers[i]`",
    "TrainingSpec": "`training`",
    "OptimiserSpec": "`training.optimiser`",
    "ScheduleSpec": "`training.schedule`",
    "InitialiserSpec": "`training.initialiser`",
    "StopSpec": "`training.stop`",
    "Progress": "`progress`",
    "Past": "`past`",
    "Curve": "`past.curve` and `past.runs[i].curve`",
    "PastRun": "`past.runs[i]`",
    "PastFinding": "`past.findings[i]`",
    "LessonRecord": "`learning[i]`",
    "Prediction": "`learning[i].predictions[i]`",
}


def _descriptions(struct: type[msgspec.Struct]) -> dict[str, str]:
    """Return the docstring's description of each attribute."""
    text = inspect.getdoc(struct) or ""
    _, _, attributes = text.partition("Attributes\n----------\n")
    found: dict[str, str] = {}
    names: list[str] = []
    for line in attributes.splitlines():
        if line and not line.startswith(" "):
            names = [name.strip() for name in line.split(",")]
        elif line:
            for name in names:
                found[name] = f"{found.get(name, '')} {line.strip()}".strip()
    return {name: _plain(value) for name, value in found.items()}


def _plain(text: str) -> str:
    """Return docstring markup as Markdown."""
    text = re.sub(r":\w+:`~?([\w.]+)`", r"`\1`", text).replace("``None``", "`null`")
    return re.sub(r"``(.+?)``", r"`\1`", text)


def _kind(hint: Any) -> str:
    """Return a type in words."""
    name = getattr(hint, "__name__", str(hint))
    if hint in (int, float, str, bool):
        return {"int": "whole number", "float": "number", "str": "text", "bool": "true or false"}[
            name
        ]
    arguments = get_args(hint)
    if str(hint).startswith("typing.Literal"):
        return " \\| ".join(f'`"{value}"`' for value in arguments)
    if hint is type(None):
        return "null"
    if name == "ndarray":
        return "list of numbers, nested by rows"
    if isinstance(hint, type) and issubclass(hint, msgspec.Struct):
        return "object"
    if str(hint).startswith("tuple"):
        inner = [a for a in arguments if a is not Ellipsis]
        return "list of " + " and ".join(dict.fromkeys(_kind(a) for a in inner))
    if str(hint).startswith("dict"):
        return "object"
    stored = (a for a in arguments if a is not msgspec.UnsetType)
    return " or ".join(dict.fromkeys(map(_kind, stored)))


def _default(field: msgspec.structs.FieldInfo) -> str:
    """Return a field's default as JSON, or a dash."""
    if field.required:
        return "needed"
    value = field.default
    if value is msgspec.NODEFAULT:
        return "empty"
    if value is msgspec.UNSET:
        return "left out"
    if isinstance(value, msgspec.Struct):
        return "its defaults"
    return f"`{msgspec.json.encode(value).decode()}`"


def _section(struct: type[msgspec.Struct]) -> str:
    """Return the table of one struct."""
    tag = struct.__struct_config__.tag
    path = f'`data` with `"kind": "{tag}"`' if tag else _PATHS[struct.__name__]
    summary = (inspect.getdoc(struct) or "").split("\n\n")[0]
    hints = get_type_hints(struct)
    described = _descriptions(struct)
    lines = [
        f"## {path}",
        "",
        _plain(" ".join(summary.split())),
        "",
        "| key | what it holds | default | meaning |",
        "|---|---|---|---|",
    ]
    for field in msgspec.structs.fields(struct):
        meaning = _plain(described.get(field.name, "")).replace("|", "\\|")
        kind = _kind(hints[field.name])
        lines.append(f"| `{field.encode_name}` | {kind} | {_default(field)} | {meaning} |")
    return "\n".join(lines)


def format_page() -> str:
    """Return docs/experiment-format.md."""
    return "\n\n".join([_FORMAT.rstrip(), *map(_section, _ORDER)]) + "\n"


# -- The glossary ----------------------------------------------------------------------------------

_GLOSSARY = """# Glossary

One word for one thing, in the code, in the window and in these documents. The last column has words
that mean something else here, or nothing fixed, and are avoided. This page is made from
`assets/glossary.json` by `make documents`; write there.
"""


def glossary_page() -> str:
    """Return docs/glossary.md."""
    parts = [_GLOSSARY]
    for section in glossary().sections:
        lines = [f"## {section.title}", "", "| word | Turkish | means | not |", "|---|---|---|---|"]
        for term in section.terms:
            means = f"{term.means}: ${term.formula}$" if term.formula else term.means
            cells = (term.word, term.word_tr, means, term.avoid)
            lines.append("| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |")
        parts.append("\n".join([*lines, ""]))
    return "\n".join(parts)


# -- Lessons ---------------------------------------------------------------------------------------

LISTS_BEGIN = "<!-- Made by `make documents`; a test compares them. -->"


def _array(kind: type) -> dict[str, Any]:
    """Return the schema of an array of weights."""
    if kind is not np.ndarray:
        raise NotImplementedError
    return {"type": "array", "description": "nested lists of numbers"}


def lesson_schema() -> str:
    """Return docs/lesson.schema.json, the schema of a `lesson.json`."""
    document = msgspec.json.schema(LessonFile, schema_hook=_array)
    document = {"$schema": "https://json-schema.org/draft/2020-12/schema", **document}
    codes = document["$defs"]["Condition"]["properties"]["code"]
    codes["enum"] = list(QUANTITIES)
    return json.dumps(document, ensure_ascii=False, indent=1) + "\n"


def lesson_lists() -> str:
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


def main() -> None:
    """Write every page."""
    lessons = (DOCS / "lessons.md").read_text(encoding="utf-8").partition(LISTS_BEGIN)[0]
    for name, text in (
        ("experiment-format.md", format_page()),
        ("glossary.md", glossary_page()),
        ("lesson.schema.json", lesson_schema()),
        ("lessons.md", lessons + lesson_lists()),
    ):
        (DOCS / name).write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
