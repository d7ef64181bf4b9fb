"""Networks run on the new engine, fall back aloud, and refuse what they cannot run."""

from __future__ import annotations

import tempfile
import threading
from pathlib import Path

import numpy as np
import pytest

from tests.vision.onnx_models import known_file, linear_classifier, network
from tests.vision.refused import refused
from vision.engine import LOADS, ComputeChoice, Engine, Outputs
from vision.errors import Fault, VisionError
from vision.formats.model_file import ModelFormat
from vision.formats.reader import read_model_file


def engine_of(data: bytes, choice: ComputeChoice = ComputeChoice.AUTO) -> Engine:
    return Engine(known_file(data, "m.onnx"), choice)


@pytest.mark.parametrize("choice", [ComputeChoice.NEW_CPU, ComputeChoice.CLASSIC_CPU])
@pytest.mark.parametrize("rows", [1, 5])
def test_a_linear_model_gives_what_numpy_gives(choice: ComputeChoice, rows: int) -> None:
    data, weights, biases = linear_classifier()
    blob = np.random.default_rng(1).standard_normal((rows, 3, 8, 8)).astype(np.float32)
    engine = engine_of(data, choice)
    expected = blob.reshape(rows, -1) @ weights + biases
    assert engine.forward(blob)["z"] == pytest.approx(expected, abs=1e-4)
    assert engine.use.used is choice
    assert engine.use.reason == ""
    assert engine.input_shape == (None, 3, 8, 8)
    assert engine.load_ms > 0


def test_outputs_belong_to_the_caller() -> None:
    data, _, _ = linear_classifier()
    engine = engine_of(data)
    blob = np.ones((1, 3, 8, 8), np.float32)
    first = engine.forward(blob)["z"]
    kept = first.copy()
    engine.forward(blob * 2)
    assert np.array_equal(first, kept)


def test_opencl_is_used_or_its_absence_said() -> None:
    data, _, _ = linear_classifier()
    use = engine_of(data, ComputeChoice.CLASSIC_OPENCL).use
    assert use.chosen is ComputeChoice.CLASSIC_OPENCL
    if use.used is not use.chosen:
        assert use.used is ComputeChoice.CLASSIC_CPU
        assert "OpenCL" in use.reason


def test_an_unknown_operator_is_unsupported() -> None:
    data = network("(float[1, 3, 4, 4] x) => (float[1, 3, 4, 4] y) { y = NoSuchOperator (x) }")
    with refused(Fault.MODEL_UNSUPPORTED):
        engine_of(data)


def test_two_inputs_are_refused_by_name() -> None:
    data = network("(float[1, 3, 4, 4] a, float[1, 3, 4, 4] b) => (float y) { y = Add (a, b) }")
    with refused(Fault.MODEL_INPUTS, names="a, b"):
        engine_of(data)


def test_a_blob_of_the_wrong_shape_is_a_named_fault() -> None:
    data, _, _ = linear_classifier()
    engine = engine_of(data)
    # OpenCV's new engine itself would compute with what lies behind a blob that lacks channels.
    for channels, side in ((1, 8), (3, 9)):
        given = f"1 x {channels} x {side} x 8"
        with refused(Fault.MODEL_FORWARD, shape=given, reason="it takes ? x 3 x 8 x 8"):
            engine.forward(np.zeros((1, channels, side, 8), np.float32))


def test_a_second_thread_is_refused_while_the_first_computes(images: Path) -> None:
    engine = Engine(read_model_file(images.parent / "models/efficientnet_lite0.onnx"))
    blob = np.zeros((2, 3, 224, 224), np.float32)
    engine.forward(blob)
    faults: list[Fault] = []
    stop = threading.Event()

    def intrude() -> None:
        while not stop.is_set() and not faults:
            try:
                engine.forward(blob[:1])
            except VisionError as error:
                faults.append(error.code)

    def compute() -> None:
        for _ in range(200):
            if faults:
                return
            try:
                engine.forward(blob)
            except VisionError as error:
                faults.append(error.code)

    threads = [threading.Thread(target=intrude), threading.Thread(target=compute)]
    for thread in threads:
        thread.start()
    threads[1].join()
    stop.set()
    threads[0].join()
    assert faults
    assert set(faults) == {Fault.MODEL_BUSY}


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"", Fault.MODEL_EMPTY),
        (b"\0" * 1000, Fault.MODEL_NOT_A_MODEL),
        (b"\x89PNG\r\n\x1a\n" * 20, Fault.MODEL_NOT_A_MODEL),
        (b"no model at all", Fault.MODEL_NOT_A_MODEL),
    ],
)
def test_what_is_no_model_is_named_so(tmp_path: Path, data: bytes, code: Fault) -> None:
    path = tmp_path / "x.onnx"
    path.write_bytes(data)
    with refused(code, str(path)):
        Engine(read_model_file(path))


def test_the_content_decides_the_kind_not_the_name(tmp_path: Path) -> None:
    data, _, _ = linear_classifier()
    path = tmp_path / "ağ.tflite"
    path.write_bytes(data)
    assert read_model_file(path).format is ModelFormat.ONNX
    assert Engine(read_model_file(path)).output_names == ("z",)


def test_a_network_beside_itself_runs_at_the_same_time(images: Path) -> None:
    engine = Engine(read_model_file(images.parent / "models/efficientnet_lite0.onnx"))
    blobs = np.random.default_rng(2).standard_normal((2, 1, 3, 224, 224)).astype(np.float32)
    wanted = [engine.forward(blob)["logits"] for blob in blobs]
    before = LOADS.count
    beside = engine.clone_for_thread()
    assert engine.clone_for_thread() is beside
    assert LOADS.count == before
    assert beside.use == engine.use
    found: list[list[Outputs]] = [[], []]

    def compute(one: Engine, number: int) -> None:
        for _ in range(20):
            found[number].append(one.forward(blobs[number]))

    threads = [
        threading.Thread(target=compute, args=(one, number))
        for number, one in enumerate((engine, beside))
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for outputs, logits in zip(found, wanted, strict=True):
        assert len(outputs) == 20
        assert all(np.array_equal(one["logits"], logits) for one in outputs)


def test_a_network_that_cannot_be_built_again_is_not_shared(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    engine = engine_of(linear_classifier()[0], ComputeChoice.CLASSIC_CPU)
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "away"))
    for _ in range(2):
        with refused(Fault.FILE_UNWRITABLE):
            engine.clone_for_thread()
