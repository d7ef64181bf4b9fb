"""Run ``trace``: every number of one row's training step, as the microscope shows it."""

from __future__ import annotations

import argparse
import functools
from collections.abc import Iterable, Sequence
from itertools import islice
from typing import Any, NamedTuple

import numpy as np

from foundation.text import localise, tr, tr_context
from foundation.words import listed, number
from model.command.wanted import Note, experiment_at, ignore_note
from model.errors import ModelError, naming_file
from model.experiment import FloatArray
from model.insight.step.gradient_check import numeric_gradient
from model.insight.step.one_step import with_rows
from model.insight.step.trace import Trace, own_slope, trace

MAX_TERMS = 12
"""Maximum terms printed of a sum, and maximum lines of a list."""

MAX_UNITS = 16
"""Maximum units printed per layer."""


def trace_command(options: argparse.Namespace, note: Note = ignore_note) -> Trace:
    """Read the experiment and trace the row given by the options.

    Raises
    ------
    ModelError
        Code ``command.row`` if there is no such row, and the errors of reading the file and of
        training.
    """
    experiment = experiment_at(options.experiment, note)
    try:
        with naming_file(options.experiment):
            return trace(experiment, options.row - 1)
    except ModelError as error:
        if error.code != "trace.no_row":
            raise
        raise ModelError(
            "command.row",
            "{file} has no row {row}; its rows are 1 to {last}. Choose one of them.",
            **error.values,
        ) from error


def trace_json(found: Trace) -> dict[str, Any]:
    """Return the JSON output of ``trace``.

    Returns
    -------
    dict
        ``row``, counted from 1; ``raw``, ``inputs``, ``targets`` (``None`` where masked),
        ``outputs``, ``loss``; ``layers`` with ``z``, ``a``, ``dL_da``, ``da_dz``, ``dL_dz``,
        ``dL_dW``, ``dL_db``, ``W``, ``b``, ``W_after``, ``b_after`` for this row alone;
        ``batch``, the trainer's next step: ``rows`` (its rows, counted from 1) and lists by
        layer. Non-finite numbers are ``None``, since JSON cannot represent them.
    """
    batch = found.batch
    counted = np.where(found.mask > 0.0, found.target, np.nan)
    columns = {
        "z": found.z,
        "a": found.a,
        "dL_da": found.loss_slopes,
        "da_dz": found.slopes,
        "dL_dz": found.deltas,
        "dL_dW": found.weight_gradients,
        "dL_db": found.bias_gradients,
        "W": found.weights,
        "b": found.biases,
        "W_after": found.new_weights,
        "b_after": found.new_biases,
    }
    return {
        "row": found.row + 1,
        "raw": found.raw,
        "inputs": found.x.tolist(),
        "targets": counted.tolist(),
        "outputs": found.a[-1].tolist(),
        "loss": found.loss,
        "layers": [
            {key: arrays[layer].tolist() for key, arrays in columns.items()}
            for layer in range(len(found.z))
        ],
        "batch": {
            "rows": [row + 1 for row in found.dataset.indices_by_number(batch.rows)],
            "dL_dW": [each.tolist() for each in batch.weight_gradients],
            "dL_db": [each.tolist() for each in batch.bias_gradients],
            "W_after": [each.tolist() for each in batch.new_weights],
            "b_after": [each.tolist() for each in batch.new_biases],
        },
    }


def trace_text(found: Trace) -> str:
    """Return the text output of ``trace``: the eight steps with their numbers."""
    units, hidden = _units(found)
    outputs = [unit for unit in units if unit.layer == len(found.z) - 1]
    notes = []
    if hidden:
        notes.append(tr("{n} more units are not printed; --json has them.", n=hidden))
    targets = _targets(found, range(len(found.target)))
    backward = sorted(units, key=lambda unit: -unit.layer)
    after = [(f"{unit.name}.a", float(found.outputs_after[unit.unit])) for unit in outputs]
    before = [(unit.name, float(found.a[-1][unit.unit])) for unit in outputs]
    steps = {
        tr("Take the inputs"): _first_lines(
            f"{name} = {_shown(value)}"
            for name, value in zip(found.names[0], found.x.tolist(), strict=True)
        ),
        tr("Add the bias"): [
            f"{unit.labels[-1]} = {_shown(unit.weights[-1])}" for unit in units if unit.has_bias
        ],
        tr("Take the weights"): [
            line
            for unit in units
            for line in _first_lines(
                f"{label} = {_shown(weight)}"
                for label, weight in zip(unit.labels, unit.weights, strict=True)
                if label[0] == "w"
            )
        ],
        tr("Run it forward"): [*(line for unit in units for line in _forward(found, unit)), *notes],
        tr("See the error"): [
            *(
                f"{name} - {tr('target')} = {_shown(a)} - {_shown(t)} = {_shown(a - t)}"
                for (name, a), (_, t) in zip(targets[::2], targets[1::2], strict=True)
            ),
            _with_operands("L", found.loss, targets),
        ],
        tr("Change the weights by the error"): [
            *(line for unit in backward for line in _backward(found, unit)),
            _gradient_check(found, units),
        ],
        tr("Run it again with the new weights"): [
            _with_operands("L", found.loss_after, [("L", found.loss), *after])
        ],
        tr("Predict"): [
            _with_operands(name, a, [(name, old)])
            for (name, a), (_, old) in zip(after, before, strict=True)
        ],
    }
    values = listed(map(_shown, found.raw))
    lines = [tr("Row {n}: {values}", n=found.row + 1, values=values)]
    for step, (title, body) in enumerate(steps.items(), start=1):
        lines += ["", f"{step}. {title}", *(f"  {line}" for line in body)]
    return "\n".join([*lines, "", *_batch_lines(found, units)])


class _Unit(NamedTuple):
    """A unit's weights, followed by its bias if it has one, and their names."""

    layer: int
    unit: int
    name: str
    labels: list[str]
    weights: list[float]
    has_bias: bool

    def values_in(self, weights: Sequence[FloatArray], biases: Sequence[FloatArray]) -> list[float]:
        """Return this unit's values in arrays shaped like the weights and biases."""
        bias = [float(biases[self.layer][self.unit])] if self.has_bias else []
        return [*weights[self.layer][:, self.unit].tolist(), *bias]


def _units(found: Trace) -> tuple[list[_Unit], int]:
    """Return the units to print, and the number of omitted ones."""
    shown = []
    for layer, spec in enumerate(found.experiment.network.layers):
        for unit, name in enumerate(found.names[layer + 1][:MAX_UNITS]):
            read = found.experiment.network.reads(layer, unit)[: len(found.weights[layer])]
            labels = [f"w({found.names[layer][source]}→{name})" for source in read]
            labels += [f"b({name})"] if spec.use_bias else []
            one = _Unit(layer, unit, name, labels, [], spec.use_bias)
            shown.append(one._replace(weights=one.values_in(found.weights, found.biases)))
    return shown, sum(map(len, found.names[1:])) - len(shown)


def _first_lines(lines: Iterable[str]) -> list[str]:
    """Return the first lines, and dots if there are more."""
    some = list(islice(lines, MAX_TERMS + 1))
    return some if len(some) <= MAX_TERMS else [*some[:MAX_TERMS], "..."]


def _with_operands(name: str, value: float, terms: Iterable[tuple[str, float]]) -> str:
    """Format a number with its operands."""
    some = listed(f"{key} {_shown(term)}" for key, term in islice(terms, MAX_TERMS))
    return f"{name} = {_shown(value)} ({some})"


def _targets(found: Trace, units: Iterable[int]) -> list[tuple[str, float]]:
    """Return output and target of each unit that has a target."""
    terms = []
    for unit in units:
        if not found.mask[unit]:
            continue
        name = found.names[-1][unit]
        terms.append((f"{name}.a", float(found.a[-1][unit])))
        terms.append((tr("target {unit}", unit=name), float(found.target[unit])))
    return terms


def _forward(found: Trace, unit: _Unit) -> list[str]:
    z = found.z[unit.layer].tolist()
    values, factors = found.terms(unit.layer, unit.unit)
    products = [*(values * factors).tolist(), *unit.weights[len(unit.weights) - unit.has_bias :]]
    reads = [(f"{unit.name}.z", z[unit.unit])]
    if found.experiment.network.layers[unit.layer].activation_kind.is_joint:
        reads = [(f"{name}.z", z) for name, z in zip(found.names[unit.layer + 1], z, strict=True)]
    return [
        f"{unit.name}.z = {_sum(map(_factor, products))} = {_shown(z[unit.unit])}",
        _with_operands(f"{unit.name}.a", float(found.a[unit.layer][unit.unit]), reads),
    ]


def _backward(found: Trace, unit: _Unit) -> list[str]:
    """Format a unit's backward pass: dL/da, da/dz, dL/dz, its gradients and new weights."""
    layer, at, name = unit.layer, unit.unit, unit.name
    back, blame = float(found.loss_slopes[layer][at]), float(found.deltas[layer][at])
    slopes = found.slopes[layer]
    own = own_slope(slopes, at)
    if layer == len(found.z) - 1:
        terms = _targets(found, [at]) or [(f"{name}.a", float(found.a[-1][at]))]
        lines = [_with_operands(f"dL/d{name}.a", back, terms)]
    else:
        products = _product_sum_text(*found.terms_back(layer, at))
        lines = [f"dL/d{name}.a = {products} = {_shown(back)}"]
    lines.append(
        _with_operands(f"d{name}.a/d{name}.z", own, [(f"{name}.z", float(found.z[layer][at]))])
    )
    products = f"{_factor(back)} * {_factor(own)}"
    if slopes.ndim == 2:
        products = _product_sum_text(found.loss_slopes[layer], slopes[:, at])
    lines.append(f"dL/d{name}.z = {products} = {_shown(blame)}")
    gradients = unit.values_in(found.weight_gradients, found.bias_gradients)
    read = [f"{_factor(x)} * {_factor(blame)} = " for x in found.terms(layer, at)[0].tolist()]
    read = [*read[: len(unit.labels) - unit.has_bias], ""]  # the bias is not multiplied
    made = [
        f"dL/d{label} = {product}{_shown(gradient)}"
        for label, product, gradient in zip(unit.labels, read, gradients, strict=False)
    ]
    words, network = _update_words(), found.experiment.network
    changed = []
    new = unit.values_in(found.new_weights, found.new_biases)
    for row, (label, weight) in enumerate(zip(unit.labels, new, strict=True)):
        numbers = found.update.at(network, layer, row, at).items()
        changed.append(
            _with_operands(label, weight, ((words[key], value) for key, value in numbers))
        )
    return [*lines, *_first_lines(made), *_first_lines(changed)]


def _product_sum_text(first: FloatArray, second: FloatArray) -> str:
    """Format a sum of products with all factors."""
    pairs = zip(first.tolist(), second.tolist(), strict=True)
    return _sum(f"{_factor(a)} * {_factor(b)}" for a, b in pairs)


def _sum(terms: Iterable[str]) -> str:
    return " + ".join(_first_lines(terms)) or "0"


def _gradient_check(found: Trace, units: Sequence[_Unit]) -> str:
    """Describe the largest gap between some units' gradients and central differences."""
    if found.experiment.network.layers[-1].activation == "step":
        return tr(
            "A step's slope is 0, and at its jump it has none. The perceptron rule asks for no "
            "slope: the 1 in its place makes dL/dz the error itself."
        )
    network = found.experiment.network
    alone = with_rows(found.dataset, found.x[None], found.target[None], found.mask[None])
    analytic = [
        x for one in units for x in one.values_in(found.weight_gradients, found.bias_gradients)
    ]
    places = [
        network.place(one.layer, row, one.unit) for one in units for row in range(len(one.weights))
    ]
    apart = np.abs(np.array(analytic) - numeric_gradient(found.experiment, alone, places))
    return tr(
        "Central differences: the largest gap to these gradients is {largest}.",
        largest=_shown(float(apart.max(initial=0.0))),
    )


@functools.cache
def _update_words() -> dict[str, str]:
    """Return the names of an :class:`~model.insight.step.update.Update`'s terms."""
    return {
        "weight": tr("weight"),
        "gradient": tr("gradient"),
        "l2": tr("l2"),
        "l1": tr("l1"),
        "pinned": tr("pinned"),
        "length": tr("length"),
        "clip": tr("clip"),
        "taken": tr("taken"),
        "velocity_before": tr("velocity before"),
        "velocity": tr("velocity"),
        "mean_before": tr("mean before"),
        "mean": tr("mean"),
        "mean_corrected": tr("mean corrected"),
        "square_before": tr("square before"),
        "square": tr("square"),
        "square_corrected": tr("square corrected"),
        "decay": tr("decay"),
        "rate": tr("rate"),
        "change": tr("change"),
    }


def _batch_lines(found: Trace, units: Sequence[_Unit]) -> list[str]:
    """Describe the trainer's next step."""
    batch, update = found.batch, found.batch.update
    rows: tuple[object, ...] = tuple(
        row + 1 for row in found.dataset.indices_by_number(batch.rows[:MAX_TERMS])
    )
    more = len(batch.rows) - len(rows)
    rows += (tr_context("command", "{n} more", n=more),) if more else ()
    lines = [
        tr(
            "What moves the weights is the mean over the batch: step {step} takes the rows {rows}; "
            "loss {loss}, rate {rate}.",
            step=update.number,
            rows=localise(rows),
            loss=_shown(batch.loss),
            rate=_shown(update.rate),
        )
    ]
    for unit in units:
        after = unit.values_in(batch.new_weights, batch.new_biases)
        lines += _first_lines(
            "  " + tr("{name}: {old} to {new}", name=label, old=_shown(old), new=_shown(new))
            for label, old, new in zip(unit.labels, unit.weights, after, strict=True)
        )
    return lines


def _factor(value: float) -> str:
    """Format a number as an operand of a sum or product."""
    return f"({_shown(value)})" if value < 0.0 else _shown(value)


def _shown(value: float | str) -> str:
    """Format a number to six digits, zero without a sign."""
    return value if isinstance(value, str) else number(value + 0.0)
