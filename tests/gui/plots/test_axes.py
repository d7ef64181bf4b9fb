"""The numbers of an axis."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QEvent, QObject, Signal
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from gui.plots.axes import Plot
from gui.plots.curve_plot import activation_curves
from gui.settings import choose_language
from model.experiment import Activation
from tests.gui.painted import painted_texts


@pytest.mark.parametrize("last", [1, 3, 9, 12, 20, 30, 37.5, 61, 400, 1e6])
@pytest.mark.parametrize("width_px", [150, 320, 700, 1600])
def test_epochs_are_whole_numbers(qapp: QApplication, last: float, width_px: int) -> None:
    plot = Plot("plot")
    ((step, ticks),) = plot.axes["bottom"].tickValues(0.0, last, width_px)
    assert step == int(step)
    assert ticks == [int(tick) for tick in ticks]
    plot.close()


def test_shares_are_written_as_percent(qapp: QApplication) -> None:
    plot = Plot("plot")
    axis = plot.axes["left"]
    axis.is_share = True
    ((step, ticks),) = axis.tickValues(0.0, 1.0, 200.0)
    assert axis.tickStrings(ticks, 1.0, step)[::2] == ["0%", "40%", "80%"]
    plot.close()


def test_the_numbers_follow_the_language(qapp: QApplication, qtbot: QtBot) -> None:
    plot = Plot("plot")
    qtbot.addWidget(plot)
    plot.resize(300, 200)
    plot.box.setRange(xRange=(0, 1), yRange=(0, 2), padding=0)
    with qtbot.waitExposed(plot):
        plot.show()
    qtbot.waitUntil(lambda: "0.5" in painted_texts(plot.viewport()))
    with qtbot.waitSignal(Paints(plot.viewport()).seen):
        choose_language(qapp, "tr")
    assert {"0,5"} <= set(painted_texts(plot.viewport()))
    assert not [text for text in painted_texts(plot.viewport()) if "." in text]


class Paints(QObject):
    """Tells when a widget has been painted."""

    seen = Signal()

    def __init__(self, widget: QWidget) -> None:
        super().__init__(widget)
        widget.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Paint:
            self.seen.emit()
        return False


@pytest.mark.parametrize(
    ("activation", "low", "high"),
    [("sigmoid", 0.0, 1.0), ("tanh", -1.0, 1.0), ("relu", 0.0, 6.0), ("softplus", 0.0, 6.0025)],
)
def test_the_axis_of_a_curve_that_nears_1_reaches_it(
    activation: Activation, low: float, high: float
) -> None:
    assert activation_curves(activation, 6.0).bounds[2:] == pytest.approx((low, high), abs=1e-4)
