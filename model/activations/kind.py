"""The protocol of an activation function."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, NamedTuple

from foundation.kinds import Kind
from model.arrays import FloatArray


class Kernel(NamedTuple):
    """An activation bound to one array.

    Attributes
    ----------
    forward
        Turns the array's ``z`` into ``a`` in place.
    backward
        Multiplies its argument, ``dL/da``, by ``da/dz`` in place.
    """

    forward: Callable[[], object]
    backward: Callable[[FloatArray], object]


@dataclass(frozen=True, kw_only=True)
class ActivationKind(Kind):
    """An activation function: its kernel, its definition, and its code for exports.

    Attributes
    ----------
    bind
        Binds it to an array of shape (..., units, rows), with all scratch space allocated once. The
        slope is written in terms of ``a``, so that the forward pass may overwrite ``z``.
    function, slope
        The definition: a and da/dz from z, shape (rows, units). A step's slope is the 1 that the
        perceptron rule puts in its place.
    latex
        a and da/dz as equations in LaTeX.
    text
        a as a line: ``e^z`` and ``e^−z`` are powers, ``;`` stands between two numbers, and ``|``
        between what holds above 0 and what holds below.
    live
        The same for the side of one z, where that reads otherwise; ``[z]`` is z as a factor.
    numpy, torch
        A function's definition for a NumPy script; a module for a PyTorch program.
    onnx
        ONNX's operator with its attributes.
    range
        Between which ends the answers lie, if there are two.
    inverse
        The z that gives an answer above 0.
    saturation
        Beyond this |z| hardly any of the slope is left; 0 where there is no such place.
    is_rectifier
        Whether it hardly answers below 0, so that He's first weights suit it.
    dies
        Whether a unit that lies below 0 on every row gets no gradient.
    has_slope
        Whether a gradient comes back through it.
    pass_back
        dL/dz from a and dL/da, where every output depends on every z of its row.
    """

    bind: Callable[[FloatArray], Kernel]
    function: Callable[[FloatArray], FloatArray]
    slope: Callable[[FloatArray], FloatArray]
    latex: tuple[str, str]
    text: str
    numpy: str
    torch: str
    onnx: tuple[str, dict[str, Any]]
    live: str = ""
    range: tuple[float, float] | None = None
    inverse: Callable[[float], float] = float
    saturation: float = 0.0
    is_rectifier: bool = False
    dies: bool = False
    has_slope: bool = True
    pass_back: Callable[[FloatArray, FloatArray], FloatArray] | None = None

    @property
    def is_joint(self) -> bool:
        """Whether every output depends on every z of its row."""
        return self.pass_back is not None
