"""What the tests of the Output panel share."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from pytestqt.qtbot import QtBot

from gui.build_tab.build_model import BuildModel
from gui.build_tab.output_panel.panel import OutputPanel
from tests.gui.build_tab.insight_hands import Looking


@pytest.fixture
def panel(qtbot: QtBot, build_model: BuildModel) -> OutputPanel:
    result = OutputPanel(build_model)
    qtbot.addWidget(result)
    result.resize(316, 900)
    result.show()
    qtbot.waitExposed(result)
    return result


@pytest.fixture
def looking(panel: OutputPanel, build_model: BuildModel, qtbot: QtBot) -> Iterator[Looking]:
    result = Looking(panel, build_model)
    yield result
    result.insight.request_close()
    qtbot.waitUntil(lambda: result.insight.is_idle)
