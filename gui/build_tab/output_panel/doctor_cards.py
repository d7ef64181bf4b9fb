"""The training doctor's findings in words, each remedy a click."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

from PySide6.QtCore import QCoreApplication, QEvent, Qt
from PySide6.QtGui import QEnterEvent, QHideEvent

from gui.build_tab.build_model import BuildModel
from gui.build_tab.names import activation_names, loss_names
from gui.explain import explain
from gui.format import percent, show_integer, show_number, show_part, significant
from gui.theme import GAP_M_PX, GAP_S_PX
from gui.widgets.basic import describe, label, push_button
from gui.widgets.card import Card
from gui.widgets.layouts import STRETCH, hbox, vbox
from gui.widgets.panel import Panel
from model.experiment import LOSSES
from model.insight import Finding
from model.places import UnitAt


class Advice(NamedTuple):
    """A finding in words: a short title, a sentence, and what the button does."""

    title: str
    text: str
    remedy: str


_TERMS = {
    "diverged": ("divergence",),
    "not_separable": ("separable", "hull"),
    "no_bias": ("bias",),
    "perceptron_cycles": ("perceptron-rule",),
    "loss_misfit": ("loss",),
    "symmetric": ("initialiser",),
    "dead_relu": ("silent-unit", "relu"),
    "saturated": ("saturation",),
    "single_softmax": ("softmax",),
    "plateau": ("gradient",),
    "rate_high": ("learning-rate",),
    "rate_low": ("learning-rate",),
    "rate_zero": ("learning-rate",),
    "overfitting": ("overfitting",),
    "unscaled": ("scaling",),
    "no_better_than_guessing": ("baseline",),
}
"""The words of the glossary that a finding's title is about."""
_DIGITS = {"share": 0, "guess": 0, "ceiling": 1, "drop": 2}
"""Decimals of the values that are shares, as per cent."""

_NAMES: dict[str, Callable[[], dict[Any, str]]] = {
    "loss": lambda: dict(zip(LOSSES, loss_names(), strict=True)),
    "activation": activation_names,
}
_NAMES["fitting"] = _NAMES["loss"]
"""What is said for the values that are keys; a loss may be a number too."""

# lupdate finds texts by the name `translate`; they are looked up when shown, not when imported.
translate = QCoreApplication.translate


def advice_on(finding: Finding) -> Advice:
    """Return a finding's words; one without a translation speaks the model's own English."""
    written = _written(finding)
    texts = _TEXTS.get(finding.code)
    if texts is None:
        return Advice(finding.code, finding.sentence(), finding.remedy)
    title, text, remedy = texts()
    if finding.code == "contradiction" and finding.values["more"]:
        title, text, remedy = _contradictions()
    if "inputs" in finding.values and finding.code in ("not_separable", "perceptron_cycles"):
        text = _not_with_these_inputs()
    if "inputs" in finding.values and finding.code == "contradiction":
        text = _contradiction_of_inputs()
    if finding.code == "symmetric" and finding.values["kinds"] == 1:
        text = _all_alike()
    if finding.code == "dead_relu" and finding.values["count"] == 1:
        title, text, remedy = _one_dead_unit()
    if finding.code == "saturated" and finding.values["count"] == 1:
        title, text, remedy = _one_saturated_unit()
    return Advice(*(words.format(**written) for words in (title, text, remedy)))


def can_be_said(finding: Finding) -> bool:
    """Tell whether there are words for a finding, which a file may hold with any values."""
    if finding.code not in _TEXTS:
        return False
    try:
        advice_on(finding)
    except (KeyError, TypeError, ValueError, OverflowError):
        return False
    return True


def _written(finding: Finding) -> dict[str, str]:
    """Return the values as a person reads them."""
    written: dict[str, str] = {}
    for name, value in finding.values.items():
        if name in _DIGITS:
            written[name] = percent(value, _DIGITS[name])
        elif name in _NAMES and isinstance(value, str):
            written[name] = _NAMES[name]()[value]
        elif name == "rate":
            written[name] = show_number(value, 6)
        elif name in ("count", "kinds"):
            written[name] = show_part(value)
        elif isinstance(value, bool | str):
            written[name] = str(value)
        elif isinstance(value, int):
            written[name] = show_integer(value)
        else:
            written[name] = significant(float(value))
    return written


def _one_dead_unit() -> tuple[str, str, str]:
    return (
        translate("Doctor", "Unit {unit} of layer {layer} is dead"),
        translate("Doctor", "z ≤ 0 on every row looked at, so no gradient reaches its weights."),
        translate("Doctor", "Re-draw its weights"),
    )


def _one_saturated_unit() -> tuple[str, str, str]:
    return (
        translate("Doctor", "Unit {unit} of layer {layer} is saturated"),
        translate(
            "Doctor",
            "It sits at the ends of {activation} on nearly every row, where it is nearly flat.",
        ),
        translate("Doctor", "Shrink its weights"),
    )


def _diverged() -> tuple[str, str, str]:
    return (
        translate("Doctor", "The loss ran away"),
        translate("Doctor", "It was {first} and grew to {last}."),
        translate("Doctor", "Halve the learning rate"),
    )


def _not_finite() -> tuple[str, str, str]:
    return (
        translate("Doctor", "The loss ran away"),
        translate("Doctor", "After epoch {epoch} it was no number any more."),
        translate("Doctor", "Halve the learning rate"),
    )


def _not_separable() -> tuple[str, str, str]:
    return (
        translate("Doctor", "A hidden layer is needed"),
        translate(
            "Doctor",
            "No straight border gives {output} its answers, and without a hidden layer there is "
            "no other.",
        ),
        translate("Doctor", "Add 4 hidden units"),
    )


def _not_with_these_inputs() -> str:
    return translate(
        "Doctor",
        "No single unit that reads {inputs} gives {output} its answers. More inputs may do it, or "
        "a hidden layer.",
    )


def _no_bias() -> tuple[str, str, str]:
    return (
        translate("Doctor", "The output layer has no bias"),
        translate(
            "Doctor",
            "So every border goes through the origin. None of those gives {output} its answers; "
            "one with a bias does.",
        ),
        translate("Doctor", "Switch the bias on"),
    )


def _contradiction() -> tuple[str, str, str]:
    return (
        translate("Doctor", "Rows contradict each other"),
        translate(
            "Doctor",
            "Rows {first} and {second} have equal inputs and different targets. No network gets "
            "more than {ceiling} of the training rows right.",
        ),
        "",
    )


def _contradictions() -> tuple[str, str, str]:
    title, _, remedy = _contradiction()
    text = translate(
        "Doctor",
        "Rows {first} and {second}, and {more} more, have equal inputs and different targets. No "
        "network gets more than {ceiling} of the training rows right.",
    )
    return title, text, remedy


def _contradiction_of_inputs() -> str:
    return translate(
        "Doctor",
        "Rows {first} and {second} have the same {inputs} and different targets. No network that "
        "reads only that gets more than {ceiling} of the training rows right.",
    )


def _perceptron_cycles() -> tuple[str, str, str]:
    return (
        translate("Doctor", "The perceptron goes round in circles"),
        translate(
            "Doctor",
            "No straight border gives {output} its answers, so the rule never gets all rows "
            "right, at any learning rate: learning one row unlearns another.",
        ),
        translate("Doctor", "Add 4 hidden units"),
    )


def _loss_misfit() -> tuple[str, str, str]:
    return (
        translate("Doctor", "The loss does not fit the output"),
        translate(
            "Doctor",
            "“{loss}” reads outputs that go freely to both sides of 0; those of {activation} do "
            "not, and training may stand still while rows are wrong.",
        ),
        translate("Doctor", "Use “{fitting}”"),
    )


def _symmetric() -> tuple[str, str, str]:
    return (
        translate("Doctor", "Units of layer {layer} are copies"),
        translate(
            "Doctor",
            "The {units} units are of only {kinds} kinds. Copies get the same gradient and stay "
            "copies.",
        ),
        translate("Doctor", "Draw the weights at random"),
    )


def _all_alike() -> str:
    return translate(
        "Doctor", "All {units} are alike. Copies get the same gradient and stay copies."
    )


def _dead_relu() -> tuple[str, str, str]:
    return (
        translate("Doctor", "{count} of {units} units of layer {layer} are dead"),
        translate("Doctor", "They are 0 on every row looked at and get no gradient: {names}."),
        translate("Doctor", "Re-draw their weights"),
    )


def _saturated() -> tuple[str, str, str]:
    return (
        translate("Doctor", "{count} of {units} units of layer {layer} are saturated"),
        translate(
            "Doctor",
            "They sit at the ends of {activation} on nearly every row, where it is nearly flat.",
        ),
        translate("Doctor", "Shrink their weights"),
    )


def _single_softmax() -> tuple[str, str, str]:
    return (
        translate("Doctor", "Softmax has one unit"),
        translate("Doctor", "A softmax over one unit always says 1."),
        translate("Doctor", "Use a sigmoid"),
    )


def _plateau() -> tuple[str, str, str]:
    return (
        translate("Doctor", "This start is stuck"),
        translate(
            "Doctor", "The loss has stood at {loss} for 200 epochs; {share} of the rows are right."
        ),
        translate("Doctor", "Start anew with another seed"),
    )


def _rate_high() -> tuple[str, str, str]:
    return (
        translate("Doctor", "The learning rate is too high"),
        translate("Doctor", "At {rate} the loss jumps up in {share} of the epochs."),
        translate("Doctor", "Halve the learning rate"),
    )


def _rate_low() -> tuple[str, str, str]:
    return (
        translate("Doctor", "The learning rate is low"),
        translate("Doctor", "At {rate} the loss falls steadily, but by {drop} in 50 epochs."),
        translate("Doctor", "Triple the learning rate"),
    )


def _rate_zero() -> tuple[str, str, str]:
    return (
        translate("Doctor", "The learning rate is 0"),
        translate("Doctor", "So no step changes a weight, and nothing is learned."),
        translate("Doctor", "Set the rate to {rate}"),
    )


def _overfitting() -> tuple[str, str, str]:
    return (
        translate("Doctor", "Test loss is rising"),
        translate("Doctor", "Lowest at epoch {epoch}: {best}, now {last}."),
        translate("Doctor", "Add a penalty, stop in time"),
    )


def _constant_input() -> tuple[str, str, str]:
    return (
        translate("Doctor", "{name} never changes"),
        translate("Doctor", "It has one value in every training row and tells no two apart."),
        "",
    )


def _unscaled() -> tuple[str, str, str]:
    return (
        translate("Doctor", "The inputs differ much in size"),
        translate(
            "Doctor",
            "Their deviations go from {low} to {high}: one rate is wrong for some weights.",
        ),
        translate("Doctor", "Standardise the inputs"),
    )


def _no_better_than_guessing() -> tuple[str, str, str]:
    return (
        translate("Doctor", "No better than guessing"),
        translate(
            "Doctor",
            "After {epochs} epochs {share} of the rows are right; the most common answer alone "
            "gives {guess}.",
        ),
        "",
    )


_TEXTS = {
    "diverged": _diverged,
    "not_finite": _not_finite,
    "not_separable": _not_separable,
    "no_bias": _no_bias,
    "contradiction": _contradiction,
    "perceptron_cycles": _perceptron_cycles,
    "loss_misfit": _loss_misfit,
    "symmetric": _symmetric,
    "dead_relu": _dead_relu,
    "saturated": _saturated,
    "single_softmax": _single_softmax,
    "plateau": _plateau,
    "rate_high": _rate_high,
    "rate_low": _rate_low,
    "rate_zero": _rate_zero,
    "overfitting": _overfitting,
    "constant_input": _constant_input,
    "unscaled": _unscaled,
    "no_better_than_guessing": _no_better_than_guessing,
}


_MOST_CARDS = 4
_TONES = {
    "failure": ("fail", "x-circle", "fail"),
    "warning": ("warn", "warning", "warn"),
    "note": ("", "info", "t2"),
}


class _FindingCard(Card):
    """One finding."""

    def __init__(self, model: BuildModel, number: int) -> None:
        super().__init__(f"finding_{number}")
        self._model = model
        self._finding: Finding | None = None
        self._is_under_pointer = False
        self.text = label("", f"finding_{number}_text", wrap=True)
        self._is_saved = False
        self.saved = label("hint", f"finding_{number}_saved", wrap=True)
        self.saved.hide()
        self.fix = push_button(f"finding_{number}_fix", tone="outline", size="small")
        self.fix.clicked.connect(self._on_fix_clicked)
        self.rewind = push_button(f"finding_{number}_rewind", tone="link", size="heading")
        self.rewind.clicked.connect(self._on_rewind_clicked)
        self.body.addWidget(self.text)
        self.body.addWidget(self.saved)
        self.add_to_heading(self.rewind)
        self.body.addWidget(self.fix, 0, Qt.AlignmentFlag.AlignLeft)
        self.retranslate()

    def show_finding(self, finding: Finding, is_saved: bool) -> None:
        """Show a finding; `is_saved` says that it was made before the experiment was saved."""
        self._is_saved = is_saved
        if self._finding is None or self._finding.severity != finding.severity:
            self.set_tone(*_TONES[finding.severity])
        self._finding = finding
        explain(self.title, *_TERMS.get(finding.code, ("finding",)))
        self.retranslate()
        if self._is_under_pointer:
            self._light()

    def set_folded(self, folded: bool) -> None:
        """Show the heading alone, without the way back, or all."""
        super().set_folded(folded)
        self.retranslate()

    def enterEvent(self, event: QEnterEvent) -> None:
        """Point out the unit that the finding is about."""
        super().enterEvent(event)
        self._is_under_pointer = True
        self._light()

    def leaveEvent(self, event: QEvent) -> None:
        """Point at nothing any more."""
        super().leaveEvent(event)
        self._point_at_nothing()

    def hideEvent(self, event: QHideEvent) -> None:
        """Point at nothing any more: Qt sends no leave event to what is hidden."""
        super().hideEvent(event)
        self._point_at_nothing()

    def _point_at_nothing(self) -> None:
        if self._is_under_pointer:
            self._is_under_pointer = False
            self._model.light(None)

    def _light(self) -> None:
        """Light the unit that the finding is about; none where it is about none."""
        values = {} if self._finding is None else self._finding.values
        has_unit = "unit" in values
        self._model.light(UnitAt(values["layer"] - 1, values["unit"] - 1) if has_unit else None)

    def _on_fix_clicked(self) -> None:
        if self._finding is not None:
            self._model.apply_fix(self._finding, advice_on(self._finding).remedy)

    def _on_rewind_clicked(self) -> None:
        if self._finding is not None:
            self._model.show_epoch(int(self._finding.values["epoch"]))

    def retranslate(self) -> None:
        """Write the finding in the language in use."""
        super().retranslate()
        if self._finding is None:
            describe(self.rewind, self.tr("Rewind"), self.tr("Show the weights of that epoch"))
            describe(self.fix, self.tr("Apply the remedy"))
            return
        advice = advice_on(self._finding)
        for widget, text in ((self.title, advice.title), (self.text, advice.text)):
            if widget.text() != text:
                widget.setText(text)
        self.setAccessibleName(f"{advice.title}. {advice.text}")
        self.saved.setText(self.tr("Found before the experiment was saved."))
        self.saved.setVisible(self._is_saved)
        can_rewind = self._finding.code == "overfitting" and not self.is_folded
        can_rewind = can_rewind and not self._is_saved
        if self.rewind.isHidden() == can_rewind:
            self.rewind.setVisible(can_rewind)
        if can_rewind:
            epoch = show_integer(self._finding.values["epoch"])
            rewind = self.tr("Rewind to {epoch}").format(epoch=epoch)
            if self.rewind.text() != rewind:
                self.rewind.setText(rewind)
                describe(self.rewind, rewind, self.tr("Show the weights of that epoch"))
        can_fix = self._finding.fix is not None and bool(advice.remedy)
        self.fix.setVisible(can_fix)
        if can_fix and self.fix.text() != advice.remedy:
            self.fix.setText(advice.remedy)
            describe(self.fix, advice.remedy)


class DoctorCards(Panel):
    """A heading with the number of findings over their cards."""

    def __init__(self, model: BuildModel) -> None:
        super().__init__()
        self.setObjectName("doctor")
        self._findings: tuple[Finding, ...] = ()
        self._compact = False
        self._title, self._count = label("strong"), label("caption", "doctor_count")
        explain(self._title, "finding")
        head = hbox(self._title, STRETCH, self._count)
        layout = self._column = vbox(head, on=self, gap=GAP_M_PX, margins=(0, GAP_S_PX, 0, 0))
        self._nothing = label("hint", "doctor_nothing", wrap=True)
        layout.addWidget(self._nothing)
        self.cards = [_FindingCard(model, number) for number in range(_MOST_CARDS)]
        for card in self.cards:
            card.hide()
            layout.addWidget(card)
        self.retranslate()

    def show_findings(self, findings: Sequence[Finding], saved: Sequence[Finding] = ()) -> None:
        """Show the findings, worst first, then what had been found when the experiment was saved.

        Without any, what the doctor looks for.
        """
        now = len(findings)
        findings = (*findings, *filter(can_be_said, saved))
        codes = [finding.code for finding in findings]
        same = codes == [finding.code for finding in self._findings]
        self._findings = tuple(findings)
        self._nothing.setVisible(not findings)
        for index, card in enumerate(self.cards):
            if index < len(self._findings):
                card.show_finding(self._findings[index], index >= now)
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
        several = self.tr("{n} findings").format(n=show_integer(number))
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
