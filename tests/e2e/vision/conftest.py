"""A person at the Vision tab, and files to give it."""

from __future__ import annotations

from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from gui.window import GlassnetWindow
from tests.e2e.vision.viewer import Viewer
from tests.vision.onnx_models import linear_classifier


@pytest.fixture
def viewer(known: None, qtbot: QtBot, window: GlassnetWindow) -> Viewer:
    """Return someone at the Vision tab, whose model is loaded."""
    return Viewer(qtbot, window)


@pytest.fixture
def own_model(tmp_path: Path) -> Path:
    """Write a classifier of 8 x 8 pictures with labels of its own beside it."""
    path = tmp_path / "farm.onnx"
    path.write_bytes(linear_classifier(classes=4)[0])
    path.with_suffix(".txt").write_text("ant\nbee\ncow\ndog\n")
    return path
