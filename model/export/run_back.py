"""Run exported programs before they are written, and compare their answers with the network's."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Sequence
from importlib.util import find_spec
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, NamedTuple

import numpy as np

from model.data import Dataset
from model.data.derived import derive
from model.errors import ModelError
from model.experiment import Experiment, FloatArray
from model.initialisers import initialise
from model.network import Network

MAX_SECONDS = 120.0
"""Time limit of a program in another process; importing PyTorch alone takes a while."""


class RoundTrip(NamedTuple):
    """The result of running an exported file.

    Attributes
    ----------
    rows
        Number of rows answered.
    difference
        Largest difference between the file's answers and the network's.
    """

    rows: int
    difference: float


def run_numpy(
    parts: Sequence[str], experiment: Experiment, dataset: Dataset
) -> tuple[list[str], RoundTrip]:
    """Run a NumPy program part by part; return the parts' outputs and the comparison.

    Parameters
    ----------
    parts
        Parts of a program from :func:`model.export.numpy_script.numpy_parts`.

    Raises
    ------
    ModelError
        Code ``export.program`` if the answers have the wrong shape.
    """
    printed: list[str] = []

    def note(*words: object) -> None:
        printed[-1] += " ".join(map(str, words)) + "\n"

    names: dict[str, Any] = {"__name__": "__main__", "print": note}
    for part in parts:
        printed.append("")
        exec(compile(part, "<export>", "exec"), names)
    rows = np.asarray(names["X"], dtype=np.float64)
    return printed, _compare(names["predict"](names["X"]), rows, experiment, dataset)


def run_torch(
    program: str, rows: FloatArray, experiment: Experiment, dataset: Dataset
) -> RoundTrip | None:
    """Run a PyTorch program in another process; return ``None`` if PyTorch is not installed.

    Parameters
    ----------
    program
        Text from :func:`model.export.pytorch_script.pytorch_script`.
    rows
        The rows that it answers, shape (rows, columns).
    experiment, dataset
        The exported experiment and its data set.

    Raises
    ------
    ModelError
        Code ``export.program`` if it ends with an error, takes too long, or its answers have
        the wrong shape.
    """
    if find_spec("torch") is None:
        return None
    with TemporaryDirectory() as folder:
        path = Path(folder) / "program.py"
        path.write_text(program, encoding="utf-8")
        try:
            done = subprocess.run(
                [sys.executable, "-I", str(path)],
                capture_output=True,
                text=True,
                timeout=MAX_SECONDS,
                check=True,
            )
        except subprocess.SubprocessError as fault:
            raise _program_error(str(fault)) from fault
    lines = done.stdout.splitlines()[: len(rows)]
    answers = np.array([[float(word) for word in line.split()] for line in lines])
    return _compare(answers, rows, experiment, dataset)


def _compare(
    answers: FloatArray, rows: FloatArray, experiment: Experiment, dataset: Dataset
) -> RoundTrip:
    """Compare a program's answers for rows with the network's."""
    own = Network.of(initialise(experiment)).forward(derive(dataset.features, rows))
    if answers.shape != own.shape:
        raise _program_error(f"{answers.shape} {own.shape}")
    return RoundTrip(len(rows), float(differences(answers, own).max(initial=0.0)))


def differences(answers: FloatArray, own: FloatArray) -> FloatArray:
    """Return the difference of each answer, 0 where both are NaN or the same infinity."""
    same = (answers == own) | (np.isnan(answers) & np.isnan(own))
    with np.errstate(invalid="ignore"):  # infinity less infinity, which is the same
        return np.where(same, 0.0, np.abs(answers - own))


def _program_error(reason: str) -> ModelError:
    return ModelError(
        "export.program",
        "The exported program does not answer as the network does ({reason}), so it is not "
        "written. Report it with the experiment's file.",
        reason=reason,
    )
