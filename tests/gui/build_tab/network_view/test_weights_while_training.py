"""A person types a weight while training goes on changing it."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from gui.build_tab.network_view.panel import NetworkPanel
from gui.build_tab.tab import BuildTab
from gui.build_tab.workbench import Workbench
from gui.document import ExperimentDocument
from model.places import WeightAt
from tests.gui.build_tab.network_view.hands import spot

EDGE, BIAS = WeightAt(0, 0, 1), WeightAt(1, 4, 0)


@pytest.fixture
def canvas(
    bench: Workbench, tab: BuildTab, endless: ExperimentDocument, qtbot: QtBot
) -> Iterator[NetworkPanel]:
    """Return the window's canvas while XOR trains at the speed it starts with."""
    tab.model.set_speed(100.0)
    qtbot.mouseClick(bench.bar.train_button, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: tab.model.is_training and tab.model.state.epoch > 2)
    yield bench.canvas
    tab.model.pause()
    qtbot.waitUntil(lambda: tab.model.is_idle)


def _train_on(tab: BuildTab, qtbot: QtBot) -> None:
    """Wait until some epochs more have been shown."""
    epoch = tab.model.state.epoch
    qtbot.waitUntil(lambda: tab.model.state.epoch > epoch + 5)


@pytest.mark.parametrize(("at", "keys", "value"), [(EDGE, "2,5", 2.5), (BIAS, "-1.25", -1.25)])
def test_training_does_not_write_over_an_open_field(
    canvas: NetworkPanel,
    tab: BuildTab,
    endless: ExperimentDocument,
    qtbot: QtBot,
    at: WeightAt,
    keys: str,
    value: float,
) -> None:
    canvas.window().activateWindow()
    qtbot.mouseClick(canvas.view.viewport(), Qt.MouseButton.LeftButton, pos=spot(canvas, at))
    spin = canvas.editor.spin
    qtbot.waitUntil(spin.hasFocus)
    _train_on(tab, qtbot)
    assert spin.lineEdit().selectedText() == spin.text(), "typing replaces it"
    for end, key in enumerate(keys, 1):
        qtbot.keyClicks(spin, key)
        _train_on(tab, qtbot)
        assert spin.text() == keys[:end]
    qtbot.keyClick(spin, Qt.Key.Key_Return)
    layer = endless.experiment.network.layers[at.layer]
    assert np.vstack([layer.weights, layer.biases])[at.row, at.unit] == value
