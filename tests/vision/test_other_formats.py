"""TFLite models are recognised by content and run."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from tests.vision.other_formats import kernel_and_bias, tflite_model
from tests.vision.picture_files import sample
from vision.classification import Classifier, softmax
from vision.engine import ComputeChoice
from vision.formats.model_file import ModelFormat
from vision.formats.tflite.flatbuffer import TfliteError
from vision.formats.tflite.graph import read_graph
from vision.models.opening import open_predictor
from vision.pictures.preprocessing import Preprocessing


@pytest.mark.parametrize("choice", [ComputeChoice.AUTO, ComputeChoice.CLASSIC_CPU])
def test_a_tflite_model_gives_what_numpy_gives(tmp_path: Path, choice: ComputeChoice) -> None:
    kernel, bias = kernel_and_bias()
    path = tmp_path / "model.tflite"
    path.write_bytes(tflite_model(kernel, bias))
    settings = Preprocessing((8, 8), (100, 100, 100), 1 / 100, swap_rb=True)
    classifier = open_predictor(path, preprocessing=settings, compute=choice)
    assert isinstance(classifier, Classifier)
    assert classifier.engine.file.format is ModelFormat.TFLITE
    result = classifier.predict(sample())
    logits = np.einsum("nchw,hwco->no", settings.blob(sample()), kernel) + bias
    assert result.probabilities == pytest.approx(softmax(logits)[0], abs=1e-5)
    assert result.softmax_applied


def test_a_tflite_file_whose_offsets_leave_it_is_refused_unread() -> None:
    data = bytearray(tflite_model(*kernel_and_bias()))
    refused = 0
    for place in range(0, 400, 2):
        damaged = bytes(data[:place]) + b"\xff\xff" + bytes(data[place + 2 :])
        try:
            read_graph(damaged)
        except TfliteError:
            refused += 1
    # Nearly every pair of bytes in the head is part of an offset, a size or an index.
    assert refused > 100
    graph = read_graph(bytes(data))
    assert graph.tensors[graph.input].shape == (1, 8, 8, 3)
