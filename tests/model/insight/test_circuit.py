"""A circuit answers as its network does: evaluated, and written as a formula."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from model.data.gates import corners
from model.defaults import default_experiment
from model.experiment import Activation, Experiment, GateData, LayerSpec, NetworkSpec
from model.insight import read_gates
from model.insight.circuit import Circuit, GateKind, GateNode, Source, Unreadable, read_circuit
from model.network import Network
from model.places import INPUTS, UnitAt

ROWS = corners(2)


def experiment_with(layers: tuple[LayerSpec, ...]) -> Experiment:
    return replace(default_experiment(GateData("xor")), network=NetworkSpec(2, layers))


type Matrix = list[list[float]]


def circuit_of(experiment: Experiment) -> Any:
    """Return the circuit, or why there is none."""
    network = Network(experiment.network)
    return read_circuit(network, read_gates(experiment))


def names_of(experiment: Experiment) -> dict[UnitAt, str]:
    names = {UnitAt(INPUTS, 0): "p", UnitAt(INPUTS, 1): "q"}
    for index, layer in enumerate(experiment.network.layers):
        names |= {UnitAt(index, unit): f"u{index}_{unit}" for unit in range(layer.units)}
    return names


def evaluate(lines: list[str], p: bool, q: bool) -> dict[str, bool]:
    """Compute formulas as Python does, after putting its own signs; ~ binds as ¬ does."""
    known: dict[str, bool] = {"p": p, "q": q}
    signs = str.maketrans("¬∧∨⊕", "~&|^")
    for line in lines:
        name, _, formula = line.partition(" = ")
        bits = {key: int(value) for key, value in known.items()}
        known[name] = bool(eval(formula.translate(signs), {}, bits) & 1)
    return known


def check(experiment: Experiment, circuit: Circuit) -> None:
    """Hold circuit and formulas against the network on all four rows."""
    answers = Network(experiment.network).forward(ROWS) > 0.5
    lines = circuit.formulas(names_of(experiment))
    for row, wanted in zip(ROWS > 0.5, answers, strict=True):
        values = circuit.values(tuple(row))
        told = evaluate(lines, *map(bool, row))
        for at, answer in zip(circuit.outputs, wanted, strict=True):
            assert values[at] == answer
            assert told[names_of(experiment)[at]] == answer


@settings(max_examples=250)
@given(
    seed=st.integers(0, 10**6),
    hidden=st.sampled_from([(), (2,), (3,), (4,), (2, 2), (3, 3), (6, 4)]),
    outputs=st.integers(1, 2),
    activation=st.sampled_from(["step", "sigmoid", "tanh", "relu"]),
)
def test_the_formula_is_the_truth_table_of_a_readable_network(
    seed: int, hidden: tuple[int, ...], outputs: int, activation: Activation
) -> None:
    rng = np.random.default_rng(seed)
    layers, before = [], 2
    for index, units in enumerate((*hidden, outputs)):
        layers.append(
            LayerSpec(
                units,
                "sigmoid" if index == len(hidden) else activation,
                weights=6.0 * rng.normal(size=(before, units)),
                biases=3.0 * rng.normal(size=units),
            )
        )
        before = units
    experiment = experiment_with(tuple(layers))
    circuit = circuit_of(experiment)
    assume(isinstance(circuit, Circuit))
    check(experiment, circuit)
    drawn = {node.at for node in circuit.nodes}
    assert set(circuit.outputs) <= drawn
    assert not drawn & set(circuit.spare)
    for node in circuit.nodes:
        for source in node.sources:
            assert source.at.layer == node.at.layer - 1
            assert source.at in drawn or source.at.layer == INPUTS


def by_hand(weights: Sequence[Matrix], activation: Activation = "step") -> Experiment:
    """Return a network of layers whose last row are the biases."""
    layers = []
    for index, matrix in enumerate(weights):
        values = np.array(matrix)
        last = index == len(weights) - 1
        layers.append(
            LayerSpec(
                values.shape[1],
                "sigmoid" if last else activation,
                weights=values[:-1],
                biases=values[-1],
            )
        )
    return experiment_with(tuple(layers))


def test_xor_is_nand_and_or() -> None:
    experiment = by_hand([[[-1, 1], [-1, 1], [1.5, -0.5]], [[8], [8], [-12]]])
    circuit = circuit_of(experiment)
    assert [node.kind for node in circuit.nodes] == ["nand", "or", "and"]
    assert circuit.formulas(names_of(experiment)) == ["u1_0 = ¬(p ∧ q) ∧ (p ∨ q)"]
    assert circuit.spare == ()
    (negated,) = circuit_of(by_hand([[[8], [-8], [-4]]])).nodes
    assert (negated.kind, [source.negated for source in negated.sources]) == ("and", [False, True])


def test_three_units_may_be_needed() -> None:
    """Each hidden unit is on at one corner; the output is on at the fourth."""
    hidden: Matrix = [[1, -1, -1], [1, -1, 1], [-1.5, 0.5, -0.5]]
    experiment = by_hand([hidden, [[-8], [-8], [-8], [4]]])
    circuit = circuit_of(experiment)
    assert len(circuit.nodes[-1].sources) == 3
    check(experiment, circuit)


def test_a_unit_that_is_not_needed_is_spare() -> None:
    hidden: Matrix = [[-1, 1, 0.1], [-1, 1, 0], [1.5, -0.5, 2]]
    circuit = circuit_of(by_hand([hidden, [[8], [8], [0.01], [-12]]]))
    assert circuit.spare == (UnitAt(0, 2),)


def test_an_undecided_output_is_named() -> None:
    found = circuit_of(by_hand([[[8], [8], [-8]]]))
    assert found == Unreadable(UnitAt(0, 0), "undecided", 2)


def test_a_hidden_unit_whose_values_between_matter_is_named() -> None:
    """One identity unit that runs from 0 to 2: where it is 1 the output is off again."""
    values = by_hand([[[1.0, 1.0], [1.0, 1.0], [-0.4, -1.4]], [[20.0], [-50.0], [-6.0]]], "relu")
    found = circuit_of(values)
    check(values, found)
    between = by_hand([[[1.0], [1.0], [0.1]], [[8.0], [-12.0]]], "identity")
    found = circuit_of(between)
    assert (found.reason, found.gate) == ("between", "and")


def test_a_deep_circuit_is_written_gate_by_gate() -> None:
    """Each of its layers reads both units before, so a formula's length doubles."""
    kinds: tuple[GateKind, GateKind] = ("nand", "or")
    nodes = [
        GateNode(UnitAt(layer, unit), kind, tuple(Source(UnitAt(layer - 1, n)) for n in (0, 1)))
        for layer in range(8)
        for unit, kind in enumerate(kinds)
    ]
    names = {UnitAt(layer, unit): f"u{layer}_{unit}" for layer in range(-1, 8) for unit in (0, 1)}
    lines = Circuit(tuple(nodes), (nodes[-1].at,), ()).formulas(names)
    assert len(lines) == len(nodes)
    assert max(map(len, lines)) < 60


def test_the_opposite_of_an_opposite_is_written_without_either() -> None:
    # NOT x1, and NOT of that.
    experiment = by_hand([[[-10.0], [0.0], [5.0]], [[-10.0], [5.0]]])
    circuit = circuit_of(experiment)
    assert circuit.formulas(names_of(experiment)) == ["u1_0 = p"]
