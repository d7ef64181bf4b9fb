"""The past runs that a file stores: their losses, names, and the doctor's findings."""

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
        Which epochs are kept, rising; the first, the last and those of the lowest losses always
        are.
    train
        The training loss of each.
    test
        The test loss of each, ``None`` where there was none; empty where there never was one.
    accuracy, test_accuracy
        Shares of right rows at the end, which may lie within the epoch after the last one, 0 to 1;
        ``None`` where they are not known, and in a regression.
    """

    epochs: tuple[int, ...]
    train: tuple[float, ...]
    test: tuple[float | None, ...] = ()
    accuracy: float | None = None
    test_accuracy: float | None = None

    def __post_init__(self) -> None:
        """Refuse columns of different lengths, and epochs that do not rise.

        Raises
        ------
        ValueError
            Where that is so.
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
        Its losses.
    seed, training
        As in the experiment.
    units
        The inputs, then the units of each layer.
    activation
        Of the first layer.
    data
        What it learned from; ``None`` for the experiment's own data.
    before
        How many runs with its seed came before.
    name
        What the user calls it, or empty.
    visible
        Whether its line is drawn.
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
        Which.
    severity
        How bad it is.
    values
        What is said with it; ``layer`` and ``unit`` count from 1.
    """

    code: str
    severity: Literal["note", "warning", "failure"]
    values: dict[str, bool | int | float | str] = {}


class Past(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The runs stored with an experiment, at most 1 MB of them.

    Attributes
    ----------
    curve
        The losses of the run that led to the weights, or ``None``.
    runs
        Earlier ones, oldest first.
    findings
        What the training doctor had found, worst first.
    """

    curve: Curve | None = None
    runs: tuple[PastRun, ...] = ()
    findings: tuple[PastFinding, ...] = ()
