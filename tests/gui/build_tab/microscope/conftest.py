"""The window with the microscope open on XOR's first hidden unit and row (1, 1)."""

from __future__ import annotations

import pytest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from gui.build_tab.microscope.panel import Microscope
from gui.build_tab.workbench import Workbench
from gui.settings import choose_language
from model.places import UnitAt


@pytest.fixture
def scope(bench: Workbench, qtbot: QtBot) -> Microscope:
    bench.model.choose_row(3)
    bench.model.open_microscope(UnitAt(0, 0))
    qtbot.waitUntil(bench.microscope.isVisible)
    return bench.microscope


@pytest.fixture(autouse=True)
def english(qapp: QApplication) -> None:
    """Speak English."""
    choose_language(qapp, "en")
