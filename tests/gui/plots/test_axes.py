"""The numbers of an axis."""

from __future__ import annotations

import pytest
from PySide6.QtWidgets import QApplication

from gui.plots.axes import make_plot


@pytest.mark.parametrize("last", [1, 3, 9, 12, 20, 30, 37.5, 61, 400, 1e6])
@pytest.mark.parametrize("width_px", [150, 320, 700, 1600])
def test_epochs_are_whole_numbers(qapp: QApplication, last: float, width_px: int) -> None:
    plot = make_plot("plot", whole_x=True)
    ((step, ticks),) = plot.getAxis("bottom").tickValues(0.0, last, width_px)
    assert step == int(step)
    assert ticks == [int(tick) for tick in ticks]
    plot.close()


def test_shares_are_written_as_percent(qapp: QApplication) -> None:
    plot = make_plot("plot")
    axis = plot.getAxis("left")
    axis.is_share = True
    ((step, ticks),) = axis.tickValues(0.0, 1.0, 200.0)
    assert axis.tickStrings(ticks, 1.0, step)[::2] == ["0%", "40%", "80%"]
    plot.close()
