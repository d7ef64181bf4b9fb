"""Models of numbers, run by OpenCV on rows of a table."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import onnx
import pytest
from onnx import TensorProto, helper, numpy_helper

from vision.engine import answers_to_rows
from vision.errors import Fault, VisionError

WEIGHTS = np.array([[1.0, -2.0, 0.5], [3.0, 0.25, -1.0]], np.float32)


def written(path: Path) -> Path:
    """Write a model that multiplies rows of two numbers by `WEIGHTS`."""
    graph = helper.make_graph(
        [helper.make_node("MatMul", ["x", "w"], ["y"])],
        "product",
        [helper.make_tensor_value_info("x", TensorProto.FLOAT, ["rows", 2])],
        [helper.make_tensor_value_info("y", TensorProto.FLOAT, ["rows", 3])],
        [numpy_helper.from_array(WEIGHTS, "w")],
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)
    onnx.save(model, str(path))
    return path


def test_rows_of_numbers_are_answered(tmp_path: Path) -> None:
    rows = np.random.default_rng(3).normal(size=(7, 2))
    answers = answers_to_rows(written(tmp_path / "product.onnx"), rows)
    np.testing.assert_allclose(answers, rows @ WEIGHTS, rtol=1e-6, atol=1e-6)


def test_what_is_no_model_is_named(tmp_path: Path) -> None:
    path = tmp_path / "none.onnx"
    path.write_bytes(b"no model at all")
    with pytest.raises(VisionError) as caught:
        answers_to_rows(path, np.zeros((1, 2)))
    assert caught.value.code == Fault.MODEL_UNSUPPORTED
    assert "none.onnx" in str(caught.value)


def test_rows_of_another_width_are_refused(tmp_path: Path) -> None:
    with pytest.raises(VisionError) as caught:
        answers_to_rows(written(tmp_path / "product.onnx"), np.zeros((4, 5)))
    assert caught.value.code == Fault.MODEL_FORWARD
    assert "4 x 5" in str(caught.value)
