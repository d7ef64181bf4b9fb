"""The article "Emulating logical gates with a neural network": same signs on the plane.

Points of the plane are +1 where x1 and x2 share a sign, else -1. The article sets the weights of a
2-2-2-1 network of sigmoids by hand: two comparisons x > 0, then AND and "neither", then OR.

For the networks it trains instead, the article leaves first weights, the range of the points and
the accuracy that counts as solved open. They were chosen among some fifty combinations: the rates
found are compatible with the printed counts, and none gives them exactly.
"""

from __future__ import annotations

import numpy as np

from model.experiment import (
    Experiment,
    FloatArray,
    InitialiserSpec,
    LayerSpec,
    NetworkSpec,
    OptimiserSpec,
    PlaneData,
    PointsData,
    StopSpec,
    TrainingSpec,
)
from model.experiment.training import Optimiser
from model.network import Network
from model.recipes.articles import articles


def gate_weights(gate: str, w: float = 10.0) -> tuple[tuple[float, ...], float]:
    """Return the article's weights and bias of one unit.

    Parameters
    ----------
    gate
        ``comparison`` (x > 0), ``and``, ``or`` or ``neither``.
    w
        How steep.
    """
    return {
        "comparison": ((w,), 0.0),
        "and": ((w, w), -1.5 * w),
        "or": ((w, w), -0.5 * w),
        "neither": ((-w, -w), 0.5 * w),
    }[gate]


def by_hand(w: float | None = None) -> Experiment:
    """Return the article's hand-set network; its output 1 means "same sign".

    Parameters
    ----------
    w
        How steep every unit is; the article's own where none is given.
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


def training_attempt(
    hidden: tuple[int, ...],
    optimiser: Optimiser,
    rate: float,
    *,
    steps: int = 3000,
) -> Experiment:
    """Return what the article tries next: a network of sigmoids from random weights.

    Parameters
    ----------
    hidden
        Units of the hidden layers.
    optimiser, rate
        How it learns.
    steps
        Full batches.

    Notes
    -----
    200 points, even over -2 to 2 each way, 1 where the signs are the same; first weights from the
    standard normal distribution, biases 0.
    """
    layers = (*(LayerSpec(units, "sigmoid") for units in hidden), LayerSpec(1, "sigmoid"))
    training = TrainingSpec(
        optimiser=OptimiserSpec(optimiser),
        learning_rate=rate,
        initialiser=InitialiserSpec("normal"),
        stop=StopSpec(epochs=steps),
    )
    points = np.random.default_rng(0).uniform(-2.0, 2.0, (200, 2)).tolist()
    return Experiment(
        data=PointsData(tuple((x1, x2, float(x1 * x2 > 0.0)) for x1, x2 in points)),
        network=NetworkSpec(2, layers),
        training=training,
    )
