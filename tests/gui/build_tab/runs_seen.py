"""How a test waits for the end of a run, and for what a person is told."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from pytestqt.qtbot import QtBot

from gui.build_tab.build_model import BuildModel
from gui.messages import Messages

__all__ = ["Told", "run_ends", "told"]


class Told:
    """What a person was told in a block.

    Attributes
    ----------
    sentence
        Known at the block's end.
    """

    def __init__(self) -> None:
        self.sentence = ""


@contextmanager
def run_ends(qtbot: QtBot, model: BuildModel, timeout: int = 10_000) -> Iterator[None]:
    """Wait at the end of the block until no training is under way or about to begin."""
    yield
    qtbot.waitUntil(lambda: not (model.is_training or model.is_about_to_train), timeout=timeout)


@contextmanager
def told(qtbot: QtBot, messages: Messages, timeout: int = 10_000) -> Iterator[Told]:
    """Wait at the end of the block until a person is told that something could not be done."""
    seen, result = [messages.shown], Told()
    messages.changed.connect(seen.append)
    yield result
    qtbot.waitUntil(lambda: any(seen[1:]), timeout=timeout)
    messages.changed.disconnect(seen.append)
    result.sentence = next(each.sentence() for each in seen[1:] if each is not None)
