"""Reads an ONNX graph as layers: their inputs, weights and activations."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum
from functools import cached_property
from typing import TYPE_CHECKING, Final

import numpy as np

from foundation.text import Text
from vision.errors import Fault, VisionError
from vision.formats.onnx.structure import picture_input, set_shape
from vision.look.inside.activations import Activation, read_activation
from vision.look.inside.constants import Array, Attributes, attributes_of, constants_of

if TYPE_CHECKING:
    import onnx

MAX_LAYERS: Final = 2000
MAX_MAP_BYTES: Final = 1_000_000_000


class Kind(StrEnum):
    """The operation of a layer."""

    CONVOLUTION = "convolution"
    DENSE = "dense"
    MAXIMUM = "maximum"
    MEAN = "mean"
    SUM = "sum"
    PRODUCT = "product"
    SCALE = "scale"
    ACTIVATION = "activation"
    JOIN = "join"
    REARRANGEMENT = "rearrangement"
    SOFTMAX = "softmax"
    LOCAL_NORMALISATION = "local_normalisation"
    OTHER = "other"


@dataclass(frozen=True, eq=False)
class Scale:
    """A factor and a shift for each value, as in a batch normalisation.

    Both broadcast to the shape of the layer's output.
    """

    factor: Array
    shift: Array


@dataclass(frozen=True, eq=False)
class Layer:
    """A layer: a main operator, with the scaling and activation that it alone feeds.

    Attributes
    ----------
    kind, operator
        Operation of the layer, and ONNX's name of the main operator.
    number
        Number of the layer among those of its kind, from 1.
    inputs, output
        Names of the input tensors, without weights, and of the output tensor.
    shape
        Shape of the output, with the batch; empty if the graph does not determine it.
    weights, bias
        Of a convolution (maps, maps per group, height, width) or a dense layer (inputs, units);
        the bias broadcasts to the output. None if the layer has none.
    scales
        Scaling steps applied to each sum, in order.
    activation
        Final activation, or None.
    """

    kind: Kind
    operator: str
    number: int
    inputs: tuple[str, ...]
    output: str
    shape: tuple[int, ...]
    attributes: Attributes = field(default_factory=dict)
    weights: Array | None = None
    bias: Array | None = None
    scales: tuple[Scale, ...] = ()
    activation: Activation | None = None

    @property
    def maps_shape(self) -> tuple[int, int, int]:
        """The number of maps, and their height and width."""
        return as_maps(self.shape)

    @property
    def weight_count(self) -> int:
        """The number of weights and biases."""
        return sum(one.size for one in (self.weights, self.bias) if one is not None)


@dataclass(frozen=True, eq=False)
class Graph:
    """A network as layers in the order of computation.

    Attributes
    ----------
    picture
        Name of the input.
    shape
        Shape of the input, (1, C, H, W).
    layers
        All layers that depend on the picture.
    model
        The ONNX model for a batch of one, with every layer's output as an output.
    """

    picture: str
    shape: tuple[int, ...]
    layers: tuple[Layer, ...]
    model: bytes

    def layer_of(self, tensor: str) -> Layer | None:
        """Return the layer that computes a tensor, or None for the picture."""
        return self._makers.get(tensor)

    @cached_property
    def _makers(self) -> Mapping[str, Layer]:
        return {layer.output: layer for layer in self.layers}

    @cached_property
    def first(self) -> int:
        """The index of the first layer that does more than rearrange values."""
        places = (
            place for place, one in enumerate(self.layers) if one.kind is not Kind.REARRANGEMENT
        )
        return next(places, 0)

    @property
    def weight_count(self) -> int:
        """The number of weights and biases in all layers."""
        return sum(layer.weight_count for layer in self.layers)


def as_maps(shape: Sequence[int]) -> tuple[int, int, int]:
    """Return a shape as (maps, height, width); with fewer than three axes each value is a map."""
    if len(shape) < 3:
        return math.prod(shape), 1, 1
    return math.prod(shape[:-2]), shape[-2], shape[-1]


def read_graph(model: onnx.ModelProto, shape: tuple[int, ...], name: str) -> Graph:
    """Return the layers of a model for a picture of shape (1, C, H, W).

    Parameters
    ----------
    model
        A valid model with one input; modified: its input gets this shape.

    Raises
    ------
    VisionError
        model_inside if there are too many layers or the maps are too large.
    """
    import onnx

    from vision.formats.onnx.layout import with_explicit_pads

    picture = picture_input(model.graph)
    dims = picture.type.tensor_type.shape.dim
    batch = dims[0].dim_param if dims else ""
    set_shape(picture, shape)
    model = onnx.load_from_string(with_explicit_pads(model.SerializeToString()))
    graph = model.graph
    known = _infer_shapes(model, batch)
    layers = _Reader(model, known, picture.name).layers()
    if len(layers) > MAX_LAYERS:
        reason = Text("it has {count} layers, more than {most}", count=len(layers), most=MAX_LAYERS)
        raise VisionError(Fault.MODEL_INSIDE, file=name, reason=reason)
    size = 4 * sum(math.prod(layer.shape) for layer in layers if layer.shape)
    if size > MAX_MAP_BYTES:
        reason = Text("its maps would need {megabytes} MB", megabytes=size // 1_000_000)
        raise VisionError(Fault.MODEL_INSIDE, file=name, reason=reason)
    given = {one.name for one in graph.output}
    for layer in layers:
        if layer.shape and layer.output not in given:
            kind = onnx.TensorProto.FLOAT
            info = onnx.helper.make_tensor_value_info(layer.output, kind, layer.shape)
            graph.output.append(info)
    return Graph(picture.name, shape, tuple(layers), model.SerializeToString())


_SHAPED_BY_INPUTS: Final = frozenset(
    ("Reshape", "Pad", "Expand", "Slice", "Tile", "Resize", "Squeeze", "Unsqueeze")
)
"""Operators whose output shape is set by their further inputs."""


def _infer_shapes(model: onnx.ModelProto, batch: str) -> dict[str, tuple[int, ...]]:
    """Return the shapes of the float32 tensors, including those computed by the graph.

    Notes
    -----
    A shape that the graph computes from the picture's is constant once that is fixed. It is stored
    in the graph as a constant, so that later shapes can be inferred.
    """
    from onnx import numpy_helper

    graph = model.graph
    plain = {one.name for one in graph.initializer}
    plain |= {node.output[0] for node in graph.node if node.op_type == "Constant"}
    while True:
        known = _shapes(model, batch)
        constants = constants_of(model, known)
        has_more = False
        for node in graph.node:
            if node.op_type not in _SHAPED_BY_INPUTS or node.output[0] in known:
                continue
            for place, asked in enumerate(node.input):
                if place == 0 or asked in plain or asked not in constants:
                    continue
                name = f"{node.output[0]}/{place}"
                graph.initializer.append(numpy_helper.from_array(constants[asked], name))
                plain.add(name)
                node.input[place] = name
                has_more = True
        if not has_more:
            return known


def _shapes(model: onnx.ModelProto, batch: str) -> dict[str, tuple[int, ...]]:
    """Return the declared shapes of the float32 tensors, with a batch of 1.

    A shape whose first axis has another name than the picture's `batch` is omitted as unknown.
    """
    import onnx

    try:
        graph = onnx.shape_inference.infer_shapes(model, data_prop=True).graph
    except (onnx.shape_inference.InferenceError, ValueError):
        graph = model.graph
    found = {}
    for info in (*graph.output, *graph.value_info, *graph.input):
        tensor = info.type.tensor_type
        if tensor.elem_type != onnx.TensorProto.FLOAT or not tensor.HasField("shape"):
            continue
        sides = [dim.dim_value for dim in tensor.shape.dim]
        if sides and not sides[0] and tensor.shape.dim[0].dim_param in (batch, ""):
            sides[0] = 1
        if all(side > 0 for side in sides):
            found[info.name] = tuple(sides)
    return found


class _Reader:
    """Converts nodes to layers."""

    def __init__(
        self, model: onnx.ModelProto, shapes: Mapping[str, tuple[int, ...]], picture: str
    ) -> None:
        graph = model.graph
        self._graph, self._shapes, self._picture = graph, shapes, picture
        self._constants = constants_of(model, shapes)
        self._readers = Counter(name for node in graph.node for name in node.input)
        self._kept = {one.name for one in graph.output}

    def layers(self) -> list[Layer]:
        """Return the layers in the graph's order."""
        found: dict[str, Layer] = {}
        reached = {self._picture}
        for node in self._graph.node:
            # What the picture does not reach is a constant, and what asks for its shape alone too.
            if not reached.intersection(node.input) or node.output[0] in self._constants:
                continue
            reached.update(name for name in node.output if name)
            self._take(node, found)
        counts: Counter[Kind] = Counter()
        numbered = []
        for layer in found.values():
            counts[layer.kind] += 1
            numbered.append(replace(layer, number=counts[layer.kind]))
        return numbered

    def _take(self, node: onnx.NodeProto, found: dict[str, Layer]) -> None:
        before = [name for name in node.input if name and name not in self._constants]
        outputs = [name for name in node.output if name in self._shapes]
        if not outputs:
            return
        is_alone = len(before) == 1 and self._readers[before[0]] == 1
        if is_alone and before[0] in found and before[0] not in self._kept:
            joined = self._joined(found[before[0]], node)
            if joined is not None:
                del found[before[0]]
                found[joined.output] = joined
                return
        layer = self._layer(node, tuple(before))
        for output in outputs if layer.kind is Kind.OTHER else outputs[:1]:
            found[output] = replace(layer, output=output, shape=self._shapes[output])

    def _joined(self, layer: Layer, node: onnx.NodeProto) -> Layer | None:
        """Return the layer merged with the scaling or activation in `node`, if possible."""
        output = node.output[0]
        shape = self._shapes[output]
        if layer.kind is Kind.OTHER or shape != layer.shape:
            return None
        if _is_float_cast(node):
            return replace(layer, output=output)
        if layer.activation is not None:
            return None
        activation = read_activation(node, self._constants)
        if activation is not None:
            return replace(layer, output=output, activation=activation)
        scale = self._scale(node, shape)
        if scale is None:
            return None
        is_sum = layer.kind in (Kind.CONVOLUTION, Kind.DENSE) and not layer.scales
        if is_sum and layer.bias is None and node.op_type == "Add":
            return replace(layer, output=output, bias=scale.shift)
        return replace(layer, output=output, scales=(*layer.scales, scale))

    def _scale(self, node: onnx.NodeProto, shape: tuple[int, ...]) -> Scale | None:
        """Return a node's factor and shift, or None for another operation."""
        if node.op_type == "BatchNormalization":
            found = [self._constants.get(name) for name in node.input[1:5]]
            if any(one is None for one in found) or len(shape) < 2:
                return None
            gamma, beta, mean, variance = (np.asarray(one, np.float64) for one in found)
            epsilon = attributes_of(node).get("epsilon", 1e-5)
            factor = gamma / np.sqrt(variance + epsilon)
            sides = (-1,) + (1,) * (len(shape) - 2)
            return Scale(factor.reshape(sides), (beta - mean * factor).reshape(sides))
        if node.op_type not in ("Add", "Sub", "Mul", "Div") or len(node.input) != 2:
            return None
        left, right = (self._constants.get(name) for name in node.input)
        constant = left if right is None else right
        if constant is None or not np.issubdtype(constant.dtype, np.floating):
            return None
        value, one, zero = np.asarray(constant, np.float64), np.ones(()), np.zeros(())
        is_before = right is None
        match node.op_type:
            case "Add":
                return Scale(one, value)
            case "Sub":
                return Scale(-one, value) if is_before else Scale(one, -value)
            case "Mul":
                return Scale(value, zero)
        return None if is_before or not np.all(value) else Scale(1 / value, zero)

    def _layer(self, node: onnx.NodeProto, before: tuple[str, ...]) -> Layer:
        operator = str(node.op_type)
        shape = self._shapes[next(name for name in node.output if name in self._shapes)]
        layer = Layer(Kind.OTHER, operator, 0, before, "", shape, attributes_of(node))
        if node.domain not in ("", "ai.onnx") or any(one not in self._shapes for one in before):
            return layer
        if layer.attributes.get("auto_pad", b"").startswith(b"SAME"):
            return layer  # `with_pads` does not know how much
        if len(before) == 1:
            activation = read_activation(node, self._constants)
            if activation is not None:
                return replace(layer, kind=Kind.ACTIVATION, activation=activation)
            scale = self._scale(node, shape)
            if scale is not None:
                return replace(layer, kind=Kind.SCALE, scales=(scale,))
        if operator in ("Conv", "Gemm", "MatMul"):
            return self._weighted(layer, node)
        if _is_float_cast(node):
            return replace(layer, kind=Kind.REARRANGEMENT)
        kind = self._plain_kind(node, layer)
        return replace(layer, kind=kind)

    def _weighted(self, layer: Layer, node: onnx.NodeProto) -> Layer:
        weights = self._constants.get(node.input[1])
        bias = self._constants.get(node.input[2]) if len(node.input) > 2 else None
        has_bias = len(node.input) > 2 and bool(node.input[2])
        if weights is None or (has_bias and bias is None) or len(layer.inputs) != 1:
            return layer
        if layer.operator == "Conv":
            if weights.ndim != 4:
                return layer
            bias = None if bias is None else bias.reshape(-1, 1, 1)
            return replace(layer, kind=Kind.CONVOLUTION, weights=weights, bias=bias)
        if weights.ndim != 2 or layer.attributes.get("transA", 0):
            return layer
        if layer.attributes.get("transB", 0):
            weights = weights.T
        alpha, beta = (layer.attributes.get(key, 1.0) for key in ("alpha", "beta"))
        weights = weights if alpha == 1.0 else weights * np.float32(alpha)
        bias = bias if bias is None or beta == 1.0 else bias * np.float32(beta)
        return replace(layer, kind=Kind.DENSE, weights=weights, bias=bias)

    def _plain_kind(self, node: onnx.NodeProto, layer: Layer) -> Kind:
        before = [self._shapes[name] for name in layer.inputs]
        kind = _KINDS.get(layer.operator, Kind.OTHER)
        is_flat = all(len(shape) == 4 for shape in before)
        has_constants = len(layer.inputs) != len(node.input)
        if kind in (Kind.SUM, Kind.PRODUCT, Kind.JOIN) and has_constants:
            return Kind.OTHER
        if kind in (Kind.MAXIMUM, Kind.MEAN, Kind.LOCAL_NORMALISATION) and not is_flat:
            return Kind.OTHER
        if layer.operator == "ReduceMean" and not self._is_over_places(node, layer):
            return Kind.OTHER
        if kind is Kind.REARRANGEMENT and layer.operator != "Transpose":
            return kind if math.prod(before[0]) == math.prod(layer.shape) else Kind.OTHER
        return kind

    def _is_over_places(self, node: onnx.NodeProto, layer: Layer) -> bool:
        axes = layer.attributes.get("axes")
        if axes is None and len(node.input) > 1:
            found = self._constants.get(node.input[1])
            axes = None if found is None else found.ravel().tolist()
        return axes is not None and sorted(int(axis) % 4 for axis in axes) == [2, 3]


def _is_float_cast(node: onnx.NodeProto) -> bool:
    """Return whether a node is a cast between float types."""
    # Of a tensor that is no float the shape is not known, and so it is before no layer.
    return node.op_type == "Cast" and attributes_of(node)["to"] == 1


_KINDS: Final[Mapping[str, Kind]] = {
    "MaxPool": Kind.MAXIMUM,
    "GlobalMaxPool": Kind.MAXIMUM,
    "AveragePool": Kind.MEAN,
    "GlobalAveragePool": Kind.MEAN,
    "ReduceMean": Kind.MEAN,
    "Add": Kind.SUM,
    "Sum": Kind.SUM,
    "Sub": Kind.SUM,
    "Mul": Kind.PRODUCT,
    "Concat": Kind.JOIN,
    "Softmax": Kind.SOFTMAX,
    "LRN": Kind.LOCAL_NORMALISATION,
    **dict.fromkeys(
        ("Flatten", "Reshape", "Squeeze", "Unsqueeze", "Identity", "Dropout", "Transpose"),
        Kind.REARRANGEMENT,
    ),
}
