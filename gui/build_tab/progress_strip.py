"""The strip that shows background work, with a cancel button."""

from __future__ import annotations

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QProgressBar, QWidget

from foundation.text import tr
from gui.build_tab.build_model import BuildModel
from gui.build_tab.state import Activity, BuildState
from gui.format import percent, show_integer
from gui.theme import GAP_L_PX, GAP_S_PX, INSET_PX
from gui.widgets.basic import describe, label, named, push_button, set_role
from gui.widgets.layouts import hbox, vbox
from gui.widgets.panel import Panel
from gui.widgets.texts import worded

SHOWN_AFTER_MS = 300
_WHOLE = 1000


class ProgressStrip(Panel):
    """Appears when work has taken 300 ms, until it is over.

    It covers reading data, preparing a training, and replaying to an old epoch; it also offers to
    reread data after a failure or a cancellation. It overlaps the corner of the drawing, so that
    the drawing need not be laid out again.

    Attributes
    ----------
    bar
        Reading progress in thousandths; indeterminate while a training is prepared.
    """

    def __init__(self, model: BuildModel, below: QWidget) -> None:
        super().__init__("loading_strip", below)
        self._model = model
        self._state = model.state
        self._text = label("label", "loading_text")
        self._cancel = push_button("loading_cancel", tone="link", size="small", do=self._on_clicked)
        self.bar = worded(
            named(QProgressBar(), "loading_bar"), accessible_name="How far it has come"
        )
        self.bar.setTextVisible(False)
        set_role(self.bar, extent="line")
        set_role(self, role="inset")
        words = hbox(self._text, self._cancel, gap=GAP_L_PX, margins=(INSET_PX, GAP_S_PX))
        vbox(self.bar, words, on=self, gap=0, margins=0)
        self._timer = QTimer(self, singleShot=True)
        self._timer.setInterval(SHOWN_AFTER_MS)
        self._timer.timeout.connect(self._come_in_sight)
        self.retranslate()
        self.hide()

    def show_state(self, state: BuildState) -> None:
        """Show the progress of the current work."""
        self._state = state
        if not self._text_of(state):
            self._timer.stop()
            self.hide()
            return
        self.retranslate()
        if self.isHidden() and not self._timer.isActive():
            self._timer.start()

    def _text_of(self, state: BuildState) -> str:
        """Return the work's description, reading first; empty if there is none."""
        if state.data.share is not None:
            share = percent(state.data.share, 0)
            return tr("Reading the data: {share}", share=share)
        if not state.data.is_ready:
            return tr("The data are not read.")
        if state.activity is Activity.TRAVELLING:
            epoch = show_integer(state.run.wanted_epoch)
            return tr("Going back to epoch {n}", n=epoch)
        return tr("Preparing the training") if state.activity is Activity.PREPARING else ""

    @property
    def _is_unread(self) -> bool:
        """Whether the data are neither loaded nor being read."""
        return self._state.data.share is None and not self._state.data.is_ready

    def _come_in_sight(self) -> None:
        self.adjustSize()
        self.raise_()
        self.show()

    def _on_clicked(self) -> None:
        (self._model.read_data_again if self._is_unread else self._model.stop_waiting)()

    def retranslate(self) -> None:
        """Set every text in the current language."""
        data = self._state.data
        self.bar.setRange(0, 0 if data.is_ready else _WHOLE)
        self.bar.setValue(round(_WHOLE * (data.share or 0.0)))
        self.bar.setVisible(not self._is_unread)
        self._text.setText(self._text_of(self._state))
        if self._is_unread:
            self._cancel.setText(tr("Read them again"))
            describe(self._cancel, tr("Read the data again"))
        else:
            self._cancel.setText(tr("Cancel"))
            describe(self._cancel, tr("Cancel what is waited for"))
        self.adjustSize()
