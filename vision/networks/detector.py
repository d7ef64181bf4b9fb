"""Finds objects in a picture: preprocessing, network, decoding and limits together."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from vision.detections import Detections, Limits, Selection, clip_to_picture, select
from vision.engine import Engine, Outputs
from vision.errors import Fault, VisionError
from vision.formats.labels import Labels, numbered_labels
from vision.formats.manifest import ModelManifest
from vision.heads.kind import Head, decode
from vision.networks.predictor import Predictor
from vision.pictures.pixels import Picture
from vision.pictures.preprocessing import Preprocessing, Rectangle
from vision.reasons import sides_text
from vision.result import TOP, Result, ScoredLabel, Task

MIN_KEPT_SCORE = 0.05
"""Minimum score of kept boxes, so that limits can change without a new forward pass."""
BACKGROUND = "background"
MAX_NAMED = 10


@dataclass(frozen=True, eq=False)
class DetectionResult(Result):
    """A detector's result for one picture.

    Attributes
    ----------
    candidates
        All boxes worth keeping, in pixels of the picture, best first.
    selection
        The boxes within the current limits.
    proposed
        Number of boxes that the network proposed.
    labels
        The names of all classes.
    """

    candidates: Detections
    selection: Selection
    proposed: int
    labels: Labels

    def select(self, limits: Limits) -> Selection:
        """Return the boxes within other limits."""
        chosen = self.selection
        return chosen if limits == chosen.limits else select(self.candidates, limits)


class Detector(Predictor):
    """A loaded detector; for one thread at a time.

    Attributes
    ----------
    head
        How to read boxes from the outputs.
    limits
        Limits for the boxes shown; may be replaced at any time between pictures.
    """

    task = Task.DETECTION

    def __init__(
        self,
        engine: Engine,
        preprocessing: Preprocessing,
        head: Head,
        labels: Labels | None = None,
        manifest: ModelManifest | None = None,
    ) -> None:
        super().__init__(engine, preprocessing, labels, manifest)
        self.head = head
        self.limits = Limits(head.score, head.overlap)

    def predict(self, picture: Picture, read_ms: float = 0.0, top: int = TOP) -> DetectionResult:
        """Detect objects in one picture; see `Predictor.predict`.

        Raises
        ------
        VisionError
            model_forward, model_busy, output_not_boxes, output_not_finite or labels_mismatch.
        """
        limits = self.limits
        one = self._pass(picture, read_ms)
        try:
            proposals = decode(
                self.head,
                one.outputs,
                self.preprocessing.size_wh,
                min(MIN_KEPT_SCORE, limits.score),
            )
        except (ValueError, KeyError) as error:
            shapes = ", ".join(sides_text(value.shape) for value in one.outputs.values())
            raise VisionError(
                Fault.OUTPUT_NOT_BOXES, file=self.engine.name, shape=shapes
            ) from error
        if not len(proposals.found):
            self._require_numbers(one.outputs)
        labels = self._class_labels(proposals.classes)
        height, width = picture.shape[:2]
        candidates = clip_to_picture(_to_picture_pixels(proposals.found, one.seen), (width, height))
        selection = select(candidates, limits)
        best = _top_labels(selection.kept, labels)
        return DetectionResult(
            best, one.timings(), one.seen, candidates, selection, proposals.total, labels
        )

    def _require_numbers(self, outputs: Outputs) -> None:
        """Raise if an output has no finite value, as with damaged weights."""
        for values in outputs.values():
            if values.size and not np.isfinite(values).any():
                raise VisionError(Fault.OUTPUT_NOT_FINITE, file=self.engine.name)

    def _class_labels(self, classes: int) -> Labels:
        """Return a name for each of the network's classes; 0 classes means unknown.

        A labels file may omit the background if that is the first class.
        """
        labels = self.labels
        if labels is None:
            labels = self.labels = numbered_labels(classes)
        elif classes and len(labels) == classes - 1 and self.head.background == 0:
            labels = self.labels = Labels((BACKGROUND, *labels.names), labels.source)
        elif classes:
            labels.require(classes)
        return labels


def _to_picture_pixels(found: Detections, seen: Rectangle) -> Detections:
    """Convert corners from shares of the tensor to pixels of the picture."""
    origin = np.array([seen.left_px, seen.top_px] * 2, np.float32)
    size = np.array([seen.width_px, seen.height_px] * 2, np.float32)
    return Detections(found.xyxy * size + origin, found.scores, found.indices)


def _top_labels(found: Detections, labels: Labels) -> tuple[ScoredLabel, ...]:
    """Return the best objects with their class names."""
    return tuple(
        ScoredLabel(int(index), labels.name(int(index)), float(score))
        for index, score in zip(found.indices[:MAX_NAMED], found.scores[:MAX_NAMED], strict=True)
    )
