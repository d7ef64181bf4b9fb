"""One mask of the object, or two: of the background and the object."""

from __future__ import annotations

from typing import Final

from foundation.text import Text
from vision.heads.arrays import are_within_unit
from vision.heads.kind import OutputKind, Recognition, Trial, unusable_network
from vision.reasons import sides_text
from vision.result import Task


def mask_channels(shape: tuple[int, ...]) -> int:
    """Return the number of planes of a mask of this shape; 0 if it is not one.

    Keras puts them last.
    """
    if are_planes_last(shape):
        return shape[3]
    if len(shape) < 2 or min(shape[-2:]) < 16:
        return 0
    before = [side for side in shape[:-2] if side > 1]
    return 0 if len(before) > 1 else before[0] if before else 1


def _recognise(trial: Trial) -> Recognition | None:
    """Recognise masks, and describe other networks that output pictures."""
    outputs, size_wh = trial.outputs, trial.size_wh
    values = max(outputs.values(), key=lambda one: one.size)
    planes, side = _planes(values.shape, size_wh)
    if not planes or (planes > 2 and trial.scores()):
        return None
    if planes == 1 and values.min() >= 0 and not are_within_unit(values):
        return unusable_network(
            Text("a network that gives a number for each place, as a depth or a class"), outputs
        )
    if planes <= 2:
        reason = Text("its output of {shape} is a mask", shape=sides_text(values.shape))
        return MASK.recognition(reason)
    if len({one.shape for one in outputs.values() if one.ndim == 4}) > 1:
        kind = Text("a network that gives several kinds of maps, as detectors make boxes of")
        return unusable_network(kind, outputs)
    is_as_large = side * 8 >= size_wh[0]
    if planes == 3 and is_as_large:
        return unusable_network(Text("a network that makes pictures of pictures"), outputs)
    if is_as_large:
        return unusable_network(
            Text("a network that parts pictures into {count} classes", count=planes), outputs
        )
    return unusable_network(Text("a network that gives maps, for poses or as features"), outputs)


def _planes(shape: tuple[int, ...], size_wh: tuple[int, int]) -> tuple[int, int]:
    """Return an output's number of planes and their width; 0 planes if it has none.

    Planes have the aspect ratio of the picture, which shows whether they are the second axis or, in
    Keras, the last, and distinguishes a single plane without its own axis from a table.
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


def are_planes_last(shape: tuple[int, ...]) -> bool:
    """Return whether the one or two planes of a mask are its last axis."""
    return len(shape) == 4 and shape[0] == 1 and shape[3] <= 2 and min(shape[1:3]) >= 16


MASK: Final = OutputKind(
    name="mask",
    place=15,
    label=Text("mask"),
    title=Text("a network that cuts out"),
    task=Task.MASK,
    recognise=_recognise,
    turn=9,
)
