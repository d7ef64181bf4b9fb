"""The bar says how a loss is summed up, and offers a perceptron no loss but its own."""

from __future__ import annotations

from msgspec.structs import replace
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QCheckBox
from pytestqt.qtbot import QtBot

from gui.build_tab.tab import BuildTab
from gui.build_tab.workbench import Workbench
from gui.document import ExperimentDocument
from model.edits import network as edits
from model.experiment import LOSSES, GateData, TableData
from tests.gui.build_tab.reading_hands import settle
from tests.gui.finding import find


def test_every_loss_says_its_formula_and_its_reduction(bench: Workbench) -> None:
    combo = bench.bar.loss
    for index in range(combo.count()):
        tip = str(combo.itemData(index, Qt.ItemDataRole.ToolTipRole))
        formula, reduction = tip.split("\n")
        assert formula
        assert reduction == "Mean over the rows of a step, summed over the outputs."
    squared = combo.itemData(LOSSES.index("squared"), Qt.ItemDataRole.ToolTipRole)
    assert str(squared).startswith("½ (a − t)²")
    assert "ln p" in combo.toolTip()


def test_a_published_rate_is_told_in_the_unit_of_the_rows(
    bench: Workbench, tab: BuildTab, qtbot: QtBot
) -> None:
    assert "0.05 becomes 0.2." in bench.bar.rate.toolTip()
    assert bench.model.choose_data(TableData("symptoms"))
    qtbot.waitUntil(lambda: "0.05 becomes 0.4." in bench.bar.rate.toolTip(), timeout=5000)
    one_row = replace(tab.model.state.experiment.training, batch_size=1)
    tab.model.edit("Batch", lambda e: edits.with_training(e, one_row))
    assert "becomes" not in bench.bar.rate.toolTip()


def test_a_perceptron_has_its_own_loss_on_a_linear_axis(
    bench: Workbench, tab: BuildTab, document: ExperimentDocument, qtbot: QtBot
) -> None:
    log = find(bench, QCheckBox, "loss_log")
    assert log.isChecked()
    bench.model.choose_data(GateData("or"))
    tab.model.edit("Remove", lambda e: edits.with_layer_removed(e, 0))
    settle(qtbot, bench)
    bench.bar.optimiser.setFocus()
    qtbot.keyClicks(bench.bar.optimiser, "Per")
    experiment = tab.model.state.experiment
    assert (experiment.training.loss, experiment.training.batch_size) == ("perceptron", 1)
    assert experiment.network.layers[0].activation == "step"
    assert bench.bar.loss.currentData() == "perceptron"
    offered = [
        bench.bar.loss.itemData(index)
        for index in range(bench.bar.loss.count())
        if bench.bar.loss.model().flags(bench.bar.loss.model().index(index, 0))
        & Qt.ItemFlag.ItemIsEnabled
    ]
    assert offered == ["perceptron"]
    assert not log.isChecked()
    document.undo_stack.undo()
    assert tab.model.state.experiment.network.layers[0].activation == "sigmoid"
    assert bench.bar.loss.currentData() == "binary_cross_entropy"
    assert log.isChecked()
    # Switched off by a person, it stays off after the perceptron.
    qtbot.mouseClick(log, Qt.MouseButton.LeftButton)
    assert not log.isChecked()
    document.undo_stack.redo()
    document.undo_stack.undo()
    assert bench.bar.loss.currentData() == "binary_cross_entropy"
    assert not log.isChecked()
