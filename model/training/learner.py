"""The state of learning: weights, optimiser, batches and random order, one step at a time.

A learner has no threads, stop rules or history; :class:`model.training.trainer.Trainer` adds them.
Two learners that start from the same :class:`Checkpoint` make the same steps bit for bit.
"""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np
from msgspec import Struct
from msgspec.structs import replace

from model.arrays import aligned_zeros
from model.data import Dataset, build_dataset
from model.data.cache import dataset_of
from model.errors import ModelError
from model.experiment import Experiment, FloatArray, Progress, TrainingSpec
from model.experiment.checks import check_experiment, check_fit
from model.initialisers import initialise
from model.network import Network
from model.randomness import generator_from, generator_state, streams
from model.training.backprop_kernel import BackpropKernel
from model.training.evaluation import LARGE
from model.training.gradient_transform import GradientTransform
from model.training.messages import (
    Message,
    SetSettings,
    SetWeight,
)
from model.training.optimisers import Optimiser, learning_rate_at
from model.training.snapshot import Checkpoint
from model.training.training_arrays import Batch, TrainingArrays


class StepParts(Struct, frozen=True, eq=False):
    """The numbers of one step; vectors are laid out as ``parameters.flat``.

    Attributes
    ----------
    rows
        Indices of the training rows in the batch, from 0.
    loss
        Loss of the batch before the step: mean over rows, sum over outputs, without penalties.
    gradient
        Gradient of that loss.
    penalised
        The same plus the gradients of the penalties, before clipping.
    kept
        Dropout factors of each hidden layer's activations, shape (rows, units): 0 for a dropped
        unit. ``None`` for layers without dropout.
    """

    rows: tuple[int, ...]
    loss: float
    gradient: FloatArray
    penalised: FloatArray
    kept: tuple[FloatArray | None, ...]


class Learner:
    """The weights and everything that changes them.

    Parameters
    ----------
    experiment
        Experiment to train; missing weights are drawn, stored progress is resumed.
    dataset
        The experiment's data if already built.

    Attributes
    ----------
    network
        Network in training.
    dataset
        Data set in use.
    epoch, step, batch
        Epochs and steps done, and batches done in the current epoch.

    Raises
    ------
    ModelError
        If data, network and training do not match.
    """

    def __init__(self, experiment: Experiment, dataset: Dataset | None = None) -> None:
        check_experiment(experiment)
        self._experiment = initialise(experiment)
        self.dataset = build_dataset(experiment) if dataset is None else dataset
        self.network = Network(self._experiment.network, experiment.training.dtype)
        self.theta = self.network.parameters.flat
        self._gradient = aligned_zeros(self.theta.size, self.theta.dtype)
        self.generator = streams(experiment.seed).order
        self.epoch = self.step = self.batch = 0
        self._order: np.ndarray | None = None
        slots: tuple[FloatArray, ...] = ()
        if (progress := experiment.progress) is not None:
            self.epoch, self.step, self.batch = progress.epoch, progress.step, progress.batch
            slots = progress.slots
            self._order = progress.order
            if progress.generator is not None:
                self.generator = generator_from(progress.generator)
        self._bind(slots)

    @property
    def training(self) -> TrainingSpec:
        """The current settings."""
        return self._experiment.training

    def _bind(self, slots: tuple[FloatArray, ...]) -> None:
        """Allocate data, kernels and optimiser for the current settings."""
        training, data = self.training, self.dataset
        check_fit(self._experiment, data)
        loss, parameters = training.loss, self.network.parameters
        layers = self._experiment.network.layers
        self._arrays = TrainingArrays(data, loss, layers[-1].activation, self.theta.dtype)
        self._batches = self._arrays.batches(training.batch_size)
        if self.batch and self._order_is_stale():
            self._order, self.batch = None, 0
        self._batches.reorder(self._order)
        self._drops = any(layer.dropout > 0.0 for layer in layers[:-1])
        self._kernels = {
            rows: BackpropKernel(
                parameters,
                self._gradient,
                rows,
                loss,
                signed=self._arrays.signed,
                generator=self.generator if self._drops else None,
                slope_at=training.slope_at,
            )
            for rows in self._batches.sizes()
        }
        self.train, self.test = self._arrays.evaluations(parameters)
        self._bind_optimiser(slots)

    def _order_is_stale(self) -> bool:
        """Return whether the epoch cannot continue with the current batches."""
        if self.batch >= self._batches.count:
            return True
        if self._order is None:
            return self.training.shuffle
        return len(self._order) != self._arrays.count

    def _bind_optimiser(self, slots: tuple[FloatArray, ...]) -> None:
        """Allocate the optimiser and the gradient transform."""
        training = self.training
        self.optimiser = Optimiser(training.optimiser, self.theta, self._gradient, slots, self.step)
        self._set_rate()
        self._primed: float | None = None
        self._running, self._running_rows = 0.0, 0
        pinned = self.network.parameters.pinned_indices(self._experiment.network)
        self._transform = GradientTransform(
            training, self.network.parameters, self._gradient, pinned, self.optimiser.step
        )
        self._update = self._transform.step if self._transform.active else self.optimiser.step

    # -- Measuring ---------------------------------------------------------------------------------

    @property
    def large(self) -> bool:
        """Whether the epoch's loss is the mean over its batches, which saves time."""
        return self._arrays.count > LARGE and not self._batches.full

    def epoch_loss(self) -> float:
        """Return the training loss of the weights at the end of an epoch.

        Notes
        -----
        Mean over rows, sum over outputs, without penalties or dropout. A full batch measures it
        while computing its next gradient. Above `LARGE` rows it is the mean of the epoch's batches,
        each measured before its step; before the first epoch, it is measured on the first `LARGE`
        rows.
        """
        if self._batches.full and not self._drops:
            batch, kernel = self._batches.get(0), self._kernels[self._batches.size]
            kernel.forward(batch.x)
            self._primed = kernel.differentiate(batch.t, batch.mask)
            return self._primed
        if self.large and self._running_rows:
            return self._running / self._running_rows
        return self.train.loss(LARGE)

    def gradient(self) -> FloatArray:
        """Return dL/dtheta over all training rows, with penalties and without dropout."""
        whole = self._arrays.batches(0)
        kernel = BackpropKernel(
            self.network.parameters,
            self._gradient,
            whole.size,
            self.training.loss,
            signed=self._arrays.signed,
            slope_at=self.training.slope_at,
        )
        batch = whole.get(0)
        with np.errstate(over="ignore"):
            kernel.forward(batch.x)
            kernel.differentiate(batch.t, batch.mask)
            kernel.backward(batch.x)
        self._transform.penalise()
        return self._gradient.copy()

    def penalty(self) -> float:
        """Return ``l1 sum |w| + l2 / 2 sum w^2``, biases excluded."""
        return self._transform.penalty()

    @property
    def whole_epoch(self) -> bool:
        """Whether an epoch is a single step."""
        return self._batches.full

    @property
    def settings(self) -> Experiment:
        """The experiment with its current settings; its weights may be out of date."""
        return self._experiment

    @property
    def sample(self) -> int:
        """The number of training rows that accuracy is measured on, 0 for all."""
        return LARGE if self.large else 0

    # -- Learning ----------------------------------------------------------------------------------

    def advance(self) -> float:
        """Make one optimiser step; return the batch's loss before it."""
        batch, loss = self._differentiate()
        self._update()
        self._finish_batch(batch, loss)
        return loss

    def step_with_parts(self) -> StepParts:
        """Make one optimiser step with the same arithmetic as `advance`; return its numbers."""
        number = self.batch
        batch, loss = self._differentiate()
        gradient = self._gradient.copy()
        self._transform.penalise()
        penalised = self._gradient.copy()
        np.copyto(self._gradient, gradient)
        self._update()
        rows = tuple(range(batch.rows)) if self._batches.full else self._batches.rows(number)
        factors = self._kernels[batch.rows].drop_factors
        kept = tuple(None if factor is None else factor.T.copy() for factor in factors)
        self._finish_batch(batch, loss)
        return StepParts(rows, loss, gradient, penalised, kept)

    def _differentiate(self) -> tuple[Batch, float]:
        """Compute the next batch's gradient without penalties; return it and the loss."""
        if self.batch == 0:
            self._open_epoch()
        batch = self._batches.get(self.batch)
        kernel = self._kernels[batch.rows]
        loss, self._primed = self._primed, None
        if loss is None:
            kernel.forward(batch.x)
            loss = kernel.differentiate(batch.t, batch.mask)
        kernel.backward(batch.x)
        return batch, loss

    def _finish_batch(self, batch: Batch, loss: float) -> None:
        """Count a finished batch."""
        self.step += 1
        self._running += loss * batch.rows
        self._running_rows += batch.rows
        self.batch += 1
        if self.batch == self._batches.count:
            self.batch = 0
            self.epoch += 1
            self._order = None

    def last_rows(self) -> tuple[int, ...]:
        """Return the training rows of the last step; empty if it used all rows.

        Valid only until the next step.
        """
        if self._batches.full:
            return ()
        return self._batches.rows((self.batch or self._batches.count) - 1)

    def _open_epoch(self) -> None:
        """Set the learning rate and draw the order of the rows."""
        if self._rate_epoch != self.epoch and self.training.schedule.name != "constant":
            self._set_rate()
        self._running, self._running_rows = 0.0, 0
        if not self._batches.full:
            if self.training.shuffle:
                self._order = self.generator.permutation(self._arrays.count)
            self._batches.reorder(self._order)

    def run_full_batches(
        self,
        losses: FloatArray,
        first_epoch: int,
        until: int,
        floor: float,
        interrupted: Callable[[], bool],
    ) -> None:
        """Train single-step epochs in a tight loop until something is due.

        Parameters
        ----------
        losses, first_epoch
            Output array for the losses; epoch e's is stored at ``e - first_epoch``.
        until
            Return before this epoch.
        floor
            Return when the loss is below this, or not finite.
        interrupted
            Called before every epoch; return if it is true.

        Notes
        -----
        Returns between epochs, with the current epoch not yet measured and all earlier ones
        written. Only for full batches without dropout at a constant rate.
        """
        batch, kernel = self._batches.get(0), self._kernels[self._batches.size]
        x, differentiate = batch.x, kernel.bind_targets(batch.t, batch.mask)
        forward, backward, update = kernel.forward, kernel.backward, self._update
        start = epoch = self.epoch
        infinity = math.inf
        while epoch < until and not interrupted():
            forward(x)
            loss = differentiate()
            if not floor <= loss < infinity:
                break
            losses[epoch - first_epoch] = loss
            backward(x)
            update()
            epoch += 1
            self.epoch = epoch
        self.step += epoch - start

    @property
    def can_run_full_batches(self) -> bool:
        """Whether an epoch is one step that also measures the epoch's only loss."""
        constant = self.training.schedule.name == "constant"
        return self._batches.full and not self._drops and self.test is None and constant

    def _set_rate(self) -> None:
        """Set the optimiser's learning rate for the current epoch."""
        self._rate_epoch = self.epoch
        self.optimiser.rate[...] = self.rate()

    def rate(self) -> float:
        """Return the learning rate of the current epoch."""
        return learning_rate_at(self.training.learning_rate, self.training.schedule, self.epoch)

    # -- Changing and keeping ----------------------------------------------------------------------

    def apply(self, message: Message) -> None:
        """Apply one of the user's changes.

        Raises
        ------
        ModelError
            If the change is not possible; the learner is then unchanged.
        """
        self._primed = None
        if isinstance(message, SetSettings):
            self._change(message.experiment)
        elif isinstance(message, SetWeight):
            self.network.set_weight(message.layer, message.row, message.unit, message.value)

    def _change(self, wanted: Experiment) -> None:
        """Continue with the same weights and other settings."""
        before, after = self._experiment, wanted.training
        if after.dtype != before.training.dtype:
            raise ModelError(
                "training.dtype_live",
                "The precision cannot change from {before} to {after} within a run. "
                "Pause, change it, and train on.",
                before=before.training.dtype,
                after=after.dtype,
            )
        layers = tuple(
            replace(old, activation=new.activation, dropout=new.dropout, pinned=new.pinned)
            for old, new in zip(before.network.layers, wanted.network.layers, strict=True)
        )
        network = replace(before.network, layers=layers)
        changed = replace(wanted, network=network, progress=before.progress)
        check_experiment(changed)
        self.network.parameters.pinned_indices(network)
        dataset = self.dataset
        if (changed.data, changed.split) != (before.data, before.split):
            dataset = dataset_of(changed)
        check_fit(changed, dataset)
        slots = self.optimiser.slots if after.optimiser == before.training.optimiser else ()
        same_layout = dataset is self.dataset and all(
            getattr(after, name) == getattr(before.training, name)
            for name in ("loss", "batch_size", "optimiser", "slope_at")
        )
        functions, functions_before = (
            [(layer.activation, layer.dropout) for layer in each.network.layers]
            for each in (changed, before)
        )
        self._experiment, self.dataset = changed, dataset
        if same_layout and functions == functions_before:
            self._bind_optimiser(slots)
            return
        if functions != functions_before:
            theta, self.network = self.theta, Network(network, self.theta.dtype)
            self.theta = self.network.parameters.flat
            np.copyto(self.theta, theta)
        self._bind(slots)

    def experiment(self) -> Experiment:
        """Return the experiment with the current weights and progress."""
        network = self.network.parameters.to_spec(self._experiment.network)
        return replace(self._experiment, network=network, progress=self.progress())

    def progress(self) -> Progress:
        """Return copies of all state, apart from the weights, that the next step depends on."""
        return Progress(
            epoch=self.epoch,
            step=self.step,
            slots=self.optimiser.slots,
            generator=generator_state(self.generator),
            order=self._order if self.batch else None,
            batch=self.batch,
        )

    @property
    def memory(self) -> int:
        """The number of values copied by :meth:`progress`."""
        order = self._order if self.batch else None
        slots = sum(slot.size for slot in self.optimiser.slots)
        return slots + (0 if order is None else len(order))

    def checkpoint(self, messages: int) -> Checkpoint:
        """Return everything needed to continue from here; between epochs only."""
        return Checkpoint(
            experiment=self._experiment,
            dataset=self.dataset,
            epoch=self.epoch,
            step=self.step,
            theta=self.theta.copy(),
            slots=tuple(slot.copy() for slot in self.optimiser.slots),
            generator=self.generator.bit_generator.state,
            messages=messages,
        )

    @classmethod
    def resume(cls, checkpoint: Checkpoint) -> Learner:
        """Return a learner that continues from a checkpoint."""
        learner = cls(replace(checkpoint.experiment, progress=None), checkpoint.dataset)
        learner.epoch, learner.step = checkpoint.epoch, checkpoint.step
        learner.optimiser.steps = learner.step
        learner._set_rate()
        np.copyto(learner.theta, checkpoint.theta)
        for mine, stored in zip(learner.optimiser.slots, checkpoint.slots, strict=True):
            np.copyto(mine, stored)
        learner.generator.bit_generator.state = checkpoint.generator
        return learner
