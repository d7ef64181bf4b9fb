"""Every job is done, one after the other; a failure ends none of the others."""

from __future__ import annotations

import threading

from pytestqt.qtbot import QtBot

from gui.workers import TaskQueue


def test_jobs_are_done_in_their_order_and_a_failed_one_lets_the_next_follow(qtbot: QtBot) -> None:
    told: list[object] = []
    queue, release = TaskQueue(lambda error, details: told.append(str(error))), threading.Event()

    def fails() -> None:
        raise OSError("no room")

    queue.add(lambda: release.wait(10), told.append)
    queue.add(fails, told.append)
    queue.add(lambda: "third", told.append)
    assert not queue.is_idle
    release.set()
    qtbot.waitUntil(lambda: queue.is_idle)
    assert told == [True, "no room", "third"]


def test_who_fails_to_take_a_result_holds_no_other_job_up(qtbot: QtBot) -> None:
    told: list[object] = []
    queue = TaskQueue(lambda error, details: told.append(error))

    def take(result: str) -> None:
        raise ValueError(result)

    with qtbot.captureExceptions() as raised:
        queue.add(lambda: "first", take)
        queue.add(lambda: "second", told.append)
        qtbot.waitUntil(lambda: queue.is_idle)
    assert [str(error) for _, error, _ in raised] == ["first"]
    assert told == ["second"]
