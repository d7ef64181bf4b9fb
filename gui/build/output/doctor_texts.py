"""What the training doctor's findings say, by their code, in the language in use."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

from PySide6.QtCore import QCoreApplication

from gui.build.canvas.names import activation_names
from gui.build.plots.numbers import count, decimal, significant
from gui.build.training_bar.choices import loss_names
from gui.numbers import show_part
from model.experiment import LOSSES
from model.insight import Finding

__all__ = ["Advice", "advice_on"]


class Advice(NamedTuple):
    """A finding in words: a short title, a sentence, and what the button does."""

    title: str
    text: str
    remedy: str


_DIGITS = {"share": 0, "guess": 0, "ceiling": 1, "drop": 2}
"""Decimals of the values that are shares, as per cent."""

_NAMES: dict[str, Callable[[], dict[Any, str]]] = {
    "loss": lambda: dict(zip(LOSSES, loss_names(), strict=True)),
    "activation": activation_names,
}
_NAMES["fitting"] = _NAMES["loss"]
"""What is said for the values that are keys."""

# lupdate finds texts by the name `translate`; they are looked up when shown, not when imported.
translate = QCoreApplication.translate


def _percent(share: float, digits: int = 0) -> str:
    return translate("Doctor", "{n}%").format(n=decimal(100 * share, digits))


def advice_on(finding: Finding) -> Advice:
    """Return a finding's words; one without a translation speaks the model's own English."""
    written = _written(finding)
    texts = _TEXTS.get(finding.code)
    if texts is None:
        return Advice(finding.code, finding.sentence(), finding.remedy)
    title, text, remedy = texts()
    if finding.code == "contradiction" and finding.values["more"]:
        title, text, remedy = _contradictions()
    if finding.code == "dead_relu" and finding.values["count"] == 1:
        title, text, remedy = _one_dead_unit()
    return Advice(title.format(**written), text.format(**written), remedy)


def _written(finding: Finding) -> dict[str, str]:
    """Return the values as a person reads them."""
    written: dict[str, str] = {}
    for name, value in finding.values.items():
        if name in _DIGITS:
            written[name] = _percent(value, _DIGITS[name])
        elif name in _NAMES:
            written[name] = _NAMES[name]()[value]
        elif name in ("count", "kinds"):
            written[name] = show_part(value)
        elif isinstance(value, bool | str):
            written[name] = str(value)
        elif isinstance(value, int):
            written[name] = count(value)
        else:
            written[name] = significant(float(value))
    return written


def _one_dead_unit() -> tuple[str, str, str]:
    return (
        translate("Doctor", "Unit {unit} of layer {layer} is dead"),
        translate("Doctor", "z ≤ 0 for all rows, so no gradient reaches its weights."),
        translate("Doctor", "Re-draw its weights"),
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
            "No straight line gives {output} its answers, and without a hidden layer a line is "
            "all there is.",
        ),
        translate("Doctor", "Add 4 hidden units"),
    )


def _contradiction() -> tuple[str, str, str]:
    return (
        translate("Doctor", "Rows contradict each other"),
        translate(
            "Doctor",
            "Rows {first} and {second} have equal inputs and different targets. No network gets "
            "more than {ceiling} of the rows right.",
        ),
        "",
    )


def _contradictions() -> tuple[str, str, str]:
    title, _, remedy = _contradiction()
    text = translate(
        "Doctor",
        "Rows {first} and {second}, and {more} more, have equal inputs and different targets. No "
        "network gets more than {ceiling} of the rows right.",
    )
    return title, text, remedy


def _perceptron_cycles() -> tuple[str, str, str]:
    return (
        translate("Doctor", "The perceptron goes round in circles"),
        translate(
            "Doctor",
            "No straight line gives {output} its answers, so the rule never comes to rest, at any "
            "learning rate: learning one row unlearns another.",
        ),
        translate("Doctor", "Add 4 hidden units"),
    )


def _loss_misfit() -> tuple[str, str, str]:
    return (
        translate("Doctor", "The loss does not fit the output"),
        translate(
            "Doctor",
            "“{loss}” reads outputs that can be any number; those of {activation} cannot, so it "
            "does not measure how right they are.",
        ),
        translate("Doctor", "Use “{fitting}”"),
    )


def _symmetric() -> tuple[str, str, str]:
    return (
        translate("Doctor", "Units of layer {layer} are copies"),
        translate(
            "Doctor",
            "Of {units} units only {kinds} differ. Copies get the same gradient and stay copies.",
        ),
        translate("Doctor", "Draw the weights at random"),
    )


def _dead_relu() -> tuple[str, str, str]:
    return (
        translate("Doctor", "{count} of {units} units of layer {layer} are dead"),
        translate("Doctor", "They stay at 0 on every row and no longer learn: {names}."),
        translate("Doctor", "Re-draw their weights"),
    )


def _saturated() -> tuple[str, str, str]:
    return (
        translate("Doctor", "{count} of {units} units of layer {layer} are saturated"),
        translate(
            "Doctor", "They sit at the ends of {activation} on nearly every row, where it is flat."
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


def _overfitting() -> tuple[str, str, str]:
    return (
        translate("Doctor", "Test loss is rising"),
        translate("Doctor", "Lowest at epoch {epoch}: {best}, now {last}."),
        translate("Doctor", "Add a penalty, stop in time"),
    )


def _constant_input() -> tuple[str, str, str]:
    return (
        translate("Doctor", "{name} never changes"),
        translate("Doctor", "It has one value in every training row and carries nothing."),
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
    "overfitting": _overfitting,
    "constant_input": _constant_input,
    "unscaled": _unscaled,
    "no_better_than_guessing": _no_better_than_guessing,
}
