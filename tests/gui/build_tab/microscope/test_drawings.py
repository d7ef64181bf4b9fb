"""The microscope's tiles have room for their numbers."""

from __future__ import annotations

import pytest
from pytestqt.qtbot import QtBot

from gui.build_tab.microscope.drawings import ChainTiles, Factor
from gui.build_tab.microscope.step_view import short_figure
from tests.gui.painted import painted_texts


@pytest.mark.parametrize(
    "values",
    [
        (0.25, 0.135, -0.415, -0.014),
        (3.32e-17, 0.135, -0.415, -1.86e-18),
        (-3.32e-17, 2.35e-12, -0.415, -1.86e-29),
        (-3.32e-17, 1.35e-12, -4.15e-11, -1.86e-39),
    ],
)
def test_no_number_of_a_chain_is_cut(
    dressed: None, qtbot: QtBot, values: tuple[float, ...]
) -> None:
    tiles = ChainTiles()
    qtbot.addWidget(tiles)
    tiles.resize(392, tiles.height())
    names = ("∂L/∂a", "∂a/∂z", "∂z/∂w₁", "∂L/∂w₁")
    tiles.show_factors([Factor(*each, "Tanh") for each in zip(names, values, strict=True)])
    assert {short_figure(value) for value in values} <= set(painted_texts(tiles))
