"""One step of an optimiser as its paper prints it, with every number that goes in.

What trains (:mod:`model.training.optimisers`) keeps its averages divided by constants and computes
in place; here each line is one line of the algorithm, in float64. Tests hold the one to the other.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from msgspec import Struct

from model.experiment import FloatArray, OptimiserSpec, TrainingSpec
from model.network import Parameters
from model.training.optimisers import Optimiser

_Averages = tuple[FloatArray, ...]
_Terms = list[tuple[str, "FloatArray | float"]]


class Update(Struct, frozen=True, eq=False):
    """How one step changes every weight; vectors are laid out as ``parameters.flat``.

    Attributes
    ----------
    rate
        The learning rate of this step.
    number
        Which step it is, from 1: Adam's k.
    terms
        Code and value of each number in the order in which they are computed; a vector has one for
        each weight, a float is the same for all. Always: ``weight``; ``gradient``, that of the
        loss; at the end ``rate`` and ``change``, what is taken off the weight. Where the settings
        ask for it: ``l2`` and ``l1``, the penalties' gradients; ``pinned``, 1 where training leaves
        the weight alone; ``length`` of the whole gradient and ``clip``, what it is multiplied by;
        ``taken``, the gradient that all this leaves. Of the optimiser: ``velocity_before`` and
        ``velocity``; ``mean_before``, ``mean`` and ``mean_corrected``; ``square_before``,
        ``square`` and ``square_corrected``; ``decay``, what AdamW takes off the weight by itself.
    weights
        The new ones.
    """

    rate: float
    number: int
    terms: tuple[tuple[str, FloatArray | float], ...]
    weights: FloatArray

    def at(self, place: int) -> tuple[tuple[str, float], ...]:
        """Return the terms of the weight at a place of ``parameters.flat``."""
        return tuple(
            (code, value if isinstance(value, float) else float(value[place]))
            for code, value in self.terms
        )

    def term(self, code: str) -> FloatArray | float | None:
        """Return one term, ``None`` where the settings have none of it."""
        return dict(self.terms).get(code)


def work_out_update(
    training: TrainingSpec,
    parameters: Parameters,
    gradient: FloatArray,
    *,
    rate: float,
    averages: _Averages = (),
    steps: int = 0,
    penalised: bool = True,
) -> Update:
    """Work out all numbers of one step; where something is not finite, they say so.

    Parameters
    ----------
    parameters
        The weights, in float64, and which of them are pinned.
    gradient
        dL/dtheta without penalties, laid out as ``parameters.flat``.
    averages, steps
        As :class:`model.experiment.Progress` keeps them: ``slots`` and ``step``.
    penalised
        Whether the penalties take part.
    """
    w = parameters.flat.copy()
    held = np.zeros(w.size, np.bool_)
    held[parameters.pinned_places(parameters.spec)] = True
    with np.errstate(all="ignore"):
        terms, taken = _gradient_terms(training, parameters, gradient, held, penalised=penalised)
        slots = Optimiser(training.optimiser, w, taken, averages, steps).slots
        number = int(slots[-1][0]) + 1 if len(slots) == 3 else steps + 1
        more, direction = _STEPS[training.optimiser.name](training.optimiser, taken, slots)
        terms += more
        change = rate * direction
        new = w - change
        if training.optimiser.name == "adamw":
            decay = rate * training.optimiser.weight_decay * w
            terms.append(("decay", decay))
            new = w - decay - change
    terms += [("rate", rate), ("change", change)]
    return Update(rate, number, tuple(terms), np.where(held, w, new))


def split_layers(
    flat: FloatArray, parameters: Parameters
) -> tuple[tuple[FloatArray, ...], tuple[FloatArray, ...]]:
    """Cut a flat vector into a matrix (inputs, units) and a bias (units,) for each layer.

    Where a layer has no bias its numbers are 0.
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
) -> tuple[_Terms, FloatArray]:
    """Return the terms of the gradient that the optimiser takes, and that gradient."""
    w = parameters.flat.copy()
    taken = gradient.copy()
    terms: _Terms = [("weight", w), ("gradient", gradient)]
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


# -- The optimisers, each as its paper has it: terms, and the direction that the rate multiplies ---


def _plain(spec: OptimiserSpec, g: FloatArray, slots: _Averages) -> tuple[_Terms, FloatArray]:
    """Theta -= r g."""
    return [], g


def _momentum(spec: OptimiserSpec, g: FloatArray, slots: _Averages) -> tuple[_Terms, FloatArray]:
    """Take v = mu v + g; theta -= r v, or for Nesterov's theta -= r (g + mu v)."""
    before = slots[0]
    v = spec.momentum * before + g
    terms: _Terms = [("velocity_before", before), ("velocity", v)]
    return terms, g + spec.momentum * v if spec.name == "nesterov" else v


def _rmsprop(spec: OptimiserSpec, g: FloatArray, slots: _Averages) -> tuple[_Terms, FloatArray]:
    """Take s = b2 s + (1 - b2) g^2; theta -= r g / (sqrt s + epsilon)."""
    before = slots[0]
    s = spec.beta2 * before + (1.0 - spec.beta2) * g * g
    return [("square_before", before), ("square", s)], g / (np.sqrt(s) + spec.epsilon)


def _adam(spec: OptimiserSpec, g: FloatArray, slots: _Averages) -> tuple[_Terms, FloatArray]:
    """Take Kingma and Ba's algorithm 1; the averages are kept divided by 1 - b1 and 1 - b2."""
    k = float(slots[2][0]) + 1.0
    m_before, s_before = (1.0 - spec.beta1) * slots[0], (1.0 - spec.beta2) * slots[1]
    m = spec.beta1 * m_before + (1.0 - spec.beta1) * g
    s = spec.beta2 * s_before + (1.0 - spec.beta2) * g * g
    m_corrected = m / (1.0 - spec.beta1**k)
    s_corrected = s / (1.0 - spec.beta2**k)
    terms: _Terms = [
        ("mean_before", m_before),
        ("mean", m),
        ("mean_corrected", m_corrected),
        ("square_before", s_before),
        ("square", s),
        ("square_corrected", s_corrected),
    ]
    return terms, m_corrected / (np.sqrt(s_corrected) + spec.epsilon)


_STEPS: dict[str, Callable[[OptimiserSpec, FloatArray, _Averages], tuple[_Terms, FloatArray]]] = {
    "perceptron": _plain,
    "sgd": _plain,
    "momentum": _momentum,
    "nesterov": _momentum,
    "rmsprop": _rmsprop,
    "adam": _adam,
    "adamw": _adam,
}
