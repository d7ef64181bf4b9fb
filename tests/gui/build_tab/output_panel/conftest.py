"""What the tests of the Output panel share."""

from __future__ import annotations

import pytest
from pytestqt.qtbot import QtBot

from gui.build_tab.build_model import BuildModel
from gui.build_tab.output_panel.panel import OutputPanel


@pytest.fixture
def panel(qtbot: QtBot, build_model: BuildModel) -> OutputPanel:
    result = OutputPanel(build_model)
    qtbot.addWidget(result)
    result.resize(316, 900)
    result.show()
    qtbot.waitExposed(result)
    return result
