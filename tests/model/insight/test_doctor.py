"""The doctor: each ailment made on purpose is found, its remedy helps; the healthy are let be."""

from __future__ import annotations

import msgspec
import numpy as np
import pytest

from model.data import build_dataset
from model.defaults import default_experiment
from model.experiment import (
    Activation,
    Experiment,
    GateData,
    InitialiserSpec,
    LayerSpec,
    NetworkSpec,
    OptimiserSpec,
    PlaneData,
    SplitSpec,
    StopSpec,
    TableData,
    TrainingSpec,
)
from model.initialise import initialise
from model.insight import Finding, examine
from model.network import Network
from model.training import SetLearningRate, Trainer

replace = msgspec.structs.replace


def run(experiment: Experiment, epochs: int | None = None) -> Trainer:
    if epochs is not None:
        stop = StopSpec(epochs=epochs)
        experiment = replace(experiment, training=replace(experiment.training, stop=stop))
    trainer = Trainer(experiment)
    trainer.run(lambda: False, lambda snapshot: None)
    return trainer


def look(trainer: Trainer) -> dict[str, Finding]:
    """Return the findings of a run by their codes."""
    history = trainer.history
    found = examine(trainer.experiment(), trainer.dataset, history.train_loss, history.test_loss)
    assert all(finding.sentence() for finding in found)
    return {finding.code: finding for finding in found}


@pytest.mark.parametrize(
    "data",
    [GateData("xor"), GateData("parity", 3), PlaneData("moons"), TableData("iris")],
    ids=["xor", "parity", "moons", "iris"],
)
def test_the_healthy_are_let_be(data: GateData | PlaneData | TableData) -> None:
    found = look(run(default_experiment(data)))
    assert [f.code for f in found.values() if f.severity == "failure"] == []


def test_an_untrained_default_has_nothing_wrong() -> None:
    assert examine(default_experiment()) == []


def test_a_dead_unit_is_named_and_redrawn() -> None:
    layer = LayerSpec(
        3,
        "relu",
        weights=np.array([[1.0, -1.0, 1.0], [1.0, -1.0, 2.0]]),
        biases=np.array([0.0, -0.5, 0]),
    )
    experiment = replace(
        default_experiment(), network=NetworkSpec(2, (layer, LayerSpec(1, "sigmoid")))
    )
    (finding,) = [f for f in examine(experiment) if f.code == "dead_relu"]
    assert finding.values["unit"] == 2
    assert finding.severity == "warning"
    assert finding.fix is not None
    mended = Network.of(finding.fix)
    assert (mended.activations(build_dataset(experiment).x_train)[0][1][:, 1] > 0).any()
    np.testing.assert_array_equal(mended.weights[0][:, [0, 2]], layer.weights[:, [0, 2]])  # type: ignore[index]  # given above


def test_equal_weights_are_found_and_drawn_anew() -> None:
    base = default_experiment()
    for spec in (InitialiserSpec("zeros"), InitialiserSpec("constant", 0.5)):
        alike = replace(base, training=replace(base.training, initialiser=spec))
        finding = look(run(alike, 50))["symmetric"]
        assert finding.values == {"layer": 1, "units": 4, "kinds": 1}
        assert finding.fix is not None
        assert run(finding.fix, 2000).snapshot().train_accuracy == 1.0


def test_a_runaway_loss_is_found_and_a_lower_rate_helps() -> None:
    base = Experiment(
        network=NetworkSpec(2, (LayerSpec(4, "tanh"), LayerSpec(1, "identity"))),
        training=TrainingSpec(loss="squared", learning_rate=4.0, l2=1.0),
    )
    rate, halvings = 4.0, 0
    while (finding := look(run(base, 500)).get("diverged")) is not None:
        assert finding.severity == "failure"
        assert finding.fix is not None
        rate, halvings = rate / 2.0, halvings + 1
        assert finding.fix.training.learning_rate == rate
        base = replace(base, training=finding.fix.training)
    assert 1 <= halvings <= 3


def test_xor_without_a_hidden_layer_is_impossible_and_said_so() -> None:
    for training in (
        TrainingSpec(),
        TrainingSpec(loss="perceptron", optimiser=OptimiserSpec("perceptron"), learning_rate=1.0),
    ):
        activation: Activation = "step" if training.loss == "perceptron" else "sigmoid"
        experiment = Experiment(
            network=NetworkSpec(2, (LayerSpec(1, activation),)), training=training
        )
        code = "perceptron_cycles" if activation == "step" else "not_separable"
        finding = look(run(experiment, 200))[code]
        assert finding.severity == "failure"
        assert finding.fix is not None
        assert run(finding.fix, 2000).snapshot().train_accuracy == 1.0
    assert "perceptron_cycles" not in look(run(replace(experiment, data=GateData("and")), 20))


def test_saturated_units_are_named_and_shrunk() -> None:
    experiment = initialise(default_experiment())
    layer = experiment.network.layers[0]
    assert layer.weights is not None
    weights = layer.weights.copy()
    biases = np.array([0.0, 0.0, 60.0, 0.0])
    weights[:, 2] = 10.0
    network = replace(
        experiment.network,
        layers=(replace(layer, weights=weights, biases=biases), *experiment.network.layers[1:]),
    )
    (finding,) = [f for f in examine(replace(experiment, network=network)) if f.code == "saturated"]
    assert finding.values["unit"] == 3
    assert finding.fix is not None
    assert [f.code for f in examine(finding.fix)] == []


def test_a_stuck_start_is_told_from_a_slow_one() -> None:
    layers = (LayerSpec(2, "relu"), LayerSpec(1, "sigmoid"))
    base = default_experiment()
    training = replace(
        base.training,
        optimiser=OptimiserSpec("adam"),
        learning_rate=0.05,
        initialiser=InitialiserSpec("he"),
    )
    stuck = replace(base, network=NetworkSpec(2, layers), training=training)
    found = []
    for seed in range(12):
        trainer = run(replace(stuck, seed=seed), 1000)
        codes = look(trainer)
        if trainer.snapshot().train_accuracy < 1.0:
            found.append("plateau" in codes or "dead_relu" in codes)
        else:
            assert "plateau" not in codes
    assert len(found) > 3
    assert all(found)
    slow = replace(base, training=replace(base.training, learning_rate=1e-3))
    codes = look(run(slow, 400))
    assert "plateau" not in codes or "rate_low" in codes


def test_a_rate_that_makes_the_loss_jump_is_too_high() -> None:
    base = Experiment(
        network=NetworkSpec(2, (LayerSpec(4, "tanh"), LayerSpec(1, "identity"))),
        training=TrainingSpec(loss="absolute", learning_rate=0.5),
    )
    finding = look(run(base, 200))["rate_high"]
    assert finding.fix is not None
    assert finding.fix.training.learning_rate == 0.25


def test_overfitting_is_found_where_the_test_loss_rises() -> None:
    experiment = Experiment(
        data=PlaneData("circle", 60, noise=0.5),
        split=SplitSpec(0.4),
        network=NetworkSpec(2, (LayerSpec(40, "relu"), LayerSpec(1, "sigmoid"))),
        training=TrainingSpec(
            optimiser=OptimiserSpec("adam"), learning_rate=0.02, initialiser=InitialiserSpec("he")
        ),
        seed=1,
    )
    trainer = run(experiment, 600)
    finding = look(trainer)["overfitting"]
    assert finding.fix is not None
    assert finding.fix.training.l2 > 0.0
    result = Trainer(replace(finding.fix, progress=None, network=experiment.network))
    assert result.run(lambda: False, lambda snapshot: None).reason == "patience"


def test_a_single_softmax_and_a_constant_input_are_found() -> None:
    experiment = replace(
        default_experiment(),
        network=NetworkSpec(2, (LayerSpec(3, "tanh"), LayerSpec(1, "softmax"))),
    )
    (finding,) = [f for f in examine(experiment) if f.code == "single_softmax"]
    assert finding.fix is not None
    assert finding.fix.network.layers[-1].activation == "sigmoid"
    digits = default_experiment(TableData("titanic"))
    data = build_dataset(digits)
    flat = data.x_train.copy()
    flat[:, 1] = 2.0
    import dataclasses

    still = dataclasses.replace(data, x_train=flat)
    assert "constant_input" in [f.code for f in examine(digits, still)]


def test_inputs_of_very_different_size_are_found_and_scaled() -> None:
    import dataclasses

    experiment = replace(default_experiment(TableData("iris")), data=TableData("iris", "none"))
    data = build_dataset(experiment)
    stretched = dataclasses.replace(data, x_train=data.x_train * np.array([1, 1, 1000, 1]))
    (finding,) = [f for f in examine(experiment, stretched) if f.code == "unscaled"]
    assert finding.fix is not None
    assert finding.fix.data == TableData("iris", "standard")


def test_a_loss_that_is_no_number_after_one_epoch_is_found_until_training_goes_on() -> None:
    base = default_experiment(PlaneData("regression_plane", points=400))
    training = replace(
        base.training, optimiser=OptimiserSpec("sgd"), learning_rate=900.0, batch_size=1
    )
    trainer = run(replace(base, training=training), 50)
    history = trainer.history
    assert len(history) == 1
    assert history.ran_away

    def found() -> dict[str, Finding]:
        seen = examine(
            trainer.experiment(), trainer.dataset, history.train_loss, ran_away=history.ran_away
        )
        return {finding.code: finding for finding in seen}

    finding = found()["not_finite"]
    assert finding.severity == "failure"
    assert finding.values == {"epoch": 0}
    assert finding.fix is not None
    assert finding.fix.training.learning_rate == 450.0
    trainer.post(SetLearningRate(0.01))
    trainer.run(lambda: False, lambda snapshot: None)
    assert len(history) == 51
    assert not history.ran_away
    assert "not_finite" not in found()


def test_a_loss_that_stands_is_not_said_to_fall_slowly() -> None:
    experiment = default_experiment()
    rate_low = {}
    for fall in (1e-9, 1e-3):  # of the loss, in 50 epochs
        loss = 0.7 * (1.0 - fall * np.arange(100) / 50.0)
        rate_low[fall] = "rate_low" in {f.code for f in examine(experiment, train_loss=loss)}
    assert rate_low == {1e-9: False, 1e-3: True}
