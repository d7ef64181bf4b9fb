"""Models of numbers, run by OpenCV on rows of a table."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from tests.vision.onnx_models import network
from tests.vision.refused import refused
from vision.engine import predict_rows
from vision.errors import Fault

WEIGHTS = np.array([[1.0, -2.0, 0.5], [3.0, 0.25, -1.0]], np.float32)


def written(path: Path) -> Path:
    """Write a model that multiplies rows of two numbers by `WEIGHTS`."""
    graph = "(float[rows, 2] x) => (float[rows, 3] y) { y = MatMul (x, w) }"
    path.write_bytes(network(graph, w=WEIGHTS))
    return path


def test_rows_of_numbers_are_answered(tmp_path: Path) -> None:
    rows = np.random.default_rng(3).normal(size=(7, 2))
    answers = predict_rows(written(tmp_path / "product.onnx"), rows)
    np.testing.assert_allclose(answers, rows @ WEIGHTS, rtol=1e-6, atol=1e-6)


def test_what_is_no_model_is_named(tmp_path: Path) -> None:
    path = tmp_path / "none.onnx"
    path.write_bytes(b"no model at all")
    with refused(Fault.MODEL_UNSUPPORTED) as caught:
        predict_rows(path, np.zeros((1, 2)))
    assert "none.onnx" in str(caught.value)


def test_rows_of_another_width_are_refused(tmp_path: Path) -> None:
    with refused(Fault.MODEL_FORWARD) as caught:
        predict_rows(written(tmp_path / "product.onnx"), np.zeros((4, 5)))
    assert "4 x 5" in str(caught.value)
