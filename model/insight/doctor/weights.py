"""Problems visible in the weights and the data."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from msgspec.structs import replace

from model.defaults import matching_initialiser, training_for_output
from model.edits.network import with_layer
from model.initialisers import untrained
from model.insight.doctor.finding import Finding, RunFacts
from model.insight.doctor.mending import discard_weights, redrawn
from model.insight.gates import dead_units_in
from model.losses import loss_fits

_ALIKE_DIGITS = 9
"""Digits, relative to the largest weight, to which the weights of copies agree."""


def symmetry(facts: RunFacts) -> Iterator[Finding]:
    """Find hidden units that are copies of each other and stay so.

    Notes
    -----
    Dropout separates copies, since it drops them at different times; pinned weights may too. Copies
    may differ in their last digits, because a matrix product does not round each column in the same
    way.
    """
    layers = facts.experiment.network.layers
    for number, layer in enumerate(layers[:-1]):
        following = layers[number + 1]
        if layer.dropout or layer.pinned or following.pinned:
            continue
        if not layer.kind.is_dense or not following.kind.is_dense:
            continue
        whole = np.vstack((*layer.weights_and_biases, following.weights_and_biases[0].T))
        largest = np.abs(whole).max(axis=1, keepdims=True)
        alike = np.round(whole / np.where(largest > 0.0, largest, 1.0), _ALIKE_DIGITS)
        kinds = np.unique(alike, axis=1).shape[1]
        if layer.units > 1 and kinds < layer.units:
            yield Finding(
                "symmetric",
                "failure",
                {"layer": number + 1, "units": layer.units, "kinds": kinds},
                discard_weights(
                    facts.experiment,
                    matching_initialiser(layer.activation),
                    facts.experiment.seed,
                ),
            )
            return


def dead_units(facts: RunFacts) -> Iterator[Finding]:
    """Find ReLU units that are 0 on every row; the drawing marks them as dead."""
    layers = facts.experiment.network.layers
    for number, (layer, (z, _)) in enumerate(zip(layers[:-1], facts.passed, strict=False)):
        if dead := dead_units_in(layer, z):
            yield Finding(
                "dead_relu",
                "warning" if len(dead) < layer.units else "failure",
                {
                    "layer": number + 1,
                    "count": len(dead),
                    "units": layer.units,
                    "names": ", ".join(str(u + 1) for u in dead[:8]),
                    "unit": dead[0] + 1,
                },
                redrawn(facts.experiment, number, dead),
            )


def saturation(facts: RunFacts) -> Iterator[Finding]:
    """Find sigmoid and tanh units that are saturated on nearly every row."""
    if facts.accuracy == 1.0:
        return
    layers = facts.experiment.network.layers
    for number, (layer, (z, _)) in enumerate(zip(layers[:-1], facts.passed, strict=False)):
        end = layer.activation_kind.saturation
        if not end or not layer.kind.is_dense:
            continue
        stuck = [int(u) for u in np.flatnonzero((np.abs(z) > end).mean(axis=0) > 0.95)]
        if stuck and layer.weights is not None and layer.biases is not None:
            weights, biases = layer.weights.copy(), layer.biases.copy()
            shrink = end / 2.0 / np.abs(z[:, stuck]).max(axis=0)
            weights[:, stuck] *= shrink
            biases[stuck] *= shrink
            mended = replace(layer, weights=weights, biases=biases)
            yield Finding(
                "saturated",
                "warning",
                {
                    "layer": number + 1,
                    "count": len(stuck),
                    "units": layer.units,
                    "activation": layer.activation,
                    "unit": stuck[0] + 1,
                },
                with_layer(facts.experiment, number, mended),
            )


def find_loss_mismatch(facts: RunFacts) -> Iterator[Finding]:
    """Find a loss that cannot measure the network's outputs."""
    experiment = facts.experiment
    training, output = experiment.training, experiment.network.layers[-1]
    if loss_fits(training.loss, output.activation) or not output.activation_kind.has_slope:
        return
    if output.activation == "softmax" and output.units == 1:
        return  # the softmax itself is at fault
    fitted = training_for_output(experiment, facts.data.task)
    yield Finding(
        "loss_misfit",
        "failure",
        {"loss": training.loss, "activation": output.activation, "fitting": fitted.loss},
        replace(experiment, training=fitted),
        "structure",
    )


def single_softmax(facts: RunFacts) -> Iterator[Finding]:
    """Find a softmax of one unit, which always answers 1."""
    layer = facts.experiment.network.layers[-1]
    if layer.activation == "softmax" and layer.units == 1:
        experiment = with_layer(
            facts.experiment,
            len(facts.experiment.network.layers) - 1,
            replace(layer, activation="sigmoid"),
        )
        yield Finding(
            "single_softmax",
            "failure",
            {},
            replace(
                experiment,
                training=replace(experiment.training, loss="binary_cross_entropy"),
            ),
            "structure",
        )


def inputs(facts: RunFacts) -> Iterator[Finding]:
    """Find columns without information, and columns of very different scale."""
    x, names = facts.data.x_train, facts.data.feature_names
    spread = x.std(axis=0)
    constant = np.flatnonzero(spread == 0.0)
    if len(x) > 1 and len(constant) and len(names) < 64:
        yield Finding(
            "constant_input",
            "note",
            {"name": names[int(constant[0])], "count": len(constant)},
        )
    data = facts.experiment.data
    if data.scaling_choice in (None, "standard"):
        return  # standardised already, or nothing that can be
    words = {f"{name}={kind}" for name, kinds in facts.data.categories for kind in kinds}
    moving = spread[[name not in words for name in names] & (spread > 0.0)]
    uneven = len(moving) > 1 and moving.max() > 30.0 * moving.min()
    if moving.size and (uneven or moving.max() > 30.0):
        fix = replace(facts.experiment, data=data.with_scaling("standard"))
        if fix.progress is not None:  # what was learned of other numbers
            fix = untrained(fix)
        sizes = {"low": float(moving.min()), "high": float(moving.max())}
        yield Finding("unscaled" if uneven else "large_inputs", "warning", sizes, fix, "structure")
