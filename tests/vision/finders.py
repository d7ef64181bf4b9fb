"""Small networks with random weights that find objects or cut something out."""

from __future__ import annotations

import numpy as np
from onnx import helper

from tests.vision.onnx_models import Array, model_bytes
from vision.heads import ssd_anchors, yolox_cells

SSD_SIDE, YOLOX_SIDE, MASK_SIDE = 32, 64, 32
YOLOX_CLASSES = 80


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
        sizes = {"kernel_shape": [stride, stride], "strides": [stride, stride]}
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
