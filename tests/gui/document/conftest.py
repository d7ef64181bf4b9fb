"""A window on a document, closed as the user closes it, for the tests of its files."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from pytestqt.qtbot import QtBot

from gui.document import ExperimentDocument
from gui.window import GlassnetWindow
from model.defaults import default_experiment


@pytest.fixture
def document() -> ExperimentDocument:
    return ExperimentDocument(default_experiment())


@pytest.fixture
def window(qtbot: QtBot, document: ExperimentDocument) -> Iterator[GlassnetWindow]:
    window = GlassnetWindow(document)
    with qtbot.waitExposed(window):
        window.show()
    yield window
    if window.isVisible():
        document.load(default_experiment(), None)
        window.close()
    qtbot.waitUntil(lambda: not window.isVisible(), timeout=60_000)
    window.deleteLater()
