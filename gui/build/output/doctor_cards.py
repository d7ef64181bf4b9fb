"""The training doctor: one card a finding, the worst first, each with its remedy as one click."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtGui import QEnterEvent
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from gui.build.canvas.targets import INPUTS
from gui.build.output.cards import Card
from gui.build.output.doctor_texts import advice_on
from gui.build.plots.numbers import count
from gui.theme import GAP_M_PX, GAP_S_PX
from gui.widgets import describe, label, push_button
from model.insight import Finding

__all__ = ["DoctorCards"]

_MOST_CARDS = 4
_TONES = {
    "failure": ("fail", "x-circle", "fail"),
    "warning": ("warn", "warning", "warn"),
    "note": ("", "info", "t2"),
}


class _FindingCard(Card):
    """One finding.

    Signals
    -------
    fix_clicked(Finding)
        The person wants it mended.
    rewind_clicked(int)
        The person wants to go back to the epoch that the finding names.
    unit_pointed(int, int)
        The pointer came to the card of a finding about this unit, or (-2, -1) left it.
    """

    fix_clicked = Signal(object)
    rewind_clicked = Signal(int)
    unit_pointed = Signal(int, int)

    def __init__(self, number: int) -> None:
        super().__init__(f"finding_{number}")
        self._finding: Finding | None = None
        self.text = label("", f"finding_{number}_text", wrap=True)
        self.fix = push_button(f"finding_{number}_fix", tone="outline", size="small")
        self.fix.clicked.connect(lambda: self.fix_clicked.emit(self._finding))
        self.rewind = push_button(f"finding_{number}_rewind", tone="link", size="heading")
        self.rewind.clicked.connect(self._on_rewind_clicked)
        self.body.addWidget(self.text)
        self.add_to_heading(self.rewind)
        self.folded.connect(self.retranslate)
        self.body.addWidget(self.fix, 0, Qt.AlignmentFlag.AlignLeft)
        self.retranslate()

    def show_finding(self, finding: Finding) -> None:
        """Show a finding."""
        if self._finding is None or self._finding.severity != finding.severity:
            self.set_tone(*_TONES[finding.severity])
        self._finding = finding
        self.retranslate()

    def enterEvent(self, event: QEnterEvent) -> None:
        """Point out the unit that the finding is about."""
        super().enterEvent(event)
        values = {} if self._finding is None else self._finding.values
        if "unit" in values:
            self.unit_pointed.emit(values["layer"] - 1, values["unit"] - 1)

    def leaveEvent(self, event: QEvent) -> None:
        """Point at nothing any more."""
        super().leaveEvent(event)
        self.unit_pointed.emit(INPUTS - 1, -1)

    def _on_rewind_clicked(self) -> None:
        if self._finding is not None:
            self.rewind_clicked.emit(int(self._finding.values["epoch"]))

    def retranslate(self) -> None:
        """Write the finding in the language in use."""
        if self._finding is None:
            describe(self.rewind, self.tr("Rewind"), self.tr("Show the weights of that epoch"))
            describe(self.fix, self.tr("Apply the remedy"))
            return
        advice = advice_on(self._finding)
        for widget, text in ((self.title, advice.title), (self.text, advice.text)):
            if widget.text() != text:
                widget.setText(text)
        self.setAccessibleName(f"{advice.title}. {advice.text}")
        can_rewind = self._finding.code == "overfitting" and not self.is_folded
        if self.rewind.isHidden() == can_rewind:
            self.rewind.setVisible(can_rewind)
        if can_rewind:
            epoch = count(int(self._finding.values["epoch"]))
            rewind = self.tr("Rewind to {epoch}").format(epoch=epoch)
            if self.rewind.text() != rewind:
                self.rewind.setText(rewind)
                describe(self.rewind, rewind, self.tr("Show the weights of that epoch"))
        can_fix = self._finding.fix is not None and bool(advice.remedy)
        self.fix.setVisible(can_fix)
        if can_fix and self.fix.text() != advice.remedy:
            self.fix.setText(advice.remedy)
            describe(self.fix, advice.remedy)

    def changeEvent(self, event: QEvent) -> None:
        """Follow the language."""
        if event.type() == QEvent.Type.LanguageChange:
            self.retranslate()
        super().changeEvent(event)


class DoctorCards(QWidget):
    """A heading with the number of findings over their cards.

    Signals
    -------
    fix_requested(Finding)
        The person clicked a remedy; ``Finding.fix`` is the mended experiment.
    rewind_requested(int)
        The person wants to go back to an epoch.
    unit_pointed(int, int)
        The pointer came to the card of a finding about this unit, or (-2, -1) left it.
    """

    fix_requested = Signal(object)
    rewind_requested = Signal(int)
    unit_pointed = Signal(int, int)

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("doctor")
        self._findings: tuple[Finding, ...] = ()
        self._compact = False
        self._title, self._count = label("strong"), label("caption", "doctor_count")
        head = QHBoxLayout()
        head.addWidget(self._title)
        head.addStretch(1)
        head.addWidget(self._count)
        layout = self._column = QVBoxLayout(self)
        layout.setContentsMargins(0, GAP_S_PX, 0, 0)
        layout.setSpacing(GAP_M_PX)
        layout.addLayout(head)
        self._nothing = label("hint", "doctor_nothing", wrap=True)
        layout.addWidget(self._nothing)
        self.cards = [_FindingCard(number) for number in range(_MOST_CARDS)]
        for card in self.cards:
            card.fix_clicked.connect(self.fix_requested)
            card.rewind_clicked.connect(self.rewind_requested)
            card.unit_pointed.connect(self.unit_pointed)
            card.hide()
            layout.addWidget(card)
        self.retranslate()

    def show_findings(self, findings: Sequence[Finding]) -> None:
        """Show the findings, worst first; without any, what the doctor looks for."""
        codes = [finding.code for finding in findings]
        same = codes == [finding.code for finding in self._findings]
        self._findings = tuple(findings)
        self._nothing.setVisible(not findings)
        for index, card in enumerate(self.cards):
            if index < len(self._findings):
                card.show_finding(self._findings[index])
            card.setVisible(index < len(self._findings))
        if not same:
            self._fold()
            self._show_count()

    def set_compact(self, compact: bool) -> None:
        """Fold all but the most urgent, as in the narrow window."""
        self._compact = compact
        self._column.setSpacing(GAP_S_PX if compact else GAP_M_PX)
        self._fold()

    def _fold(self) -> None:
        for index, card in enumerate(self.cards):
            card.set_foldable(self._compact)
            if self._compact:
                card.set_folded(index > 0)

    def _show_count(self) -> None:
        number = len(self._findings)
        several = self.tr("{n} findings").format(n=count(number))
        words = {0: self.tr("no findings"), 1: self.tr("1 finding")}
        self._count.setText(words.get(number, several))

    def retranslate(self) -> None:
        """Write every text anew in the language in use."""
        self._title.setText(self.tr("Training doctor"))
        self._nothing.setText(
            self.tr(
                "Looks for dead and saturated units, equal starts, a loss that is stuck or runs "
                "away, and a test loss that rises."
            )
        )
        self._show_count()

    def changeEvent(self, event: QEvent) -> None:
        """Follow the language."""
        if event.type() == QEvent.Type.LanguageChange:
            self.retranslate()
        super().changeEvent(event)
