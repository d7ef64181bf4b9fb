"""One training step, and several, one number at a time in plain Python: what a trace is held to.

It imports nothing of `model`. No matrix is ever formed, and an optimiser's memory is what its paper
says, kept by the oracle itself from the first step on.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field

from tests.model.scalar_oracle import (
    Matrix,
    Vector,
    activate,
    element,
    element_slope,
    reads_z,
    sigmoid,
    slope,
)

Place = tuple[int, int, int]
"""Layer, row (that after the last input is the bias) and unit of a weight."""


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


@dataclass
class Settings:
    """How it learns."""

    loss: str
    optimiser: str
    momentum: float
    beta1: float
    beta2: float
    epsilon: float
    weight_decay: float
    l1: float
    l2: float
    clip_norm: float
    pinned: set[Place]


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


def penalised(
    layers: list[Layer], gradient: dict[Place, float], settings: Settings
) -> dict[Place, float]:
    """Return the gradient with those of the penalties, which biases do not have."""
    found = {}
    for (number, row, unit), value in gradient.items():
        if row < len(layers[number].weights):
            w = layers[number].weights[row][unit]
            value += settings.l2 * w
            value += settings.l1 * (math.copysign(1.0, w) if w else 0.0)
        found[number, row, unit] = value
    return found


@dataclass
class Memory:
    """What an optimiser remembers, by weight: running averages as their papers have them."""

    steps: int = 0
    velocity: dict[Place, float] = field(default_factory=dict)
    mean: dict[Place, float] = field(default_factory=dict)
    square: dict[Place, float] = field(default_factory=dict)


def step(
    layers: list[Layer],
    gradient: dict[Place, float],
    settings: Settings,
    rate: float,
    memory: Memory,
) -> tuple[list[Layer], Memory]:
    """Return the layers and the memory after one step on a gradient, penalties included already."""
    taken = {place: 0.0 if place in settings.pinned else value for place, value in gradient.items()}
    length = math.sqrt(math.fsum(value * value for value in taken.values()))
    if settings.clip_norm and length > settings.clip_norm:
        taken = {place: value * settings.clip_norm / length for place, value in taken.items()}
    after = [
        Layer(
            [list(line) for line in layer.weights],
            None if layer.biases is None else list(layer.biases),
            layer.activation,
        )
        for layer in layers
    ]
    kept = Memory(memory.steps + 1)
    for place, g in taken.items():
        number, row, unit = place
        w = layers[number].get(row, unit)
        if settings.optimiser == "adamw":
            w -= rate * settings.weight_decay * w
        w -= rate * _direction(settings, place, g, memory, kept)
        if place not in settings.pinned:
            after[number].put(row, unit, w)
    return after, kept


def _direction(settings: Settings, place: Place, g: float, memory: Memory, kept: Memory) -> float:
    """Return what the rate is multiplied by, and keep what is to be remembered."""
    name, b1, b2 = settings.optimiser, settings.beta1, settings.beta2
    if name in ("sgd", "perceptron"):
        return g
    if name in ("momentum", "nesterov"):
        v = settings.momentum * memory.velocity.get(place, 0.0) + g
        kept.velocity[place] = v
        return v if name == "momentum" else g + settings.momentum * v
    s = b2 * memory.square.get(place, 0.0) + (1.0 - b2) * g * g
    kept.square[place] = s
    if name == "rmsprop":
        return g / (math.sqrt(s) + settings.epsilon)
    m = b1 * memory.mean.get(place, 0.0) + (1.0 - b1) * g
    kept.mean[place] = m
    corrected = s / (1.0 - b2**kept.steps)
    return m / (1.0 - b1**kept.steps) / (math.sqrt(corrected) + settings.epsilon)
