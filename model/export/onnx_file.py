"""A network as an ONNX model in float32: one Gemm a layer, then its activation."""

from __future__ import annotations

import os
from typing import Any

import numpy as np

from model.activations import LEAK
from model.data import Dataset, build_dataset
from model.errors import ModelError
from model.experiment import Activation, Experiment, FloatArray
from model.files import write_bytes
from model.initialise import initialise

__all__ = ["INPUT", "OUTPUT", "export_onnx", "onnx_model"]

INPUT, OUTPUT = "input", "output"
OPSET = 17
IR_VERSION = 8

_OPERATORS: dict[Activation, tuple[str, dict[str, Any]]] = {
    "identity": ("Identity", {}),
    "sigmoid": ("Sigmoid", {}),
    "tanh": ("Tanh", {}),
    "relu": ("Relu", {}),
    "leaky_relu": ("LeakyRelu", {"alpha": LEAK}),
    "elu": ("Elu", {"alpha": 1.0}),
    "softplus": ("Softplus", {}),
    "softmax": ("Softmax", {"axis": 1}),
}


def onnx_model(experiment: Experiment, dataset: Dataset | None = None) -> Any:
    """Return an experiment's network as a checked ``onnx.ModelProto``.

    Parameters
    ----------
    experiment
        The network; missing weights are drawn.
    dataset
        Its data, where it was built before; names of features and classes go into the metadata.

    Raises
    ------
    ModelError
        Code ``export.float32`` where a weight is beyond what float32 can hold.

    Notes
    -----
    Input ``input``, shape (rows, features); output ``output``, shape (rows, outputs); the number of
    rows is free. Inputs are scaled as the experiment's data are; where they were, the metadata have
    ``x_offset`` and ``x_spread``, one number a line: scaled = (value - offset) / spread. A scaled
    target has ``y_offset`` and ``y_spread``: value = output * spread + offset.
    """
    import onnx
    from onnx import TensorProto, helper

    network = initialise(experiment).network
    nodes, constants = [], []
    current = INPUT
    for number, layer in enumerate(network.layers, start=1):
        last = number == len(network.layers)
        z, a = f"z{number}", OUTPUT if last else f"a{number}"
        names = [current, f"W{number}"]
        constants.append(_constant(f"W{number}", layer.weights))
        if layer.use_bias:
            constants.append(_constant(f"b{number}", layer.biases))
            names.append(f"b{number}")
        nodes.append(helper.make_node("Gemm", names, [z], name=f"layer{number}"))
        nodes += _activation_nodes(layer.activation, z, a, number, constants)
        current = a
    outputs = network.layers[-1].units
    graph = helper.make_graph(
        nodes,
        experiment.title or "glassnet",
        [helper.make_tensor_value_info(INPUT, TensorProto.FLOAT, ["rows", network.inputs])],
        [helper.make_tensor_value_info(OUTPUT, TensorProto.FLOAT, ["rows", outputs])],
        constants,
    )
    model = helper.make_model(
        graph,
        producer_name="Glassnet",
        opset_imports=[helper.make_opsetid("", OPSET)],
        ir_version=IR_VERSION,
    )
    data = build_dataset(experiment) if dataset is None else dataset
    helper.set_model_props(
        model,
        {
            "features": "\n".join(data.feature_names),
            "targets": "\n".join(data.target_names),
            "classes": "\n".join(data.class_names),
            **{
                name: "\n".join(map(repr, column.tolist()))
                for name in ("x_offset", "x_spread", "y_offset", "y_spread")
                if (column := getattr(data, name)) is not None
            },
        },
    )
    onnx.checker.check_model(model, full_check=True)
    return model


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
    """Return the nodes from ``z`` to ``a``."""
    from onnx import TensorProto, helper

    name = f"{activation}{number}"
    if activation != "step":
        operator, attributes = _OPERATORS[activation]
        return [helper.make_node(operator, [z], [a], name=name, **attributes)]
    constants.append(_constant(f"zero{number}", np.zeros(1)))
    above = f"above{number}"
    return [
        helper.make_node("Greater", [z, f"zero{number}"], [above], name=name),
        helper.make_node("Cast", [above], [a], name=f"{name}_cast", to=TensorProto.FLOAT),
    ]


def export_onnx(
    experiment: Experiment, path: str | os.PathLike[str], dataset: Dataset | None = None
) -> None:
    """Write an experiment's network as an ONNX file, whole or not at all.

    Raises
    ------
    ModelError
        Codes ``export.float32``, ``file.unwritable``.
    """
    write_bytes(path, onnx_model(experiment, dataset).SerializeToString(deterministic=True))
