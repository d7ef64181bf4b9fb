"""Labels: one a line, or synset lines by the tutorial's rule; wrong files named by line."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.vision.refused import refused
from vision.errors import Fault
from vision.formats.labels import parse_labels, read_labels


def test_synset_lines_follow_the_tutorials_rule() -> None:
    data = b"n01440764 tench, Tinca tinca\nn02123045 tabby, tabby cat\nn07920052 espresso\n"
    assert parse_labels(data).names == ("tench", "tabby", "espresso")


def test_plain_lines_are_taken_whole() -> None:
    data = b"maillot, tank suit\nEgyptian cat\n\nn01440764\n\n\n"
    assert parse_labels(data).names == ("maillot, tank suit", "Egyptian cat", "", "n01440764")


names = st.text(st.characters(exclude_categories=("C", "Z")), min_size=1).filter(
    lambda name: not name.startswith("n0")
)


@given(
    st.lists(names, min_size=1),
    st.sampled_from(["utf-8", "utf-8-sig", "utf-16"]),
    st.sampled_from(["\n", "\r\n"]),
)
def test_encodings_and_line_ends_do_not_matter(lines: list[str], encoding: str, end: str) -> None:
    assert parse_labels((end.join(lines) + end).encode(encoding)).names == tuple(lines)


@pytest.mark.parametrize("data", ["a\nb\nağaç".encode("cp1254"), b"a\nb\n\x00c", b"a\nb\n\xff"])
def test_a_wrong_encoding_is_named_with_its_line(data: bytes) -> None:
    with refused(Fault.LABELS_ENCODING) as caught:
        parse_labels(data, "l.txt")
    assert caught.value.values == {"file": "l.txt", "line": 3}


@pytest.mark.parametrize("data", [b"", b"\n \n", "\ufeff\n".encode()])
def test_no_labels_at_all_is_a_fault(data: bytes) -> None:
    with refused(Fault.LABELS_EMPTY):
        parse_labels(data)


def test_another_number_of_outputs_is_a_fault_that_gives_both_counts() -> None:
    labels = parse_labels(b"a\nb\n", "two.txt")
    labels.require(2)
    with refused(Fault.LABELS_MISMATCH, "2 labels") as caught:
        labels.require(1000)
    assert "1000 scores" in caught.value.sentence()


def test_the_bundled_labels_are_a_thousand_different_names() -> None:
    path = Path(__file__).parents[3] / "assets/models/imagenet_labels.txt"
    labels = read_labels(path)
    assert len(labels) == len(set(labels.names)) == 1000
    assert (labels[0], labels[285], labels[967]) == ("tench", "Egyptian cat", "espresso")
