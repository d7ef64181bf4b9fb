"""What `python main.py classify` does, as plain functions."""

from __future__ import annotations

import os
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TypedDict

from vision.classification import ClassificationResult, Classifier
from vision.models import open_classifier
from vision.pictures import list_pictures, read_picture


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
) -> list[PictureReport]:
    """Classify pictures and folders of pictures with one model, loaded once.

    Parameters
    ----------
    pictures
        Picture files, or folders whose pictures are taken in order of name.
    model, prototxt, labels
        Files of the person's own model; the bundled classifier without them.
    top
        How many classes to report for each picture.

    Raises
    ------
    VisionError
        At the first fault; nothing is reported then. `VisionError.sentence` is the line to
        print.
    """
    paths = [found for given in pictures for found in _expand(Path(given))]
    classifier = open_classifier(model, prototxt, labels)
    return [_report(classifier, path, top) for path in paths]


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


def _expand(path: Path) -> list[Path]:
    return list_pictures(path) if path.is_dir() else [path]


def _report(classifier: Classifier, path: Path, top: int) -> PictureReport:
    started = time.perf_counter()
    with _quiet_decoders():
        picture = read_picture(path)
    read_ms = (time.perf_counter() - started) * 1e3
    return as_report(classifier, path, classifier.classify(picture, top, read_ms))


@contextmanager
def _quiet_decoders() -> Iterator[None]:
    """Keep libpng's and libjpeg's own complaints off standard error.

    They write to the descriptor itself, beside our one line. The command has one thread, so
    nothing else is silenced meanwhile; the window does not use this.
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
