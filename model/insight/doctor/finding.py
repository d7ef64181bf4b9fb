"""What the doctor looks at and what it finds."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal

from model.data import Dataset
from model.experiment import Experiment, FloatArray

Severity = Literal["note", "warning", "failure"]


@dataclass(frozen=True, slots=True, eq=False)
class Finding:
    """One thing that ails the network.

    Attributes
    ----------
    code
        A stable name that ``gui`` translates by.
    severity
        ``"failure"`` where it cannot learn as it is.
    template
        The English sentence, with ``{name}`` fields for `values`.
    values
        What the sentence quotes; ``layer`` and ``unit`` count from 1.
    remedy
        What `fix` does, in English, or empty.
    fix
        The mended experiment, or ``None`` where there is no one-click remedy.
    """

    code: str
    severity: Severity
    template: str
    values: dict[str, Any]
    remedy: str = ""
    fix: Experiment | None = None

    def sentence(self) -> str:
        """Return the English sentence with its values."""
        return self.template.format(**self.values)


@dataclass(frozen=True, slots=True, eq=False)
class Patient:
    """What the examinations look at."""

    experiment: Experiment
    data: Dataset
    passed: list[tuple[FloatArray, FloatArray]]
    train_loss: FloatArray
    test_loss: FloatArray | None
    leave: Callable[[], None]
    accuracy: float
    ran_away: bool = False
