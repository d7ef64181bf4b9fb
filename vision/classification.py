"""Classify a picture: preprocessing, network, softmax and labels together."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from vision.engine import Engine, Outputs
from vision.errors import Fault, VisionError
from vision.formats.labels import Labels, numbered_labels
from vision.formats.manifest import ModelManifest
from vision.heads.arrays import are_within_unit, is_score_like
from vision.networks.findings import Check, Finding, Severity
from vision.networks.predictor import Predictor
from vision.pictures.pixels import Picture
from vision.pictures.preprocessing import Blob, Preprocessing
from vision.reasons import sides_text
from vision.result import TOP, Result, ScoredLabel, Task

type Probabilities = npt.NDArray[np.float32]
"""Rows of probabilities (N, classes), float32, each row summing to 1."""


@dataclass(frozen=True, eq=False)
class ClassificationResult(Result):
    """A model's answer for one picture: the probability of each class.

    Attributes
    ----------
    probabilities
        Probabilities of all classes, (classes,) float32; they sum to 1, or are independent if the
        model ends in a sigmoid.
    softmax_applied
        Whether the model returned logits, to which softmax was applied here.
    labels
        The names of all classes.
    """

    probabilities: npt.NDArray[np.float32]
    softmax_applied: bool
    labels: Labels

    @property
    def best(self) -> ScoredLabel:
        """The most probable class."""
        return self.top[0]

    def is_sure(self, threshold: float) -> bool:
        """Return whether the best probability reaches `threshold` (0-1)."""
        return self.best.probability >= threshold

    def named(self, count: int) -> tuple[ScoredLabel, ...]:
        """Return the `count` most probable classes, best first."""
        return top_k(self.probabilities, self.labels, count)


def softmax(logits: npt.NDArray[np.float32]) -> Probabilities:
    """Return the softmax of each row (N, classes).

    Notes
    -----
    p_i = exp(z_i - max z) / sum_j exp(z_j - max z).
    """
    shifted = np.exp(logits - logits.max(axis=1, keepdims=True))
    return np.asarray(shifted / shifted.sum(axis=1, keepdims=True), np.float32)


def are_probabilities(scores: npt.NDArray[np.float32]) -> bool:
    """Return whether each row (N, classes) lies in 0-1 and sums to 1 (within 0.001)."""
    return are_within_unit(scores) and bool(np.all(np.abs(scores.sum(axis=1) - 1.0) < 1e-3))


def top_k(
    probabilities: npt.NDArray[np.float32], labels: Labels, count: int
) -> tuple[ScoredLabel, ...]:
    """Return the `count` most probable classes, best first; ties are sorted by index."""
    order = np.argsort(-probabilities, kind="stable")[: max(1, count)]
    return tuple(ScoredLabel(int(i), labels[int(i)], float(probabilities[i])) for i in order)


class Classifier(Predictor):
    """A loaded model with one score per class; for one thread at a time.

    Attributes
    ----------
    softmax_needed
        True for logits, False for probabilities, None if unknown before the first picture. Scores
        outside 0-1 make it True, whatever the model's description says.
    scores_output
        Name of the output with the scores, empty if unknown before the first picture.
    """

    task = Task.CLASSIFICATION

    def __init__(
        self,
        engine: Engine,
        preprocessing: Preprocessing,
        labels: Labels | None = None,
        softmax_needed: bool | None = None,
        manifest: ModelManifest | None = None,
    ) -> None:
        super().__init__(engine, preprocessing, labels, manifest)
        self.softmax_needed = softmax_needed
        wanted = "" if manifest is None else manifest.scores_output
        self.scores_output = wanted if wanted in engine.output_names else ""

    def softmax_finding(self) -> Finding:
        """Return a finding on whether softmax is applied; a wrong manifest is a warning."""
        said = None if self.manifest is None else self.manifest.softmax_needed
        if said is not None and said is not self.softmax_needed:
            return Finding(Check.SOFTMAX_TWICE if said else Check.SOFTMAX_MISSING, Severity.WARN)
        inside = Check.SOFTMAX_APPLIED if self.softmax_needed else Check.SOFTMAX_INSIDE
        return Finding(inside, Severity.OK)

    def predict(
        self, picture: Picture, read_ms: float = 0.0, top: int = TOP
    ) -> ClassificationResult:
        """Classify one picture; see `Predictor.predict`.

        Raises
        ------
        VisionError
            model_forward, model_busy, output_not_scores, output_not_finite or
            labels_mismatch.
        """
        one = self._pass(picture, read_ms)
        [probabilities] = self._probabilities(one.outputs, 1)
        assert self.labels is not None  # set by _probabilities
        best = top_k(probabilities, self.labels, top)
        applied = bool(self.softmax_needed)
        return ClassificationResult(
            best, one.timings(), one.seen, probabilities, applied, self.labels
        )

    def probabilities(self, blob: Blob) -> Probabilities:
        """Return the probabilities (N, classes), float32, of preprocessed pictures.

        Parameters
        ----------
        blob
            (N, C, H, W) float32.

        Raises
        ------
        VisionError
            As `predict`.
        """
        return self._probabilities(self.engine.forward(blob), len(blob))

    def _probabilities(self, outputs: Outputs, rows: int) -> Probabilities:
        scores = self._score_rows(outputs, rows)
        if not np.isfinite(scores).all():
            raise VisionError(Fault.OUTPUT_NOT_FINITE, file=self.engine.name)
        if self.labels is None:
            self.labels = numbered_labels(scores.shape[1])
        self.labels.require(scores.shape[1])
        if self.softmax_needed is None:
            self.softmax_needed = not are_probabilities(scores)
        elif not self.softmax_needed and not are_within_unit(scores):
            # Whatever was said of them or seen before, these are no probabilities.
            self.softmax_needed = True
        return softmax(scores) if self.softmax_needed else scores

    def _score_rows(self, outputs: Outputs, rows: int) -> npt.NDArray[np.float32]:
        """Return the scores as (N, classes), without axes of length 1."""
        if not self.scores_output:
            self.scores_output = self._choose_output(outputs, rows)
        scores = outputs[self.scores_output]
        if not is_score_like(scores.shape, rows):
            shape = sides_text(scores.shape) or "nothing"
            raise VisionError(Fault.OUTPUT_NOT_SCORES, file=self.engine.name, shape=shape)
        return scores.reshape(rows, -1)

    def _choose_output(self, outputs: Outputs, rows: int) -> str:
        """Return the output with as many scores as labels, otherwise the last one."""
        counts = self.engine.file.structure.integer_outputs
        fitting = [
            name
            for name, value in outputs.items()
            if is_score_like(value.shape, rows) and name not in counts
        ]
        if self.labels is not None:
            exact = [name for name in fitting if outputs[name].size == rows * len(self.labels)]
            fitting = exact or fitting
        return (fitting or list(outputs))[-1]
