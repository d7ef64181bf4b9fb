"""The perceptron's loss: max(0, -s a); for a step output |a - t|, 1 for each mistake.

Its slope at 0 is that of the wrong side. A step output has no slope; the perceptron rule uses a - t
instead.

References
----------
Rosenblatt (1958), the rule; Bishop (2006), equation 4.54, the criterion max(0, -s a).
"""

from __future__ import annotations

from functools import partial

from model.losses.absolute import ABSOLUTE
from model.losses.hinge import bind_margin, define_margin, is_not_binary
from model.losses.kind import LossKind

PERCEPTRON = LossKind(
    name="perceptron",
    order=6,
    bind=partial(bind_margin, wanted=0.0),
    define=partial(define_margin, wanted=0.0),
    numpy="np.maximum(0.0, -(2.0 * t - 1.0) * q)",
    torch="torch.relu(-(2.0 * t - 1.0) * q)",
    fits=("identity", "step"),
    domain="0 / 1",
    is_outside=is_not_binary,
    has_margins=True,
    for_steps=ABSOLUTE,
)
