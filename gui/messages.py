"""Messages for the user: failures, warnings and notes, with remedies."""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal

from msgspec import Struct
from PySide6.QtCore import QObject, Signal

LazyText = Callable[[], str]
"""Returns a sentence in the current language when it is shown."""

Remedy = tuple[LazyText, Callable[[], None]]
"""A button's label, and the function that it calls."""


class Message(Struct, frozen=True):
    """A message shown until it is closed or its cause is gone.

    Attributes
    ----------
    reason
        An error, or a function that returns the text.
    details
        Collapsible details, or ``""``.
    remedy
        Label and function of the button that fixes the cause, or ``None``.
    source
        Object that reported it; see :meth:`Messages.dismiss_from`.
    tone
        ``"fail"``, ``"warn"`` or ``"ok"``.
    """

    reason: Exception | LazyText
    details: str = ""
    remedy: Remedy | None = None
    source: object = None
    tone: Literal["fail", "warn", "ok"] = "fail"

    def sentence(self) -> str:
        """Return the text in the current language."""
        if not isinstance(self.reason, Exception):
            return self.reason()
        from gui.error_texts import sentence_of  # late: the start has no errors

        return sentence_of(self.reason)

    def path(self) -> str:
        """Return the full path of the file concerned, or an empty text."""
        if not isinstance(self.reason, Exception):
            return ""
        from gui.error_texts import path_of

        return path_of(self.reason)


class Messages(QObject):
    """Holds the one message shown in the window's message bar.

    Attributes
    ----------
    shown
        The current message, or ``None``.

    Signals
    -------
    changed(Message | None)
        `shown` has been replaced.
    said(str)
        Sentence for the status bar about the user's last action.
    """

    changed = Signal(object)
    said = Signal(str)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.shown: Message | None = None

    def show_error(
        self,
        reason: Exception | LazyText,
        details: str = "",
        remedy: Remedy | None = None,
        source: object = None,
    ) -> None:
        """Report a failure.

        Parameters
        ----------
        reason
            The error, or a function that returns the text if nothing was raised.
        details
            A traceback; ignored for errors that our own code raises.
        remedy
            Label and function of a button in the message.
        source
            Object that reports it; :meth:`dismiss_from` with the same object removes the message.
        """
        if isinstance(reason, Exception):
            from gui.error_texts import details_of

            details = details_of(reason, details)
        self._show(Message(reason, details, remedy, source))

    def show_warning(
        self, sentence: LazyText, remedy: Remedy | None = None, source: object = None
    ) -> None:
        """Report a condition that the user should know about but did not cause."""
        self._show(Message(sentence, remedy=remedy, source=source, tone="warn"))

    def show_note(self, sentence: LazyText, source: object = None) -> None:
        """Report a consequence of the user's action."""
        self._show(Message(sentence, source=source, tone="ok"))

    def dismiss_from(self, source: object) -> None:
        """Dismiss a message of `source`, whose cause is gone or no longer shown."""
        if self.shown is not None and self.shown.source is source:
            self._show(None)

    def clear(self) -> None:
        """Dismiss the message, whatever its source."""
        if self.shown is not None:
            self._show(None)

    def _show(self, message: Message | None) -> None:
        self.shown = message
        self.changed.emit(message)
