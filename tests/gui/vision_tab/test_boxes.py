"""Labels of boxes find room, and neither leave the picture nor cover each other."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QColor

from gui.theme import DARK, LIGHT, Theme
from gui.vision_tab.stage.boxes import Box, place_tabs, row_at, text_on

PICTURE = QRectF(20, 20, 800, 600)


def test_a_label_lies_on_the_upper_edge_or_inside_where_there_is_no_room() -> None:
    high, low = QRectF(100, 20, 200, 300), QRectF(400, 200, 200, 300)
    inside, above = place_tabs(PICTURE, [(high, 90, 20), (low, 90, 20)])
    assert inside is not None
    assert high.contains(inside)
    assert above.bottom() == pytest.approx(low.top(), abs=2)
    assert above.left() == pytest.approx(low.left(), abs=2)


numbers = st.integers(0, 700)
boxes = st.lists(
    st.tuples(numbers, st.integers(0, 500), st.integers(1, 400), st.integers(1, 400)), max_size=70
)


@given(boxes, st.integers(20, 900))
def test_labels_stay_in_the_picture_and_cover_none_other(
    corners: list[tuple[int, int, int, int]], width: int
) -> None:
    wishes = [
        (QRectF(20 + x, 20 + y, w, h).intersected(PICTURE), float(width), 20.0)
        for x, y, w, h in corners
    ]
    placed = place_tabs(PICTURE, wishes)
    assert len(placed) == len(wishes)
    there = [tab for tab in placed if tab is not None]
    assert all(PICTURE.contains(tab) for tab in there)
    assert not any(
        one.intersects(other) for row, one in enumerate(there) for other in there[row + 1 :]
    )


def test_sixty_boxes_nearly_all_have_their_label() -> None:
    random = np.random.default_rng(3)
    corners = random.uniform((20, 20), (700, 540), (60, 2))
    sizes = random.uniform(40, 110, (60, 2))
    wishes = [
        (QRectF(*corner, *size).intersected(PICTURE), 58.0, 16.0)
        for corner, size in zip(corners, sizes, strict=True)
    ]
    assert sum(tab is not None for tab in place_tabs(PICTURE, wishes)) >= 55


def test_the_smallest_box_under_the_pointer_is_meant() -> None:
    placed = [
        (Box(0, QRectF(), "large", 0.9, 0), QRectF(0, 0, 100, 100)),
        (Box(1, QRectF(), "small", 0.8, 0), QRectF(10, 10, 20, 20)),
        (Box(None, QRectF(), "", 0.0, 0), QRectF(12, 12, 2, 2)),
    ]
    assert row_at(placed, QPointF(13, 13)) == 1
    assert row_at(placed, QPointF(90, 90)) == 0
    assert row_at(placed, QPointF(200, 90)) is None


def luminance(colour: QColor) -> float:
    parts = [
        one / 12.92 if one <= 0.04045 else ((one + 0.055) / 1.055) ** 2.4
        for one in (colour.redF(), colour.greenF(), colour.blueF())
    ]
    return 0.2126 * parts[0] + 0.7152 * parts[1] + 0.0722 * parts[2]


@pytest.mark.parametrize("theme", [LIGHT, DARK])
def test_labels_can_be_read_on_every_class_colour(theme: Theme) -> None:
    for name in (theme.acc, *theme.classes):
        ground = QColor(name)
        pair = sorted((luminance(text_on(ground)), luminance(ground)))
        assert (pair[1] + 0.05) / (pair[0] + 0.05) >= 4.5
