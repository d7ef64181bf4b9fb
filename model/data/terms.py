"""The grammar of derived inputs.

A term is a column (``x1``, or ``"petal length"`` in quotes), a product ``a*b``, a square ``a^2`` or
``sin(a)``. A quote within a quoted name is doubled, as in a CSV file.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Literal, NamedTuple

from foundation.text import Names
from model.errors import ModelError

MAX_FEATURES = 64
"""Maximum number of inputs listed."""

Kind = Literal["column", "product", "square", "sine"]

_NAME = r'"(?:[^"]|"")+"|[^\W\d]\w*'
_TERM = re.compile(
    rf"\s*(?:sin\s*\(\s*(?P<sine>{_NAME})\s*\)"
    rf"|(?P<first>{_NAME})\s*(?:\*\s*(?P<second>{_NAME})|\^\s*(?P<power>2))?)\s*"
)
_PLAIN = re.compile(r"[^\W\d]\w*")
_RAISED = str.maketrans("₀₁₂₃₄₅₆₇₈₉", "0123456789")


class Term(NamedTuple):
    """An input of the network: a column, or a value derived from columns.

    Attributes
    ----------
    kind
        How the input is derived.
    columns
        Names of the columns: two for a product, else one.
    """

    kind: Kind
    columns: Names

    def __str__(self) -> str:
        """Return the term in the grammar's notation."""
        names = [_quoted(name) for name in self.columns]
        match self.kind:
            case "product":
                return "*".join(names)
            case "square":
                return f"{names[0]}^2"
            case "sine":
                return f"sin({names[0]})"
            case _:
                return names[0]

    @property
    def key(self) -> tuple[Kind, tuple[str, ...]]:
        """A key shared by all equivalent terms, such as ``a*b`` and ``b*a``."""
        return self.kind, tuple(sorted(map(plain_name, self.columns)))


def plain_name(name: str) -> str:
    """Return a column's name with plain digits in place of subscripts: x₁ is typed ``x1``."""
    return name.translate(_RAISED)


def _quoted(name: str) -> str:
    plain = plain_name(name)
    if _PLAIN.fullmatch(plain):
        return plain
    doubled = name.replace('"', '""')
    return f'"{doubled}"'


def _unquoted(text: str) -> str:
    return text[1:-1].replace('""', '"') if text.startswith('"') else text


def _term_error(text: str) -> ModelError:
    return ModelError(
        "features.term",
        '{term} is no input. Use a column, a*b, a^2 or sin(a); put names like "petal length" in '
        "quotes, and commas between inputs.",
        term=repr(text.strip()[:40]),
    )


def _term_of_match(found: re.Match[str]) -> Term:
    """Return the term of a match; ``a*a`` and ``a^2`` give the same one."""
    if found["sine"]:
        return Term("sine", (_unquoted(found["sine"]),))
    first = _unquoted(found["first"])
    if found["power"]:
        return Term("square", (first,))
    if found["second"]:
        second = _unquoted(found["second"])
        is_square = plain_name(first) == plain_name(second)
        return Term("square", (first,)) if is_square else Term("product", (first, second))
    return Term("column", (first,))


@lru_cache(maxsize=256)
def parse_term(text: str) -> Term:
    """Parse one term.

    Raises
    ------
    ModelError
        Code ``features.term``.
    """
    found = _TERM.fullmatch(text)
    if found is None:
        raise _term_error(text)
    return _term_of_match(found)


def parse_features(text: str) -> tuple[str, ...]:
    """Parse a comma-separated list of terms.

    Raises
    ------
    ModelError
        Code ``features.term``, and those of :func:`check_features`.
    """
    terms: list[str] = []
    place = 0
    while True:
        found = _TERM.match(text, place)
        end = len(text) if found is None else found.end()
        if found is None or (end < len(text) and text[end] != ","):
            raise _term_error(text[place:].partition(",")[0] or text)
        terms.append(str(_term_of_match(found)))
        if end == len(text):
            break
        place = end + 1
    check_features(tuple(terms))
    return tuple(terms)


def check_features(features: Names) -> None:
    """Check a list of terms as far as possible without the data.

    Raises
    ------
    ModelError
        Codes ``features.term``, ``features.many``, ``features.twice``.
    """
    if len(features) > MAX_FEATURES:
        raise ModelError(
            "features.many",
            "{count} inputs are listed; at most {most} are possible. Take some out.",
            count=len(features),
            most=MAX_FEATURES,
        )
    seen = set()
    for text in features:
        key = parse_term(text).key
        if key in seen:
            raise ModelError(
                "features.twice", "The input {term} is listed twice. Take one out.", term=text
            )
        seen.add(key)
