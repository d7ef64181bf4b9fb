"""What the tests of pictures and networks share."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import cv2
import numpy as np
import pytest

from tests.vision.onnx_models import known_file
from tests.vision.running import Running, brightness_model
from vision.classification import Classifier
from vision.engine import Engine
from vision.formats.labels import Labels
from vision.jobs.pipeline import Pipeline
from vision.models.opening import open_classifier
from vision.pictures.preprocessing import Preprocessing
from vision.sources.base import FrameSource

ASSETS = Path(__file__).parents[2] / "assets"


@pytest.fixture(scope="session")
def bundled() -> Classifier:
    """Return the bundled classifier, loaded once for all tests; do not change it."""
    return open_classifier()


@pytest.fixture(scope="session")
def images() -> Path:
    """Return the folder of the two photographs."""
    return ASSETS / "images"


@pytest.fixture
def small() -> Classifier:
    """Return a classifier of two classes, "dark" and "bright", by the mean grey level."""
    engine = Engine(known_file(brightness_model()))
    return Classifier(engine, Preprocessing((8, 8), scale=1 / 255), Labels(("dark", "bright")))


@pytest.fixture
def run() -> Iterator[Callable[..., Running]]:
    """Return a function that runs a pipeline; all are stopped at the end."""
    running: list[Running] = []

    def start(source: FrameSource, classifier: object, shows_frames: bool = False) -> Running:
        pipeline = Pipeline(source, classifier)  # type: ignore[arg-type]  # either kind
        running.append(Running(pipeline, shows_frames))
        return running[-1]

    yield start
    for one in running:
        assert one.stop() < 2.0


@pytest.fixture
def video(tmp_path: Path) -> Path:
    """Return a video of 60 frames at 30 a second, dark then bright."""
    path = tmp_path / "video.avi"
    writer = cv2.VideoWriter(str(path), cv2.VideoWriter.fourcc(*"MJPG"), 30, (64, 48))
    for index in range(60):
        writer.write(np.full((48, 64, 3), 4 * index, np.uint8))
    writer.release()
    return path
