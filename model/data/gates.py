"""Logic gates as truth tables: the sixteen of two inputs, and those of any number."""

from __future__ import annotations

import itertools
from collections.abc import Callable

import numpy as np
from msgspec import Struct

from model.arrays import FloatArray
from model.errors import ModelError

Row = tuple[int, ...]


class Gate(Struct, frozen=True):
    """A logic gate.

    Attributes
    ----------
    name
        Name in files and on the command line.
    symbol
        Symbol on a tile.
    inputs
        Minimum and maximum number of inputs.
    outputs
        Names of the outputs.
    function
        Maps a row of 0 and 1 to the outputs.
    """

    name: str
    symbol: str
    inputs: tuple[int, int]
    outputs: tuple[str, ...]
    function: Callable[[Row], Row]


def _gate_of_code(code: int) -> Callable[[Row], Row]:
    """Return the two-input gate whose outputs for 00, 01, 10, 11 are the bits of `code`."""
    return lambda row: ((code >> (3 - (2 * row[0] + row[1]))) & 1,)


# Outputs for the rows 00, 01, 10, 11, read as a binary number.
_TWO_INPUTS: tuple[tuple[int, str, str], ...] = (
    (0b0000, "false", "0"),
    (0b0001, "and", "A ∧ B"),
    (0b0010, "a_and_not_b", "A ∧ ¬B"),
    (0b0011, "a", "A"),
    (0b0100, "b_and_not_a", "¬A ∧ B"),
    (0b0101, "b", "B"),
    (0b0110, "xor", "A ⊕ B"),
    (0b0111, "or", "A ∨ B"),
    (0b1000, "nor", "¬(A ∨ B)"),
    (0b1001, "xnor", "A ↔ B"),
    (0b1010, "not_b", "¬B"),
    (0b1011, "b_implies_a", "B → A"),
    (0b1100, "not_a", "¬A"),
    (0b1101, "a_implies_b", "A → B"),
    (0b1110, "nand", "¬(A ∧ B)"),
    (0b1111, "true", "1"),
)

TWO_INPUT_GATES: tuple[str, ...] = tuple(name for _, name, _ in _TWO_INPUTS)
"""Names of the sixteen gates, in the order of their truth tables as binary numbers."""

_ANY_NUMBER: dict[str, Callable[[Row], Row]] = {
    "and": lambda row: (int(all(row)),),
    "or": lambda row: (int(any(row)),),
    "nand": lambda row: (int(not all(row)),),
    "nor": lambda row: (int(not any(row)),),
}


def _all_gates() -> dict[str, Gate]:
    gates = {}
    for code, name, symbol in _TWO_INPUTS:
        if name in _ANY_NUMBER:
            gates[name] = Gate(name, symbol, (2, 8), ("y",), _ANY_NUMBER[name])
        else:
            gates[name] = Gate(name, symbol, (2, 2), ("y",), _gate_of_code(code))
    more = (
        Gate("not", "¬A", (1, 1), ("y",), lambda row: (1 - row[0],)),
        Gate("parity", "⊕", (2, 8), ("y",), lambda row: (sum(row) % 2,)),
        Gate("majority", "≥ ½", (2, 8), ("y",), lambda row: (int(2 * sum(row) > len(row)),)),
        Gate(
            "half_adder",
            "A + B",
            (2, 2),
            ("carry", "sum"),
            lambda row: (sum(row) // 2, sum(row) % 2),
        ),
        Gate(
            "full_adder",
            "A + B + C",
            (3, 3),
            ("carry", "sum"),
            lambda row: (sum(row) // 2, sum(row) % 2),
        ),
    )
    return gates | {gate.name: gate for gate in more}


GATES: dict[str, Gate] = _all_gates()
"""Every gate by name."""


def gate_inputs(name: str, wanted: int) -> int:
    """Return a gate's number of inputs: `wanted`, unless its name fixes it.

    Raises
    ------
    ModelError
        Code ``data.unknown_gate`` or ``data.gate_inputs``.
    """
    gate = GATES.get(name)
    if gate is None:
        raise ModelError(
            "data.unknown_gate",
            "There is no gate called {name}. Known gates: {known}.",
            name=name,
            known=", ".join(GATES),
        )
    fewest, most = gate.inputs
    if fewest == most:
        return fewest
    if not fewest <= wanted <= most:
        raise ModelError(
            "data.gate_inputs",
            "{name} takes {fewest} to {most} inputs, not {wanted}.",
            name=name,
            fewest=fewest,
            most=most,
            wanted=wanted,
        )
    return wanted


def corners(inputs: int) -> FloatArray:
    """Return every row of 0 and 1, shape (2^inputs, inputs), in counting order."""
    return np.array(list(itertools.product((0.0, 1.0), repeat=inputs)))


def truth_table(name: str, inputs: int = 2) -> tuple[FloatArray, FloatArray]:
    """Return a gate's inputs and outputs.

    Parameters
    ----------
    name
        One of `GATES`.
    inputs
        Number of inputs, within the gate's limits.

    Returns
    -------
    tuple
        Shapes (2^inputs, inputs) and (2^inputs, outputs), float64, all 0 or 1.

    Raises
    ------
    ModelError
        If there is no such gate, or it cannot have that number of inputs.
    """
    x = corners(gate_inputs(name, inputs))
    function = GATES[name].function
    y = [function(tuple(int(v) for v in row)) for row in x]
    return x, np.array(y, np.float64)
