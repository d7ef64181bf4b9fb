"""One point by hand, or a table of one row: the plane around it, and why it cannot be erased."""

from __future__ import annotations

import pytest
from pytestqt.qtbot import QtBot

from gui.build_tab.tab import BuildTab
from gui.build_tab.workbench import Workbench
from gui.document import ExperimentDocument
from gui.window import GlassnetWindow
from model.defaults import default_experiment
from model.experiment import PointsData
from model.insight.plane import plane_of
from tests.gui.build_tab.output_panel.test_points_stay import erase


@pytest.fixture
def document(qtbot: QtBot) -> ExperimentDocument:
    return ExperimentDocument(default_experiment(PointsData(((0.2, -300.0, 1.0),))))


def test_the_plane_around_one_point_is_wide_enough_to_add_another(tab: BuildTab) -> None:
    state = tab.model.state
    planes = [plane_of(state.dataset, *pair, bounds=state.bounds) for pair in ((0, 1), (1, 0))]
    for plane in planes:
        x_low, x_high, y_low, y_high = plane.bounds
        assert x_high - x_low >= 1.0
        assert y_high - y_low >= 1.0
    x_low, x_high, y_low, y_high = planes[0].bounds
    assert x_low < 0.2 < x_high
    assert y_low < -300.0 < y_high


def test_why_the_last_point_stays_is_said(
    window: GlassnetWindow, bench: Workbench, document: ExperimentDocument, qtbot: QtBot
) -> None:
    before = document.experiment
    erase(bench, 0, qtbot)
    assert document.experiment is before
    assert window.message_bar.isVisible()
    assert "last point" in window.message_bar.text.text()
