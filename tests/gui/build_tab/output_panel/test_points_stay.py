"""The map stays where it is while points are edited, and nobody speaks of the points before."""

from __future__ import annotations

import numpy as np
import pytest
from msgspec.structs import replace
from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QLabel
from pytestqt.qtbot import QtBot

from gui.build_tab.tab import BuildTab
from gui.build_tab.workbench import Workbench
from gui.document import ExperimentDocument
from model.data import build_dataset
from model.defaults import default_experiment
from model.experiment import (
    Experiment,
    GateData,
    InitialiserSpec,
    LayerSpec,
    NetworkSpec,
    OptimiserSpec,
    PlaneData,
    PointsData,
    SplitSpec,
    StopSpec,
    TrainingSpec,
)
from model.initialisers import initialise
from tests.gui.build_tab.plot_states import point_at
from tests.gui.build_tab.reading_hands import settle
from tests.gui.finding import find

CORNERS = ((0.0, 0.0, 0.0), (4.0, 0.0, 1.0), (0.0, 4.0, 1.0), (1.0, 1.0, 0.0), (4.0, 4.0, 0.0))


def noisy_points() -> Experiment:
    """Return points by hand that a large network learns by heart."""
    rows = build_dataset(PlaneData("circle", 60, noise=0.5), SplitSpec(0.0), 1)
    points = np.column_stack([rows.x_train, rows.y_train[:, 0]]).tolist()
    return initialise(
        Experiment(
            data=PointsData(tuple(tuple(point) for point in points)),
            split=SplitSpec(0.4),
            network=NetworkSpec(2, (LayerSpec(40, "relu"), LayerSpec(1, "sigmoid"))),
            training=TrainingSpec(
                optimiser=OptimiserSpec("adam"),
                learning_rate=0.02,
                initialiser=InitialiserSpec("he"),
                stop=StopSpec(epochs=600),
            ),
            seed=1,
        )
    )


@pytest.fixture
def document(qtbot: QtBot, request: pytest.FixtureRequest) -> ExperimentDocument:
    if "rising" in request.node.name:
        return ExperimentDocument(noisy_points())
    return ExperimentDocument(default_experiment(PointsData(CORNERS)))


def test_each_click_of_the_eraser_meets_what_was_seen(
    bench: Workbench, tab: BuildTab, qtbot: QtBot
) -> None:
    plane = bench.output.map
    qtbot.mouseClick(bench.output.tools.segments.button(9), Qt.MouseButton.LeftButton)
    before = plane.bounds
    spots: list[QPoint] = [plane.to_px(x, y).toPoint() for x, y, _ in CORNERS[1:]]
    for left, spot in zip((4, 3, 2, 1), spots, strict=True):
        qtbot.mouseClick(plane, Qt.MouseButton.LeftButton, pos=spot)
        data = tab.model.state.experiment.data
        assert isinstance(data, PointsData)
        assert len(data.points) == left
        assert plane.bounds == before


def test_the_map_grows_for_a_point_beyond_it_and_begins_anew_with_other_data(
    bench: Workbench, tab: BuildTab, qtbot: QtBot
) -> None:
    plane = bench.output.map
    before = plane.bounds
    far = PointsData((*CORNERS, (9.0, 0.0, 1.0)))
    tab.model.edit("Add point", lambda e: replace(e, data=far))
    assert plane.bounds[1] > 9.0
    assert plane.bounds[0] <= before[0]
    tab.model.edit("Erase point", lambda e: replace(e, data=PointsData(CORNERS)))
    assert plane.bounds[1] > 9.0
    tab.model.edit("Data", lambda e: replace(e, data=GateData("xor")))
    tab.model.edit("Data", lambda e: replace(e, data=PointsData(CORNERS)))
    assert plane.bounds == before


def test_a_rising_loss_is_not_that_of_points_erased_since(
    bench: Workbench, tab: BuildTab, qtbot: QtBot
) -> None:
    tab.model.train()
    qtbot.waitUntil(lambda: not tab.model.is_training, timeout=60_000)
    qtbot.waitUntil(lambda: "Test loss is rising" in shown_words(bench), timeout=20_000)
    legend = find(bench, QLabel, "loss_test_value")
    qtbot.waitUntil(lambda: f"now {legend.text()}" in shown_words(bench), timeout=20_000)
    erase(bench, 3, qtbot)
    qtbot.waitUntil(lambda: bench.is_idle, timeout=20_000)
    assert "now" not in shown_words(bench), legend.text()
    tab.model.step(whole_epoch=True)
    qtbot.waitUntil(lambda: bench.is_idle, timeout=20_000)
    assert "now" not in shown_words(bench), "one epoch of these points is no rise"


def erase(bench: Workbench, index: int, qtbot: QtBot) -> None:
    """Click a point with the eraser."""
    data, plane = bench.model.state.experiment.data, bench.output.map
    assert isinstance(data, PointsData)
    qtbot.mouseClick(bench.output.tools.segments.button(9), Qt.MouseButton.LeftButton)
    at = plane.to_px(*data.points[index][:2]).toPoint()
    qtbot.mouseClick(plane, Qt.MouseButton.LeftButton, pos=at)


def shown_words(bench: Workbench) -> str:
    """Return what the doctor's cards say."""
    labels = bench.output.findChildren(QLabel)
    return " ".join(label.text() for label in labels if label.isVisible())


@pytest.mark.parametrize(
    ("data", "row"), [(GateData("xor"), 2), (GateData("or", copies=5), 3), (PlaneData("moons"), 7)]
)
def test_a_click_on_a_point_chooses_its_row(
    bench: Workbench, tab: BuildTab, data: GateData | PlaneData, row: int, qtbot: QtBot
) -> None:
    model, plane = tab.model, bench.output.map
    model.choose_data(data)
    settle(qtbot, bench)
    dataset = model.state.dataset.columns
    x = (dataset.x_train if dataset.table_x is None else dataset.table_x)[row]
    spot = plane.to_px(float(x[0]), float(x[1])).toPoint()
    point_at(plane, spot)
    assert model.state.row == row, "a pointer shows it already"
    qtbot.mouseClick(plane, Qt.MouseButton.LeftButton, pos=spot)
    assert model.chosen_row == row
    qtbot.mouseMove(plane, QPoint(1, 1))
    assert model.state.row == row
    qtbot.mouseClick(plane, Qt.MouseButton.LeftButton, pos=QPoint(1, 1))
    assert model.chosen_row == row, "beside the points nothing is chosen"
