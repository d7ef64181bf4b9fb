"""What is read as a file: a regular one, not too large; never a device or a pipe."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from model.data import build_dataset
from model.data.files.idx import idx_shape
from model.defaults import default_experiment
from model.errors import ModelError
from model.experiment import CsvData, Experiment, IdxData
from model.file_bytes import file_bytes
from model.files import read_experiment
from model.lessons.challenges import read_challenge
from tests.model.refusals import refused

needs_devices = pytest.mark.skipif(os.name != "posix", reason="Windows has no such files")

DOORS: dict[str, Callable[[str], object]] = {
    "experiment": read_experiment,
    "challenge": read_challenge,
    "table": lambda path: build_dataset(Experiment(data=CsvData(path))),
    "pictures": lambda path: build_dataset(Experiment(data=IdxData(path, path))),
    "shape of pictures": idx_shape,
    "first rows": lambda path: default_experiment(CsvData(path)),
}


@pytest.fixture(params=["pipe", "device", "link to a device"])
def no_file(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    path = tmp_path / "innocent.csv"
    if request.param == "pipe":
        os.mkfifo(path)
    elif request.param == "device":
        return "/dev/zero"
    else:
        path.symlink_to("/dev/zero")
    return str(path)


@needs_devices
@pytest.mark.timeout(20)
@pytest.mark.parametrize("door", DOORS)
def test_devices_and_pipes_are_refused_at_every_door(door: str, no_file: str) -> None:
    with pytest.raises(ModelError) as caught:
        DOORS[door](no_file)
    assert caught.value.code.endswith(".not_a_file")
    assert no_file in caught.value.sentence()


def test_a_file_over_the_limit_names_its_size_and_the_limit(tmp_path: Path) -> None:
    path = tmp_path / "large"
    with path.open("wb") as stream:
        stream.truncate((3 << 20) + 1)
    with refused("data.too_large") as caught:
        file_bytes(path, 3 << 20, "data")
    assert "4 MB" in caught.value.sentence()
    assert "3 MB" in caught.value.sentence()
    assert len(file_bytes(path, 4 << 20, "data")) == (3 << 20) + 1


@pytest.mark.parametrize("door", ["experiment", "challenge", "table"])
def test_no_door_reads_a_gigabyte_and_more(door: str, tmp_path: Path) -> None:
    path = tmp_path / "large.csv"
    with path.open("wb") as stream:
        stream.truncate((1 << 30) + 1)  # takes no room on the disk
    with pytest.raises(ModelError) as caught:
        DOORS[door](str(path))
    assert caught.value.code.endswith(".too_large")
