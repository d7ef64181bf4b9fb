"""What a file keeps of runs: thinned so that it fits, and whole where that is little."""

from __future__ import annotations

import json

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace
from numpy.testing import assert_array_equal

from model.defaults import default_experiment
from model.experiment import (
    Curve,
    Experiment,
    GateData,
    Past,
    PastFinding,
    PlaneData,
    SplitSpec,
    with_past,
)
from model.files import decode, encode
from model.training import Trainer
from model.training.runs import (
    Losses,
    losses_in,
    losses_of,
    past_of,
    past_run,
    past_trained,
    record_of,
    runs_in,
    thinned,
)
from tests.model.refusals import refused

MAX_BYTES = 1_000_000
"""What docs/experiment-format.md says of the past in a file."""


def noisy(epochs: int, first: int = 0) -> Losses:
    draw = np.random.default_rng(7)
    train = np.exp(-np.linspace(0, 5, epochs)) * (1 + 0.2 * draw.random(epochs))
    return Losses(range(first, first + epochs), train, train + 0.1 * draw.random(epochs))


def written(experiment: Experiment, past: Past | None) -> int:
    """Return how many bytes a past takes in a file."""
    return len(encode(with_past(experiment, past))) - len(encode(experiment))


def test_a_short_run_is_kept_whole_and_comes_back() -> None:
    experiment = replace(
        default_experiment(PlaneData("moons", 40)), split=SplitSpec(test_fraction=0.25)
    )
    trainer = Trainer(experiment)
    for _ in range(12):
        trainer.step_epoch()
    past = past_trained(trainer.history, experiment.past, experiment.data)
    assert past.curve.epochs == tuple(range(13))
    saved = with_past(trainer.experiment(), past)
    read = decode(encode(saved))
    assert read == saved
    assert isinstance(read.past, Past)
    losses = losses_of(read.past.curve)
    assert_array_equal(losses.train, trainer.history.train_loss)
    reached = trainer.snapshot()
    shares = reached.train_accuracy, reached.test_accuracy
    assert (losses.accuracy, losses.test_accuracy) == shares
    assert_array_equal(losses.test, trainer.history.test_loss)


@given(st.integers(2, 3000), st.integers(4, 400))
def test_thinning_keeps_first_last_and_lowest(epochs: int, most: int) -> None:
    losses = noisy(epochs, first=5)
    curve = thinned(losses, most)
    assert len(curve.epochs) <= most + 5
    assert curve.epochs[0] == 5
    assert curve.epochs[-1] == 5 + epochs - 1
    assert min(curve.train) == losses.train.min()
    assert min(value for value in curve.test if value is not None) == losses.test.min()
    at = np.array(curve.epochs) - 5
    assert_array_equal(curve.train, losses.train[at])


def test_losses_that_are_no_numbers_are_left_out() -> None:
    train = np.array([1.0, np.inf, 0.5, np.nan])
    test = np.array([np.nan, 1.0, 0.25, 1.0])
    curve = thinned(Losses(range(4), train, test), 100)
    assert curve == Curve((0, 2), (1.0, 0.5), (None, 0.25))
    assert thinned(Losses(range(2), np.full(2, np.nan)), 100) is None


def test_a_long_past_takes_at_most_a_megabyte() -> None:
    experiment = default_experiment()
    runs = [record_of(experiment, noisy(20_000), before) for before in range(20)]
    past = past_of(noisy(400_000), runs, (), experiment.data)
    assert len(past.runs) == 20
    assert past.curve.epochs[-1] == 399_999
    assert MAX_BYTES / 4 < written(experiment, past) <= MAX_BYTES


def test_the_oldest_of_very_many_runs_go() -> None:
    experiment = default_experiment()
    points = replace(default_experiment(PlaneData("moons")), seed=3)
    runs = [record_of(points, noisy(500), before) for before in range(600)]
    past = past_of(None, runs, (), experiment.data)
    assert 0 < len(past.runs) < 600
    assert past.runs[-1].before == 599
    assert written(experiment, past) <= MAX_BYTES


def test_nothing_to_keep_leaves_nothing_in_the_file() -> None:
    experiment = default_experiment()
    assert past_of(None, [], (), experiment.data) is None
    assert "past" not in json.loads(encode(with_past(experiment, None)))


def test_runs_come_back_with_their_names_and_settings() -> None:
    experiment = default_experiment()
    run = record_of(replace(experiment, data=GateData("and"), seed=4), noisy(9), 1)
    run = replace(run, name="steep", visible=False)
    own = record_of(experiment, noisy(5), 0)
    finding = PastFinding("plateau", "warning", {"loss": 0.25, "layer": 1, "name": "x"})
    past = past_of(None, [run, own], [finding], experiment.data)
    again = decode(encode(with_past(experiment, past))).past
    assert isinstance(again, Past)
    assert again.findings == (finding,)
    first, second = runs_in(again, experiment.data)
    for name in ("data", "seed", "training", "units", "activation", "before", "name", "visible"):
        assert getattr(first, name) == getattr(run, name)
    assert second.data == experiment.data
    assert again.runs[1].data is None
    assert_array_equal(first.train, run.train)


def test_a_training_goes_on_with_the_curve_of_its_file() -> None:
    experiment = default_experiment()
    trainer = Trainer(experiment)
    for _ in range(5):
        trainer.step_epoch()
    saved = with_past(
        trainer.experiment(), past_trained(trainer.history, experiment.past, experiment.data)
    )
    on = Trainer(saved)
    for _ in range(3):
        on.step_epoch()
    past = past_trained(on.history, saved.past, saved.data)
    assert past.curve.epochs == tuple(range(9))
    assert past.curve.train[:6] == tuple(trainer.history.train_loss.tolist())
    elsewhere = Trainer(replace(saved, progress=None))
    elsewhere.step_epoch()
    other = past_trained(elsewhere.history, saved.past, saved.data)
    assert other.curve.epochs == (0, 1)


def test_a_run_that_is_over_has_its_saved_part() -> None:
    experiment = default_experiment()
    trainer = Trainer(experiment)
    trainer.step_epoch()
    on = Trainer(trainer.experiment())
    on.step_epoch()
    saved = losses_in(trainer.history)
    record = past_run(experiment, on.history, 0, saved)
    assert list(record.epochs) == [0, 1, 2]
    assert losses_in(None, saved) is saved


@pytest.mark.parametrize(
    "curve",
    [
        {"epochs": [], "train": []},
        {"epochs": [0, 1], "train": [0.5]},
        {"epochs": [1, 0], "train": [0.5, 0.4]},
        {"epochs": [-1], "train": [0.5]},
        {"epochs": [0, 1], "train": [0.5, 0.4], "test": [0.1]},
        {"epochs": [0], "train": ["low"]},
    ],
)
def test_a_damaged_past_is_one_clear_fault(curve: dict[str, object]) -> None:
    document = json.loads(encode(default_experiment()))
    document["past"] = {"curve": curve}
    with refused("file.invalid") as caught:
        decode(json.dumps(document).encode())
    assert "past.curve" in caught.value.sentence()
