"""A canvas on screen with a network in it."""

from __future__ import annotations

import pytest
from pytestqt.qtbot import QtBot

from gui.build.canvas import NetworkCanvas
from tests.gui.build.canvas.hands import make_state


@pytest.fixture
def canvas(qtbot: QtBot) -> NetworkCanvas:
    """Return a canvas on screen that shows the XOR network."""
    widget = NetworkCanvas()
    qtbot.addWidget(widget)
    widget.resize(853, 493)
    with qtbot.waitExposed(widget):
        widget.show()
    widget.show_state(make_state())
    return widget
