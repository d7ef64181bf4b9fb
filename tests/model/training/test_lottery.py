"""How many random starts get there, and how sure that share is."""

from __future__ import annotations

import msgspec
import numpy as np
import pytest
from scipy.stats import binomtest

from model.defaults import default_experiment
from model.errors import ModelError
from model.experiment import (
    Experiment,
    GateData,
    LayerSpec,
    NetworkSpec,
    PlaneData,
    StopSpec,
    TableData,
)
from model.training.lottery import draw_lottery, solved_from, wilson_interval

replace = msgspec.structs.replace


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


@pytest.mark.parametrize(("solved", "seeds"), [(0, 0), (3, 2), (-1, 2)])
def test_counts_that_cannot_be_have_no_interval(solved: int, seeds: int) -> None:
    with pytest.raises(ModelError, match="Use "):
        wilson_interval(solved, seeds)


def test_only_a_clean_truth_table_must_be_wholly_right() -> None:
    assert solved_from(default_experiment()) == 1.0
    assert solved_from(default_experiment(GateData("xor", copies=9, noise=0.2))) == 0.95
    assert solved_from(default_experiment(PlaneData("moons"))) == 0.95


def test_no_more_counts_as_solved_than_rows_that_contradict_no_other() -> None:
    """Of Titanic's rows 724 of 921 want what most with their class and sex want, of Symptoms' 6."""
    titanic = default_experiment(TableData("titanic"))
    assert solved_from(titanic) == 724 / 921
    symptoms = default_experiment(TableData("symptoms"))
    assert solved_from(symptoms) == 6 / 8
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


def test_long_curves_are_thinned_and_endless_ones_end() -> None:
    lottery = draw_lottery(two_units(StopSpec()), range(3))
    assert lottery.reasons == {"epochs": 3}
    assert lottery.epochs[-1] == 1000
    assert 250 < lottery.losses.shape[1] <= 501
    np.testing.assert_array_equal(lottery.losses[:, -1], lottery.last_losses)


def test_a_stopped_lottery_tells_of_the_seeds_it_began() -> None:
    lottery = draw_lottery(two_units(StopSpec(epochs=9)), range(5000), lambda: True)
    begun = len(lottery.seeds)
    assert 0 < begun < 5000
    assert lottery.losses.shape == (begun, 1)
    assert lottery.solved.shape == lottery.last_losses.shape == (begun,)
    assert lottery.reasons == {"stopped": begun}
