"""Edits as functions: what changes, what stays, and that nothing is ever left undrawn."""

from __future__ import annotations

import numpy as np
import pytest
from msgspec.structs import replace
from numpy.testing import assert_array_equal

from model.defaults import default_experiment
from model.edits import network as edits
from model.edits import points as point_edits
from model.experiment import (
    Experiment,
    GateData,
    InitialiserSpec,
    PlaneData,
    PointsData,
    Progress,
    TableData,
    TruthTableData,
)
from model.initialisers import initialise
from model.network import Network
from model.training import Trainer


@pytest.fixture
def xor() -> Experiment:
    return initialise(default_experiment())


def answers(experiment: Experiment) -> np.ndarray:
    return Network.of(experiment).forward(np.array([[0.0, 1.0], [0.3, -0.7]]))


def is_drawn(experiment: Experiment) -> bool:
    return all(x.weights is not None and x.biases is not None for x in experiment.network.layers)


def test_more_units_keep_the_old_ones_weights(xor: Experiment) -> None:
    wider = edits.with_units(xor, 0, 6)
    old, new = xor.network.layers, wider.network.layers
    assert is_drawn(wider)
    assert_array_equal(new[0].weights[:, :4], old[0].weights)
    assert_array_equal(new[1].weights[:4], old[1].weights)
    back = edits.with_units(wider, 0, 4)
    assert_array_equal(answers(back), answers(xor))


def test_a_pin_moves_with_its_bias_row_and_goes_with_its_unit(xor: Experiment) -> None:
    pinned = edits.with_pin_toggled(edits.with_pin_toggled(xor, 1, 4, 0), 0, 0, 3)
    wider = edits.with_units(pinned, 0, 6)
    assert wider.network.layers[1].pinned == ((6, 0),)
    assert wider.network.layers[0].pinned == ((0, 3),)
    narrower = edits.with_units(pinned, 0, 2)
    assert narrower.network.layers[1].pinned == ((2, 0),)
    assert narrower.network.layers[0].pinned == ()


def test_layers_come_and_go(xor: Experiment) -> None:
    deeper = edits.with_layer_added(xor, 1)
    assert [x.units for x in deeper.network.layers] == [4, 4, 1]
    assert deeper.network.layers[1].activation == "tanh"
    assert is_drawn(deeper)
    assert_array_equal(deeper.network.layers[0].weights, xor.network.layers[0].weights)
    shallower = edits.with_layer_removed(edits.with_layer_removed(deeper, 0), 0)
    assert [x.units for x in shallower.network.layers] == [1]
    Trainer(shallower).step_epoch()


def test_a_bias_switched_off_leaves_no_offset(xor: Experiment) -> None:
    typed = edits.with_weight(xor, 0, 2, 1, 5.0)
    assert typed.network.layers[0].biases[1] == 5.0
    without = edits.with_bias(typed, 0, False)
    z = Network.of(without).activations(np.zeros((1, 2)))[0][0]
    assert_array_equal(z, np.zeros((1, 4)))


def test_changing_data_keeps_the_network_where_it_fits(xor: Experiment) -> None:
    chosen = edits.with_chosen_data(xor, GateData("nand"))
    assert chosen.network is xor.network
    spiral = edits.with_chosen_data(xor, PlaneData("spiral"))
    assert [x.units for x in spiral.network.layers] == [16, 16, 1]
    own = edits.with_units(xor, 0, 7)
    kept = edits.with_chosen_data(own, GateData("or"))
    assert kept.network is own.network
    iris = edits.with_chosen_data(own, TableData("iris"))
    assert iris.network.layers[-1].units == 3
    assert is_drawn(iris)
    Trainer(iris).step_epoch()


def test_weights_stay_only_where_the_inputs_mean_the_same(xor: Experiment) -> None:
    typed = edits.with_weight(edits.with_units(xor, 0, 2), 0, 0, 0, 20.0)
    typed = edits.with_pin_toggled(replace(typed, title="by hand"), 0, 0, 0)
    table = TruthTableData(("x₁", "x₂"), ("y",), ((0, 0), (1, 1)), ((0,), (1,)))
    for alike in (GateData("or"), table):
        assert edits.with_chosen_data(typed, alike).network is typed.network
    quadrants = edits.with_chosen_data(typed, PlaneData("quadrants"))
    titanic = edits.with_chosen_data(
        replace(quadrants, network=typed.network, title="same signs"), TableData("titanic")
    )
    for other in (quadrants, titanic):
        assert [(x.units, x.activation) for x in other.network.layers] == [
            (x.units, x.activation) for x in typed.network.layers
        ]
        assert np.abs(other.network.layers[0].weights).max() < 20.0
        assert other.network.layers[0].pinned == ()
        assert is_drawn(other)
        assert (other.title, other.progress) == ("", None)
    assert edits.with_chosen_data(typed, typed.data) == typed


def test_another_initialiser_redraws_an_untrained_network_only(xor: Experiment) -> None:
    zeros = replace(xor.training, initialiser=InitialiserSpec("zeros"))
    redrawn = edits.with_training(xor, zeros)
    assert not redrawn.network.layers[0].weights.any()
    trained = replace(xor, progress=Progress(epoch=3, step=3))
    kept = edits.with_training(trained, zeros)
    assert kept.network is trained.network


def test_another_optimiser_forgets_the_averages(xor: Experiment) -> None:
    trainer = Trainer(xor)
    trainer.step_epoch()
    adam = replace(xor.training.optimiser, name="adam")
    changed = edits.with_training(trainer.experiment(), replace(xor.training, optimiser=adam))
    assert changed.progress.slots == ()
    Trainer(changed).step_epoch()


def test_the_same_seed_draws_the_same_weights(xor: Experiment) -> None:
    other = edits.with_seed(xor, 5)
    assert not np.array_equal(answers(other), answers(xor))
    assert_array_equal(answers(edits.with_seed(other, 0)), answers(xor))


def test_points_are_added_moved_and_erased_but_never_the_last() -> None:
    data = PointsData(((0.0, 0.0, 0.0),))
    more = point_edits.with_point_added(data, 1.0, 2.0, 3)
    assert more.points[1] == (1.0, 2.0, 3.0)
    assert more.classes == 4
    moved = point_edits.with_point_moved(more, 1, -1.0, 0.5)
    assert moved.points[1] == (-1.0, 0.5, 3.0)
    one = point_edits.with_point_erased(moved, 0)
    assert one.points == ((-1.0, 0.5, 3.0),)
    assert point_edits.with_point_erased(one, 0) is one


def test_units_that_stay_keep_their_weights_and_pins() -> None:
    experiment = initialise(default_experiment(hidden=(5, 4)))
    for layer, row, unit in ((0, 1, 4), (0, 1, 1), (1, 2, 3), (1, 5, 0), (2, 4, 0)):
        experiment = edits.with_pin_toggled(experiment, layer, row, unit)
    old = experiment.network.layers
    new = edits.with_units_removed(experiment, [(0, 1), (0, 3), (1, 0), (-1, 0), (2, 0)])
    layers = new.network.layers
    assert [layer.units for layer in layers] == [3, 3, 1]
    kept, kept_then = [0, 2, 4], [1, 2, 3]
    assert_array_equal(layers[0].weights, old[0].weights[:, kept])
    assert_array_equal(layers[0].biases, old[0].biases[kept])
    assert_array_equal(layers[1].weights, old[1].weights[np.ix_(kept, kept_then)])
    assert_array_equal(layers[2].weights, old[2].weights[kept_then])
    assert layers[0].pinned == ((1, 2),)
    assert layers[1].pinned == ((1, 2),)
    assert layers[2].pinned == ((3, 0),)
