"""Answers in the truth table, as they are written in their cells."""

from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtCore import QLocale

from gui.build_tab.data_panel.truth_table_model import TableModel
from model.experiment import TruthTableData


@pytest.mark.parametrize(
    ("answer", "written"),
    [
        (0.1234, "0.123"),
        (-999.5, "−999.500"),
        (12345.6, "12\xa0346"),
        (-1.91e152, "−1.91e152"),
        (np.inf, "∞"),
        (np.nan, "NaN"),
    ],
)
def test_an_answer_of_any_size_is_whole_in_its_cell(
    qapp: object, answer: float, written: str
) -> None:
    table = TableModel()
    table.show_table(TruthTableData(("x₁",), ("y",), ((1.0,),), ((1.0,),)))
    table.show_outputs(np.array([[answer]]), 0.5)
    assert table.index(0, 2).data() == written


def test_a_diverged_answer_has_the_decimal_mark_in_use(qapp: object) -> None:
    before = QLocale()
    QLocale.setDefault(QLocale(QLocale.Language.Turkish))
    try:
        table = TableModel()
        table.show_outputs(np.array([[-1.91e152]]), 0.5)
        assert table.index(0, 2).data() == "−1,91e152"
    finally:
        QLocale.setDefault(before)
