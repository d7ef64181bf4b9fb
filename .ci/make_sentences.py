"""What `model` and `vision` say, for Qt's translation tool, which `translate.py` runs.

That tool finds only literals inside calls of its translation functions, and these two rooms know
nothing of Qt.
"""

from __future__ import annotations

import ast
import json
import re
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


def sentences() -> list[str]:
    """Return the templates of all errors of ``model`` and ``vision``, and the names of classes."""
    found = members("errors", "Fault") | members("reasons", "Reason")
    found |= library_words() | class_names()
    for path in sorted((ROOT / "vision").rglob("*.py")):
        for called in ("Words", "LayerMismatchError", "TfliteError"):
            found |= first_words(path, called, 0)
    for path in sorted((ROOT / "model").rglob("*.py")):
        found |= first_words(path, "ModelError", 1)
    opened = ROOT / "model" / "edits" / "opened.py"
    for path in (opened, *sorted((ROOT / "model" / "importing").rglob("*.py"))):
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


def class_names() -> set[str]:
    """Return the names of classes that come with the program."""
    files = sorted((ROOT / "assets" / "models").glob("*_labels.txt"))
    lines = (line for file in files for line in file.read_text(encoding="utf-8").splitlines())
    return {name for name in lines if re.search("[A-Za-z]", name)}


def members(module: str, name: str) -> set[str]:
    """Return the values of an enumeration of ``vision``, which are its sentences."""
    tree = ast.parse((ROOT / "vision" / f"{module}.py").read_text(encoding="utf-8"))
    return {
        str(line.value.value)
        for node in tree.body
        if isinstance(node, ast.ClassDef) and node.name == name
        for line in node.body
        if isinstance(line, ast.Assign) and isinstance(line.value, ast.Constant)
        if line.value.value
    }


def catalogue() -> str:
    """Return all that as a module that the tool reads."""
    said = [
        *(("Sentences", text) for text in sentences()),
        *(("Preflight", text) for text in members("networks/findings", "Check")),
    ]
    return "".join(
        f'QT_TRANSLATE_NOOP("{context}", {json.dumps(text, ensure_ascii=False)})\n'
        for context, text in said
    )
