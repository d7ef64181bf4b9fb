"""Draws a model's results onto a copy of the picture."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from itertools import batched, cycle

import cv2
import numpy as np

from vision.classification import ClassificationResult
from vision.detections import Selection
from vision.look.label_places import DASHES, MANY_BOXES, Area, place_labels
from vision.networks.detector import DetectionResult
from vision.pictures.pixels import Picture


@dataclass(frozen=True)
class Wording:
    """Formatting of names and shares drawn on a picture; English by default.

    Attributes
    ----------
    name, share
        Functions that format a class name, and a share from 0 to 1.
    not_sure
        Text before an uncertain guess.
    """

    name: Callable[[str], str] = str
    share: Callable[[float], str] = "{:.1%}".format
    not_sure: str = "not sure"


IN_ENGLISH = Wording()
_TUTORIAL_ORIGIN_PX = (5, 25)
_TUTORIAL_RED_BGR = (0, 0, 255)
_CHIP_BGR = (22, 18, 16)
_CHIP_ALPHA = 0.86
_WHITE_BGR = (255, 255, 255)
_WEIGHT = 500
"""Passed explicitly: otherwise OpenCV uses the weight of the text last drawn on the thread."""


def tutorial_text(result: ClassificationResult) -> str:
    """Return the line drawn by the tutorial: "Label: espresso, 94.20%"."""
    return f"Label: {result.best.label}, {result.best.probability:.2%}"


def draw_as_tutorial(picture: Picture, result: ClassificationResult) -> Picture:
    """Return a copy with the best label at (5, 25) in red, as the tutorial draws it."""
    drawn = picture.copy()
    cv2.putText(
        drawn,
        tutorial_text(result),
        _TUTORIAL_ORIGIN_PX,
        cv2.FONT_HERSHEY_SIMPLEX,
        0.7,
        _TUTORIAL_RED_BGR,
        2,
    )
    return drawn


# Colours that people with any kind of colour vision tell apart, on pictures of any kind, BGR.
_BOX_BGR = (
    (105, 110, 11),
    (178, 114, 0),
    (0, 94, 213),
    (95, 132, 0),
    (140, 86, 176),
    (0, 109, 138),
    (166, 126, 59),
    (91, 91, 91),
)


def draw_boxes(
    picture: Picture,
    result: DetectionResult,
    selection: Selection | None = None,
    wording: Wording = IN_ENGLISH,
) -> Picture:
    """Return a copy with a box around each object and its label on the upper edge.

    Parameters
    ----------
    picture
        (H, W, 3) BGR, uint8.
    selection
        Boxes to draw, for example under other limits; those of `result` if None.
    """
    drawn = picture.copy()
    height, width = picture.shape[:2]
    kept = (selection or result.selection).kept
    thick = max(2, round(min(height, width) / 300))
    numbers: dict[int, int] = {}
    styles = [numbers.setdefault(index, len(numbers)) for index in kept.indices.tolist()]
    boxes = [Area(*map(round, corners)) for corners in kept.xyxy.tolist()]
    # The best box is drawn last, over the others.
    for box, style in reversed(list(zip(boxes, styles, strict=True))):
        _draw_box(drawn, box, style, thick)
    is_crowd = len(boxes) >= MANY_BOXES
    size = max(9, min(40, min(height, width) // 28))
    if is_crowd:
        size = max(8, size * 4 // 5)
    pad = size // 3
    words = [
        _shorten_label(
            wording.name(result.labels.name(index)),
            "" if is_crowd else f"  {wording.share(score)}",
            size,
            width - 2 * pad,
        )
        for score, index in zip(kept.scores.tolist(), kept.indices.tolist(), strict=True)
    ]
    wishes = [
        (box, float(_width_px(text, size) + 2 * pad), float(size + 2 * pad))
        for box, text in zip(boxes, words, strict=True)
    ]
    tabs = place_labels(Area(0, 0, width, height), wishes, thick)
    for style, tab, text in zip(styles, tabs, words, strict=True):
        if tab is not None:
            _draw_label(drawn, text, tab, size, _BOX_BGR[style % len(_BOX_BGR)])
    return drawn


def _draw_box(drawn: Picture, box: Area, style: int, thick: int) -> None:
    """Draw a box in its class's colour and dashes, with a white outline."""
    left, top, right, bottom = (int(side) for side in box)
    # White outside, so that it is seen on any ground.
    cv2.rectangle(drawn, (left - 1, top - 1), (right, bottom), _WHITE_BGR, thick + 2)
    colour, dashes = _BOX_BGR[style % len(_BOX_BGR)], DASHES[style % len(DASHES)]
    corners = ((left, top), (right - 1, top), (right - 1, bottom - 1), (left, bottom - 1))
    if not dashes:
        cv2.rectangle(drawn, corners[0], corners[2], colour, thick)
        return
    cv2.rectangle(drawn, corners[0], corners[2], _WHITE_BGR, thick)
    for first, last in zip(corners, (*corners[1:], corners[0]), strict=True):
        length = abs(last[0] - first[0]) + abs(last[1] - first[1])
        step_x, step_y = int(np.sign(last[0] - first[0])), int(np.sign(last[1] - first[1]))
        at, pairs = 0, cycle(batched(dashes, 2))
        while at <= length:
            line, gap = next(pairs)
            # A line of OpenCV's is round at its ends, and so longer by its thickness.
            end = min(length, at + (line - 1) * thick)
            start = (first[0] + at * step_x, first[1] + at * step_y)
            stop = (first[0] + end * step_x, first[1] + end * step_y)
            cv2.line(drawn, start, stop, colour, thick)
            at += (line + gap) * thick


def _width_px(words: str, size: int) -> int:
    return int(cv2.getTextSize((1, 1), words, (0, 0), cv2.FontFace("sans"), size, _WEIGHT)[2])


def _shorten_label(name: str, figure: str, size: int, room_px: int) -> str:
    """Return a label, its name shortened to the room available."""
    words = f"{name}{figure}"
    while name and _width_px(words, size) > room_px:
        name = name[:-1]
        words = f"{name.rstrip()}…{figure}"
    return words


def _draw_label(
    drawn: Picture, words: str, tab: Area, size: int, colour: tuple[int, int, int]
) -> None:
    """Draw a label at the place found for it."""
    left, top, right, bottom = (int(side) for side in tab)
    pad = size // 3
    cv2.rectangle(drawn, (left, top), (right - 1, bottom - 1), colour, cv2.FILLED)
    face = cv2.FontFace("sans")
    origin = (left + pad, bottom - pad - size // 8)
    cv2.putText(drawn, words, origin, _WHITE_BGR, face, size, _WEIGHT)


def draw_as_app(
    picture: Picture,
    result: ClassificationResult,
    threshold: float = 0.0,
    wording: Wording = IN_ENGLISH,
) -> Picture:
    """Return a copy in the app's style: a frame around the visible part, and a label.

    Parameters
    ----------
    picture
        (H, W, 3) BGR, uint8.
    threshold
        Below this probability (0-1) the label says "not sure" and the guess.
    """
    drawn = picture.copy()
    height, width = picture.shape[:2]
    left, top = round(result.seen.left_px), round(result.seen.top_px)
    right = min(width, round(result.seen.left_px + result.seen.width_px)) - 1
    bottom = min(height, round(result.seen.top_px + result.seen.height_px)) - 1
    _draw_corners(drawn, (left, top), (right, bottom))
    words = f"{wording.name(result.best.label)}  {wording.share(result.best.probability)}"
    if not result.is_sure(threshold):
        words = f"{wording.not_sure}  {words}"
    _draw_chip(drawn, words, left, bottom)
    return drawn


def _draw_corners(drawn: Picture, first: tuple[int, int], last: tuple[int, int]) -> None:
    """Draw four white corners with dark outlines, visible on any background."""
    side = min(last[0] - first[0], last[1] - first[1])
    arm, thin = max(4, side // 24), max(1, side // 200)
    for colour, thickness in ((_CHIP_BGR, thin + 2), (_WHITE_BGR, thin)):
        for x, step_x in ((first[0], 1), (last[0], -1)):
            for y, step_y in ((first[1], 1), (last[1], -1)):
                cv2.line(drawn, (x, y), (x + step_x * arm, y), colour, thickness)
                cv2.line(drawn, (x, y), (x, y + step_y * arm), colour, thickness)


def _draw_chip(drawn: Picture, words: str, left: int, bottom: int) -> None:
    height, width = drawn.shape[:2]
    size = max(9, min(48, min(height, width) // 18))
    face = cv2.FontFace("sans")
    box = cv2.getTextSize((width, height), words, (0, 0), face, size, _WEIGHT)
    pad = size // 2
    x0, y1 = max(0, left + pad), min(height, bottom - pad)
    x1, y0 = min(width, x0 + box[2] + 2 * pad), max(0, y1 - size - 2 * pad)
    if x1 <= x0 or y1 <= y0:
        return
    ground = drawn[y0:y1, x0:x1]
    chip = np.full_like(ground, _CHIP_BGR)
    drawn[y0:y1, x0:x1] = cv2.addWeighted(chip, _CHIP_ALPHA, ground, 1 - _CHIP_ALPHA, 0)
    origin = (x0 + pad, y1 - pad - size // 8)
    cv2.putText(drawn, words, origin, _WHITE_BGR, face, size, _WEIGHT)
