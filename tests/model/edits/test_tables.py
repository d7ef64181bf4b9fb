"""Edits of a table of rows."""

from __future__ import annotations

import pytest

from model.edits.tables import with_row_added
from model.experiment import TruthTableData


@pytest.mark.parametrize("inputs", [1, 2, 27, 400])
def test_a_row_is_added_whatever_the_number_of_inputs(inputs: int) -> None:
    table = TruthTableData(
        input_names=tuple(f"x{place}" for place in range(inputs)),
        output_names=("y",),
        rows=((0.0,) * inputs, (0.5,) * inputs),
        targets=((1.0,), (1.0,)),
    )
    added = with_row_added(table)
    assert added.rows[:2] == table.rows
    assert added.rows[2] == (*(0.0,) * (inputs - 1), 1.0)
    assert added.targets == ((1.0,), (1.0,), (0.0,))


def test_a_table_that_has_every_combination_gets_zeros() -> None:
    table = TruthTableData(("x",), ("y",), ((0.0,), (1.0,)), ((0.0,), (1.0,)))
    assert with_row_added(table).rows == ((0.0,), (1.0,), (0.0,))
