"""What is made from the code and the data is up to date: schema, lists, glossary."""

from __future__ import annotations

import json
import re
from pathlib import Path

from model.glossary import glossary, page
from model.lessons import LESSONS
from model.lessons.schema import LISTS_BEGIN, lists, schema

DOCS = Path(__file__).parents[3] / "docs"


def test_the_schema_is_current() -> None:
    assert (DOCS / "lesson.schema.json").read_text(encoding="utf-8") == schema(), (
        "run: python -m model.lessons.schema > docs/lesson.schema.json"
    )
    assert "rows_right" in json.loads(schema())["$defs"]["Condition"]["properties"]["code"]["enum"]


def test_the_lists_for_teachers_are_current() -> None:
    text = (DOCS / "lessons.md").read_text(encoding="utf-8")
    assert text[text.index(LISTS_BEGIN) :] == lists(), (
        "put the output of python -m model.lessons.schema --lists at the end of docs/lessons.md"
    )


def test_the_glossarys_page_is_current() -> None:
    assert (DOCS / "glossary.md").read_text(encoding="utf-8") == page(), (
        "run: python -m model.glossary > docs/glossary.md"
    )


def test_every_term_stands_once_and_in_both_languages() -> None:
    terms = list(glossary().terms())
    assert len({term.id for term in terms}) == len(terms) > 100
    assert len({term.word for term in terms}) == len(terms)
    for term in terms:
        assert all((term.word, term.word_tr, term.means, term.means_tr)), term.id
        assert term.means != term.means_tr
        assert term.formula.count("{") == term.formula.count("}")
    assert {"epoch", "batch", "loss", "hull", "margin", "saturation"} <= set(glossary().ids())
    found = glossary().term("epoch")
    assert found is not None
    assert (found.name("tr"), found.name("en")) == ("epok", "epoch")
    assert glossary().term("nothing") is None


def test_lessons_link_to_terms() -> None:
    linked = {
        name
        for path in LESSONS.rglob("*.md")
        for name in re.findall(r"\(term:([\w-]+)\)", path.read_text(encoding="utf-8"))
    }
    assert linked <= set(glossary().ids())
    assert len(linked) > 5
