"""The offer, at the start, to take up work that a crash left behind."""

from __future__ import annotations

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QWidget

from gui.document.question import Answer, ask
from gui.document.recovery import Autosave, Recovered

__all__ = ["RecoveryOffer"]


class RecoveryOffer(QObject):
    """Ask, without blocking, whether to recover what an earlier window left.

    Signals
    -------
    recovered(Recovered)
        The person wants it; its copy stays until this window has one of its own.
    """

    recovered = Signal(object)

    def __init__(self, autosave: Autosave, window: QWidget) -> None:
        super().__init__(window)
        self._autosave, self._window = autosave, window
        self._taken: Recovered | None = None
        autosave.saved.connect(self._on_saved)

    def ask(self) -> bool:
        """Show the question where there is something to recover; tell whether there is."""
        found = self._autosave.orphans()
        if not found:
            return False
        self.offer(found[0])
        return True

    def offer(self, work: Recovered) -> None:
        """Ask about one piece of work."""
        question = self.tr("Recover the unsaved network as it was in its last seconds?")
        if work.path is not None:
            question = self.tr("Recover {name} as it was in its last seconds?")
            question = question.format(name=work.path.name)
        ask(
            self._window,
            "recovery_dialog",
            self.tr("Glassnet ended before your work was saved."),
            question,
            (
                Answer("recovery_recover", self.tr("Recover"), lambda: self._take_up(work)),
                Answer("recovery_discard", self.tr("Discard"), work.forget),
                Answer("recovery_later", self.tr("Not now"), lambda: None),
            ),
        )

    def _take_up(self, work: Recovered) -> None:
        self.recovered.emit(work)
        # Only once this window holds a copy of its own may the old one go.
        self._taken = work
        self._autosave.save_now()

    def _on_saved(self) -> None:
        if self._taken is not None:
            self._taken.forget()
            self._taken = None
