"""A canvas on screen with a network in it."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pytest
from PySide6.QtGui import QAccessible, QAccessibleEvent
from pytestqt.qtbot import QtBot

from gui.build_tab.build_model import BuildModel
from gui.build_tab.network_view.panel import NetworkPanel
from tests.gui.build_tab.network_view.hands import Edit, make_state


@pytest.fixture
def canvas(qtbot: QtBot, build_model: BuildModel) -> NetworkPanel:
    """Return a canvas on screen that shows the XOR network, which is the document's.

    It shows nothing else before a test lets it.
    """
    state = make_state()
    build_model.document.load(state.experiment, None)
    widget = NetworkPanel(build_model)
    qtbot.addWidget(widget)
    widget.resize(853, 493)
    with qtbot.waitExposed(widget):
        widget.show()
    widget.show_state(state)
    return widget


@pytest.fixture
def edits(canvas: NetworkPanel, build_model: BuildModel) -> list[Edit]:
    """Return the weights that change in the document.

    Each by layer, row (a bias stands under the weights), unit, new value, and step of undo.
    """
    found: list[Edit] = []
    document = build_model.document

    shown = document.experiment

    def note() -> None:
        nonlocal shown
        old, shown = shown, document.experiment
        pairs = zip(old.network.layers, shown.network.layers, strict=True)
        for index, (before, after) in enumerate(pairs):
            was, now = (np.vstack([layer.weights, layer.biases]) for layer in (before, after))
            found.extend(
                (index, int(row), int(unit), float(now[row, unit]), document.undo_stack.index())
                for row, unit in np.argwhere(was != now)
            )

    document.undo_stack.indexChanged.connect(lambda _: note())
    return found


@pytest.fixture
def on(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[str]]:
    """Return the names of the drawn parts that a screen reader is told the keyboard is on."""
    found: list[str] = []
    tell, was_active = QAccessible.updateAccessibility, QAccessible.isActive()

    def note(event: QAccessibleEvent) -> None:
        part = event.accessibleInterface()
        if event.type() == QAccessible.Event.Focus and part is not None and part.object() is None:
            found.append(part.text(QAccessible.Text.Name))
        tell(event)

    QAccessible.setActive(True)
    monkeypatch.setattr(QAccessible, "updateAccessibility", note)
    yield found
    QAccessible.setActive(was_active)
