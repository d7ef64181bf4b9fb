"""AdamW: theta *= 1 - r decay, then Adam. Loshchilov and Hutter (2019), algorithm 2."""

from __future__ import annotations

from model.optimisers.adam import Adam


class AdamW(Adam):
    """Adam with decoupled weight decay."""

    name = "adamw"
    order = 6
    constants = (*Adam.constants, "weight_decay")
    decays = True
    formula = "−η·m̂ / (√v̂ + ε) − η·λ·w"


KIND = AdamW()
