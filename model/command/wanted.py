"""The experiment described by the options of ``train``."""

from __future__ import annotations

from argparse import Namespace
from collections.abc import Callable
from pathlib import Path

from msgspec.structs import replace

from foundation.files import is_on_network
from foundation.text import Text
from model.data import named_data
from model.data.files.paths import paths_outside, with_absolute_paths, with_table_beside
from model.data.files.table_names import is_table_name
from model.data.terms import parse_features
from model.defaults import (
    default_experiment,
    matching_initialiser,
    perceptron_training,
    without_perceptron_rule,
)
from model.edits.features import with_features
from model.errors import ModelError
from model.experiment import (
    Activation,
    Experiment,
    LayerSpec,
    Loss,
    NetworkSpec,
    Optimiser,
    StopSpec,
)
from model.files import read_experiment
from model.importing import read_network
from model.losses import LOSS_KINDS

_NO_DOCUMENT = ("file.not_json", "file.not_text", "file.no_version")


type Note = Callable[[str], None]
"""A function that receives sentences for the user."""


def ignore_note(sentence: str) -> None:
    """Discard a sentence."""


def experiment_at(path: Path, note: Note = ignore_note) -> Experiment:
    """Read an experiment, or a network from an ONNX file.

    A table that is missing at its path is read from the experiment's folder.

    Parameters
    ----------
    note
        Called with a sentence for each data file outside the experiment's folder, and with the
        notes on an ONNX file.

    Raises
    ------
    ModelError
        Code ``command.network`` if its data are on another computer, which the user who typed
        the file's name may not know (docs/adr/0059), ``command.table`` if it is a table, and
        the errors of reading.
    """
    if path.suffix.lower() == ".onnx":
        network = read_network(path)
        for sentence in network.notes:
            note(sentence)
        return network.experiment
    try:
        experiment = read_experiment(path)
    except ModelError as fault:
        if is_table_name(path) and fault.code in _NO_DOCUMENT:
            raise ModelError(
                "command.table",
                "{file} is a table, not an experiment. `train --data {file} --out NAME.glassnet` "
                "makes an experiment of it.",
                file=str(path),
            ) from fault
        raise
    for name in experiment.data.paths:
        if is_on_network(name):
            raise ModelError(
                "command.network",
                "{file} reads {data}, which lies on another computer. Copy that beside the "
                "experiment.",
                file=str(path),
                data=name,
            )
    folder = path.resolve().parent
    found = with_table_beside(experiment, folder)
    for outside in paths_outside(found.data, folder):
        note(Text("{file} was read, which lies outside the experiment's own folder.", file=outside))
    return found


def _output_for(
    loss: Loss, optimiser: Optimiser, present: Activation, experiment: Experiment
) -> Activation:
    """Return the output activation that matches a loss chosen by an option."""
    if optimiser == "perceptron":
        return "step"
    if fits := LOSS_KINDS[loss].fits:
        return fits[0]
    keep = present != "step" and not experiment.training.optimiser.follows_rule
    return present if keep else "sigmoid"


def _apply_network_options(experiment: Experiment, options: Namespace) -> Experiment:
    """Apply the options that change the network."""
    network = experiment.network
    hidden, last = list(network.layers[:-1]), network.layers[-1]
    if options.hidden is not None and options.hidden != tuple(layer.units for layer in hidden):
        name = hidden[0].activation if hidden else "tanh"
        hidden = [LayerSpec(units, name) for units in options.hidden]
        last = replace(last, weights=None, biases=None, pinned=())
    if options.activation is not None:
        hidden = [replace(h, activation=options.activation) for h in hidden]
    if options.loss is not None or options.optimizer is not None:
        loss = options.loss or experiment.training.loss
        optimiser = options.optimizer or experiment.training.optimiser.name
        if options.loss is None and last.activation == "step":
            loss = "binary_cross_entropy"  # of what was a perceptron until now
        activation = _output_for(loss, optimiser, last.activation, experiment)
        last = replace(last, activation=activation)
    changed = NetworkSpec(network.inputs, (*hidden, last))
    # Another seed or initialiser draws all anew.
    fresh = changed if options.seed is None and options.init is None else changed.without_weights()
    if fresh == network:
        return experiment
    pairs = zip(fresh.layers, network.layers, strict=False)
    kept = all((a.weights is None) == (b.weights is None) for a, b in pairs)
    same_shape = kept and len(fresh.layers) == len(network.layers)
    progress = experiment.progress if same_shape else None
    return replace(experiment, network=fresh, progress=progress)


def _apply_training_options(experiment: Experiment, options: Namespace) -> Experiment:
    """Apply the options that change the training."""
    training = experiment.training
    initialiser = training.initialiser
    if options.activation is not None:
        initialiser = matching_initialiser(options.activation)
    if options.init is not None:
        initialiser = replace(initialiser, name=options.init)
    training = replace(training, initialiser=initialiser)
    if options.optimizer is not None and options.optimizer != training.optimiser.name:
        optimiser = replace(training.optimiser, name=options.optimizer)
        if options.optimizer == "perceptron":
            training = perceptron_training(training)
        elif training.optimiser.follows_rule:
            training = without_perceptron_rule(training, options.optimizer, "binary")
        else:
            training = replace(
                training, optimiser=optimiser, learning_rate=optimiser.kind.default_rate
            )
    if options.loss is not None:
        if training.optimiser.follows_rule and options.loss != "perceptron":
            raise ModelError(
                "command.perceptron_loss",
                "The perceptron rule counts mistakes and knows no loss {loss}. Leave out --loss, "
                "or choose another optimiser.",
                loss=options.loss,
            )
        training = replace(training, loss=options.loss)
    if options.rate is not None:
        training = replace(training, learning_rate=options.rate)
    if options.batch is not None:
        training = replace(training, batch_size=options.batch)
    if options.epochs is not None or options.until_loss is not None:
        epochs = options.epochs if options.epochs is not None else training.stop.epochs
        stop = StopSpec(epochs=epochs, loss_below=options.until_loss or 0.0)
        training = replace(training, stop=stop)
    return replace(experiment, training=training)


def experiment_for(options: Namespace, note: Note = ignore_note) -> Experiment:
    """Return the experiment described by the options, untrained or as stored in its file.

    Parameters
    ----------
    options
        The flags of ``train``; ``None`` keeps the value of the file or of the default
        experiment.
    note
        See :func:`experiment_at`.

    Raises
    ------
    ModelError
        Code ``command.what`` unless either an experiment or a data set is named, and the errors
        of reading and building.
    """
    if (options.experiment is None) == (options.data is None):
        raise ModelError(
            "command.what", "Name one experiment file, or one data set with --data NAME."
        )
    if options.experiment is not None:
        experiment = experiment_at(options.experiment, note)
    else:
        data = with_absolute_paths(named_data(options.data), Path()).with_proposed_columns()
        perceptron = options.optimizer == "perceptron" and options.hidden is None
        hidden = () if perceptron else options.hidden
        experiment = default_experiment(data, hidden=hidden, seed=options.seed or 0)
    if options.features is not None:
        experiment = with_features(experiment, parse_features(options.features))
    experiment = _apply_training_options(_apply_network_options(experiment, options), options)
    if options.seed is not None:
        experiment = replace(experiment, seed=options.seed)
        if options.experiment is not None:
            experiment = replace(experiment, progress=None)
    return experiment
