"""What ``classify`` and ``detect`` print for a person. No Qt."""

from __future__ import annotations

from collections.abc import Callable
from gettext import gettext

from model.words import listed, number, percent
from vision.command import DetectionReport, PictureReport


def classify_text(reports: list[PictureReport], name: Callable[[str], str] = str) -> str:
    """Return what ``classify`` prints without ``--json``; `name` says what a class is called."""
    lines: list[str] = []
    for report in reports:
        lines.append(_head(report))
        lines += [
            f"{place:>3}. {name(entry['label'])}, {percent(entry['probability'], '.2f')}"
            for place, entry in enumerate(report["top"], start=1)
        ]
    return "\n".join(lines)


def detect_text(reports: list[DetectionReport], name: Callable[[str], str] = str) -> str:
    """Return what ``detect`` prints without ``--json``; `name` says what a class is called."""
    lines: list[str] = []
    for report in reports:
        lines.append(_head(report))
        lines += [
            f"{place:>3}. {name(box['label'])}, "
            + listed([percent(box["score"], ".2f"), " ".join(f"{c:.0f}" for c in box["xyxy"])])
            for place, box in enumerate(report["boxes"], start=1)
        ]
        if not report["boxes"]:
            lines.append("     " + gettext("nothing found"))
    return "\n".join(lines)


def _head(report: PictureReport | DetectionReport) -> str:
    """Return the line above what was found in a picture."""
    text = gettext("{picture}  ({model}, preprocess {preprocess} ms, forward {forward} ms)")
    return text.format(
        picture=report["picture"],
        model=report["model"],
        preprocess=number(report["preprocess_ms"], ".1f"),
        forward=number(report["forward_ms"], ".1f"),
    )
