"""A network as an ONNX model in float32: from the columns of a table to answers in its units.

Scaling, derived inputs, one Gemm and activation a layer, scaling back.
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
        Its data, where it was built before; names of features and classes go into the metadata.

    Returns
    -------
    onnx.ModelProto
        Checked, with float32 weights; its metadata are described below.

    Raises
    ------
    ModelError
        Code ``export.float32`` where a weight or a scaling is beyond what float32 can hold, and
        those of :func:`model.experiment.checks.check_columns`.

    Notes
    -----
    Input ``input``, shape (rows, columns), and output ``output``, shape (rows, outputs), are in
    the units of the table; the number of rows is free. Where the columns were scaled, the graph
    begins with scaled = (input - offset) * (1 / spread) and ends, where the targets were, with
    output = scaled * spread + offset.

    Inputs that are derived from the columns come after their scaling, as
    derived = (scaled @ left) * (scaled @ right + plain) + sin(scaled @ angle): `left` and `right`
    pick the two columns of a product, `plain` is 1 where there is only one, and `angle` picks those
    of the sines.

    An offset is taken away in two parts, each a float32: the first leaves no rounding of its own
    where the column stays within a factor of two of it, so that years keep their digits. What is
    left is the rounding of the input itself, at most 2^-24 |input| / spread of a scaled value, and
    0 for numbers that float32 holds (docs/adr/0066).

    The metadata name ``features`` (the columns), ``targets`` and ``classes``, one a line, and
    ``inputs`` where they are derived from those; ``categories`` is a
    JSON object with the words of each column of words in the order of its features; ``scaling``,
    where there is any, is one of ``x_offset``, ``x_spread``, ``y_offset`` and ``y_spread``.
    """
    import onnx
    from onnx import TensorProto, helper

    network = initialise(experiment).network
    data = build_dataset(experiment) if dataset is None else dataset
    check_columns(experiment, data)
    nodes, constants = _input_nodes(data)
    current = "scaled" if nodes else INPUT
    if data.features:
        _derive(data, current, nodes, constants)
        current = "derived"
    result = OUTPUT if data.y_offset is None or data.y_spread is None else "scaled_output"
    for number, layer in enumerate(network.layers, start=1):
        last = number == len(network.layers)
        z, a = f"z{number}", result if last else f"a{number}"
        if not layer.kind.onnx_operators:
            raise layer.kind.only_dense()
        weights, biases = layer.drawn
        arrays = {f"W{number}": weights} if len(weights) else {}
        if layer.use_bias:
            arrays[f"b{number}"] = biases
        constants += [_constant(name, values) for name, values in arrays.items()]
        operator, *_ = layer.kind.onnx_operators
        nodes.append(helper.make_node(operator, [current, *arrays], [z], name=f"layer{number}"))
        nodes += _activation_nodes(layer.activation, z, a, number, constants)
        current = a
    if result != OUTPUT:
        constants += [_row("y_spread", data.y_spread), _row("y_offset", data.y_offset)]
        nodes += [
            helper.make_node("Mul", [result, "y_spread"], ["widened"], name="widen_output"),
            helper.make_node("Add", ["widened", "y_offset"], [OUTPUT], name="shift_output"),
        ]
    outputs = network.layers[-1].units
    graph = helper.make_graph(
        nodes,
        experiment.title or "glassnet",
        [helper.make_tensor_value_info(INPUT, TensorProto.FLOAT, ["rows", data.columns.inputs])],
        [helper.make_tensor_value_info(OUTPUT, TensorProto.FLOAT, ["rows", outputs])],
        constants,
    )
    model = helper.make_model(
        graph,
        producer_name="Glassnet",
        producer_version=__version__,
        opset_imports=[helper.make_opsetid("", OPSET)],
        ir_version=IR_VERSION,
    )
    helper.set_model_props(model, _metadata(data))
    onnx.checker.check_model(model, full_check=True)
    return model


def _metadata(data: Dataset) -> dict[str, str]:
    """Return what the columns are called and how they were scaled."""
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


def _input_nodes(data: Dataset) -> tuple[list[Any], list[Any]]:
    """Return nodes and constants from ``input`` to ``scaled``; none where nothing was scaled."""
    from onnx import helper

    data = data.columns
    if data.x_offset is None or data.x_spread is None:
        return [], []
    rest = data.x_offset - np.float32(data.x_offset)
    constants = [
        _row("x_offset", data.x_offset),
        _row("x_offset_rest", rest),
        _row("x_factor", 1.0 / data.x_spread),
    ]
    nodes = [
        helper.make_node("Sub", [INPUT, "x_offset"], ["shifted"], name="shift"),
        helper.make_node("Sub", ["shifted", "x_offset_rest"], ["centred"], name="shift_rest"),
        helper.make_node("Mul", ["centred", "x_factor"], ["scaled"], name="scale"),
    ]
    return nodes, constants


def _derive(data: Dataset, columns: str, nodes: list[Any], constants: list[Any]) -> None:
    """Add what makes ``derived`` of the scaled columns."""
    from onnx import helper

    shape = data.columns.inputs, data.inputs
    left, right, angle, plain = (
        np.zeros(shape),
        np.zeros(shape),
        np.zeros(shape),
        np.zeros(shape[1]),
    )
    for place, (kind, first, second) in enumerate(data.features):
        if kind == "sine":
            angle[first, place] = 1.0
            continue
        left[first, place] = 1.0
        if kind == "column":
            plain[place] = 1.0
        else:
            right[second, place] = 1.0
    constants += [_constant("left", left), _constant("right", right), _constant("plain", plain)]
    product = "products" if angle.any() else "derived"
    nodes += [
        helper.make_node("MatMul", [columns, "left"], ["left_factor"], name="pick_left"),
        helper.make_node("Gemm", [columns, "right", "plain"], ["right_factor"], name="pick_right"),
        helper.make_node("Mul", ["left_factor", "right_factor"], [product], name="multiply"),
    ]
    if angle.any():
        constants.append(_constant("angle", angle))
        nodes += [
            helper.make_node("MatMul", [columns, "angle"], ["angles"], name="pick_angles"),
            helper.make_node("Sin", ["angles"], ["sines"], name="sine"),
            helper.make_node("Add", [product, "sines"], ["derived"], name="add_sines"),
        ]


def _row(name: str, values: FloatArray | None) -> Any:
    """Return an initializer of one row, to be met by every row of a table."""
    assert values is not None
    return _constant(name, values[None])


def _constant(name: str, values: FloatArray | None) -> Any:
    """Return an initializer, refusing what would become infinite in float32."""
    from onnx import numpy_helper

    with np.errstate(over="ignore"):
        small = np.ascontiguousarray(values, np.float32)
    if not np.isfinite(small).all():
        raise ModelError(
            "export.float32",
            "{name} holds a number beyond 3.4e38, which ONNX's float32 cannot hold.",
            name=name,
        )
    return numpy_helper.from_array(small, name)


def _activation_nodes(
    activation: Activation, z: str, a: str, number: int, constants: list[Any]
) -> list[Any]:
    from onnx import TensorProto, helper

    name = f"{activation}{number}"
    operator, attributes = ACTIVATION_KINDS[activation].onnx
    if operator != "Greater":
        return [helper.make_node(operator, [z], [a], name=name, **attributes)]
    constants.append(_constant(f"zero{number}", np.zeros(1)))
    above = f"above{number}"
    return [
        helper.make_node("Greater", [z, f"zero{number}"], [above], name=name),
        helper.make_node("Cast", [above], [a], name=f"{name}_cast", to=TensorProto.FLOAT),
    ]


def export_onnx(experiment: Experiment, path: StrPath, dataset: Dataset | None = None) -> None:
    """Write an experiment's network as an ONNX file, whole or not at all.

    Parameters
    ----------
    experiment
        The network; missing weights are drawn.
    dataset
        Its data, where they were built before, or are your own.
    path
        Where to; a file that is there is replaced once the new one is whole.

    Raises
    ------
    ModelError
        Where the data cannot be made or read; codes ``network.inputs`` and ``network.outputs``
        where they do not fit; ``export.float32`` where a weight or a scaling is beyond what float32
        can hold; ``file.unwritable``.
    """
    write_bytes(path, onnx_model(experiment, dataset).SerializeToString(deterministic=True))
