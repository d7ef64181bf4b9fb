"""Every control has a name, an accessible name and a tool tip, and docs/controls.md lists them."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import QCoreApplication, QEvent, Qt
from PySide6.QtWidgets import QAbstractButton, QWidget

from gui.build_tab.tab import BuildTab
from gui.controls import control_widgets, controls, every_control, faults, markdown, nameless_stops
from gui.window import GlassnetWindow

LIST = Path(__file__).resolve().parents[2] / "docs" / "controls.md"


@pytest.fixture
def window(closed_window: GlassnetWindow) -> GlassnetWindow:
    """Return the window with every tab made."""
    for index in range(closed_window.header.tabs.count()):
        closed_window.tab(index)
    return closed_window


def forget_deleted() -> None:
    """Delete what waits for it, such as the first-run page."""
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)


def test_the_list_of_controls_is_up_to_date(window: GlassnetWindow) -> None:
    made = markdown(every_control(window))
    assert LIST.read_text(encoding="utf-8") == made, "run: make controls"


@pytest.mark.parametrize("is_left", [False, True])
def test_every_control_has_its_names_and_its_tool_tip(
    window: GlassnetWindow, is_left: bool
) -> None:
    build = window.tab(window.BUILD)
    assert isinstance(build, BuildTab)
    if is_left:
        build.show_all_panels()
        build.workbench.make_hidden()
        forget_deleted()
    widgets: list[QWidget] = control_widgets(window)
    assert len(widgets) > 60
    assert faults(widgets) == []
    assert nameless_stops(window) == []


def test_what_a_control_lacks_is_found(window: GlassnetWindow) -> None:
    button = window.findChild(QAbstractButton, "theme")
    assert button is not None
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
    assert nameless_stops(window) == ["build_tab: Tab stops at it, and it has no name"]


def test_no_two_controls_of_a_tab_share_a_name(window: GlassnetWindow) -> None:
    build = window.tab(window.BUILD)
    assert isinstance(build, BuildTab)
    build.show_all_panels()
    build.workbench.make_hidden()
    forget_deleted()
    rows = [(row.place, row.name) for row in controls(window)]
    assert sorted({row for row in rows if rows.count(row) > 1}) == []
