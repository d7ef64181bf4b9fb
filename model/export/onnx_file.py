"""A network as an ONNX model in float32, in the units of its table.

The graph scales the columns, derives inputs, applies one operator and activation per layer,
and reverses the scaling of the targets.
"""

from __future__ import annotations

import json
from typing import Any

import numpy as np

from foundation.files import StrPath
from model import __version__
from model.activations import ACTIVATION_KINDS
from model.data import Dataset, build_dataset
from model.errors import ModelError
from model.experiment import Activation, Experiment, FloatArray
from model.experiment.checks import check_columns
from model.files import write_bytes
from model.initialisers import initialise

INPUT, OUTPUT = "input", "output"
OPSET = 17
IR_VERSION = 8


def onnx_model(experiment: Experiment, dataset: Dataset | None = None) -> Any:
    """Return an experiment's network as a checked ``onnx.ModelProto``.

    Parameters
    ----------
    experiment
        The network; missing weights are drawn.
    dataset
        Its data set, if already built; names of features and classes go into the metadata.

    Returns
    -------
    onnx.ModelProto
        The checked model, with float32 weights; see Notes for its metadata.

    Raises
    ------
    ModelError
        Code ``export.float32`` if a weight or a scaling exceeds the range of float32, and those
        of :func:`model.experiment.checks.check_columns`.

    Notes ----- Input ``input``, shape (rows, columns), and output ``output``, shape (rows,
    outputs), are in the units of the table; the number of rows is free. If the columns were
    scaled, the graph begins with scaled = (input - offset) * (1 / spread); if the targets were,
    it ends with output = scaled * spread + offset.

    Derived inputs are computed from the scaled columns, as derived = (scaled @ left) * (scaled
    @ right + plain) + sin(scaled @ angle): `left` and `right` select the two columns of a
    product, `plain` is 1 for a single column, and `angle` selects the columns of the sines.

    An offset is subtracted in two float32 parts. The first subtraction is exact if the column
    is within a factor of two of the offset, so that years keep their digits. What remains is
    the rounding of the input itself, at most 2^-24 |input| / spread of a scaled value, and 0
    for numbers that float32 represents exactly (docs/adr/0066).

    The metadata list ``features`` (the columns), ``targets`` and ``classes``, one per line, and
    ``inputs`` if they are derived. ``categories`` is a JSON object with the words of each
    column of words, in the order of its features. ``scaling``, if there is any, is a JSON
    object with ``x_offset``, ``x_spread``, ``y_offset`` and ``y_spread``.
    """
    import onnx
    from onnx import TensorProto, helper

    network = initialise(experiment).network
    data = build_dataset(experiment) if dataset is None else dataset
    check_columns(experiment, data)
    graph = _Graph()
    current = _scale(data.columns, graph)
    if data.features:
        _derive(data, current, graph)
        current = "derived"
    result = OUTPUT if data.y_offset is None or data.y_spread is None else "scaled_output"
    for number, layer in enumerate(network.layers, start=1):
        if not layer.kind.onnx_operators:
            raise layer.kind.only_dense()
        reads = [current]
        for name, values in zip("Wb", layer.weights_and_biases, strict=True):
            if len(values) and (name == "W" or layer.use_bias):
                graph.add_constant(f"{name}{number}", values)
                reads.append(f"{name}{number}")
        z, current = f"z{number}", result if number == len(network.layers) else f"a{number}"
        graph.add(f"layer{number}", layer.kind.onnx_operators[0], reads, z)
        _activate(layer.activation, z, current, number, graph)
    if data.y_offset is not None and data.y_spread is not None:
        graph.add_constant("y_spread", data.y_spread[None])
        graph.add_constant("y_offset", data.y_offset[None])
        graph.add("widen_output", "Mul", [result, "y_spread"], "widened")
        graph.add("shift_output", "Add", ["widened", "y_offset"], OUTPUT)
    outputs = network.layers[-1].units
    made = helper.make_graph(
        graph.nodes,
        experiment.title or "glassnet",
        [helper.make_tensor_value_info(INPUT, TensorProto.FLOAT, ["rows", data.columns.inputs])],
        [helper.make_tensor_value_info(OUTPUT, TensorProto.FLOAT, ["rows", outputs])],
        graph.constants,
    )
    opset = max(OPSET, *(ACTIVATION_KINDS[each.activation].onnx_opset for each in network.layers))
    model = helper.make_model(
        made,
        producer_name="Glassnet",
        producer_version=__version__,
        opset_imports=[helper.make_opsetid("", opset)],
        ir_version=IR_VERSION,
    )
    helper.set_model_props(model, _metadata(data))
    onnx.checker.check_model(model, full_check=True)
    return model


class _Graph:
    """The nodes and constants of a model, in order."""

    def __init__(self) -> None:
        self.nodes: list[Any] = []
        self.constants: list[Any] = []

    def add(
        self, name: str, operator: str, reads: list[str], output: str, **attributes: Any
    ) -> None:
        from onnx import helper

        self.nodes.append(helper.make_node(operator, reads, [output], name=name, **attributes))

    def add_constant(self, name: str, values: FloatArray) -> None:
        """Add a constant; raise if it would become infinite in float32."""
        from onnx import numpy_helper

        with np.errstate(over="ignore"):
            small = np.ascontiguousarray(values, np.float32)
        if not np.isfinite(small).all():
            raise ModelError(
                "export.float32",
                "{name} holds a number beyond 3.4e38, which ONNX's float32 cannot hold.",
                name=name,
            )
        self.constants.append(numpy_helper.from_array(small, name))


def _metadata(data: Dataset) -> dict[str, str]:
    """Return the columns' names and scaling as metadata."""
    named = {
        "features": data.columns.feature_names,
        "targets": data.target_names,
        "classes": data.class_names,
    }
    if data.features:
        named["inputs"] = data.feature_names
    scaling = {
        name: column.tolist()
        for name in ("x_offset", "x_spread", "y_offset", "y_spread")
        if (column := getattr(data.columns, name)) is not None
    }
    metadata = {
        key: "\n".join(" ".join(name.split()) for name in names) for key, names in named.items()
    }
    if data.columns.categories:
        metadata["categories"] = json.dumps(dict(data.columns.categories), ensure_ascii=False)
    if scaling:
        metadata["scaling"] = json.dumps(scaling)
    return metadata


def _scale(columns: Dataset, graph: _Graph) -> str:
    """Add nodes that scale the columns, if needed; return their output's name."""
    if columns.x_offset is None or columns.x_spread is None:
        return INPUT
    rest = columns.x_offset - np.float32(columns.x_offset)
    graph.add_constant("x_offset", columns.x_offset[None])
    graph.add_constant("x_offset_rest", rest[None])
    graph.add_constant("x_factor", 1.0 / columns.x_spread[None])
    graph.add("shift", "Sub", [INPUT, "x_offset"], "shifted")
    graph.add("shift_rest", "Sub", ["shifted", "x_offset_rest"], "centred")
    graph.add("scale", "Mul", ["centred", "x_factor"], "scaled")
    return "scaled"


def _derive(data: Dataset, columns: str, graph: _Graph) -> None:
    """Add the nodes that compute ``derived`` from the scaled columns."""
    left, right, angle = np.zeros((3, data.columns.inputs, data.inputs))
    plain = np.zeros(data.inputs)
    for place, (kind, first, second) in enumerate(data.features):
        if kind == "sine":
            angle[first, place] = 1.0
            continue
        left[first, place] = 1.0
        if kind == "column":
            plain[place] = 1.0
        else:
            right[second, place] = 1.0
    graph.add_constant("left", left)
    graph.add_constant("right", right)
    graph.add_constant("plain", plain)
    product = "products" if angle.any() else "derived"
    graph.add("pick_left", "MatMul", [columns, "left"], "left_factor")
    graph.add("pick_right", "Gemm", [columns, "right", "plain"], "right_factor")
    graph.add("multiply", "Mul", ["left_factor", "right_factor"], product)
    if angle.any():
        graph.add_constant("angle", angle)
        graph.add("pick_angles", "MatMul", [columns, "angle"], "angles")
        graph.add("sine", "Sin", ["angles"], "sines")
        graph.add("add_sines", "Add", [product, "sines"], "derived")


def _activate(activation: Activation, z: str, a: str, number: int, graph: _Graph) -> None:
    from onnx import TensorProto

    name = f"{activation}{number}"
    operator, attributes = ACTIVATION_KINDS[activation].onnx
    if operator != "Greater":
        graph.add(name, operator, [z], a, **attributes)
        return
    graph.add_constant(f"zero{number}", np.zeros(1))
    graph.add(name, operator, [z, f"zero{number}"], f"above{number}")
    graph.add(f"{name}_cast", "Cast", [f"above{number}"], a, to=TensorProto.FLOAT)


def export_onnx(experiment: Experiment, path: StrPath, dataset: Dataset | None = None) -> None:
    """Write an experiment's network as an ONNX file, completely or not at all.

    Parameters
    ----------
    experiment
        The network; missing weights are drawn.
    dataset
        Its data set, if already built, or your own.
    path
        Path of the file; an existing file is replaced once the new one is complete.

    Raises
    ------
    ModelError
        If the data cannot be built or read; codes ``network.inputs`` and ``network.outputs`` if
        they do not fit the network; ``export.float32`` if a weight or a scaling exceeds the
        range of float32; ``file.unwritable``.
    """
    write_bytes(path, onnx_model(experiment, dataset).SerializeToString(deterministic=True))
