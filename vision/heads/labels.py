"""Classification of the whole picture: one score per label."""

from __future__ import annotations

from typing import Final

import numpy as np

from foundation.text import Text
from vision.heads.kind import OutputKind, Recognition, Trial, shapes_text, unusable_network
from vision.result import Task

FEATURE_NETWORK: Final = Text("a network that compares faces or pictures")


def _recognise(trial: Trial) -> Recognition:
    """Recognise labels, if no other kind matches and the network may return scores."""
    return (
        _without_scores(trial) or _features(trial) or LABELS.recognition(shapes_text(trial.outputs))
    )


def _without_scores(trial: Trial) -> Recognition | None:
    """Recognise a network that returns class numbers, or no scores at all."""
    outputs, counts = trial.outputs, trial.integer_outputs
    scores = trial.scores()
    if any(outputs[name].shape == one.shape for name in counts & outputs.keys() for one in scores):
        kind = Text("a network that gives its best classes alone, and not a score for each")
    elif scores:
        return None
    elif any(outputs[name].ndim < 3 for name in counts & outputs.keys()):
        kind = Text("a network that gives the numbers of classes, and no scores")
    elif all(one.size == 1 for one in outputs.values()):
        kind = Text("a network that gives a single number, and not a score for each class")
    elif [one.ndim for one in outputs.values()] == [3]:
        # As (1, T, C), or (T, 1, C).
        kind = Text("a network that gives several rows of numbers, for reading text or as features")
    else:
        kind = Text("a network that gives neither scores, nor boxes, nor a mask")
    return unusable_network(kind, outputs)


_FEATURE_COUNTS: Final = frozenset([128, 192, 256, 320, 384, 512, 768, 1024, 2048])
"""Common numbers of features of networks that compare faces, persons or pictures."""

_NORMALISATIONS: Final = frozenset(["BatchNormalization", "LayerNormalization", "LpNormalization"])
"""Final operators of feature networks that classifiers do not end with."""


def _features(trial: Trial) -> Recognition | None:
    """Recognise features instead of scores, if its values or last operator prove it.

    Other features look like the logits of a classifier.
    """
    outputs, structure = trial.outputs, trial.structure
    if len(outputs) != 1:
        return None
    [(name, values)] = outputs.items()
    count = values.size
    if count == trial.classes or count < min(_FEATURE_COUNTS):
        return None
    # Probabilities may have that length too, where one of them is 1; features have both signs.
    is_unit = values.min() < 0 and abs(float(np.linalg.norm(values)) - 1) < 1e-3
    last = "" if structure is None else structure.producers.get(name, "")
    if is_unit:
        reason = Text(
            "its output is not a list of classes but {count} numbers, a vector of length 1",
            count=count,
        )
    elif count in _FEATURE_COUNTS and last in _NORMALISATIONS:
        reason = Text(
            "its output is not a list of classes but {count} numbers straight from a normalisation",
            count=count,
        )
    else:
        return None
    return Recognition(None, FEATURE_NETWORK, reason)


LABELS: Final = OutputKind(
    name="labels",
    place=0,
    label=Text("labels"),
    title=Text("labels of the whole picture"),
    task=Task.CLASSIFICATION,
    recognise=_recognise,
    turn=99,
)
