"""What a window last read from a file or wrote to it, to notice when another has written there."""

from __future__ import annotations

from enum import Enum, auto
from pathlib import Path

from model.data.reading import Stamp, stamp_of
from model.errors import ModelError
from model.experiment import Experiment
from model.file_bytes import file_bytes
from model.files import MOST_BYTES, experiment_in


class OnDisk(Enum):
    """What has become of a file since."""

    SAME = auto()
    CHANGED = auto()
    GONE = auto()


class SeenFile:
    """The content of a file as this window knows it.

    Attributes
    ----------
    digest
        SHA-256 of the content, in hexadecimal.
    """

    def __init__(self, path: Path, content: bytes) -> None:
        self.path = path
        self.digest, self._size = _digest(content), len(content)
        self._stamp: Stamp | None = None

    def look(self) -> OnDisk:
        """Compare with what lies there now.

        The content decides; it is read only where time, size or number of the file are others than
        when it was last found the same.
        """
        try:
            found = self.path.stat()
        except FileNotFoundError:
            return OnDisk.GONE
        except OSError:  # a drive that does not answer says nothing about the file
            return OnDisk.SAME
        if stamp_of(found) == self._stamp:
            return OnDisk.SAME
        if found.st_size != self._size:
            return OnDisk.CHANGED
        try:
            content = file_bytes(self.path, MOST_BYTES, "file")
        except ModelError:
            return OnDisk.CHANGED
        if _digest(content) != self.digest:
            return OnDisk.CHANGED
        self._stamp = stamp_of(found)
        return OnDisk.SAME


def _digest(content: bytes) -> str:
    from hashlib import sha256  # late: OpenSSL is loaded with it

    return sha256(content).hexdigest()


def read_seen(path: Path) -> tuple[Experiment, SeenFile]:
    """Read an experiment, and keep in mind what it was read from.

    Raises
    ------
    ModelError
        As :func:`model.files.read_experiment` does.
    """
    content = file_bytes(path, MOST_BYTES, "file")
    return experiment_in(content, path), SeenFile(path, content)
