"""Turkish as a textbook prints it: its own marks, and no comma between decimal numbers."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from gui.settings import ASSETS
from model.glossary import glossary
from tests.gui.texts import entries

LESSONS = ASSETS / "lessons"
GUIDE = ASSETS.parent / "docs" / "guide" / "tr.md"

TYPED = ('"petal length"', '"sin(3*x1)*x2"')
"""What the user types, and so is printed as it stands on the keyboard."""
NO_PROSE = re.compile(r"```.*?```|`[^`\n]*`|\$\$.*?\$\$|\$[^$\n]*\$|<[^>]*>", re.DOTALL)
STRAIGHT = re.compile(r".{0,20}['\"].{0,20}")
COMMA_BETWEEN_NUMBERS = re.compile(r"\{[xwbztaedg]:[^{}]*\}\$?,|\d,\d+\$?, .{0,20}")
UNGROUPED = re.compile(r"(?<![\w.,:])\d{4,}(?!\w)")
PAIR = re.compile(r"\(\{\w+\}, \{\w+\}\)")


def prose_of(text: str) -> str:
    """Return a text without formulas, code and what the user types."""
    for typed in TYPED:
        text = text.replace(typed, "")
    return NO_PROSE.sub("", text)


@pytest.mark.parametrize(
    "path", [*sorted(LESSONS.glob("*/tr.md")), GUIDE], ids=lambda path: path.parent.name
)
def test_prose_has_turkish_marks_and_no_comma_between_numbers(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert STRAIGHT.findall(prose_of(text)) == []
    assert COMMA_BETWEEN_NUMBERS.findall(text) == []


@pytest.mark.parametrize(
    "path", [*sorted(LESSONS.glob("*/*.md")), GUIDE], ids=lambda p: f"{p.parent.name}-{p.stem}"
)
def test_thousands_are_grouped_in_prose_as_in_the_window(path: Path) -> None:
    prose = NO_PROSE.sub("", path.read_text(encoding="utf-8"))
    assert UNGROUPED.findall(prose) == []


@pytest.mark.parametrize("pattern", [STRAIGHT, PAIR, UNGROUPED])
def test_translations_and_the_glossary_are_printed_so_too(pattern: re.Pattern[str]) -> None:
    terms = [text for term in glossary().terms() for text in (term.word_tr, term.means_tr)]
    texts = [*entries().values(), *terms]
    prose = map(prose_of, texts) if pattern is STRAIGHT else texts
    assert [text for text in prose if pattern.search(text)] == []
