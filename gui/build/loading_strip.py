"""The strip that says how much of a large file has been read, with a way out."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QTimer, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QProgressBar, QVBoxLayout

from gui.document.data_loader import DataLoader
from gui.theme import GAP_L_PX, GAP_S_PX, INSET_PX
from gui.widgets import describe, label, push_button, set_role

__all__ = ["LoadingStrip"]

SHOWN_AFTER_MS = 300


class LoadingStrip(QFrame):
    """Come in sight once reading has taken 300 ms, and go when it is over.

    Attributes
    ----------
    bar
        Thousandths that are read.

    Signals
    -------
    cancel_clicked()
        The person does not want to wait.
    """

    cancel_clicked = Signal()

    def __init__(self, loader: DataLoader) -> None:
        super().__init__()
        self.setObjectName("loading_strip")
        self._share = 0.0
        self._text = label("label", "loading_text")
        self._cancel = push_button("loading_cancel", tone="link", size="small")
        self._cancel.clicked.connect(self.cancel_clicked)
        self.bar = QProgressBar()
        self.bar.setObjectName("loading_bar")
        self.bar.setRange(0, 1000)
        self.bar.setTextVisible(False)
        self.bar.setFixedHeight(2)
        row = QHBoxLayout()
        row.setContentsMargins(INSET_PX, GAP_S_PX, INSET_PX, GAP_S_PX)
        row.setSpacing(GAP_L_PX)
        row.addWidget(self._text)
        row.addWidget(self._cancel)
        row.addStretch(1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(self.bar)
        layout.addLayout(row)
        self._timer = QTimer(self, singleShot=True, interval=SHOWN_AFTER_MS)
        self._timer.timeout.connect(self.show)
        loader.started.connect(self._on_started)
        loader.progressed.connect(self._on_progressed)
        loader.ended.connect(self._on_ended)
        self.cancel_clicked.connect(loader.cancel)
        set_role(self, role="inset")
        self.retranslate()
        self.hide()

    def _on_started(self) -> None:
        self._on_progressed(0.0)
        self._timer.start()

    def _on_progressed(self, share: float) -> None:
        self._share = share
        self.bar.setValue(round(1000 * share))
        self._write()

    def _on_ended(self) -> None:
        self._timer.stop()
        self.hide()

    def _write(self) -> None:
        percent = round(100 * self._share)
        self._text.setText(self.tr("Reading the data: {n} %").format(n=percent))

    def retranslate(self) -> None:
        """Write every text anew in the language in use."""
        self._cancel.setText(self.tr("Cancel"))
        describe(self._cancel, self.tr("Cancel reading the data"))
        describe(self.bar, self.tr("How much of the data is read"))
        self._write()

    def changeEvent(self, event: QEvent) -> None:
        """Follow the language."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.LanguageChange:
            self.retranslate()
