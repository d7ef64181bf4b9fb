"""Problems visible in the training rows."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from msgspec.structs import replace

from model.activations import activate
from model.data import Dataset
from model.data.contradictions import MAX_NUMBERS, agreeing_rows, contradiction
from model.defaults import without_perceptron_rule
from model.edits.network import with_bias
from model.experiment import Experiment, FloatArray, LayerSpec, NetworkSpec
from model.insight.doctor.finding import Finding, RunFacts, Severity
from model.insight.separation.separability import separability, separable_through_origin
from model.metrics import baseline, decision_threshold

_MAX_ROWS = 1000


def find_contradictions(facts: RunFacts) -> Iterator[Finding]:
    """Find rows that no network can all get right.

    Notes
    -----
    If rows are held out for testing, the data are a sample in which rows may well contradict each
    other; otherwise every row is meant to be answered. Even in a sample it is a failure if
    identical inputs with different answers leave nothing to learn but the most common answer.
    """
    data = facts.data
    if data.x_train.size > MAX_NUMBERS:
        return
    found = contradiction(data.x_train, data.y_train, data.task, data.mask_train)
    if found is None:
        return
    first, second = data.indices_by_number((found.first, found.second))
    values: dict[str, float | str] = {
        "first": first + 1,
        "second": second + 1,
        "more": found.rows - 2,
        "ceiling": found.ceiling,
    }
    if data.features:
        values["inputs"] = ", ".join(data.feature_names)
    can_beat_guess = found.ceiling > baseline(data.y_train, data.y_train, data.task)
    is_sample = len(data.x_test) > 0 and can_beat_guess
    yield Finding("contradiction", "note" if is_sample else "failure", values)


def needs_hidden_layer(facts: RunFacts) -> Iterator[Finding]:
    """Find a task that no single layer can do, and a perceptron that cycles.

    Notes
    -----
    No layer gets more of the contradicting rows right, so they alone do not call for one. The
    perceptron rule still cycles because of them, at any rate but 0, as soon as it runs.

    Noise does not call for a layer either: for noisy copies of a truth table, the table's own rows
    are judged. In any other data the rows are a sample, whose classes may overlap so that no border
    helps.
    """
    experiment, data = facts.experiment, facts.data
    logical = data.task in ("binary", "multilabel")
    if len(experiment.network.layers) > 1 or not logical or len(data.x_train) > _MAX_ROWS:
        return
    training = experiment.training
    follows_rule = training.optimiser.follows_rule and training.learning_rate > 0.0
    goes_round = follows_rule and len(facts.train_loss) > 1
    for name, x, y in _outputs(data):
        asks_for_layer = _needs_curved_border(x, y)
        if not asks_for_layer and not (goes_round and len(agreeing_rows(x, y)) < len(x)):
            continue
        fix = _with_hidden_layer(experiment) if asks_for_layer else None
        values: dict[str, str | bool] = {"output": name}
        if data.features:
            values["inputs"] = ", ".join(data.feature_names)
        if goes_round:
            yield Finding("perceptron_cycles", "failure", values, fix, "structure")
            return
        if data.table_x is None:
            values["sample"] = True
        elif not _table_asks_for_bend(data, name):
            continue
        severity: Severity = "warning" if data.table_x is None else "failure"
        yield Finding("not_separable", severity, values, fix, "structure")
        return


def straight_border(facts: RunFacts) -> Iterator[Finding]:
    """Find hidden layers that cannot bend the border although the rows need it.

    Notes
    -----
    Activations are monotonic in their sums. The output of a single unit therefore rises or falls
    with the distance from its line, through any number of layers of one unit, and the identity
    passes on weighted sums of the inputs. Either way, each output still draws one straight border.
    """
    experiment, data = facts.experiment, facts.data
    hidden = experiment.network.layers[:-1]
    bends = any(layer.units > 1 and layer.activation != "identity" for layer in hidden)
    logical = data.task in ("binary", "multilabel")
    if not hidden or bends or not logical or len(data.x_train) > _MAX_ROWS:
        return
    for name, x, y in _outputs(data):
        if _needs_curved_border(x, y):
            fix = _with_hidden_layer(experiment)
            yield Finding("straight_border", "failure", {"output": name}, fix, "structure")
            return


def needs_bias(facts: RunFacts) -> Iterator[Finding]:
    """Find a single layer without biases whose rows need them."""
    experiment, data = facts.experiment, facts.data
    layer = experiment.network.layers[-1]
    if len(experiment.network.layers) > 1 or layer.use_bias or len(data.x_train) > _MAX_ROWS:
        return
    is_step = layer.activation == "step"
    turns_at_zero = activate(layer.activation, np.zeros((1, 1))) == decision_threshold(experiment)
    if data.task not in ("binary", "multilabel") or not (is_step or turns_at_zero):
        return
    for name, x, y in _outputs(data):
        agreeing = agreeing_rows(x, y)
        x, y = x[agreeing], y[agreeing]
        if len(x) == 0 or separable_through_origin(x, y, takes_line=is_step):
            continue
        if separability(x, y).separable:
            fix = with_bias(experiment, 0, True)
            yield Finding("no_bias", "failure", {"output": name}, fix, "structure")
            return


def _needs_curved_border(x: FloatArray, y: FloatArray) -> bool:
    """Return whether no straight border separates the rows, ignoring contradictions."""
    agreeing = agreeing_rows(x, y)
    return len(agreeing) > 0 and not separability(x[agreeing], y[agreeing]).separable


def _table_asks_for_bend(data: Dataset, name: str) -> bool:
    """Return whether an output needs a curved border in the truth table without noise."""
    if data.table_x is None or data.table_y is None:
        return False
    column = data.target_names.index(name)
    counted = slice(None) if data.table_mask is None else data.table_mask[:, column] > 0.0
    return _needs_curved_border(data.table_x[counted], data.table_y[counted, column])


def _outputs(data: Dataset) -> Iterator[tuple[str, FloatArray, FloatArray]]:
    """Yield each output's name and the inputs and targets of its training rows.

    Don't-cares are left out.
    """
    for column, name in enumerate(data.target_names):
        counted = slice(None) if data.mask_train is None else data.mask_train[:, column] > 0.0
        yield name, data.x_train[counted], data.y_train[counted, column]


def _with_hidden_layer(experiment: Experiment) -> Experiment:
    last = replace(experiment.network.layers[-1], weights=None, biases=None, pinned=())
    training = experiment.training
    if last.activation == "step":
        last = replace(last, activation="sigmoid")
    if training.optimiser.follows_rule:
        training = without_perceptron_rule(training, "sgd", "binary")
    network = NetworkSpec(experiment.network.inputs, (LayerSpec(4, "tanh"), last))
    return replace(experiment, network=network, training=training, progress=None)
