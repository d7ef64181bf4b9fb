"""What is asked block by block is what NumPy says of the whole."""

from __future__ import annotations

import sys

import numpy as np
import pytest

from model.insight.doctor.curves import count_finite, last_finite, lowest
from model.training.loss_column import FILED_FROM, LossColumn
from tests.model.memory import resident_bytes


@pytest.mark.parametrize("length", [1, 65_536, 65_537, 200_000])
def test_blocks_say_what_the_whole_says(length: int) -> None:
    rng = np.random.default_rng(length)
    values = rng.normal(size=length)
    values[rng.random(length) < 0.3] = np.nan
    values[-1] = np.inf
    values[length // 2] = -9.0
    finite = np.isfinite(values)
    assert count_finite(values) == finite.sum()
    assert last_finite(values) == values[finite][-1]
    assert lowest(values) == length // 2 == np.nanargmin(values)


def test_the_first_of_equals_is_the_lowest() -> None:
    values = np.ones(150_000)
    values[[70_000, 140_000]] = 0.0
    assert lowest(values) == 70_000


def test_where_there_is_no_number() -> None:
    nothing = np.full(70_000, np.nan)
    assert (count_finite(nothing), lowest(nothing)) == (0, 0)
    assert np.isnan(last_finite(nothing))


@pytest.mark.skipif(sys.platform != "linux", reason="reads Linux's own figure of resident memory")
def test_a_series_in_a_file_is_never_in_memory_as_a_whole() -> None:
    length = 32 * FILED_FROM
    column = LossColumn()
    column.reserve(length)
    values = column.values[:length]
    values[:] = 0.5
    values[length // 2] = 0.25
    column.leave()
    before, held = resident_bytes(), []

    def leave() -> None:
        held.append(resident_bytes() - before)
        column.leave()

    assert lowest(values, leave) == length // 2
    assert count_finite(values, leave) == length
    assert last_finite(values, leave) == 0.5
    assert max(held) < values.nbytes // 8
