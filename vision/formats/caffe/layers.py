"""The layers of a Caffe network, read from its prototxt in either format."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from foundation.text import Text
from vision.errors import Fault, VisionError
from vision.formats.caffe.prototxt import Message

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
    """One layer.

    Attributes
    ----------
    name, type
        As in the file; the type always in the new format's spelling.
    bottoms, tops
        Names of its inputs and outputs.
    settings
        Its message, with the ``..._param`` blocks.
    """

    name: str
    type: str
    bottoms: tuple[str, ...]
    tops: tuple[str, ...]
    settings: Message


@dataclass(frozen=True)
class CaffeInput:
    """An input of the network with its shape (N, C, H, W)."""

    name: str
    shape: tuple[int, ...]


def read_layers(net: Message) -> tuple[list[CaffeInput], list[CaffeLayer]]:
    """Return the inputs of a network and its layers for inference, in order.

    Raises
    ------
    VisionError
        prototxt_syntax if it has no layers, no input, or an input without a shape.
    """
    inputs = _old_inputs(net)
    layers = []
    for message in [*net.messages("layer"), *net.messages("layers")]:
        if _only_for_training(message):
            continue
        layer = _layer(message)
        if layer.type != "Input":
            layers.append(layer)
            continue
        shapes = [tuple(s.ints("dim")) for s in message.message("input_param").messages("shape")]
        for index, top in enumerate(layer.tops):
            # One shape serves all tops, as in Caffe.
            shape = shapes[min(index, len(shapes) - 1)] if shapes else ()
            inputs.append(CaffeInput(top, shape))
    if not layers:
        raise _fault(net, Text("there are no layers in it"))
    if not inputs:
        raise _fault(net, Text("it names no input; give the deploy prototxt"))
    for entry in inputs:
        if len(entry.shape) < 2 or min(entry.shape) < 1:
            raise _fault(net, Text("the input {name} has no shape", name=entry.name))
    return inputs, layers


def _layer(message: Message) -> CaffeLayer:
    written = message.string("type")
    return CaffeLayer(
        message.string("name"),
        _OLD_TYPES.get(written, written),
        tuple(message.strings("bottom")),
        tuple(message.strings("top")),
        message,
    )


def _only_for_training(message: Message) -> bool:
    """Apply the include and exclude rules for the phase TEST."""
    phases = [rule.string("phase") for rule in message.messages("include")]
    if phases and all(phase == "TRAIN" for phase in phases):
        return True
    return any(rule.string("phase") == "TEST" for rule in message.messages("exclude"))


def _old_inputs(net: Message) -> list[CaffeInput]:
    """Return inputs given beside the layers: names, with input_shape or input_dim."""
    names = net.strings("input")
    shapes = [tuple(shape.ints("dim")) for shape in net.messages("input_shape")]
    sides = net.ints("input_dim")
    if not shapes:
        shapes = [tuple(sides[i : i + 4]) for i in range(0, len(sides), 4)]
    return [
        CaffeInput(name, shapes[index] if index < len(shapes) else ())
        for index, name in enumerate(names)
    ]


def _fault(net: Message, reason: str) -> VisionError:
    return VisionError(Fault.PROTOTXT_SYNTAX, file=net.file, line=net.line, reason=reason)
