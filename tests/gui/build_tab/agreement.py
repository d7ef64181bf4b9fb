"""What a person sees on the Build tab, compared with a forward pass of the document's network."""

from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QComboBox, QLabel, QLineEdit, QSlider, QWidget

from gui.build_tab.data_panel.tiles import TileList
from gui.build_tab.data_panel.truth_table_model import Kind, TableModel
from gui.build_tab.network_view.layout import FOLD_ABOVE
from gui.build_tab.sources import tile_key
from gui.build_tab.tab import BuildTab
from gui.format import show_fixed, show_number
from model.data import Dataset, build_dataset
from model.data.derived import derive, input_features
from model.experiment import Experiment, GateData, PlaneData, TruthTableData
from model.metrics import accuracy, decision_threshold
from model.network import Network
from model.places import INPUTS, UnitAt, WeightAt
from model.training import Trainer
from tests.gui.finding import find

__all__ = ["assert_window_agrees", "edges_are_drawn"]


def assert_window_agrees(tab: BuildTab) -> None:
    """Assert that every panel shows what the document holds and what its network answers.

    Where an old epoch is looked at, the panels must agree with that epoch's weights.
    """
    state = tab.model.state
    experiment = state.experiment
    if tab.model.shown is tab.model.document.experiment:
        assert experiment == tab.model.document.experiment
    network = Network.of(experiment)
    dataset = build_dataset(experiment)
    for shown, wanted in zip(state.network.weights, network.weights, strict=True):
        np.testing.assert_array_equal(shown, wanted)
    bench = tab.workbench
    assert bench.isVisible()
    canvas_agrees(tab, experiment, network, dataset)
    table_agrees(tab, experiment, network, dataset)
    scores_agree(tab, experiment, network, dataset)
    loss_agrees(tab, experiment, dataset)
    settings_agree(bench, experiment)


def edges_are_drawn(tab: BuildTab) -> bool:
    """Tell whether the drawing has caught up: a dense one draws some of its edges later."""
    weights = tab.model.state.network.weights
    return all(
        np.array_equal(edges.weights, edges.shown_weights(weights[layer]))
        for layer, edges in tab.workbench.canvas.scene.edges.items()
    )


def _text(root: QWidget, name: str) -> str:
    widget = root.findChild(QWidget, name)
    assert isinstance(widget, QLabel | QLineEdit), f"{name}: {widget}"
    return widget.text()


def canvas_agrees(
    tab: BuildTab, experiment: Experiment, network: Network, dataset: Dataset
) -> None:
    """Compare headers, units, edges, biases, pins and the chips' values."""
    canvas, scene = tab.workbench.canvas, tab.workbench.canvas.scene
    layers = experiment.network.layers
    assert len(canvas.headers.headers) == len(layers)
    for header, layer in zip(canvas.headers.headers, layers, strict=True):
        assert header.activation.currentData() == layer.activation
        assert header.units.text() == str(layer.units)
    for index, total in enumerate((experiment.network.inputs, *(x.units for x in layers))):
        drawn = [at.unit for at in scene.units if at.layer == index - 1]
        assert len(drawn) == (total if total <= FOLD_ABOVE else 8), (index, total, drawn)
    for index, (w, b) in enumerate(zip(network.weights, network.biases, strict=True)):
        edges = scene.edges[index]
        np.testing.assert_array_equal(
            edges.weights, w[np.ix_(edges.source.units, edges.target.units)]
        )
        pins = set(layers[index].pinned)
        assert set(edges.marks.pinned) == pins
        for unit in edges.target.units:
            at = UnitAt(index, unit)
            assert scene.weight(WeightAt(index, len(w), unit)) == b[unit]
            rail = scene.units[at].style.rail
            assert (rail is not None) == layers[index].use_bias
            if rail is not None:
                assert rail.position * b[unit] >= 0
                assert rail.pinned == ((len(w), unit) in pins)
    chips_agree(tab, network, dataset)
    inputs_agree(tab, dataset)


def inputs_agree(tab: BuildTab, dataset: Dataset) -> None:
    """Compare the ticks of the tiles with what the network reads."""
    strip = tab.workbench.canvas.features
    if strip.isVisible():
        ticked = {feature for feature, tile in strip.tiles.items() if tile.isChecked()}
        assert ticked == set(input_features(dataset))


def chips_agree(tab: BuildTab, network: Network, dataset: Dataset) -> None:
    """Compare the values beside the units with a forward pass of the chosen row."""
    state, units = tab.model.state, tab.workbench.canvas.scene.units
    rows = dataset.x_train if dataset.table_x is None else dataset.table_x
    if not 0 <= state.row < len(rows):
        return
    passed = [a[0] for _, a in network.activations(rows[state.row][None, :])]
    last = len(passed) - 1
    for at, item in units.items():
        if at.layer == INPUTS or not item.style.value:
            continue
        value = float(passed[at.layer][at.unit])
        wanted = {
            show_fixed(value, 3 if at.layer == last else 2),
            show_number(value, 3),
            show_fixed(100 * value, 1) + "%",
        }
        assert item.style.value in wanted, (at, item.style.value, value)


def table_agrees(tab: BuildTab, experiment: Experiment, network: Network, dataset: Dataset) -> None:
    """Compare every cell of the truth table with the document and a forward pass."""
    data = tab.workbench.data
    table = experiment.data.editable_rows(dataset)
    assert (data.rows.currentWidget() is data.table) == (table is not None)
    if table is None:
        return
    model: TableModel = data.table.model
    assert model.rowCount() == len(table.rows)
    outputs = network.forward(derive(dataset.features, np.array(table.rows)))
    threshold = decision_threshold(experiment)
    for row, (inputs, targets) in enumerate(zip(table.rows, table.targets, strict=True)):
        asked = [
            (answer - threshold) * (1 if target > 0.5 else -1)
            for answer, target in zip(outputs[row], targets, strict=True)
            if target is not None
        ]
        for column in range(model.columnCount()):
            kind, which = model.kind(column)
            shown = model.index(row, column).data(
                Qt.ItemDataRole.AccessibleTextRole
                if kind is Kind.PASS
                else Qt.ItemDataRole.DisplayRole
            )
            if kind is Kind.INPUT:
                assert shown == show_number(inputs[which])
            elif kind is Kind.TARGET:
                target = targets[which]
                assert shown == ("–" if target is None else show_number(target))
            elif kind is Kind.PREDICTION:
                assert shown == show_fixed(float(outputs[row, which]), 3)
            else:
                # By how much the worst answer is right: undecided within .0005 of the threshold.
                worst = min(asked, default=0.0)
                said = "right" if worst > 0.0005 else "wrong" if worst < -0.0005 else "undecided"
                assert shown == (said if asked else "")


def scores_agree(tab: BuildTab, experiment: Experiment, network: Network, dataset: Dataset) -> None:
    """Compare accuracies and the confusion matrix with the answers to every row."""
    output = tab.workbench.output
    threshold = decision_threshold(experiment)
    for name, x, y, mask in (
        ("train", dataset.x_train, dataset.y_train, dataset.mask_train),
        ("test", dataset.x_test, dataset.y_test, dataset.mask_test),
    ):
        if len(x) == 0:
            continue
        answers = network.forward(x)
        share = accuracy(answers, y, dataset.task, threshold, mask)
        shown = _text(output, f"{name}_accuracy")
        if dataset.task != "regression":
            assert shown == f"{show_fixed(100 * share, 1)}%", name
        elif np.isfinite(share):
            assert float(shown.replace("−", "-")) == pytest.approx(share, abs=6e-4), name


def loss_agrees(tab: BuildTab, experiment: Experiment, dataset: Dataset) -> None:
    """Compare the loss that is shown, and the last of the history, with one computed now."""
    controller, panel = tab.model, tab.workbench.loss
    epoch = 0 if experiment.progress is None else experiment.progress.epoch
    assert controller.state.epoch == epoch
    snapshot = controller.state.snapshot
    try:
        loss = Trainer(experiment, dataset).snapshot().train_loss
    except Exception as error:
        if type(error).__name__ != "ModelError":
            raise
        return  # what cannot be trained has no loss
    assert snapshot is not None
    if (
        np.isfinite(loss) and not experiment.data.paths
    ):  # a large table shows what training measured
        assert snapshot.train_loss == pytest.approx(loss, rel=1e-9, abs=1e-12)
    history = controller.state.run.history
    if history is None or controller.is_training or not controller_stands_on(tab, experiment):
        return
    index = epoch - history.first_epoch
    if experiment.progress is not None and experiment.progress.batch:
        return  # within an epoch: the history has only whole ones
    assert 0 <= index < len(history.train_loss)
    kept = float(history.train_loss[index])
    shown = panel.plot.train.value_at(float(epoch))
    assert shown is not None
    assert shown[1] == pytest.approx(kept, rel=1e-9, abs=1e-15)


def controller_stands_on(tab: BuildTab, experiment: Experiment) -> bool:
    """Tell whether the present run's history leads to the experiment that is shown."""
    return tab.model.training.synced == experiment


def settings_agree(bench: QWidget, experiment: Experiment) -> None:
    """Compare tiles, sliders and the training bar with the document."""
    training, data = experiment.training, experiment.data
    combos = {
        name: bench.findChild(QComboBox, name)
        for name in ("optimiser", "loss", "initialiser", "regularisation")
    }
    keys = {name: combo.currentData() for name, combo in combos.items() if combo is not None}
    penalty = {(False, False): "none", (True, False): "l1", (False, True): "l2"}
    assert keys == {
        "optimiser": training.optimiser.name,
        "loss": training.loss,
        "initialiser": training.initialiser.name,
        "regularisation": penalty.get((training.l1 > 0, training.l2 > 0), "both"),
    }
    rate, batch = (
        find(bench, QComboBox, "learning_rate"),
        find(bench, QComboBox, "batch_size"),
    )
    assert rate.currentText() == show_number(training.learning_rate)
    assert batch.currentText() == (
        "Full" if training.batch_size == 0 else show_number(training.batch_size)
    )
    assert _text(bench, "seed") == str(experiment.seed)
    sliders = {"split": round(100 * (1 - experiment.split.test_fraction))}
    if isinstance(data, GateData | TruthTableData):
        sliders |= {"copies": data.copies, "noise": round(100 * data.noise)}
    if isinstance(data, PlaneData):
        sliders |= {"points": data.points // 2, "noise": round(100 * data.noise)}
    for name, value in sliders.items():
        assert find(bench, QSlider, name).value() == value, name
    chosen = "".join(tiles.selected_key() for tiles in bench.findChildren(TileList))
    assert chosen == tile_key(data)
