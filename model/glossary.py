"""The glossary of the window, the documents and the lessons, in both languages."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Annotated

import msgspec

FILE = Path(__file__).parents[1] / "assets" / "glossary.json"


class Term(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """A term and its meaning.

    Attributes
    ----------
    id
        Identifier for links from lessons: ``[epoch](term:epoch)``.
    word, word_tr
        The term in English and in Turkish.
    means, means_tr
        The definition, in Markdown.
    formula
        LaTeX formula, empty if there is none.
    avoid
        English synonyms to avoid, since they are ambiguous or mean something else here.
    """

    id: Annotated[str, msgspec.Meta(pattern="^[a-z][a-z0-9_-]*$", max_length=40)]
    word: str
    word_tr: str
    means: str
    means_tr: str
    formula: str = ""
    avoid: str = ""

    def name(self, language: str) -> str:
        """Return the term in a language, English by default."""
        return self.word_tr if language == "tr" else self.word

    def meaning(self, language: str) -> str:
        """Return the meaning in a language."""
        return self.means_tr if language == "tr" else self.means


class Section(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The terms of one subject.

    Attributes
    ----------
    title, title_tr
        The subject in English and in Turkish.
    terms
        The terms, each building on those before it.
    """

    title: str
    title_tr: str
    terms: tuple[Term, ...]


class Glossary(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The whole glossary, by section."""

    sections: tuple[Section, ...]

    def terms(self) -> Iterator[Term]:
        """Yield every term."""
        for section in self.sections:
            yield from section.terms

    def ids(self) -> list[str]:
        """Return the ids that lessons can link to."""
        return [term.id for term in self.terms()]

    def term(self, name: str) -> Term | None:
        """Return a term by its id, ``None`` if there is none."""
        return next((term for term in self.terms() if term.id == name), None)


@cache
def glossary() -> Glossary:
    """Return the glossary in `assets/glossary.json`, read once."""
    return msgspec.json.decode(FILE.read_bytes(), type=Glossary)
