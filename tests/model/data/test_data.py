"""Gates, patterns, tables, IDX files, splits: right by construction or by an independent rule."""

from __future__ import annotations

import itertools
from pathlib import Path
from typing import Literal

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from numpy.testing import assert_allclose, assert_array_equal
from sklearn.datasets import load_digits, load_iris

from model.data import GATES, PLANES, TABLES, TWO_INPUT_GATES, build_dataset, truth_table
from model.data.files.idx import read_idx, write_idx
from model.data.scaling import scale_columns, to_data_units, to_scaled
from model.data.sources import data_names, named_data
from model.data.split import split_rows
from model.errors import ModelError
from model.experiment import (
    CsvData,
    DataSpec,
    GateData,
    IdxData,
    PlaneData,
    PointsData,
    SplitSpec,
    TableData,
    TruthTableData,
)
from tests.model.refusals import refused


def test_the_sixteen_gates_are_all_functions_of_two_bits() -> None:
    tables = [tuple(truth_table(name)[1][:, 0].astype(int)) for name in TWO_INPUT_GATES]
    assert tables == list(itertools.product((0, 1), repeat=4))


@pytest.mark.parametrize("inputs", range(2, 9))
def test_gates_of_any_number_of_inputs(inputs: int) -> None:
    rules = {
        "and": lambda bits: sum(bits) == inputs,
        "or": lambda bits: sum(bits) > 0,
        "nand": lambda bits: sum(bits) < inputs,
        "nor": lambda bits: sum(bits) == 0,
        "parity": lambda bits: sum(bits) % 2 == 1,
        "majority": lambda bits: sum(bits) > inputs / 2,
    }
    for name, rule in rules.items():
        x, y = truth_table(name, inputs)
        assert x.shape == (2**inputs, inputs)
        assert [bool(v) for v in y[:, 0]] == [rule(row) for row in x]


def test_adders_add() -> None:
    for name, inputs in (("half_adder", 2), ("full_adder", 3)):
        x, y = truth_table(name, inputs)
        assert (2 * y[:, 0] + y[:, 1]).tolist() == x.sum(axis=1).tolist()
    assert GATES["full_adder"].outputs == ("carry", "sum")


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (GateData("and", 9), "data.gate_inputs"),
        (GateData("and", 1), "data.gate_inputs"),
        (GateData("nope"), "data.unknown_gate"),
        (GateData("xor", copies=0), "data.copies"),
        (GateData("xor", noise=-1.0), "data.noise"),
        (GateData("xor", noise=float("nan")), "data.noise"),
        (PlaneData("nope"), "data.unknown_plane"),
        (PlaneData("circle", 1), "data.points"),
        (PlaneData("circle", 10**15), "data.points"),
        (GateData("xor", copies=10**15), "data.copies"),
        (PlaneData("circle", noise=7.0), "data.noise"),
        (PointsData(), "data.no_points"),
        (PointsData(((0.0, 0.0, 2.0),), 2), "data.point_class"),
        (PointsData(((0.0, float("inf"), 1.0),), 2), "data.not_finite"),
        (TableData("nope"), "data.unknown_table"),
        (TruthTableData(("a",), ("y",), (), ()), "data.table_rows"),
        (TruthTableData(("a",), ("y",), ((0.0,), (1.0, 2.0)), ((0.0,), (1.0,))), "data.table_row"),
        (CsvData("/nowhere/at/all.csv"), "data.unreadable"),
        (IdxData("/nowhere/x", "/nowhere/y"), "data.unreadable"),
    ],
)
def test_data_that_cannot_be_built_is_refused(data: GateData, code: str) -> None:
    with refused(code):
        build_dataset(data)


@pytest.mark.parametrize("noise", [0.0, 0.05, 5.0])
def test_a_training_row_is_the_tables_that_has_its_targets(noise: float) -> None:
    """Rows that contradict each other, or of which one is free, lie at the same place."""
    rows = ((0.0, 1.0), (1.0, 1.0), (0.0, 1.0), (0.0, 1.0))
    targets = ((1.0,), (0.0,), (0.0,), (None,))
    data = build_dataset(TruthTableData(("a", "b"), ("p",), rows, targets, copies=6, noise=noise))
    assert data.mask_train is not None
    of_row = {(1.0, 1.0): {0}, (0.0, 1.0): {1, 2}, (0.0, 0.0): {3}}
    own = data.indices_by_number(range(24))
    assert sorted(own) == sorted([0, 1, 2, 3] * 6)
    assert [row + 1 for row in own] == data.row_numbers[0].tolist()
    for row, y, counts in zip(own, data.y_train[:, 0], data.mask_train[:, 0], strict=True):
        assert row in of_row[float(y), float(counts)]


def test_copies_jitter_and_the_clean_table() -> None:
    data = build_dataset(GateData("xor", copies=50, noise=0.1), SplitSpec(0.2), 1)
    assert (len(data.x_train), len(data.x_test)) == (160, 40)
    assert data.table_x is not None
    assert data.table_x.tolist() == [[0, 0], [0, 1], [1, 0], [1, 1]]
    nearest = np.round(np.clip(data.x_train, 0, 1))
    agree = (nearest[:, 0] != nearest[:, 1]) == (data.y_train[:, 0] > 0.5)
    assert agree.all()
    assert 0.05 < np.std(data.x_train - nearest) < 0.15


def test_free_answers_are_masked_in_a_typed_table() -> None:
    typed = TruthTableData(
        ("a", "b"), ("p", "q"), ((0, 0), (0, 1), (1, 1)), ((0, None), (1, 1), (None, 0))
    )
    data = build_dataset(typed)
    assert data.task == "multilabel"
    assert data.mask_train is not None
    assert data.mask_train.tolist() == [[1, 0], [1, 1], [0, 1]]
    assert data.mask_at([2, 0]).tolist() == [[0, 1], [1, 0]]
    values = build_dataset(TruthTableData(("a",), ("y",), ((0,), (1,)), ((2.5,), (1,))))
    assert values.task == "regression"


@pytest.mark.parametrize("name", PLANES)
def test_patterns_are_drawn_from_the_seed(name: str) -> None:
    one, same, other = (build_dataset(PlaneData(name, 300), None, s) for s in (1, 1, 2))
    assert_array_equal(one.x_train, same.x_train)
    assert not np.array_equal(one.x_train, other.x_train)
    assert np.abs(one.x_train).max() < 1.7
    assert one.task == ("regression" if PLANES[name].regression else "binary")


@pytest.mark.parametrize("name", PLANES)
def test_the_noise_has_the_deviation_that_is_said_of_it(name: str) -> None:
    noisy, calm = (build_dataset(PlaneData(name, 20_000, noise)) for noise in (0.4, 0.0))
    moved: np.ndarray = noisy.x_train - calm.x_train
    if name == "gaussians":  # without noise a cloud has a width of its own
        moved = noisy.x_train - np.where(noisy.y_train == 1.0, 0.5, -0.5)
    if PLANES[name].regression:
        assert not moved.any()
        moved = noisy.y_train - calm.y_train
    said = PLANES[name].deviation(0.4)
    # Of n normal numbers the deviation found has itself the deviation said / sqrt(2 n).
    assert abs(moved.std() - said) < 5.0 * said / np.sqrt(2.0 * moved.size)


def test_patterns_without_noise_obey_their_rules() -> None:
    quadrants = build_dataset(PlaneData("quadrants", 400, 0.0))
    x, y = quadrants.x_train, quadrants.y_train[:, 0]
    assert ((x[:, 0] * x[:, 1] < 0) == (y == 1)).all()
    circle = build_dataset(PlaneData("circle", 400, 0.0))
    radius = np.linalg.norm(circle.x_train, axis=1)
    assert ((radius < 0.6) == (circle.y_train[:, 0] == 1)).all()
    assert circle.y_train.mean() == 0.5
    slope = build_dataset(PlaneData("regression_plane", 50, 0.0))
    assert_allclose(slope.y_train[:, 0], slope.x_train.mean(axis=1))
    hills = build_dataset(PlaneData("regression_gaussian", 2000, 0.0))
    assert hills.y_train.min() < -0.9
    assert hills.y_train.max() > 0.9


def test_points_of_three_classes_and_of_values() -> None:
    points = ((0.0, 1.0, 0.0), (1.0, 0.0, 2.0), (0.5, 0.5, 1.0))
    data = build_dataset(PointsData(points, 3))
    assert data.y_train.tolist() == [[1, 0, 0], [0, 0, 1], [0, 1, 0]]
    assert data.labels_train.tolist() == [0, 2, 1]
    assert build_dataset(PointsData(points, 2, regression=True)).task == "regression"


def test_tables_are_the_published_ones() -> None:
    iris, digits = load_iris(), load_digits()
    data = build_dataset(TableData("iris"))
    assert_array_equal(data.x_train, iris.data)
    assert_array_equal(data.labels_train, iris.target)
    assert data.class_names == ("setosa", "versicolor", "virginica")
    data = build_dataset(TableData("digits"))
    assert_array_equal(data.x_train, digits.data)
    assert_array_equal(data.labels_train, digits.target)
    titanic = build_dataset(TableData("titanic"))
    assert (len(titanic.x_train), int(titanic.y_train.sum())) == (1316, 499)
    assert set(titanic.x_train[:, 0]) == {1.0, 2.0, 3.0}
    symptoms = build_dataset(TableData("symptoms"))
    assert symptoms.x_train[5].tolist() == symptoms.x_train[2].tolist()
    assert symptoms.y_train[:, 0].tolist() == [1, 1, 0, 0, 1, 1, 0, 0]


@pytest.mark.parametrize("scaling", ["standard", "min_max"])
def test_scaling_is_fitted_on_training_rows(scaling: str) -> None:
    generator = np.random.default_rng(0)
    train, test = generator.normal(5, 3, (40, 2)), generator.normal(5, 3, (10, 2))
    a, b, _, _ = scale_columns(train, test, scaling)  # type: ignore[arg-type]  # the parameter's literals
    if scaling == "standard":
        assert_allclose((a.mean(axis=0), a.std(axis=0)), ((0, 0), (1, 1)), atol=1e-12)
    else:
        assert (float(a.min()), float(a.max())) == (0.0, 1.0)
    slope = (a[1] - a[0]) / (train[1] - train[0])
    assert_allclose(b - a[0], (test - train[0]) * slope)


@pytest.mark.parametrize(
    "data",
    [
        GateData("xor", copies=5),
        TableData("iris", scaling="none"),
        PointsData(tuple((n / 10, -n / 10, float(n % 2)) for n in range(10)), 2),
    ],
    ids=lambda data: type(data).__name__,
)
def test_each_row_of_a_split_says_which_of_the_data_it_is(data: DataSpec) -> None:
    whole, part = build_dataset(data), build_dataset(data, SplitSpec(0.4), seed=3)
    rows = whole.x_train if whole.table_x is None else whole.table_x
    for numbers, x in zip(part.row_numbers, (part.x_train, part.x_test), strict=True):
        assert len(x) > 0
        assert_array_equal(rows[numbers - 1], x)


@given(
    rows=st.integers(2, 60),
    share=st.floats(0.0, 0.9),
    stratify=st.booleans(),
    seed=st.integers(0, 99),
)
def test_every_row_is_on_one_side_of_a_split(
    rows: int, share: float, stratify: bool, seed: int
) -> None:
    generator = np.random.default_rng(seed)
    classes = generator.integers(0, 3, rows)
    try:
        train, test = split_rows(rows, SplitSpec(share, stratify), generator, classes)
    except ModelError:
        assert share > 0.5
        return
    assert sorted([*train, *test]) == list(range(rows))
    if stratify:
        for c in np.unique(classes):
            wanted = round(int((classes == c).sum()) * share)
            assert int((classes[test] == c).sum()) == wanted
    else:
        assert len(test) == round(rows * share)


def test_names_of_the_command_line() -> None:
    assert named_data("XOR") == named_data("xor")
    assert named_data("And:3") == GateData("and", 3)
    assert named_data("Table.CSV") == CsvData("Table.CSV")
    assert named_data("xor") == GateData("xor")
    assert named_data("not") == GateData("not", 1)
    assert named_data("parity:5") == GateData("parity", 5)
    assert named_data("spiral") == PlaneData("spiral")
    assert named_data("iris") == TableData("iris")
    assert named_data("some/where.CSV") == CsvData("some/where.CSV")
    for name in data_names():
        build_dataset(named_data(name))
    assert len(data_names()) == len(set(data_names())) == len(GATES) + len(PLANES) + len(TABLES)
    function = PlaneData("formula", formula="sin(3*x1)*x2")
    assert named_data("sin(3*x1)*x2") == function
    assert build_dataset(named_data("x1² < x2")).task == "binary"
    with pytest.raises(ModelError, match="no formula of x1 and x2"):
        named_data("sin(3*x1")
    with pytest.raises(ModelError, match="no data called rubbish"):
        named_data("rubbish")


@settings(max_examples=80, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    values=st.sampled_from(["u1", "i1", "i2", "i4", "f4", "f8"]).flatmap(
        lambda kind: arrays(kind, st.tuples(st.integers(0, 4), st.integers(1, 3)))
    ),
    packed=st.booleans(),
)
def test_idx_files_come_back_exactly(values: np.ndarray, packed: bool, tmp_path: Path) -> None:
    path = tmp_path / ("a.gz" if packed else "a")
    write_idx(path, values)
    again = read_idx(path)
    assert again.dtype == values.dtype
    assert_array_equal(again, values)


def pictures(folder: Path, rows: int = 12) -> IdxData:
    generator = np.random.default_rng(1)
    images = generator.integers(0, 256, (rows, 4, 3)).astype(np.uint8)
    write_idx(folder / "x", images)
    write_idx(folder / "y", (np.arange(rows) % 3).astype(np.uint8))
    return IdxData(str(folder / "x"), str(folder / "y"))


def test_pictures_become_rows_of_nought_to_one(tmp_path: Path) -> None:
    spec = pictures(tmp_path)
    data = build_dataset(spec)
    assert data.x_train.shape == (12, 12)
    assert data.x_train.dtype == np.float32
    assert 0.0 <= data.x_train.min() < data.x_train.max() <= 1.0
    assert data.task == "multiclass"
    limited = build_dataset(IdxData(spec.images, spec.labels, spec.images, spec.labels, limit=5))
    assert (len(limited.x_train), len(limited.x_test)) == (5, 12)


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "two zero bytes"),
        (b"\1\0\x08\1\0\0\0\1a", "two zero bytes"),
        (b"\0\0\x77\1\0\0\0\1a", "unknown type 0x77"),
        (b"\0\0\x08\3\0\0\0\1", "dimensions are missing"),
        (b"\0\0\x08\1\0\0\0\5abc", "5 values take 5 bytes, but 3 follow"),
        (b"\0\0\x08\2\xff\xff\xff\xff\xff\xff\xff\xff", "but 0 follow"),
    ],
)
def test_a_damaged_idx_file_is_named(content: bytes, words: str, tmp_path: Path) -> None:
    path = tmp_path / "damaged"
    path.write_bytes(content)
    with refused("data.idx") as caught:
        read_idx(path)
    assert words in caught.value.sentence()


def test_pictures_and_labels_must_fit(tmp_path: Path) -> None:
    spec = pictures(tmp_path)
    write_idx(tmp_path / "short", np.zeros(3, np.uint8))
    with refused("data.idx_rows"):
        build_dataset(IdxData(spec.images, str(tmp_path / "short")))
    with pytest.raises(ModelError):
        build_dataset(IdxData(spec.labels, spec.labels))
    write_idx(tmp_path / "empty", np.zeros((0, 2, 2), np.uint8))
    write_idx(tmp_path / "none", np.zeros(0, np.uint8))
    with refused("data.empty"):
        build_dataset(IdxData(str(tmp_path / "empty"), str(tmp_path / "none")))


@pytest.mark.parametrize("scaling", ["none", "standard", "min_max"])
def test_a_scaled_table_leads_back_to_its_own_units(
    scaling: Literal["none", "standard", "min_max"],
) -> None:
    split = SplitSpec(test_fraction=0.2)
    raw = build_dataset(TableData("iris"), split, 3)
    data = build_dataset(TableData("iris", scaling), split, 3)
    assert (data.x_offset is None) == (scaling == "none")
    for scaled, own in ((data.x_train, raw.x_train), (data.x_test, raw.x_test)):
        back = to_data_units(scaled, data.x_offset, data.x_spread)
        assert_allclose(back, own, rtol=1e-13)
        assert_allclose(to_scaled(back, data.x_offset, data.x_spread), scaled, atol=1e-13)
