"""Random starts of one experiment, trained together in arrays of whole blocks.

Every network gets the same as when trained alone: the weights, the data and the row order of its
seed, and the stop rules. If there are fewer seeds than places, the first seed fills the remaining
ones, and a stopped network continues unobserved. The shapes of the BLAS products therefore do not
depend on the other networks (docs/adr/0056).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from foundation.progress import ShouldStop
from model.blas import limited_threads
from model.experiment import Experiment, FloatArray
from model.metrics import accuracy, decision_threshold, margins
from model.randomness import streams
from model.training.ensemble.kernel import PLACES, EnsembleKernel
from model.training.ensemble.weights import cut, pack_weights, with_weights
from model.training.optimisers import Optimiser, learning_rate_at
from model.training.snapshot import Reason

if TYPE_CHECKING:
    from model.training.ensemble.data import EnsembleData


@dataclass(frozen=True, slots=True, eq=False)
class Member:
    """The result of one start.

    Attributes
    ----------
    seed
        Seed of the start.
    reason
        Reason for stopping.
    epoch
        Number of epochs done.
    train_loss, accuracy
        Training loss and training accuracy of the final weights.
    experiment
        Experiment with the final weights; untrained if it diverged.
    """

    seed: int
    reason: Reason
    epoch: int
    train_loss: float
    accuracy: float
    experiment: Experiment


class EnsembleTrainer:
    """Networks of one shape, trained together on one thread.

    Parameters
    ----------
    starts
        Experiments with their initial weights; they differ only in seed and weights.
    data
        Data of the experiments.
    curve_every
        Interval in epochs for recording losses, beginning with the untrained start.

    Attributes
    ----------
    epoch
        Number of epochs done.
    members
        Networks that have stopped, by seed.
    curves
        Losses at each recorded epoch, shape (starts,); NaN after a network has stopped.
    """

    def __init__(
        self, starts: Sequence[Experiment], data: EnsembleData, *, curve_every: int = 1
    ) -> None:
        self.epoch = 0
        self.members: dict[int, Member] = {}
        self.curves: list[FloatArray] = []
        self._curve_every = curve_every
        self._experiment = starts[0]
        self._seeds = [start.seed for start in starts]
        self._starts = starts
        spare = -len(starts) % PLACES
        filled = [*starts, *[starts[0]] * spare]
        self._datasets = [*data.datasets, *[data.datasets[0]] * spare]
        self._left, self._places = len(starts), len(filled)
        self._trains = np.arange(self._places) < len(starts)
        self._bind(filled, data)

    # -- Laying out --------------------------------------------------------------------------------

    def _bind(self, filled: Sequence[Experiment], data: EnsembleData) -> None:
        """Allocate weights, data, kernels and optimiser."""
        spec, training = self._experiment.network, self._experiment.training
        self._theta = pack_weights(filled, training.dtype)
        self._gradient = np.zeros_like(self._theta)
        self._weights = cut(self._theta, self._places, spec)
        self._gradients = cut(self._gradient, self._places, spec)
        self._pins = any(layer.pinned for layer in spec.layers)
        rows = len(self._datasets[0].x_train)
        size = min(training.batch_size or rows, rows)
        self._sizes = [min(size, rows - start) for start in range(0, rows, size)]
        full = len(self._sizes) == 1
        one = data.alike and full
        shuffled = training.shuffle and not full
        self._generators = [streams(start.seed).order for start in filled if shuffled]
        chosen = self._datasets[:1] if one else self._datasets
        self._x, self._t, self._mask = data.arrays(chosen, self._theta.dtype, one=one)
        self._x = self._x_back = np.ascontiguousarray(self._x)
        if one:
            # The way back reads rows where the way there reads columns.
            self._x_back = np.asfortranarray(self._x)
        self._kernels = {
            size: EnsembleKernel(
                self._weights,
                self._gradients,
                spec.layers,
                size,
                training.loss,
                signed=data.signed,
                shared=one,
                slope_at=training.slope_at,
            )
            for size in {*self._sizes, rows}
        }
        self._whole = self._kernels[rows]
        self._optimiser = Optimiser(training.optimiser, self._theta, self._gradient)
        self._weighs = np.zeros_like(self._theta)
        for array, layer in zip(cut(self._weighs, self._places, spec), spec.layers, strict=True):
            array[:, :, : array.shape[-1] - layer.use_bias] = 1.0
        if training.stop.margin:
            self._wanted = np.concatenate([d.y_train for d in self._datasets])
            masks = [d.mask_train for d in self._datasets if d.mask_train is not None]
            self._free = np.concatenate(masks) if masks else None

    # -- Training ----------------------------------------------------------------------------------

    @property
    def share_done(self) -> float:
        """The share of the requested epochs done, 0 if none are requested."""
        return self.epoch / (self._experiment.training.stop.epochs or np.inf)

    def run(self, should_stop: ShouldStop, publish: Callable[[], None]) -> None:
        """Train until every network has met a stop rule or a stop is requested.

        Parameters
        ----------
        should_stop
            Called once per epoch.
        publish
            Called after each epoch.
        """
        with np.errstate(all="ignore"), limited_threads():
            while True:
                self._whole.forward(self._x)
                losses = self._whole.losses(self._t, self._mask)
                self._retire(losses)
                publish()
                if not self._left:
                    break
                if should_stop():
                    self._end(self._trains.copy(), losses, "stopped")
                    break
                self._train_epoch()

    def _train_epoch(self) -> None:
        """Make the steps of one epoch; a full batch continues from the loss measurement."""
        training = self._experiment.training
        rate = learning_rate_at(training.learning_rate, training.schedule, self.epoch)
        self._optimiser.rate[...] = rate
        if len(self._sizes) == 1:
            self._whole.backward(self._x_back)
            self._transform_and_step()
        else:
            self._train_batches()
        self.epoch += 1

    def _train_batches(self) -> None:
        """Make one step per batch, each network in its own seed's order."""
        x, t, mask = self._x, self._t, self._mask
        if self._generators:
            order = np.stack([g.permutation(x.shape[-1]) for g in self._generators])[:, None, :]
            x, t = (np.take_along_axis(part, order, axis=2) for part in (x, t))
            mask = None if mask is None else np.take_along_axis(mask, order, axis=2)
        start = 0
        for size in self._sizes:
            part = slice(start, start + size)
            batch = np.ascontiguousarray(x[..., part])
            kernel = self._kernels[size]
            kernel.forward(batch)
            kernel.losses(t[..., part], None if mask is None else mask[..., part])
            kernel.backward(batch)
            self._transform_and_step()
            start += size

    def _transform_and_step(self) -> None:
        """Apply penalties, clip each network's gradient, restore pinned weights, and step."""
        training, gradient = self._experiment.training, self._gradient
        if training.l2:
            gradient += training.l2 * (self._theta * self._weighs)
        if training.l1:
            gradient += training.l1 * (np.sign(self._theta) * self._weighs)
        held = self._pinned() if self._pins else []
        for number, row, unit, _ in held:
            self._gradients[number][:, unit, row] = 0.0
        if training.clip_norm:
            squares = sum((g * g).sum(axis=(1, 2)) for g in self._gradients)
            length = np.sqrt(np.asarray(squares))
            factor = np.minimum(1.0, training.clip_norm / np.maximum(length, 1e-300))
            for g in self._gradients:
                g *= factor[:, None, None]
        self._optimiser.step()
        for number, row, unit, values in held:
            self._weights[number][:, unit, row] = values

    def _pinned(self) -> list[tuple[int, int, int, FloatArray]]:
        """Return layer, row, unit and value of every pinned weight."""
        return [
            (number, row, unit, self._weights[number][:, unit, row].copy())
            for number, layer in enumerate(self._experiment.network.layers)
            for row, unit in layer.pinned
        ]

    # -- Stopping ----------------------------------------------------------------------------------

    def _retire(self, losses: FloatArray) -> None:
        """End the networks that meet a stop rule."""
        if self.epoch % self._curve_every == 0:
            self._keep(losses)
        stop = self._experiment.training.stop
        if not stop.margin and not 0 < stop.epochs <= self.epoch:
            # The usual case, in two calls. A loss that is NaN makes both false.
            watched = losses if self._left == self._places else losses[self._trains]
            lowest, highest = np.minimum.reduce(watched), np.maximum.reduce(watched)
            if stop.loss_below <= lowest and highest < np.inf:
                return
        bad = ~(losses < np.inf)
        self._end(bad, losses, "diverged")
        self._end(~bad & (losses < stop.loss_below), losses, "loss_below")
        if stop.margin:
            self._end(~bad & (self._margins() >= stop.margin), losses, "margin")
        if stop.epochs and self.epoch >= stop.epochs:
            self._end(~bad, losses, "epochs")

    def _keep(self, losses: FloatArray) -> None:
        if self._left < self._places:
            losses = np.where(self._trains, losses, np.nan)[: len(self._seeds)]
        self.curves.append(losses)

    def _margins(self) -> FloatArray:
        outputs = self._whole.activate().swapaxes(1, 2)
        flat = outputs.reshape(-1, outputs.shape[-1])
        task, threshold = self._datasets[0].task, decision_threshold(self._experiment)
        found = margins(flat, self._wanted, task, threshold, self._free)
        return found.reshape(self._places, -1).min(axis=1)

    def _end(self, which: np.ndarray, losses: FloatArray, reason: Reason) -> None:
        """End the given networks that are still training, for one reason."""
        ended = np.flatnonzero(which & self._trains)
        if not len(ended):
            return
        outputs = self._whole.activate()
        threshold = decision_threshold(self._experiment)
        for place in ended.tolist():
            start, data = self._starts[place], self._datasets[place]
            good = reason != "diverged"
            reached = accuracy(
                outputs[place].T, data.y_train, data.task, threshold, data.mask_train
            )
            self.members[start.seed] = Member(
                seed=start.seed,
                reason=reason,
                epoch=self.epoch,
                train_loss=float(losses[place]),
                accuracy=reached if good else float("nan"),
                experiment=with_weights(start, self._weights, place) if good else start,
            )
        self._trains[ended] = False
        self._left -= len(ended)
