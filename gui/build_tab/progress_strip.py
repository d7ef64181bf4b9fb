"""The strip that says what the window works at in the background, with a way out."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, Qt, QTimer
from PySide6.QtGui import QRegion
from PySide6.QtWidgets import QFrame, QHBoxLayout, QProgressBar, QVBoxLayout, QWidget

from gui.build_tab.training.time_machine import TimeMachine
from gui.build_tab.training.trainer_supply import TrainerSupply
from gui.document.data_loader import DataLoader
from gui.theme import GAP_L_PX, GAP_S_PX, INSET_PX
from gui.widgets.basic import describe, label, push_button, set_role
from gui.widgets.panel import Panel
from gui.workers import LatestTask

__all__ = ["ProgressStrip"]

SHOWN_AFTER_MS = 300
_WHOLE = 1000


class ProgressStrip(Panel):
    """Come in sight once what is waited for has taken 300 ms, until it is over.

    That is reading data, preparing a training, and the way back to an old epoch. A bar lies over
    the upper edge of the drawing, under the panel's header, and the words at its left: every title
    can be read, and nothing has to move, which would lay out the drawing anew, twice.

    Parameters
    ----------
    below
        What it lies over.

    Attributes
    ----------
    bar
        Thousandths that are read; busy without an end while a training is prepared.
    """

    def __init__(
        self, loader: DataLoader, supply: TrainerSupply, past: TimeMachine, below: QWidget
    ) -> None:
        super().__init__(below)
        self.setObjectName("loading_strip")
        self._loader, self._past, self._below = loader, past, below
        self._jobs: tuple[LatestTask, ...] = (loader, past, supply)
        self._share = 0.0
        self._text = label("label", "loading_text")
        self._cancel = push_button("loading_cancel", tone="link", size="small")
        self._cancel.clicked.connect(self._on_cancel_clicked)
        self.bar = QProgressBar()
        self.bar.setObjectName("loading_bar")
        self.bar.setRange(0, _WHOLE)
        self.bar.setTextVisible(False)
        set_role(self.bar, extent="line")
        self._words = QFrame()
        set_role(self._words, role="inset")
        row = QHBoxLayout(self._words)
        row.setContentsMargins(INSET_PX, GAP_S_PX, INSET_PX, GAP_S_PX)
        row.setSpacing(GAP_L_PX)
        row.addWidget(self._text)
        row.addWidget(self._cancel)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(self.bar)
        layout.addWidget(self._words, 0, Qt.AlignmentFlag.AlignLeft)
        self._timer = QTimer(self, singleShot=True, interval=SHOWN_AFTER_MS)
        self._timer.timeout.connect(self._come_in_sight)
        below.installEventFilter(self)
        loader.started.connect(lambda: self._on_progressed(0.0))
        loader.progressed.connect(self._on_progressed)
        for job in self._jobs:
            job.started.connect(self._on_changed)
            job.ended.connect(self._on_changed)
        self.retranslate()
        self.hide()

    def _on_changed(self) -> None:
        """Follow what is waited for: reading comes before all else."""
        if self._job() is None:
            self._timer.stop()
            self.hide()
            return
        self.bar.setRange(0, _WHOLE if self._loader.is_wanted else 0)
        self._write()
        if self.isHidden():
            self._timer.start()

    def _job(self) -> LatestTask | None:
        """Return what is waited for, the first of several."""
        return next((job for job in self._jobs if job.is_wanted), None)

    def _come_in_sight(self) -> None:
        self._fit()
        self.raise_()
        self.show()

    def _fit(self) -> None:
        self.setGeometry(0, 0, self._below.width(), self.sizeHint().height())
        layout = self.layout()
        assert layout is not None
        layout.activate()
        # What is beside the words is seen, and takes the mouse.
        self.setMask(QRegion(self.bar.geometry()).united(self._words.geometry()))

    def _on_cancel_clicked(self) -> None:
        job = self._job()
        if job is not None:
            job.cancel()

    def _on_progressed(self, share: float) -> None:
        self._share = share
        self.bar.setValue(round(_WHOLE * share))
        self._write()

    def _write(self) -> None:
        if self._loader.is_wanted:
            percent = round(100 * self._share)
            self._text.setText(self.tr("Reading the data: {n} %").format(n=percent))
        elif self._past.is_wanted:
            self._text.setText(self.tr("Going back to epoch {n}").format(n=self._past.goal))
        else:
            self._text.setText(self.tr("Preparing the training"))
        if not self.isHidden():
            self._fit()

    def retranslate(self) -> None:
        """Write every text anew in the language in use."""
        self._cancel.setText(self.tr("Cancel"))
        describe(self._cancel, self.tr("Cancel what is waited for"))
        describe(self.bar, self.tr("How far it has come"))
        self._write()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Stay as wide as what is below."""
        if event.type() == QEvent.Type.Resize and not self.isHidden():
            self._fit()
        return False
