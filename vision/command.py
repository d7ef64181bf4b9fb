"""What `python main.py classify` does, as plain functions."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TypedDict

from vision.batch import Batch, BatchItem
from vision.classification import ClassificationResult, Classifier
from vision.errors import VisionError
from vision.models import open_classifier
from vision.pictures import list_pictures


class TopEntry(TypedDict):
    """One of the best classes; probability 0-1."""

    index: int
    label: str
    probability: float


class PictureReport(TypedDict):
    """What the command prints of one picture with ``--json``; times in milliseconds."""

    picture: str
    model: str
    load_ms: float
    preprocess_ms: float
    forward_ms: float
    top: list[TopEntry]


def classify_pictures(
    pictures: Iterable[Path | str],
    model: Path | str | None = None,
    prototxt: Path | str | None = None,
    labels: Path | str | None = None,
    top: int = 5,
) -> tuple[list[PictureReport], list[VisionError]]:
    """Classify pictures and folders of pictures with one model, loaded once.

    Parameters
    ----------
    pictures
        Picture files, or folders whose pictures are taken in order of name.
    model, prototxt, labels
        Files of the person's own model; the bundled classifier without them.
    top
        How many classes to report for each picture.

    Returns
    -------
    A report of each picture, and why each other picture or folder was skipped.

    Raises
    ------
    VisionError
        If the model cannot be loaded or does not fit its labels; nothing is reported then.
    """
    paths: list[Path] = []
    skipped: list[VisionError] = []
    for path in map(Path, pictures):
        try:
            paths += list_pictures(path) if path.is_dir() else [path]
        except VisionError as error:
            skipped.append(error)
    reports: list[PictureReport] = []
    if not paths:
        return reports, skipped
    classifier = open_classifier(model, prototxt, labels)

    def note(item: BatchItem) -> None:
        if item.result is not None:
            reports.append(as_report(classifier, item.path, item.result))
        elif item.error is not None:
            skipped.append(item.error)

    with _quiet_decoders():
        Batch(paths, classifier, top).run(lambda: False, note)
    return reports, skipped


def classify_text(reports: list[PictureReport]) -> str:
    """Return what the command prints without ``--json``."""
    lines: list[str] = []
    for report in reports:
        lines.append(
            f"{report['picture']}  ({report['model']}, preprocess "
            f"{report['preprocess_ms']:.1f} ms, forward {report['forward_ms']:.1f} ms)"
        )
        lines.extend(
            f"{place:>3}. {entry['label']}, {entry['probability']:.2%}"
            for place, entry in enumerate(report["top"], start=1)
        )
    return "\n".join(lines)


@contextmanager
def _quiet_decoders() -> Iterator[None]:
    """Keep libpng's and libjpeg's own complaints off standard error.

    They write to the descriptor itself, beside our own lines. Nothing else is written meanwhile;
    the window does not use this.
    """
    try:
        kept = os.dup(2)
    except OSError:
        # Standard error is closed: there is nothing to keep clean.
        yield
        return
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, 2)
    os.close(nowhere)
    try:
        yield
    finally:
        os.dup2(kept, 2)
        os.close(kept)


def as_report(
    classifier: Classifier, path: Path | str, result: ClassificationResult
) -> PictureReport:
    """Return a result as the command's JSON has it."""
    manifest = classifier.manifest
    return PictureReport(
        picture=str(path),
        model=manifest.name if manifest else Path(classifier.engine.name).name,
        load_ms=round(classifier.engine.load_ms, 3),
        preprocess_ms=round(result.timings.preprocess_ms, 3),
        forward_ms=round(result.timings.forward_ms, 3),
        top=[
            TopEntry(index=best.index, label=best.label, probability=best.probability)
            for best in result.top
        ],
    )
