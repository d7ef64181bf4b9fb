"""Clips are rewritten for OpenCV's new engine, and nothing else changes."""

from __future__ import annotations

import contextlib

import cv2
import numpy as np
import onnx
import pytest
from google.protobuf.message import DecodeError
from hypothesis import given
from hypothesis import strategies as st

from tests.onnx_reference import reference_outputs
from tests.vision.onnx_models import Array, network, noise
from vision.engine import ComputeChoice, Engine
from vision.formats.onnx.rewrite import fuse_clips
from vision.formats.reader import parse_model

BLOB = np.random.default_rng(3).standard_normal((2, 3, 9, 11)).astype(np.float32) * 2


def clipped(bounds: tuple[float, float] = (0.0, 6.0), how: str = "initializer") -> bytes:
    """Return two convolutions with a Clip after the first and a skip around the second."""
    low, high = bounds
    before, clip, opset = {
        "initializer": ("", "Clip (a, low, high)", 17),
        "constant": (
            f"low = Constant <value = float {{{low}}}> ()"
            f"high = Constant <value = float {{{high}}}> ()",
            "Clip (a, low, high)",
            17,
        ),
        "attribute": ("", f"Clip <min = {low}, max = {high}> (a)", 10),
    }[how]
    given = {"low": np.float32(low), "high": np.float32(high)} if how == "initializer" else {}
    return network(
        f"""(float[N, 3, 9, 11] x) => (float[N, 5, 9, 11] y) {{
            a = Conv <pads = [1, 1, 1, 1]> (x, V, b)
            {before}
            c = {clip}
            d = Conv (c, W)
            y = Add (c, d)
        }}""",
        opset,
        V=noise(5, 3, 3, 3, seed=4) / 3,
        W=noise(5, 5, 1, 1, seed=5) / 3,
        b=noise(5, seed=6),
        **given,
    )


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
    model = clipped((0.0, ceiling), how)
    expected = reference(model)
    rewritten = fuse_clips(model)
    assert "ReLU6" in operators(rewritten)
    assert "Clip" not in operators(rewritten)
    assert run_new_engine(rewritten) == pytest.approx(expected, abs=1e-5)
    engine = Engine(parse_model(model, "m.onnx"))
    assert engine.use.used is ComputeChoice.NEW_CPU
    assert engine.forward(BLOB)["y"] == pytest.approx(expected, abs=1e-5)


@pytest.mark.parametrize(
    "model",
    [
        *(clipped(bounds) for bounds in [(-1.0, 6.0), (0.0, 0.0), (0.0, np.inf), (0.5, 6.0)]),
        network(
            "(float[2, 3] x) => (float[2, 3] y) <float low = {0}, float high = {6}>"
            "{ y = Clip (x, low, high) }"
        ),
        network(
            """(float[2, 3, 9, 11] x) => (float[2, 5, 9, 11] y)
            <float low = {0}, float half = {3}> {
                a = Conv (x, V)
                high = Add (half, half)
                y = Clip (a, low, high)
            }""",
            V=np.ones((5, 3, 1, 1), np.float32),
        ),
    ],
    ids=["below 0", "nothing", "no end", "above 0", "no convolution", "computed bounds"],
)
def test_other_clips_are_left_alone(model: bytes) -> None:
    assert fuse_clips(model) is model


def test_the_rest_of_the_file_stays_as_it_is() -> None:
    model = clipped()
    before, after = (onnx.load_model_from_string(data) for data in (model, fuse_clips(model)))
    for one, other in zip(before.graph.node, after.graph.node, strict=True):
        assert list(one.output) == list(other.output)
        if one.op_type != "Clip":
            assert one == other
    for graph in (before.graph, after.graph):
        del graph.node[:]
    assert before == after


def test_the_classic_engine_gets_the_file_as_it_is() -> None:
    model = clipped()
    expected = reference(model)
    engine = Engine(parse_model(model, "m.onnx"), ComputeChoice.CLASSIC_CPU)
    assert engine.forward(BLOB)["y"] == pytest.approx(expected, abs=1e-5)


@given(st.binary(max_size=300))
def test_any_bytes_are_copied_or_refused(junk: bytes) -> None:
    # A field that is nobody's, with a Clip's name in it, so that the file is walked.
    data = b"\x7a\x04Clip" + junk
    with contextlib.suppress(DecodeError):
        assert fuse_clips(data) is data
