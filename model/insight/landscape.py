"""The loss around the path of training, on the plane that the path spans best."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import msgspec
import numpy as np

from model.data import Dataset
from model.errors import ModelError
from model.experiment import Experiment, FloatArray
from model.training.learner import Learner
from model.training.snapshot import Snapshot

__all__ = ["Landscape", "landscape"]


@dataclass(frozen=True, slots=True, eq=False)
class Landscape:
    """A slice through the space of all weights.

    Attributes
    ----------
    u, v
        Coordinates along the two axes, shape (columns,) and (rows,), in units of weight.
    loss
        Training loss there, shape (rows, columns).
    path
        Where training went, shape (points, 2); its points need not lie in the plane exactly, and
        are shown by their nearest point in it.
    path_loss
        The loss of each of its points themselves, shape (points,).
    explained
        Share of the path's variance that the plane holds, 0 to 1.
    """

    u: FloatArray
    v: FloatArray
    loss: FloatArray
    path: FloatArray
    path_loss: FloatArray
    explained: float


def _axes(path: FloatArray) -> tuple[FloatArray, float]:
    """Return two orthonormal directions, shape (2, parameters), and the share that they explain."""
    centred = path - path[-1]
    _, sizes, directions = np.linalg.svd(centred, full_matrices=False)
    powers = sizes**2
    total = float(powers.sum())
    axes = [d for d, p in zip(directions[:2], powers[:2], strict=True) if p > 1e-24 * total]
    generator = np.random.default_rng(0)
    while len(axes) < 2:
        # A path along one line, or none: any direction across it completes the plane.
        extra = generator.normal(size=path.shape[1])
        for axis in axes:
            extra = extra - (extra @ axis) * axis
        axes.append(extra / np.linalg.norm(extra))
    return np.array(axes), float(powers[:2].sum() / total) if total > 0.0 else 1.0


def landscape(
    experiment: Experiment,
    path: Sequence[Snapshot],
    dataset: Dataset | None = None,
    *,
    size: int = 41,
    margin: float = 0.4,
) -> Landscape:
    """Measure the training loss on a grid around a path.

    Parameters
    ----------
    experiment
        The network that was trained.
    path
        Snapshots of its training, in order; the last one is the plane's origin.
    dataset
        Its data, where they were built before.
    size
        Points along each axis.
    margin
        How far beyond the path the grid goes, as a share of its extent.

    Returns
    -------
    Landscape
        The loss, without penalties, at each point of the grid, and the path on it.

    Raises
    ------
    ModelError
        Code ``landscape.path`` for an empty path, ``landscape.size`` for fewer than 2 points or
        parameters.

    References
    ----------
    Li, Xu, Taylor, Studer and Goldstein (2018), section 7: the plane of the path's two first
    principal components.
    """
    if not path:
        raise ModelError("landscape.path", "There is no path yet. Train a little first.")
    learner = Learner(msgspec.structs.replace(experiment, progress=None), dataset)
    if size < 2 or learner.theta.size < 2:
        raise ModelError(
            "landscape.size", "A plane needs at least two weights and two points along each axis."
        )
    points = np.stack([_flat(learner, snapshot) for snapshot in path])
    axes, explained = _axes(points)
    centre = points[-1]
    coordinates = (points - centre) @ axes.T
    grids = [_span(coordinates[:, k], size, margin) for k in range(2)]

    def loss_at(theta: FloatArray) -> float:
        learner.theta[:] = theta
        return learner.train.loss()

    with np.errstate(all="ignore"):
        path_loss = np.array([loss_at(theta) for theta in points])
        loss = np.array(
            [[loss_at(centre + u * axes[0] + v * axes[1]) for u in grids[0]] for v in grids[1]]
        )
    return Landscape(grids[0], grids[1], loss, coordinates, path_loss, explained)


def _flat(learner: Learner, snapshot: Snapshot) -> FloatArray:
    """Return a snapshot's weights in the learner's order, float64."""
    parts = []
    for layer, weights, biases in zip(
        learner.network.parameters.spec.layers, snapshot.weights, snapshot.biases, strict=True
    ):
        parts.append(weights.reshape(-1))
        if layer.use_bias:
            parts.append(biases)
    return np.concatenate(parts).astype(np.float64)


def _span(values: FloatArray, size: int, margin: float) -> FloatArray:
    """Return evenly spaced coordinates that cover the values and a margin."""
    low, high = float(values.min()), float(values.max())
    extent = max(high - low, 1.0)
    return np.linspace(low - margin * extent, high + margin * extent, size)
