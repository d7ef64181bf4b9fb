"""Deeds in any order: after each of them all panels agree, and every step can be walked."""

from __future__ import annotations

import random
from collections.abc import Callable

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QComboBox
from pytestqt.qtbot import QtBot

from gui.build_tab.data_panel.truth_table_model import Kind
from gui.build_tab.tab import BuildTab
from gui.build_tab.workbench import Workbench
from model.data import named_data
from model.data.cache import forget_datasets
from model.experiment import CsvData, TruthTableData
from model.places import WeightAt
from tests.gui.build_tab.agreement import assert_window_agrees, edges_are_drawn
from tests.gui.build_tab.reading_hands import move_split, new_start, redo, settle, undo
from tests.gui.finding import find

DATA = (
    *("and", "xor", "parity", "half_adder", "circle", "moons", "regression_plane"),
    *("iris", "symptoms", "titanic", "digits"),
)
ROWS = ((0.0, 0.0), (0.0, 1.0), (1.0, 1.0))
OWN = TruthTableData(("a", "b"), ("y", "z"), ROWS, ((1.0, 0.0), (None, 1.0), (0.0, None)))
KEY = Qt.Key
DEEDS = 25


def deeds(
    tab: BuildTab, qtbot: QtBot, table: CsvData, chance: random.Random
) -> list[tuple[int, Callable[[], object]]]:
    """Return what the user may do, and how often of all."""
    bench, model = tab.workbench, tab.model

    def layer() -> int:
        return chance.randrange(len(model.shown.network.layers))

    def hidden(do: Callable[[int], object]) -> None:
        if (last := len(model.shown.network.layers) - 1) > 0:
            do(chance.randrange(last))

    def weight() -> WeightAt:
        return chance.choice(bench.canvas.scene.drawn_edges())

    def turn(name: str) -> None:
        combo = find(bench, QComboBox, name)
        combo.setFocus()
        for _ in range(chance.randint(1, 3)):
            QTest.keyClick(combo, chance.choice((KEY.Key_Up, KEY.Key_Down)))

    def flip() -> None:
        cells = bench.data.table.model
        if bench.data.table.isVisible():
            kinds = [cells.kind(column)[0] for column in range(cells.columnCount())]
            row, view = chance.randrange(cells.rowCount()), bench.data.table.view
            view.setFocus()
            view.setCurrentIndex(cells.index(row, kinds.index(Kind.TARGET)))
            QTest.keyClick(view, chance.choice((KEY.Key_X, KEY.Key_Return, KEY.Key_Delete)))

    def train() -> None:
        start = model.state.epoch
        model.train()
        qtbot.waitUntil(lambda: model.is_idle or model.state.epoch > start + 3, timeout=20_000)
        if chance.random() < 0.5:
            model.set_weights({weight(): chance.random()}, "while it trains")
        model.pause()
        qtbot.waitUntil(lambda: model.is_idle, timeout=20_000)

    def travel() -> None:
        before, run = model.document.experiment, model.state.run
        model.show_epoch(chance.randint(run.first_epoch, run.last_epoch))
        assert model.document.experiment == before

    return [
        (3, lambda: new_start(bench)),
        (4, lambda: undo(tab)),
        (2, lambda: redo(tab)),
        (2, lambda: move_split(bench, chance.choice((-2, 1, 2)))),
        (1, lambda: model.choose_data(table)),
        (1, lambda: model.choose_data(OWN)),
        (2, lambda: model.choose_data(named_data(chance.choice(DATA)))),
        (2, lambda: model.add_layer(layer())),
        (1, lambda: hidden(model.remove_layer)),
        (2, lambda: hidden(lambda at: model.set_units(at, chance.choice((1, 3, 8, 14))))),
        (1, lambda: model.set_activation(layer(), chance.choice(("tanh", "relu", "sigmoid")))),
        (1, lambda: model.set_bias(layer(), on=chance.random() < 0.5)),
        (2, lambda: model.set_weights({weight(): chance.random()}, str(chance.random()))),
        (1, lambda: model.toggle_pins([weight()])),
        (2, lambda: turn(chance.choice(("optimiser", "loss", "initialiser", "regularisation")))),
        (2, flip),
        (2, train),
        (1, lambda: model.step(whole_epoch=chance.random() < 0.5)),
        (1, travel),
        (1, model.branch),
        (1, model.reset),
        (1, forget_datasets),
    ]


def follow(tab: BuildTab, bench: Workbench, qtbot: QtBot, table: CsvData, seed: int) -> None:
    """Do what a seed says; compare every panel after it, and at last walk all steps."""

    def come_to_rest() -> None:
        settle(qtbot, bench)
        qtbot.waitUntil(lambda: tab.model.is_idle, timeout=20_000)
        qtbot.waitUntil(lambda: edges_are_drawn(tab), timeout=20_000)

    chance = random.Random(seed)
    known = deeds(tab, qtbot, table, chance)
    for _ in range(DEEDS):
        for _, deed in chance.choices(known, [often for often, _ in known], k=chance.randint(1, 3)):
            deed()
        come_to_rest()
        assert_window_agrees(tab)
    stack = tab.model.document.undo_stack
    line = [tab.model.document.experiment_at(index) for index in range(stack.count() + 1)]
    for index in [*reversed(range(stack.index())), *range(1, stack.count() + 1)]:
        (undo if index < stack.index() else redo)(tab)
        come_to_rest()
        assert stack.index() == index
        assert tab.model.document.experiment == line[index]


@pytest.mark.thorough
@pytest.mark.usefixtures("learns_from_table")
@pytest.mark.parametrize("seed", range(8))
def test_every_panel_agrees_after_deeds_in_any_order(
    tab: BuildTab, bench: Workbench, qtbot: QtBot, table: CsvData, seed: int
) -> None:
    follow(tab, bench, qtbot, table, seed)


@pytest.mark.slow
@pytest.mark.timeout(3600)
@pytest.mark.usefixtures("learns_from_table")
def test_every_panel_agrees_after_many_deeds_in_any_order(
    tab: BuildTab, bench: Workbench, qtbot: QtBot, table: CsvData
) -> None:
    for seed in range(8, 80):
        follow(tab, bench, qtbot, table, seed)
