"""Stop rules: when training ends by itself."""

from __future__ import annotations

import math
from collections.abc import Callable

from model.experiment import Activation, Loss, StopSpec
from model.training.snapshot import Reason

__all__ = ["StopRules"]


class StopRules:
    """The rules of one run.

    Parameters
    ----------
    spec
        Which are on.
    margin
        Measures by how much the worst training row is right; called only where the rule is on.
    """

    def __init__(self, spec: StopSpec, margin: Callable[[], float]) -> None:
        self._epochs = spec.epochs or math.inf
        self._loss_below = spec.loss_below
        self._wanted = spec.margin
        self._margin = margin
        self._patience = spec.patience
        self._seconds = spec.seconds or math.inf
        self._best = math.inf
        self._best_epoch = 0

    @property
    def last_epoch(self) -> float:
        """The epoch that ends the run at the latest."""
        return self._epochs

    @property
    def seconds(self) -> float:
        """The time that ends the run at the latest."""
        return self._seconds

    def floor(self, loss: Loss, activation: Activation, outputs: int) -> float:
        """Return a training loss above which no rule but those of epochs and time can fire.

        Notes
        -----
        A row that is right by m under a sigmoid's cross-entropy has a loss of at most
        -ln(1/2 + m) an output, so while the mean loss is above that times the outputs, some row
        is not. Under other losses a margin has no such bound, and the answer is infinity.
        """
        if not self._wanted:
            return self._loss_below
        if (loss, activation) != ("binary_cross_entropy", "sigmoid"):
            return math.inf
        bound = -outputs * math.log(0.5 + min(self._wanted, 0.5))
        return max(self._loss_below, bound * (1.0 + 1e-9))

    def check(
        self, epoch: int, loss: float, test_loss: float | None, seconds: float
    ) -> Reason | None:
        """Return the rule that ends the run now, or ``None``.

        Parameters
        ----------
        epoch
            Epochs done in all.
        loss, test_loss
            Of that epoch.
        seconds
            Since the run began.
        """
        if loss < self._loss_below:
            return "loss_below"
        if self._wanted and self._margin() >= self._wanted:
            return "margin"
        if epoch >= self._epochs:
            return "epochs"
        if seconds > self._seconds:
            return "seconds"
        if self._patience and test_loss is not None:
            if test_loss < self._best:
                self._best, self._best_epoch = test_loss, epoch
            elif epoch - self._best_epoch >= self._patience:
                return "patience"
        return None
