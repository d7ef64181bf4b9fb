"""The state of a file as last seen by this window, to detect other programs' changes."""

from __future__ import annotations

from enum import Enum, auto
from pathlib import Path

from model.data.files.reading import Stamp, stamp_of
from model.experiment import Experiment
from model.files import read_experiment


class OnDisk(Enum):
    """How a file compares with its last seen state."""

    SAME = auto()
    CHANGED = auto()
    GONE = auto()


class SeenFile:
    """A file's time and size when last seen."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._stamp = _stamp(path)

    def look(self) -> OnDisk:
        """Compare with the current state of the file."""
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
    """Read an experiment, and record its file's state.

    Raises
    ------
    ModelError
        See :func:`model.files.read_experiment`.
    """
    seen = SeenFile(path)
    return read_experiment(path), seen
