"""Tell from a network's outputs what it is for, and how they are read."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

import numpy as np
import numpy.typing as npt

from vision.heads import (
    Head,
    HeadKind,
    rows_and_columns,
    ssd_anchors,
    yolo_grids,
    yolox_cells,
)
from vision.model_files import ModelFormat
from vision.onnx_structure import OnnxStructure
from vision.reasons import Words, sides_text
from vision.result import Task
from vision.scores import are_within_unit, is_score_like
from vision.segmenter import mask_channels

type Array = npt.NDArray[np.float32]

_FEWEST_CELLS: Final = 21
LABELS: Final = Words("labels of the whole picture")


class ReadAs(StrEnum):
    """How a person may say that a model's output is to be read."""

    AUTOMATIC = "automatic"
    LABELS = "labels"
    SSD = "ssd"
    YOLOX = "yolox"
    YOLOX_PIXELS = "yolox_pixels"
    YOLO_5 = "yolo_5"
    YOLO_3_GRIDS = "yolo_3_grids"
    YOLO_4_GRIDS = "yolo_4_grids"
    YOLO_5_GRIDS = "yolo_5_grids"
    YOLO_7_GRIDS = "yolo_7_grids"
    YOLO_7_ROWS = "yolo_7_rows"
    YOLO_8 = "yolo_8"
    YOLO_10 = "yolo_10"
    CORNERS = "corners"
    ROWS = "rows"
    CHOSEN = "chosen"
    MASK = "mask"


@dataclass(frozen=True)
class Recognition:
    """What a network is.

    Attributes
    ----------
    task
        What it is for, or None if it is something that cannot be used here.
    kind
        What it is, in words: "a detector with the head of SSD".
    reason
        By what it was recognised, in words.
    head
        How the outputs of a detector are read, or None.
    """

    task: Task | None
    kind: str
    reason: str
    head: Head | None = None


def recognise(
    outputs: Mapping[str, Array],
    size_wh: tuple[int, int],
    file_format: ModelFormat = ModelFormat.ONNX,
    described: Head | None = None,
    structure: OnnxStructure | None = None,
    classes: int = 0,
) -> Recognition:
    """Tell what a network is from what it gives for any picture.

    Parameters
    ----------
    outputs
        Its outputs by name, for a batch of one.
    size_wh
        Width and height of its input in pixels.
    file_format
        What kind of file it comes from.
    described
        The head that the file itself describes, or None.
    structure
        What an ONNX file is made of, or None.
    classes
        How many labels there are for it, 0 where that is not known.
    """
    counts = frozenset[str]() if structure is None else structure.counts
    if described is not None and described.boxes_output in outputs:
        return _detector(described, Words("its file says so"))
    return (
        _said(outputs, structure)
        or _named(outputs)
        or _rows(outputs)
        or _yolo_7_rows(outputs)
        or _chosen(outputs)
        or _ssd(outputs, size_wh, file_format)
        or _yolo(outputs, size_wh)
        or _yolo_grids(outputs, size_wh, structure)
        or _yolo_10(outputs, structure)
        or _corners(outputs)
        or _picture_like(outputs, size_wh, counts)
        or _without_scores(outputs, counts)
        or _features(outputs, structure, classes)
        or Recognition(Task.CLASSIFICATION, LABELS, _shapes(outputs))
    )


def read_as(choice: ReadAs, outputs: Mapping[str, Array]) -> Recognition:
    """Return what a person says that a network is; the outputs are picked by their shapes."""
    said = Words("you chose so")
    if choice is ReadAs.LABELS:
        return Recognition(Task.CLASSIFICATION, LABELS, said)
    if choice is ReadAs.MASK:
        return Recognition(Task.MASK, Words("a network that cuts out"), said)
    kind = HeadKind(choice.value)
    boxes, scores = _box_outputs(outputs)
    if kind is HeadKind.CHOSEN:
        head = _chosen_outputs(outputs) or Head(kind=kind)
    elif kind in (HeadKind.SSD, HeadKind.CORNERS) and boxes and scores:
        background = 0 if kind is HeadKind.SSD else None
        head = Head(kind=kind, boxes_output=boxes, scores_output=scores, background=background)
    else:
        largest = max(outputs, key=lambda name: outputs[name].size)
        head = Head(kind=kind, boxes_output=largest)
    return _detector(head, said)


_HEADS: Final = {
    HeadKind.SSD: Words("a detector with the head of SSD"),
    HeadKind.YOLOX: Words("a detector with the head of YOLOX"),
    HeadKind.YOLOX_PIXELS: Words("a detector with the head of YOLOX"),
    HeadKind.YOLO_5: Words("a YOLO detector of version 5 or 7"),
    HeadKind.YOLO_3_GRIDS: Words(
        "a YOLO detector whose grids are read with the anchors of version 3"
    ),
    HeadKind.YOLO_4_GRIDS: Words(
        "a YOLO detector whose grids are read with the anchors of version 4"
    ),
    HeadKind.YOLO_5_GRIDS: Words(
        "a YOLO detector whose grids are read with the anchors of version 5"
    ),
    HeadKind.YOLO_7_GRIDS: Words(
        "a YOLO detector whose grids are read with the anchors of version 7"
    ),
    HeadKind.YOLO_7_ROWS: Words("a YOLO detector of version 5 or 7"),
    HeadKind.YOLO_8: Words("a YOLO detector of version 8 or later"),
    HeadKind.YOLO_10: Words("a YOLO detector that chooses its boxes itself"),
    HeadKind.CORNERS: Words("a detector that gives corners"),
    HeadKind.ROWS: Words("a detector that gives one row a box"),
    HeadKind.CHOSEN: Words("a detector that chooses its boxes itself"),
}


def _detector(head: Head, reason: str) -> Recognition:
    return Recognition(Task.DETECTION, _HEADS[head.kind], reason, head)


def _other(kind: str, outputs: Mapping[str, Array]) -> Recognition:
    return Recognition(None, kind, _shapes(outputs))


def _shapes(outputs: Mapping[str, Array]) -> str:
    """Say which outputs there are, the first four of them."""
    listed = [sides_text(one.shape) or "1" for one in list(outputs.values())[:4]]
    if len(outputs) > 4:
        listed.append("...")
    return Words("its outputs have the shapes {shapes}", shapes=", ".join(listed))


_MORE_THAN_BOXES: Final = Words("a YOLO of version 8 or later with more than boxes")


def _said(outputs: Mapping[str, Array], structure: OnnxStructure | None) -> Recognition | None:
    """Believe what a YOLO's metadata say of joints, masks and angles beside its boxes."""
    if structure is None or structure.yolo_task not in ("pose", "segment", "obb"):
        return None
    return _other(_MORE_THAN_BOXES, outputs)


_LANDMARKS: Final = Words("a network that finds the landmarks of a face, a hand or a body")
_COMPARES: Final = Words("a network that compares faces or pictures")
# Parts of names that say what an output is, where its shape does not.
_NAMES: Final = (
    (("landmark", "ldmk", "lmk"), _LANDMARKS),
    (("keypoint", "kps", "kpt", "joints", "heatmap", "paf"), Words("a pose network")),
    (("embedding", "descriptor"), _COMPARES),
)


def _named(outputs: Mapping[str, Array]) -> Recognition | None:
    """Recognise faces and poses, by the shapes and names that their best-known networks have."""
    tables = {rows_and_columns(values) for values in outputs.values()}
    names = [name.lower() for name in outputs]
    has_levels = {"cls_8", "obj_8", "bbox_8", "kps_8"} <= set(names)
    if has_levels or {(896, 16), (896, 1)} & tables or {(2304, 16)} & tables:
        return _other(Words("a detector of faces"), outputs)
    if {(2016, 18)} & tables or {(2254, 12)} & tables:
        return _other(Words("a detector of hands or bodies"), outputs)
    if {(4420, 4), (17640, 4)} & tables:
        return _other(Words("a detector of faces"), outputs)
    for parts, kind in _NAMES:
        if any(part in name for name in names for part in parts):
            return _other(kind, outputs)
    flat = {values.size for values in outputs.values() if values.ndim}
    # Those of a hand are 21 points beside which hand it is; of an eye, 71 points and the iris.
    if (flat & {1404, 1434, 195} and len(flat) > 1) or flat in ({63, 1}, {213, 15}):
        return _other(_LANDMARKS, outputs)
    if list(outputs) == ["output_crop"]:  # MediaPipe's, of a hand
        return _other(Words("a network that finds the part of a picture to cut out"), outputs)
    if flat == {18, 1}:
        return _other(Words("a network that finds the corners of a box in space"), outputs)
    return None


def _rows(outputs: Mapping[str, Array]) -> Recognition | None:
    """Recognise the rows of Caffe's DetectionOutput."""
    for name, values in outputs.items():
        if values.ndim == 4 and values.shape[:2] == (1, 1) and values.shape[3] == 7:
            head = Head(kind=HeadKind.ROWS, boxes_output=name, background=0, overlap=1.0)
            reason = Words(
                "its output of {shape} has one row a box", shape=sides_text(values.shape)
            )
            return _detector(head, reason)
    return None


def _box_outputs(outputs: Mapping[str, Array]) -> tuple[str, str]:
    """Return the names of an output (P, 4) and of one (P, C), or empty ones."""
    tables = {name: rows_and_columns(values) for name, values in outputs.items()}
    for name, (rows, columns) in tables.items():
        partners = [
            other
            for other, (count, _) in tables.items()
            if other != name and count == rows and rows > 1
        ]
        if columns == 4 and partners:
            fitting = [other for other in partners if tables[other][1] != 4]
            return name, (fitting or partners)[0]
    return "", ""


def _gives_chosen_boxes(outputs: Mapping[str, Array]) -> bool:
    """Return whether the network drops what overlaps by itself.

    Those of one output give rows of corners, score and class; others corners, and beside them the
    scores and the classes, a number a box.
    """
    tables = {name: rows_and_columns(values) for name, values in outputs.items()}
    if [columns for rows, columns in tables.values() if rows > 1] == [6] and len(tables) == 1:
        return True
    return any(
        columns == 4
        and rows > 1
        and sum(values.size == rows and rows in values.shape for values in outputs.values()) >= 2
        for rows, columns in tables.values()
    )


def _ssd(
    outputs: Mapping[str, Array], size_wh: tuple[int, int], file_format: ModelFormat
) -> Recognition | None:
    """Recognise offsets from the anchors of an SSD MobileNet."""
    anchors = len(ssd_anchors(size_wh))
    tables = {name: rows_and_columns(values) for name, values in outputs.items()}
    if file_format is ModelFormat.TFLITE and any(rows == anchors for rows, _ in tables.values()):
        # OpenCV 5.0 gets the boxes of such a file wrong, and shows one of the two outputs.
        kind = Words("a detector with the head of SSD as TFLite, of which OpenCV reads wrong boxes")
        return _other(kind, outputs)
    boxes, scores = _box_outputs(outputs)
    if not boxes or tables[boxes][0] != anchors:
        return None
    head = Head(kind=HeadKind.SSD, boxes_output=boxes, scores_output=scores, background=0)
    reason = Words(
        "its {boxes} boxes are as many as the anchors of an SSD of {width} x {height}",
        boxes=anchors,
        width=size_wh[0],
        height=size_wh[1],
    )
    return _detector(head, reason)


def _yolo(outputs: Mapping[str, Array], size_wh: tuple[int, int]) -> Recognition | None:
    """Recognise YOLOX and its relations, by how many boxes there are."""
    cells = len(yolox_cells(size_wh))
    # Those for large pictures have a fourth grid.
    counts = (cells, cells + (size_wh[0] // 64) * (size_wh[1] // 64))
    if cells < _FEWEST_CELLS:
        # On so small a picture a row of scores might be taken for it.
        return None
    for name, values in outputs.items():
        rows, columns = rows_and_columns(values)
        others = [one for other, one in outputs.items() if other != name]
        if rows == cells and columns >= 6:
            # Offsets from cells are small; worked out into pixels, they fill the picture.
            spread = float(np.nan_to_num(np.abs(values.reshape(rows, columns)[:, :2])).max())
            is_pixels = spread > min(size_wh) / 2
            kind = HeadKind.YOLOX_PIXELS if is_pixels else HeadKind.YOLOX
            return _as_many(kind, name, rows, size_wh)
        if rows in [3 * count for count in counts] and columns >= 6:
            # Some files give the grids too that the boxes are made of.
            are_grids = all(one.ndim == 5 and one.shape[-1] == columns for one in others)
            if are_grids and are_within_unit(values.reshape(rows, columns)[:, 4:]):
                return _as_many(HeadKind.YOLO_5, name, rows, size_wh)
            return _other(Words("a YOLO of version 5 or 7 with more than boxes"), outputs)
        if columns in (*counts, 3 * cells) and 5 <= rows < columns:
            if others or not are_within_unit(values.reshape(rows, columns)[4:]):
                return _other(_MORE_THAN_BOXES, outputs)
            return _as_many(HeadKind.YOLO_8, name, columns, size_wh)
    return None


def _as_many(kind: HeadKind, name: str, boxes: int, size_wh: tuple[int, int]) -> Recognition:
    """Say that a YOLO was recognised by how many boxes there are."""
    values = {"boxes": boxes, "width": size_wh[0], "height": size_wh[1]}
    if kind is HeadKind.YOLO_5:
        reason = Words(
            "its {boxes} boxes are three for each cell of a YOLO of {width} x {height}", **values
        )
    else:
        reason = Words(
            "its {boxes} boxes are as many as the cells of a YOLO of {width} x {height}", **values
        )
    return _detector(Head(kind=kind, boxes_output=name, overlap=0.45), reason)


def _yolo_grids(
    outputs: Mapping[str, Array], size_wh: tuple[int, int], structure: OnnxStructure | None
) -> Recognition | None:
    """Recognise the grids of a YOLO, whose anchors stand nowhere in the file."""
    grids = yolo_grids(outputs, size_wh)
    if not grids or len(outputs) != len(grids):
        return None
    objectness = np.concatenate([one[..., 4].ravel() for one in grids])
    are_done = are_within_unit(objectness)
    are_apart = all(one.ndim == 5 for one in outputs.values())
    if not are_apart and np.median(objectness) > (_EMPTY if are_done else _EMPTY_LOGIT):
        return None  # planes of which a third has another meaning look the same
    kind = _kind_of_grids(len(grids), are_done, are_apart, structure)
    reason = Words(
        "its outputs are the grids of a YOLO of {width} x {height}",
        width=size_wh[0],
        height=size_wh[1],
    )
    return _detector(Head(kind=kind, overlap=0.45), reason)


_EMPTY: Final = 0.12
_EMPTY_LOGIT: Final = -2.0
"""Objectness below which most cells stay where a black picture is looked at."""


def _kind_of_grids(
    count: int, are_done: bool, are_apart: bool, structure: OnnxStructure | None
) -> HeadKind:
    """Tell the version of grids by what a graph is made of.

    Notes
    -----
    Darknet's have leaky ReLUs, and version 4 Mish. Its own export, and those made of it, keep the
    boxes of a cell together in one side; PyTorch's versions from 5 on part them, and have SiLU. Of
    those, version 5 pools three times, before its head; version 7 also wherever it makes its maps
    smaller. Its small one, with leaky ReLUs, has the anchors of version 5, as version 3 has. Of
    the small ones of Darknet, version 3 pools six times, version 4 three times.
    """
    operators = Counter[str]() if structure is None else structure.operators
    pools_often = operators["MaxPool"] > 3
    is_leaky = operators["LeakyRelu"] > 0
    is_mish = operators["Mish"] + min(operators["Softplus"], operators["Tanh"]) > 0
    if count == 2 and is_leaky:
        return HeadKind.YOLO_3_GRIDS if pools_often else HeadKind.YOLO_4_GRIDS
    if are_done or are_apart:
        is_7 = is_mish or (pools_often and not is_leaky)
        return HeadKind.YOLO_7_GRIDS if is_7 else HeadKind.YOLO_5_GRIDS
    if is_mish:
        return HeadKind.YOLO_4_GRIDS
    if is_leaky:
        return HeadKind.YOLO_5_GRIDS if pools_often else HeadKind.YOLO_3_GRIDS
    return HeadKind.YOLO_7_GRIDS if pools_often else HeadKind.YOLO_5_GRIDS


def _yolo_7_rows(outputs: Mapping[str, Array]) -> Recognition | None:
    """Recognise rows of picture, corners, class and score by their numbers."""
    values = next(iter(outputs.values()))
    if len(outputs) != 1 or values.ndim != 2 or values.shape[1] != 7 or len(values) < _FEWEST_ROWS:
        return None
    corners, classes = values[:, 1:5], values[:, 5]
    is_ordered = (corners[:, 2:] >= corners[:, :2]).mean() > 0.9
    are_classes = bool(((classes >= 0) & (classes == np.round(classes))).all())
    if values[:, 0].any() or not (is_ordered and are_classes and are_within_unit(values[:, 6])):
        return None
    reason = Words("its output of {shape} has one row a box", shape=sides_text(values.shape))
    return _detector(Head(kind=HeadKind.YOLO_7_ROWS, overlap=0.45), reason)


def _chosen(outputs: Mapping[str, Array]) -> Recognition | None:
    """Recognise corners, scores and classes of chosen boxes by their names."""
    head = _chosen_outputs(outputs)
    if head is None:
        return None
    classes = outputs[head.classes_output]
    if not (np.round(classes) == classes).all():
        return None
    reason = Words("it gives corners, scores and classes of the boxes that it has chosen")
    return _detector(head, reason)


def _chosen_outputs(outputs: Mapping[str, Array]) -> Head | None:
    """Return how chosen boxes are read, or None where the names do not say which output is what.

    Those of TensorFlow's own detectors, "detection_boxes", have the other order of corners.
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
        kind=HeadKind.CHOSEN,
        boxes_output=boxes,
        scores_output=scores,
        classes_output=classes,
        overlap=1.0,
    )


_FEWEST_ROWS: Final = 100
"""Rows that exporters write at least, 300 as a rule; the rows beyond what was found are zeros."""


def _yolo_10(outputs: Mapping[str, Array], structure: OnnxStructure | None) -> Recognition | None:
    """Recognise rows of corners, score and class."""
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
    classes = table[:, 5]
    are_classes = bool(((classes >= 0) & (classes == np.round(classes))).all())
    if not (is_ordered and are_classes and are_within_unit(table[:, 4])):
        return None
    is_likely = is_said or "names" in metadata or rows >= _FEWEST_ROWS
    if not (is_likely or (table[:, 4] > 0).any()):
        return None  # a few zeros may be anything
    reason = Words("its output of {shape} has one row a box", shape=sides_text(values.shape))
    return _detector(Head(kind=HeadKind.YOLO_10, boxes_output=name, overlap=1.0), reason)


def _corners(outputs: Mapping[str, Array]) -> Recognition | None:
    """Recognise corners beside scores; name what has boxes of another kind."""
    boxes, scores = _box_outputs(outputs)
    if not boxes:
        lengths = [rows_and_columns(values)[0] for values in outputs.values()]
        long = [rows for rows in lengths if rows > 100]
        if len(set(long)) < len(long) or _gives_chosen_boxes(outputs):
            return _other(Words("a detector with a head that is not known"), outputs)
        return None
    corners = outputs[boxes].reshape(-1, 4)
    is_ordered = (corners[:, 2:] >= corners[:, :2]).mean() > 0.99
    in_units = (np.abs(corners) <= 2).mean() > 0.99
    if not (is_ordered and in_units and are_within_unit(outputs[scores])):
        return _other(Words("a detector with a head that is not known"), outputs)
    head = Head(kind=HeadKind.CORNERS, boxes_output=boxes, scores_output=scores)
    return _detector(head, Words("it gives corners and one score a class"))


def _picture_like(
    outputs: Mapping[str, Array], size_wh: tuple[int, int], counts: frozenset[str]
) -> Recognition | None:
    """Recognise masks; name what else gives pictures."""
    values = max(outputs.values(), key=lambda one: one.size)
    planes, side = _planes(values.shape, size_wh)
    if not planes or (planes > 2 and _scores(outputs, counts)):
        return None
    if planes == 1 and values.min() >= 0 and not are_within_unit(values):
        return _other(
            Words("a network that gives a number for each place, as a depth or a class"), outputs
        )
    if planes <= 2:
        reason = Words("its output of {shape} is a mask", shape=sides_text(values.shape))
        return Recognition(Task.MASK, Words("a network that cuts out"), reason)
    if len({one.shape for one in outputs.values() if one.ndim == 4}) > 1:
        kind = Words("a network that gives several kinds of maps, as detectors make boxes of")
        return _other(kind, outputs)
    is_as_large = side * 8 >= size_wh[0]
    if planes == 3 and is_as_large:
        return _other(Words("a network that makes pictures of pictures"), outputs)
    if is_as_large:
        return _other(
            Words("a network that parts pictures into {count} classes", count=planes), outputs
        )
    return _other(Words("a network that gives maps, for poses or as features"), outputs)


def _planes(shape: tuple[int, ...], size_wh: tuple[int, int]) -> tuple[int, int]:
    """Return of how many planes an output consists, and how wide they are; 0 where it has none.

    Planes have the shape of the picture; that tells whether they come second or, as Keras', last,
    and one without a side of its own from a table.
    """
    planes = mask_channels(shape)
    width, height = size_wh
    if len(shape) == 3 and shape[0] == 1 and shape[1] * width == shape[2] * height:
        return planes, shape[2]
    if len(shape) != 4 or planes in (1, 2):
        return (planes if len(shape) == 4 else 0), shape[-1] if shape else 0
    are_last = shape[1] * width == shape[2] * height and shape[2] * width != shape[3] * height
    if are_last:
        return (shape[3] if min(shape[1:3]) >= 16 else 0), shape[2]
    return planes, shape[3]


def _scores(outputs: Mapping[str, Array], counts: frozenset[str]) -> list[Array]:
    """Return the outputs that may be one score a class."""
    return [one for name, one in outputs.items() if name not in counts and is_score_like(one.shape)]


def _without_scores(outputs: Mapping[str, Array], counts: frozenset[str]) -> Recognition | None:
    """Name what names classes by their numbers, or gives no scores at all."""
    scores = _scores(outputs, counts)
    if any(outputs[name].shape == one.shape for name in counts & outputs.keys() for one in scores):
        kind = Words("a network that gives its best classes alone, and not a score for each")
    elif scores:
        return None
    elif any(outputs[name].ndim < 3 for name in counts & outputs.keys()):
        kind = Words("a network that gives the numbers of classes, and no scores")
    elif all(one.size == 1 for one in outputs.values()):
        kind = Words("a network that gives a single number, and not a score for each class")
    elif [one.ndim for one in outputs.values()] == [3]:
        # As (1, T, C), or (T, 1, C).
        kind = Words(
            "a network that gives several rows of numbers, for reading text or as features"
        )
    else:
        kind = Words("a network that gives neither scores, nor boxes, nor a mask")
    return _other(kind, outputs)


_FEATURES: Final = frozenset([128, 192, 256, 320, 384, 512, 768, 1024, 2048])
"""How many features networks give that compare faces, persons or pictures."""

_EVENS_OUT: Final = frozenset(["BatchNormalization", "LayerNormalization", "LpNormalization"])
"""What such a network may end with, and one that names classes does not."""


def _features(
    outputs: Mapping[str, Array], structure: OnnxStructure | None, classes: int
) -> Recognition | None:
    """Recognise features in place of scores, where that is sure: by what they are or come from.

    Others look like the logits of a classifier.
    """
    if len(outputs) != 1:
        return None
    [(name, values)] = outputs.items()
    count = values.size
    if count == classes or count < min(_FEATURES):
        return None
    # Probabilities may have that length too, where one of them is 1; features have both signs.
    is_unit = values.min() < 0 and abs(float(np.linalg.norm(values)) - 1) < 1e-3
    last = "" if structure is None else structure.producers.get(name, "")
    if is_unit:
        reason = Words(
            "its output is not a list of classes but {count} numbers, a vector of length 1",
            count=count,
        )
    elif count in _FEATURES and last in _EVENS_OUT:
        reason = Words(
            "its output is not a list of classes but {count} numbers straight from a normalisation",
            count=count,
        )
    else:
        return None
    return Recognition(None, _COMPARES, reason)
