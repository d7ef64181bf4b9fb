"""The text form of protocol buffers is parsed, or refused with the line."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vision.errors import Fault, VisionError
from vision.formats.caffe.prototxt import Message, parse_prototxt


def test_every_form_of_value_is_read() -> None:
    net = parse_prototxt(
        """
        name: "a \\"b\\" #c" 'd'   # a comment
        layer { dim: [1, 2,3]; dim: 4, nested: < x: -1.5e-3 > }
        layer: { flag: true kind: MAX }
        hex: 0x10 big: 1e2f
        """
    )
    assert net.string("name") == 'a "b" #cd'
    first, second = net.messages("layer")
    assert first.ints("dim") == [1, 2, 3, 4]
    assert first.message("nested").number("x", 0) == -0.0015
    assert second.truth("flag", False)
    assert second.string("kind") == "MAX"
    assert net.integer("hex", 0) == 16
    assert net.number("big", 0) == 100
    assert "hex" in net
    assert "nothing" not in net
    assert net.message("nothing").integer("x", 7) == 7


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("a: 1\nb {\n c: 2\n", 2),
        ("a: 1\n}", 2),
        ("a:\n", 2),
        ("a 1", 1),
        ("\n\n@", 3),
        ("a: [1, 2", 1),
        (': "x"', 1),
        ("a: 'open", 1),
        ("a {" * 100, 1),
    ],
)
def test_mistakes_are_named_with_their_line(text: str, line: int) -> None:
    with pytest.raises(VisionError) as caught:
        parse_prototxt(text, "n.prototxt")
    assert caught.value.code is Fault.PROTOTXT_SYNTAX
    assert caught.value.values["line"] == line


@pytest.mark.parametrize("text", ["x: abc", "x { }"])
def test_a_value_of_the_wrong_kind_is_named_with_its_line(text: str) -> None:
    net = parse_prototxt("\n" + text)
    for read in (net.ints, net.floats):
        with pytest.raises(VisionError) as caught:
            read("x")
        assert caught.value.values["line"] == 2
    with pytest.raises(VisionError):
        net.truth("x", True)


words = st.text("abcdefgh_", min_size=1, max_size=5)
scalars = st.integers(-1000, 1000) | st.booleans()
trees = st.recursive(
    st.dictionaries(words, st.lists(scalars, min_size=1, max_size=3), max_size=3),
    lambda inner: st.dictionaries(words, st.lists(inner, min_size=1, max_size=2), max_size=3),
    max_leaves=10,
)


def written(tree: dict[str, list[object]]) -> str:
    parts = []
    for name, values in tree.items():
        for value in values:
            if isinstance(value, dict):
                parts.append(f"{name} {{ {written(value)} }}")
            else:
                parts.append(f"{name}: {str(value).lower()}")
    return "\n".join(parts)


def read_back(message: Message) -> dict[str, list[object]]:
    return {
        name: [read_back(v) if isinstance(v, Message) else v.text for v in values]
        for name, values in message.fields.items()
    }


def as_text(tree: dict[str, list[object]]) -> dict[str, list[object]]:
    return {
        name: [as_text(v) if isinstance(v, dict) else str(v).lower() for v in values]
        for name, values in tree.items()
    }


@given(trees)
def test_what_is_written_is_read_back(tree: dict[str, list[object]]) -> None:
    assert read_back(parse_prototxt(written(tree))) == as_text(tree)


@given(st.text(max_size=80) | st.text('{}[]<>:,;"#ab1 \n', max_size=80))
def test_any_text_is_parsed_or_refused(text: str) -> None:
    try:
        parse_prototxt(text)
    except VisionError as error:
        return_code = error.code
    else:
        return_code = Fault.PROTOTXT_SYNTAX
    assert return_code is Fault.PROTOTXT_SYNTAX
