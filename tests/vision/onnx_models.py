"""Small ONNX models made in memory for the tests."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import numpy.typing as npt
import onnx
from onnx import TensorProto, helper, numpy_helper

from vision.formats.model_file import ModelFile
from vision.formats.reader import parse_model

type Array = npt.NDArray[np.float32]


def model_bytes(
    nodes: list[onnx.NodeProto],
    inputs: Mapping[str, Sequence[int | str]],
    outputs: Mapping[str, Sequence[int | str]],
    weights: Mapping[str, npt.NDArray[Any]] | None = None,
    opset: int = 17,
) -> bytes:
    """Return an ONNX model of the given nodes as bytes."""
    graph = helper.make_graph(
        nodes,
        "test",
        [helper.make_tensor_value_info(n, TensorProto.FLOAT, s) for n, s in inputs.items()],
        [helper.make_tensor_value_info(n, TensorProto.FLOAT, s) for n, s in outputs.items()],
        [numpy_helper.from_array(value, name) for name, value in (weights or {}).items()],
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", opset)], ir_version=8)
    return bytes(model.SerializeToString())


def linear_classifier(
    classes: int = 3, size: int = 8, *, softmax: bool = False, seed: int = 0
) -> tuple[bytes, Array, Array]:
    """Return a one-layer classifier of (N, 3, size, size) pictures, its weights and biases."""
    generator = np.random.default_rng(seed)
    weights = generator.standard_normal((3 * size * size, classes)).astype(np.float32)
    weights /= size
    biases = generator.standard_normal(classes).astype(np.float32)
    nodes = [
        helper.make_node("Flatten", ["image"], ["flat"], axis=1),
        helper.make_node("Gemm", ["flat", "W", "b"], ["z"]),
    ]
    if softmax:
        nodes.append(helper.make_node("Softmax", ["z"], ["p"], axis=1))
    name = "p" if softmax else "z"
    data = model_bytes(
        nodes,
        {"image": ["N", 3, size, size]},
        {name: ["N", classes]},
        {"W": weights, "b": biases},
    )
    return data, weights, biases


def face_network(features: int = 128, last: str = "BatchNormalization") -> bytes:
    """Return a network as those that compare faces: features behind a normalisation, "fc1"."""
    random = np.random.default_rng(5)
    nodes = [
        helper.make_node("Flatten", ["data"], ["flat"], axis=1),
        helper.make_node("Gemm", ["flat", "W", "b"], ["pre_fc1"]),
    ]
    weights: dict[str, npt.NDArray[np.generic]] = {
        "W": random.standard_normal((3 * 8 * 8, features)).astype(np.float32),
        "b": random.standard_normal(features).astype(np.float32),
    }
    if last == "BatchNormalization":
        names = ["pre_fc1", "gamma", "beta", "mean", "var"]
        nodes.append(helper.make_node(last, names, ["fc1"]))
        weights |= {name: np.ones(features, np.float32) for name in names[1:]}
    else:
        nodes.append(helper.make_node(last, ["pre_fc1"], ["fc1"], axis=1, p=2))
    return model_bytes(nodes, {"data": [1, 3, 8, 8]}, {"fc1": [1, features]}, weights)


def unsure_of_grey() -> bytes:
    """Return a classifier of logits that look like probabilities for pictures of one grey alone."""
    random = np.random.default_rng(0)
    weights = random.standard_normal((3, 8 * 8, 3)).astype(np.float32)
    weights -= weights.mean(axis=1, keepdims=True)
    nodes = [
        helper.make_node("Flatten", ["image"], ["flat"], axis=1),
        helper.make_node("Gemm", ["flat", "W", "b"], ["z"]),
        # With a last operator that says nothing of what comes before.
        helper.make_node("Reshape", ["z", "shape"], ["scores"]),
    ]
    return model_bytes(
        nodes,
        {"image": [1, 3, 8, 8]},
        {"scores": [1, 3]},
        {
            "W": weights.reshape(3 * 8 * 8, 3),
            "b": np.asarray([0.2, 0.3, 0.5], np.float32),
            "shape": np.asarray([1, 3], np.int64),
        },
    )


def known_file(data: bytes, name: str = "m.onnx") -> ModelFile:
    """Return a model that needs no trial in another process, which takes a second."""
    return replace(parse_model(data, name), trusted=True, known_to_run=True)


def endless_model() -> bytes:
    """Return a small valid classifier that takes many minutes: 500 products of large matrices."""
    nodes = [helper.make_node("Expand", ["x", "shape"], ["m0"])]
    for number in range(500):
        nodes.append(helper.make_node("MatMul", [f"m{number}"] * 2, [f"p{number}"]))
        nodes.append(helper.make_node("Tanh", [f"p{number}"], [f"m{number + 1}"]))
    nodes += [
        helper.make_node("GlobalAveragePool", ["m500"], ["g"]),
        helper.make_node("Flatten", ["g"], ["y"]),
    ]
    weights = {"shape": np.asarray([1, 3, 2048, 2048], np.int64)}
    return model_bytes(nodes, {"x": [1, 3, 1, 1]}, {"y": [1, 3]}, weights)
