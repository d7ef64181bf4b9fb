"""Stop rules, which end training automatically."""

from __future__ import annotations

import math
from collections.abc import Callable

from model.experiment import Activation, Loss, StopSpec
from model.training.snapshot import Reason


class StopRules:
    """The stop rules of one run.

    Parameters
    ----------
    spec
        Settings of the rules.
    margin
        Function returning the smallest margin of the training rows; called only if the rule is on.
    start
        Epoch at which the run starts. A rule that is already met there does not end the run: the
        epoch rule allows the same number again, the loss and margin rules are disabled until
        changed.

    Attributes
    ----------
    last_epoch, seconds
        Latest epoch and time at which the run ends.
    """

    def __init__(self, spec: StopSpec, margin: Callable[[], float], start: int = 0) -> None:
        self._margin, self._start = margin, start
        self._met_before: set[tuple[str, float]] = set()
        self.change(spec)

    def change(self, spec: StopSpec) -> None:
        """Replace the rules."""
        self.last_epoch = spec.epochs or math.inf
        if spec.epochs <= self._start:
            self.last_epoch += self._start
        self._loss_below, self._wanted = (
            0.0 if (name, value) in self._met_before else value
            for name, value in (("loss_below", spec.loss_below), ("margin", spec.margin))
        )
        self._patience = spec.patience
        self.seconds = spec.seconds or math.inf
        self._best = math.inf
        self._best_epoch = self._start

    def _disable_met_rules(self, loss: float) -> None:
        """Disable the loss and margin rules that are already met at the start."""
        if loss < self._loss_below:
            self._met_before.add(("loss_below", self._loss_below))
            self._loss_below = 0.0
        if self._wanted and self._margin() >= self._wanted:
            self._met_before.add(("margin", self._wanted))
            self._wanted = 0.0

    def floor(self, loss: Loss, activation: Activation, outputs: int) -> float:
        """Return a training loss above which the loss and margin rules cannot apply.

        Notes
        -----
        With sigmoid and cross-entropy, a row with margin m has a loss of at most -ln(1/2 + m) per
        output. While the mean loss exceeds that times the number of outputs, some row has a smaller
        margin. For other losses there is no such bound, and infinity is returned.
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
        """Return the rule that ends the run now, ``None`` if none does.

        Parameters
        ----------
        epoch
            Total number of epochs done.
        loss, test_loss
            Losses after that epoch; `test_loss` is ``None`` without a test set.
        seconds
            Time since the run began.
        """
        if 0 < epoch == self._start:
            self._disable_met_rules(loss)
        if loss < self._loss_below:
            return "loss_below"
        if self._wanted and self._margin() >= self._wanted:
            return "margin"
        if epoch >= self.last_epoch:
            return "epochs"
        if seconds > self.seconds:
            return "seconds"
        if self._patience and test_loss is not None:
            if test_loss < self._best:
                self._best, self._best_epoch = test_loss, epoch
            elif epoch - self._best_epoch >= self._patience:
                return "patience"
        return None
