"""Hidden space in the dock: rows, line and words follow the network, and what is picked."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from msgspec.structs import replace
from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QToolButton
from pytestqt.qtbot import QtBot

from gui.build_tab.dock.hidden_view import HiddenSpaceView
from gui.build_tab.workbench import Workbench
from gui.document import ExperimentDocument
from model.data.gates import corners
from model.edits import network as edits
from model.experiment import DataSpec, Experiment, GateData, PlaneData, TableData
from model.places import UnitAt
from tests.gui.build_tab.looking import set_units
from tests.gui.build_tab.plot_states import point_at
from tests.gui.build_tab.reading_hands import settle
from tests.gui.build_tab.runs_seen import run_ends

LEFT = Qt.MouseButton.LeftButton


@pytest.fixture
def hidden(bench: Workbench, qtbot: QtBot) -> HiddenSpaceView:
    """Return the view, brought to the front by a click on its tab."""
    tabs = bench.dock.tabs
    index = next(i for i in range(tabs.count()) if tabs.tabText(i) == "Hidden space")
    assert tabs.isTabVisible(index)
    qtbot.mouseClick(tabs, LEFT, pos=tabs.tabRect(index).center())
    qtbot.waitUntil(bench.dock.hidden.map.isVisible)
    return bench.dock.hidden


def places(hidden: HiddenSpaceView) -> np.ndarray:
    """Return where the rows are drawn, shape (rows, 2)."""
    points = hidden.map.layer.points
    assert points is not None
    return np.stack([points.x, points.y], axis=1)


def pick(qtbot: QtBot, button: QToolButton, text: str) -> None:
    """Choose an entry of a picker's list by Enter."""
    menu = button.menu()
    menu.popup(button.mapToGlobal(QPoint(0, button.height())))
    qtbot.waitUntil(menu.isVisible)
    action = next(action for action in menu.actions() if action.text() == text)
    menu.setActiveAction(action)
    qtbot.keyClick(menu, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: not menu.isVisible())


def expected(bench: Workbench, units: tuple[int, int]) -> np.ndarray:
    network = bench.model.state.network
    return network.activations(corners(2))[0][1][:, list(units)]


def test_two_units_fold_xor_until_one_line_parts_it(
    bench: Workbench, hidden: HiddenSpaceView, qtbot: QtBot, document: ExperimentDocument
) -> None:
    set_units(bench, 0, 2, qtbot)
    bench.model.edit("tanh", lambda e: edits.with_activation(e, 0, "tanh"))
    settle(qtbot, bench)
    np.testing.assert_allclose(places(hidden), expected(bench, (0, 1)))
    assert hidden.map.across.text() == "h₁ ▾"
    assert hidden.map.up.text() == "h₂ ▾"
    with run_ends(qtbot, bench.model):
        bench.model.train()
    np.testing.assert_allclose(places(hidden), expected(bench, (0, 1)))
    assert hidden.sentence.text() == "Agrees with the network on all 4 rows."
    # The line of the picture tells each row's answer.
    w, b = bench.model.state.network.weights[1][:, 0], bench.model.state.network.biases[1][0]
    sides = places(hidden) @ w + b > 0
    answers = bench.model.state.network.forward(corners(2))[:, 0] > 0.5
    np.testing.assert_array_equal(sides, answers)


def test_it_follows_the_time_machine(
    bench: Workbench, hidden: HiddenSpaceView, qtbot: QtBot, document: ExperimentDocument
) -> None:
    with run_ends(qtbot, bench.model):
        bench.model.train()
    end = places(hidden)
    bench.model.show_epoch(0)
    qtbot.waitUntil(lambda: bench.model.state.epoch == 0)
    start = places(hidden)
    assert not np.allclose(start, end)
    network = bench.model.state.network
    drawn = network.activations(corners(2))[0][1]
    for column in start.T:
        assert any(np.allclose(column, each) for each in drawn.T)


def test_a_row_that_is_pointed_at_is_shown_everywhere_and_a_click_keeps_it(
    bench: Workbench, hidden: HiddenSpaceView, qtbot: QtBot
) -> None:
    set_units(bench, 0, 2, qtbot)
    bench.model.edit("tanh", lambda e: edits.with_activation(e, 0, "tanh"))
    bench.model.choose_row(0)
    one_line = hidden.sentence.fontMetrics().height()
    qtbot.waitUntil(lambda: hidden.sentence.height() == one_line)  # laid out for two units
    at = hidden.map.to_px(*places(hidden)[3]).toPoint()
    point_at(hidden.map, at)
    qtbot.waitUntil(lambda: bench.model.state.row == 3)
    point_at(hidden.map, hidden.map.rect().bottomLeft() - QPoint(0, 2))
    qtbot.waitUntil(lambda: bench.model.state.row == 0)
    qtbot.mouseClick(hidden.map, LEFT, pos=at)
    point_at(hidden.map, hidden.map.rect().bottomLeft() - QPoint(0, 2))
    qtbot.waitUntil(lambda: bench.model.state.row == 3)
    assert bench.data.table.view.currentIndex().row() == 3


def test_the_chosen_row_is_marked_and_every_place_is_told(
    bench: Workbench, hidden: HiddenSpaceView, qtbot: QtBot
) -> None:
    set_units(bench, 0, 2, qtbot)
    bench.model.edit("tanh", lambda e: edits.with_activation(e, 0, "tanh"))
    one_line = hidden.sentence.fontMetrics().height()
    qtbot.waitUntil(lambda: hidden.sentence.height() == one_line)
    pictures = []
    for row in range(4):
        bench.model.hover_row(row)  # as the table does while a row is pointed at
        pictures.append(hidden.map.grab().toImage())
    assert all(a != b for a, b in itertools.pairwise(pictures))
    said = hidden.map.accessibleDescription()
    for name, (x, y) in zip(("(0, 0)", "(0, 1)", "(1, 0)", "(1, 1)"), places(hidden), strict=True):
        assert f"{name}: {x:.2f}; {y:.2f}.".replace("-", "−") in said


def test_units_and_components_are_picked_on_the_axes(
    bench: Workbench, hidden: HiddenSpaceView, qtbot: QtBot
) -> None:
    set_units(bench, 0, 4, qtbot)
    pick(qtbot, hidden.map.across, "h₄")
    pick(qtbot, hidden.map.up, "h₁")
    np.testing.assert_allclose(places(hidden), expected(bench, (3, 0)))
    pick(qtbot, hidden.map.up, "h₄")  # the two change places
    np.testing.assert_allclose(places(hidden), expected(bench, (0, 3)))
    pick(qtbot, hidden.map.across, "Principal components")
    a = bench.model.state.network.activations(corners(2))[0][1]
    x = a - a.mean(axis=0)
    kept = np.square(np.linalg.svd(x, compute_uv=False)[:2]).sum()
    assert np.square(places(hidden)).sum() == pytest.approx(kept)
    assert "of the spread" in hidden.sentence.text()
    assert hidden.map.across.text() == "PC₁ ▾"


def test_the_layer_is_picked_with_its_units_and_the_line_with_its_unit(
    bench: Workbench, hidden: HiddenSpaceView, qtbot: QtBot
) -> None:
    set_units(bench, 0, 3, qtbot)
    bench.model.add_layer(1)
    set_units(bench, 1, 2, qtbot)
    settle(qtbot, bench)
    assert hidden.map.across.text() == "h₂₋₁ ▾"
    assert not hidden.line.isVisible()
    pick(qtbot, hidden.map.across, "h₁₋₃")
    network = bench.model.state.network
    first = network.activations(corners(2))[0][1]
    np.testing.assert_allclose(places(hidden), first[:, [2, 1]])
    assert hidden.line.isVisible()
    pick(qtbot, hidden.line, "h₂₋₂")
    assert hidden.line.text().startswith("h₂")
    assert "rows" in hidden.sentence.text()
    bench.model.remove_layer(0)  # what was picked is gone
    assert len(places(hidden)) == 4


def test_a_slice_says_which_row_it_is_true_for(
    bench: Workbench, hidden: HiddenSpaceView, qtbot: QtBot
) -> None:
    """The third unit decides alone, so the other two say nothing of the rows."""
    weights = {
        0: np.array([[1.0, 0.0, 3.0], [0.0, 1.0, 0.0]]),
        1: np.array([[0.0], [0.0], [5.0]]),
    }
    set_units(bench, 0, 3, qtbot)
    bench.model.edit("tanh", lambda e: edits.with_activation(e, 0, "tanh"))

    def with_weights(experiment: Experiment) -> Experiment:
        layers = tuple(
            replace(layer, weights=weights[n], biases=np.full(layer.units, -1.0 * (n == 0)))
            for n, layer in enumerate(experiment.network.layers)
        )
        return replace(experiment, network=replace(experiment.network, layers=layers))

    bench.model.edit("weights", with_weights)
    pick(qtbot, hidden.map.across, "h₁")
    pick(qtbot, hidden.map.up, "h₂")
    bench.model.choose_row(1)
    text = "A slice, true for (0, 1); it agrees with the network on 2 of 4 rows."
    settle(qtbot, bench)
    assert hidden.sentence.text() == text
    pick(qtbot, hidden.map.up, "h₃")
    assert (
        hidden.sentence.text()
        == "A slice: h₂ at its value in row (0, 1); agrees with the network on all 4 rows."
    )
    bench.model.choose_row(-1)
    assert (
        hidden.sentence.text() == "A slice: h₂ at its mean; agrees with the network on all 4 rows."
    )


def test_a_line_of_one_unit_of_several_speaks_for_that_unit(
    bench: Workbench, hidden: HiddenSpaceView, qtbot: QtBot
) -> None:
    bench.model.add_layer(1)
    set_units(bench, 0, 2, qtbot)
    bench.model.choose_row(-1)
    settle(qtbot, bench)
    pick(qtbot, hidden.map.across, "h₁₋₁")
    assert hidden.sentence.text() == "Agrees with h₂₋₁ on all 4 rows."
    bench.model.remove_layer(1)
    settle(qtbot, bench)
    assert hidden.sentence.text() == "Agrees with the network on all 4 rows."


def test_labels_are_whole_and_cover_nothing(
    bench: Workbench, hidden: HiddenSpaceView, qtbot: QtBot
) -> None:
    for seed in range(6):
        bench.model.new_start(seed)
        with run_ends(qtbot, bench.model):
            bench.model.train()
        hidden.grab()
        labels = hidden.map.labels
        told = " ".join(text for text, _ in labels)
        assert "(0, 0)" in told or len(labels) < 4
        boxes = [box for _, box in labels]
        for index, box in enumerate(boxes):
            assert hidden.map.ground.contains(box)
            assert not any(box.intersects(other) for other in boxes[index + 1 :])
            for place in places(hidden):
                assert not box.contains(hidden.map.to_px(*place))


def test_the_grid_of_the_inputs_can_be_left_out(
    bench: Workbench, hidden: HiddenSpaceView, qtbot: QtBot
) -> None:
    with_grid = hidden.map.grab().toImage()
    qtbot.mouseClick(hidden.grid, LEFT)
    assert hidden.map.grab().toImage() != with_grid
    qtbot.mouseClick(hidden.grid, LEFT)
    hidden.map.leaveEvent(None)
    assert hidden.map.grab().toImage() == with_grid


def test_without_a_hidden_layer_there_is_a_sentence(
    bench: Workbench, hidden: HiddenSpaceView, qtbot: QtBot
) -> None:
    bench.model.remove_layer(0)
    settle(qtbot, bench)
    assert "no hidden layer" in hidden.message.text()
    assert hidden.message.isVisible()
    assert not hidden.map.isVisible()
    bench.model.document.undo_stack.undo()
    settle(qtbot, bench)
    assert hidden.map.isVisible()


def test_numbers_without_end_are_said(bench: Workbench, hidden: HiddenSpaceView) -> None:
    def with_huge(experiment: Experiment) -> Experiment:
        layers = tuple(
            replace(
                layer,
                activation="relu" if n == 0 else layer.activation,
                weights=np.full((2 if n == 0 else layer_inputs(experiment), layer.units), 1e308),
            )
            for n, layer in enumerate(experiment.network.layers)
        )
        return replace(experiment, network=replace(experiment.network, layers=layers))

    def layer_inputs(experiment: Experiment) -> int:
        return experiment.network.layers[0].units

    bench.model.edit("huge", with_huge)
    assert "are no finite numbers" in hidden.message.text()
    assert not hidden.map.isVisible()


@pytest.mark.parametrize(
    ("data", "outputs"),
    [
        (TableData("iris", "standard"), 3),
        (PlaneData("regression_gaussian"), 1),
        (GateData("full_adder", 3), 2),
        (PlaneData("spiral"), 1),
        (TableData("digits", "min_max"), 10),
    ],
)
def test_other_data_are_drawn_too(
    bench: Workbench, hidden: HiddenSpaceView, qtbot: QtBot, data: DataSpec, outputs: int
) -> None:
    bench.model.choose_data(data)
    qtbot.waitUntil(lambda: bench.model.state.data.is_ready, timeout=20_000)
    assert len(bench.model.state.experiment.network.layers) > 1
    points = hidden.map.layer.points
    assert points is not None
    assert 0 < len(points.x) <= 400
    assert hidden.sentence.text()
    assert bench.model.state.dataset.outputs == outputs
    is_several = outputs > 1 and bench.model.state.dataset.task != "multiclass"
    settle(qtbot, bench)
    assert hidden.line.isVisible() == is_several


def test_views_without_room_are_listed_behind_a_button(
    bench: Workbench, hidden: HiddenSpaceView, qtbot: QtBot
) -> None:
    tabs, more = bench.dock.tabs, bench.dock.more
    shown = [tabs.tabText(i) for i in range(tabs.count()) if tabs.isTabVisible(i)]
    assert shown[:2] == ["Weights", "Hidden space"]
    assert "Landscape" not in shown
    pick(qtbot, more, "Landscape")
    assert bench.dock.current == "landscape"
    index = tabs.currentIndex()
    assert tabs.isTabVisible(index)
    assert tabs.rect().contains(tabs.tabRect(index))
    assert bench.model.state.selection.unit != UnitAt(0, 0)
