"""One training step, and several, one number at a time in plain Python: what a trace is held to.

It imports nothing of `model`. An optimiser's memory is what its paper says, kept by the oracle
itself from the first step on.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field

from tests.model.scalar_oracle import Layer, Place


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
