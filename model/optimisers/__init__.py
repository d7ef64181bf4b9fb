"""Optimisers: what turns a gradient into a change of the weights, one module each."""

from __future__ import annotations

from model.kinds import find_kinds
from model.optimisers.kind import OptimiserKind

OPTIMISER_KINDS: dict[str, OptimiserKind] = find_kinds(__name__, __path__)
