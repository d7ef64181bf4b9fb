"""Clips are rewritten for OpenCV's new engine, and nothing else changes."""

from __future__ import annotations

import contextlib

import cv2
import numpy as np
import onnx
import pytest
from hypothesis import given
from hypothesis import strategies as st
from onnx import helper, numpy_helper

from tests.onnx_reference import reference_outputs
from tests.vision.onnx_models import Array, model_bytes
from vision.engine import ComputeChoice, Engine
from vision.formats.manifest import ASSETS, bundled_manifest
from vision.formats.onnx.rewrite import fuse_clips
from vision.formats.protobuf import WireError
from vision.formats.reader import parse_model

BLOB = np.random.default_rng(3).standard_normal((2, 3, 9, 11)).astype(np.float32) * 2


def network(bounds: tuple[float, float] = (0.0, 6.0), how: str = "initializer") -> bytes:
    """Return two convolutions with a Clip after the first and a skip around the second."""
    generator = np.random.default_rng(4)
    weights: dict[str, np.ndarray[tuple[int, ...], np.dtype[np.generic]]] = {
        "V": generator.standard_normal((5, 3, 3, 3)).astype(np.float32) / 3,
        "W": generator.standard_normal((5, 5, 1, 1)).astype(np.float32) / 3,
        "b": generator.standard_normal(5).astype(np.float32),
    }
    nodes = [helper.make_node("Conv", ["x", "V", "b"], ["a"], pads=[1, 1, 1, 1])]
    scalars = [np.array(bound, np.float32) for bound in bounds]
    opset = 17
    if how == "initializer":
        weights |= dict(zip(("low", "high"), scalars, strict=True))
        nodes.append(helper.make_node("Clip", ["a", "low", "high"], ["c"]))
    elif how == "constant":
        for name, value in zip(("low", "high"), scalars, strict=True):
            tensor = numpy_helper.from_array(value)
            nodes.append(helper.make_node("Constant", [], [name], value=tensor))
        nodes.append(helper.make_node("Clip", ["a", "low", "high"], ["c"], name="clip"))
    else:
        opset = 10
        nodes.append(helper.make_node("Clip", ["a"], ["c"], min=bounds[0], max=bounds[1]))
    nodes += [
        helper.make_node("Conv", ["c", "W"], ["d"]),
        helper.make_node("Add", ["c", "d"], ["y"]),
    ]
    return model_bytes(nodes, {"x": ["N", 3, 9, 11]}, {"y": ["N", 5, 9, 11]}, weights, opset)


def operators(model: bytes) -> list[str]:
    return [node.op_type for node in onnx.load_model_from_string(model).graph.node]


def reference(model: bytes) -> Array:
    outputs = reference_outputs(onnx.load_model_from_string(model), {"x": BLOB})
    return np.asarray(outputs[0], np.float32)


def run_new_engine(model: bytes) -> Array:
    net = cv2.dnn.readNetFromONNX(np.frombuffer(model, np.uint8), cv2.dnn.ENGINE_NEW)
    net.setInput(BLOB)
    return np.asarray(net.forward("y"), np.float32)


@pytest.mark.parametrize("how", ["initializer", "constant", "attribute"])
@pytest.mark.parametrize("ceiling", [6.0, 1.5])
def test_a_clip_from_zero_is_rewritten_and_gives_what_onnx_gives(how: str, ceiling: float) -> None:
    model = network((0.0, ceiling), how)
    expected = reference(model)
    rewritten = fuse_clips(model)
    assert "ReLU6" in operators(rewritten)
    assert "Clip" not in operators(rewritten)
    assert run_new_engine(rewritten) == pytest.approx(expected, abs=1e-5)
    engine = Engine(parse_model(model, "m.onnx"))
    assert engine.use.used is ComputeChoice.NEW_CPU
    assert engine.forward(BLOB)["y"] == pytest.approx(expected, abs=1e-5)


@pytest.mark.parametrize("bounds", [(-1.0, 6.0), (0.0, 0.0), (0.0, float("inf")), (0.5, 6.0)])
def test_other_bounds_are_left_alone(bounds: tuple[float, float]) -> None:
    model = network(bounds)
    assert fuse_clips(model) is model


def test_a_clip_that_follows_no_convolution_is_left_alone() -> None:
    weights = {"low": np.array(0, np.float32), "high": np.array(6, np.float32)}
    nodes = [helper.make_node("Clip", ["x", "low", "high"], ["y"])]
    model = model_bytes(nodes, {"x": [2, 3]}, {"y": [2, 3]}, weights)
    assert fuse_clips(model) is model


def test_bounds_that_are_computed_are_left_alone() -> None:
    weights = {
        "V": np.ones((5, 3, 1, 1), np.float32),
        "low": np.array(0, np.float32),
        "half": np.array(3, np.float32),
    }
    nodes = [
        helper.make_node("Conv", ["x", "V"], ["a"]),
        helper.make_node("Add", ["half", "half"], ["high"]),
        helper.make_node("Clip", ["a", "low", "high"], ["y"]),
    ]
    model = model_bytes(nodes, {"x": [2, 3, 9, 11]}, {"y": [2, 5, 9, 11]}, weights)
    assert fuse_clips(model) is model


def test_the_rest_of_the_file_stays_as_it_is() -> None:
    model = network()
    before, after = (onnx.load_model_from_string(data) for data in (model, fuse_clips(model)))
    for one, other in zip(before.graph.node, after.graph.node, strict=True):
        assert list(one.output) == list(other.output)
        if one.op_type != "Clip":
            assert one == other
    for graph in (before.graph, after.graph):
        del graph.node[:]
    assert before == after


def test_the_classic_engine_gets_the_file_as_it_is() -> None:
    model = network()
    expected = reference(model)
    engine = Engine(parse_model(model, "m.onnx"), ComputeChoice.CLASSIC_CPU)
    assert engine.forward(BLOB)["y"] == pytest.approx(expected, abs=1e-5)


def test_the_bundled_model_gives_the_same_rewritten() -> None:
    data = (ASSETS / "models" / bundled_manifest().file).read_bytes()
    blob = np.random.default_rng(5).standard_normal((1, 3, 224, 224)).astype(np.float32)
    found = []
    for model in (data, fuse_clips(data)):
        net = cv2.dnn.readNetFromONNX(np.frombuffer(model, np.uint8), cv2.dnn.ENGINE_NEW)
        net.setInput(blob)
        found.append(np.asarray(net.forward("logits")))
    assert operators(fuse_clips(data)) != operators(data)
    assert found[1] == pytest.approx(found[0], abs=1e-5)


@given(st.binary(max_size=300))
def test_any_bytes_are_copied_or_refused(junk: bytes) -> None:
    # A field that is nobody's, with a Clip's name in it, so that the file is walked.
    data = b"\x7a\x04Clip" + junk
    with contextlib.suppress(WireError):
        assert fuse_clips(data) is data
