"""A step on part of the rows is counted within its epoch, and says which rows it took."""

from __future__ import annotations

import pytest
from msgspec.structs import replace
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from gui.build_tab.tab import BuildTab
from gui.build_tab.workbench import Workbench
from gui.window import GlassnetWindow
from model.experiment import DataSpec, Experiment, GateData, PlaneData
from tests.gui.finding import find


def use(tab: BuildTab, batch: int, data: DataSpec | None = None) -> None:
    def edit(experiment: Experiment) -> Experiment:
        training = replace(experiment.training, batch_size=batch)
        return replace(experiment, training=training, data=data or experiment.data)

    tab.model.edit("Batch", edit)


def step(window: GlassnetWindow, qtbot: QtBot) -> tuple[str, str, str]:
    """Press Step; return what the status bar says: state, figures, sentence."""
    qtbot.mouseClick(find(window, QWidget, "step"), Qt.MouseButton.LeftButton)
    bar = window.status
    return bar.state.text(), bar.figures.text(), bar.sentence.text()


def test_each_step_on_one_row_names_and_marks_it(
    window: GlassnetWindow, tab: BuildTab, bench: Workbench, qtbot: QtBot
) -> None:
    use(tab, 1)
    table, seen = bench.data.table.model, []
    for n in (1, 2, 3):
        state, figures, sentence = step(window, qtbot)
        assert state == "Stepped"
        assert figures.startswith(f"epoch 0   step {n} of 4")
        (row,) = table.used
        assert sentence.startswith(f"Stepped: row {row + 1} was used. ")
        spoken = table.index(row, 0).data(Qt.ItemDataRole.AccessibleTextRole)
        assert spoken.endswith("used by the last step")
        seen.append(row)
    state, figures, sentence = step(window, qtbot)
    assert figures.startswith("epoch 1   epochs/s")
    assert sorted([*seen, *table.used]) == [0, 1, 2, 3]
    window.document.undo_stack.undo()
    assert table.used == ()
    assert window.status.state.text() == "Paused"


@pytest.mark.parametrize("data", [GateData("xor", copies=8, noise=0.1), PlaneData("circle", 60)])
def test_several_rows_are_named_or_counted(
    window: GlassnetWindow, tab: BuildTab, bench: Workbench, qtbot: QtBot, data: DataSpec
) -> None:
    use(tab, 2, data)
    _, _, sentence = step(window, qtbot)
    rows = tab.model.state.used_rows
    assert 1 <= len(rows) <= 2
    for row in rows:
        assert f"{row + 1}" in sentence.partition(" used.")[0]
    use(tab, 20, PlaneData("circle", 60))
    assert step(window, qtbot)[2].startswith("Stepped: 20 rows were used.")


def test_a_step_on_all_rows_is_an_epoch_as_before(
    window: GlassnetWindow, tab: BuildTab, bench: Workbench, qtbot: QtBot
) -> None:
    state, figures, sentence = step(window, qtbot)
    assert state == "Paused"
    assert figures.startswith("epoch 1   epochs/s")
    assert "Stepped" not in sentence
    assert bench.data.table.model.used == ()
