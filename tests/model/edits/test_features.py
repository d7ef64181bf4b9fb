"""Edits of the inputs: weights of those that stay, and what other data make of them."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from msgspec.structs import replace
from numpy.testing import assert_array_equal

from model.data import build_dataset
from model.defaults import default_experiment
from model.edits.features import listed, with_feature_toggled, with_features
from model.edits.network import (
    same_task,
    with_chosen_data,
    with_data,
    with_pin_toggled,
)
from model.edits.tables import with_input_added, with_input_removed
from model.experiment import CsvData, Experiment, GateData, PlaneData, TableData
from model.initialisers import initialise
from model.training.live import live_messages

ALL = ("x1", "x2", "x1*x2")


@pytest.fixture
def xor() -> Experiment:
    return initialise(default_experiment(GateData("xor")))


def weights(experiment: Experiment) -> np.ndarray:
    return experiment.network.layers[0].weights


def test_weights_and_pins_move_with_their_inputs(xor: Experiment) -> None:
    pinned = with_pin_toggled(with_pin_toggled(xor, 0, 1, 2), 0, 2, 3)  # of x2, and a bias
    more = with_features(pinned, ALL)
    assert more.network.inputs == 3
    assert_array_equal(weights(more)[:2], weights(xor))
    assert more.network.layers[0].pinned == ((1, 2), (3, 3))
    fewer = with_features(more, ("x1*x2", "x2"))
    assert_array_equal(weights(fewer), weights(more)[[2, 1]])
    assert fewer.network.layers[0].pinned == ((1, 2), (2, 3))
    biases = [each.network.layers[0].biases for each in (xor, fewer)]
    assert_array_equal(biases[0], biases[1])


def test_the_plain_columns_in_their_order_are_no_features(xor: Experiment) -> None:
    assert with_features(xor, ("x1", "x2")) == xor
    back = with_features(with_features(xor, ALL), ("x1", "x2"))
    assert back.features == ()
    assert_array_equal(weights(back), weights(xor))
    assert with_features(xor, ("x2", "x1")).features == ("x2", "x1")


def test_a_toggled_input_finds_its_place(xor: Experiment) -> None:
    experiment = xor
    for term in ("sin(x1)", "x1^2", "x2*x1"):
        experiment = with_feature_toggled(experiment, term)
    assert listed(experiment) == ("x1", "x2", "x2*x1", "x1^2", "sin(x1)")
    experiment = with_feature_toggled(experiment, "x1")
    assert listed(experiment) == ("x2", "x2*x1", "x1^2", "sin(x1)")
    experiment = with_feature_toggled(experiment, "x1*x2")
    assert listed(experiment) == ("x2", "x1^2", "sin(x1)")
    experiment = with_feature_toggled(with_feature_toggled(experiment, "x1"), "x1^2")
    assert with_feature_toggled(experiment, "sin(x1)").features == ()


def test_other_inputs_are_another_task_and_need_another_trainer(xor: Experiment) -> None:
    product, square = with_features(xor, ("x1", "x1*x2")), with_features(xor, ("x1", "x1^2"))
    assert not same_task(product, square)
    assert live_messages(product, replace(square, network=product.network)) is None


def test_inputs_follow_a_table_that_gains_and_loses_a_column(xor: Experiment) -> None:
    experiment = with_features(xor, ALL)
    table = experiment.data.truth_table()
    wider = with_data(experiment, with_input_added(table))
    assert wider.features == ("x1", "x2", "x1*x2", "x3")
    assert_array_equal(weights(wider)[:3], weights(experiment))
    narrow = with_data(experiment, with_input_removed(table))
    assert narrow.features == ()
    assert narrow.network.inputs == 1
    assert_array_equal(weights(narrow), weights(experiment)[:1])
    build_dataset(wider)
    build_dataset(narrow)


def test_inputs_stay_where_the_columns_do(xor: Experiment) -> None:
    experiment = with_features(xor, ALL)
    for data in (GateData("and"), PlaneData("circle")):
        chosen = with_chosen_data(experiment, data)
        assert chosen.features == ALL
        assert chosen.network.inputs == build_dataset(chosen).inputs == 3
    flowers = with_chosen_data(experiment, TableData("iris"))
    assert flowers.features == ()
    assert flowers.network.inputs == 4


def test_scaling_a_table_leaves_its_inputs_alone(tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    path.write_text("a,b,y\n1,2,0\n3,1,1\n2,5,0\n4,4,1\n")
    data = CsvData(str(path))
    experiment = with_features(initialise(default_experiment(data)), ("a", "a*b"))
    scaled = with_data(experiment, replace(data, scaling="min_max"))
    assert scaled.features == ("a", "a*b")
    assert scaled.network == experiment.network


def test_rows_that_are_edited_are_those_of_the_columns() -> None:
    data = TableData("symptoms")
    experiment = with_features(default_experiment(data), ('"weight loss"^2', '"runny nose"'))
    table = data.editable_rows(build_dataset(experiment))
    assert table == data.editable_rows(build_dataset(data))
