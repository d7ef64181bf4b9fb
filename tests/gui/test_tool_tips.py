"""What rests under the pointer is described, or has no tool tip at all."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QEvent
from PySide6.QtGui import QHelpEvent
from PySide6.QtWidgets import QApplication, QToolTip, QWidget
from pytestqt.qtbot import QtBot

from gui.build_tab.tab import BuildTab
from gui.window import GlassnetWindow
from tests.gui.finding import find


def hover(widget: QWidget) -> str | None:
    """Rest the pointer on a widget's middle; return its tool tip, ``None`` where none is shown."""
    point = widget.rect().center()
    under = widget.childAt(point) or widget
    event = QHelpEvent(QEvent.Type.ToolTip, under.mapFrom(widget, point), widget.mapToGlobal(point))
    QToolTip.hideText()
    QApplication.sendEvent(under, event)
    return QToolTip.text() if QToolTip.isVisible() else None


@pytest.fixture
def panels(window: GlassnetWindow, qtbot: QtBot) -> GlassnetWindow:
    """Return the window with all of Build's panels on show."""
    tab = window.show_tab(window.BUILD)
    assert isinstance(tab, BuildTab)
    tab.show_all_panels()
    tab.workbench.make_hidden()
    qtbot.waitUntil(lambda: tab.workbench.is_idle)
    return window


@pytest.mark.parametrize("name", ["loss_plot", "plane_map", "weights_view"])
def test_a_plot_has_no_tool_tip(panels: GlassnetWindow, name: str) -> None:
    plot = find(panels, QWidget, name)
    assert plot.isVisible()
    assert hover(plot) is None


def test_no_tool_tip_is_blank(panels: GlassnetWindow) -> None:
    panels.show_tab(panels.VISION)
    widgets = panels.findChildren(QWidget)
    assert [w.objectName() for w in widgets if w.toolTip() and not w.toolTip().strip()] == []


def test_a_button_still_says_what_it_does(panels: GlassnetWindow) -> None:
    assert hover(panels.header.theme_button) == "Light or dark"
