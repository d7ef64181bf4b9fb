"""The newest values are worked on, older ones are passed over, and errors come back."""

from __future__ import annotations

import threading
from collections.abc import Iterator

import pytest

from vision.jobs.newest_only import MAX_AT_ONCE, NewestOnly

LIMIT_S = 10.0


class Gate:
    """Work that begins, and ends when it is told to."""

    def __init__(self) -> None:
        self.begun = threading.Semaphore(0)
        self.may_end = threading.Semaphore(0)
        self.done: list[int] = []
        self.threads: list[int] = []

    def __call__(self, value: int, thread: int) -> None:
        self.threads.append(thread)
        self.begun.release()
        assert self.may_end.acquire(timeout=LIMIT_S)
        if value < 0:
            raise ValueError("below nought")
        self.done.append(value)

    def wait_until_begun(self) -> None:
        """Wait until the work on another value has begun."""
        assert self.begun.acquire(timeout=LIMIT_S)


@pytest.fixture
def gate() -> Gate:
    return Gate()


@pytest.fixture
def newest(gate: Gate) -> Iterator[NewestOnly[int]]:
    """Return what works by the gate; it is closed at the end, once all may end."""
    made = NewestOnly(gate)
    yield made
    gate.may_end.release(100)
    made.close()


def test_older_values_are_passed_over(gate: Gate, newest: NewestOnly[int]) -> None:
    newest.put(1)
    gate.wait_until_begun()
    for value in (2, 3, 4):
        newest.put(value)
    gate.may_end.release(2)
    gate.wait_until_begun()
    newest.settle()
    assert gate.done == [1, 4]
    assert newest.passed_over == 2


def test_settling_drops_what_waits_and_waits_for_what_is_done(
    gate: Gate, newest: NewestOnly[int]
) -> None:
    newest.put(1)
    gate.wait_until_begun()
    newest.put(2)
    threading.Timer(0.05, gate.may_end.release).start()
    newest.settle()
    assert gate.done == [1]
    assert newest.passed_over == 1
    newest.close()
    assert gate.done == [1]


def test_an_error_comes_back_once(gate: Gate, newest: NewestOnly[int]) -> None:
    gate.may_end.release(3)
    newest.put(-1)
    gate.wait_until_begun()
    with pytest.raises(ValueError, match="below nought"):
        newest.settle()
    newest.put(5)
    gate.wait_until_begun()
    newest.settle()
    assert gate.done == [5]


def test_room_comes_when_the_waiting_value_is_taken(gate: Gate, newest: NewestOnly[int]) -> None:
    newest.put(1)
    gate.wait_until_begun()
    newest.put(2)
    asks = threading.Event()
    done_when_there_was_room: list[list[int]] = []

    def ask() -> None:
        asks.set()
        newest.wait_for_room(LIMIT_S)
        done_when_there_was_room.append(list(gate.done))

    asker = threading.Thread(target=ask)
    asker.start()
    assert asks.wait(LIMIT_S)
    gate.may_end.release()
    asker.join(LIMIT_S)
    assert done_when_there_was_room == [[1]]
    gate.may_end.release()
    newest.settle()


def test_who_asks_for_room_does_not_wait_for_ever(gate: Gate, newest: NewestOnly[int]) -> None:
    newest.put(1)
    gate.wait_until_begun()
    newest.put(2)
    newest.wait_for_room(0.01)
    assert gate.done == []
    # The value that waits was not dropped for it.
    assert newest.passed_over == 0
    gate.may_end.release(2)
    gate.wait_until_begun()
    newest.settle()
    assert gate.done == [1, 2]


def test_two_values_are_worked_on_at_once_where_they_may_be(
    gate: Gate, newest: NewestOnly[int]
) -> None:
    newest.at_once = MAX_AT_ONCE
    newest.put(1)
    gate.wait_until_begun()
    newest.put(2)
    gate.wait_until_begun()
    newest.put(3)
    gate.may_end.release(2)
    newest.wait_for_room(LIMIT_S)
    gate.may_end.release()
    newest.settle()
    assert gate.threads[:2] == [0, 1]
    assert sorted(gate.done) == [1, 2, 3]
    assert newest.passed_over == 0


@pytest.mark.parametrize("at_once", [1, MAX_AT_ONCE])
def test_the_second_thread_does_nothing_while_the_first_keeps_up(
    gate: Gate, newest: NewestOnly[int], at_once: int
) -> None:
    gate.may_end.release(20)
    newest.at_once = at_once
    for value in range(20):
        newest.put(value)
        gate.wait_until_begun()
        newest.settle()
    assert gate.done == list(range(20))
    assert set(gate.threads) == {0}
