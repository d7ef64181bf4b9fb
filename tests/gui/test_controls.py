"""Every control has a name, an accessible name and a tool tip, and docs/controls.md lists them."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QCoreApplication, QEvent, Qt
from PySide6.QtWidgets import QAbstractButton, QApplication, QWidget
from pytestqt.qtbot import QtBot

from gui.controls import (
    control_widgets,
    controls,
    faults,
    unnamed_tab_stops,
)
from gui.window import GlassnetWindow
from tests.gui.build_tab.looking import bench
from tests.gui.finding import find
from tests.gui.focus_seen import reached_by_tab


@pytest.fixture
def window(closed_window: GlassnetWindow) -> GlassnetWindow:
    """Return the window with every tab made."""
    for index in range(closed_window.header.tabs.count()):
        closed_window.tab(index)
    return closed_window


@pytest.fixture
def shown_window(window: GlassnetWindow, qtbot: QtBot) -> GlassnetWindow:
    with qtbot.waitExposed(window):
        window.show()
    return window


def forget_deleted() -> None:
    """Delete what waits for it, such as the first-run page."""
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)


def test_every_control_of_the_first_page_has_its_names_and_its_tool_tip(
    window: GlassnetWindow,
) -> None:
    """Lint looks at those of all panels, and compares them with the list."""
    widgets: list[QWidget] = control_widgets(window)
    assert len(widgets) > 60
    assert faults(widgets) == []
    assert unnamed_tab_stops(window) == []


def test_what_a_control_lacks_is_found(window: GlassnetWindow) -> None:
    button = find(window, QAbstractButton, "theme")
    button.setAccessibleName(" ")
    button.setToolTip("")
    button.setFocusPolicy(Qt.FocusPolicy.NoFocus)
    assert faults([button]) == [
        "theme: no accessible name", "theme: no tool tip", "theme: not reached by Tab",
    ]  # fmt: skip
    button.setObjectName("")
    assert "no object name" in faults([button])[0]
    build = window.tab(window.BUILD)
    build.setAccessibleName("")
    assert unnamed_tab_stops(window) == ["build_tab: Tab stops at it, and it has no name"]


def test_no_two_controls_of_a_tab_share_a_name(window: GlassnetWindow) -> None:
    build = window.build_tab
    build.show_all_panels()
    build.workbench.create_lazy_views()
    forget_deleted()
    rows = [(row.place, row.name) for row in controls(window)]
    assert sorted({row for row in rows if rows.count(row) > 1}) == []


MAX_PRESSES = 400
"""Far more than there are stops: Tab goes through the units of a drawing too."""


@pytest.mark.parametrize("page", ["BUILD", "TEACH", "VISION"])
def test_tab_comes_to_every_control_in_sight(
    shown_window: GlassnetWindow, qtbot: QtBot, page: str
) -> None:
    window = shown_window
    if page == "BUILD":
        build = bench(window)
        build.workbench.create_lazy_views()
        build.model.open_microscope()
        qtbot.waitUntil(build.workbench.microscope.isVisible)
    window.show_tab(getattr(window, page))
    window.activateWindow()
    qtbot.waitUntil(window.isActiveWindow)
    window.setFocus()
    wanted = set(reached_by_tab(window))
    assert len(wanted) > 15
    reached: set[QWidget] = set()
    for _ in range(MAX_PRESSES):
        qtbot.keyClick(QApplication.focusWidget() or window, Qt.Key.Key_Tab)
        now = QApplication.focusWidget()
        if now is not None:
            # Of buttons of which one holds Tab comes to that one, and arrows lead on.
            group = now.group() if isinstance(now, QAbstractButton) else None
            reached |= {now} if group is None else set(group.buttons())
        if wanted <= reached:
            break
    assert [widget.objectName() for widget in wanted - reached] == []
