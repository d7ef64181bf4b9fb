"""States made from really trained networks, and a pointer, for the tests of the plots."""

from __future__ import annotations

from functools import cache

import msgspec
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QWidget

from gui.build_tab.state import Activity, BuildState
from model.data import build_dataset
from model.experiment import (
    DataSpec,
    Experiment,
    GateData,
    LayerSpec,
    NetworkSpec,
    OptimiserSpec,
    SplitSpec,
    StopSpec,
    TrainingSpec,
)
from model.network import Network
from model.training import Snapshot, Trainer

_OUTPUTS = {
    "binary": ("sigmoid", "binary_cross_entropy"),
    "multilabel": ("sigmoid", "binary_cross_entropy"),
    "multiclass": ("softmax", "categorical_cross_entropy"),
    "regression": ("identity", "squared"),
}


@cache
def trained(
    data: DataSpec = GateData("xor", copies=10, noise=0.1),  # noqa: B008 - frozen, so sharing is safe
    hidden: tuple[int, ...] = (4,),
    test_fraction: float = 0.3,
    epochs: int = 120,
) -> tuple[Trainer, tuple[Snapshot, ...]]:
    """Return a trainer that has run, and what it published."""
    split = SplitSpec(test_fraction=test_fraction)
    dataset = build_dataset(data, split, 1)
    activation, loss = _OUTPUTS[dataset.task]
    layers = (
        *(LayerSpec(n, "tanh") for n in hidden),
        LayerSpec(dataset.outputs, activation),
    )
    experiment = Experiment(
        data=data,
        split=split,
        network=NetworkSpec(dataset.inputs, layers),
        training=TrainingSpec(
            loss=loss,
            optimiser=OptimiserSpec(name="adam"),
            learning_rate=0.05,
            stop=StopSpec(epochs=epochs),
        ),
        seed=1,
    )
    trainer = Trainer(experiment)
    snapshots: list[Snapshot] = []
    trainer.run(lambda: False, snapshots.append)
    return trainer, tuple(snapshots)


def state_of(
    trainer: Trainer, snapshot: Snapshot | None, row: int = -1, running: bool = False
) -> BuildState:
    """Return the state that shows a snapshot (the untrained weights for ``None``)."""
    experiment = trainer.history.restore(0) if snapshot is None else trainer.experiment()
    network = experiment.network
    if snapshot is not None:
        layers = tuple(
            msgspec.structs.replace(layer, weights=w, biases=b)
            for layer, w, b in zip(network.layers, snapshot.weights, snapshot.biases, strict=True)
        )
        network = msgspec.structs.replace(network, layers=layers)
    activity = Activity.TRAINING if running else Activity.REST
    return BuildState(experiment, trainer.dataset, Network(network), snapshot, row, activity)


def point_at(widget: QWidget, at: QPoint) -> None:
    """Move the pointer over a widget, as an event of its own window.

    The offscreen platform sends a plain cursor move to whatever window lies on top there.
    """
    window = widget.window()
    QTest.mouseMove(window.windowHandle(), widget.mapTo(window, at))


def drag(widget: QWidget, start: QPoint, end: QPoint) -> None:
    """Press the left button over a widget, move and let go, as events of its own window."""
    window = widget.window()
    handle, left, keys = window.windowHandle(), Qt.MouseButton.LeftButton, Qt.KeyboardModifier
    start, end = widget.mapTo(window, start), widget.mapTo(window, end)
    QTest.mousePress(handle, left, keys.NoModifier, start)
    QTest.mouseMove(handle, end)
    QTest.mouseRelease(handle, left, keys.NoModifier, end)
