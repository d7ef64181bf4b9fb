"""One weight that tests change, and read back from a file."""

from __future__ import annotations

from pathlib import Path

from gui.document import ExperimentDocument
from model.edits import network as edits
from model.files import read_experiment


def change(document: ExperimentDocument, value: float = 1.5) -> None:
    """Give the first weight a value, as an edit that can be undone."""
    document.edit("weight", edits.with_weight(document.experiment, 0, 0, 0, value))


def weight(path: Path) -> float:
    """Return the first weight of an experiment's file."""
    weights = read_experiment(path).network.layers[0].weights
    return float(weights[0, 0])
