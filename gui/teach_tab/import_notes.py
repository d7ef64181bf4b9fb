"""Notes on unusual contents of an imported folder, as text.

Free of Qt: ``main.py teach`` and the tab share it.
"""

from __future__ import annotations

from collections.abc import Callable

from foundation.text import tr, tr_plural
from foundation.words import number
from vision.teaching.collection import IMBALANCE_WARNING
from vision.teaching.importing import FolderImport


def import_notes(report: FolderImport, show: Callable[[int], str] = str) -> list[str]:
    """Return one sentence per note; `show` formats counts."""
    notes = []
    if report.known:
        notes.append(
            tr_plural(
                "1 more image was in its class already; it counts once.",
                "{n} more images were in their class already; each counts once.",
                report.known,
                n=show(report.known),
            )
        )
    empty = [one.name for one in report.collection.classes if not one.pictures]
    if empty:
        notes.append(tr("Without any image: {names}.", names=", ".join(empty)))
    if report.duplicates:
        notes.append(
            tr_plural(
                "1 image lay twice in a class; it counts once.",
                "{n} images lay twice in a class; each counts once.",
                report.duplicates,
                n=show(report.duplicates),
            )
        )
    if report.in_several:
        notes.append(
            tr_plural(
                "1 image lies in more than one class, so that it tells the classes apart no "
                "more. Remove it from all but one.",
                "{n} images lie in more than one class, so that they tell the classes apart no "
                "more. Remove them from all but one.",
                report.in_several,
                n=show(report.in_several),
            )
        )
    if report.imbalance >= IMBALANCE_WARNING:
        notes.append(
            tr(
                "The largest class has {times} times as many images as the smallest. More of "
                "the small one will help most.",
                times=number(report.imbalance, ".1f"),
            )
        )
    notes += [
        tr(
            "Are “{first}” and “{second}” one class? Their names are nearly alike.",
            first=first,
            second=second,
        )
        for first, second in report.near_names
    ]
    if report.nested:
        notes.append(
            tr(
                "Not looked into, as they lie inside a class's folder: {names}.",
                names=", ".join(path.name for path in report.nested[:3]),
            )
        )
    if report.loose:
        notes.append(
            tr_plural(
                "1 image lies beside the folders and belongs to no class.",
                "{n} images lie beside the folders and belong to no class.",
                report.loose,
                n=show(report.loose),
            )
        )
    return notes
