"""A small TFLite classifier that computes in bytes, and its arithmetic in NumPy."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from tests.vision.other_formats import (
    TfliteOperator,
    TfliteTensor,
    constant,
    tflite_convolution,
    tflite_network,
)
from vision.classification import softmax

DEPTHWISE, POOL, SOFTMAX, RESHAPE, TRANSPOSED = 2, 5, 9, 17, 49
SIDE, CLASSES = 12, 5
STEP = 1 / 256
"""Of a score that is stored in a byte."""


class Bytes:
    """A classifier that computes in bytes: convolution, mean, softmax."""

    def __init__(self) -> None:
        random = np.random.default_rng(3)
        self.weights = random.integers(0, 256, (8, 3, 3, 3), np.uint8)
        self.bias = random.integers(-4000, 4000, 8).astype(np.int32)
        self.last = random.integers(0, 256, (CLASSES, 1, 1, 8), np.uint8)

    def file(self) -> bytes:
        """Return it as a file."""
        middle = (1, SIDE // 2, SIDE // 2, 8)
        tensors = [
            stored_tensor((1, SIDE, SIDE, 3), 1 / 64, 128),
            constant(self.weights, (0.01,), 120),
            constant(self.bias, (0.01 / 64,)),
            stored_tensor(middle, 6 / 255, 0),
            stored_tensor((1, 1, 1, 8), 6 / 255, 0),
            constant(self.last, (0.01,), 128),
            stored_tensor((1, 1, 1, CLASSES), 0.05, 120),
            stored_tensor((1, CLASSES), 0.05, 120),
            stored_tensor((1, CLASSES), STEP, 0),
        ]
        whole = ("i", SIDE // 2)
        operators = [
            tflite_convolution((0, 1, 2), 3, padding=0, stride=2, fused=3),
            TfliteOperator(
                1, (3,), (4,), POOL, (("b", 1), ("i", 1), ("i", 1), whole, whole, ("b", 0))
            ),
            tflite_convolution((4, 5), 6, padding=1),
            TfliteOperator(22, (6,), (7,), RESHAPE),
            TfliteOperator(25, (7,), (8,), SOFTMAX, (("f", 1.0),)),
        ]
        return tflite_network(tensors, operators, (8,))

    def scores(self, picture: npt.NDArray[np.uint8]) -> npt.NDArray[np.float64]:
        """Return what TFLite's integers give for a picture (H, W, 3) RGB."""
        x = (picture.astype(np.float64) - 128) / 64
        # Six cells of twelve at a stride of two: the one cell of padding is at the end.
        x = np.pad(x, ((0, 1), (0, 1), (0, 0)))
        weights = (self.weights.astype(np.float64) - 120) * 0.01
        y = np.zeros((SIDE // 2, SIDE // 2, 8))
        for row, column in np.ndindex(y.shape[:2]):
            patch = x[2 * row : 2 * row + 3, 2 * column : 2 * column + 3]
            y[row, column] = np.tensordot(weights, patch, 3) + self.bias * (0.01 / 64)
        y = stored(np.clip(y, 0, 6), 6 / 255, 0)
        mean = stored(y.mean((0, 1)), 6 / 255, 0)
        logits = (self.last[:, 0, 0].astype(np.float64) - 128) * 0.01 @ mean
        return softmax(stored(logits, 0.05, 120)[None].astype(np.float32))[0]


def stored_tensor(shape: tuple[int, ...], scale: float, zero: int) -> TfliteTensor:
    return TfliteTensor(shape, "uint8", None, (scale,), (zero,))


def stored(values: npt.NDArray[np.float64], scale: float, zero: int) -> npt.NDArray[np.float64]:
    """Return numbers as a byte keeps them."""
    return (np.clip(np.round(values / scale + zero), 0, 255) - zero) * scale
