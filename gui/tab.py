"""What the window expects of a tab."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import Signal

from gui.widgets.panel import Panel

__all__ = ["Tab"]


class Tab(Panel):
    """One of the window's pages.

    Signals
    -------
    state_shown(str, str)
        Text and dot's token for the status bar's state.
    figures_shown(list[tuple[str, str]])
        Names and values for the status bar.
    sentence_shown(str)
        What just happened.
    fact_shown(str)
        The fact at the right of the status bar.
    title_changed()
        `title` has to be asked again.
    failed(str, str)
        A sentence for the message bar, and details or ``""``.
    failure_over()
        What the last failure was about is mended, or no longer on show.
    remedy_offered(str, Callable[[], None])
        What the last failure's button says, and what it does.
    path_requested(Path)
        A file to open in the tab it belongs to.
    """

    state_shown = Signal(str, str)
    figures_shown = Signal(list)
    sentence_shown = Signal(str)
    fact_shown = Signal(str)
    title_changed = Signal()
    failed = Signal(str, str)
    failure_over = Signal()
    remedy_offered = Signal(str, object)
    path_requested = Signal(object)

    def title(self) -> str:
        """Return what the header shows in its middle."""
        return ""

    def opens(self, path: Path) -> bool:
        """Tell whether `path` is a file or folder for this tab."""
        return False

    def open_path(self, path: Path) -> None:
        """Open `path`; failures are reported by ``failed``."""

    def open_paths(self, paths: list[Path]) -> None:
        """Open what was given together, all of it for this tab."""
        for path in paths:
            self.open_path(path)

    def republish(self) -> None:
        """Emit the status bar's texts again, because the tab was chosen or the language changed."""

    def request_close(self) -> bool:
        """Stop what runs; return ``True`` when nothing runs any more."""
        return True

    def closed(self) -> None:
        """Tidy up: the window closes now, and nothing runs."""

    @property
    def is_closing(self) -> bool:
        """Whether a requested stop is still under way."""
        return False
