"""Whether one unit could do it: by proof, and by the best single line."""

from __future__ import annotations

from itertools import product

import numpy as np
import pytest
from numpy.testing import assert_array_equal

from model.data import build_dataset
from model.data.derived import Feature, derive, derived_dataset
from model.experiment import GateData, PlaneData, PointsData
from model.insight.separation.verdict import best_line, verdict_of

CORNERS = np.array([(0.0, 0.0), (0.0, 1.0), (1.0, 0.0), (1.0, 1.0)])


@pytest.mark.parametrize("targets", list(product((0, 1), repeat=4)))
def test_best_line_equals_brute_force_on_every_gate(targets: tuple[int, ...]) -> None:
    kinds = np.array(targets)
    most = 0
    for w1, w2, b in product((-2, -1, 0, 1, 2), (-2, -1, 0, 1, 2), np.arange(-3.25, 3.5, 0.5)):
        answer = CORNERS @ np.array([w1, w2]) + b > 0
        most = max(most, int((answer == (kinds == 1)).sum()))
    assert best_line(CORNERS, kinds) == most


@pytest.mark.parametrize(("gate", "separable"), [("and", True), ("or", True), ("xor", False)])
def test_verdict_on_gates(gate: str, separable: bool) -> None:
    verdict = verdict_of(build_dataset(GateData(gate)))
    assert verdict.separable == separable
    if separable:
        sides = verdict.points @ np.array(verdict.line[:2]) + verdict.line[2] > 0
        assert_array_equal(sides, verdict.kinds == 1)
    else:
        assert verdict.crossing
        assert verdict.meeting == pytest.approx((0.5, 0.5))
        assert verdict.best == 3


def test_an_adder_is_judged_by_the_output_that_fails_and_needs_the_product() -> None:
    dataset = build_dataset(GateData("half_adder"))
    verdict = verdict_of(dataset)
    assert not verdict.separable
    assert dataset.table_y[:, verdict.output].tolist() == [0, 1, 1, 0]
    assert verdict.remedy == (Feature("product", 0, 1),)


def test_one_unit_can_do_xor_with_the_product_and_its_border_is_drawn() -> None:
    columns = build_dataset(GateData("xor"))
    before = verdict_of(columns)
    assert before.remedy == (Feature("product", 0, 1),)
    dataset = derived_dataset(columns, ("x1", "x2", "x1*x2"))
    verdict = verdict_of(dataset)
    assert verdict.separable
    assert verdict.remedy == ()
    assert (verdict.line, verdict.meeting, verdict.best) == (None, None, None)
    assert_array_equal(verdict.points, CORNERS)
    on_curve = derive(dataset.features, verdict.curve.reshape(-1, 2)) @ verdict.weights
    assert len(on_curve) > 20
    # Linear interpolation over steps of .0283: off by an eighth of step ^ 2 times the curvature.
    assert np.abs(on_curve + verdict.bias).max() < 0.0283**2
    # It passes between every 0 and every 1.
    sides = dataset.table_x @ verdict.weights + verdict.bias > 0
    assert_array_equal(sides, [False, True, True, False])


@pytest.mark.parametrize(
    ("name", "remedy"),
    [
        ("circle", (Feature("square", 0, 0), Feature("square", 1, 1))),
        ("quadrants", (Feature("product", 0, 1),)),
        ("gaussians", ()),
        ("spiral", ()),
    ],
)
def test_what_would_help_one_unit_on_the_plane(name: str, remedy: tuple[Feature, ...]) -> None:
    verdict = verdict_of(build_dataset(PlaneData(name, noise=0.0)))
    assert verdict.remedy == remedy


def test_nothing_helps_where_rows_contradict_each_other() -> None:
    dataset = derived_dataset(build_dataset(GateData("xor")), ("x1*x2",))
    verdict = verdict_of(dataset)
    assert verdict.contradiction is not None
    assert verdict.remedy == ()


@pytest.mark.parametrize(
    ("rows", "figures"),
    [
        ([(0.0, 0.0), (0.0, 1.0), (1.0, 0.0), (1.0, 1.0)], 2),
        ([(30.0, 1.0), (31.0, 1.0), (30.0, 2.0), (31.0, 2.0)], 3),
        ([(1000.1, 0.3), (1000.2, 0.3), (1000.1, 0.31), (1000.2, 0.31)], 5),
    ],
    ids=["gate", "offset", "close"],
)
def test_the_weights_for_example_separate_the_rows_as_they_are_written(
    rows: list[tuple[float, float]], figures: int
) -> None:
    points = PointsData(tuple((x1, x2, float(n == 3)) for n, (x1, x2) in enumerate(rows)))
    verdict = verdict_of(build_dataset(points))
    assert verdict.figures == figures
    *weights, bias = verdict.example
    sums = np.array(rows) @ np.array(weights) + bias
    assert (sums > 0.0).tolist() == [False, False, False, True]
