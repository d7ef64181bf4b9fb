"""The accuracies of a snapshot are those of its weights, on the rows it names."""

from __future__ import annotations

from model.experiment import Experiment, OptimiserSpec, PlaneData, SplitSpec, TrainingSpec
from model.training import Trainer


def circle(points: int) -> Experiment:
    """Return an experiment in batches of 16, a third of its points for testing."""
    spec = TrainingSpec(batch_size=16, optimiser=OptimiserSpec("adam"), learning_rate=0.03)
    return Experiment(data=PlaneData("circle", points), split=SplitSpec(0.3), training=spec, seed=4)


def test_stopped_within_an_epoch_of_large_data_the_accuracy_is_that_of_the_weights_left() -> None:
    calls = iter([False] * 40 + [True])
    trainer = Trainer(circle(20_000))
    snapshot = trainer.run(lambda: next(calls)).snapshot
    assert snapshot.batch > 0
    data = trainer.dataset
    right = (trainer.network.forward(data.x_test) > 0.5) == (data.y_test > 0.5)
    assert snapshot.test_accuracy == right.mean()


def test_the_training_accuracy_says_how_many_rows_it_is_measured_on() -> None:
    small, large = Trainer(circle(60)), Trainer(circle(20_000))
    assert small.snapshot().train_rows == len(small.dataset.x_train)
    data, snapshot = large.dataset, large.snapshot()
    assert snapshot.train_rows < len(data.x_train)
    first = slice(0, snapshot.train_rows)
    answers = large.network.forward(data.x_train[first])
    decided = abs(answers - 0.5) > 0.0005
    right = decided & ((answers > 0.5) == (data.y_train[first] > 0.5))
    assert snapshot.train_accuracy == right.mean()
    assert snapshot.train_undecided == (~decided).sum() > 0
