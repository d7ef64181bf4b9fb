"""A loaded model with all that is needed to use it, whatever it is for."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import ClassVar

from vision.engine import Engine
from vision.labels import Labels
from vision.manifest import ModelManifest
from vision.pictures import Picture
from vision.preprocessing import Preprocessing
from vision.result import Result, Task


class Predictor(ABC):
    """A loaded model with its preprocessing and labels; one thread at a time.

    Attributes
    ----------
    task
        What it is for.
    engine
        The loaded network.
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
    def predict(self, picture: Picture, read_ms: float = 0.0, top: int = 5) -> Result:
        """Say what the model says of one picture.

        Parameters
        ----------
        picture
            (H, W, 3) BGR, uint8.
        read_ms
            Time that reading the picture took, passed on into the timings.
        top
            How many classes a classification names.

        Raises
        ------
        VisionError
            model_forward, model_busy, output_not_finite, labels_mismatch, or output_not_scores
            and its like where the output is another than the task wants.
        """
