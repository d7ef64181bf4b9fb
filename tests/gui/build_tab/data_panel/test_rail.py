"""The data panel's rail: the name of what is chosen below its picture."""

from __future__ import annotations

import dataclasses

import pytest
from msgspec.structs import replace
from PySide6.QtGui import QFontMetricsF
from pytestqt.qtbot import QtBot

from gui.build_tab.data_panel.rail import DataRail
from model.experiment import CsvData, DataSpec, GateData
from tests.gui.build_tab.plot_states import state_of, trained


@pytest.mark.parametrize(
    ("data", "shown"),
    [
        (GateData("xor"), "XOR"),
        (GateData("half_adder"), "Half\nadder"),
        (CsvData("household consumption 2024.csv"), "ho…sv"),
        (CsvData("a b c d e f g h.csv"), "a …csv"),
    ],
)
def test_the_name_takes_no_more_lines_than_there_is_room_for(
    qtbot: QtBot, data: DataSpec, shown: str
) -> None:
    rail = DataRail()
    qtbot.addWidget(rail)
    trainer, _ = trained()
    state = state_of(trainer, None)
    rail.show_state(dataclasses.replace(state, experiment=replace(state.experiment, data=data)))
    lines = rail.tile.text().split("\n")
    room = rail.tile.height() - rail.tile.iconSize().height()
    metrics = QFontMetricsF(rail.tile.font())
    assert len(lines) * metrics.height() < room
    ends = shown.split("…")
    assert rail.tile.text().startswith(ends[0])
    assert rail.tile.text().endswith(ends[-1])
    assert metrics.horizontalAdvance(max(lines, key=metrics.horizontalAdvance)) < rail.width()
