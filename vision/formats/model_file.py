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
        Path of the file.
    data
        Content of the file; for a converted model, the ONNX model made from it.
    structure
        Structure of the ONNX graph.
    read_ms
        Time to read, recognise and convert it, in milliseconds.
    trusted
        Whether it is known to follow ONNX's rules: written by this program, or its hash verified.
    known_to_run
        Whether OpenCV is known to run it: written by Build, or its hash verified. Any other file is
        tried in another process first.
    head
        How to read the outputs of a detector if its file declares it, or None.
    preprocessing
        Preprocessing that the file declares, or None.
    element
        ONNX element type of an ONNX file's input, 1 for float32.
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
        """Whether some weights are stored in separate files in the same folder."""
        return self.structure.external_data
