"""Recognises a network's task from its outputs, and how to read them."""

from __future__ import annotations

from operator import attrgetter
from typing import Final

from foundation.text import Text
from vision.formats.onnx.structure import OnnxStructure
from vision.heads.arrays import rows_and_columns
from vision.heads.kind import (
    HEADS,
    KINDS,
    Head,
    Outputs,
    Recognition,
    Trial,
    unusable_network,
)
from vision.heads.labels import FEATURE_NETWORK
from vision.heads.yolo import MORE_THAN_BOXES

AUTOMATIC: Final = "automatic"
READINGS: Final = (
    AUTOMATIC,
    *(one.name for one in sorted(KINDS.values(), key=attrgetter("place"))),
)
"""The user's choices of how to read a model's output."""


def recognise(
    outputs: Outputs,
    size_wh: tuple[int, int],
    described: Head | None = None,
    structure: OnnxStructure | None = None,
    classes: int = 0,
) -> Recognition:
    """Recognise a network from its outputs for a trial picture.

    Parameters
    ----------
    outputs
        Outputs by name, for a batch of one.
    size_wh
        Width and height of the input in pixels.
    described
        The head that the file declares, or None.
    structure
        Structure of an ONNX file, or None.
    classes
        Number of labels, 0 if unknown.
    """
    if described is not None and described.boxes_output in outputs:
        return HEADS[described.kind].recognition(Text("its file says so"), described)
    trial = Trial(outputs, size_wh, structure, classes)
    kinds = sorted(KINDS.values(), key=attrgetter("turn"))
    found = _recognise_yolo_task(trial) or _recognise_by_names(trial)
    return found or next(one for kind in kinds if (one := kind.recognise(trial)) is not None)


def read_as(choice: str, outputs: Outputs) -> Recognition:
    """Return a recognition by the user's choice, with outputs found by their shapes."""
    kind = KINDS[choice]
    return kind.recognition(Text("you chose so"), kind.pick(outputs))


def _recognise_yolo_task(trial: Trial) -> Recognition | None:
    """Recognise a YOLO with keypoints, masks or angles by its metadata."""
    structure = trial.structure
    if structure is None or structure.yolo_task not in ("pose", "segment", "obb"):
        return None
    return unusable_network(MORE_THAN_BOXES, trial.outputs)


_LANDMARKS: Final = Text("a network that finds the landmarks of a face, a hand or a body")
_FACE_TABLES: Final = {(896, 16), (896, 1), (2304, 16), (4420, 4), (17640, 4)}
# Parts of names that say what an output is, where its shape does not.
_NAMES: Final = (
    (("landmark", "ldmk", "lmk"), _LANDMARKS),
    (("keypoint", "kps", "kpt", "joints", "heatmap", "paf"), Text("a pose network")),
    (("embedding", "descriptor"), FEATURE_NETWORK),
)


def _recognise_by_names(trial: Trial) -> Recognition | None:
    """Recognise well-known detectors of faces and poses by their shapes and names."""
    outputs = trial.outputs
    tables = {rows_and_columns(values) for values in outputs.values()}
    names = [name.lower() for name in outputs]
    has_levels = {"cls_8", "obj_8", "bbox_8", "kps_8"} <= set(names)
    if has_levels or _FACE_TABLES & tables:
        return unusable_network(Text("a detector of faces"), outputs)
    if {(2016, 18), (2254, 12)} & tables:
        return unusable_network(Text("a detector of hands or bodies"), outputs)
    for parts, kind in _NAMES:
        if any(part in name for name in names for part in parts):
            return unusable_network(kind, outputs)
    flat = {values.size for values in outputs.values() if values.ndim}
    # Those of a hand are 21 points beside which hand it is; of an eye, 71 points and the iris.
    if (flat & {1404, 1434, 195} and len(flat) > 1) or flat in ({63, 1}, {213, 15}):
        return unusable_network(_LANDMARKS, outputs)
    if list(outputs) == ["output_crop"]:  # MediaPipe's, of a hand
        return unusable_network(
            Text("a network that finds the part of a picture to cut out"), outputs
        )
    if flat == {18, 1}:
        return unusable_network(Text("a network that finds the corners of a box in space"), outputs)
    return None
