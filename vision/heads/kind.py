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
"""What a network gives for a batch of one, by name."""


class Head(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How a detector's outputs are read.

    Attributes
    ----------
    kind
        Name of the `DetectorHead` by which they are written.
    boxes_output, scores_output, classes_output
        Names of the outputs; one that holds all stands in `boxes_output`, or is the first if that
        is empty.
    background
        The class that stands for "nothing", or None.
    score, overlap
        The limits that are usual for it.
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
        Those with a score that is worth keeping; corners as shares of the tensor.
    total
        How many there are in all.
    classes
        How many classes it tells apart, that of the background among them; 0 where the output does
        not say.
    """

    found: Detections
    total: int
    classes: int


@dataclass(frozen=True)
class Recognition:
    """What a network was recognised as.

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


@dataclass(frozen=True)
class Trial:
    """A network's outputs for any picture, and what else is known about it.

    Attributes
    ----------
    outputs
        Its outputs by name, for a batch of one.
    size_wh
        Width and height of its input in pixels.
    structure
        What an ONNX file is made of, or None.
    classes
        How many labels there are for it, 0 where that is not known.
    """

    outputs: Outputs
    size_wh: tuple[int, int]
    structure: OnnxStructure | None
    classes: int

    @property
    def counts(self) -> frozenset[str]:
        """Names of the integer outputs."""
        return frozenset() if self.structure is None else self.structure.counts

    def scores(self) -> list[Array]:
        """Return the outputs that may hold one score per class."""
        return [
            one
            for name, one in self.outputs.items()
            if name not in self.counts and is_score_like(one.shape)
        ]


@dataclass(frozen=True, kw_only=True)
class OutputKind:
    """A way to read a network's outputs.

    Attributes
    ----------
    name
        Its name in files.
    place
        Where it stands in the list to choose from.
    label
        What it is called there.
    title
        What such a network is, in words.
    task
        What the network is for.
    recognise
        Tells what a network is, if this is how it is read or it is known to be of no use.
    turn
        When `recognise` is tried: lower ones first.
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
        """Return how the outputs are read if the user chose this kind."""
        return None


@dataclass(frozen=True, kw_only=True)
class DetectorHead(OutputKind):
    """A format in which detectors write boxes.

    Attributes
    ----------
    decode
        Makes boxes of the outputs, as `decode`.
    preprocessing
        What pictures such detectors take, unless their file says so.
    find_outputs
        Tells which output is what by their shapes or names, or None for the largest one.
    """

    decode: Callable[[Head, Outputs, tuple[int, int], float], Proposals]
    preprocessing: Preprocessing
    find_outputs: Callable[[Outputs], Head | None] = lambda _: None

    def __post_init__(self) -> None:
        super().__post_init__()
        HEADS[self.name] = self

    def pick(self, outputs: Outputs) -> Head:
        """Return how the outputs are read if the user chose this head."""
        largest = max(outputs, key=lambda name: outputs[name].size)
        return self.find_outputs(outputs) or Head(kind=self.name, boxes_output=largest)


KINDS: Final[dict[str, OutputKind]] = {}
"""Every way to read outputs, by name; `vision.heads` imports the modules that make them."""
HEADS: Final[dict[str, DetectorHead]] = {}


def other_network(kind: str, outputs: Outputs) -> Recognition:
    """Return the recognition of a network that cannot be used here."""
    return Recognition(None, kind, shapes_text(outputs))


def shapes_text(outputs: Outputs) -> str:
    """Describe the outputs, at most four of them."""
    listed = [sides_text(one.shape) or "1" for one in list(outputs.values())[:4]]
    if len(outputs) > 4:
        listed.append("...")
    return Text("its outputs have the shapes {shapes}", shapes=", ".join(listed))


def decode(head: Head, outputs: Outputs, size_wh: tuple[int, int], floor: float) -> Proposals:
    """Return the boxes that a network proposes for one picture.

    Parameters
    ----------
    outputs
        The network's, by name, for a batch of one.
    size_wh
        Width and height of the tensor in pixels.
    floor
        Boxes with a lower score (0 to 1) are left out.

    Raises
    ------
    ValueError
        If the outputs do not have the shapes that the head wants.

    Notes
    -----
    A box gets the class with its highest score. One whose scores are no numbers is left out.
    """
    # Damaged weights give any numbers; what comes of them is left out by `detections.in_picture`.
    with np.errstate(all="ignore"):
        return HEADS[head.kind].decode(head, outputs, size_wh, floor)
