"""A person at the Vision tab."""

from __future__ import annotations

import pytest
from pytestqt.qtbot import QtBot

from gui.window import GlassnetWindow
from tests.e2e.vision.viewer import Viewer


@pytest.fixture
def viewer(known: None, qtbot: QtBot, window: GlassnetWindow) -> Viewer:
    """Return someone at the Vision tab, whose model is loaded."""
    return Viewer(qtbot, window)
