"""Which units of a large layer are drawn."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np

from gui.build.canvas.layout import Shown
from model.experiment import FloatArray

__all__ = ["ALL", "COUNTS", "FOLD_ABOVE", "Fold", "choose_units", "visible_edges"]

FOLD_ABOVE, MOST_SHOWN = 12, 64
ALL = 0
COUNTS = (8, 16, ALL)
HIDDEN_BELOW = 0.25

Order = Literal["activity", "weight"]


@dataclass(frozen=True, slots=True)
class Fold:
    """A person's choice for one large layer.

    Attributes
    ----------
    count
        How many units are drawn; :data:`ALL` for all of them, at most 64.
    by
        What decides which: the activity on the chosen row, or the length of the weights.
    """

    count: int = 8
    by: Order = "activity"


def choose_units(total: int, fold: Fold, scores: FloatArray | None) -> Shown:
    """Choose what is drawn of a layer.

    Parameters
    ----------
    total
        How many units it has; up to 12 are all drawn.
    fold
        The person's choice.
    scores
        One number a unit, the largest are drawn; ``None`` takes the first ones.
    """
    if total <= FOLD_ABOVE:
        return Shown(tuple(range(total)), total)
    count = min(total, MOST_SHOWN if fold.count == ALL else fold.count)
    if scores is None or len(scores) != total:
        return Shown(tuple(range(count)), total)
    best = np.argsort(-np.nan_to_num(np.abs(scores)), kind="stable")[:count]
    return Shown(tuple(sorted(int(i) for i in best)), total)


def visible_edges(size: FloatArray) -> np.ndarray:
    """Return which edges are drawn where there are too many, from the sizes of the weights.

    Those under a quarter of the strongest are not.
    """
    return np.asarray(size >= HIDDEN_BELOW * size.max(initial=0.0))
