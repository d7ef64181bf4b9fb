"""What is gone, absent, huge or special is shown as it is, or said."""

from __future__ import annotations

import numpy as np
import pytest
from msgspec.structs import replace
from pytestqt.qtbot import QtBot

from gui.build_tab.microscope.drawings import SumBars
from gui.build_tab.microscope.panel import Microscope
from gui.build_tab.workbench import Workbench
from model.data.cache import dataset_of
from model.experiment import GateData, PointsData, TruthTableData
from model.insight import trace
from model.insight.step.walk import Part
from model.places import UnitAt, WeightAt
from tests.gui.build_tab.microscope.reading import number_of, table_rows, text
from tests.gui.build_tab.reading_hands import is_reading, new_start, settle


def test_a_row_that_is_erased(scope: Microscope, bench: Workbench, qtbot: QtBot) -> None:
    points = tuple((x / 4, -x / 4, float(x % 2)) for x in range(4))
    bench.model.choose_data(PointsData(points))
    bench.model.choose_row(3)
    assert scope.sheet.isVisible()
    bench.model.erase_point(1)  # it is held out, and comes last of the rows
    assert bench.model.state.row == -1
    settle(qtbot, bench)
    assert not scope.sheet.isVisible()
    assert text(scope, "message").startswith("No row is chosen.")
    assert not scope.copy_button.isEnabled()
    bench.model.choose_row(0)
    assert scope.sheet.isVisible()
    assert text(scope, "message") == ""


def test_weights_that_a_step_took_beyond_all_numbers_are_refused_in_a_sentence(
    scope: Microscope, bench: Workbench, qtbot: QtBot
) -> None:
    bench.model.remove_layer(0)
    bench.model.set_activation(0, "identity")
    training = bench.model.document.experiment.training
    bench.model.set_training(replace(training, loss="squared", learning_rate=100.0), "Settings")
    bench.model.set_weights({WeightAt(0, row, 0): 1e307 for row in (0, 1)}, "")
    for _ in range(2):
        bench.model.step(whole_epoch=True)
        assert not all(np.isfinite(w).all() for w in bench.model.state.network.weights)
        settle(qtbot, bench)
        assert "not finite numbers" in text(scope, "message")
        assert bench.dock.grab().width() > 0
        assert scope.grab().width() > 0


@pytest.mark.usefixtures("learns_from_table")
def test_rows_that_are_being_read(scope: Microscope, bench: Workbench, qtbot: QtBot) -> None:
    new_start(bench)
    assert is_reading(bench)
    assert not scope.sheet.isVisible()
    assert text(scope, "message").startswith("The rows are being read.")
    settle(qtbot, bench)
    qtbot.waitUntil(scope.sheet.isVisible, timeout=20_000)
    assert text(scope, "message") == ""


def test_a_target_that_the_loss_cannot_measure_is_told_with_its_own_row(
    scope: Microscope, bench: Workbench, qtbot: QtBot
) -> None:
    rows = ((0.0, 0.0), (0.0, 1.0), (1.0, 0.0), (1.0, 1.0))
    targets = ((0.0,), (1.0,), (1.0,), (2.5,))
    bench.model.edit_data(TruthTableData(("x1", "x2"), ("y",), rows, targets), "")
    training = bench.model.document.experiment.training
    bench.model.set_training(replace(training, loss="binary_cross_entropy"), "Loss")
    bench.model.choose_row(3)
    settle(qtbot, bench)
    assert text(scope, "message") == (
        "Row 4 has the target 2.5 in y, which Cross-entropy cannot measure; it needs 0 ≤ t ≤ 1. "
        "Choose squared, absolute or huber."
    )


def test_a_row_is_chosen_on_opening_where_the_chosen_one_is_gone(
    scope: Microscope, bench: Workbench
) -> None:
    bench.model.close_microscope()
    bench.model.choose_data(PointsData(((0.0, 0.0, 1.0), (1.0, 0.0, 0.0))))
    bench.model.choose_row(1)
    bench.model.erase_point(1)
    bench.model.open_microscope()
    assert bench.model.state.row == 0
    assert scope.sheet.isVisible()


def test_a_unit_and_a_layer_that_are_removed(
    scope: Microscope, bench: Workbench, qtbot: QtBot
) -> None:
    bench.model.examine(UnitAt(0, 3))
    bench.model.set_units(0, 3)
    settle(qtbot, bench)
    assert text(scope, "title") == "Microscope · h₁"
    bench.model.examine(WeightAt(1, 2, 0), Part.UPDATE)
    bench.model.remove_layer(0)
    settle(qtbot, bench)
    assert scope.sheet.isVisible()
    assert len(table_rows(scope)) == 3  # a perceptron's two weights and its bias
    assert bench.model.state.selection.weight is None


def test_many_inputs_are_folded(scope: Microscope, bench: Workbench, qtbot: QtBot) -> None:
    bench.model.choose_data(GateData("parity", 8))
    bench.model.choose_row(255)
    bench.model.examine(UnitAt(0, 0))
    settle(qtbot, bench)
    experiment = bench.model.document.experiment
    z = trace(experiment, 255, dataset_of(experiment)).z[0][0]
    assert "(2 more)" in text(scope, "sum_2")
    assert text(scope, "sum_2").endswith(f"= {z:.3f}".replace("-", "−"))
    bars = scope.findChild(SumBars)
    assert bars is not None
    terms = [part.split(": ")[1] for part in bars.accessibleName().split("; ")[:-1]]
    values = [number_of(term.replace("plus ", "").replace("minus ", "−")) for term in terms]
    assert sum(values) == pytest.approx(z, abs=0.005)
    assert text(scope, "inputs_hint") == "8 inputs"
    assert "2 more" in text(scope, "inputs_values")
    rows = [row[0] for row in table_rows(scope)]
    assert len(rows) == 8  # six weights, the bias, and how many more
    assert rows[-1] == "2 more"
    bench.model.examine(WeightAt(0, 7, 0), Part.UPDATE)
    assert "w₈" in [row[0] for row in table_rows(scope)]
