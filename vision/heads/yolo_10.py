"""One row per box selected by the network, (N, 6).

Corners in pixels of the tensor, score, class.
"""

from __future__ import annotations

from typing import Final

from foundation.text import Text
from vision.heads.arrays import (
    MIN_ROWS,
    are_class_numbers,
    are_within_unit,
    chosen_objects,
    rows_and_columns,
    table_of,
)
from vision.heads.kind import DetectorHead, Head, Outputs, Proposals, Recognition, Trial
from vision.pictures.preprocessing import YOLO_RGB
from vision.reasons import sides_text


def _decode(head: Head, outputs: Outputs, size_wh: tuple[int, int], floor: float) -> Proposals:
    """Decode rows of corners, score and class; see `decode`.

    Notes
    -----
    Unused rows are zeros.
    """
    table = table_of(outputs, head.boxes_output, 6)
    found = chosen_objects(table[:, :4], table[:, 4], table[:, 5], size_wh, floor)
    return Proposals(found, len(table), 0)


def _recognise(trial: Trial) -> Recognition | None:
    """Recognise rows of corners, score and class."""
    outputs, structure = trial.outputs, trial.structure
    if len(outputs) != 1:
        return None
    [(name, values)] = outputs.items()
    rows, columns = rows_and_columns(values)
    if rows < 2 or columns != 6:
        return None
    table = values.reshape(rows, columns)
    # Boxes that nothing is said to be in may be inside out.
    metadata = {} if structure is None else structure.metadata
    is_said = metadata.get("end2end") == "True"
    is_ordered = is_said or (table[:, 2:4] >= table[:, :2]).mean() > 0.9
    if not (is_ordered and are_class_numbers(table[:, 5]) and are_within_unit(table[:, 4])):
        return None
    is_likely = is_said or "names" in metadata or rows >= MIN_ROWS
    if not (is_likely or (table[:, 4] > 0).any()):
        return None  # a few zeros may be anything
    reason = Text("its output of {shape} has one row a box", shape=sides_text(values.shape))
    head = Head(kind=YOLO_10.name, boxes_output=name, overlap=1.0)
    return YOLO_10.recognition(reason, head)


YOLO_10: Final = DetectorHead(
    name="yolo_10",
    place=11,
    label=Text("YOLO 10 and 26"),
    title=Text("a YOLO detector that chooses its boxes itself"),
    recognise=_recognise,
    turn=7,
    decode=_decode,
    preprocessing=YOLO_RGB,
)
