"""The options of ``classify`` and ``detect``, and their text output, without Qt."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from pathlib import Path

from foundation.text import tr
from foundation.words import decimal, listed, number, percent
from model.command.arguments import Option, at_least, numbers, option, part
from vision.command import DetectionReport, PictureReport
from vision.result import TOP

_SWITCH, _THREE = argparse.BooleanOptionalAction, numbers(3, float)
_JSON = option("--json", action="store_true", help="one JSON document")

OPTIONS: dict[str, tuple[Option, ...]] = {
    "classify": (  # the single letters and --image are those of the tutorial
        option(
            "pictures", nargs="*", type=Path, metavar="PICTURE", help="pictures or folders of them"
        ),
        option(
            "-i", "--image", type=Path, action="append", default=[], help="a picture, as PICTURE"
        ),
        option("-m", "--model", type=Path, help="ONNX, TFLite or .caffemodel file"),
        option("-p", "--prototxt", type=Path, help="the .caffemodel's network description"),
        option("-l", "--labels", type=Path, help="one label a line, or synset_words.txt"),
        option("--top", type=at_least(1), default=TOP, help="how many labels (%(default)s)"),
        _JSON,
        # How pictures are prepared, where it is to be otherwise than the model says.
        option(
            "--size",
            dest="size_wh",
            type=numbers(2, int),
            metavar="WxH",
            help="of the picture it gets",
        ),
        option("--mean", type=_THREE, metavar="A,B,C", help="in the network's order"),
        option("--scale", type=decimal, metavar="X", help="multiplies after the mean"),
        option("--std", type=_THREE, metavar="A,B,C", help="divides last"),
        option("--swap-rb", action=_SWITCH, help="RGB in the place of BGR"),
        option("--crop", action=_SWITCH, help="the middle square, not squashed"),
    ),
    "detect": (
        option(
            "pictures", nargs="+", type=Path, metavar="PICTURE", help="pictures or folders of them"
        ),
        option("--model", type=Path, help="ONNX, TFLite or .caffemodel file"),
        option("--labels", type=Path, help="one label a line"),
        option("--score", type=part(1), metavar="X", help="the least score, 0 to 1: 0.4 or 0,4"),
        option("--overlap", type=part(1), metavar="X", help="the most overlap, 0 to 1"),
        option("--draw", type=Path, metavar="DIR", help="write pictures with their boxes"),
        _JSON,
    ),
}
"""Command-line options of each command."""


def classify_text(reports: list[PictureReport], name: Callable[[str], str] = str) -> str:
    """Return the text output of ``classify``; `name` gives a class's name."""
    lines: list[str] = []
    for report in reports:
        lines.append(_head(report))
        lines += [
            f"{place:>3}. {name(entry['label'])}, {percent(entry['probability'], '.2f')}"
            for place, entry in enumerate(report["top"], start=1)
        ]
    return "\n".join(lines)


def detect_text(reports: list[DetectionReport], name: Callable[[str], str] = str) -> str:
    """Return the text output of ``detect``; `name` gives a class's name."""
    lines: list[str] = []
    for report in reports:
        lines.append(_head(report))
        lines += [
            f"{place:>3}. {name(box['label'])}, "
            + listed([percent(box["score"], ".2f"), " ".join(f"{c:.0f}" for c in box["xyxy"])])
            for place, box in enumerate(report["boxes"], start=1)
        ]
        if not report["boxes"]:
            lines.append("     " + tr("nothing found"))
    return "\n".join(lines)


def _head(report: PictureReport | DetectionReport) -> str:
    """Return the heading of a picture's report."""
    return tr(
        "{picture}  ({model}, preprocess {preprocess} ms, forward {forward} ms)",
        picture=report["picture"],
        model=report["model"],
        preprocess=number(report["preprocess_ms"], ".1f"),
        forward=number(report["forward_ms"], ".1f"),
    )
