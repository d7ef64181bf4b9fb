"""The description of the experiment file, made from the structs and their docstrings.

``python -m model.format_guide`` prints it; `docs/experiment-format.md` holds it, and a test
compares the two.
"""

from __future__ import annotations

import inspect
import re
from typing import Any, get_args, get_type_hints

import msgspec

from model import experiment as specs
from model.experiment import SCHEMA_VERSION, Experiment
from model.experiment.learning import Prediction

_INTRODUCTION = f"""# The experiment file (`.glassnet`)

One JSON document in UTF-8. This page is made from the code by `python -m model.format_guide`; it
describes version {SCHEMA_VERSION}.

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
    specs.GateData,
    specs.TruthTableData,
    specs.PlaneData,
    specs.PointsData,
    specs.TableData,
    specs.CsvData,
    specs.IdxData,
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
    """Return what the docstring says about each attribute."""
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


def guide() -> str:
    """Return the whole description as Markdown."""
    return "\n\n".join([_INTRODUCTION.rstrip(), *map(_section, _ORDER)]) + "\n"


if __name__ == "__main__":
    print(guide(), end="")
