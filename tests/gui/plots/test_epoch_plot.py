"""A plot by epoch that is no loss, and has no timeline."""

from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtWidgets import QGraphicsEllipseItem
from pytestqt.qtbot import QtBot

from gui.plots.epoch_plot import EpochPlot
from tests.gui.painted import painted_texts


def has_mark(plot: EpochPlot) -> bool:
    """Tell whether a dark line goes from top to bottom, as it does at a chosen epoch."""
    image = plot.grab().toImage()
    middle = range(image.height() // 4, image.height() // 2)
    columns = range(60, image.width() - 20)
    return any(all(image.pixelColor(x, y).lightness() < 190 for y in middle) for x in columns)


def shown(qtbot: QtBot, plot: EpochPlot) -> EpochPlot:
    qtbot.addWidget(plot)
    plot.resize(500, 200)
    with qtbot.waitExposed(plot):
        plot.show()
    values = np.linspace(0.2, 0.9, 11)
    plot.show_series(range(11), values, None)
    plot.set_position(5.0, False)
    plot.redraw()
    return plot


def test_shares_keep_the_whole_axis(qtbot: QtBot) -> None:
    plot = shown(qtbot, EpochPlot("accuracy", is_share=True))
    low, high = plot.plot.box.viewRange()[1]
    assert low == 0.0
    assert 1.0 < high < 1.1
    assert not plot.is_log


def test_without_a_timeline_no_epoch_is_marked(qtbot: QtBot) -> None:
    assert has_mark(shown(qtbot, EpochPlot("with", has_timeline=True)))
    assert not has_mark(shown(qtbot, EpochPlot("without", has_timeline=False)))


@pytest.mark.parametrize("last", [1e-14, 1e-60, 1e6, 1e20])
def test_every_number_of_the_losses_axis_is_painted(qtbot: QtBot, last: float) -> None:
    plot = shown(qtbot, EpochPlot("loss"))
    plot.set_log(False)
    plot.set_log(True)
    plot.show_series(range(11), np.geomspace(1.0, last, 11), None)
    plot.redraw()
    axis = plot.plot.axes["left"]
    low, high = plot.plot.box.viewRange()[1]
    ((step, ticks),) = axis.tickValues(low, high, plot.plot.box.height())
    written = axis.tickStrings(ticks, 1.0, step)
    assert len(written) > 3
    assert set(written) <= set(painted_texts(plot.plot.viewport()))


@pytest.mark.parametrize(("last", "markers"), [(1e-3, 2), (1e-40, 1)])
def test_no_marker_stands_outside_the_plot(qtbot: QtBot, last: float, markers: int) -> None:
    plot = shown(qtbot, EpochPlot("loss"))
    test = np.geomspace(1.0, last, 11)
    plot.show_series(range(11), np.linspace(1.0, 0.5, 11), test)
    plot.set_position(10.0, False)
    plot.redraw()
    inside = plot.plot.box.sceneBoundingRect().adjusted(-5, -5, 5, 5)
    ellipses = [
        item
        for item in plot.plot.scene().items()
        if isinstance(item, QGraphicsEllipseItem) and item.isVisible()
    ]
    assert len(ellipses) == markers
    assert all(inside.contains(item.sceneBoundingRect()) for item in ellipses)


def test_the_axis_ends_where_training_has_ended(qtbot: QtBot) -> None:
    plot = shown(qtbot, EpochPlot("loss"))
    plot.set_position(117.0, True)
    plot.show_series(range(118), np.linspace(1.0, 0.1, 118), None)
    plot.redraw()
    assert plot.x_range[1] > 117.0
    plot.set_position(117.0, False)
    assert plot.x_range == (0.0, 117.0)
