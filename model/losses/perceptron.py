"""The perceptron's loss: max(0, -s a); of a step output |a - t|, 1 for each mistake.

Its slope at 0 is taken from the wrong side. A step output has no slope; what the perceptron rule
follows in its place is a - t.

References
----------
Rosenblatt (1958), the rule; Bishop (2006), equation 4.54, the criterion max(0, -s a).
"""

from __future__ import annotations

import numpy as np

from model.arrays import FloatArray
from model.losses.absolute import ABSOLUTE
from model.losses.hinge import bind_margin, is_no_class
from model.losses.kind import LossKind


def _define(q: FloatArray, t: FloatArray) -> tuple[FloatArray, FloatArray]:
    sign = 2.0 * t - 1.0
    return np.maximum(0.0, -sign * q), np.where(sign * q <= 0.0, -sign, 0.0)


PERCEPTRON = LossKind(
    name="perceptron",
    order=6,
    bind=lambda part, signed: bind_margin(part, 0.0),
    define=_define,
    numpy="np.maximum(0.0, -(2.0 * t - 1.0) * q)",
    torch="torch.relu(-(2.0 * t - 1.0) * q)",
    fits=("identity", "step"),
    domain="0 / 1",
    is_outside=is_no_class,
    has_margins=True,
    of_steps=ABSOLUTE,
)
