"""The Vision tab on a window of its own, and pictures to give it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from gui.settings import ASSETS
from gui.vision_tab.tab import VisionTab

# How long a test waits for what must come: far longer than it takes, on a busy machine too.
PATIENT_MS = 60_000
COFFEE = ASSETS / "images" / "coffee.png"
CHELSEA = ASSETS / "images" / "chelsea.png"


@pytest.fixture
def tab(qtbot: QtBot) -> VisionTab:
    """Return a shown tab; it is closed as the window closes it."""
    widget = VisionTab()
    # pytest-qt deletes widgets before a fixture's own clean-up, so the worker ends here.
    qtbot.addWidget(
        widget, before_close_func=lambda tab: qtbot.waitUntil(tab.request_close, timeout=PATIENT_MS)
    )
    widget.resize(1440, 830)
    with qtbot.waitActive(widget, timeout=PATIENT_MS):
        widget.show()
        widget.activateWindow()
    return widget


@pytest.fixture
def classify(qtbot: QtBot, tab: VisionTab) -> Callable[[Path], None]:
    """Return a function that opens a picture and waits until it is on the stage."""

    def run(path: Path) -> None:
        with qtbot.waitSignal(tab.controller.reading_ready, timeout=PATIENT_MS):
            tab.open_path(path)

    return run
