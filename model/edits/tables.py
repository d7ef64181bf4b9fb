"""Edits of a truth table, as pure functions."""

from __future__ import annotations

import itertools

from msgspec.structs import replace

from model.data.gates import TWO_INPUT_GATES
from model.data.shape import input_names, output_names
from model.experiment import DataSpec, GateData, TruthTableData

MAX_COLUMNS = 8


def recognised(table: TruthTableData) -> DataSpec:
    """Return the two-input gate equal to a complete table, otherwise the table itself."""
    named = replace(table, output_names=("y",))
    for name in TWO_INPUT_GATES:
        gate = GateData(name, 2, table.copies, table.noise)
        if gate.truth_table() == named:
            return gate
    return table


def _replaced[T](values: tuple[T, ...], index: int, value: T) -> tuple[T, ...]:
    return (*values[:index], value, *values[index + 1 :])


def with_target(
    table: TruthTableData, row: int, output: int, value: float | None
) -> TruthTableData:
    """Return the table with one answer changed; ``None`` is a don't-care."""
    changed = _replaced(table.targets[row], output, value)
    return replace(table, targets=_replaced(table.targets, row, changed))


def with_input_value(table: TruthTableData, row: int, column: int, value: float) -> TruthTableData:
    """Return the table with one input changed."""
    changed = _replaced(table.rows[row], column, value)
    return replace(table, rows=_replaced(table.rows, row, changed))


def with_row_added(table: TruthTableData) -> TruthTableData:
    """Return the table with a row for the first missing combination of 0 and 1, target 0."""
    inputs, present = len(table.input_names), set(table.rows)
    combinations = itertools.product((0.0, 1.0), repeat=inputs)  # of 27 inputs there are 10⁸
    new = next((row for row in combinations if row not in present), (0.0,) * inputs)
    return replace(
        table,
        rows=(*table.rows, new),
        targets=(*table.targets, (0.0,) * len(table.output_names)),
    )


def with_row_removed(table: TruthTableData, row: int) -> TruthTableData:
    """Return the table without one row; the last row cannot be removed."""
    if len(table.rows) <= 1:
        return table
    return replace(
        table,
        rows=table.rows[:row] + table.rows[row + 1 :],
        targets=table.targets[:row] + table.targets[row + 1 :],
    )


def with_input_added(table: TruthTableData) -> TruthTableData:
    """Return the table with one more input, each row once with 0 and once with 1."""
    if len(table.input_names) >= MAX_COLUMNS:
        return table
    name = input_names(len(table.input_names) + 1)[-1]
    rows = tuple((*row, value) for row in table.rows for value in (0.0, 1.0))
    targets = tuple(target for target in table.targets for _ in range(2))
    return replace(table, input_names=(*table.input_names, name), rows=rows, targets=targets)


def with_input_removed(table: TruthTableData) -> TruthTableData:
    """Return the table without its last input; among rows that become equal, the first is kept."""
    if len(table.input_names) <= 1:
        return table
    kept: dict[tuple[float, ...], tuple[float | None, ...]] = {}
    for row, target in zip(table.rows, table.targets, strict=True):
        kept.setdefault(row[:-1], target)
    return replace(
        table,
        input_names=table.input_names[:-1],
        rows=tuple(kept),
        targets=tuple(kept.values()),
    )


def with_output_added(table: TruthTableData) -> TruthTableData:
    """Return the table with one more output, its targets 0."""
    if len(table.output_names) >= MAX_COLUMNS:
        return table
    # The third output is y₃ whatever the others are called.
    number, names = len(table.output_names), output_names(MAX_COLUMNS + 1)
    names = (*names[number:], *names[:number])
    name = next(name for name in names if name not in table.output_names)
    return replace(
        table,
        output_names=(*table.output_names, name),
        targets=tuple((*target, 0.0) for target in table.targets),
    )


def with_output_removed(table: TruthTableData) -> TruthTableData:
    """Return the table without its last output."""
    if len(table.output_names) <= 1:
        return table
    return replace(
        table,
        output_names=table.output_names[:-1],
        targets=tuple(target[:-1] for target in table.targets),
    )
