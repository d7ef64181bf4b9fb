"""One optimiser step as published, with all intermediate numbers.

The training code (:mod:`model.training.optimisers`) stores its averages divided by constants and
computes in place; here each line is one line of the algorithm, in float64. Tests compare the two.
"""

from __future__ import annotations

import numpy as np
from msgspec import Struct

from model.experiment import FloatArray, NetworkSpec, TrainingSpec
from model.network import Parameters
from model.optimisers.kind import Terms
from model.training.optimisers import Optimiser


class Update(Struct, frozen=True, eq=False):
    """How one step changes every weight; vectors are laid out as ``parameters.flat``.

    Attributes
    ----------
    rate
        Learning rate of this step.
    number
        Number of the step, from 1: Adam's k.
    terms
        Code and value of each number in order of computation; a vector has one value per weight, a
        float applies to all. Always: ``weight``; ``gradient``, that of the loss; at the end
        ``rate`` and ``change``, the amount subtracted from the weight. Depending on the settings:
        ``l2`` and ``l1``, the penalties' gradients; ``pinned``, 1 for pinned weights; ``length``,
        the norm of the whole gradient, and ``clip``, the factor it is multiplied by; ``taken``, the
        resulting gradient. Of the optimiser: ``velocity_before`` and ``velocity``; ``mean_before``,
        ``mean`` and ``mean_corrected``; ``square_before``, ``square`` and ``square_corrected``;
        ``decay``, AdamW's separate weight decay.
    weights
        Weights after the step.
    """

    rate: float
    number: int
    terms: tuple[tuple[str, FloatArray | float], ...]
    weights: FloatArray

    def at(self, network: NetworkSpec, layer: int, row: int, unit: int) -> dict[str, float]:
        """Return the terms of one weight; row ``inputs`` is the bias."""
        place = network.place(layer, row, unit)
        return {
            code: value if isinstance(value, float) else float(value[place])
            for code, value in self.terms
        }

    def term(self, code: str) -> FloatArray | float | None:
        """Return one term, ``None`` if the settings do not use it."""
        return dict(self.terms).get(code)


def compute_update(
    training: TrainingSpec,
    parameters: Parameters,
    gradient: FloatArray,
    *,
    rate: float,
    averages: tuple[FloatArray, ...] = (),
    steps: int = 0,
    penalised: bool = True,
) -> Update:
    """Compute all numbers of one step; non-finite ones are kept.

    Parameters
    ----------
    training
        Training settings.
    parameters
        The weights, in float64, and their pins.
    gradient
        dL/dtheta without penalties, laid out as ``parameters.flat``.
    rate
        Learning rate of the step.
    averages, steps
        State of the optimiser, ``slots`` and ``step`` of :class:`model.experiment.Progress`.
    penalised
        Whether to include the penalties.
    """
    w = parameters.flat.copy()
    held = np.zeros(w.size, np.bool_)
    held[parameters.pinned_indices(parameters.spec)] = True
    with np.errstate(all="ignore"):
        terms, taken = _gradient_terms(training, parameters, gradient, held, penalised=penalised)
        kind = training.optimiser.kind
        arrays = Optimiser(training.optimiser, w, taken, averages, steps).arrays
        number = int(arrays.slots[-1][0]) + 1 if kind.counts_steps else steps + 1
        more, direction = kind.terms(arrays)
        terms += more
        change = rate * direction
        new = w - change
        if "weight_decay" in kind.constants:
            decay = rate * training.optimiser.weight_decay * w
            terms.append(("decay", decay))
            new = w - decay - change
    terms += [("rate", rate), ("change", change)]
    return Update(rate, number, tuple(terms), np.where(held, w, new))


def split_layers(
    flat: FloatArray, parameters: Parameters
) -> tuple[tuple[FloatArray, ...], tuple[FloatArray, ...]]:
    """Split a flat vector into a matrix (inputs, units) and a bias (units,) for each layer.

    The bias is 0 for layers without one.
    """
    layers = list(zip(parameters.views(flat), parameters.spec.layers, strict=True))
    return (
        tuple(piece[: len(piece) - layer.use_bias] for piece, layer in layers),
        tuple(piece[-1] if layer.use_bias else np.zeros(layer.units) for piece, layer in layers),
    )


def _gradient_terms(
    training: TrainingSpec,
    parameters: Parameters,
    gradient: FloatArray,
    held: np.ndarray,
    *,
    penalised: bool,
) -> tuple[Terms, FloatArray]:
    """Return the terms of the gradient that the optimiser uses, and that gradient."""
    w = parameters.flat.copy()
    taken = gradient.copy()
    terms: Terms = [("weight", w), ("gradient", gradient)]
    if penalised and training.l2:
        terms.append(("l2", training.l2 * w * parameters.penalised()))
    if penalised and training.l1:
        terms.append(("l1", training.l1 * np.sign(w) * parameters.penalised()))
    for _, part in terms[2:]:
        taken = taken + part
    if held.any():
        terms.append(("pinned", held.astype(np.float64)))
        taken = np.where(held, 0.0, taken)
    if longest := training.clip_norm:
        length = float(np.sqrt(taken @ taken))
        clip = longest / length if length > longest else 1.0
        terms += [("length", length), ("clip", clip)]
        if clip != 1.0:
            taken = clip * taken
    if len(terms) > 2:
        terms.append(("taken", taken))
    return terms, taken
