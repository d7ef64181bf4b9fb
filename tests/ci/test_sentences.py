"""Lint finds what stays English: each rule, broken once."""

from __future__ import annotations

from collections.abc import Callable
from types import ModuleType

import pytest


@pytest.fixture(scope="module")
def check(load_script: Callable[[str], ModuleType]) -> ModuleType:
    return load_script("check_sentences")


def test_lint_finds_what_the_window_says(check: ModuleType) -> None:
    assert len(check.entries()) > 800


@pytest.mark.parametrize(
    "line",
    [
        'self.button.setText("Train now")',
        'describe(self.button, "Train")',
        'self.label.setToolTip(f"<b>Loss</b> {loss}")',
        'menu.addAction("Öğret")',
        'messages.failed("Something went wrong.")',
    ],
)
def test_a_sentence_that_is_not_translated_is_found(check: ModuleType, line: str) -> None:
    assert len(list(check.not_translated(line))) == 1


@pytest.mark.parametrize(
    "line",
    [
        'self.button.setText(self.tr("Train"))',
        'self.button.setText("+")',
        'self.button.setText(f"{value} ms")',
        'menu.addAction("table_row_removed")',
        'self.button.setObjectName("train_now")',
    ],
)
def test_what_is_translated_or_no_word_is_left(check: ModuleType, line: str) -> None:
    assert list(check.not_translated(line)) == []


def test_a_sentence_without_an_entry_is_found(check: ModuleType) -> None:
    source = 'class Panel:\n    def f(self):\n        self.tr("Old")\ntranslate("Data", "New")'
    assert set(check.asked_for(source)) == {("Panel", "Old"), ("Data", "New")}


@pytest.mark.parametrize(
    ("translation", "is_finished"), [("", True), ("Yeni {n}", False), ("Yeni {m}", True)]
)
def test_an_unfinished_or_wrong_entry_is_found(
    check: ModuleType, translation: str, is_finished: bool
) -> None:
    row = check.Entry("Panel", "New {n}", translation, is_finished)
    assert len(list(check.faults_of_translation([row]))) == 1


def test_words_of_the_command_line_without_turkish_ones_are_found(check: ModuleType) -> None:
    source = 'add("--new", help="new")\n_say(said("Gone."))\n_refuse(f"{name} is gone.")'
    assert set(check.said_by_commands(source)) == {"new", "Gone.", " is gone."}
    assert len(list(check.faults_of_commands(set()))) > 40
