"""Rounding the weights: looked at in the whole window, kept as one step, or left."""

from __future__ import annotations

import numpy as np
import pytest
from msgspec.structs import replace
from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QApplication, QLabel
from pytestqt.qtbot import QtBot

from gui.build_tab.dock.rounding_bar import RoundingBar, value_of
from gui.build_tab.tab import BuildTab
from gui.build_tab.workbench import Workbench
from gui.document import ExperimentDocument
from gui.settings import choose_language
from gui.window import GlassnetWindow
from model.experiment import (
    DataSpec,
    Experiment,
    GateData,
    LayerSpec,
    NetworkSpec,
    PlaneData,
    StopSpec,
    TableData,
    TruthTableData,
)
from model.places import WeightAt
from tests.gui.build_tab.looking import learn, resize
from tests.gui.build_tab.reading_hands import press, undo
from tests.gui.finding import find

LEFT, KEY = Qt.MouseButton.LeftButton, Qt.Key


@pytest.fixture
def bar(bench: Workbench, tab: BuildTab, qtbot: QtBot) -> RoundingBar:
    """Return the bar beside a network that has learned XOR."""
    press(bench, "train")
    model = tab.model
    qtbot.waitUntil(lambda: model.is_idle and model.state.epoch > 0, timeout=30_000)
    qtbot.waitUntil(lambda: model.state.insight.roundings is not None, timeout=10_000)
    return bench.dock.weights.rounding


def said(bar: RoundingBar) -> str:
    return find(bar, QLabel, "rounding_sentence").text()


def drag_to(bar: RoundingBar, step: float, qtbot: QtBot) -> None:
    """Press at the left end, drag to a step and let go."""
    slider, middle = bar.slider, bar.slider.height() // 2
    place = QPoint(round(slider.x_of(value_of(step))), middle)
    qtbot.mousePress(slider, LEFT, pos=QPoint(7, middle))
    qtbot.mouseMove(slider, place)
    qtbot.mouseRelease(slider, LEFT, pos=place)


def weights(document: ExperimentDocument) -> np.ndarray:
    """Return every weight and bias in one row."""
    layers = document.experiment.network.layers
    return np.concatenate([np.ravel(a) for each in layers for a in (each.weights, each.biases)])


def test_the_coarsest_is_named_looked_at_kept_and_undone(
    bar: RoundingBar, tab: BuildTab, document: ExperimentDocument, qtbot: QtBot
) -> None:
    exact, steps = weights(document), document.undo_stack.count()
    assert said(bar) == "Integers still pass all 4 rows."
    assert not bar.keep.isEnabled()
    drag_to(bar, 1.0, qtbot)
    state = tab.model.state
    assert state.rounding_step == 1.0
    shown = np.concatenate([w.ravel() for w in state.network.weights])
    assert (shown == np.round(shown)).all()
    assert state.table_outputs is not None
    assert (state.table_outputs[:, 0] > 0.5).tolist() == [False, True, True, False]
    assert weights(document).tolist() == exact.tolist()
    assert said(bar) == "Integers still pass all 4 rows."
    qtbot.mouseClick(bar.keep, LEFT)
    kept = weights(document)
    assert kept.tolist() == np.round(exact).tolist()
    assert document.undo_stack.count() == steps + 1
    assert document.undo_stack.undoText() == "Round the weights: Integers"
    assert (bar.slider.value(), tab.model.state.rounding_step) == (0, None)
    undo(tab)
    assert weights(document).tolist() == exact.tolist()


def test_while_no_row_is_right_no_rounding_is_praised(
    bench: Workbench, tab: BuildTab, document: ExperimentDocument, qtbot: QtBot
) -> None:
    """A unit that says AND where NAND is wanted has nothing to lose."""
    weights, biases = np.array([[10.0], [10.0]]), np.array([-15.0])
    unit = LayerSpec(1, "sigmoid", weights=weights, biases=biases)
    document.load(Experiment(data=GateData("nand"), network=NetworkSpec(2, (unit,))), None)
    qtbot.waitUntil(lambda: tab.model.state.insight.roundings is not None, timeout=10_000)
    bar = bench.dock.weights.rounding
    assert said(bar) == "No row is right yet that a rounding could lose."
    assert not bar.slider.isEnabled()


def test_what_fails_is_named_and_esc_or_the_left_end_leaves_it(
    bar: RoundingBar, tab: BuildTab, document: ExperimentDocument, qtbot: QtBot
) -> None:
    before, steps = document.experiment, document.undo_stack.count()
    qtbot.keyClick(bar.slider, KEY.Key_End)
    assert tab.model.state.rounding_step == 10.0
    assert said(bar) == "Tens pass 0 of 4 rows, exact 4."
    assert "Tens pass 0 of 4 rows" in bar.slider.accessibleDescription()
    qtbot.keyClick(bar.slider, KEY.Key_Left)
    qtbot.keyClick(bar.slider, KEY.Key_Escape)
    assert tab.model.state.rounding_step is None
    assert tab.model.state.experiment is before
    qtbot.keyClick(bar.slider, KEY.Key_Right)
    assert tab.model.state.rounding_step == 1 / 100
    qtbot.keyClick(bar.slider, KEY.Key_Home)
    assert tab.model.state.rounding_step is None
    assert document.undo_stack.count() == steps
    assert not bar.keep.isEnabled()


def test_training_an_edit_and_another_view_end_the_look(
    bar: RoundingBar, bench: Workbench, document: ExperimentDocument, qtbot: QtBot
) -> None:
    model = bench.model
    drag_to(bar, 2.0, qtbot)
    exact = weights(document)
    model.set_weights({WeightAt(0, 0, 0): 7.5}, "typed")
    assert model.state.rounding_step is None
    assert weights(document)[0] == 7.5
    assert weights(document)[1:].tolist() == exact[1:].tolist()
    drag_to(bar, 2.0, qtbot)
    bench.dock.choose("lottery")
    assert model.state.rounding_step is None
    bench.dock.choose("weights")
    drag_to(bar, 2.0, qtbot)
    model.edit("no stop", lambda e: replace(e, training=replace(e.training, stop=StopSpec())))
    press(bench, "train")
    qtbot.waitUntil(lambda: model.state.running, timeout=10_000)
    qtbot.waitUntil(lambda: not bar.slider.isEnabled(), timeout=10_000)
    assert model.state.rounding_step is None
    assert said(bar) == "Pause the training to round."
    press(bench, "train")
    qtbot.waitUntil(lambda: model.is_idle, timeout=10_000)
    qtbot.waitUntil(lambda: said(bar).endswith("rows."), timeout=10_000)
    assert bar.slider.isEnabled()


OR_SO = TruthTableData(("x1", "x2"), ("y",), ((1.0, 1.0), (1.2, 0.2)), ((1.0,), (0.0,)))


@pytest.mark.parametrize(
    ("data", "weights", "coarsest", "integers"),
    [
        # 5.6 x1 + 5.6 x2 - 11.3 gets (1, 1) wrong; 6 x1 + 6 x2 - 11 does not.
        (
            GateData("and"),
            (5.6, 5.6, -11.3),
            "Fives still pass 3 of 4 rows.",
            "Integers even pass all 4 rows.",
        ),
        # In integers the line 1.4 x1 + 0.4 x2 - 1.6 is x1 - 2: it loses (1, 1), gains (1.2, 0.2).
        (
            OR_SO,
            (1.4, 0.4, -1.6),
            "Halves still pass 1 of 2 rows.",
            "Integers pass 1 of 2 rows, but lose 1 of those that were right.",
        ),
    ],
)
def test_rows_that_a_rounding_wins_or_loses_are_counted(
    bench: Workbench,
    tab: BuildTab,
    qtbot: QtBot,
    data: DataSpec,
    weights: tuple[float, ...],
    coarsest: str,
    integers: str,
) -> None:
    bar, model = bench.dock.weights.rounding, tab.model
    model.choose_data(data)
    model.remove_layer(0)
    model.set_weights({WeightAt(0, row, 0): value for row, value in enumerate(weights)}, "")
    qtbot.waitUntil(lambda: said(bar) == coarsest, timeout=10_000)
    drag_to(bar, 1.0, qtbot)
    assert said(bar) == integers


def test_the_only_row_is_passed_and_no_better_score_is_kept(
    bench: Workbench, tab: BuildTab, qtbot: QtBot
) -> None:
    bar, model = bench.dock.weights.rounding, tab.model
    model.choose_data(TruthTableData(("x1",), ("y",), ((0.0,),), ((1.0,),)))
    model.remove_layer(0)
    model.set_weights({WeightAt(0, 1, 0): 2.2}, "")
    qtbot.waitUntil(lambda: said(bar).endswith("still pass 1 of 1 rows."), timeout=10_000)
    model.choose_data(PlaneData("regression_plane", 200))  # tens are all 0: better than a guess
    qtbot.waitUntil(lambda: said(bar).startswith("Tens reach an R² of "), timeout=10_000)


@pytest.mark.usefixtures("dressed")
def test_a_sentence_of_two_lines_is_whole_in_a_low_dock(
    tab: BuildTab, bench: Workbench, window: GlassnetWindow, qtbot: QtBot, qapp: QApplication
) -> None:
    learn(tab, qtbot, TableData("digits", "min_max"), epochs=8)
    choose_language(qapp, "tr")
    resize(window, qtbot, 1280, 720)
    sentence = find(bench.dock, QLabel, "rounding_sentence")

    def needed() -> int:
        return sentence.heightForWidth(sentence.width())

    qtbot.waitUntil(lambda: needed() > 1.5 * sentence.fontMetrics().height(), timeout=10_000)
    qtbot.waitUntil(lambda: sentence.height() >= needed(), timeout=5000)
