"""The confusion matrix: whole counts, of these rows and these weights, within the panel."""

from __future__ import annotations

import dataclasses

import numpy as np
from PySide6.QtCore import QPoint
from PySide6.QtGui import QFontMetricsF
from PySide6.QtWidgets import QScrollArea
from pytestqt.qtbot import QtBot

from gui.build_tab.output_panel.confusion import ConfusionMatrix
from gui.build_tab.output_panel.panel import OutputPanel
from gui.build_tab.state import BuildState
from gui.format import show_integer
from gui.theme import BODY_PX, font
from tests.gui.build_tab.insight_hands import Looking
from tests.gui.build_tab.plot_states import state_of, trained
from tests.gui.finding import find


def with_rows(state: BuildState, copies: int) -> BuildState:
    """Return a state whose rows are there so many times, to learn from and to test with."""
    data = state.dataset
    x, y = np.tile(data.x_train, (copies, 1)), np.tile(data.y_train, (copies, 1))
    dataset = dataclasses.replace(data, x_train=x, y_train=y, x_test=x.copy(), y_test=y.copy())
    return dataclasses.replace(state, dataset=dataset, snapshot=None)


def test_counts_of_earlier_weights_are_pale(qtbot: QtBot) -> None:
    matrix = ConfusionMatrix(large=False)
    qtbot.addWidget(matrix)
    matrix.show_counts(np.array([[30, 0], [0, 30]]), ("0", "1"))
    cell = QPoint(16 + 4, 14 + 4)
    fresh = matrix.grab().toImage().pixelColor(cell)
    matrix.set_stale(True)
    stale = matrix.grab().toImage().pixelColor(cell)
    assert stale.alpha() < fresh.alpha() or stale.saturation() < fresh.saturation()


def test_counts_of_many_rows_are_whole_and_none_of_other_rows_stand_beside_them(
    panel: OutputPanel, looking: Looking, qtbot: QtBot
) -> None:
    trainer, snapshots = trained()
    small = state_of(trainer, snapshots[-1])
    looking.at(small)
    matrix, scroll = panel.scores.matrix, find(panel, QScrollArea, "output_scroll")
    assert matrix.isVisible()
    large = with_rows(small, 20_000)
    looking.at(large)
    assert not matrix.isVisible(), "nothing is known of these rows yet"
    qtbot.waitUntil(matrix.isVisible, timeout=20_000)
    assert matrix.counts.sum() == len(large.dataset.x_test)
    qtbot.waitUntil(lambda: matrix.size() == matrix.sizeHint())
    widest = show_integer(int(matrix.counts.max()))
    assert len(widest) > 6
    assert (matrix.width() - 16) / 2 > QFontMetricsF(font(BODY_PX, 600)).horizontalAdvance(widest)
    assert scroll.widget().width() == scroll.viewport().width()
