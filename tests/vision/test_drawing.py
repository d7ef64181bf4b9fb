"""The label is drawn on a copy, where the tutorial and the app want it."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest

from vision.classification import Classifier
from vision.detections import Detections, Limits, Selection
from vision.drawing import draw_as_app, draw_as_tutorial, draw_boxes, tutorial_text
from vision.formats.labels import Labels
from vision.networks.detector import DetectionResult
from vision.pictures.files import read_picture
from vision.pictures.pixels import Picture
from vision.pictures.preprocessing import Rectangle
from vision.result import Timings


def test_the_tutorials_label_is_red_at_the_top_left(bundled: Classifier, images: Path) -> None:
    picture = read_picture(images / "coffee.png")
    result = bundled.predict(picture)
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
    result = bundled.predict(picture)
    drawn = draw_as_app(picture, result, threshold)
    rows, columns = np.nonzero((drawn != picture).any(axis=2))
    seen = result.seen
    assert columns.min() >= seen.left_px - 4
    assert rows.max() >= picture.shape[0] - 3
    assert (drawn[:, : int(seen.left_px) - 4] == picture[:, : int(seen.left_px) - 4]).all()
    width = np.ptp(columns[(rows > 350) & (rows < 390)])
    assert width > (250 if threshold else 150)


def test_the_apps_chip_is_the_same_whatever_was_drawn_before(
    bundled: Classifier, images: Path
) -> None:
    picture = read_picture(images / "coffee.png")
    result = bundled.predict(picture)
    with ThreadPoolExecutor(1) as afresh:
        first = afresh.submit(draw_as_app, picture, result).result()
    draw_as_tutorial(picture, result)
    assert np.array_equal(draw_as_app(picture, result), first)


def test_a_tiny_picture_is_drawn_on_without_fault(bundled: Classifier) -> None:
    for size in ((1, 1), (3, 200), (200, 3)):
        picture = np.zeros((*size, 3), np.uint8)
        result = bundled.predict(picture)
        assert draw_as_app(picture, result).shape == picture.shape
        assert draw_as_tutorial(picture, result).shape == picture.shape


def boxes_drawn(corners: list[list[float]], indices: list[int], names: tuple[str, ...]) -> Picture:
    """Return a black picture of 300 x 200 pixels with boxes."""
    count = len(corners)
    kept = Detections(
        np.array(corners, np.float32),
        np.linspace(0.9, 0.5, count, dtype=np.float32),
        np.array(indices, np.int32),
    )
    selection = Selection(Limits(), kept, kept.take(np.array([], np.int64)))
    seen = Rectangle(0, 0, 300, 200)
    result = DetectionResult((), Timings(), seen, kept, selection, count, Labels(names))
    return draw_boxes(np.zeros((200, 300, 3), np.uint8), result)


def filled(drawn: Picture, row: int) -> int:
    """Return how many pixels of a row are neither black nor white."""
    return int((np.ptp(drawn[row].astype(int), axis=1) > 0).sum())


def test_a_second_label_does_not_cover_the_first() -> None:
    one = boxes_drawn([[40, 60, 240, 160]], [0], ("crane",))
    two = boxes_drawn([[40, 60, 240, 160], [42, 61, 238, 158]], [0, 1], ("crane", "plane"))
    label = np.s_[48:58, 40:90]
    assert np.array_equal(one[label], two[label])


def test_a_label_of_a_box_at_the_lower_edge_stays_in_the_picture() -> None:
    drawn = boxes_drawn([[0, 0, 300, 200], [250, 192, 300, 200]], [0, 1], ("x", "thin"))
    # It lies above, whole; where the picture ends it would be cut.
    assert filled(drawn, 182) > 40


def test_a_name_longer_than_the_picture_ends_within_it() -> None:
    drawn = boxes_drawn([[20, 60, 280, 160]], [0], ("a name as long as that " * 6,))
    assert 240 < filled(drawn, 50) <= 300
    assert (drawn[46:60, 298:] == drawn[46, 299]).all()


def test_classes_are_told_apart_without_colour() -> None:
    drawn = boxes_drawn([[20, 30, 140, 180], [160, 30, 280, 180]], [0, 1], ("one", "two"))
    whole, dashed = drawn[100:170, 20], drawn[100:170, 160]
    assert not (whole == 255).all(axis=1).any()
    assert 5 < (dashed == 255).all(axis=1).sum() < 60
