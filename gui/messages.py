"""What the user is told: what failed, what deserves a sentence, and what mends it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal

from msgspec import Struct
from PySide6.QtCore import QObject, Signal

Words = Callable[[], str]
"""Returns a sentence in the language in use when it is shown."""

Remedy = tuple[Words, Callable[[], None]]
"""What a button says, and what it does."""


class Message(Struct, frozen=True):
    """What the user is told until they close it, or its cause is gone.

    Attributes
    ----------
    reason
        An error, or what says a sentence.
    details
        What can be unfolded, or ``""``.
    remedy
        What mends the cause, if anything is known to.
    source
        Whose message it is; see :meth:`Messages.dismiss_from`.
    tone
        ``"fail"``, ``"warn"`` or ``"ok"``.
    """

    reason: Exception | Words
    details: str = ""
    remedy: Remedy | None = None
    source: object = None
    tone: Literal["fail", "warn", "ok"] = "fail"

    def sentence(self) -> str:
        """Return what to show, in the language in use."""
        if not isinstance(self.reason, Exception):
            return self.reason()
        from gui.error_texts import sentence_of  # late: the start has no errors

        return sentence_of(self.reason)

    def path(self) -> str:
        """Return the whole path of the file that it is about, or an empty text."""
        if not isinstance(self.reason, Exception):
            return ""
        from gui.error_texts import path_of

        return path_of(self.reason)


class Messages(QObject):
    """Hold the one message that is on show. The window's message bar shows it.

    Attributes
    ----------
    shown
        The message, or ``None``.

    Signals
    -------
    changed(Message | None)
        `shown` is another one.
    said(str)
        What the user has just done went well, in a sentence for the status bar.
    """

    changed = Signal(object)
    said = Signal(str)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.shown: Message | None = None

    def failed(
        self,
        reason: Exception | Words,
        details: str = "",
        remedy: Remedy | None = None,
        source: object = None,
    ) -> None:
        """Tell what could not be done.

        Parameters
        ----------
        reason
            The error, or what says a sentence where nothing was raised.
        details
            A traceback. It is left out for errors that our own code foresaw.
        remedy
            What a button in the message says, and what it does.
        source
            Who tells; :meth:`dismiss_from` with the same object takes the message away.
        """
        if isinstance(reason, Exception):
            from gui.error_texts import details_of

            details = details_of(reason, details)
        self._show(Message(reason, details, remedy, source))

    def warned(self, sentence: Words, remedy: Remedy | None = None, source: object = None) -> None:
        """Tell of something that nobody did wrong, but that the user must know."""
        self._show(Message(sentence, remedy=remedy, source=source, tone="warn"))

    def noted(self, sentence: Words, source: object = None) -> None:
        """Tell of something that the user should know of what they did."""
        self._show(Message(sentence, source=source, tone="ok"))

    def dismiss_from(self, source: object) -> None:
        """Take the message away if it is `source`'s: its cause is mended or no longer on show."""
        if self.shown is not None and self.shown.source is source:
            self._show(None)

    def clear(self) -> None:
        """Take away what is on show, whoever told it."""
        if self.shown is not None:
            self._show(None)

    def _show(self, message: Message | None) -> None:
        self.shown = message
        self.changed.emit(message)
