"""Moving networks trained elsewhere to different data, with the same outputs."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from msgspec.structs import replace

from foundation.text import Text
from model.data import Dataset
from model.data.cache import dataset_of, quick_shape
from model.data.derived import term_of
from model.defaults import default_experiment, training_for_output
from model.experiment import DataSpec, Experiment, FloatArray, LayerSpec

SCALED_OTHERWISE = Text(
    "The data on show are scaled in another way, which is worked into the first and last weights."
)


class Scaling(NamedTuple):
    """A network's scaling of columns and answers.

    Attributes
    ----------
    scale, shift
        Input scaling: column * scale + shift, shape (columns,) each.
    out_scale, out_shift
        Output scaling: output * out_scale + out_shift, shape (outputs,) each.
    """

    scale: FloatArray
    shift: FloatArray
    out_scale: FloatArray
    out_shift: FloatArray


def moved_to_data(experiment: Experiment, data: DataSpec) -> Experiment | None:
    """Return the experiment moved to different data, with the same outputs for the same values.

    Split and training settings are the defaults for the data. If the new data are scaled
    differently, the difference is merged into the first and last weights; data whose scaling
    cannot be compensated by weights are used as they are.

    Returns
    -------
    Experiment or None
        ``None`` if the numbers of columns or outputs do not match the network.

    Raises
    ------
    ModelError, OSError
        If the data cannot be generated or read.
    """
    before = dataset_of(experiment)
    reads = scaling_of(before)
    bare = replace(experiment, features=(), split=data.default_split)
    shape = quick_shape(bare, data)
    if (shape.inputs, shape.outputs) != (before.columns.inputs, before.outputs):
        return None
    proposal = default_experiment(data, seed=experiment.seed, dataset=shape)
    for attempt in (proposal.data, proposal.data.with_scaling("none")):
        dataset = dataset_of(replace(proposal, data=attempt, split=bare.split))
        layers = refitted(experiment.network.layers, reads, dataset, bool(experiment.features))
        if layers is not None:
            break
    else:
        return None
    names = dataset.columns.feature_names
    seen = replace(
        proposal,
        title=experiment.title,
        data=attempt,
        split=bare.split,
        features=tuple(term_of(each, names) for each in before.features),
        network=replace(experiment.network, layers=layers),
    )
    return replace(seen, training=training_for_output(seen, dataset.task))


def scaling_of(dataset: Dataset) -> Scaling:
    """Return the scaling of a network that works in the units of the data."""
    columns = dataset.columns
    offset, spread = _unit(columns.x_offset, columns.x_spread, columns.inputs)
    out_shift, out_scale = _unit(dataset.y_offset, dataset.y_spread, dataset.outputs)
    return Scaling(1.0 / spread, -offset / spread, out_scale, out_shift)


def refitted(
    layers: tuple[LayerSpec, ...], reads: Scaling, dataset: Dataset, has_features: bool
) -> tuple[LayerSpec, ...] | None:
    """Return layers adapted to data with a different scaling.

    They are unchanged, number for number, if the data are scaled as the network expects, and
    ``None`` if no weights can compensate for the difference.

    Notes
    -----
    The data provide s with column = s * spread + offset; the network expects column * scale +
    shift. Both agree if W is multiplied by spread * scale and b increases by (offset * scale +
    shift) @ W.
    """
    columns, first = dataset.columns, layers[0]
    offset, spread = _unit(columns.x_offset, columns.x_spread, columns.inputs)
    factor, moved = spread * reads.scale, offset * reads.scale + reads.shift
    if not (_is_near(factor, 1.0) and _is_near(moved, 0.0, np.abs(reads.shift))):
        if has_features:
            return None
        rescaled = first.kind.rescaled(*first.weights_and_biases, factor, moved)
        if rescaled is None:
            return None
        weights, biases = rescaled
        layers = (replace(first, weights=weights, biases=biases, use_bias=True), *layers[1:])
    offset, spread = _unit(dataset.y_offset, dataset.y_spread, dataset.outputs)
    factor, moved = reads.out_scale / spread, (reads.out_shift - offset) / spread
    if not (_is_near(factor, 1.0) and _is_near(moved, 0.0)):
        last = layers[-1]
        weights, biases = last.weights_and_biases
        if last.activation != "identity" or not len(weights):
            return None
        weights, biases = weights * factor, biases * factor + moved
        layers = (*layers[:-1], replace(last, weights=weights, biases=biases, use_bias=True))
    return layers


def _unit(
    offset: FloatArray | None, spread: FloatArray | None, columns: int
) -> tuple[FloatArray, FloatArray]:
    if offset is None or spread is None:
        return np.zeros(columns), np.ones(columns)
    return offset, spread


def _is_near(values: FloatArray, wanted: float, size: FloatArray | float = 0.0) -> bool:
    """Return whether numbers equal `wanted` up to float32 rounding of sums of size `size`."""
    return bool((np.abs(values - wanted) <= 2.0**-23 * (1.0 + size)).all())
