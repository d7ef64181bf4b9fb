"""The structure that is read from an ONNX file is the one onnx itself reads."""

from __future__ import annotations

import contextlib
from collections import Counter
from pathlib import Path

import numpy as np
import onnx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.vision.onnx_models import Array, linear_classifier, network
from vision.formats.onnx.structure import WireError, read_structure, takes_rows

MODEL = Path(__file__).parents[4] / "assets/models/efficientnet_lite0.onnx"
FOREIGN = Path(__file__).parents[3] / "model" / "importing" / "foreign"
"""Networks that other programs have written."""
MAX_BYTES = 1 << 27


def test_the_bundled_model_is_read_as_onnx_reads_it() -> None:
    structure = read_structure(MODEL.read_bytes())
    model = onnx.load(MODEL)
    assert structure.operators == Counter(node.op_type for node in model.graph.node)
    assert structure.opset == model.opset_import[0].version
    assert [(i.name, i.shape) for i in structure.inputs] == [("image", ("N", 3, 224, 224))]
    assert [(o.name, o.shape) for o in structure.outputs] == [
        ("features", ("N", 1280)),
        ("logits", ("N", 1000)),
    ]
    assert structure.producers["logits"] == "Gemm"
    assert not structure.external_data


def test_weights_listed_as_inputs_are_no_inputs() -> None:
    data, _, _ = linear_classifier()
    model = onnx.load_from_string(data)
    model.graph.input.append(onnx.helper.make_tensor_value_info("W", 1, [192, 3]))
    structure = read_structure(model.SerializeToString())
    assert [info.name for info in structure.inputs] == ["image"]


@given(st.binary(max_size=300))
def test_any_bytes_are_read_or_refused(data: bytes) -> None:
    with contextlib.suppress(WireError):
        assert read_structure(data).operators is not None


@pytest.mark.parametrize("name", [b"image", b"Gemm", b"flat"])
def test_names_that_are_no_text_are_refused(name: bytes) -> None:
    data, _, _ = linear_classifier()
    assert name in data
    with pytest.raises(WireError):
        read_structure(data.replace(name, b"\xff" + name[1:]))


@pytest.mark.parametrize("share", [0.1, 0.5, 0.99])
def test_a_truncated_model_is_refused(share: float) -> None:
    data, _, _ = linear_classifier()
    with pytest.raises(WireError):
        read_structure(data[: int(len(data) * share)])


def test_a_side_that_is_no_number_is_refused() -> None:
    data = b"\x0a\x01x"  # text, where a dimension has its size
    for number in (1, 2, 1, 2, 11, 7):  # dimension, shape, tensor, type, input, graph
        data = bytes([number << 3 | 2, len(data)]) + data
    with pytest.raises(WireError):
        read_structure(data)


# -- Rows of numbers, or pictures ------------------------------------------------------------------


def written(path: Path, operator: str, shape: list[int], weights: Array) -> Path:
    """Write a network of one node that reads `weights`, and return its path."""
    path.write_bytes(
        network(f"(float{shape} x) => (float y) {{ y = {operator} (x, W, W) }}", W=weights)
    )
    return path


def test_networks_of_rows_are_told_from_those_of_pictures(tmp_path: Path) -> None:
    weights = np.ones((2, 2), np.float32)
    assert takes_rows(FOREIGN / "sklearn_iris.onnx", MAX_BYTES)
    assert takes_rows(written(tmp_path / "rnn.onnx", "LSTM", [1, 4], weights), MAX_BYTES)
    assert not takes_rows(FOREIGN / "pytorch_pictures_old.onnx", MAX_BYTES)
    assert not takes_rows(written(tmp_path / "c.onnx", "Conv", [1, 3, 8, 8], weights), MAX_BYTES)
    assert not takes_rows(written(tmp_path / "d.onnx", "Conv", [1, 4], weights), MAX_BYTES)
    assert not takes_rows(written(tmp_path / "e.onnx", "MatMul", [1, 3, 8], weights), MAX_BYTES)
    assert not takes_rows(tmp_path / "gone.onnx", MAX_BYTES)


@pytest.mark.parametrize("content", [b"", b"no network", b"\x08\x08" * 50])
def test_what_is_no_network_takes_no_rows(content: bytes, tmp_path: Path) -> None:
    path = tmp_path / "net.onnx"
    path.write_bytes(content)
    assert not takes_rows(path, MAX_BYTES)


def test_a_network_that_is_too_large_or_broken_off_takes_no_rows(tmp_path: Path) -> None:
    large = written(tmp_path / "net.onnx", "MatMul", [1, 2], np.zeros((2, 500), np.float32))
    size = large.stat().st_size
    assert takes_rows(large, size)
    assert not takes_rows(large, size - 1)
    large.write_bytes(large.read_bytes()[:-1])
    assert not takes_rows(large, size)
