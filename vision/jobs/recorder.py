"""Writes each result to a table while the user records."""

from __future__ import annotations

import contextlib
import csv
import os
import threading
from datetime import datetime
from pathlib import Path

from foundation.files import new_part, put_in_place
from foundation.tables import plain_cells
from vision.errors import VisionError, as_value
from vision.files import unwritable_error
from vision.jobs.batch import box_cells
from vision.networks.detector import DetectionResult
from vision.networks.segmenter import MaskResult
from vision.result import Result

HEADER = ("time", "picture", "model", "label", "probability", "second", "second_probability")
TIMES = ("read_ms", "preprocess_ms", "forward_ms")
CORNERS = ("x1", "y1", "x2", "y2")
SHARE = "share_of_picture"


class Recorder:
    """Writes results from any thread to a file that replaces `path` at the end.

    Attributes
    ----------
    path
        Path of the table; an existing file is unchanged until `finish`.
    fault
        Error that prevents writing, for example a full disk, or None; `finish` raises it.
    """

    def __init__(self, path: Path) -> None:
        """Open the table for writing.

        Raises
        ------
        VisionError
            file_unwritable.
        """
        self.path = path
        self.rows = 0
        self.fault: VisionError | None = None
        self._lock = threading.Lock()
        try:
            handle, self._part = new_part(path, hidden=False)
            # Spreadsheets take a file for UTF-8 only if it starts with the mark. A line at a time
            # reaches the disk, so that a crash costs no more than the row being written.
            self._file = os.fdopen(handle, "w", encoding="utf-8-sig", newline="", buffering=1)
            self._writer = csv.writer(self._file, lineterminator="\n")
            self._writer.writerow([*HEADER, *TIMES, *CORNERS, SHARE])
        except (OSError, ValueError) as error:
            raise unwritable_error(self.path, error) from error

    def write(self, name: str, model: str, result: Result) -> None:
        """Add a row, for a detector one per object (any thread); after `finish` do nothing.

        A picture without detected objects has a row without a label; the row of a mask has the
        share of the picture that is cut out. Errors are stored in `fault`, so that processing
        continues.
        """
        first = [datetime.now().isoformat(timespec="milliseconds"), name, model]
        times = [f"{getattr(result.timings, part):.3f}" for part in TIMES]
        if isinstance(result, DetectionResult):
            found = box_cells(result) or [[""] * (2 + len(CORNERS))]
            rows = [[*first, *box[:2], "", "", *times, *box[2:], ""] for box in found]
        else:
            named = [
                cell
                for scored in result.top[:2]
                for cell in (scored.label, f"{scored.probability:.6f}")
            ]
            share = f"{result.share:.6f}" if isinstance(result, MaskResult) else ""
            named += [""] * (4 - len(named))
            rows = [[*first, *named, *times, *[""] * len(CORNERS), share]]
        with self._lock:
            if self._file.closed or self.fault is not None:
                return
            try:
                self._writer.writerows(map(plain_cells, rows))
            except OSError as error:
                self.fault = as_value(unwritable_error(self.path, error))
                return
            self.rows += len(rows)

    def finish(self) -> None:
        """Move the table to its final path.

        Raises
        ------
        VisionError
            file_unwritable; the rows are then in the temporary file in the same folder.
        """
        with self._lock:
            if self.fault is not None:
                with contextlib.suppress(OSError):  # it tries once more to write
                    self._file.close()
                raise self.fault
            try:
                self._file.close()
                put_in_place(self._part, self.path)
            except OSError as error:
                raise unwritable_error(self.path, error) from error
