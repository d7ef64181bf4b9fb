"""A network's answers to all rows: what is right, and how far a regression is off."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from model.data import Dataset
from model.experiment import LayerSpec, NetworkSpec
from model.insight.answers import Answers, class_names
from model.network import Network

EMPTY = np.empty((0, 1))
LINE = Dataset(
    np.array([[0.0], [1.0], [2.0], [3.0]]),
    np.array([[0.5], [1.0], [2.0], [2.5]]),
    EMPTY,
    EMPTY,
    ("x",),
    ("y",),
    (),
    "regression",
)


def identity(dataset: Dataset, test: bool = False) -> Answers:
    """Return the answers of a network that answers its input."""
    layer = LayerSpec(1, "identity", weights=np.ones((1, 1)), biases=np.zeros(1))
    return Answers(Network(NetworkSpec(1, (layer,))), dataset, 0.5, test)


def test_the_error_of_a_regression_is_in_the_units_of_the_data() -> None:
    assert identity(LINE).rms_error(0) == pytest.approx(np.sqrt(0.125))
    scaled = replace(LINE, y_offset=np.array([10.0]), y_spread=np.array([4.0]))
    assert identity(scaled).rms_error(0) == pytest.approx(4.0 * np.sqrt(0.125))
    y, answers = identity(scaled).in_data_units(0)
    assert y.tolist() == [12.0, 14.0, 18.0, 20.0]
    assert answers.tolist() == [10.0, 14.0, 18.0, 22.0]
    assert np.isnan(identity(LINE, test=True).rms_error(0))


def test_rows_are_right_wrong_or_undecided() -> None:
    x = np.array([[0.0], [1.0], [0.5], [1.0]])
    y = np.array([[0.0], [1.0], [1.0], [0.0]])
    answers = identity(replace(LINE, x_train=x, y_train=y, task="binary"))
    assert answers.wrong_rows.tolist() == [False, False, False, True]
    assert answers.undecided == 1
    assert answers.accuracy == 0.5
    assert answers.confusion(0).tolist() == [[1, 1, 0], [0, 1, 1]]
    assert class_names(answers.dataset) == ("0", "1")
    assert class_names(LINE) == ()
