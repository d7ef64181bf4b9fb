"""Heads are decoded as their papers say, one number after the other."""

from __future__ import annotations

import math

import numpy as np
import onnx
import pytest
from onnx.reference import ReferenceEvaluator

from tests.vision.finders import YOLO_5_ANCHORS, YOLO_5_WH, yolo_5_model
from vision.heads.kind import Head, decode
from vision.heads.ssd import ssd_anchors
from vision.heads.yolo import yolox_cells
from vision.models.recognition import read_as

type Array = np.ndarray[tuple[int, ...], np.dtype[np.float32]]

SSD = Head(kind="ssd", boxes_output="b", scores_output="s", background=0)
SIDE = 300


def ssd_outputs(classes: int = 4, seed: int = 0) -> dict[str, Array]:
    random = np.random.default_rng(seed)
    count = len(ssd_anchors((SIDE, SIDE)))
    return {
        "b": random.standard_normal((1, count, 4)).astype(np.float32),
        "s": random.normal(-3, 2, (1, count, classes)).astype(np.float32),
    }


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
    proposals = decode(SSD, outputs, (SIDE, SIDE), 0.1)
    assert (proposals.total, proposals.classes) == (1917, 4)
    wanted = []
    for offsets, logits, anchor in zip(
        outputs["b"][0], outputs["s"][0], ssd_anchors((SIDE, SIDE)), strict=True
    ):
        index = int(np.argmax(logits[1:])) + 1
        score = 1 / (1 + math.exp(-logits[index]))
        if score < 0.1:
            continue
        dy, dx, dh, dw = map(float, offsets)
        x, y, w, h = map(float, anchor)
        cx, cy = dx / 10 * w + x, dy / 10 * h + y
        w, h = math.exp(dw / 5) * w, math.exp(dh / 5) * h
        wanted.append((cx - w / 2, cy - h / 2, cx + w / 2, cy + h / 2, score, index))
    table = np.array(wanted)
    assert 100 < len(table) < 1917
    # Single precision: a box is made of six roundings, each of half a unit in its last place.
    assert np.abs(proposals.found.xyxy - table[:, :4]).max() < 6 * np.finfo(np.float32).eps * 4
    assert proposals.found.scores == pytest.approx(table[:, 4], rel=1e-5)
    assert proposals.found.indices.tolist() == table[:, 5].tolist()


def yolox_output(side: int = 64, classes: int = 3) -> Array:
    random = np.random.default_rng(1)
    count = len(yolox_cells((side, side)))
    scores = random.random((count, 1 + classes))
    return np.concatenate([random.normal(0, 0.5, (count, 4)), scores], axis=1)[None].astype(
        np.float32
    )


def test_a_yolox_is_decoded_as_its_paper_says() -> None:
    output = yolox_output()
    assert output.shape == (1, 8 * 8 + 4 * 4 + 2 * 2, 8)
    head = Head(kind="yolox", boxes_output="o")
    proposals = decode(head, {"o": output}, (64, 64), 0.3)
    wanted, row = [], 0
    for stride in (8, 16, 32):
        for y in range(64 // stride):
            for x in range(64 // stride):
                dx, dy, dw, dh, thing, *scores = map(float, output[0, row])
                row += 1
                index = int(np.argmax(scores))
                if thing * scores[index] < 0.3:
                    continue
                cx, cy = (dx + x) * stride, (dy + y) * stride
                w, h = math.exp(dw) * stride, math.exp(dh) * stride
                corners = (cx - w / 2, cy - h / 2, cx + w / 2, cy + h / 2)
                wanted.append((*(one / 64 for one in corners), thing * scores[index], index))
    table = np.array(wanted)
    assert len(table) > 10
    assert proposals.found.xyxy == pytest.approx(table[:, :4], abs=1e-5)
    assert proposals.found.scores == pytest.approx(table[:, 4], rel=1e-5)
    assert proposals.found.indices.tolist() == table[:, 5].tolist()


def test_a_yolox_that_works_its_offsets_out_itself_gives_the_same() -> None:
    raw = yolox_output()
    cells = yolox_cells((64, 64))
    done = raw.copy()
    done[0, :, :2] = (raw[0, :, :2] + cells[:, :2]) * cells[:, 2:]
    done[0, :, 2:4] = np.exp(raw[0, :, 2:4]) * cells[:, 2:]
    # Without a name, the only output is meant.
    first, second = (
        decode(Head(kind=kind), {"o": output}, (64, 64), 0.3)
        for kind, output in (("yolox", raw), ("yolox_pixels", done))
    )
    assert second.found.xyxy == pytest.approx(first.found.xyxy, abs=1e-6)


def test_a_yolo_of_version_8_gives_a_column_a_box() -> None:
    output = np.zeros((1, 7, 84), np.float32)
    output[0, :, 5] = [32, 16, 20, 8, 0.1, 0.8, 0.2]
    output[0, :, 9] = [10, 10, 4, 4, 0.2, 0.1, 0.1]
    proposals = decode(Head(kind="yolo_8"), {"o": output}, (64, 32), 0.3)
    assert (proposals.total, proposals.classes) == (84, 3)
    assert proposals.found.xyxy == pytest.approx(np.array([[22 / 64, 12 / 32, 42 / 64, 20 / 32]]))
    assert proposals.found.scores == pytest.approx([0.8])
    assert proposals.found.indices.tolist() == [1]


def random_grids(strides: tuple[int, ...], classes: int = 3, boxes: int = 3) -> dict[str, Array]:
    """Return random grids (1, boxes, H, W, 5 + C) for strides, the first one's first."""
    random = np.random.default_rng(3)
    width, height = YOLO_5_WH
    shapes = [(1, boxes, height // stride, width // stride, 5 + classes) for stride in strides]
    return {str(shape): random.normal(0, 2, shape).astype(np.float32) for shape in shapes}


type Anchors = dict[int, tuple[tuple[int, int], ...]]


def rows_of_grids(
    grids: dict[str, Array], anchors: Anchors, reach: tuple[float, ...], *, are_powers: bool
) -> Array:
    """Return the boxes of grids over 0.3, read one number after the other as the authors do.

    That is, as Darknet's `get_yolo_box` has it for versions 3 and 4, and the Detect of PyTorch's
    versions 5 and 7.
    """
    wanted = []
    for (stride, sides), wide, grid in zip(anchors.items(), reach, grids.values(), strict=True):
        for anchor, (anchor_w, anchor_h) in enumerate(sides):
            for y in range(YOLO_5_WH[1] // stride):
                for x in range(YOLO_5_WH[0] // stride):
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
                    w, h = across * anchor_w, down * anchor_h
                    corners = (cx - w / 2, cy - h / 2, cx + w / 2, cy + h / 2)
                    wanted.append((*corners, thing * score, -index))
    return np.array(wanted, np.float32)


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
    grids = random_grids(tuple(anchors))
    wanted = rows_of_grids(grids, anchors, reach, are_powers=are_powers)
    # Which grid is which, their shapes say, and not their order.
    outputs = {name: grids[name] for name in reversed(grids)}
    proposals = decode(Head(kind=kind), outputs, YOLO_5_WH, 0.3)
    assert (proposals.total, proposals.classes) == (sum(one.size for one in grids.values()) // 8, 3)
    assert 20 < len(wanted) < proposals.total
    size = np.array([*YOLO_5_WH, *YOLO_5_WH], np.float32)
    # A side reaches a thousand times the largest anchor, of which single precision knows a part
    # in eight millions, and loses another when half of it is taken from the centre.
    most = 8 * float(np.finfo(np.float32).eps * np.abs(wanted[:, :4]).max())
    assert proposals.found.xyxy * size == pytest.approx(wanted[:, :4], rel=1e-5, abs=most)
    assert proposals.found.scores == pytest.approx(wanted[:, 4], rel=1e-5)
    assert proposals.found.indices.tolist() == wanted[:, 5].tolist()


def test_the_sides_of_grids_may_stand_in_any_order() -> None:
    grids = random_grids((8, 16, 32))
    head = Head(kind="yolo_4_grids")
    wanted = decode(head, grids, YOLO_5_WH, 0.3).found
    assert len(wanted) > 50

    def together(grid: Array) -> Array:
        """Return the boxes of a cell in one side, (1, H, W, 3 (5 + C))."""
        apart = grid.transpose(0, 2, 3, 1, 4)
        return apart.reshape(*apart.shape[:3], -1)

    for other in (
        lambda grid: grid.transpose(0, 2, 3, 1, 4),
        together,
        lambda grid: together(grid).transpose(0, 3, 1, 2),
    ):
        outputs = {name: other(grid) for name, grid in grids.items()}
        found = decode(head, outputs, YOLO_5_WH, 0.3).found
        assert np.array_equal(found.xyxy, wanted.xyxy)
        assert np.array_equal(found.indices, wanted.indices)


def test_anchors_may_be_given_for_any_number_of_grids_and_boxes() -> None:
    sides: Anchors = {8: ((9, 11), (20, 17)), 16: ((31, 40), (50, 60)), 32: ((9, 9), (8, 8))}
    grids = random_grids(tuple(sides), boxes=2)
    head = Head(kind="yolo_5_grids", anchors=tuple(sides.values()))
    wanted = rows_of_grids(grids, sides, (2, 2, 2), are_powers=False)
    found = decode(head, grids, YOLO_5_WH, 0.3).found
    size = np.array([*YOLO_5_WH, *YOLO_5_WH], np.float32)
    assert found.xyxy * size == pytest.approx(wanted[:, :4], rel=1e-5, abs=2e-4)
    with pytest.raises(ValueError, match="x"):
        decode(Head(kind="yolo_5_grids"), grids, YOLO_5_WH, 0.3)


def test_grids_that_end_in_a_sigmoid_get_no_second_one() -> None:
    grids = random_grids((8, 16, 32))
    done: dict[str, Array] = {
        name: (1 / (1 + np.exp(-grid))).astype(np.float32) for name, grid in grids.items()
    }
    head = Head(kind="yolo_7_grids")
    wanted, found = (decode(head, one, YOLO_5_WH, 0.3).found for one in (grids, done))
    assert len(wanted) > 50
    assert found.xyxy == pytest.approx(wanted.xyxy, rel=1e-4, abs=1e-5)
    assert found.scores == pytest.approx(wanted.scores, rel=1e-5)


def test_rows_of_a_yolo_7_hold_the_corners_before_the_class() -> None:
    rows = np.array(
        [
            [0, 16, 8, 48, 24, 2, 0.9],
            [0, -4, 0, 70, 32, 79, 0.5],
            [0, 0, 0, 8, 8, 1, 0.1],
            [1, 0, 0, 8, 8, 1, 0.9],
        ],
        np.float32,
    )
    proposals = decode(Head(kind="yolo_7_rows"), {"output": rows}, (64, 32), 0.3)
    assert (proposals.total, proposals.classes) == (4, 0)
    assert proposals.found.xyxy == pytest.approx(
        np.array([[0.25, 0.25, 0.75, 0.75], [-4 / 64, 0, 70 / 64, 1]])
    )
    assert proposals.found.scores == pytest.approx([0.9, 0.5])
    assert proposals.found.indices.tolist() == [2, 79]


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
    assert found.xyxy == pytest.approx(np.array([[0.25, 0.25, 0.75, 0.75], [0, 0, 1 / 8, 1 / 4]]))
    assert found.indices.tolist() == [2, 0]
    with pytest.raises(ValueError, match="3, 3 and 2"):
        decode(head, outputs | {"det_classes": np.zeros((1, 2), np.float32)}, (64, 32), 0.3)


def test_a_yolo_5_that_works_its_grids_out_itself_gives_the_same() -> None:
    model = onnx.load_from_string(yolo_5_model())
    shape = (1, 3, YOLO_5_WH[1], YOLO_5_WH[0])
    picture = np.random.default_rng(4).random(shape, np.float32)
    # ONNX's own evaluator knows nothing of what is tested.
    names = [one.name for one in model.graph.output]
    given = dict(zip(names, ReferenceEvaluator(model).run(None, {"images": picture}), strict=True))
    table = given.pop("output0")
    assert [one.shape[2:4] for one in given.values()] == [(12, 8), (6, 4), (3, 2)]
    first = decode(Head(kind="yolo_5"), {"o": table}, YOLO_5_WH, 0.2)
    second = decode(Head(kind="yolo_5_grids"), given, YOLO_5_WH, 0.2)
    assert 20 < len(first.found) < first.total == second.total == table.shape[1]
    assert second.found.xyxy == pytest.approx(first.found.xyxy, rel=1e-5, abs=1e-5)
    assert second.found.scores == pytest.approx(first.found.scores, rel=1e-5)
    assert np.array_equal(second.found.indices, first.found.indices)
    # And both are what the table says, read row by row.
    scores = table[0, :, 4] * table[0, :, 5:].max(axis=1)
    rows = [row for row, score in zip(table[0], scores, strict=True) if score >= np.float32(0.2)]
    assert len(rows) == len(first.found)
    for (x, y, w, h, *_), box in zip(rows, first.found.xyxy, strict=True):
        wanted = [(x - w / 2) / 64, (y - h / 2) / 96, (x + w / 2) / 64, (y + h / 2) / 96]
        assert box == pytest.approx(wanted, rel=1e-5, abs=1e-5)


def test_a_yolo_10_gives_rows_that_it_has_chosen() -> None:
    output = np.zeros((1, 300, 6), np.float32)
    output[0, 0] = [16, 8, 48, 24, 0.9, 2]
    output[0, 1] = [-4, 0, 70, 32, 0.5, 79]
    output[0, 2] = [0, 0, 8, 8, 0.1, 1]
    output[0, 3] = [0, 0, 8, 8, 0.9, np.nan]
    proposals = decode(Head(kind="yolo_10"), {"o": output}, (64, 32), 0.3)
    assert (proposals.total, proposals.classes) == (300, 0)
    wanted = [[0.25, 0.25, 0.75, 0.75], [-4 / 64, 0, 70 / 64, 1]]
    assert proposals.found.xyxy == pytest.approx(np.array(wanted))
    assert proposals.found.scores == pytest.approx([0.9, 0.5])
    assert proposals.found.indices.tolist() == [2, 79]


@pytest.mark.parametrize("kind", ["yolo_5", "yolo_8", "yolo_10"])
def test_places_in_shares_of_the_picture_are_those_in_pixels(kind: str) -> None:
    # TFLite files have it so.
    random = np.random.default_rng(6)
    pixels = random.random((1, 84, 6)).astype(np.float32)
    pixels[..., 5] = 1
    shares = pixels.copy()
    pixels[..., :4] *= [64, 32, 64, 32]
    if kind == "yolo_8":
        pixels, shares = pixels.transpose(0, 2, 1), shares.transpose(0, 2, 1)
    first, second = (
        decode(Head(kind=kind), {"o": one}, (64, 32), 0.3).found for one in (pixels, shares)
    )
    assert len(first) > 50
    assert second.xyxy == pytest.approx(first.xyxy, abs=1e-6)


@pytest.mark.parametrize("kind", ["yolox", "corners"])
def test_logits_in_place_of_scores_give_the_same_scores(kind: str) -> None:
    scores = yolox_output()
    first = 4  # objectness, or for corners the first class
    logits = scores.copy()
    logits[..., first:] = np.log(scores[..., first:] / (1 - scores[..., first:]))
    assert logits[..., first:].max() > 2
    head = Head(kind=kind, boxes_output="o")
    wanted, found = (decode(head, {"o": one}, (64, 64), 0.3).found for one in (scores, logits))
    assert len(wanted) > 10
    assert found.scores == pytest.approx(wanted.scores, abs=1e-5)
    assert np.array_equal(found.indices, wanted.indices)


def test_rows_of_percentages_are_no_scores() -> None:
    rows = np.array([[0, 2, 85.2, 0.1, 0.2, 0.3, 0.4]], np.float32)
    with pytest.raises(ValueError, match=r"scores up to 85\.2"):
        decode(Head(kind="rows", boxes_output="o"), {"o": rows}, (300, 300), 0.3)


def test_rows_of_other_pictures_and_of_no_object_are_left_out() -> None:
    rows = np.array(
        [
            [0, 2, 0.9, 0.1, 0.2, 0.3, 0.4],
            [-1, 0, 0.9, 0, 0, 0, 0],
            [0, 0, 0.8, 0, 0, 1, 1],
            [0, 1, 0.1, 0, 0, 1, 1],
            [0, np.nan, 0.9, 0, 0, 1, 1],
        ],
        np.float32,
    )
    head = Head(kind="rows", boxes_output="o", background=0)
    found = decode(head, {"o": rows[None, None]}, (300, 300), 0.3).found
    assert found.indices.tolist() == [2]
    assert found.xyxy == pytest.approx(np.array([[0.1, 0.2, 0.3, 0.4]]))


def test_corners_may_stand_in_one_output_with_the_scores() -> None:
    table = np.array([[[0.1, 0.1, 0.2, 0.2, 0.05, 0.9, 0.05]]], np.float32)
    head = Head(kind="corners", boxes_output="o", background=0)
    proposals = decode(head, {"o": table}, (300, 300), 0.3)
    assert proposals.classes == 3
    assert proposals.found.indices.tolist() == [1]


@pytest.mark.parametrize("bad", [np.nan, np.inf, -np.inf, 1e38])
@pytest.mark.parametrize("name", ["b", "s"])
def test_damaged_weights_decode_without_a_warning(name: str, bad: float) -> None:
    outputs = ssd_outputs()
    outputs[name][0, ::2] = bad
    found = decode(SSD, outputs, (SIDE, SIDE), 0.0).found
    assert found.xyxy.shape == (len(found), 4)


@pytest.mark.parametrize(
    ("head", "shape"),
    [
        (Head(kind="yolox", boxes_output="o"), (1, 85, 8)),
        (Head(kind="yolox", boxes_output="o"), (1, 84, 5)),
        (Head(kind="yolo_5", boxes_output="o"), (1, 252, 5)),
        (Head(kind="yolo_5_grids"), (1, 3, 8, 8, 85)),
        (Head(kind="yolo_3_grids"), (1, 255)),
        (Head(kind="yolo_7_rows"), (100, 6)),
        (Head(kind="yolo_8", boxes_output="o"), (1, 4, 84)),
        (Head(kind="yolo_10", boxes_output="o"), (1, 300, 7)),
        (Head(kind="rows", boxes_output="o"), (1, 1, 9, 6)),
        (Head(kind="corners", boxes_output="o"), (1, 9, 4)),
        (Head(kind="corners", boxes_output="o"), (7,)),
        (Head(kind="ssd", boxes_output="o"), (1, 1916, 25)),
    ],
)
def test_outputs_of_another_shape_are_refused(head: Head, shape: tuple[int, ...]) -> None:
    with pytest.raises(ValueError, match=r"\d"):
        decode(head, {"o": np.zeros(shape, np.float32)}, (64, 64), 0.3)
