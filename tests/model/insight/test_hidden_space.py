"""Rows in the space of a hidden layer: components, slices, and what the next layer's line says."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from msgspec.structs import replace
from numpy.testing import assert_allclose, assert_array_equal

from model.activations import activate
from model.data.gates import corners
from model.defaults import default_experiment
from model.experiment import (
    Activation,
    Experiment,
    GateData,
    LayerSpec,
    NetworkSpec,
)
from model.insight.hidden_space import (
    HiddenSpace,
    HiddenView,
    bent_grid,
    bounds_around,
    fit_view,
    hidden_space,
    plane_of_components,
    plane_of_units,
    strongest_units,
)
from model.insight.plane import Bounds
from model.network import Network

XOR_ROWS = corners(2)


def random_network(
    rng: np.random.Generator,
    units: tuple[int, ...],
    activation: Activation = "tanh",
    last: Activation = "sigmoid",
    inputs: int = 2,
    scale: float = 2.0,
) -> tuple[Experiment, Network]:
    """Return an experiment and its network with normal weights."""
    layers, before = [], inputs
    for index, n in enumerate(units):
        layers.append(
            LayerSpec(
                n,
                last if index == len(units) - 1 else activation,
                weights=scale * rng.normal(size=(before, n)),
                biases=scale * rng.normal(size=n),
            )
        )
        before = n
    experiment = default_experiment(GateData("xor"))
    experiment = replace(experiment, network=NetworkSpec(inputs, tuple(layers)))
    return experiment, Network(experiment.network)


def seen(
    experiment: Experiment,
    network: Network,
    view: HiddenView,
    held: np.ndarray | None = None,
    x: np.ndarray = XOR_ROWS,
    task: str = "binary",
) -> HiddenSpace:
    return hidden_space(experiment, network, task, x, view, held)  # type: ignore[arg-type]  # a plain str


# -- Principal components --------------------------------------------------------------------------


@settings(max_examples=60)
@given(seed=st.integers(0, 10_000), rows=st.integers(1, 40), units=st.integers(2, 40))
def test_components_keep_the_most_variance(seed: int, rows: int, units: int) -> None:
    rng = np.random.default_rng(seed)
    a = rng.normal(size=(rows, units)) * np.geomspace(4.0, 0.5, units) + rng.normal(size=units)
    plane = plane_of_components(a, a[0])
    assert_allclose(plane.directions @ plane.directions.T, np.eye(2), atol=1e-12)
    x = a - a.mean(axis=0)
    powers = np.linalg.eigvalsh(x.T @ x)
    assert_allclose(np.square(plane.places(a)).sum(), powers[-2:].sum(), atol=1e-9)
    assert plane.explained == pytest.approx(powers[-2:].sum() / powers.sum() if rows > 1 else 1.0)
    turned = plane_of_components(a, a[0], -plane.directions)
    assert_array_equal(turned.directions, -plane.directions)


@pytest.mark.parametrize("units", [2, 3, 9])
def test_rows_that_are_all_the_same_still_have_a_plane(units: int) -> None:
    plane = plane_of_components(np.full((4, units), 0.3), np.full(units, 0.3))
    assert_allclose(plane.directions @ plane.directions.T, np.eye(2), atol=1e-15)
    assert_allclose(plane.places(np.full((4, units), 0.3)), 0.0, atol=1e-15)
    assert plane.explained == 1.0


# -- The slice -------------------------------------------------------------------------------------


@settings(max_examples=60)
@given(seed=st.integers(0, 10_000), by_components=st.booleans(), row=st.integers(0, 3))
def test_over_the_slice_the_next_layer_is_what_the_network_computes_there(
    seed: int, by_components: bool, row: int
) -> None:
    experiment, network = random_network(np.random.default_rng(seed), (5, 3))
    view = HiddenView(0, None if by_components else (3, 1), 2)
    space = seen(experiment, network, view, XOR_ROWS[row], task="multilabel")
    field, _ = space.answers_over((-1.5, 1.0, -2.0, 0.5), 7)
    hidden = network.activations(XOR_ROWS)[0][1]
    places = np.stack(np.meshgrid(np.linspace(-1.5, 1.0, 7), np.linspace(-2.0, 0.5, 7)), axis=2)
    if by_components:
        at = space.plane.origin + places @ space.plane.directions
    else:
        at = np.tile(hidden[row], (7, 7, 1))
        at[..., [3, 1]] = places
    z = at @ network.weights[1][:, 2] + network.biases[1][2]
    assert_allclose(field, 1 / (1 + np.exp(-z))[None], atol=1e-12)
    # The slice goes through the row that is held.
    assert_allclose(space.plane.on_slice(hidden[row : row + 1])[0], hidden[row])
    assert_allclose(space.held_place, space.places[row])


# -- Agreement -------------------------------------------------------------------------------------


@settings(max_examples=80)
@given(
    seed=st.integers(0, 100_000),
    activation=st.sampled_from(["tanh", "relu", "sigmoid", "step", "identity"]),
)
def test_the_line_of_two_units_agrees_with_every_row(seed: int, activation: Activation) -> None:
    """Nothing is left out, so nothing can differ, not even by rounding."""
    experiment, network = random_network(np.random.default_rng(seed), (2, 1), activation)
    space = seen(experiment, network, HiddenView(0, (0, 1)))
    assert space.agreeing == 4
    assert space.is_line


@settings(max_examples=80)
@given(seed=st.integers(0, 100_000), row=st.integers(0, 3), by_components=st.booleans())
def test_agreement_counts_the_rows_on_their_own_side_of_the_line(
    seed: int, row: int, by_components: bool
) -> None:
    experiment, network = random_network(np.random.default_rng(seed), (6, 1))
    view = HiddenView(0, None if by_components else (4, 2))
    space = seen(experiment, network, view, XOR_ROWS[row])
    (_, hidden), (z, out) = network.activations(XOR_ROWS)
    slopes, offset = space.plane.sums(network.weights[1], network.biases[1])
    line = space.places @ slopes[:, 0] + offset[0]
    # An undecided answer is one of its own.
    assume((np.abs(out - 0.5) > 1e-3).all() and (np.abs(line) > 1e-2).all())
    assert space.agreeing == np.count_nonzero((line > 0) == (z[:, 0] > 0))
    assert (line[row] > 0) == (z[row, 0] > 0)  # a slice is true for the row that it goes through
    assert hidden.shape == (4, 6)


@pytest.mark.parametrize("last", ["sigmoid", "identity", "tanh", "softplus", "relu", "elu"])
def test_the_line_lies_where_the_answer_turns(last: Activation) -> None:
    experiment, network = random_network(np.random.default_rng(8), (2, 1), last=last, scale=1.0)
    loss = "binary_cross_entropy" if last == "sigmoid" else "squared"
    experiment = replace(experiment, training=replace(experiment.training, loss=loss))
    space = seen(experiment, network, HiddenView(0, (0, 1)))
    _, segments = space.answers_over((-5.0, 5.0, -5.0, 5.0), 50)
    at = segments.reshape(-1, 2) * 10 / 49 - 5
    z = at @ network.weights[1] + network.biases[1]
    assert_allclose(activate(last, z), 0.5, atol=1e-9)


def test_of_classes_the_largest_counts_and_a_regression_has_no_line() -> None:
    rng = np.random.default_rng(5)
    experiment, network = random_network(rng, (2, 3), last="softmax")
    space = seen(experiment, network, HiddenView(0, (0, 1)), task="multiclass")
    assert space.has_classes
    assert space.is_line
    field, segments = space.answers_over((-1, 1, -1, 1), 40)
    assert field.shape == (3, 40, 40)
    assert_allclose(field.sum(axis=0), 1.0)
    at = segments.reshape(-1, 2) * 2 / 39 - 1
    z = np.sort(at @ network.weights[1] + network.biases[1], axis=1)
    # In a cell where three classes meet, a line bends between two places of the grid.
    steepest = np.ptp(network.weights[1], axis=1).sum()
    assert (z[:, -1] - z[:, -2]).max() <= steepest * 2 / 39
    experiment, network = random_network(rng, (2, 1), last="identity")
    assert seen(experiment, network, HiddenView(0, (0, 1)), task="regression").agreeing is None


def test_a_hidden_layer_after_a_hidden_layer_is_on_above_zero() -> None:
    experiment, network = random_network(np.random.default_rng(2), (2, 3, 1), "relu")
    space = seen(experiment, network, HiddenView(0, (0, 1), 1))
    assert not space.is_output
    assert space.is_line
    _, segments = space.answers_over((-4, 4, -4, 4), 30)
    z = (segments.reshape(-1, 2) * 8 / 29 - 4) @ network.weights[1][:, 1] + network.biases[1][1]
    assert_allclose(z, 0.0, atol=1e-9)


# -- What is looked at -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("wanted", "units", "found"),
    [
        (HiddenView(5, (0, 1)), (3, 4, 1), HiddenView(1, (0, 1))),
        (HiddenView(0, (2, 0)), (2, 1), HiddenView(0, (0, 1))),
        (HiddenView(0, (2, 0)), (3, 1), HiddenView(0, (2, 0))),
        (HiddenView(0, None), (2, 1), HiddenView(0, (0, 1))),
        (HiddenView(0, None), (3, 1), HiddenView(0, None)),
        (HiddenView(0, (0, 1)), (1, 1), HiddenView(0, (0, -1))),
        (HiddenView(0, (0, -1)), (3, 1), HiddenView(0, (0, 1))),
        (HiddenView(0, (1, 1), 4), (3, 2), HiddenView(0, (0, 1), 0)),
    ],
)
def test_a_view_fits_the_network(
    wanted: HiddenView, units: tuple[int, ...], found: HiddenView
) -> None:
    _, network = random_network(np.random.default_rng(0), units)
    assert fit_view(wanted, network) == found


def test_the_strongest_units_move_the_next_sum_most() -> None:
    """Weights 1, 5, 2, but the second unit stands still over the rows."""
    layers = (
        LayerSpec(3, "tanh", weights=np.array([[1.0, 0, -1], [1.0, 0, 1]]), biases=np.ones(3)),
        LayerSpec(1, "sigmoid", weights=np.array([[1.0], [5.0], [2.0]]), biases=np.zeros(1)),
    )
    assert strongest_units(Network(NetworkSpec(2, layers)), XOR_ROWS, 0) == (0, 2)
    _, alone = random_network(np.random.default_rng(0), (1, 1))
    assert strongest_units(alone, XOR_ROWS, 0) == (0, -1)


def test_one_unit_lies_on_one_axis() -> None:
    experiment, network = random_network(np.random.default_rng(0), (1, 1))
    space = seen(experiment, network, HiddenView(0, (0, -1)))
    assert_array_equal(space.places[:, 1], 0.0)
    assert_allclose(space.places[:, 0], network.activations(XOR_ROWS)[0][1][:, 0])
    assert space.is_line


@pytest.mark.parametrize("bad", [np.nan, np.inf, 1e308])
def test_weights_that_are_no_numbers_show_nothing(bad: float) -> None:
    experiment, network = random_network(np.random.default_rng(0), (3, 1), "relu")
    for matrix in network.parameters.matrices:
        matrix[:] = bad
    assert hidden_space(experiment, network, "binary", XOR_ROWS, HiddenView(0, (0, 1))) is None


# -- Grid and bounds -------------------------------------------------------------------------------


def test_the_grid_of_the_input_plane_is_bent_as_the_layer_does() -> None:
    _, network = random_network(np.random.default_rng(4), (3, 1))
    a = network.activations(XOR_ROWS)[0][1]
    plane = plane_of_units(2, 0, a[0])
    lines = bent_grid(network, 0, plane, (0.0, 1.0, 0.0, 1.0))
    half = len(lines) // 2
    for corner, at in zip(
        XOR_ROWS, (lines[0, 0], lines[half - 1, 0], lines[0, -1], lines[half - 1, -1]), strict=True
    ):
        assert_allclose(at, network.activations([corner])[0][1][0][[2, 0]])
    # A line along x1 and one along x2 meet where both begin.
    assert_allclose(lines[0, 0], lines[half, 0])
    _, huge = random_network(np.random.default_rng(4), (800, 800, 1))
    assert bent_grid(huge, 0, plane_of_units(0, 1, np.zeros(800)), (0, 1, 0, 1)) is None


def test_bounds_hold_all_rows_and_stay_while_they_fill_them() -> None:
    experiment, network = random_network(np.random.default_rng(6), (2, 1), "relu")

    def bounds(factor: float, kept: Bounds | None) -> Bounds:
        """Return the bounds of a network whose weights have grown."""
        network.parameters.flat[:] *= factor
        return bounds_around(seen(experiment, network, HiddenView(0, (0, 1))), network, kept)

    first = bounds(1.0, None)
    places = seen(experiment, network, HiddenView(0, (0, 1))).places
    low, high = places.min(axis=0), places.max(axis=0)
    assert first[0] < low[0] <= high[0] < first[1]
    assert first[2] < low[1] <= high[1] < first[3]
    assert bounds(1.05, first) == first
    assert bounds(100.0, first) != first
    tanh, bounded = random_network(np.random.default_rng(6), (2, 1), "tanh")
    space = seen(tanh, bounded, HiddenView(0, (0, 1)))
    x_low, x_high, y_low, y_high = bounds_around(space, bounded, None)
    assert (x_low, y_low) == (-x_high, -y_high)
    assert 1.0 < x_high < 1.5
