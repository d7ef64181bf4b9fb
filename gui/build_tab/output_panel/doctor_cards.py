"""The training doctor's findings in words, each remedy a click."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QEnterEvent, QHideEvent
from PySide6.QtWidgets import QWidget

from foundation.text import mark, tr
from gui.build_tab.build_model import BuildModel
from gui.build_tab.names import activation_names, hidden_name, loss_names
from gui.explain import explain
from gui.format import (
    by_the_book,
    percent,
    show_integer,
    show_number,
    show_part,
    significant,
)
from gui.theme import GAP_M_PX, GAP_S_PX
from gui.widgets.basic import come_by_tab, describe, label, push_button, write_on
from gui.widgets.card import Card
from gui.widgets.layouts import STRETCH, add_parts, hbox, vbox
from gui.widgets.panel import Panel
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
    "straight_border": ("hidden-layer", "separable"),
    "no_bias": ("bias",),
    "perceptron_cycles": ("perceptron-rule",),
    "loss_misfit": ("loss",),
    "symmetric": ("initialiser",),
    "dead_relu": ("silent-unit", "relu"),
    "saturated": ("saturation",),
    "single_softmax": ("softmax",),
    "plateau": ("gradient",),
    "penalty": ("regularisation",),
    "fading": ("gradient",),
    "rate_high": ("learning-rate",),
    "rate_low": ("learning-rate",),
    "rate_zero": ("learning-rate",),
    "overfitting": ("overfitting",),
    "unscaled": ("scaling",),
    "large_inputs": ("scaling",),
    "no_better_than_guessing": ("baseline",),
}
"""The words of the glossary that a finding's title is about."""
_DIGITS = {"share": 0, "guess": 0, "ceiling": 1, "drop": 2}
"""Decimals of the values that are shares, as per cent."""

_NAMES: dict[str, Callable[[], dict[Any, str]]] = {
    "loss": loss_names,
    "fitting": loss_names,
    "activation": activation_names,
}
"""What is said for the values that are keys; a loss may be a number too."""


def advice_on(finding: Finding, hidden_layers: int = 1) -> Advice:
    """Return a finding's words; a unit is called as in a drawing with so many hidden layers."""
    written, code, values = _written(finding, hidden_layers), finding.code, finding.values
    is_of_one = code in _OF_ONE_UNIT and values["count"] == 1
    title, text, remedy = (_OF_ONE_UNIT if is_of_one else _TEXTS)[code]
    if code in _OF_ALL_UNITS and not is_of_one and values["count"] == values["units"]:
        title = _OF_ALL_UNITS[code]
    if code == "symmetric" and values["kinds"] == 1:
        text = _OTHER_TEXTS["symmetric, all alike"]
    if code == "contradiction" and values["more"]:
        text = _OTHER_TEXTS["contradictions"]
    if "inputs" in values and code in ("not_separable", "perceptron_cycles"):
        text = _OTHER_TEXTS["not separable with these inputs"]
    if code == "not_separable" and values.get("sample"):
        title = _STRAIGHT
        text = _OTHER_TEXTS["sample with these inputs" if "inputs" in values else "sample"]
    if "inputs" in values and code == "contradiction":
        text = _OTHER_TEXTS["contradiction of inputs"]
    return Advice(*(_translated(words).format(**written) for words in (title, text, remedy)))


def _translated(words: object) -> str:
    return tr(str(words)) if words else ""


def can_be_said(finding: Finding) -> bool:
    """Tell whether there are words for a finding, which a file may hold with any values."""
    if finding.code not in _TEXTS:
        return False
    try:
        advice_on(finding)
    except (KeyError, TypeError, ValueError, OverflowError):
        return False
    return True


def _written(finding: Finding, hidden_layers: int) -> dict[str, str]:
    """Return the values as a person reads them."""
    written: dict[str, str] = {}
    for name, value in finding.values.items():
        if name in _DIGITS:
            written[name] = percent(value, _DIGITS[name])
        elif name in _NAMES and isinstance(value, str):
            written[name] = _NAMES[name]()[value]
        elif name in ("rate", "lower"):
            written[name] = by_the_book(show_number(value, 6))
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
            written[name] = by_the_book(significant(float(value)))
    return written


_TEXTS: dict[str, tuple[object, object, object]] = {
    "diverged": (
        mark("The loss ran away"),
        mark("It was {first} and grew to {last}."),
        mark("Start anew at a rate of {lower}"),
    ),
    "not_finite": (
        mark("The loss ran away"),
        mark("After epoch {epoch} it was no number any more."),
        mark("Start anew at a rate of {lower}"),
    ),
    "not_separable": (
        mark("A hidden layer is needed"),
        mark(
            "No straight border gives {output} its answers. A hidden layer bends it; so do derived "
            "inputs.",
        ),
        mark("Add 4 hidden units"),
    ),
    "no_bias": (
        mark("The output layer has no bias"),
        mark(
            "So every border goes through the origin. None of those gives {output} its answers; "
            "one with a bias does.",
        ),
        mark("Switch the bias on"),
    ),
    "contradiction": (
        mark("Rows contradict each other"),
        mark(
            "Rows {first} and {second} have equal inputs and different targets. No network gets "
            "more than {ceiling} of the training rows right.",
        ),
        "",
    ),
    "perceptron_cycles": (
        mark("The perceptron goes round in circles"),
        mark(
            "No straight border gives {output} its answers, so the rule never gets all rows "
            "right, at any learning rate: learning one row unlearns another.",
        ),
        mark("Add 4 hidden units"),
    ),
    "loss_misfit": (
        mark("The loss does not fit the output"),
        mark(
            "“{loss}” reads outputs that go freely to both sides of 0; those of {activation} do "
            "not, and training may stand still while rows are wrong.",
        ),
        mark("Use “{fitting}”"),
    ),
    "straight_border": (
        mark("The hidden layer adds nothing"),
        mark(
            "Through one unit, or through identities, it draws the border that a network without a "
            "hidden layer draws, and no such border gives {output} its answers.",
        ),
        mark("Make it 4 hidden units"),
    ),
    "symmetric": (
        mark("Units of layer {layer} are copies"),
        mark(
            "The {units} units are of only {kinds} kinds. Copies get the same gradient and stay "
            "copies.",
        ),
        mark("Draw the weights at random"),
    ),
    "dead_relu": (
        mark("{count} of {units} units of layer {layer} are dead"),
        mark(
            "They are 0 on every row looked at and get no gradient: {names}.",
        ),
        mark("Re-draw their weights"),
    ),
    "saturated": (
        mark("{count} of {units} units of layer {layer} are saturated"),
        mark(
            "They sit at the ends of {activation} on nearly every row, where it is nearly flat.",
        ),
        mark("Shrink their weights"),
    ),
    "single_softmax": (
        mark("Softmax has one unit"),
        mark("A softmax over one unit always says 1."),
        mark("Use a sigmoid"),
    ),
    "plateau": (
        mark("The loss no longer falls"),
        mark(
            "It has stood at {loss} for 200 epochs; {share} of the rows are right. Another start "
            "may get further.",
        ),
        mark("Start anew with another seed"),
    ),
    "penalty": (
        mark("The penalty is too strong"),
        mark(
            "At {penalty} it has drawn all weights to almost 0, the largest to {largest}, and the "
            "loss no longer falls. From another start it would do the same.",
        ),
        mark("Start anew at a tenth of the penalty"),
    ),
    "fading": (
        mark("The rows fade on the way"),
        mark(
            "Behind {layers} layers of Sigmoid no unit differs by more than {spread} between "
            "rows, and the loss no longer falls: each layer passes on at most a quarter of a "
            "difference, times its weights. Tanh passes on more.",
        ),
        mark("Start anew with Tanh in the hidden layers"),
    ),
    "rate_high": (
        mark("The learning rate is too high"),
        mark("At {rate} the loss jumps up in {share} of the epochs."),
        mark("Set the rate to {lower}"),
    ),
    "rate_low": (
        mark("The loss falls slowly"),
        mark(
            "At a rate of {rate} it falls steadily, but by {drop} in 50 epochs: the rate is low, "
            "or little is left to gain.",
        ),
        mark("Triple the learning rate"),
    ),
    "rate_zero": (
        mark("The learning rate is 0"),
        mark("So no step changes a weight, and nothing is learned."),
        mark("Set the rate to {rate}"),
    ),
    "overfitting": (
        mark("Test loss is rising"),
        mark("Lowest at epoch {epoch}: {best}, now {last}."),
        mark("Add a penalty, stop in time"),
    ),
    "constant_input": (
        mark("{name} never changes"),
        mark(
            "It has one value in every training row and tells no two apart.",
        ),
        "",
    ),
    "unscaled": (
        mark("The inputs differ much in size"),
        mark(
            "Their deviations go from {low} to {high}: one rate is wrong for some weights.",
        ),
        mark("Standardise the inputs"),
    ),
    "large_inputs": (
        mark("The inputs are large"),
        mark(
            "Their deviations reach {high}: a rate that suits the biases is far too high for the "
            "weights.",
        ),
        mark("Standardise the inputs"),
    ),
    "no_better_than_guessing": (
        mark("No better than one answer to all"),
        mark(
            "After {epochs} epochs {share} of the rows are right; the most common answer alone "
            "gives {guess}.",
        ),
        "",
    ),
}
"""Title, text and remedy by the finding's code."""

_OF_ONE_UNIT: dict[str, tuple[object, object, object]] = {
    "dead_relu": (
        mark("Unit {unit} is dead"),
        mark(
            "z ≤ 0 on every row looked at, so no gradient reaches its weights.",
        ),
        mark("Re-draw its weights"),
    ),
    "saturated": (
        mark("Unit {unit} is saturated"),
        mark(
            "It sits at the ends of {activation} on nearly every row, where it is nearly flat.",
        ),
        mark("Shrink its weights"),
    ),
}
"""The same of one unit alone."""

_OF_ALL_UNITS: dict[str, object] = {
    "dead_relu": mark("All {units} units of layer {layer} are dead"),
    "saturated": mark("All {units} units of layer {layer} are saturated"),
}
"""The title where it is so of every unit of the layer."""

_STRAIGHT = mark("No straight border fits every row")
"""The title where the rows are a sample, in which classes may overlap."""

_OTHER_TEXTS: dict[str, object] = {
    "not separable with these inputs": mark(
        "No single unit that reads {inputs} gives {output} its answers. More inputs may do it, or "
        "a hidden layer.",
    ),
    "sample": mark(
        "No straight border gives {output} its answers on every training row. A hidden layer bends "
        "it; so do derived inputs. Where classes only overlap, that gains little.",
    ),
    "sample with these inputs": mark(
        "No single unit that reads {inputs} gives {output} its answers on every training row. More "
        "inputs may do it, or a hidden layer. Where classes only overlap, that gains little.",
    ),
    "symmetric, all alike": mark(
        "All {units} are alike. Copies get the same gradient and stay copies.",
    ),
    "contradictions": mark(
        "Rows {first} and {second} have equal inputs and different targets; other rows that "
        "contradict in this way: {more}. No network gets more than {ceiling} of the training rows "
        "right.",
    ),
    "contradiction of inputs": mark(
        "Rows {first} and {second} have the same {inputs} and different targets. No network that "
        "reads only that gets more than {ceiling} of the training rows right.",
    ),
}
"""What stands in the place of a text under the same title."""


_MOST_CARDS = 4
"""So many findings are shown at first; the others when a person asks for them."""

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
        self.add_to_heading(self.rewind)
        add_parts(self.body, self.text, self.saved, (self.fix, 0, Qt.AlignmentFlag.AlignLeft))
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
            describe(self.rewind, tr("Rewind"), tr("Show the weights of that epoch"))
            describe(self.fix, tr("Apply the remedy"))
            return
        hidden_layers = len(self._model.state.experiment.network.layers) - 1
        advice = advice_on(self._finding, hidden_layers)
        for widget, text in ((self.title, advice.title), (self.text, advice.text)):
            widget.setText(text)
        self.setAccessibleName(f"{advice.title}. {advice.text}")
        self.saved.setText(tr("Found before the experiment was saved."))
        self.saved.setVisible(self._is_saved)
        can_rewind = self._finding.code == "overfitting" and not self.is_folded
        can_rewind = can_rewind and not self._is_saved
        self.rewind.setVisible(can_rewind)
        if can_rewind:
            epoch = show_integer(self._finding.values["epoch"])
            rewind = tr("Rewind to {epoch}", epoch=epoch)
            if self.rewind.text() != rewind:
                write_on(self.rewind, rewind, tr("Show the weights of that epoch"))
        fix = self._finding.fix if advice.remedy else None
        self.fix.setVisible(fix is not None)
        if fix is not None:
            reason = self._model.lock_reason(self._model.broken_locks(fix))
            self.fix.setEnabled(not reason)
            write_on(self.fix, advice.remedy, reason or None)


class DoctorCards(Panel):
    """A heading with the number of findings over their cards, made when there are findings.

    The gravest are shown, and a button that shows the others too.

    Parameters
    ----------
    after
        Returns what Tab comes to the cards from.
    """

    def __init__(self, model: BuildModel, after: Callable[[], QWidget]) -> None:
        super().__init__("doctor")
        self._model, self._after = model, after
        self._findings: tuple[Finding, ...] = ()
        self._before_saved = 0
        self._compact = False
        self._title, self._count = label("strong"), label("caption", "doctor_count")
        explain(self._title, "finding")
        self._nothing = label("hint", "doctor_nothing", wrap=True)
        self._shows_all = False
        self._all_button = push_button("doctor_all", tone="link")
        self._all_button.clicked.connect(self._on_all_clicked)
        self._all_button.hide()
        all_button = (self._all_button, 0, Qt.AlignmentFlag.AlignLeft)
        parts = hbox(self._title, STRETCH, self._count), self._nothing, all_button
        self._column = vbox(*parts, on=self, gap=GAP_M_PX, margins=(0, GAP_S_PX, 0, 0))
        self.cards: list[_FindingCard] = []
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
        self._before_saved = now
        self._nothing.setVisible(not findings)
        self._shows_all = self._shows_all and len(findings) > _MOST_CARDS
        self._show_cards()
        if not same:
            self._fold()
            self._show_count()

    def _show_cards(self) -> None:
        shown = self._findings if self._shows_all else self._findings[:_MOST_CARDS]
        self.make_cards(len(shown))
        for index, card in enumerate(self.cards):
            if index < len(shown):
                card.show_finding(shown[index], index >= self._before_saved)
            card.setVisible(index < len(shown))
        self._all_button.setVisible(len(shown) < len(self._findings))

    def _on_all_clicked(self) -> None:
        self._shows_all = True
        self._show_cards()
        self._fold()
        self._show_count()

    def make_cards(self, count: int = _MOST_CARDS) -> None:
        """Make the cards of so many findings, as far as they are not there."""
        for number in range(len(self.cards), count):
            card = _FindingCard(self._model, number)
            card.hide()
            self._column.insertWidget(self._column.indexOf(self._all_button), card)
            come_by_tab(card, self.cards[-1].fix if self.cards else self._after())
            self.cards.append(card)

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
        several = tr("{n} findings")
        if number > _MOST_CARDS and not self._shows_all:
            several = tr("the {shown} gravest of {n} findings")
        words = {0: tr("no findings"), 1: tr("1 finding")}
        several = several.format(n=show_integer(number), shown=show_integer(_MOST_CARDS))
        self._count.setText(words.get(number, several))
        text = tr("Show all {n} findings", n=show_integer(number))
        write_on(self._all_button, text, tr("Show the lesser findings too"))

    def retranslate(self) -> None:
        """Write every text anew in the language in use."""
        self._title.setText(tr("Training doctor"))
        self._nothing.setText(
            tr(
                "Looks for dead and saturated units, equal starts, a loss that is stuck or runs "
                "away, and a test loss that rises."
            )
        )
        self._show_count()
