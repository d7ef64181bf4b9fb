"""Names of earlier runs stand beside their line and on no other line or name."""

from __future__ import annotations

import numpy as np
import pyqtgraph as pg
import pytest
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QApplication

from gui.build_tab.loss_panel.panel import LossPanel
from gui.settings import choose_language
from tests.gui.build_tab.loss_panel.conftest import earlier
from tests.gui.finding import find


@pytest.mark.parametrize("is_log", [True, False])
@pytest.mark.parametrize("runaway", [np.inf, np.nan])
def test_a_run_that_ran_away_at_once_is_named(
    panel: LossPanel, runaway: float, is_log: bool
) -> None:
    losses = np.full(5000, runaway)
    losses[1:3] = 1.0, 0.5  # between two of the places at which lines are looked at
    panel.plot.set_log(is_log)
    panel.set_runs([earlier(losses, name="away")])
    assert "away" in names_seen(panel)
    low, high = panel.plot.plot.box.viewRange()[1]
    assert np.isfinite([low, high]).all()


def test_a_loss_beyond_bounds_leaves_the_axis_its_numbers(panel: LossPanel) -> None:
    panel.plot.set_log(False)
    panel.set_runs([earlier(np.array([1.0, 1.7e308, 1.0]), name="high")])
    axis = panel.plot.plot.axes["left"]
    ((step, ticks),) = axis.tickValues(axis.range[0], axis.range[1], axis.height())
    assert np.isfinite(step)
    assert len(ticks) > 2


def names_seen(panel: LossPanel) -> set[str]:
    items = panel.plot.plot.box.allChildItems()
    return {
        item.textItem.toPlainText()
        for item in items
        if isinstance(item, pg.TextItem) and item.isVisible()
    }


def test_runs_are_called_in_the_language_in_use(panel: LossPanel, qapp: QApplication) -> None:
    panel.set_runs(
        [earlier(np.linspace(1, 0.2, 90), 42), earlier(np.linspace(1, 0.3, 90), 42, before=1)]
    )
    table = panel.open_run_table().table
    action = find(panel, QAction, "loss_run_1")
    assert action.text() == "seed 42 (2) · XOR"
    choose_language(qapp, "tr")
    qapp.processEvents()
    item, action = table.item(1, 0), find(panel, QAction, "loss_run_1")
    assert item is not None
    assert (item.text(), action.text()) == ("tohum 42 (2)", "tohum 42 (2) · XOR")
    items = panel.plot.plot.scene().items()
    texts = {each.textItem.toPlainText() for each in items if isinstance(each, pg.TextItem)}
    assert texts == {"tohum 42", "tohum 42 (2)"}
