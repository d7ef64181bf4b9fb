"""The Vision tab on a window of its own, and pictures to give it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from gui.settings import ASSETS
from gui.vision_tab.state import FolderEnded
from gui.vision_tab.tab import VisionTab

# How long a test waits for what must come: far longer than it takes, on a busy machine too.
PATIENT_MS = 60_000

type Classify = Callable[[Path], None]
"""Opens a picture and waits until it is on the stage."""

COFFEE = ASSETS / "images" / "coffee.png"
CHELSEA = ASSETS / "images" / "chelsea.png"


class PatientBot(QtBot):
    """Wait far longer than anything takes, for a busy machine."""

    def waitUntil(self, callback: Callable[[], bool | None], *, timeout: int = PATIENT_MS) -> None:
        """Wait until a condition holds."""
        super().waitUntil(callback, timeout=timeout)


@pytest.fixture
def qtbot(qapp: QApplication, request: pytest.FixtureRequest) -> QtBot:
    """Return a robot that is patient."""
    return PatientBot(request)


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
def classify(qtbot: QtBot, tab: VisionTab) -> Classify:
    """Return a function that opens a picture and waits until it is on the stage."""

    def run(path: Path) -> None:
        with next_result(qtbot, tab):
            tab.open_path(path)

    return run


@contextmanager
def next_result(qtbot: QtBot, tab: VisionTab) -> Iterator[None]:
    """Wait until what is done in this block has brought another result."""
    before = tab.model.state.result
    yield
    qtbot.waitUntil(lambda: tab.model.state.result not in (None, before), timeout=PATIENT_MS)


@contextmanager
def next_model(qtbot: QtBot, tab: VisionTab) -> Iterator[None]:
    """Wait until what is done in this block has loaded another model."""
    before = tab.model.state.models.report
    yield
    qtbot.waitUntil(lambda: tab.model.state.models.report not in (None, before), timeout=PATIENT_MS)


@contextmanager
def refused_model(qtbot: QtBot, tab: VisionTab) -> Iterator[None]:
    """Wait until the model that is chosen in this block is refused."""
    yield
    qtbot.waitUntil(lambda: tab.model.state.models.refusal is not None, timeout=PATIENT_MS)


@contextmanager
def folder_ends(qtbot: QtBot, tab: VisionTab) -> Iterator[None]:
    """Wait until the folder that is opened or stopped in this block has ended."""
    yield
    qtbot.waitUntil(lambda: isinstance(tab.model.state.event, FolderEnded), timeout=PATIENT_MS)


def ended(tab: VisionTab) -> FolderEnded:
    """Return how the last folder ended."""
    event = tab.model.state.event
    assert isinstance(event, FolderEnded)
    return event


def click_entry(qtbot: QtBot, tab: VisionTab, row: int) -> None:
    """Click an entry of the history."""
    view = tab.history_panel.list
    index = view.model().index(row, 0)
    view.scrollTo(index)
    where = view.visualRect(index).center()
    qtbot.mouseClick(view.viewport(), Qt.MouseButton.LeftButton, pos=where)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Let tests of this folder take longer than others: they load networks."""
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.timeout(240))
