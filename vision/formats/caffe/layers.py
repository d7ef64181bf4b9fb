"""The layers of a Caffe network, read from either prototxt format."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

from foundation.text import Text
from vision.errors import Fault, VisionError

# The old format writes its types in capitals; these are not just the new ones in capitals.
_OLD_TYPES: Final = {
    "BNLL": "BNLL",
    "CONCAT": "Concat",
    "CONVOLUTION": "Convolution",
    "DECONVOLUTION": "Deconvolution",
    "DROPOUT": "Dropout",
    "ELTWISE": "Eltwise",
    "FLATTEN": "Flatten",
    "INNER_PRODUCT": "InnerProduct",
    "LRN": "LRN",
    "POOLING": "Pooling",
    "POWER": "Power",
    "RELU": "ReLU",
    "RESHAPE": "Reshape",
    "SIGMOID": "Sigmoid",
    "SLICE": "Slice",
    "SOFTMAX": "Softmax",
    "SOFTMAX_LOSS": "SoftmaxWithLoss",
    "SPLIT": "Split",
    "TANH": "TanH",
}


@dataclass(frozen=True)
class CaffeLayer:
    """A layer of a Caffe network.

    Attributes
    ----------
    name, type
        Name and type as in the file; the type always in the spelling of the new format.
    bottoms, tops
        Names of the inputs and outputs.
    settings
        Protobuf message of the layer, with its ``..._param`` blocks.
    """

    name: str
    type: str
    bottoms: tuple[str, ...]
    tops: tuple[str, ...]
    settings: Any


def read_layers(net: Any, file: str) -> tuple[dict[str, tuple[int, ...]], list[CaffeLayer]]:
    """Return the shapes of a ``NetParameter``'s inputs, and its layers for inference, in order.

    Raises
    ------
    VisionError
        prototxt_syntax if it has no layers, no input, or an input without a shape.
    """
    inputs = _old_inputs(net)
    layers = []
    for message in (*net.layer, *net.layers):
        if _only_for_training(message):
            continue
        layer = _layer(message)
        if layer.type != "Input":
            layers.append(layer)
            continue
        shapes = [tuple(shape.dim) for shape in message.input_param.shape]
        for index, top in enumerate(layer.tops):
            # One shape serves all tops, as in Caffe.
            inputs[top] = shapes[min(index, len(shapes) - 1)] if shapes else ()
    reason = None
    if not layers:
        reason = Text("there are no layers in it")
    elif not inputs:
        reason = Text("it names no input; give the deploy prototxt")
    for name, shape in inputs.items():
        if len(shape) < 2 or min(shape) < 1:
            reason = reason or Text("the input {name} has no shape", name=name)
    if reason is not None:
        raise VisionError(Fault.PROTOTXT_SYNTAX, file=file, line=1, reason=reason)
    return inputs, layers


def _layer(message: Any) -> CaffeLayer:
    written = message.type
    if not isinstance(written, str):
        name = message.LayerType.Name(written)
        written = _OLD_TYPES.get(name, name)
    return CaffeLayer(message.name, written, tuple(message.bottom), tuple(message.top), message)


def _only_for_training(message: Any) -> bool:
    """Apply the include and exclude rules for the phase TEST."""
    if message.include and all(rule.phase == rule.TRAIN for rule in message.include):
        return True
    return any(rule.phase == rule.TEST for rule in message.exclude)


def _old_inputs(net: Any) -> dict[str, tuple[int, ...]]:
    """Return the inputs declared outside of layers, with input_shape or input_dim."""
    sides = net.input_dim
    shapes = [tuple(shape.dim) for shape in net.input_shape] or [
        tuple(sides[i : i + 4]) for i in range(0, len(sides), 4)
    ]
    shapes += [()] * (len(net.input) - len(shapes))
    return dict(zip(net.input, shapes, strict=False))
