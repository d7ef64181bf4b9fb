"""Run ``trace``: every number of one row's training step, as the microscope shows it."""

from __future__ import annotations

import argparse
import functools
import math
from collections.abc import Sequence
from typing import Any

import numpy as np

from foundation.text import localise, tr, tr_context
from foundation.words import listed, number, percent
from model.command.wanted import Note, experiment_at, to_nobody
from model.errors import ModelError, naming_file
from model.experiment import FloatArray
from model.insight.step.trace import Operation, Trace, trace

MOST_TERMS = 12
"""Terms of a sum that are printed, the largest, beside the sum of the others; weights of a unit."""

MOST_UNITS = 16
"""Units of a layer whose numbers are printed."""


def trace_command(options: argparse.Namespace, note: Note = to_nobody) -> Trace:
    """Read the experiment and trace the row that the flags name.

    Raises
    ------
    ModelError
        Code ``command.row``, and what reading the file and training it raise.
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
    """Return what ``trace --json`` prints.

    Returns
    -------
    dict
        ``row``, from 1; ``raw``, ``inputs``, ``targets`` (``None`` where any answer will do),
        ``outputs``, ``loss``; ``layers`` with ``z``, ``a``, ``dL_da``, ``da_dz``, ``dL_dz``,
        ``dL_dW``, ``dL_db``, ``W``, ``b``, ``W_after``, ``b_after`` of this row alone; ``batch``,
        the trainer's next step, with ``rows``, those that it takes, from 1, and lists by layer. A
        number that is not finite is ``None``, since JSON has none.
    """
    batch = found.batch
    counted = np.where(found.mask > 0.0, found.target, np.nan)
    columns = {
        "z": found.z,
        "a": found.a,
        "dL_da": found.loss_slopes,
        "da_dz": found.slopes,
        "dL_dz": found.blames,
        "dL_dW": found.weight_gradients,
        "dL_db": found.bias_gradients,
        "W": found.weights,
        "b": found.biases,
        "W_after": found.new_weights,
        "b_after": found.new_biases,
    }
    return {
        "row": found.row + 1,
        "raw": [value if isinstance(value, str) else _number(value) for value in found.raw],
        "inputs": _listed(found.x),
        "targets": _listed(counted),
        "outputs": _listed(found.a[-1]),
        "loss": _number(found.loss),
        "layers": [
            {key: _listed(arrays[layer]) for key, arrays in columns.items()}
            for layer in range(len(found.z))
        ],
        "batch": {
            "rows": [row + 1 for row in found.dataset.own_rows(batch.rows)],
            "dL_dW": [_listed(one) for one in batch.weight_gradients],
            "dL_db": [_listed(one) for one in batch.bias_gradients],
            "W_after": [_listed(one) for one in batch.new_weights],
            "b_after": [_listed(one) for one in batch.new_biases],
        },
    }


def _number(value: float) -> float | None:
    """Return a number, ``None`` for one that JSON has not."""
    return float(value) if math.isfinite(value) else None


def _listed(values: FloatArray) -> Any:
    """Return an array as nested lists, ``None`` for what is not finite."""
    if values.ndim > 1:
        return [_listed(part) for part in values]
    return [_number(value) for value in values.tolist()]


def trace_text(found: Trace) -> str:
    """Return what ``trace`` prints for a person: the eight steps with their numbers."""
    titles = (
        tr("Take the inputs"),
        tr("Add the bias"),
        tr("Take the weights"),
        tr("Run it forward"),
        tr("See the error"),
        tr("Change the weights by the error"),
        tr("Run it again with the new weights"),
        tr("Predict"),
    )
    values = listed(map(_shown, found.raw))
    lines = [tr("Row {n}: {values}", n=found.row + 1, values=values)]
    shown, hidden = _units(found)
    by_place = {
        (one.code, one.layer, one.unit, one.row): one
        for layer, unit in shown
        for one in found.operations_of(layer, unit)
    }  # units share their inputs and the loss
    operations = list(by_place.values())
    for step, title in enumerate(titles, start=1):
        ours = [operation for operation in operations if operation.step == step]
        if step == 1:
            ours = [operation for operation in ours if operation.layer < 0]
        elif step == 5:
            ours.sort(key=lambda operation: operation.code == "loss")
        elif step == 6:
            ours.sort(key=lambda operation: -operation.layer)
        lines += ["", f"{step}. {title}", *_told(ours)]
        if step == 4 and any(found.dropout):
            shares = listed(percent(share, ".0f") for share in found.dropout[:-1])
            lines.append(
                "  "
                + tr(
                    "Training drops units of the hidden layers ({shares}), this row none.",
                    shares=shares,
                )
            )
        if step == 4 and hidden:
            lines.append("  " + tr("{n} more units are not printed; --json has them.", n=hidden))
        if step == 6:
            lines.append(f"  {_checked(found, shown)}")
    return "\n".join([*lines, "", *_batch_lines(found)])


def _checked(found: Trace, units: Sequence[tuple[int, int]]) -> str:
    """Return how far the gradients of some units are from central differences."""
    if found.experiment.network.layers[-1].activation == "step":
        return tr(
            "A step's slope is 0, and at its jump it has none. The perceptron rule asks for no "
            "slope: the 1 in its place makes dL/dz the error itself."
        )
    apart = []
    for layer, unit in units:
        analytic = found.weight_gradients[layer][:, unit]
        if found.experiment.network.layers[layer].use_bias:
            analytic = np.append(analytic, found.bias_gradients[layer][unit])
        with np.errstate(invalid="ignore"):
            apart.append(np.abs(analytic - found.numeric_gradient(layer, unit)).max())
    return tr(
        "Central differences: the largest gap to these gradients is {largest}.",
        largest=_shown(float(np.max(apart))),
    )


def _units(found: Trace) -> tuple[list[tuple[int, int]], int]:
    """Return the units that are printed, and how many are not."""
    shown = [
        (layer, unit)
        for layer, names in enumerate(found.names[1:])
        for unit in range(min(len(names), MOST_UNITS))
    ]
    return shown, sum(map(len, found.names[1:])) - len(shown)


def _told(operations: Sequence[Operation]) -> list[str]:
    """Return a line for each number, of the many weights of a unit for the first."""
    lines: list[str] = []
    told: dict[tuple[str, int, int], int] = {}
    for operation in operations:
        if operation.code == "product":
            continue  # its sum has it
        if operation.row >= 0 or operation.code == "input":
            key = operation.code, operation.layer, operation.unit if operation.row >= 0 else -1
            told[key] = told.get(key, 0) + 1
            if told[key] > MOST_TERMS:
                lines += ["  ..."] if told[key] == MOST_TERMS + 1 else []
                continue
        lines.append(f"  {_sentence(operation)}")
    return lines


def _sentence(operation: Operation) -> str:
    """Return one operation as an equation."""
    result, values = _shown(operation.result), [value for _, value in operation.terms]
    name, code = operation.name, operation.code
    if code in ("input", "bias", "weight"):
        return f"{name} = {result}"
    if code == "weighted_sum":
        return f"{name} = {_summed(values)} = {result}"
    if code in ("passed_back", "blame"):
        pairs = zip(values[::2], values[1::2], strict=True)
        products = [(a * b, f"{_factor(a)} * {_factor(b)}") for a, b in pairs]
        return f"{name} = {_summed([p for p, _ in products], [t for _, t in products])} = {result}"
    if code == "gradient" and len(values) == 1:
        return f"{name} = {result}"
    if code == "gradient":
        return f"{name} = {' * '.join(map(_factor, values))} = {result}"
    if code == "update":
        words = _update_words()
        terms = listed(f"{words[key]} {_shown(value)}" for key, value in operation.terms)
        return f"{name} = {result} ({terms})"
    if code == "error":
        activation, target = map(_shown, values)
        name = f"{name.removesuffix('target')}{tr('target')}"
        return f"{name} = {activation} - {target} = {result}"
    named = ((_named(key), value) for key, value in operation.terms[:MOST_TERMS])
    terms = listed(f"{key} {_shown(value)}" for key, value in named)
    return f"{name} = {result} ({terms})"


def _named(key: str) -> str:
    """Return what a number that goes in is called."""
    unit = key.removeprefix("target ")
    return key if unit == key else tr("target {unit}", unit=unit)


@functools.cache
def _update_words() -> dict[str, str]:
    """Return what the terms of an :class:`~model.insight.step.update.Update` are called."""
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


def _summed(values: Sequence[float], texts: Sequence[str] | None = None) -> str:
    """Return a sum; of many terms the largest, then what the others come to."""
    factors = list(texts) if texts is not None else [_factor(value) for value in values]
    if len(values) <= MOST_TERMS:
        return " + ".join(factors) or "0"
    largest = sorted(range(len(values)), key=lambda place: -abs(values[place]))[: MOST_TERMS - 1]
    rest = sum(value for place, value in enumerate(values) if place not in set(largest))
    terms = [factors[place] for place in sorted(largest)]
    others = tr("{sum} of {n} more", sum=_factor(rest), n=len(values) - len(largest))
    return " + ".join([*terms, others])


def _batch_lines(found: Trace) -> list[str]:
    """Return what the trainer's next step is."""
    batch, update = found.batch, found.batch.update
    rows: tuple[object, ...] = tuple(
        row + 1 for row in found.dataset.own_rows(batch.rows[:MOST_TERMS])
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
    for layer, kept in enumerate(batch.kept):
        if kept is not None:
            count, whole = int((kept == 0.0).sum()), kept.size
            lines.append(
                tr(
                    "It drops {count} of {whole} activations of hidden layer {layer}.",
                    count=count,
                    whole=whole,
                    layer=layer + 1,
                )
            )
    length, clip = update.term("length"), update.term("clip")
    if isinstance(length, float) and isinstance(clip, float):
        lines.append(
            tr(
                "Its gradient has the length {length}, multiplied by {clip}.",
                length=_shown(length),
                clip=_shown(clip),
            )
        )
    shown, _ = _units(found)
    for layer, unit in shown:
        names, name = found.names[layer], found.names[layer + 1][unit]
        bias = found.experiment.network.layers[layer].use_bias
        weights = [
            (f"w({source}→{name})", found.weights[layer], batch.new_weights[layer], (row, unit))
            for row, source in enumerate(names[:MOST_TERMS])
        ]
        changes = [_change(label, old[at], new[at]) for label, old, new, at in weights]
        changes += ["..."] if len(names) > MOST_TERMS else []
        if bias:
            before, after = found.biases[layer][unit], batch.new_biases[layer][unit]
            changes.append(_change(f"b({name})", before, after))
        lines += [f"  {change}" for change in changes]
    return lines


def _change(name: str, old: float, new: float) -> str:
    return tr("{name}: {old} to {new}", name=name, old=_shown(old), new=_shown(new))


def _factor(value: float) -> str:
    """Return a number as a part of a sum or product."""
    return f"({_shown(value)})" if value < 0.0 else _shown(value)


def _shown(value: float | str) -> str:
    """Return a number to six digits, and no zero with a sign."""
    return value if isinstance(value, str) else number(value + 0.0)
