"""Vision's part of the status bar and the header: when what they say changes."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject, Signal

from gui.vision.controller import VisionController
from gui.vision.live_desk import LiveDesk
from gui.vision.presenter import Presenter
from gui.vision.source_state import SourceBarState
from gui.vision.status import figures, state

__all__ = ["StatusDesk"]


class StatusDesk(QObject):
    """Say what is on show, what it costs, and what just happened.

    Signals
    -------
    state_shown(str, str), figures_shown(list[tuple[str, str]]), sentence_shown(str)
        As in :class:`gui.tab.Tab`.
    title_changed()
        `title` is another one.
    """

    state_shown = Signal(str, str)
    figures_shown = Signal(list)
    sentence_shown = Signal(str)
    title_changed = Signal()

    def __init__(
        self, controller: VisionController, presenter: Presenter, live: LiveDesk, parent: QObject
    ) -> None:
        super().__init__(parent)
        self._controller, self._presenter, self._live = controller, presenter, live
        self._bar = SourceBarState()
        self._title = ""
        self._sentence: Callable[[], str] = str
        controller.busy_changed.connect(lambda _busy: self._publish_state())

    @property
    def title(self) -> str:
        """The name of the picture or stream on show."""
        if self._live.is_on:
            return self._live.title()
        reading = self._presenter.reading
        return reading.name if reading is not None else ""

    def say(self, sentence: Callable[[], str]) -> None:
        """Say what just happened; `sentence` makes the text in the language in use."""
        self._sentence = sentence
        self.sentence_shown.emit(sentence())

    def say_again(self) -> None:
        """Say it in the language in use."""
        self.say(self._sentence)

    def fall_silent(self) -> None:
        """Take back what was said, because something else is to be shown."""
        if self._sentence is not str:
            self.say(str)

    def follow_bar(self, bar: SourceBarState) -> None:
        """Show the state that the source bar shows."""
        self._bar = bar
        self._publish_state()

    def follow_picture(self) -> None:
        """Show figures and title of what the stage shows now."""
        self._publish_figures()
        if self.title != self._title:
            self._title = self.title
            self.title_changed.emit()

    def republish(self) -> None:
        """Say everything again but for the title."""
        self._publish_state()
        self._publish_figures()
        self.say_again()

    def _publish_state(self) -> None:
        bar = self._bar
        live = self._live.is_on and bar.is_live
        waiting = not bar.has_picture
        self.state_shown.emit(*state(bar.is_frozen, live, waiting, self._controller.is_busy))

    def _publish_figures(self) -> None:
        update = self._live.update if self._live.is_on else None
        self.figures_shown.emit(figures(self._presenter.reading, update))
