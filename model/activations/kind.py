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
        Function that replaces the array's ``z`` by ``a`` in place.
    backward
        Function that multiplies its argument, ``dL/da``, by ``da/dz`` in place.
    """

    forward: Callable[[], object]
    backward: Callable[[FloatArray], object]


@dataclass(frozen=True, kw_only=True)
class ActivationKind(Kind):
    """An activation function: its kernel, its definition, and its code for exports.

    Attributes
    ----------
    bind
        Function that binds it to an array of shape (..., units, rows) and allocates all scratch
        space. The slope is expressed in terms of ``a``, so that the forward pass may overwrite
        ``z``.
    function, slope
        The definition: a and da/dz from z, shape (rows, units). For a step, the slope is the 1 used
        by the perceptron rule.
    latex
        a and da/dz as equations in LaTeX.
    text
        a as a line of text: ``e^z`` and ``e^−z`` are powers, ``;`` separates two numbers, and ``|``
        separates the formulas above and below 0.
    live
        The same with the formula of each side of 0, if that differs; ``[z]`` is z as a factor.
    numpy, torch
        Function definition for a NumPy script; module for a PyTorch program.
    onnx
        ONNX operator with its attributes.
    onnx_opset
        First opset with that operator, if later than an export's own.
    range
        Lower and upper bound of the answers, if both exist.
    inverse
        The z that gives an answer above 0.
    saturation
        The |z| beyond which the slope is close to 0; 0 if there is no such value.
    is_rectifier
        Whether answers below 0 are zero or small, so that He's initial weights suit it.
    can_die
        Whether a unit that is below 0 on every row gets no gradient.
    has_slope
        Whether a gradient passes through it.
    joint_backward
        dL/dz from a and dL/da, if every output depends on every z of its row.
    """

    bind: Callable[[FloatArray], Kernel]
    function: Callable[[FloatArray], FloatArray]
    slope: Callable[[FloatArray], FloatArray]
    latex: tuple[str, str]
    text: str
    numpy: str
    torch: str
    onnx: tuple[str, dict[str, Any]]
    onnx_opset: int = 0
    live: str = ""
    range: tuple[float, float] | None = None
    inverse: Callable[[float], float] = float
    saturation: float = 0.0
    is_rectifier: bool = False
    can_die: bool = False
    has_slope: bool = True
    joint_backward: Callable[[FloatArray, FloatArray], FloatArray] | None = None

    @property
    def is_joint(self) -> bool:
        """Whether every output depends on every z of its row."""
        return self.joint_backward is not None
