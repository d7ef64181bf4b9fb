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
COFFEE = ROOT / "assets" / "images" / "coffee.png"
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


def test_vision_opens_it_with_its_names_and_answers_alike(
    head: Head, path: Path, backbone: Backbone
) -> None:
    report = preflight(path)
    assert report.passed, report.failures
    checks = {finding.check for finding in report.findings}
    assert {Check.LABELS, Check.PREPROCESSING_KNOWN, Check.SOFTMAX_INSIDE} <= checks
    assert report.preprocessing == backbone.preprocessing
    from_memory = taught_choice(head, "Desk").load(ComputeChoice.AUTO)
    wanted = answered(head, backbone, read_picture(COFFEE))
    for classifier in (report.predictor, from_memory):
        assert isinstance(classifier, Classifier)
        found = classifier.predict(read_picture(COFFEE))
        assert found.labels.names == NAMES
        assert found.probabilities == pytest.approx(wanted, abs=1e-5)


def test_the_reference_evaluator_answers_alike(head: Head, path: Path, backbone: Backbone) -> None:
    model = onnx.load(path)
    said = {entry.key: entry.value for entry in model.metadata_props}
    assert said["classes"].split("\n") == list(NAMES)
    assert '"swap_rb":true' in said["preprocessing"]
    assert len(model.graph.output) == 1
    # What the backbone itself would have named is left out.
    assert max(np.prod(tensor.dims) for tensor in model.graph.initializer) < 1280 * 1000
    blob = backbone.preprocessing.blob(read_picture(COFFEE))
    (found,) = ReferenceEvaluator(model).run(None, {"image": blob})
    assert found[0] == pytest.approx(answered(head, backbone, read_picture(COFFEE)), abs=1e-5)


def run_script(head: Head, path: Path, script: Path, picture: Path) -> dict[str, float]:
    """Write the script and run it on a picture; return what it prints."""
    write_opencv_script(head, script, path)
    command: list[str | Path] = [sys.executable, script, picture]
    environment = {"PYTHONIOENCODING": "utf-8"}
    done = subprocess.run(command, cwd="/", capture_output=True, check=True, env=environment)
    lines = done.stdout.decode("utf-8").splitlines()
    return {line.partition(" ")[2]: float(line.partition(" ")[0]) for line in lines}


def test_the_script_runs_it_with_opencv_alone(head: Head, path: Path, backbone: Backbone) -> None:
    script = path.with_suffix(".py")
    found = run_script(head, path, script, COFFEE)
    assert len(script.read_text("utf-8").splitlines()) == 12
    wanted = answered(head, backbone, read_picture(COFFEE))
    assert [found[name] for name in NAMES] == pytest.approx(wanted, abs=1e-5)
    assert list(found.values()) == sorted(found.values(), reverse=True)


@pytest.mark.skipif(sys.platform != "linux", reason="a name that is not UTF-8 is refused elsewhere")
def test_the_script_reads_files_that_opencv_cannot_open_by_their_names(
    head: Head, path: Path
) -> None:
    folder = path.parent / os.fsdecode("çay".encode("cp1254"))
    folder.mkdir()
    model, picture = folder / "cup.onnx", folder / "cup.png"
    shutil.copy(path, model)
    shutil.copy(COFFEE, picture)
    assert len(run_script(head, model, folder / "cup.py", picture)) == len(NAMES)


@pytest.mark.parametrize("kind", [np.uint8, np.uint16])
def test_the_script_lays_what_is_transparent_on_white_as_the_window_does(
    head: Head, path: Path, backbone: Backbone, tmp_path: Path, kind: type[np.unsignedinteger]
) -> None:
    coffee = cv2.imread(str(COFFEE))
    alpha = np.random.default_rng(0).integers(0, 256, (*coffee.shape[:2], 1))
    whole = np.concatenate([coffee, alpha.astype(np.uint8)], axis=2)
    picture = tmp_path / "transparent.png"
    cv2.imwrite(str(picture), whole.astype(kind) * (257 if kind is np.uint16 else 1))
    found = run_script(head, path, path.with_suffix(".py"), picture)
    wanted = answered(head, backbone, read_picture(picture))
    assert [found[name] for name in NAMES] == pytest.approx(wanted, abs=1e-5)
