"""The output panel: map, matrix, scores, probe and the tools for points."""

from __future__ import annotations

import dataclasses
import re
from collections import Counter
from typing import Any

import numpy as np
import pytest
from msgspec.structs import replace
from PySide6.QtCore import QEvent, QPoint, QPointF, Qt, QTimer
from PySide6.QtGui import QContextMenuEvent, QHelpEvent
from PySide6.QtWidgets import (
    QApplication,
    QComboBox,
    QLabel,
    QLineEdit,
    QMenu,
    QScrollArea,
    QToolButton,
    QToolTip,
)
from pytestqt.qtbot import QtBot

from gui.build_tab.build_model import BuildModel
from gui.build_tab.output_panel.panel import OutputPanel
from gui.build_tab.output_panel.scores import Score
from gui.build_tab.state import BuildState
from gui.build_tab.status import rows_sentence
from gui.format import show_integer, significant
from gui.settings import choose_theme
from gui.theme import DARK, LIGHT
from model.defaults import default_experiment
from model.experiment import FloatArray, GateData, PlaneData, PointsData, TableData
from model.initialisers import initialise
from model.metrics import OPEN, RIGHT, WRONG
from model.training import Trainer
from tests.gui.build_tab.plot_states import drag, state_of, trained
from tests.gui.finding import find
from tests.gui.painted import painted_curves, painted_texts


def colour_at(panel: OutputPanel, x: float, y: float) -> tuple[int, int, int]:
    """Return the colour of the map at a place of the plane."""
    at = panel.map.to_px(x, y).toPoint()
    colour = panel.map.grab().toImage().pixelColor(at)
    return colour.red(), colour.green(), colour.blue()


def places_of(panel: OutputPanel, dashed: bool) -> FloatArray:
    """Return the places of the plane, shape (places, 2), where the map's level lines bend."""
    at = painted_curves(panel.map, dashed)
    return np.array([panel.map.to_plane(QPointF(*place)) for place in at.tolist()]).reshape(-1, 2)


def share_of_commonest(panel: OutputPanel, count: int) -> float:
    """Return the share of the map's ground that its `count` commonest colours take."""
    image = panel.map.grab(panel.map.ground.toAlignedRect()).toImage()
    pixels = [
        image.pixelColor(x, y).rgb() for x in range(image.width()) for y in range(image.height())
    ]
    return sum(number for _, number in Counter(pixels).most_common(count)) / len(pixels)


def choose_look(panel: OutputPanel, qtbot: QtBot, name: str) -> None:
    """Choose an entry of the map's menu by its button and the keyboard."""
    button = find(panel, QToolButton, "map_more")
    menu = button.menu()
    assert isinstance(menu, QMenu)
    names = [action.objectName() for action in menu.actions() if action.isEnabled()]

    def choose() -> None:
        for _ in range(names.index(name) + 1):
            qtbot.keyClick(menu, Qt.Key.Key_Down)
        qtbot.keyClick(menu, Qt.Key.Key_Return)

    QTimer.singleShot(0, menu, choose)
    qtbot.mouseClick(button, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: not menu.isVisible())


@pytest.mark.parametrize(
    ("test_rows", "sentence"),
    [
        (0, "The most common class alone: 60.0%."),
        (1, "The most common class alone: 60.0% of the training rows."),
        (10, "Most common training class: 46.0%."),
    ],
)
def test_the_baseline_says_which_rows_it_is_of(
    panel: OutputPanel, test_rows: int, sentence: str
) -> None:
    """Of two classes the most common one has less than half only of rows it was not counted in."""
    test = Score(0.5, test_rows, 0.46) if test_rows else None
    panel.scores.show_scores(Score(0.5, 50, 0.6), test, regression=False)
    assert find(panel, QLabel, "baseline").text() == sentence


def points_of(model: BuildModel) -> tuple[tuple[float, float, float], ...]:
    data = model.document.experiment.data
    assert isinstance(data, PointsData)
    return data.points


def test_counts_while_large_data_train_are_of_the_rows_that_were_measured(
    panel: OutputPanel,
) -> None:
    few = trained(PlaneData("circle", 40), (16,))[0].experiment()
    training = replace(few.training, batch_size=1000)
    trainer = Trainer(replace(few, data=PlaneData("circle", 400_000), training=training))
    snapshot = trainer.snapshot()
    panel.show_state(state_of(trainer, snapshot, running=True))
    counts = find(panel, QLabel, "train_counts")
    rows, right = snapshot.train_rows, snapshot.train_accuracy
    assert rows < len(trainer.dataset.x_train)
    assert counts.text() == f"{show_integer(round(rows * right))} / {show_integer(rows)}"


def shown(panel: OutputPanel, *run: Any, row: int = -1) -> BuildState:
    """Show the end of a run."""
    trainer, snapshots = trained(*run)
    state = state_of(trainer, snapshots[-1], row)
    panel.show_state(state)
    return state


def is_class_1(panel: OutputPanel, x: float, y: float) -> bool:
    red, _, blue = colour_at(panel, x, y)
    return blue > red


# -- The map ---------------------------------------------------------------------------------------


def test_the_map_shows_the_networks_answers(
    panel: OutputPanel, qapp: QApplication, qtbot: QtBot
) -> None:
    state = shown(panel)
    network, chart = state.network, panel.map
    qtbot.waitUntil(lambda: chart.ground.width() > 200)
    places = np.array([(0.3, 0.3), (0.3, 0.75), (0.75, 0.3), (0.75, 0.75)])
    answers = network.forward(places)[:, 0] > 0.5
    assert [is_class_1(panel, *place) for place in places.tolist()] == answers.tolist()
    line = places_of(panel, dashed=False)
    assert len(line) > 20
    assert network.forward(line)[:, 0] == pytest.approx(0.5, abs=0.03)
    assert len(places_of(panel, dashed=True)) == 0
    choose_look(panel, qtbot, "map_margin")
    sure = network.forward(places_of(panel, dashed=True))[:, 0]
    assert set(sure.round(1).tolist()) == {0.1, 0.9}
    assert chart.to_plane(chart.to_px(0.3, 0.7)) == pytest.approx((0.3, 0.7))
    assert chart.to_plane(QPointF(-50, -50)) == (chart.bounds[0], chart.bounds[3])
    for theme, ground in (("dark", DARK.bg1), ("light", LIGHT.bg1)):
        choose_theme(qapp, theme)
        corner = chart.grab().toImage().pixelColor(2, chart.height() - 2)
        assert corner.name().upper() == ground


def test_what_was_shown_while_hidden_is_drawn_when_seen(
    build_model: BuildModel, qtbot: QtBot
) -> None:
    hidden = OutputPanel(build_model)
    qtbot.addWidget(hidden)
    shown(hidden)
    hidden.show()
    assert hidden.map.layer.points is not None
    assert find(hidden, QLabel, "test_accuracy").text().endswith("%")
    middle = hidden.map.rect().center()
    reason = QContextMenuEvent.Reason.Mouse
    event = QContextMenuEvent(reason, middle, hidden.map.mapToGlobal(middle))
    QApplication.sendEvent(hidden.map, event)
    menu = find(hidden, QToolButton, "map_more").menu()
    assert menu is not None
    qtbot.waitUntil(menu.isVisible)
    menu.close()


def test_rings_mark_exactly_the_wrong_rows_and_test_rows_can_be_left_out(
    panel: OutputPanel, qtbot: QtBot
) -> None:
    trainer, _ = trained(PlaneData("spiral", points=120), (2,), 0.4, 20)
    state = state_of(trainer, None)
    panel.show_state(state)
    dataset, points = state.dataset, panel.map.layer.points
    assert points is not None
    for test, x, y in (
        (False, dataset.x_train, dataset.y_train),
        (True, dataset.x_test, dataset.y_test),
    ):
        answers = state.network.forward(x)[:, 0]
        wrong = (answers > 0.5) != (y[:, 0] > 0.5)
        undecided = abs(answers - 0.5) <= 0.0005
        outcomes = panel.map.outcomes[points.test == test]
        np.testing.assert_array_equal(outcomes == WRONG, wrong & ~undecided)
        np.testing.assert_array_equal(outcomes == OPEN, undecided)
    for is_test, columns in ((False, [dataset.x_train]), (True, [dataset.x_train, dataset.x_test])):
        choose_look(panel, qtbot, "map_test_rows")
        points = panel.map.layer.points
        assert points is not None
        assert points.test.any() == is_test
        np.testing.assert_array_equal(points.x, np.vstack(columns)[:, 0])


def test_classes_only_leaves_one_shade_a_class(panel: OutputPanel, qtbot: QtBot) -> None:
    shown(panel, TableData("iris"), (4,), 0.5, 30)
    qtbot.waitUntil(lambda: panel.map.ground.width() > 200)
    assert share_of_commonest(panel, 3) < 0.4
    choose_look(panel, qtbot, "map_classes_only")
    assert share_of_commonest(panel, 3) > 0.7


def test_a_truth_table_with_three_inputs_offers_the_two_shown(
    panel: OutputPanel, qtbot: QtBot
) -> None:
    state = shown(panel, GateData("parity", inputs=3), (6,), 0.0, 300, row=1)
    first = find(panel, QComboBox, "map_first_input")
    first.setFocus()
    qtbot.keyClick(first, Qt.Key.Key_End)
    assert first.currentIndex() == 2
    row = state.row_x
    assert row is not None
    answer = state.network.forward(np.array([[row[0], row[1] + 0.2, row[2] + 0.2]]))[0, 0]
    assert is_class_1(panel, float(row[2]) + 0.2, float(row[1]) + 0.2) == (answer > 0.5)


def test_an_adder_offers_which_output_is_mapped(panel: OutputPanel) -> None:
    shown(panel, GateData("half_adder"), (4,), 0.0, 300)
    output = find(panel, QComboBox, "map_output")
    before = is_class_1(panel, 1.15, 1.15)
    output.setCurrentIndex(1)
    assert is_class_1(panel, 1.15, 1.15) != before


def test_many_rows_on_one_spot_are_one_mark_with_their_number(panel: OutputPanel) -> None:
    state = shown(panel, TableData("titanic", "standard"), (4,), 0.3, 30)
    dataset, chart = state.dataset, panel.map
    x = np.concatenate([dataset.x_train, dataset.x_test])[:, :2]
    y = np.concatenate([dataset.y_train, dataset.y_test])[:, 0]
    wrong = np.concatenate([answers.wrong_rows for answers in state.all_answers])
    places, of, numbers = np.unique(x, axis=0, return_inverse=True, return_counts=True)
    assert {show_integer(int(number)) for number in numbers} <= set(painted_texts(chart))
    sizes = {spot.rows: spot.radius_px for spot in chart.layer.spots}
    assert sizes[int(numbers.max())] == max(sizes.values()) > min(sizes.values())
    for place, (left, up) in enumerate(places.tolist()):
        here = of.ravel() == place
        at = chart.to_px(left, up).toPoint()
        QApplication.sendEvent(chart, QHelpEvent(QEvent.Type.ToolTip, at, chart.mapToGlobal(at)))
        said = QToolTip.text()
        assert said.startswith(f"{show_integer(int(here.sum()))} rows here; ")
        for kind, name in enumerate(dataset.class_names):
            assert f"{name}: {show_integer(int((y[here] == kind).sum()))}" in said
        missed = int(wrong[here].sum())
        assert (f"wrong: {show_integer(missed)}" in said) == (missed > 0)
        assert said in chart.accessibleDescription()


def test_the_column_is_no_wider_than_the_narrow_window_has_room_for(panel: OutputPanel) -> None:
    panel.set_compact(True)
    panel.resize(280, 600)
    shown(panel)
    area = find(panel, QScrollArea, "output_scroll")
    assert area.widget().minimumSizeHint().width() <= area.viewport().width()


# -- Points ----------------------------------------------------------------------------------------


def test_points_are_added_dragged_and_erased_by_the_chosen_tool(
    panel: OutputPanel, build_model: BuildModel, qtbot: QtBot
) -> None:
    corners = (0.0, 0.0, 0.0), (1.0, 1.0, 0.0), (0.0, 1.0, 1.0), (1.0, 0.0, 1.0)
    state = shown(panel, PointsData(corners, classes=2), (2,), 0.0, 5)
    document = build_model.document
    document.load(state.experiment, None)
    left, button, px = Qt.MouseButton.LeftButton, panel.tools.segments.button, panel.map.to_px
    qtbot.mouseClick(button(1), left)
    qtbot.mouseClick(panel.map, left, pos=px(0.5, 0.25).toPoint())
    assert points_of(build_model)[4] == pytest.approx((0.5, 0.25, 1.0), abs=0.02)
    qtbot.mouseClick(button(8), left)
    start, end = px(0.0, 1.0).toPoint(), px(0.5, 0.5).toPoint()
    drag(panel.map, start, end)
    assert points_of(build_model)[2] == pytest.approx((0.5, 0.5, 1.0), abs=0.02)
    assert document.undo_stack.count() == 2
    drag(panel.map, start, end + QPoint(0, 20))
    assert document.undo_stack.count() == 3, "each drag is a step"
    qtbot.mouseClick(button(9), left)
    qtbot.mouseClick(panel.map, left, pos=px(1.0, 0.0).toPoint())
    assert len(points_of(build_model)) == 4
    assert corners[3] not in points_of(build_model)


def test_points_are_edited_by_keyboard_alone(
    panel: OutputPanel, build_model: BuildModel, qtbot: QtBot
) -> None:
    data = PointsData(((0.0, 0.0, 0.0), (1.0, 1.0, 1.0)), classes=2)
    build_model.document.load(shown(panel, data, (2,), 0.0, 5).experiment, None)
    build_model.state_changed.connect(panel.show_state)
    x_low, x_high, y_low, y_high = panel.map.bounds
    step, x, y = (x_high - x_low) / 40, 0.5 * (x_low + x_high), 0.5 * (y_low + y_high)
    space, tool = Qt.Key.Key_Space, panel.tools.segments.button(8)
    for widget, key in ((panel.map, Qt.Key.Key_Right), (panel.map, space), (tool, space)):
        widget.setFocus(Qt.FocusReason.TabFocusReason)
        qtbot.keyClick(widget, key)
    assert points_of(build_model)[2][:2] == pytest.approx((x + step, y))
    assert panel.tools.adds == -1
    panel.map.setFocus(Qt.FocusReason.TabFocusReason)
    for key in (space, Qt.Key.Key_Left, space):
        qtbot.keyClick(panel.map, key)
    assert points_of(build_model)[2] == pytest.approx((x, y, 0.0))


# -- Scores and values -----------------------------------------------------------------------------


def test_scores_stand_beside_the_baseline(panel: OutputPanel) -> None:
    state = shown(panel, PlaneData("circle", points=100), (1,), 0.5, 5)
    right = int((state.all_answers[True].outcomes == RIGHT).sum())
    texts = {
        name: find(panel, QLabel, name).text()
        for name in ("test_accuracy", "test_counts", "train_counts", "baseline")
    }
    assert texts["test_counts"] == f"{right} / 50"
    assert texts["test_accuracy"] == f"{100 * right / 50:.1f}%"
    assert texts["train_counts"].endswith("/ 50")
    test_y = state.dataset.y_test[:, 0]
    assert f"{100 * max(test_y.mean(), 1 - test_y.mean()):.1f}%" in texts["baseline"]
    counts = panel.scores.matrix.counts
    assert counts.sum() == 50
    assert np.trace(counts) == right


def test_probe_reads_comma_and_point_and_refuses_words(panel: OutputPanel, qtbot: QtBot) -> None:
    state = shown(panel, row=0)
    qtbot.mouseClick(panel.probe.toggle, Qt.MouseButton.LeftButton)
    fields = [find(panel, QLineEdit, f"probe_input_{k}") for k in (0, 1)]
    for field, typed in zip(fields, ("0,25", "1.5"), strict=True):
        field.selectAll()
        qtbot.keyClicks(field, typed)
    answer = state.network.forward(np.array([[0.25, 1.5]]))[0, 0]
    assert panel.probe.answer.text().startswith(f"ŷ  {answer:.3f}")
    qtbot.keyClicks(fields[1], "x")
    assert fields[1].property("invalid") == "true"
    assert "number" in panel.probe.answer.text()


def test_a_regression_is_mapped_and_drawn_against_its_targets_in_their_units(
    panel: OutputPanel, qtbot: QtBot
) -> None:
    state = shown(panel, PlaneData("regression_plane", points=80), (4,), 0.3, 200)
    x_low, x_high, y_low, y_high = panel.map.bounds
    for share in (0.1, 0.9):
        x, y = x_low + share * (x_high - x_low), y_low + share * (y_high - y_low)
        assert is_class_1(panel, x, y) == (share > 0.5)
    r_squared = float(find(panel, QLabel, "test_accuracy").text())
    assert r_squared == pytest.approx(state.all_answers[True].accuracy, abs=0.001)
    y_offset, y_spread = np.array([20.0]), np.array([10.0])
    dataset = dataclasses.replace(state.dataset, y_offset=y_offset, y_spread=y_spread)
    panel.show_state(dataclasses.replace(state, dataset=dataset))
    answers = 10.0 * state.network.forward(dataset.x_test)[:, 0] + 20.0
    targets = 10.0 * dataset.y_test[:, 0] + 20.0
    error = float(np.sqrt(np.mean((answers - targets) ** 2)))
    counts = find(panel, QLabel, "test_counts")
    assert counts.text().split() == ["RMSE", f"{significant(error)},", str(len(targets)), "rows"]
    qtbot.mouseClick(panel.choice.views.button(1), Qt.MouseButton.LeftButton)
    assert panel.map.isHidden()
    points = panel.fit.layer.points
    assert points is not None
    np.testing.assert_allclose(points.x[points.test], targets)
    np.testing.assert_allclose(points.y[points.test], answers)
    x_low, x_high, y_low, y_high = panel.fit.bounds
    assert (x_low, x_high) == (y_low, y_high)
    assert x_low < min(points.x.min(), points.y.min())
    assert {"target", "answer"} <= set(painted_texts(panel.fit))
    qtbot.mouseClick(panel.choice.views.button(0), Qt.MouseButton.LeftButton)
    assert panel.map.isVisible()


def test_the_figures_of_a_regression_that_ran_away_stay_short(panel: OutputPanel) -> None:
    experiment = initialise(default_experiment(PlaneData("regression_plane", points=80)))
    *hidden, last = experiment.network.layers
    layers = (*hidden, replace(last, biases=np.full(1, 1e140)))
    trainer = Trainer(replace(experiment, network=replace(experiment.network, layers=layers)))
    panel.show_state(state_of(trainer, trainer.snapshot()))
    for name in ("train_accuracy", "test_accuracy"):
        assert re.fullmatch(r"−\d(\.\d+)?e28\d", find(panel, QLabel, name).text())


def test_r_squared_of_equal_targets_is_no_number(panel: OutputPanel) -> None:
    points = (0.5, 1.0, 2.0), (0.1, 0.2, 2.0)
    state = shown(panel, PointsData(points, regression=True), (4,), 0.0, 5)
    texts = [find(panel, QLabel, name).text() for name in ("train_accuracy", "baseline")]
    assert texts == ["–", "R² is not defined where all targets are equal."]
    assert rows_sentence(state, None) == "R² is not defined: the training targets are all equal."
