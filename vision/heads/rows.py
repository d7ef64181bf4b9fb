"""One row per box: picture, class, score, corners as shares (N, 7)."""

from __future__ import annotations

from typing import Final

import numpy as np

from foundation.text import Text
from vision.heads.arrays import detections_of, object_mask, table_of
from vision.heads.kind import DetectorHead, Head, Outputs, Proposals, Recognition, Trial
from vision.pictures.preprocessing import SSD_RGB
from vision.reasons import sides_text


def _decode(head: Head, outputs: Outputs, size_wh: tuple[int, int], floor: float) -> Proposals:
    """Decode rows of picture, class, score and corners; see `decode`.

    Notes
    -----
    If nothing was found, OpenCV and Caffe return one row of zeros, or with picture -1.
    """
    table = table_of(outputs, head.boxes_output, 7)
    rows = table[object_mask(table[:, 2], table[:, 1], floor) & (table[:, 0] >= 0)]
    if head.background is not None:
        rows = rows[rows[:, 1] != head.background]
    found = detections_of(rows[:, 3:], rows[:, 2], rows[:, 1].astype(np.int32))
    return Proposals(found, len(table), 0)


def _recognise(trial: Trial) -> Recognition | None:
    """Recognise the rows of Caffe's DetectionOutput."""
    outputs = trial.outputs
    for name, values in outputs.items():
        if values.ndim == 4 and values.shape[:2] == (1, 1) and values.shape[3] == 7:
            head = Head(kind=ROWS.name, boxes_output=name, background=0, overlap=1.0)
            reason = Text("its output of {shape} has one row a box", shape=sides_text(values.shape))
            return ROWS.recognition(reason, head)
    return None


ROWS: Final = DetectorHead(
    name="rows",
    place=13,
    label=Text("one row a box"),
    title=Text("a detector that gives one row a box"),
    recognise=_recognise,
    turn=1,
    decode=_decode,
    preprocessing=SSD_RGB,
)
