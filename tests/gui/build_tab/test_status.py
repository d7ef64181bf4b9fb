"""Since when all rows of a table have been right."""

from __future__ import annotations

import numpy as np
from msgspec import structs

from gui.build_tab.status import right_since, rows_sentence
from gui.format import show_fixed
from model.defaults import default_experiment
from model.experiment import (
    Experiment,
    GateData,
    LayerSpec,
    NetworkSpec,
    PlaneData,
    SplitSpec,
    StopSpec,
    TrainingSpec,
)
from model.training import Trainer
from tests.gui.build_tab.plot_states import state_of


def gate(bias: float, epochs: int) -> Experiment:
    """Return AND, right from the start where the bias is -15."""
    layer = LayerSpec(1, "sigmoid", weights=np.array([[10.0], [10.0]]), biases=np.array([bias]))
    return Experiment(
        data=GateData("and"),
        network=NetworkSpec(2, (layer,)),
        training=TrainingSpec(learning_rate=1.0, stop=StopSpec(epochs=epochs)),
    )


def since(experiment: Experiment) -> tuple[int | None, Trainer]:
    trainer = Trainer(experiment)
    end = trainer.run().snapshot
    return right_since(state_of(trainer, end), trainer.history), trainer


def test_rows_that_are_right_before_training_have_been_so_since_epoch_0() -> None:
    assert since(gate(-15.0, 3))[0] == 0


def test_a_run_that_goes_on_from_a_kept_epoch_names_none_that_it_does_not_know() -> None:
    epoch, trainer = since(gate(-9.0, 30))
    assert epoch is not None
    assert 0 < epoch < 30, "wrong at first, right in the end"
    kept = structs.replace(
        trainer.experiment(),
        training=structs.replace(trainer.experiment().training, stop=StopSpec(epochs=35)),
    )
    assert since(kept)[0] is None


def test_a_regression_is_judged_by_the_rows_kept_back() -> None:
    trainer = Trainer(default_experiment(PlaneData("regression_plane", points=60)))
    state = state_of(trainer, trainer.snapshot())
    assert state.snapshot is not None
    assert state.snapshot.test_accuracy is not None
    value = show_fixed(state.snapshot.test_accuracy, 3)
    assert rows_sentence(state, None) == f"R² {value} on the test rows."
    whole = structs.replace(trainer.experiment(), split=SplitSpec())
    trainer = Trainer(whole)
    state = state_of(trainer, trainer.snapshot())
    assert rows_sentence(state, None).endswith("on the training rows.")


def test_a_run_that_goes_on_while_rows_are_wrong_names_the_epoch() -> None:
    epoch, whole = since(gate(-9.0, 30))
    assert epoch is not None
    kept = whole.history.restore(epoch - 1)
    assert kept.progress is not None
    assert kept.progress.epoch == epoch - 1 > 0
    assert since(kept)[0] == epoch


def test_a_run_that_goes_on_within_its_first_epoch_does_not_know_since_when() -> None:
    start = gate(-9.0, 60)
    one_row = structs.replace(start.training, batch_size=1)
    trainer = Trainer(structs.replace(start, training=one_row))
    trainer.step_batch()
    assert since(trainer.experiment())[0] is None
