"""Inspects the network that processed a picture: the worker's side."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from foundation.text import Text
from vision.classification import ClassificationResult
from vision.errors import Fault, VisionError
from vision.formats.model_file import ModelFile
from vision.look.inside.cell import scores_of, strongest_map
from vision.look.inside.graph import Graph, Layer
from vision.look.inside.network import Forward, InsideNetwork
from vision.look.xray import tensor_picture
from vision.pictures.pixels import Pixels, to_display
from vision.result import ScoredLabel

if TYPE_CHECKING:
    from vision.jobs.session import PictureResult


@dataclass(frozen=True, eq=False)
class InsideView:
    """A network with all maps of one picture.

    Attributes
    ----------
    shown
        The picture and its result.
    graph, forward
        The layers and their outputs.
    scores
        The layer with one score per class, or None if there is none.
    best
        The most probable class, or None for a network without classes.
    strongest
        For each layer the map that reacts most; 0 if its maps are unknown.
    pixels
        The picture that the network's tensor represents.
    """

    shown: PictureResult
    graph: Graph
    forward: Forward
    scores: Layer | None
    best: ScoredLabel | None
    strongest: tuple[int, ...]
    pixels: Pixels


class Inspector:
    """Keeps the inspected network between pictures; for one thread at a time."""

    def __init__(self) -> None:
        self._network: InsideNetwork | None = None
        self._of: tuple[ModelFile, tuple[int, ...]] | None = None

    def look(self, shown: PictureResult) -> InsideView:
        """Return everything the network computes for a result's picture.

        Raises
        ------
        VisionError
            model_inside, and the errors of `InsideNetwork`.
        """
        file = shown.model.file
        if file is None:
            reason = Text("its file is not in memory")
            raise VisionError(Fault.MODEL_INSIDE, file=shown.model.choice.name, reason=reason)
        blob = shown.preprocessing.blob(shown.picture)
        is_kept = self._of is not None and self._of[0] is file and self._of[1] == blob.shape
        if self._network is None or not is_kept:
            self._network = None
            self._network, self._of = InsideNetwork(file, blob.shape), (file, blob.shape)
        forward = self._network.run(blob)
        graph = self._network.graph
        scores, best, result = None, None, shown.result
        if isinstance(result, ClassificationResult):
            scores, best = scores_of(graph, len(result.probabilities)), result.best
        strongest = tuple(
            strongest_map(forward, layer) if forward.has(layer.output) else 0
            for layer in graph.layers
        )
        pixels = to_display(tensor_picture(blob, shown.model.preprocessing))
        return InsideView(shown, graph, forward, scores, best, strongest, pixels)
