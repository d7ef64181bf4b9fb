"""Draw what a model says onto a copy of the picture."""

from __future__ import annotations

import cv2
import numpy as np

from vision.classification import ClassificationResult
from vision.detections import Selection
from vision.detector import DetectionResult
from vision.pictures import Picture

_TUTORIAL_ORIGIN_PX = (5, 25)
_TUTORIAL_RED_BGR = (0, 0, 255)
_CHIP_BGR = (22, 18, 16)
_CHIP_ALPHA = 0.86
_WHITE_BGR = (255, 255, 255)


def tutorial_text(result: ClassificationResult) -> str:
    """Return the line the tutorial draws: "Label: espresso, 94.20%"."""
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
    picture: Picture, result: DetectionResult, selection: Selection | None = None
) -> Picture:
    """Return a copy with a box round each object and its label on the upper edge.

    Parameters
    ----------
    picture
        (H, W, 3) BGR, uint8.
    result
        What the detector says of it.
    selection
        What other limits leave of its boxes; those in use if None.
    """
    drawn = picture.copy()
    kept = (selection or result.selection).kept
    thick = max(2, round(min(picture.shape[:2]) / 300))
    colours: dict[int, tuple[int, int, int]] = {}
    # The best box is drawn last, over the others.
    rows = list(zip(kept.xyxy, kept.scores.tolist(), kept.indices.tolist(), strict=True))
    for _, _, index in rows:
        colours.setdefault(index, _BOX_BGR[len(colours) % len(_BOX_BGR)])
    for corners, score, index in reversed(rows):
        left, top, right, bottom = (round(float(corner)) for corner in corners)
        # White outside, so that it is seen on any ground.
        for grown, colour, width in ((1, _WHITE_BGR, thick + 2), (0, colours[index], thick)):
            first = (left - grown, top - grown)
            cv2.rectangle(drawn, first, (right + grown - 1, bottom + grown - 1), colour, width)
        words = f"{result.labels.name(index)}  {score:.1%}"
        _draw_tab(drawn, words, (left, top), colours[index])
    return drawn


def _draw_tab(
    drawn: Picture, words: str, corner: tuple[int, int], colour: tuple[int, int, int]
) -> None:
    """Write a label above a corner of a box, or inside where there is no room."""
    height, width = drawn.shape[:2]
    size = max(9, min(40, min(height, width) // 28))
    face = cv2.FontFace("sans")
    box = cv2.getTextSize((width, height), words, (0, 0), face, size)
    pad = size // 3
    tab_h, tab_w = size + 2 * pad, box[2] + 2 * pad
    left = max(0, min(corner[0] - 1, width - tab_w))
    top = corner[1] - tab_h if corner[1] >= tab_h else max(0, corner[1])
    cv2.rectangle(drawn, (left, top), (left + tab_w, top + tab_h), colour, cv2.FILLED)
    cv2.putText(drawn, words, (left + pad, top + tab_h - pad - size // 8), _WHITE_BGR, face, size)


def draw_as_app(picture: Picture, result: ClassificationResult, threshold: float = 0.0) -> Picture:
    """Return a copy in the app's style: corners round what was seen, a dark chip with the label.

    Parameters
    ----------
    picture
        (H, W, 3) BGR, uint8.
    result
        What the model says of it.
    threshold
        Under this probability (0-1) the chip says "not sure" and the guess.
    """
    drawn = picture.copy()
    height, width = picture.shape[:2]
    left, top = round(result.seen.left_px), round(result.seen.top_px)
    right = min(width, round(result.seen.left_px + result.seen.width_px)) - 1
    bottom = min(height, round(result.seen.top_px + result.seen.height_px)) - 1
    _draw_corners(drawn, (left, top), (right, bottom))
    words = f"{result.best.label}  {result.best.probability:.1%}"
    if not result.is_sure(threshold):
        words = f"not sure  {words}"
    _draw_chip(drawn, words, left, bottom)
    return drawn


def _draw_corners(drawn: Picture, first: tuple[int, int], last: tuple[int, int]) -> None:
    """Draw four white corners with a dark edge, readable on any ground."""
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
    box = cv2.getTextSize((width, height), words, (0, 0), face, size)
    pad = size // 2
    x0, y1 = max(0, left + pad), min(height, bottom - pad)
    x1, y0 = min(width, x0 + box[2] + 2 * pad), max(0, y1 - size - 2 * pad)
    if x1 <= x0 or y1 <= y0:
        return
    ground = drawn[y0:y1, x0:x1]
    chip = np.full_like(ground, _CHIP_BGR)
    drawn[y0:y1, x0:x1] = cv2.addWeighted(chip, _CHIP_ALPHA, ground, 1 - _CHIP_ALPHA, 0)
    cv2.putText(drawn, words, (x0 + pad, y1 - pad - size // 8), _WHITE_BGR, face, size)
