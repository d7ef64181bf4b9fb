"""Teaching: features beside the bare batched forward, the head, a project of 5,000 pictures."""

from __future__ import annotations

import resource
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import cv2
import numpy as np
import numpy.typing as npt
from threadpoolctl import threadpool_limits  # type: ignore[import-untyped]  # ships no types

from bench.experiments import FASHION
from bench.harness import Row, in_turn, seconds_of
from gui.teach_tab.feed import HeadClassifier
from gui.teach_tab.teaching import (
    FEATURES,
    Head,
    TeachSettings,
    start_head,
    taught_data,
    train_head,
)
from model.data.files.idx import read_idx
from vision.formats.manifest import ASSETS
from vision.models.opening import open_bundled
from vision.pictures.files import read_picture
from vision.result import Task
from vision.teaching.collection import Collection, Picture, sha256_of, with_class
from vision.teaching.features import BATCH, Backbone, Features, extract_features
from vision.teaching.importing import import_folder
from vision.teaching.project import Project, read_project, write_project

BUDGET_S = 10
LONG_BUDGET_S = 240
_LIMIT_S = 4.0
_PICTURES = 64
_LARGE = 5000
_TESTED = 1000
_GOALS = {10: 76, 30: 81, 100: 83}
"""Per cent of the test pictures, by how many pictures a class was learned from."""


def measure() -> Iterator[Row]:
    """Measure what a person waits for."""
    with tempfile.TemporaryDirectory() as name:
        yield _features(Path(name))
        yield _project(Path(name))
    yield _head()
    yield _preview()


def measure_long() -> Iterator[Row]:
    """Measure what is reached with Fashion-MNIST, and the memory that many pictures take."""
    with tempfile.TemporaryDirectory() as name:
        yield _memory(Path(name))
        if FASHION.exists():
            yield from _fashion(Path(name))
        else:
            print(
                "Fashion-MNIST is not there (apt-get install dataset-fashion-mnist); rows left out",
                file=sys.stderr,
            )


def _noise(folder: Path, count: int) -> list[Picture]:
    """Write pictures of 224 x 224 no two of which are alike."""
    folder.mkdir()
    generator = np.random.default_rng(0)
    made = []
    for number in range(count):
        coarse = generator.integers(0, 256, (14, 14, 3)).astype(np.uint8)
        _, data = cv2.imencode(".jpg", cv2.resize(coarse, (224, 224)))
        path = folder / f"{number:04}.jpg"
        path.write_bytes(data.tobytes())
        made.append(Picture(sha256_of(data.tobytes()), path, None, None, path.name))
    return made


def _features(folder: Path) -> Row:
    pictures, backbone = _noise(folder / "noise", _PICTURES), Backbone()
    blobs = [
        np.concatenate(
            [
                backbone.preprocessing.blob(read_picture(picture.path))
                for picture in pictures[start : start + BATCH]
                if picture.path is not None
            ]
        )
        for start in range(0, _PICTURES, BATCH)
    ]

    def ours() -> float:
        found = extract_features(pictures, backbone, lambda: False, lambda done, total: None)
        assert found is not None
        return _PICTURES / found.seconds

    def bare() -> float:
        started = time.perf_counter()
        for blob in blobs:
            backbone.features(blob)
        return _PICTURES / (time.perf_counter() - started)

    found = in_turn(ours, bare, 5, _LIMIT_S)
    return Row.beside(
        "features of picture files",
        found.ours,
        found.peer,
        peer_name="bare batched forward of ready blobs",
        goal=">= 0.95",
        unit="pictures a second",
    )


def _project(folder: Path) -> Row:
    made = Collection()
    for place in range(10):
        made = with_class(
            made,
            f"class {place}",
            tuple(
                Picture(f"{place * _LARGE + number:064x}", folder / "noise" / f"{number}.jpg")
                for number in range(_LARGE // 10)
            ),
        )
    path = folder / "large.glassteach"
    write_project(Project(made), path)
    opened = seconds_of(lambda: read_project(path), 3)
    seconds = sorted(opened() for _ in range(3))[1]
    return Row.alone(
        f"a project of {_LARGE:,} pictures, until its classes are there",
        seconds,
        goal="<= 1",
        unit="s",
    )


def _head() -> Row:
    """Measure the head of 10 classes of 100 pictures, to its last epoch."""
    generator = np.random.default_rng(0)
    centres = np.abs(generator.normal(0, 0.4, (10, FEATURES)))
    collection, rows = Collection(), {}
    for place in range(10):
        pictures = tuple(Picture(f"{place * 100 + number:064x}") for number in range(100))
        collection = with_class(collection, f"class {place}", pictures)
        for picture in pictures:
            row = np.maximum(centres[place] + generator.normal(0, 0.4, FEATURES), 0)
            rows[picture.sha256] = row.astype(np.float32)
    head = start_head(collection, TeachSettings())
    data = taught_data(collection, Features(rows), head)
    # As the window does, docs/adr/0016.
    with threadpool_limits(1, "blas"):
        seconds = sorted(seconds_of(lambda: train_head(head, data))() for _ in range(3))[1]
    return Row.alone(
        "a head for 10 classes of 100 pictures, to its last epoch", seconds, goal="<= 2", unit="s"
    )


def _preview() -> Row:
    """Measure a frame of the live preview beside the same frame in Vision."""
    frame = cv2.resize(read_picture(ASSETS / "images" / "coffee.png"), (640, 480))
    pixels = np.asarray(frame, np.uint8)
    names = tuple(f"class {place}" for place in range(4))
    collection = Collection()
    for place, name in enumerate(names):
        two = tuple(Picture(f"{2 * place + number:064x}") for number in range(2))
        collection = with_class(collection, name, two)
    looker, classifier = HeadClassifier(), open_bundled(Task.CLASSIFICATION)
    looker.head = start_head(collection, TeachSettings(hidden=(64,)))
    looker.look(pixels)  # loads the network
    classifier.predict(pixels)
    found = in_turn(
        seconds_of(lambda: looker.look(pixels), 3),
        seconds_of(lambda: classifier.predict(pixels), 3),
        9,
        _LIMIT_S,
    )
    return Row.beside(
        "a frame of the live preview, features and head",
        found.ours * 1e3,
        found.peer * 1e3,
        peer_name="the same frame classified in Vision",
        goal="<= 1.05",
        unit="ms",
    )


def _memory(folder: Path) -> Row:
    """Measure the process after the features of many pictures."""
    pictures = _noise(folder / "many", _LARGE)
    found = extract_features(pictures, Backbone, lambda: False, lambda done, total: None)
    assert found is not None
    kilobytes = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return Row.alone(
        f"features of {_LARGE:,} pictures, the whole process at its largest",
        kilobytes / 1024,
        goal="<= 1024",
        unit="MB",
    )


def _fashion(folder: Path) -> Iterator[Row]:
    """Learn folders of the training pictures, and name the first test pictures."""
    test_pictures, wanted = _idx("t10k")
    test = _written(folder / "test", test_pictures[:_TESTED])
    backbone = Backbone()
    features = extract_features(test, backbone, lambda: False, lambda done, total: None)
    assert features is not None
    rows = np.stack([features.rows[picture.sha256] for picture in test])
    for count, goal in _GOALS.items():
        shares = []
        for seed in range(3):
            head = _taught(folder / f"{count}-{seed}", count, seed, backbone)
            answers = head.probabilities(rows).argmax(axis=1)
            keys = np.array([int(name) for name in head.names])
            shares.append(100 * float(np.mean(keys[answers] == wanted[:_TESTED])))
        yield Row.alone(
            f"Fashion-MNIST, {count} pictures a class, the worst of three seeds",
            min(shares),
            goal=f">= {goal}",
            unit="%",
        )


def _taught(folder: Path, count: int, seed: int, backbone: Backbone) -> Head:
    """Return a head that learned from folders of `count` pictures a class, none held out."""
    pictures, labels = _idx("train")
    order = np.random.default_rng(seed).permutation(len(labels))
    for label in range(10):
        some = order[labels[order] == label][:count]
        _written(folder / str(label), pictures[some])
    # The test pictures are in a set of their own here.
    found = import_folder(folder, lambda: False, lambda done, total: None, hold_out=0.0, seed=seed)
    assert found is not None
    features = extract_features(
        list(found.collection.pictures().values()),
        backbone,
        lambda: False,
        lambda done, total: None,
    )
    assert features is not None
    head = start_head(found.collection, TeachSettings())
    data = taught_data(found.collection, features, head)
    with threadpool_limits(1, "blas"):
        return train_head(head, data)


def _idx(part: str) -> tuple[npt.NDArray[np.uint8], npt.NDArray[np.uint8]]:
    images = read_idx(FASHION / f"{part}-images-idx3-ubyte.gz")
    return images, read_idx(FASHION / f"{part}-labels-idx1-ubyte.gz")


def _written(folder: Path, pictures: npt.NDArray[np.uint8]) -> list[Picture]:
    """Write pictures enlarged to 224 x 224, and return them as samples."""
    folder.mkdir(parents=True)
    made = []
    for number, picture in enumerate(pictures):
        _, data = cv2.imencode(".png", cv2.resize(picture, (224, 224)))
        path = folder / f"{number:04}.png"
        path.write_bytes(data.tobytes())
        made.append(Picture(sha256_of(data.tobytes()), path, None, None, path.name))
    return made
