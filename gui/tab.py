"""The interface between the window and a tab."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from msgspec import Struct
from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QApplication, QTabBar, QWidget

from gui.widgets.basic import has_focus, scroll_to
from gui.widgets.panel import Panel
from gui.widgets.regions import Region, is_tab_stop

if TYPE_CHECKING:
    from gui.document.files import Files


AFTER_FIRST_PAINT_MS = 100
"""Delay of deferrable work after the first paint."""


class Status(Struct, frozen=True):
    """A tab's part of the status bar.

    Attributes
    ----------
    state, dot
        Text of the state, and colour token of its dot: ``"acc"``, ``"t3"`` or ``"warn"``.
    figures
        Pairs of name and value.
    sentence
        Sentence about the last event.
    fact
        Text at the right end.
    terms
        Ids of the glossary terms explained in the sentence's tool tip.
    goes_on
        Whether something is running, so that figures and sentence keep changing. Screen readers
        then announce only the state, and the rest at the end.
    """

    state: str = ""
    dot: str = "t3"
    figures: tuple[tuple[str, str], ...] = ()
    sentence: str = ""
    fact: str = ""
    terms: tuple[str, ...] = ()
    goes_on: bool = False


def is_for_lessons(path: Path) -> bool:
    """Return whether a path is a lesson's folder, or a file that may be a lesson or challenge."""
    return (path / "lesson.json").is_file() or path.suffix.lower() == ".json"


class Tab(Panel):
    """A page of the window.

    Attributes
    ----------
    model
        Model of the tab's panels, and source of its messages.

    Signals
    -------
    changed()
        `title` and `status` must be read again.
    """

    model: QObject

    changed = Signal()

    def retranslate(self) -> None:
        """Set every text in the current language."""
        self.changed.emit()

    def title(self) -> str:
        """Return the title in the header's centre."""
        return ""

    @property
    def files(self) -> Files | None:
        """The file commands for this tab, ``None`` for those of the experiment."""
        return None

    def status(self) -> Status:
        """Return the status bar's content."""
        return Status()

    def primary_widget(self) -> QWidget | None:
        """Return the most used widget of the page in its current state."""
        return None

    def leave_keyboard(self) -> None:
        """Keep the tab bar, Qt's choice, from taking the focus when the page is hidden."""
        if has_focus(self):
            self.setFocus()

    def showEvent(self, event: QShowEvent) -> None:
        """Focus the most used widget, unless the tab bar has the focus.

        In the tab bar the arrow keys still move between tabs.
        """
        super().showEvent(event)
        if event.spontaneous() or isinstance(QApplication.focusWidget(), QTabBar):
            return
        stop = self.primary_widget()
        if stop is not None and self.isAncestorOf(stop) and is_tab_stop(stop):
            scroll_to(stop)
            stop.setFocus(Qt.FocusReason.ShortcutFocusReason)
        else:
            self.setFocus()  # single keys work at least

    def regions(self) -> list[Region]:
        """Return the page's regions for F6, including hidden ones."""
        return []

    def opens(self, path: Path) -> bool:
        """Return whether `path` is a file or folder for this tab."""
        return False

    def open_path(self, path: Path) -> None:
        """Open `path`; failures become messages of the window."""
        self.open_paths([path])

    def open_paths(self, paths: list[Path]) -> None:
        """Open paths given together, all for this tab."""

    def make_room(self, left_px: int) -> int:
        """Leave room on the left for a panel over the page.

        Returns
        -------
        int
            Distance from the top of the page to the top of that panel, in pixels.
        """
        layout = self.layout()
        if layout is not None and layout.contentsMargins().left() != left_px:
            layout.setContentsMargins(left_px, 0, 0, 0)
        return 0

    def request_close(self) -> bool:
        """Stop all running work; return ``True`` once nothing is running."""
        return True

    def closed(self) -> None:
        """Clean up when the window closes; nothing is running."""
