"""Optimisers, which turn gradients into weight changes; one module each."""

from __future__ import annotations

from foundation.kinds import find_kinds
from model.optimisers.kind import OptimiserKind

OPTIMISER_KINDS = find_kinds(OptimiserKind, __name__, __path__)
