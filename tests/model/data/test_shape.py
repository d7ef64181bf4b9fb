"""Columns of data are known without their rows."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from msgspec.structs import replace

from model.data.build import build_dataset
from model.data.cache import dataset_of, forget_datasets, is_quickly_read, quick_shape
from model.data.files.idx import write_idx
from model.data.files.reading import forget_files
from model.data.gates import GATES, gate_inputs
from model.data.shape import empty_dataset, shape_for_network, shape_of
from model.defaults import default_experiment
from model.experiment import CsvData, GateData, IdxData, PlaneData, SplitSpec, TableData


@pytest.mark.parametrize(
    "data", [GateData("half_adder"), PlaneData("regression_plane"), TableData("iris")]
)
def test_a_network_tells_what_it_was_made_for(data: GateData | PlaneData | TableData) -> None:
    experiment = default_experiment(data)
    told, real = shape_for_network(experiment), shape_of(dataset_of(experiment))
    assert (told.inputs, told.outputs, told.task) == (real.inputs, real.outputs, real.task)
    empty = empty_dataset(real)
    assert shape_of(empty) == real
    assert len(empty.x_train) == len(empty.x_test) == 0


@pytest.mark.parametrize("name", GATES)
def test_a_gate_tells_its_columns_without_rows(name: str) -> None:
    data = GateData(name, inputs=gate_inputs(name, 2))
    assert data.shape() == shape_of(build_dataset(data))


@pytest.fixture
def table(tmp_path: Path) -> CsvData:
    path = tmp_path / "large.csv"
    path.write_text("a,b,y\n" + "1,2,no\n2,1,yes\n3,1,maybe\n" * 20_000)
    assert not is_quickly_read(path)
    forget_datasets()
    forget_files()
    return CsvData(str(path), features=("a", "b"), targets=("y",))


def test_columns_of_a_large_table_are_known_once_it_was_read(table: CsvData) -> None:
    experiment = default_experiment(table)
    real = shape_of(dataset_of(experiment))
    forget_datasets()
    forget_files()
    Path(table.path).unlink()
    Path(table.path).write_text("x\n" + "1\n" * 200_000)  # as large, and nothing like it
    for other in (
        replace(experiment, seed=9),
        replace(experiment, split=SplitSpec(0.5)),
        replace(experiment, data=replace(table, scaling="none")),
    ):
        assert quick_shape(other) == real


def test_pictures_tell_their_columns_without_being_read(tmp_path: Path) -> None:
    images, labels = tmp_path / "images", tmp_path / "labels"
    rows = 600
    write_idx(images, np.zeros((rows, 30, 20), np.uint8))
    write_idx(labels, np.arange(rows, dtype=np.uint8) % 7)
    data = IdxData(str(images), str(labels))
    forget_datasets()
    told = quick_shape(default_experiment(), data)
    assert (told.inputs, told.outputs, told.task) == (600, 7, "multiclass")
    assert told == shape_of(dataset_of(default_experiment(data)))
