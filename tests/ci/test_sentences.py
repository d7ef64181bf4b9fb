"""Lint finds what stays English: each rule, broken once."""

from __future__ import annotations

from collections.abc import Callable
from types import ModuleType

import pytest
from babel.messages.catalog import Catalog, Message


@pytest.fixture(scope="module")
def check(load_script: Callable[[str], ModuleType]) -> ModuleType:
    load_script("translate")
    return load_script("check_sentences")


@pytest.fixture(scope="module")
def translate(load_script: Callable[[str], ModuleType]) -> ModuleType:
    return load_script("translate")


@pytest.mark.parametrize(
    "line",
    [
        'self.button.setText("Train now")',
        'describe(self.button, "Train")',
        'self.label.setToolTip(f"<b>Loss</b> {loss}")',
        'menu.addAction("Öğret")',
        'messages.show_error("Something went wrong.")',
        '_refuse(f"{name} is gone.")',
    ],
)
def test_a_sentence_that_is_not_translated_is_found(check: ModuleType, line: str) -> None:
    assert len(list(check.not_translated(line))) == 1


@pytest.mark.parametrize(
    "line",
    [
        'self.button.setText(tr("Train"))',
        'self.button.setText("+")',
        'self.button.setText(f"{value} ms")',
        'menu.addAction("table_row_removed")',
        'self.button.setObjectName("train_now")',
    ],
)
def test_what_is_translated_or_no_word_is_left(check: ModuleType, line: str) -> None:
    assert list(check.not_translated(line)) == []


@pytest.mark.parametrize("line", ['self.tr("Train")', 'QT_TRANSLATE_NOOP("Panel", "Train")'])
def test_what_is_asked_of_qt_is_found(check: ModuleType, line: str) -> None:
    assert list(check.asked_of_qt(line)) == [1]
    assert list(check.asked_of_qt('tr("Train")')) == []


def test_texts_are_found_where_they_are_marked(translate: ModuleType) -> None:
    source = """
tr("Old {n}", n=1); tr_context("Here", "Stop"); tr_plural("1 row", "{n} rows", n, n=n)
add("--new", help="new"); ModelError("a.code", "Wrong."); tr(words); mark("a " "b")
OPTIONS = {"--odd": {"help": "odd", "default": "none"}}
class Fault(Enum):
    GONE = "It is gone."
"""
    assert {found.text for found in translate.texts_of('label(text="a", tip=tip)', {"text"})} == {
        "a"
    }
    assert set(translate.texts_of(source)) == {
        ("Old {n}", "", ""),
        ("Stop", "", "Here"),
        ("1 row", "{n} rows", ""),
        ("new", "", ""),
        ("odd", "", ""),
        ("Wrong.", "", ""),
        ("a b", "", ""),
        ("It is gone.", "", ""),
    }


@pytest.mark.parametrize(
    ("text", "translation", "faults"),
    [
        ("New {n}", "", 0),
        ("New {n}", "Yeni {n}", 0),
        ("New {n}", "Yeni {m}", 1),
        (("1 row", "{n} rows"), ("1 satır", "{n} satır"), 0),
        (("1 row", "{n} rows"), ("1 satır", "{m} satır"), 1),
    ],
)
def test_a_translation_with_other_fields_is_found(
    check: ModuleType, text: str, translation: str, faults: int
) -> None:
    row = Message(text, translation)
    assert len(list(check.faults_of_translation("messages.po", [row]))) == faults


def test_texts_without_an_entry_and_entries_that_no_one_says_are_found(check: ModuleType) -> None:
    known, said = Catalog(), Catalog()
    for catalogue, text in ((known, "Old"), (said, "New"), (known, "Both"), (said, "Both")):
        catalogue.add(text)
    faults = check.faults_of_step("messages.po", known, said)
    assert [fault.split("'")[1] for fault in faults] == ["New", "Old"]


def test_a_text_without_a_translation_is_named_only(
    check: ModuleType, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    (path,) = (each for each in check.CATALOGUES if each.parents[1].name == "tr")
    known = check.read(path)
    monkeypatch.setattr(check, "CATALOGUES", [path])
    known["Train"].string = ""
    monkeypatch.setattr(check, "read", lambda _: known)
    assert check.main() == 0
    assert capsys.readouterr().out == "note: tr: not translated yet, so shown in English: 'Train'\n"
