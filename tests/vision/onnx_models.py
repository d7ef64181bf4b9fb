"""Small ONNX models made in memory for the tests."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import numpy.typing as npt
import onnx
from onnx import TensorProto, helper, numpy_helper, parser

from vision.formats.model_file import ModelFile
from vision.formats.reader import parse_model

type Array = npt.NDArray[np.float32]


def noise(*shape: int, seed: int = 0) -> Array:
    """Return normal numbers of a seed."""
    return np.random.default_rng(seed).standard_normal(shape).astype(np.float32)


def network(graph: str, opset: int = 17, /, **weights: npt.ArrayLike) -> bytes:
    """Return a model of a graph in ONNX's own text form, with its weights by name."""
    made = parser.parse_graph(f"test {graph}")
    made.initializer.extend(
        numpy_helper.from_array(np.asarray(value), name) for name, value in weights.items()
    )
    opsets = [helper.make_opsetid("", opset)]
    model = helper.make_model(made, opset_imports=opsets, ir_version=8)
    return bytes(model.SerializeToString())


def with_metadata(model: bytes, **properties: str) -> bytes:
    """Return a model that says more of itself."""
    read = onnx.load_from_string(model)
    helper.set_model_props(read, properties)
    return bytes(read.SerializeToString())


def model_bytes(
    nodes: list[onnx.NodeProto],
    inputs: Mapping[str, Sequence[int | str]],
    outputs: Mapping[str, Sequence[int | str]],
    weights: Mapping[str, npt.NDArray[Any]] | None = None,
) -> bytes:
    """Return an ONNX model of the given nodes as bytes."""
    graph = helper.make_graph(
        nodes,
        "test",
        [helper.make_tensor_value_info(n, TensorProto.FLOAT, s) for n, s in inputs.items()],
        [helper.make_tensor_value_info(n, TensorProto.FLOAT, s) for n, s in outputs.items()],
        [numpy_helper.from_array(value, name) for name, value in (weights or {}).items()],
    )
    opsets = [helper.make_opsetid("", 17)]
    return bytes(helper.make_model(graph, opset_imports=opsets, ir_version=8).SerializeToString())


def linear_classifier(
    classes: int = 3, size: int = 8, *, softmax: bool = False, seed: int = 0
) -> tuple[bytes, Array, Array]:
    """Return a one-layer classifier of (N, 3, size, size) pictures, its weights and biases."""
    generator = np.random.default_rng(seed)
    weights = generator.standard_normal((3 * size * size, classes)).astype(np.float32)
    weights /= size
    biases = generator.standard_normal(classes).astype(np.float32)
    name, last = ("p", "p = Softmax <axis = 1> (z)") if softmax else ("z", "")
    data = network(
        f"""(float[N, 3, {size}, {size}] image) => (float[N, {classes}] {name}) {{
            flat = Flatten <axis = 1> (image)
            z = Gemm (flat, W, b)
            {last}
        }}""",
        W=weights,
        b=biases,
    )
    return data, weights, biases


def face_network(features: int = 128, last: str = "BatchNormalization") -> bytes:
    """Return a network as those that compare faces: features behind a normalisation, "fc1"."""
    ends = {
        "BatchNormalization": "BatchNormalization (pre_fc1, ones, ones, ones, ones)",
        "LpNormalization": "LpNormalization <axis = 1, p = 2> (pre_fc1)",
    }
    return network(
        f"""(float[1, 3, 8, 8] data) => (float[1, {features}] fc1) {{
            flat = Flatten <axis = 1> (data)
            pre_fc1 = Gemm (flat, W, b)
            fc1 = {ends[last]}
        }}""",
        W=noise(3 * 8 * 8, features, seed=5),
        b=noise(features, seed=6),
        ones=np.ones(features, np.float32),
    )


def unsure_of_grey() -> bytes:
    """Return a classifier of logits that look like probabilities for pictures of one grey alone."""
    weights = noise(3, 8 * 8, 3)
    weights -= weights.mean(axis=1, keepdims=True)
    # The last operator says nothing of what comes before.
    return network(
        """(float[1, 3, 8, 8] image) => (float[1, 3] scores)
        <float[3] b = {0.2, 0.3, 0.5}, int64[2] shape = {1, 3}> {
            flat = Flatten <axis = 1> (image)
            z = Gemm (flat, W, b)
            scores = Reshape (z, shape)
        }""",
        W=weights.reshape(3 * 8 * 8, 3),
    )


def constant_model(inputs: str, **outputs: npt.ArrayLike) -> bytes:
    """Return a model that gives the same of every picture; `inputs` as in `network`."""
    ends, nodes, weights = [], [], {}
    for name, value in outputs.items():
        array = np.asarray(value, np.float32)
        ends.append(f"float[{','.join(map(str, array.shape))}] {name}")
        nodes.append(f"{name} = Add (none, constant_{name})")
        weights[f"constant_{name}"] = array
    picture = inputs.split()[-1]
    return network(
        f"""({inputs}) => ({", ".join(ends)}) <float zero = {{0}}, int64[1] one = {{1}}> {{
            mean = ReduceMean <keepdims = 0> ({picture})
            nothing = Mul (mean, zero)
            none = Reshape (nothing, one)
            {" ".join(nodes)}
        }}""",
        **weights,
    )


def known_file(data: bytes, name: str = "m.onnx") -> ModelFile:
    """Return a model that needs no trial in another process, which takes a second."""
    return replace(parse_model(data, name), trusted=True, known_to_run=True)


def endless_model() -> bytes:
    """Return a small valid classifier that takes many minutes: 500 products of large matrices."""
    products = "".join(
        f"p{number} = MatMul (m{number}, m{number}) m{number + 1} = Tanh (p{number})\n"
        for number in range(500)
    )
    return network(
        f"""(float[1, 3, 1, 1] x) => (float[1, 3] y) <int64[4] shape = {{1, 3, 2048, 2048}}> {{
            m0 = Expand (x, shape)
            {products}
            g = GlobalAveragePool (m500)
            y = Flatten (g)
        }}"""
    )
