"""What is gone, absent, huge or special is shown as it is, or said."""

from __future__ import annotations

import numpy as np
import pytest
from msgspec.structs import replace
from pytestqt.qtbot import QtBot

from gui.build_tab.microscope.drawings import SumBars
from gui.build_tab.microscope.panel import Microscope
from gui.build_tab.workbench import Workbench
from gui.document import ExperimentDocument
from model.data.cache import dataset_of
from model.experiment import GateData, PointsData, TableData, TruthTableData
from model.insight import trace
from model.insight.step.walk import Part
from model.places import UnitAt, WeightAt
from tests.gui.build_tab.microscope.reading import number_of, table_row, table_rows, text
from tests.gui.build_tab.reading_hands import is_reading, new_start, settle


def test_a_unit_that_is_removed(scope: Microscope, bench: Workbench, qtbot: QtBot) -> None:
    bench.model.examine(UnitAt(0, 3))
    bench.model.set_units(0, 3)
    settle(qtbot, bench)
    assert text(scope, "title") == "Microscope · h₁"
    bench.model.examine(UnitAt(0, 1))
    assert text(scope, "note") == ""
    bench.model.document.undo_stack.undo()
    assert text(scope, "title") == "Microscope · h₂"


def test_a_layer_that_is_removed(scope: Microscope, bench: Workbench, qtbot: QtBot) -> None:
    bench.model.examine(WeightAt(1, 2, 0), Part.UPDATE)
    bench.model.remove_layer(0)
    assert scope.sheet.isVisible()
    settle(qtbot, bench)
    assert len(table_rows(scope)) == 3  # a perceptron's two weights and its bias
    assert bench.model.state.selection.weight is None


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


def test_without_a_row_opening_chooses_one(bench: Workbench) -> None:
    bench.model.choose_row(-1)
    bench.model.open_microscope()
    assert bench.model.state.row == 1
    assert bench.microscope.sheet.isVisible()


def test_sums_beyond_all_numbers(scope: Microscope, bench: Workbench) -> None:
    bench.model.set_activation(0, "identity")
    bench.model.set_weights({WeightAt(0, 0, 0): 1e300, WeightAt(1, 0, 0): 1e300}, "")
    bench.model.examine(UnitAt(1, 0))
    assert "no finite number" in text(scope, "note")
    assert text(scope, "sum_formula").endswith("= ∞")
    assert scope.grab().width() > 0  # and it can be painted


def test_weights_that_a_step_took_beyond_all_numbers_are_shown(
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
        assert "no finite number" in text(scope, "note")
        assert bench.dock.grab().width() > 0
        assert scope.grab().width() > 0


@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf])
def test_weights_that_are_no_numbers_are_refused(
    scope: Microscope, bench: Workbench, value: float
) -> None:
    before = table_rows(scope)
    bench.model.set_weights({WeightAt(0, 0, 0): value}, "")
    assert bench.model.messages.shown is not None
    assert table_rows(scope) == before
    assert scope.sheet.isVisible()


def test_a_batch_whose_sums_are_beyond_all_numbers(scope: Microscope, bench: Workbench) -> None:
    bench.model.set_activation(0, "identity")
    training = replace(bench.model.document.experiment.training, learning_rate=100.0)
    bench.model.set_training(training, "Rate")
    bench.model.set_weights({WeightAt(0, 0, 0): 1e308, WeightAt(1, 0, 0): 1e308}, "")
    bench.model.examine_batch(True)
    for layer in (0, 1):
        for part in Part:
            bench.model.examine(UnitAt(layer, 0), part)
            assert "no finite number" in text(scope, "note")
            assert scope.grab().width() > 0
    bench.model.examine(UnitAt(1, 0))
    assert {row[4].rstrip(" ↑↓") for row in table_rows(scope)} & {"NaN", "∞", "−∞"}


def test_pinned_weights_and_penalties(scope: Microscope, bench: Workbench) -> None:
    bench.model.toggle_pins([WeightAt(0, 1, 0)])
    name, old, _, change, new = table_rows(scope)[1]
    assert name == "w₂, pinned"
    assert change == "0.000"
    assert new.strip() == old
    assert "pinned weight stays" in text(scope, "update_why")
    training = bench.model.document.experiment.training
    bench.model.set_training(replace(training, l2=0.1), "L2")
    assert text(scope, "rule").startswith("w ← w − η·∂L/∂w ")
    assert "In training the penalty" in text(scope, "update_why")
    bench.model.examine_batch(True)
    assert text(scope, "rule").startswith("w ← w − η·(∂L\u0304/∂w + λ₂·w)")
    assert text(scope, "update_why").startswith("The penalty")
    assert text(scope, "term_1").startswith("g = ∂L\u0304/∂w₁ + λ₂·w = ")
    bench.model.examine(WeightAt(0, 1, 0), Part.UPDATE)
    assert text(scope, "term_1") == "g = 0"  # a pinned weight has none
    assert table_rows(scope)[1][3] == "0.000"


def test_drop_out_and_float32_are_said(scope: Microscope, bench: Workbench) -> None:
    bench.model.set_dropout(0, 0.5)
    assert text(scope, "note").startswith("Without drop-out")
    bench.model.examine_batch(True)
    assert text(scope, "note") == ""
    assert "Drop-out multiplies h₁ by " in text(scope, "batch_rows")
    assert text(scope, "batch_rows").endswith("in them.")
    rows = bench.model.document.experiment.training
    bench.model.set_training(replace(rows, batch_size=1), "Batch")
    assert text(scope, "batch_rows").endswith("in it.")
    bench.model.set_training(rows, "Batch")
    bench.model.examine_batch(False)
    bench.model.set_dropout(0, 0.0)
    assert text(scope, "note") == ""
    training = bench.model.document.experiment.training
    bench.model.set_training(replace(training, dtype="float32"), "Precision")
    assert text(scope, "note") == "In 64 bits; training computes in 32."


def test_a_layer_without_bias(scope: Microscope, bench: Workbench) -> None:
    bench.model.set_bias(0, on=False)
    assert len(table_rows(scope)) == 2
    assert text(scope, "bias_why").startswith("This layer has no bias")
    assert "b" not in text(scope, "sum_general").replace("bias", "")


@pytest.mark.parametrize(
    ("activation", "said"),
    [
        ("leaky_relu", "comes back"),
        ("elu", "comes back"),
        ("softplus", "comes back"),
        ("identity", "the whole gradient comes back"),
    ],
)
def test_every_activation_is_explained(
    scope: Microscope, bench: Workbench, activation: str, said: str
) -> None:
    bench.model.set_activation(0, activation)
    for row in range(4):
        bench.model.choose_row(row)
        assert said in text(scope, "activation_why")
        assert scope.grab().width() > 0


def test_a_perceptron_is_explained(scope: Microscope, bench: Workbench, qtbot: QtBot) -> None:
    bench.model.remove_layer(0)
    bench.model.set_activation(0, "step")
    settle(qtbot, bench)
    assert "The perceptron rule, which trains it" in text(scope, "activation_why")
    assert "perceptron rule" in text(scope, "blame_why")
    assert scope.grab().width() > 0


def test_a_row_with_any_answer_teaches_nothing(
    scope: Microscope, bench: Workbench, qtbot: QtBot
) -> None:
    rows = tuple((float(a), float(b)) for a in (0, 1) for b in (0, 1))
    targets = ((0.0,), (1.0,), (1.0,), (None,))
    bench.model.choose_data(TruthTableData(("x1", "x2"), ("y",), rows, targets))
    bench.model.choose_row(3)
    settle(qtbot, bench)
    assert "don't care" in text(scope, "blame_why")
    assert table_row(scope, "w₁")[1] == 0.0


def test_many_inputs_are_folded(scope: Microscope, bench: Workbench, qtbot: QtBot) -> None:
    bench.model.choose_data(GateData("parity", 8))
    bench.model.choose_row(255)
    bench.model.examine(UnitAt(0, 0))
    qtbot.waitUntil(lambda: scope.is_idle, timeout=10_000)
    settle(qtbot, bench)
    assert "(2 more)" in text(scope, "sum_formula")
    assert text(scope, "inputs_hint") == "8 inputs"
    assert "2 more" in text(scope, "inputs_values")
    unit_rows = table_rows(scope)
    assert len(unit_rows) == 8  # six weights, the bias, and how many more
    assert unit_rows[-1][0] == "2 more"
    chosen = WeightAt(0, 7, 0)
    bench.model.examine(chosen, Part.UPDATE)
    assert "w₈" in [row[0] for row in table_rows(scope)]


def test_of_784_inputs_the_terms_are_folded_and_the_sum_is_whole(
    scope: Microscope, bench: Workbench, qtbot: QtBot
) -> None:
    draw = np.random.default_rng(3)
    rows = draw.random((4, 784)).round(3)
    names = tuple(f"p{column}" for column in range(784))
    data = TruthTableData(
        names, ("y",), tuple(map(tuple, rows.tolist())), ((0.0,), (1.0,), (1.0,), (0.0,))
    )
    bench.model.choose_data(data)
    bench.model.choose_row(2)
    bench.model.examine(UnitAt(0, 1), Part.SUM)
    qtbot.waitUntil(lambda: scope.is_idle, timeout=20_000)
    experiment = bench.model.document.experiment
    found = trace(experiment, 2, dataset_of(experiment))
    assert "(778 more)" in text(scope, "sum_formula")
    assert text(scope, "sum_formula").endswith(f"= {found.z[0][1]:.3f}".replace("-", "−"))
    bars = scope.findChild(SumBars)
    assert bars is not None
    terms = [part.split(": ")[1] for part in bars.accessibleName().split("; ")[:-2]]
    whole = sum(number_of(term.replace("plus ", "").replace("minus ", "−")) for term in terms)
    bias = experiment.network.layers[0].biases
    assert bias is not None
    assert whole + bias[1] == pytest.approx(found.z[0][1], abs=0.005)
    bench.model.examine_batch(True)
    qtbot.waitUntil(lambda: scope.is_idle, timeout=20_000)
    assert text(scope, "batch_rows") == "Mean over all 4 rows."
    assert table_rows(scope)[-1][0] == "778 more"


def test_large_networks_are_worked_out_on_a_worker(
    scope: Microscope, bench: Workbench, qtbot: QtBot
) -> None:
    for _ in range(6):
        bench.model.add_layer(1)
    for layer in range(6):
        bench.model.set_units(layer, 64)
    settle(qtbot, bench)
    qtbot.waitUntil(lambda: scope.is_idle, timeout=10_000)
    assert scope.sheet.isVisible()
    experiment = bench.model.document.experiment
    weights = experiment.network.layers[1].weights
    assert weights is not None
    bench.model.examine(UnitAt(1, 5))
    settle(qtbot, bench)
    qtbot.waitUntil(lambda: scope.is_idle, timeout=10_000)
    assert "(58 more)" in text(scope, "sum_formula")
    values = [row for row in table_rows(scope) if row[0].startswith("w")]
    number = int(values[0][0][1:].translate(str.maketrans("₀₁₂₃₄₅₆₇₈₉", "0123456789")))
    assert table_row(scope, values[0][0])[0] == pytest.approx(weights[number - 1, 5], abs=0.00051)
    assert np.isfinite(table_row(scope, values[0][0])[2])


@pytest.mark.usefixtures("learns_from_table")
def test_rows_that_are_being_read(scope: Microscope, bench: Workbench, qtbot: QtBot) -> None:
    qtbot.waitUntil(lambda: scope.is_idle, timeout=20_000)
    new_start(bench)
    assert is_reading(bench)
    assert not scope.sheet.isVisible()
    assert text(scope, "message").startswith("The rows are being read.")
    settle(qtbot, bench)
    qtbot.waitUntil(scope.sheet.isVisible, timeout=20_000)
    assert text(scope, "message") == ""


def test_a_large_network_is_followed_while_it_trains(
    scope: Microscope, bench: Workbench, endless: ExperimentDocument, qtbot: QtBot
) -> None:
    for layer in range(3):
        bench.model.add_layer(1)
        bench.model.set_units(layer, 48)
    qtbot.waitUntil(lambda: scope.is_idle, timeout=10_000)
    first = text(scope, "sum_formula")
    bench.model.train()
    qtbot.waitUntil(lambda: text(scope, "sum_formula") != first, timeout=20_000)
    bench.model.pause()
    qtbot.waitUntil(lambda: not bench.model.is_training, timeout=10_000)
    qtbot.waitUntil(lambda: scope.is_idle, timeout=10_000)
    weights = endless.experiment.network.layers[0].weights
    assert weights is not None
    assert table_row(scope, "w₁")[0] == pytest.approx(weights[0, 0], abs=0.00051)


def test_other_data_leave_no_number_of_the_old_ones(
    scope: Microscope, bench: Workbench, qtbot: QtBot
) -> None:
    bench.model.choose_data(TableData("digits", "min_max"))
    settle(qtbot, bench)
    qtbot.waitUntil(lambda: scope.is_idle, timeout=20_000)
    assert text(scope, "inputs_hint") == "64 inputs"
    bench.model.choose_data(GateData("and", 2))
    settle(qtbot, bench)
    qtbot.waitUntil(lambda: scope.is_idle, timeout=20_000)
    assert text(scope, "inputs_hint") == "2 inputs"


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
