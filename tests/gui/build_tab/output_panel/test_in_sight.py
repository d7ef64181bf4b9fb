"""What a button of the output's column opens is in sight, also in the smallest window."""

from __future__ import annotations

import pytest
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from gui.build_tab.workbench import Workbench
from gui.window import GlassnetWindow
from model.places import UnitAt
from tests.gui.build_tab.looking import resize
from tests.gui.build_tab.reading_hands import press
from tests.gui.finding import find


@pytest.mark.parametrize(
    ("buttons", "opened"),
    [(("verdict_fold", "verdict_why"), "verdict_proof"), (("circuit_toggle",), "circuit_formula")],
)
def test_what_is_opened_comes_into_sight(
    bench: Workbench, window: GlassnetWindow, buttons: tuple[str, ...], opened: str, qtbot: QtBot
) -> None:
    resize(window, qtbot, 1024, 680)
    qtbot.waitUntil(lambda: bench.model.state.insight.verdict is not None, timeout=10_000)
    bench.model.choose_unit(UnitAt(1, 0))  # its card stands above the others
    for button in buttons:
        press(bench, button)
        resize(window, qtbot, 1024, 680)  # what has opened is laid out
    part = find(bench, QWidget, opened)
    qtbot.waitUntil(lambda: part.visibleRegion().boundingRect() == part.rect(), timeout=2000)
