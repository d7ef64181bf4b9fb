"""One row a box that the network has chosen, (N, 7).

Picture, corners in pixels of the tensor, class, score.
"""

from __future__ import annotations

from typing import Final

import numpy as np

from foundation.text import Text
from vision.heads.arrays import (
    FEWEST_ROWS,
    are_objects,
    are_within_unit,
    detections_of,
    table_of,
    unit_of,
)
from vision.heads.kind import DetectorHead, Head, Outputs, Proposals, Recognition, Trial
from vision.pictures.preprocessing import YOLO_RGB
from vision.reasons import sides_text


def _decode(head: Head, outputs: Outputs, size_wh: tuple[int, int], floor: float) -> Proposals:
    """Take rows of picture, corners, class and score as they are, as `decode`."""
    table = table_of(outputs, head.boxes_output, 7)
    rows = table[are_objects(table[:, 6], table[:, 5], floor) & (table[:, 0] == 0)]
    unit = unit_of(table[:, 1:5], size_wh)
    corners = rows[:, 1:5] / np.concatenate([unit, unit])
    return Proposals(detections_of(corners, rows[:, 6], rows[:, 5].astype(np.int32)), len(table), 0)


def _recognise(trial: Trial) -> Recognition | None:
    """Recognise rows of picture, corners, class and score by their numbers."""
    outputs = trial.outputs
    values = next(iter(outputs.values()))
    if len(outputs) != 1 or values.ndim != 2 or values.shape[1] != 7 or len(values) < FEWEST_ROWS:
        return None
    corners, classes = values[:, 1:5], values[:, 5]
    is_ordered = (corners[:, 2:] >= corners[:, :2]).mean() > 0.9
    are_classes = bool(((classes >= 0) & (classes == np.round(classes))).all())
    if values[:, 0].any() or not (is_ordered and are_classes and are_within_unit(values[:, 6])):
        return None
    reason = Text("its output of {shape} has one row a box", shape=sides_text(values.shape))
    return YOLO_7_ROWS.recognition(reason, Head(kind=YOLO_7_ROWS.name, overlap=0.45))


YOLO_7_ROWS: Final = DetectorHead(
    name="yolo_7_rows",
    place=9,
    label=Text("YOLO 7 with NMS"),
    title=Text("a YOLO detector of version 5 or 7"),
    recognise=_recognise,
    turn=2,
    decode=_decode,
    preprocessing=YOLO_RGB,
)
