"""The position of a convolution's or pooling's window on its input maps."""

from __future__ import annotations

from dataclasses import dataclass

from vision.look.inside.graph import Kind, Layer


@dataclass(frozen=True)
class Window:
    """The window of a layer; every pair is (down, across).

    Attributes
    ----------
    size, strides, dilations
        Size, strides and dilations of the kernel, in cells of the input maps.
    pads
        Cells of padding above and on the left.
    end_pads
        Cells of padding below and on the right.
    """

    size: tuple[int, int]
    strides: tuple[int, int] = (1, 1)
    dilations: tuple[int, int] = (1, 1)
    pads: tuple[int, int] = (0, 0)
    end_pads: tuple[int, int] = (0, 0)

    def first(self, row: int, column: int) -> tuple[int, int]:
        """Return the window's upper left cell for an output cell; it may be padding."""
        return (
            row * self.strides[0] - self.pads[0],
            column * self.strides[1] - self.pads[1],
        )

    @property
    def span(self) -> tuple[int, int]:
        """The size of the window in cells, including dilation."""
        down, across = (
            (size - 1) * gap + 1 for size, gap in zip(self.size, self.dilations, strict=True)
        )
        return down, across


def window_of(layer: Layer, read_hw: tuple[int, int]) -> Window | None:
    """Return a layer's window over maps of `read_hw` (height, width), or None if it has none."""
    if layer.kind not in (Kind.CONVOLUTION, Kind.MAXIMUM, Kind.MEAN):
        return None
    if layer.operator in ("GlobalAveragePool", "GlobalMaxPool", "ReduceMean"):
        return Window(read_hw)
    attributes = layer.attributes
    if layer.weights is not None:
        size = (layer.weights.shape[2], layer.weights.shape[3])
    else:
        size = tuple(attributes["kernel_shape"])
    strides = tuple(attributes.get("strides", (1, 1)))
    dilations = tuple(attributes.get("dilations", (1, 1)))
    # `read_graph` has said in numbers what is padded automatically.
    pads = tuple(attributes.get("pads", (0, 0, 0, 0)))
    return Window(size, strides, dilations, pads[:2], pads[2:])
