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

MOST_SHOWN: Final = 10
"""How many the window names of every answer, so that it can list as many at any time."""


@dataclass(frozen=True, eq=False)
class Pass:
    """The data of one picture's pass through a network.

    Attributes
    ----------
    seen
        The part of the picture that it saw, in picture pixels.
    read_ms
        Time that reading the picture took.
    started_s, blobbed_s, forwarded_s
        When preprocessing began, when it ended and when the network was through.
    """

    outputs: Outputs
    seen: Rectangle
    read_ms: float
    started_s: float
    blobbed_s: float
    forwarded_s: float

    def timings(self) -> Timings:
        """Return each stage's duration; the last is everything since the forward pass."""
        return Timings(
            read_ms=self.read_ms,
            preprocess_ms=(self.blobbed_s - self.started_s) * 1e3,
            forward_ms=(self.forwarded_s - self.blobbed_s) * 1e3,
            postprocess_ms=(time.perf_counter() - self.forwarded_s) * 1e3,
        )


class Predictor(ABC):
    """A loaded model with its preprocessing and labels; for one thread at a time.

    Attributes
    ----------
    engine
        The network.
    preprocessing
        How a picture becomes its input; may be replaced at any time between pictures.
    labels
        The names of its classes, or None while it is not known how many there are.
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
            Time that reading the picture took, in milliseconds, passed on into the timings.
        top
            How many classes a classification names.

        Raises
        ------
        VisionError
            model_forward, model_busy, output_not_finite, labels_mismatch, or output_not_scores
            and its like where the output is another than the task wants.
        TypeError, ValueError
            Where `picture` is no such array, as a path or shares of 1 are.
        """

    def clone_for_thread(self) -> Self:
        """Return a copy of the model for another thread, as it is now; it must have been used."""
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
