"""The activations of ONNX graphs, one value at a time."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from vision.look.inside.constants import Array, attributes_of

if TYPE_CHECKING:
    import onnx


@dataclass(frozen=True)
class Activation:
    """The activation that ends a layer, applied to each sum.

    Attributes
    ----------
    name
        ONNX operator name.
    parameters
        Parameters of the operator: the bounds of a Clip (low, high), alpha and beta, or alpha
        alone. Slopes per map are in `slopes`.
    slopes
        The slopes of PRelu, one for all maps or one per map; else empty.
    """

    name: str
    parameters: tuple[float, ...] = ()
    slopes: tuple[float, ...] = ()

    def for_map(self, channel: int) -> Activation:
        """Return the activation of one map, with its own slope."""
        if not self.slopes:
            return self
        slope = self.slopes[channel if len(self.slopes) > 1 else 0]
        return Activation("LeakyRelu", (slope,))

    def __call__(self, z: float) -> float:
        """Return the activation for one value."""
        return _FUNCTIONS[self.name](z, *self.parameters)


def _sigmoid(z: float) -> float:
    return 1 / (1 + math.exp(-z)) if z >= 0 else math.exp(z) / (1 + math.exp(z))


def _softplus(z: float) -> float:
    return max(z, 0.0) + math.log1p(math.exp(-abs(z)))


def _hard_sigmoid(z: float, alpha: float, beta: float) -> float:
    return min(max(alpha * z + beta, 0.0), 1.0)


# `max` and `min` give their first argument where one is NaN, so that NaN stays NaN.
_FUNCTIONS: Final[Mapping[str, Callable[..., float]]] = {
    "Relu": lambda z: max(z, 0.0),
    "LeakyRelu": lambda z, alpha: z if z >= 0 else alpha * z,
    "Clip": lambda z, low, high: min(max(z, low), high),
    "HardSigmoid": _hard_sigmoid,
    "HardSwish": lambda z: z * _hard_sigmoid(z, 1 / 6, 0.5),
    "Sigmoid": _sigmoid,
    "Tanh": math.tanh,
    "Elu": lambda z, alpha: z if z >= 0 else alpha * math.expm1(z),
    "Softplus": _softplus,
    "Mish": lambda z: z * math.tanh(_softplus(z)),
    "Gelu": lambda z: z * (1 + math.erf(z / math.sqrt(2))) / 2,
    "Abs": abs,
}

_ALPHAS: Final[Mapping[str, tuple[tuple[str, float], ...]]] = {
    "LeakyRelu": (("alpha", 0.01),),
    "HardSigmoid": (("alpha", 0.2), ("beta", 0.5)),
    "Elu": (("alpha", 1.0),),
}


def read_activation(node: onnx.NodeProto, constants: Mapping[str, Array]) -> Activation | None:
    """Return a node's activation, or None if it is unknown."""
    attributes = attributes_of(node)
    name = str(node.op_type)
    if name == "PRelu":
        slopes = constants.get(node.input[1])
        # A slope for each place of a map is none of a map's own.
        if slopes is None or slopes.size != max(slopes.shape, default=1):
            return None
        return Activation(name, (), tuple(float(one) for one in slopes.ravel()))
    if name == "Clip":
        bounds = _bounds(node, attributes, constants)
        return None if bounds is None else Activation(name, bounds)
    if name == "Gelu" and attributes.get("approximate", b"none") != b"none":
        return None
    if name not in _FUNCTIONS:
        return None
    wanted = _ALPHAS.get(name, ())
    return Activation(name, tuple(float(attributes.get(key, usual)) for key, usual in wanted))


def _bounds(
    node: onnx.NodeProto, attributes: dict[str, float], constants: Mapping[str, Array]
) -> tuple[float, float] | None:
    found = []
    for place, (key, usual) in enumerate((("min", -math.inf), ("max", math.inf)), start=1):
        name = node.input[place] if len(node.input) > place else ""
        if name:
            bound = constants.get(name)
            if bound is None:
                return None
            found.append(float(bound.ravel()[0]))
        else:
            found.append(float(attributes.get(key, usual)))
    return found[0], found[1]
