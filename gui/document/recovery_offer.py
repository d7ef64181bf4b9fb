"""The offer, at the start, to take up work that a crash left behind."""

from __future__ import annotations

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QMessageBox, QWidget

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
        newest = found[0]
        box = QMessageBox(self._window)
        box.setObjectName("recovery_dialog")
        box.setIcon(QMessageBox.Icon.NoIcon)
        box.setWindowTitle("Glassnet")
        box.setText(self.tr("Glassnet ended before your work was saved."))
        name = newest.path.name if newest.path is not None else self.tr("an unsaved network")
        box.setInformativeText(
            self.tr("Recover {name} as it was in its last seconds?").format(name=name)
        )
        recover = box.addButton(self.tr("Recover"), QMessageBox.ButtonRole.AcceptRole)
        recover.setObjectName("recovery_recover")
        discard = box.addButton(self.tr("Discard"), QMessageBox.ButtonRole.DestructiveRole)
        discard.setObjectName("recovery_discard")
        later = box.addButton(self.tr("Not now"), QMessageBox.ButtonRole.RejectRole)
        later.setObjectName("recovery_later")
        box.setDefaultButton(recover)
        box.setEscapeButton(later)

        def on_finished() -> None:
            clicked = box.clickedButton()
            box.deleteLater()
            if clicked is recover:
                self._take_up(newest)
            elif clicked is discard:
                newest.forget()

        box.finished.connect(on_finished)
        box.open()
        return True

    def _take_up(self, work: Recovered) -> None:
        self.recovered.emit(work)
        # Only once this window holds a copy of its own may the old one go.
        self._taken = work
        self._autosave.save_now()

    def _on_saved(self) -> None:
        if self._taken is not None:
            self._taken.forget()
            self._taken = None
