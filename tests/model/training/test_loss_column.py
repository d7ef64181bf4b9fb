"""A column of losses holds what was written, however long it gets."""

from __future__ import annotations

import numpy as np
import pytest

from model.training.loss_column import LossColumn

LENGTH = 5000


def filled(length: int) -> LossColumn:
    column = LossColumn()
    for index in range(length):
        column.write(index, 1.0 / (index + 1))
    return column


def test_all_is_there_and_the_rest_is_blank() -> None:
    column = filled(LENGTH)
    np.testing.assert_array_equal(column.view(LENGTH), 1.0 / np.arange(1, LENGTH + 1))
    assert len(column.values) > LENGTH
    assert np.isnan(column.values[LENGTH:]).all()


def test_a_view_stays_as_it_was_when_the_column_grows() -> None:
    column = filled(LENGTH)
    view = column.view(LENGTH)
    copy = view.copy()
    column.reserve(10 * LENGTH)
    column.write(3, -1.0)
    np.testing.assert_array_equal(view, copy)
    with pytest.raises(ValueError, match="read-only"):
        view[0] = 0.0
