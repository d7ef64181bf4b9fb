"""What the command line does with experiments: plain functions, so that `main.py` only wires."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from time import perf_counter
from typing import Any, cast

import msgspec
import numpy as np

from model.data import Dataset, named_data
from model.defaults import DEFAULT_RATES, default_experiment, matching_initialiser
from model.errors import ModelError
from model.experiment import (
    ACTIVATIONS,
    INITIALISERS,
    LOSSES,
    OPTIMISERS,
    Activation,
    Experiment,
    Initialiser,
    LayerSpec,
    Loss,
    NetworkSpec,
    Optimiser,
    StopSpec,
)
from model.files import read_experiment, write_experiment
from model.initialise import initialise
from model.training import Snapshot, Trainer

__all__ = [
    "TrainOptions",
    "add_export_arguments",
    "add_train_arguments",
    "experiment_for",
    "train_command",
    "train_options",
]


@dataclass(frozen=True, slots=True)
class TrainOptions:
    """The flags of ``train``; ``None`` leaves the file's or the proposal's own value.

    Attributes
    ----------
    experiment
        A file to read, or
    data
        a name of :mod:`model.data.named` to propose an experiment for.
    hidden
        Units of the hidden layers.
    activation
        Of the hidden layers.
    loss, optimizer, rate, batch, init, seed
        Settings to change.
    epochs
        Epochs in all; then only this and `until_loss` end the run.
    until_loss
        Stop when the training loss is below it.
    out
        Where to write the trained experiment.
    json
        Whether `main.py` prints JSON.
    """

    experiment: Path | None = None
    data: str | None = None
    hidden: tuple[int, ...] | None = None
    activation: Activation | None = None
    loss: Loss | None = None
    optimizer: Optimiser | None = None
    rate: float | None = None
    batch: int | None = None
    init: Initialiser | None = None
    seed: int | None = None
    epochs: int | None = None
    until_loss: float | None = None
    out: Path | None = None
    json: bool = False


def _widths(text: str) -> tuple[int, ...]:
    """Read ``4,2``; ``0`` or ``none`` is no hidden layer."""
    if text.strip().lower() in ("", "0", "none"):
        return ()
    try:
        widths = tuple(int(part) for part in text.split(","))
    except ValueError:
        widths = (0,)
    if min(widths) < 1:
        raise argparse.ArgumentTypeError(f"{text!r} is not like 4,2 (units of each hidden layer)")
    return widths


def add_train_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the flags of ``train`` to a parser."""
    parser.add_argument("experiment", nargs="?", type=Path, help="an experiment file (.glassnet)")
    parser.add_argument("--data", help="xor, and:3, spiral, iris, ... or a .csv file")
    parser.add_argument("--hidden", type=_widths, help="units of the hidden layers, like 4,2")
    parser.add_argument("--activation", choices=ACTIVATIONS, help="of the hidden layers")
    parser.add_argument("--loss", choices=LOSSES)
    parser.add_argument("--optimizer", choices=OPTIMISERS)
    parser.add_argument("--rate", type=float, help="learning rate")
    parser.add_argument("--batch", type=int, help="rows a step; 0 takes all")
    parser.add_argument("--init", choices=INITIALISERS, help="how first weights are drawn")
    parser.add_argument("--seed", type=int)
    parser.add_argument("--epochs", type=int, help="epochs in all; 0 writes the untrained file")
    parser.add_argument("--until-loss", type=float, help="stop below this training loss")
    parser.add_argument("--out", type=Path, help="where to write the trained experiment")
    parser.add_argument("--json", action="store_true", help="print one JSON document")


def add_export_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the flags of ``export`` to a parser."""
    parser.add_argument("experiment", type=Path, help="an experiment file (.glassnet)")
    parser.add_argument("--onnx", type=Path, help="write an ONNX file")
    parser.add_argument("--numpy", type=Path, help="write a NumPy script")


def train_options(arguments: argparse.Namespace) -> TrainOptions:
    """Return what :func:`add_train_arguments` parsed."""
    names = TrainOptions.__dataclass_fields__
    return TrainOptions(**{name: getattr(arguments, name) for name in names})


def _output_for(
    loss: Loss, optimiser: Optimiser, present: Activation, experiment: Experiment
) -> Activation:
    """Return the output activation that a loss chosen by a flag asks for."""
    if optimiser == "perceptron":
        return "step"
    if loss == "binary_cross_entropy":
        return "sigmoid"
    if loss == "categorical_cross_entropy":
        return "softmax"
    if loss in ("hinge", "perceptron"):
        return "identity"
    keep = present != "step" and experiment.training.optimiser.name != "perceptron"
    return present if keep else "sigmoid"


def _changed_network(experiment: Experiment, options: TrainOptions) -> Experiment:
    """Apply the flags that change the network."""
    network = experiment.network
    hidden, last = list(network.layers[:-1]), network.layers[-1]
    if options.hidden is not None and options.hidden != tuple(layer.units for layer in hidden):
        name = hidden[0].activation if hidden else "tanh"
        hidden = [LayerSpec(units, name) for units in options.hidden]
        last = msgspec.structs.replace(last, weights=None, biases=None, pinned=())
    if options.activation is not None:
        hidden = [msgspec.structs.replace(h, activation=options.activation) for h in hidden]
    if options.loss is not None or options.optimizer is not None:
        loss = options.loss or experiment.training.loss
        optimiser = options.optimizer or experiment.training.optimiser.name
        activation = _output_for(loss, optimiser, last.activation, experiment)
        last = msgspec.structs.replace(last, activation=activation)
    changed = NetworkSpec(network.inputs, (*hidden, last))
    fresh = changed if options.seed is None and options.init is None else _undrawn(changed)
    if fresh == network:
        return experiment
    kept = [(a.weights is None) == (b.weights is None) for a, b in _pairs(fresh, network)]
    same_shape = len(fresh.layers) == len(network.layers) and all(kept)
    progress = experiment.progress if same_shape else None
    return msgspec.structs.replace(experiment, network=fresh, progress=progress)


def _pairs(a: NetworkSpec, b: NetworkSpec) -> list[tuple[LayerSpec, LayerSpec]]:
    return list(zip(a.layers, b.layers, strict=False))


def _undrawn(network: NetworkSpec) -> NetworkSpec:
    """Return the network without weights, for another seed or initialiser."""
    layers = tuple(
        msgspec.structs.replace(layer, weights=None, biases=None) for layer in network.layers
    )
    return msgspec.structs.replace(network, layers=layers)


def _changed_training(experiment: Experiment, options: TrainOptions) -> Experiment:
    """Apply the flags that change how it learns."""
    training = experiment.training
    initialiser = training.initialiser
    if options.activation is not None:
        initialiser = matching_initialiser(options.activation)
    if options.init is not None:
        initialiser = msgspec.structs.replace(initialiser, name=options.init)
    training = msgspec.structs.replace(training, initialiser=initialiser)
    if options.optimizer is not None and options.optimizer != training.optimiser.name:
        optimiser = msgspec.structs.replace(training.optimiser, name=options.optimizer)
        training = msgspec.structs.replace(
            training, optimiser=optimiser, learning_rate=DEFAULT_RATES[options.optimizer]
        )
        if options.optimizer == "perceptron":
            # The rule looks at one row at a time, and its step outputs have no margin to reach.
            stop = msgspec.structs.replace(training.stop, margin=0.5)
            training = msgspec.structs.replace(training, loss="perceptron", batch_size=1, stop=stop)
    if options.loss is not None:
        training = msgspec.structs.replace(training, loss=options.loss)
    if options.rate is not None:
        training = msgspec.structs.replace(training, learning_rate=options.rate)
    if options.batch is not None:
        training = msgspec.structs.replace(training, batch_size=options.batch)
    if options.epochs is not None or options.until_loss is not None:
        epochs = options.epochs if options.epochs is not None else training.stop.epochs
        stop = StopSpec(epochs=epochs, loss_below=options.until_loss or 0.0)
        training = msgspec.structs.replace(training, stop=stop)
    return msgspec.structs.replace(experiment, training=training)


def experiment_for(options: TrainOptions) -> Experiment:
    """Return the experiment that the flags ask for, untrained or as far as its file had come.

    Raises
    ------
    ModelError
        Codes ``command.what``, ``command.range``, and those of reading and building.
    """
    if (options.experiment is None) == (options.data is None):
        raise ModelError(
            "command.what", "Name one experiment file, or one data set with --data NAME."
        )
    for name, least in (("epochs", 0), ("batch", 0), ("seed", 0), ("rate", 0.0)):
        value = getattr(options, name)
        if value is not None and not value >= least:
            raise ModelError(
                "command.range",
                "--{name} is {value}. Use {least} or more.",
                name=name,
                value=value,
                least=least,
            )
    if options.experiment is not None:
        experiment = read_experiment(options.experiment)
    else:
        data = named_data(cast("str", options.data))
        perceptron = options.optimizer == "perceptron" and options.hidden is None
        hidden = () if perceptron else options.hidden
        experiment = default_experiment(data, hidden=hidden, seed=options.seed or 0)
    experiment = _changed_training(_changed_network(experiment, options), options)
    if options.seed is not None:
        experiment = msgspec.structs.replace(experiment, seed=options.seed)
        if options.experiment is not None:
            experiment = msgspec.structs.replace(experiment, progress=None)
    return experiment


def train_command(
    options: TrainOptions,
    progress: Callable[[Snapshot], None] = lambda snapshot: None,
    should_stop: Callable[[], bool] = lambda: False,
) -> dict[str, Any]:
    """Train as the flags say, write the file, and return what ``--json`` prints.

    Parameters
    ----------
    options
        The flags.
    progress
        Takes a snapshot now and then.
    should_stop
        Asked once a step.

    Returns
    -------
    dict
        ``epochs``, ``steps``, ``seconds``, ``loss``, ``test_loss``, ``accuracy``, ``predictions``
        (outputs for the rows of the truth table, else for the test rows, else for the training
        rows; one list a row), and also ``reason``, ``test_accuracy`` and ``seed``.

    Raises
    ------
    ModelError
        Code ``command.endless`` where no rule would end the run, and what training raises.
    """
    experiment = experiment_for(options)
    trainer = Trainer(experiment, publish_interval_s=0.05)
    started = perf_counter()
    if options.epochs == 0:
        reason, snapshot = "epochs", trainer.snapshot()
        experiment = initialise(experiment)
    else:
        stop = experiment.training.stop
        if not (stop.epochs or stop.seconds):
            raise ModelError("command.endless", "Nothing ends this run. Say how long: --epochs N.")
        result = trainer.run(should_stop, progress)
        reason, snapshot = result.reason, result.snapshot
        experiment = trainer.experiment()
    seconds = perf_counter() - started
    if options.out is not None:
        write_experiment(options.out, experiment)
    outputs = trainer.network.forward(_asked(trainer.dataset))
    return {
        "epochs": snapshot.epoch,
        "steps": snapshot.step,
        "seconds": seconds,
        "loss": snapshot.train_loss,
        "test_loss": snapshot.test_loss,
        "accuracy": snapshot.train_accuracy,
        "predictions": np.asarray(outputs, np.float64).tolist(),
        "reason": reason,
        "test_accuracy": snapshot.test_accuracy,
        "seed": experiment.seed,
    }


def _asked(data: Dataset) -> np.ndarray:
    """Return the rows whose outputs a person wants to see."""
    if data.table_x is not None:
        return data.table_x
    return data.x_test if len(data.x_test) else data.x_train
