"""The output panel: map, matrix, scores, probe and the tools for points."""

from __future__ import annotations

import dataclasses
import re
from collections import Counter

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
    QPushButton,
    QScrollArea,
    QToolButton,
    QToolTip,
)
from pytestqt.qtbot import QtBot

from gui.build_tab.build_model import BuildModel
from gui.build_tab.output_panel.panel import OutputPanel
from gui.build_tab.output_panel.scores import Score
from gui.build_tab.status import rows_sentence
from gui.format import show_integer, significant
from gui.settings import choose_theme
from gui.theme import DARK, LIGHT
from model.defaults import default_experiment
from model.experiment import FloatArray, GateData, PlaneData, PointsData, TableData
from model.initialisers import initialise
from model.metrics import OPEN, RIGHT, WRONG
from model.training import Trainer
from tests.gui.build_tab.plot_states import drag, point_at, state_of, trained
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


def test_map_colours_agree_with_the_networks_answers(panel: OutputPanel, qtbot: QtBot) -> None:
    trainer, snapshots = trained()
    panel.show_state(state_of(trainer, snapshots[-1]))
    qtbot.waitUntil(lambda: panel.map.ground.width() > 200)
    places = np.array([(0.3, 0.3), (0.3, 0.75), (0.75, 0.3), (0.75, 0.75)])
    answers = trainer.network.forward(places)[:, 0]
    for (x, y), answer in zip(places.tolist(), answers, strict=True):
        red, _, blue = colour_at(panel, x, y)
        assert (blue > red) == (answer > 0.5)


def test_level_line_passes_where_the_output_is_one_half(panel: OutputPanel) -> None:
    trainer, snapshots = trained()
    state = state_of(trainer, snapshots[-1])
    panel.show_state(state)
    line = places_of(panel, dashed=False)
    assert len(line) > 20
    assert state.network.forward(line)[:, 0] == pytest.approx(0.5, abs=0.03)


def test_rings_mark_exactly_the_wrong_rows(panel: OutputPanel) -> None:
    trainer, _ = trained(PlaneData("spiral", points=120), (2,), 0.4, 20)
    state = state_of(trainer, None)
    panel.show_state(state)
    dataset = state.dataset
    points = panel.map.layer.points
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


def test_scores_stand_beside_the_baseline(panel: OutputPanel) -> None:
    trainer, snapshots = trained(PlaneData("circle", points=100), (1,), 0.5, 5)
    state = state_of(trainer, snapshots[-1])
    panel.show_state(state)
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


def test_a_truth_table_with_three_inputs_offers_the_two_shown(
    panel: OutputPanel, qtbot: QtBot
) -> None:
    trainer, snapshots = trained(GateData("parity", inputs=3), (6,), 0.0, 300)
    state = state_of(trainer, snapshots[-1], row=1)
    panel.show_state(state)
    first = find(panel, QComboBox, "map_first_input")
    assert first.isVisible()
    first.setFocus()
    qtbot.keyClick(first, Qt.Key.Key_End)
    assert first.currentIndex() == 2
    row = state.row_x
    assert row is not None
    red, _, blue = colour_at(panel, float(row[2]) + 0.2, float(row[1]) + 0.2)
    answer = state.network.forward(np.array([[row[0], row[1] + 0.2, row[2] + 0.2]]))[0, 0]
    assert (blue > red) == (answer > 0.5)


def test_an_adder_offers_which_output_is_mapped(panel: OutputPanel) -> None:
    trainer, snapshots = trained(GateData("half_adder"), (4,), 0.0, 300)
    panel.show_state(state_of(trainer, snapshots[-1]))
    output = find(panel, QComboBox, "map_output")
    assert output.count() == 2
    before = colour_at(panel, 1.15, 1.15)
    output.setCurrentIndex(1)
    after = colour_at(panel, 1.15, 1.15)
    assert (before[2] > before[0]) != (after[2] > after[0])


def test_probe_reads_comma_and_point_and_refuses_words(panel: OutputPanel, qtbot: QtBot) -> None:
    trainer, snapshots = trained()
    state = state_of(trainer, snapshots[-1], row=0)
    panel.show_state(state)
    qtbot.mouseClick(panel.probe.toggle, Qt.MouseButton.LeftButton)
    first, second = (panel.findChild(QLineEdit, f"probe_input_{k}") for k in (0, 1))
    assert first is not None
    assert second is not None
    for field, typed in ((first, "0,25"), (second, "1.5")):
        field.selectAll()
        qtbot.keyClicks(field, typed)
    answer = state.network.forward(np.array([[0.25, 1.5]]))[0, 0]
    assert panel.probe.answer.text().startswith(f"ŷ  {answer:.3f}")
    qtbot.keyClicks(second, "x")
    assert second.property("invalid") == "true"
    assert "number" in panel.probe.answer.text()


def test_points_are_added_dragged_and_erased_by_the_chosen_tool(
    panel: OutputPanel, build_model: BuildModel, qtbot: QtBot
) -> None:
    data = PointsData(
        ((0.0, 0.0, 0.0), (1.0, 1.0, 0.0), (0.0, 1.0, 1.0), (1.0, 0.0, 1.0)), classes=2
    )
    trainer, snapshots = trained(data, (2,), 0.0, 5)
    document = build_model.document
    document.load(trainer.experiment(), None)
    panel.show_state(state_of(trainer, snapshots[-1]))
    assert panel.tools.isVisible()
    button = panel.tools.segments.button
    qtbot.mouseClick(button(1), Qt.MouseButton.LeftButton)
    at = panel.map.to_px(0.5, 0.25).toPoint()
    qtbot.mouseClick(panel.map, Qt.MouseButton.LeftButton, pos=at)
    assert points_of(build_model)[4] == pytest.approx((0.5, 0.25, 1.0), abs=0.02)
    qtbot.mouseClick(button(8), Qt.MouseButton.LeftButton)
    start, end = (panel.map.to_px(*p).toPoint() for p in ((0.0, 1.0), (0.5, 0.5)))
    drag(panel.map, start, end)
    assert points_of(build_model)[2] == pytest.approx((0.5, 0.5, 1.0), abs=0.02)
    assert document.undo_stack.count() == 2
    drag(panel.map, start, end + QPoint(0, 20))
    assert document.undo_stack.count() == 3, "each drag is a step"
    qtbot.mouseClick(button(9), Qt.MouseButton.LeftButton)
    at = panel.map.to_px(1.0, 0.0).toPoint()
    qtbot.mouseClick(panel.map, Qt.MouseButton.LeftButton, pos=at)
    assert len(points_of(build_model)) == 4
    assert (1.0, 0.0, 1.0) not in points_of(build_model)


def points_of(model: BuildModel) -> tuple[tuple[float, float, float], ...]:
    data = model.document.experiment.data
    assert isinstance(data, PointsData)
    return data.points


def test_many_rows_on_one_spot_are_one_mark_with_their_number(
    panel: OutputPanel, qtbot: QtBot
) -> None:
    trainer, snapshots = trained(TableData("titanic", "standard"), (4,), 0.3, 30)
    state = state_of(trainer, snapshots[-1])
    panel.show_state(state)
    dataset, chart = state.dataset, panel.map
    x = np.concatenate([dataset.x_train, dataset.x_test])[:, :2]
    y = np.concatenate([dataset.y_train, dataset.y_test])[:, 0]
    wrong = np.concatenate([answers.mistaken for answers in state.all_answers])
    places, of, numbers = np.unique(x, axis=0, return_inverse=True, return_counts=True)
    assert len(places) == 6
    texts = painted_texts(chart)
    assert {show_integer(int(number)) for number in numbers} <= set(texts)
    sizes = {spot.rows: spot.radius_px for spot in chart.layer.spots}
    assert sizes[int(numbers.max())] == max(sizes.values()) > min(sizes.values())
    for place, (left, up) in enumerate(places.tolist()):
        here = of.ravel() == place
        spot = chart.spot_under(chart.to_px(left, up))
        assert spot is not None
        at = chart.to_px(left, up).toPoint()
        QApplication.sendEvent(chart, QHelpEvent(QEvent.Type.ToolTip, at, chart.mapToGlobal(at)))
        told = QToolTip.text()
        assert told.startswith(f"{show_integer(int(here.sum()))} rows here; ")
        for name, kind in zip(dataset.class_names, (0, 1), strict=True):
            assert f"{name}: {show_integer(int((y[here] == kind).sum()))}" in told
        missed = int(wrong[here].sum())
        assert (f"wrong: {show_integer(missed)}" in told) == (missed > 0)
        assert told in chart.accessibleDescription()


def test_hovering_a_point_shows_its_row(panel: OutputPanel, build_model: BuildModel) -> None:
    trainer, snapshots = trained(GateData("xor"), (4,), 0.0, 50)
    panel.show_state(state_of(trainer, snapshots[-1]))
    panel.map.grab()
    table = trainer.dataset.table_x
    assert table is not None
    places = [(2, tuple(table[2])), (0, tuple(table[0])), (-1, (0.5, 0.5))]
    for row, place in places:
        point_at(panel.map, panel.map.to_px(*place).toPoint())
        assert build_model.state.row == row


def test_a_regression_maps_values_and_gives_r_squared(panel: OutputPanel) -> None:
    trainer, snapshots = trained(PlaneData("regression_plane", points=80), (4,), 0.3, 200)
    state = state_of(trainer, snapshots[-1])
    panel.show_state(state)
    x_low, x_high, y_low, y_high = panel.map.bounds
    inset_x, inset_y = 0.1 * (x_high - x_low), 0.1 * (y_high - y_low)
    low = colour_at(panel, x_low + inset_x, y_low + inset_y)
    high = colour_at(panel, x_high - inset_x, y_high - inset_y)
    assert low[0] > low[2]
    assert high[2] > high[0]
    label = find(panel, QLabel, "test_accuracy")
    assert float(label.text()) == pytest.approx(state.all_answers[True].accuracy, abs=0.001)


def test_the_figures_of_a_regression_that_ran_away_stay_short(panel: OutputPanel) -> None:
    data = PlaneData("regression_plane", points=80)
    experiment = initialise(default_experiment(data))
    *hidden, last = experiment.network.layers
    layers = (*hidden, replace(last, biases=np.full(1, 1e140)))
    far = replace(experiment, network=replace(experiment.network, layers=layers))
    trainer = Trainer(far)
    panel.show_state(state_of(trainer, trainer.snapshot()))
    for name in ("train_accuracy", "test_accuracy"):
        assert re.fullmatch(r"−\d(\.\d+)?e28\d", find(panel, QLabel, name).text())


def test_a_regression_is_drawn_against_its_targets_with_its_error_in_their_units(
    panel: OutputPanel, qtbot: QtBot
) -> None:
    trainer, snapshots = trained(PlaneData("regression_plane", points=80), (4,), 0.3, 200)
    state = state_of(trainer, snapshots[-1])
    dataset = dataclasses.replace(
        state.dataset, y_offset=np.array([20.0]), y_spread=np.array([10.0])
    )
    state = dataclasses.replace(state, dataset=dataset)
    panel.show_state(state)
    assert panel.map.isVisible()
    test = state.dataset
    answers = 10.0 * state.network.forward(test.x_test)[:, 0] + 20.0
    targets = 10.0 * test.y_test[:, 0] + 20.0
    error = float(np.sqrt(np.mean((answers - targets) ** 2)))
    counts = find(panel, QLabel, "test_counts")
    assert counts.text().split() == ["RMSE", f"{significant(error)},", str(len(targets)), "rows"]
    qtbot.mouseClick(panel.choice.views.button(1), Qt.MouseButton.LeftButton)
    assert panel.fit.isVisible()
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


@pytest.mark.parametrize(
    ("points", "reason"),
    [
        (((0.5, 1.0, 2.0),), "R² of a single row is not defined."),
        (((0.5, 1.0, 2.0), (0.1, 0.2, 2.0)), "R² is not defined where all targets are equal."),
    ],
)
def test_r_squared_that_is_not_defined_is_no_number(
    panel: OutputPanel, points: tuple[tuple[float, float, float], ...], reason: str
) -> None:
    trainer, snapshots = trained(PointsData(points, regression=True), (4,), 0.0, 5)
    state = state_of(trainer, snapshots[-1])
    panel.show_state(state)
    shown = [panel.findChild(QLabel, name) for name in ("train_accuracy", "baseline")]
    assert [label.text() for label in shown if label is not None] == ["–", reason]
    assert rows_sentence(state, None) == ("R² is not defined: the training targets are all equal.")


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


def test_the_points_are_not_drawn_anew_while_only_weights_change(panel: OutputPanel) -> None:
    trainer, snapshots = trained()
    panel.show_state(state_of(trainer, None, running=True))
    panel.grab()
    px = panel.map.layer.px
    assert len(px) == len(trainer.dataset.x_train) + len(trainer.dataset.x_test)
    panel.show_state(state_of(trainer, snapshots[-1], running=True))
    panel.grab()
    assert panel.map.layer.px is px, "where they lie is found only as they are drawn"


def test_theme_is_followed_at_once(panel: OutputPanel, qapp: QApplication) -> None:
    trainer, snapshots = trained()
    panel.show_state(state_of(trainer, snapshots[-1]))
    try:
        choose_theme(qapp, "dark")
        corner = panel.map.grab().toImage().pixelColor(2, panel.map.height() - 2)
        assert corner.name().upper() == DARK.bg1
    finally:
        choose_theme(qapp, "light")
    corner = panel.map.grab().toImage().pixelColor(2, panel.map.height() - 2)
    assert corner.name().upper() == LIGHT.bg1


def test_the_narrow_window_has_a_smaller_map_and_a_way_to_the_matrix(
    panel: OutputPanel, qtbot: QtBot
) -> None:
    trainer, snapshots = trained()
    panel.set_compact(True)
    panel.resize(280, 600)
    panel.show_state(state_of(trainer, snapshots[-1]))
    qtbot.waitUntil(lambda: panel.map.ground.width() == 200)
    area = find(panel, QScrollArea, "output_scroll")
    assert area.widget().minimumSizeHint().width() <= area.viewport().width()
    link = find(panel, QPushButton, "confusion_link")
    assert link.isVisible()
    qtbot.mouseClick(link, Qt.MouseButton.LeftButton)
    assert panel.matrix.isVisible()
    assert not panel.map.isVisible()
    qtbot.mouseClick(panel.choice.views.button(0), Qt.MouseButton.LeftButton)
    assert panel.map.isVisible()


def test_place_and_pixel_are_each_others_inverse(panel: OutputPanel) -> None:
    trainer, snapshots = trained()
    panel.show_state(state_of(trainer, snapshots[-1]))
    assert panel.map.to_plane(panel.map.to_px(0.3, 0.7)) == pytest.approx((0.3, 0.7))
    outside = panel.map.to_plane(QPointF(QPoint(-50, -50)))
    assert outside == (panel.map.bounds[0], panel.map.bounds[3])


def test_points_are_edited_by_keyboard_alone(
    panel: OutputPanel, build_model: BuildModel, qtbot: QtBot
) -> None:
    data = PointsData(((0.0, 0.0, 0.0), (1.0, 1.0, 1.0)), classes=2)
    trainer, snapshots = trained(data, (2,), 0.0, 5)
    build_model.document.load(trainer.experiment(), None)
    panel.show_state(state_of(trainer, snapshots[-1]))
    panel.map.setFocus(Qt.FocusReason.TabFocusReason)
    qtbot.keyClick(panel.map, Qt.Key.Key_Right)
    qtbot.keyClick(panel.map, Qt.Key.Key_Space)
    x_low, x_high, y_low, y_high = panel.map.bounds
    step = (x_high - x_low) / 40
    added = points_of(build_model)[2]
    assert added[0] == pytest.approx(0.5 * (x_low + x_high) + step)
    assert added[1] == pytest.approx(0.5 * (y_low + y_high))
    panel.tools.segments.button(8).setFocus()
    qtbot.keyClick(panel.tools.segments.button(8), Qt.Key.Key_Space)
    assert panel.tools.adds == -1
    panel.map.setFocus(Qt.FocusReason.TabFocusReason)
    panel.show_state(build_model.state)
    qtbot.keyClick(panel.map, Qt.Key.Key_Space)
    qtbot.keyClick(panel.map, Qt.Key.Key_Left)
    qtbot.keyClick(panel.map, Qt.Key.Key_Space)
    assert points_of(build_model)[2] == pytest.approx((added[0] - step, added[1], 0.0))


def test_margin_lines_lie_where_the_output_is_sure(panel: OutputPanel, qtbot: QtBot) -> None:
    trainer, snapshots = trained()
    state = state_of(trainer, snapshots[-1])
    panel.show_state(state)
    assert len(places_of(panel, dashed=True)) == 0
    choose_look(panel, qtbot, "map_margin")
    answers = state.network.forward(places_of(panel, dashed=True))[:, 0]
    assert set(answers.round(1).tolist()) == {0.1, 0.9}


def test_a_right_click_on_the_map_opens_the_menu_of_its_button(
    panel: OutputPanel, qtbot: QtBot
) -> None:
    trainer, snapshots = trained()
    panel.show_state(state_of(trainer, snapshots[-1]))
    middle = panel.map.rect().center()
    reason = QContextMenuEvent.Reason.Mouse
    event = QContextMenuEvent(reason, middle, panel.map.mapToGlobal(middle))
    QApplication.sendEvent(panel.map, event)
    menu = find(panel, QToolButton, "map_more").menu()
    assert menu is not None
    qtbot.waitUntil(menu.isVisible)
    menu.close()


@pytest.mark.parametrize("data", [GateData("xor"), TableData("iris")], ids=["two", "three"])
def test_classes_only_leaves_one_shade_a_class(
    panel: OutputPanel, qtbot: QtBot, data: GateData | TableData
) -> None:
    trainer, snapshots = trained(data, (4,), 0.5, 30)
    state = state_of(trainer, snapshots[-1])
    panel.show_state(state)
    qtbot.waitUntil(lambda: panel.map.ground.width() > 200)
    classes = len(state.dataset.class_names) or 2
    assert share_of_commonest(panel, classes) < 0.4
    choose_look(panel, qtbot, "map_classes_only")
    assert share_of_commonest(panel, classes) > 0.7


def test_test_rows_can_be_left_out_of_the_map(panel: OutputPanel, qtbot: QtBot) -> None:
    trainer, snapshots = trained(PlaneData("spiral", points=120), (2,), 0.4, 20)
    state = state_of(trainer, snapshots[-1])
    panel.show_state(state)
    choose_look(panel, qtbot, "map_test_rows")
    points = panel.map.layer.points
    assert points is not None
    np.testing.assert_array_equal(points.x, state.dataset.columns.x_train[:, 0])
    assert not points.test.any()
    choose_look(panel, qtbot, "map_test_rows")
    assert panel.map.layer.points is not None
    assert panel.map.layer.points.test.sum() == len(state.dataset.x_test)


def test_what_was_shown_while_hidden_is_drawn_when_seen(
    build_model: BuildModel, qtbot: QtBot
) -> None:
    trainer, snapshots = trained()
    hidden = OutputPanel(build_model)
    qtbot.addWidget(hidden)
    hidden.resize(316, 900)
    hidden.show_state(state_of(trainer, snapshots[-1]))
    before = hidden.map.layer.points
    assert before is None
    hidden.show()
    assert hidden.map.layer.points is not None
    assert find(hidden, QLabel, "test_accuracy").text().endswith("%")
