"""The best linear classifier, against hand-worked cases and scikit-learn."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from sklearn.linear_model import LogisticRegression
from sklearn.preprocessing import StandardScaler

from model.data import Dataset, build_dataset
from model.experiment import DataSpec, GateData, PlaneData, PointsData, SplitSpec, TableData
from model.insight import linear_classifier
from model.insight.separation.linear import PENALTY, is_compared
from tests.model.refusals import refused


def rows(x: list[list[float]], y: list[list[float]], task: str = "binary") -> Dataset:
    """Return training rows without a test set."""
    inputs, targets = np.array(x), np.array(y)
    return Dataset(
        inputs,
        targets,
        np.empty((0, inputs.shape[1])),
        np.empty((0, targets.shape[1])),
        tuple(f"x{k}" for k in range(inputs.shape[1])),
        tuple(f"y{k}" for k in range(targets.shape[1])),
        (),
        task,  # type: ignore[arg-type]  # a plain str by the caller
    )


def cost(logits: np.ndarray, y: np.ndarray, weights: np.ndarray) -> float:
    """Return the mean cross-entropy with its penalty, worked out the plain way."""
    logits = logits.reshape(len(y), -1)
    if y.shape[1] == 1:  # a sigmoid is a softmax whose other logit is 0
        logits, y = np.hstack((np.zeros_like(logits), logits)), np.hstack((1.0 - y, y))
    p = np.exp(logits) / np.exp(logits).sum(axis=1, keepdims=True)
    return float(-(y * np.log(p)).sum() + PENALTY * (weights**2).sum() / 2.0) / len(y)


@pytest.mark.parametrize(
    "name", ["iris", pytest.param("digits", marks=pytest.mark.long_product), "titanic"]
)
def test_it_is_scikit_learns_logistic_regression(name: str) -> None:
    data = build_dataset(TableData(name), SplitSpec(test_fraction=0.3), 3)
    scaler = StandardScaler().fit(data.x_train)
    theirs = LogisticRegression(C=1.0 / PENALTY, max_iter=5000, tol=1e-8)
    theirs.fit(scaler.transform(data.x_train), data.labels_train)
    ours = linear_classifier(data)
    assert ours.has_converged
    assert ours.on_test
    assert ours.rows == len(data.x_train)
    scaled = scaler.transform(data.x_train)
    weights = ours.weights * scaler.scale_[:, None]
    bias = ours.bias + scaler.mean_ @ ours.weights
    ours_cost = cost(scaled @ weights + bias, data.y_train, weights)
    theirs_cost = cost(theirs.decision_function(scaled), data.y_train, theirs.coef_)
    assert ours_cost == pytest.approx(theirs_cost, abs=1e-6)
    score = theirs.score(scaler.transform(data.x_test), data.labels_test)
    assert ours.accuracy == pytest.approx(score)


@pytest.mark.parametrize(("test_rows", "accuracy"), [(9, 1.0), (10, 0.0)])
def test_a_few_test_rows_judge_nothing(test_rows: int, accuracy: float) -> None:
    made = rows([[3.0], [7.0]], [[0.0], [1.0]])
    x, y = np.full((test_rows, 1), 3.0), np.ones((test_rows, 1))
    found = linear_classifier(replace(made, x_test=x, y_test=y))
    assert (found.on_test, found.accuracy) == (test_rows == 10, accuracy)


def test_a_free_answer_counts_for_nothing() -> None:
    x, y = [[0.0], [1.0], [2.0], [3.0]], [[0.0], [0.0], [1.0], [0.0]]
    data = rows(x, y)
    free = replace(data, mask_train=np.array([[1.0], [1.0], [1.0], [0.0]]))
    without = linear_classifier(rows(x[:3], y[:3]))
    assert linear_classifier(free).accuracy == 1.0
    assert linear_classifier(data).accuracy < 1.0
    assert without.accuracy == 1.0


def test_a_column_that_never_varies_and_scales_far_apart_do_no_harm() -> None:
    rng = np.random.default_rng(4)
    x = rng.normal(size=(60, 3))
    y = (x[:, :1] + x[:, 1:2] > 0).astype(float)
    plain = linear_classifier(rows(x.tolist(), y.tolist()))
    far = np.hstack([1e6 * x[:, :1] + 5e6, x[:, 1:], np.full((60, 1), 7.0)])
    scaled = linear_classifier(rows(far.tolist(), y.tolist()))
    assert scaled.weights[3, 0] == pytest.approx(0.0, abs=1e-9)
    assert scaled.weights[0, 0] * 1e6 == pytest.approx(plain.weights[0, 0], rel=1e-3)
    assert scaled.accuracy == plain.accuracy


def test_of_too_many_rows_some_are_drawn_and_all_are_judged() -> None:
    data = build_dataset(PlaneData("moons", points=400), SplitSpec(test_fraction=0.0), 0)
    found = linear_classifier(data, most_rows=100)
    assert found.rows == 100
    right = (data.x_train @ found.weights + found.bias > 0) == (data.y_train > 0.5)
    assert found.accuracy == pytest.approx(float(right.mean()))


@pytest.mark.long_product
def test_it_stops_when_asked_to() -> None:
    asked = []

    def should_stop() -> bool:
        asked.append(1)
        return len(asked) == 3

    data = build_dataset(TableData("digits"), SplitSpec(test_fraction=0.3), 0)
    found = linear_classifier(data, should_stop)
    assert len(asked) == 3
    assert not found.has_converged


def test_a_regression_has_no_classes() -> None:
    with refused("linear.regression"):
        linear_classifier(build_dataset(PlaneData("regression_plane")))


@pytest.mark.parametrize(
    ("data", "compared"),
    [
        (TableData("iris"), True),
        (TableData("titanic"), True),
        (TableData("digits"), True),
        (GateData("parity", inputs=3), False),
        (GateData("full_adder"), False),
        (PlaneData("spiral", points=60), False),
        (PlaneData("regression_plane"), False),
        (PointsData(points=((0.0, 0.0, 0), (1.0, 0.0, 1), (0.0, 1.0, 2)), classes=3), True),
    ],
)
def test_what_is_compared(data: DataSpec, compared: bool) -> None:
    assert is_compared(data, build_dataset(data)) == compared
