"""Heads are decoded as their papers say, one number after the other."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest

from tests.vision.finders import YOLO_5_ANCHORS, YOLO_5_WH
from vision.detections import Detections
from vision.heads.kind import Head, Proposals, decode
from vision.heads.ssd import ssd_anchors
from vision.heads.yolo import yolox_cells
from vision.models.recognition import read_as

type Array = np.ndarray[tuple[int, ...], np.dtype[np.float32]]

SIDE = 300


def read(
    kind: str, outputs: Array | dict[str, Array], wh: tuple[int, int] = (64, 64), **head: Any
) -> Proposals:
    """Return what a head finds with a score of 0.3; without a name, the only output is meant."""
    given = outputs if isinstance(outputs, dict) else {"o": outputs}
    return decode(Head(kind=kind, **head), given, wh, 0.3)


def hold(found: Detections, wanted: Sequence[Sequence[float]], wh: tuple[int, int]) -> None:
    """Hold objects against rows of corners in pixels, a score and a class."""
    table = np.array(wanted, np.float64)
    # A side reaches a thousand times the largest anchor, of which single precision knows a part
    # in eight millions, and loses another when half of it is taken from the centre.
    most = 8 * float(np.finfo(np.float32).eps * np.abs(table[:, :4]).max())
    assert found.xyxy * np.asarray([*wh, *wh], np.float32) == pytest.approx(
        table[:, :4], rel=1e-5, abs=most
    )
    assert found.scores == pytest.approx(table[:, 4], rel=1e-5)
    assert found.indices.tolist() == table[:, 5].tolist()


def hold_alike(found: Detections, wanted: Detections, least: int = 10) -> None:
    """Hold objects against those of another reading."""
    assert len(wanted) > least
    assert found.xyxy == pytest.approx(wanted.xyxy, rel=1e-4, abs=1e-5)
    assert found.scores == pytest.approx(wanted.scores, rel=1e-5, abs=1e-5)
    assert np.array_equal(found.indices, wanted.indices)


def ssd_outputs(classes: int = 4) -> dict[str, Array]:
    random = np.random.default_rng(0)
    count = len(ssd_anchors((SIDE, SIDE)))
    return {
        "b": random.standard_normal((1, count, 4)).astype(np.float32),
        "s": random.normal(-3, 2, (1, count, classes)).astype(np.float32),
    }


def read_ssd(outputs: dict[str, Array]) -> Proposals:
    names = {"boxes_output": "b", "scores_output": "s", "background": 0}
    return read("ssd", outputs, (SIDE, SIDE), **names)


def test_the_anchors_of_300_by_300_are_those_of_the_published_network() -> None:
    anchors = ssd_anchors((SIDE, SIDE))
    assert anchors.shape == (1917, 4)
    # The first cell of the first map: centre, then (1, 0.1), (2, 0.2) and (1/2, 0.2).
    root = math.sqrt(2)
    assert anchors[0] == pytest.approx([0.5 / 19, 0.5 / 19, 0.1, 0.1])
    assert anchors[1] == pytest.approx([0.5 / 19, 0.5 / 19, 0.2 * root, 0.2 / root])
    assert anchors[2] == pytest.approx([0.5 / 19, 0.5 / 19, 0.2 / root, 0.2 * root])
    # The second cell lies to the right; the second map begins after 19 x 19 x 3.
    assert anchors[3, :2] == pytest.approx([1.5 / 19, 0.5 / 19])
    assert anchors[1083, :2] == pytest.approx([0.05, 0.05])
    # The last one: ratio 1 at the mean of the last scale and 1.
    assert anchors[-1] == pytest.approx([0.5, 0.5, math.sqrt(0.95), math.sqrt(0.95)])


def test_an_ssd_is_decoded_as_its_paper_says() -> None:
    outputs = ssd_outputs()
    proposals = read_ssd(outputs)
    assert (proposals.total, proposals.classes) == (1917, 4)
    wanted = []
    for offsets, logits, anchor in zip(
        outputs["b"][0], outputs["s"][0], ssd_anchors((SIDE, SIDE)), strict=True
    ):
        index = int(np.argmax(logits[1:])) + 1
        score = 1 / (1 + math.exp(-logits[index]))
        if score < 0.3:
            continue
        dy, dx, dh, dw = map(float, offsets)
        x, y, w, h = map(float, anchor)
        cx, cy = dx / 10 * w + x, dy / 10 * h + y
        w, h = math.exp(dw / 5) * w / 2, math.exp(dh / 5) * h / 2
        wanted.append((cx - w, cy - h, cx + w, cy + h, score, index))
    assert 100 < len(wanted) < 1917
    hold(proposals.found, wanted, (1, 1))


def yolox_output() -> Array:
    random = np.random.default_rng(1)
    count = 8 * 8 + 4 * 4 + 2 * 2
    offsets, scores = random.normal(0, 0.5, (1, count, 4)), random.random((1, count, 4))
    return np.concatenate([offsets, scores], axis=2).astype(np.float32)


def test_a_yolox_is_decoded_as_its_paper_says() -> None:
    output = yolox_output()
    wanted, rows = [], iter(output[0])
    for stride in (8, 16, 32):
        for y, x in np.ndindex(64 // stride, 64 // stride):
            dx, dy, dw, dh, thing, *scores = map(float, next(rows))
            index = int(np.argmax(scores))
            if thing * scores[index] < 0.3:
                continue
            cx, cy = (dx + x) * stride, (dy + y) * stride
            w, h = math.exp(dw) * stride / 2, math.exp(dh) * stride / 2
            wanted.append((cx - w, cy - h, cx + w, cy + h, thing * scores[index], index))
    assert len(wanted) > 10
    hold(read("yolox", output).found, wanted, (64, 64))


def test_a_yolox_that_works_its_offsets_out_itself_gives_the_same() -> None:
    raw = yolox_output()
    cells = yolox_cells((64, 64))
    done = raw.copy()
    done[0, :, :2] = (raw[0, :, :2] + cells[:, :2]) * cells[:, 2:]
    done[0, :, 2:4] = np.exp(raw[0, :, 2:4]) * cells[:, 2:]
    hold_alike(read("yolox_pixels", done).found, read("yolox", raw).found)


ROWS = [
    # Corners in pixels of 64 x 32, score, class; a low score, and no number, make no object.
    [16, 8, 48, 24, 0.9, 2],
    [-4, 0, 70, 32, 0.5, 79],
    [0, 0, 8, 8, 0.1, 1],
    [0, 0, 8, 8, 0.9, np.nan],
]


def yolo_8_output() -> Array:
    output = np.zeros((1, 7, 84), np.float32)
    output[0, :, 5] = [32, 16, 20, 8, 0.1, 0.8, 0.2]
    output[0, :, 9] = [10, 10, 4, 4, 0.2, 0.1, 0.1]
    return output


@pytest.mark.parametrize(
    ("kind", "output", "wanted", "total", "classes"),
    [
        # A column a box: centre, size, and a score for each class.
        ("yolo_8", yolo_8_output(), [[22, 12, 42, 20, 0.8, 1]], 84, 3),
        ("yolo_10", [ROWS], ROWS[:2], 4, 0),
    ],
)
def test_boxes_that_a_network_has_worked_out_are_read_row_by_row(
    kind: str, output: npt.ArrayLike, wanted: list[list[float]], total: int, classes: int
) -> None:
    proposals = read(kind, np.asarray(output, np.float32), (64, 32))
    assert (proposals.total, proposals.classes) == (total, classes)
    hold(proposals.found, wanted, (64, 32))


def random_grids(strides: Iterable[int]) -> dict[str, Array]:
    """Return random grids (1, 3, H, W, 5 + 3) for strides, the first one's first."""
    random = np.random.default_rng(3)
    width, height = YOLO_5_WH
    shapes = [(1, 3, height // stride, width // stride, 8) for stride in strides]
    return {str(shape): random.normal(0, 2, shape).astype(np.float32) for shape in shapes}


type Anchors = dict[int, tuple[tuple[int, int], ...]]


def rows_of_grids(
    grids: dict[str, Array], anchors: Anchors, reach: tuple[float, ...], *, are_powers: bool
) -> list[tuple[float, ...]]:
    """Return the boxes of grids over 0.3, read one number after the other as the authors do.

    That is, as Darknet's `get_yolo_box` has it for versions 3 and 4, and the Detect of PyTorch's
    versions 5 and 7.
    """
    wanted: list[tuple[float, ...]] = []
    for (stride, sides), wide, grid in zip(anchors.items(), reach, grids.values(), strict=True):
        for anchor, y, x in np.ndindex(*grid.shape[1:4]):
            given = [*map(float, grid[0, anchor, y, x])]
            dx, dy, dw, dh, thing, *scores = (1 / (1 + math.exp(-one)) for one in given)
            score, index = max((score, -index) for index, score in enumerate(scores))
            if thing * score < 0.3:
                continue
            cx = (dx * wide - 0.5 * (wide - 1) + x) * stride
            cy = (dy * wide - 0.5 * (wide - 1) + y) * stride
            across, down = (2 * dw) ** 2, (2 * dh) ** 2
            if are_powers:
                across, down = math.exp(given[2]), math.exp(given[3])
            w, h = across * sides[anchor][0] / 2, down * sides[anchor][1] / 2
            wanted.append((cx - w, cy - h, cx + w, cy + h, thing * score, -index))
    return wanted


# As Darknet's files and those of version 7 print them; version 3 has those of version 5.
YOLO_7_ANCHORS: Anchors = {
    8: ((12, 16), (19, 36), (40, 28)),
    16: ((36, 75), (76, 55), (72, 146)),
    32: ((142, 110), (192, 243), (459, 401)),
}
TINY_LARGE = ((81, 82), (135, 169), (344, 319))
TINY_3_ANCHORS: Anchors = {16: ((10, 14), (23, 27), (37, 58)), 32: TINY_LARGE}
TINY_4_ANCHORS: Anchors = {16: ((23, 27), (37, 58), (81, 82)), 32: TINY_LARGE}


@pytest.mark.parametrize(
    ("kind", "anchors", "reach", "are_powers"),
    [
        ("yolo_3_grids", YOLO_5_ANCHORS, (1, 1, 1), True),
        ("yolo_3_grids", TINY_3_ANCHORS, (1, 1), True),
        ("yolo_4_grids", YOLO_7_ANCHORS, (1.2, 1.1, 1.05), True),
        ("yolo_4_grids", TINY_4_ANCHORS, (1.05, 1.05), True),
        ("yolo_5_grids", YOLO_5_ANCHORS, (2, 2, 2), False),
        ("yolo_7_grids", YOLO_7_ANCHORS, (2, 2, 2), False),
    ],
)
def test_the_grids_of_a_yolo_are_decoded_as_their_authors_do(
    kind: str, anchors: Anchors, reach: tuple[float, ...], are_powers: bool
) -> None:
    grids = random_grids(anchors)
    wanted = rows_of_grids(grids, anchors, reach, are_powers=are_powers)
    # Which grid is which, their shapes say, and not their order.
    outputs = {name: grids[name] for name in reversed(grids)}
    proposals = read(kind, outputs, YOLO_5_WH)
    assert (proposals.total, proposals.classes) == (sum(one.size for one in grids.values()) // 8, 3)
    assert 20 < len(wanted) < proposals.total
    hold(proposals.found, wanted, YOLO_5_WH)


def together(grid: Array) -> Array:
    """Return the boxes of a cell in one side, (1, H, W, 3 (5 + C))."""
    apart = grid.transpose(0, 2, 3, 1, 4)
    return apart.reshape(*apart.shape[:3], -1)


@pytest.mark.parametrize(
    ("kind", "other"),
    [
        ("yolo_4_grids", lambda grid: grid.transpose(0, 2, 3, 1, 4)),
        ("yolo_4_grids", together),
        ("yolo_4_grids", lambda grid: together(grid).transpose(0, 3, 1, 2)),
        # One that ends in a sigmoid gets no second one.
        ("yolo_7_grids", lambda grid: (1 / (1 + np.exp(-grid))).astype(np.float32)),
    ],
)
def test_grids_may_be_written_otherwise(kind: str, other: Callable[[Array], Array]) -> None:
    grids = random_grids((8, 16, 32))
    others = {name: other(grid) for name, grid in grids.items()}
    hold_alike(read(kind, others, YOLO_5_WH).found, read(kind, grids, YOLO_5_WH).found, 50)


def test_chosen_boxes_may_stand_in_outputs_of_their_own() -> None:
    outputs = {
        "num_dets": np.array([[2]], np.float32),
        "det_boxes": np.array([[[16, 8, 48, 24], [0, 0, 8, 8], [0, 0, 0, 0]]], np.float32),
        "det_scores": np.array([[0.9, 0.4, 0]], np.float32),
        "det_classes": np.array([[2, 0, 0]], np.float32),
    }
    head = read_as("chosen", outputs).head
    assert head is not None
    found = decode(head, outputs, (64, 32), 0.3).found
    hold(found, [[16, 8, 48, 24, 0.9, 2], [0, 0, 8, 8, 0.4, 0]], (64, 32))
    with pytest.raises(ValueError, match="3, 3 and 2"):
        decode(head, outputs | {"det_classes": np.zeros((1, 2), np.float32)}, (64, 32), 0.3)


@pytest.mark.parametrize("kind", ["yolo_5", "yolo_8", "yolo_10"])
def test_places_in_shares_of_the_picture_are_those_in_pixels(kind: str) -> None:
    # TFLite files have it so.
    shares = np.random.default_rng(6).random((1, 84, 6), np.float32)
    shares[..., 5] = 1
    pixels = shares * np.asarray([64, 32, 64, 32, 1, 1], np.float32)
    first, second = (
        read(kind, one.transpose(0, 2, 1) if kind == "yolo_8" else one, (64, 32)).found
        for one in (pixels, shares)
    )
    hold_alike(second, first, 50)


@pytest.mark.parametrize("kind", ["yolox", "corners"])
def test_logits_in_place_of_scores_give_the_same_scores(kind: str) -> None:
    scores = yolox_output()
    logits = scores.copy()
    logits[..., 4:] = np.log(scores[..., 4:] / (1 - scores[..., 4:]))
    assert logits[..., 4:].max() > 2
    hold_alike(read(kind, logits).found, read(kind, scores).found)


def test_rows_of_other_pictures_and_of_no_object_are_left_out() -> None:
    rows: list[list[float]] = [
        [0, 2, 0.9, 0.1, 0.2, 0.3, 0.4],
        [-1, 0, 0.9, 0, 0, 0, 0],
        [0, 0, 0.8, 0, 0, 1, 1],
        [0, 1, 0.1, 0, 0, 1, 1],
        [0, np.nan, 0.9, 0, 0, 1, 1],
    ]
    found = read("rows", np.array([[rows]], np.float32), (SIDE, SIDE), background=0).found
    hold(found, [[0.1, 0.2, 0.3, 0.4, 0.9, 2]], (1, 1))
    percentages = np.array([[0, 2, 85.2, 0.1, 0.2, 0.3, 0.4]], np.float32)
    with pytest.raises(ValueError, match=r"scores up to 85\.2"):
        read("rows", percentages, (SIDE, SIDE))


def test_corners_may_stand_in_one_output_with_the_scores() -> None:
    table = np.array([[[0.1, 0.1, 0.2, 0.2, 0.05, 0.9, 0.05]]], np.float32)
    proposals = read("corners", table, (SIDE, SIDE), background=0)
    assert proposals.classes == 3
    assert proposals.found.indices.tolist() == [1]


@pytest.mark.parametrize("bad", [np.nan, np.inf, -np.inf, 1e38])
@pytest.mark.parametrize("name", ["b", "s"])
def test_damaged_weights_decode_without_a_warning(name: str, bad: float) -> None:
    outputs = ssd_outputs()
    outputs[name][0, ::2] = bad
    found = read_ssd(outputs).found
    assert found.xyxy.shape == (len(found), 4)


@pytest.mark.parametrize(
    ("kind", "shape"),
    [
        ("yolox", (1, 85, 8)),
        ("yolox", (1, 84, 5)),
        ("yolo_5", (1, 252, 5)),
        ("yolo_5_grids", (1, 3, 8, 8, 85)),
        ("yolo_3_grids", (1, 255)),
        ("yolo_5_grids", (1, 2, 8, 8, 8)),
        ("yolo_8", (1, 4, 84)),
        ("yolo_10", (1, 300, 7)),
        ("rows", (1, 1, 9, 6)),
        ("corners", (1, 9, 4)),
        ("corners", (7,)),
        ("ssd", (1, 1916, 25)),
    ],
)
def test_outputs_of_another_shape_are_refused(kind: str, shape: tuple[int, ...]) -> None:
    with pytest.raises(ValueError, match=r"\d"):
        read(kind, np.zeros(shape, np.float32))
