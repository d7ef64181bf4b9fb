"""A head that a person taught, on a network's features, as a model like any other."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from vision.classification import ClassificationResult, Classifier, Probabilities, top_k
from vision.engine import ComputeChoice
from vision.errors import Fault, VisionError
from vision.labels import Labels
from vision.model_choice import ModelChoice
from vision.pictures import Picture
from vision.predictor import Predictor
from vision.preprocessing import Blob, Rectangle
from vision.result import Result, Task, Timings
from vision.teaching.features import Backbone

TAUGHT: Final = "taught"
"""The key of what was taught, among the models that can be chosen."""

type FeatureRows = npt.NDArray[np.float32]
"""What a network says of pictures below its scores (N, F), float32."""

type Judge = Callable[[FeatureRows], npt.NDArray[np.floating]]
"""Gives the probabilities (N, classes) of features."""


@dataclass(frozen=True, eq=False)
class FeaturesResult(Result):
    """What a network sees in a picture, which no head has a name for.

    Attributes
    ----------
    features
        (F,) float32.
    """

    features: npt.NDArray[np.float32]


@dataclass(frozen=True, eq=False)
class TaughtResult(ClassificationResult):
    """What a taught head says of a picture.

    Attributes
    ----------
    features
        What the head was given, (F,) float32.
    """

    features: npt.NDArray[np.float32]


class FeatureReader(Predictor):
    """A model that only sees, for as long as no head is taught.

    Parameters
    ----------
    backbone
        The loaded network.
    """

    task = Task.CLASSIFICATION

    def __init__(self, backbone: Backbone) -> None:
        super().__init__(backbone.engine, backbone.preprocessing, manifest=backbone.manifest)
        self._backbone = backbone

    def predict(self, picture: Picture, read_ms: float = 0.0, top: int = 5) -> FeaturesResult:
        """Return the features of one picture, and no class."""
        features, timings, seen = _features_of(self._backbone, self, picture, read_ms)
        return FeaturesResult((), timings, seen, features[0])


class TaughtClassifier(Classifier):
    """A network's features under a taught head; one thread at a time.

    Parameters
    ----------
    backbone
        The loaded network.
    head
        What is computed of them.
    labels
        The names of the classes.
    """

    def __init__(self, backbone: Backbone, head: Judge, labels: Labels) -> None:
        super().__init__(backbone.engine, backbone.preprocessing, labels, False, backbone.manifest)
        self._backbone = backbone
        self._head = head

    def classify(self, picture: Picture, top: int = 5, read_ms: float = 0.0) -> TaughtResult:
        """Classify one picture.

        Raises
        ------
        VisionError
            As `Classifier.classify`.
        """
        features, timings, seen = _features_of(self._backbone, self, picture, read_ms)
        started = time.perf_counter()
        row = self._judge(features)[0]
        assert self.labels is not None  # it was made with them
        best = top_k(row, self.labels, top)
        result = TaughtResult(best, timings, seen, row, False, self.labels, features[0])
        return result.with_timings(postprocess_ms=(time.perf_counter() - started) * 1e3)

    def probabilities(self, blob: Blob) -> Probabilities:
        """Return the probabilities (N, classes) of a batch that is already preprocessed.

        Raises
        ------
        VisionError
            As `classify`.
        """
        return self._judge(self._backbone.features(blob))

    def _judge(self, features: FeatureRows) -> Probabilities:
        scores = np.asarray(self._head(features), np.float32)
        if not np.isfinite(scores).all():
            raise VisionError(Fault.OUTPUT_NOT_FINITE, file=self.engine.name)
        return scores


def taught_choice(
    backbone: Callable[[], Backbone],
    name: str,
    head: Judge | None,
    class_names: tuple[str, ...],
    version: str,
) -> ModelChoice:
    """Return a head as a model that can be chosen; without one, what only sees.

    Parameters
    ----------
    backbone
        Returns the network under every head; called on the one thread that also uses it.
    name
        What a person reads.
    head, class_names
        As in `TaughtClassifier`.
    version
        Tells this head from every other.
    """

    def load(_compute: ComputeChoice) -> Predictor:
        network = backbone()
        if head is None:
            return FeatureReader(network)
        return TaughtClassifier(network, head, Labels(class_names, name))

    return ModelChoice(TAUGHT, name, load=load, version=version)


def _features_of(
    backbone: Backbone, model: Predictor, picture: Picture, read_ms: float
) -> tuple[FeatureRows, Timings, Rectangle]:
    """Return the features (1, F) of a picture, the times, and the part that was seen."""
    started = time.perf_counter()
    blob = model.preprocessing.blob(picture)
    blobbed = time.perf_counter()
    features = backbone.features(blob)
    timings = Timings(
        read_ms=read_ms,
        preprocess_ms=(blobbed - started) * 1e3,
        forward_ms=(time.perf_counter() - blobbed) * 1e3,
    )
    height, width = picture.shape[:2]
    return features, timings, model.preprocessing.region((width, height))
