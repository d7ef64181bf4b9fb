"""The doctor: each ailment made on purpose is found, its remedy helps; the healthy are let be."""

from __future__ import annotations

import dataclasses
from itertools import product
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from msgspec.structs import replace
from numpy.testing import assert_array_equal

from model.data import Dataset, build_dataset
from model.defaults import default_experiment, perceptron_training
from model.edits.features import with_features
from model.edits.tables import with_input_value
from model.experiment import (
    ACTIVATIONS,
    LOSSES,
    Activation,
    CsvData,
    DataSpec,
    Experiment,
    GateData,
    InitialiserSpec,
    LayerSpec,
    Loss,
    NetworkSpec,
    OptimiserSpec,
    PastFinding,
    PlaneData,
    ScheduleSpec,
    SplitSpec,
    StopSpec,
    TableData,
    TrainingSpec,
    TruthTableData,
)
from model.initialisers import initialise
from model.insight import Finding, contradiction, examine, separability
from model.insight.doctor.finding import finding_of
from model.losses import loss_fits
from model.network import Network
from model.recipes.one_unit import one_unit_experiment
from model.training import SetSettings, Trainer

SGD_RATE = OptimiserSpec("sgd").kind.default_rate
ADAM = OptimiserSpec("adam")
XOR = default_experiment()


def made(*layers: LayerSpec, data: DataSpec | None = None, **training: Any) -> Experiment:
    """Return an experiment with these layers, on XOR where nothing else is said."""
    data = GateData("xor") if data is None else data
    network = NetworkSpec(build_dataset(data).inputs, layers)
    return Experiment(data=data, network=network, training=TrainingSpec(**training))


def learning(experiment: Experiment, **training: Any) -> Experiment:
    """Return the experiment with other settings of its training."""
    return replace(experiment, training=replace(experiment.training, **training))


def run(experiment: Experiment, epochs: int | None = None) -> Trainer:
    if epochs is not None:
        experiment = learning(experiment, stop=StopSpec(epochs=epochs))
    trainer = Trainer(experiment)
    trainer.run()
    return trainer


def look(trainer: Trainer, **facts: Any) -> dict[str, Finding]:
    """Return the findings of a run by their codes."""
    history = trainer.history
    losses = history.train_loss, history.test_loss
    found = examine(trainer.experiment(), trainer.dataset, *losses, **facts)
    return {finding.code: finding for finding in found}


def after(experiment: Experiment, epochs: int | None = None) -> dict[str, Finding]:
    """Return what is found after some epochs."""
    return look(Trainer(experiment) if epochs == 0 else run(experiment, epochs))


def at_once(experiment: Experiment, *facts: Any) -> dict[str, Finding]:
    """Return what is found in the weights and the rows, without a run."""
    return {finding.code: finding for finding in examine(experiment, *facts)}


def learns(experiment: Experiment, epochs: int = 2000) -> bool:
    """Tell whether every row is right after so many epochs."""
    return run(experiment, epochs).snapshot().train_accuracy == 1.0


@pytest.mark.parametrize(
    "data",
    [GateData("xor"), GateData("parity", 3), PlaneData("moons"), TableData("iris")],
    ids=["xor", "parity", "moons", "iris"],
)
def test_the_healthy_are_let_be(data: DataSpec) -> None:
    found = after(default_experiment(data))
    assert [f.code for f in found.values() if f.severity == "failure"] == []
    assert examine(XOR) == []


# -- Units -----------------------------------------------------------------------------------------


def test_a_dead_unit_is_named_and_redrawn() -> None:
    weights = np.array([[1.0, -1.0, 1.0], [1.0, -1.0, 2.0]])
    layer = LayerSpec(3, "relu", weights=weights, biases=np.array([0.0, -0.5, 0]))
    finding = at_once(made(layer, LayerSpec(1, "sigmoid")))["dead_relu"]
    assert (finding.severity, finding.values["unit"]) == ("warning", 2)
    mended = Network.of(finding.fix)
    assert (mended.activations(build_dataset(XOR).x_train)[0][1][:, 1] > 0).any()
    assert_array_equal(mended.weights[0][:, [0, 2]], weights[:, [0, 2]])


def test_units_that_die_once_more_are_drawn_otherwise() -> None:
    dead = InitialiserSpec("he", bias=-5.0)
    base = made(LayerSpec(2, "relu"), LayerSpec(1, "sigmoid"), initialiser=dead)
    first, second = (after(base, epochs)["dead_relu"].fix for epochs in (1, 2))
    assert (first.network.layers[0].weights != second.network.layers[0].weights).all()


@pytest.mark.parametrize("spec", [InitialiserSpec("zeros"), InitialiserSpec("constant", 0.5)])
def test_equal_weights_are_found_and_drawn_anew(spec: InitialiserSpec) -> None:
    found = after(learning(XOR, initialiser=spec), 400)
    assert found["symmetric"].values == {"layer": 1, "units": 4, "kinds": 1}
    assert "plateau" not in found
    assert learns(found["symmetric"].fix)


@pytest.mark.parametrize(
    ("change", "is_found"),
    [({}, True), ({"dropout": 0.5}, False), ({"pinned": ((1, 1),)}, False)],
)
def test_units_with_equal_weights_that_will_part_are_no_copies(
    change: dict[str, Any], is_found: bool
) -> None:
    base = learning(default_experiment(hidden=(2,)), optimiser=OptimiserSpec("sgd"))
    trained = run(base, 1).experiment()
    first, last = trained.network.layers
    first = replace(first, weights=np.full((2, 2), 0.5), biases=np.full(2, 0.1), **change)
    last = replace(last, weights=np.full((2, 1), 0.7))
    alike = replace(trained, network=NetworkSpec(2, (first, last)))
    assert ("symmetric" in at_once(alike)) == is_found
    weights = run(alike, 6).network.weights[0]
    assert (np.ptp(weights, axis=1).max() == 0.0) == is_found


@pytest.mark.parametrize(("apart", "is_found"), [(1e-15, True), (1e-3, False)])
def test_copies_that_differ_in_their_last_digit_are_copies(apart: float, is_found: bool) -> None:
    """As in the lesson on the doctor, after some thousand epochs."""
    weights = np.full((2, 4), 0.51) + apart * np.arange(4)
    first = LayerSpec(4, "tanh", weights=weights, biases=np.zeros(4))
    last = LayerSpec(1, "sigmoid", weights=np.ones((4, 1)), biases=np.zeros(1))
    assert ("symmetric" in at_once(made(first, last))) == is_found


def test_a_place_in_a_file_that_no_network_has_is_left_out() -> None:
    kept = PastFinding("dead_relu", "warning", {"count": 1, "layer": 0, "unit": 2.5})
    assert finding_of(kept).values == {"count": 1}


def test_saturated_units_are_named_and_shrunk() -> None:
    experiment = initialise(XOR)
    weights = experiment.network.layers[0].weights.copy()
    weights[:, 2] = 10.0
    layer = replace(
        experiment.network.layers[0], weights=weights, biases=np.array([0.0, 0.0, 60.0, 0.0])
    )
    stuck = replace(experiment, network=experiment.network.with_layer(0, layer))
    finding = at_once(stuck)["saturated"]
    assert finding.values["unit"] == 3
    assert examine(finding.fix) == []


def test_units_that_a_high_rate_has_saturated_are_left_until_it_is_lower() -> None:
    trainer = run(made(LayerSpec(4, "tanh"), LayerSpec(1, "sigmoid"), learning_rate=50.0), 400)
    found = look(trainer)
    assert "rate_high" in found
    assert "saturated" not in found
    assert "saturated" in at_once(trainer.experiment())


@pytest.mark.parametrize("rate", [0.5, 1e-4])
def test_a_softmax_of_one_unit_is_blamed_and_neither_start_nor_rate(rate: float) -> None:
    """It says 1 to every row, wherever it starts."""
    layers = LayerSpec(4, "tanh"), LayerSpec(1, "softmax")
    found = after(made(*layers, loss="squared", learning_rate=rate), 600)
    assert found["single_softmax"].fix.network.layers[-1].activation == "sigmoid"
    assert not {"plateau", "rate_low"} & set(found)


@pytest.mark.parametrize("activation", [a for a in ACTIVATIONS if a != "step"])
@pytest.mark.parametrize("loss", LOSSES)
def test_a_loss_that_cannot_fall_to_nought_is_proposed_away(
    loss: Loss, activation: Activation
) -> None:
    data = TableData("iris", "standard")
    experiment = made(LayerSpec(8, "tanh"), LayerSpec(3, activation), data=data, loss=loss)
    found = at_once(experiment)
    assert ("loss_misfit" in found) is not loss_fits(loss, activation)
    if "loss_misfit" in found:
        fix = found["loss_misfit"].fix
        assert loss_fits(fix.training.loss, activation)
        assert "loss_misfit" not in at_once(fix)


# -- Inputs ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("factors", "code"),
    [
        ((1, 1, 1000, 1), "unscaled"),
        ((1000,) * 4, "large_inputs"),
        ((1, 0, 1, 1), "constant_input"),
    ],
)
def test_inputs_of_bad_size_are_found_and_scaled(factors: tuple[float, ...], code: str) -> None:
    experiment = replace(default_experiment(TableData("iris")), data=TableData("iris", "none"))
    data = build_dataset(experiment)
    found = at_once(experiment, dataclasses.replace(data, x_train=data.x_train * factors))
    assert set(found) & {"unscaled", "large_inputs", "constant_input"} == {code}
    if code != "constant_input":
        assert found[code].fix.data == TableData("iris", "standard")


@pytest.mark.parametrize(
    ("scaling", "is_advised"), [("standard", False), ("min_max", False), ("none", True)]
)
def test_what_is_standardised_is_not_advised_to_be(
    scaling: Any, is_advised: bool, tmp_path: Path
) -> None:
    path = tmp_path / "rare.csv"
    lines = [f"{n},{'odd' if n == 7 else 'usual'},{n % 2}" for n in range(2000)]
    path.write_text("n,kind,y\n" + "\n".join(lines) + "\n", encoding="utf-8")
    found = at_once(default_experiment(CsvData(str(path), scaling=scaling)))
    assert "unscaled" not in found
    assert ("large_inputs" in found) == is_advised


# -- Losses that run away, jump, creep or stand ----------------------------------------------------

REGRESSOR = LayerSpec(4, "tanh"), LayerSpec(1, "identity")


def test_a_runaway_loss_is_found_and_a_lower_rate_helps() -> None:
    finding = after(made(*REGRESSOR, loss="squared", learning_rate=4.0, l2=1.0), 500)["diverged"]
    assert finding.severity == "failure"
    assert finding.fix.training.learning_rate == finding.values["lower"] == SGD_RATE
    assert "diverged" not in after(finding.fix, 500)


def test_a_loss_that_is_no_number_after_one_epoch_is_found_until_training_goes_on() -> None:
    base = default_experiment(PlaneData("regression_plane", points=400))
    wild = learning(base, optimiser=OptimiserSpec("sgd"), learning_rate=900.0, batch_size=1)
    trainer = run(wild, 50)
    finding = look(trainer, ran_away=trainer.history.diverged)["not_finite"]
    assert finding.severity == "failure"
    assert finding.values == {"epoch": 0, "lower": SGD_RATE}
    assert finding.fix.training.learning_rate == SGD_RATE
    training = replace(trainer.learner.training, learning_rate=0.01)
    trainer.post(SetSettings(replace(trainer.learner.settings, training=training)))
    trainer.run()
    assert len(trainer.history) == 51
    assert "not_finite" not in look(trainer, ran_away=trainer.history.diverged)


def test_a_rate_that_makes_the_loss_jump_is_too_high() -> None:
    finding = after(made(*REGRESSOR, loss="absolute", learning_rate=0.5), 200)["rate_high"]
    assert finding.fix.training.learning_rate == 0.25


def creeping(fall: float = 1e-3) -> np.ndarray:
    """Return losses that fall by a share in 50 epochs."""
    return 0.7 * (1.0 - fall * np.arange(100) / 50.0)


PLANE = default_experiment(PlaneData("regression_plane", points=400, noise=0.01))


@pytest.mark.parametrize(
    ("experiment", "epochs", "fall", "is_low"),
    [
        (XOR, 0, 1e-3, True),
        (XOR, 0, 1e-9, False),  # it stands, which no rate cures
        (PLANE, 0, 1e-3, True),
        (PLANE, 50, 1e-3, False),  # all is learned, though the share explained is below 1
    ],
)
def test_a_rate_is_low_where_the_loss_creeps(
    experiment: Experiment, epochs: int, fall: float, is_low: bool
) -> None:
    reached = run(experiment, epochs).experiment() if epochs else experiment
    found = at_once(learning(reached, batch_size=0), None, creeping(fall))
    assert ("rate_low" in found) == is_low


def test_the_rate_that_is_told_is_that_of_the_last_epoch() -> None:
    schedule = ScheduleSpec("step", every=10, factor=0.5)
    found = at_once(learning(XOR, learning_rate=0.8, schedule=schedule), None, creeping())
    assert found["rate_low"].values["rate"] == 0.8 * 0.5**9  # epoch 99 was made at that of 98


def test_a_high_rate_that_killed_units_is_not_called_low() -> None:
    """As in the lesson on the doctor: what is left of the network creeps."""
    circle = PlaneData("circle", points=200, noise=0.1)
    layers = LayerSpec(6, "relu"), LayerSpec(1, "sigmoid")
    high = made(*layers, data=circle, learning_rate=10.0, initialiser=InitialiserSpec("he"))
    trainer = run(high, 1000)
    loss = creeping() * trainer.history.train_loss[-1]
    found = at_once(trainer.experiment(), trainer.dataset, loss)
    assert "dead_relu" in found
    assert "rate_low" not in found


def test_a_stuck_start_is_told_from_a_slow_one() -> None:
    stuck = made(
        LayerSpec(2, "relu"),
        LayerSpec(1, "sigmoid"),
        optimiser=ADAM,
        learning_rate=0.05,
        initialiser=InitialiserSpec("he"),
    )
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
    assert "plateau" not in after(learning(XOR, learning_rate=1e-3), 400)


def test_a_penalty_that_draws_all_weights_to_nothing_is_made_weaker() -> None:
    base = made(LayerSpec(4, "tanh"), LayerSpec(1, "sigmoid"), l2=1.0)
    for penalty in (0.1, 0.01):
        found = after(base, 1000)
        assert "plateau" not in found
        base = found["penalty"].fix
        assert base.progress is None
        assert base.training.l2 == pytest.approx(penalty)
    assert learns(base, 1000)


def test_rows_that_fade_behind_many_sigmoids_are_told_from_an_unlucky_start() -> None:
    found = after(made(*[LayerSpec(4, "sigmoid")] * 8, LayerSpec(1, "sigmoid")), 1000)
    assert "plateau" not in found
    mended = found["fading"].fix
    assert {layer.activation for layer in mended.network.layers[:-1]} == {"tanh"}
    # Of tanh another start is worth a try, and one that is stuck is told so.
    bare = replace(mended, network=mended.network.without_weights())
    trainers = [run(replace(bare, seed=seed), 1000) for seed in range(5)]
    assert {trainer.snapshot().train_accuracy == 1.0 for trainer in trainers} == {True, False}
    assert not any("fading" in look(trainer) for trainer in trainers)


FIVE_ROWS = TruthTableData(
    ("x1", "x2"),
    ("y",),
    ((0.0, 0.0), (0.0, 1.0), (1.0, 0.0), (1.0, 1.0), (1.0, 1.0)),
    ((0.0,), (1.0,), (1.0,), (0.0,), (1.0,)),
)


@pytest.mark.parametrize(
    ("experiment", "epochs", "is_stuck"),
    [
        (learning(default_experiment(TableData("titanic")), batch_size=0), 600, False),
        (learning(default_experiment(TableData("symptoms")), batch_size=0), 6000, False),
        (learning(replace(XOR, data=FIVE_ROWS), learning_rate=1e-6), 400, True),
        (
            learning(XOR, schedule=ScheduleSpec("cosine", every=5), learning_rate=1e-3),
            400,
            False,
        ),
    ],
    ids=["titanic", "symptoms", "contradiction and more", "rate come to 0"],
)
def test_what_has_learned_all_that_it_can_is_not_called_stuck(
    experiment: Experiment, epochs: int, is_stuck: bool
) -> None:
    """Where only rows that contradict each other are wrong, another start gets no further."""
    if isinstance(experiment.data, TableData):
        experiment = learning(experiment, optimiser=ADAM, learning_rate=0.02)
    trainer = run(experiment, epochs)
    losses = trainer.history.train_loss
    assert trainer.snapshot().train_accuracy < 1.0
    assert losses[-200] - losses[-1] < 1e-3 * losses[-200], "its loss stands"
    assert ("plateau" in look(trainer)) == is_stuck


def test_a_rate_of_0_is_told_in_the_place_of_a_stuck_start() -> None:
    found = after(learning(XOR, learning_rate=0.0), 400)
    assert "plateau" not in found
    assert found["rate_zero"].fix.training.learning_rate > 0.0


# -- Overfitting -----------------------------------------------------------------------------------


def test_overfitting_is_found_where_the_test_loss_rises() -> None:
    circle = made(
        LayerSpec(40, "relu"),
        LayerSpec(1, "sigmoid"),
        data=PlaneData("circle", 60, noise=0.5),
        optimiser=ADAM,
        learning_rate=0.02,
        initialiser=InitialiserSpec("he"),
    )
    experiment = replace(circle, split=SplitSpec(0.4), seed=1)
    fix = after(experiment, 600)["overfitting"].fix
    assert fix.training.l2 > 0.0
    again = Trainer(replace(fix, progress=None, network=experiment.network))
    assert again.run().reason == "patience"


@pytest.mark.parametrize(
    ("last", "test_rows", "is_found"),
    [(0.5, None, True), (1e-8, None, False), (0.5, 9, False), (0.5, 10, True)],
)
def test_a_low_test_loss_or_a_few_test_rows_are_no_overfitting(
    last: float, test_rows: int | None, is_found: bool
) -> None:
    """The test loss ends at `last`, far above its lowest."""
    epochs = np.linspace(0.0, 1.0, 200)
    test = np.where(epochs < 0.5, 0.7 * 1e-26**epochs, last)
    experiment = default_experiment(PlaneData("moons"))
    rows = build_dataset(experiment)
    few = dataclasses.replace(rows, x_test=rows.x_test[:test_rows], y_test=rows.y_test[:test_rows])
    assert ("overfitting" in at_once(experiment, few, 0.7 * 0.01**epochs, test)) == is_found


# -- One unit, and layers that draw one line -------------------------------------------------------

UNIT = LayerSpec(1, "sigmoid")


@pytest.mark.parametrize("code", ["not_separable", "perceptron_cycles"])
def test_xor_without_a_hidden_layer_is_impossible_and_said_so(code: str) -> None:
    step = perceptron(GateData("xor"), 1.0)
    finding = after(step if code == "perceptron_cycles" else made(UNIT), 200)[code]
    assert finding.severity == "failure"
    assert learns(finding.fix)


@pytest.mark.parametrize(
    ("data", "severity"),
    [
        # No border of any shape tells two clouds apart where they lie over each other.
        (PlaneData("gaussians", noise=0.5), "warning"),
        (GateData("and", copies=50, noise=0.4), None),
        (GateData("xor", copies=50, noise=0.4), "failure"),
    ],
)
def test_rows_that_overlap_ask_for_no_hidden_layer(data: DataSpec, severity: str | None) -> None:
    rows = build_dataset(data)
    assert not separability(rows.x_train, rows.y_train[:, 0]).separable
    finding = after(made(UNIT, data=data), 20).get("not_separable")
    assert (None if finding is None else finding.severity) == severity
    if severity == "warning":
        assert finding.values == {"output": "y", "sample": True}


def test_what_one_unit_cannot_do_with_derived_inputs_names_them() -> None:
    squares = replace(made(UNIT), features=("x1^2", "x2^2"))
    assert after(squares, 20)["not_separable"].values == {"output": "y", "inputs": "x₁², x₂²"}
    assert "not_separable" not in after(with_features(squares, ("x1", "x2", "x1*x2")), 20)
    # With x1 x2 alone XOR's first two rows read 0, though their columns differ.
    equal = Experiment(features=("x1*x2",), network=NetworkSpec(1, (UNIT,)))
    rows = {"first": 1, "second": 2, "more": 1, "ceiling": 0.75}
    assert after(equal, 20)["contradiction"].values == {**rows, "inputs": "x₁·x₂"}


TANH, LINE = LayerSpec(1, "tanh"), LayerSpec(4, "identity")


@pytest.mark.parametrize(
    ("gate", "hidden", "is_straight"),
    [
        ("xor", (TANH,), True),
        ("xor", (LINE,), True),
        ("xor", (LayerSpec(1, "relu"), LINE, UNIT), True),
        ("and", (TANH,), False),
        ("xor", (LayerSpec(2, "tanh"),), False),
        ("xor", (TANH, LayerSpec(2, "tanh")), False),
    ],
)
def test_hidden_layers_that_draw_one_line_are_blamed_and_not_the_start(
    gate: str, hidden: tuple[LayerSpec, ...], is_straight: bool
) -> None:
    """No start does XOR with them; their remedy does."""
    narrow = made(*hidden, UNIT, data=GateData(gate))
    for epochs in (0, 600) if is_straight else (0,):
        found = after(narrow, epochs)
        assert ("straight_border" in found) == is_straight
        if is_straight:
            assert not {"plateau", "rate_low", "not_separable"} & set(found)
            assert learns(found["straight_border"].fix)


def test_a_missing_bias_is_named_before_rates_and_guesses() -> None:
    found = after(one_unit_experiment(GateData("or"), 4, 2, use_bias=False), 2000)
    assert next(iter(found)) == "no_bias"
    assert found["no_bias"].severity == "failure"
    mended = run(found["no_bias"].fix, 5000)
    assert mended.snapshot().train_accuracy == 1.0
    assert "no_bias" not in look(mended)


def of_signs(*answers: float) -> TruthTableData:
    """Return a table of two signs with these answers to −−, −+, +− and ++."""
    signs = tuple(product((-1.0, 1.0), repeat=2))
    return TruthTableData(("a", "b"), ("y",), signs, tuple((answer,) for answer in answers))


STEP = perceptron_training(TrainingSpec())


@pytest.mark.parametrize(
    ("data", "activation", "training", "is_needed"),
    [
        (of_signs(0, 0, 0, 1), "sigmoid", TrainingSpec(), True),
        (of_signs(0, 0, 0, 1), "step", STEP, False),  # which answers 0 on the line itself
        (of_signs(0, 0, 1, 1), "sigmoid", TrainingSpec(), False),
        (of_signs(0, 0, 1, 1), "step", STEP, False),
        # These outputs turn at one half, and at 0.
        (GateData("or"), "identity", TrainingSpec(loss="squared"), False),
        (GateData("or"), "identity", TrainingSpec(loss="hinge"), True),
        (GateData("xor"), "sigmoid", TrainingSpec(), False),  # no line is enough
    ],
)
def test_a_bias_is_asked_for_where_lines_through_the_origin_are_too_few(
    data: DataSpec, activation: Activation, training: TrainingSpec, is_needed: bool
) -> None:
    layer = LayerSpec(1, activation, use_bias=False)
    assert ("no_bias" in at_once(replace(made(layer, data=data), training=training))) == is_needed


# -- Perceptrons -----------------------------------------------------------------------------------


def perceptron(data: DataSpec, rate: float, batch: int = 1) -> Experiment:
    unit = made(LayerSpec(1, "step"), data=data)
    return replace(unit, training=replace(STEP, learning_rate=rate, batch_size=batch))


@pytest.mark.parametrize("rate", [1e-3, 1.0, 100.0])
def test_a_perceptron_cycles_at_any_rate_and_no_rate_is_blamed(rate: float) -> None:
    for batch in (0, 1):
        found = after(perceptron(GateData("xor"), rate, batch), 300)
        assert found["perceptron_cycles"].fix.training.optimiser.name == "sgd"
        assert not {"rate_high", "rate_low", "diverged", "not_separable"} & set(found)
    for data in (GateData("or"), GateData("and", 3), PlaneData("gaussians", 200, noise=0.0)):
        for epochs in (1, 60, 300):
            assert not {
                "perceptron_cycles", "rate_high", "rate_low", "diverged", "not_separable",
            } & set(after(perceptron(data, rate), epochs))  # fmt: skip


@pytest.mark.parametrize(("rate", "epochs"), [(1.0, 0), (0.0, 20)])
def test_a_perceptron_that_does_not_run_goes_round_nowhere(rate: float, epochs: int) -> None:
    found = after(perceptron(GateData("xor"), rate), epochs)
    assert "perceptron_cycles" not in found
    assert found["not_separable"].fix is not None


def test_a_perceptron_cycles_for_contradicting_rows_which_no_layer_helps() -> None:
    found = after(perceptron(TableData("symptoms"), 1.0), 200)
    assert list(found)[:2] == ["contradiction", "perceptron_cycles"]
    assert found["perceptron_cycles"].fix is None


# -- Rows that contradict each other ---------------------------------------------------------------


def test_contradicting_rows_are_named_before_layers_and_rates_are_blamed() -> None:
    recipe = one_unit_experiment(TableData("symptoms"), rows=8, inputs=4)
    (finding,) = after(recipe, 2000).values()
    assert (finding.code, finding.severity) == ("contradiction", "failure")
    assert finding.values == {"first": 3, "second": 6, "more": 0, "ceiling": 7 / 8}
    table = recipe.data.editable_rows(build_dataset(recipe))
    assert after(replace(recipe, data=with_input_value(table, 5, 0, 1.0)), 2000) == {}


def test_contradicting_rows_are_counted_as_in_the_table_and_noted_in_a_sample() -> None:
    rows, targets = ((0.0, 1.0), (1.0, 1.0), (0.0, 1.0)), ((1.0,), (0.0,), (0.0,))
    data = TruthTableData(("x1", "x2"), ("y",), rows, targets, copies=5)
    values = at_once(replace(XOR, data=data))["contradiction"].values
    assert {values["first"], values["second"]} == {1, 3}
    noted = at_once(default_experiment(TableData("titanic")))["contradiction"]
    assert noted.severity == "note"
    assert noted.values["more"] > 100


def test_equal_inputs_with_either_answer_are_a_failure_in_a_sample_too() -> None:
    """Nothing can be learned of six equal rows, whatever their test row and their dead units."""
    answers = np.array([[1.0], [0.0], [0.0], [1.0], [0.0]])
    equal = Dataset(
        np.ones((5, 2)), answers, np.ones((1, 2)), np.ones((1, 1)), ("a", "b"), ("y",), (), "binary"
    )
    first, *_ = examine(made(LayerSpec(16, "relu"), UNIT), equal)
    assert (first.code, first.severity) == ("contradiction", "failure")


def test_a_hidden_layer_is_still_asked_for_where_the_other_rows_need_one() -> None:
    rows = (*product((0.0, 1.0), repeat=2), (0.5, 0.5), (0.5, 0.5))
    targets = tuple((answer,) for answer in (0.0, 1.0, 1.0, 0.0, 0.0, 1.0))
    experiment = made(UNIT, data=TruthTableData(("a", "b"), ("y",), rows, targets))
    assert list(after(experiment, 5))[:2] == ["contradiction", "not_separable"]


@given(
    arrays(np.int64, (7, 2), elements=st.integers(0, 1)),
    arrays(np.int64, (7, 2), elements=st.integers(0, 1)),
    st.booleans(),
)
def test_no_answers_beat_the_ceiling_and_some_reach_it(
    x: np.ndarray, y: np.ndarray, several: bool
) -> None:
    y = y if several else y[:, :1]
    found = contradiction(x.astype(float), y.astype(float), "multilabel" if several else "binary")
    kinds, group = np.unique(x, axis=0, return_inverse=True)
    best = min(
        max(
            (np.array(answers)[group.ravel()] == column).mean()
            for answers in product((0, 1), repeat=len(kinds))
        )
        for column in y.T
    )
    if found is None:
        assert best == 1.0
        return
    assert (x[found.first] == x[found.second]).all()
    assert (y[found.first] != y[found.second]).any()
    assert found.ceiling == pytest.approx(best)
