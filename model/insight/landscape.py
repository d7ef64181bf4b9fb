"""The loss around the training path, on the plane that fits the path best."""

from __future__ import annotations

import numpy as np
from msgspec import Struct
from msgspec.structs import replace

from foundation.progress import ShouldStop, never_stop
from model.data import Dataset
from model.errors import ModelError
from model.experiment import Experiment, FloatArray
from model.network import Network
from model.training.history import History
from model.training.learner import Learner

_PATH_POINTS = 40
_SIZE, _MARGIN = 41, 0.4
"""Points along each axis, and the margin around the path, as a share of its extent."""


class Landscape(Struct, frozen=True, eq=False):
    """A slice through weight space.

    Attributes
    ----------
    u, v
        Coordinates along the two axes, shape (columns,) and (rows,), in units of weight.
    loss
        Training loss at the grid points without penalties, shape (rows, columns).
    path
        Training path, shape (points, 2); points outside the plane are projected onto it.
    path_loss
        Loss at the original, unprojected points, shape (points,).
    explained
        Share of the path's variance within the plane, 0 to 1.
    epochs
        Epochs of the path's points, shape (points,).
    """

    u: FloatArray
    v: FloatArray
    loss: FloatArray
    path: FloatArray
    path_loss: FloatArray
    explained: float
    epochs: np.ndarray

    @property
    def bounds(self) -> tuple[float, float, float, float]:
        """Minimum and maximum along the first axis, then along the second."""
        return float(self.u[0]), float(self.u[-1]), float(self.v[0]), float(self.v[-1])


def _axes(path: FloatArray) -> tuple[FloatArray, float]:
    """Return two orthonormal directions, shape (2, parameters), and their explained share."""
    # Two rows of 0 change no direction, and complete the plane of a path of one point.
    centred = np.vstack([path - path[-1], np.zeros((2, path.shape[1]))])
    _, sizes, directions = np.linalg.svd(centred, full_matrices=False)
    powers = sizes**2
    return directions[:2], float(powers[:2].sum() / powers.sum()) if powers[0] > 0.0 else 1.0


def path_epochs(first: int, last: int) -> list[int]:
    """Return the epochs used to draw the path, denser at the start, where weights move fastest."""
    shares = np.linspace(0.0, 1.0, _PATH_POINTS) ** 2
    return sorted({first + round(share * (last - first)) for share in shares.tolist()})


def run_landscape(
    history: History,
    dataset: Dataset,
    should_stop: ShouldStop = never_stop,
    present: Experiment | None = None,
) -> Landscape | None:
    """Measure the training loss on a grid around the path of a run.

    Parameters
    ----------
    history
        History of the run, which restores the weights of its epochs.
    dataset
        Data of the run.
    should_stop
        Called before each epoch is restored; true stops the computation.
    present
        Experiment whose weights end the path, possibly edited since their epoch. ``None`` ends it
        with the run.

    Returns
    -------
    Landscape | None
        Loss at each grid point, and the path; ``None`` if stopped.

    Raises
    ------
    ModelError
        Code ``landscape.size`` for fewer than 2 weights.

    References
    ----------
    Li, Xu, Taylor, Studer and Goldstein (2018), section 7: the plane of the path's first two
    principal components.
    """
    first, last = history.epochs.start, history.epochs.stop - 1
    if present is not None:
        last = min(max(0 if present.progress is None else present.progress.epoch, first), last)
    epochs = path_epochs(first, last)
    path = []
    for epoch in epochs:
        if should_stop():
            return None
        experiment = history.restore(epoch)
        path.append(Network.of(experiment).parameters.flat.astype(np.float64))
    if present is not None:
        path[-1] = Network.of(present).parameters.flat.astype(np.float64)
    learner = Learner(replace(experiment, progress=None), dataset)
    if learner.theta.size < 2:
        raise ModelError("landscape.size", "A plane needs at least two weights.")
    points = np.stack(path)
    axes, explained = _axes(points)
    centre = points[-1]
    coordinates = (points - centre) @ axes.T
    grids = [_span(coordinates[:, k]) for k in range(2)]

    def loss_at(theta: FloatArray) -> float:
        learner.theta[:] = theta
        return learner.train.loss()

    with np.errstate(all="ignore"):
        path_loss = np.array([loss_at(theta) for theta in points])
        loss = np.array(
            [[loss_at(centre + u * axes[0] + v * axes[1]) for u in grids[0]] for v in grids[1]]
        )
    return Landscape(grids[0], grids[1], loss, coordinates, path_loss, explained, np.array(epochs))


def _span(values: FloatArray) -> FloatArray:
    """Return evenly spaced coordinates that cover the values and a margin."""
    low, high = float(values.min()), float(values.max())
    extent = max(high - low, 1.0)
    return np.linspace(low - _MARGIN * extent, high + _MARGIN * extent, _SIZE)
