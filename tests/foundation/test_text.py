"""Texts are looked up, filled in, and may be made before it is known in which language."""

from __future__ import annotations

import pickle
from collections.abc import Iterator
from gettext import NullTranslations
from pathlib import Path

import pytest

from foundation.text import ENGLISH, Text, localise, read_catalogue, tr, tr_context, tr_plural, use


class Capitals(NullTranslations):
    """A language that speaks in capitals and leaves the fields as they are."""

    def gettext(self, message: str) -> str:
        """Return a text in capitals."""
        parts = message.replace("{", "\0{").replace("}", "}\0").split("\0")
        return "".join(part if part.startswith("{") else part.upper() for part in parts)


@pytest.fixture
def capitals() -> Iterator[None]:
    use(Capitals())
    yield
    use(ENGLISH)


@pytest.fixture
def turkish() -> Iterator[None]:
    use(read_catalogue(Path(__file__).parents[2] / "assets" / "i18n", "tr"))
    yield
    use(ENGLISH)


def test_without_a_catalogue_all_is_english(tmp_path: Path) -> None:
    use(read_catalogue(tmp_path, "tr"))
    assert tr("Layer {n}", n=2) == "Layer 2"
    assert tr_context("Here", "Stop") == "Stop"
    assert [tr_plural("1 row", "{n} rows", n, n=n) for n in (0, 1, 2)] == [
        "0 rows",
        "1 row",
        "2 rows",
    ]


def test_a_catalogue_has_contexts_plurals_and_no_text_for_nothing(turkish: None) -> None:
    assert tr_context("MoreForm", "Stop") != tr("Stop") != "Stop"
    assert [tr_plural("1 row", "{n} rows", n, n=n) for n in (0, 1)] == ["0 satır", "1 satır"]
    assert tr("") == ""
    assert tr("Nobody translated {n}", n=1) == "Nobody translated 1"


def test_a_value_is_filled_in_as_it_is(capitals: None) -> None:
    assert tr("the file {text}", text="a{b}.png") == "THE FILE a{b}.png"


def test_a_text_stays_english_until_it_is_localised(capitals: None) -> None:
    wanted = Text("a value, not {found}", found=Text("the end"))
    assert wanted == "a value, not the end"
    assert localise(wanted) == "A VALUE, NOT THE END"
    assert localise((Text("{n} more", n=3), "as.is", 2)) == "3 MORE, as.is, 2"
    assert localise(Text("{share} of it", share=0.5), "{:.2f}".format) == "0.50 OF IT"


def test_a_text_travels_between_processes(capitals: None) -> None:
    text = Text("{some} and {n} more", some=("a", "b"), n=3)
    again = pickle.loads(pickle.dumps(text))
    assert again == text == "a, b and 3 more"
    assert localise(again) == "a, b AND 3 MORE"
