"""`import model` as somebody's script would use it."""

from __future__ import annotations

import dataclasses
import inspect
import json
import re
from collections.abc import Callable
from inspect import isclass
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import pytest
from msgspec.structs import replace
from numpy.testing import assert_allclose, assert_array_equal

import model
from model.edits.features import with_features
from tests.command_line import run_here
from tests.model.refusals import refused
from tests.onnx_reference import reference_outputs

ROOT = Path(__file__).parents[2]


def test_every_public_name_is_there() -> None:
    assert {*dir(model)} == {*model.__all__, "__version__"}
    assert not any(inspect.ismodule(getattr(model, name)) for name in model.__all__)
    with pytest.raises(AttributeError, match="no_such_name"):
        _ = model.no_such_name


def test_all_that_an_experiment_consists_of_has_a_public_name() -> None:
    made = {name: getattr(model.experiment, name) for name in model.experiment.__all__}
    parts = {name for name in made if name.endswith(("Spec", "Data")) and isclass(made[name])}
    assert {"SplitSpec", "CsvData"} <= parts
    assert parts <= set(model.__all__)


def test_a_row_of_a_table_is_answered_as_its_onnx_file_does(tmp_path: Path) -> None:
    iris = model.initialise(model.default_experiment(model.named_data("iris")))
    products = ("petal_length_cm*petal_width_cm", "sepal_width_cm^2")
    derived = model.initialise(with_features(iris, products))
    rows = np.array([[5.1, 3.5, 1.4, 0.2], [6.9, 3.2, 5.7, 2.3]], np.float32)
    for experiment in (iris, derived):
        model.export_onnx(experiment, tmp_path / "iris.onnx")
        network = onnx.load(tmp_path / "iris.onnx")
        (wanted,) = reference_outputs(network, {network.graph.input[0].name: rows})
        assert_allclose(model.predict(experiment, rows), wanted, rtol=1e-5, atol=1e-6)
    with pytest.raises(model.ModelError, match="rows of 4 values"):
        model.predict(derived, rows[:, :2])


OWN_X = np.random.default_rng(0).normal(1000.0, 50.0, (200, 12))
ABOVE = OWN_X[:, :2] > 1000.0


@pytest.mark.parametrize(
    ("x", "y", "task", "classes"),
    [
        (OWN_X, OWN_X[:, 0] * 7.0 - OWN_X[:, 3], "regression", ()),
        (OWN_X[:, 0], OWN_X[:, :1] ** 2, "regression", ()),
        (OWN_X.tolist(), ABOVE[:, 0].tolist(), "binary", ("0", "1")),
        (OWN_X, np.where(ABOVE[:, 0], "big", "small"), "binary", ("big", "small")),
        (OWN_X, ABOVE.sum(axis=1), "multiclass", ("0", "1", "2")),
        (OWN_X, ABOVE, "multilabel", ("0", "1")),
    ],
    ids=["values", "one input", "lists", "words", "whole numbers", "yes or no"],
)
def test_arrays_of_ones_own_are_learned_and_kept_in_a_file(
    x: Any, y: Any, task: str, classes: tuple[str, ...], tmp_path: Path
) -> None:
    file, rows = tmp_path / "own.glassnet", np.reshape(x, (200, -1))[:3]
    own = model.dataset(x, y)
    assert (own.task, own.class_names) == (task, classes)
    assert 39 <= len(own.x_test) <= 40  # a fifth of each class
    proposed = model.default_experiment(own)
    assert proposed == model.default_experiment(dataset=own)
    assert (proposed.training.stop.epochs, proposed.training.batch_size) == (100, 32)
    trained = model.train(proposed)
    assert model.Trainer(trained).snapshot().train_accuracy > 0.95
    model.write_experiment(trained, file)
    read = model.read_experiment(file)
    assert read == trained
    assert_array_equal(model.predict(read, rows), model.predict(trained, rows))
    done = run_here("train", file, "--epochs", 101, "--json")
    assert done.returncode == 0, done.stderr
    assert len(json.loads(done.stdout)["predictions"]) == len(own.x_test)


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        ({"x": [[1, 2], [3]], "y": [1, 2]}, "no rows of numbers, all of one length"),
        ({"x": [["wet", 2]], "y": [1]}, "could not convert string to float: 'wet'"),
        ({"x": [[1, 2], [3, 4]], "y": [1]}, "shape (2, 2) and the targets (1, 1)"),
        ({"x": [[1.0], [float("nan")]], "y": [1, 2]}, "Row 2 of the training data"),
        (
            {"x": [[1], [2]], "y": ["same", "same"]},
            "different values, and y has 1",
        ),
        ({"x": [[1], [2]], "y": [1, 2], "test": 1.5}, "The test share is 1.5"),
        ({"x": [[1], [2]], "y": [1, 2], "names": ["a", "b"]}, "1 columns but 2 names"),
        (
            {"x": [[1], [2]], "y": ["a", "b"], "task": "regression"},
            "a regression cannot predict",
        ),
    ],
)
def test_arrays_that_are_no_data_are_refused_in_a_sentence(
    words: dict[str, Any], sentence: str
) -> None:
    with pytest.raises(model.ModelError, match=re.escape(sentence)):
        model.dataset(**words)


def test_arrays_too_large_for_a_file_are_learned_but_not_written(tmp_path: Path) -> None:
    x = np.zeros((100_000, 3))
    large = model.initialise(model.default_experiment(model.dataset(x, x[:, 0])))
    with pytest.raises(model.ModelError, match=re.escape("400000 numbers, and a file keeps")):
        model.write_experiment(large, tmp_path / "large.glassnet")
    assert not list(tmp_path.iterdir())


def test_epochs_and_a_number_of_seeds_are_given_in_the_call() -> None:
    xor = model.default_experiment(model.named_data("xor"))
    trained = model.train(xor, epochs=7)
    assert (trained.progress.epoch, trained.training.stop.epochs) == (7, 7)
    lottery = model.draw_lottery(trained, 5)
    assert lottery.seeds.tolist() == [0, 1, 2, 3, 4]
    assert repr(lottery) == "<Lottery: 0 of 5 seeds solved>"


WRONG: Any = "no_such"
"""A name that mypy would not let through."""


@pytest.mark.parametrize(
    "make",
    [
        lambda table: model.LayerSpec(1, WRONG),
        lambda table: model.build_dataset(model.TableData("iris", WRONG)),
        lambda table: model.build_dataset(model.CsvData(table, scaling=WRONG)),
        lambda table: model.build_dataset(model.CsvData(table, task=WRONG)),
        lambda table: model.build_dataset(model.CsvData(table, missing=WRONG)),
        lambda table: dataclasses.replace(model.build_dataset(model.GateData()), task=WRONG),
        lambda table: model.export_notebook(model.default_experiment(), table, language=WRONG),
    ],
    ids=["activation", "table", "scaling", "task", "missing", "dataset", "language"],
)
def test_a_name_that_there_is_none_of_is_refused(
    make: Callable[[str], object], tmp_path: Path
) -> None:
    table = tmp_path / "t.csv"
    table.write_text("x,y\n1,2\n2,3\n3,5\n", encoding="utf-8")
    with pytest.raises(model.ModelError, match=r"is no_such\. Use \w+, ") as caught:
        make(str(table))
    assert caught.value.code == "experiment.range"


def test_a_file_of_another_kind_is_no_formula() -> None:
    with pytest.raises(model.ModelError, match=r"no data called shots/x1\.png"):
        model.named_data("shots/x1.png")
    with pytest.raises(model.ModelError, match="is no formula"):
        model.named_data("x1*2.5.")


def test_a_run_without_an_end_is_refused() -> None:

    xor = model.default_experiment()
    endless = replace(xor, training=replace(xor.training, stop=model.StopSpec(epochs=0)))
    with refused("training.endless"):
        model.train(endless)
