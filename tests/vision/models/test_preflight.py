"""The preflight names everything at once, and passes what can be used."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import numpy as np
import onnx
import pytest
from onnx import defs

from tests.vision.onnx_models import face_network, linear_classifier, network, with_metadata
from vision.errors import Fault, VisionError
from vision.formats.onnx.check import UNSUPPORTED
from vision.models.opening import open_predictor
from vision.models.preflight import PreflightReport, preflight
from vision.networks.findings import Check, Severity
from vision.networks.probe import temporary_copy
from vision.pictures.preprocessing import Preprocessing
from vision.result import Task

MODELS = Path(__file__).parents[3] / "assets/models"


def checks(report: PreflightReport) -> list[Check]:
    return [finding.check for finding in report.findings]


def faults(report: PreflightReport) -> list[Fault]:
    return [finding.error.code for finding in report.findings if finding.error is not None]


def write(folder: Path, data: bytes, name: str = "m.onnx") -> Path:
    path = folder / name
    path.write_bytes(data)
    return path


def test_the_bundled_model_passes_with_all_that_is_known_of_it() -> None:
    report = preflight(MODELS / "efficientnet_lite0.onnx")
    assert report.passed
    assert report.failures == ()
    assert checks(report) == [
        Check.FILE,
        Check.INPUT,
        Check.PREPROCESSING_KNOWN,
        Check.ENGINE,
        Check.RUNS,
        Check.LABELS,
        Check.SOFTMAX_APPLIED,
    ]
    sentences = [finding.sentence() for finding in report.findings]
    assert sentences[0] == "It is an onnx file of 18.5 MB, opset 18."
    assert sentences[1] == "It takes N x 3 x 224 x 224."
    assert "RGB, mean 127 127 127, scale 0.0078125, cropped" in sentences[2]


def test_maps_of_a_gigabyte_are_refused_before_they_are_computed(tmp_path: Path) -> None:
    data = network(
        """(float[1, 3, 2048, 2048] x) => (float[1, 64] y) {
            maps = Conv (x, w)
            mean = GlobalAveragePool (maps)
            y = Flatten (mean)
        }""",
        w=np.zeros((64, 3, 1, 1), np.float32),
    )
    report = preflight(write(tmp_path, data))
    assert faults(report) == [Fault.MODEL_MAPS]
    assert "would need 1024 MB; at most 512 MB" in report.failures[0].sentence()


def test_a_model_whose_graph_is_no_onnx_is_refused(tmp_path: Path) -> None:
    data, _, _ = linear_classifier()
    assert data.count(b"axis\x18") == 1
    report = preflight(write(tmp_path, data.replace(b"axis\x18", b"axis\x07")))
    assert faults(report) == [Fault.MODEL_NOT_A_MODEL]


@pytest.mark.parametrize("kind", [0, 52])
def test_a_number_of_no_known_type_makes_a_model_none(tmp_path: Path, kind: int) -> None:
    data = network(
        """(float[1, 3, 4, 4] x) => (float[1, 5] y) {
            q = Div (x, d) f = Flatten (q) y = Gemm (f, k)
        }""",
        d=np.full(1, 255, np.float32),
        k=np.ones((48, 5), np.float32),
    )
    model = onnx.load_from_string(data)
    model.graph.initializer[0].data_type = kind
    report = preflight(write(tmp_path, model.SerializeToString()))
    assert faults(report) == [Fault.MODEL_NOT_A_MODEL]


def test_a_bare_model_passes_with_a_guess_and_numbers(tmp_path: Path) -> None:
    data, _, _ = linear_classifier(classes=4, softmax=True)
    report = preflight(write(tmp_path, data))
    assert report.passed
    assert Check.PREPROCESSING_GUESSED in checks(report)
    assert Check.LABELS_NUMBERED in checks(report)
    assert Check.SOFTMAX_INSIDE in checks(report)
    assert report.preprocessing is not None
    assert report.preprocessing.size_wh == (8, 8)


SAID = '{"size_wh": [8, 8], "mean": [1.0, 2.0, 3.0], "swap_rb": true}'


@pytest.mark.parametrize(
    ("metadata", "names", "settings"),
    [
        ({"classes": "kalem\nboş masa\nbardak"}, ("kalem", "boş masa", "bardak"), None),
        ({"classes": "one\ntwo", "preprocessing": "resize to 8"}, None, None),
        ({"preprocessing": SAID}, None, Preprocessing((8, 8), (1.0, 2.0, 3.0), swap_rb=True)),
        ({"preprocessing": SAID.replace("8, 8", "0, 0")}, None, None),
        ({"preprocessing": "[" * 9999}, None, None),
    ],
    ids=["names", "too few names", "preprocessing", "no size", "a bomb"],
)
def test_an_onnx_file_may_say_how_it_is_used(
    tmp_path: Path,
    metadata: dict[str, str],
    names: tuple[str, ...] | None,
    settings: Preprocessing | None,
) -> None:
    report = preflight(write(tmp_path, with_metadata(linear_classifier()[0], **metadata)))
    assert report.passed
    assert report.predictor is not None
    assert report.predictor.labels is not None
    assert report.predictor.labels.names == (names or ("class 0", "class 1", "class 2"))
    is_known = Check.PREPROCESSING_KNOWN in checks(report)
    assert is_known == (settings is not None)
    if settings is not None:
        assert report.preprocessing == settings


def test_all_missing_operators_and_the_wrong_labels_are_named_at_once(tmp_path: Path) -> None:
    data = network(
        """(float[1, 3, 8, 8] x) => (float[1, 5] y) <int64[1] n = {1}> {
            a = LpPool <kernel_shape = [2, 2]> (x)
            b = NoSuchThing (a)
            y = ReverseSequence (b, n)
        }"""
    )
    labels = write(tmp_path, b"one\ntwo\n", "labels.txt")
    report = preflight(write(tmp_path, data), labels=labels)
    assert not report.passed
    lacking = next(f for f in report.findings if f.check is Check.OPERATORS_MISSING)
    assert lacking.values["operators"] == "LpPool, NoSuchThing, ReverseSequence"
    assert faults(report) == [Fault.MODEL_UNSUPPORTED, Fault.LABELS_MISMATCH]
    assert all("\n" not in finding.sentence() for finding in report.findings)


def test_several_faults_of_a_model_that_runs_are_all_found(tmp_path: Path) -> None:
    data, _, _ = linear_classifier(classes=4)
    labels = write(tmp_path, b"a\xff\n", "labels.txt")
    write(tmp_path, b"{", "m.json")
    report = preflight(write(tmp_path, data), labels=labels)
    assert faults(report) == [Fault.LABELS_ENCODING, Fault.MANIFEST_DAMAGED]
    assert report.predictor is None


def test_two_inputs_boxes_and_single_numbers_fail(tmp_path: Path) -> None:
    sides = "float[1, 3, 8, 8]"
    two = network(f"({sides} a, {sides} b) => ({sides} y) {{ y = Add (a, b) }}")
    assert faults(preflight(write(tmp_path, two))) == [Fault.MODEL_INPUTS]
    maps = network(f"({sides} x) => ({sides} y) {{ y = Relu (x) }}")
    report = preflight(write(tmp_path, maps))
    assert "neither scores, nor boxes, nor a mask" in report.failures[0].sentence()
    single = network(
        f"({sides} x) => (float[1] y) {{ y = ReduceMean <axes = [1, 2, 3], keepdims = 0> (x) }}"
    )
    report = preflight(write(tmp_path, single))
    assert "a single number" in report.failures[0].sentence()
    # A person may say that they are scores all the same, and is told what they are.
    report = preflight(write(tmp_path, single), read="labels")
    assert faults(report) == [Fault.OUTPUT_NOT_SCORES]


def test_which_of_several_scores_are_read_is_said(tmp_path: Path) -> None:
    data = network(
        """(float[1, 3, 8, 8] x) => (float[1, 3] first, float[1, 3] second) {
            first = ReduceMean <axes = [2, 3], keepdims = 0> (x)
            second = ReduceMax <axes = [2, 3], keepdims = 0> (x)
        }"""
    )
    report = preflight(write(tmp_path, data))
    assert report.passed
    (note,) = [one for one in report.findings if one.check is Check.ONE_OF_OUTPUTS]
    assert note.sentence() == (
        "It has 2 outputs; the scores are read from second, the others are not shown."
    )


@pytest.mark.parametrize("shape", ["1, 10", "3, 8, 8", "4, 3, 8, 8", "1, 4, 8, 8", "N, 2, 8, 8"])
def test_an_input_that_is_no_picture_fails(tmp_path: Path, shape: str) -> None:
    data = network(f"(float[{shape}] x) => (float[{shape}] y) {{ y = Relu (x) }}")
    report = preflight(write(tmp_path, data))
    assert not report.passed
    assert Check.INPUT_NOT_PICTURE in checks(report)
    assert "not a batch of one picture" in report.failures[0].sentence()


PROBE = """
import sys, cv2
from onnx import helper
cv2.utils.logging.setLogLevel(0)
op, engine, path = sys.argv[1], getattr(cv2.dnn, sys.argv[2]), sys.argv[3]
for count in (1, 2, 3):
    names = [f"i{k}" for k in range(count)]
    info = [helper.make_tensor_value_info(n, 1, [1, 2, 3, 4]) for n in [*names, "y"]]
    graph = helper.make_graph([helper.make_node(op, names, ["y"])], "p", info[:-1], info[-1:])
    opset = [helper.make_opsetid("", 17)]
    model = helper.make_model(graph, opset_imports=opset, ir_version=8).SerializeToString()
    with open(path, "wb") as file:
        file.write(model)
    try:
        # From a buffer the classic engine is not to be had (docs/adr/0049).
        net = cv2.dnn.readNetFromONNX(path, engine)
        known = net.getUnconnectedOutLayersNames() != ("_input",)
    except cv2.error as error:
        known = f'of type "{op}"' not in str(error)
    if known:
        print("known")
        break
"""


def knows(operator: str, engine: str) -> bool:
    with temporary_copy(b"") as path:
        command = [sys.executable, "-c", PROBE, operator, engine, str(path)]
        done = subprocess.run(command, capture_output=True, text=True)
    # A crash happens inside the operator's own code, so it is known.
    return done.returncode != 0 or "known" in done.stdout


@pytest.mark.parametrize("operator", ["LpPool", "Multinomial", "SwiGLU"])
def test_opencv_itself_knows_no_operator_that_we_call_missing(operator: str) -> None:
    assert operator in UNSUPPORTED
    assert not knows(operator, "ENGINE_NEW")
    assert not knows(operator, "ENGINE_CLASSIC")


@pytest.mark.slow
@pytest.mark.timeout(600)
def test_the_list_of_missing_operators_is_opencvs_own() -> None:
    names = {schema.name for schema in defs.get_all_schemas() if schema.domain == ""}
    missing = {
        name
        for name in sorted(names)
        if not knows(name, "ENGINE_CLASSIC") and not knows(name, "ENGINE_NEW")
    }
    assert missing == UNSUPPORTED


@pytest.mark.parametrize("last", ["BatchNormalization", "LpNormalization"])
def test_features_are_not_shown_as_classes(tmp_path: Path, last: str) -> None:
    path = write(tmp_path, face_network(128, last))
    report = preflight(path)
    assert not report.passed
    [failure] = report.failures
    assert failure.check is Check.OTHER_NETWORK
    assert "not a list of classes but 128 numbers" in failure.sentence()
    with pytest.raises(VisionError, match="compares faces or pictures"):
        open_predictor(path)
    # Who knows better says so, or gives the labels.
    assert preflight(path, read="labels").passed
    labels = tmp_path / "labels.txt"
    labels.write_text("\n".join(f"class {n}" for n in range(128)))
    assert preflight(path, labels=labels).passed
    assert open_predictor(path, labels=labels).task is Task.CLASSIFICATION


def test_logits_without_labels_may_be_something_else(tmp_path: Path) -> None:
    data, _, _ = linear_classifier(classes=128)
    path = write(tmp_path, data)
    report = preflight(path)
    assert report.passed
    [warning] = [one for one in report.findings if one.severity is Severity.WARN]
    assert warning.check is Check.MAYBE_NO_CLASSES
    assert "128 numbers are no probabilities" in warning.sentence()
    told = preflight(path, read="labels")
    assert Check.MAYBE_NO_CLASSES not in {one.check for one in told.findings}
    labels = tmp_path / "labels.txt"
    labels.write_text("\n".join(f"class {n}" for n in range(128)))
    named = preflight(path, labels=labels)
    assert named.passed
    assert Severity.WARN not in {one.severity for one in named.findings}
