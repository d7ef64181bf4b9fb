"""States to show on the canvas, and the events of a person's hand."""

from __future__ import annotations

from collections.abc import Callable

import msgspec
import numpy as np
from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QMouseEvent, QWheelEvent
from PySide6.QtWidgets import QApplication

from gui.build_tab.network_view.captions import Captions
from gui.build_tab.network_view.panel import NetworkPanel
from gui.build_tab.state import Activity, BuildState
from model.data import build_dataset
from model.experiment import (
    Activation,
    DataSpec,
    Experiment,
    GateData,
    LayerSpec,
    NetworkSpec,
)
from model.initialisers import initialise
from model.network import Network
from model.places import Target

type Edit = tuple[int, int, int, float, int]
"""A weight that changed: layer, row, unit, its new value, and the step of undo."""

XOR_HIDDEN = np.array([[2.5, -0.6, 4.2, -1.2], [2.0, -0.5, -1.2, 3.5]])
XOR_OUTPUT = np.array([[-6.0], [0.8], [3.7], [4.1]])
XOR_WEIGHTS = (
    (XOR_HIDDEN, np.array([-2.2, -0.1, -0.5, -0.9])),
    (XOR_OUTPUT, np.array([-1.6])),
)


def make_state(
    hidden: tuple[int, ...] = (4,),
    data: DataSpec | None = None,
    activation: Activation = "relu",
    output: Activation = "sigmoid",
    row: int = 1,
    running: bool = False,
    pinned: tuple[tuple[int, int], ...] = (),
) -> BuildState:
    """Return a state with drawn weights; the XOR network of four hidden units has known ones."""
    experiment = Experiment(data=data or GateData())
    dataset = build_dataset(experiment.data, experiment.split, experiment.seed)
    layers = [LayerSpec(units, activation) for units in hidden]
    layers.append(LayerSpec(dataset.outputs, output))
    experiment = initialise(
        msgspec.structs.replace(experiment, network=NetworkSpec(dataset.inputs, tuple(layers)))
    )
    if data is None and hidden == (4,):
        layers = [
            msgspec.structs.replace(layer, weights=w, biases=b)
            for layer, (w, b) in zip(experiment.network.layers, XOR_WEIGHTS, strict=True)
        ]
        layers[0] = msgspec.structs.replace(layers[0], pinned=pinned)
        experiment = msgspec.structs.replace(experiment, network=NetworkSpec(2, tuple(layers)))
    return BuildState(experiment, dataset, Network.of(experiment), None, row, activity_of(running))


def activity_of(running: bool) -> Activity:
    return Activity.TRAINING if running else Activity.REST


def with_weights(state: BuildState, change: Callable[[Network], None]) -> BuildState:
    """Return the state after training changed the weights, still running."""
    network = Network.of(state.experiment)
    change(network)
    return BuildState(state.experiment, state.dataset, network, None, state.row, activity_of(True))


def show_captions(canvas: NetworkPanel, state: BuildState, captions: Captions) -> None:
    """Write captions under the units of a state that is shown, whatever the units compute."""
    canvas.scene.captions = captions
    canvas.scene.show_state(state, whole=True)


def spot(canvas: NetworkPanel, target: Target) -> QPoint:
    """Return where a person would point to reach `target`, in viewport pixels."""
    return canvas.view.viewport_point(target)


def move(canvas: NetworkPanel, point: QPoint, held: bool = False) -> None:
    """Move the mouse to a point of the viewport."""
    viewport = canvas.view.viewport()
    buttons = Qt.MouseButton.LeftButton if held else Qt.MouseButton.NoButton
    event = QMouseEvent(
        QEvent.Type.MouseMove,
        QPointF(point),
        QPointF(viewport.mapToGlobal(point)),
        Qt.MouseButton.NoButton,
        buttons,
        Qt.KeyboardModifier.NoModifier,
    )
    QApplication.sendEvent(viewport, event)


def turn_wheel(
    canvas: NetworkPanel,
    point: QPoint,
    notches: int,
    modifiers: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier,
) -> None:
    """Turn the wheel over a point of the viewport."""
    viewport = canvas.view.viewport()
    event = QWheelEvent(
        QPointF(point),
        QPointF(viewport.mapToGlobal(point)),
        QPoint(),
        QPoint(0, 120 * notches),
        Qt.MouseButton.NoButton,
        modifiers,
        Qt.ScrollPhase.NoScrollPhase,
        False,
    )
    QApplication.sendEvent(viewport, event)
