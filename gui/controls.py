"""List every control of the window: ``python -m gui.controls FILE`` writes the list.

Scripts, tests and screen readers find controls by these names, so they are kept stable; a test
compares the list with the window. ``python -m gui.controls --check [FILE]`` reports controls
without a name, a tool tip or keyboard access, and whether the list is out of date; ``make lint``
runs that.
"""

from __future__ import annotations

import os
import sys
import tempfile
from collections.abc import Iterable
from pathlib import Path
from typing import NamedTuple

from PySide6.QtCore import QCoreApplication, QEvent, QSettings, Qt
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractItemView,
    QAbstractSlider,
    QAbstractSpinBox,
    QComboBox,
    QGraphicsView,
    QHeaderView,
    QLabel,
    QLineEdit,
    QPlainTextEdit,
    QScrollBar,
    QTabBar,
    QWidget,
)

from gui.teach_tab.confusion_grid import ConfusionGrid
from gui.window import GlassnetWindow
from model.files import write_bytes

LIST = Path(__file__).parents[1] / "docs" / "controls.md"

_KINDS = (
    QAbstractButton,
    QAbstractItemView,
    QAbstractSlider,
    QAbstractSpinBox,
    QComboBox,
    QGraphicsView,
    QLineEdit,
    QPlainTextEdit,
    QTabBar,
    ConfusionGrid,
)


_OPERATED_FROM = {"loss_plot": "timeline", "palette_list": "palette_search"}
"""Controls operated by the keyboard through another one."""

_NON_INTERACTIVE = {"teach_accuracy_plot", "teach_learning_plot", "teach_loss_plot"}
"""Plots without interaction."""


class Control(NamedTuple):
    """A control that the user can operate.

    Attributes
    ----------
    place
        ``"Window"`` or the name of the tab that contains it.
    name
        Object name.
    kind
        Its Qt class, or the Qt base class if the class is ours.
    accessible_name
        Accessible name in English.
    file
        Source file of the panel, page or dialog that contains it.
    """

    place: str
    name: str
    kind: str
    accessible_name: str
    file: str


def controls(window: GlassnetWindow) -> list[Control]:
    """Return every control of `window` created so far, sorted by place and name."""
    found = [
        Control(
            _place(window, widget),
            widget.objectName(),
            _qt_class(widget),
            widget.accessibleName(),
            _file(widget),
        )
        for widget in control_widgets(window)
    ]
    return sorted(found)


def control_widgets(window: GlassnetWindow) -> list[QWidget]:
    """Return every control created so far, including hidden ones."""
    return [
        widget
        for widget in window.findChildren(QWidget)
        if isinstance(widget, _KINDS) and not _belongs_to_qt(widget) and not _is_read_only(widget)
    ]


def _is_read_only(widget: QWidget) -> bool:
    """Return whether a widget is a list without focus or selection."""
    return (
        isinstance(widget, QAbstractItemView)
        and widget.focusPolicy() is Qt.FocusPolicy.NoFocus
        and widget.selectionMode() is QAbstractItemView.SelectionMode.NoSelection
    )


def faults(widgets: Iterable[QWidget]) -> list[str]:
    """Return the missing names, accessible names, tool tips and tab stops of controls."""
    found = []
    for widget in widgets:
        name = widget.objectName()
        if not name:
            found.append(f"{type(widget).__name__} in {widget.parentWidget()}: no object name")
        if not widget.accessibleName().strip():
            found.append(f"{name}: no accessible name")
        # A tool tip over a drawing would cover what the user points at; it is named all the same.
        if not isinstance(widget, QGraphicsView) and not widget.toolTip().strip():
            found.append(f"{name}: no tool tip")
        if not _is_reachable(widget):
            found.append(f"{name}: not reached by Tab")
    return found


def unnamed_tab_stops(window: GlassnetWindow) -> list[str]:
    """Return the tab stops without an accessible name; a label's name is its text."""
    return [
        f"{widget.objectName() or type(widget).__name__}: Tab stops at it, and it has no name"
        for widget in window.findChildren(QWidget)
        if widget.focusPolicy() & Qt.FocusPolicy.TabFocus
        and widget.focusProxy() is None
        and not isinstance(widget, QLabel)
        and not widget.accessibleName().strip()
        and not _belongs_to_qt(widget)
    ]


def _is_reachable(widget: QWidget) -> bool:
    """Return whether Tab reaches a control, or another control that operates it."""
    needs_none = widget.objectName() in {*_OPERATED_FROM, *_NON_INTERACTIVE}
    if widget.focusPolicy() & Qt.FocusPolicy.TabFocus or needs_none:
        return True
    group = widget.group() if isinstance(widget, QAbstractButton) else None
    return group is not None and any(
        button.focusPolicy() & Qt.FocusPolicy.TabFocus for button in group.buttons()
    )


def all_controls(window: GlassnetWindow) -> list[Control]:
    """Create every tab of `window`, leave its first page, and return all controls.

    The settings then record that the first page has been left.
    """
    for index in range(window.header.tabs.count()):
        window.tab(index)
    found = set(controls(window))
    build = window.build_tab
    build.show_all_panels()
    build.workbench.prepare()
    build.workbench.create_lazy_views()
    for on in (True, False):
        build.workbench.canvas.features.open(on)
    build.model.open_microscope()
    build.model.close_microscope()
    window.learn.toggle()
    window.learn.toggle()
    window.palette_of_actions.toggle()
    window.palette_of_actions.toggle()
    teach = window.session.teach
    teach.add_class()
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)
    found |= set(controls(window))
    teach.document.undo_stack.undo()
    return sorted(found)


def markdown(rows: list[Control]) -> str:
    """Return the list as the text of docs/controls.md."""
    lines = [
        "# Controls",
        "",
        "Made by `python -m gui.controls`; a test compares it with the window. Each control keeps",
        "its object name; the accessible name is what a screen reader says in English, and the",
        "file is that of the panel, page or dialog that it stands in.",
    ]
    place = ""
    for row in rows:
        if row.place != place:
            place = row.place
            lines += [
                "",
                f"## {place}",
                "",
                "| object name | kind | accessible name | file |",
                "|---|---|---|---|",
            ]
        lines.append(f"| `{row.name}` | {row.kind} | {row.accessible_name} | {row.file} |")
    return "\n".join(lines) + "\n"


def _belongs_to_qt(widget: QWidget) -> bool:
    """Return whether a widget is an internal part of another control."""
    if isinstance(widget, QScrollBar | QHeaderView) or widget.objectName().startswith("qt_"):
        return True
    parent = widget.parentWidget()
    while parent is not None:
        if isinstance(parent, QComboBox | QAbstractSpinBox | QTabBar):
            return True
        if isinstance(parent, QAbstractItemView) and isinstance(widget, QAbstractButton):
            return True
        parent = parent.parentWidget()
    return False


def _place(window: GlassnetWindow, widget: QWidget) -> str:
    for index in range(window.header.tabs.count()):
        if window.tab(index).isAncestorOf(widget):
            return window.header.tabs.tabText(index)
    return "Window"


def _file(widget: QWidget) -> str:
    """Return the source file of a control's nearest panel outside the shared toolkit."""
    place: QWidget | None = widget
    while place is not None:
        module = type(place).__module__
        if module.startswith("gui.") and not module.startswith(("gui.widgets", "gui.plots")):
            return module.replace(".", "/") + ".py"
        place = place.parentWidget()
    return ""


def _qt_class(widget: QWidget) -> str:
    for kind in type(widget).__mro__:
        if kind.__module__.startswith("PySide6"):
            return kind.__name__
    return type(widget).__name__


def _main() -> int:
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    from gui.app import make_application, make_window, style_application

    with tempfile.TemporaryDirectory() as folder:
        # Not the user's own settings: they decide whether there is a first-run page.
        ini, user = QSettings.Format.IniFormat, QSettings.Scope.UserScope
        QSettings.setPath(ini, user, folder)
        app = make_application(sys.argv[:1])
        style_application(app, language="en", theme="light")
        window = make_window()
        text, wrong = markdown(all_controls(window)), faults(control_widgets(window))
        wrong += unnamed_tab_stops(window)
        file = LIST if sys.argv[-1] == "--check" else Path(sys.argv[-1])
        if "--check" not in sys.argv:
            write_bytes(file, text.encode())
        elif file.read_text(encoding="utf-8") != text:
            wrong.append(f"{file} is out of date: run `make controls`")
        for fault in wrong:
            print(fault, file=sys.stderr)
        window.document.undo_stack.setClean()
        window.session.teach.document.undo_stack.setClean()
        window.close()
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(_main())
