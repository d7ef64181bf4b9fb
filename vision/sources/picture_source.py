"""One picture, a list of pictures, or a folder, as a source of frames."""

from __future__ import annotations

import time
from collections.abc import Sequence
from pathlib import Path

from vision.errors import VisionError
from vision.pictures import list_pictures, read_picture
from vision.sources.base import Frame


class PictureSource:
    """Pictures one after the other; see `FrameSource` for the methods.

    Attributes
    ----------
    paths
        The picture files, in the order in which they come.
    """

    is_paced = False
    trouble: VisionError | None = None
    dropped = 0

    def __init__(self, paths: Sequence[Path | str], name: str | None = None) -> None:
        self.paths = tuple(Path(path) for path in paths)
        self.name = name if name is not None else str(self.paths[0]) if self.paths else ""
        self.length: int | None = len(self.paths)
        self._next = 0

    @classmethod
    def of_folder(cls, folder: Path | str) -> PictureSource:
        """Take the pictures of a folder by name.

        Raises
        ------
        VisionError
            file_missing, file_unreadable or folder_without_pictures.
        """
        return cls(list_pictures(folder), str(folder))

    @property
    def ended(self) -> bool:
        """True after the last picture."""
        return self._next >= len(self.paths)

    def start(self) -> None:
        """Begin with the first picture."""
        self._next = 0

    def next_frame(self, timeout_s: float) -> Frame | None:
        """Read the next picture; raise its fault and go on behind it at the next call."""
        if self.ended:
            return None
        index, self._next = self._next, self._next + 1
        started = time.perf_counter()
        picture = read_picture(self.paths[index])
        read_ms = (time.perf_counter() - started) * 1e3
        return Frame(picture, index, str(self.paths[index]), read_ms)

    def seek(self, index: int) -> None:
        """Make the picture of that number the next one."""
        self._next = min(max(index, 0), len(self.paths))

    def stop(self) -> None:
        """Do nothing: no file stays open."""
