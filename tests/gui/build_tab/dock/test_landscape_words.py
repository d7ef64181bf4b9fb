"""What the landscape says about its colours is what a person sees, in either theme."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest
from PySide6.QtWidgets import QApplication, QLabel
from pytestqt.qtbot import QtBot

from gui.build_tab.build_model import BuildModel
from gui.build_tab.dock.landscape_view import LandscapeView
from gui.build_tab.state import InsightView
from gui.settings import choose_theme
from model.insight import Landscape
from tests.gui.finding import find


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_the_hint_names_the_lightness_of_low_losses(
    qtbot: QtBot, qapp: QApplication, build_model: BuildModel, theme: str
) -> None:
    view = LandscapeView(build_model)
    qtbot.addWidget(view)
    view.resize(292, 240)
    view.show()
    loss = np.tile(np.geomspace(0.001, 1.0, 40), (40, 1))  # low at the left
    ends, nothing = np.array([0.0, 1.0]), np.empty(0)
    found = Landscape(ends, ends, loss, np.empty((0, 2)), nothing, 0.9, np.empty(0, int))
    view.show_state(dataclasses.replace(build_model.state, insight=InsightView(landscape=found)))
    hint = find(view, QLabel, "landscape_hint")
    choose_theme(qapp, theme)
    picture = view.surface.grab().toImage()
    middle = picture.height() // 2
    low = picture.pixelColor(8, middle).lightnessF()
    high = picture.pixelColor(picture.width() - 8, middle).lightnessF()
    assert abs(low - high) > 0.2
    assert hint.text().startswith("Brighter" if low > high else "Darker")


def test_a_screen_reader_is_told_how_high_it_goes_and_where_the_path_leads(
    qtbot: QtBot, build_model: BuildModel
) -> None:
    view = LandscapeView(build_model)
    qtbot.addWidget(view)
    assert view.surface.in_words() == ""
    loss = np.tile(np.geomspace(0.001, 1.0, 40), (40, 1))
    ends, path = np.array([0.0, 1.0]), np.array([[0.9, 0.5], [0.1, 0.5]])
    found = Landscape(ends, ends, loss, path, np.array([0.5, 0.002]), 0.9, np.array([0, 30]))
    view.show_state(dataclasses.replace(build_model.state, insight=InsightView(landscape=found)))
    assert view.surface.in_words() == (
        "The loss lies between 0.00100 and 1.00 here. "
        "The path leads from 0.500 at the start to 0.00200 at epoch 30."
    )
