"""The protocol of output kinds, and the result of recognition."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import msgspec
import numpy as np
import numpy.typing as npt

from foundation.text import Text
from vision.detections import Detections, Limits
from vision.heads.arrays import is_score_like
from vision.reasons import sides_text
from vision.result import Task

if TYPE_CHECKING:
    from vision.formats.onnx.structure import OnnxStructure
    from vision.pictures.preprocessing import Preprocessing

type Array = npt.NDArray[np.float32]
type Outputs = Mapping[str, Array]
"""Outputs of a network for a batch of one, by name."""


class Head(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How to read the outputs of a detector.

    Attributes
    ----------
    kind
        Name of the `DetectorHead`.
    boxes_output, scores_output, classes_output
        Names of the outputs. A single output that holds everything is `boxes_output`, or the first
        output if that is empty.
    background
        Index of the background class, or None.
    score, overlap
        Default thresholds.
    """

    kind: str
    boxes_output: str = ""
    scores_output: str = ""
    classes_output: str = ""
    background: int | None = None
    score: float = Limits.score
    overlap: float = Limits.overlap

    def __post_init__(self) -> None:
        if self.kind not in HEADS:
            raise ValueError(f"Invalid enum value {self.kind!r}")


@dataclass(frozen=True, eq=False)
class Proposals:
    """The boxes proposed by a network.

    Attributes
    ----------
    found
        Boxes that reach the floor; corners as shares of the tensor.
    total
        Number of all boxes.
    classes
        Number of classes, including the background; 0 if the output does not determine it.
    """

    found: Detections
    total: int
    classes: int


@dataclass(frozen=True)
class Recognition:
    """The result of recognising a network.

    Attributes
    ----------
    task
        Task of the network, or None if it cannot be used here.
    kind
        Description of the network: "a detector with the head of SSD".
    reason
        Description of how it was recognised.
    head
        How to read the outputs of a detector, or None.
    """

    task: Task | None
    kind: str
    reason: str
    head: Head | None = None


@dataclass(frozen=True)
class Trial:
    """A network's outputs for a trial picture, and further information about it.

    Attributes
    ----------
    outputs
        Outputs by name, for a batch of one.
    size_wh
        Width and height of the input in pixels.
    structure
        Structure of an ONNX file, or None.
    classes
        Number of labels, 0 if unknown.
    """

    outputs: Outputs
    size_wh: tuple[int, int]
    structure: OnnxStructure | None
    classes: int

    @property
    def integer_outputs(self) -> frozenset[str]:
        """The names of the integer outputs."""
        return frozenset() if self.structure is None else self.structure.integer_outputs

    def scores(self) -> list[Array]:
        """Return the outputs that may hold one score per class."""
        return [
            one
            for name, one in self.outputs.items()
            if name not in self.integer_outputs and is_score_like(one.shape)
        ]


@dataclass(frozen=True, kw_only=True)
class OutputKind:
    """A way to read a network's outputs.

    Attributes
    ----------
    name
        Name in files.
    place
        Sort position in the list of choices.
    label
        Label in that list.
    title
        Description of such a network.
    task
        Task of the network.
    recognise
        Returns the recognition if the network is of this kind or known to be unusable, or None.
    turn
        Order in which `recognise` is tried, lowest first.
    """

    name: str
    place: int
    label: Text
    title: Text
    task: Task = Task.DETECTION
    recognise: Callable[[Trial], Recognition | None] = lambda _: None
    turn: int = 0

    def __post_init__(self) -> None:
        KINDS[self.name] = self

    def recognition(self, reason: str, head: Head | None = None) -> Recognition:
        """Return a recognition of this kind."""
        return Recognition(self.task, self.title, reason, head)

    def pick(self, outputs: Outputs) -> Head | None:
        """Return how to read the outputs if the user chose this kind."""
        return None


@dataclass(frozen=True, kw_only=True)
class DetectorHead(OutputKind):
    """A format in which detectors write boxes.

    Attributes
    ----------
    decode
        Converts the outputs to boxes; see `decode`.
    preprocessing
        Default preprocessing of such detectors, unless their file declares it.
    find_outputs
        Finds the outputs by their shapes or names; None means the largest one.
    """

    decode: Callable[[Head, Outputs, tuple[int, int], float], Proposals]
    preprocessing: Preprocessing
    find_outputs: Callable[[Outputs], Head | None] = lambda _: None

    def __post_init__(self) -> None:
        super().__post_init__()
        HEADS[self.name] = self

    def pick(self, outputs: Outputs) -> Head:
        """Return how to read the outputs if the user chose this head."""
        largest = max(outputs, key=lambda name: outputs[name].size)
        return self.find_outputs(outputs) or Head(kind=self.name, boxes_output=largest)


KINDS: Final[dict[str, OutputKind]] = {}
"""All output kinds by name; `vision.heads` imports the modules that define them."""
HEADS: Final[dict[str, DetectorHead]] = {}


def unusable_network(kind: str, outputs: Outputs) -> Recognition:
    """Return the recognition of a network that cannot be used here."""
    return Recognition(None, kind, shapes_text(outputs))


def shapes_text(outputs: Outputs) -> str:
    """Return a text with the shapes of the outputs, at most four of them."""
    listed = [sides_text(one.shape) or "1" for one in list(outputs.values())[:4]]
    if len(outputs) > 4:
        listed.append("...")
    return Text("its outputs have the shapes {shapes}", shapes=", ".join(listed))


def decode(head: Head, outputs: Outputs, size_wh: tuple[int, int], floor: float) -> Proposals:
    """Return the boxes that a network proposes for one picture.

    Parameters
    ----------
    outputs
        Outputs of the network by name, for a batch of one.
    size_wh
        Width and height of the tensor in pixels.
    floor
        Boxes with a lower score (0 to 1) are left out.

    Raises
    ------
    ValueError
        If the outputs do not have the shapes that the head requires.

    Notes
    -----
    A box gets the class with its highest score. One with NaN scores is left out.
    """
    # Damaged weights give any numbers; what comes of them is left out by `detections.in_picture`.
    with np.errstate(all="ignore"):
        return HEADS[head.kind].decode(head, outputs, size_wh, floor)
