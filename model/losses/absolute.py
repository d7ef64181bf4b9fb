"""Absolute error: |a - t|."""

from __future__ import annotations

from functools import partial

import numpy as np

from model.losses.kind import LossKind, bind_distance

ABSOLUTE = LossKind(
    name="absolute",
    order=1,
    bind=lambda part, signed: bind_distance(
        part, partial(np.abs, part.delta, part.elements), partial(np.sign, part.delta, part.delta)
    ),
    define=lambda a, t: (np.abs(a - t), np.sign(a - t)),
    numpy="np.abs(q - t)",
    torch="(q - t).abs()",
)
