"""Changes of a gradient before the optimiser's step: penalties, clipping, pinned weights."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from model.experiment import FloatArray, TrainingSpec
from model.network import Parameters


class GradientTransform:
    """Applies penalties, clips, keeps pinned weights, and steps.

    Parameters
    ----------
    training
        Settings with the penalties and the maximum gradient norm.
    parameters, gradient
        The weights, and dL/dtheta laid out as ``parameters.flat``.
    pinned
        Indices of pinned weights in the flat vector.
    optimise
        The optimiser's step function.

    Attributes
    ----------
    active
        Whether there is anything to do; if not, the optimiser may be called directly.
    """

    def __init__(
        self,
        training: TrainingSpec,
        parameters: Parameters,
        gradient: FloatArray,
        pinned: np.ndarray,
        optimise: Callable[[], None],
    ) -> None:
        self._training, self._pinned, self._optimise = training, pinned, optimise
        self._theta, self._gradient = parameters.flat, gradient
        self.active = bool(training.l1 or training.l2 or training.clip_norm or pinned.size)
        self._weighs = parameters.penalised()
        self._scratch = np.empty_like(self._theta)

    def penalty(self) -> float:
        """Return ``l1 sum |w| + l2 / 2 sum w^2``, biases excluded."""
        w = self._theta * self._weighs
        l1, l2 = self._training.l1, self._training.l2
        return float(l1 * np.abs(w).sum() + l2 / 2.0 * (w * w).sum())

    def penalise(self) -> None:
        """Add the gradients of the penalties."""
        training, scratch, gradient = self._training, self._scratch, self._gradient
        if training.l2:
            np.multiply(self._theta, self._weighs, scratch)
            np.multiply(scratch, training.l2, scratch)
            np.add(gradient, scratch, gradient)
        if training.l1:
            np.sign(self._theta, scratch)
            np.multiply(scratch, self._weighs, scratch)
            np.multiply(scratch, training.l1, scratch)
            np.add(gradient, scratch, gradient)

    def step(self) -> None:
        """Transform the gradient, then step."""
        gradient, pinned, longest = self._gradient, self._pinned, self._training.clip_norm
        self.penalise()
        if pinned.size:
            gradient[pinned] = 0.0
            held = self._theta[pinned]
        if longest:
            length = float(np.sqrt(gradient.dot(gradient)))
            if length > longest:
                np.multiply(gradient, longest / length, gradient)
        self._optimise()
        if pinned.size:
            self._theta[pinned] = held
