"""The training doctor's findings in words, with remedies as buttons."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import msgspec
from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QEnterEvent, QHideEvent
from PySide6.QtWidgets import QWidget

from foundation.text import tr, tr_plural
from gui.build_tab.build_model import BuildModel
from gui.build_tab.names import activation_names, hidden_name, loss_names
from gui.explain import explain
from gui.format import (
    percent,
    show_integer,
    show_number,
    show_part,
    significant,
    with_power_of_ten,
)
from gui.settings import asset_table
from gui.theme import GAP_M_PX, GAP_S_PX
from gui.widgets.basic import insert_in_tab_order, label, push_button, write_on
from gui.widgets.card import Card
from gui.widgets.layouts import STRETCH, add_parts, hbox, vbox
from gui.widgets.panel import Panel
from model.insight import Finding
from model.places import UnitAt


class Advice(msgspec.Struct, frozen=True):
    """A finding in words.

    Attributes
    ----------
    remedy
        Text of the button; empty if there is no remedy.
    terms
        Glossary terms in the title.
    cases
        Replacements of other fields by special case; see `advice_on`.
    """

    title: str
    text: str
    remedy: str = ""
    terms: tuple[str, ...] = ("finding",)
    cases: dict[str, dict[str, str]] = {}


_DIGITS = {"share": 0, "guess": 0, "ceiling": 1, "drop": 2}
"""Decimals of the values that are shown as per cent."""

_NAMES: dict[str, Callable[[], dict[Any, str]]] = {
    "loss": loss_names,
    "fitting": loss_names,
    "activation": activation_names,
}
"""Functions that return the display names of values that are keys.

``loss`` may also be a number.
"""


def advice_on(finding: Finding, hidden_layers: int = 1) -> Advice:
    """Return a finding's texts, with units named for `hidden_layers` hidden layers."""
    advice = asset_table("doctor", dict[str, Advice])[finding.code]
    values = finding.values
    applies = {
        "all": values.get("count") == values.get("units"),
        "one": values.get("count") == 1,
        "alike": values.get("kinds") == 1,
        "several": values.get("more"),
        "inputs": "inputs" in values,
        "sample": values.get("sample"),
        "sample of inputs": values.get("sample") and "inputs" in values,
    }
    for case, holds in applies.items():
        if holds:
            advice = msgspec.structs.replace(advice, **advice.cases.get(case, {}))
    written = _format_values(finding, hidden_layers)
    return msgspec.structs.replace(
        advice,
        title=tr(advice.title).format(**written),
        text=tr(advice.text).format(**written),
        remedy=tr(advice.remedy).format(**written),
    )


def _has_texts(finding: Finding) -> bool:
    """Return whether there are texts for a finding; another version may have saved it."""
    try:
        advice_on(finding)
    except (KeyError, TypeError, ValueError, OverflowError):
        return False
    return True


def _format_values(finding: Finding, hidden_layers: int) -> dict[str, str]:
    """Return the finding's values as text for display."""
    written: dict[str, str] = {}
    for name, value in finding.values.items():
        if name in _DIGITS:
            written[name] = percent(value, _DIGITS[name])
        elif name in _NAMES and isinstance(value, str):
            written[name] = _NAMES[name]()[value]
        elif name in ("rate", "lower"):
            written[name] = with_power_of_ten(show_number(value, 6))
        elif name in ("count", "kinds"):
            written[name] = show_part(value)
        elif name == "unit":
            at = UnitAt(finding.values["layer"] - 1, value - 1)
            written[name] = hidden_name(at, hidden_layers)
        elif isinstance(value, bool | str):
            written[name] = str(value)
        elif isinstance(value, int):
            written[name] = show_integer(value)
        else:
            written[name] = with_power_of_ten(significant(float(value)))
    return written


_TONES = {
    "failure": ("fail", "x-circle", "fail"),
    "warning": ("warn", "warning", "warn"),
    "note": ("", "info", "t2"),
}


class _FindingCard(Card):
    """One finding."""

    def __init__(self, model: BuildModel, number: int) -> None:
        name = f"finding_{number}"
        super().__init__(name)
        self._model = model
        self._finding: Finding | None = None
        self._is_saved = False
        self.text = label("", f"{name}_text", wrap=True)
        self.saved = label(
            "hint", f"{name}_saved", wrap=True, text="Found before the experiment was saved."
        )
        self.saved.hide()
        self.fix = push_button(
            f"{name}_fix",
            tone="outline",
            size="small",
            do=self._on_fix_clicked,
            accessible_name="Apply the remedy",
        )
        self.rewind = push_button(
            f"{name}_rewind",
            tone="link",
            size="heading",
            do=self._on_rewind_clicked,
            accessible_name="Rewind",
            tip="Show the weights of that epoch",
        )
        self.add_to_heading(self.rewind)
        add_parts(self.body, self.text, self.saved, (self.fix, 0, Qt.AlignmentFlag.AlignLeft))

    def show_finding(self, finding: Finding, is_saved: bool) -> None:
        """Show a finding; `is_saved` means that it was saved with the experiment."""
        self._finding, self._is_saved = finding, is_saved
        self.set_tone(*_TONES[finding.severity])
        self.retranslate()

    def set_folded(self, folded: bool) -> None:
        """Show only the heading, without the Rewind button, or everything."""
        super().set_folded(folded)
        self.retranslate()

    def enterEvent(self, event: QEnterEvent) -> None:
        """Highlight the finding's unit."""
        super().enterEvent(event)
        values = {} if self._finding is None else self._finding.values
        if "unit" in values:
            self._model.highlight(UnitAt(values["layer"] - 1, values["unit"] - 1))

    def leaveEvent(self, event: QEvent) -> None:
        """End the highlighting."""
        super().leaveEvent(event)
        self._model.highlight(None)

    def hideEvent(self, event: QHideEvent) -> None:
        """End the highlighting, since Qt sends no leave event to hidden widgets."""
        super().hideEvent(event)
        if self.underMouse():
            self._model.highlight(None)

    def _on_fix_clicked(self) -> None:
        if self._finding is not None:
            self._model.apply_fix(self._finding, self.fix.text())

    def _on_rewind_clicked(self) -> None:
        if self._finding is not None:
            self._model.show_epoch(int(self._finding.values["epoch"]))

    def retranslate(self) -> None:
        """Write the finding in the current language."""
        super().retranslate()
        finding = self._finding
        if finding is None:
            return
        advice = advice_on(finding, len(self._model.state.experiment.network.layers) - 1)
        explain(self.title, *advice.terms)
        self.title.setText(advice.title)
        self.text.setText(advice.text)
        self.setAccessibleName(f"{advice.title}. {advice.text}")
        self.saved.setVisible(self._is_saved)
        can_rewind = finding.code == "overfitting" and not self.is_folded and not self._is_saved
        self.rewind.setVisible(can_rewind)
        if can_rewind:
            rewind = tr("Rewind to {epoch}", epoch=show_integer(finding.values["epoch"]))
            write_on(self.rewind, rewind, tr("Show the weights of that epoch"))
        has_fix = finding.fix is not None and bool(advice.remedy)
        self.fix.setVisible(has_fix)
        if finding.fix is not None and has_fix:
            reason = self._model.lock_reason(self._model.broken_locks(finding.fix))
            self.fix.setEnabled(not reason)
            write_on(self.fix, advice.remedy, reason or None)


class DoctorCards(Panel):
    """A heading with the number of findings, above their cards.

    The cards are created on demand.

    Parameters
    ----------
    after
        Widget that precedes the cards in the Tab order.
    """

    def __init__(self, model: BuildModel, after: QWidget) -> None:
        super().__init__("doctor")
        self._model, self._after = model, after
        self._findings: tuple[Finding, ...] = ()
        self._compact = False
        self._count = label("caption", "doctor_count")
        self._nothing = label(
            "hint",
            "doctor_nothing",
            wrap=True,
            text="Looks for dead and saturated units, equal starts, a loss that is stuck or runs "
            "away, and a test loss that rises.",
        )
        title = explain(label("strong", text="Training doctor"), "finding")
        parts = hbox(title, STRETCH, self._count), self._nothing
        self._column = vbox(*parts, on=self, gap=GAP_M_PX, margins=(0, GAP_S_PX, 0, 0))
        self.cards: list[_FindingCard] = []
        self.retranslate()

    def show_findings(self, findings: Sequence[Finding], saved: Sequence[Finding] = ()) -> None:
        """Show the findings, worst first, then those saved with the experiment.

        If there are none, show what the doctor looks for.
        """
        before, self._findings = self._findings, (*findings, *filter(_has_texts, saved))
        self._nothing.setVisible(not self._findings)
        self.make_cards(len(self._findings))
        for index, card in enumerate(self.cards):
            if index < len(self._findings):
                card.show_finding(self._findings[index], index >= len(findings))
            card.setVisible(index < len(self._findings))
        self.retranslate()
        if [finding.code for finding in before] != [finding.code for finding in self._findings]:
            self._fold()

    def make_cards(self, count: int = 4) -> None:
        """Create the missing ones of the first `count` cards."""
        for number in range(len(self.cards), count):
            card = _FindingCard(self._model, number)
            card.hide()
            self._column.addWidget(card)
            insert_in_tab_order(card, self.cards[-1].fix if self.cards else self._after)
            self.cards.append(card)

    def set_compact(self, compact: bool) -> None:
        """Fold all cards but the most urgent one, for the narrow window."""
        self._compact = compact
        self._column.setSpacing(GAP_S_PX if compact else GAP_M_PX)
        self._fold()

    def _fold(self) -> None:
        for index, card in enumerate(self.cards):
            card.set_foldable(self._compact)
            if self._compact:
                card.set_folded(index > 0)

    def retranslate(self) -> None:
        """Write the number of findings in the current language."""
        number = len(self._findings)
        text = tr_plural("1 finding", "{n} findings", number, n=show_integer(number))
        self._count.setText(text if number else tr("no findings"))
