"""Turkish endings follow the word before them, and nothing of Qt's or ours is left in English."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QFileDialog, QLabel, QPushButton
from pytestqt.qtbot import QtBot

from gui.build_tab.exports import predictions
from gui.build_tab.names import as_grammatical_object, with_translated_names, word
from gui.build_tab.output_panel.doctor_cards import advice_on
from gui.build_tab.sources import data_name
from gui.build_tab.workbench import Workbench
from gui.format import show_part, show_part_within
from gui.settings import choose_language
from gui.teach_tab.samples import right_text
from gui.widgets.dialogs import file_dialog
from gui.window import GlassnetWindow
from model.data import build_dataset
from model.data.gates import TWO_INPUT_GATES
from model.experiment import CsvData, GateData
from model.insight import Finding
from model.lessons import LESSONS
from tests.gui.build_tab.plot_states import state_of, trained


@pytest.fixture(autouse=True)
def turkish(qapp: QApplication) -> QApplication:
    choose_language(qapp, "tr")
    return qapp


def test_the_table_of_a_lesson_speaks_turkish_and_a_persons_own_does_not(tmp_path: Path) -> None:
    ours, own = LESSONS / "own_table" / "stopping.csv", tmp_path / "stopping.csv"
    own.write_bytes(ours.read_bytes())
    names = {}
    for path in (ours, own):
        data = CsvData(str(path))
        named = with_translated_names(build_dataset(data), data)
        names[path] = (*named.feature_names, *named.target_names)
    inputs = ("hız (km/h)", "tepki süresi (s)", "yol=kuru", "yol=ıslak")
    assert names[ours] == (*inputs, "durma mesafesi (m)")
    assert names[own] == (
        *("speed (km/h)", "reaction (s)", "road=dry", "road=wet"),
        "stopping (m)",
    )


@pytest.mark.parametrize(
    ("number", "written"),
    [
        *((0, "0’ı"), (1, "1’i"), (2, "2’si"), (3, "3’ü"), (4, "4’ü"), (5, "5’i"), (6, "6’sı")),
        *((7, "7’si"), (8, "8’i"), (9, "9’u"), (10, "10’u"), (20, "20’si"), (30, "30’u")),
        *((40, "40’ı"), (50, "50’si"), (60, "60’ı"), (70, "70’i"), (80, "80’i"), (90, "90’ı")),
        *((87, "87’si"), (100, "100’ü"), (101, "101’i"), (110, "110’u"), (1000, "1\xa0000’i")),
        *((2100, "2\xa0100’ü"), (50_000, "50\xa0000’i"), (1_000_000, "1\xa0000\xa0000’u")),
    ],
)
def test_a_part_takes_the_ending_of_its_last_word(number: int, written: str) -> None:
    assert show_part(number) == written


@pytest.mark.parametrize(
    ("number", "written"),
    [(1, "1’inde"), (2, "2’sinde"), (3, "3’ünde"), (6, "6’sında"), (9, "9’unda"), (40, "40’ında")],
)
def test_a_part_that_something_is_so_in_takes_one_more_ending(number: int, written: str) -> None:
    assert show_part_within(number) == written


@pytest.mark.parametrize(
    ("right", "said"), [(0, "hiçbiri doğru bilinmedi"), (2, "2’si doğru bilindi")]
)
def test_none_of_several_is_said_as_none(right: int, said: str) -> None:
    assert right_text(right, 4) == f"Ayrılan 4 görüntünün {said}."


def test_a_part_has_no_ending_in_english(qapp: QApplication) -> None:
    choose_language(qapp, "en")
    assert show_part(3) == "3"
    assert as_grammatical_object("XOR") == "XOR"


@pytest.mark.parametrize(
    ("name", "ending"),
    [
        *(("XOR", "u"), ("OR", "u"), ("AND", "i"), ("NAND", "i"), ("XNOR", "u"), ("NOR", "u")),
        *(("Sarmal", "ı"), ("Çember", "i"), ("Parite", "yi"), ("Tam toplayıcı", "yı")),
    ],
)
def test_what_is_solved_takes_its_ending(name: str, ending: str) -> None:
    assert as_grammatical_object(name) == f"{name}’{ending}"


def test_the_lottery_says_in_a_sentence_what_is_solved(bench: Workbench, qtbot: QtBot) -> None:
    bench.dock.choose("lottery")
    start = bench.findChild(QPushButton, "lottery_start")
    told = bench.findChild(QLabel, "lottery_of")
    assert start is not None
    assert told is not None
    qtbot.mouseClick(start, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(told.isVisible, timeout=60_000)
    qtbot.waitUntil(lambda: bench.is_idle, timeout=60_000)
    assert told.text() == "tohum XOR’u çözüyor"


def test_the_doctor_counts_units_in_a_sentence() -> None:
    values = {"count": 2, "units": 3, "layer": 1, "unit": 1, "activation": "tanh"}
    title = advice_on(Finding("saturated", "warning", values)).title
    assert title == "1. katmanda 3 birimin 2’si doymuş"
    one = Finding("saturated", "warning", {**values, "count": 1})
    assert advice_on(one).title == "h₁ birimi doymuş"
    every = Finding("saturated", "warning", {**values, "count": 3})
    assert advice_on(every).title == "1. katmandaki 3 birimin hepsi doymuş"


def test_the_file_dialog_is_turkish(window: GlassnetWindow, qtbot: QtBot) -> None:
    dialog = file_dialog(window, "Aç", "open_dialog")
    dialog.setOption(QFileDialog.Option.DontUseNativeDialog)
    qtbot.addWidget(dialog)
    dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
    labels = {label.text().replace("&", "") for label in dialog.findChildren(QLabel)}
    assert {"Konum:", "Dosya adı:", "Dosya türü:"} <= labels


def test_an_exported_table_has_turkish_headings() -> None:
    trainer, snapshots = trained(GateData("xor"), (4,), 0.0, 5)
    rows = list(predictions(state_of(trainer, snapshots[-1])))
    assert rows[0] == ["satır", "küme", "x₁", "x₂", "y (hedef)", "y (çıktı)", "hedef", "tahmin"]
    assert [row[:2] for row in rows[1:]] == [[str(i), "eğitim"] for i in range(1, 5)]


def test_a_pixel_is_named_by_its_place() -> None:
    assert word("r1c4") == "sat1süt4"
    assert word("r1c4x") == "r1c4x"


def test_a_gate_without_a_name_is_called_by_the_inputs_on_the_drawing() -> None:
    names = [data_name(GateData(gate)) for gate in TWO_INPUT_GATES]
    assert {"hep 0", "x₁ ∧ ¬x₂", "x₂", "¬x₂", "x₂ → x₁", "hep 1", "NAND"} <= set(names)
    assert not any(letter in "".join(names) for letter in "ab")
