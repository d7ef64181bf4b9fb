"""Nesterov's momentum: v = mu v + g; theta -= r (g + mu v).

References
----------
Nesterov (1983) as in Sutskever et al. (2013), eq. 3-4.
"""

from __future__ import annotations

from model.optimisers.momentum import Momentum


class Nesterov(Momentum):
    """Momentum that looks ahead."""

    name = "nesterov"
    order = 3
    formula = "−η·(g + μ·v)"
    looks_ahead = True


KIND = Nesterov()
