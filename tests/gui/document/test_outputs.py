"""What goes together with the output layer's activation: the loss, and the perceptron rule."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from model.defaults import default_experiment
from model.edits import network as edits
from model.experiment import (
    ACTIVATIONS,
    Activation,
    DataSpec,
    Experiment,
    GateData,
    PlaneData,
    TableData,
)
from model.initialisers import initialise
from model.losses import loss_fits
from model.training import Trainer

DATA = (GateData("or"), GateData("full_adder", 3), TableData("iris"), PlaneData("regression_plane"))


def unit(data: DataSpec = DATA[0]) -> Experiment:
    return initialise(default_experiment(data, hidden=()))


def with_optimiser(experiment: Experiment, name: str) -> Experiment:
    training = experiment.training
    optimiser = replace(training.optimiser, name=name)
    return edits.with_training(experiment, replace(training, optimiser=optimiser))


@pytest.mark.parametrize("data", DATA)
@pytest.mark.parametrize("activation", ACTIVATIONS)
def test_another_output_brings_a_loss_that_fits_and_back(
    data: DataSpec, activation: Activation
) -> None:
    before = unit(data)
    there = edits.with_activation(before, 0, activation)
    assert loss_fits(there.training.loss, activation)
    back = edits.with_activation(there, 0, before.network.layers[0].activation)
    assert loss_fits(back.training.loss, back.network.layers[0].activation)
    assert back.training.optimiser.name != "perceptron"
    Trainer(back).step_epoch()


def test_sigmoids_for_classes_learn_by_the_yes_or_no_of_each() -> None:
    iris = initialise(default_experiment(TableData("iris")))
    assert edits.with_activation(iris, 1, "sigmoid").training.loss == "binary_cross_entropy"
    assert edits.with_activation(iris, 0, "sigmoid").training == iris.training


def test_a_loss_that_fits_stays() -> None:
    squared = edits.with_training(unit(), replace(unit().training, loss="squared"))
    assert edits.with_activation(squared, 0, "tanh").training.loss == "squared"


def test_the_perceptron_rule_comes_with_steps_and_goes_with_them() -> None:
    made = with_optimiser(unit(), "perceptron")
    assert made.network.layers[0].activation == "step"
    assert (made.training.loss, made.training.batch_size) == ("perceptron", 1)
    assert made == edits.with_activation(unit(), 0, "step")
    assert Trainer(made).run().reason == "margin"
    for left in (with_optimiser(made, "adam"), edits.with_activation(made, 0, "sigmoid")):
        assert left.network.layers[0].activation == "sigmoid"
        assert (left.training.loss, left.training.batch_size) == ("binary_cross_entropy", 0)
        Trainer(left).step_epoch()


def test_a_hidden_layer_ends_the_perceptron_rule() -> None:
    deeper = edits.with_layer_added(with_optimiser(unit(GateData("xor")), "perceptron"), 0)
    assert [layer.activation for layer in deeper.network.layers] == ["tanh", "sigmoid"]
    assert deeper.training.optimiser.name == "sgd"
    assert Trainer(deeper).run().snapshot.train_accuracy == 1.0


def test_values_to_predict_end_the_perceptron_rule() -> None:
    made = with_optimiser(unit(), "perceptron")
    changed = edits.with_data(made, PlaneData("regression_plane"))
    assert changed.network.layers[0].activation == "identity"
    assert changed.training.loss == "squared"
    Trainer(changed).step_epoch()
