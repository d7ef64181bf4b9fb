"""The few rows of a table that comes with the program, seen and edited as those of a gate."""

from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from gui.build_tab.data_panel.truth_table_model import Kind
from gui.build_tab.workbench import Workbench
from gui.document import ExperimentDocument
from model.experiment import SplitSpec, TableData, TruthTableData

SYMPTOMS = TableData("symptoms")


@pytest.fixture
def symptoms(bench: Workbench) -> Workbench:
    assert bench.model.choose_data(SYMPTOMS)
    return bench


def click(bench: Workbench, kind: Kind, row: int) -> None:
    """Click the first cell of a kind in a row."""
    table = bench.data.table
    columns = range(table.model.columnCount())
    column = next(at for at in columns if table.model.kind(at)[0] is kind)
    where = table.view.visualRect(table.model.index(row, column)).center()
    QTest.mouseClick(table.view.viewport(), Qt.MouseButton.LeftButton, pos=where)


def shown(bench: Workbench) -> list[list[str]]:
    """Return every cell of the table as it reads."""
    model = bench.data.table.model
    columns = range(model.columnCount())
    return [[str(model.index(row, c).data()) for c in columns] for row in range(model.rowCount())]


def test_all_rows_are_seen_with_what_the_network_answers(symptoms: Workbench) -> None:
    assert symptoms.data.table.isVisible()
    state = symptoms.model.state
    answers = state.network.forward(state.dataset.x_train)[:, 0]
    rows = shown(symptoms)
    assert [row[:5] for row in rows[:2]] == [["1", "0", "0", "1", "1"], ["1", "0", "0", "0", "1"]]
    assert np.allclose([float(row[5]) for row in rows], answers, rtol=0, atol=0.0005)
    tip = symptoms.data.table.model.headerData(
        0, Qt.Orientation.Horizontal, Qt.ItemDataRole.ToolTipRole
    )
    assert tip == "loss of smell"


def test_an_edit_makes_them_rows_of_ones_own(
    symptoms: Workbench, document: ExperimentDocument
) -> None:
    learned = document.experiment.network
    click(symptoms, Kind.TARGET, 5)
    data = document.experiment.data
    assert isinstance(data, TruthTableData)
    assert data.input_names == ("loss of smell", "weight loss", "runny nose", "body pain")
    assert [target for (target,) in data.targets] == [1, 1, 0, 0, 1, 0, 0, 0]
    assert document.experiment.network == learned, "what was learned is kept"
    assert symptoms.data.table.isVisible()
    document.undo_stack.undo()
    assert document.experiment.data == SYMPTOMS
    assert [row[4] for row in shown(symptoms)] == list("11001100")


def test_a_clicked_row_is_the_one_that_is_shown_where_rows_are_held_back(
    symptoms: Workbench,
) -> None:
    symptoms.model.set_split(SplitSpec(0.5), "split")
    for row in (1, 6):
        click(symptoms, Kind.INPUT, row)
        state = symptoms.model.state
        assert state.row_x is not None
        assert [float(text) for text in shown(symptoms)[row][:4]] == state.row_x.tolist()


def test_long_numbers_are_shown_whole(symptoms: Workbench, document: ExperimentDocument) -> None:
    table = TruthTableData(("x",), ("y",), ((202400017.0,), (0.1,)), ((0.0,), (1.0,)))
    assert symptoms.model.choose_data(table)
    assert [row[0] for row in shown(symptoms)] == ["202400017", "0.1"]
    view = symptoms.data.table.view
    assert view.columnWidth(0) >= view.fontMetrics().horizontalAdvance("202400017")
