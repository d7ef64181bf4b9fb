"""Forward and backward pass one number at a time, in plain Python: what `model` is held to.

It imports nothing of `model`. Derivatives are taken by following every path from the loss to a
weight; no matrix is ever formed.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field

Vector = list[float]
Matrix = list[list[float]]


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
    """Weights (inputs x units), biases and the name of the activation."""

    weights: Matrix
    biases: Vector
    activation: str


@dataclass
class Found:
    """What the oracle found.

    Attributes
    ----------
    loss
        Mean over rows, sum over outputs.
    z, a
        By layer, row and unit.
    weights, biases
        dL/dW by layer, input and unit; dL/db by layer and unit.
    """

    loss: float
    z: list[Matrix] = field(default_factory=list)
    a: list[Matrix] = field(default_factory=list)
    weights: list[Matrix] = field(default_factory=list)
    biases: list[Vector] = field(default_factory=list)


def follow(layers: list[Layer], rows: Matrix, targets: Matrix, loss: str) -> Found:
    """Return loss and gradient of a network on some rows."""
    found = Found(0.0, [[] for _ in layers], [[] for _ in layers])
    found.weights = [[[0.0 for _ in line] for line in layer.weights] for layer in layers]
    found.biases = [[0.0 for _ in layer.biases] for layer in layers]
    for row, target in zip(rows, targets, strict=True):
        _follow_row(layers, row, target, loss, 1.0 / len(rows), found)
    return found


def _follow_row(
    layers: list[Layer], row: Vector, target: Vector, loss: str, share: float, found: Found
) -> None:
    """Add what one row has to say."""
    enters, sums, answers = [row], [], []
    for number, layer in enumerate(layers):
        z = []
        for unit, bias in enumerate(layer.biases):
            products = [
                value * layer.weights[place][unit] for place, value in enumerate(enters[-1])
            ]
            z.append(math.fsum([*products, bias]))
        a = activate(layer.activation, z)
        sums.append(z)
        answers.append(a)
        enters.append(a)
        found.z[number].append(z)
        found.a[number].append(a)
    last = layers[-1].activation
    if (loss, last) == ("perceptron", "step"):
        loss = "absolute"  # each mistake counts 1
    behind = reads_z(loss, last)
    q = sums[-1] if behind else answers[-1]
    found.loss += share * math.fsum(element(loss, q, target, i) for i in range(len(q)))
    blame = [element_slope(loss, q, target, i) for i in range(len(q))]
    for number in range(len(layers) - 1, -1, -1):
        layer, z = layers[number], sums[number]
        if not (behind and number == len(layers) - 1):
            blame = [
                math.fsum(blame[i] * slope(layer.activation, z, i, j) for i in range(len(z)))
                for j in range(len(z))
            ]
        for unit, delta in enumerate(blame):
            found.biases[number][unit] += share * delta
            for place, value in enumerate(enters[number]):
                found.weights[number][place][unit] += share * value * delta
        blame = [
            math.fsum(w * delta for w, delta in zip(line, blame, strict=True))
            for line in layer.weights
        ]
