"""A head that a person taught, on a network's features, as a model like any other."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

import numpy as np
import numpy.typing as npt

from vision.classification import Classifier
from vision.engine import ComputeChoice, Outputs
from vision.labels import Labels
from vision.model_choice import ModelChoice
from vision.teaching.features import Backbone

TAUGHT: Final = "taught"
"""The key of what was taught, among the models that can be chosen."""

type Judge = Callable[[npt.NDArray[np.float32]], npt.NDArray[np.floating]]
"""Gives the probabilities (N, classes) of features (N, F)."""


class TaughtClassifier(Classifier):
    """A network's features under a taught head; one thread at a time.

    Parameters
    ----------
    backbone
        The loaded network.
    judge
        The head.
    labels
        The names of its classes.
    """

    def __init__(self, backbone: Backbone, judge: Judge, labels: Labels) -> None:
        manifest = backbone.manifest
        super().__init__(backbone.engine, backbone.preprocessing, labels, False, manifest)
        self._features_output = manifest.features_output
        self._judge = judge

    def _score_rows(self, outputs: Outputs, rows: int) -> npt.NDArray[np.float32]:
        features = outputs[self._features_output].reshape(rows, -1)
        return np.asarray(self._judge(features), np.float32)


def taught_choice(
    backbone: Callable[[], Backbone],
    name: str,
    judge: Judge,
    class_names: tuple[str, ...],
    version: str,
) -> ModelChoice:
    """Return a head as a model that can be chosen.

    Parameters
    ----------
    backbone
        Returns the network under every head; called on the one thread that also uses it.
    name
        What a person reads.
    judge, class_names
        As in `TaughtClassifier`.
    version
        Tells this head from every other.
    """

    def load(_compute: ComputeChoice) -> TaughtClassifier:
        return TaughtClassifier(backbone(), judge, Labels(class_names, name))

    return ModelChoice(TAUGHT, name, load=load, version=version)
