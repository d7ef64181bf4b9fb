"""Builds an ONNX graph node by node and keeps the shape of every value."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt
import onnx
from onnx import TensorProto, defs, helper, numpy_helper, shape_inference

if TYPE_CHECKING:
    from vision.heads.kind import Head

OPSET = 17
IR_VERSION = 8
_OPSETS = [helper.make_opsetid("", OPSET)]

type Shape = tuple[int, ...]


class GraphBuilder:
    """An ONNX graph under construction.

    Attributes
    ----------
    shapes
        Shape of every value, with the batch size that the file declares.
    known_values
        Values that do not depend on any input.
    head
        How to read the boxes of a detector, or None.
    """

    def __init__(self) -> None:
        self.shapes: dict[str, Shape] = {}
        self.known_values: dict[str, npt.NDArray[np.float64]] = {}
        self.head: Head | None = None
        self._nodes: list[onnx.NodeProto] = []
        self._constants: dict[str, onnx.TensorProto] = {}
        self._inputs: list[str] = []
        self._renamed: dict[str, str] = {}
        self._count = 0

    def input(self, name: str, shape: Shape) -> str:
        """Declare an input and return its name."""
        self.shapes[name] = shape
        self._inputs.append(name)
        return name

    def add_known_value(self, values: npt.NDArray[np.float64]) -> str:
        """Register a value known at conversion time; return its name."""
        name = self.constant(values)
        self.known_values[name] = values
        return name

    def constant(self, values: npt.ArrayLike, dtype: type[np.generic] = np.float32) -> str:
        """Store a constant and return its name."""
        name = self._new_name("constant")
        array = np.ascontiguousarray(values, dtype)
        self._constants[name] = numpy_helper.from_array(array, name)
        self.shapes[name] = array.shape
        return name

    def node(self, operator: str, inputs: Sequence[str], **attributes: Any) -> str:
        """Add a node with one output and return its name.

        Raises
        ------
        ValueError
            If the inputs do not fit the operator.
        """
        output = self._new_name(operator.lower())
        node = helper.make_node(operator, inputs, [output], name=output, **attributes)
        found = {name: self._constants[name] for name in inputs if name in self._constants}
        elements = {name: constant.data_type for name, constant in found.items()}
        types = {
            name: helper.make_tensor_type_proto(
                elements.get(name, TensorProto.FLOAT), self.shapes[name]
            )
            for name in inputs
            if name
        }
        sizes = {name: one for name, one in found.items() if elements[name] == TensorProto.INT64}
        try:
            made = shape_inference.infer_node_outputs(
                defs.get_schema(operator, OPSET), node, types, sizes, opset_imports=_OPSETS
            )
        except shape_inference.InferenceError as error:
            raise ValueError(operator) from error
        self._nodes.append(node)
        self.shapes[output] = tuple(side.dim_value for side in made[output].tensor_type.shape.dim)
        return output

    def combine(self, operator: str, value: str, constant: npt.ArrayLike) -> str:
        """Add a binary node with a value and a constant; the value's shape must not change."""
        return self.node(operator, [value, self.constant(constant)])

    def transpose(self, value: str, order: Sequence[int]) -> str:
        """Add a transpose that reorders the axes of a value."""
        return self.node("Transpose", [value], perm=order)

    def reshape(self, value: str, shape: Shape) -> str:
        """Add a reshape; the first axis stays free if it does not change."""
        if shape == self.shapes[value]:
            return value
        sides = list(shape)
        if shape and shape[0] == self.shapes[value][0]:
            sides[0] = 0
        return self.node("Reshape", [value, self.constant(sides, np.int64)])

    def finish(self, outputs: dict[str, str]) -> bytes:
        """Return the model as bytes; `outputs` maps output names to values."""
        for name, value in outputs.items():
            self._rename_value(value, name)
        read = {name for node in self._nodes for name in node.input}
        graph = helper.make_graph(
            self._nodes,
            "converted",
            [self._info(name, self.shapes[name]) for name in self._inputs],
            [self._info(name, self.shapes[value]) for name, value in outputs.items()],
            [one for name, one in self._constants.items() if name in read],
        )
        model = helper.make_model(
            graph,
            opset_imports=_OPSETS,
            ir_version=IR_VERSION,
            producer_name="glassnet",
        )
        return bytes(model.SerializeToString())

    def _rename_value(self, value: str, name: str) -> None:
        """Rename a value to the name of an output."""
        made = [node for node in self._nodes if node.output[0] == value]
        if not made:
            # It is an input, known already, or has got the name of another output already.
            source = self._renamed.get(value, value)
            self._nodes.append(helper.make_node("Identity", [source], [name]))
            return
        made[0].output[0] = self._renamed[value] = name
        for node in self._nodes:
            for index, read in enumerate(node.input):
                if read == value:
                    node.input[index] = name

    def _info(self, name: str, shape: Shape) -> onnx.ValueInfoProto:
        return helper.make_tensor_value_info(name, TensorProto.FLOAT, ["N", *shape[1:]])

    def _new_name(self, stem: str) -> str:
        self._count += 1
        # No blob of Caffe's and no tensor of TFLite's has a name with this mark.
        return f"{stem}~{self._count}"
