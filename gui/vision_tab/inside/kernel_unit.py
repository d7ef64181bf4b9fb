"""A kernel of a picture network as a unit for Build."""

from __future__ import annotations

from typing import Final

import numpy as np
from msgspec.structs import replace

from gui.vision_tab.inside.inside_model import InsideState
from gui.vision_tab.inside.words import channel_name, map_name
from model.activations import ACTIVATION_KINDS
from model.defaults import default_experiment
from model.experiment import (
    Activation,
    Experiment,
    LayerSpec,
    NetworkSpec,
    OptimiserSpec,
    StopSpec,
    TruthTableData,
)
from vision.look.inside.kernel import Kernel, kernel_of, patches_of

ACTIVATIONS: Final[dict[str, Activation]] = {
    kind.onnx[0]: kind.name
    for kind in ACTIVATION_KINDS.values()
    if kind.onnx[0] not in ("Greater", "Identity") and not kind.is_joint
}
"""Build's activations by ONNX name; only those that act on single units."""

_EPOCHS: Final = 1_000


def kernel_in(state: InsideState) -> Kernel | None:
    """Return the chosen cell's kernel, or ``None`` if it cannot become a unit."""
    return kernel_of(state.explanation, ACTIVATIONS)


def kernel_experiment(state: InsideState) -> Experiment | None:
    """Return the chosen cell's kernel as an experiment with one unit.

    The rows are patches; the first is that of the chosen cell.
    """
    kernel, view = kernel_in(state), state.view
    if kernel is None or view is None:
        return None
    rows, outputs = patches_of(view.graph, view.forward, kernel)
    told = kernel.explanation
    output = map_name(told.layer, told.cell.channel)
    data = TruthTableData(
        _input_names(state, kernel),
        (output,),
        tuple(map(tuple, rows.tolist())),
        tuple((value,) for value in outputs.tolist()),
    )
    proposed = default_experiment(data, hidden=())
    unit = LayerSpec(
        1,
        "identity" if kernel.activation is None else ACTIVATIONS[kernel.activation],
        weights=kernel.weights[:, None],
        biases=np.array([kernel.bias]),
    )
    # Patches have up to a thousand numbers of about 1: plain descent would need a rate for each.
    adam = OptimiserSpec("adam")
    training = replace(
        proposed.training,
        loss="squared",
        optimiser=adam,
        learning_rate=adam.kind.default_rate / 10,
        stop=StopSpec(epochs=_EPOCHS),
    )
    network = NetworkSpec(len(kernel.weights), (unit,))
    return replace(proposed, title=output, network=network, training=training)


def _input_names(state: InsideState, kernel: Kernel) -> tuple[str, ...]:
    """Name each input of a cell by map and position."""
    told, view = kernel.explanation, state.view
    assert view is not None  # there is no kernel without
    is_picture = told.sources(0, 0, 0).tensor == view.graph.picture
    maps, height, width = told.values.shape
    names = []
    for part in range(maps):
        channel = told.sources(part, 0, 0).cell.channel
        name = channel_name(channel, state.colours if is_picture else ())
        for row in range(height):
            for column in range(width):
                names.append(name if height == width == 1 else f"{name} ({row}, {column})")
    return tuple(names)
