"""One ONNX file answers as the window does, names its classes, and runs with OpenCV alone."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import cv2
import numpy as np
import onnx
import pytest
from onnx.reference import ReferenceEvaluator

from gui.teach_tab.onnx_export import (
    onnx_content,
    opencv_script,
    taught_choice,
    write_onnx,
    write_opencv_script,
)
from gui.teach_tab.teaching import Head, Probabilities, TeachSettings, start_head
from vision.classification import Classifier
from vision.engine import ComputeChoice
from vision.models.preflight import preflight
from vision.networks.findings import Check
from vision.pictures.files import read_picture
from vision.teaching.collection import Collection, Picture, with_class
from vision.teaching.features import Backbone

ROOT = Path(__file__).parents[3]
NAMES = ("kalem", "bardak", "boş masa")


def answered(head: Head, backbone: Backbone, pixels: np.ndarray) -> Probabilities:
    """Return what head and backbone make of a picture, by two libraries."""
    return head.probabilities(backbone.features(backbone.preprocessing.blob(pixels)))[0]


@pytest.fixture(scope="module")
def backbone() -> Backbone:
    return Backbone()


@pytest.fixture(scope="module", params=[(), (16, 8)], ids=["no hidden layer", "two"])
def head(request: pytest.FixtureRequest) -> Head:
    collection = Collection(seed=2)
    for name in NAMES:
        pictures = tuple(Picture(f"{name} {number}", None, b"") for number in range(3))
        collection = with_class(collection, name, pictures)
    return start_head(collection, TeachSettings(hidden=request.param))


@pytest.fixture(scope="module")
def path(head: Head, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("onnx") / "taught.onnx"
    write_onnx(head, path)
    return path


@pytest.mark.parametrize("name", ["coffee.png", "chelsea.png"])
def test_vision_opens_it_with_its_names_and_answers_alike(
    head: Head, path: Path, backbone: Backbone, name: str
) -> None:
    picture = read_picture(ROOT / "assets" / "images" / name)
    report = preflight(path)
    assert report.passed, report.failures
    checks = {finding.check for finding in report.findings}
    assert {Check.LABELS, Check.PREPROCESSING_KNOWN, Check.SOFTMAX_INSIDE} <= checks
    assert isinstance(report.predictor, Classifier)
    assert report.preprocessing == backbone.preprocessing
    found = report.predictor.predict(picture)
    assert found.labels.names == NAMES
    assert found.probabilities == pytest.approx(answered(head, backbone, picture), abs=1e-5)


def test_the_reference_evaluator_answers_alike(head: Head, path: Path, backbone: Backbone) -> None:
    picture = read_picture(ROOT / "assets" / "images" / "coffee.png")
    blob = backbone.preprocessing.blob(picture)
    (found,) = ReferenceEvaluator(onnx.load(path)).run(None, {"image": blob})
    assert found[0] == pytest.approx(answered(head, backbone, picture), abs=1e-5)


def test_the_metadata_say_how_to_use_it(head: Head) -> None:
    model = onnx.load_from_string(onnx_content(head))
    said = {entry.key: entry.value for entry in model.metadata_props}
    assert said["classes"].split("\n") == list(NAMES)
    assert '"swap_rb":true' in said["preprocessing"]
    # What the backbone itself would have named is left out.
    assert len(model.graph.output) == 1
    assert max(np.prod(tensor.dims) for tensor in model.graph.initializer) < 1280 * 1000


def test_the_script_runs_it_with_opencv_alone(head: Head, path: Path, backbone: Backbone) -> None:
    script = path.with_suffix(".py")
    write_opencv_script(head, script, path)
    assert script.read_text("utf-8") == opencv_script(head, path.name)
    assert len(script.read_text("utf-8").splitlines()) == 12
    picture = ROOT / "assets" / "images" / "coffee.png"
    done = subprocess.run(
        [sys.executable, script, picture],
        cwd="/",
        capture_output=True,
        check=True,
        env={"PYTHONIOENCODING": "utf-8"},
    )
    lines = done.stdout.decode("utf-8").splitlines()
    found = {line.partition(" ")[2]: float(line.partition(" ")[0]) for line in lines}
    wanted = answered(head, backbone, read_picture(picture))
    assert [found[name] for name in NAMES] == pytest.approx(wanted, abs=1e-5)
    assert list(found.values()) == sorted(found.values(), reverse=True)


@pytest.mark.skipif(sys.platform != "linux", reason="a name that is not UTF-8 is refused elsewhere")
def test_the_script_reads_files_that_opencv_cannot_open_by_their_names(
    head: Head, path: Path
) -> None:
    folder = path.parent / os.fsdecode("çay".encode("cp1254"))
    folder.mkdir()
    script, picture = folder / "cup.py", folder / "coffee.png"
    shutil.copy(path, folder / "cup.onnx")
    shutil.copy(ROOT / "assets" / "images" / "coffee.png", picture)
    write_opencv_script(head, script, folder / "cup.onnx")
    done = subprocess.run([sys.executable, script, picture], capture_output=True, check=True)
    assert len(done.stdout.splitlines()) == len(NAMES)


@pytest.mark.parametrize("kind", [np.uint8, np.uint16])
def test_the_script_lays_what_is_transparent_on_white_as_the_window_does(
    head: Head, path: Path, backbone: Backbone, tmp_path: Path, kind: type[np.unsignedinteger]
) -> None:
    coffee = cv2.imread(str(ROOT / "assets" / "images" / "coffee.png"))
    alpha = np.random.default_rng(0).integers(0, 256, (*coffee.shape[:2], 1))
    whole = np.concatenate([coffee, alpha.astype(np.uint8)], axis=2)
    picture = tmp_path / "transparent.png"
    cv2.imwrite(str(picture), whole.astype(kind) * (257 if kind is np.uint16 else 1))
    script = path.with_suffix(".py")
    write_opencv_script(head, script, path)
    command = [sys.executable, str(script), str(picture)]
    environment = {"PYTHONIOENCODING": "utf-8"}
    done = subprocess.run(command, capture_output=True, check=True, env=environment)
    lines = done.stdout.decode("utf-8").splitlines()
    found = {line.partition(" ")[2]: float(line.partition(" ")[0]) for line in lines}
    wanted = answered(head, backbone, read_picture(picture))
    assert [found[name] for name in NAMES] == pytest.approx(wanted, abs=1e-5)


def test_vision_takes_it_from_memory(head: Head, backbone: Backbone) -> None:
    choice = taught_choice(head, "Desk")
    assert choice.name == "Desk"
    assert choice.load is not None
    classifier = choice.load(ComputeChoice.AUTO)
    assert isinstance(classifier, Classifier)
    assert classifier.labels is not None
    assert classifier.labels.names == NAMES
    picture = read_picture(ROOT / "assets" / "images" / "chelsea.png")
    found = classifier.predict(picture)
    assert found.probabilities == pytest.approx(answered(head, backbone, picture), abs=1e-5)
