"""A loaded model with everything needed to use it, for any task."""

from __future__ import annotations

import time
from abc import ABC, abstractmethod
from copy import copy
from dataclasses import dataclass
from typing import ClassVar, Final, Self

from vision.engine import Engine, Outputs
from vision.formats.labels import Labels
from vision.formats.manifest import ModelManifest
from vision.pictures.pixels import Picture
from vision.pictures.preprocessing import Preprocessing, Rectangle
from vision.result import TOP, Result, Task, Timings

MAX_SHOWN: Final = 10
"""Number of classes the window gets in every result, so that it can list more at any time."""


@dataclass(frozen=True, eq=False)
class Pass:
    """The data of one picture's pass through a network.

    Attributes
    ----------
    seen
        The part of the picture that the network saw, in picture pixels.
    read_ms
        Time to read the picture, in milliseconds.
    started_s, preprocessed_s, forwarded_s
        Start of preprocessing, its end, and the end of the forward pass.
    """

    outputs: Outputs
    seen: Rectangle
    read_ms: float
    started_s: float
    preprocessed_s: float
    forwarded_s: float

    def timings(self) -> Timings:
        """Return each stage's duration; the last one is the time since the forward pass."""
        return Timings(
            read_ms=self.read_ms,
            preprocess_ms=(self.preprocessed_s - self.started_s) * 1e3,
            forward_ms=(self.forwarded_s - self.preprocessed_s) * 1e3,
            postprocess_ms=(time.perf_counter() - self.forwarded_s) * 1e3,
        )


class Predictor(ABC):
    """A loaded model with its preprocessing and labels; for one thread at a time.

    Attributes
    ----------
    engine
        The network.
    preprocessing
        Preprocessing of its input; may be replaced at any time between pictures.
    labels
        The names of its classes, or None while their number is unknown.
    manifest
        The model's description, or None for a file without one.
    """

    task: ClassVar[Task]

    def __init__(
        self,
        engine: Engine,
        preprocessing: Preprocessing,
        labels: Labels | None = None,
        manifest: ModelManifest | None = None,
    ) -> None:
        self.engine = engine
        self.preprocessing = preprocessing
        self.labels = labels
        self.manifest = manifest

    @abstractmethod
    def predict(self, picture: Picture, read_ms: float = 0.0, top: int = TOP) -> Result:
        """Return the model's result for one picture.

        Parameters
        ----------
        picture
            (H, W, 3) BGR, uint8.
        read_ms
            Time to read the picture, in milliseconds, copied to the timings.
        top
            Number of classes in a classification.

        Raises
        ------
        VisionError
            model_forward, model_busy, output_not_finite, labels_mismatch, or output_not_scores
            and similar if the output does not fit the task.
        TypeError, ValueError
            If `picture` is not such an array, for example a path, or values from 0 to 1.
        """

    def clone_for_thread(self) -> Self:
        """Return a copy of the model in its current state for another thread; it must have run."""
        other = copy(self)
        other.engine = self.engine.clone_for_thread()
        return other

    def _pass(self, picture: Picture, read_ms: float) -> Pass:
        """Preprocess a picture and run the network on it.

        Raises
        ------
        VisionError
            model_forward or model_busy.
        """
        started_s = time.perf_counter()
        preprocessing = self.preprocessing  # may be replaced while the network is at work
        blob = preprocessing.blob(picture)
        blobbed_s = time.perf_counter()
        outputs = self.engine.forward(blob)
        forwarded_s = time.perf_counter()
        seen = preprocessing.region((picture.shape[1], picture.shape[0]))
        return Pass(outputs, seen, read_ms, started_s, blobbed_s, forwarded_s)
