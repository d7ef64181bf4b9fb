"""The perceptron rule: descent by the errors a - t of step units, which have no slope."""

from __future__ import annotations

from model.optimisers.sgd import Sgd


class Perceptron(Sgd):
    """Rosenblatt's rule (1958)."""

    name = "perceptron"
    order = 0
    default_rate = 1.0
    only_loss = "perceptron"


KIND = Perceptron()
