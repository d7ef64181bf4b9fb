"""What is not a number, or a huge one, is written shortly and painted without fault."""

from __future__ import annotations

import math

import numpy as np
import pytest
from pytestqt.qtbot import QtBot

from gui.vision_tab.inside.kernel_view import KernelView, Part
from gui.vision_tab.inside.map_views import LargeMap, MapGrid
from gui.vision_tab.inside.terms import TermRow, TermRows
from gui.vision_tab.inside.words import figure, signed
from vision.look.inside.cell import Cell, Source

WRONG = (math.nan, math.inf, -math.inf, 3.4e38)


def test_they_are_written_shortly() -> None:
    assert [figure(one) for one in WRONG] == ["NaN", "∞", "−∞", "3.40e38"]
    assert [signed(one) for one in WRONG] == ["NaN", "+∞", "−∞", "+3.40e38"]


@pytest.mark.parametrize("wrong", WRONG)
def test_they_are_painted(qtbot: QtBot, wrong: float) -> None:
    values = np.full((1, 3, 3), 0.5)
    values[0, 1, 1] = wrong
    kernel = KernelView(lambda _source: None)
    kernel.show_parts(
        [Part("R", values[0], values[0], np.ones((3, 3), bool), wrong, 0)],
        values,
        values,
        lambda *_place: None,
    )
    terms = TermRows("terms", lambda _source: None)
    terms.show_rows(
        [TermRow("R", "", wrong, Source("x", Cell(0, 0, 0))), TermRow("G", "", 1.0, None)]
    )
    grid, large = MapGrid(lambda _map: None), LargeMap(lambda _row, _column: None)
    grid.show_maps(values, 0)
    large.show_map(values[0], Cell(0, 1, 1))
    for widget in (kernel, terms, grid, large):
        qtbot.addWidget(widget)
        widget.resize(300, 200)
        assert not widget.grab().isNull()
