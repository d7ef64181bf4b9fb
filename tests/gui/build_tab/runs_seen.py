"""How a test waits for the end of a run."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from pytestqt.qtbot import QtBot

from gui.build_tab.build_model import BuildModel

__all__ = ["run_ends"]


@contextmanager
def run_ends(qtbot: QtBot, model: BuildModel, timeout: int = 10_000) -> Iterator[None]:
    """Wait at the end of the block until no training is under way or about to begin."""
    yield
    qtbot.waitUntil(lambda: not (model.is_training or model.is_about_to_train), timeout=timeout)
