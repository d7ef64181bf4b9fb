"""Earlier runs, as the loss plot shows them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from model.experiment import FloatArray

__all__ = ["RunRecord"]


@dataclass(frozen=True, eq=False)
class RunRecord:
    """One earlier run, kept to compare with.

    Attributes
    ----------
    name
        What it is called beside its line, for example "seed 42".
    settings
        Names and values for the table of runs, already written out for a person.
    epochs
        Epoch of each value, n of them.
    train, test
        Losses, shape (n,); `test` is ``None`` without test rows.
    visible
        Whether its line is drawn.
    """

    name: str
    settings: Mapping[str, str]
    epochs: range
    train: FloatArray
    test: FloatArray | None = None
    visible: bool = True
