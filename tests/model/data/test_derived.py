"""Inputs derived from columns: the grammar, the numbers, and what is refused."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from numpy.testing import assert_array_equal

from model.data import build_dataset, named_data
from model.data.derived import Feature, derive, derived_dataset, feature_name, term_of
from model.data.terms import MAX_FEATURES, Term, parse_features, parse_term
from model.defaults import default_experiment
from model.edits.features import with_features
from model.errors import ModelError
from model.experiment import (
    CsvData,
    DataSpec,
    Experiment,
    GateData,
    TruthTableData,
)
from model.network import Network
from model.training import train
from tests.model.refusals import refused


def test_the_numbers_by_hand() -> None:
    features = (
        Feature("column", 1, 1),
        Feature("product", 0, 1),
        Feature("square", 0, 0),
        Feature("sine", 1, 1),
    )
    found = derive(features, np.array([[2.0, 3.0], [-1.0, 0.5]]))
    expected = [[3.0, 6.0, 4.0, np.sin(3.0)], [0.5, -0.5, 1.0, np.sin(0.5)]]
    assert_array_equal(found, expected)


def test_without_features_the_rows_are_the_very_same() -> None:
    x = np.ones((3, 2))
    assert derive((), x) is x
    dataset = build_dataset(GateData("xor"))
    assert derived_dataset(dataset, ()) is dataset
    assert dataset.columns is dataset


@pytest.mark.parametrize(
    ("text", "term", "written"),
    [
        ("x1", Term("column", ("x1",)), "x1"),
        (" x1 * x2 ", Term("product", ("x1", "x2")), "x1*x2"),
        ("x1^2", Term("square", ("x1",)), "x1^2"),
        ("x1*x1", Term("square", ("x1",)), "x1^2"),
        ("sin( x2 )", Term("sine", ("x2",)), "sin(x2)"),
        ("sin", Term("column", ("sin",)), "sin"),
        ("x₁^2", Term("square", ("x₁",)), "x1^2"),
        ('"petal length"*b', Term("product", ("petal length", "b")), '"petal length"*b'),
        ('"a ""b"""', Term("column", ('a "b"',)), '"a ""b"""'),
        ('"1st"^2', Term("square", ("1st",)), '"1st"^2'),
        ("uzunluk_çapı", Term("column", ("uzunluk_çapı",)), "uzunluk_çapı"),
    ],
)
def test_terms_are_read_and_written(text: str, term: Term, written: str) -> None:
    assert parse_term(text) == term
    assert str(term) == written
    assert parse_term(written).key == term.key


@pytest.mark.parametrize(
    "text",
    ["", "x1,", ",x1", "x1^3", "x1+x2", "x1*x2*x3", "cos(x1)", 'x1,"a', "x1 x2", "x1*", "2*x1"],
)
def test_what_is_no_term_is_quoted_in_one_line(text: str) -> None:
    with refused("features.term") as caught:
        parse_features(text)
    assert "\n" not in str(caught.value)


def test_too_many_terms_and_equal_ones_are_refused() -> None:
    with pytest.raises(ModelError, match="twice"):
        parse_features("x1*x2,x2*x1")
    with pytest.raises(ModelError, match=f"at most {MAX_FEATURES}"):
        parse_features(",".join(f"c{n}" for n in range(MAX_FEATURES + 1)))


def test_a_column_that_is_not_there_is_named_with_those_that_are() -> None:
    experiment = default_experiment(GateData("xor"))
    with refused("features.column") as caught:
        with_features(experiment, ("x1", "x3^2"))
    assert "x3" in str(caught.value)
    assert "x₁, x₂" in str(caught.value)


def test_at_least_one_input_stays() -> None:
    with refused("features.none"):
        with_features(default_experiment(GateData("xor")), ())


def test_a_square_that_overflows_is_refused_by_its_row() -> None:
    table = TruthTableData(("a",), ("y",), ((1.0,), (1e200,)), ((0.0,), (1.0,)))
    with refused("data.not_finite") as caught:
        with_features_built(table, ("a^2",))
    assert caught.value.values["row"] == 2


def with_features_built(data: DataSpec, terms: tuple[str, ...]) -> None:
    build_dataset(with_features(default_experiment(data), terms))


def test_columns_are_scaled_before_inputs_are_made_of_them(tmp_path: Path) -> None:
    path = tmp_path / "years.csv"
    path.write_text("year,y\n2000,0\n2010,1\n2020,1\n2030,0\n")
    experiment = default_experiment(CsvData(str(path)))
    dataset = build_dataset(with_features(experiment, ("year", "year^2")))
    scaled = dataset.columns.x_train[:, 0]
    assert_array_equal(dataset.x_train, np.column_stack([scaled, scaled * scaled]))
    assert dataset.x_in_data_units(0, float(scaled[0])) == pytest.approx(
        dataset.columns.x_in_data_units(0, float(scaled[0]))
    )
    assert dataset.x_scaling(1) == (0.0, 1.0)


def test_names_follow_the_columns() -> None:
    names = ("x₁", "petal length")
    features = (
        Feature("column", 0, 0),
        Feature("product", 0, 1),
        Feature("square", 0, 0),
        Feature("sine", 0, 0),
        Feature("sine", 1, 1),
    )
    said = [feature_name(each, names) for each in features]
    assert said == ["x₁", "x₁·petal length", "x₁²", "sin x₁", "sin(petal length)"]
    assert term_of(features[1], names) == 'x1*"petal length"'


def test_noise_comes_before_the_product() -> None:
    experiment = default_experiment(GateData("xor", copies=3, noise=0.1))
    dataset = build_dataset(with_features(experiment, ("x1", "x2", "x1*x2")))
    x = dataset.x_train
    assert_array_equal(x[:, 2], x[:, 0] * x[:, 1])
    assert_array_equal(dataset.table_x[:, 2], [0, 0, 0, 1])


@pytest.mark.parametrize(
    ("name", "terms"),
    [
        ("xor", ("x1", "x2", "x1*x2")),
        ("xnor", ("x1", "x2", "x1*x2")),
        ("quadrants", ("x1*x2",)),
    ],
)
def test_one_unit_solves_what_no_line_can(name: str, terms: tuple[str, ...]) -> None:
    experiment = default_experiment(named_data(name), hidden=())
    trained = train(with_features(experiment, terms))
    assert len(trained.network.layers) == 1
    assert accuracy(trained) >= 0.98


def accuracy(trained: Experiment) -> float:
    dataset = build_dataset(trained)
    answers = Network.of(trained).forward(dataset.x_train) > 0.5
    return float((answers == (dataset.y_train > 0.5)).mean())
