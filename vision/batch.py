"""Classify many pictures with progress, pause and cancel, and write the results as CSV."""

from __future__ import annotations

import csv
import io
import threading
import time
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from vision.classification import ClassificationResult, Classifier
from vision.errors import Fault, VisionError, as_value
from vision.files import write_file
from vision.pictures import Picture, read_picture

_WAIT_S = 0.1


@dataclass(frozen=True, eq=False)
class BatchItem:
    """What came of one picture of a batch.

    Attributes
    ----------
    path
        The picture.
    index, total
        Its number from 0, and how many there are.
    result
        What the model says, or None if it failed.
    error
        Why it failed, or None.
    """

    path: Path
    index: int
    total: int
    result: ClassificationResult | None
    error: VisionError | None


class Batch:
    """Classify a list of pictures once; `run` belongs to the worker thread.

    Parameters
    ----------
    paths
        The pictures, in order.
    classifier
        A loaded classifier, or a function that loads one on the worker.
    top
        How many classes each result names.
    """

    def __init__(
        self,
        paths: Sequence[Path],
        classifier: Classifier | Callable[[], Classifier],
        top: int = 5,
    ) -> None:
        self.paths = tuple(paths)
        self._classifier = classifier
        self._top = top
        self._may_go = threading.Event()
        self._may_go.set()

    def pause(self) -> None:
        """Stop before the next picture."""
        self._may_go.clear()

    def resume(self) -> None:
        """Go on."""
        self._may_go.set()

    @property
    def paused(self) -> bool:
        """True between `pause` and `resume`."""
        return not self._may_go.is_set()

    def run(
        self,
        should_stop: Callable[[], bool],
        publish: Callable[[BatchItem], None],
        look: Callable[[BatchItem, Picture], None] | None = None,
    ) -> bool:
        """Classify the pictures and publish what came of each; bad ones do not end the batch.

        Parameters
        ----------
        should_stop
            Asked before each picture, and every 0.1 s while paused.
        publish
            Called once for each picture, in order, on this thread.
        look
            Called before `publish` with each picture that was classified; a batch keeps none.

        Returns
        -------
        True if every picture was done, False if it was stopped.

        Raises
        ------
        VisionError
            If the model cannot be loaded or does not fit its labels.
        """
        loaded = self._classifier
        classifier = loaded if isinstance(loaded, Classifier) else loaded()
        # The next picture is read while the network looks at this one.
        with ThreadPoolExecutor(1, "read pictures") as reader:
            ahead: Future[tuple[Picture, float]] | None = None
            for index, path in enumerate(self.paths):
                if not self._wait(should_stop):
                    return False
                now = ahead or reader.submit(_timed_read, path)
                if index + 1 < len(self.paths):
                    ahead = reader.submit(_timed_read, self.paths[index + 1])
                item, picture = self._item(classifier, now, index)
                if look is not None and picture is not None:
                    look(item, picture)
                publish(item)
        return True

    def _wait(self, should_stop: Callable[[], bool]) -> bool:
        while not should_stop():
            if self._may_go.wait(_WAIT_S):
                return True
        return False

    def _item(
        self, classifier: Classifier, reading: Future[tuple[Picture, float]], index: int
    ) -> tuple[BatchItem, Picture | None]:
        path, total = self.paths[index], len(self.paths)
        try:
            picture, read_ms = reading.result()
            result = classifier.classify(picture, self._top, read_ms)
        except VisionError as error:
            if error.code in (Fault.LABELS_MISMATCH, Fault.OUTPUT_NOT_SCORES):
                # The model is at fault, not this picture: every other one would fail alike.
                raise
            return BatchItem(path, index, total, None, as_value(error)), None
        return BatchItem(path, index, total, result, None), picture


def _timed_read(path: Path) -> tuple[Picture, float]:
    started = time.perf_counter()
    return read_picture(path), (time.perf_counter() - started) * 1e3


def write_results_csv(path: Path | str, items: Iterable[BatchItem], top: int = 5) -> None:
    """Write results as a table: picture, then label and probability of each place, times, error.

    Parameters
    ----------
    path
        The file; it is written aside and put in place at the end.
    items
        What `Batch.run` published, or results kept by a history.
    top
        How many places to write.

    Raises
    ------
    VisionError
        file_unwritable.
    """
    places = range(1, top + 1)
    header = ["picture", *(f"{what} {place}" for place in places for what in ("label", "p"))]
    header += ["read ms", "preprocess ms", "forward ms", "error"]
    table = io.StringIO(newline="")
    rows = (plain_cells(_row(item, top)) for item in items)
    csv.writer(table).writerows([header, *rows])
    # Spreadsheets take a file for UTF-8 only if it starts with the mark.
    write_file(path, table.getvalue().encode("utf-8-sig"))


def _row(item: BatchItem, top: int) -> list[str]:
    row = [str(item.path)]
    result = item.result
    best = () if result is None else result.top_k(top)
    for scored in best:
        row += [scored.label, f"{scored.probability:.6f}"]
    row += [""] * (2 * (top - len(best)))
    if result is None:
        return [*row, "", "", "", "" if item.error is None else item.error.sentence()]
    times = result.timings
    row += [f"{ms:.3f}" for ms in (times.read_ms, times.preprocess_ms, times.forward_ms)]
    return [*row, ""]


def plain_cells(row: Iterable[object]) -> list[object]:
    """Return a row for a table, no text of which a spreadsheet would run as a formula.

    A text that begins with one of = + - @ gets an apostrophe before it, which spreadsheets hide; a
    number stays one, also if it is negative.
    """
    return [f"'{cell}" if isinstance(cell, str) and _is_formula(cell) else cell for cell in row]


def _is_formula(text: str) -> bool:
    if not text.startswith(("=", "+", "-", "@", "\t", "\r")):
        return False
    try:
        float(text)
    except ValueError:
        return True
    return False
