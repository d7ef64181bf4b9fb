"""What is painted has a role, a name and, in words, what is seen now."""

from __future__ import annotations

import re

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QAccessible, QAccessibleInterface
from PySide6.QtWidgets import QAbstractButton, QLabel, QWidget
from pytestqt.qtbot import QtBot

from gui.build_tab.data_panel.row_list import SampleGrid
from gui.build_tab.dock.weights_view import WeightsView
from gui.build_tab.output_panel.hull_drawing import HullDrawing
from gui.build_tab.tab import BuildTab
from gui.widgets.slider import Slider
from gui.window import GlassnetWindow
from model.experiment import GateData, PlaneData, TableData
from model.places import WeightAt
from tests.gui.build_tab.looking import bench
from tests.gui.build_tab.reading_hands import settle
from tests.gui.finding import find

NAME, DESCRIPTION = QAccessible.Text.Name, QAccessible.Text.Description
Role = QAccessible.Role
PATIENT_MS = 30_000


@pytest.fixture
def tab(window: GlassnetWindow) -> BuildTab:
    return bench(window)


def told(widget: QWidget) -> QAccessibleInterface:
    found = QAccessible.queryAccessibleInterface(widget)
    assert found is not None
    return found


def seen(widget: QWidget) -> str:
    """Return a drawing's description; it is a picture with a name."""
    part = told(widget)
    assert part.role() == Role.Graphic
    assert part.text(NAME)
    return part.text(DESCRIPTION)


def test_a_slider_says_what_is_chosen_as_it_is_written(tab: BuildTab, qtbot: QtBot) -> None:
    tab.model.choose_data(PlaneData("circle"))
    noise = find(tab, Slider, "noise")
    qtbot.waitUntil(noise.isVisible)
    noise.setValue(12)
    assert told(noise).text(NAME) == "Noise"
    scatter = "Scatter of the points: standard deviation 0.06"
    assert told(noise).text(DESCRIPTION) == scatter
    assert told(noise).text(QAccessible.Text.Value) == "0.12"
    worth = told(noise).valueInterface()
    assert (worth.currentValue(), worth.maximumValue(), worth.minimumStepSize()) == (
        0.12,
        0.5,
        0.01,
    )
    worth.setCurrentValue(0.3)
    assert noise.value() == 30
    assert told(noise).textInterface() is None
    assert told(noise).actionInterface() is not None
    split = find(tab, Slider, "split")
    assert told(split).text(DESCRIPTION) == "200 train, 50 test. Share of the rows to train on"


def test_the_loss_curves_say_how_they_run(tab: BuildTab, qtbot: QtBot) -> None:
    plot = tab.workbench.loss.plot
    assert seen(plot) == "No curve yet."
    for epoch in (1, 2):
        tab.model.step(whole_epoch=True)
        qtbot.waitUntil(lambda e=epoch: tab.model.state.epoch == e and tab.model.is_idle)  # type: ignore[misc]  # a lambda's default has no type
    first, last, *_ = re.findall(r"0\.\d+", seen(plot))
    assert re.fullmatch(
        rf"Training loss from {first} to {last}, lowest 0\.\d+ at epoch [012]\.", seen(plot)
    )
    _, latest = plot.accessible_items()[0][1:]
    assert float(last) == pytest.approx(latest, rel=1e-2)


def test_the_decision_map_says_what_is_answered_where(tab: BuildTab, qtbot: QtBot) -> None:
    tab.model.choose_data(GateData("and"))
    tab.model.remove_layer(0)
    settle(qtbot, tab.workbench)
    weigh(tab, 0.0, 0.0, 5.0)
    assert seen(tab.workbench.output.map) == "1 over 100% of the plane."
    weigh(tab, 1.0, 0.0, -0.5)
    low, high = (float(s) for s in re.findall(r"(\d+)%", seen(tab.workbench.output.map)))
    assert low + high == 100.0
    assert low == pytest.approx(50.0, abs=2.0)  # a column of the map more or less


def test_a_regression_says_from_what_to_what_it_answers(tab: BuildTab, qtbot: QtBot) -> None:
    tab.model.choose_data(PlaneData("regression_plane"))
    find(tab, QAbstractButton, "output_view_map").click()
    said = re.compile(r"Over the plane it answers (minus )?[\d.]+ to (minus )?[\d.]+\.")
    qtbot.waitUntil(lambda: said.fullmatch(seen(tab.workbench.output.map)) is not None)


def test_the_histograms_say_how_weights_are_spread(tab: BuildTab, qtbot: QtBot) -> None:
    tab.model.choose_data(GateData("and"))
    tab.model.remove_layer(0)
    settle(qtbot, tab.workbench)
    weigh(tab, 0.5, -1.0, 0.0)
    said = seen(find(tab, WeightsView, "weights_view"))
    found = re.fullmatch(
        r"Output, 2, sigma 0\.75: between minus 1\.\d+ and 0\.\d+, most from .+ to .+\.", said
    )
    assert found is not None, said


def test_the_hulls_say_whether_they_meet(tab: BuildTab, qtbot: QtBot) -> None:
    drawing = find(tab.workbench.output.verdict, HullDrawing, "hull_drawing")
    for gate, said in (
        ("xor", "2 points of one class, 2 of the other. Their hulls meet."),
        ("and", "3 points of one class, 1 of the other. A border parts them."),
    ):
        tab.model.choose_data(GateData(gate))
        qtbot.waitUntil(lambda s=said: seen(drawing) == s)  # type: ignore[misc]  # a lambda's default has no type


def test_the_samples_are_heard_one_by_one(
    tab: BuildTab, window: GlassnetWindow, qtbot: QtBot
) -> None:
    tab.model.choose_data(TableData("digits"))
    grid = find(tab, SampleGrid, "sample_grid")
    qtbot.waitUntil(lambda: told(grid).childCount() > 0, timeout=PATIENT_MS)
    first, second = (told(grid).child(place) for place in (0, 1))
    assert second is not None
    assert re.fullmatch(r"row \d+: \d, (answered rightly|taken for \d)", first.text(NAME))
    window.activateWindow()
    grid.setFocus(Qt.FocusReason.TabFocusReason)
    qtbot.waitUntil(grid.hasFocus)
    tab.model.choose_row(-1)
    qtbot.keyClick(grid, Qt.Key.Key_Right)
    qtbot.keyClick(grid, Qt.Key.Key_Right)
    qtbot.waitUntil(lambda: bool(second.state().focused))
    assert told(grid).focusChild() is second


def test_the_column_of_ticks_has_a_heading_to_be_heard(tab: BuildTab) -> None:
    heads = tab.workbench.data.table.model
    role = Qt.ItemDataRole.AccessibleTextRole
    last = heads.columnCount() - 1
    assert heads.headerData(last, Qt.Orientation.Horizontal, role) == "Right or wrong"
    assert heads.headerData(last, Qt.Orientation.Horizontal) == ""


ORNAMENTS = {"Badge", "ClassMark", "LineSwatch"}
"""What is painted beside words that say the same."""


@pytest.mark.parametrize(
    "data", [GateData("xor"), PlaneData("regression_plane"), TableData("iris")]
)
def test_whatever_is_painted_is_named_and_says_what_is_seen(
    tab: BuildTab, window: GlassnetWindow, qtbot: QtBot, data: GateData | PlaneData | TableData
) -> None:
    tab.model.choose_data(data)
    tab.workbench.make_hidden()
    tab.model.open_microscope()
    qtbot.waitUntil(tab.workbench.microscope.isVisible)
    for number in (window.BUILD, window.TEACH, window.VISION):
        window.show_tab(number)
        painted = [each for each in window.findChildren(QWidget) if is_painted(each)]
        assert painted
        nameless = {type(each).__name__ for each in painted if not told(each).text(NAME)}
        assert nameless <= ORNAMENTS


def is_painted(widget: QWidget) -> bool:
    """Tell whether a class of ours paints all of a widget that is in sight and has something."""
    kinds = [kind for kind in type(widget).__mro__ if kind.__module__.startswith("gui.")]
    is_ours = any("paintEvent" in vars(kind) for kind in kinds)
    is_shown = widget.isVisible() and widget.objectName() != "status_figures"  # empty at first
    return is_ours and is_shown and not isinstance(widget, QAbstractButton | QLabel)


def weigh(tab: BuildTab, *values: float) -> None:
    """Type the first unit's weights and bias."""
    tab.model.set_weights({WeightAt(0, row, 0): value for row, value in enumerate(values)}, "")
