"""Many random starts of one experiment in one stack of arrays.

Every network gets what it would get alone: the weights, the data and the rows' order of its seed,
and the stop rules. Networks that have stopped are taken out of the stack, so that the rest goes on
faster.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import msgspec
import numpy as np

from model.checks import check_experiment
from model.errors import ModelError
from model.experiment import Experiment, FloatArray
from model.initialise import initialise
from model.metrics import accuracy, decision_threshold, margins
from model.randomness import streams
from model.training.ensemble_data import EnsembleData
from model.training.ensemble_kernel import EnsembleKernel, cut, networks_first, stack_shapes
from model.training.ensemble_weights import stack_weights, with_weights
from model.training.optimisers import Optimiser, learning_rate_at
from model.training.snapshot import Reason

__all__ = ["Ensemble", "Member"]


@dataclass(frozen=True, slots=True, eq=False)
class Member:
    """How one start ended.

    Attributes
    ----------
    seed
        Which start.
    reason
        Why it stopped.
    epoch
        Epochs done then.
    train_loss, accuracy
        Of its last weights; the accuracy is of the training rows.
    experiment
        With those weights; untrained where it diverged.
    """

    seed: int
    reason: Reason
    epoch: int
    train_loss: float
    accuracy: float
    experiment: Experiment


class Ensemble:
    """Networks of one shape, trained together on one thread.

    Parameters
    ----------
    experiment
        What to train; the weights it may have and its own seed do not count.
    seeds
        One network each.

    Attributes
    ----------
    epoch
        Epochs done.
    members
        Those that have stopped, by seed.

    Raises
    ------
    ModelError
        Code ``population.dropout`` where units are dropped, ``population.rows`` where the seeds'
        data differ in size, and what training one of them would raise.
    """

    def __init__(self, experiment: Experiment, seeds: Sequence[int]) -> None:
        if any(layer.dropout > 0.0 for layer in experiment.network.layers):
            raise ModelError(
                "population.dropout",
                "Networks that drop units cannot be trained at once. Set drop-out to 0.",
            )
        if not seeds:
            raise ModelError("population.empty", "A lottery needs at least one seed.")
        check_experiment(experiment)
        self._experiment = msgspec.structs.replace(
            experiment, network=_without_weights(experiment), progress=None
        )
        self.epoch = self._step = 0
        self.members: dict[int, Member] = {}
        self._seeds = np.array(seeds)
        self._starts = [
            initialise(msgspec.structs.replace(self._experiment, seed=int(seed))) for seed in seeds
        ]
        self._generators = [streams(int(seed)).order for seed in seeds]
        self._data = EnsembleData.read(self._starts)
        self._datasets = list(self._data.datasets)
        self._shapes = stack_shapes(experiment.network.inputs, experiment.network.layers)
        self._theta = stack_weights(self._starts, experiment.training.dtype)
        self._pins = any(layer.pinned for layer in experiment.network.layers)
        self._curves: list[tuple[np.ndarray, FloatArray]] = []
        self._bind(())

    # -- Laying out --------------------------------------------------------------------------------

    def _bind(self, slots: tuple[FloatArray, ...]) -> None:
        """Lay out data, passes and optimiser for the networks still training."""
        spec, training = self._experiment.network, self._experiment.training
        networks = len(self._seeds)
        self._gradient = np.zeros_like(self._theta)
        self._weights = cut(self._theta, networks, self._shapes)
        self._gradients = cut(self._gradient, networks, self._shapes)
        rows = len(self._datasets[0].x_train)
        size = min(training.batch_size or rows, rows)
        self._sizes = [min(size, rows - start) for start in range(0, rows, size)]
        full = len(self._sizes) == 1
        self._one = self._data.alike and full
        chosen = self._datasets[:1] if self._one else self._datasets
        self._x, self._t, self._mask = self._data.arrays(chosen, self._theta.dtype, one=self._one)
        self._x = self._x_back = np.ascontiguousarray(self._x)
        if self._one:
            # The way back reads rows where the way there reads columns.
            self._x_back = np.asfortranarray(self._x)
        self._passes = {
            size: EnsembleKernel(
                self._weights,
                self._gradients,
                spec.layers,
                size,
                training.loss,
                signed=self._data.signed,
                rule=training.optimiser.name == "perceptron",
                shared=self._one,
            )
            for size in {*self._sizes, rows}
        }
        self._optimiser = Optimiser(
            training.optimiser, self._theta, self._gradient, slots, self._step
        )
        self._weighs = np.zeros_like(self._theta)
        for array, layer in zip(
            cut(self._weighs, networks, self._shapes), spec.layers, strict=True
        ):
            array[:, :, : array.shape[-1] - layer.use_bias] = 1.0

    # -- Training ----------------------------------------------------------------------------------

    @property
    def training(self) -> np.ndarray:
        """Seeds of the networks that are still training."""
        return self._seeds

    def run(
        self,
        should_stop: Callable[[], bool] = lambda: False,
        publish: Callable[[Ensemble], None] = lambda stack: None,
    ) -> dict[int, Member]:
        """Train until every network has met a stop rule, or someone says stop.

        Parameters
        ----------
        should_stop
            Asked once an epoch.
        publish
            Called after each epoch with the stack itself.

        Returns
        -------
        dict
            Every member by seed, in the order of the seeds.
        """
        order = [int(seed) for seed in self._seeds]
        with np.errstate(all="ignore"):
            while len(self._seeds):
                losses = self._measure()
                self._retire(losses)
                publish(self)
                if not len(self._seeds):
                    break
                if should_stop():
                    self._end(np.ones(len(self._seeds), np.bool_), self._measure(), "stopped")
                    break
                self._train_epoch()
        return {seed: self.members[seed] for seed in order}

    def adopt(
        self, epoch: int, members: dict[int, Member], curves: list[tuple[np.ndarray, FloatArray]]
    ) -> None:
        """Take over how the very same stack ended elsewhere."""
        self.epoch, self.members, self._curves = epoch, members, curves
        self._seeds = self._seeds[:0]

    @property
    def starts(self) -> tuple[Experiment, ...]:
        """The untrained experiments of the networks still training."""
        return tuple(self._starts)

    @property
    def curves(self) -> list[tuple[np.ndarray, FloatArray]]:
        """For every epoch, the seeds then training and their losses; grows while it runs."""
        return self._curves

    def _measure(self) -> FloatArray:
        """Return every network's training loss."""
        rows = len(self._datasets[0].x_train)
        passing = self._passes[rows]
        passing.forward(self._x)
        return passing.losses(self._t, self._mask)

    def _train_epoch(self) -> None:
        """Make the steps of one epoch; a full batch's gradient is ready from measuring."""
        training = self._experiment.training
        rate = learning_rate_at(training.learning_rate, training.schedule, self.epoch)
        self._optimiser.rate[...] = rate
        if len(self._sizes) == 1:
            self._passes[self._sizes[0]].backward(self._x_back)
            self._adjust_and_step()
        else:
            self._train_batches()
        self.epoch += 1

    def _train_batches(self) -> None:
        """Make one step a batch, each network in the order of its own seed."""
        x, t, mask = self._x, self._t, self._mask
        if self._experiment.training.shuffle:
            order = np.stack([g.permutation(x.shape[-1]) for g in self._generators])[:, None, :]
            x, t = (np.take_along_axis(part, order, axis=2) for part in (x, t))
            mask = None if mask is None else np.take_along_axis(mask, order, axis=2)
        start = 0
        for size in self._sizes:
            part = slice(start, start + size)
            batch = np.ascontiguousarray(x[..., part])
            passing = self._passes[size]
            passing.forward(batch)
            passing.losses(t[..., part], None if mask is None else mask[..., part])
            passing.backward(batch)
            self._adjust_and_step()
            start += size

    def _adjust_and_step(self) -> None:
        """Penalise, clip each network by itself, hold what is pinned, and step."""
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
        self._step += 1
        for number, row, unit, values in held:
            self._weights[number][:, unit, row] = values

    def _pinned(self) -> list[tuple[int, int, int, FloatArray]]:
        """Return every pinned weight's layer, row, unit and present values."""
        return [
            (number, row, unit, self._weights[number][:, unit, row].copy())
            for number, layer in enumerate(self._experiment.network.layers)
            for row, unit in layer.pinned
        ]

    # -- Stopping ----------------------------------------------------------------------------------

    def _retire(self, losses: FloatArray) -> None:
        """Take out the networks that a stop rule ends now."""
        self._curves.append((self._seeds, losses))
        stop = self._experiment.training.stop
        open_end = not stop.margin and not 0 < stop.epochs <= self.epoch
        # The usual case, in one call: a sum that is finite has neither NaN nor infinity in it.
        finite = self._passes[len(self._datasets[0].x_train)].total < np.inf
        if open_end and finite and np.minimum.reduce(losses) >= stop.loss_below:
            return
        bad = ~(losses < np.inf)
        below = ~bad & (losses < stop.loss_below)
        rules: list[tuple[np.ndarray, Reason]] = [(bad, "diverged"), (below, "loss_below")]
        if stop.margin:
            rules.append((~bad & ~below & (self._margins() >= stop.margin), "margin"))
        if stop.epochs and self.epoch >= stop.epochs:
            rest = ~np.any([which for which, _ in rules], axis=0)
            rules.append((rest, "epochs"))
        ended = np.zeros(len(losses), np.bool_)
        for which, reason in rules:
            if which.any():
                self._describe(which, losses, reason)
                ended |= which
        if ended.any():
            self._keep(~ended)

    def _end(self, which: np.ndarray, losses: FloatArray, reason: Reason) -> None:
        """End these networks for one reason."""
        self._describe(which, losses, reason)
        self._keep(~which)

    def _margins(self) -> FloatArray:
        """Return every network's smallest margin."""
        outputs = self._passes[len(self._datasets[0].x_train)].activate()
        threshold = decision_threshold(self._experiment)
        found = [
            margins(out.T, data.y_train, data.task, threshold, data.mask_train).min()
            for out, data in zip(outputs, self._datasets, strict=True)
        ]
        return np.array(found)

    def _describe(self, which: np.ndarray, losses: FloatArray, reason: Reason) -> None:
        """Write down how these networks ended."""
        outputs = self._passes[len(self._datasets[0].x_train)].activate()
        threshold = decision_threshold(self._experiment)
        for place in np.flatnonzero(which):
            start, data = self._starts[place], self._datasets[place]
            good = reason != "diverged"
            reached = accuracy(
                outputs[place].T, data.y_train, data.task, threshold, data.mask_train
            )
            self.members[int(self._seeds[place])] = Member(
                seed=int(self._seeds[place]),
                reason=reason,
                epoch=self.epoch,
                train_loss=float(losses[place]),
                accuracy=reached if good else float("nan"),
                experiment=with_weights(start, self._weights, int(place)) if good else start,
            )

    def _keep(self, alive: np.ndarray) -> None:
        """Go on with these networks only."""
        networks = len(self._seeds)
        indices = np.flatnonzero(alive)
        self._seeds = self._seeds[alive]
        for name in ("_starts", "_generators", "_datasets"):
            held = getattr(self, name)
            setattr(self, name, [held[i] for i in indices])
        if not len(indices):
            return
        slots = [
            slot if slot.size != self._theta.size else self._select(slot, networks, indices)
            for slot in self._optimiser.slots
        ]
        self._theta = self._select(self._theta, networks, indices)
        self._bind(tuple(slots))
        self._measure()  # the gradient that the next step starts from, in the new buffers

    def _select(self, flat: FloatArray, networks: int, indices: np.ndarray) -> FloatArray:
        """Return the flat vector of some of the networks."""
        arrays = map(networks_first, cut(flat, networks, self._shapes))
        return np.concatenate([array[:, indices].reshape(-1) for array in arrays])


def _without_weights(experiment: Experiment) -> object:
    """Return the network with every weight to be drawn."""
    layers = tuple(
        msgspec.structs.replace(layer, weights=None, biases=None)
        for layer in experiment.network.layers
    )
    return msgspec.structs.replace(experiment.network, layers=layers)
