"""A column of losses holds what was written, however long it gets, and little of it in memory."""

from __future__ import annotations

import sys
from collections.abc import Iterator

import numpy as np
import pytest

from model.training.loss_column import FILED_FROM, LossColumn
from tests.model.memory import resident_bytes

if sys.platform != "win32":
    import resource

LENGTH = 5 * FILED_FROM + 7


def filled(length: int) -> LossColumn:
    column = LossColumn()
    for index in range(length):
        column.write(index, 1.0 / (index + 1))
        column.let_go(index + 1)
    return column


@pytest.fixture
def no_large_files() -> Iterator[None]:
    """Let the system refuse to write any file longer than 64 kB."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (1 << 16, before[1]))
    yield
    resource.setrlimit(resource.RLIMIT_FSIZE, before)


def test_all_is_there_and_the_rest_is_blank() -> None:
    column = filled(LENGTH)
    np.testing.assert_array_equal(column.view(LENGTH), 1.0 / np.arange(1, LENGTH + 1))
    assert len(column.values) > LENGTH
    assert np.isnan(column.values[LENGTH:]).all()


def test_a_view_stays_as_it_was_when_the_column_grows() -> None:
    column = filled(FILED_FROM + 1)
    view = column.view(FILED_FROM)
    copy = view.copy()
    column.reserve(10 * FILED_FROM)
    column.write(3, -1.0)
    np.testing.assert_array_equal(view, copy)
    with pytest.raises(ValueError, match="read-only"):
        view[0] = 0.0


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no limit on the size of files")
def test_without_room_for_a_file_all_stays_in_memory(no_large_files: None) -> None:
    column = filled(FILED_FROM + 1)
    np.testing.assert_array_equal(column.view(FILED_FROM), 1.0 / np.arange(1, FILED_FROM + 1))


@pytest.mark.skipif(sys.platform != "linux", reason="reads Linux's own figure of resident memory")
def test_a_long_run_takes_little_memory() -> None:
    column = LossColumn()
    column.reserve(FILED_FROM)
    column.values[:] = 0.5
    before = resident_bytes()
    most, part = 0, np.full(1 << 14, 0.25)
    for start in range(0, 64 * FILED_FROM, len(part)):
        end = start + len(part)
        column.reserve(end)
        column.values[start:end] = part
        column.let_go(end)
        most = max(most, resident_bytes() - before)
    # 64 MB of losses; at most the newest 0.5 MB and what is on its way into a longer file.
    assert most < 4 << 20
    assert column.view(64 * FILED_FROM).sum() == 16 * FILED_FROM
