"""The bundled classifier names the photographs; any model's scores become probabilities."""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from tests.accesses import opens_of
from tests.vision.onnx_models import (
    constant_model,
    known_file,
    linear_classifier,
    network,
    with_metadata,
)
from tests.vision.refused import refused
from vision.classification import Classifier, are_probabilities, softmax, top_k
from vision.command import classify_pictures
from vision.engine import Engine
from vision.errors import Fault, VisionError
from vision.formats.labels import Labels, numbered_labels
from vision.formats.manifest import ModelManifest, write_manifest
from vision.formats.reader import parse_model
from vision.models.opening import open_classifier, suggest_preprocessing
from vision.models.preflight import preflight
from vision.networks.findings import Finding
from vision.pictures.files import read_picture
from vision.pictures.preprocessing import Preprocessing


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("chelsea.png", [("Egyptian cat", 0.404), ("tiger cat", 0.333), ("tabby", 0.157)]),
        ("coffee.png", [("espresso", 0.942)]),
    ],
)
def test_photographs_get_the_published_names_and_figures(
    bundled: Classifier, images: Path, name: str, expected: list[tuple[str, float]]
) -> None:
    result = bundled.predict(read_picture(images / name), top=5)
    assert len(result.top) == 5
    found = [(best.label, round(best.probability, 3)) for best in result.top[: len(expected)]]
    assert found == expected
    assert result.softmax_applied
    assert result.probabilities.sum() == pytest.approx(1, abs=1e-5)
    assert result.timings.preprocess_ms > 0
    assert result.timings.forward_ms > 0


@given(
    hnp.arrays(
        np.float32,
        st.tuples(st.integers(1, 4), st.integers(2, 9)),
        elements=st.floats(-500, 500, width=32),
    )
)
def test_softmax_is_a_distribution_in_the_order_of_the_logits(
    logits: np.ndarray[tuple[int, int], np.dtype[np.float32]],
) -> None:
    rows = softmax(logits)
    assert are_probabilities(rows)
    for row, scores in zip(rows, logits, strict=True):
        assert row[scores.argmax()] == row.max()


@given(
    hnp.arrays(np.float32, st.integers(1, 30), elements=st.sampled_from([0.0, 0.25, 0.5, 1.0])),
    st.integers(1, 40),
)
def test_top_k_is_the_head_of_the_sorted_list(
    probabilities: np.ndarray[tuple[int], np.dtype[np.float32]], count: int
) -> None:
    best = top_k(probabilities, numbered_labels(len(probabilities)), count)
    in_order = sorted(range(len(probabilities)), key=lambda i: (-probabilities[i], i))
    picked = sorted(probabilities, reverse=True)[: len(best)]
    assert [scored.probability for scored in best] == picked
    assert len(best) == min(count, len(probabilities))
    if len(set(probabilities.tolist())) == len(probabilities):
        assert [scored.index for scored in best] == in_order[: len(best)]


@pytest.mark.parametrize("softmax_inside", [False, True])
def test_softmax_is_applied_only_where_it_is_missing(softmax_inside: bool) -> None:
    data, weights, biases = linear_classifier(softmax=softmax_inside)
    classifier = Classifier(Engine(known_file(data)), Preprocessing((8, 8), scale=1 / 255))
    picture = np.random.default_rng(3).integers(0, 256, (8, 8, 3), np.uint8)
    result = classifier.predict(picture)
    logits = classifier.preprocessing.blob(picture).reshape(1, -1) @ weights + biases
    assert result.probabilities == pytest.approx(softmax(logits)[0], abs=1e-5)
    assert result.softmax_applied is not softmax_inside


@pytest.mark.parametrize("softmax_inside", [False, True])
def test_a_description_that_is_wrong_about_softmax_is_not_followed_and_named(
    tmp_path: Path, images: Path, softmax_inside: bool
) -> None:
    data, weights, biases = linear_classifier(softmax=softmax_inside)
    (tmp_path / "m.onnx").write_bytes(data)
    settings = Preprocessing((8, 8))
    manifest = ModelManifest(
        key="m", name="M", file="m.onnx", preprocessing=settings, softmax_needed=softmax_inside
    )
    write_manifest(tmp_path / "m.json", manifest)
    warnings: list[Finding] = []
    picture = images / "coffee.png"
    [report], _ = classify_pictures([picture], tmp_path / "m.onnx", warn=warnings.append)
    logits = settings.blob(read_picture(picture)).reshape(1, -1) @ weights + biases
    # Else the best one is 1 of 3 at most where softmax comes twice, and any number where it lacks.
    assert report["top"][0]["probability"] == pytest.approx(softmax(logits).max(), abs=1e-4)
    said = "asks for softmax" if softmax_inside else "do not lie between 0 and 1"
    assert [said in warning.sentence() for warning in warnings] == [True]
    found = [one for one in preflight(tmp_path / "m.onnx").findings if one == warnings[0]]
    assert len(found) == 1


def scores_model(shape: list[int], values: list[float]) -> Classifier:
    """Return a model whose scores are fixed, in the given shape."""
    scores = np.asarray(values, np.float32).reshape(shape)
    data = constant_model("float[1, 3, 4, 4] image", y=scores)
    return Classifier(Engine(known_file(data, "fixed.onnx")), Preprocessing((4, 4)))


@pytest.mark.parametrize("shape", [[1, 4], [4], [1, 4, 1, 1], [1, 1, 4]])
def test_scores_may_come_in_any_shape_with_one_long_side(shape: list[int]) -> None:
    classifier = scores_model(shape, [0.0, 3.0, 1.0, 2.0])
    result = classifier.predict(np.zeros((4, 4, 3), np.uint8), top=4)
    assert [best.index for best in result.top] == [1, 3, 2, 0]


@pytest.mark.parametrize("shape", [[1, 1], [1, 2, 2], [1, 4, 2, 2], [1]])
def test_an_output_that_is_no_list_of_scores_is_refused(shape: list[int]) -> None:
    classifier = scores_model(shape, [0.5] * int(np.prod(shape)))
    with refused(Fault.OUTPUT_NOT_SCORES, "fixed.onnx"):
        classifier.predict(np.zeros((4, 4, 3), np.uint8))


def test_weights_that_are_not_numbers_are_named() -> None:
    classifier = scores_model([1, 3], [0.0, float("nan"), 1.0])
    with refused(Fault.OUTPUT_NOT_FINITE):
        classifier.predict(np.zeros((4, 4, 3), np.uint8))


def test_not_sure_is_below_the_threshold() -> None:
    classifier = scores_model([1, 2], [0.0, 0.0])
    result = classifier.predict(np.zeros((4, 4, 3), np.uint8))
    assert result.is_sure(0.5)
    assert not result.is_sure(0.51)


def test_a_bare_file_gets_a_guess_from_its_input(tmp_path: Path) -> None:
    data, _, _ = linear_classifier(classes=4, size=20)
    path = tmp_path / "own.onnx"
    path.write_bytes(data)
    classifier = open_classifier(path)
    assert classifier.preprocessing.size_wh == (20, 20)
    assert classifier.preprocessing.swap_rb
    assert classifier.softmax_needed
    result = classifier.predict(np.zeros((30, 40, 3), np.uint8))
    assert result.labels == Labels(("class 0", "class 1", "class 2", "class 3"), "numbered")


def test_a_yolo_that_classifies_is_given_colours_from_0_to_1() -> None:
    data = linear_classifier(classes=4, size=20)[0]
    model = with_metadata(data, task="classify", imgsz="[20, 20]", names="{0: 'ant'}")
    guessed = suggest_preprocessing(parse_model(model))
    assert guessed == Preprocessing((20, 20), scale=1 / 255, swap_rb=True, crop=True)


def test_a_grey_input_is_guessed_as_grey() -> None:
    data = network("(float[1, 1, 28, 28] x) => (float[1, 784] y) { y = Flatten (x) }")
    assert suggest_preprocessing(parse_model(data)) == Preprocessing((28, 28), channels=1)


def test_a_manifest_beside_the_file_is_obeyed(tmp_path: Path) -> None:
    data, _, _ = linear_classifier(classes=2)
    (tmp_path / "own.onnx").write_bytes(data)
    (tmp_path / "own.txt").write_text("cat\ndog\n")
    (tmp_path / "own.json").write_text(
        '{"key": "own", "name": "My own", "file": "own.onnx", "labels_file": "own.txt", '
        '"preprocessing": {"size_wh": [8, 8], "scale": 0.5, "crop": true}}'
    )
    classifier = open_classifier(tmp_path / "own.onnx")
    assert classifier.preprocessing == Preprocessing((8, 8), scale=0.5, crop=True)
    assert classifier.labels is not None
    assert classifier.labels.names == ("cat", "dog")
    (tmp_path / "own.json").write_text("{")
    with refused(Fault.MANIFEST_DAMAGED):
        open_classifier(tmp_path / "own.onnx")


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="only Linux tells of an open")
@pytest.mark.parametrize("way", ["absolute", "up", "link", "other computer"])
def test_a_description_names_labels_in_its_own_folder_only(tmp_path: Path, way: str) -> None:
    folder, private = tmp_path / "model", tmp_path / "private.txt"
    folder.mkdir()
    private.write_text("cat\ndog\n")
    (folder / "link.txt").symlink_to(private)
    data, _, _ = linear_classifier(classes=2)
    (folder / "own.onnx").write_bytes(data)
    name = {
        "absolute": str(private),
        "up": "../private.txt",
        "link": "link.txt",
        "other computer": f"/{private}",
    }[way]
    (folder / "own.json").write_text(
        f'{{"key": "own", "name": "My own", "file": "own.onnx", "labels_file": "{name}", '
        '"preprocessing": {"size_wh": [8, 8]}}'
    )
    with opens_of(private) as opens:
        with pytest.raises(VisionError) as caught:
            open_classifier(folder / "own.onnx")
        assert opens() == 0
    assert caught.value.code is Fault.LABELS_OUTSIDE
    assert name in caught.value.sentence()
