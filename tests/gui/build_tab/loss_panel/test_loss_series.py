"""The numbers behind the loss plot: ranges of blocks and running means."""

from __future__ import annotations

import tracemalloc

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pytestqt.qtbot import QtBot

from gui.plots.series import BLOCK, BlockRanges, LossLine, RunningMean
from model.experiment import FloatArray


def test_missing_values_are_passed_over_and_an_all_missing_block_stays_missing() -> None:
    values = np.arange(20.0 * BLOCK)
    values[: 4 * BLOCK] = np.nan
    values[5 * BLOCK] = np.nan
    ranges = BlockRanges()
    with np.errstate(invalid="ignore"):
        ranges.extend(values)
        part = ranges.columns(0, len(values), 20)
    assert part.size == BLOCK
    assert np.isnan(part.low[:4]).all()
    assert part.low[5] == 5 * BLOCK + 1


@settings(max_examples=40)
@given(
    lengths=st.lists(st.integers(1, 400), min_size=1, max_size=5),
    window=st.integers(2, 60),
    seed=st.integers(0, 2**16),
)
def test_running_mean_equals_the_plain_mean_of_the_last_values(
    lengths: list[int], window: int, seed: int
) -> None:
    values = np.random.default_rng(seed).random(sum(lengths))
    mean = RunningMean(window)
    for end in np.cumsum(lengths):
        result = mean.extend(values[:end])
    wanted = [values[max(0, i - window + 1) : i + 1].mean() for i in range(len(values))]
    np.testing.assert_allclose(result, wanted, atol=1e-12)


def test_an_overflow_does_not_spoil_the_mean_after_it() -> None:
    values = np.array([1.0, np.inf, 1.0, 1.0, 1.0])
    assert RunningMean(2).extend(values)[-1] == pytest.approx(1.0)


def test_the_mean_of_a_series_that_begins_late_begins_with_it() -> None:
    values = np.array([np.nan, np.nan, 3.0, 1.0, 2.0])
    mean = RunningMean(2)
    mean.extend(values[:3])
    np.testing.assert_array_equal(mean.extend(values), [np.nan, np.nan, 3.0, 2.0, 1.5])


def test_a_line_that_begins_after_the_epochs_in_sight_is_not_drawn(qtbot: QtBot) -> None:
    line = LossLine()
    line.show(range(100, 150), np.linspace(1.0, 0.5, 50))
    line.draw(100.0, 149.0, 400, False)
    assert not line.item.boundingRect().isEmpty()
    line.draw(0.0, 60.0, 400, False)
    assert line.item.boundingRect().isEmpty()


def assert_columns_hold(ranges: BlockRanges, values: FloatArray, window: slice, most: int) -> None:
    """Compare the columns of a window with the values that each of them stands for."""
    part = ranges.columns(window.start, window.stop, most)
    assert len(part.position) <= most + 2
    if part.size == 1:
        np.testing.assert_array_equal(part.low, values[window])
        return
    first = window.start // part.size * part.size
    assert first + len(part.low) * part.size >= window.stop
    for number, (low, high) in enumerate(zip(part.low, part.high, strict=True)):
        start = first + number * part.size
        block = values[start : min(window.stop, start + part.size)]
        assert (low, high) == (block.min(), block.max())


@settings(max_examples=60)
@given(
    lengths=st.lists(st.integers(1, 900), min_size=1, max_size=6),
    seed=st.integers(0, 2**16),
    most=st.integers(4, 120),
    window=st.tuples(st.floats(0, 1), st.floats(0, 1)),
)
def test_columns_hold_every_value_of_a_growing_series(
    lengths: list[int], seed: int, most: int, window: tuple[float, float]
) -> None:
    values = np.random.default_rng(seed).normal(size=sum(lengths))
    ranges = BlockRanges()
    for end in np.cumsum(lengths):
        ranges.extend(values[:end])
    start, stop = sorted(int(share * len(values)) for share in window)
    assert_columns_hold(ranges, values, slice(start, stop), most)
    assert ranges.range() == (values.min(), values.max())


def test_a_very_long_series_shows_every_value_in_little_memory() -> None:
    values = np.random.default_rng(1).random(3_500_000)
    tracemalloc.start()
    ranges = BlockRanges()
    for end in range(0, len(values) + 1, 50_000):
        ranges.extend(values[:end])
    held, _peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert held < 1_100_000
    for start, stop in ((0, 3_500_000), (1_200_000, 1_290_000), (3_300_100, 3_499_999)):
        assert_columns_hold(ranges, values, slice(start, stop), 250)
