"""The doctor's input and its findings."""

from __future__ import annotations

import math
from typing import Any, Literal

import numpy as np
from msgspec import Struct

from model.data import Dataset
from model.experiment import Experiment, FloatArray, PastFinding

Severity = Literal["note", "warning", "failure"]
Kind = Literal["structure", "luck", "state"]


class Finding(Struct, frozen=True, eq=False):
    """A problem of the network, as a code and values that the window turns into text.

    Attributes
    ----------
    code
        Stable name of the problem.
    severity
        ``"failure"`` if the network cannot learn as it is.
    values
        Values for the message; ``layer`` and ``unit`` count from 1.
    fix
        The corrected experiment, or ``None`` if there is no one-click remedy.
    kind
        ``"structure"`` if no other start or rate helps, because the network, its loss or its inputs
        are at fault; ``"luck"`` if one may help; ``"state"`` otherwise.
    """

    code: str
    severity: Severity
    values: dict[str, Any]
    fix: Experiment | None = None
    kind: Kind = "state"


class RunFacts(Struct, frozen=True, eq=False):
    """The facts about a run that the doctor examines."""

    experiment: Experiment
    data: Dataset
    passed: list[tuple[FloatArray, FloatArray]]
    train_loss: FloatArray
    test_loss: FloatArray | None
    accuracy: float
    diverged: bool = False


def past_finding(finding: Finding) -> PastFinding:
    """Return a finding in the form stored in a file, without its remedy."""
    values = {name: _plain(value) for name, value in finding.values.items()}
    return PastFinding(finding.code, finding.severity, values)


def finding_of(past: PastFinding) -> Finding:
    """Return the finding stored in a file, dropping invalid layer and unit numbers."""
    values = {
        name: value
        for name, value in past.values.items()
        if name not in ("layer", "unit") or (type(value) is int and value > 0)
    }
    return Finding(past.code, past.severity, values)


def _plain(value: Any) -> bool | int | float | str:
    """Return a value for JSON; non-finite numbers become words."""
    if isinstance(value, bool | np.bool_):
        return bool(value)
    if isinstance(value, int | np.integer):
        return int(value)
    if isinstance(value, float | np.floating) and math.isfinite(value):
        return float(value)
    return str(value)
