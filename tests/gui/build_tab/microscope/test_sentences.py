"""What the sheet says is true of the numbers beside it, at its edges too."""

from __future__ import annotations

import re

import numpy as np
import pytest
from msgspec.structs import replace
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QTableWidget

from gui.build_tab.microscope.drawings import ChainTiles
from gui.build_tab.microscope.panel import Microscope
from model.experiment import GateData, InitialiserSpec, Loss, TruthTableData
from model.insight.step.walk import Part
from model.places import UnitAt, WeightAt
from tests.gui.build_tab.microscope.alone import Alone
from tests.gui.build_tab.microscope.reading import table_row, table_rows, text
from tests.gui.finding import find

CORNERS = ((0.0, 0.0), (0.0, 1.0), (1.0, 0.0), (1.0, 1.0))
HALF_FREE = TruthTableData(
    ("x1", "x2"), ("p", "q"), CORNERS, ((0.0, 1.0), (1.0, None), (1.0, 0.0), (None, None))
)


@pytest.fixture
def bench(alone: Alone) -> Alone:
    return alone


def chain(scope: Microscope) -> str:
    """Return what a screen reader says of the chain of factors."""
    tiles = scope.findChild(ChainTiles)
    assert tiles is not None
    return tiles.accessibleName()


def copied(scope: Microscope) -> list[str]:
    """Copy the formulas as text, and return its lines."""
    as_text, *_ = scope.copy_button.menu().actions()
    as_text.trigger()
    return QGuiApplication.clipboard().text().splitlines()


def change_training(bench: Alone, **settings: object) -> None:
    training = bench.model.document.experiment.training
    bench.model.set_training(replace(training, **settings), "Settings")


def weigh(bench: Alone, layer: int, *values: float) -> None:
    """Type the first unit's weights and bias."""
    bench.model.set_weights({WeightAt(layer, row, 0): v for row, v in enumerate(values)}, "")


def perceptron(bench: Alone, *values: float) -> None:
    """Leave one step unit with these weights and this bias."""
    bench.model.remove_layer(0)
    bench.model.set_activation(0, "step")
    weigh(bench, 0, *values)


# -- Free targets ----------------------------------------------------------------------------------


def test_a_free_output_has_no_target_where_another_has_one(scope: Microscope, bench: Alone) -> None:
    bench.model.choose_data(HALF_FREE)
    bench.model.choose_row(1)
    assert scope.rows.combo.currentText() == "Row (0, 1) · target 1 free"
    bench.model.examine(UnitAt(1, 1))
    answer = f"{bench.model.state.row_values[-1][1][1]:.3f}"
    assert text(scope, "error_2") == f"q = {answer}   no target: any answer will do"
    assert text(scope, "error_1").startswith("p − t = ")
    assert text(scope, "answer_2").endswith("no target: any answer will do")
    assert text(scope, "answer_1").endswith("t = 1")
    assert text(scope, "predict_hint") == "target 1 free"
    why = text(scope, "blame_why")
    assert why.startswith("q has no target on this row (don't care)")
    assert why.endswith("nothing comes back.")
    assert chain(scope).startswith("partial L by partial z equals 0, no target")
    assert {row[2] for row in table_rows(scope) if row[2]} == {"0.000"}
    said = text(scope, "activation_why")
    assert said.endswith("On this row any answer will do: nothing comes back."), said
    bench.model.examine(UnitAt(1, 0))
    assert "don't care" not in text(scope, "blame_why")
    assert chain(scope).startswith("partial L by partial z equals minus 0.")
    lines = copied(scope)
    assert f"  q = {answer}   no target: any answer will do" in lines
    assert not any("q − t" in line for line in lines)


def test_a_row_of_free_targets_has_no_loss(scope: Microscope, bench: Alone) -> None:
    bench.model.choose_data(HALF_FREE)
    bench.model.choose_row(3)
    assert scope.rows.combo.currentText() == "Row (1, 1) · target free"
    assert text(scope, "error_hint") == "no loss"
    for line in ("error_1", "error_2", "answer_1", "answer_2"):
        assert text(scope, line).endswith("no target: any answer will do")
    assert text(scope, "loss_change") == ""
    assert text(scope, "again_why") == "Without a target the row has no loss, before or after."
    assert "This row has no target (don't care)" in text(scope, "blame_why")
    assert not any(line.startswith("  L = ") for line in copied(scope))


def test_softmax_brings_something_back_to_a_free_output_too(
    scope: Microscope, bench: Alone
) -> None:
    bench.model.choose_data(HALF_FREE)
    bench.model.set_activation(1, "softmax")
    change_training(bench, loss="squared")
    bench.model.choose_row(1)
    bench.model.examine(UnitAt(1, 1))
    assert text(scope, "blame_why").endswith("softmax shares 1 out among all.")
    assert ", other outputs;" in chain(scope)
    assert table_row(scope, "b")[1] != 0.0


# -- The perceptron rule ---------------------------------------------------------------------------


def test_a_step_has_no_slope_and_the_rule_takes_the_error(scope: Microscope, bench: Alone) -> None:
    perceptron(bench, 1.0, 1.0, 0.5)  # answers 1 at (1, 1), where 0 is wanted
    assert text(scope, "slope") == "∂a/∂z = 0"
    assert "its slope is 0, and no gradient comes back" in text(scope, "activation_why")
    assert text(scope, "blame_title") == "Blame, by the perceptron rule"
    assert "takes the error itself" in text(scope, "blame_why")
    assert chain(scope) == (
        "a minus t equals 1, the error; times partial z by partial w 1 equals 1, x 1; "
        "equals open bracket a minus t close bracket times x 1 equals 1, by the rule"
    )
    assert text(scope, "rule").startswith("w ← w − η·(a − t)·x ")
    table = find(scope, QTableWidget, "microscope_weights_table")
    assert table.horizontalHeaderItem(2).text() == "(a − t)·x"
    assert text(scope, "check") == "The rule follows no slope: the numeric gradient is 0."
    bench.model.choose_row(0)
    weigh(bench, 0, 0.0, 0.0, 0.0)
    bench.model.examine(WeightAt(0, 2, 0), Part.UPDATE)  # the bias: a little more answers 1
    assert text(scope, "check").startswith("z lies at the step's jump, where there is no slope")
    bench.model.choose_row(3)
    weigh(bench, 0, 1.0, 1.0, 0.5)
    lines = copied(scope)
    assert "  a − t = 1.000" in lines
    assert not any("∂L" in line for line in lines)
    bench.model.choose_row(1)  # 1, as is wanted
    assert text(scope, "blame_why").startswith("The answer is right: the error a − t is 0")


# -- Beyond all numbers ----------------------------------------------------------------------------


@pytest.mark.parametrize("part", [Part.BLAME, Part.AGAIN])
def test_nothing_is_said_of_a_loss_that_is_no_number(
    scope: Microscope, bench: Alone, part: Part
) -> None:
    bench.model.set_activation(0, "identity")
    bench.model.set_activation(1, "identity")
    change_training(bench, loss="squared")
    bench.model.set_weights({WeightAt(0, 0, 0): 1e308, WeightAt(0, 1, 0): 1e308}, "")
    bench.model.set_weights({WeightAt(1, 0, 0): 1.0}, "")
    for at in (UnitAt(0, 0), UnitAt(0, 1), UnitAt(1, 0)):
        bench.model.examine(at, part)
        why = text(scope, "blame_why")
        assert "no finite number: no step comes of it" in why, why
        assert "no finite number" in text(scope, "again_why")
        assert text(scope, "check") in ("", "Beyond all numbers there is nothing to compare.")


def test_a_sum_that_is_no_number_is_said(scope: Microscope, bench: Alone) -> None:
    bench.model.set_activation(0, "identity")
    huge = {WeightAt(0, row, unit): 1e308 for row in (0, 1) for unit in (0, 1)}
    bench.model.set_weights(huge, "")
    bench.model.set_weights({WeightAt(1, 0, 0): 1.0, WeightAt(1, 1, 0): -1.0}, "")
    bench.model.examine(UnitAt(1, 0))  # ∞ less ∞
    assert text(scope, "sum_formula").endswith("= NaN")
    assert text(scope, "activation_why") == "z is NaN, and no number comes of that: a is NaN."
    assert text(scope, "blame_why").startswith("∂L/∂z is NaN, no finite number")


def test_a_step_beyond_all_numbers_is_neither_smaller_nor_larger(
    scope: Microscope, bench: Alone
) -> None:
    bench.model.remove_layer(0)
    bench.model.set_activation(0, "identity")
    change_training(bench, loss="squared", learning_rate=100.0)
    weigh(bench, 0, 1e307, 0.0, 0.0)
    assert text(scope, "blame_why").endswith("The step takes it beyond all numbers.")


def test_long_numbers_stand_whole_in_the_table(scope: Microscope, bench: Alone) -> None:
    bench.model.remove_layer(0)
    bench.model.set_activation(0, "identity")
    change_training(bench, loss="squared", learning_rate=1.0)
    weigh(bench, 0, -1.234e300, -1.234e300, 1.0)
    table = find(scope, QTableWidget, "microscope_weights_table")
    assert table_rows(scope)[0][4] == "1.2×10³⁰⁰↑"
    for column in range(table.columnCount()):
        assert table.sizeHintForColumn(column) <= table.columnWidth(column), column


def test_a_sum_whose_parts_alone_have_an_end_is_drawn(scope: Microscope, bench: Alone) -> None:
    bench.model.remove_layer(0)
    bench.model.set_activation(0, "identity")
    weigh(bench, 0, 1.5e308, 1.5e308, -1.5e308)
    assert text(scope, "sum_formula").endswith("= ∞")
    assert scope.grab().width() > 0
    weigh(bench, 0, 1e-320, 0.0, 0.0)
    assert scope.grab().width() > 0


def test_a_softmax_of_endless_sums_is_no_number(scope: Microscope, bench: Alone) -> None:
    bench.model.choose_data(HALF_FREE)
    bench.model.remove_layer(0)
    bench.model.set_activation(0, "softmax")
    bench.model.choose_row(3)
    bench.model.set_weights({WeightAt(0, 0, 0): 1.5e308, WeightAt(0, 1, 0): 1.5e308}, "")
    assert text(scope, "activation_why") == "z is ∞, and no number comes of that: a is NaN."
    assert text(scope, "blame_why").startswith("∂L/∂z is NaN, no finite number")  # no target either
    assert scope.grab().width() > 0
    bench.model.examine(UnitAt(0, 1))
    assert text(scope, "activation_why").startswith("Another z of this layer is no finite number")


# -- Where weights come from -----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("spec", "said"),
    [
        (InitialiserSpec("zeros"), "All 0 at the start (Zeros)"),
        (InitialiserSpec("constant", 0.25), "All 0.25 at the start (Constant)"),
        (InitialiserSpec("normal"), "Drawn at random from seed 0 (Normal)"),
    ],
)
def test_weights_are_drawn_only_where_chance_draws_them(
    scope: Microscope, bench: Alone, spec: InitialiserSpec, said: str
) -> None:
    change_training(bench, initialiser=spec)
    assert text(scope, "weights_why") == f"{said}, unless typed, rounded or read from a file."


def test_steps_of_the_first_epoch_count_as_training(scope: Microscope, bench: Alone) -> None:
    change_training(bench, batch_size=2, initialiser=InitialiserSpec("xavier"))
    bench.model.step(whole_epoch=False)
    bench.model.choose_row(0)
    assert text(scope, "weights_why").endswith(
        "read from a file. The network has been trained for 1 step."
    )
    bench.model.step(whole_epoch=False)
    bench.model.choose_row(1)
    assert text(scope, "weights_why").endswith(
        "read from a file. The network has been trained for 1 epoch."
    )
    bench.model.preview_rounding(0.5)
    why = text(scope, "weights_why")
    assert why == "Rounded to multiples of 0.5, to be looked at: not yet kept."


# -- Nothing comes back ----------------------------------------------------------------------------


def test_an_output_that_is_its_target_has_no_error_to_send_back(
    scope: Microscope, bench: Alone
) -> None:
    bench.model.remove_layer(0)
    bench.model.set_activation(0, "identity")
    change_training(bench, loss="squared")
    weigh(bench, 0, 1.0, -1.0, 0.0)  # 0 at (1, 1), as is wanted
    why = "The answer is the target itself: there is no error to send back."
    assert text(scope, "blame_why") == why


@pytest.mark.parametrize(("loss", "weight"), [("hinge", -0.5), ("perceptron", 0.0)])
def test_a_loss_of_0_at_its_corner_cannot_fall(
    scope: Microscope, bench: Alone, loss: Loss, weight: float
) -> None:
    bench.model.remove_layer(0)
    bench.model.set_activation(0, "identity")
    change_training(bench, loss=loss)
    weigh(bench, 0, weight, weight, 0.0)
    assert text(scope, "error_hint") == "loss = 0.000"
    assert table_row(scope, "w₁")[1] == 1.0
    why = text(scope, "blame_why")
    assert why.startswith("The loss on this row is 0 and cannot fall"), why
    assert "lower" not in why
    weigh(bench, 0, 1.0, 1.0, 0.0)
    assert text(scope, "blame_why").startswith("More w₁ would raise the loss on this row.")


def test_a_hidden_units_z_is_not_where_the_loss_has_its_corner(
    scope: Microscope, bench: Alone
) -> None:
    bench.model.set_activation(0, "relu")
    bench.model.set_activation(1, "identity")
    change_training(bench, loss="hinge")
    weigh(bench, 0, 1.0, 0.0, 0.0)
    weigh(bench, 1, -1.0, 0.0, 0.0, 0.0, 0.0)  # −1 at (1, 1), just what costs nothing
    why = text(scope, "blame_why")
    assert why.startswith("The loss on this row is 0 and cannot fall: an answer lies at its corner")
    assert text(scope, "check").endswith("not the derivative here")


def test_one_of_two_answers_at_its_corner(scope: Microscope, bench: Alone) -> None:
    targets = ((0.0, 1.0), (1.0, 0.0), (1.0, 0.0), (0.0, 1.0))
    bench.model.choose_data(TruthTableData(("x1", "x2"), ("p", "q"), CORNERS, targets))
    bench.model.remove_layer(0)
    bench.model.set_activation(0, "identity")
    change_training(bench, loss="perceptron")
    bench.model.choose_row(3)
    weigh(bench, 0, 0.0, 0.0, 0.0)  # p is 0 where less than that is wanted
    bench.model.set_weights({WeightAt(0, row, 1): -1.0 for row in range(3)}, "")
    bench.model.examine(UnitAt(0, 0))
    assert text(scope, "error_hint") == "loss = 3.000"
    assert text(scope, "blame_why").startswith("An answer lies at the loss's corner")
    bench.model.examine(UnitAt(0, 1))
    assert text(scope, "blame_why").startswith("More w₁ would lower the loss on this row.")


@pytest.mark.parametrize("loss", ["hinge", "perceptron"])
def test_an_output_that_is_safely_right_sends_nothing_back(
    scope: Microscope, bench: Alone, loss: Loss
) -> None:
    bench.model.remove_layer(0)
    bench.model.set_activation(0, "identity")
    change_training(bench, loss=loss)
    weigh(bench, 0, -2.0, -2.0, 0.0)
    assert text(scope, "blame_why").startswith("The answer lies on the right side, far enough")


def test_the_error_is_what_the_loss_reads(scope: Microscope, bench: Alone) -> None:
    bench.model.remove_layer(0)
    bench.model.set_activation(0, "identity")
    weigh(bench, 0, 0.0, 0.0, 2.3)
    change_training(bench, loss="binary_cross_entropy")
    assert text(scope, "error_1") == "σ(ŷ) − t = 0.909 − 0 = +0.909"
    assert chain(scope).startswith("partial L by partial a equals 0.909, from the loss")
    change_training(bench, loss="hinge")
    weigh(bench, 0, 0.0, 0.0, -5.0)
    assert text(scope, "error_hint") == "loss = 0.000"
    assert text(scope, "error_1") == "s·ŷ = (−1)·(−5) = +5.000"
    assert "  s·ŷ = (−1)·(−5) = +5.000" in copied(scope)
    change_training(bench, loss="squared")
    assert text(scope, "error_1") == "ŷ − t = −5.000 − 0 = −5.000"


def test_classes_of_an_identity_are_read_by_softmax(scope: Microscope, bench: Alone) -> None:
    bench.model.choose_data(TruthTableData(("x1",), ("p", "q"), ((0.0,),), ((0.0, 1.0),)))
    bench.model.remove_layer(0)
    bench.model.set_activation(0, "identity")
    change_training(bench, loss="categorical_cross_entropy")
    bench.model.set_weights({WeightAt(0, 1, 0): 1.0, WeightAt(0, 1, 1): 1.0}, "")
    bench.model.choose_row(0)
    assert text(scope, "error_1") == "softmax(p) − t = 0.500 − 0 = +0.500"
    assert text(scope, "error_2") == "softmax(q) − t = 0.500 − 1 = −0.500"


def test_weights_of_zero_let_nothing_back_to_a_hidden_unit(scope: Microscope, bench: Alone) -> None:
    bench.model.set_weights({WeightAt(1, 0, 0): 0.0}, "")
    why = "∂L/∂a is 0: the weights out of h₁ are 0, so nothing comes back through them."
    assert text(scope, "blame_why") == why


def test_a_weight_of_zero_beside_an_output_that_is_right(scope: Microscope, bench: Alone) -> None:
    targets = ((0.0, 1.0), (1.0, 0.0), (1.0, 0.0), (0.0, 1.0))
    bench.model.choose_data(TruthTableData(("x1", "x2"), ("p", "q"), CORNERS, targets))
    bench.model.set_activation(0, "identity")
    bench.model.set_activation(1, "identity")
    change_training(bench, loss="squared")
    bench.model.choose_row(3)
    weigh(bench, 0, 1.0, 1.0, 0.0)
    rows = range(bench.model.state.experiment.network.layers[0].units + 1)
    out = {WeightAt(1, row, unit): 0.0 for row in rows for unit in (0, 1)}
    out |= {WeightAt(1, 0, 1): 0.5, WeightAt(1, rows[-1], 0): 1.0}
    bench.model.set_weights(out, "")  # p = 1 is wrong, and its weight 0; q = 1 is right
    bench.model.examine(UnitAt(0, 0))
    assert text(scope, "back_formula").endswith("0.000·1.000 + 0.500·0.000 = 0.000")
    why = "∂L/∂a is 0: where the weight is not 0, what comes after has nothing to send back."
    assert text(scope, "blame_why") == why


def test_behind_a_cross_entropy_the_slope_of_the_sigmoid_holds_nothing_back(
    scope: Microscope, bench: Alone
) -> None:
    weights = {WeightAt(1, row, 0): 9.0 if row == 4 else 0.0 for row in range(5)}
    bench.model.set_weights(weights, "")
    bench.model.examine(UnitAt(1, 0))
    why = "The slope at z is 0.000123. Cross-entropy cancels it: the whole error goes back."
    assert text(scope, "activation_why") == why
    assert table_row(scope, "b")[1] == pytest.approx(1.0, abs=0.001)


@pytest.mark.parametrize(("activation", "read"), [("sigmoid", "z"), ("tanh", "a")])
def test_a_cross_entropy_names_what_it_reads(
    scope: Microscope, bench: Alone, activation: str, read: str
) -> None:
    bench.model.set_activation(1, activation)
    change_training(bench, loss="binary_cross_entropy")
    assert text(scope, "loss").endswith(f"p = σ({read})")


@pytest.mark.parametrize(
    ("activation", "said"),
    [
        ("relu", "z is 0, at ReLU's corner, whose slope counts as 0: nothing comes back."),
        ("leaky_relu", "a hundredth of it goes on, and a hundredth of the gradient comes back."),
    ],
)
def test_the_corner_of_a_relu(scope: Microscope, bench: Alone, activation: str, said: str) -> None:
    bench.model.set_activation(0, activation)
    weigh(bench, 0, 1.0, 1.0, -2.0)
    assert text(scope, "activation_why").endswith(said)
    assert "flat" not in text(scope, "blame_why")


def test_a_slope_too_small_to_be_written_is_not_nothing(scope: Microscope, bench: Alone) -> None:
    bench.model.set_activation(0, "sigmoid")
    weigh(bench, 0, 5.0, 5.0, 0.0)
    assert text(scope, "activation_why").endswith("nearly flat: less than 0.1% comes back.")
    weigh(bench, 0, 500.0, 500.0, 0.0)
    assert text(scope, "activation_why").endswith("Sigmoid is flat there: nothing comes back.")


def test_the_batch_of_a_single_row_is_said_to_be_one(scope: Microscope, bench: Alone) -> None:
    bench.model.choose_data(TruthTableData(("x1", "x2"), ("y",), ((1.0, 1.0),), ((0.0,),)))
    bench.model.choose_row(0)
    bench.model.examine_batch(True)
    assert text(scope, "batch_rows").startswith("The batch is row 1 alone")


# -- Which row a step used, and what it did to this one --------------------------------------------


def test_copies_of_another_row_are_not_this_row(scope: Microscope, bench: Alone) -> None:
    bench.model.choose_data(GateData("xor", copies=25))
    change_training(bench, batch_size=2)
    bench.model.choose_row(0)
    bench.model.examine_batch(True)
    alone = set()
    for _ in range(50):
        bench.model.step(whole_epoch=False)
        state = bench.model.state
        assert state.snapshot is not None
        rows, row = state.rows_of(state.snapshot.rows), state.row
        if len(set(rows)) == 1:
            alone.add(rows[0] == row)
            said = f"this row ({row + 1})" if rows[0] == row else f"row {rows[0] + 1} alone"
            assert f"The last step used {said}:" in text(scope, "note")
    assert alone == {True, False}


def test_the_row_that_a_step_used_is_that_of_its_targets(scope: Microscope, bench: Alone) -> None:
    corners, targets = ((0.0, 1.0), (1.0, 1.0), (0.0, 1.0)), ((1.0,), (0.0,), (0.0,))
    bench.model.choose_data(TruthTableData(("x1", "x2"), ("y",), corners, targets))
    change_training(bench, batch_size=1, shuffle=False)
    bench.model.choose_row(0)
    for row in (0, 1, 2):
        bench.model.step(whole_epoch=False)
        assert bench.model.state.row == row
        assert text(scope, "note").startswith(f"The last step used this row ({row + 1})")


@pytest.mark.parametrize(("size", "said"), [(1, "after this step."), (4, "and not this row.")])
def test_a_batch_of_this_row_alone_serves_no_other(
    scope: Microscope, bench: Alone, size: int, said: str
) -> None:
    bench.model.remove_layer(0)
    bench.model.set_activation(0, "identity")
    change_training(bench, batch_size=size, shuffle=False, loss="squared", learning_rate=5.0)
    weigh(bench, 0, 0.5, 0.5, 0.5)
    bench.model.choose_row(0)
    bench.model.examine(UnitAt(0, 0))
    bench.model.examine_batch(True)
    assert text(scope, "again_why").endswith(said), text(scope, "again_why")
    bench.model.examine_batch(False)
    assert text(scope, "again_why").endswith("went past the lowest point. Try a lower rate.")
    change_training(bench, learning_rate=0.01)
    bench.model.examine_batch(True)
    assert text(scope, "again_why").startswith("With the new weights the loss on this row is lower")
    assert "too" not in text(scope, "again_why")


# -- Formulas --------------------------------------------------------------------------------------


def test_every_negative_factor_stands_in_brackets(scope: Microscope, bench: Alone) -> None:
    bench.model.set_activation(0, "identity")
    weigh(bench, 0, -1.5, -0.25, 0.0)
    assert text(scope, "sum_formula").startswith("= (−1.500)·1 + (−0.250)·1 + ")
    bench.model.set_weights({WeightAt(1, 0, 0): -2.0}, "")
    assert "= (−2.000)·" in text(scope, "back_formula")
    bench.model.choose_data(GateData("or"))
    bench.model.choose_row(3)
    bench.model.examine(UnitAt(1, 0))
    factors = [line for line in copied(scope) if line.startswith("  ∂L/∂b = ")]
    assert factors[0].startswith("  ∂L/∂b = (−0.")


def test_powers_of_ten_stand_as_in_a_book(scope: Microscope, bench: Alone) -> None:
    data = TruthTableData(
        ("x1", "x2"), ("y",), ((250_000_000.0, 2.0), (1.0, 3.0)), ((5e8,), (1e-5,))
    )
    bench.model.choose_data(data)
    bench.model.remove_layer(0)
    weigh(bench, 0, 1.0, 0.0, 0.0)
    bench.model.choose_row(0)
    assert text(scope, "error_1") == "ŷ − t = 2.5×10⁸ − 5×10⁸ = −2.5×10⁸"
    assert text(scope, "predict_hint") == "target 5×10⁸"
    assert not [line for line in copied(scope)[2:] if re.search(r"\de[−-]?\d", line)]


@pytest.mark.parametrize("steps", [0, 1, 3])
def test_the_step_of_adams_correction_is_shown(scope: Microscope, bench: Alone, steps: int) -> None:
    spec = bench.model.document.experiment.training.optimiser
    change_training(bench, optimiser=replace(spec, name="adam"))
    for _ in range(steps):
        bench.model.step(whole_epoch=True)
    bench.model.examine(UnitAt(0, 0), Part.UPDATE)
    assert text(scope, "rule").endswith(f"k = {steps + 1}")
    mean, square = text(scope, "term_3"), text(scope, "term_5")
    assert f" / (1 − 0.9^{steps + 1}) = " in mean
    assert f" / (1 − 0.999^{steps + 1}) = " in square


def test_a_pinned_weight_does_not_move_by_what_is_remembered(
    scope: Microscope, bench: Alone
) -> None:
    spec = bench.model.document.experiment.training.optimiser
    change_training(bench, optimiser=replace(spec, name="momentum"))
    for _ in range(3):
        bench.model.step(whole_epoch=True)
    bench.model.toggle_pins([WeightAt(0, 1, 0)])
    bench.model.examine(WeightAt(0, 1, 0), Part.UPDATE)
    assert (text(scope, "term_1"), text(scope, "term_2")) == ("g = 0", "Δw = 0")
    line = scope.findChild(type(scope.update_card.rule), "microscope_term_3")
    assert line is None or line.isHidden()
    assert np.isfinite(table_row(scope, "w₁")[2])


def test_hidden_steps_are_followed_forward_and_the_reason_stands_for_the_rest(
    scope: Microscope, bench: Alone
) -> None:
    bench.model.set_activation(0, "step")
    weigh(bench, 0, 1.0, 1.0, -0.5)
    assert text(scope, "sum_formula") == "= 1.000·1 + 1.000·1 + (−0.500) = 1.500"
    assert text(scope, "activation_formula") == "z = 1.500 > 0   ⇒   a = 1"
    weigh(bench, 0, 1.0, 1.0, -2.5)
    assert text(scope, "activation_formula") == "z = −0.500 ≤ 0   ⇒   a = 0"
    scope.copy_button.menu().actions()[1].trigger()
    as_latex = QGuiApplication.clipboard().text()
    assert r"-0.500 \le 0\quad \Rightarrow \quad a = 0" in as_latex
    assert text(scope, "error_1").startswith("ŷ − t = ")
    assert text(scope, "reason").startswith("Layer 1 uses the step activation")
    shown = {card.part for card in scope.cards if not card.isHidden()}
    assert shown == {Part.INPUTS, Part.BIAS, Part.WEIGHTS, Part.SUM, Part.ACTIVATION, Part.ERROR}
    assert text(scope, "activation_why").endswith("and no gradient comes back.")
    assert not any("∂L" in line for line in copied(scope))
    bench.model.examine_batch(True)
    bench.model.examine(UnitAt(1, 0), Part.UPDATE)
    assert text(scope, "reason").startswith("Layer 1 uses the step activation")
    bench.model.set_activation(0, "sigmoid")
    assert text(scope, "reason") == ""
    assert all(not card.isHidden() for card in scope.cards)


def test_a_leaky_relu_has_brackets_about_numbers_alone(scope: Microscope, bench: Alone) -> None:
    bench.model.set_activation(0, "leaky_relu")
    weigh(bench, 0, -1.0, 0.0, 0.0)
    assert text(scope, "activation_formula") == "a = 0.01·z = 0.01·(−1.000) = −0.010"


def test_an_endless_weight_that_stays_has_changed_by_nothing(
    scope: Microscope, bench: Alone
) -> None:
    bench.model.remove_layer(0)
    bench.model.set_activation(0, "identity")
    change_training(bench, loss="hinge")
    network = bench.model.document.experiment.network
    layer = replace(network.layers[0], weights=np.array([[-np.inf], [0.0]]))
    network = replace(network, layers=(layer,))
    experiment = replace(bench.model.document.experiment, network=network)
    bench.model.document.load(experiment, None)
    bench.model.choose_row(3)
    bench.model.open_microscope(UnitAt(0, 0))
    row = next(row for row in table_rows(scope) if row[0] == "w₁")
    assert row[1:4] == ["−∞", "0.000", "0.000"]


@pytest.mark.parametrize("size", [0, 1])
def test_only_training_by_single_rows_goes_row_by_row(
    scope: Microscope, bench: Alone, size: int
) -> None:
    change_training(bench, batch_size=size, learning_rate=0.01)
    said = text(scope, "again_why")
    assert said.startswith("With the new weights the loss on this row is lower.")
    assert said.endswith("row by row.") == (size == 1)
