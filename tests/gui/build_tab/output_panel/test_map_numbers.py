"""Level lines and colours."""

from __future__ import annotations

import numpy as np
import pytest

from gui.plots.colours import diverging, mixed_classes
from gui.theme import LIGHT
from model.insight.contour import level_segments


def test_level_line_of_a_circle_lies_on_the_circle() -> None:
    y, x = np.mgrid[0:61, 0:61]
    field = np.hypot(x - 30.0, y - 30.0)
    segments = level_segments(field, 20.0)
    radius = np.hypot(segments[..., 0] - 30, segments[..., 1] - 30)
    assert np.abs(radius - 20).max() < 0.02
    length = np.hypot(*(segments[:, 1] - segments[:, 0]).T).sum()
    assert length == pytest.approx(2 * np.pi * 20, rel=0.005)


def test_level_lines_of_a_random_field_are_closed_or_end_at_the_edge() -> None:
    field = np.random.default_rng(3).normal(size=(12, 15))
    ends = level_segments(field, 0.0).reshape(-1, 2).round(9)
    unique, counts = np.unique(ends, axis=0, return_counts=True)
    at_edge = (
        (unique[:, 0] == 0) | (unique[:, 0] == 14) | (unique[:, 1] == 0) | (unique[:, 1] == 11)
    )
    assert (counts[~at_edge] == 2).all()
    assert (counts[at_edge] == 1).all()
    assert level_segments(np.ones((5, 5)), 0.5).shape == (0, 2, 2)


def test_colours_run_from_class_0_over_neutral_to_class_1() -> None:
    low, middle, high = diverging(np.array([-1.0, 0.0, 1.0]), LIGHT).tolist()
    assert middle == 0xFFF2F3F6
    assert (low & 0xFF) < (low >> 16 & 0xFF)  # orange: more red than blue
    assert (high & 0xFF) > (high >> 16 & 0xFF)  # blue
    assert diverging(np.array([np.nan]), LIGHT)[0] == middle


def test_class_colours_follow_the_largest_output_and_its_lead() -> None:
    outputs = np.array([[[0.9, 0.34]], [[0.05, 0.33]], [[0.05, 0.33]]])
    sure, unsure = mixed_classes(outputs, LIGHT)[0].tolist()
    neutral = 0xF6
    assert neutral - (sure & 0xFF) > 2 * (neutral - (unsure & 0xFF))
