"""Write every result to a table while a person records."""

from __future__ import annotations

import csv
import os
import threading
from datetime import datetime
from pathlib import Path

from vision.batch import plain_cells
from vision.classification import ClassificationResult
from vision.errors import Fault, VisionError
from vision.files import new_part, put_in_place
from vision.reasons import reason_of

HEADER = ("time", "picture", "model", "label", "probability", "second", "second_probability")
TIMES = ("read_ms", "preprocess_ms", "forward_ms")


class Recorder:
    """Take results from any thread into a file beside `path`, put in place at the end.

    Attributes
    ----------
    path
        The table; an older file of that name stays as it is until `finish`.
    rows
        How many results were written.
    """

    def __init__(self, path: Path) -> None:
        """Begin the table.

        Raises
        ------
        VisionError
            file_unwritable.
        """
        self.path = path
        self.rows = 0
        self._lock = threading.Lock()
        try:
            handle, self._part = new_part(path, hidden=False)
            # Spreadsheets take a file for UTF-8 only if it starts with the mark. A line at a time
            # reaches the disk, so that a crash costs no more than the row being written.
            self._file = os.fdopen(handle, "w", encoding="utf-8-sig", newline="", buffering=1)
            self._writer = csv.writer(self._file, lineterminator="\n")
            self._writer.writerow([*HEADER, *TIMES])
        except (OSError, ValueError) as error:
            raise self._unwritable(error) from error

    def write(self, name: str, model: str, result: ClassificationResult) -> None:
        """Add a row (any thread); after `finish` it is let go.

        Raises
        ------
        VisionError
            file_unwritable, for example when the disk is full.
        """
        second = result.top[1] if len(result.top) > 1 else None
        times = (getattr(result.timings, part) for part in TIMES)
        row = [
            datetime.now().isoformat(timespec="milliseconds"),
            name,
            model,
            result.best.label,
            f"{result.best.probability:.6f}",
            second.label if second is not None else "",
            f"{second.probability:.6f}" if second is not None else "",
            *(f"{value:.3f}" for value in times),
        ]
        with self._lock:
            if self._file.closed:
                return
            try:
                self._writer.writerow(plain_cells(row))
            except OSError as error:
                raise self._unwritable(error) from error
            self.rows += 1

    def finish(self) -> None:
        """Put the table in its place.

        Raises
        ------
        VisionError
            file_unwritable; the rows are then in the file beside it.
        """
        with self._lock:
            try:
                self._file.close()
                put_in_place(self._part, self.path)
            except OSError as error:
                raise self._unwritable(error) from error

    def _unwritable(self, error: Exception) -> VisionError:
        return VisionError(Fault.FILE_UNWRITABLE, file=str(self.path), reason=reason_of(error))
