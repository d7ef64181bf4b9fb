"""What is inside the bundled network: all its maps beside the plain forward, and one number."""

from __future__ import annotations

from collections.abc import Iterator

import cv2
import numpy as np

from bench.harness import Row, in_turn, seconds_of
from vision.formats.manifest import ASSETS
from vision.look.inside.cell import Cell, explain
from vision.look.inside.graph import Layer
from vision.look.inside.network import Forward, InsideNetwork
from vision.models.opening import open_classifier
from vision.pictures.files import read_picture

BUDGET_S = 5
_LIMIT_S = 1.5


def measure() -> Iterator[Row]:
    """Measure what a person waits for who looks inside."""
    classifier = open_classifier()
    blob = classifier.preprocessing.blob(read_picture(ASSETS / "images" / "coffee.png"))
    network = InsideNetwork(classifier.engine.file, blob.shape)
    forward = network.run(blob)
    found = in_turn(
        seconds_of(lambda: network.run(blob), 3),
        seconds_of(lambda: classifier.engine.forward(blob), 3),
        rounds=31,
        limit_s=_LIMIT_S,
    )
    yield Row.beside(
        "all maps of every layer of the bundled network",
        found.ours * 1e3,
        found.peer * 1e3,
        peer_name=f"its plain forward pass, OpenCV {cv2.__version__}",
        goal="<= 2.2",
        unit="ms",
    )
    yield _slowest_layer(network, forward)


def _slowest_layer(network: InsideNetwork, forward: Forward) -> Row:
    """Measure one number of each layer; the row is about the layer that takes longest."""
    generator = np.random.default_rng(0)

    def one_of(layer: Layer) -> float:
        """Return the median of numbers at places that are drawn anew."""

        def recompute() -> None:
            sides = forward.maps(layer.output).shape
            explain(network.graph, forward, layer, Cell(*generator.integers(sides).tolist()))

        timed = seconds_of(recompute)
        return in_turn(timed, timed, rounds=5, limit_s=_LIMIT_S / 20).ours

    slowest = max(one_of(layer) for layer in network.graph.layers if forward.has(layer.output))
    return Row.alone(
        "one number of the bundled network recomputed, in the slowest layer",
        slowest * 1e3,
        goal="<= 20",
        unit="ms",
    )
