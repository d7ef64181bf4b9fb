"""Random sequences of edits: document, table, canvas and plots stay equal to the model."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)
from msgspec.structs import replace
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from gui.build.canvas.targets import WeightAt
from gui.build.data_panel.table_edits import as_table
from gui.build.training_controller import TrainingController
from gui.build.workbench import Workbench
from gui.document import ExperimentDocument, edits
from model.data import build_dataset
from model.defaults import default_experiment
from model.experiment import GateData, PlaneData, SplitSpec
from model.files import read_experiment, write_experiment
from model.network import Network

MOST_LAYERS = 4
DATA = (GateData("xor"), GateData("and"), GateData("half_adder"), PlaneData("circle", 40, 0.1))


class Editing(RuleBasedStateMachine):
    """A person who does anything, in any order."""

    def __init__(self) -> None:
        super().__init__()
        self.document = ExperimentDocument(default_experiment())
        self.controller = TrainingController(self.document)
        self.refused: list[str] = []
        self.controller.failed.connect(lambda text, _: self.refused.append(text))
        self.bench = Workbench(self.document, self.controller)
        self.controller.state_shown.connect(self.bench.show_state)
        self.bench.resize(1440, 820)
        self.bench.show()
        self.folder = tempfile.TemporaryDirectory()
        self.saved = None

    def teardown(self) -> None:
        self.bench.request_close()
        while not self.bench.is_idle:
            QApplication.processEvents()
        self.bench.close()
        self.bench.deleteLater()
        QApplication.processEvents()
        self.folder.cleanup()

    @property
    def layers(self) -> int:
        return len(self.document.experiment.network.layers)

    @rule(data=st.data())
    def change_units(self, data: st.DataObject) -> None:
        if self.layers > 1:
            layer = data.draw(st.integers(0, self.layers - 2))
            self.bench.canvas.units_changed.emit(layer, data.draw(st.integers(1, 6)))

    @rule(data=st.data())
    def add_layer(self, data: st.DataObject) -> None:
        if self.layers < MOST_LAYERS:
            self.bench.canvas.layer_added.emit(data.draw(st.integers(0, self.layers - 1)))

    @rule(data=st.data())
    def remove_layer(self, data: st.DataObject) -> None:
        if self.layers > 1:
            self.bench.canvas.layer_removed.emit(data.draw(st.integers(0, self.layers - 2)))

    @rule(data=st.data(), value=st.floats(-5, 5), gesture=st.sampled_from(["a", "b"]))
    def type_a_weight(self, data: st.DataObject, value: float, gesture: str) -> None:
        layer = data.draw(st.integers(0, self.layers - 1))
        spec = self.document.experiment.network.layers[layer]
        assert spec.weights is not None
        rows, units = spec.weights.shape
        row = data.draw(st.integers(0, rows if spec.use_bias else rows - 1))
        unit = data.draw(st.integers(0, units - 1))
        self.bench.canvas.weight_edited.emit(layer, row, unit, value, gesture)
        after = self.document.experiment.network.layers[layer]
        assert after.weights is not None
        assert after.biases is not None
        assert (after.biases[unit] if row == rows else after.weights[row, unit]) == value

    @rule(data=st.data())
    def pin_a_weight(self, data: st.DataObject) -> None:
        layer = data.draw(st.integers(0, self.layers - 1))
        self.bench.canvas.pin_toggled.emit(layer, 0, 0)

    @rule(data=st.data(), on=st.booleans())
    def switch_the_bias(self, data: st.DataObject, on: bool) -> None:
        self.bench.canvas.bias_toggled.emit(data.draw(st.integers(0, self.layers - 1)), on)

    @rule(data=st.data(), name=st.sampled_from(["tanh", "relu", "sigmoid"]))
    def choose_an_activation(self, data: st.DataObject, name: str) -> None:
        if self.layers > 1:
            layer = data.draw(st.integers(0, self.layers - 2))
            self.bench.canvas.activation_chosen.emit(layer, name)

    @rule(data=st.sampled_from(DATA))
    def choose_data(self, data: GateData) -> None:
        self.bench.choose_data(data)

    @rule(row=st.integers(0, 3))
    def flip_a_target(self, row: int) -> None:
        table = self.bench.data.table
        if as_table(self.document.experiment.data) is not None:
            table.view.clicked.emit(table.model.index(row, table.model.inputs))

    @rule(name=st.sampled_from(["adam", "sgd", "momentum"]), rate=st.sampled_from([0.03, 0.5]))
    def change_settings(self, name: str, rate: float) -> None:
        training = self.document.experiment.training
        optimiser = replace(training.optimiser, name=name)
        changed = replace(training, optimiser=optimiser, learning_rate=rate)
        self.bench.bar.training_edited.emit(changed, "settings", "")

    @rule(share=st.sampled_from([0.0, 0.25]))
    def split(self, share: float) -> None:
        data = self.document.experiment.data
        if isinstance(data, PlaneData):
            self.bench.data.split_edited.emit(SplitSpec(share), "split", "")

    @rule(whole=st.booleans())
    def step(self, whole: bool) -> None:
        self.controller.step(whole)

    @rule()
    def reset(self) -> None:
        self.controller.reset()

    @rule()
    def new_start(self) -> None:
        self.controller.new_start()

    @rule(data=st.data())
    def travel(self, data: st.DataObject) -> None:
        first, last = self.controller.first_epoch, self.controller.last_epoch
        self.controller.show_epoch(data.draw(st.integers(first, max(first, last))))

    @rule()
    def undo(self) -> None:
        self.document.undo_stack.undo()

    @rule()
    def redo(self) -> None:
        self.document.undo_stack.redo()

    @rule()
    def save(self) -> None:
        path = Path(self.folder.name) / "x.glassnet"
        write_experiment(path, self.document.experiment)
        self.document.mark_saved(path)
        self.saved = self.document.experiment

    @precondition(lambda self: self.saved is not None)
    @rule()
    def open(self) -> None:
        path = Path(self.folder.name) / "x.glassnet"
        experiment = read_experiment(path)
        assert experiment == self.saved
        self.document.load(experiment, path)

    @invariant()
    def nothing_was_refused(self) -> None:
        assert self.refused == []

    @invariant()
    def the_state_is_the_documents(self) -> None:
        state = self.controller.state
        if not self.controller.is_in_past:
            assert state.experiment == self.document.experiment
        fresh = Network.of(state.experiment)
        for ours, shown in zip(fresh.weights, state.network.weights, strict=True):
            np.testing.assert_array_equal(ours, shown)
        expected = build_dataset(state.experiment)
        np.testing.assert_array_equal(expected.x_train, state.dataset.x_train)
        np.testing.assert_array_equal(expected.y_train, state.dataset.y_train)

    @invariant()
    def the_table_shows_the_networks_answers(self) -> None:
        state = self.controller.state
        table = as_table(state.experiment.data)
        if table is not None:
            model = self.bench.data.table.model
            assert model.table == table
            assert model.outputs is not None
            np.testing.assert_array_equal(
                model.outputs, Network.of(state.experiment).forward(np.array(table.rows))
            )

    @invariant()
    def the_canvas_shows_the_weights(self) -> None:
        scene = self.bench.canvas.scene
        for index, layer in enumerate(self.controller.state.experiment.network.layers):
            assert layer.weights is not None
            for row in range(len(layer.weights)):
                for unit in range(min(layer.units, 8)):
                    at = WeightAt(index, row, unit)
                    if scene.contains(at):
                        assert scene.weight(at) == layer.weights[row, unit]

    @invariant()
    def the_bar_shows_the_settings(self) -> None:
        experiment = self.controller.state.experiment
        assert self.bench.bar.optimiser.currentData() == experiment.training.optimiser.name
        assert self.bench.bar.seed.text() == str(experiment.seed)

    @invariant()
    def the_training_can_go_on_from_what_is_shown(self) -> None:
        edits.fresh(self.document.experiment)
        assert self.controller.first_epoch <= self.controller.shown_epoch or (
            self.controller.history is not None
        )


def run(examples: int, steps: int) -> None:
    run_state_machine_as_test(
        Editing,
        settings=settings(
            max_examples=examples,
            stateful_step_count=steps,
            deadline=None,
            suppress_health_check=list(HealthCheck),
            derandomize=not os.environ.get("GLASSNET_RANDOM"),
            database=None,
        ),
    )


@pytest.mark.timeout(240)
def test_random_edits_keep_every_view_equal_to_the_model(qtbot: QtBot) -> None:
    run(examples=12, steps=20)


@pytest.mark.slow
@pytest.mark.timeout(1800)
def test_two_hundred_random_sequences_of_edits(qtbot: QtBot) -> None:
    run(examples=200, steps=30)
