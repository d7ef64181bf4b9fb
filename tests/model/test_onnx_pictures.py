"""Networks that learned from pictures take pictures, and others are refused."""

from __future__ import annotations

import gzip
from pathlib import Path
from typing import Literal

import numpy as np
import onnx
import pytest
from numpy.testing import assert_allclose
from onnx.reference import ReferenceEvaluator

from model.data import build_dataset
from model.data.files.idx import idx_shape, write_idx
from model.experiment import (
    DataSpec,
    Experiment,
    GateData,
    IdxData,
    LayerSpec,
    NetworkSpec,
    SplitSpec,
    TableData,
)
from model.export import picture_model
from model.export.onnx_pictures import IMAGE
from model.initialisers import initialise
from model.network import Network
from tests.model.refusals import refused


def digits(scaling: Literal["none", "standard", "min_max"]) -> Experiment:
    layers = (LayerSpec(12, "relu"), LayerSpec(10, "softmax"))
    return initialise(
        Experiment(
            data=TableData("digits", scaling),
            split=SplitSpec(test_fraction=0.2),
            network=NetworkSpec(64, layers),
            seed=5,
        )
    )


def answers(content: bytes, pictures: np.ndarray) -> np.ndarray:
    model = onnx.load_model_from_string(content)
    (found,) = ReferenceEvaluator(model).run(None, {IMAGE: pictures.astype(np.float32)})
    return np.asarray(found)


@pytest.mark.parametrize("scaling", ["none", "standard", "min_max"])
def test_digits_are_taken_as_their_ink_and_scaled_inside(
    scaling: Literal["none", "standard", "min_max"],
) -> None:
    experiment = digits(scaling)
    made = picture_model(experiment)
    assert (made.size_wh, made.white) == ((8, 8), 16.0)
    assert made.class_names == tuple("0123456789")
    raw = build_dataset(TableData("digits"), experiment.split, experiment.seed)
    scaled = build_dataset(experiment)
    wanted = Network.of(experiment).forward(scaled.x_train)
    found = answers(made.onnx, raw.x_train.reshape(-1, 1, 8, 8))
    assert_allclose(found, wanted, atol=1e-5)


def test_idx_pictures_keep_their_sides_and_are_0_to_1(tmp_path: Path) -> None:
    generator = np.random.default_rng(0)
    pictures = generator.integers(0, 256, (20, 4, 6), np.uint8)
    names = tuple(str(tmp_path / name) for name in ("pictures.gz", "labels"))
    write_idx(names[0], pictures)
    write_idx(names[1], np.arange(20, dtype=np.uint8) % 3)
    network = NetworkSpec(24, (LayerSpec(3, "softmax"),))
    experiment = initialise(Experiment(data=IdxData(names[0], names[1]), network=network))
    made = picture_model(experiment)
    assert (made.size_wh, made.white, made.class_names) == ((6, 4), 1.0, ("0", "1", "2"))
    wanted = Network.of(experiment).forward(pictures.reshape(20, 24) / 255)
    found = answers(made.onnx, pictures[:, None] / 255)
    assert_allclose(found, wanted, atol=1e-5)


def test_data_that_are_no_pictures_are_refused(tmp_path: Path) -> None:
    names = tuple(str(tmp_path / name) for name in ("pictures", "labels"))
    write_idx(names[0], np.zeros((4, 2, 2), np.float32))
    write_idx(names[1], np.arange(4, dtype=np.uint8))
    pairs: list[tuple[DataSpec, NetworkSpec]] = [
        (GateData("xor"), NetworkSpec(2, (LayerSpec(1, "sigmoid"),))),
        (TableData("iris"), NetworkSpec(4, (LayerSpec(3, "softmax"),))),
        (IdxData(names[0], names[1]), NetworkSpec(4, (LayerSpec(4, "softmax"),))),
    ]
    for data, network in pairs:
        with refused("export.no_pictures"):
            picture_model(Experiment(data=data, network=network))


def test_the_head_of_an_idx_file_says_type_and_sides(tmp_path: Path) -> None:
    plain, packed = tmp_path / "plain", tmp_path / "packed.gz"
    for path in (plain, packed):
        write_idx(path, np.zeros((3, 5, 7), np.int16))
        kind, shape = idx_shape(path)
        assert (kind.kind, kind.itemsize, shape) == ("i", 2, (3, 5, 7))


@pytest.mark.parametrize(
    "content", [b"", b"\0\0\x08", b"\0\0\x08\0", b"\0\0\x08\x02\0\0\0\1", b"\0\1\x08\x01"]
)
def test_a_head_that_is_none_is_refused(tmp_path: Path, content: bytes) -> None:
    for path, data in ((tmp_path / "a", content), (tmp_path / "b", gzip.compress(content))):
        path.write_bytes(data)
        with refused("data.idx"):
            idx_shape(path)
