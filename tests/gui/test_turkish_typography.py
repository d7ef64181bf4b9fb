"""Turkish as a textbook prints it: its own marks, and no comma between decimal numbers."""

from __future__ import annotations

import re
from collections.abc import Collection
from pathlib import Path

import pytest

from gui.settings import ASSETS
from model.glossary import glossary
from tests.gui.texts import entries

ENGLISH = sorted((ASSETS / "lessons").glob("*/en.md"))
GUIDE = ASSETS.parent / "docs" / "guide" / "tr.md"
LESSONS = sorted((ASSETS / "lessons").glob("*/tr.md"))

TYPED = ('"petal length"', '"sin(3*x1)*x2"')
"""What a person types, and so is printed as it stands on the keyboard."""
NO_PROSE = re.compile(r"```.*?```|`[^`\n]*`|\$\$.*?\$\$|\$[^$\n]*\$|<[^>]*>", re.DOTALL)
STRAIGHT = re.compile(r"['\"]")
BETWEEN_NUMBERS = re.compile(r"\{[xwbztaedg]:[^{}]*\}\$?,")
AFTER_A_DECIMAL = re.compile(r"\d,\d+\$?, .{0,20}")
UNGROUPED = re.compile(r"(?<![\w.,:])\d{4,}(?!\w)")
PAIR = re.compile(r"\(\{\w+\}, \{\w+\}\)")


def translations() -> Collection[str]:
    return entries().values()


def straight_in(text: str) -> list[str]:
    """Return what is around each straight apostrophe or quotation mark of a text's prose."""
    for typed in TYPED:
        text = text.replace(typed, "")
    prose = NO_PROSE.sub("", text)
    return [prose[max(0, m.start() - 20) : m.end() + 20] for m in STRAIGHT.finditer(prose)]


def test_translations_have_turkish_marks() -> None:
    assert [found for text in translations() for found in straight_in(text)] == []


def test_the_glossary_has_turkish_marks() -> None:
    said = [text for term in glossary().terms() for text in (term.word_tr, term.means_tr)]
    assert [found for text in said for found in straight_in(text)] == []


@pytest.mark.parametrize("path", [*LESSONS, GUIDE], ids=lambda path: path.parent.name)
def test_prose_has_turkish_marks(path: Path) -> None:
    assert straight_in(path.read_text(encoding="utf-8")) == []


@pytest.mark.parametrize("path", LESSONS, ids=lambda path: path.parent.name)
def test_semicolons_part_the_numbers_of_a_lesson(path: Path) -> None:
    assert BETWEEN_NUMBERS.findall(path.read_text(encoding="utf-8")) == []


def test_semicolons_part_the_numbers_of_a_pair() -> None:
    assert [text for text in translations() if PAIR.search(text)] == []


@pytest.mark.parametrize("path", [*LESSONS, GUIDE], ids=lambda path: path.parent.name)
def test_no_comma_follows_a_decimal_number(path: Path) -> None:
    assert AFTER_A_DECIMAL.findall(path.read_text(encoding="utf-8")) == []


@pytest.mark.parametrize(
    "path", [*LESSONS, *ENGLISH, GUIDE], ids=lambda path: f"{path.parent.name}-{path.stem}"
)
def test_thousands_are_grouped_in_prose_as_in_the_window(path: Path) -> None:
    prose = NO_PROSE.sub("", path.read_text(encoding="utf-8"))
    assert UNGROUPED.findall(prose) == []


def test_thousands_are_grouped_in_translations() -> None:
    assert [text for text in translations() if UNGROUPED.search(text)] == []
