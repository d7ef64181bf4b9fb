"""The window with the microscope open on XOR's first hidden unit and row (1, 1)."""

from __future__ import annotations

import pytest
from pytestqt.qtbot import QtBot

from gui.build_tab.build_model import BuildModel
from gui.build_tab.microscope.panel import WIDTH_PX, Microscope
from gui.build_tab.workbench import Workbench
from model.insight.step.walk import Part
from model.places import UnitAt
from tests.gui.build_tab.microscope.alone import Alone


@pytest.fixture
def alone(controller: BuildModel, qtbot: QtBot) -> Alone:
    """Return the microscope and its model; a module may take it for its `bench`."""
    sheet = Microscope(controller)
    qtbot.addWidget(sheet)
    sheet.resize(WIDTH_PX, 720)
    controller.state_changed.connect(sheet.show_state)
    sheet.show()
    return Alone(controller, sheet)


@pytest.fixture
def scope(bench: Workbench | Alone, qtbot: QtBot) -> Microscope:
    bench.model.choose_row(3)
    bench.model.open_microscope(UnitAt(0, 0), Part.SUM)
    qtbot.waitUntil(bench.microscope.isVisible)
    return bench.microscope
