"""A model file in memory."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from vision.formats.onnx.structure import OnnxStructure
    from vision.heads.kind import Head
    from vision.pictures.preprocessing import Preprocessing


class ModelFormat(StrEnum):
    """The kinds of model files."""

    ONNX = "onnx"
    TFLITE = "tflite"
    CAFFE = "caffe"


@dataclass(frozen=True)
class ModelFile:
    """A model file in memory.

    Attributes
    ----------
    name
        Its path.
    data
        Its bytes; of a converted one, those of the ONNX model made from it.
    structure
        What its ONNX graph is made of.
    read_ms
        Time to read, recognise and convert it, in milliseconds.
    trusted
        True if it is known to keep ONNX's rules: made here, or with the hash it should have.
    known_to_run
        True if OpenCV is known to run it: made by Build, or with the hash it should have. Any other
        file is tried in another process first.
    head
        How the outputs of a detector are read where its file says so, or None.
    preprocessing
        How a picture becomes its input where the file says so, or None.
    element
        ONNX's number for the type of an ONNX file's input, 1 for float32.
    """

    name: str
    format: ModelFormat
    data: bytes
    structure: OnnxStructure
    read_ms: float = 0.0
    trusted: bool = False
    known_to_run: bool = False
    head: Head | None = None
    preprocessing: Preprocessing | None = None
    element: int = 1

    @property
    def must_stay_on_disk(self) -> bool:
        """Whether some weights are stored in other files beside this one."""
        return self.structure.external_data
