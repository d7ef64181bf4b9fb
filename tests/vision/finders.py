"""Small networks with random weights that find objects or cut something out."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from tests.vision.onnx_models import Array, constant_model, network, noise
from vision.heads.ssd import ssd_anchors
from vision.heads.yolo import yolox_cells

SSD_SIDE, YOLOX_SIDE, MASK_SIDE = 32, 64, 32
YOLOX_CLASSES = 80
YOLO_5_WH, YOLO_5_CLASSES = (64, 96), 3
# As its authors print them, for strides of 8, 16 and 32.
YOLO_5_ANCHORS = {
    8: ((10, 13), (16, 30), (33, 23)),
    16: ((30, 61), (62, 45), (59, 119)),
    32: ((116, 90), (156, 198), (373, 326)),
}


def ssd_model(classes: int = 4) -> bytes:
    """Return an SSD with anchors: offsets and logits of every anchor of 32 x 32."""
    count = len(ssd_anchors((SSD_SIDE, SSD_SIDE)))
    return network(
        f"""(float[1, 3, 32, 32] image)
        => (float[1, {count}, 4] boxes, float[1, {count}, {classes}] scores)
        <int64[3] s_boxes = {{1, {count}, 4}}, int64[3] s_scores = {{1, {count}, {classes}}}> {{
            c = Conv <kernel_shape = [8, 8], strides = [8, 8]> (image, w, b)
            r = Relu (c)
            f = Flatten (r)
            m_boxes = MatMul (f, w_boxes)
            boxes = Reshape (m_boxes, s_boxes)
            m_scores = MatMul (f, w_scores)
            scores = Reshape (m_scores, s_scores)
        }}""",
        w=normal(1, 8, 3, 8, 8),
        b=normal(2, 8),
        w_boxes=normal(3, 128, count * 4),
        w_scores=normal(4, 128, count * classes),
    )


def yolox_model() -> bytes:
    """Return a YOLOX of 80 names for pictures of 64 x 64, as its three maps are exported."""
    columns = 5 + YOLOX_CLASSES
    weights, maps = {}, ""
    # Few cells are sure of anything, as in a trained one.
    unsure = 4 * (np.arange(columns) >= 4)
    for s in (8, 16, 32):
        weights |= {
            f"w{s}": normal(s, columns, 3, s, s) * np.float32(2 / 255),
            f"b{s}": (normal(s + 1, columns) - unsure).astype(np.float32),
            f"s{s}": np.asarray([1, columns, (YOLOX_SIDE // s) ** 2]),
        }
        maps += f"""
            c{s} = Conv <kernel_shape = [{s}, {s}], strides = [{s}, {s}]> (images, w{s}, b{s})
            r{s} = Reshape (c{s}, s{s})"""
    cells = len(yolox_cells((YOLOX_SIDE, YOLOX_SIDE)))
    return network(
        f"""(float[1, 3, 64, 64] images) => (float[1, {cells}, {columns}] output)
        <int64[2] cut = {{4, {columns - 4}}}> {{
            {maps}
            all = Concat <axis = 2> (r8, r16, r32)
            table = Transpose <perm = [0, 2, 1]> (all)
            boxes, logits = Split <axis = 2> (table, cut)
            scores = Sigmoid (logits)
            output = Concat <axis = 2> (boxes, scores)
        }}""",
        **weights,
    )


def yolo_5_model(*, boxes: bool = True, grids: bool = True) -> bytes:
    """Return a YOLO 5 of 3 names, as its authors export it.

    It gives the boxes ("output0"), the three grids that they are made of, or both.
    """
    width, height = YOLO_5_WH
    columns = 5 + YOLO_5_CLASSES
    weights, nodes, outputs = {}, "", []
    if boxes:
        outputs.append(f"float[1, {3 * len(yolox_cells(YOLO_5_WH))}, {columns}] output0")
    for s, anchors in YOLO_5_ANCHORS.items():
        across, down = width // s, height // s
        weights |= {
            f"w{s}": normal(s, 3 * columns, 3, s, s) * np.float32(6),
            f"b{s}": normal(s + 1, 3 * columns),
            f"apart{s}": np.asarray([1, 3, columns, down, across]),
            f"cells{s}": places(across, down) - np.float32(0.5),
            f"stride{s}": np.full(1, s, np.float32),
            f"anchors{s}": np.asarray(anchors, np.float32).reshape(1, 3, 1, 1, 2),
            f"rows{s}": np.asarray([1, 3 * down * across, columns]),
        }
        nodes += f"""
            maps{s} = Conv <kernel_shape = [{s}, {s}], strides = [{s}, {s}]> (images, w{s}, b{s})
            five{s} = Reshape (maps{s}, apart{s})
            grid{s} = Transpose <perm = [0, 1, 3, 4, 2]> (five{s})
            shares{s} = Sigmoid (grid{s})
            xy{s}, wh{s}, scores{s} = Split <axis = 4> (shares{s}, cut)
            twice_xy{s} = Mul (xy{s}, two)
            in_cells{s} = Add (twice_xy{s}, cells{s})
            centres{s} = Mul (in_cells{s}, stride{s})
            twice_wh{s} = Mul (wh{s}, two)
            squares{s} = Mul (twice_wh{s}, twice_wh{s})
            sides{s} = Mul (squares{s}, anchors{s})
            all{s} = Concat <axis = 4> (centres{s}, sides{s}, scores{s})
            table{s} = Reshape (all{s}, rows{s})"""
        if grids:
            outputs.append(f"float[1, 3, {down}, {across}, {columns}] grid{s}")
    if boxes:
        nodes += " output0 = Concat <axis = 1> (table8, table16, table32)"
    return network(
        f"""(float[1, 3, {height}, {width}] images) => ({", ".join(outputs)})
        <float[1] two = {{2}}, int64[3] cut = {{2, 2, {columns - 4}}}> {{ {nodes} }}""",
        **weights,
    )


def yolo_10_model() -> bytes:
    """Return a YOLO 10 of 3 names for pictures of 64 x 64: its 20 best boxes, chosen by itself."""
    return network(
        """(float[1, 3, 64, 64] images) => (float[1, 20, 6] output0)
        <int64[3] flat = {1, 7, 64}, int64[2] cut = {4, 3}, int64[2] halves = {2, 2},
         float[1] half = {16}, int64[1] most = {20}, int64[3] four = {1, 1, 4},
         int64[1] last = {2}> {
            c = Conv <kernel_shape = [8, 8], strides = [8, 8]> (images, w, b)
            r = Reshape (c, flat)
            t = Transpose <perm = [0, 2, 1]> (r)
            s = Sigmoid (t)
            reach, scores = Split <axis = 2> (s, cut)
            apart = Mul (reach, half)
            before, after = Split <axis = 2> (apart, halves)
            top_left = Sub (places, before)
            bottom_right = Add (places, after)
            boxes = Concat <axis = 2> (top_left, bottom_right)
            best = ReduceMax <axes = [2], keepdims = 0> (scores)
            values, places_of = TopK <axis = 1> (best, most)
            column = Unsqueeze (places_of, last)
            score = Unsqueeze (values, last)
            fourfold = Expand (column, four)
            chosen = GatherElements <axis = 1> (boxes, fourfold)
            classes = ArgMax <axis = 2, keepdims = 1> (scores)
            named = GatherElements <axis = 1> (classes, column)
            class = Cast <to = 1> (named)
            output0 = Concat <axis = 2> (chosen, score, class)
        }""",
        w=normal(10, 7, 3, 8, 8) * np.float32(4),
        b=normal(11, 7),
        places=places(8, 8).reshape(1, 64, 2) * 8 + np.float32(4),
    )


def corners_model(boxes: int) -> bytes:
    """Return a detector of 3 names that gives corners, and scores over .5, whatever it sees."""
    random = np.random.default_rng(6)
    corners = random.uniform(0, 0.8, (1, boxes, 2))
    return constant_model(
        "float[1, 3, 32, 32] image",
        boxes=np.concatenate([corners, corners + 0.1], axis=2),
        scores=random.uniform(0.5, 0.9, (1, boxes, 3)),
    )


def mask_model() -> bytes:
    """Return a network that gives a mask of 32 x 32."""
    return network(
        """(float[1, 3, 32, 32] image) => (float[1, 1, 32, 32] mask) {
            c = Conv <kernel_shape = [3, 3], pads = [1, 1, 1, 1], strides = [2, 2]> (image, w)
            r = Relu (c)
            u = ConvTranspose <kernel_shape = [2, 2], strides = [2, 2]> (r, t)
            mask = Sigmoid (u)
        }""",
        w=normal(3, 8, 3, 3, 3),
        t=normal(4, 8, 1, 2, 2),
    )


def places(across: int, down: int) -> Array:
    """Return the column and row of each cell of a grid, (down, across, 2)."""
    cells: npt.NDArray[np.int64] = np.stack(np.meshgrid(np.arange(across), np.arange(down)), axis=2)
    return cells.astype(np.float32)


def normal(seed: int, *shape: int) -> Array:
    """Return weights of about the size that keeps numbers from growing."""
    return noise(*shape, seed=seed) / np.float32(np.sqrt(np.prod(shape[1:]) or 1))
