"""A sweep in the dock: asked for, shown, a cell taken; and a cluster that cannot be used."""

from __future__ import annotations

import sys

import pytest
from msgspec.structs import replace
from PySide6.QtCore import Qt
from PySide6.QtGui import QAccessible
from PySide6.QtWidgets import QLabel, QLineEdit, QPushButton
from pytestqt.qtbot import QtBot

from gui.build_tab.build_model import BuildModel
from gui.build_tab.dock.panel import DockPanel
from model.defaults import default_experiment
from model.experiment import Experiment, LayerSpec, NetworkSpec, StopSpec
from model.initialisers import initialise
from model.places import UnitAt
from tests.gui.build_tab.dock.test_lottery import type_number
from tests.gui.finding import find
from tests.gui.told import told


def xor(*hidden: int, epochs: int = 60) -> Experiment:
    base = default_experiment()
    layers = (*(LayerSpec(units, "tanh") for units in hidden), LayerSpec(1, "sigmoid"))
    training = replace(base.training, stop=StopSpec(epochs=epochs))
    return initialise(replace(base, network=NetworkSpec(2, layers), training=training))


@pytest.fixture
def dock(build_model: BuildModel, qtbot: QtBot) -> DockPanel:
    build_model.document.load(xor(3), None)
    result = DockPanel(build_model)
    build_model.state_changed.connect(result.show_state)
    qtbot.addWidget(result)
    result.resize(292, 282)
    result.show()
    result.choose("lottery")
    result.show_state(build_model.state)
    qtbot.mouseClick(result.lottery.choice.button(2), Qt.MouseButton.LeftButton)
    return result


def sweep(dock: DockPanel, model: BuildModel, qtbot: QtBot) -> None:
    qtbot.mouseClick(dock.lottery.sweep.start, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: model.state.insight.sweep_share is None, timeout=60_000)


def test_a_cell_says_what_came_of_it_and_is_taken_in_one_step(
    dock: DockPanel, build_model: BuildModel, qtbot: QtBot
) -> None:
    view, table = dock.lottery.sweep, dock.lottery.sweep.table
    assert view.rates.text() == "0.05, 0.17, 0.5, 1.5, 5"
    assert view.widths.text() == "1, 2, 3, 4, 8"
    type_number(view.rates, "0,5 2", qtbot)
    type_number(view.widths, "2, 6", qtbot)
    type_number(view.seeds, "20", qtbot)
    before = build_model.document.experiment
    sweep(dock, build_model, qtbot)
    result = build_model.state.insight.sweep
    assert result is not None
    assert list(result.cells) == [(0.5, 2), (2.0, 2), (0.5, 6), (2.0, 6)]
    assert view.again.hasFocus()  # so far the keyboard was at a field that is hidden now
    table.setFocus(Qt.FocusReason.TabFocusReason)
    for key in (Qt.Key.Key_Down, Qt.Key.Key_Right, Qt.Key.Key_Right):
        qtbot.keyClick(table, key)  # the last has nowhere to go
    cell = result.cells[2.0, 6]
    said = find(dock, QLabel, "sweep_detail").text()
    assert said.startswith(f"rate 2, 6 units: {cell.solved.sum()} of 20 solve it, 95% interval ")
    assert said.endswith("How they ended: all epochs: 20.")
    spoken = QAccessible.queryAccessibleInterface(table)
    assert spoken.text(QAccessible.Text.Name) == "Share solved by learning rate and width"
    names = [spoken.child(at).text(QAccessible.Text.Name) for at in range(spoken.childCount())]
    assert said in names
    qtbot.keyClick(table, Qt.Key.Key_Return)
    taken = build_model.document.experiment
    assert (taken.training.learning_rate, taken.network.layers[0].units) == (2.0, 6)
    assert taken.progress is None
    assert build_model.state.insight.sweep is result  # its own cell changes nothing about it
    build_model.document.undo_stack.undo()
    assert build_model.document.experiment == before
    build_model.set_units(0, 3)
    assert build_model.state.insight.sweep is result
    build_model.set_activation(0, "relu")
    assert build_model.state.insight.sweep is None
    assert view.start.isVisible()


def test_the_layer_that_is_swept_is_named_and_without_one_there_are_rates_alone(
    dock: DockPanel, build_model: BuildModel, qtbot: QtBot
) -> None:
    view, caption = dock.lottery.sweep, find(dock, QLabel, "sweep_widths_caption")
    assert caption.text() == "Hidden units"
    type_number(view.seeds, "2", qtbot)
    build_model.document.load(xor(3, 32, epochs=5), None)
    assert caption.text() == "Units of layer 1"
    build_model.examine(UnitAt(1, 0))
    assert caption.text() == "Units of layer 2"
    assert view.widths.text() == "8, 16, 32, 64"
    sweep(dock, build_model, qtbot)
    result = build_model.state.insight.sweep
    assert result is not None
    assert (result.layer, result.widths) == (1, (8, 16, 32, 64))
    build_model.document.load(xor(epochs=5), None)
    assert not caption.isVisible()
    assert not view.widths.isVisible()
    sweep(dock, build_model, qtbot)
    result = build_model.state.insight.sweep
    assert result is not None
    assert [width for _, width in result.cells] == [0] * 5
    assert view.table.rowCount() == 1


def test_stopping_keeps_the_cells_that_are_whole(
    dock: DockPanel, build_model: BuildModel, qtbot: QtBot
) -> None:
    build_model.document.load(xor(3, epochs=1500), None)
    view = dock.lottery.sweep
    qtbot.mouseClick(view.start, Qt.MouseButton.LeftButton)
    assert view.start.text().startswith("Stop")
    insight = build_model.insight
    qtbot.waitUntil(lambda: insight.view.sweep is not None and len(insight.view.sweep.cells) > 0)
    qtbot.mouseClick(view.again, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: build_model.state.insight.sweep_share is None, timeout=60_000)
    result = build_model.state.insight.sweep
    assert result is not None
    assert 0 < len(result.cells) < 25
    shown = [view.table.item(row, column).text() for row in range(5) for column in range(5)]
    assert shown.count("…") == 25 - len(result.cells)
    qtbot.mouseClick(view.again, Qt.MouseButton.LeftButton)
    qtbot.mouseClick(view.again, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: build_model.state.insight.sweep_share is None, timeout=60_000)
    assert insight.view.sweep is result  # nothing was whole yet
    qtbot.mouseClick(view.change, Qt.MouseButton.LeftButton)
    assert view.rates.isVisible()


def test_what_is_no_rate_or_width_is_put_back_and_it_is_said_why(
    dock: DockPanel, build_model: BuildModel, qtbot: QtBot
) -> None:
    view = dock.lottery.sweep
    for field, texts in (
        (view.rates, ("0", "-1", "many", "1 2 3 4 5 6 7 8")),
        (view.widths, ("0", "2.5 3", "1025")),
    ):
        before = field.text()
        for text in texts:
            with told(qtbot, build_model.messages) as failed:
                type_number(field, text, qtbot)
            assert len(failed) == 1
            assert f"“{text}”" in failed[0]
            assert field.text() == before
    type_number(view.widths, "5", qtbot)
    view.widths.selectAll()
    qtbot.keyClick(view.widths, Qt.Key.Key_Delete)
    qtbot.keyClick(view.widths, Qt.Key.Key_Return)
    assert view.widths.text() == "1, 2, 3, 4, 8"


def test_a_cluster_that_cannot_be_used_is_told_of_and_nothing_is_lost(
    dock: DockPanel, build_model: BuildModel, monkeypatch: pytest.MonkeyPatch, qtbot: QtBot
) -> None:
    page = dock.lottery
    qtbot.mouseClick(page.cluster, Qt.MouseButton.LeftButton)
    qtbot.keyClicks(page.address, " tcp://127.0.0.1:9 ")
    qtbot.keyClick(page.address, Qt.Key.Key_Return)
    page.address.window().hide()
    assert page.cluster.toolTip() == "Cluster: tcp://127.0.0.1:9"
    assert build_model.cluster == "tcp://127.0.0.1:9"
    monkeypatch.setitem(sys.modules, "distributed", None)  # as where it is not installed
    before = build_model.document.experiment
    with told(qtbot, build_model.messages) as failed:
        qtbot.mouseClick(page.sweep.start, Qt.MouseButton.LeftButton)
    assert 'pip install "glassnet[dask]"' in failed[0]
    assert page.sweep.start.text() == "Draw 100 seeds each"
    assert build_model.document.experiment is before
    build_model.set_cluster("")
    qtbot.mouseClick(page.choice.button(0), Qt.MouseButton.LeftButton)
    assert find(dock, QPushButton, "lottery_start").isVisible()
    assert find(page.address.window(), QLineEdit, "cluster_address") is page.address
