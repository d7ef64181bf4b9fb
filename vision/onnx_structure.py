"""Read what an ONNX file is made of (inputs, outputs, operators) without its weights."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field, replace

from vision.protobuf import EMPTY, WireError, fields, last_values, signed, submessage, text
from vision.reasons import Words

type Shape = tuple[int | str | None, ...]
"""Sides of a tensor: a number, the name of a free side, or None where nothing is said."""


@dataclass(frozen=True)
class TensorInfo:
    """A named input or output of a graph.

    Attributes
    ----------
    shape
        Its sides, or None if the file gives no shape.
    is_tensor
        Whether it is one tensor, and no list of them, nor one that may lack.
    element
        ONNX's number for the type of its elements, 1 for float32; 0 if the file gives none.
    """

    name: str
    shape: Shape | None
    is_tensor: bool = True
    element: int = 0


@dataclass(frozen=True)
class OnnxStructure:
    """What an ONNX file is made of.

    Attributes
    ----------
    opset
        Version of the default operator set, or None.
    operators
        How often each operator occurs; those of other domains as "domain::name".
    inputs, outputs
        Of the graph; inputs that are weights are left out.
    producers
        For each output name, the operator that computes it.
    external_files
        The other files in which weights lie, relative to its own.
    metadata
        What whoever made the file wrote beside the graph, by its key.
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
        """Whether weights lie in other files."""
        return bool(self.external_files)

    @property
    def counts(self) -> frozenset[str]:
        """Names of the outputs of whole numbers of 32 or 64 bits, as the numbers of classes."""
        return frozenset(info.name for info in self.outputs if info.element in _COUNTS)

    @property
    def yolo_task(self) -> str:
        """What a YOLO says that it is for ("detect", "pose"), by the words of its exporter."""
        is_yolo = {"imgsz", "names"} <= self.metadata.keys()
        return self.metadata.get("task", "") if is_yolo else ""


_COUNTS = frozenset([6, 7, 12, 13])
"""ONNX's numbers for whole numbers of 32 and 64 bits, with and without a sign."""


def read_structure(data: bytes | memoryview) -> OnnxStructure:
    """Return the structure of an ONNX file.

    Raises
    ------
    WireError
        If `data` is no ONNX file.
    """
    opset, graph = None, None
    metadata: dict[str, str] = {}
    for number, _, value in fields(memoryview(data)):
        if number == 8:
            given = last_values(submessage(value))
            if text(given.get(1, EMPTY)) in ("", "ai.onnx"):
                opset = signed(given.get(2, 0))
        elif number == 7:
            graph = submessage(value)
        elif number == 14:
            given = last_values(submessage(value))
            metadata[text(given.get(1, EMPTY))] = text(given.get(2, EMPTY))
    if graph is None:
        raise WireError(Words("there is no graph in it"))
    return replace(_graph(graph, opset), metadata=metadata)


def _graph(message: memoryview, opset: int | None) -> OnnxStructure:
    operators: Counter[str] = Counter()
    inputs, outputs, weights = [], [], set()
    producers: dict[str, str] = {}
    external: set[str] = set()
    for number, _, value in fields(message):
        if number == 1:
            operator, results = _node(submessage(value))
            operators[operator] += 1
            producers.update(dict.fromkeys(results, operator))
        elif number == 5:
            tensor = last_values(submessage(value))
            weights.add(text(tensor.get(8, EMPTY)))
            if tensor.get(14) == 1:
                external.add(_location(submessage(value)))
        elif number == 11:
            inputs.append(_value_info(submessage(value)))
        elif number == 12:
            outputs.append(_value_info(submessage(value)))
    if not operators and not outputs:
        raise WireError(Words("its graph is empty"))
    return OnnxStructure(
        opset,
        operators,
        tuple(info for info in inputs if info.name not in weights),
        tuple(outputs),
        {info.name: producers[info.name] for info in outputs if info.name in producers},
        frozenset(external),
    )


def _location(tensor: memoryview) -> str:
    """Return the file in which the weights of a TensorProto lie."""
    for number, _, value in fields(tensor):
        if number == 13:
            entry = last_values(submessage(value))
            if text(entry.get(1, EMPTY)) == "location":
                return text(entry.get(2, EMPTY))
    return ""


def _node(message: memoryview) -> tuple[str, list[str]]:
    operator, domain, results = "", "", []
    for number, _, value in fields(message):
        if number == 2:
            results.append(text(value))
        elif number == 4:
            operator = text(value)
        elif number == 7:
            domain = text(value)
    return (operator if domain in ("", "ai.onnx") else f"{domain}::{operator}"), results


def _value_info(message: memoryview) -> TensorInfo:
    name, shape, is_tensor, element = "", None, True, 0
    for number, _, value in fields(message):
        if number == 1:
            name = text(value)
        elif number == 2:
            for kind, _, inner in fields(submessage(value)):
                if kind == 1:
                    shape = _tensor_shape(submessage(inner))
                    element = signed(last_values(submessage(inner)).get(1, 0))
                elif kind in _NO_TENSORS:
                    is_tensor = False
    return TensorInfo(name, shape, is_tensor, element)


# Fields of a TypeProto: a sequence, a map, an optional value.
_NO_TENSORS = frozenset([4, 5, 9])


def _tensor_shape(message: memoryview) -> Shape | None:
    shape = last_values(message).get(2)
    if shape is None:
        return None
    sides = (submessage(side) for number, _, side in fields(submessage(shape)) if number == 1)
    return tuple(map(_dimension, sides))


def _dimension(message: memoryview) -> int | str | None:
    given = last_values(message)
    if 1 in given:
        return signed(given[1])
    return text(given[2]) if 2 in given else None
