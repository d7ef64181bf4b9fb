"""Pictures: the app's pipeline beside a bare loop on the same model, and beside onnxruntime."""

from __future__ import annotations

import resource
import shutil
import statistics
import tempfile
import threading
import time
from collections.abc import Callable
from pathlib import Path

import cv2
import numpy as np
import numpy.typing as npt
import onnxruntime

from bench.harness import Row, in_turn, seconds_of
from bench.mjpeg_server import mjpeg_stream
from vision.batch import Batch
from vision.classification import Classifier
from vision.errors import VisionError
from vision.manifest import ASSETS, bundled_manifest
from vision.occlusion import GRID, occlusion_map
from vision.pictures import Picture, read_picture
from vision.pipeline import Pipeline, PipelineUpdate
from vision.sources.base import Frame
from vision.sources.live_source import LiveSource
from vision.sources.stream import stream_device
from vision.sources.video_source import VideoSource

_MODEL = ASSETS / "models" / bundled_manifest().file
_OUTPUTS = ["features", "logits"]
_ROUNDS = 9
_FOLDER_PICTURES = 112
_VIDEO_FRAMES = 80
_STREAM_WH = (640, 480)
_STREAM_FPS = 120.0
_STREAM_FRAMES = 80
_STREAM_SKIPPED = 5
_LIVE_S = 6.0
_LIVE_FPS = 30.0
_FLAT_FRAMES = 10_000


def measure() -> list[Row]:
    """Measure every goal that the pipeline, without the window, has."""
    classifier = Classifier.bundled()
    picture = read_picture(ASSETS / "images" / "coffee.png")
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        video = _write_video(folder / "video.avi", picture)
        return [
            _classify(classifier, picture),
            _beside_onnxruntime(classifier, picture),
            _occlusion(classifier, picture),
            _folder(classifier, _write_folder(folder / "pictures")),
            _video(classifier, video),
            _stream(classifier),
            _frame_age(classifier, picture),
            _memory(classifier, picture),
        ]


class _BareLoop:
    """What the tutorial's script does for one picture, on OpenCV's new engine."""

    def __init__(self) -> None:
        self._net = cv2.dnn.readNetFromONNX(str(_MODEL), cv2.dnn.ENGINE_NEW)

    def __call__(self, picture: Picture) -> npt.NDArray[np.intp]:
        self._net.setInput(_blob(picture))
        scores = self._net.forward(_OUTPUTS)[1]
        return np.argsort(scores[0])[::-1][:5]

    def forward(self, blob: npt.NDArray[np.float32]) -> None:
        self._net.setInput(blob)
        self._net.forward(_OUTPUTS)


def _blob(picture: Picture) -> npt.NDArray[np.float32]:
    mean = (127, 127, 127)
    blob = cv2.dnn.blobFromImage(picture, 1 / 128, (224, 224), mean, swapRB=True, crop=True)
    return np.asarray(blob, np.float32)


def _classify(classifier: Classifier, picture: Picture) -> Row:
    bare = _BareLoop()
    found = in_turn(
        seconds_of(lambda: classifier.classify(picture), 5),
        seconds_of(lambda: bare(picture), 5),
        rounds=61,
    )
    return Row.beside(
        "classify one picture",
        found.ours * 1e3,
        found.peer * 1e3,
        peer_name=f"bare loop, OpenCV {cv2.__version__}",
        goal="<= 1.05",
        unit="ms",
    )


def _beside_onnxruntime(classifier: Classifier, picture: Picture) -> Row:
    session = onnxruntime.InferenceSession(str(_MODEL))

    def theirs() -> npt.NDArray[np.intp]:
        scores = session.run(["logits"], {"image": _blob(picture)})[0]
        return np.argsort(scores[0])[::-1][:5]

    def rested(work: Callable[[], object]) -> Callable[[], float]:
        measured = seconds_of(work, 10)

        def run() -> float:
            # onnxruntime's threads spin for a while after a run, and would slow the other side.
            time.sleep(0.05)
            return measured()

        return run

    found = in_turn(rested(lambda: classifier.classify(picture)), rested(theirs), rounds=31)
    return Row.beside(
        "classify one picture, same graph",
        found.ours * 1e3,
        found.peer * 1e3,
        peer_name=f"onnxruntime {onnxruntime.__version__}",
        goal="<= 1.3",
        unit="ms",
    )


def _occlusion(classifier: Classifier, picture: Picture) -> Row:
    bare, blob, cells = _BareLoop(), _blob(picture), GRID * GRID

    def theirs() -> None:
        for _ in range(cells):
            bare.forward(blob)

    found = in_turn(
        seconds_of(lambda: occlusion_map(classifier, picture)), seconds_of(theirs), rounds=3
    )
    return Row.beside(
        f"occlusion map {GRID} x {GRID}",
        found.ours,
        found.peer,
        peer_name=f"{cells} bare forwards",
        goal="<= 1.1",
        unit="s",
    )


def _write_folder(folder: Path) -> list[Path]:
    folder.mkdir()
    sources = [ASSETS / "images" / name for name in ("chelsea.png", "coffee.png")]
    paths = []
    for index in range(_FOLDER_PICTURES):
        paths.append(folder / f"{index:04d}.png")
        shutil.copyfile(sources[index % 2], paths[-1])
    return paths


def _folder(classifier: Classifier, paths: list[Path]) -> Row:
    bare = _BareLoop()

    def ours() -> float:
        started = time.perf_counter()
        Batch(paths, classifier).run(lambda: False, lambda item: None)
        return len(paths) / (time.perf_counter() - started)

    def theirs() -> float:
        started = time.perf_counter()
        for path in paths:
            bare(np.asarray(cv2.imread(str(path)), np.uint8))
        return len(paths) / (time.perf_counter() - started)

    # 112 pictures nine times: the 1,000 of the goal, in turn with the bare loop's.
    found = in_turn(ours, theirs, _ROUNDS)
    return Row.beside(
        "folder of pictures",
        found.ours,
        found.peer,
        peer_name="bare loop with imread",
        goal=">= 0.9",
        unit="pictures a second",
    )


def _write_video(path: Path, picture: Picture) -> Path:
    frame = cv2.resize(picture, (640, 480))
    writer = cv2.VideoWriter(str(path), cv2.VideoWriter.fourcc(*"MJPG"), 30, (640, 480))
    for index in range(_VIDEO_FRAMES):
        writer.write(np.roll(frame, index, axis=1))
    writer.release()
    return path


def _video(classifier: Classifier, path: Path) -> Row:
    bare = _BareLoop()

    def ours() -> float:
        started = time.perf_counter()
        ended = threading.Event()

        def publish(update: PipelineUpdate) -> None:
            # Nothing is kept, as by the window: every frame held is one more to allocate.
            if update.result is None:
                ended.set()

        Pipeline(VideoSource(path, paced=False), classifier).run(ended.is_set, publish)
        return _VIDEO_FRAMES / (time.perf_counter() - started)

    def theirs() -> float:
        started = time.perf_counter()
        capture = cv2.VideoCapture(str(path), cv2.CAP_FFMPEG)
        while True:
            there, frame = capture.read()
            if not there:
                break
            bare(np.asarray(frame, np.uint8))
        capture.release()
        return _VIDEO_FRAMES / (time.perf_counter() - started)

    found = in_turn(ours, theirs, _ROUNDS)
    return Row.beside(
        "video 640 x 480, every frame",
        found.ours,
        found.peer,
        peer_name="bare loop with VideoCapture",
        goal=">= 0.95",
        unit="frames a second",
    )


def _stream(classifier: Classifier) -> Row:
    """Take frames from a server that has more of them than the network can classify."""
    bare = _BareLoop()
    with mjpeg_stream(_STREAM_WH, _STREAM_FPS) as address:

        def ours() -> float:
            counts: list[int] = []
            source = LiveSource(stream_device(address))
            started: list[float] = []

            def publish(update: PipelineUpdate) -> None:
                # The first frames wait for the connection.
                if update.counts.processed > _STREAM_SKIPPED:
                    counts.append(update.counts.processed)
                    started.append(time.perf_counter())

            def enough() -> bool:
                return len(counts) > _STREAM_FRAMES

            Pipeline(source, classifier).run(enough, publish, lambda frame: None)
            source.join(2.0)
            return (counts[-1] - counts[0]) / (started[-1] - started[0])

        def theirs() -> float:
            capture = cv2.VideoCapture(address, cv2.CAP_FFMPEG)
            started = 0.0
            for index in range(_STREAM_SKIPPED + _STREAM_FRAMES):
                if index == _STREAM_SKIPPED:
                    started = time.perf_counter()
                there, frame = capture.read()
                assert there  # the server goes on for ever
                bare(np.asarray(frame, np.uint8))
            elapsed = time.perf_counter() - started
            capture.release()
            return _STREAM_FRAMES / elapsed

        found = in_turn(ours, theirs, _ROUNDS)
    return Row.beside(
        f"stream {_STREAM_WH[0]} x {_STREAM_WH[1]}, {_STREAM_FPS:.0f} a second",
        found.ours,
        found.peer,
        peer_name="bare loop with VideoCapture",
        goal=">= 0.95",
        unit="frames a second",
    )


class _Metronome:
    """A live device that delivers the same picture at a steady pace."""

    name = "metronome"

    def __init__(self, picture: Picture) -> None:
        self._picture = picture
        self._due = 0.0

    def open(self) -> None:
        self._due = time.perf_counter()

    def read(self) -> Picture:
        self._due += 1 / _LIVE_FPS
        time.sleep(max(0.0, self._due - time.perf_counter()))
        return self._picture.copy()

    def interrupt(self) -> None:
        """Do nothing: no read waits for long."""

    def close(self) -> None:
        """Do nothing: nothing is open."""


def _live_updates(
    classifier: Classifier, picture: Picture, enough: Callable[[int], bool]
) -> list[PipelineUpdate]:
    updates: list[PipelineUpdate] = []
    source = LiveSource(_Metronome(picture))
    Pipeline(source, classifier).run(lambda: enough(len(updates)), updates.append)
    source.join(2.0)
    return updates


def _frame_age(classifier: Classifier, picture: Picture) -> Row:
    frame = np.asarray(cv2.resize(picture, (1280, 720)), np.uint8)
    end = time.perf_counter() + _LIVE_S
    updates = _live_updates(classifier, frame, lambda _: time.perf_counter() > end)
    results = [update for update in updates if update.result is not None][5:]
    age = float(np.percentile([update.frame_age_ms for update in results], 95))
    forward = statistics.median(
        update.result.timings.forward_ms for update in results if update.result is not None
    )
    return Row.beside(
        f"age of a live frame, 95th percentile, 1280 x 720 at {_LIVE_FPS:.0f} a second",
        age,
        1.5 * forward + 1e3 / _LIVE_FPS,
        peer_name="1.5 forwards and one frame",
        goal="<= 1.0",
        unit="ms",
    )


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
