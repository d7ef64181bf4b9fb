"""Wait for what the user is told."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from pytestqt.qtbot import QtBot

from gui.messages import Message, Messages
from gui.tab import Tab

PATIENT_MS = 60_000


@contextmanager
def told(qtbot: QtBot, messages: Messages) -> Iterator[list[str]]:
    """Wait until what is done in this block has told something; the list has the sentence then."""
    said: list[str] = []
    with qtbot.waitSignal(
        messages.changed, timeout=PATIENT_MS, check_params_cb=lambda told: told is not None
    ) as signal:
        yield said
    said.append(signal.args[0].sentence())


def last_told(messages: Messages) -> str:
    """Return what the user reads in the message bar."""
    shown = messages.shown
    return "" if shown is None else shown.sentence()


def failures(messages: Messages) -> list[str]:
    """Return a list of sentences that grows as messages are told."""
    said: list[str] = []

    def note(message: Message | None) -> None:
        if message is not None:
            said.append(message.sentence())

    messages.changed.connect(note)
    return said


def sentences(tab: Tab) -> list[str]:
    """Return a list of the status bar's sentences, each once, that grows as they change."""
    said = [tab.status().sentence]

    def note() -> None:
        if tab.status().sentence != said[-1]:
            said.append(tab.status().sentence)

    tab.changed.connect(note)
    return said
