"""The logic circuit that a network with two inputs computes, one gate per unit."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping, Sequence
from typing import Literal

import numpy as np
from msgspec import Struct

from model.data.gates import TWO_INPUT_GATES
from model.insight.gates import GateReading
from model.network import Network
from model.places import INPUTS, UnitAt

GateKind = Literal["and", "or", "nand", "nor", "xor", "xnor", "not", "buffer", "true", "false"]

_CORNERS = 0b1111

_MAX_LITERALS, _MAX_UNITS, _MAX_LEAVES = 4, 16, 40

# Each two-input gate as a symbol, with the inputs that it reads and whether it turns each round.
_SYMBOLS: dict[str, tuple[GateKind, tuple[tuple[int, bool], ...]]] = {
    "false": ("false", ()),
    "and": ("and", ((0, False), (1, False))),
    "a_and_not_b": ("and", ((0, False), (1, True))),
    "a": ("buffer", ((0, False),)),
    "b_and_not_a": ("and", ((0, True), (1, False))),
    "b": ("buffer", ((1, False),)),
    "xor": ("xor", ((0, False), (1, False))),
    "or": ("or", ((0, False), (1, False))),
    "nor": ("nor", ((0, False), (1, False))),
    "xnor": ("xnor", ((0, False), (1, False))),
    "not_b": ("not", ((1, False),)),
    "b_implies_a": ("or", ((0, False), (1, True))),
    "not_a": ("not", ((0, False),)),
    "a_implies_b": ("or", ((0, True), (1, False))),
    "nand": ("nand", ((0, False), (1, False))),
    "true": ("true", ()),
}
_SIMPLEST = (
    *("and", "or", "nand", "nor", "a_and_not_b", "b_and_not_a"),
    *("b_implies_a", "a_implies_b", "xor", "xnor"),
)
"""Gates in order of preference when several fit."""


class Source(Struct, frozen=True):
    """An input of a gate.

    Attributes
    ----------
    at
        Unit of the layer before, or network input.
    negated
        Whether the input is negated, drawn as a bubble.
    """

    at: UnitAt
    negated: bool = False


class GateNode(Struct, frozen=True):
    """A unit as a gate.

    Attributes
    ----------
    sources
        Inputs of the gate: none for a constant, one for NOT and the buffer, two or more otherwise.
    """

    at: UnitAt
    kind: GateKind
    sources: tuple[Source, ...]


class Circuit(Struct, frozen=True):
    """Gates that together give the network's answers at every corner.

    Attributes
    ----------
    nodes
        Units that the outputs depend on, layer by layer.
    outputs
        Nodes of the network's outputs.
    spare
        Hidden units that no output depends on.
    loose
        Units of `nodes` whose on and off values are close together.
    """

    nodes: tuple[GateNode, ...]
    outputs: tuple[UnitAt, ...]
    spare: tuple[UnitAt, ...]
    loose: tuple[UnitAt, ...] = ()

    def values(self, inputs: Sequence[bool]) -> dict[UnitAt, bool]:
        """Return the values of all inputs and gates for the given inputs."""
        known = {UnitAt(INPUTS, n): bool(value) for n, value in enumerate(inputs)}
        for node in self.nodes:
            read = [known[source.at] != source.negated for source in node.sources]
            known[node.at] = _computed(node.kind, read)
        return known

    def formulas(self, names: Mapping[UnitAt, str]) -> list[str]:
        """Return the circuit as Boolean formulas of its inputs and units.

        Returns
        -------
        list of str
            One formula per output, in terms of the inputs; if these would be long, one per gate.
        """
        written: dict[UnitAt, tuple[str, int]] = {}
        each = []
        for node in self.nodes:
            parts = [written.get(source.at, (names[source.at], 1)) for source in node.sources]
            flat = [(names[source.at], 1) for source in node.sources]
            leaves = max(1, sum(count for _, count in parts))
            written[node.at] = (_formula(node, [text for text, _ in parts]), leaves)
            each.append(f"{names[node.at]} = {_formula(node, [text for text, _ in flat])}")
            if leaves > _MAX_LEAVES:
                # Not to be written out: from here on it goes by its name.
                written[node.at] = (names[node.at], _MAX_LEAVES + 1)
        if any(written[at][1] > _MAX_LEAVES for at in self.outputs):
            return each
        return [f"{names[at]} = {written[at][0]}" for at in self.outputs]


class Unreadable(Struct, frozen=True):
    """The reason why a network cannot be read as a circuit.

    Attributes
    ----------
    at
        Unit that cannot be read.
    reason
        ``undecided`` if the unit is neither on nor off at some corner; ``between`` if it depends on
        values between on and off in the layer before.
    undecided
        Number of corners at which the unit is neither on nor off.
    gate
        The unit's gate of the network's inputs; empty if it is undecided.
    """

    at: UnitAt
    reason: Literal["undecided", "between"]
    undecided: int = 0
    gate: str = ""


def read_circuit(network: Network, readings: Sequence[GateReading]) -> Circuit | Unreadable | None:
    """Combine the gates of the units into a circuit.

    Parameters
    ----------
    network
        Network with two inputs.
    readings
        The network's gates from :func:`model.insight.gates.read_gates`.

    Returns
    -------
    Circuit, Unreadable or None
        ``None`` if there are no readings.

    Notes
    -----
    A unit of the first layer is its gate of the inputs. For a later unit, a gate of units of the
    layer before is searched: of one, of two, or an AND or OR of up to four, the strongest first
    (|w| times the range of the activation). The gate must agree with the unit at all four corners.
    """
    if not readings:
        return None
    # Units that are clearly on or off are preferred, and the others taken where these do not do.
    found = _read(network, readings, takes_loose=False)
    if isinstance(found, Circuit):
        return found
    return _read(network, readings, takes_loose=True)


def _read(
    network: Network, readings: Sequence[GateReading], takes_loose: bool
) -> Circuit | Unreadable:
    """Read a circuit from units that are clearly on or off, or optionally from loose ones."""
    layers = network.layers
    last = len(layers) - 1
    by_layer: list[list[GateReading]] = [[] for _ in layers]
    nodes: dict[UnitAt, GateNode] = {}
    for reading in readings:
        by_layer[reading.layer].append(reading)
        if not reading.gate or not (reading.clear or takes_loose or reading.layer == last):
            continue
        before = by_layer[reading.layer - 1] if reading.layer else None
        node = (
            _gate_of_inputs(reading)
            if before is None
            else _gate_of_units(network, reading, before, nodes)
        )
        if node is not None:
            nodes[node.at] = node
    outputs = tuple(UnitAt(last, unit) for unit in range(layers[last].units))
    for at in outputs:
        if at not in nodes:
            return _first_unreadable(at, by_layer, nodes)
    needed = set(outputs)
    for node in reversed(list(nodes.values())):
        if node.at in needed:
            needed.update(source.at for source in node.sources)
    hidden = [r for r in readings if r.layer < last]
    at_hidden = {UnitAt(r.layer, r.unit): r for r in hidden}
    return Circuit(
        tuple(node for node in nodes.values() if node.at in needed),
        outputs,
        tuple(at for at in at_hidden if at not in needed),
        tuple(at for at, r in at_hidden.items() if at in needed and not r.clear),
    )


def _first_unreadable(
    at: UnitAt, by_layer: list[list[GateReading]], nodes: Mapping[UnitAt, GateNode]
) -> Unreadable:
    """Return why an output is unreadable: itself, or the first unreadable unit before it."""
    (of_output,) = (r for r in by_layer[at.layer] if r.unit == at.unit)
    if of_output.undecided:
        return Unreadable(at, "undecided", of_output.undecided)
    for reading in itertools.chain(*by_layer[: at.layer]):
        here = UnitAt(reading.layer, reading.unit)
        if here not in nodes:
            if reading.undecided:
                return Unreadable(here, "undecided", reading.undecided)
            return Unreadable(here, "between", gate=reading.gate)
    return Unreadable(at, "between", gate=of_output.gate)


def _gate_of_inputs(reading: GateReading) -> GateNode:
    """Read a unit of the first layer."""
    kind, pins = _SYMBOLS[reading.gate]
    sources = tuple(Source(UnitAt(INPUTS, n), negated) for n, negated in pins)
    return GateNode(UnitAt(reading.layer, reading.unit), kind, sources)


def _gate_of_units(
    network: Network,
    reading: GateReading,
    before: Sequence[GateReading],
    nodes: Mapping[UnitAt, GateNode],
) -> GateNode | None:
    """Read a later unit as a gate of earlier units, ``None`` if none fits."""
    at, wanted = UnitAt(reading.layer, reading.unit), _bits(reading.gate)
    if wanted in (0, _CORNERS):
        return GateNode(at, "true" if wanted else "false", ())
    known = [r for r in before if UnitAt(r.layer, r.unit) in nodes]
    weights = network.matrices[reading.layer][:, reading.unit]
    strength = {r.unit: abs(float(weights[r.unit])) * float(np.ptp(r.values)) for r in known}
    known.sort(key=lambda r: -strength[r.unit])
    known = known[:_MAX_UNITS]
    for one in known:
        for name in ("a", "not_a"):
            node = _matching_gate(at, name, [one, one], wanted)
            if node is not None:
                return node
    pairs = itertools.combinations(known, 2)
    for pair in sorted(pairs, key=lambda p: -sum(strength[r.unit] for r in p)):
        ordered = sorted(pair, key=lambda r: r.unit)
        for name in _SIMPLEST:
            node = _matching_gate(at, name, ordered, wanted)
            if node is not None:
                return node
    return _wide_gate(at, known, wanted)


def _matching_gate(
    at: UnitAt, name: str, pair: Sequence[GateReading], wanted: int
) -> GateNode | None:
    """Return a gate of two units if it matches at every corner."""
    kind, pins = _SYMBOLS[name]
    read = [_bits(pair[n].gate) ^ (_CORNERS if negated else 0) for n, negated in pins]
    if _on_corners(kind, read) != wanted:
        return None
    sources = tuple(Source(UnitAt(pair[n].layer, pair[n].unit), neg) for n, neg in pins)
    return GateNode(at, kind, sources)


def _wide_gate(at: UnitAt, units: Sequence[GateReading], wanted: int) -> GateNode | None:
    """Return an AND or OR of three or four units, some of them negated."""
    for kind, aim in (("and", wanted), ("or", ~wanted & _CORNERS)):
        # Turned round an OR is an AND: each literal is on wherever the aim is.
        literals = [
            (r, negated, bits)
            for r in units
            for negated in (False, True)
            if (bits := _bits(r.gate) ^ (_CORNERS if negated != (kind == "or") else 0)) & aim == aim
        ]
        for some in _subsets(literals):
            left = _CORNERS
            for _, _, bits in some:
                left &= bits
            if left == aim:
                sources = tuple(Source(UnitAt(r.layer, r.unit), neg) for r, neg, _ in some)
                return GateNode(at, "and" if kind == "and" else "or", sources)
    return None


def _subsets[T](items: Sequence[T]) -> Iterator[tuple[T, ...]]:
    for size in range(3, _MAX_LITERALS + 1):
        yield from itertools.combinations(items, size)


def _bits(gate: str) -> int:
    """Return a gate's answers at the corners 00, 01, 10, 11 as the bits of a number."""
    return TWO_INPUT_GATES.index(gate)


def _on_corners(kind: GateKind, read: Sequence[int]) -> int:
    """Return a gate symbol's answers at the four corners, given its inputs there."""
    result = 0
    for corner in (8, 4, 2, 1):
        result |= corner * _computed(kind, [bool(bits & corner) for bits in read])
    return result


def _computed(kind: GateKind, read: Sequence[bool]) -> bool:
    match kind:
        case "true" | "false":
            return kind == "true"
        case "and" | "nand":
            return all(read) == (kind == "and")
        case "or" | "nor":
            return any(read) == (kind == "or")
        case "xor" | "xnor":
            return (sum(read) % 2 == 1) == (kind == "xor")
        case "not" | "buffer":
            return read[0] == (kind == "buffer")


_SIGNS = {"and": "∧", "nand": "∧", "or": "∨", "nor": "∨", "xor": "⊕", "xnor": "⊕"}


def _formula(node: GateNode, parts: Sequence[str]) -> str:
    """Write a gate as a formula, with brackets around every compound operand."""
    if node.kind in ("true", "false"):
        return "1" if node.kind == "true" else "0"
    read = [
        _negated(text) if source.negated else text
        for source, text in zip(node.sources, parts, strict=True)
    ]
    if node.kind == "buffer":
        return read[0]
    if node.kind == "not":
        return _negated(read[0])
    joined = f" {_SIGNS[node.kind]} ".join(_operand(text) for text in read)
    return f"¬({joined})" if node.kind in ("nand", "nor", "xnor") else joined


def _is_joined(text: str) -> bool:
    """Return whether a formula has a binary operator outside all brackets."""
    depth = 0
    for letter in text:
        depth += (letter == "(") - (letter == ")")
        if depth == 0 and letter in "∧∨⊕":
            return True
    return False


def _operand(text: str) -> str:
    return f"({text})" if _is_joined(text) else text


def _negated(text: str) -> str:
    """Return the negation of a formula; a double negation cancels."""
    if _is_joined(text):
        return f"¬({text})"
    if not text.startswith("¬"):
        return f"¬{text}"
    return text[2:-1] if text.startswith("¬(") else text[1:]
