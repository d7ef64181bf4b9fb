"""Data sets that are kept: another file in the place of the one that was read is not missed."""

from __future__ import annotations

import gzip
import os
from pathlib import Path

import pytest
from msgspec.structs import replace

from model.data import cache as datasets
from model.data.cache import dataset_of, is_quickly_available, is_quickly_read
from model.defaults import default_experiment
from model.experiment import CsvData, Experiment


@pytest.mark.parametrize("rows", [8, 12])
def test_another_file_of_the_same_date_is_read(tmp_path: Path, rows: int) -> None:
    path, other = tmp_path / "table.csv", tmp_path / "other.csv"
    path.write_text("a,b,y\n" + "1,2,no\n2,1,yes\n" * 4)
    experiment = default_experiment(
        CsvData(str(path), features=("a", "b"), targets=("y",), scaling="none")
    )
    assert dataset_of(experiment) is dataset_of(experiment)
    before = path.stat()
    other.write_text("a,b,y\n" + "3,4,no\n4,3,yes\n" * (rows // 2))
    os.utime(other, ns=(before.st_atime_ns, before.st_mtime_ns))
    other.replace(path)
    dataset = dataset_of(experiment)
    assert len(dataset.x_train) + len(dataset.x_test) == rows
    assert set(dataset.x_train[:, 0]) == {3.0, 4.0}


def test_of_large_data_only_the_newest_stay_where_both_would_take_too_much(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "table.csv"
    path.write_text("a,b,y\n" + "1,2,no\n2,1,yes\n" * 30_000)
    assert not is_quickly_read(path)
    data = CsvData(str(path), features=("a", "b"), targets=("y",), scaling="none")
    first = default_experiment(data)
    second = replace(first, seed=first.seed + 1)
    for experiment in (first, second):
        dataset_of(experiment)
    assert is_quickly_available(first)
    assert is_quickly_available(second)
    size = dataset_of(second).x_train.nbytes
    monkeypatch.setattr(datasets, "MAX_BYTES", size)
    dataset_of(second)
    assert not is_quickly_available(first)
    assert is_quickly_available(second)


def test_a_packed_table_that_unpacks_to_much_is_left_to_the_worker(tmp_path: Path) -> None:
    content = b"kind,y\n" + b"a large animal,1\na small one,0\n" * 300_000
    path = tmp_path / "table.csv.gz"
    path.write_bytes(gzip.compress(content))
    assert path.stat().st_size < datasets.AT_ONCE_BYTES < len(content)
    assert not is_quickly_available(Experiment(data=CsvData(str(path))))
