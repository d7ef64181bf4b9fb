"""How an experiment learns: loss, optimiser, schedule, stop rules and progress."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal, get_args

import msgspec
import numpy as np

from model.arrays import frozen_array, same_values
from model.losses import LOSS_KINDS
from model.optimisers import OPTIMISER_KINDS

if TYPE_CHECKING:
    from model.optimisers.kind import OptimiserKind

    Loss = str
    Optimiser = str
else:  # a file with any other name is refused
    Loss = Literal[tuple(LOSS_KINDS)]
    Optimiser = Literal[tuple(OPTIMISER_KINDS)]

Schedule = Literal["constant", "step", "cosine"]
SlopeAt = Literal["z", "a"]
Initialiser = Literal["zeros", "constant", "uniform", "normal", "xavier", "he", "lecun"]
LOSSES: tuple[Loss, ...] = tuple(LOSS_KINDS)
OPTIMISERS: tuple[Optimiser, ...] = tuple(OPTIMISER_KINDS)
SCHEDULES: tuple[Schedule, ...] = get_args(Schedule)
INITIALISERS: tuple[Initialiser, ...] = get_args(Initialiser)


class OptimiserSpec(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The settings of an optimiser.

    Attributes
    ----------
    name
        ``"sgd"``, ``"adam"``, ...
    momentum
        Fraction of the last step that is kept, for momentum and Nesterov.
    beta1, beta2, epsilon
        Adam's and AdamW's constants; RMSProp uses `beta2` as its decay and `epsilon`.
    weight_decay
        AdamW's decoupled decay per step.
    """

    name: Optimiser = "sgd"
    momentum: float = 0.9
    beta1: float = 0.9
    beta2: float = 0.999
    epsilon: float = 1e-8
    weight_decay: float = 0.01

    @property
    def kind(self) -> OptimiserKind:
        """The optimiser object for the name."""
        return OPTIMISER_KINDS[self.name]

    @property
    def follows_rule(self) -> bool:
        """Whether the perceptron rule replaces gradient descent."""
        return self.name in OPTIMISER_KINDS and bool(self.kind.only_loss)


class ScheduleSpec(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The schedule of the learning rate over the epochs.

    Attributes
    ----------
    name
        ``"constant"``; ``"step"``: multiplied by `factor` every `every` epochs; ``"cosine"``:
        decreases to 0 over `every` epochs, then stays 0.
    every
        Number of epochs.
    factor
        Factor of ``"step"``.
    """

    name: Schedule = "constant"
    every: int = 100
    factor: float = 0.5


class InitialiserSpec(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The distribution of the initial weights.

    Attributes
    ----------
    name
        ``"he"``, ``"xavier"``, ...
    scale
        The constant, the half-width of ``"uniform"``, the standard deviation of ``"normal"``; for
        the others, a factor of the standard deviation.
    bias
        Initial value of the biases.
    """

    name: Initialiser = "xavier"
    scale: float = 1.0
    bias: float = 0.0


class StopSpec(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The rules that stop training automatically; 0 disables a rule.

    Attributes
    ----------
    epochs
        Maximum total number of epochs.
    loss_below
        Stop when the training loss is below this.
    margin
        Stop when every training row is right by at least this (0.5 - |error| for a sigmoid).
    patience
        Stop when the test loss has not improved for this number of epochs.
    seconds
        Maximum time of one run.
    """

    epochs: int = 0
    loss_below: float = 0.0
    margin: float = 0.0
    patience: int = 0
    seconds: float = 0.0


class TrainingSpec(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """All settings of the training.

    Attributes
    ----------
    loss
        Name of the loss; mean over rows, sum over outputs, also for the gradient. The perceptron
        rule always uses ``"perceptron"``.
    optimiser
        Settings of the optimiser.
    learning_rate
        Learning rate before the schedule.
    schedule
        Schedule of the learning rate.
    batch_size
        Rows per step; 0 means all rows.
    shuffle
        Whether rows are shuffled each epoch.
    l1, l2
        Penalties ``l1 * sum |w|`` and ``l2 / 2 * sum w^2``, excluding biases.
    clip_norm
        Maximum norm of the gradient over all weights together; 0 for no limit.
    initialiser
        Distribution of the initial weights.
    stop
        Stop rules.
    dtype
        ``"float64"`` for inspection, ``"float32"`` for large data.
    slope_at
        Where the slope of an activation f is evaluated in the backward pass: ``"z"``. ``"a"`` is a
        mistake in some published code, f'(f(z)) instead of f'(z), included to show its effect. A
        cross-entropy with its own sigmoid or softmax has no such factor.
    """

    loss: Loss = "binary_cross_entropy"
    optimiser: OptimiserSpec = OptimiserSpec()
    learning_rate: float = 0.3
    schedule: ScheduleSpec = ScheduleSpec()
    batch_size: int = 0
    shuffle: bool = True
    l1: float = 0.0
    l2: float = 0.0
    clip_norm: float = 0.0
    initialiser: InitialiserSpec = InitialiserSpec()
    stop: StopSpec = StopSpec()
    dtype: Literal["float64", "float32"] = "float64"
    slope_at: SlopeAt = "z"

    def __post_init__(self) -> None:
        """Set the loss of the perceptron rule."""
        if self.optimiser.follows_rule:
            msgspec.structs.force_setattr(self, "loss", self.optimiser.kind.only_loss)


class Progress(msgspec.Struct, frozen=True, eq=False, forbid_unknown_fields=True):
    """The progress of training, sufficient to resume bit for bit with the same kernel and threads.

    Attributes
    ----------
    epoch, step
        Epochs and optimiser steps done.
    slots
        The optimiser's running averages, flat, layer by layer with the biases last: momentum's and
        Nesterov's velocity; RMSProp's squares; Adam's means divided by ``1 - beta1``, its squares
        divided by ``1 - beta2``, and one number, its steps.
    generator
        State of the random generator at the start of the last epoch or, mid-epoch, now; its 128-bit
        numbers are strings, since JSON does not support such integers.
    order
        Row order of the current epoch, dtype `intp`, or ``None`` between epochs.
    batch
        Number of batches done in that epoch.
    """

    epoch: int = 0
    step: int = 0
    slots: tuple[np.ndarray, ...] = ()
    generator: dict[str, Any] | None = None
    order: np.ndarray | None = None
    batch: int = 0

    def __post_init__(self) -> None:
        """Make the arrays read-only and convert the order from JSON to integers.

        Raises
        ------
        ValueError
            If the order is not a permutation of the rows.
        """
        msgspec.structs.force_setattr(self, "slots", tuple(map(frozen_array, self.slots)))
        order = self.order
        if order is None:
            return
        if order.dtype != np.intp:
            if not np.array_equal(np.sort(order), np.arange(order.size)):
                raise ValueError("the order takes a row twice or leaves one out")
            order = order.astype(np.intp)
        msgspec.structs.force_setattr(self, "order", frozen_array(order))

    def __eq__(self, other: object) -> bool:
        """Compare all numbers."""
        astuple = msgspec.structs.astuple
        return isinstance(other, Progress) and same_values(astuple(self), astuple(other))

    __hash__ = None  # type: ignore[assignment]  # arrays cannot be hashed; say so plainly
