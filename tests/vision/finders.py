"""Small networks with random weights that find objects or cut something out."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
import onnx
from onnx import helper, numpy_helper

from tests.vision.onnx_models import Array, model_bytes
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
    random = np.random.default_rng(1)
    count = len(ssd_anchors((SSD_SIDE, SSD_SIDE)))
    nodes = [
        helper.make_node("Conv", ["image", "w", "b"], ["c"], kernel_shape=[8, 8], strides=[8, 8]),
        helper.make_node("Relu", ["c"], ["r"]),
        helper.make_node("Flatten", ["r"], ["f"]),
    ]
    weights: dict[str, np.ndarray[tuple[int, ...], np.dtype[np.generic]]] = {
        "w": normal(random, 8, 3, 8, 8),
        "b": normal(random, 8),
    }
    shapes = {"boxes": (1, count, 4), "scores": (1, count, classes)}
    for name, shape in shapes.items():
        weights[f"w_{name}"] = normal(random, 128, count * shape[2])
        weights[f"s_{name}"] = np.asarray(shape, np.int64)
        nodes.append(helper.make_node("MatMul", ["f", f"w_{name}"], [f"m_{name}"]))
        nodes.append(helper.make_node("Reshape", [f"m_{name}", f"s_{name}"], [name]))
    outputs = {name: list(shape) for name, shape in shapes.items()}
    return model_bytes(nodes, {"image": [1, 3, SSD_SIDE, SSD_SIDE]}, outputs, weights)


def yolox_model() -> bytes:
    """Return a YOLOX of 80 names for pictures of 64 x 64, as its three maps are exported."""
    random = np.random.default_rng(2)
    columns = 5 + YOLOX_CLASSES
    nodes, weights, parts = [], {}, []
    for stride in (8, 16, 32):
        side = YOLOX_SIDE // stride
        names = [f"{part}{stride}" for part in ("w", "b", "c", "s", "r")]
        weights[names[0]] = normal(random, columns, 3, stride, stride) * np.float32(2 / 255)
        # Few cells are sure of anything, as in a trained one.
        weights[names[1]] = normal(random, columns) - 4 * (np.arange(columns) >= 4)
        weights[names[1]] = weights[names[1]].astype(np.float32)
        weights[names[3]] = np.asarray([1, columns, side * side], np.int64)
        sizes: dict[str, Any] = {"kernel_shape": [stride, stride], "strides": [stride, stride]}
        nodes.append(helper.make_node("Conv", ["images", *names[:2]], [names[2]], **sizes))
        nodes.append(helper.make_node("Reshape", [names[2], names[3]], [names[4]]))
        parts.append(names[4])
    nodes += [
        helper.make_node("Concat", parts, ["all"], axis=2),
        helper.make_node("Transpose", ["all"], ["table"], perm=[0, 2, 1]),
        helper.make_node("Split", ["table", "cut"], ["boxes", "logits"], axis=2),
        helper.make_node("Sigmoid", ["logits"], ["scores"]),
        helper.make_node("Concat", ["boxes", "scores"], ["output"], axis=2),
    ]
    weights["cut"] = np.asarray([4, columns - 4], np.int64)
    cells = len(yolox_cells((YOLOX_SIDE, YOLOX_SIDE)))
    picture = {"images": [1, 3, YOLOX_SIDE, YOLOX_SIDE]}
    return model_bytes(nodes, picture, {"output": [1, cells, columns]}, weights)


def yolo_5_model(*, boxes: bool = True, grids: bool = True) -> bytes:
    """Return a YOLO 5 of 3 names, as its authors export it.

    It gives the boxes ("output0"), the three grids that they are made of, or both.
    """
    random = np.random.default_rng(5)
    width, height = YOLO_5_WH
    columns = 5 + YOLO_5_CLASSES
    nodes = []
    weights: dict[str, np.ndarray[tuple[int, ...], np.dtype[np.generic]]] = {
        "two": np.full(1, 2, np.float32),
        "cut": np.asarray([2, 2, columns - 4], np.int64),
    }
    outputs: dict[str, list[int | str]] = {}

    def add(operator: str, inputs: str, results: str, **settings: Any) -> None:
        nodes.append(helper.make_node(operator, inputs.split(), results.split(), **settings))

    for stride, anchors in YOLO_5_ANCHORS.items():
        across, down = width // stride, height // stride
        x, y = np.meshgrid(np.arange(across), np.arange(down))
        s = str(stride)
        weights |= {
            "w" + s: normal(random, 3 * columns, 3, stride, stride) * np.float32(6),
            "b" + s: normal(random, 3 * columns),
            "apart" + s: np.asarray([1, 3, columns, down, across], np.int64),
            "cells" + s: np.stack([x, y], axis=2).astype(np.float32) - np.float32(0.5),
            "stride" + s: np.full(1, stride, np.float32),
            "anchors" + s: np.asarray(anchors, np.float32).reshape(1, 3, 1, 1, 2),
            "rows" + s: np.asarray([1, 3 * down * across, columns], np.int64),
        }
        sizes = {"kernel_shape": [stride, stride], "strides": [stride, stride]}
        add("Conv", f"images w{s} b{s}", f"maps{s}", **sizes)
        add("Reshape", f"maps{s} apart{s}", f"five{s}")
        add("Transpose", f"five{s}", f"grid{s}", perm=[0, 1, 3, 4, 2])
        add("Sigmoid", f"grid{s}", f"shares{s}")
        add("Split", f"shares{s} cut", f"xy{s} wh{s} scores{s}", axis=4)
        add("Mul", f"xy{s} two", f"twice_xy{s}")
        add("Add", f"twice_xy{s} cells{s}", f"in_cells{s}")
        add("Mul", f"in_cells{s} stride{s}", f"centres{s}")
        add("Mul", f"wh{s} two", f"twice_wh{s}")
        add("Mul", f"twice_wh{s} twice_wh{s}", f"squares{s}")
        add("Mul", f"squares{s} anchors{s}", f"sides{s}")
        add("Concat", f"centres{s} sides{s} scores{s}", f"all{s}", axis=4)
        add("Reshape", f"all{s} rows{s}", f"table{s}")
        if grids:
            outputs[f"grid{s}"] = [1, 3, down, across, columns]
    if boxes:
        add("Concat", "table8 table16 table32", "output0", axis=1)
        count = 3 * len(yolox_cells(YOLO_5_WH))
        outputs = {"output0": [1, count, columns], **outputs}
    return model_bytes(nodes, {"images": [1, 3, height, width]}, outputs, weights)


def yolo_7_model(score: float = 0.25) -> bytes:
    """Return a YOLO of 3 names that chooses its boxes itself, as version 7's --end2end exports it.

    Boxes of other classes lie 640 pixels apart where it looks for overlap.
    """
    model = onnx.load_from_string(yolo_5_model(grids=False))
    graph = model.graph

    def add(operator: str, inputs: str, results: str, **settings: Any) -> None:
        graph.node.append(helper.make_node(operator, inputs.split(), results.split(), **settings))

    to_corners = [[1, 0, 1, 0], [0, 1, 0, 1], [-0.5, 0, 0.5, 0], [0, -0.5, 0, 0.5]]
    constants: dict[str, npt.NDArray[Any]] = {
        "parts": np.asarray([4, 1, YOLO_5_CLASSES], np.int64),
        "to_corners": np.asarray(to_corners, np.float32),
        "apart": np.asarray([640], np.float32),
        "most": np.asarray([300], np.int64),
        "overlap": np.asarray([0.45], np.float32),
        "score": np.asarray([score], np.float32),
        "first": np.asarray(0, np.int64),
        "third": np.asarray(2, np.int64),
        "column": np.asarray([1], np.int64),
    }
    for name, values in constants.items():
        graph.initializer.append(numpy_helper.from_array(values, name))
    add("Split", "output0 parts", "centres objectness classes", axis=2)
    add("Mul", "classes objectness", "products")
    add("MatMul", "centres to_corners", "corners")
    add("ReduceMax", "products", "best", axes=[2], keepdims=1)
    add("ArgMax", "products", "number", axis=2, keepdims=1)
    add("Cast", "number", "class", to=1)
    add("Mul", "class apart", "far")
    add("Add", "corners far", "moved")
    add("Transpose", "best", "row", perm=[0, 2, 1])
    add("NonMaxSuppression", "moved row most overlap score", "chosen")
    for name, place in (("picture", "first"), ("box", "third")):
        add("Gather", f"chosen {place}", f"{name}_flat", axis=1)
        add("Unsqueeze", f"{name}_flat column", name)
    add("Concat", "picture box", "both", axis=1)
    for name in ("corners", "class", "best"):
        add("GatherND", f"{name} both", f"{name}_chosen")
    add("Cast", "picture", "picture_number", to=1)
    add("Concat", "picture_number corners_chosen class_chosen best_chosen", "output", axis=1)
    del graph.output[:]
    graph.output.append(helper.make_tensor_value_info("output", 1, ["N", 7]))
    return bytes(model.SerializeToString())


def yolo_10_model() -> bytes:
    """Return a YOLO 10 of 3 names for pictures of 64 x 64: its 20 best boxes, chosen by itself."""
    random = np.random.default_rng(10)
    cells, classes, most = 64, 3, 20
    weights: dict[str, np.ndarray[tuple[int, ...], np.dtype[np.generic]]] = {
        "w": normal(random, 4 + classes, 3, 8, 8) * np.float32(4),
        "b": normal(random, 4 + classes),
        "flat": np.asarray([1, 4 + classes, cells], np.int64),
        "cut": np.asarray([4, classes], np.int64),
        "halves": np.asarray([2, 2], np.int64),
        "places": np.stack(np.meshgrid(np.arange(8), np.arange(8)), axis=2).reshape(1, cells, 2) * 8
        + np.float32(4),
        "half": np.full(1, 16, np.float32),
        "most": np.asarray([most], np.int64),
        "one": np.asarray([1], np.int64),
        "four": np.asarray([1, 1, 4], np.int64),
        "last": np.asarray([2], np.int64),
    }
    weights["places"] = weights["places"].astype(np.float32)
    nodes = [
        helper.make_node("Conv", ["images", "w", "b"], ["c"], kernel_shape=[8, 8], strides=[8, 8]),
        helper.make_node("Reshape", ["c", "flat"], ["r"]),
        helper.make_node("Transpose", ["r"], ["t"], perm=[0, 2, 1]),
        helper.make_node("Sigmoid", ["t"], ["s"]),
        helper.make_node("Split", ["s", "cut"], ["reach", "scores"], axis=2),
        helper.make_node("Mul", ["reach", "half"], ["apart"]),
        helper.make_node("Split", ["apart", "halves"], ["before", "after"], axis=2),
        helper.make_node("Sub", ["places", "before"], ["top_left"]),
        helper.make_node("Add", ["places", "after"], ["bottom_right"]),
        helper.make_node("Concat", ["top_left", "bottom_right"], ["boxes"], axis=2),
        helper.make_node("ReduceMax", ["scores"], ["best"], axes=[2], keepdims=0),
        helper.make_node("TopK", ["best", "most"], ["values", "places_of"], axis=1),
        helper.make_node("Unsqueeze", ["places_of", "last"], ["column"]),
        helper.make_node("Unsqueeze", ["values", "last"], ["score"]),
        helper.make_node("Expand", ["column", "four"], ["fourfold"]),
        helper.make_node("GatherElements", ["boxes", "fourfold"], ["chosen"], axis=1),
        helper.make_node("ArgMax", ["scores"], ["classes"], axis=2, keepdims=1),
        helper.make_node("GatherElements", ["classes", "column"], ["named"], axis=1),
        helper.make_node("Cast", ["named"], ["class"], to=1),
        helper.make_node("Concat", ["chosen", "score", "class"], ["output0"], axis=2),
    ]
    return model_bytes(nodes, {"images": [1, 3, 64, 64]}, {"output0": [1, most, 6]}, weights)


def corners_model(boxes: int) -> bytes:
    """Return a detector of 3 names that gives corners, and scores over .5, whatever it sees."""
    random = np.random.default_rng(6)
    corners = random.uniform(0, 0.8, (1, boxes, 2)).astype(np.float32)
    nodes = [
        helper.make_node("GlobalAveragePool", ["image"], ["p"]),
        helper.make_node("ReduceMean", ["p"], ["m"], axes=[1], keepdims=0),
        helper.make_node("Mul", ["m", "nothing"], ["none"]),
        helper.make_node("Add", ["none", "corners"], ["boxes"]),
        helper.make_node("Add", ["none", "sure"], ["scores"]),
    ]
    weights = {
        "nothing": np.zeros(1, np.float32),
        "corners": np.concatenate([corners, corners + np.float32(0.1)], axis=2),
        "sure": random.uniform(0.5, 0.9, (1, boxes, 3)).astype(np.float32),
    }
    outputs: dict[str, list[int | str]] = {"boxes": [1, boxes, 4], "scores": [1, boxes, 3]}
    return model_bytes(nodes, {"image": [1, 3, 32, 32]}, outputs, {**weights})


def mask_model() -> bytes:
    """Return a network that gives a mask of 32 x 32."""
    random = np.random.default_rng(3)
    nodes = [
        helper.make_node(
            "Conv", ["image", "w"], ["c"], kernel_shape=[3, 3], pads=[1, 1, 1, 1], strides=[2, 2]
        ),
        helper.make_node("Relu", ["c"], ["r"]),
        helper.make_node("ConvTranspose", ["r", "t"], ["u"], kernel_shape=[2, 2], strides=[2, 2]),
        helper.make_node("Sigmoid", ["u"], ["mask"]),
    ]
    weights = {"w": normal(random, 8, 3, 3, 3), "t": normal(random, 8, 1, 2, 2)}
    sides = [1, 3, MASK_SIDE, MASK_SIDE]
    return model_bytes(nodes, {"image": sides}, {"mask": [1, 1, MASK_SIDE, MASK_SIDE]}, weights)


def normal(random: np.random.Generator, *shape: int) -> Array:
    """Return weights of about the size that keeps numbers from growing."""
    size = np.sqrt(np.prod(shape[1:]) or 1)
    return (random.standard_normal(shape) / size).astype(np.float32)
