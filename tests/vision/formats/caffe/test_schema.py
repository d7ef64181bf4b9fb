"""The text form of Caffe's messages is read, or refused with the line."""

from __future__ import annotations

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.vision.refused import refused
from vision.errors import Fault, VisionError
from vision.formats.caffe.schema import parse_prototxt


def test_every_form_of_value_is_read_and_what_is_unknown_is_skipped() -> None:
    net = parse_prototxt(
        """
        name: "a \\"b\\" #c" 'd'   # a comment
        input_dim: [1, 2,3]; input_dim: 0x10, transform_param < mean_value: -1.5e-3 >
        layer { name: 'a' reshape_param: < shape { dim: -1 } > relu_param { negative_slope: 1e2f } }
        layer: { pooling_param { pool: AVE } prior_box_param { clip: t } loss_weight: [1, 2] }
        """
    )
    assert net.input_dim == [1, 2, 3, 16]
    first, second = net.layer
    assert first.name == "a"
    assert first.reshape_param.shape.dim == [-1]
    assert first.relu_param.negative_slope == 100
    assert second.pooling_param.pool == second.pooling_param.AVE
    assert second.prior_box_param.clip
    assert second.convolution_param.bias_term, "the default of a block that is left out"


@pytest.mark.parametrize(
    ("text", "line", "reason"),
    [
        ("layer {\n name: 'a'\n", 2, "Expected"),
        ("input: 'a'\n}", 2, "Expected"),
        ("input:\n", 2, "Expected string"),
        ("input 'a'", 1, "Expected"),
        ("\n\n@", 3, "Expected identifier"),
        ("input_dim: [1, 2", 1, "Expected"),
        ("input: 'open", 1, "String missing"),
        ("\nlayer { pooling_param { stride: 1.5 } }", 2, "Couldn't parse integer: 1.5"),
        (
            "\nlayers { type: NEW }",
            2,
            'Enum type "caffe.OldLayer.LayerType" has no value named NEW.',
        ),
        ("layer {" * 5000, 1, ""),
    ],
)
def test_mistakes_are_named_with_their_line(text: str, line: int, reason: str) -> None:
    with refused(Fault.PROTOTXT_SYNTAX, line=line) as caught:
        parse_prototxt(text, "n.prototxt")
    assert str(caught.value.values["reason"]).startswith(reason)


@given(st.text(max_size=80) | st.text('{}[]<>:,;"#ab1 \n', max_size=80))
def test_any_text_is_parsed_or_refused(text: str) -> None:
    with suppress(VisionError):
        parse_prototxt(text)
