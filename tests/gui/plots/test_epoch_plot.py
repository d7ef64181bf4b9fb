"""A plot by epoch that is no loss, and has no timeline."""

from __future__ import annotations

import numpy as np
from PySide6.QtGui import QColor
from pytestqt.qtbot import QtBot

from gui.plots.epoch_plot import EpochPlot
from gui.theme import active


def dark_columns(plot: EpochPlot) -> int:
    """Return how many columns are one dark line from top to bottom, as the chosen epoch is."""
    image = plot.grab().toImage()
    wanted = QColor(active().t1).name()
    middle = range(image.height() // 4, image.height() // 2)
    return sum(
        all(image.pixelColor(x, y).name() == wanted for y in middle)
        for x in range(60, image.width() - 20)
    )


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
    low, high = plot.plot.getViewBox().viewRange()[1]
    assert low == 0.0
    assert 1.0 < high < 1.1
    assert not plot.is_log


def test_without_a_timeline_no_epoch_is_marked(qtbot: QtBot) -> None:
    assert dark_columns(shown(qtbot, EpochPlot("with", has_timeline=True))) == 1
    assert dark_columns(shown(qtbot, EpochPlot("without", has_timeline=False))) == 0
