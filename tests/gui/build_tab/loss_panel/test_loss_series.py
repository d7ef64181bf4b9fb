"""The numbers behind the loss plot: columns and running means."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pytestqt.qtbot import QtBot

from gui.plots.series import Blocks, LossLine, columns, running_mean


@given(length=st.integers(1, 900), window=st.integers(2, 60), seed=st.integers(0, 2**16))
def test_running_mean_equals_the_plain_mean_of_the_last_values(
    length: int, window: int, seed: int
) -> None:
    values = np.random.default_rng(seed).random(length)
    wanted = [values[max(0, i - window + 1) : i + 1].mean() for i in range(length)]
    np.testing.assert_allclose(running_mean(values, window), wanted, atol=1e-12)


def test_a_mean_passes_over_what_is_no_number() -> None:
    values = np.array([np.nan, np.nan, 3.0, 1.0, np.inf, 1.0, 1.0])
    means = running_mean(values, 2)
    np.testing.assert_array_equal(means, [np.nan, np.nan, 3.0, 2.0, 1.0, 1.0, 1.0])


def test_a_line_that_begins_after_the_epochs_in_sight_is_not_drawn(qtbot: QtBot) -> None:
    line = LossLine()
    line.show(range(100, 150), np.linspace(1.0, 0.5, 50))
    line.draw(100.0, 149.0, 400, False)
    assert not line.item.boundingRect().isEmpty()
    line.draw(0.0, 60.0, 400, False)
    assert line.item.boundingRect().isEmpty()


def test_another_series_of_the_same_epochs_has_its_own_range(qtbot: QtBot) -> None:
    line = LossLine()
    for high in (5.0, 2.0):
        line.show(range(300), np.linspace(high, 1.0, 300))
        assert line.range() == (1.0, high)


@settings(max_examples=60)
@given(
    length=st.integers(1, 5000),
    seed=st.integers(0, 2**16),
    most=st.integers(4, 120),
    window=st.tuples(st.floats(0, 1), st.floats(0, 1)),
)
def test_columns_hold_every_number_of_a_series(
    length: int, seed: int, most: int, window: tuple[float, float]
) -> None:
    values = np.random.default_rng(seed).normal(size=length)
    values[: length // 4] = np.nan
    start, stop = sorted(int(share * length) for share in window)
    blocks = Blocks()
    for known in (length // 3, length):  # as the series grows
        blocks.extend(values[:known])
    part = columns(values, blocks, start, stop, most)
    assert len(part.position) <= most + 2
    if part.size == 1:
        np.testing.assert_array_equal(part.low, values[start:stop])
        return
    first = start // part.size * part.size
    assert first + len(part.low) * part.size >= stop
    for number, (low, high) in enumerate(zip(part.low, part.high, strict=True)):
        begin = first + number * part.size
        block = values[begin : min(stop, begin + part.size)]
        assert low == pytest.approx(np.fmin.reduce(block), nan_ok=True)
        assert high == pytest.approx(np.fmax.reduce(block), nan_ok=True)
