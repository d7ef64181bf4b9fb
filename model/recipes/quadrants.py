"""The article "Emulating logical gates with a neural network": equal signs on the plane.

Points of the plane are +1 where x1 and x2 share a sign, else -1. The article sets the weights of a
2-2-2-1 network of sigmoids by hand: two comparisons x > 0, then AND and "neither", then OR.
"""

from __future__ import annotations

import numpy as np

from model.experiment import (
    Experiment,
    FloatArray,
    LayerSpec,
    NetworkSpec,
    PlaneData,
)
from model.network import Network
from model.recipes.articles import articles


def gate_weights(gate: str, w: float = 10.0) -> tuple[tuple[float, ...], float]:
    """Return the article's weights and bias for one unit.

    Parameters
    ----------
    gate
        ``comparison`` (x > 0), ``and``, ``or`` or ``neither``.
    w
        Steepness of the unit.
    """
    return {
        "comparison": ((w,), 0.0),
        "and": ((w, w), -1.5 * w),
        "or": ((w, w), -0.5 * w),
        "neither": ((-w, -w), 0.5 * w),
    }[gate]


def hand_set_network(w: float | None = None) -> Experiment:
    """Return the article's hand-set network, whose output 1 means "same sign".

    Parameters
    ----------
    w
        Steepness of every unit; by default the article's value.
    """
    w = articles().quadrants.w if w is None else w
    both, neither, either = (gate_weights(gate, w) for gate in ("and", "neither", "or"))
    first = LayerSpec(2, "sigmoid", weights=np.diag((w, w)), biases=np.zeros(2))
    second = LayerSpec(
        2,
        "sigmoid",
        weights=np.array([both[0], neither[0]]).T,
        biases=np.array([both[1], neither[1]]),
    )
    output = LayerSpec(1, "sigmoid", weights=np.array([either[0]]).T, biases=np.array([either[1]]))
    return Experiment(
        title="same signs",
        data=PlaneData("quadrants", 200, noise=0.0),
        network=NetworkSpec(2, (first, second, output)),
    )


def quadrant_answers(experiment: Experiment, points: FloatArray) -> FloatArray:
    """Return the article's output, 2 a - 1, for points of the plane, shape (points,)."""
    return 2.0 * Network.of(experiment).forward(points)[:, 0] - 1.0
