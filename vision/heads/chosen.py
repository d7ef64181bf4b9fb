"""Boxes already selected by the network, in separate outputs.

Corners in pixels of the tensor (N, 4), scores (N), classes (N).
"""

from __future__ import annotations

from typing import Final

import numpy as np

from foundation.text import Text
from vision.heads.arrays import chosen_objects, table_of
from vision.heads.kind import DetectorHead, Head, Outputs, Proposals, Recognition, Trial
from vision.pictures.preprocessing import YOLO_RGB


def _decode(head: Head, outputs: Outputs, size_wh: tuple[int, int], floor: float) -> Proposals:
    """Decode corners, scores and classes from separate outputs; see `decode`.

    Notes
    -----
    Unused rows have scores of 0 or less.
    """
    boxes = table_of(outputs, head.boxes_output, 4)
    scores, classes = (
        outputs[name].reshape(-1) for name in (head.scores_output, head.classes_output)
    )
    if not len(boxes) == len(scores) == len(classes):
        raise ValueError(f"{len(boxes)}, {len(scores)} and {len(classes)}")
    return Proposals(chosen_objects(boxes, scores, classes, size_wh, floor), len(boxes), 0)


def _recognise(trial: Trial) -> Recognition | None:
    """Recognise corners, scores and classes of selected boxes by their names."""
    outputs = trial.outputs
    head = _chosen_outputs(outputs)
    if head is None:
        return None
    classes = outputs[head.classes_output]
    # Some fill up with -1 where they have chosen fewer boxes.
    if not (np.round(classes) == classes).all():
        return None
    reason = Text("it gives corners, scores and classes of the boxes that it has chosen")
    return CHOSEN.recognition(reason, head)


def _find_outputs(outputs: Outputs) -> Head:
    return _chosen_outputs(outputs) or Head(kind=CHOSEN.name)


def _chosen_outputs(outputs: Outputs) -> Head | None:
    """Return how to read selected boxes, or None if the names are ambiguous.

    TensorFlow's own detectors, with "detection_boxes", have a different order of corners.
    """
    parts = ("boxes", "scores", "classes")
    named = {part: [name for name in outputs if part in name.lower()] for part in parts}
    if len(outputs) not in (3, 4) or any(len(one) != 1 for one in named.values()):
        return None
    [boxes], [scores], [classes] = named.values()
    count = outputs[scores].size
    if outputs[boxes].size != 4 * count or outputs[classes].size != count:
        return None
    if outputs[boxes].shape[-1:] != (4,) or "detection_boxes" in boxes.lower():
        return None
    return Head(
        kind=CHOSEN.name,
        boxes_output=boxes,
        scores_output=scores,
        classes_output=classes,
        overlap=1.0,
    )


CHOSEN: Final = DetectorHead(
    name="chosen",
    place=14,
    label=Text("chosen boxes"),
    title=Text("a detector that chooses its boxes itself"),
    recognise=_recognise,
    turn=3,
    decode=_decode,
    preprocessing=YOLO_RGB,
    find_outputs=_find_outputs,
)
