"""Reads the layers of a feed-forward network from an ONNX graph."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from foundation.text import Names, Text, mark
from model.activations import ACTIVATION_KINDS
from model.data.derived import Feature
from model.errors import ModelError
from model.experiment import MAX_PARAMETERS, Activation, FloatArray, LayerSpec
from model.layers import DENSE, LAYER_KINDS
from model.layers.kind import LayerKind

MAX_NODES = 1000
"""Maximum nodes of a graph; networks small enough to inspect have fewer."""

_MAX_NAMED = 8
_MAX_LETTERS = 60
_MAX_SIDES = 8
_MAX_DIAGONAL = 1024
_MAX_FOLDED_BYTES = 1 << 29

_SAME = {"Identity", "Cast", "Flatten", "Reshape", "Squeeze", "Unsqueeze", "Dropout"}
_KINDS = [kind for kind in ACTIVATION_KINDS.values() if kind.onnx[0] not in {"Greater", *_SAME}]
_ACTIVATIONS: dict[str, Activation] = {
    **{kind.onnx[0]: kind.name for kind in _KINDS},
    "LogSoftmax": "softmax",
}
_ALPHAS = {kind.onnx[0]: kind.onnx[1]["alpha"] for kind in _KINDS if "alpha" in kind.onnx[1]}
_AFFINE = {"Add", "Sub", "Mul", "Div", "BatchNormalization", "Scaler"}
_LAYERS = {operator: kind for kind in LAYER_KINDS for operator in kind.onnx_operators}
_LINEAR = {"LinearClassifier", "LinearRegressor"}
_FOLDED = {"Constant", "Identity", "Cast", "Transpose", "Reshape", "Squeeze", "Unsqueeze"}
_OF_SHAPES = {"Gather", "Slice", "Concat", "Cast", "Squeeze", "Unsqueeze", "Identity"}
_ENDS = {
    *("ArgMax", "ArgMin", "Binarizer", "Greater", "GreaterOrEqual", "Less", "Normalizer"),
    *("TopK", "ZipMap"),
}
_BEHIND = _ENDS | {
    *("ArrayFeatureExtractor", "Cast", "Concat", "Flatten", "Gather", "Identity", "LabelEncoder"),
    *("LessOrEqual", "Mul", "Not", "Reshape", "Squeeze", "Sub", "Unsqueeze", "Where"),
}
_PLUMBING = _SAME | {"ArrayFeatureExtractor", "Concat", "Gather"}
_OF_PICTURES = ("Conv", "Pool", "Resize", "ConvTranspose")
_POST = {"NONE": None, "LOGISTIC": "Sigmoid", "SOFTMAX": "Softmax"}
_CLASSES = ("classlabels_strings", "classlabels_int64s", "classlabels_ints")


@dataclass(frozen=True, eq=False)
class Chain:
    """A network as read from its file.

    Attributes
    ----------
    layers
        Layers with weights, in float64.
    scale, shift
        Scaling of the columns: the network reads column * scale + shift, shape (columns,) each.
    out_scale, out_shift
        Scaling of the outputs: the file returns output * out_scale + out_shift, shape
        (outputs,) each.
    sizes
        Sums of the absolute values of the terms of `shift`, of each layer's biases and of
        `out_shift`, before some cancel out.
    features
        How the inputs are derived from the scaled columns; empty if they are the columns.
    columns, targets
        Names of the columns and of the targets; empty if the file has none.
    input, output
        Names of the first and last tensor; the last columns of `output` are the network's.
    kept
        The nodes between them.
    is_log
        Whether `output` contains the logarithms of the network's answers.
    left_out, merged
        Operators omitted after the answers, and operators between layers merged into weights.
    """

    layers: tuple[LayerSpec, ...]
    scale: FloatArray
    shift: FloatArray
    out_scale: FloatArray
    out_shift: FloatArray
    features: tuple[Feature, ...]
    columns: Names
    targets: Names
    input: str
    output: str
    kept: tuple[Any, ...]
    is_log: bool
    left_out: tuple[str, ...]
    merged: tuple[str, ...]

    @property
    def is_scaled(self) -> bool:
        """Whether the columns are scaled before the first layer."""
        return bool((self.scale != 1.0).any() or (self.shift != 0.0).any())


@dataclass
class _Layer:
    weights: FloatArray
    biases: FloatArray | None = None
    activation: Activation | None = None
    node: str = ""
    kind: LayerKind = DENSE


@dataclass
class _Affine:
    """x * scale + shift, collected from the nodes since the last layer.

    `size` is the sum of the absolute values of the terms of `shift`, to which its rounding
    error is proportional.
    """

    scale: FloatArray = field(default_factory=lambda: np.ones(1))
    shift: FloatArray = field(default_factory=lambda: np.zeros(1))
    operators: list[str] = field(default_factory=list)

    def compose(self, scale: FloatArray, shift: FloatArray, operator: str) -> None:
        try:
            self.scale, self.shift = self.scale * scale, self.shift * scale + shift
        except ValueError as fault:
            raise _Missing(_MISFIT, operator) from fault
        self.operators.append(operator)


class _Missing(Exception):
    """A feature of a node that Build does not support.

    It is caught where the node is known. With `follows`, it may only be a consequence of an
    earlier one, and is then not reported.
    """

    def __init__(self, template: str, operator: str, **values: object) -> None:
        self.template, self.operator, self.values = template, operator, values

    def at(self, node: str) -> ModelError:
        """Return the error that names the node."""
        fault = Text(self.template, operator=_name(self.operator), nodes=node, **self.values)
        return ModelError(
            "onnx.lacks",
            "Build holds chains of dense layers. {faults}. Train the network without these, and "
            "export it again.",
            faults=fault,
        )


_MISFIT = mark("{operator} ({nodes}): its numbers fit no layer")
_NO_LAYER = mark("{operator} ({nodes}): none of Build's layers and activations")
_OFF_PATH = mark("{operator} ({nodes}): off the one path from layer to layer")
_NO_WEIGHTS = mark("{operator} ({nodes}): its weights are not in the file")
_NO_ACTIVATION = mark("{operator} ({nodes}): an activation without a layer of its own")
_NO_SOFTMAX = mark("{operator} ({nodes}): Build's softmax is over the last layer's units")


def read_chain(model: Any) -> Chain:
    """Return the layers of an ``onnx.ModelProto`` that contains its weights.

    Raises
    ------
    ModelError
        Codes ``onnx.lacks`` with all unsupported features, ``onnx.nodes``, ``onnx.order``,
        ``onnx.no_layer``, ``onnx.weights``.
    """
    if len(model.graph.node) > MAX_NODES:
        raise ModelError(
            "onnx.nodes",
            "The network has {count} nodes; at most {most} are read. Build is for chains of dense "
            "layers.",
            count=len(model.graph.node),
            most=MAX_NODES,
        )
    return _Reader(model).read()


class _Reader:
    """Reader of a graph, from its input to its answers."""

    def __init__(self, model: Any) -> None:
        from onnx import numpy_helper

        graph = self.graph = model.graph
        self.opsets = model.opset_import
        self.metadata = {prop.key: prop.value for prop in model.metadata_props}
        self.constants: dict[str, Any] = {
            tensor.name: numpy_helper.to_array(tensor) for tensor in graph.initializer
        }
        self.shapes: dict[str, int] = {}  # how many numbers each may have
        self.parameters = self.folded_bytes = 0
        self.behind: set[str] = set()
        self.classes: Names = ()
        self.readers: Counter[str] = Counter()
        for node in graph.node:
            self.readers.update({name for name in node.input if node.op_type != "Shape"})
        self.before, self.after = _Affine(), _Affine()
        self.layers: list[_Layer] = []
        self.features: tuple[Feature, ...] = ()
        self.columns = 0  # which the first layer reads, or its inputs are derived from
        self.merged: list[str] = []
        self.left_out: list[str] = []
        self.kept: list[Any] = []
        self.has_ended = self.is_log = False
        entering = [each for each in graph.input if each.name not in self.constants]
        self.inputs = [each.name for each in entering]
        self.current = self.inputs[0] if self.inputs else ""

    def read(self) -> Chain:
        if len(self.inputs) != 1:
            fault = _Missing(
                "{operator} ({nodes}): export it with one input, a row of all columns", "Input"
            )
            raise fault.at(", ".join(_name(name) for name in self.inputs[:_MAX_NAMED]) or "0")
        known = {*self.constants, *self.inputs}
        skipped: set[str] = set()
        for node in self.graph.node:
            for name in filter(None, node.input):
                if name not in known:
                    raise ModelError(
                        "onnx.order",
                        "The node {node} reads {name}, which nothing before it makes: the file is "
                        "damaged, or the network goes in a circle.",
                        node=_label(node),
                        name=_name(name),
                    )
            known.update(node.output)
            if node.output and node.output[0] in skipped:
                continue
            try:
                skipped |= self._process_node(node)
            except _Missing as missing:
                raise missing.at(_label(node)) from missing
        return self._build_chain()

    # -- Nodes -------------------------------------------------------------------------------------

    def _process_node(self, node: Any) -> set[str]:
        """Process the next node; return the outputs of nodes processed with it."""
        operator = node.op_type
        if node.domain not in ("", "ai.onnx", "ai.onnx.ml"):
            raise _Missing(_NO_LAYER, f"{node.domain}::{operator}")
        reads = [name for name in node.input if name]
        data = {name for name in reads if name not in self.constants and name not in self.shapes}
        if not data:
            self._process_constant(node, reads)
        elif operator == "Shape":
            self.shapes.update(dict.fromkeys(node.output, _MAX_SIDES))
            self.kept.append(node)
        elif data & self.behind or (self._is_behind(node, data) and not self._is_softplus(node)):
            if operator not in _BEHIND:
                raise _Missing(_OFF_PATH, operator)
            self.left_out.append(operator)
            self.behind.update(node.output)
            self._note_classes(node)
        elif data == {self.current} and (block := self._process_block(node)):
            return block
        elif data == {self.current}:
            self._process_operator(node)
            self.kept.append(node)
            self.has_ended = self._is_forked()
        else:
            raise _Missing(_OFF_PATH, operator)
        return set()

    def _is_forked(self) -> bool:
        """Return whether the current tensor has several readers or is an output."""
        is_answer = self.current in {each.name for each in self.graph.output}
        return self.readers[self.current] > 1 or (is_answer and bool(self.layers))

    def _is_behind(self, node: Any, data: set[str]) -> bool:
        """Return whether a node only post-processes the network's answers."""
        if data != {self.current} or not self.layers:
            return False
        if node.op_type == "Greater" and self._is_step(node):
            return False
        whole = node.op_type == "Cast" and not _is_float(_attributes(node).get("to"))
        is_step = self.layers[-1].activation == "step"
        return self.has_ended or node.op_type in _ENDS or (whole and not is_step)

    def _process_constant(self, node: Any, reads: Sequence[str]) -> None:
        """Process a node that does not depend on rows: transposed weights, or a shape."""
        is_constant = all(name in self.constants for name in reads)
        self.kept.append(node)
        if is_constant and node.op_type in _FOLDED:
            for name, value in zip(node.output, self._folded(node), strict=True):
                self.constants[name] = value
        elif not is_constant:
            # None of these makes more numbers than it reads, so that a shape stays one.
            sizes = [self.shapes.get(name) or self.constants[name].size for name in reads]
            if node.op_type not in _OF_SHAPES or sum(sizes) > 4 * _MAX_SIDES:
                raise _Missing(_NO_LAYER, node.op_type)
            self.shapes.update(dict.fromkeys(node.output, sum(sizes)))
        else:
            raise _Missing(_NO_WEIGHTS, node.op_type)

    def _folded(self, node: Any) -> Sequence[Any]:
        from onnx import helper
        from onnx.reference import ReferenceEvaluator

        inputs = [helper.make_empty_tensor_value_info(name) for name in filter(None, node.input)]
        outputs = [helper.make_empty_tensor_value_info(name) for name in node.output]
        graph = helper.make_graph([node], "constant", inputs, outputs)
        model = helper.make_model(graph, opset_imports=self.opsets)
        feeds = {name: self.constants[name] for name in filter(None, node.input)}
        self.folded_bytes += sum(value.nbytes for value in feeds.values())
        if self.folded_bytes > _MAX_FOLDED_BYTES:
            raise _Missing(_NO_WEIGHTS, node.op_type)
        try:
            return list(ReferenceEvaluator(model).run(None, feeds))
        except (ValueError, TypeError, RuntimeError, IndexError) as fault:
            raise _Missing(_NO_WEIGHTS, node.op_type) from fault

    def _process_operator(self, node: Any) -> None:
        """Process a node that computes the chain's next tensor."""
        operator, attributes = node.op_type, _attributes(node)
        output = node.output[0]
        if operator in _LAYERS:
            self._process_layer(node, attributes)
        elif operator in _LINEAR:
            output = self._process_linear(node, attributes)
        elif operator in _AFFINE:
            self._process_affine(node, attributes)
        elif operator in _ACTIVATIONS:
            self._process_activation(node, attributes)
        elif operator == "Greater" and self._is_step(node):
            self._activate("step", node)
        elif operator not in _SAME:
            if operator.endswith(_OF_PICTURES):
                raise _Missing("{operator} ({nodes}): for pictures, which Vision takes", operator)
            raise _Missing(_NO_LAYER, operator)
        self.current = output

    def _process_activation(self, node: Any, attributes: dict[str, Any]) -> None:
        operator = node.op_type
        own = _ALPHAS.get(operator, 0.0)
        alpha = round(float(attributes.get("alpha", own)), 6)  # the file's is a float32
        if operator in _ALPHAS and alpha != own:
            raise _Missing(
                "{operator} ({nodes}) with alpha = {alpha}: Build's has {own}",
                operator,
                alpha=alpha,
                own=own,
            )
        if operator.endswith("Softmax") and attributes.get("axis", -1) not in (-1, 1):
            raise _Missing(_NO_SOFTMAX, operator)
        self._activate(_ACTIVATIONS[operator], node)
        if operator == "LogSoftmax":
            self.left_out.append("Log")
            self.is_log = True

    def _is_step(self, node: Any) -> bool:
        threshold = self.constants.get(node.input[1]) if len(node.input) > 1 else None
        is_open = bool(self.layers) and self.layers[-1].activation is None
        return threshold is not None and is_open and not np.any(threshold)

    # -- Layers ------------------------------------------------------------------------------------

    def _process_layer(self, node: Any, attributes: dict[str, Any]) -> None:
        operator = node.op_type
        if node.input[0] != self.current:
            raise _Missing(_NO_LAYER, operator)
        places = [place for place, name in enumerate(node.input) if place and name]
        arrays = [self._numbers(node, place) for place in places]
        found = _LAYERS[operator].from_onnx(attributes, arrays, self._width)
        if found is None:
            raise _Missing(_NO_LAYER, operator)
        kind, weights, biases = found
        self._add_layer(weights, biases, node, kind)

    def _process_linear(self, node: Any, attributes: dict[str, Any]) -> str:
        """Process a scikit-learn linear model; of two opposite outputs, keep the second."""
        operator = node.op_type
        post = attributes.get("post_transform", b"NONE").decode("utf-8", "replace")
        if post not in _POST:
            raise _Missing(_NO_LAYER, f"{operator} {post}")
        self._note_classes(node)
        if operator == "LinearClassifier":
            self.behind.add(node.output[0])
        biases = np.array(attributes.get("intercepts", ()), np.float64)
        flat = np.array(attributes.get("coefficients", ()), np.float64)
        outputs = biases.size or int(attributes.get("targets", 1)) or 1
        if flat.size == 0 or flat.size % outputs or not np.isfinite(flat).all():
            raise _Missing(_MISFIT, operator)
        weights = flat.reshape(outputs, -1).T
        is_pair = outputs == 2 and post != "SOFTMAX" and operator == "LinearClassifier"
        if is_pair and (weights[:, 0] == -weights[:, 1]).all() and biases[0] == -biases[1]:
            weights, biases = weights[:, 1:], biases[1:]
        self._add_layer(weights, biases if biases.size else None, node)
        if (activation := _POST[post]) is not None:
            self._activate(_ACTIVATIONS[activation], node)
        return str(node.output[1 if operator == "LinearClassifier" else 0])

    def _add_layer(
        self, weights: FloatArray, biases: FloatArray | None, node: Any, kind: LayerKind = DENSE
    ) -> None:
        operator = node.op_type
        if weights.ndim != 2:
            raise _Missing(_MISFIT, operator)
        width, units = self._width or len(weights), weights.shape[1]
        if 0 in (width, units) or len(weights) != kind.rows((width,)):
            raise _Missing(_MISFIT, operator)
        self.columns = self.columns or width
        if biases is not None:
            biases = self._row(biases, units, operator)
        self.parameters += weights.size
        if self.parameters > MAX_PARAMETERS:
            raise ModelError(
                "network.too_large",
                "The network would have {count} weights; at most {most} are possible.",
                count=self.parameters,
                most=MAX_PARAMETERS,
            )
        after = self.after
        if self.layers and self.layers[-1].activation is None:
            self._fold(self.layers[-1])
            self.layers[-1].activation = "identity"
        elif after.operators:
            scale, shift = (self._row(each, width, operator) for each in (after.scale, after.shift))
            biases = np.zeros(units) if biases is None else biases
            rescaled = kind.rescaled(weights, biases, scale, shift)
            if rescaled is None:
                raise _Missing(_MISFIT, operator)
            weights, biases = rescaled
            self._merge()
        self.layers.append(_Layer(weights, biases, node=_label(node), kind=kind))

    def _activate(self, activation: Activation, node: Any) -> None:
        if not self.layers:
            raise _Missing(_NO_ACTIVATION, node.op_type)
        last = self.layers[-1]
        if last.activation is None:
            self._fold(last)
        elif self.after.operators:
            self._add_diagonal(_label(node))
        else:
            raise _Missing(_NO_ACTIVATION, node.op_type)
        self.layers[-1].activation, self.layers[-1].node = activation, _label(node)

    def _process_affine(self, node: Any, attributes: dict[str, Any]) -> None:
        """Process a node that scales or shifts each column."""
        operator = node.op_type
        scale: FloatArray = np.ones(1)
        shift: FloatArray = np.zeros(1)
        if operator == "Scaler":
            offset = np.array(attributes.get("offset", (0.0,)), np.float64)
            scale = np.array(attributes.get("scale", (1.0,)), np.float64)
            shift = -offset * scale
        elif operator == "BatchNormalization":
            gamma, beta, mean, variance = (self._numbers(node, place) for place in (1, 2, 3, 4))
            with np.errstate(invalid="ignore", divide="ignore"):
                scale = gamma / np.sqrt(variance + attributes.get("epsilon", 1e-5))
            shift = beta - mean * scale
        else:
            comes_first = node.input[0] == self.current
            if node.input[0] == node.input[1]:
                raise _Missing(_OFF_PATH, operator)
            number = self._numbers(node, 1 if comes_first else 0)
            if operator == "Add":
                shift = number
            elif operator == "Sub":
                scale, shift = (scale, -number) if comes_first else (-scale, number)
            elif operator == "Mul":
                scale = number
            elif comes_first and np.all(number):
                scale = 1.0 / number
            else:
                raise _Missing(_NO_LAYER, operator)
        if not (np.isfinite(scale).all() and np.isfinite(shift).all()):
            raise _Missing(_MISFIT, operator)
        scale, shift = np.atleast_1d(np.squeeze(scale)), np.atleast_1d(np.squeeze(shift))
        if max(scale.ndim, shift.ndim) > 1:
            raise _Missing(_MISFIT, operator)
        if not self.layers:
            self.before.compose(scale, shift, operator)
            return
        last, units = self.layers[-1], self._width
        assert units is not None
        scale, shift = (self._row(each, units, operator) for each in (scale, shift))
        is_free = last.activation is None and last.biases is None and not self.after.operators
        if operator == "Add" and is_free:
            last.biases = shift
        else:
            self.after.compose(scale, shift, operator)

    @property
    def _width(self) -> int | None:
        """The next layer's number of inputs, ``None`` if not yet determined."""
        if self.layers:
            return int(self.layers[-1].weights.shape[1])
        if self.features:
            return len(self.features)
        widths = {self.before.scale.size, self.before.shift.size} - {1}
        return widths.pop() if widths else None

    def _fold(self, layer: _Layer) -> None:
        """Fold the scaling after a layer's sum into its weights."""
        after = self.after
        if after.operators:
            biases = np.zeros(1) if layer.biases is None else layer.biases
            layer.biases = biases * after.scale + after.shift
            layer.weights = layer.weights * after.scale
            self._merge()

    def _add_diagonal(self, node: str) -> None:
        """Turn the scaling after an activation into a separate layer."""
        units = self.layers[-1].weights.shape[1]
        if units > _MAX_DIAGONAL:
            raise ModelError(
                "onnx.diagonal",
                "A layer of {units} units is scaled after its activation, which would take a layer "
                "of {units} × {units} weights. Work the scaling into the next layer.",
                units=units,
            )
        scale, shift = (
            np.broadcast_to(each, units) for each in (self.after.scale, self.after.shift)
        )
        self.layers.append(_Layer(np.diag(scale), shift, node=node))
        self._merge()

    def _merge(self) -> None:
        self.merged += self.after.operators
        self.after = _Affine()

    def _numbers(self, node: Any, place: int) -> FloatArray:
        """Return a node's constant input in float64."""
        value = self.constants.get(node.input[place]) if place < len(node.input) else None
        if value is None or value.dtype.kind in "OUSb":
            raise _Missing(_NO_WEIGHTS, node.op_type)
        with np.errstate(invalid="ignore"):  # what signals that it is no number
            numbers = np.asarray(value).astype(np.float64)
        if not np.isfinite(numbers).all():
            raise ModelError(
                "onnx.weights",
                "{name}, which the node {node} reads, holds a number that is not finite. Train the "
                "network again, and export it before its weights overflow.",
                name=_name(node.input[place]),
                node=_label(node),
            )
        return numbers

    def _row(self, values: FloatArray, width: int, operator: str) -> FloatArray:
        values = np.atleast_1d(np.squeeze(values))
        if values.ndim != 1 or values.size not in (1, width):
            raise _Missing(_MISFIT, operator)
        return np.array(np.broadcast_to(values, width))

    # -- Blocks of several nodes -------------------------------------------------------------------

    def _process_block(self, node: Any) -> set[str]:
        """Process several nodes that form one operation; return their outputs."""
        if self._is_softplus(node):
            block = self._next_nodes(node, 3)
            self._activate("softplus", node)
        elif not self.layers and self._is_forked():
            block = self._derive(node)
        else:
            block = []
        if not block:
            return set()
        self.kept += block
        self.current = block[-1].output[0]
        self.has_ended = self._is_forked()
        return {name for each in block for name in each.output}

    def _next_nodes(self, node: Any, count: int) -> list[Any]:
        nodes = list(self.graph.node)
        start = nodes.index(node)
        return nodes[start : start + count]

    def _is_softplus(self, node: Any) -> bool:
        """Return whether PyTorch's softplus begins here, which is z above a threshold."""
        if node.op_type != "Softplus" or list(node.input) != [self.current]:
            return False
        block = self._next_nodes(node, 3)
        if [each.op_type for each in block[1:]] != ["Greater", "Where"]:
            return False
        threshold = self.constants.get(block[1].input[1])
        reads = [block[1].output[0], self.current, node.output[0]]
        # From 17 on the two are one number in float32, see ln(1 + exp(-z)) beside its precision.
        is_high = threshold is not None and np.size(threshold) == 1 and np.min(threshold) >= 17.0
        return is_high and block[1].input[0] == self.current and list(block[2].input) == reads

    def _derive(self, node: Any) -> list[Any]:
        """Process the derived inputs of Glassnet's exports; return their nodes.

        derived = (columns @ left) * (columns @ right + plain) + sin(columns @ angle), see
        :func:`model.export.onnx_file.onnx_model`.
        """
        block = self._next_nodes(node, 6)
        has_sines = [each.op_type for each in block[3:]] == ["MatMul", "Sin", "Add"]
        block = block[: 6 if has_sines else 3]
        if [each.op_type for each in block[:3]] != ["MatMul", "Gemm", "Mul"]:
            return []
        left, right = self._numbers(block[0], 1), self._numbers(block[1], 1)
        plain = self._numbers(block[1], 2)
        angle = self._numbers(block[3], 1) if has_sines else np.zeros_like(left)
        if not left.ndim == 2 == angle.ndim or not left.shape == right.shape == angle.shape:
            raise _Missing(_MISFIT, node.op_type)
        features = []
        for place in range(left.shape[1]):
            first, second = int(left[:, place].argmax()), int(right[:, place].argmax())
            if angle[:, place].any():
                first = second = int(angle[:, place].argmax())
                features.append(Feature("sine", first, first))
            elif plain.flat[min(place, plain.size - 1)]:
                features.append(Feature("column", first, first))
            else:
                features.append(Feature("square" if first == second else "product", first, second))
        self.features, self.columns = tuple(features), len(left)
        return block

    # -- The end -----------------------------------------------------------------------------------

    def _note_classes(self, node: Any) -> None:
        """Note the class names in a node after the answers."""
        attributes = _attributes(node)
        names = next((attributes[key] for key in _CLASSES if attributes.get(key)), None)
        if names is None and node.op_type == "ArrayFeatureExtractor":
            names = self.constants.get(node.input[0])
        if names is not None and not self.classes:
            self.classes = _names(list(np.asarray(names, object).ravel()))

    def _build_chain(self) -> Chain:
        for number, layer in enumerate(self.layers[:-1]):
            if layer.activation == "softmax":
                raise _Missing(_NO_SOFTMAX, "Softmax").at(layer.node or str(number + 1))
        if not self.layers:
            raise ModelError(
                "onnx.no_layer",
                "There is no layer with weights in it. Choose a file that a trained network was "
                "exported to.",
            )
        last = self.layers[-1]
        if last.activation is not None and self.after.operators:
            self._add_diagonal("")
            last = self.layers[-1]
        outputs = last.weights.shape[1]
        scale, shift = (
            np.array(np.broadcast_to(each, self.columns))
            for each in (self.before.scale, self.before.shift)
        )
        out = [
            np.array(np.broadcast_to(each, outputs))
            for each in (self.after.scale, self.after.shift)
        ]
        own = self.metadata
        classes = _names_if_distinct(_lines(own.get("classes")) or self.classes, max(outputs, 2))
        targets = _names_if_distinct(_lines(own.get("targets")), outputs)
        if not targets and outputs > 1:
            targets = _names_if_distinct(classes, outputs)
        return Chain(
            tuple(
                LayerSpec(
                    layer.weights.shape[1],
                    layer.activation or "identity",
                    use_bias=layer.biases is not None,
                    weights=layer.weights,
                    biases=np.zeros(layer.weights.shape[1])
                    if layer.biases is None
                    else layer.biases,
                    other_kind=layer.kind,
                )
                for layer in self.layers
            ),
            scale,
            shift,
            out[0],
            out[1],
            self.features,
            _names_if_distinct(_lines(own.get("features")), self.columns),
            targets,
            self.inputs[0],
            self.current,
            tuple(self.kept),
            self.is_log,
            tuple(name for name in dict.fromkeys(self.left_out) if name not in _PLUMBING),
            tuple(dict.fromkeys(self.merged)),
        )


def _attributes(node: Any) -> dict[str, Any]:
    from onnx import helper

    return {each.name: helper.get_attribute_value(each) for each in node.attribute}


def _is_float(kind: int | None) -> bool:
    from onnx import TensorProto

    return kind in (
        TensorProto.FLOAT,
        TensorProto.DOUBLE,
        TensorProto.FLOAT16,
        TensorProto.BFLOAT16,
    )


def _label(node: Any) -> str:
    """Return a node's label for messages."""
    return _name(node.name or next(iter(node.output), "") or node.op_type)


def _name(text: object) -> str:
    """Return a name from a file in displayable form: short, on one line."""
    if isinstance(text, bytes):
        text = text.decode("utf-8", "replace")
    shown = "".join(letter if letter.isprintable() else " " for letter in str(text))
    return " ".join(shown.split())[:_MAX_LETTERS]


def _names(values: Sequence[object]) -> tuple[str, ...]:
    return tuple(map(_name, values))


def _lines(text: str | None) -> tuple[str, ...]:
    return _names(text.split("\n")) if text else ()


def _names_if_distinct(names: Names, count: int) -> tuple[str, ...]:
    """Return the names if there are exactly `count` distinct, non-empty ones, else none."""
    return names if len(names) == count == len({*names, ""}) - 1 else ()
