"""The results of earlier pictures, and their table."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

import cv2

from foundation.tables import csv_bytes
from vision.files import write_file
from vision.jobs.session import PictureResult
from vision.networks.detector import DetectionResult
from vision.networks.segmenter import MaskResult
from vision.pictures.pixels import Picture, Pixels, thumbnail
from vision.result import Result, ScoredLabel, Task

MAX_ENTRIES = 500
MAX_PIXEL_BYTES = 128 * 1024 * 1024
"""Memory limit for the pixels of pictures without a file: fifty frames of 1280 x 720."""

THUMBNAIL_QUALITY = 90
HEADER = (
    *("time", "picture", "model", "label", "probability", "sure", "forward_ms", "objects"),
    "share_of_picture",
)


@dataclass(frozen=True, eq=False)
class HistoryEntry:
    """A picture with its result.

    Attributes
    ----------
    name
        File name, or "Camera 0, frame 1284".
    path
        The file to read again, or ``None``; then `picture` holds the pixels.
    picture
        (H, W, 3) BGR uint8 of a pasted picture or a frame, else ``None``. Also ``None`` once newer
        entries have used up the memory limit; see :func:`with_newest`.
    thumbnail_jpeg
        Thumbnail as a JPEG; five hundred take 8 MB instead of 53.
    label, probability
        The best class and its probability (0 to 1). For a detector the best object and its score,
        or ``""`` and 0 if there is none; for a segmenter its subject and the share of the picture.
    model
        Name of the model.
    forward_ms
        Duration of the forward pass, in milliseconds.
    when
        Local time of the result.
    objects
        Number of objects that a detector found.
    """

    name: str
    path: Path | None
    picture: Picture | None
    thumbnail_jpeg: bytes
    label: str
    probability: float
    model: str
    forward_ms: float
    when: datetime
    task: Task = Task.CLASSIFICATION
    objects: int = 0

    @classmethod
    def of(cls, shown: PictureResult) -> HistoryEntry:
        """Return the entry of a new result."""
        best = shown.result.best
        if isinstance(shown.result, MaskResult):
            best = ScoredLabel(0, shown.result.subject, shown.result.share)
        return cls(
            name=shown.name,
            path=shown.path,
            picture=shown.picture if shown.path is None else None,
            thumbnail_jpeg=_encode_jpeg(
                thumbnail(shown.picture if shown.pixels is None else shown.pixels)
            ),
            label="" if best is None else best.label,
            probability=0.0 if best is None else best.probability,
            model=shown.model.choice.name,
            forward_ms=shown.result.timings.forward_ms,
            when=datetime.now(),
            task=shown.model.task,
            objects=_objects(shown.result),
        )

    def is_sure(self, threshold: float) -> bool:
        """Return whether the probability reaches the threshold; True for other tasks."""
        return self.task is not Task.CLASSIFICATION or self.probability >= threshold


def _objects(result: Result) -> int:
    return len(result.selection.kept) if isinstance(result, DetectionResult) else 0


def _encode_jpeg(pixels: Pixels) -> bytes:
    """Return pixels as a JPEG."""
    _, data = cv2.imencode(".jpg", pixels[..., :3], (cv2.IMWRITE_JPEG_QUALITY, THUMBNAIL_QUALITY))
    return data.tobytes()


def with_newest(
    entry: HistoryEntry, older: Sequence[HistoryEntry], most_bytes: int = MAX_PIXEL_BYTES
) -> tuple[HistoryEntry, ...]:
    """Return a history with an entry added in front.

    Parameters
    ----------
    entry, older
        The new entry, and the others, newest first; at most `MAX_ENTRIES` are kept.
    most_bytes
        Memory limit for the pixels of pictures without a file. Those of the newest entry are always
        kept, older ones as long as they fit.
    """
    entries = [entry, *older][:MAX_ENTRIES]
    room = most_bytes
    for row, one in enumerate(entries):
        room -= 0 if one.picture is None else one.picture.nbytes
        if room < 0 and row:
            entries[row] = replace(one, picture=None)
    return tuple(entries)


def row_of_model(model: str, row: int, entries: Sequence[HistoryEntry]) -> int | None:
    """Return the model's newest row for the same picture as a row, or None.

    Parameters
    ----------
    row
        Returned itself if it is of this model.
    entries
        The history, newest first.
    """
    picture = entries[row]
    rows: list[int] = [row, *range(len(entries))]
    for index in rows:
        one = entries[index]
        is_same = (one.path, one.name) == (picture.path, picture.name)
        if is_same and one.picture is picture.picture and one.model == model:
            return index
    return None


def write_history_csv(path: Path, entries: Sequence[HistoryEntry], threshold: float) -> None:
    """Write entries as a table, oldest first, with decimal points.

    Parameters
    ----------
    entries
        The history, newest first.
    threshold
        Entries below this probability (0 to 1) are marked as not sure.

    Raises
    ------
    VisionError
        file_unwritable.
    """
    write_file(path, csv_bytes([HEADER, *(_row(entry, threshold) for entry in reversed(entries))]))


def _row(entry: HistoryEntry, threshold: float) -> list[str]:
    figure, is_mask = f"{entry.probability:.6f}", entry.task is Task.MASK
    return [
        entry.when.isoformat(timespec="milliseconds"),
        str(entry.path) if entry.path is not None else entry.name,
        entry.model,
        *(("", "") if is_mask else (entry.label, figure)),
        "yes" if entry.is_sure(threshold) else "no",
        f"{entry.forward_ms:.3f}",
        str(entry.objects) if entry.task is Task.DETECTION else "",
        figure if is_mask else "",
    ]
