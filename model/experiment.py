"""The experiment: everything a person chose and every weight, as frozen values.

One :class:`Experiment` is what a document holds, what undo steps between, what a ``.glassnet`` file
stores and what the command line trains. Nothing in it changes after it is made; an edit makes a new
one with :func:`msgspec.structs.replace`.
"""

from __future__ import annotations

from typing import Any, Literal, get_args

import msgspec
import numpy as np
import numpy.typing as npt

from model.errors import ModelError

__all__ = [
    "ACTIVATIONS",
    "INITIALISERS",
    "LOSSES",
    "OPTIMISERS",
    "SCHEDULES",
    "SCHEMA_VERSION",
    "Activation",
    "CsvData",
    "DataSpec",
    "Experiment",
    "FloatArray",
    "GateData",
    "IdxData",
    "Initialiser",
    "InitialiserSpec",
    "LayerSpec",
    "Loss",
    "NetworkSpec",
    "Optimiser",
    "OptimiserSpec",
    "PlaneData",
    "PointsData",
    "Progress",
    "Schedule",
    "ScheduleSpec",
    "SplitSpec",
    "StopSpec",
    "TableData",
    "TrainingSpec",
    "TruthTableData",
]

SCHEMA_VERSION = 1

FloatArray = npt.NDArray[np.floating[Any]]

Activation = Literal[
    "identity",
    "step",
    "sigmoid",
    "tanh",
    "relu",
    "leaky_relu",
    "elu",
    "softplus",
    "softmax",
]
Loss = Literal[
    "squared",
    "absolute",
    "huber",
    "binary_cross_entropy",
    "categorical_cross_entropy",
    "hinge",
    "perceptron",
]
Optimiser = Literal["perceptron", "sgd", "momentum", "nesterov", "rmsprop", "adam", "adamw"]
Schedule = Literal["constant", "step", "cosine"]
Initialiser = Literal["zeros", "constant", "uniform", "normal", "xavier", "he", "lecun"]

ACTIVATIONS: tuple[Activation, ...] = get_args(Activation)
LOSSES: tuple[Loss, ...] = get_args(Loss)
OPTIMISERS: tuple[Optimiser, ...] = get_args(Optimiser)
SCHEDULES: tuple[Schedule, ...] = get_args(Schedule)
INITIALISERS: tuple[Initialiser, ...] = get_args(Initialiser)


def _frozen_array(value: FloatArray) -> FloatArray:
    """Return `value` itself where it is read-only, else a read-only copy of it."""
    if not value.flags.writeable:
        return value
    copy = value.copy()
    copy.setflags(write=False)
    return copy


def _same_array(a: FloatArray | None, b: FloatArray | None) -> bool:
    """Tell whether two optional arrays hold the same numbers in the same shape."""
    if a is None or b is None:
        return a is b
    return a is b or np.array_equal(a, b)


# -- Data ------------------------------------------------------------------------------------------


class GateData(msgspec.Struct, frozen=True, tag_field="kind", tag="gate"):
    """A named logic gate's truth table, each row repeated and jittered if wanted.

    Attributes
    ----------
    name
        A gate of :mod:`model.data.gates`: ``"xor"``, ``"and"``, ``"half_adder"``, ``"parity"``, ...
    inputs
        How many inputs, 1 to 8; fixed by the gate where its name fixes it.
    copies
        How often each row appears, at least 1.
    noise
        Standard deviation of the Gaussian added to the inputs of every copy.
    """

    name: str = "xor"
    inputs: int = 2
    copies: int = 1
    noise: float = 0.0


class TruthTableData(msgspec.Struct, frozen=True, tag_field="kind", tag="truth_table"):
    """A truth table a person typed: any inputs, any outputs, ``None`` where the answer is free.

    Attributes
    ----------
    input_names, output_names
        One name a column.
    rows
        Input values, ``len(rows) x len(input_names)``.
    targets
        Wanted outputs, ``len(rows) x len(output_names)``; ``None`` is a don't-care.
    copies, noise
        As in :class:`GateData`.
    """

    input_names: tuple[str, ...]
    output_names: tuple[str, ...]
    rows: tuple[tuple[float, ...], ...]
    targets: tuple[tuple[float | None, ...], ...]
    copies: int = 1
    noise: float = 0.0


class PlaneData(msgspec.Struct, frozen=True, tag_field="kind", tag="plane"):
    """Points of the plane drawn from a named pattern, ``"circle"``, ``"spiral"``, ...

    Attributes
    ----------
    name
        A pattern of :mod:`model.data.plane`.
    points
        How many points in all.
    noise
        0 to 0.5, in the pattern's own unit.
    """

    name: str = "circle"
    points: int = 250
    noise: float = 0.1


class PointsData(msgspec.Struct, frozen=True, tag_field="kind", tag="points"):
    """Points a person put on the plane by hand.

    Attributes
    ----------
    points
        ``(x1, x2, target)`` each; the target is a class index, or a value where `regression`.
    classes
        How many classes there are, 2 to 8.
    regression
        Whether the third number is a value to predict.
    """

    points: tuple[tuple[float, float, float], ...] = ()
    classes: int = 2
    regression: bool = False


class TableData(msgspec.Struct, frozen=True, tag_field="kind", tag="table"):
    """A table that comes with Glassnet: ``"iris"``, ``"digits"``, ``"symptoms"``, ``"titanic"``.

    Attributes
    ----------
    name
        A table of :mod:`model.data.tables`.
    scaling
        ``"none"``, ``"standard"`` (zero mean, unit variance) or ``"min_max"`` (0 to 1).
    """

    name: str = "iris"
    scaling: Literal["none", "standard", "min_max"] = "none"


class CsvData(msgspec.Struct, frozen=True, tag_field="kind", tag="csv"):
    """A person's own table, by its path and how it was read.

    Attributes
    ----------
    path
        Where the file is.
    separator, decimal, encoding, header
        How it is written; empty strings and ``None`` mean "find out".
    features, targets
        Column names; empty means all but the last, and the last.
    task
        ``"classification"``, ``"regression"``, or ``"auto"`` from the target's values.
    scaling
        As in :class:`TableData`, fitted on the training rows alone.
    missing
        ``"drop"`` the row, or fill with the column's ``"mean"`` (numbers) and mode (words).
    """

    path: str
    separator: str = ""
    decimal: str = ""
    encoding: str = ""
    header: bool | None = None
    features: tuple[str, ...] = ()
    targets: tuple[str, ...] = ()
    task: Literal["auto", "classification", "regression"] = "auto"
    scaling: Literal["none", "standard", "min_max"] = "standard"
    missing: Literal["drop", "mean"] = "drop"


class IdxData(msgspec.Struct, frozen=True, tag_field="kind", tag="idx"):
    """Pictures and labels in the IDX files of MNIST and Fashion-MNIST.

    Attributes
    ----------
    images, labels
        Paths of the training files, gzipped or not.
    test_images, test_labels
        Paths of the test files; empty where the split is to be drawn from the training files.
    limit
        At most so many training rows; 0 takes all.
    """

    images: str
    labels: str
    test_images: str = ""
    test_labels: str = ""
    limit: int = 0


DataSpec = GateData | TruthTableData | PlaneData | PointsData | TableData | CsvData | IdxData


class SplitSpec(msgspec.Struct, frozen=True):
    """How rows are kept back for testing.

    Attributes
    ----------
    test_fraction
        0 (train on all) to 0.9.
    stratify
        Whether each class keeps its share on both sides.
    """

    test_fraction: float = 0.0
    stratify: bool = False


# -- Network ---------------------------------------------------------------------------------------


class LayerSpec(msgspec.Struct, frozen=True, eq=False):
    """One dense layer: ``a = activation(x @ W + b)``.

    Attributes
    ----------
    units
        How many units, at least 1.
    activation
        The name of its activation function.
    use_bias
        Whether `biases` is added and trained.
    dropout
        Share of this layer's activations dropped while training, 0 to below 1.
    weights
        W, shape (inputs, units), or ``None`` where the initialiser has yet to draw it.
    biases
        b, shape (units,), or ``None`` likewise.
    pinned
        Weights that training leaves alone, as (row, unit); row ``inputs`` is the bias.
    """

    units: int
    activation: Activation = "relu"
    use_bias: bool = True
    dropout: float = 0.0
    weights: np.ndarray | None = None
    biases: np.ndarray | None = None
    pinned: tuple[tuple[int, int], ...] = ()

    def __post_init__(self) -> None:
        """Make the arrays read-only, so that a frozen layer is frozen all through."""
        for name in ("weights", "biases"):
            value = getattr(self, name)
            if value is not None:
                msgspec.structs.force_setattr(self, name, _frozen_array(value))

    def __eq__(self, other: object) -> bool:
        """Compare settings, and weights number by number."""
        if not isinstance(other, LayerSpec):
            return NotImplemented
        return (
            (self.units, self.activation, self.use_bias, self.dropout, self.pinned)
            == (other.units, other.activation, other.use_bias, other.dropout, other.pinned)
            and _same_array(self.weights, other.weights)
            and _same_array(self.biases, other.biases)
        )

    __hash__ = None  # type: ignore[assignment]  # arrays cannot be hashed; say so plainly


class NetworkSpec(msgspec.Struct, frozen=True):
    """A stack of dense layers.

    Attributes
    ----------
    inputs
        How many values enter.
    layers
        Hidden layers first, the output layer last; at least one.
    """

    inputs: int
    layers: tuple[LayerSpec, ...]


# -- Training --------------------------------------------------------------------------------------


class OptimiserSpec(msgspec.Struct, frozen=True):
    """How a gradient becomes a change of the weights.

    Attributes
    ----------
    name
        ``"sgd"``, ``"adam"``, ...
    momentum
        Share of the last step kept, for momentum and Nesterov.
    beta1, beta2, epsilon
        Adam's and AdamW's constants; RMSProp uses `beta2` as its decay and `epsilon`.
    weight_decay
        AdamW's decoupled decay, a step.
    """

    name: Optimiser = "sgd"
    momentum: float = 0.9
    beta1: float = 0.9
    beta2: float = 0.999
    epsilon: float = 1e-8
    weight_decay: float = 0.01


class ScheduleSpec(msgspec.Struct, frozen=True):
    """How the learning rate changes with the epoch.

    Attributes
    ----------
    name
        ``"constant"``; ``"step"``: times `factor` every `every` epochs; ``"cosine"``: down to 0 over
        `every` epochs, then 0.
    every
        Epochs.
    factor
        What ``"step"`` multiplies by.
    """

    name: Schedule = "constant"
    every: int = 100
    factor: float = 0.5


class InitialiserSpec(msgspec.Struct, frozen=True):
    """How the first weights are drawn.

    Attributes
    ----------
    name
        ``"he"``, ``"xavier"``, ...
    scale
        The constant, the half-width of ``"uniform"``, the standard deviation of ``"normal"``; a
        factor on the deviation of the others.
    bias
        What biases start at.
    """

    name: Initialiser = "xavier"
    scale: float = 1.0
    bias: float = 0.0


class StopSpec(msgspec.Struct, frozen=True):
    """When training ends by itself; 0 switches a rule off.

    Attributes
    ----------
    epochs
        After so many epochs in all.
    loss_below
        When the training loss is below it.
    margin
        When every training row is right by at least so much (0.5 - |error| for a sigmoid).
    patience
        When the test loss has not improved for so many epochs.
    seconds
        After so many seconds of one run.
    """

    epochs: int = 0
    loss_below: float = 0.0
    margin: float = 0.0
    patience: int = 0
    seconds: float = 0.0


class TrainingSpec(msgspec.Struct, frozen=True):
    """Everything about how the network learns.

    Attributes
    ----------
    loss
        Mean over rows, sum over outputs; the gradient uses the same.
    learning_rate
        The step's size before the schedule.
    batch_size
        Rows a step; 0 means all of them.
    shuffle
        Whether rows are put in a new order each epoch.
    l1, l2
        Penalties ``l1 * sum |w|`` and ``l2 / 2 * sum w^2``, biases left out.
    clip_norm
        Longest gradient allowed, over all weights together; 0 allows any.
    dtype
        ``"float64"`` for looking into, ``"float32"`` for large data.
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


class Progress(msgspec.Struct, frozen=True, eq=False):
    """How far training has come, enough to go on bit for bit.

    Attributes
    ----------
    epoch, step
        Epochs and optimiser steps done.
    slots
        The optimiser's running averages, flat, in the optimiser's own order.
    generator
        State of the random generator, as NumPy gives it.
    """

    epoch: int = 0
    step: int = 0
    slots: tuple[np.ndarray, ...] = ()
    generator: dict[str, Any] | None = None

    def __post_init__(self) -> None:
        """Make the arrays read-only."""
        msgspec.structs.force_setattr(self, "slots", tuple(map(_frozen_array, self.slots)))

    def __eq__(self, other: object) -> bool:
        """Compare number by number."""
        if not isinstance(other, Progress):
            return NotImplemented
        return (
            (self.epoch, self.step, self.generator) == (other.epoch, other.step, other.generator)
            and len(self.slots) == len(other.slots)
            and all(map(_same_array, self.slots, other.slots))
        )

    __hash__ = None  # type: ignore[assignment]  # arrays cannot be hashed; say so plainly


class Experiment(msgspec.Struct, frozen=True):
    """Data, network, training and seed: all that a run needs, and all that it has learned.

    Attributes
    ----------
    schema_version
        The version of the file format this was made for.
    title
        What a person called it; empty for "not named".
    data, split
        What is learned from.
    network
        What learns, weights included.
    training
        How it learns.
    seed
        All randomness comes from one generator made from it.
    progress
        ``None`` before the first step.
    """

    schema_version: int = SCHEMA_VERSION
    title: str = ""
    data: DataSpec = GateData()
    split: SplitSpec = SplitSpec()
    network: NetworkSpec = NetworkSpec(2, (LayerSpec(4, "tanh"), LayerSpec(1, "sigmoid")))
    training: TrainingSpec = TrainingSpec()
    seed: int = 0
    progress: Progress | None = None

    def __post_init__(self) -> None:
        """Refuse what no network could be; deeper checks are the trainer's."""
        if not self.network.layers:
            raise ModelError(
                "network.no_layers",
                "The network has no layers. Give it at least an output layer.",
            )
