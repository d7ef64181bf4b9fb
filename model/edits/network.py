"""The edits of an experiment, as pure functions.

Each takes an experiment and returns another, in which every weight is drawn or kept; none depends
on widgets. Weights survive wherever they still have a place: removing a unit removes only its own
weights.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable

import numpy as np
from msgspec.structs import replace

from foundation.text import Names
from model.arrays import make_read_only
from model.data.cache import quick_shape
from model.data.shape import DataShape, derived_shape, shape_for_network
from model.defaults import (
    default_experiment,
    fit_to,
    matching_output,
    perceptron_training,
    training_for_output,
    without_perceptron_rule,
)
from model.edits.features import carry_over_terms, with_features, with_inputs
from model.errors import ModelError
from model.experiment import (
    Activation,
    DataSpec,
    Experiment,
    LayerSpec,
    NetworkSpec,
    Optimiser,
    SplitSpec,
    TrainingSpec,
)
from model.experiment.resizing import input_changes, moved, with_kept_weights
from model.initialisers import initialise, untrained
from model.layers.kind import LayerKind, Move
from model.network import not_finite

Edit = Callable[[Experiment], Experiment]

NEW_LAYER_UNITS = 4
MAX_UNITS = 1024
"""Maximum units per layer that the user can set; a file may contain more."""


def with_rate_and_units(experiment: Experiment, rate: float, layer: int, units: int) -> Experiment:
    """Return a new start with another learning rate and layer width; layer -1 for no layer."""
    training = replace(experiment.training, learning_rate=rate)
    experiment = replace(experiment, training=training)
    if layer >= 0 and units != experiment.network.layers[layer].units:
        experiment = with_units(experiment, layer, units)
    return untrained(experiment)


def with_seed(experiment: Experiment, seed: int) -> Experiment:
    """Return a new start from another seed."""
    return untrained(replace(experiment, seed=seed))


def with_training(experiment: Experiment, training: TrainingSpec) -> Experiment:
    """Return the experiment with other training settings.

    If the initialiser changes, an untrained network is redrawn, so that the user sees its effect.
    Switching to the perceptron rule also sets step outputs and training row by row, and switching
    away resets both.
    """
    follows, followed = map(_follows_rule, (training, experiment.training))
    if follows and not followed:
        return _with_rule(experiment, "step", perceptron_training(training))
    if followed and not follows:
        return _without_rule(experiment, training.optimiser.name)
    return _with_training_settings(experiment, training)


def _follows_rule(training: TrainingSpec) -> bool:
    return training.optimiser.follows_rule


def _with_rule(
    experiment: Experiment, activation: Activation, training: TrainingSpec
) -> Experiment:
    """Return the experiment with another output activation and matching training."""
    last = len(experiment.network.layers) - 1
    layer = replace(experiment.network.layers[last], activation=activation)
    return _with_training_settings(with_layer(experiment, last, layer), training)


def _without_rule(experiment: Experiment, optimiser: Optimiser) -> Experiment:
    """Return a former perceptron with outputs that suit its data, learning by gradients."""
    task = quick_shape(experiment).task
    training = without_perceptron_rule(experiment.training, optimiser, task)
    return _with_rule(experiment, matching_output(task)[0], training)


def _with_training_settings(experiment: Experiment, training: TrainingSpec) -> Experiment:
    """Return the experiment with other training settings and the same network.

    The averages of an optimiser are dropped if another one replaces it.
    """
    old = experiment.training
    result = replace(experiment, training=training)
    if training.initialiser != old.initialiser and experiment.progress is None:
        return untrained(result)
    if experiment.progress is not None and (
        training.optimiser != old.optimiser or training.dtype != old.dtype
    ):
        result = replace(result, progress=replace(experiment.progress, slots=()))
    return result


def fits(experiment: Experiment, old: DataShape, new: DataShape) -> bool:
    """Return whether a network for data of shape `old` can learn data of shape `new` unchanged."""
    return (
        old.task == new.task
        and experiment.network.inputs == new.inputs
        and experiment.network.layers[-1].units == new.outputs
    )


def _data_shape(experiment: Experiment) -> DataShape:
    """Return the shape of an experiment's data, or of its network if a file is unreadable."""
    try:
        return quick_shape(experiment)
    except (ModelError, OSError):
        return shape_for_network(experiment)


def with_data(experiment: Experiment, data: DataSpec) -> Experiment:
    """Return the experiment with changed data; the network changes only as needed.

    Derived inputs are kept if their columns are, and every new column becomes an input.
    """
    if experiment.features and experiment.data.with_scaling("none") == data.with_scaling("none"):
        return replace(experiment, data=data)
    bare = replace(experiment, features=())
    old, new = _data_shape(bare), quick_shape(bare, data)
    if experiment.features:
        names = old.feature_names, new.feature_names
        experiment = with_inputs(experiment, carry_over_terms(experiment.features, *names), *names)
        new = derived_shape(new, experiment.features)
    if fits(experiment, old, new):
        return replace(experiment, data=data)
    return initialise(fit_to(experiment, data, old=old, dataset=new))


def with_columns_of_data(experiment: Experiment) -> Experiment:
    """Return the experiment with an input for each column and an output for each target.

    The network in a file may have been made for data other than those found.
    """
    found = quick_shape(experiment)
    answers_all = found.outputs == experiment.network.layers[-1].units
    old = found if answers_all else shape_for_network(experiment)
    return initialise(fit_to(experiment, experiment.data, old=old, dataset=found))


def with_split(experiment: Experiment, split: SplitSpec) -> Experiment:
    """Return the experiment with other rows held out for testing."""
    return replace(experiment, split=split)


def _structure(experiment: Experiment) -> list[tuple[int, str]]:
    return [(layer.units, layer.activation) for layer in experiment.network.layers]


def with_chosen_data(
    experiment: Experiment, data: DataSpec, keeps_stop_rule: bool = True
) -> Experiment:
    """Return the experiment with entirely different data.

    Layers are kept if they fit the data and are either the ones that would be proposed or were
    changed by the user; otherwise they are replaced by the proposal. Their weights are kept only if
    the inputs mean the same: weights for the points of a plane are useless for passengers. Derived
    inputs are kept if their columns are. The title of the old data is dropped, and its stop rule
    too unless `keeps_stop_rule`.
    """
    bare = replace(experiment, features=())
    old = _data_shape(bare)
    new = quick_shape(replace(bare, split=data.default_split), data)
    proposal = default_experiment(data, seed=experiment.seed, dataset=new)
    features: Names = ()
    if old.feature_names == new.feature_names and not data.is_pictures:
        features = experiment.features
    before = _structure(default_experiment(experiment.data, seed=experiment.seed, dataset=old))
    if features:
        proposal = with_features(proposal, features)
    own = _structure(experiment)
    made_by_hand = own != before
    old = derived_shape(old, experiment.features) if features else old
    new = derived_shape(new, features)
    if not fits(experiment, old, new) or not (made_by_hand or own == _structure(proposal)):
        return initialise(proposal)
    same_kind = type(data) is type(experiment.data)
    split = experiment.split if same_kind else proposal.split
    title = experiment.title if proposal.data == experiment.data else ""
    # A mistake made on purpose belongs to the data of the article that made it.
    stop = experiment.training.stop if keeps_stop_rule else proposal.training.stop
    training = replace(experiment.training, slope_at="z", stop=stop)
    chosen = replace(
        experiment,
        data=proposal.data,
        split=split,
        title=title,
        features=features,
        training=training,
    )
    if (
        experiment.features == features
        and _are_same_kind(experiment.data, data)
        and _names(old) == _names(new)
    ):
        return chosen
    layers = tuple(_without_weights(layer) for layer in experiment.network.layers)
    network = replace(experiment.network, layers=layers)
    return initialise(replace(chosen, network=network, progress=None))


def _are_same_kind(old: DataSpec, new: DataSpec) -> bool:
    """Return whether two data are of the same kind; a gate is considered a truth table."""
    return type(old) is type(new) or (old.is_truth_table and new.is_truth_table)


def _names(shape: DataShape) -> tuple[tuple[str, ...], ...]:
    return shape.feature_names, shape.target_names, shape.class_names


def _redrawn(experiment: Experiment, layers: list[LayerSpec]) -> Experiment:
    """Return the experiment as a new start with `layers`, missing weights drawn."""
    network = NetworkSpec(experiment.network.inputs, tuple(layers))
    return initialise(replace(experiment, network=network, progress=None))


def _without_weights(layer: LayerSpec) -> LayerSpec:
    return replace(layer, weights=None, biases=None, pinned=())


def with_units(experiment: Experiment, layer: int, units: int) -> Experiment:
    """Return the network with `units` units in a layer; remaining units keep their weights."""
    kept = min(units, experiment.network.layers[layer].units)
    return _with_units_of(experiment, layer, [*range(kept), *[-1] * (units - kept)])


def _with_units_of(experiment: Experiment, layer: int, units: list[int]) -> Experiment:
    """Return the network with the given units in a layer, -1 for a new one."""
    network, places = experiment.network, np.array(units)
    moves = input_changes(network, layer + 1, places)
    moves[layer] = Move(np.arange(network.weight_rows(layer)), places)
    drawn = _redrawn(experiment, list(moved(network, moves)))
    return replace(drawn, network=with_kept_weights(drawn.network, network, moves))


def with_units_removed(experiment: Experiment, units: Iterable[tuple[int, int]]) -> Experiment:
    """Return the network without these (layer, unit) pairs; other units keep their weights.

    Only hidden units can be removed. A layer that loses all its units is removed entirely.
    """
    experiment = initialise(experiment)
    last = len(experiment.network.layers) - 1
    gone: dict[int, set[int]] = {}
    for layer, unit in units:
        if 0 <= layer < last:
            gone.setdefault(layer, set()).add(unit)
    # From the last one, so that a layer that goes does not renumber those still to be changed.
    for layer in sorted(gone, reverse=True):
        count = experiment.network.layers[layer].units
        kept = [unit for unit in range(count) if unit not in gone[layer]]
        if kept:
            experiment = _with_units_of(experiment, layer, kept)
        else:
            experiment = with_layer_removed(experiment, layer)
    return experiment


def with_layer_added(
    experiment: Experiment, position: int, units: int = NEW_LAYER_UNITS
) -> Experiment:
    """Return the network with a hidden layer like its neighbour before layer `position`.

    The perceptron rule cannot train hidden layers, so it is replaced.
    """
    if _follows_rule(experiment.training):
        experiment = _without_rule(experiment, "sgd")
    hidden = experiment.network.layers[:-1]
    neighbour = hidden[max(position - 1, 0)] if hidden else None
    activation: Activation = neighbour.activation if neighbour else "tanh"
    layers = _with_new_inputs(experiment.network, position, units)
    layers.insert(position, LayerSpec(units, activation))
    return _redrawn(experiment, layers)


def with_layer_removed(experiment: Experiment, layer: int) -> Experiment:
    """Return the network without one of its hidden layers."""
    layers = _with_new_inputs(
        experiment.network, layer + 1, math.prod(experiment.network.flow[layer])
    )
    del layers[layer]
    return _redrawn(experiment, layers)


def _with_new_inputs(network: NetworkSpec, layer: int, count: int) -> list[LayerSpec]:
    """Return a network's layers with one adapted to another number of inputs, without weights."""
    layers = list(moved(network, input_changes(network, layer, np.full(count, -1))))
    layers[layer] = _without_weights(layers[layer])
    return layers


def with_layer_kind(experiment: Experiment, layer: int, kind: LayerKind) -> Experiment:
    """Return the network with another kind of hidden layer and redrawn weights."""
    network = experiment.network
    spec = network.layers[layer]
    changed = replace(
        _without_weights(spec), units=kind.units(network.flow[layer], spec.units), other_kind=kind
    )
    made = math.prod(kind.output_shape(changed, network.flow[layer]))
    layers = list(network.layers)
    if made != math.prod(network.flow[layer + 1]):
        layers = _with_new_inputs(network, layer + 1, made)
    layers[layer] = changed
    return _redrawn(experiment, layers)


def with_layer(experiment: Experiment, index: int, layer: LayerSpec) -> Experiment:
    """Return the experiment with one layer replaced."""
    return replace(experiment, network=experiment.network.with_layer(index, layer))


def with_activation(experiment: Experiment, layer: int, activation: Activation) -> Experiment:
    """Return the network with another activation in one layer and the same weights.

    If the new output does not fit the loss or the perceptron rule, these change too.
    """
    spec = experiment.network.layers[layer]
    changed = with_layer(experiment, layer, replace(spec, activation=activation))
    if layer < len(experiment.network.layers) - 1 or activation == spec.activation:
        return changed
    return _with_training_settings(changed, training_for_output(changed, quick_shape(changed).task))


def with_bias(experiment: Experiment, layer: int, use_bias: bool) -> Experiment:
    """Return the network with a layer's bias added (as zero) or removed."""
    spec = experiment.network.layers[layer]
    inputs = experiment.network.weight_rows(layer)
    pinned = tuple(pin for pin in spec.pinned if pin[0] != inputs)
    changed = replace(spec, use_bias=use_bias, biases=np.zeros(spec.units), pinned=pinned)
    return replace(with_layer(experiment, layer, changed), progress=None)


def with_dropout(experiment: Experiment, layer: int, dropout: float) -> Experiment:
    """Return the network with dropout in one layer."""
    spec = experiment.network.layers[layer]
    return with_layer(experiment, layer, replace(spec, dropout=dropout))


def with_weight(
    experiment: Experiment, layer: int, row: int, unit: int, value: float
) -> Experiment:
    """Return the network with one weight set by hand; row ``inputs`` is the bias.

    Raises
    ------
    ModelError
        Code ``network.not_finite``.
    """
    if not math.isfinite(value):
        raise not_finite(layer, "weights")
    spec = experiment.network.layers[layer]
    if spec.weights is None or spec.biases is None:
        return with_weight(initialise(experiment), layer, row, unit, value)
    if row == len(spec.weights):
        biases = spec.biases.copy()
        biases[unit] = value
        return with_layer(experiment, layer, replace(spec, biases=make_read_only(biases)))
    weights = spec.weights.copy()
    weights[row, unit] = value
    return with_layer(experiment, layer, replace(spec, weights=make_read_only(weights)))


def with_pin_toggled(experiment: Experiment, layer: int, row: int, unit: int) -> Experiment:
    """Return the network with one weight pinned or unpinned."""
    spec = experiment.network.layers[layer]
    pin = (row, unit)
    pinned = (
        tuple(p for p in spec.pinned if p != pin)
        if pin in spec.pinned
        else tuple(sorted((*spec.pinned, pin)))
    )
    return with_layer(experiment, layer, replace(spec, pinned=pinned))


def same_source(a: DataSpec, b: DataSpec) -> bool:
    """Return whether two data sets are the same gate, pattern or file, ignoring settings."""
    return type(a) is type(b) and a.identity == b.identity


def same_task(a: Experiment, b: Experiment) -> bool:
    """Return whether two experiments differ only in seed, weights and progress."""
    settings = [(x.data, x.split, x.features, x.training) for x in (a, b)]
    if settings[0] != settings[1]:
        return False
    return same_shape(a.network, b.network) and all(
        (x.activation, x.dropout) == (y.activation, y.dropout)
        for x, y in zip(a.network.layers, b.network.layers, strict=True)
    )


def same_sweep(a: Experiment, b: Experiment, layer: int) -> bool:
    """Return whether two experiments differ only in seed, weights, rate and one width."""

    def bare(experiment: Experiment) -> Experiment:
        network, training = experiment.network, replace(experiment.training, learning_rate=1.0)
        if 0 <= layer < len(network.layers):
            same = replace(_without_weights(network.layers[layer]), units=1)
            network = network.with_layer(layer, same)
        return replace(experiment, training=training, network=network)

    return same_task(bare(a), bare(b))


def same_shape(a: NetworkSpec, b: NetworkSpec) -> bool:
    """Return whether two networks have weights of the same shapes."""
    return a.inputs == b.inputs and [(x.units, x.use_bias, x.kind) for x in a.layers] == [
        (x.units, x.use_bias, x.kind) for x in b.layers
    ]
