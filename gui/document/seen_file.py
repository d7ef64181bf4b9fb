"""The state of a file as this window knows it, to notice other writers."""

from __future__ import annotations

from enum import Enum, auto
from pathlib import Path

from model.data.files.reading import Stamp, stamp_of
from model.experiment import Experiment
from model.files import read_experiment


class OnDisk(Enum):
    """How a file compares with what this window knows."""

    SAME = auto()
    CHANGED = auto()
    GONE = auto()


class SeenFile:
    """Time and size of a file as this window knows it."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._stamp = _stamp(path)

    def look(self) -> OnDisk:
        """Compare with what lies there now."""
        found = _stamp(self.path)
        if found == self._stamp:
            return OnDisk.SAME
        return OnDisk.GONE if found is None else OnDisk.CHANGED


def _stamp(path: Path) -> Stamp | None:
    try:
        return stamp_of(path.stat())
    except OSError:
        return None


def read_seen(path: Path) -> tuple[Experiment, SeenFile]:
    """Read an experiment, and note what it was read from.

    Raises
    ------
    ModelError
        As :func:`model.files.read_experiment` does.
    """
    seen = SeenFile(path)
    return read_experiment(path), seen
