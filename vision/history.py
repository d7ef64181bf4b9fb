"""What was classified, picture by picture, and its table."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from vision.display import Pixels, thumbnail
from vision.files import write_file
from vision.pictures import Picture
from vision.session import PictureResult


@dataclass(frozen=True, eq=False)
class HistoryEntry:
    """One classified picture.

    Attributes
    ----------
    name
        File name, or "Camera 0, frame 1284".
    path
        The file to read again, or ``None``; then `picture` holds the pixels.
    picture
        (H, W, 3) BGR uint8 of a pasted picture or a frame, else ``None``.
    thumbnail
        A small picture, (H, W, 4).
    label, probability
        The best class, and how sure the model is of it (0 to 1).
    model
        The name of the model that said so.
    forward_ms
        How long its forward pass took.
    when
        Local time.
    """

    name: str
    path: Path | None
    picture: Picture | None
    thumbnail: Pixels
    label: str
    probability: float
    model: str
    forward_ms: float
    when: datetime

    @classmethod
    def of(cls, shown: PictureResult) -> HistoryEntry:
        """Return the entry of a result that came just now."""
        best = shown.result.best
        return cls(
            name=shown.name,
            path=shown.path,
            picture=shown.picture if shown.path is None else None,
            thumbnail=thumbnail(shown.picture if shown.pixels is None else shown.pixels),
            label=best.label,
            probability=best.probability,
            model=shown.model.choice.name,
            forward_ms=shown.result.timings.forward_ms,
            when=datetime.now(),
        )


def history_csv(entries: Sequence[HistoryEntry], threshold: float) -> str:
    """Return entries as a table, oldest first, numbers with a decimal point.

    Parameters
    ----------
    entries
        The newest first.
    threshold
        Under this probability (0 to 1) an entry counts as not sure.
    """
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(["time", "picture", "model", "label", "probability", "sure", "forward_ms"])
    for entry in reversed(entries):
        writer.writerow(
            [
                entry.when.isoformat(timespec="milliseconds"),
                str(entry.path) if entry.path is not None else entry.name,
                entry.model,
                entry.label,
                f"{entry.probability:.6f}",
                "yes" if entry.probability >= threshold else "no",
                f"{entry.forward_ms:.3f}",
            ]
        )
    return text.getvalue()


def write_history_csv(path: Path, entries: Sequence[HistoryEntry], threshold: float) -> None:
    """Write entries as a table; see `history_csv`.

    Raises
    ------
    VisionError
        file_unwritable.
    """
    write_file(path, history_csv(entries, threshold).encode("utf-8-sig"))
