"""What one Caffe layer's translation into ONNX nodes works on."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from vision.caffe.layers import CaffeLayer
from vision.caffe.prototxt import Message
from vision.caffe.weights import Blob
from vision.graph_builder import GraphBuilder, Shape
from vision.reasons import WordedError, sides_text


class LayerMismatchError(WordedError):
    """A layer's inputs, settings and weights do not fit together."""


@dataclass(frozen=True)
class Translation:
    """What one layer's translation works on.

    Attributes
    ----------
    inputs
        ONNX values of the layer's bottoms.
    """

    graph: GraphBuilder
    layer: CaffeLayer
    inputs: list[str]
    blobs: list[Blob]

    @property
    def shape(self) -> Shape:
        """Shape of the first input."""
        if not self.inputs:
            raise LayerMismatchError("it has no input")
        return self.graph.shapes[self.inputs[0]]

    def settings(self, name: str) -> Message:
        """Return one of the layer's ``..._param`` blocks."""
        return self.layer.settings.message(name)

    def blob(self, index: int, shape: Shape) -> Blob:
        """Return one of its weights in the shape it must have.

        Raises
        ------
        LayerMismatchError
            If it is missing or has another number of values.
        """
        if index >= len(self.blobs):
            raise LayerMismatchError("its weights are missing from the caffemodel")
        found = self.blobs[index]
        if found.size != math.prod(shape):
            raise LayerMismatchError(
                "weights of shape {found} where {shape} are needed",
                found=written(found.shape),
                shape=written(shape),
            )
        return found.reshape(shape)

    def axis(self, settings: Message, name: str = "axis", default: int = 1) -> int:
        """Return an axis setting, counted from the front."""
        axis = settings.integer(name, default)
        axis = axis + len(self.shape) if axis < 0 else axis
        if not 0 <= axis < len(self.shape):
            raise LayerMismatchError(
                "there is no axis {axis} in {shape}", axis=axis, shape=written(self.shape)
            )
        return axis

    def unary(self, operator: str, **attributes: float | int) -> str:
        """Add a node that keeps the shape."""
        return self.graph.node(operator, self.inputs[:1], self.shape, **attributes)

    def zeros_around(self, value: str, near: Sequence[int], far: Sequence[int]) -> str:
        """Add zeros before and after the rows and columns of a picture.

        Notes
        -----
        Said by a node of its own, because OpenCV 5.0's classic engine does not heed whether an
        average counts its padding (``count_include_pad``).
        """
        if not any((*near, *far)):
            return value
        batch, channels, *sides = self.graph.shapes[value]
        grown = [side + a + b for side, a, b in zip(sides, near, far, strict=True)]
        pads = self.graph.constant([0, 0, *near, 0, 0, *far], np.int64)
        return self.graph.node("Pad", [value, pads], (batch, channels, *grown))


def written(shape: Shape) -> str:
    """Write a shape as in 3 x 224 x 224."""
    return sides_text(shape) or "nothing"


type Translator = Callable[[Translation], str]
