"""Past runs stored in a file: their losses, names, and the doctor's findings."""

from __future__ import annotations

from typing import Literal

import msgspec

from model.data.sources import DataSpec
from model.experiment.network import Activation
from model.experiment.training import TrainingSpec


class Curve(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The losses of a run, thinned out if there are many.

    Attributes
    ----------
    epochs
        Recorded epochs, ascending; always include the first, the last and those of the lowest
        losses.
    train
        Training loss at each epoch.
    test
        Test loss at each epoch, ``None`` where there was no test set; empty if there never was one.
    accuracy, test_accuracy
        Accuracies at the end, possibly within the epoch after the last one, 0 to 1; ``None`` if
        unknown or for a regression.
    """

    epochs: tuple[int, ...]
    train: tuple[float, ...]
    test: tuple[float | None, ...] = ()
    accuracy: float | None = None
    test_accuracy: float | None = None

    def __post_init__(self) -> None:
        """Reject columns of different lengths, and epochs that are not ascending.

        Raises
        ------
        ValueError
            If the columns or the epochs are invalid.
        """
        if not self.epochs or len(self.train) != len(self.epochs):
            raise ValueError("a curve needs one training loss an epoch, and at least one epoch")
        if self.test and len(self.test) != len(self.epochs):
            raise ValueError("a curve needs one test loss an epoch, or none at all")
        pairs = zip(self.epochs, self.epochs[1:], strict=False)
        if self.epochs[0] < 0 or any(a >= b for a, b in pairs):
            raise ValueError("the epochs of a curve must rise from 0 or more")


class PastRun(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """An earlier run: its losses and its settings.

    Attributes
    ----------
    curve
        Losses of the run.
    seed, training
        As in the experiment.
    units
        Number of inputs, then the units of each layer.
    activation
        Activation of the first layer.
    data
        Data of the run; ``None`` for the experiment's own data.
    before
        Number of earlier runs with the same seed.
    name
        Name given by the user, or empty.
    visible
        Whether the run's line is drawn.
    """

    curve: Curve
    seed: int
    training: TrainingSpec
    units: tuple[int, ...]
    activation: Activation
    data: DataSpec | None = None
    before: int = 0
    name: str = ""
    visible: bool = True


class PastFinding(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A finding of the training doctor.

    Attributes
    ----------
    code
        Code of the finding.
    severity
        Severity of the finding.
    values
        Values for the message; ``layer`` and ``unit`` count from 1.
    """

    code: str
    severity: Literal["note", "warning", "failure"]
    values: dict[str, bool | int | float | str] = {}


class Past(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The runs stored with an experiment, at most 1 MB in total.

    Attributes
    ----------
    curve
        Losses of the run that led to the weights, or ``None``.
    runs
        Earlier runs, oldest first.
    findings
        Findings of the training doctor, most severe first.
    """

    curve: Curve | None = None
    runs: tuple[PastRun, ...] = ()
    findings: tuple[PastFinding, ...] = ()
