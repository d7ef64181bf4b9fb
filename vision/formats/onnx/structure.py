"""Reads an ONNX file's inputs, outputs and operators."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from foundation.text import Text
from vision.errors import VisionError
from vision.files import read_file

if TYPE_CHECKING:
    import onnx

OTHER = Text("it is damaged, or a file of another kind")
_LONGEST_SHAPE_BYTES = 1024


class WireError(ValueError):
    """The bytes are not an ONNX model."""


type Shape = tuple[int | str | None, ...]
"""Sizes of a tensor's axes: a number, the name of a free axis, or None if undeclared."""


@dataclass(frozen=True)
class TensorInfo:
    """A named input or output of a graph.

    Attributes
    ----------
    shape
        Sizes of the axes, or None if the file declares no shape.
    is_tensor
        Whether it is a single tensor, not a sequence or an optional one.
    element
        ONNX element type, 1 for float32; 0 if the file declares none.
    """

    name: str
    shape: Shape | None
    is_tensor: bool = True
    element: int = 0


@dataclass(frozen=True)
class OnnxStructure:
    """The structure of an ONNX file.

    Attributes
    ----------
    opset
        Version of the default operator set, or None.
    operators
        Number of occurrences of each operator; those of other domains as "domain::name".
    inputs, outputs
        Inputs and outputs of the graph, without inputs that are weights.
    producers
        For each output name, the operator that computes it.
    external_files
        Files with external weights, relative to the model's own.
    metadata
        Metadata written by the exporter, by key.
    """

    opset: int | None
    operators: Counter[str]
    inputs: tuple[TensorInfo, ...]
    outputs: tuple[TensorInfo, ...]
    producers: dict[str, str] = field(default_factory=dict)
    external_files: frozenset[str] = frozenset()
    metadata: dict[str, str] = field(default_factory=dict)

    @property
    def external_data(self) -> bool:
        """Whether weights are stored in separate files."""
        return bool(self.external_files)

    @property
    def integer_outputs(self) -> frozenset[str]:
        """The names of the outputs of 32- or 64-bit integers, such as class indices."""
        return frozenset(info.name for info in self.outputs if info.element in _INTEGERS)

    @property
    def yolo_task(self) -> str:
        """The task of a YOLO ("detect", "pose") according to its exporter's metadata."""
        is_yolo = {"imgsz", "names"} <= self.metadata.keys()
        return self.metadata.get("task", "") if is_yolo else ""


_INTEGERS = frozenset([6, 7, 12, 13])
"""ONNX element types of 32- and 64-bit integers, signed and unsigned."""
INTEGER_TYPES = _INTEGERS | {2, 3, 4, 5}
"""ONNX element types of integers, 8 to 64 bits."""
_CONVOLUTIONS = frozenset(["Conv", "QLinearConv", "ConvInteger"])


def takes_rows(path: Path, most_bytes: int) -> bool:
    """Return whether an ONNX file is a network for rows of numbers, not pictures.

    False if it cannot be read or is larger than `most_bytes`.
    """
    try:
        structure = read_structure(read_file(path, most_bytes))
    except (VisionError, ValueError):
        return False
    has_rows = all(len(info.shape or ()) <= 2 for info in structure.inputs)
    return has_rows and _CONVOLUTIONS.isdisjoint(structure.operators)


def read_structure(data: bytes) -> OnnxStructure:
    """Return the structure of an ONNX file.

    Raises
    ------
    WireError
        If `data` is no ONNX file.
    """
    import onnx  # late: a fifth of a second
    from google.protobuf.message import DecodeError

    try:
        model = onnx.ModelProto.FromString(data)
    except DecodeError as error:
        raise WireError(OTHER) from error
    if not model.HasField("graph"):
        raise WireError(Text("there is no graph in it"))
    graph = model.graph
    if not graph.node and not graph.output:
        raise WireError(Text("its graph is empty"))
    if not all(isinstance(text, str) for text in _texts(model)):
        raise WireError(OTHER)
    versions = [one.version for one in model.opset_import if one.domain in _DEFAULT_DOMAINS]
    producers = {name: _operator(node) for node in graph.node for name in node.output}
    weights = {tensor.name for tensor in graph.initializer}
    external = (one for one in graph.initializer if one.data_location == one.EXTERNAL)
    return OnnxStructure(
        opset=versions[-1] if versions else None,
        operators=Counter(map(_operator, graph.node)),
        inputs=tuple(_tensor_info(one) for one in graph.input if one.name not in weights),
        outputs=tuple(map(_tensor_info, graph.output)),
        producers={one.name: producers[one.name] for one in graph.output if one.name in producers},
        external_files=frozenset(
            {entry.key: entry.value for entry in one.external_data}.get("location", "")
            for one in external
        ),
        metadata={entry.key: entry.value for entry in model.metadata_props},
    )


def _texts(model: onnx.ModelProto) -> Iterator[str]:
    """Yield the names and the metadata of a model; protobuf returns bytes for invalid text."""
    for node in model.graph.node:
        yield from (node.op_type, node.domain, *node.input, *node.output)
    for info in (*model.graph.input, *model.graph.output, *model.graph.initializer):
        yield info.name
    for entry in model.metadata_props:
        yield from (entry.key, entry.value)


def picture_input(graph: onnx.GraphProto) -> onnx.ValueInfoProto:
    """Return the first input that is not a weight.

    Raises
    ------
    IndexError
        If there is none.
    """
    weights = {one.name for one in graph.initializer}
    found: list[onnx.ValueInfoProto] = [one for one in graph.input if one.name not in weights]
    return found[0]


def set_shape(info: onnx.ValueInfoProto, shape: Sequence[int]) -> None:
    """Set the sizes of an input's axes, including free ones."""
    for dim, side in zip(info.type.tensor_type.shape.dim, shape, strict=False):
        dim.Clear()
        dim.dim_value = side


_DEFAULT_DOMAINS = ("", "ai.onnx")


def _operator(node: onnx.NodeProto) -> str:
    return node.op_type if node.domain in _DEFAULT_DOMAINS else f"{node.domain}::{node.op_type}"


def _tensor_info(info: onnx.ValueInfoProto) -> TensorInfo:
    kind, tensor = info.type.WhichOneof("value"), info.type.tensor_type
    shape = None
    if tensor.HasField("shape"):
        shape = tuple(
            getattr(side, name) if (name := side.WhichOneof("value")) else None
            for side in tensor.shape.dim
        )
    is_tensor = kind not in ("sequence_type", "map_type", "optional_type")
    return TensorInfo(info.name, shape, is_tensor, tensor.elem_type)


def with_shapes(proto: onnx.ModelProto) -> onnx.GraphProto:
    """Return a model's graph with shapes inferred from its operators.

    Clears the values of long weights in `proto`, which no shape depends on.

    Raises
    ------
    onnx.shape_inference.InferenceError, ValueError
        If the shapes are inconsistent.
    """
    from onnx import shape_inference

    for one in proto.graph.initializer:
        # Only of short ones are the values asked for, and all would be copied twice.
        if len(one.raw_data) > _LONGEST_SHAPE_BYTES:
            one.ClearField("raw_data")
    return shape_inference.infer_shapes(proto).graph
