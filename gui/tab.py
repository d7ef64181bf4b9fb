"""What the window expects of a tab."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from msgspec import Struct
from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QApplication, QTabBar, QWidget

from gui.widgets.basic import has_focus, scroll_to
from gui.widgets.panel import Panel
from gui.widgets.regions import Region, takes_keyboard

if TYPE_CHECKING:
    from gui.document.files import Files


AFTER_FIRST_PAINT_MS = 100
"""What can wait for the first picture of what is shown waits so long."""


class Status(Struct, frozen=True):
    """What the status bar shows of a tab.

    Attributes
    ----------
    state, dot
        What is going on, and the token of its dot: ``"acc"``, ``"t3"`` or ``"warn"``.
    figures
        Names and values.
    sentence
        What happened last.
    fact
        What stands at the right.
    terms
        Words of the glossary that the sentence explains itself by.
    goes_on
        Whether something runs, so that the rest changes by itself: a screen reader then says only
        that it runs, and the rest once it is over.
    """

    state: str = ""
    dot: str = "t3"
    figures: tuple[tuple[str, str], ...] = ()
    sentence: str = ""
    fact: str = ""
    terms: tuple[str, ...] = ()
    goes_on: bool = False


def is_for_lessons(path: Path) -> bool:
    """Tell whether a path is a lesson's folder, or a file that a lesson or challenge may be."""
    return (path / "lesson.json").is_file() or path.suffix.lower() == ".json"


class Tab(Panel):
    """One of the window's pages.

    Attributes
    ----------
    model
        What its panels show; the source of what is told of it.

    Signals
    -------
    changed()
        `title` and `status` have to be asked again.
    """

    model: QObject

    changed = Signal()

    def retranslate(self) -> None:
        """Write every text in the language in use."""
        self.changed.emit()

    def title(self) -> str:
        """Return what the header shows in its middle."""
        return ""

    @property
    def files(self) -> Files | None:
        """What the file menu works on while the tab is in front; ``None`` for the experiment's."""
        return None

    def status(self) -> Status:
        """Return what the status bar shows."""
        return Status()

    def primary_widget(self) -> QWidget | None:
        """Return what is used most on the page as it is now."""
        return None

    def leave_keyboard(self) -> None:
        """Let the row of tabs, which Qt would choose, not take the keyboard as the page hides."""
        if has_focus(self):
            self.setFocus()

    def showEvent(self, event: QShowEvent) -> None:
        """Take the keyboard to what is used most; not from a row of tabs.

        There the arrow keys go on from tab to tab.
        """
        super().showEvent(event)
        if event.spontaneous() or isinstance(QApplication.focusWidget(), QTabBar):
            return
        stop = self.primary_widget()
        if stop is not None and self.isAncestorOf(stop) and takes_keyboard(stop):
            scroll_to(stop)
            stop.setFocus(Qt.FocusReason.ShortcutFocusReason)
        else:
            self.setFocus()  # single keys work at least

    def regions(self) -> list[Region]:
        """Return the parts of the page that F6 goes through, those out of sight too."""
        return []

    def opens(self, path: Path) -> bool:
        """Tell whether `path` is a file or folder for this tab."""
        return False

    def open_path(self, path: Path) -> None:
        """Open `path`; failures are told to the window's messages."""
        self.open_paths([path])

    def open_paths(self, paths: list[Path]) -> None:
        """Open what was given together, all of it for this tab."""

    def make_room(self, left_px: int) -> int:
        """Leave so much at the left to a panel that lies over the page.

        Returns
        -------
        int
            How far under the page's top that panel begins, in pixels.
        """
        layout = self.layout()
        if layout is not None and layout.contentsMargins().left() != left_px:
            layout.setContentsMargins(left_px, 0, 0, 0)
        return 0

    def request_close(self) -> bool:
        """Stop what runs; return ``True`` when nothing runs any more."""
        return True

    def closed(self) -> None:
        """Tidy up: the window closes now, and nothing runs."""
