"""What a screen reader hears of the microscope: where a person is, and the numbers there."""

from __future__ import annotations

from pytestqt.qtbot import QtBot

from gui.build_tab.tab import BuildTab
from gui.window import GlassnetWindow
from model.insight.step.walk import Part
from model.places import UnitAt
from tests.gui.build_tab.looking import bench


def test_each_step_is_heard_with_its_numbers(
    window: GlassnetWindow, said: list[str], qtbot: QtBot
) -> None:
    tab: BuildTab = bench(window)
    tab.model.choose_row(3)
    qtbot.waitUntil(lambda: tab.model.is_idle)
    said.clear()
    tab.workbench.microscope.prepare(tab.model.state)
    qtbot.waitUntil(lambda: tab.model.is_idle)
    assert said == [], "what is only prepared is not there"
    tab.model.open_microscope(UnitAt(0, 0), Part.SUM)
    qtbot.waitUntil(lambda: len(said) == 1)
    assert said[0].startswith("h 1. Step 4 of 8: weighted sum. z equals w 1 times x 1 plus")
    tab.model.examine(UnitAt(0, 0), Part.INPUTS)
    qtbot.waitUntil(lambda: len(said) == 2)
    assert said[1] == "h 1. Step 1 of 8: inputs. x 1 1; x 2 1"
    tab.model.close_microscope()
    tab.model.open_microscope(UnitAt(0, 0))
    qtbot.waitUntil(lambda: len(said) == 3)
