"""Write `gui/error_catalogue.py`: every sentence that `model` and `vision` can say.

Run by hand after changing an error: ``python .ci/make_sentences.py``. Qt's own tool finds only
literals inside calls of its translation functions, and these two know nothing of Qt.
"""

from __future__ import annotations

import ast
import json
import re
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
TARGET = ROOT / "gui" / "error_catalogue.py"

_HEAD = '''"""Every sentence of an error of ``model`` or ``vision``, for Qt's translation tool.

Written by ``.ci/make_sentences.py``; a test tells when it is out of date.
"""

from __future__ import annotations

from PySide6.QtCore import QT_TRANSLATE_NOOP

__all__ = ["SENTENCES"]

# fmt: off
# ruff: noqa: E501 - a line a sentence
SENTENCES: tuple[object, ...] = (
'''


def sentences() -> list[str]:
    """Return the templates of all errors of ``model`` and ``vision``, sorted."""
    found = vision_sentences() | vision_reasons() | library_words()
    for path in sorted((ROOT / "vision").rglob("*.py")):
        found |= first_words(path, "Words", 0)
    for path in sorted((ROOT / "model").rglob("*.py")):
        found |= first_words(path, "ModelError", 1)
    for path in sorted((ROOT / "model" / "importing").rglob("*.py")):
        found |= first_words(path, "Sentence", 0) | first_words(path, "_Missing", 0)
    return sorted(found)


def first_words(path: Path, called: str, place: int) -> set[str]:
    """Return the literals that stand at a place in the calls of a name."""
    return {
        str(node.args[place].value)
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Call) and getattr(node.func, "id", "") == called
        if len(node.args) > place and isinstance(node.args[place], ast.Constant)
    }


def library_words() -> set[str]:
    """Return what the list of models says of them in words, which names and versions are not."""
    entries = json.loads((ROOT / "assets" / "models" / "library.json").read_text(encoding="utf-8"))
    said = {entry[key] for entry in entries for key in ("name", "licence")}
    return {words for words in said if re.search(r"\b[a-z]{3,}\b", words)}


def vision_sentences() -> set[str]:
    """Return the templates of ``vision``, which stand in one table."""
    tree = ast.parse((ROOT / "vision" / "errors.py").read_text(encoding="utf-8"))
    return {
        str(value.value)
        for node in tree.body
        if isinstance(node, ast.AnnAssign) and getattr(node.target, "id", "") == "_SENTENCES"
        if isinstance(node.value, ast.Dict)
        for value in node.value.values
        if isinstance(value, ast.Constant)
    }


def vision_reasons() -> set[str]:
    """Return the words that ``vision`` fills in for a ``{reason}``."""
    tree = ast.parse((ROOT / "vision" / "reasons.py").read_text(encoding="utf-8"))
    return {
        str(line.value.value)
        for node in tree.body
        if isinstance(node, ast.ClassDef) and node.name == "Reason"
        for line in node.body
        if isinstance(line, ast.Assign) and isinstance(line.value, ast.Constant)
    }


def catalogue() -> str:
    """Return the text of the catalogue."""
    lines = []
    for sentence in sentences():
        quoted = '"' + sentence.replace("\\", "\\\\").replace('"', '\\"') + '"'
        lines.append(f'    QT_TRANSLATE_NOOP("Sentences", {quoted}),\n')
    return _HEAD + "".join(lines) + ")\n"


if __name__ == "__main__":
    TARGET.write_text(catalogue(), encoding="utf-8")
    sys.stdout.write(f"{len(sentences())} sentences written to {TARGET.relative_to(ROOT)}\n")
