"""Every word stands once, in both languages, and what lessons link to is there."""

from __future__ import annotations

import re

from model.glossary import glossary
from model.lessons import LESSONS


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
