"""The window opens where the system's language is Turkish, in which the capital of i is not I."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import gui

ROOT = Path(gui.__file__).parent


def qt_classes(module: ast.Module) -> set[str]:
    """Return the names of Qt's classes in a module, and of those that derive from them."""
    names = {
        alias.asname or alias.name
        for node in ast.walk(module)
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("PySide6")
        for alias in node.names
    }
    for node in ast.walk(module):
        if isinstance(node, ast.ClassDef):
            bases = {base.id for base in node.bases if isinstance(base, ast.Name)}
            names |= {node.name} if bases & names else set()
    return names


def properties_given(path: Path) -> Iterator[str]:
    """Yield where a Qt object is made with properties, and which."""
    module = ast.parse(path.read_text(encoding="utf-8"))
    classes = qt_classes(module)
    for node in ast.walk(module):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
            for keyword in node.keywords if node.func.id in classes else ():
                yield f"{path.relative_to(ROOT)}:{node.lineno} {keyword.arg}"


def test_no_property_that_begins_with_i_is_given_by_keyword() -> None:
    """PySide looks for `setInterval` by the capital of the first letter, which C's library makes.

    In Turkish there is none in one byte, and `QTimer(interval=10)` is refused.
    """
    given = [where for path in sorted(ROOT.rglob("*.py")) for where in properties_given(path)]
    assert len(given) > 10
    assert [where for where in given if where.split()[1].startswith("i")] == []
