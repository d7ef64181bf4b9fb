"""Whoever calls the libraries reads in a docstring which of their errors to expect."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
FILES = sorted([*(ROOT / "model").rglob("*.py"), *(ROOT / "vision").rglob("*.py")])


def public_functions(body: list[ast.stmt], of: str = "") -> Iterator[tuple[ast.FunctionDef, str]]:
    """Yield public functions and methods with their docstrings, ``__init__`` with its class's."""
    for node in body:
        if isinstance(node, ast.ClassDef) and not node.name.startswith("_"):
            yield from public_functions(node.body, ast.get_docstring(node) or "")
        elif isinstance(node, ast.FunctionDef):
            text = ast.get_docstring(node) or ""
            if node.name == "__init__":
                yield node, f"{text}\n{of}"
            elif not node.name.startswith("_"):
                yield node, text


def codes_raised(function: ast.FunctionDef) -> set[str]:
    """Return the codes of the errors that a function makes and raises itself."""
    codes = set()
    for node in ast.walk(function):
        if isinstance(node, ast.Raise) and isinstance(node.exc, ast.Call):
            kind, given = ast.unparse(node.exc.func), node.exc.args
            if kind == "ModelError" and isinstance(given[0], ast.Constant):
                codes.add(str(given[0].value))
            elif kind == "VisionError" and isinstance(given[0], ast.Attribute):
                codes.add(given[0].attr.lower())
    return codes


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(ROOT)))
def test_every_public_function_names_the_codes_that_it_raises(path: Path) -> None:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    for function, text in public_functions(tree.body):
        raises = text.partition("Raises\n------\n")[2]
        assert {code for code in codes_raised(function) if code not in raises} == set(), (
            function.name
        )
