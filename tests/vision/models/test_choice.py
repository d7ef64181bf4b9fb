"""Models made of files or of what lies in memory."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from tests.vision.onnx_models import linear_classifier
from vision.engine import ComputeChoice
from vision.models.choice import choice_from_files, choice_from_onnx, grey_preprocessing


def test_the_other_half_of_a_caffe_model_is_found_beside_it(tmp_path: Path) -> None:
    model = tmp_path / "bvlc_googlenet.caffemodel"
    prototxt = tmp_path / "deploy.prototxt"
    words = tmp_path / "synset_words.txt"
    for path in (model, prototxt, words):
        path.touch()
    for given in (model, prototxt):
        choice = choice_from_files("googlenet", "GoogLeNet", [given])
        assert choice is not None
        assert (choice.model, choice.prototxt, choice.labels) == (model, prototxt, words)
    assert choice_from_files("own", "", [words]) is None


def test_a_network_in_memory_is_a_choice_that_knows_its_version() -> None:
    onnx = linear_classifier(classes=3, size=8)[0]
    names = ("ant", "bee", "cow")
    choice = choice_from_onnx("built", "Insects", onnx, names, grey_preprocessing((8, 8), 16.0))
    assert (choice.key, choice.name, choice.model) == ("built", "Insects", None)
    assert choice == choice_from_onnx(
        "built", "Insects", onnx, names, grey_preprocessing((8, 8), 16.0)
    )
    other = linear_classifier(classes=3, size=16)[0]
    assert choice != choice_from_onnx(
        "built", "Insects", other, names, grey_preprocessing((16, 16), 16.0)
    )
    assert choice.load is not None
    classifier = choice.load(ComputeChoice.AUTO)
    assert classifier.labels is not None
    assert classifier.labels.names == names
    # White, 255, becomes the white of the data that the network learned from.
    white = np.full((8, 8, 3), 255, np.uint8)
    assert np.allclose(classifier.preprocessing.blob(white), 16.0)
