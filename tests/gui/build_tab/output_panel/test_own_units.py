"""What is read and typed of scaled data is in the units of the data, not in deviations."""

from __future__ import annotations

import dataclasses
import re
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLineEdit
from pytestqt.qtbot import QtBot

from gui.build_tab.network_view.unit_style import UnitStyles
from gui.build_tab.output_panel.panel import OutputPanel
from gui.build_tab.state import BuildState, Selection
from gui.format import parse_number, show_number
from model.experiment import CsvData
from model.places import INPUTS, UnitAt
from tests.gui.build_tab.plot_states import state_of, trained
from tests.gui.finding import find
from tests.gui.painted import painted_texts

SIZES, ROOMS = np.linspace(40, 200, 60), np.arange(60) % 5 + 1
PRICES = 50_000 + 1_000 * SIZES + 9_000 * ROOMS


@pytest.fixture
def houses(tmp_path: Path) -> BuildState:
    path = tmp_path / "house.csv"
    rows = zip(SIZES, ROOMS, PRICES, strict=True)
    path.write_text("size,rooms,price\n" + "\n".join(",".join(map(str, row)) for row in rows))
    trainer, snapshots = trained(CsvData(str(path)), (4,), 0.25, 150)
    return state_of(trainer, snapshots[-1], row=0)


def test_values_are_tried_in_the_units_of_the_table(
    panel: OutputPanel, houses: BuildState, qtbot: QtBot
) -> None:
    panel.show_state(houses)
    qtbot.mouseClick(panel.probe.toggle, Qt.MouseButton.LeftButton)
    fields = [find(panel, QLineEdit, f"probe_input_{k}") for k in (0, 1)]
    row = [field.text() for field in fields]
    assert row in [[show_number(size), str(n)] for size, n in zip(SIZES, ROOMS, strict=True)]
    for field, typed in zip(fields, ("120", "3"), strict=True):
        field.selectAll()
        qtbot.keyClicks(field, typed)
    answer = parse_number(panel.probe.answer.text().removeprefix("price"))
    assert answer == pytest.approx(50_000 + 120_000 + 27_000, rel=0.1)


def test_the_maps_numbers_and_the_inputs_range_are_those_of_the_table(
    panel: OutputPanel, houses: BuildState
) -> None:
    panel.show_state(houses)
    texts = painted_texts(panel.map)
    assert {"100", "2", "4"} <= set(texts)
    panel.show_state(dataclasses.replace(houses, selection=Selection(unit=UnitAt(INPUTS, 0))))
    low, high = map(float, re.findall(r"([\d.]+) to ([\d.]+)", panel.unit.terms.text())[0])
    assert (low, high) == pytest.approx((40, 200), rel=0.01)


def test_chips_of_inputs_and_of_a_regressions_output_are_in_own_units(houses: BuildState) -> None:
    looks = UnitStyles(houses, {})
    assert houses.row_x is not None
    size = looks.value_text(UnitAt(INPUTS, 0), float(houses.row_x[0]))
    assert min(abs(parse_number(size) - s) for s in SIZES) < 1
    price = looks.value_text(UnitAt(1, 0), 0.0)
    mean = houses.dataset.y_in_data_units(0, 0.0)
    assert parse_number(price) == pytest.approx(mean, rel=0.01)
    assert 100_000 < mean < 300_000
