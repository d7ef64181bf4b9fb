"""The engine that is asked for is the one that is built, and nothing is left behind by it."""

from __future__ import annotations

import tempfile
from pathlib import Path

import cv2
import numpy as np
import pytest

from tests.vision.golden.caffe_nets import googlenet
from tests.vision.onnx_models import linear_classifier, network
from tests.vision.other_formats import kernel_and_bias, tflite_model
from tests.vision.refused import refused
from vision.engine import ComputeChoice, Engine
from vision.errors import Fault, VisionError
from vision.formats.caffe.convert import convert_caffe
from vision.formats.manifest import ASSETS, bundled_manifest
from vision.formats.model_file import ModelFile, ModelFormat
from vision.formats.reader import parse_model
from vision.networks.probe import (
    Outcome,
    is_classic,
    read_net,
    read_net_at,
    run_trial,
    temporary_copy,
)

CHOICES = [ComputeChoice.NEW_CPU, ComputeChoice.CLASSIC_CPU]


@pytest.fixture
def temporary(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return the folder for temporary files, for this test alone."""
    folder = tmp_path / "temporary files ğ"
    folder.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(folder))
    return folder


def model_files() -> list[ModelFile]:
    """Return a model of each kind of file."""
    net = googlenet(old=False)
    converted = convert_caffe(net.prototxt, net.caffemodel)[0]
    caffe = parse_model(converted)
    return [
        parse_model(linear_classifier()[0], "m.onnx"),
        parse_model(tflite_model(*kernel_and_bias()), "m.tflite"),
        ModelFile("m.caffemodel", ModelFormat.CAFFE, converted, caffe.structure, trusted=True),
    ]


def unpooling_model() -> bytes:
    """Return a model whose MaxUnpool only the classic engine computes."""
    sides = "kernel_shape = [2, 2], strides = [2, 2]"
    return network(
        f"""(float[1, 3, 4, 4] x) => (float[1, 3, 4, 4] y) {{
            p, i = MaxPool <{sides}> (x)
            y = MaxUnpool <{sides}> (p, i)
        }}"""
    )


def fatal_model() -> bytes:
    """Return a model that keeps ONNX's rules and ends the classic engine's reader."""
    return network(
        """(float[N, 3, 16, 16] x) => (float[N, 8, 16, 16] y) {
            y = Conv <kernel_shape = [3, 3], pads = [1, 1, 1, 1]> (x, W)
        }""",
        W=np.zeros(8, np.float32),
    )


def test_the_bundled_model_has_the_layers_of_the_engine_asked_for(temporary: Path) -> None:
    path = ASSETS / "models" / bundled_manifest().file
    new = read_net(path.read_bytes(), cv2.dnn.ENGINE_NEW)
    with temporary_copy(path.read_bytes()) as copy:
        classic = read_net_at(copy, cv2.dnn.ENGINE_CLASSIC)
    # The new engine joins activations and sums to their convolutions when it reads them.
    assert len(new.getLayerNames()) == 55
    assert len(classic.getLayerNames()) == 96
    assert (is_classic(new), is_classic(classic)) == (False, True)
    assert list(temporary.iterdir()) == []


@pytest.mark.thorough
@pytest.mark.parametrize("file", model_files(), ids=lambda file: file.format.value)
@pytest.mark.parametrize("choice", CHOICES)
def test_each_kind_of_file_takes_the_engine_it_is_told(
    file: ModelFile, choice: ComputeChoice, temporary: Path
) -> None:
    # `used` is read off the network that was built.
    assert Engine(file, choice).use.used is choice
    assert list(temporary.iterdir()) == []


def test_what_the_new_engine_cannot_compute_falls_back_to_the_classic_one(temporary: Path) -> None:
    file = parse_model(unpooling_model(), "m.onnx")
    blob = np.arange(48, dtype=np.float32).reshape(1, 3, 4, 4)
    with pytest.raises(VisionError):
        Engine(file, ComputeChoice.NEW_CPU).forward(blob)
    engine = Engine(file)
    output = engine.forward(blob)["y"]
    assert engine.use.used is ComputeChoice.CLASSIC_CPU
    assert "outPlaneTotal" in engine.use.reason
    kept = np.isin(np.arange(16).reshape(4, 4), [5, 7, 13, 15])
    assert np.array_equal(output, np.where(kept, blob, 0))
    assert list(temporary.iterdir()) == []


def test_a_model_that_ends_the_classic_reader_does_not_end_us(temporary: Path) -> None:
    data = fatal_model()
    assert run_trial(data, cv2.dnn.ENGINE_NEW) is Outcome.REPORTS
    assert run_trial(data, cv2.dnn.ENGINE_CLASSIC) is Outcome.ENDS
    for choice in (ComputeChoice.AUTO, ComputeChoice.CLASSIC_CPU):
        with refused(Fault.MODEL_UNSUPPORTED):
            Engine(parse_model(data, "m.onnx"), choice)
    assert list(temporary.iterdir()) == []


def test_a_folder_that_cannot_be_written_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "none"))
    file = parse_model(linear_classifier()[0], "m.onnx")
    assert Engine(file).use.used is ComputeChoice.NEW_CPU
    with refused(Fault.FILE_UNWRITABLE, file=str(tmp_path / "none")):
        Engine(file, ComputeChoice.CLASSIC_CPU)
