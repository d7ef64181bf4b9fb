"""Memory of the pipeline over ten thousand frames; apart, because it takes a minute or three."""

from __future__ import annotations

import resource
from collections.abc import Iterator

from bench.harness import SHARE, Row
from vision.classification import Classifier
from vision.errors import VisionError
from vision.formats.manifest import ASSETS
from vision.jobs.pipeline import Pipeline, PipelineUpdate
from vision.models.opening import open_classifier
from vision.pictures.files import read_picture
from vision.pictures.pixels import Picture
from vision.sources.base import Frame

LONG_BUDGET_S = 300
_FLAT_FRAMES = round(10_000 * SHARE)


def measure_long() -> Iterator[Row]:
    """Measure what the process gains while frames are classified one after the other."""
    yield _memory(open_classifier(), read_picture(ASSETS / "images" / "coffee.png"))


class _Endless:
    """A source that has a frame whenever it is asked, until it has given enough."""

    name = "endless"
    is_paced = False
    length: int | None = None
    trouble: VisionError | None = None
    dropped = 0

    def __init__(self, picture: Picture, count: int) -> None:
        self._picture = picture
        self._left = count

    @property
    def ended(self) -> bool:
        return self._left == 0

    def start(self) -> None:
        """Do nothing: there is nothing to open."""

    def next_frame(self, timeout_s: float) -> Frame | None:
        if self.ended:
            return None
        self._left -= 1
        return Frame(self._picture.copy(), self._left, "endless")

    def seek(self, index: int) -> None:
        """Do nothing: it has no places."""

    def stop(self) -> None:
        """Do nothing: there is nothing to close."""


def _memory(classifier: Classifier, picture: Picture) -> Row:
    def run(frames: int) -> float:
        last: list[PipelineUpdate] = []

        def publish(update: PipelineUpdate) -> None:
            last[:] = [update]

        Pipeline(_Endless(picture, frames), classifier).run(lambda: False, publish)
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024

    before = run(500)
    return Row.alone(
        f"memory gained over {_FLAT_FRAMES} frames",
        run(_FLAT_FRAMES) - before,
        goal="<= 5",
        unit="MB",
    )
