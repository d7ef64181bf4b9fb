"""Values that come too fast are held back, and the newest is always passed on."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QObject
from pytestqt.qtbot import QtBot

from gui.workers.throttle import Throttle
from tests.gui.vision_tab.conftest import PATIENT_MS

NEVER_MS, SOON_MS = 3_600_000, 5


class Reader(QObject):
    """Note what a throttle passes on."""

    def __init__(self, interval_ms: int) -> None:
        super().__init__()
        self.read: list[object] = []
        self.throttle = Throttle(interval_ms, self.read.append, self)


@pytest.fixture
def slow(qapp: QObject) -> Reader:
    """Return a throttle whose interval does not end during a test."""
    return Reader(NEVER_MS)


def test_the_first_value_is_passed_on_at_once_and_the_next_ones_wait(slow: Reader) -> None:
    for value in (1, 2, 3):
        slow.throttle.put(value)
    assert slow.read == [1]


def test_flushing_passes_on_the_newest_and_only_once(slow: Reader) -> None:
    for value in (1, 2, 3):
        slow.throttle.put(value)
    slow.throttle.flush()
    slow.throttle.flush()
    assert slow.read == [1, 3]
    # The interval begins anew.
    slow.throttle.put(4)
    assert slow.read == [1, 3]


def test_what_was_dropped_is_never_passed_on(slow: Reader) -> None:
    slow.throttle.put(1)
    slow.throttle.put(2)
    slow.throttle.drop()
    slow.throttle.flush()
    assert slow.read == [1]
    slow.throttle.put(3)
    slow.throttle.flush()
    assert slow.read == [1, 3]


def test_the_last_value_comes_by_itself(qtbot: QtBot) -> None:
    reader = Reader(SOON_MS)
    reader.throttle.put(1)
    reader.throttle.put(2)
    qtbot.waitUntil(lambda: reader.read[-1] == 2, timeout=PATIENT_MS)
    assert reader.read == [1, 2]
