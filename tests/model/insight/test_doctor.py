"""The doctor: each ailment made on purpose is found, its remedy helps; the healthy are let be."""

from __future__ import annotations

import dataclasses
from itertools import product
from pathlib import Path

import msgspec
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from model.data import build_dataset
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
from model.insight.gates import silent_units
from model.lessons import LESSONS, read_lesson
from model.losses import loss_fits
from model.network import Network
from model.recipes.one_unit import one_unit_experiment
from model.training import SetTraining, Trainer

replace = msgspec.structs.replace

SGD_RATE = OptimiserSpec("sgd").kind.default_rate


def run(experiment: Experiment, epochs: int | None = None) -> Trainer:
    if epochs is not None:
        stop = StopSpec(epochs=epochs)
        experiment = replace(experiment, training=replace(experiment.training, stop=stop))
    trainer = Trainer(experiment)
    trainer.run(lambda: False, lambda snapshot: None)
    return trainer


def look(trainer: Trainer, *, ran_away: bool = False) -> dict[str, Finding]:
    """Return the findings of a run by their codes."""
    history = trainer.history
    found = examine(
        trainer.experiment(),
        trainer.dataset,
        history.train_loss,
        history.test_loss,
        ran_away=ran_away,
    )
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
    np.testing.assert_array_equal(mended.weights[0][:, [0, 2]], layer.weights[:, [0, 2]])


def test_the_doctor_calls_those_units_dead_that_the_drawing_does() -> None:
    """One unit answers row 150 alone, one row 2,501, none of those looked at, and one no row."""
    x = np.full((3000, 2), -1.0)
    x[150, 0] = x[2501, 1] = 1.0
    weights = np.array([[1.0, 0.0, 0.0], [0.0, 1.0, 0.0]])
    layer = LayerSpec(3, "relu", weights=weights, biases=np.zeros(3))
    experiment = initialise(
        replace(default_experiment(), network=NetworkSpec(2, (layer, LayerSpec(1, "sigmoid"))))
    )
    rows = dataclasses.replace(build_dataset(experiment), x_train=x, y_train=np.zeros((3000, 1)))
    (finding,) = [f for f in examine(experiment, rows) if f.code == "dead_relu"]
    assert finding.values["names"] == "2, 3"
    assert silent_units(Network.of(experiment), x) == [(0, 1), (0, 2)]


def test_equal_weights_are_found_and_drawn_anew() -> None:
    base = default_experiment()
    for spec in (InitialiserSpec("zeros"), InitialiserSpec("constant", 0.5)):
        alike = replace(base, training=replace(base.training, initialiser=spec))
        finding = look(run(alike, 50))["symmetric"]
        assert finding.values == {"layer": 1, "units": 4, "kinds": 1}
        assert finding.fix is not None
        assert run(finding.fix, 2000).snapshot().train_accuracy == 1.0


def test_units_that_drop_out_are_no_copies() -> None:
    base = replace(default_experiment(), network=NetworkSpec(2, _alike(dropout=0.0)))
    assert "symmetric" in {f.code for f in examine(base)}
    parted = replace(base, network=NetworkSpec(2, _alike(dropout=0.5)))
    assert "symmetric" not in {f.code for f in examine(parted)}


def _alike(dropout: float) -> tuple[LayerSpec, ...]:
    """Return two layers whose hidden units have the same weights."""
    first = LayerSpec(
        2,
        "tanh",
        dropout=dropout,
        weights=np.full((2, 2), 0.5),
        biases=np.full(2, 0.1),
    )
    return first, LayerSpec(1, "sigmoid", weights=np.full((2, 1), 0.7), biases=np.zeros(1))


def test_a_runaway_loss_is_found_and_a_lower_rate_helps() -> None:
    base = Experiment(
        network=NetworkSpec(2, (LayerSpec(4, "tanh"), LayerSpec(1, "identity"))),
        training=TrainingSpec(loss="squared", learning_rate=4.0, l2=1.0),
    )
    rate, steps = 4.0, 0
    while (finding := look(run(base, 500)).get("diverged")) is not None:
        assert finding.severity == "failure"
        assert finding.fix is not None
        rate, steps = min(rate / 2.0, SGD_RATE), steps + 1
        assert finding.fix.training.learning_rate == finding.values["lower"] == rate
        base = finding.fix
    assert steps == 1


def test_a_rate_of_a_thousand_comes_back_to_the_usual_one_at_once() -> None:
    base = Experiment(
        network=NetworkSpec(2, (LayerSpec(4, "tanh"), LayerSpec(1, "identity"))),
        training=TrainingSpec(loss="absolute", learning_rate=1000.0),
    )
    finding = look(run(base, 200))["rate_high"]
    assert finding.fix is not None
    assert finding.fix.training.learning_rate == finding.values["lower"] == SGD_RATE


def test_a_run_that_ran_away_learns_after_either_remedy() -> None:
    start = read_lesson(LESSONS / "own_table").file.start
    assert start is not None
    away = run(start, 500)
    found = look(away, ran_away=True)
    assert found["not_finite"].fix is not None
    assert found["unscaled"].fix is not None
    scaled = run(found["unscaled"].fix, 500).snapshot()
    assert scaled.test_accuracy is not None
    assert scaled.test_accuracy > 0.85
    trainer, halvings = away, 0
    while (finding := found.get("not_finite") or found.get("diverged")) is not None:
        assert finding.fix is not None
        trainer, halvings = run(finding.fix, 500), halvings + 1
        found = look(trainer, ran_away=trainer.history.ran_away)
    loss = trainer.history.train_loss
    assert halvings <= 10
    assert loss[-1] < 0.5 * loss[0]


def test_units_that_die_once_more_are_drawn_otherwise() -> None:
    base = default_experiment(hidden=(2,))
    layers = (LayerSpec(2, "relu"), LayerSpec(1, "sigmoid"))
    dead = InitialiserSpec("he", bias=-5.0)
    base = replace(
        base,
        network=NetworkSpec(2, layers),
        training=replace(base.training, initialiser=dead),
    )
    drawn = []
    for epochs in (1, 2):
        fix = look(run(base, epochs))["dead_relu"].fix
        assert fix is not None
        drawn.append(fix.network.layers[0].drawn[0])
    assert (drawn[0] != drawn[1]).all()


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


def one_unit(data: DataSpec) -> dict[str, Finding]:
    unit = NetworkSpec(2, (LayerSpec(1, "sigmoid"),))
    return look(run(Experiment(data=data, network=unit), 20))


def test_classes_that_overlap_do_not_need_a_hidden_layer() -> None:
    """No border of any shape tells two clouds apart where they lie over each other."""
    finding = one_unit(PlaneData("gaussians", noise=0.5))["not_separable"]
    assert finding.severity == "warning"
    assert finding.values == {"output": "y", "sample": True}


@pytest.mark.parametrize(("gate", "is_needed"), [("and", False), ("xor", True)])
def test_noise_on_the_rows_of_a_gate_asks_for_no_hidden_layer(gate: str, is_needed: bool) -> None:
    data = GateData(gate, copies=50, noise=0.4)
    rows = build_dataset(data)
    assert not separability(rows.x_train, rows.y_train[:, 0]).separable
    finding = one_unit(data).get("not_separable")
    assert (finding is not None) == is_needed
    assert finding is None or finding.severity == "failure"


def test_what_one_unit_cannot_do_with_derived_inputs_names_them() -> None:
    unit = NetworkSpec(2, (LayerSpec(1, "sigmoid"),))
    squares = Experiment(features=("x1^2", "x2^2"), network=unit)
    finding = look(run(squares, 20))["not_separable"]
    assert finding.values == {"output": "y", "inputs": "x₁², x₂²"}
    product = with_features(squares, ("x1", "x2", "x1*x2"))
    assert "not_separable" not in look(run(product, 20))


def test_rows_that_derived_inputs_make_equal_are_told_with_them() -> None:
    """With x1 x2 alone XOR's first two rows read 0, though their columns differ."""
    unit = NetworkSpec(1, (LayerSpec(1, "sigmoid"),))
    found = look(run(Experiment(features=("x1*x2",), network=unit), 20))["contradiction"]
    rows = {"first": 1, "second": 2, "more": 1, "ceiling": 0.75}
    assert found.values == {**rows, "inputs": "x₁·x₂"}


def test_contradicting_rows_are_counted_as_in_the_table() -> None:
    rows, targets = ((0.0, 1.0), (1.0, 1.0), (0.0, 1.0)), ((1.0,), (0.0,), (0.0,))
    data = TruthTableData(("x1", "x2"), ("y",), rows, targets, copies=5)
    experiment = replace(default_experiment(), data=data)
    (found,) = [f for f in examine(experiment) if f.code == "contradiction"]
    assert {found.values["first"], found.values["second"]} == {1, 3}


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


def test_a_penalty_that_draws_all_weights_to_nothing_is_made_weaker() -> None:
    base = Experiment(
        network=NetworkSpec(2, (LayerSpec(4, "tanh"), LayerSpec(1, "sigmoid"))),
        training=TrainingSpec(loss="binary_cross_entropy", learning_rate=0.5, l2=1.0),
    )
    for penalty in (0.1, 0.01):
        found = look(run(base, 1000))
        assert "plateau" not in found
        mended = found["penalty"].fix
        assert mended is not None
        assert mended.progress is None
        assert mended.training.l2 == pytest.approx(penalty)
        base = mended
    trainer = run(base, 1000)
    assert trainer.snapshot().train_accuracy == 1.0
    assert "penalty" not in look(trainer)


def test_rows_that_fade_behind_many_sigmoids_are_told_from_an_unlucky_start() -> None:
    sigmoids = tuple(LayerSpec(4, "sigmoid") for _ in range(8))
    base = Experiment(
        network=NetworkSpec(2, (*sigmoids, LayerSpec(1, "sigmoid"))),
        training=TrainingSpec(loss="binary_cross_entropy", learning_rate=0.5),
    )
    found = look(run(base, 1000))
    assert "plateau" not in found
    mended = found["fading"].fix
    assert mended is not None
    assert {layer.activation for layer in mended.network.layers[:-1]} == {"tanh"}
    # Of tanh another start is worth a try, and one that is stuck is told so.
    bare = replace(mended, network=mended.network.without_weights())
    trainers = [run(replace(bare, seed=seed), 1000) for seed in range(5)]
    solved = [trainer.snapshot().train_accuracy == 1.0 for trainer in trainers]
    assert any(solved)
    assert not all(solved)
    assert not any("fading" in look(trainer) for trainer in trainers)


def test_units_that_a_high_rate_has_saturated_are_left_until_it_is_lower() -> None:
    base = Experiment(
        network=NetworkSpec(2, (LayerSpec(4, "tanh"), LayerSpec(1, "sigmoid"))),
        training=TrainingSpec(loss="binary_cross_entropy", learning_rate=50.0),
    )
    trainer = run(base, 400)
    codes = look(trainer)
    assert "rate_high" in codes
    assert "saturated" not in codes
    assert "saturated" in {finding.code for finding in examine(trainer.experiment())}


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


@pytest.mark.parametrize(("last", "is_found"), [(1e-8, False), (0.5, True)])
def test_a_test_loss_below_the_training_loss_is_no_overfitting(last: float, is_found: bool) -> None:
    assert overfits(last) == is_found


@pytest.mark.parametrize(("rows", "is_found"), [(1, False), (9, False), (10, True)])
def test_a_rise_on_a_few_test_rows_is_no_overfitting(rows: int, is_found: bool) -> None:
    assert overfits(0.5, test_rows=rows) == is_found


def overfits(last: float, test_rows: int | None = None) -> bool:
    """Tell what is found where the test loss ends at `last`, far above its lowest."""
    epochs = np.linspace(0.0, 1.0, 200)
    train = 0.7 * 0.01**epochs
    test = np.where(epochs < 0.5, 0.7 * 1e-26**epochs, last)
    experiment = default_experiment(PlaneData("moons"))
    rows = build_dataset(experiment)
    few = dataclasses.replace(rows, x_test=rows.x_test[:test_rows], y_test=rows.y_test[:test_rows])
    return "overfitting" in [found.code for found in examine(experiment, few, train, test)]


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
    still = dataclasses.replace(data, x_train=flat)
    assert "constant_input" in [f.code for f in examine(digits, still)]


def test_inputs_of_very_different_size_are_found_and_scaled() -> None:
    experiment = replace(default_experiment(TableData("iris")), data=TableData("iris", "none"))
    data = build_dataset(experiment)
    stretched = dataclasses.replace(data, x_train=data.x_train * np.array([1, 1, 1000, 1]))
    (finding,) = [f for f in examine(experiment, stretched) if f.code == "unscaled"]
    assert finding.fix is not None
    assert finding.fix.data == TableData("iris", "standard")


def test_what_is_standardised_is_not_advised_to_be(tmp_path: Path) -> None:
    path = tmp_path / "rare.csv"
    lines = [f"{n},{'odd' if n == 7 else 'usual'},{n % 2}" for n in range(2000)]
    path.write_text("n,kind,y\n" + "\n".join(lines) + "\n", encoding="utf-8")
    table = CsvData(str(path))
    for data, is_advised in (
        (replace(table, scaling="standard"), False),
        (replace(table, scaling="min_max"), False),
        (replace(table, scaling="none"), True),
    ):
        experiment = default_experiment(data)
        codes = {f.code for f in examine(experiment, build_dataset(experiment))}
        assert "unscaled" not in codes
        assert ("large_inputs" in codes) == is_advised


def test_inputs_that_are_large_alike_are_not_said_to_differ() -> None:
    experiment = replace(default_experiment(TableData("iris")), data=TableData("iris", "none"))
    data = build_dataset(experiment)
    large = dataclasses.replace(data, x_train=data.x_train * 1000)
    found = {f.code: f for f in examine(experiment, large)}
    assert "unscaled" not in found
    assert found["large_inputs"].fix is not None
    assert found["large_inputs"].fix.data == TableData("iris", "standard")


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
    assert finding.values == {"epoch": 0, "lower": SGD_RATE}
    assert finding.fix is not None
    assert finding.fix.training.learning_rate == SGD_RATE
    trainer.post(SetTraining(replace(trainer.learner.training, learning_rate=0.01)))
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


def test_the_rate_that_is_told_is_that_of_the_last_epoch() -> None:
    base = default_experiment()
    schedule = ScheduleSpec("step", every=10, factor=0.5)
    training = replace(base.training, learning_rate=0.8, schedule=schedule)
    loss = 0.7 * (1.0 - 1e-3 * np.arange(100) / 50.0)  # epoch 99 was made at the rate of 98
    found = examine(replace(base, training=training), train_loss=loss)
    (rate,) = (one.values["rate"] for one in found if one.code == "rate_low")
    assert rate == 0.8 * 0.5**9


@pytest.mark.parametrize("epochs", [0, 50])
def test_a_regression_that_has_learned_needs_no_higher_rate(epochs: int) -> None:
    """No share of the variance that is explained is ever 1."""
    base = default_experiment(PlaneData("regression_plane", points=400, noise=0.01))
    learned = run(base, epochs).experiment() if epochs else initialise(base)
    training = replace(learned.training, batch_size=0)
    loss = 0.7 * (1.0 - 1e-3 * np.arange(100) / 50.0)
    found = examine(replace(learned, training=training), train_loss=loss)
    assert ("rate_low" in {one.code for one in found}) == (epochs == 0)


# -- Rows that contradict each other ---------------------------------------------------------------


def test_contradicting_rows_are_named_before_layers_and_rates_are_blamed() -> None:
    recipe = one_unit_experiment(TableData("symptoms"), rows=8, inputs=4)
    found = examine(run(recipe, 2000).experiment())
    assert [finding.code for finding in found] == ["contradiction"]
    assert found[0].severity == "failure"
    assert found[0].values == {"first": 3, "second": 6, "more": 0, "ceiling": 7 / 8}
    table = recipe.data.editable_rows(build_dataset(recipe))
    assert table is not None
    mended = with_input_value(table, 5, 0, 1.0)
    assert look(run(replace(recipe, data=mended), 2000)) == {}


def test_where_rows_are_kept_back_contradictions_are_only_noted() -> None:
    finding = look(run(default_experiment(TableData("titanic")), 2))["contradiction"]
    assert finding.severity == "note"
    assert finding.values["more"] > 100


def test_equal_inputs_with_either_answer_are_a_failure_in_a_sample_too() -> None:
    """Nothing can be learned of six equal rows, whatever their test row and their dead units."""
    titanic = build_dataset(default_experiment(TableData("titanic")))
    equal = dataclasses.replace(
        titanic,
        x_train=np.ones((5, 2)),
        y_train=np.array([[1.0], [0.0], [0.0], [1.0], [0.0]]),
        x_test=np.ones((1, 2)),
        y_test=np.ones((1, 1)),
    )
    layers = (LayerSpec(16, "relu"), LayerSpec(1, "sigmoid"))
    experiment = replace(default_experiment(TableData("titanic")), network=NetworkSpec(2, layers))
    first, *others = examine(initialise(experiment), equal)
    assert (first.code, first.severity) == ("contradiction", "failure")
    assert "dead_relu" in [finding.code for finding in others]


def test_a_hidden_layer_is_still_asked_for_where_the_other_rows_need_one() -> None:
    corners = tuple((float(a), float(b)) for a in (0, 1) for b in (0, 1))
    xor_and_more = TruthTableData(
        ("a", "b"),
        ("y",),
        (*corners, (0.5, 0.5), (0.5, 0.5)),
        ((0.0,), (1.0,), (1.0,), (0.0,), (0.0,), (1.0,)),
    )
    experiment = Experiment(data=xor_and_more, network=NetworkSpec(2, (LayerSpec(1, "sigmoid"),)))
    assert list(look(run(experiment, 5)))[:2] == ["contradiction", "not_separable"]


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


# -- Without a bias --------------------------------------------------------------------------------


def test_a_missing_bias_is_named_before_rates_and_guesses() -> None:
    found = look(run(one_unit_experiment(GateData("or"), 4, 2, use_bias=False), 2000))
    assert next(iter(found)) == "no_bias"
    finding = found["no_bias"]
    assert finding.severity == "failure"
    assert finding.fix is not None
    mended = run(finding.fix, 5000)
    assert mended.snapshot().train_accuracy == 1.0
    assert "no_bias" not in look(mended)


def without_bias(data: DataSpec, activation: Activation, training: TrainingSpec) -> Experiment:
    layer = LayerSpec(1, activation, use_bias=False)
    return Experiment(data=data, network=NetworkSpec(2, (layer,)), training=training)


def test_a_line_through_the_origin_that_is_enough_asks_for_no_bias() -> None:
    signs = ((-1.0, -1.0), (-1.0, 1.0), (1.0, -1.0), (1.0, 1.0))
    answers = {"and": (0, 0, 0, 1), "first": (0, 0, 1, 1)}
    cases: tuple[tuple[str, Activation, bool], ...] = (
        ("and", "sigmoid", True),
        ("and", "step", False),  # which answers 0 on the line itself
        ("first", "sigmoid", False),
        ("first", "step", False),
    )
    for name, activation, expected in cases:
        wanted = tuple((float(value),) for value in answers[name])
        data = TruthTableData(("a", "b"), ("y",), signs, wanted)
        training = (
            TrainingSpec() if activation == "sigmoid" else perceptron_training(TrainingSpec())
        )
        experiment = without_bias(data, activation, training)
        assert ("no_bias" in [finding.code for finding in examine(experiment)]) == expected
        layer = replace(
            experiment.network.layers[0],
            weights=np.array([[1.0], [float(name == "and")]]),
            biases=np.zeros(1),
        )
        by_hand = replace(experiment, network=NetworkSpec(2, (layer,)))
        assert (Trainer(by_hand).snapshot().train_accuracy == 1.0) != expected


@pytest.mark.parametrize(("loss", "expected"), [("squared", False), ("hinge", True)])
def test_outputs_that_turn_at_one_half_have_lines_beside_the_origin(
    loss: Loss, expected: bool
) -> None:
    experiment = without_bias(GateData("or"), "identity", TrainingSpec(loss=loss))
    assert ("no_bias" in look(run(experiment, 200))) == expected


def test_where_no_line_is_enough_no_bias_is_asked_for() -> None:
    codes = look(run(without_bias(GateData("xor"), "sigmoid", TrainingSpec()), 200))
    assert "not_separable" in codes
    assert "no_bias" not in codes


# -- Perceptrons -----------------------------------------------------------------------------------


def perceptron(data: DataSpec, rate: float, batch: int = 1) -> Experiment:
    inputs = build_dataset(data).inputs
    training = replace(perceptron_training(TrainingSpec()), learning_rate=rate, batch_size=batch)
    return Experiment(
        data=data, network=NetworkSpec(inputs, (LayerSpec(1, "step"),)), training=training
    )


@pytest.mark.parametrize("rate", [1e-3, 1.0, 100.0])
@pytest.mark.parametrize("batch", [0, 1])
def test_a_perceptron_cycles_at_any_rate_and_no_rate_is_blamed(rate: float, batch: int) -> None:
    found = look(run(perceptron(GateData("xor"), rate, batch), 300))
    assert "perceptron_cycles" in found
    assert not {"rate_high", "rate_low", "diverged", "not_separable"} & set(found)
    fix = found["perceptron_cycles"].fix
    assert fix is not None
    assert fix.training.optimiser.name == "sgd"


@pytest.mark.parametrize("rate", [1e-3, 1.0, 100.0])
@pytest.mark.parametrize("epochs", [1, 60, 300])
def test_a_perceptron_that_will_come_to_rest_is_not_blamed(rate: float, epochs: int) -> None:
    separable = PlaneData("gaussians", 200, noise=0.0)
    for data in (GateData("or"), GateData("and", 3), separable):
        assert not set(look(run(perceptron(data, rate), epochs))) & {
            "perceptron_cycles", "rate_high", "rate_low", "diverged", "not_separable",
        }  # fmt: skip


def test_a_perceptron_that_has_not_run_goes_round_nowhere_yet() -> None:
    found = look(Trainer(perceptron(GateData("xor"), 1.0)))
    assert "perceptron_cycles" not in found
    assert found["not_separable"].fix is not None
    assert "perceptron_cycles" not in look(Trainer(perceptron(TableData("symptoms"), 1.0)))


def test_a_perceptron_at_the_rate_0_stands_still() -> None:
    found = look(run(perceptron(GateData("xor"), 0.0), 20))
    assert "perceptron_cycles" not in found
    assert "not_separable" in found


def test_a_perceptron_cycles_for_contradicting_rows_which_no_layer_helps() -> None:
    found = look(run(perceptron(TableData("symptoms"), 1.0), 200))
    assert list(found)[:2] == ["contradiction", "perceptron_cycles"]
    assert found["perceptron_cycles"].fix is None


# -- What explains something else ------------------------------------------------------------------


@pytest.mark.parametrize("epochs", [0, 600])
@pytest.mark.parametrize(
    "hidden",
    [
        (LayerSpec(1, "tanh"),),
        (LayerSpec(4, "identity"),),
        (LayerSpec(1, "relu"), LayerSpec(3, "identity"), LayerSpec(1, "sigmoid")),
    ],
)
def test_hidden_layers_that_draw_one_line_are_blamed_and_not_the_start(
    hidden: tuple[LayerSpec, ...], epochs: int
) -> None:
    """No start does XOR with them; their remedy does."""
    network = NetworkSpec(2, (*hidden, LayerSpec(1, "sigmoid")))
    narrow = replace(default_experiment(), network=network)
    found = look(run(narrow, epochs) if epochs else Trainer(narrow))
    assert not {"plateau", "rate_low", "not_separable"} & set(found)
    fix = found["straight_border"].fix
    assert fix is not None
    assert run(fix, 2000).snapshot().train_accuracy == 1.0


@pytest.mark.parametrize(
    ("gate", "hidden"),
    [
        ("and", (LayerSpec(1, "tanh"),)),
        ("xor", (LayerSpec(2, "tanh"),)),
        ("xor", (LayerSpec(1, "tanh"), LayerSpec(2, "tanh"))),
    ],
)
def test_hidden_layers_that_can_do_it_are_let_be(gate: str, hidden: tuple[LayerSpec, ...]) -> None:
    network = NetworkSpec(2, (*hidden, LayerSpec(1, "sigmoid")))
    base = replace(default_experiment(), data=GateData(gate), network=network)
    assert "straight_border" not in look(Trainer(base))


@pytest.mark.parametrize("rate", [0.5, 1e-4])
def test_no_start_and_no_rate_is_blamed_for_what_neither_cures(rate: float) -> None:
    """A softmax of one unit says 1 to every row, wherever it starts."""
    layers = (LayerSpec(4, "tanh"), LayerSpec(1, "softmax"))
    training = TrainingSpec(loss="squared", learning_rate=rate)
    found = look(run(Experiment(network=NetworkSpec(2, layers), training=training), 600))
    assert "single_softmax" in found
    assert not {"plateau", "rate_low"} & set(found)


def test_a_high_rate_that_killed_units_is_not_called_low() -> None:
    """As in the lesson on the doctor: what is left of the network creeps."""
    circle = PlaneData("circle", points=200, noise=0.1)
    layers = (LayerSpec(6, "relu"), LayerSpec(1, "sigmoid"))
    training = TrainingSpec(learning_rate=10.0, initialiser=InitialiserSpec("he"))
    trainer = run(Experiment(data=circle, network=NetworkSpec(2, layers), training=training), 1000)
    loss = trainer.history.train_loss[-1] * (1.0 - 1e-3 * np.arange(100) / 50.0)
    found = {f.code for f in examine(trainer.experiment(), trainer.dataset, loss)}
    assert "dead_relu" in found
    assert "rate_low" not in found


def test_equal_weights_are_blamed_and_not_the_seed_that_draws_none() -> None:
    base = default_experiment()
    zeros = replace(base.training, initialiser=InitialiserSpec("zeros"))
    found = look(run(replace(base, training=zeros), 400))
    assert "symmetric" in found
    assert "plateau" not in found


@pytest.mark.parametrize(("apart", "kinds"), [(1e-15, 1), (1e-3, None)])
def test_copies_that_differ_in_their_last_digit_are_copies(apart: float, kinds: int | None) -> None:
    """As in the lesson on the doctor, after some thousand epochs."""
    base = initialise(default_experiment())
    first, last = base.network.layers
    weights = np.full((2, 4), 0.51) + apart * np.arange(4)
    first = replace(first, weights=weights, biases=np.zeros(4))
    last = replace(last, weights=np.ones((4, 1)))
    found = examine(replace(base, network=NetworkSpec(2, (first, last))))
    said = [finding.values["kinds"] for finding in found if finding.code == "symmetric"]
    assert said == ([] if kinds is None else [kinds])


def test_no_rate_is_low_where_all_is_learned_that_can_be() -> None:
    """Of the article's table only the row that contradicts another stays wrong."""
    trainer = run(one_unit_experiment(TableData("symptoms"), 8, 4, slope_at="a"))
    found = look(trainer)
    assert "contradiction" in found
    assert "rate_low" not in found


# -- Losses that do not fit ------------------------------------------------------------------------


@pytest.mark.parametrize("activation", [a for a in ACTIVATIONS if a != "step"])
@pytest.mark.parametrize("loss", LOSSES)
def test_a_loss_that_cannot_fall_to_nought_is_proposed_away(
    loss: Loss, activation: Activation
) -> None:
    made = build_dataset(TableData("iris", "standard"))
    layers = (LayerSpec(8, "tanh"), LayerSpec(3, activation))
    training = TrainingSpec(
        loss=loss, optimiser=OptimiserSpec("adam"), learning_rate=0.03, batch_size=10
    )
    experiment = Experiment(
        data=TableData("iris", "standard"), network=NetworkSpec(4, layers), training=training
    )
    findings = {f.code: f for f in examine(experiment, made)}
    assert ("loss_misfit" in findings) is not loss_fits(loss, activation)
    if "loss_misfit" in findings:
        fix = findings["loss_misfit"].fix
        assert fix is not None
        assert loss_fits(fix.training.loss, activation)
        assert "loss_misfit" not in {f.code for f in examine(fix, made)}


@pytest.mark.parametrize(("name", "epochs"), [("titanic", 600), ("symptoms", 6000)])
def test_what_has_learned_all_that_can_be_is_not_called_stuck(name: str, epochs: int) -> None:
    """Only rows that contradict each other are wrong: another start gets no further."""
    experiment = default_experiment(TableData(name))
    adam = replace(
        experiment.training, optimiser=OptimiserSpec("adam"), learning_rate=0.02, batch_size=0
    )
    trainer = run(replace(experiment, training=adam), epochs)
    snapshot, losses = trainer.snapshot(), trainer.history.train_loss
    assert snapshot.train_accuracy < 1.0
    assert losses[-200] - losses[-1] < 1e-3 * losses[-200], "its loss stands"
    found = look(trainer)
    assert "contradiction" in found
    assert "plateau" not in found


def test_what_could_have_more_right_is_stuck_beside_contradicting_rows() -> None:
    rows = ((0.0, 0.0), (0.0, 1.0), (1.0, 0.0), (1.0, 1.0), (1.0, 1.0))
    data = TruthTableData(("x1", "x2"), ("y",), rows, ((0.0,), (1.0,), (1.0,), (0.0,), (1.0,)))
    base = default_experiment()
    standing = replace(base.training, learning_rate=1e-6)
    assert "plateau" in look(run(replace(base, data=data, training=standing), 400))


def test_a_rate_of_0_is_told_in_the_place_of_a_stuck_start() -> None:
    base = default_experiment()
    still = replace(base, training=replace(base.training, learning_rate=0.0))
    found = look(run(still, 400))
    assert "plateau" not in found
    fix = found["rate_zero"].fix
    assert fix is not None
    assert fix.training.learning_rate > 0.0


def test_a_schedule_that_has_come_to_0_is_no_stuck_start() -> None:
    base = default_experiment()
    schedule = ScheduleSpec("cosine", every=5)
    ended = replace(base, training=replace(base.training, schedule=schedule, learning_rate=1e-3))
    assert "plateau" not in look(run(ended, 400))
