"""Names of earlier runs stand beside their line and on no other line or name."""

from __future__ import annotations

import numpy as np
import pyqtgraph as pg
import pytest
from PySide6.QtCore import QPointF, QRectF, QSizeF
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QApplication

from gui.build_tab.loss_panel.panel import LossPanel
from gui.plots.name_places import SAMPLES, NamePlace, place_names
from gui.settings import choose_language
from tests.gui.build_tab.loss_panel.conftest import earlier
from tests.gui.finding import find

ROOM = QSizeF(400, 120)
NAME = QSizeF(40, 14)
NONE = np.empty((0, SAMPLES))


def box(place: NamePlace | None) -> QRectF:
    assert place is not None
    return QRectF(place.at - QPointF(NAME.width(), NAME.height()), NAME)


def level(height: float) -> np.ndarray:
    return np.full(SAMPLES, height)


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


def test_a_name_stands_over_its_line() -> None:
    (place,) = place_names(level(60.0)[None], NONE, [NAME], ROOM)
    assert place is not None
    assert place.is_free
    assert 50 <= place.at.y() < 60
    assert 300 < place.at.x() < 400


def test_a_name_goes_under_its_line_where_another_runs_over_it() -> None:
    (place,) = place_names(level(60.0)[None], level(52.0)[None], [NAME], ROOM)
    assert place is not None
    assert place.is_free
    assert box(place).top() > 60


def test_a_name_moves_along_its_line_to_a_free_place() -> None:
    others = np.vstack([level(52.0), level(68.0)])
    others[:, : SAMPLES // 2] = np.nan
    (place,) = place_names(level(60.0)[None], others, [NAME], ROOM)
    assert place is not None
    assert place.is_free
    assert place.at.x() < 200


def test_a_name_without_a_free_place_is_marked_as_such() -> None:
    others = np.vstack([level(height) for height in range(0, 120, 6)])
    (place,) = place_names(level(60.0)[None], others, [NAME], ROOM)
    assert place is not None
    assert not place.is_free


def test_names_never_lie_on_one_another_or_out_of_the_plot() -> None:
    lines = np.vstack([level(60.0 + index) for index in range(9)])
    places = place_names(lines, NONE, [NAME] * 9, ROOM)
    boxes = [box(place) for place in places if place is not None]
    assert len(boxes) >= 3
    for index, one in enumerate(boxes):
        assert QRectF(QPointF(), ROOM).contains(one)
        assert not any(one.intersects(other) for other in boxes[index + 1 :])


def test_a_line_that_is_not_seen_has_no_name() -> None:
    assert place_names(np.full((1, SAMPLES), np.nan), NONE, [NAME], ROOM) == [None]


def test_a_run_that_ends_early_is_named_at_its_end() -> None:
    short = level(60.0)
    short[SAMPLES // 4 :] = np.nan
    (place,) = place_names(short[None], NONE, [NAME], ROOM)
    assert place is not None
    assert place.at.x() <= 100


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
