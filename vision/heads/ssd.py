"""The head of SSD: offsets from anchors (P, 4) and one logit per class (P, C)."""

from __future__ import annotations

import math
from functools import lru_cache
from typing import Final

import numpy as np

from foundation.text import Text
from vision.heads.arrays import (
    LARGEST,
    best_classes,
    box_outputs,
    boxes_and_scores,
    corners_of,
    detections_of,
    rows_and_columns,
    sigmoid,
)
from vision.heads.kind import (
    Array,
    DetectorHead,
    Head,
    Outputs,
    Proposals,
    Recognition,
    Trial,
)
from vision.pictures.preprocessing import SSD_RGB

SSD_STRIDES: Final = (16, 32, 64, 128, 256, 512)
# What boxes are measured in: the centre counts ten times, the logarithm of a side five times.
_CENTRE, _SIDE = np.float32(10), np.float32(5)


@lru_cache(maxsize=8)
def ssd_anchors(size_wh: tuple[int, int]) -> Array:
    """Return the anchors of an SSD MobileNet as (P, 4): centre and size as shares of the tensor.

    The tensor's width and height are in pixels; 300 x 300 gives 1,917 anchors.

    Notes
    -----
    Six maps with strides of 16 to 512 pixels, scales s_i linear from 0.2 to 0.95. The first has
    (ratio, scale) of (1, 0.1), (2, s_0) and (1/2, s_0); each other one ratios 1, 2, 1/2, 3 and 1/3
    at s_i and ratio 1 at sqrt(s_i s_i+1), with s_6 = 1. Row by row, cell by cell; the width is
    s sqrt(r), the height s / sqrt(r).

    References
    ----------
    W. Liu et al., "SSD: Single Shot MultiBox Detector", 2016, section 2.2.
    """
    scales = [*np.linspace(0.2, 0.95, len(SSD_STRIDES)).tolist(), 1.0]
    maps = []
    for layer, stride in enumerate(SSD_STRIDES):
        here = scales[layer]
        shapes = [(1.0, 0.1), (2.0, here), (0.5, here)]
        if layer:
            between = math.sqrt(here * scales[layer + 1])
            shapes = [(ratio, here) for ratio in (1.0, 2.0, 0.5, 3.0, 1 / 3)] + [(1.0, between)]
        sides = [(scale * ratio**0.5, scale / ratio**0.5) for ratio, scale in shapes]
        columns, rows = (math.ceil(side / stride) for side in size_wh)
        x, y = np.meshgrid((np.arange(columns) + 0.5) / columns, (np.arange(rows) + 0.5) / rows)
        centres = np.stack([x, y], axis=-1).reshape(-1, 1, 2)
        each = np.broadcast_to(np.asarray(sides), (len(centres), len(sides), 2))
        placed = np.broadcast_to(centres, each.shape)
        maps.append(np.concatenate([placed, each], axis=-1).reshape(-1, 4))
    return np.concatenate(maps).astype(np.float32)


def _decode(head: Head, outputs: Outputs, size_wh: tuple[int, int], floor: float) -> Proposals:
    """Decode offsets from anchors; see `decode`.

    Notes
    -----
    For an anchor with centre (x_a, y_a) and size (w_a, h_a): y = dy / 10 h_a + y_a,
    x = dx / 10 w_a + x_a, h = exp(dh / 5) h_a, w = exp(dw / 5) w_a; the score is the sigmoid of
    the logit. Only boxes that reach the floor are decoded.
    """
    offsets, logits = boxes_and_scores(head, outputs)
    anchors = ssd_anchors(size_wh)
    if len(anchors) != len(offsets):
        raise ValueError(f"{len(offsets)} boxes for {len(anchors)} anchors")
    indices, best = best_classes(logits, head.background)
    least = -np.inf if floor <= 0 else math.log(floor / (1 - floor)) if floor < 1 else np.inf
    rows = np.flatnonzero(best >= least)
    anchor, offset = anchors[rows], offsets[rows]
    centres = offset[:, 1::-1] / _CENTRE * anchor[:, 2:] + anchor[:, :2]
    sides = np.exp(np.minimum(offset[:, :1:-1] / _SIDE, LARGEST)) * anchor[:, 2:]
    found = detections_of(corners_of(centres, sides), sigmoid(best[rows]), indices[rows])
    return Proposals(found, len(offsets), logits.shape[1])


def _recognise(trial: Trial) -> Recognition | None:
    """Recognise offsets from the anchors of an SSD MobileNet."""
    outputs, size_wh = trial.outputs, trial.size_wh
    anchors = len(ssd_anchors(size_wh))
    tables = {name: rows_and_columns(values) for name, values in outputs.items()}
    head = _find_outputs(outputs)
    if head is None or tables[head.boxes_output][0] != anchors:
        return None
    reason = Text(
        "its {boxes} boxes are as many as the anchors of an SSD of {width} x {height}",
        boxes=anchors,
        width=size_wh[0],
        height=size_wh[1],
    )
    return SSD.recognition(reason, head)


def _find_outputs(outputs: Outputs) -> Head | None:
    boxes, scores = box_outputs(outputs)
    if not boxes:
        return None
    return Head(kind=SSD.name, boxes_output=boxes, scores_output=scores, background=0)


SSD: Final = DetectorHead(
    name="ssd",
    place=1,
    label=Text("SSD with anchors"),
    title=Text("a detector with the head of SSD"),
    recognise=_recognise,
    turn=4,
    decode=_decode,
    preprocessing=SSD_RGB,
    find_outputs=_find_outputs,
)
