"""The data of the microscope's cards: one step, one of its units, and display names."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from foundation.text import tr
from gui.build_tab.names import subscript, unit_name
from gui.build_tab.state import BuildState
from gui.format import (
    factor,
    show_fixed,
    show_integer,
    show_number,
    significant,
    with_power_of_ten,
)
from gui.widgets.formula import Word
from model.activations import activate
from model.data import Dataset
from model.experiment import FloatArray
from model.insight import GradientCheck
from model.insight.answers import class_names
from model.insight.step.one_step import OneStep, UnitStep
from model.losses import LOSS_KINDS
from model.places import UnitAt

MAX_TERMS = 6
"""Maximum number of terms written out; the others are summed up in one number."""

_SHORT_NAME = 6
_DOUBLE_DIGITS = 17


@dataclass(frozen=True)
class StepView:
    """A step, one of its units, and the weight whose gradient is explained.

    Attributes
    ----------
    unit
        The numbers of the current unit.
    wanted
        Row of the weight chosen by the user; -1 for none.
    row
        Number of the example followed, from 0, in the user's row order.
    """

    state: BuildState
    step: OneStep
    unit: UnitStep
    wanted: int = -1
    row: int = -1

    @property
    def dataset(self) -> Dataset:
        """The row's data set, with names in the current language."""
        return self.state.dataset

    @cached_property
    def name(self) -> str:
        """The unit's name: h₁, ŷ."""
        return self.name_of(self.unit.at)

    def name_of(self, at: UnitAt) -> str:
        """Return any unit's name."""
        return unit_name(at, self.step.experiment.network, self.dataset)

    @property
    def is_output(self) -> bool:
        """Whether the unit is an output."""
        return self.unit.at.layer == len(self.step.experiment.network.layers) - 1

    @property
    def rule(self) -> str:
        """The perceptron rule's substitute for ∂L/∂z; empty for other losses."""
        return "a − t" if self.unit.activation == "step" else ""

    def gradient_name(self, row: int) -> str:
        """Return a weight's gradient as text: ∂L/∂w₁, or by the perceptron rule (a − t)·x₁."""
        if not self.rule:
            return f"∂L/∂{self.weight_name(row)}"
        return self.rule if row == self.inputs else f"({self.rule})·{self.input_name(row)}"

    def step_gradient_name(self, row: int) -> str:
        """Return the gradient used in the step as text.

        For a batch it is that of the mean loss: ∂L̄/∂w₁.
        """
        return self._mean_of(self.gradient_name(row))

    @property
    def gradient_symbol(self) -> str:
        """The gradient of any weight in the step, as text: ∂L/∂w, for a batch ∂L̄/∂w."""
        return self._mean_of(f"({self.rule})·x" if self.rule else "∂L/∂w")

    def _mean_of(self, name: str) -> str:
        """Mark a symbol as the batch's mean, to distinguish it from the row's value."""
        if self.step.batch is None:
            return name
        if self.rule:
            return tr("mean {rule}", rule=name)
        return name.replace("∂L/", "∂L\u0304/")

    def input_name(self, row: int) -> str:
        """Return the short name of a weight's factor: x₁, h₂."""
        name = self.long_name(row)
        return name if len(name) <= _SHORT_NAME else f"x{subscript(str(row + 1))}"

    def long_name(self, row: int) -> str:
        """Return the full name of a weight's factor."""
        return self.name_of(UnitAt(self.unit.at.layer - 1, row))

    def weight_name(self, row: int) -> str:
        """Return the short name of a weight: w₁, or b for the bias."""
        return "b" if row == self.inputs else f"w{subscript(str(row + 1))}"

    @property
    def inputs(self) -> int:
        """The number of the unit's inputs, which is also the row of its bias."""
        return len(self.unit.weights)

    @cached_property
    def terms(self) -> tuple[int, ...]:
        """The rows with the largest products, at most `MAX_TERMS`, in order."""
        return largest(self.products, self._chosen_input)

    @cached_property
    def products(self) -> FloatArray:
        """Each input times its weight, shape (inputs,)."""
        with np.errstate(all="ignore"):
            return self.unit.x * self.unit.weights

    @property
    def rest_of_sum(self) -> float:
        """The sum of the products outside `terms`."""
        with np.errstate(all="ignore"):
            return float(np.delete(self.products, self.terms).sum())

    @cached_property
    def changes(self) -> tuple[int, ...]:
        """The rows with the largest gradients, at most `MAX_TERMS`, in order, then the bias."""
        rows = largest(self.unit.applied_gradients[: self.inputs], self._chosen_input)
        return rows if self.unit.bias is None else (*rows, self.inputs)

    @property
    def _chosen_input(self) -> int:
        return self.wanted if 0 <= self.wanted < self.inputs else -1

    @cached_property
    def explained(self) -> int:
        """The row of the explained weight, by default one that this row changes."""
        if 0 <= self.wanted < self.inputs + (self.unit.bias is not None):
            return self.wanted
        moved = (row for row in self.changes if self.unit.gradient(row))
        return next(moved, self.changes[0] if self.changes else -1)

    @cached_property
    def check(self) -> GradientCheck | None:
        """The numeric check of the explained gradient."""
        return None if self.explained < 0 else self.step.check(self.unit.at, self.explained)

    def input_in_data_units(self, row: int) -> str:
        """Return an input of the network in the units of the data, or an activation."""
        value = float(self.unit.x[row])
        if self.unit.at.layer == 0:
            return with_power_of_ten(show_number(self.dataset.x_in_data_units(row, value), 4))
        return figure(value)

    @property
    def is_scaled(self) -> bool:
        """Whether the network reads scaled inputs."""
        return self.unit.at.layer == 0 and self.dataset.x_offset is not None

    def is_derived(self, row: int) -> bool:
        """Return whether an input is derived from columns, and so has no unit."""
        features = self.dataset.features
        is_input = self.unit.at.layer == 0 and row < len(features)
        return is_input and features[row].kind != "column"

    def target_name(self) -> str:
        """Return the row's target: its class or its values."""
        return target_text(self.dataset, self.step.target, self.step.mask)


def target_text(dataset: Dataset, target: FloatArray, mask: FloatArray) -> str:
    """Return a target: its class, or its values in the units of the data.

    Parameters
    ----------
    target, mask
        Shape (outputs,); where the mask is 0, the output is free and the target is ignored.
    """
    names, values = class_names(dataset), target.tolist()
    free = tr("free")
    if not mask.any():
        return free
    if dataset.task == "multiclass" and names:
        return names[int(np.argmax(target))]
    if dataset.task == "binary" and len(names) == 2 and values[0] in (0.0, 1.0):
        return names[int(values[0])]
    said = [
        with_power_of_ten(show_number(dataset.y_in_data_units(i, value), 4))
        for i, value in enumerate(values)
    ]
    return " ".join(text if counts else free for text, counts in zip(said, mask, strict=True))


def loss_inputs(step: OneStep) -> FloatArray:
    """Return the values that the loss compares with targets, shape (outputs,).

    These are outputs or probabilities: without a sigmoid or softmax output layer, a cross-entropy
    first converts the outputs to probabilities.
    """
    loss, last = step.experiment.training.loss, step.experiment.network.layers[-1].activation
    function = LOSS_KINDS[loss].fused_with
    return step.outputs if function in ("", last) else activate(function, step.outputs)


def has_margin(step: OneStep) -> bool:
    """Return whether the loss depends only on the side of 0 and a margin."""
    loss, last = step.experiment.training.loss, step.experiment.network.layers[-1].activation
    return loss in ("hinge", "perceptron") and last != "step"


def errors_of(step: OneStep) -> FloatArray:
    """Return each output's error, 0 for a don't-care; shape (outputs,).

    The error is the difference from the target, or for a margin loss from the nearest value without
    loss.
    """
    with np.errstate(all="ignore"):
        apart = loss_inputs(step) - step.target
        if has_margin(step):
            wanted = 1.0 if step.experiment.training.loss == "hinge" else 0.0
            apart = np.maximum(0.0, wanted - (2.0 * step.target - 1.0) * step.outputs)
        return np.asarray(np.where(step.mask == 0.0, 0.0, apart))


def largest(values: FloatArray, kept: int = -1) -> tuple[int, ...]:
    """Return the indices of the largest values and `kept`, in order; NaN comes first."""
    if len(values) <= MAX_TERMS:
        return tuple(range(len(values)))
    sizes = np.nan_to_num(np.abs(values), nan=np.inf, posinf=np.inf)
    if kept >= 0:
        sizes[kept] = np.inf
    return tuple(sorted(np.argsort(-sizes, kind="stable")[:MAX_TERMS].tolist()))


# -- Numbers ---------------------------------------------------------------------------------------


def figure(value: float) -> str:
    """Format a number with three decimals, a very small or large one with a power of ten."""
    if not np.isfinite(value):
        return show_fixed(value, 0)
    size = abs(value)
    if 0 < size < 0.0005:
        return with_power_of_ten(significant(value, 3))
    if size < 1e5:
        return show_fixed(value, 3)
    return with_power_of_ten(show_number(value, 4 if size < 1e100 else 2))


def distinct_figures(before: float, after: float) -> tuple[str, str]:
    """Format two numbers as `figure`, with enough digits to distinguish them."""
    texts, digits = (figure(before), figure(after)), 4
    while texts[0] == texts[1] and before != after and digits <= _DOUBLE_DIGITS:
        first, second = (with_power_of_ten(significant(value, digits)) for value in (before, after))
        texts, digits = (first, second), digits + 1
    return texts


def short_figure(value: float) -> str:
    """Format a small whole number without decimals, others as `figure`."""
    if np.isfinite(value) and value == int(value) and abs(value) < 1000:
        return show_integer(value)
    return figure(value)


def difference(old: float, new: float) -> float:
    """Return the change, 0 for an infinite number that stayed the same."""
    return 0.0 if new == old else new - old


def signed(value: float) -> str:
    """Format a number with its sign, even if positive."""
    text = figure(value)
    return f"+{text}" if value > 0 else text


def tone_of(value: float) -> str:
    """Return the colour of a sign."""
    return "pos_text" if value > 0 else "neg_text" if value < 0 else "t1"


def number(
    value: float, coloured: bool = True, is_factor: bool = False, reckoned: bool = False
) -> Word:
    """Return a number in its sign's colour, with a negative factor in brackets.

    One from which others are `reckoned` has at least three significant digits: .00157 / .0227 is
    .069, but .002 / .0227 is not.
    """
    text = significant(value, 3) if reckoned and 0.0005 <= abs(value) < 0.1 else figure(value)
    if is_factor:
        text = factor(text)
    return Word(text, token=tone_of(value) if coloured else "t1", weight=600)
