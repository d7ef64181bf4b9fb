"""A file is read once as long as it stays as it is, and what is kept of it is bounded."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from model.data import build_dataset
from model.data.csv import read_csv
from model.data.files.idx import write_idx
from model.data.files.reading import MAX_BYTES, forget_files, read_cached
from model.errors import ModelError
from model.experiment import CsvData, DataSpec, IdxData, SplitSpec


@pytest.fixture(autouse=True)
def nothing_kept() -> Iterator[None]:
    forget_files()
    yield
    forget_files()


class Reader:
    """Read a file's bytes and count how often."""

    def __init__(self, path: Path, size: int = 1) -> None:
        self.path, self.size, self.count = path, size, 0

    def __call__(self, how: str = "") -> bytes:
        return read_cached(str(self.path), how, self._read, lambda _: self.size)

    def _read(self) -> bytes:
        self.count += 1
        return self.path.read_bytes()


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "file"
    path.write_bytes(b"one")
    return path


def test_a_file_is_read_once_for_each_way_of_reading(file: Path) -> None:
    read = Reader(file)
    assert [read(), read(), read("other"), read("other"), read()] == [b"one"] * 5
    assert read.count == 2


@pytest.mark.parametrize("content", [b"longer", b"two"])
def test_a_file_that_has_changed_is_read_again(file: Path, content: bytes) -> None:
    read, before = Reader(file), file.stat()
    assert read() == b"one"
    file.write_bytes(content)
    # Also within the clock's own step, or where a program has put the time back.
    os.utime(file, ns=(before.st_atime_ns, before.st_mtime_ns + (len(content) == 3)))
    assert read() == content
    assert read() == content
    assert read.count == 2


def test_a_file_that_another_one_takes_the_place_of_is_read_again(file: Path) -> None:
    read, before = Reader(file), file.stat()
    assert read() == b"one"
    other = file.with_name("other")
    other.write_bytes(b"two")
    os.utime(other, ns=(before.st_atime_ns, before.st_mtime_ns))
    other.replace(file)
    assert read() == b"two"


def test_what_is_kept_is_bounded_and_the_oldest_goes_first(tmp_path: Path) -> None:
    readers = [Reader(tmp_path / str(number), MAX_BYTES // 3) for number in range(4)]
    for reader in readers:
        reader.path.write_bytes(b"x")
    for reader in readers[:3]:
        reader()
    readers[0]()
    assert [reader.count for reader in readers] == [1, 1, 1, 0]
    readers[3]()
    for reader in (readers[0], readers[2], readers[3], readers[1]):
        reader()
    assert [reader.count for reader in readers] == [1, 2, 1, 1]


def csv_data(folder: Path) -> CsvData:
    path = folder / "table.csv"
    rows = [f"{i},{i % 7},{'red' if i % 3 else 'blue'},{i % 2}" for i in range(200)]
    path.write_text("\n".join(["a,b,c,y", *rows]))
    return CsvData(str(path), features=("a", "b", "c"), targets=("y",))


def idx_data(folder: Path) -> IdxData:
    generator = np.random.default_rng(0)
    images, labels = folder / "images-ubyte", folder / "labels-ubyte"
    write_idx(images, generator.integers(0, 256, (60, 3, 3), np.uint8))
    write_idx(labels, generator.integers(0, 4, 60, np.uint8))
    return IdxData(str(images), str(labels))


@pytest.mark.parametrize("make", [csv_data, idx_data])
def test_another_split_of_what_is_kept_is_that_of_the_file(make: object, tmp_path: Path) -> None:
    assert callable(make)
    data: DataSpec = make(tmp_path)
    split = SplitSpec(0.25, stratify=True)
    kept = []
    for seed in (0, 1, 0):
        kept.append(build_dataset(data, split, seed))
        kept[-1].x_train[:] += 1.0  # a data set is its owner's; what is kept does not change
    for dataset, seed in zip(kept, (0, 1, 0), strict=True):
        forget_files()
        fresh = build_dataset(data, split, seed)
        np.testing.assert_array_equal(dataset.x_train, fresh.x_train + 1.0)
        np.testing.assert_array_equal(dataset.y_train, fresh.y_train)
        np.testing.assert_array_equal(dataset.x_test, fresh.x_test)
        np.testing.assert_array_equal(dataset.y_test, fresh.y_test)


def test_a_damaged_file_is_said_each_time(tmp_path: Path) -> None:
    data = csv_data(tmp_path)
    Path(data.path).write_text("a,b\n1\n")
    for _ in range(2):
        with pytest.raises(ModelError) as caught:
            read_csv(data)
        assert caught.value.code == "data.csv_ragged"
