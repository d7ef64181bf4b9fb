"""Where things are: the app's detector beside a bare loop on the same model."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import cv2
import numpy as np

from bench.harness import Row, in_turn, seconds_of
from vision.detections import Limits
from vision.formats.manifest import ASSETS, bundled_manifest
from vision.heads.kind import decode
from vision.heads.ssd import ssd_anchors
from vision.models.opening import open_detector
from vision.networks.detector import MIN_KEPT_SCORE, Detector
from vision.pictures.files import read_picture
from vision.pictures.pixels import Picture
from vision.result import Task

BUDGET_S = 5
_LIMIT_S = 1.0
_SIDE = 300


class BareDetection:
    """What everybody writes: blobFromImage, forward, boxes from anchors, suppression by class."""

    def __init__(self) -> None:
        model = ASSETS / "models" / bundled_manifest(Task.DETECTION).file
        self._net = cv2.dnn.readNetFromONNX(str(model), cv2.dnn.ENGINE_NEW)
        self._names = self._net.getUnconnectedOutLayersNames()
        self._anchors = ssd_anchors((_SIDE, _SIDE))

    def __call__(self, picture: Picture) -> int:
        """Return how many objects there are in a picture (H, W, 3) BGR."""
        height, width = picture.shape[:2]
        mean = (127.5, 127.5, 127.5)
        blob = cv2.dnn.blobFromImage(picture, 1 / 127.5, (_SIDE, _SIDE), mean, swapRB=True)
        self._net.setInput(blob)
        offsets, logits = (one[0] for one in self._net.forward(list(self._names)))
        scores = 1 / (1 + np.exp(-logits[:, 1:]))
        classes, best = scores.argmax(axis=1), scores.max(axis=1)
        anchors = self._anchors
        centres = offsets[:, 1::-1] / 10 * anchors[:, 2:] + anchors[:, :2]
        sides = np.exp(offsets[:, :1:-1] / 5) * anchors[:, 2:]
        size = np.array([width, height])
        boxes = np.concatenate([(centres - sides / 2) * size, sides * size], axis=1)
        suppress: Any = cv2.dnn.NMSBoxesBatched  # it takes arrays, but is declared for lists
        return len(suppress(boxes, best, classes.astype(np.int32), 0.3, 0.5))


def measure() -> Iterator[Row]:
    """Measure what becomes of a picture, and of a limit that is moved."""
    detector, bare = open_detector(), BareDetection()
    picture = read_picture(ASSETS / "images" / "coffee.png")
    found = in_turn(
        seconds_of(lambda: detector.predict(picture), 3),
        seconds_of(lambda: bare(picture), 3),
        rounds=41,
        limit_s=_LIMIT_S,
    )
    yield Row.beside(
        "find the objects of a picture",
        found.ours * 1e3,
        found.peer * 1e3,
        peer_name=f"bare loop, OpenCV {cv2.__version__}",
        goal="<= 1.05",
        unit="ms",
    )
    yield _decoding(detector, picture)
    yield _moving(detector)


def _decoding(detector: Detector, picture: Picture) -> Row:
    blob = detector.preprocessing.blob(picture)
    outputs = detector.engine.forward(blob)
    size = detector.preprocessing.size_wh
    found = in_turn(
        seconds_of(lambda: decode(detector.head, outputs, size, MIN_KEPT_SCORE), 20),
        seconds_of(lambda: detector.engine.forward(blob), 3),
        rounds=31,
        limit_s=_LIMIT_S,
    )
    return Row.beside(
        "decode a detector's boxes",
        found.ours * 1e3,
        found.peer * 1e3,
        peer_name="its forward pass",
        goal="<= 0.1",
        unit="ms",
    )


def _moving(detector: Detector) -> Row:
    result = detector.predict(read_picture(ASSETS / "images" / "astronaut.png"))
    # Each wish is another one, as while a slider is drawn.
    wishes = iter(np.linspace(0.1, 0.9, 100_000).tolist())
    moved = seconds_of(lambda: result.select(Limits(MIN_KEPT_SCORE, next(wishes))), 20)
    found = in_turn(moved, moved, rounds=21, limit_s=_LIMIT_S)
    return Row.alone(
        "choose among a picture's boxes by other limits", found.ours * 1e3, goal="<= 16", unit="ms"
    )
