"""Conditions: what each relation says, what cannot be told, and that a check is cheap."""

from __future__ import annotations

import dataclasses
from typing import Any

import numpy as np
import pytest
from msgspec.structs import replace as changed

from model.command.check import check_lesson
from model.defaults import default_experiment
from model.experiment import (
    CsvData,
    Experiment,
    GateData,
    LayerSpec,
    NetworkSpec,
    PlaneData,
    SplitSpec,
    TableData,
)
from model.lessons import LESSONS, read_lesson
from model.lessons.conditions import QUANTITIES, Condition, check, current_value, find_fault, is_met
from model.lessons.situation import (
    Situation,
    place_at,
    row_of,
    situation_in_file,
    unit_text,
    weight_at,
)
from model.places import INPUTS, UnitAt
from model.training import Trainer, train

XOR = Experiment(
    data=GateData("xor"),
    network=NetworkSpec(2, (LayerSpec(3, "tanh"), LayerSpec(1, "sigmoid", use_bias=False))),
    seed=5,
)


@pytest.fixture(scope="module")
def situation() -> Situation:
    return dataclasses.replace(
        situation_in_file(XOR),
        row=2,
        unit="1.h3",
        open=frozenset({"microscope", "hidden_space"}),
        stopped_by="",
        seen={"threshold": 0.5, "label_drawn": True, "preprocessing": frozenset({"swap_rb"})},
    )


@pytest.mark.parametrize(
    ("asked", "met"),
    [
        ({"code": "seed", "is_": 5}, True),
        ({"code": "seed", "not_": 5}, False),
        ({"code": "seed", "at_least": 5, "at_most": 5}, True),
        ({"code": "seed", "above": 5}, False),
        ({"code": "seed", "below": 6}, True),
        ({"code": "data", "is_": "xor"}, True),
        ({"code": "data", "any_of": ("and", "or")}, False),
        ({"code": "data", "not_": "and"}, True),
        ({"code": "open", "has": ("microscope",)}, True),
        ({"code": "open", "has": ("microscope", "weights")}, False),
        ({"code": "open", "lacks": ("weights",)}, True),
        ({"code": "open", "lacks": ("microscope",)}, False),
        ({"code": "open", "only": ("microscope",)}, False),
        ({"code": "open", "only": ("microscope", "hidden_space", "loss")}, True),
        ({"code": "hidden_layers", "is_": 1}, True),
        ({"code": "hidden_units", "is_": 3}, True),
        ({"code": "units", "layer": 1, "is_": 3}, True),
        ({"code": "units", "layer": -1, "is_": 1}, True),
        ({"code": "units", "layer": 3, "is_": 0}, True),
        ({"code": "activation", "layer": 1, "is_": "tanh"}, True),
        ({"code": "activation", "layer": 9, "is_": "tanh"}, None),
        ({"code": "bias", "layer": 1, "is_": True}, True),
        ({"code": "bias", "layer": 2, "is_": True}, False),
        ({"code": "parameters", "is_": 12}, True),
        ({"code": "weight", "at": "2.y1.b", "above": 0.0}, None),
        ({"code": "row", "is_": 2}, True),
        ({"code": "unit", "is_": "1.h3"}, True),
        ({"code": "stopped_by", "is_": ""}, True),
        ({"code": "part", "is_": "bias"}, None),
        ({"code": "tab", "is_": "vision"}, None),
        ({"code": "model", "is_": "x"}, None),
        ({"code": "test_accuracy", "at_least": 0.5}, None),
        ({"code": "threshold", "at_least": 0.5}, True),
        ({"code": "label_drawn", "is_": True}, True),
        ({"code": "preprocessing", "only": ("swap_rb",)}, True),
        ({"code": "preprocessing", "lacks": ("swap_rb", "mean")}, False),
        ({"code": "top_k", "at_least": 5}, None),
    ],
)
def test_what_a_condition_says(
    asked: dict[str, Any], met: bool | None, situation: Situation
) -> None:
    condition = Condition(**asked)
    assert find_fault(condition) is None
    assert is_met(condition, situation) is met
    assert check(condition, situation).met is met


@pytest.mark.parametrize(
    ("how", "lower", "same", "higher"),
    [
        ("rises", False, False, True),
        ("falls", True, False, False),
        ("changes", True, False, True),
    ],
)
def test_a_number_is_compared_with_the_opening(
    how: Any, lower: bool, same: bool, higher: bool, situation: Situation
) -> None:
    condition = Condition("loss", since_opening=how)
    opening = dataclasses.replace(situation, loss=1.0)
    found = [
        is_met(condition, dataclasses.replace(situation, loss=loss), opening)
        for loss in (0.5, 1.0, 1.5)
    ]
    assert found == [lower, same, higher]
    assert is_met(condition, situation) is None  # a file knows no opening


def test_what_was_on_the_screen_a_file_cannot_tell() -> None:
    told = situation_in_file(XOR)
    unknown = {
        code
        for code, quantity in QUANTITIES.items()
        if not quantity.needs and current_value(Condition(code), told) is None
    }
    assert unknown == {
        "test_accuracy", "test_loss", "stopped_by", "row", "unit", "part", "open", "tab",
        "exports", "predicted", "findings", "lottery_seeds", "lottery_solved", "classes",
        "pictures", "held_out", "head_accuracy", "head_baseline", "head_mistakes", "head_epochs",
        "head_units", "curve_points", "preview", "source", "model", "label", "probability",
        "threshold", "top_k", "label_drawn", "preprocessing", "blob_scale", "women_survived",
    }  # fmt: skip
    lesson = read_lesson(LESSONS / "eight_steps")
    checked = check_lesson(lesson, XOR)
    assert {c.code for c in checked if c.met is None} >= {"row", "part", "open"}
    assert {c.found for c in checked if c.met is None} >= {"unknown"}


def test_figures_are_those_of_training() -> None:
    iris = default_experiment(TableData("iris"), seed=1)
    trainer = Trainer(iris)
    for _ in range(5):
        trainer.step_epoch()
    snapshot = trainer.snapshot()
    told = situation_in_file(trainer.experiment())
    assert told.train is not None
    assert told.test is not None
    assert told.train.accuracy == snapshot.train_accuracy
    assert told.train.right == round(snapshot.train_accuracy * len(trainer.dataset.x_train))
    assert told.test.rows == len(trainer.dataset.x_test)
    values = situation_in_file(train(default_experiment(PlaneData("regression_plane")), epochs=1))
    assert values.train is not None
    assert values.train.right == 0
    assert (told.loss, told.epoch, told.steps) == (snapshot.train_loss, 5, snapshot.step)


def test_baselines_need_no_network() -> None:
    split = SplitSpec(0.3)
    titanic = changed(default_experiment(TableData("titanic"), seed=1), split=split)
    told = situation_in_file(titanic)
    assert told.dataset is not None
    died = float(np.mean(told.dataset.y_test == 0.0))
    assert current_value(Condition("baseline"), told) == died
    rule = current_value(Condition("women_survived"), told)
    female = told.dataset.x_test[:, [1]] > 0.0
    assert rule == float(np.mean(female == (told.dataset.y_test > 0.5)))
    # Without test rows the training rows are judged: half of XOR's are 1.
    assert current_value(Condition("baseline"), situation_in_file(XOR)) == 0.5
    assert current_value(Condition("baseline"), Situation(experiment=XOR)) is None


def test_a_table_is_told_by_its_file_and_scaling() -> None:
    for path in ("marks.csv", "/tables/marks.csv", "C:\\tables\\marks.csv"):
        told = Situation(experiment=Experiment(data=CsvData(path, scaling="min_max")))
        assert is_met(Condition("table", is_="marks.csv"), told)
        assert is_met(Condition("scaling", is_="min_max"), told)
    assert is_met(Condition("table", is_=""), Situation(experiment=XOR))


def test_places_name_weights_and_rows() -> None:
    told = situation_in_file(XOR)
    assert told.network is not None
    first, last = told.network.weights
    assert weight_at(told, "1.h3.x2") == first[1, 2]
    assert weight_at(told, "2.y1.h2") == last[1, 0]
    assert weight_at(told, "1.h1.b") == told.network.biases[0][0]
    for nowhere in ("2.y1.b", "1.h4.x1", "1.h1.x3", "3.h1.x1", "1.h1", "x1", ""):
        assert weight_at(told, nowhere) is None, nowhere
    assert place_at("0.h1.x1") is None
    chosen = row_of(told, 2)
    assert chosen is not None
    x, t = chosen
    assert (x.tolist(), t.tolist()) == ([0.0, 1.0], [1.0])
    assert row_of(told, 5) is None
    assert row_of(told) is None
    names = [unit_text(at, 2) for at in (None, UnitAt(INPUTS, 1), UnitAt(0, 2), UnitAt(1, 0))]
    assert names == ["", "x2", "1.h3", "2.y1"]


def test_rows_of_a_table_are_counted_through_to_the_test_rows() -> None:
    told = situation_in_file(default_experiment(TableData("iris"), seed=1))
    data = told.dataset
    assert data is not None
    last = row_of(told, len(data.x_train) + len(data.x_test))
    assert last is not None
    np.testing.assert_array_equal(last[0], data.x_test[-1])
