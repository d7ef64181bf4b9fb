"""Deeds in any order and at any moment of reading, preparing, training: at rest all agree.

Edits, undo, Save, steps and the time machine come while a worker reads a table, makes a trainer or
trains. How far each has come then is up to the clock; what must hold at the end is not.
"""

from __future__ import annotations

import random
from collections.abc import Callable

import numpy as np
import pytest
from msgspec.structs import replace
from pytestqt.qtbot import QtBot

from gui.build_tab.build_model import BuildModel
from gui.build_tab.state import Activity
from gui.document import ExperimentDocument
from model.data import build_dataset
from model.data.cache import forget_datasets
from model.defaults import default_experiment
from model.edits import network as edits
from model.experiment import CsvData, DataSpec, Experiment, GateData, PlaneData, StopSpec
from model.training import Trainer

DEEDS, FEW, MANY = 45, 12, 200
LONG_MS = 60_000


def start(rng: random.Random) -> Experiment:
    """Return something to begin with, small or so large that its trainer takes a while to make."""
    known: list[DataSpec] = [GateData("xor"), PlaneData("circle", points=10_000)]
    data = rng.choice(known)
    experiment = default_experiment(data)
    training = replace(
        experiment.training,
        stop=StopSpec(epochs=rng.choice([0, 40])),
        batch_size=rng.choice([0, 16]),
    )
    experiment = edits.with_training(experiment, training)
    return edits.with_units(experiment, 0, 300) if rng.random() < 0.5 else experiment


def deeds(
    model: BuildModel, rng: random.Random, table: CsvData, qtbot: QtBot
) -> dict[str, tuple[int, Callable[[], object]]]:
    """Return what a person may do, and how often of all."""
    document = model.document

    def set_training(**settings: object) -> None:
        model.set_training(replace(document.experiment.training, **settings), "training")

    def split() -> None:
        fraction = rng.choice([0.1, 0.3, 0.5])
        model.set_split(replace(document.experiment.split, test_fraction=fraction), "split", "s")

    def set_weight() -> None:
        value = rng.uniform(-2, 2)
        model.edit("weight", lambda e: edits.with_weight(e, 0, 0, 0, value))

    def travel() -> None:
        run = model.state.run
        model.show_epoch(rng.randint(run.first_epoch, run.last_epoch))

    return {
        "wait": (8, lambda: qtbot.wait(rng.choice([1, 20, 60, 260]))),
        "train": (4, model.train),
        "pause": (2, model.pause),
        "toggle": (2, model.toggle_training),
        "step": (2, lambda: model.step(whole_epoch=False)),
        "epoch": (2, lambda: model.step(whole_epoch=True)),
        "reset": (1, model.reset),
        "new start": (2, model.new_start),
        "undo": (2, document.undo_stack.undo),
        "redo": (2, document.undo_stack.redo),
        "weight": (2, set_weight),
        "units": (2, lambda: model.set_units(0, rng.randint(2, 8))),
        "activation": (2, lambda: model.set_activation(0, rng.choice(["tanh", "relu"]))),
        "drop-out": (2, lambda: model.set_dropout(0, rng.choice([0.0, 0.2]))),
        "rate": (2, lambda: set_training(learning_rate=rng.choice([0.01, 0.1]))),
        "batch": (2, lambda: set_training(batch_size=rng.choice([0, 8]))),
        "split": (2, split),
        "table": (2, lambda: model.choose_data(table)),
        "gate": (1, lambda: model.choose_data(GateData("and"))),
        "travel": (2, travel),
        "branch": (2, model.branch),
        "save": (2, lambda: model.while_paused(lambda: None)),
        "give up": (1, model.stop_waiting),
        "close": (1, model.request_close),
        "forget": (1, forget_datasets),
        "load": (1, lambda: document.load(default_experiment(GateData("nor")), None)),
    }


def come_to_rest(qtbot: QtBot, model: BuildModel) -> None:
    """Pause, and read what was given up."""

    def is_at_rest() -> bool:
        return model.is_idle and model.state.activity is Activity.REST

    model.pause()
    qtbot.waitUntil(is_at_rest, timeout=LONG_MS)
    if not model.state.data.is_ready:
        model.read_data_again()
        qtbot.waitUntil(is_at_rest, timeout=LONG_MS)


def check(model: BuildModel) -> None:
    """Assert that what is shown is the document's, and that its trainer goes on as it says."""
    shown, state, document = model.shown, model.state, model.document
    assert state.data.is_ready
    assert state.experiment is shown
    for weights, layer in zip(state.network.weights, shown.network.layers, strict=True):
        np.testing.assert_array_equal(weights, layer.weights)
    dataset = build_dataset(shown)
    np.testing.assert_array_equal(state.dataset.x_train, dataset.x_train)
    trainer = model.training.trainer
    if trainer is None or model.training.synced != document.experiment:
        return
    alike = Trainer(document.experiment, dataset)
    assert trainer.step_epoch().epoch == alike.step_epoch().epoch
    assert not trainer.rejected
    np.testing.assert_array_equal(trainer.learner.theta, alike.learner.theta)


def follow(qtbot: QtBot, table: CsvData, seed: int) -> None:
    """Do what a seed says, and check what came of it."""
    rng, done = random.Random(seed), []
    model = BuildModel(ExperimentDocument(start(rng)))
    model.set_speed(rng.choice([None, 100.0]))
    known = deeds(model, rng, table, qtbot)
    try:
        for name in rng.choices(list(known), [often for often, _ in known.values()], k=DEEDS):
            done.append(name)
            known[name][1]()
        come_to_rest(qtbot, model)
        check(model)
    except Exception as error:
        error.add_note(f"seed {seed}: {done}")
        raise
    finally:
        model.request_close()
        qtbot.waitUntil(lambda: model.is_idle, timeout=LONG_MS)


@pytest.mark.parametrize("seed", range(FEW))
def test_all_agree_after_deeds_in_any_order(
    qtbot: QtBot, table: CsvData, nothing_read_before: None, seed: int
) -> None:
    follow(qtbot, table, seed)


@pytest.mark.slow
@pytest.mark.timeout(1800)
def test_all_agree_after_many_deeds_in_any_order(
    qtbot: QtBot, table: CsvData, nothing_read_before: None
) -> None:
    for seed in range(FEW, MANY):
        follow(qtbot, table, seed)
