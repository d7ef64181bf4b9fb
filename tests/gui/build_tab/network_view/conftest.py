"""A canvas on screen with a network in it."""

from __future__ import annotations

import pytest
from pytestqt.qtbot import QtBot

from gui.build_tab.network_view.panel import NetworkPanel
from tests.gui.build_tab.network_view.hands import make_state


@pytest.fixture
def canvas(qtbot: QtBot) -> NetworkPanel:
    """Return a canvas on screen that shows the XOR network."""
    widget = NetworkPanel()
    qtbot.addWidget(widget)
    widget.resize(853, 493)
    with qtbot.waitExposed(widget):
        widget.show()
    widget.show_state(make_state())
    return widget
