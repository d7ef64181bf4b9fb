"""The comparison with perceptrons and the way to the mistakes, in the panel and in the window."""

from __future__ import annotations

import dataclasses
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from pytestqt.qtbot import QtBot

from gui.build_tab.build_model import BuildModel
from gui.build_tab.insight import Insight
from gui.build_tab.output_panel.accuracy_bars import AccuracyBar, AccuracyBars
from gui.build_tab.output_panel.panel import OutputPanel
from gui.build_tab.output_panel.perceptron_cards import ComparisonCard, answer_of
from gui.build_tab.state import BuildState
from gui.build_tab.workbench import Workbench
from gui.format import show_number
from gui.theme import active
from model.data import build_dataset
from model.experiment import CsvData, TableData
from model.insight import linear_classifier
from model.insight.separation.linear import is_compared
from model.metrics import MIN_TEST_ROWS
from tests.gui.build_tab.insight_hands import Looking
from tests.gui.build_tab.plot_states import state_of, trained
from tests.gui.build_tab.reading_hands import settle
from tests.gui.painted import painted_texts

IRIS = TableData("iris")


def end_of(*run: Any) -> BuildState:
    """Return the state at the end of a run."""
    trainer, snapshots = trained(*run)
    return state_of(trainer, snapshots[-1])


@pytest.mark.parametrize(
    ("reached", "baseline", "answer"),
    [
        (1.0, 0.5, "yes"),
        (0.96, 0.1, "nearly"),
        (0.951, 0.5, "nearly"),
        (0.949, 0.5, "no"),
        (0.8, 0.62, "no"),
    ],
)
def test_nearly_is_nine_tenths_of_the_way(reached: float, baseline: float, answer: str) -> None:
    assert answer_of(reached, baseline) == answer


def test_right_test_rows_are_no_yes_while_training_rows_contradict_each_other(
    qtbot: QtBot,
) -> None:
    made = build_dataset(TableData("symptoms"))
    for ceiling, answer in ((None, "Yes"), (0.875, "No")):
        kept = slice(None) if ceiling else [0, 1]
        x, y = made.x_train, made.y_train
        test = [0] * MIN_TEST_ROWS
        tested = dataclasses.replace(
            made, x_train=x[kept], y_train=y[kept], x_test=x[test], y_test=y[test]
        )
        found = linear_classifier(tested)
        assert (found.on_test, found.accuracy) == (True, 1.0)
        card = ComparisonCard()
        qtbot.addWidget(card)
        card.show_network(1.0, 0.0, (1,), len(tested.x_train))
        card.show_found(found)
        assert card.answer.text() == answer
        assert "Judged on the test rows." in card.detail.text()
        assert ("contradict" in card.detail.text()) == (ceiling is not None)


def test_test_rows_of_one_class_answer_nothing(qtbot: QtBot) -> None:
    card = ComparisonCard()
    qtbot.addWidget(card)
    card.show_found(linear_classifier(build_dataset(IRIS)))
    card.show_network(1.0, 1.0, (8, 1), 80)
    assert card.isHidden(), "one answer to all would reach as much"
    card.show_network(1.0, 0.9, (8, 1), 80)
    assert not card.isHidden()


def test_data_that_perceptrons_fail_on_are_tried_once(
    build_model: BuildModel, qtbot: QtBot
) -> None:
    state = end_of(IRIS, (8,), 0.3, 60)
    broken = dataclasses.replace(state.dataset, y_train=state.dataset.y_train[:, :0])
    failures: list[str] = []
    insight = Insight(
        lambda: None,
        lambda _, details: failures.append(details),
        lambda machines: None,
        build_model,
    )
    insight.resume()
    for row in range(3):  # each is another state of the same data
        insight.follow(dataclasses.replace(state, dataset=broken, row=row), None)
        qtbot.waitUntil(lambda: insight.is_idle)
    assert sum("linear_classifier" in failure for failure in failures) == 1


def test_two_classes_with_a_plane_between_them_are_answered_by_proof(
    panel: OutputPanel, looking: Looking, qtbot: QtBot, tmp_path: Path
) -> None:
    file = tmp_path / "heights.csv"
    lines = [f"{n},{n % 3},{'tall' if n > 9 else 'small'}" for n in range(20)]
    file.write_text("\n".join(["height,other,kind", *lines]) + "\n", encoding="utf-8")
    data = CsvData(str(file), features=("height", "other"), targets=("kind",))
    state = end_of(data, (), 0.0, 5)
    assert is_compared(data, state.dataset)
    looking.at(state)
    qtbot.waitUntil(panel.verdict.isVisible)
    assert panel.verdict.answer.text() == "Yes"
    assert panel.comparison.isHidden()


def is_wrong(outputs: np.ndarray, labels: np.ndarray) -> np.ndarray:
    """Tell which rows are wrong: decided, and not for their class."""
    ordered = np.sort(outputs, axis=1)
    decided = ordered[:, -1] - ordered[:, -2] > 0.0005
    return decided & (outputs.argmax(axis=1) != labels)


def test_wrong_pictures_fill_the_grid_and_other_data_end_it(bench: Workbench, qtbot: QtBot) -> None:
    assert bench.model.choose_data(TableData("digits"))
    state, grid = bench.model.state, bench.data.samples.grid
    dataset = state.dataset
    answers = state.network.forward(dataset.x_test)
    wrong = np.flatnonzero(is_wrong(answers, dataset.labels_test))
    settle(qtbot, bench)
    assert bench.output.scores.mistakes_link.text() == f"{len(wrong)} mistakes"
    qtbot.mouseClick(bench.output.scores.mistakes_link, Qt.MouseButton.LeftButton)
    qtbot.mouseClick(grid.viewport(), Qt.MouseButton.LeftButton, pos=QPoint(12, 12))
    assert bench.model.state.row == len(dataset.x_train) + wrong[0]
    qtbot.keyClick(grid, Qt.Key.Key_Right)
    assert bench.model.state.row == len(dataset.x_train) + wrong[1]
    assert bench.model.choose_data(IRIS)
    assert bench.data.samples.show_all.isHidden()
    assert bench.data.samples.counts.isVisible()


def test_the_bars_are_as_long_as_the_accuracies_are_large(qtbot: QtBot) -> None:
    bars = AccuracyBars()
    qtbot.addWidget(bars)
    bars.resize(300, 60)
    bars.show_bars([AccuracyBar("half", 0.48, "fail"), AccuracyBar("all", 0.96, "acc")])
    picture = bars.grab().toImage()
    half, whole = (
        [picture.pixelColor(x, y).name() for x in range(picture.width())].count(colour.lower())
        for y, colour in ((9, active().fail), (28, active().acc))
    )
    assert half > 40
    assert half / whole == pytest.approx(0.5, abs=2 / whole)
    assert {"0%", "100%"} <= set(painted_texts(bars))


def test_the_card_says_what_perceptrons_and_the_network_reach(
    panel: OutputPanel, looking: Looking, qtbot: QtBot
) -> None:
    state, card, verdict = end_of(IRIS, (8,), 0.3, 60), panel.comparison, panel.verdict
    looking.at(state)
    qtbot.waitUntil(card.isVisible)
    alone = linear_classifier(state.dataset).accuracy
    outputs = state.network.forward(state.dataset.x_test)
    network = np.mean(outputs.argmax(axis=1) == state.dataset.labels_test)
    assert f"{100 * alone:.1f}%" in card.sentence.text()
    assert f"{100 * network:.1f}%" in card.sentence.text()
    assert "3 perceptrons" in card.sentence.text()
    assert card.answer.text().lower() == answer_of(alone, 1 / 3)
    said = card.bars.accessibleDescription()
    assert said == f"No hidden: {100 * alone:.1f}%; Hidden 8: {100 * network:.1f}%"
    assert verdict.isHidden()
    for shown, seen, hidden in ((end_of(), verdict, card), (state, card, verdict)):
        looking.at(shown)
        qtbot.waitUntil(seen.isVisible)
        assert hidden.isHidden()


@pytest.mark.parametrize("by_keys", [False, True])
def test_mistakes_are_shown_alone_and_each_can_be_chosen(
    bench: Workbench, qtbot: QtBot, by_keys: bool
) -> None:
    model, samples, link = bench.model, bench.data.samples, bench.output.scores.mistakes_link
    assert link.isHidden(), "a truth table counts its mistakes by itself"
    assert model.choose_data(IRIS)
    dataset = model.state.dataset
    answers = model.state.network.forward(dataset.x_test)
    wrong = np.flatnonzero(is_wrong(answers, dataset.labels_test))
    settle(qtbot, bench)
    assert link.text() == f"{len(wrong)} mistakes"
    lines, left = samples.mistakes, Qt.MouseButton.LeftButton
    if by_keys:
        link.setFocus()
        qtbot.keyClick(link, Qt.Key.Key_Space)
        lines.setFocus()
        qtbot.keyClick(lines, Qt.Key.Key_Home)
        qtbot.keyClick(lines, Qt.Key.Key_Down)
    else:
        qtbot.mouseClick(link, left)
        place = lines.visualRect(lines.model().index(1, 0)).center()
        qtbot.mouseClick(lines.viewport(), left, pos=place)
    assert lines.model().rowCount() == len(wrong)
    at = wrong[1]
    assert model.state.row == len(dataset.x_train) + at
    truth, answer = dataset.labels_test[at], answers[at].argmax()
    said, inputs = lines.model().index(1, 0).data().split("\n")
    names = dataset.class_names
    assert said == f"Row {at + 1}: {names[truth]} → {names[answer]}"
    length = dataset.columns.x_in_data_units(0, float(dataset.x_test[at, 0]))
    assert inputs.startswith(f"sepal length (cm) {show_number(length, 3)}, sepal width (cm) ")
    qtbot.mouseClick(samples.show_all, left)
    assert lines.isHidden()
    assert samples.counts.isVisible()
