"""What other libraries write: channels last, their own formats, files that only look like ours."""

from __future__ import annotations

import contextlib
import io
import json
import pickle
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import pytest
from onnx import helper
from onnx.reference import ReferenceEvaluator

from tests.vision.finders import mask_model
from tests.vision.golden.caffe_nets import old_format
from tests.vision.look.inside.networks import public_network
from tests.vision.onnx_models import Array, linear_classifier, network, noise
from tests.vision.picture_files import sample
from tests.vision.refused import refused
from vision.classification import Classifier, softmax
from vision.command import classify_pictures, detect_pictures
from vision.engine import Engine
from vision.errors import Fault, VisionError
from vision.formats.reader import parse_model, read_model_file
from vision.kinds import FileKind, kind_of
from vision.look.inside.network import InsideNetwork
from vision.models.opening import open_classifier, open_predictor
from vision.models.preflight import preflight
from vision.networks.findings import Check
from vision.networks.segmenter import Segmenter
from vision.pictures.files import read_picture, write_picture
from vision.pictures.preprocessing import Preprocessing


def keras_like(sides: str, weights: Array) -> bytes:
    """Return a classifier of (N, H, W, 3) as tf2onnx writes one: turned round at the start."""
    return network(
        f"""(float[{sides}] x) => (float[{sides[0]}, {len(weights)}] y) {{
            t = Transpose <perm = [0, 3, 1, 2]> (x)
            c = Conv (t, w)
            g = GlobalAveragePool (c)
            y = Flatten (g)
        }}""",
        w=weights,
    )


@pytest.mark.parametrize("batch", [1, "N"])
def test_a_network_with_channels_last_is_given_what_it_takes_and_can_be_looked_into(
    tmp_path: Path, batch: int | str
) -> None:
    weights = noise(5, 3, 3, 3, seed=4)
    path = tmp_path / "m.onnx"
    path.write_bytes(keras_like(f"{batch}, 24, 16, 3", weights))
    settings = Preprocessing((16, 24), scale=1 / 255, swap_rb=True)
    classifier = open_predictor(path, preprocessing=settings)
    assert isinstance(classifier, Classifier)
    assert classifier.engine.input_shape == (None if batch == "N" else 1, 3, 24, 16)
    picture = sample()
    result = classifier.predict(picture)
    # By hand: the mean over all places of a convolution is one of the mean patches.
    blob = settings.blob(picture)
    patches = np.lib.stride_tricks.sliding_window_view(blob[0], (3, 3), axis=(1, 2))
    logits = np.einsum("chwij,ocij->o", patches, weights) / (22 * 14)
    np.testing.assert_allclose(result.probabilities, softmax(logits[None])[0], atol=1e-5)
    # Without a description, the size is its own.
    assert open_classifier(path).preprocessing.size_wh == (16, 24)
    forward = InsideNetwork(read_model_file(path), (1, 3, 24, 16)).run(blob)
    assert forward.maps("c").shape == (5, 22, 14)


def test_channels_second_stay_second() -> None:
    for shape in ("1, 3, 3, 3", "1, 1, 28, 1", "N, 3, 224, 3"):
        data = network(f"(float[{shape}] x) => (float[{shape}] y) {{ y = Identity (x) }}")
        assert parse_model(data).data == data
    known = public_network("squeezenet")
    assert parse_model(known.data).data == known.data


def zipped(name: str) -> bytes:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as archive:
        archive.writestr(name, b"x")
    return content.getvalue()


@pytest.mark.parametrize(
    ("suffix", "data", "kind", "how"),
    [
        (".pt", zipped("model/data.pkl"), "PyTorch", "torch.onnx.export"),
        (".pth", pickle.dumps({"w": 1}, protocol=2), "PyTorch", "torch.onnx.export"),
        (".h5", b"\x89HDF\r\n\x1a\n" + bytes(100), "Keras", "tf2onnx"),
        (".keras", zipped("model.weights.h5"), "Keras", "tf2onnx"),
        (".pb", b"\x08\x01\x12\x04\x0a\x02\x0a\x00", "TensorFlow SavedModel", "tf2onnx"),
        (".pb", b"\x0a\x10\x0a\x01x\x12\x0bPlaceholder", "TensorFlow graph", "tf2onnx"),
        (".weights", b"\0\0\0\0\2\0\0\0" + bytes(100), "Darknet", "darknet_onnx_export"),
        (".cfg", b"# YOLO\n[net]\nwidth=416\n", "Darknet", "darknet_onnx_export"),
    ],
)
def test_a_file_of_another_library_is_named_with_what_exports_it(
    tmp_path: Path, suffix: str, data: bytes, kind: str, how: str
) -> None:
    path = tmp_path / f"m{suffix}"
    path.write_bytes(data)
    # Dropped on the window, it comes to where models are judged.
    assert kind_of(path) is FileKind.MODEL
    with refused(Fault.MODEL_FOREIGN, kind) as caught:
        open_classifier(path)
    assert how in caught.value.sentence()


def test_the_folder_of_a_saved_model_is_named_as_what_it_is(tmp_path: Path) -> None:
    folder = tmp_path / "saved"
    folder.mkdir()
    (folder / "saved_model.pb").write_bytes(b"\x08\x01\x12\x04\x0a\x02\x0a\x00")
    with refused(Fault.MODEL_FOREIGN, "SavedModel"):
        open_classifier(folder)


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"version https://git-lfs.github.com/spec/v1\noid sha256:4d7a\nsize 9\n", "Git LFS"),
        (b"\n<!DOCTYPE html><html><body>404</body></html>", "a web page"),
        (zipped("net/model.ONNX"), "unpack it first"),
    ],
)
def test_what_a_download_gives_in_place_of_a_model_is_named(data: bytes, words: str) -> None:
    with refused(Fault.MODEL_NOT_A_MODEL, words):
        parse_model(data, "m.onnx")


def test_the_other_file_with_a_models_weights_is_named_where_it_is_missing(tmp_path: Path) -> None:
    model = onnx.load_from_string(linear_classifier()[0])
    path = tmp_path / "m.onnx"
    onnx.save_model(
        model, path, save_as_external_data=True, location="m.onnx.data", size_threshold=0
    )
    assert read_model_file(path).structure is not None
    assert isinstance(open_classifier(path), Classifier)
    (tmp_path / "m.onnx.data").unlink()
    with refused(Fault.MODEL_NEEDS_DATA, name="m.onnx.data"):
        open_classifier(path)


def takes_bytes(kind: str, shape: list[int], *, last: bool = False) -> bytes:
    """Return a classifier of pictures in whole numbers, of which it makes floats itself."""
    return network(
        f"""({kind}{shape} image) => (float[1, 4] p) {{
            second = Transpose <perm = {[0, 3, 1, 2] if last else [0, 1, 2, 3]}> (image)
            floats = Cast <to = 1> (second)
            flat = Flatten (floats)
            z = MatMul (flat, W)
            p = Softmax <axis = 1> (z)
        }}""",
        W=noise(3 * 8 * 6, 4, seed=2) / 999,
    )


@pytest.mark.parametrize(
    ("kind", "shape", "less"),
    [
        ("uint8", [1, 3, 8, 6], 0),
        ("uint8", [1, 8, 6, 3], 0),
        ("int8", [1, 3, 8, 6], 128),
        ("int64", [1, 3, 8, 6], 0),
    ],
)
def test_a_network_of_whole_numbers_is_given_the_pixels_themselves(
    tmp_path: Path, kind: str, shape: list[int], less: int
) -> None:
    path = tmp_path / "m.onnx"
    data = takes_bytes(kind, shape, last=shape[3] == 3)
    path.write_bytes(data)
    report = preflight(path)
    assert report.passed
    # With the engine that computes faster, and nothing said of another one.
    assert Check.ENGINE in [one.check for one in report.findings]
    found = report.predictor
    assert isinstance(found, Classifier)
    assert (found.preprocessing.size_wh, found.preprocessing.scale) == ((6, 8), 1)
    picture = np.random.default_rng(3).integers(0, 256, (8, 6, 3), np.uint8)
    pixels = picture[:, :, ::-1].astype(np.int64) - less
    pixels = pixels if shape[3] == 3 else pixels.transpose(2, 0, 1)
    # The file as it is, by ONNX's own evaluator, with whole numbers.
    evaluator = ReferenceEvaluator(onnx.load_from_string(data))
    [wanted] = evaluator.run(None, {"image": pixels[None].astype(kind)})
    assert found.predict(picture).probabilities == pytest.approx(wanted[0], abs=1e-5)


def test_a_network_that_computes_with_whole_numbers_keeps_its_input() -> None:
    data = network(
        """(uint8[1, 3, 8, 8] x) => (uint8[1, 3, 8, 8] y) {
            y = BitShift <direction = "LEFT"> (x, x)
        }"""
    )
    assert parse_model(data).data == data


@pytest.mark.parametrize("share", [0.1, 0.3, 0.5, 0.7, 0.9])
def test_a_rewritten_model_that_is_damaged_is_read_or_refused(share: float) -> None:
    data = takes_bytes("uint8", [1, 8, 6, 3], last=True)
    place = int(share * 400)  # before the weights
    for value in range(256):
        damaged = data[:place] + bytes([value]) + data[place + 1 :]
        with contextlib.suppress(VisionError):
            parse_model(damaged)


def test_a_list_of_tensors_is_named_and_not_opencvs_check_for_it() -> None:
    data = network("(seq(float[1, 3, 8, 8]) x) => (seq(float[1, 3, 8, 8]) y) { y = Identity (x) }")
    with refused(Fault.MODEL_UNSUPPORTED, "x is not one tensor"):
        Engine(parse_model(data))


def without_shapes(data: bytes, *names: str) -> bytes:
    """Return a model whose file does not say which shapes some inputs and outputs have."""
    model = onnx.load_from_string(data)
    for info in (*model.graph.input, *model.graph.output):
        if info.name in names:
            info.type.tensor_type.ClearField("shape")
    return bytes(model.SerializeToString())


@pytest.mark.parametrize("unsaid", [["image", "y"], ["y"]])
def test_a_shape_that_follows_from_nothing_is_named(unsaid: list[str]) -> None:
    # How many sides the output has lies in a tensor that depends on the picture.
    data = network(
        """(float[N, 3, 8, 8] image) => (float[1, 3] y) <int64[1] first = {0}> {
            sides = Shape (image)
            places = NonZero (sides)
            flat = Squeeze (places, first)
            y = Reshape (image, flat)
        }"""
    )
    with refused(Fault.MODEL_SHAPELESS, name=unsaid[0]):
        Engine(parse_model(without_shapes(data, *unsaid)))


def write_old_format(folder: Path) -> tuple[Path, Path]:
    net = old_format()
    text, weights = folder / "n.prototxt", folder / "n.caffemodel"
    text.write_bytes(net.prototxt)
    weights.write_bytes(net.caffemodel)
    return text, weights


@pytest.mark.parametrize(
    "given", [{"model": ".caffemodel"}, {"model": ".prototxt"}, {"prototxt": ".prototxt"}]
)
def test_the_other_half_beside_one_of_a_caffe_model_is_found(
    tmp_path: Path, images: Path, given: dict[str, str]
) -> None:
    write_old_format(tmp_path)
    files: dict[str, Any] = {name: tmp_path / f"n{suffix}" for name, suffix in given.items()}
    settings = {"scale": 0.001}  # its random weights bear no large numbers
    [report], skipped = classify_pictures([images / "coffee.png"], settings=settings, **files)
    assert skipped == []
    assert (report["model"], len(report["top"])) == ("n.caffemodel", 5)


@pytest.mark.parametrize("run", [classify_pictures, detect_pictures])
@pytest.mark.parametrize(
    ("given", "lacks"),
    [(".prototxt", Fault.MODEL_NEEDS_WEIGHTS), (".caffemodel", Fault.MODEL_NEEDS_PROTOTXT)],
)
def test_a_lone_half_of_a_caffe_model_says_which_one_is_missing(
    tmp_path: Path,
    images: Path,
    given: str,
    lacks: Fault,
    run: Callable[..., tuple[list[object], list[VisionError]]],
) -> None:
    halves = {path.suffix: path for path in write_old_format(tmp_path)}
    halves.pop(given).rename(tmp_path / f"alone{given}")
    next(iter(halves.values())).unlink()
    with refused(lacks, next(iter(halves))):
        run([images / "coffee.png"], tmp_path / f"alone{given}")


def test_the_two_halves_of_a_caffe_model_may_be_swapped(tmp_path: Path) -> None:
    text, weights = write_old_format(tmp_path)
    swapped = read_model_file(text, weights)
    assert swapped.data == read_model_file(weights, text).data
    assert swapped.name == str(weights)
    # Two texts are no pair.
    with refused(Fault.CAFFE_DAMAGED):
        read_model_file(text, text)


def test_json_that_describes_no_model_does_not_stand_in_its_way(tmp_path: Path) -> None:
    data, _, _ = linear_classifier(classes=2)
    (tmp_path / "m.onnx").write_bytes(data)
    for other in ({"epochs": 3, "loss": 0.1}, [1, 2], "text"):
        (tmp_path / "m.json").write_text(json.dumps(other))
        assert open_classifier(tmp_path / "m.onnx").manifest is None
    # One that is meant to and does not is said to be damaged.
    (tmp_path / "m.json").write_text(json.dumps({"preprocessing": {"size_wh": [0, 0]}}))
    with pytest.raises(VisionError) as caught:
        open_classifier(tmp_path / "m.onnx")
    assert caught.value.code in (Fault.MANIFEST_DAMAGED, Fault.PREPROCESSING_INVALID)


def test_settings_given_to_the_command_are_those_of_a_script(tmp_path: Path) -> None:
    data, weights, biases = linear_classifier(classes=3)
    path, picture = tmp_path / "m.onnx", tmp_path / "p.png"
    path.write_bytes(data)
    write_picture(picture, sample())
    settings = {"mean": (104.0, 117.0, 123.0), "scale": 1 / 64, "std": (1.0, 1.0, 1.0)}
    settings |= {"swap_rb": False, "crop": False}
    [report], _ = classify_pictures([picture], model=path, settings=settings)
    used = Preprocessing((8, 8), **settings)  # type: ignore[arg-type]  # as named there
    blob = used.blob(read_picture(picture))
    probabilities = softmax(blob.reshape(1, -1) @ weights + biases)[0]
    assert report["top"][0]["probability"] == pytest.approx(float(probabilities.max()), abs=1e-5)


def test_a_keras_network_may_give_its_mask_with_channels_last(tmp_path: Path) -> None:
    model = onnx.load_from_string(mask_model())
    [output] = model.graph.output
    picture = np.random.default_rng(0).integers(0, 256, (32, 32, 3), np.uint8)
    first, last = tmp_path / "first.onnx", tmp_path / "last.onnx"
    first.write_bytes(model.SerializeToString())
    turned = helper.make_node("Transpose", [output.name], ["last"], perm=[0, 2, 3, 1])
    model.graph.node.append(turned)
    del model.graph.output[:]
    model.graph.output.append(helper.make_tensor_value_info("last", 1, [1, 32, 32, 1]))
    last.write_bytes(model.SerializeToString())
    masks = []
    for path in (first, last):
        found = open_predictor(path)
        assert isinstance(found, Segmenter)
        masks.append(found.predict(picture).mask)
    assert np.ptp(masks[0]) > 0.1
    assert np.array_equal(masks[0], masks[1])
    # Nothing in the file says that they are people.
    with pytest.raises(VisionError) as caught:
        open_classifier(last)
    assert "a network that cuts out" in caught.value.sentence()


def test_shapes_that_do_not_fit_are_told_by_the_operator(tmp_path: Path) -> None:
    data = network(
        "(float[1, 3, 8, 8] image) => (float[1, 3, 8, 3] y) { y = MatMul (image, w) }",
        w=np.zeros((5, 3), np.float32),
    )
    with refused(Fault.MODEL_NOT_A_MODEL, "(the shapes do not fit at its operator MatMul)"):
        Engine(parse_model(data))
