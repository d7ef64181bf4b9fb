"""Run a model on many pictures with progress, pause and cancel; write the results as CSV."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import Future
from contextlib import closing
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from foundation.tables import csv_bytes
from vision.child import StoppedError, read_ahead, stop_when
from vision.errors import Fault, VisionError, as_value
from vision.files import write_file
from vision.networks.detector import DetectionResult
from vision.networks.predictor import Predictor
from vision.networks.segmenter import MaskResult
from vision.pictures.files import read_picture
from vision.pictures.pixels import Picture
from vision.result import TOP, Result

_WAIT_S = 0.1
_FAULTS_OF_MODELS = frozenset(
    [
        Fault.LABELS_MISMATCH,
        Fault.OUTPUT_NOT_SCORES,
        Fault.OUTPUT_NOT_BOXES,
        Fault.OUTPUT_NOT_MASK,
    ]
)


@dataclass(frozen=True, eq=False)
class BatchItem:
    """The result of one picture of a batch.

    Attributes
    ----------
    path
        Path of the picture.
    index, total
        Index of the picture from 0, and the number of pictures.
    result
        Result of the model, or None if it failed.
    error
        Error of the picture, or None.
    """

    path: Path
    index: int
    total: int
    result: Result | None
    error: VisionError | None


class Batch:
    """Runs a model on a list of pictures once; `run` belongs to the worker thread.

    Parameters
    ----------
    paths
        Paths of the pictures.
    predictor
        A loaded model, or a function that loads one on the worker.
    top
        Number of classes in each classification.
    first
        Index of the first picture to process.
    """

    def __init__(
        self,
        paths: Sequence[Path | str],
        predictor: Predictor | Callable[[], Predictor],
        top: int = TOP,
        first: int = 0,
    ) -> None:
        self.paths = tuple(map(Path, paths))
        self._first = first
        self._predictor = predictor
        self._top = top
        self._may_go = threading.Event()
        self._may_go.set()

    def pause(self) -> None:
        """Pause before the next picture."""
        self._may_go.clear()

    def resume(self) -> None:
        """Continue after a pause."""
        self._may_go.set()

    def run(
        self,
        should_stop: Callable[[], bool],
        publish: Callable[[BatchItem], None],
        look: Callable[[BatchItem, Picture], None] | None = None,
    ) -> bool:
        """Process the pictures and publish each result; bad ones do not end the batch.

        Parameters
        ----------
        should_stop
            Asked before each picture, and every 0.1 s while paused.
        publish
            Called once for each picture, in order, on this thread.
        look
            Called before `publish` with each processed picture; a batch does not keep pictures.

        Returns
        -------
        True if every picture was processed, False if it was stopped.

        Raises
        ------
        VisionError
            If the model cannot be loaded or does not fit its labels.
        """
        loaded = self._predictor
        predictor = loaded if isinstance(loaded, Predictor) else loaded()
        read = partial(_timed_read, should_stop=should_stop)
        with closing(read_ahead(read, self.paths[self._first :])) as readings:
            for index, reading in enumerate(readings, self._first):
                if not self._wait(should_stop):
                    return False
                try:
                    item, picture = self._item(predictor, reading, index)
                except StoppedError:
                    return False
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
        self, predictor: Predictor, reading: Future[tuple[Picture, float]], index: int
    ) -> tuple[BatchItem, Picture | None]:
        path, total = self.paths[index], len(self.paths)
        try:
            picture, read_ms = reading.result()
            result = predictor.predict(picture, read_ms, self._top)
        except VisionError as error:
            if error.code in _FAULTS_OF_MODELS:
                # The model is at fault, not this picture: every other one would fail alike.
                raise
            return BatchItem(path, index, total, None, as_value(error)), None
        return BatchItem(path, index, total, result, None), picture


def _timed_read(path: Path, should_stop: Callable[[], bool]) -> tuple[Picture, float]:
    started = time.perf_counter()
    with stop_when(should_stop):
        return read_picture(path), (time.perf_counter() - started) * 1e3


def write_results_csv(path: Path | str, items: Iterable[BatchItem], top: int = TOP) -> None:
    """Write results as a table, with a row per box for detectors, otherwise per picture.

    A picture's row has the top labels and probabilities, or the share that is cut out, then times
    and error. A box's row has picture, label, score and corners in pixels; a picture without boxes
    has one row without these.

    Parameters
    ----------
    path
        The file, replaced only when it is complete.
    items
        Items published by `Batch.run`, or results from a history.
    top
        Number of labels per row.

    Raises
    ------
    VisionError
        file_unwritable.
    """
    kept = list(items)
    if any(isinstance(item.result, DetectionResult) for item in kept):
        header = ["picture", "label", "score", "x1", "y1", "x2", "y2", *TIME_COLUMNS]
        rows = [row for item in kept for row in _box_rows(item)]
    elif any(isinstance(item.result, MaskResult) for item in kept):
        header = ["picture", "share of picture", *TIME_COLUMNS]
        rows = [[str(item.path), _share(item), *_times_and_error(item)] for item in kept]
    else:
        places = range(1, top + 1)
        header = ["picture", *(f"{what} {place}" for place in places for what in ("label", "p"))]
        header += TIME_COLUMNS
        rows = [_row(item, top) for item in kept]
    write_file(path, csv_bytes([header, *rows]))


TIME_COLUMNS = ("read ms", "preprocess ms", "forward ms", "error")


def _box_rows(item: BatchItem) -> list[list[str]]:
    end = _times_and_error(item)
    result = item.result
    boxes = box_cells(result) if isinstance(result, DetectionResult) else []
    return [[str(item.path), *box, *end] for box in boxes or [[""] * 6]]


def box_cells(result: DetectionResult) -> list[list[str]]:
    """Return label, score and corners of each shown object, as table cells."""
    kept = result.selection.kept
    return [
        [
            result.labels.name(int(index)),
            f"{score:.6f}",
            *(f"{corner:.1f}" for corner in corners),
        ]
        for index, score, corners in zip(kept.indices, kept.scores, kept.xyxy, strict=True)
    ]


def _share(item: BatchItem) -> str:
    return f"{item.result.share:.6f}" if isinstance(item.result, MaskResult) else ""


def _row(item: BatchItem, top: int) -> list[str]:
    row = [str(item.path)]
    result = item.result
    best = () if result is None else result.best_labels(top)
    for scored in best:
        row += [scored.label, f"{scored.probability:.6f}"]
    row += [""] * (2 * (top - len(best)))
    return [*row, *_times_and_error(item)]


def _times_and_error(item: BatchItem) -> list[str]:
    if item.result is None:
        return ["", "", "", "" if item.error is None else item.error.sentence()]
    times = item.result.timings
    return [*(f"{ms:.3f}" for ms in (times.read_ms, times.preprocess_ms, times.forward_ms)), ""]
