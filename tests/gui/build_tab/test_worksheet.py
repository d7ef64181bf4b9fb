"""The window's state as a worksheet: reached by key and menu, with numbers or empty fields."""

from __future__ import annotations

import re
from pathlib import Path
from typing import NamedTuple
from xml.etree import ElementTree

import pytest
from PySide6.QtCore import QSizeF, Qt
from PySide6.QtWidgets import QApplication, QFileDialog, QLineEdit
from pytestqt.qtbot import QtBot

from gui.build_tab.tab import BuildTab
from gui.build_tab.workbench import Workbench
from gui.build_tab.worksheet import state_as_blocks
from gui.settings import choose_language, choose_theme
from gui.window import GlassnetWindow
from gui.worksheet import Block, Picture, heading
from model.experiment import DataSpec, GateData, PlaneData, TableData, TruthTableData
from model.places import UnitAt
from tests.tiers import thorough

CONTROL, SHIFT = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.ShiftModifier


def blocks_of(bench: Workbench, is_blank: bool) -> list[Block]:
    model = bench.model
    drawing = Picture(QSizeF(10.0, 10.0), lambda painter: None)
    plot = bench.loss.plot
    return state_as_blocks(
        model.state, model.displayed_experiment(), drawing, plot, "OR", is_blank=is_blank
    )


class Table(NamedTuple):
    """What a table on paper says."""

    head: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


def tables(blocks: list[Block]) -> list[Table]:
    found = []
    for html in blocks:
        if isinstance(html, str) and html.startswith('<table class="cells"'):
            lines = ElementTree.fromstring(html).iter("tr")
            head, *rows = (tuple(cell.text or "" for cell in line) for line in lines)
            found.append(Table(head, tuple(rows)))
    return found


def written(blocks: list[Block], tag: str) -> list[str]:
    """Return the texts between tags."""
    pattern = rf"<{tag}[^>]*>(.*?)</{tag}>"
    return [text for b in blocks if isinstance(b, str) for text in re.findall(pattern, b)]


@pytest.fixture
def learned(bench: Workbench, qtbot: QtBot) -> Workbench:
    bench.model.choose_data(GateData("or"))
    bench.model.choose_version("published")
    bench.model.train()
    qtbot.waitUntil(lambda: bench.model.is_idle, timeout=60_000)
    bench.model.choose_row(1)
    return bench


def test_the_sheet_has_the_windows_numbers(learned: Workbench) -> None:
    blocks = blocks_of(learned, is_blank=False)
    rows, weights = tables(blocks)
    assert [row[-2:] for row in rows.rows] == [
        ("0", "0.041"),
        ("1", "0.979"),
        ("1", "0.979"),
        ("1", "1.000"),
    ]
    assert weights.rows == (("x₁", "7.009"), ("x₂", "7.010"), ("bias", "−3.149"))
    general, total, activation = written(blocks, "p")[1:]
    assert general == "z = w₁·x₁ + w₂·x₂ + b"
    values = learned.model.state.row_values
    assert values is not None
    assert total.endswith(f"= {values[0][0][0]:.3f}")
    assert activation.endswith("= 0.979")


def test_the_empty_sheet_gives_the_weights_and_nothing_computed_from_them(
    learned: Workbench,
) -> None:
    blocks = blocks_of(learned, is_blank=True)
    rows, weights = tables(blocks)
    assert {row[-1] for row in rows.rows} == {""}
    assert weights.rows == (("x₁", "7.009"), ("x₂", "7.010"), ("bias", "−3.149"))
    general, total, activation = written(blocks, "p")[1:]
    assert general == "z = w₁·x₁ + w₂·x₂ + b"
    assert not re.search(r"\d", total)
    assert activation == "a = 1 / (1 + e^−z) = ______"
    captions = [block.caption for block in blocks if isinstance(block, Picture)]
    assert not any(re.search(r"\d", caption) for caption in captions)


def test_the_chosen_unit_is_the_one_that_is_written_out(bench: Workbench) -> None:
    bench.model.choose_unit(UnitAt(0, 2))
    headings = written(blocks_of(bench, False), "h2")
    assert "h₃ on row 2" in headings


def test_a_test_row_is_counted_among_those(bench: Workbench) -> None:
    bench.model.choose_data(TableData("iris", "standard"))
    bench.model.choose_row(len(bench.model.state.dataset.x_train) + 4)
    headings = written(blocks_of(bench, False), "h2")
    assert any(heading.endswith("on test row 5") for heading in headings)


def test_a_free_target_is_no_number(bench: Workbench) -> None:
    rows, targets = ((0.0, 0.0), (0.0, 1.0)), ((0.0, 1.0), (None, 0.0))
    bench.model.choose_data(TruthTableData(("x1", "x2"), ("p", "q"), rows, targets))
    printed = tables(blocks_of(bench, is_blank=True))[0]
    assert [row[2::2] for row in printed.rows] == [("0", "1"), ("–", "0")]


def test_equal_rows_are_printed_once(bench: Workbench) -> None:
    bench.model.choose_data(TableData("titanic"))
    (rows,) = tables(blocks_of(bench, is_blank=True))[:1]
    assert len(rows.rows) == len(set(rows.rows)) == 12
    assert {row[:2] for row in rows.rows} == {(c, s) for c in "123" for s in "01"}


def test_that_there_are_more_rows_than_are_printed_is_said(bench: Workbench) -> None:
    bench.model.choose_data(TableData("iris", "standard"))
    blocks = blocks_of(bench, is_blank=True)
    printed = tables(blocks)[0]
    assert len(printed.rows) == 32
    assert heading("32 of 150 rows") in blocks
    assert {row[4::2] for row in printed.rows} == {
        ("1", "0", "0"),
        ("0", "1", "0"),
        ("0", "0", "1"),
    }
    assert printed.head[:2] == ("sepal length (cm)", "sepal width (cm)")
    bench.model.choose_data(GateData("or"))
    assert heading("Rows") in blocks_of(bench, is_blank=True)


@pytest.mark.parametrize(
    ("key", "modifiers"), [(Qt.Key.Key_P, CONTROL), (Qt.Key.Key_E, CONTROL | SHIFT)]
)
def test_keys_print_it_and_leave_the_window_as_it_was(
    tab: BuildTab,
    learned: Workbench,
    window: GlassnetWindow,
    qtbot: QtBot,
    tmp_path: Path,
    key: Qt.Key,
    modifiers: Qt.KeyboardModifier,
    qapp: QApplication,
) -> None:
    choose_theme(qapp, "dark")
    qtbot.waitUntil(lambda: learned.model.insight.is_idle)
    before = learned.canvas.grab().toImage(), learned.loss.plot.grab().toImage()
    tab.setFocus()
    qtbot.keyClick(tab, key, modifiers)
    qtbot.waitUntil(lambda: tab.findChild(QFileDialog, "export_dialog") is not None)
    dialog = tab.findChild(QFileDialog, "export_dialog")
    line = dialog.findChild(QLineEdit, "fileNameEdit")
    path = tmp_path / "sheet.pdf"
    line.setText(str(path))
    with qtbot.waitSignal(tab.model.messages.said, timeout=5000):
        qtbot.keyClick(line, Qt.Key.Key_Return)
    assert path.read_bytes().startswith(b"%PDF-")
    assert b"%%EOF" in path.read_bytes()[-10:]
    after = learned.canvas.grab().toImage(), learned.loss.plot.grab().toImage()
    assert before == after


@pytest.mark.parametrize(
    "data",
    [
        GateData("full_adder", 3),
        thorough(PlaneData("spiral")),
        thorough(TableData("iris")),
        TableData("digits"),
        thorough(PlaneData("regression_plane")),
    ],
    ids=str,
)
@pytest.mark.parametrize("kind", ["worksheet", "blank"])
def test_any_data_can_be_printed(
    tab: BuildTab, bench: Workbench, qtbot: QtBot, tmp_path: Path, data: DataSpec, kind: str
) -> None:
    bench.model.choose_data(data)
    qtbot.waitUntil(lambda: bench.model.derived.is_idle, timeout=10_000)
    tab.exporter.write(kind, tmp_path / "sheet.pdf")
    assert (tmp_path / "sheet.pdf").stat().st_size > 1000


def test_it_is_in_the_language_in_use(learned: Workbench, qapp: QApplication) -> None:
    choose_language(qapp, "tr")
    rows = tables(blocks_of(learned, is_blank=False))[0]
    assert rows.head[-1] == "yanıt"
    assert rows.rows[0][-1] == "0,041"
