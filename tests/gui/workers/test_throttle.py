"""Values that come too fast are held back, and the newest is always passed on."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QObject
from pytestqt.qtbot import QtBot

from gui.workers.throttle import Throttle
from tests.gui.vision_tab.conftest import PATIENT_MS

NEVER_MS, SOON_MS = 3_600_000, 5


class Reader(QObject):
    """Note what a pacer passes on."""

    def __init__(self, interval_ms: int) -> None:
        super().__init__()
        self.read: list[object] = []
        self.pacer = Throttle(interval_ms, self)
        self.pacer.due.connect(self.read.append)


@pytest.fixture
def slow(qapp: QObject) -> Reader:
    """Return a pacer whose interval does not end during a test."""
    return Reader(NEVER_MS)


def test_the_first_value_is_passed_on_at_once_and_the_next_ones_wait(slow: Reader) -> None:
    for value in (1, 2, 3):
        slow.pacer.put(value)
    assert slow.read == [1]


def test_flushing_passes_on_the_newest_and_only_once(slow: Reader) -> None:
    for value in (1, 2, 3):
        slow.pacer.put(value)
    slow.pacer.flush()
    slow.pacer.flush()
    assert slow.read == [1, 3]
    # The interval begins anew.
    slow.pacer.put(4)
    assert slow.read == [1, 3]


def test_what_was_dropped_is_never_passed_on(slow: Reader) -> None:
    slow.pacer.put(1)
    slow.pacer.put(2)
    slow.pacer.drop()
    slow.pacer.flush()
    assert slow.read == [1]
    slow.pacer.put(3)
    slow.pacer.flush()
    assert slow.read == [1, 3]


def test_the_last_value_comes_by_itself(qtbot: QtBot) -> None:
    reader = Reader(SOON_MS)
    reader.pacer.put(1)
    reader.pacer.put(2)
    qtbot.waitUntil(lambda: reader.read[-1] == 2, timeout=PATIENT_MS)
    assert reader.read == [1, 2]


def test_a_dropped_value_does_not_come_by_itself(qtbot: QtBot) -> None:
    reader, other = Reader(SOON_MS), Reader(2 * SOON_MS)
    for pacer in (reader.pacer, other.pacer):
        pacer.put(1)
        pacer.put(2)
    reader.pacer.drop()
    # The other one's interval is longer: when its value has come, the first one's time is over.
    qtbot.waitUntil(lambda: other.read == [1, 2], timeout=PATIENT_MS)
    assert reader.read == [1]


def test_a_value_after_the_interval_is_passed_on_at_once(qtbot: QtBot) -> None:
    reader = Reader(SOON_MS)
    reader.pacer.put(1)
    reader.pacer.put(2)
    qtbot.waitUntil(lambda: reader.read == [1, 2], timeout=PATIENT_MS)

    def is_passed_on() -> bool:
        reader.pacer.put(3)
        return reader.read[-1] == 3

    qtbot.waitUntil(is_passed_on, timeout=PATIENT_MS)
    assert reader.read == [1, 2, 3]
