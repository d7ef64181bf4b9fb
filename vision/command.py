"""The commands `classify` and `detect` as plain functions."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any, TypedDict

from vision.classification import ClassificationResult, Classifier
from vision.detections import Limits
from vision.drawing import IN_ENGLISH, Wording, draw_boxes
from vision.errors import Fault, VisionError
from vision.jobs.batch import Batch, BatchItem
from vision.kinds import FileKind, kind_of
from vision.models.choice import choice_from_files
from vision.models.opening import open_classifier, open_detector
from vision.networks.detector import DetectionResult, Detector
from vision.networks.findings import Finding, Severity
from vision.networks.predictor import Predictor
from vision.pictures.files import list_pictures, write_picture
from vision.pictures.pixels import Picture
from vision.result import TOP, Result


class TopEntry(TypedDict):
    """One of the top classes, with its probability (0-1)."""

    index: int
    label: str
    probability: float


class _Report(TypedDict):
    """The fields common to all reports on a picture; times in milliseconds."""

    picture: str
    model: str
    load_ms: float
    preprocess_ms: float
    forward_ms: float


class PictureReport(_Report):
    """The entry of a picture in ``classify --json``."""

    top: list[TopEntry]


def classify_pictures(
    pictures: Iterable[Path | str],
    model: Path | str | None = None,
    prototxt: Path | str | None = None,
    labels: Path | str | None = None,
    top: int | None = None,
    settings: Mapping[str, Any] | None = None,
    warn: Callable[[Finding], object] | None = None,
) -> tuple[list[PictureReport], list[VisionError]]:
    """Classify pictures and folders of pictures with one model, loaded once.

    Parameters
    ----------
    pictures
        Picture files, or folders whose pictures are processed in order of name.
    model, prototxt, labels
        Files of the user's own model; the bundled classifier is used if None. If only one of a
        Caffe model's two files is given, the other is searched for in the same folder.
    top
        Number of classes to report per picture; the default number if None.
    settings
        Preprocessing settings that override those of the model, by `Preprocessing`'s names.
    warn
        Called with a finding if the model's description is wrong and therefore ignored.

    Returns
    -------
    reports, skipped
        One report per picture, and the errors of the skipped pictures and folders.

    Raises
    ------
    VisionError
        If the model cannot be loaded or does not fit its labels, or a setting is invalid; nothing
        is reported then.
    """
    paths, skipped = _expand_folders(pictures)
    reports: list[PictureReport] = []
    if not paths:
        return reports, skipped
    model, prototxt = _complete_caffe_files(model, prototxt)
    classifier = open_classifier(model, prototxt, labels)
    if settings:
        classifier.preprocessing = replace(classifier.preprocessing, **settings)

    def note(item: BatchItem) -> None:
        assert isinstance(item.result, ClassificationResult)
        reports.append(classification_report(classifier, item.path, item.result))

    _run_model(paths, classifier, skipped, note, top=TOP if top is None else top)
    found = classifier.softmax_finding()
    if reports and warn is not None and found.severity is Severity.WARN:
        warn(found)
    return reports, skipped


def _expand_folders(pictures: Iterable[Path | str]) -> tuple[list[Path], list[VisionError]]:
    """Return the pictures, with folders expanded, and the errors of skipped folders."""
    paths: list[Path] = []
    skipped: list[VisionError] = []
    for path in map(Path, pictures):
        try:
            if kind_of(path) is FileKind.VIDEO and path.is_file():
                raise VisionError(Fault.PICTURE_IS_VIDEO, file=str(path))
            paths += list_pictures(path) if path.is_dir() else [path]
        except VisionError as error:
            skipped.append(error)
    return paths, skipped


class BoxEntry(TypedDict):
    """One object: its class, score (0-1) and corners in pixels of the upright picture."""

    index: int
    label: str
    score: float
    xyxy: list[float]


class DetectionReport(_Report):
    """The entry of a picture in ``detect --json``, best object first."""

    boxes: list[BoxEntry]


def detect_pictures(
    pictures: Iterable[Path | str],
    model: Path | str | None = None,
    labels: Path | str | None = None,
    score: float | None = None,
    overlap: float | None = None,
    draw: Path | None = None,
    wording: Wording = IN_ENGLISH,
) -> tuple[list[DetectionReport], list[VisionError]]:
    """Find objects in pictures and folders of pictures with one model, loaded once.

    Parameters
    ----------
    pictures
        Picture files, or folders whose pictures are processed in order of name.
    model, labels
        Files of the user's own model; the bundled detector is used if None. If only one of a
        Caffe model's two files is given, the other is searched for in the same folder.
    score, overlap
        Thresholds, 0 to 1; the model's defaults if None.
    draw
        Folder for copies of the pictures with their boxes; created if missing.

    Returns
    -------
    reports, skipped
        One report per picture, and the errors of the skipped pictures and folders.

    Raises
    ------
    VisionError
        If the model cannot be loaded, is not a detector or does not fit its labels; nothing is
        reported then. folder_is_file or file_unwritable, if nothing can be written to `draw`.
    """
    paths, skipped = _expand_folders(pictures)
    reports: list[DetectionReport] = []
    if not paths:
        return reports, skipped
    model, prototxt = _complete_caffe_files(model, None)
    detector = open_detector(model, prototxt, labels)
    usual = detector.limits
    detector.limits = Limits(
        usual.score if score is None else score, usual.overlap if overlap is None else overlap
    )
    names = _drawing_names(paths, draw)

    def look(item: BatchItem, picture: Picture) -> None:
        if draw is not None and isinstance(item.result, DetectionResult):
            drawn = draw_boxes(picture, item.result, wording=wording)
            write_picture(draw / names[item.index], drawn)

    def note(item: BatchItem) -> None:
        assert isinstance(item.result, DetectionResult)
        reports.append(_boxes_report(detector, item.path, item.result))

    _run_model(paths, detector, skipped, note, look)
    return reports, skipped


def _run_model(
    paths: list[Path],
    predictor: Predictor,
    skipped: list[VisionError],
    note: Callable[[BatchItem], None],
    look: Callable[[BatchItem, Picture], None] | None = None,
    top: int = TOP,
) -> None:
    """Run a model on pictures; pass results to `note` and append errors to `skipped`."""

    def publish(item: BatchItem) -> None:
        if item.error is None:
            note(item)
        else:
            skipped.append(item.error)

    Batch(paths, predictor, top).run(lambda: False, publish, look)


def _drawing_names(paths: list[Path], folder: Path | None) -> list[str]:
    """Return a unique PNG file name for the drawing of each picture.

    Repeated names get a number, and so does the name of an input picture, or of a link to one,
    in `folder`.
    """
    home = None if folder is None else folder.resolve()
    read = {
        place for path in paths for place in (path.parent.resolve() / path.name, path.resolve())
    }
    used = {place.name.casefold() for place in read if place.parent == home}
    names = []
    for path in paths:
        name, number = f"{path.stem}.png", 2
        while name.casefold() in used:
            name, number = f"{path.stem}-{number}.png", number + 1
        used.add(name.casefold())
        names.append(name)
    return names


def _complete_caffe_files(
    model: Path | str | None, prototxt: Path | str | None
) -> tuple[Path | str | None, Path | str | None]:
    """Return a model's two files, searching the folder for a Caffe model's missing half."""
    lone = prototxt if model is None else model
    if lone is None or (model is not None and prototxt is not None):
        return model, prototxt
    found = choice_from_files("", "", [Path(lone)])
    return (lone, None) if found is None else (found.model, found.prototxt)


def _boxes_report(detector: Detector, path: Path | str, result: DetectionResult) -> DetectionReport:
    kept = result.selection.kept
    return DetectionReport(
        **_common(detector, path, result),
        boxes=[
            BoxEntry(
                index=index,
                label=result.labels.name(index),
                score=score,
                xyxy=[round(corner, 2) for corner in corners],
            )
            for index, score, corners in zip(
                kept.indices.tolist(), kept.scores.tolist(), kept.xyxy.tolist(), strict=True
            )
        ],
    )


def _common(predictor: Predictor, path: Path | str, result: Result) -> _Report:
    manifest = predictor.manifest
    return _Report(
        picture=str(path),
        model=manifest.name if manifest else Path(predictor.engine.name).name,
        load_ms=round(predictor.engine.load_ms, 3),
        preprocess_ms=round(result.timings.preprocess_ms, 3),
        forward_ms=round(result.timings.forward_ms, 3),
    )


def classification_report(
    classifier: Classifier, path: Path | str, result: ClassificationResult
) -> PictureReport:
    """Return a result as JSON data."""
    return PictureReport(
        **_common(classifier, path, result),
        top=[
            TopEntry(index=best.index, label=best.label, probability=best.probability)
            for best in result.top
        ],
    )
