"""Forward and backward pass one number at a time, in plain Python: what `model` is held to.

It imports nothing of `model`. Derivatives are taken by following every path from the loss to a
weight; no matrix is ever formed.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

Vector = list[float]
Matrix = list[list[float]]
Place = tuple[int, int, int]
"""Layer, row (that after the last input is the bias) and unit of a weight."""


def sigmoid(z: float) -> float:
    """Return 1 / (1 + e^-z)."""
    return 1.0 / (1.0 + math.exp(-z)) if z > -700.0 else 0.0


def activate(name: str, z: Vector) -> Vector:
    """Return one row's activations."""
    if name == "softmax":
        powers = [math.exp(value - max(z)) for value in z]
        return [power / sum(powers) for power in powers]
    return [_ONE[name](value) for value in z]


_ONE = {
    "identity": lambda z: z,
    "step": lambda z: 1.0 if z > 0 else 0.0,
    "sigmoid": sigmoid,
    "tanh": math.tanh,
    "relu": lambda z: max(z, 0.0),
    "leaky_relu": lambda z: z if z > 0 else z / 100,
    "elu": lambda z: z if z > 0 else math.expm1(z),
    "softplus": lambda z: math.log1p(math.exp(-abs(z))) + max(z, 0.0),
}


def slope(name: str, z: Vector, i: int, j: int) -> float:
    """Return da_i/dz_j."""
    if name == "softmax":
        a = activate(name, z)
        return a[i] * ((1.0 if i == j else 0.0) - a[j])
    if i != j:
        return 0.0
    value = z[i]
    if name in ("identity", "step"):  # a step is passed over, as the perceptron does
        return 1.0
    if name == "sigmoid":
        return sigmoid(value) * sigmoid(-value)
    if name == "tanh":
        return 1.0 / math.cosh(value) ** 2
    if name == "softplus":
        return sigmoid(value)
    below = {"relu": 0.0, "leaky_relu": 0.01, "elu": math.exp(min(value, 0.0))}[name]
    return 1.0 if value > 0 else below


def element(loss: str, q: Vector, t: Vector, i: int) -> float:
    """Return what output i adds to a row's loss, read at `q`."""
    apart, sign = q[i] - t[i], 2.0 * t[i] - 1.0
    if loss == "squared":
        return apart * apart / 2.0
    if loss == "absolute":
        return abs(apart)
    if loss == "huber":
        return apart * apart / 2.0 if abs(apart) <= 1.0 else abs(apart) - 0.5
    if loss == "hinge":
        return max(0.0, 1.0 - sign * q[i])
    if loss == "perceptron":
        return max(0.0, -sign * q[i])
    if loss == "binary_cross_entropy":
        p, rest = sigmoid(q[i]), sigmoid(-q[i])  # 1 - p, with its digits
        return -t[i] * math.log(p) - (1.0 - t[i]) * math.log(rest)
    return -t[i] * math.log(activate("softmax", q)[i])


def element_slope(loss: str, q: Vector, t: Vector, i: int) -> float:
    """Return d(row's loss)/dq_i."""
    apart, sign = q[i] - t[i], 2.0 * t[i] - 1.0
    if loss == "squared":
        return apart
    if loss == "absolute":
        return math.copysign(1.0, apart) if apart else 0.0
    if loss == "huber":
        return max(-1.0, min(1.0, apart))
    if loss == "hinge":
        return -sign if sign * q[i] <= 1.0 else 0.0
    if loss == "perceptron":
        return -sign if sign * q[i] <= 0.0 else 0.0
    if loss == "binary_cross_entropy":
        return (1.0 - t[i]) * sigmoid(q[i]) - t[i] * sigmoid(-q[i])
    return activate("softmax", q)[i] - t[i]


def reads_z(loss: str, activation: str) -> bool:
    """Tell whether the loss is one with the output's activation."""
    fused = {("binary_cross_entropy", "sigmoid"), ("categorical_cross_entropy", "softmax")}
    return (loss, activation) in fused


@dataclass
class Layer:
    """A layer's weights (inputs x units), biases if it has any, and its activation."""

    weights: Matrix
    biases: Vector | None
    activation: str

    @property
    def places(self) -> list[tuple[int, int]]:
        """Row and unit of every number, row by row."""
        rows = len(self.weights) + (self.biases is not None)
        return [(row, unit) for row in range(rows) for unit in range(len(self.weights[0]))]

    def get(self, row: int, unit: int) -> float:
        """Return a weight, or a bias."""
        return self.weights[row][unit] if row < len(self.weights) else self.biases[unit]

    def put(self, row: int, unit: int, value: float) -> None:
        """Set a weight, or a bias."""
        if row < len(self.weights):
            self.weights[row][unit] = value
        else:
            self.biases[unit] = value


def plain_layers(layers: Iterable[Any]) -> list[Layer]:
    """Return an experiment's layers as the oracle has them."""
    return [
        Layer(
            layer.weights.tolist(),
            layer.biases.tolist() if layer.use_bias else None,
            layer.activation,
        )
        for layer in layers
    ]


@dataclass
class Row:
    """What one row has to say: every list by layer, then by unit."""

    loss: float
    z: list[Vector]
    a: list[Vector]
    dl_da: list[Vector]
    da_dz: list[Matrix]
    dl_dz: list[Vector]
    gradient: dict[Place, float]


def follow(
    layers: list[Layer],
    x: Vector,
    target: Vector,
    counts: Vector,
    loss: str,
    factors: list[Vector] | None = None,
) -> Row:
    """Carry one row there and back.

    `counts` is 0 where any answer will do; `factors` are what drop-out multiplies by.
    """
    enters, sums, answers = [x], [], []
    for number, layer in enumerate(layers):
        z = []
        for unit in range(len(layer.weights[0])):
            terms = [value * layer.weights[row][unit] for row, value in enumerate(enters[-1])]
            z.append(math.fsum([*terms, 0.0 if layer.biases is None else layer.biases[unit]]))
        a = activate(layer.activation, z)
        sums.append(z)
        answers.append(a)
        goes_on = number < len(layers) - 1 and factors is not None
        enters.append([v * f for v, f in zip(a, factors[number], strict=True)] if goes_on else a)
    last = layers[-1].activation
    counted = "absolute" if (loss, last) == ("perceptron", "step") else loss
    fused = reads_z(loss, last)
    q = sums[-1] if fused else answers[-1]
    value = math.fsum(
        element(counted, q, target, i) for i, count in enumerate(counts) if count > 0.0
    )
    found = Row(value, sums, answers, [], [], [], {})
    if counted == "categorical_cross_entropy":
        # Each output is a share of one answer: d(-t_j ln p_j)/dq_i = t_j (p_i - [i = j]).
        p = activate("softmax", q)
        wanted = [c * t for c, t in zip(counts, target, strict=True)]
        own = [
            math.fsum(w * (p[i] - (i == j)) for j, w in enumerate(wanted)) for i in range(len(q))
        ]
    else:
        own = [count * element_slope(counted, q, target, i) for i, count in enumerate(counts)]
    found.dl_da = [[]] * len(layers)
    found.da_dz = [[]] * len(layers)
    found.dl_dz = [[]] * len(layers)
    blame = own
    for number in range(len(layers) - 1, -1, -1):
        layer, z = layers[number], sums[number]
        units = range(len(z))
        found.da_dz[number] = [[slope(layer.activation, z, i, j) for j in units] for i in units]
        if fused and number == len(layers) - 1:
            found.dl_da[number] = [
                count * _slope_at_a(loss, z, target, i) for i, count in enumerate(counts)
            ]
        else:
            found.dl_da[number] = blame
            blame = [
                math.fsum(found.dl_da[number][i] * found.da_dz[number][i][j] for i in units)
                for j in units
            ]
        found.dl_dz[number] = blame
        for row, unit in layer.places:
            value = enters[number][row] if row < len(layer.weights) else 1.0
            found.gradient[number, row, unit] = value * blame[unit]
        blame = [
            math.fsum(w * delta for w, delta in zip(line, blame, strict=True))
            for line in layer.weights
        ]
        if number and factors is not None:
            blame = [v * f for v, f in zip(blame, factors[number - 1], strict=True)]
    return found


def _slope_at_a(loss: str, z: Vector, t: Vector, i: int) -> float:
    """Return dL/da_i of a cross-entropy, which is one with its output's activation."""
    if loss == "categorical_cross_entropy":
        return -t[i] / activate("softmax", z)[i]
    return -t[i] / sigmoid(z[i]) + (1.0 - t[i]) / sigmoid(-z[i])


def mean_gradient(rows: list[Row]) -> dict[Place, float]:
    """Return the mean of some rows' gradients."""
    return {
        place: math.fsum(row.gradient[place] for row in rows) / len(rows)
        for place in rows[0].gradient
    }
