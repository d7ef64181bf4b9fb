"""What the sheet says is true of the numbers beside it, at its edges too."""

from __future__ import annotations

from fnmatch import fnmatchcase
from typing import Any

import pytest
from msgspec.structs import replace
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QTableWidget

from gui.build_tab.microscope.drawings import ChainTiles, SumBars
from gui.build_tab.microscope.panel import Microscope
from model.experiment import GateData, InitialiserSpec, OptimiserSpec, TruthTableData
from model.insight.step.walk import Part
from model.places import UnitAt, WeightAt
from tests.gui.build_tab.microscope.alone import Alone
from tests.gui.build_tab.microscope.reading import table_rows, text
from tests.gui.finding import find

FIRST = UnitAt(0, 0)
CORNERS = ((0.0, 0.0), (0.0, 1.0), (1.0, 0.0), (1.0, 1.0))
PAIRS = ((0.0, 1.0), (1.0, 0.0), (1.0, 0.0), (0.0, 1.0))
TWO_ANSWERS = TruthTableData(("x1", "x2"), ("p", "q"), CORNERS, PAIRS)
HALF_FREE = TruthTableData(
    ("x1", "x2"), ("p", "q"), CORNERS, ((0.0, 1.0), (1.0, None), (1.0, 0.0), (None, None))
)
ONE_ROW = TruthTableData(("x1", "x2"), ("y",), CORNERS[3:], ((0.0,),))
ONE_OF_TWO = TruthTableData(("x1",), ("p", "q"), ((0.0,),), PAIRS[:1])
HUGE = TruthTableData(("x1", "x2"), ("y",), ((2.5e8, 2.0), (1.0, 3.0)), ((5e8,), (1e-5,)))


@pytest.fixture
def bench(alone: Alone) -> Alone:
    return alone


def change_training(bench: Alone, **settings: object) -> None:
    training = bench.model.document.experiment.training
    bench.model.set_training(replace(training, **settings), "Settings")


def arrange(
    bench: Alone,
    data: Any = None,
    hidden: str = "",
    output: str = "",
    weights: dict[tuple[int, int], tuple[float, ...]] | None = None,
    row: int = 3,
    at: UnitAt | WeightAt = FIRST,
    batch: bool = False,
    steps: int = 0,
    **training: object,
) -> None:
    """Make a network, and examine a unit on a row.

    `hidden` "none" leaves only the outputs; `weights` are those into a (layer, unit), bias last.
    """
    model = bench.model
    if data is not None:
        model.choose_data(data)
    if hidden == "none":
        model.remove_layer(0)
    elif hidden:
        model.set_activation(0, hidden)
    if output:
        model.set_activation(len(model.document.experiment.network.layers) - 1, output)
    change_training(bench, **training)
    for (layer, unit), values in (weights or {}).items():
        model.set_weights({WeightAt(layer, i, unit): value for i, value in enumerate(values)}, "")
    for _ in range(steps):
        model.step(whole_epoch=True)
    model.choose_row(row)
    model.examine(at, Part.UPDATE)
    model.examine_batch(batch)


def read(scope: Microscope, name: str) -> str:
    """Return a label's text, a drawing in words, a weight's row of the table, or what is copied."""
    if name in ("chain", "bars"):
        drawing = scope.findChild(ChainTiles if name == "chain" else SumBars)
        assert drawing is not None
        return drawing.accessibleName()
    if name == "row":
        return scope.rows.combo.currentText()
    if name == "heads":
        table = find(scope, QTableWidget, "microscope_weights_table")
        return " ".join(table.horizontalHeaderItem(i).text() for i in range(1, 5))
    if name in ("w₁", "w₂", "b"):
        return next(" ".join(row[1:]).strip() for row in table_rows(scope) if row[0] == name)
    if name == "copied":
        scope.copy_button.menu().actions()[0].trigger()
        return QGuiApplication.clipboard().text()
    return text(scope, name)


FREE, ANY = {"data": HALF_FREE}, "*no target: any answer will do"
LINE = {"hidden": "none", "output": "identity"}
STEP = {"hidden": "none", "output": "step"}
STEEP = LINE | {
    "loss": "squared",
    "weights": {(0, 0): (0.5, 0.5, 0.5)},
    "shuffle": False,
    "row": 0,
    "learning_rate": 5.0,
}
SLOW = {"learning_rate": 0.01}
LOWER = "With the new weights the loss on this row is lower."
NOT_FINITE = "*no finite number: no step comes of it.*"
STRAIGHT = {"hidden": "identity", "output": "identity", "loss": "squared"}
HELD = "The loss on this row is 0 and cannot fall: an answer lies at its corner*"

SCENES: dict[str, tuple[dict[str, Any], dict[str, str]]] = {
    # -- Free targets
    "free output beside one with a target": (
        FREE | {"row": 1, "at": UnitAt(1, 1)},
        {
            "row": "Row (0, 1) · target 1 free",
            "error_1": "p − t = *",
            "error_2": f"q = 0.*{ANY}",
            "answer_1": "*t = 1",
            "answer_2": ANY,
            "predict_hint": "target 1 free",
            "blame_why": "q has no target on this row (don't care)*nothing comes back.",
            "activation_why": "*On this row any answer will do: nothing comes back.",
            "chain": "partial L by partial z equals 0, no target*",
            "b": "* 0.000 0.000 *",
        },
    ),
    "output with a target beside a free one": (
        FREE | {"row": 1, "at": UnitAt(1, 0)},
        {
            "blame_why": "Sigmoid and cross-entropy are taken as one*",
            "chain": "partial L by partial z equals minus 0.*",
        },
    ),
    "row of free targets": (
        FREE,
        {
            "row": "Row (1, 1) · target free",
            "error_hint": "no loss",
            "error_1": ANY,
            "answer_2": ANY,
            "again_1": "",
            "again_why": "Without a target the row has no loss, before or after.",
            "blame_why": "This row has no target (don't care)*",
            "copied": "*After the step\n  p = *",
            "w₁": "* 0.000 0.000 *",
        },
    ),
    "softmax brings something back to a free output": (
        FREE | {"output": "softmax", "loss": "squared", "row": 1, "at": UnitAt(1, 1)},
        {
            "blame_why": "*softmax shares 1 out among all.",
            "chain": "*equals *0.*, other outputs;*",
        },
    ),
    # -- The perceptron rule
    "a wrong step unit": (
        STEP | {"weights": {(0, 0): (1.0, 1.0, 0.5)}},
        {
            "slope": "∂a/∂z = 0",
            "activation_why": "*its slope is 0, and no gradient comes back. The perceptron rule, *",
            "blame_title": "Blame, by the perceptron rule",
            "blame_why": "*takes the error itself*",
            "chain": "a minus t equals 1, the error; times partial z by partial w 1 equals 1, x 1; "
            "equals open bracket a minus t close bracket times x 1 equals 1, by the rule",
            "rule": "w ← w − η·(a − t)·x *",
            "heads": "old (a − t)·x change new",
            "check": "The rule follows no slope: the numeric gradient is 0.",
            "copied": "*\n  a − t = 1.000\n*",
        },
    ),
    "a step unit at its jump": (
        STEP | {"weights": {(0, 0): (0.0, 0.0, 0.0)}, "row": 0, "at": WeightAt(0, 2, 0)},
        {"check": "z lies at the step's jump, where there is no slope*"},
    ),
    "a right step unit": (
        STEP | {"weights": {(0, 0): (1.0, 1.0, 0.5)}, "row": 1},
        {"blame_why": "The answer is right: the error a − t is 0*"},
    ),
    # -- Beyond all numbers
    "loss of a hidden unit beyond all numbers": (
        STRAIGHT | {"weights": {(0, 0): (1e308, 1e308), (1, 0): (1.0,)}},
        {
            "note": "*no finite number*",
            "blame_why": NOT_FINITE,
            "again_why": "*no finite number*",
            "check": "Beyond all numbers there is nothing to compare.",
        },
    ),
    "loss of an output beyond all numbers, in a batch": (
        STRAIGHT
        | {"weights": {(0, 0): (1e308, 1e308), (1, 0): (1.0,)}, "at": UnitAt(1, 0), "batch": True},
        {"note": "*no finite number*", "blame_why": NOT_FINITE, "w₁": "* −∞ ↓"},
    ),
    "infinity less infinity": (
        {
            "hidden": "identity",
            "weights": {(0, 0): (1e308, 1e308), (0, 1): (1e308, 1e308), (1, 0): (1.0, -1.0)},
            "at": UnitAt(1, 0),
        },
        {
            "sum_2": "*= NaN",
            "activation_why": "z is NaN, and no number comes of that: a is NaN.",
            "blame_why": "∂L/∂z is NaN, no finite number*",
        },
    ),
    "a step beyond all numbers": (
        LINE | {"loss": "squared", "learning_rate": 100.0, "weights": {(0, 0): (1e307, 0.0, 0.0)}},
        {"blame_why": "*The step takes it beyond all numbers."},
    ),
    "long numbers": (
        LINE
        | {
            "loss": "squared",
            "learning_rate": 1.0,
            "weights": {(0, 0): (-1.234e300,) * 2 + (1.0,)},
        },
        {"w₁": "*1.2×10³⁰⁰↑"},
    ),
    # -- Where weights come from
    **{
        said: (
            {"initialiser": spec},
            {"weights_why": f"{said}, unless typed, rounded or read from a file."},
        )
        for said, spec in (
            ("All 0 at the start (Zeros)", InitialiserSpec("zeros")),
            ("All 0.25 at the start (Constant)", InitialiserSpec("constant", 0.25)),
            ("Drawn at random from seed 0 (Normal)", InitialiserSpec("normal")),
        )
    },
    # -- What comes back
    "an output that is its target": (
        LINE | {"loss": "squared", "weights": {(0, 0): (1.0, -1.0, 0.0)}},
        {"blame_why": "The answer is the target itself: there is no error to send back."},
    ),
    **{
        f"{loss} of 0 at its corner": (
            LINE | {"loss": loss, "weights": {(0, 0): (weight, weight, 0.0)}},
            {"error_hint": "loss = 0.000", "blame_why": HELD, "w₁": "* 1.000 *"},
        )
        for loss, weight in (("hinge", -0.5), ("perceptron", 0.0))
    },
    "hinge beyond its corner": (
        LINE | {"loss": "hinge", "weights": {(0, 0): (1.0, 1.0, 0.0)}},
        {"blame_why": "More w₁ would raise the loss on this row.*"},
    ),
    "a hidden unit where an output lies at the corner": (
        {
            "hidden": "relu",
            "output": "identity",
            "loss": "hinge",
            "weights": {(0, 0): (1.0, 0.0, 0.0), (1, 0): (-1.0, 0.0, 0.0, 0.0, 0.0)},
        },
        {"blame_why": HELD, "check": "*not the derivative here"},
    ),
    **{
        f"answer {answer} of which the first lies at its corner": (
            LINE
            | {
                "data": TWO_ANSWERS,
                "loss": "perceptron",
                "weights": {(0, 0): (0.0, 0.0, 0.0), (0, 1): (-1.0, -1.0, -1.0)},
                "at": UnitAt(0, answer),
            },
            {"error_hint": "loss = 3.000", "blame_why": why},
        )
        for answer, why in enumerate(
            ("An answer lies at the loss's corner*", "More w₁ would lower the loss on this row.*")
        )
    },
    **{
        f"safely right by {loss}": (
            LINE | {"loss": loss, "weights": {(0, 0): (-2.0, -2.0, 0.0)}},
            {"blame_why": "The answer lies on the right side, far enough*"},
        )
        for loss in ("hinge", "perceptron")
    },
    "weights of zero behind a hidden unit": (
        {"weights": {(1, 0): (0.0,)}},
        {
            "blame_why": "∂L/∂a is 0: the weights out of h₁ are 0, so nothing comes back through "
            "them."
        },
    ),
    "a weight of zero beside an output that is right": (
        STRAIGHT
        | {
            "data": TWO_ANSWERS,
            "weights": {
                (0, 0): (1.0, 1.0, 0.0),
                (1, 0): (*[0.0] * 8, 1.0),
                (1, 1): (0.5, *[0.0] * 8),
            },
        },
        {
            "blame_1": "*0.000·1.000 + 0.500·0.000 = 0.000",
            "blame_why": "∂L/∂a is 0: where the weight is not 0, what comes after has nothing to "
            "send back.",
        },
    ),
    "a flat sigmoid behind a cross-entropy": (
        {"weights": {(1, 0): (0.0, 0.0, 0.0, 0.0, 9.0)}, "at": UnitAt(1, 0)},
        {
            "activation_why": "The slope at z is 0.000123. Cross-entropy cancels it: the whole "
            "error goes back.",
            "b": "9.000 1.000 *",
        },
    ),
    # -- What the loss reads
    "cross-entropy of a number": (
        LINE | {"weights": {(0, 0): (0.0, 0.0, 2.3)}, "loss": "binary_cross_entropy"},
        {
            "error_1": "σ(ŷ) − t = 0.909 − 0 = +0.909",
            "chain": "partial L by partial a equals 0.909, from the loss*",
        },
    ),
    "hinge of a number": (
        LINE | {"weights": {(0, 0): (0.0, 0.0, -5.0)}, "loss": "hinge"},
        {
            "error_hint": "loss = 0.000",
            "error_1": "s·ŷ = (−1)·(−5) = +5.000",
            "copied": "*\n  s·ŷ = (−1)·(−5) = +5.000\n*",
        },
    ),
    "squared error of a number": (
        LINE | {"weights": {(0, 0): (0.0, 0.0, -5.0)}, "loss": "squared"},
        {"error_1": "ŷ − t = −5.000 − 0 = −5.000"},
    ),
    "classes of an identity": (
        LINE
        | {
            "data": ONE_OF_TWO,
            "loss": "categorical_cross_entropy",
            "weights": {(0, 0): (0.0, 1.0), (0, 1): (0.0, 1.0)},
            "row": 0,
        },
        {
            "error_1": "softmax(p) − t = 0.500 − 0 = +0.500",
            "error_2": "softmax(q) − t = 0.500 − 1 = −0.500",
        },
    ),
    "cross-entropy of a sigmoid": ({"output": "sigmoid"}, {"loss": "*p = σ(z)"}),
    "cross-entropy of a tanh": (
        {"output": "tanh", "loss": "binary_cross_entropy"},
        {"loss": "*p = σ(a)"},
    ),
    # -- Activations
    "ReLU that lets through": (
        {"hidden": "relu", "weights": {(0, 0): (1.381, 0.328, -0.305)}},
        {
            "sum_1": "z = w₁·x₁ + w₂·x₂ + b",
            "sum_2": "= 1.381·1 + 0.328·1 + (−0.305) = 1.404",
            "activation_1": "a = max(0, z) = max(0, 1.404) = 1.404",
            "activation_why": "*lets it through*",
            "slope": "∂a/∂z = 1",
            "bars": "w 1 times x 1: plus 1.381; w 2 times x 2: plus 0.328; b: minus 0.305; "
            "z equals 1.404",
        },
    ),
    "ReLU that is flat": (
        {"hidden": "relu", "weights": {(0, 0): (1.381, 0.328, -2.9)}},
        {
            "activation_why": "z is −1.191, ReLU is flat there: nothing comes back.",
            "w₁": "1.381 0.000 *",
            "b": "−2.900 0.000 *",
        },
    ),
    "ReLU at its corner": (
        {"hidden": "relu", "weights": {(0, 0): (1.0, 1.0, -2.0)}},
        {"activation_why": "z is 0, at ReLU's corner*: nothing comes back."},
    ),
    "leaky ReLU at its corner": (
        {"hidden": "leaky_relu", "weights": {(0, 0): (1.0, 1.0, -2.0)}},
        {"activation_why": "*a hundredth of it goes on, and a hundredth*comes back."},
    ),
    "leaky ReLU below 0": (
        {"hidden": "leaky_relu", "weights": {(0, 0): (-1.0, 0.0, 0.0)}},
        {"activation_1": "a = 0.01·z = 0.01·(−1.000) = −0.010"},
    ),
    "a sigmoid's slope too small to write": (
        {"hidden": "sigmoid", "weights": {(0, 0): (5.0, 5.0, 0.0)}},
        {"activation_why": "*nearly flat: less than 0.1% comes back."},
    ),
    "a flat sigmoid": (
        {"hidden": "sigmoid", "weights": {(0, 0): (500.0, 500.0, 0.0)}},
        {"activation_why": "*Sigmoid is flat there: nothing comes back."},
    ),
    "identity": ({"hidden": "identity"}, {"activation_why": "*the whole gradient comes back."}),
    **{
        each: ({"hidden": each}, {"activation_why": "*comes back."}) for each in ("elu", "softplus")
    },
    # -- After the step
    "a batch of one row": (
        {"data": ONE_ROW, "row": 0, "batch": True},
        {"batch_rows": "The batch is row 1 alone*"},
    ),
    "one row too far, by its batch": (
        STEEP | {"batch_size": 1, "batch": True},
        {"again_why": "The loss on this row is higher after this step."},
    ),
    "a batch too far": (
        STEEP | {"batch_size": 4, "batch": True},
        {"again_why": "*after this step, which follows the mean over its batch and not this row."},
    ),
    "a row alone too far": (
        STEEP,
        {"again_why": "*went past the lowest point. Try a lower rate."},
    ),
    "a batch that helps": (STEEP | SLOW | {"batch": True}, {"again_why": LOWER}),
    "a row that helps": (SLOW, {"again_why": LOWER}),
    "row by row": (SLOW | {"batch_size": 1}, {"again_why": f"{LOWER} So it goes, row by row."}),
    # -- Formulas
    "negative factors": (
        {
            "hidden": "identity",
            "weights": {(0, 0): (-1.5, -0.25, 0.0), (1, 0): (-2.0,)},
        },
        {
            "sum_2": "= (−1.500)·1 + (−0.250)·1 + *",
            "blame_1": "*= (−2.000)·*",
        },
    ),
    "a negative blame, copied": (
        {"data": GateData("or"), "at": UnitAt(1, 0)},
        {"copied": "*\n  ∂L/∂b = (−0.*"},
    ),
    "powers of ten": (
        {"data": HUGE, "hidden": "none", "weights": {(0, 0): (1.0, 0.0, 0.0)}, "row": 0},
        {"error_1": "ŷ − t = 2.5×10⁸ − 5×10⁸ = −2.5×10⁸", "predict_hint": "target 5×10⁸"},
    ),
    **{
        f"Adam's correction after {steps} steps": (
            {"optimiser": OptimiserSpec("adam"), "steps": steps},
            {
                "rule": f"*k = {steps + 1}",
                "term_3": f"* / (1 − 0.9^{steps + 1}) = *",
                "term_5": f"* / (1 − 0.999^{steps + 1}) = *",
            },
        )
        for steps in (0, 3)
    },
}


@pytest.mark.parametrize(("scene", "said"), SCENES.values(), ids=list(SCENES))
def test_what_is_said_of_a_step(
    scope: Microscope, bench: Alone, scene: dict[str, Any], said: dict[str, str]
) -> None:
    arrange(bench, **scene)
    found = {name: read(scope, name) for name in said}
    assert {name for name in said if not fnmatchcase(found[name], said[name])} == set(), found
    assert scope.grab().width() > 0  # and it can be painted
    table = scope.update_card.table
    for column in range(table.columnCount()):
        assert table.sizeHintForColumn(column) <= table.columnWidth(column), column


def test_steps_of_the_first_epoch_count_as_training(scope: Microscope, bench: Alone) -> None:
    change_training(bench, batch_size=2, initialiser=InitialiserSpec("xavier"))
    for row, trained in enumerate(("1 step.", "1 epoch.")):
        bench.model.step(whole_epoch=False)
        bench.model.choose_row(row)
        why = text(scope, "weights_why")
        assert why.endswith(f"read from a file. The network has been trained for {trained}")
    bench.model.preview_rounding(0.5)
    why = text(scope, "weights_why")
    assert why == "Rounded to multiples of 0.5, to be looked at: not yet kept."


def test_the_row_that_a_step_used_is_that_of_its_targets(scope: Microscope, bench: Alone) -> None:
    corners, targets = ((0.0, 1.0), (1.0, 1.0), (0.0, 1.0)), ((1.0,), (0.0,), (0.0,))
    bench.model.choose_data(TruthTableData(("x1", "x2"), ("y",), corners, targets))
    change_training(bench, batch_size=1, shuffle=False)
    bench.model.choose_row(0)
    for row in (0, 1, 2):
        bench.model.step(whole_epoch=False)
        assert bench.model.state.row == row
        assert text(scope, "note").startswith(f"The last step used row {row + 1} alone")


def test_pins_and_penalties(scope: Microscope, bench: Alone) -> None:
    momentum = OptimiserSpec("momentum")
    arrange(bench, optimiser=momentum, steps=3, at=WeightAt(0, 1, 0))
    bench.model.toggle_pins([WeightAt(0, 1, 0)])
    name, old, _, change, new = table_rows(scope)[1]
    assert (name, change, new.strip()) == ("w₂, pinned", "0.000", old)
    assert "pinned weight stays" in text(scope, "update_why")
    # What is remembered does not move it either.
    assert (text(scope, "term_1"), text(scope, "term_2")) == ("g = 0", "Δw = 0")
    arrange(bench, optimiser=OptimiserSpec("sgd"), l2=0.1, at=WeightAt(0, 0, 0))
    assert text(scope, "rule").startswith("w ← w − η·∂L/∂w ")
    assert "In training the penalty" in text(scope, "update_why")
    bench.model.examine_batch(True)
    assert text(scope, "rule").startswith("w ← w − η·(∂L\u0304/∂w + λ₂·w)")
    assert text(scope, "update_why").startswith("The penalty")
    assert text(scope, "term_1").startswith("g = ∂L\u0304/∂w₁ + λ₂·w = ")


def test_drop_out_and_float32_are_said(scope: Microscope, bench: Alone) -> None:
    bench.model.set_dropout(0, 0.5)
    assert text(scope, "note").startswith("Without drop-out")
    bench.model.examine_batch(True)
    assert text(scope, "note") == ""
    assert "Drop-out multiplies h₁ by " in text(scope, "batch_rows")
    assert text(scope, "batch_rows").endswith("in them.")
    change_training(bench, batch_size=1)
    assert text(scope, "batch_rows").endswith("in it.")
    bench.model.examine_batch(False)
    bench.model.set_dropout(0, 0.0)
    assert text(scope, "note") == ""
    change_training(bench, dtype="float32")
    assert text(scope, "note") == "In 64 bits; training computes in 32."


def test_a_layer_without_bias(scope: Microscope, bench: Alone) -> None:
    bench.model.set_bias(0, on=False)
    assert len(table_rows(scope)) == 2
    assert text(scope, "bias_why").startswith("This layer has no bias")
    assert text(scope, "sum_1") == "z = w₁·x₁ + w₂·x₂"


def test_hidden_steps_are_followed_forward_and_the_reason_stands_for_the_rest(
    scope: Microscope, bench: Alone
) -> None:
    arrange(bench, hidden="step", weights={(0, 0): (1.0, 1.0, -0.5)})
    assert text(scope, "activation_1") == "z = 1.500 > 0   ⇒   a = 1"
    arrange(bench, weights={(0, 0): (1.0, 1.0, -2.5)})
    assert text(scope, "activation_1") == "z = −0.500 ≤ 0   ⇒   a = 0"
    scope.copy_button.menu().actions()[1].trigger()
    as_latex = QGuiApplication.clipboard().text()
    assert r"-0.500 \le 0\quad \Rightarrow \quad a = 0" in as_latex
    assert text(scope, "error_1").startswith("ŷ − t = ")
    shown = {card.part for card in scope.cards if not card.isHidden()}
    assert shown == {Part.INPUTS, Part.BIAS, Part.WEIGHTS, Part.SUM, Part.ACTIVATION, Part.ERROR}
    assert text(scope, "activation_why").endswith("and no gradient comes back.")
    assert "∂L" not in read(scope, "copied")
    bench.model.examine_batch(True)
    assert text(scope, "reason").startswith("Layer 1 uses the step activation")
    bench.model.set_activation(0, "sigmoid")
    assert text(scope, "reason") == ""
    assert all(not card.isHidden() for card in scope.cards)
