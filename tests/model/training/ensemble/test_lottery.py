"""How many random starts get there, and how sure that share is."""

from __future__ import annotations

from collections import Counter

import numpy as np
import pytest
from msgspec.structs import replace
from numpy.testing import assert_array_equal
from scipy.stats import binomtest
from sklearn.metrics import r2_score

from model.data import build_dataset
from model.defaults import default_experiment
from model.experiment import (
    Experiment,
    GateData,
    LayerSpec,
    NetworkSpec,
    PlaneData,
    StopSpec,
    TableData,
)
from model.network import Network
from model.training.ensemble.lottery import draw_lottery, solved_threshold, wilson_interval


def two_units(stop: StopSpec) -> Experiment:
    """Return XOR with two hidden units, which half of the starts solve."""
    base = default_experiment()
    layers = (LayerSpec(2, "tanh"), LayerSpec(1, "sigmoid"))
    optimiser = replace(base.training.optimiser, name="adam")
    training = replace(base.training, stop=stop, optimiser=optimiser, learning_rate=0.05)
    return replace(base, network=NetworkSpec(2, layers), training=training)


@pytest.mark.parametrize("solved", [0, 1, 50, 99, 100])
def test_the_interval_is_wilsons(solved: int) -> None:
    theirs = binomtest(solved, 100).proportion_ci(0.95, method="wilson")
    assert wilson_interval(solved, 100) == pytest.approx((theirs.low, theirs.high), abs=1e-12)


def test_only_a_clean_truth_table_must_be_wholly_right() -> None:
    assert solved_threshold(default_experiment()) == 1.0
    assert solved_threshold(default_experiment(GateData("xor", copies=9, noise=0.2))) == 0.95
    assert solved_threshold(default_experiment(PlaneData("moons"))) == 0.95


def test_no_more_counts_as_solved_than_rows_that_contradict_no_other() -> None:
    """Of Titanic's rows 724 of 921 want what most with their class and sex want, of Symptoms' 6."""
    titanic = default_experiment(TableData("titanic"))
    assert solved_threshold(titanic) == 724 / 921
    symptoms = default_experiment(TableData("symptoms"))
    assert solved_threshold(symptoms) == 6 / 8
    training = replace(symptoms.training, stop=StopSpec(epochs=3000), batch_size=0)
    lottery = draw_lottery(replace(symptoms, training=training), range(4))
    assert lottery.solved.all()


def test_outcomes_are_told_seed_by_seed() -> None:
    shares: list[float] = []
    lottery = draw_lottery(two_units(StopSpec(epochs=300)), range(40, 160), publish=shares.append)
    assert lottery.seeds.tolist() == list(range(40, 160))
    assert 0 < lottery.solved.sum() < 120
    for place, seed in enumerate(lottery.seeds):
        member = lottery.members[seed]
        assert lottery.solved[place] == (member.accuracy == 1.0)
        assert lottery.last_losses[place] == member.train_loss == lottery.losses[place, -1]
    assert lottery.reasons == {"epochs": 120}
    assert lottery.epochs.tolist() == list(range(301))
    assert shares == sorted(shares)
    assert shares[-1] == 1.0


def test_starts_are_judged_on_their_own_test_rows_however_they_are_cut() -> None:
    """Beside what the most common training class gets there, and what no function exceeds."""
    made = default_experiment(TableData("titanic"))
    training = replace(made.training, stop=StopSpec(epochs=3), batch_size=0)
    titanic = replace(made, training=training)
    scores = draw_lottery(titanic, range(140)).held_out
    guesses, ceilings = [], []
    for seed, value in enumerate(scores.values):
        data = build_dataset(replace(titanic, seed=seed))
        member = draw_lottery(titanic, [seed]).members[seed] if seed in (0, 139) else None
        if member is not None:
            answers = Network.of(member.experiment).forward(data.x_test) > 0.5
            assert value == np.mean(answers == (data.y_test > 0.5))
        wanted = data.y_test[:, 0]
        guesses.append(np.mean(wanted == round(data.y_train.mean())))
        alike = Counter(map(tuple, np.hstack([data.x_test, data.y_test]).tolist()))
        best: Counter[tuple[float, ...]] = Counter()
        for (*inputs, _), count in alike.items():
            best[tuple(inputs)] = max(best[tuple(inputs)], count)
        ceilings.append(best.total() / len(wanted))
    assert scores.rows == 395
    assert scores.baseline == pytest.approx(np.mean(guesses))
    assert scores.ceiling == pytest.approx(max(ceilings))
    assert (scores.known <= scores.ceiling).all()


def test_a_regression_is_judged_by_r_squared_and_a_gate_on_no_test_rows() -> None:
    made = default_experiment(PlaneData("regression_plane", points=40))
    plane = replace(made, training=replace(made.training, stop=StopSpec(epochs=5)))
    lottery = draw_lottery(plane, range(3))
    for seed, value in zip(lottery.seeds, lottery.held_out.values, strict=True):
        data = build_dataset(replace(plane, seed=int(seed)))
        outputs = Network.of(lottery.members[seed].experiment).forward(data.x_test)
        assert value == pytest.approx(r2_score(data.y_test, outputs))
    assert lottery.held_out.ceiling == 1.0
    assert draw_lottery(two_units(StopSpec(epochs=2)), range(2)).held_out is None


def test_a_start_that_diverged_has_no_score() -> None:
    made = default_experiment(PlaneData("regression_plane", points=40))
    optimiser = replace(made.training.optimiser, name="sgd")
    training = replace(made.training, optimiser=optimiser, learning_rate=1e6)
    lottery = draw_lottery(replace(made, training=training), range(2))
    assert lottery.reasons == {"diverged": 2}
    assert np.isnan(lottery.held_out.values).all()
    assert len(lottery.held_out.known) == 0


def test_long_curves_are_thinned_and_endless_ones_end() -> None:
    lottery = draw_lottery(two_units(StopSpec()), range(3))
    assert lottery.reasons == {"epochs": 3}
    assert lottery.epochs[-1] == 1000
    assert 250 < lottery.losses.shape[1] <= 501
    assert_array_equal(lottery.losses[:, -1], lottery.last_losses)


def test_a_stopped_lottery_tells_of_the_seeds_it_began() -> None:
    lottery = draw_lottery(two_units(StopSpec(epochs=9)), range(5000), lambda: True)
    begun = len(lottery.seeds)
    assert 0 < begun < 5000
    assert lottery.losses.shape == (begun, 1)
    assert lottery.solved.shape == lottery.last_losses.shape == (begun,)
    assert lottery.reasons == {"stopped": begun}
