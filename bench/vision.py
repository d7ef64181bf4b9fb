"""Pictures: the app's pipeline beside a bare loop on the same model, and beside onnxruntime."""

from __future__ import annotations

import shutil
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import cv2
import numpy as np
import numpy.typing as npt
import onnxruntime

from bench.bare_loop import MODEL, BareLoop, bare_blob
from bench.harness import Row, in_turn, seconds_of
from vision.classification import Classifier
from vision.formats.manifest import ASSETS
from vision.jobs.batch import Batch
from vision.look.occlusion import GRID, occlusion_map
from vision.models.opening import open_classifier
from vision.pictures.files import read_picture
from vision.pictures.pixels import Picture

BUDGET_S = 45
_LIMIT_S = 10.0
_ROUNDS = 9
_FOLDER_PICTURES = 112


def measure() -> Iterator[Row]:
    """Measure what becomes of still pictures."""
    classifier = open_classifier()
    picture = read_picture(ASSETS / "images" / "coffee.png")
    yield _classify(classifier, picture)
    yield _beside_onnxruntime(classifier, picture)
    yield _occlusion(classifier, picture)
    with tempfile.TemporaryDirectory() as name:
        yield _folder(classifier, _write_folder(Path(name, "pictures")))


def _classify(classifier: Classifier, picture: Picture) -> Row:
    bare = BareLoop()
    found = in_turn(
        seconds_of(lambda: classifier.predict(picture), 5),
        seconds_of(lambda: bare(picture), 5),
        rounds=61,
        limit_s=_LIMIT_S,
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
    session = onnxruntime.InferenceSession(str(MODEL))

    def theirs() -> npt.NDArray[np.intp]:
        scores = session.run(["logits"], {"image": bare_blob(picture)})[0]
        return np.argsort(scores[0])[::-1][:5]

    def rested(work: Callable[[], object]) -> Callable[[], float]:
        measured = seconds_of(work, 10)

        def run() -> float:
            # onnxruntime's threads spin for a while after a run, and would slow the other side.
            time.sleep(0.05)
            return measured()

        return run

    found = in_turn(rested(lambda: classifier.predict(picture)), rested(theirs), 31, _LIMIT_S)
    return Row.beside(
        "classify one picture, same graph",
        found.ours * 1e3,
        found.peer * 1e3,
        peer_name=f"onnxruntime {onnxruntime.__version__}",
        goal="<= 1.3",
        unit="ms",
    )


def _occlusion(classifier: Classifier, picture: Picture) -> Row:
    bare, blob, cells = BareLoop(), bare_blob(picture), GRID * GRID

    def theirs() -> None:
        for _ in range(cells):
            bare.forward(blob)

    found = in_turn(
        seconds_of(lambda: occlusion_map(classifier, picture)), seconds_of(theirs), 3, _LIMIT_S
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
    bare = BareLoop()

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
    found = in_turn(ours, theirs, _ROUNDS, _LIMIT_S)
    return Row.beside(
        "folder of pictures",
        found.ours,
        found.peer,
        peer_name="bare loop with imread",
        goal=">= 0.9",
        unit="pictures a second",
    )
