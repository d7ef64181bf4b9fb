"""Boxes are cut at the picture, judged by score and overlap, and bounded in number."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from vision.detections import (
    MAX_CANDIDATES,
    NO_DETECTIONS,
    Detections,
    Limits,
    clip_to_picture,
    select,
)


def found(*rows: tuple[float, float, float, float, float, int]) -> Detections:
    """Return objects of (left, top, right, bottom, score, class)."""
    table = np.array(rows, np.float32).reshape(-1, 6)
    return Detections(table[:, :4], table[:, 4], table[:, 5].astype(np.int32))


def overlap(a: np.ndarray, b: np.ndarray) -> float:
    """Return intersection over union, by its definition."""
    across = max(0.0, min(a[2], b[2]) - max(a[0], b[0]))
    down = max(0.0, min(a[3], b[3]) - max(a[1], b[1]))
    both = across * down
    sizes = [(one[2] - one[0]) * (one[3] - one[1]) for one in (a, b)]
    return both / (sum(sizes) - both)


def suppressed(objects: Detections, limits: Limits) -> list[int]:
    """Return the rows that stay, one after the other, as a textbook writes it."""
    kept: list[int] = []
    for row, score in enumerate(objects.scores):
        if score < np.float32(limits.score):
            continue
        if all(
            objects.indices[row] != objects.indices[better]
            or overlap(objects.xyxy[row], objects.xyxy[better]) <= limits.overlap
            for better in kept
        ):
            kept.append(row)
    return kept


def test_no_object_still_has_four_columns() -> None:
    for nothing in (
        NO_DETECTIONS,
        found(),
        select(NO_DETECTIONS, Limits()).kept,
        clip_to_picture(NO_DETECTIONS, (4, 4)),
    ):
        assert nothing.xyxy.shape == (0, 4)
        assert len(nothing) == 0


def test_arrays_that_do_not_belong_together_are_refused() -> None:
    with pytest.raises(ValueError, match="belong together"):
        Detections(np.zeros((2, 4), np.float32), np.zeros(1, np.float32), np.zeros(2, np.int32))


def test_boxes_end_at_the_picture_and_those_beside_it_are_left_out() -> None:
    cut = clip_to_picture(
        found(
            (-5, -5, 5, 5, 0.2, 0),
            (20, 2, 30, 4, 0.9, 1),
            (8, 8, 99, 99, 0.8, 2),
            (3, 3, 3, 9, 0.7, 3),
        ),
        (10, 10),
    )
    assert cut.xyxy.tolist() == [[8, 8, 10, 10], [0, 0, 5, 5]]
    assert cut.indices.tolist() == [2, 0]


@pytest.mark.parametrize("bad", [np.nan, np.inf, -np.inf])
@pytest.mark.parametrize("column", range(5))
def test_numbers_that_are_none_make_no_object(bad: float, column: int) -> None:
    row = [1.0, 1.0, 3.0, 3.0, 0.5, 0]
    row[column] = bad
    kept = clip_to_picture(found(tuple(row), (2, 2, 4, 4, 0.6, 1)), (10, 10))  # type: ignore[arg-type]
    assert kept.indices.tolist() == [1]


def test_of_a_hundred_thousand_boxes_the_best_are_kept() -> None:
    random = np.random.default_rng(0)
    corners = random.uniform(0, 500, (100_000, 2)).astype(np.float32)
    many = Detections(
        np.concatenate([corners, corners + 20], axis=1),
        random.random(100_000, np.float32),
        np.zeros(100_000, np.int32),
    )
    kept = clip_to_picture(many, (600, 600))
    assert len(kept) == MAX_CANDIDATES
    assert kept.scores.tolist() == np.sort(many.scores)[::-1][:MAX_CANDIDATES].tolist()


def test_a_score_at_the_limit_is_enough() -> None:
    objects = found((0, 0, 4, 4, 0.5, 0), (5, 5, 9, 9, 0.3, 0))
    assert len(select(objects, Limits(0.3)).kept) == 2
    assert len(select(objects, Limits(0.31)).kept) == 1


def test_only_boxes_of_one_name_suppress_each_other() -> None:
    objects = found((0, 0, 4, 4, 0.9, 0), (0, 0, 4, 4, 0.8, 1), (0, 0, 4, 3, 0.7, 0))
    chosen = select(objects, Limits(0.1, 0.5))
    assert chosen.kept.scores.tolist() == pytest.approx([0.9, 0.8])
    assert chosen.dropped.scores.tolist() == pytest.approx([0.7])
    assert len(select(objects, Limits(0.1, 1.0)).kept) == 3


box = st.tuples(st.integers(0, 20), st.integers(0, 20), st.integers(1, 20), st.integers(1, 20)).map(
    lambda side: (side[0], side[1], side[0] + side[2], side[1] + side[3])
)
lines = st.lists(st.tuples(box, st.integers(1, 1000), st.integers(0, 2)), max_size=25)


@given(lines, st.integers(0, 1000), st.integers(0, 100))
def test_what_stays_is_what_the_textbook_keeps(
    rows: list[tuple[tuple[int, int, int, int], int, int]], score: int, most: int
) -> None:
    # Corners are whole numbers and the limit is none of their fractions, so none is on the edge.
    limits = Limits(score / 1000, (most + 0.123456) / 101)
    objects = clip_to_picture(
        found(*[(*corners, points / 1001, index) for corners, points, index in rows]), (50, 50)
    )
    chosen = select(objects, limits)
    rows_kept = suppressed(objects, limits)
    assert chosen.kept.xyxy.tolist() == objects.xyxy[rows_kept].tolist()
    assert len(chosen.kept) + len(chosen.dropped) == int(
        (objects.scores >= np.float32(limits.score)).sum()
    )
