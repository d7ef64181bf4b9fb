"""The command ``teach``, which shares the tab's code."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TypedDict

from foundation.text import tr
from foundation.words import number, percent
from gui.teach_tab.evaluation import Evaluation
from gui.teach_tab.head_training import Progress, features_of, teach_features
from gui.teach_tab.import_notes import import_notes
from gui.teach_tab.onnx_export import write_onnx
from gui.teach_tab.state import Step
from gui.teach_tab.teaching import TeachSettings, stored_head, stored_settings
from model.command.arguments import Option, at_least, option, parse_document_path, part
from vision.errors import Fault, VisionError
from vision.reasons import Reason
from vision.teaching.collection import Collection, require_teachable, without_pictures
from vision.teaching.features import Features
from vision.teaching.importing import FolderImport, import_folder
from vision.teaching.project import Project, write_project
from vision.teaching.splitting import untested

OPTIONS: dict[str, tuple[Option, ...]] = {
    "teach": (
        option("folder", type=Path, metavar="FOLDER", help="one folder a class"),
        option("--hidden", type=at_least(0, 1024), metavar="N", help="hidden units (0)"),
        option(
            "--hold-out",
            type=part(0.9),
            metavar="SHARE",
            help="kept back for testing, 0 to 0.9 (0.3)",
        ),
        option("--seed", type=at_least(0), default=0, metavar="N"),
        option("--onnx", type=Path, metavar="F", help="write backbone and head as ONNX"),
        option(
            "--out", type=parse_document_path, metavar="F", help="write the project (.glassteach)"
        ),
        option("--json", action="store_true", help="one JSON document"),
    )
}
"""Command-line options of ``teach``."""

type Report = Callable[[str, int, int], None]
"""Called with the step (``"files"``, ``"pictures"``, ``"epochs"``), items done and total."""


class TeachReport(TypedDict):
    """The content of ``teach --json``; shares are None without held-out pictures."""

    classes: list[str]
    pictures: int
    held_out: int
    accuracy: float | None
    baseline: float | None
    near_duplicates: int
    confusion: list[list[int]]
    seconds_features: float
    seconds_training: float


@dataclass(frozen=True, eq=False)
class TeachResult:
    """The result for a folder.

    Attributes
    ----------
    report
        Content of the JSON output.
    evaluation
        Evaluation that the report summarises.
    notes
        Notes for the user, one sentence each.
    not_kept
        Error of caching the features, or None.
    skipped
        One error per skipped picture.
    """

    report: TeachReport
    evaluation: Evaluation
    notes: tuple[str, ...]
    not_kept: VisionError | None
    skipped: tuple[VisionError, ...]


def teach_folder(
    folder: Path,
    *,
    hidden: int | None = None,
    hold_out: float | None = None,
    seed: int = 0,
    onnx: Path | None = None,
    out: Path | None = None,
    progress: Report = lambda what, done, total: None,
) -> TeachResult:
    """Train a head on a folder of class folders; write the requested files.

    Parameters
    ----------
    folder
        Folder with one subfolder per class.
    hidden
        Units of the head's hidden layer, 0 for none; None uses the default layers.
    hold_out, seed
        Share of each class's pictures to hold out (None uses the default), and seed of all
        random numbers.
    onnx, out
        Paths of the ONNX file and of the project to write, or None.
    progress
        Called with the progress; see `Report`.

    Raises
    ------
    VisionError, ModelError
        If the folder cannot be taught or a file cannot be written; nothing is written if the
        training fails.
    """
    for path in (onnx, out):
        _require_folder(path)
    collection = Collection(seed=seed)
    share = collection.hold_out if hold_out is None else hold_out
    found = import_folder(
        folder,
        lambda: False,
        lambda done, total: progress("files", done, total),
        hold_out=share,
        seed=seed,
    )
    assert found is not None  # nobody stops it
    collection = found.collection
    _require_teachable(collection, found.unreadable)
    settings = TeachSettings()
    if hidden is not None:
        settings = replace(settings, hidden=(hidden,) if hidden else ())

    def publish(now: Progress) -> None:
        kind = "epochs" if now.busy.step is Step.TRAINING else "pictures"
        progress(kind, now.busy.done, now.busy.total)

    features = features_of(collection, settings, lambda: False, publish)
    assert features is not None  # nobody stops it
    collection = _readable_part(collection, features)
    skipped = (*found.unreadable, *features.unreadable.values())
    _require_teachable(collection, skipped)
    taught = teach_features(collection, features, settings, None, lambda: False, publish)
    head, evaluation = taught.head, taught.evaluation
    assert taught.run is not None  # it was trained
    if onnx is not None:
        write_onnx(head, onnx)
    if out is not None:
        write_project(Project(collection, stored_head(head), stored_settings(settings)), out)
    report = TeachReport(
        classes=list(collection.names),
        pictures=collection.count,
        held_out=evaluation.held_out,
        accuracy=_number(evaluation.accuracy),
        baseline=_number(evaluation.baseline),
        near_duplicates=evaluation.near_duplicates,
        confusion=evaluation.confusion.tolist(),
        seconds_features=round(features.seconds, 3),
        seconds_training=round(taught.run.seconds, 3),
    )
    notes = _notes(found, collection)
    return TeachResult(report, evaluation, notes, features.cache_error, skipped)


def teach_text(taught: TeachResult) -> str:
    """Return the text output of the command."""
    report, evaluation = taught.report, taught.evaluation
    lines = [
        tr(
            "{classes} classes, {pictures} pictures, {held_out} held out",
            classes=len(report["classes"]),
            pictures=report["pictures"],
            held_out=report["held_out"],
        )
    ]
    if evaluation.held_out:
        low, high = map(percent, evaluation.interval)
        accuracy, baseline = percent(evaluation.accuracy), percent(evaluation.baseline)
        lines.append(
            tr(
                "accuracy on held-out pictures {accuracy} ({low} to {high}), baseline {baseline}",
                accuracy=accuracy,
                low=low,
                high=high,
                baseline=baseline,
            )
        )
        if evaluation.has_many_near_duplicates:
            lines.append(
                tr(
                    "Held-out pictures that are nearly the same as a training picture: {n}. The "
                    "accuracy says little about new ones; add pictures of other things and places.",
                    n=evaluation.near_duplicates,
                )
            )
        names = [*evaluation.names, tr("undecided")][: evaluation.confusion.shape[1]]
        width = max(map(len, names))
        counts = max(4, *(len(name) for name in names))
        lines.append(" " * width + "".join(f"  {name:>{counts}}" for name in names))
        lines += [
            f"{name:<{width}}" + "".join(f"  {count:>{counts}}" for count in row)
            for name, row in zip(evaluation.names, evaluation.confusion.tolist(), strict=True)
        ]
    lines.append(
        tr(
            "features {features} s, training {training} s",
            features=number(report["seconds_features"], ".1f"),
            training=number(report["seconds_training"], ".1f"),
        )
    )
    return "\n".join(lines)


def _require_folder(path: Path | None) -> None:
    """Raise if an output's folder is missing, before any work is done."""
    if path is not None and not path.resolve().parent.is_dir():
        raise VisionError(Fault.FILE_UNWRITABLE, file=str(path), reason=Reason.NO_SUCH_FOLDER)


def _require_teachable(collection: Collection, skipped: Sequence[VisionError]) -> None:
    """Raise if a collection cannot be taught, naming an unreadable picture."""
    try:
        require_teachable(collection)
    except VisionError as error:
        name = error.values.get("name")
        lost = [one.values["file"] for one in skipped if _folder_of(one) == name]
        if not lost:
            raise
        values = error.values | {"file": lost[0], "unreadable": len(lost)}
        raise VisionError(Fault.TEACH_UNREADABLE_CLASS, **values) from error


def _folder_of(error: VisionError) -> str:
    return Path(str(error.values["file"])).parent.name


def _readable_part(collection: Collection, features: Features) -> Collection:
    for one in collection.classes:
        collection = without_pictures(collection, one.key, features.unreadable.keys())
    return collection


def _number(value: float) -> float | None:
    return None if math.isnan(value) else round(value, 6)


def _notes(found: FolderImport, collection: Collection) -> tuple[str, ...]:
    notes = import_notes(found)
    if collection.hold_out > 0:
        notes += [
            tr("No picture of {name} could be held out.", name=collection.of(key).name)
            for key in untested(collection)
        ]
    return tuple(notes)
