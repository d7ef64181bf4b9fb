"""What lessons and challenges ask, in the language in use."""

from __future__ import annotations

import pytest
from PySide6.QtWidgets import QApplication

from gui.learn.condition_words import condition_names, describe_condition
from gui.settings import choose_language
from model.lessons.conditions import QUANTITIES, Checked


@pytest.fixture
def turkish(qapp: QApplication) -> None:
    choose_language(qapp, "tr")


def test_everything_that_can_be_asked_has_a_name(qapp: QApplication) -> None:
    choose_language(qapp, "en")
    english = condition_names()
    assert english.keys() == QUANTITIES.keys() | {"shape"}
    choose_language(qapp, "tr")
    assert [code for code, name in condition_names().items() if name == english[code]] == []


@pytest.mark.usefixtures("turkish")
@pytest.mark.parametrize(
    ("wanted", "found", "said"),
    [
        ("at least 0.95", "0.9444, 2 undecided", ("en az 0,95", "0,9444; 2 kararsız")),
        ("layer 1: not tanh", "relu", ("katman 1: ≠ tanh", "relu")),
        ("to fall", "unknown", ("azalmalı", "bilinmiyor")),
        ("yes", "no", ("evet", "hayır")),
        ("hidden_space and without notes", "none", ("hidden_space ve içermez: notes", "yok")),
    ],
)
def test_what_is_wanted_and_found_is_said_in_turkish(
    wanted: str, found: str, said: tuple[str, str]
) -> None:
    told = describe_condition(Checked("loss", wanted, found, met=False))
    assert (told.code, told.wanted, told.found) == ("Kayıp", *said)
