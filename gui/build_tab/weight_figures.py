"""Summaries of all weights."""

from __future__ import annotations

import numpy as np
from msgspec import Struct

from gui.format import nice_step
from model.experiment import FloatArray
from model.network import Network

BARS = 40


class LayerFigures(Struct, frozen=True, eq=False):
    """The figures of a layer's weights, without biases.

    Attributes
    ----------
    counts
        Number of weights in each bar of the histogram.
    deviation
        Standard deviation; ``None`` if not known yet.
    """

    counts: np.ndarray
    size: int
    deviation: float | None


class WeightFigures(Struct, frozen=True, eq=False):
    """All layers' figures; the bars extend from ``-reach`` to ``reach``."""

    reach: float = 1.0
    layers: tuple[LayerFigures, ...] = ()


def is_finite(network: Network) -> bool:
    """Return whether all weights are finite."""
    return all(np.isfinite(each).all() for each in (*network.weights, *network.biases))


def weight_figures(network: Network, before: WeightFigures) -> WeightFigures:
    """Count every layer's weights in bars of a common scale."""
    weights = [_drawable(w) for w in network.weights]
    largest = max((float(np.abs(w).max()) for w in weights if w.size), default=0.0)
    reach = _steady_half_range(largest, before.reach)
    layers = (LayerFigures(histogram(w, reach), w.size, _deviation(w)) for w in weights)
    return WeightFigures(reach, tuple(layers))


def histogram(values: FloatArray, reach: float) -> np.ndarray:
    """Count values in equal bars from ``-reach`` to ``reach``; zero is between two bars.

    Values outside are counted in the outermost bars.
    """
    index = np.floor(values.ravel() * (0.5 * BARS / reach)).astype(np.intp) + BARS // 2
    return np.bincount(np.clip(index, 0, BARS - 1), minlength=BARS)


def _drawable(weights: FloatArray) -> FloatArray:
    """Return weights clipped to an eighth of the largest float, for axes."""
    most = np.finfo(weights.dtype).max / 8
    return np.clip(np.nan_to_num(weights), -most, most)


def _steady_half_range(largest: float, before: float) -> float:
    """Return a round half-range of an axis for all weights; keep `before` until far too wide."""
    if largest == 0.0 or 0.4 * before <= largest <= before:
        return before
    largest = max(largest, 1e-6)
    step = nice_step(largest / 4)
    return float(np.ceil(largest / step) * step)


def _deviation(weights: FloatArray) -> float:
    """Return the standard deviation; infinity if a square overflows."""
    with np.errstate(over="ignore"):
        return float(weights.std()) if weights.size else 0.0
