"""The label is drawn on a copy, where the tutorial and the app want it."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from vision.classification import Classifier
from vision.drawing import draw_as_app, draw_as_tutorial, tutorial_text
from vision.pictures import read_picture


def test_the_tutorials_label_is_red_at_the_top_left(bundled: Classifier, images: Path) -> None:
    picture = read_picture(images / "coffee.png")
    result = bundled.classify(picture)
    assert tutorial_text(result) == "Label: espresso, 94.20%"
    before = picture.copy()
    drawn = draw_as_tutorial(picture, result)
    assert np.array_equal(picture, before)
    rows, columns = np.nonzero((drawn != picture).any(axis=2))
    assert rows.max() <= 35
    assert 3 <= columns.min() <= 12
    assert columns.max() < picture.shape[1]
    assert (drawn == (0, 0, 255)).all(axis=2).sum() > 500


@pytest.mark.parametrize("threshold", [0.0, 0.99])
def test_the_apps_chip_and_corners_stay_where_the_network_looked(
    bundled: Classifier, images: Path, threshold: float
) -> None:
    picture = read_picture(images / "coffee.png")
    result = bundled.classify(picture)
    drawn = draw_as_app(picture, result, threshold)
    rows, columns = np.nonzero((drawn != picture).any(axis=2))
    seen = result.seen
    assert columns.min() >= seen.left_px - 4
    assert rows.max() >= picture.shape[0] - 3
    assert (drawn[:, : int(seen.left_px) - 4] == picture[:, : int(seen.left_px) - 4]).all()
    width = np.ptp(columns[(rows > 350) & (rows < 390)])
    assert width > (250 if threshold else 150)


def test_a_tiny_picture_is_drawn_on_without_fault(bundled: Classifier) -> None:
    for size in ((1, 1), (3, 200), (200, 3)):
        picture = np.zeros((*size, 3), np.uint8)
        result = bundled.classify(picture)
        assert draw_as_app(picture, result).shape == picture.shape
        assert draw_as_tutorial(picture, result).shape == picture.shape
