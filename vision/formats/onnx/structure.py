"""Read what an ONNX file is made of (inputs, outputs, operators) without its weights."""

from __future__ import annotations

import mmap
import os
import sys
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path

from vision.errors import VisionError
from vision.files import open_file
from vision.formats.protobuf import EMPTY, OTHER, Field, WireError, fields, signed, submessage, text
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
_CONVOLUTIONS = frozenset(["Conv", "QLinearConv", "ConvInteger"])
_MOST_FIELDS = 200_000


def takes_rows(path: Path, most_bytes: int) -> bool:
    """Tell whether an ONNX file holds a network of rows of numbers, and none of pictures.

    What cannot be read is none, nor what has more than `most_bytes`. Its weights are not read.
    """
    try:
        with open_file(path) as file:
            if os.fstat(file.fileno()).st_size > most_bytes:
                return False
            content = memoryview(mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ))
        structure = read_structure(content, _MOST_FIELDS)
    except (VisionError, OSError, ValueError):
        return False
    has_rows = all(len(info.shape or ()) <= 2 for info in structure.inputs)
    return has_rows and _CONVOLUTIONS.isdisjoint(structure.operators)


def read_structure(data: bytes | memoryview, most_fields: int = sys.maxsize) -> OnnxStructure:
    """Return the structure of an ONNX file of no more fields than `most_fields`.

    Raises
    ------
    WireError
        If `data` is no ONNX file, or has more.
    """
    return _Reader(most_fields).model(memoryview(data))


class _Reader:
    """Read messages; each of these methods takes one of its kind."""

    def __init__(self, most_fields: int) -> None:
        self._left = most_fields

    def _fields(self, message: memoryview) -> Iterator[Field]:
        for found in fields(message):
            self._left -= 1
            if self._left < 0:
                raise WireError(OTHER)
            yield found

    def _last_values(self, value: int | memoryview) -> dict[int, int | memoryview]:
        return {number: given for number, _, given in self._fields(submessage(value))}

    def model(self, message: memoryview) -> OnnxStructure:
        opset, graph = None, None
        metadata: dict[str, str] = {}
        for number, _, value in self._fields(message):
            if number == 8:
                given = self._last_values(value)
                if text(given.get(1, EMPTY)) in ("", "ai.onnx"):
                    opset = signed(given.get(2, 0))
            elif number == 7:
                graph = submessage(value)
            elif number == 14:
                given = self._last_values(value)
                metadata[text(given.get(1, EMPTY))] = text(given.get(2, EMPTY))
        if graph is None:
            raise WireError(Words("there is no graph in it"))
        return replace(self._graph(graph, opset), metadata=metadata)

    def _graph(self, message: memoryview, opset: int | None) -> OnnxStructure:
        operators: Counter[str] = Counter()
        inputs, outputs, weights = [], [], set()
        producers: dict[str, str] = {}
        external: set[str] = set()
        for number, _, value in self._fields(message):
            if number == 1:
                operator, results = self._node(submessage(value))
                operators[operator] += 1
                producers.update(dict.fromkeys(results, operator))
            elif number == 5:
                tensor = self._last_values(value)
                weights.add(text(tensor.get(8, EMPTY)))
                if tensor.get(14) == 1:
                    external.add(self._location(submessage(value)))
            elif number == 11:
                inputs.append(self._value_info(submessage(value)))
            elif number == 12:
                outputs.append(self._value_info(submessage(value)))
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

    def _location(self, tensor: memoryview) -> str:
        """Return the file in which the weights of a TensorProto lie."""
        for number, _, value in self._fields(tensor):
            if number == 13:
                entry = self._last_values(value)
                if text(entry.get(1, EMPTY)) == "location":
                    return text(entry.get(2, EMPTY))
        return ""

    def _node(self, message: memoryview) -> tuple[str, list[str]]:
        operator, domain, results = "", "", []
        for number, _, value in self._fields(message):
            if number == 2:
                results.append(text(value))
            elif number == 4:
                operator = text(value)
            elif number == 7:
                domain = text(value)
        return (operator if domain in ("", "ai.onnx") else f"{domain}::{operator}"), results

    def _value_info(self, message: memoryview) -> TensorInfo:
        name, shape, is_tensor, element = "", None, True, 0
        for number, _, value in self._fields(message):
            if number == 1:
                name = text(value)
            elif number == 2:
                for kind, _, inner in self._fields(submessage(value)):
                    if kind == 1:
                        tensor = self._last_values(inner)
                        shape = self._shape(tensor[2]) if 2 in tensor else None
                        element = signed(tensor.get(1, 0))
                    elif kind in _NO_TENSORS:
                        is_tensor = False
        return TensorInfo(name, shape, is_tensor, element)

    def _shape(self, value: int | memoryview) -> Shape:
        sides = (side for number, _, side in self._fields(submessage(value)) if number == 1)
        return tuple(map(self._side, sides))

    def _side(self, value: int | memoryview) -> int | str | None:
        given = self._last_values(value)
        if 1 in given:
            return signed(given[1])
        return text(given[2]) if 2 in given else None


# Fields of a TypeProto: a sequence, a map, an optional value.
_NO_TENSORS = frozenset([4, 5, 9])
