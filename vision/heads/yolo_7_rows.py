"""One row per box selected by the network, (N, 7).

Picture, corners in pixels of the tensor, class, score.
"""

from __future__ import annotations

from typing import Final

from foundation.text import Text
from vision.heads.arrays import (
    FEWEST_ROWS,
    are_class_numbers,
    are_within_unit,
    chosen_objects,
    table_of,
)
from vision.heads.kind import DetectorHead, Head, Outputs, Proposals, Recognition, Trial
from vision.pictures.preprocessing import YOLO_RGB
from vision.reasons import sides_text


def _decode(head: Head, outputs: Outputs, size_wh: tuple[int, int], floor: float) -> Proposals:
    """Decode rows of picture, corners, class and score, as `decode`."""
    table = table_of(outputs, head.boxes_output, 7)
    rows = table[table[:, 0] == 0]
    found = chosen_objects(rows[:, 1:5], rows[:, 6], rows[:, 5], size_wh, floor)
    return Proposals(found, len(table), 0)


def _recognise(trial: Trial) -> Recognition | None:
    """Recognise rows of picture, corners, class and score by their values."""
    outputs = trial.outputs
    values = next(iter(outputs.values()))
    if len(outputs) != 1 or values.ndim != 2 or values.shape[1] != 7 or len(values) < FEWEST_ROWS:
        return None
    is_ordered = (values[:, 3:5] >= values[:, 1:3]).mean() > 0.9
    if values[:, 0].any() or not (is_ordered and are_class_numbers(values[:, 5])):
        return None
    if not are_within_unit(values[:, 6]):
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
