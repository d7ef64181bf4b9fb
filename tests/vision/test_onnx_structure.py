"""The structure that is read from an ONNX file is the one onnx itself reads."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import onnx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.vision.onnx_models import linear_classifier
from vision.onnx_structure import read_structure
from vision.protobuf import WireError, fields

MODEL = Path(__file__).parents[2] / "assets/models/efficientnet_lite0.onnx"


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
    try:
        read_structure(data)
    except WireError:
        return
    assert list(fields(memoryview(data)))


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
