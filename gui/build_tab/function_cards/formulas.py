"""The definitions of activations and losses in LaTeX, all typeset in assets/formulas/."""

from __future__ import annotations

from typing import NamedTuple

from gui.format import list_separator
from model.activations import ACTIVATION_KINDS
from model.experiment import ACTIVATIONS, LOSSES, Activation, Loss
from model.losses import is_fused


class Definition(NamedTuple):
    """A function and its derivative, as equations in LaTeX."""

    value: str
    slope: str


# {-} is a sign: a bare minus is set as between two terms, with room on both sides.
def _cases(above: str, below: str, at_most: str = r"z \le 0", more: str = "z > 0") -> str:
    return rf"\begin{{cases}} {above} & {more} \\ {below} & {at_most} \end{{cases}}"


_SMALL, _LARGE = r"|a - t| \le 1", "|a - t| > 1"


def activation_definition(name: Activation) -> Definition:
    """Return an activation's definition."""
    return Definition(*ACTIVATION_KINDS[name].latex)


def loss_definition(name: Loss, activation: Activation) -> Definition:
    """Return a loss's definition for one output with an activation."""
    return _loss_definition(name, activation, list_separator().strip())


def _loss_definition(name: Loss, activation: Activation, between: str) -> Definition:
    """Return a loss's definition, with `between` as the separator of two numbers."""
    slope = r"\frac{dL}{da} = "
    read = "z" if is_fused(name, activation) else "a"
    if name == "perceptron" and activation == "step":
        return Definition("L = |a - t|", r"\frac{dL}{dz} \leftarrow a - t")
    margin = {"hinge": "1 - s\\,a", "perceptron": "{-}s\\,a"}
    if name in margin:
        value = rf"L = \max(0{between}\ {margin[name]})"
        bound = "1" if name == "hinge" else "0"
        return Definition(
            value, slope + _cases("{-}s", "0", rf"s\,a > {bound}", rf"s\,a \le {bound}")
        )
    definitions: dict[Loss, Definition] = {
        "squared": Definition(r"L = \frac{1}{2}\,(a - t)^{2}", slope + "a - t"),
        "absolute": Definition("L = |a - t|", slope + r"\mathrm{sgn}(a - t)"),
        "huber": Definition(
            "L = " + _cases("(a - t)^{2} / 2", "|a - t| - 1/2", _LARGE, _SMALL),
            slope + _cases("a - t", r"\mathrm{sgn}(a - t)", _LARGE, _SMALL),
        ),
        "binary_cross_entropy": Definition(
            r"L = {-}t \ln p - (1 - t) \ln(1 - p)", rf"\frac{{dL}}{{d{read}}} = p - t"
        ),
        "categorical_cross_entropy": Definition(
            r"L = {-}\sum_k t_k \ln p_k",
            rf"\frac{{\partial L}}{{\partial {read}_k}} = p_k - t_k",
        ),
    }
    return definitions[name]


def every_formula() -> list[str]:
    """Return every formula of the cards in every language, without repeats."""
    definitions = [activation_definition(name) for name in ACTIVATIONS]
    for between in ",;":
        definitions += [
            _loss_definition(name, activation, between)
            for name in LOSSES
            for activation in ACTIVATIONS
        ]
    return list(dict.fromkeys(latex for each in definitions for latex in each))
