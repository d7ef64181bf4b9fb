"""What ails a network can be seen in the rows it is given."""

from __future__ import annotations

from collections.abc import Iterator

from model.defaults import rule_left
from model.experiment import Experiment, LayerSpec, NetworkSpec
from model.insight.contradictions import MOST_NUMBERS, agreeing_rows, contradiction
from model.insight.doctor.finding import Finding, Patient
from model.insight.doctor.mending import replace
from model.insight.separability import separability

__all__ = ["contradicting", "needs_hidden_layer"]


def contradicting(patient: Patient) -> Iterator[Finding]:
    """Look for rows that no network can both get right.

    Notes
    -----
    Where rows are kept back for testing, the data are a sample, in which rows may well differ;
    where all are learned from, each is meant to be answered.
    """
    data = patient.data
    if data.x_train.size > MOST_NUMBERS:
        return
    found = contradiction(data.x_train, data.y_train, data.task, data.mask_train)
    if found is None:
        return
    more = found.rows - 2
    yield Finding(
        "contradiction",
        "note" if len(data.x_test) else "failure",
        "Rows {first} and {second} have equal inputs and different targets"
        + (", and so have {more} more rows" if more else "")
        + ". No network gets more than {ceiling:.1%} of the training rows right.",
        {
            "first": found.first + 1,
            "second": found.second + 1,
            "more": more,
            "ceiling": found.ceiling,
        },
    )


def needs_hidden_layer(patient: Patient) -> Iterator[Finding]:
    """Look for a task that no single layer can do, and for a perceptron that cycles.

    Notes
    -----
    Of rows that contradict each other no layer makes more right, so they alone ask for none; the
    perceptron rule goes round because of them all the same, at any rate.
    """
    experiment, data = patient.experiment, patient.data
    logical = data.task in ("binary", "multilabel")
    if len(experiment.network.layers) > 1 or not logical or len(data.x_train) > 1000:
        return
    follows_rule = experiment.training.optimiser.name == "perceptron"
    for column in range(data.outputs):
        counted = slice(None) if data.mask_train is None else data.mask_train[:, column] > 0.0
        x, y = data.x_train[counted], data.y_train[counted, column]
        agreeing = agreeing_rows(x, y)
        asks_for_layer = len(agreeing) > 0 and not separability(x[agreeing], y[agreeing]).separable
        if not asks_for_layer and not (follows_rule and len(agreeing) < len(x)):
            continue
        fix = _with_hidden_layer(experiment) if asks_for_layer else None
        output = {"output": data.target_names[column]}
        remedy = "Add a hidden layer of 4 units" if asks_for_layer else ""
        if follows_rule:
            yield Finding(
                "perceptron_cycles",
                "failure",
                "No straight line gives {output} its answers, so the perceptron rule never comes "
                "to rest, at any learning rate: learning one row unlearns another.",
                output,
                remedy,
                fix,
            )
        else:
            yield Finding(
                "not_separable",
                "failure",
                "No straight line gives {output} its answers, and without a hidden layer a line is "
                "all there is.",
                output,
                remedy,
                fix,
            )
        return


def _with_hidden_layer(experiment: Experiment) -> Experiment:
    last = replace(experiment.network.layers[-1], weights=None, biases=None, pinned=())
    training = experiment.training
    if last.activation == "step":
        last = replace(last, activation="sigmoid")
    if training.optimiser.name == "perceptron":
        training = rule_left(training, "sgd", "binary")
    network = NetworkSpec(experiment.network.inputs, (LayerSpec(4, "tanh"), last))
    return replace(experiment, network=network, training=training, progress=None)
