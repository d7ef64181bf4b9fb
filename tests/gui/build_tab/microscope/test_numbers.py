"""Every number on the sheet is the one of `trace`."""

from __future__ import annotations

import math

import numpy as np
import pytest
from msgspec.structs import replace
from PySide6.QtCore import QRegularExpression, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from gui.build_tab.microscope.drawings import ChainTiles
from gui.build_tab.microscope.panel import Microscope
from gui.build_tab.microscope.step_view import distinct_figures, figure, number
from gui.format import show_number
from gui.settings import choose_language
from gui.widgets.formula import FormulaLabel
from model.data.cache import dataset_of
from model.data.derived import Feature
from model.experiment import Optimiser, TableData
from model.insight import trace
from model.insight.step.trace import next_step
from model.insight.step.walk import Part
from model.places import UnitAt, WeightAt
from tests.gui.build_tab.microscope.alone import Alone
from tests.gui.build_tab.microscope.reading import table_row, table_rows, text
from tests.gui.finding import find

HALF = 0.0005 * (1 + 1e-9)
"""Half of the last digit that is written."""


@pytest.fixture
def bench(alone: Alone) -> Alone:
    return alone


def test_error_and_answer_after_the_step(scope: Microscope, bench: Alone) -> None:
    experiment = bench.model.document.experiment
    found = trace(experiment, 3, dataset_of(experiment))
    answer = f"{found.a[-1][0]:.3f}"
    assert text(scope, "error_1") == f"ŷ − t = {answer} − 0 = +{answer}"
    assert text(scope, "error_hint") == f"loss = {found.loss:.3f}"
    assert text(scope, "again_1").startswith(f"L = {found.loss:.3f} → ")
    assert text(scope, "answer_1").startswith(f"ŷ = {answer} → ")


def test_a_decimal_comma_in_turkish(scope: Microscope, bench: Alone, qapp: QApplication) -> None:
    bench.model.set_weights({WeightAt(0, 0, 0): 2.5}, "")
    bench.model.set_activation(0, "relu")
    choose_language(qapp, "tr")
    QApplication.processEvents()
    assert text(scope, "sum_2").startswith("= 2,500·1")
    assert "max(0; z)" in text(scope, "activation_1")
    assert text(scope, "heading") == "Adım 4 / 8: ağırlıklı toplam"
    assert scope.rows.combo.currentText() == "Satır (1; 1) · hedef 0"


@pytest.mark.parametrize(
    ("value", "shown"),
    [(0.00157, "0.00157"), (-0.0227, "−0.0227"), (0.069, "0.0690"), (0.4, "0.400"), (0.0, "0.000")],
)
def test_what_is_reckoned_with_has_three_figures(value: float, shown: str) -> None:
    """With .002 / .0227 a person would get .088, where .069 is shown."""
    assert number(value, reckoned=True).text == shown


def test_a_picture_of_all_parts_is_copied(scope: Microscope) -> None:
    scope.copy_button.menu().actions()[2].trigger()
    picture = QGuiApplication.clipboard().image()
    content = scope.sheet.widget()
    assert picture.size() == content.size() * 2
    colours = {picture.pixel(x, 40) for x in range(0, picture.width(), 3)}
    assert len(colours) > 3


def test_what_is_derived_of_scaled_columns_says_so(scope: Microscope, bench: Alone) -> None:
    assert "with all inputs 0, z is" in text(scope, "bias_why")
    bench.model.choose_data(TableData("iris", "standard"))
    bench.model.add_features([Feature("square", 0, 0)])
    bench.model.choose_row(10)
    bench.model.examine(UnitAt(0, 0), Part.INPUTS)
    own, *_, square = text(scope, "inputs_values").split("</tr>")[:-1]
    x = bench.model.state.dataset.x_train[10]
    assert f"scaled {figure(float(x[0]))}" in own
    assert f"<b>{show_number(float(x[-1]), 4)}</b>" in square
    assert "of scaled columns" in square
    assert "scaled " not in square.replace("of scaled columns", "")
    assert "with all scaled inputs 0, z is" in text(scope, "bias_why")


@pytest.mark.parametrize(
    ("before", "after", "written"),
    [
        (0.76804, 0.76751, ("0.7680", "0.7675")),
        (0.4, 0.3, ("0.400", "0.300")),
        (0.4, 0.4, ("0.400", "0.400")),
        (1.00000001, 1.0, ("1.00000001", "1.00000000")),
        (3e-9, 3.001e-9, ("3.000×10⁻⁹", "3.001×10⁻⁹")),
    ],
)
def test_a_small_change_is_seen(before: float, after: float, written: tuple[str, str]) -> None:
    assert distinct_figures(before, after) == written


@pytest.mark.parametrize("at", [UnitAt(0, 0), UnitAt(0, 3), UnitAt(1, 0)])
def test_old_weight_gradient_and_new_weight(scope: Microscope, bench: Alone, at: UnitAt) -> None:
    bench.model.step(whole_epoch=True)
    bench.model.examine(at)
    network, experiment = bench.model.state.network, bench.model.document.experiment
    found = trace(experiment, 3, dataset_of(experiment))
    expected = [
        np.vstack([weights[at.layer], biases[at.layer]])[:, at.unit]
        for weights, biases in (
            (network.weights, network.biases),
            (found.weight_gradients, found.bias_gradients),
            (found.new_weights, found.new_biases),
        )
    ]
    shown = [table_row(scope, row[0]) for row in table_rows(scope)]
    np.testing.assert_allclose(np.transpose(shown), expected, rtol=0, atol=HALF)


def test_a_click_on_a_weight_explains_its_gradient(
    scope: Microscope, bench: Alone, qtbot: QtBot
) -> None:
    bench.model.step(whole_epoch=True)
    bench.model.choose_row(2)  # x is (1, 0)
    scope.resize(scope.width(), 2000)
    table, chain = scope.update_card.table, scope.findChild(ChainTiles)
    assert chain is not None
    experiment = bench.model.document.experiment
    gradient = trace(experiment, 2, dataset_of(experiment)).weight_gradients[0][0, 0]
    for row, said, why in (
        (1, "times partial z by partial w 2 equals 0, x 2; equals partial L by partial w 2 equals "
            "0, gradient", "x₂ is 0 on this row: w₂ had no part in the answer. It stays as it is."),
        (0, f"partial L by partial w 1 equals {gradient:.3f}, gradient".replace("-", "minus "),
            "More w₁ would "),
    ):  # fmt: skip
        spot = table.visualItemRect(table.item(row, 1)).center()
        qtbot.mouseClick(table.viewport(), Qt.MouseButton.LeftButton, pos=spot)
        assert bench.model.state.selection.weight == WeightAt(0, row, 0)
        assert chain.accessibleName().endswith(said)
        assert text(scope, "blame_why").startswith(why)
    assert text(scope, "check").startswith(f"numeric {gradient:.6g}".replace("-", "−")[:15])


def test_classes_have_an_error_each_and_no_slope_of_their_own(
    scope: Microscope, bench: Alone
) -> None:
    thumbnail = find(scope, QWidget, "microscope_picture")
    before = thumbnail.grab().toImage()
    bench.model.examine(UnitAt(0, 2))
    assert thumbnail.grab().toImage() != before
    bench.model.choose_data(TableData("iris", "standard"))
    assert not thumbnail.isVisible(), "there is no plane of the inputs"
    bench.model.choose_row(5)
    bench.model.examine(UnitAt(1, 2))
    experiment = bench.model.document.experiment
    found = trace(experiment, 5, dataset_of(experiment))
    for place, name in enumerate(("setosa", "versicolor", "virginica")):
        line = text(scope, f"error_{place + 1}")
        assert line.startswith(f"{name} − t = {found.a[-1][place]:.3f} − ")
    assert "cross-entropy are taken as one" in text(scope, "blame_why")
    assert "Softmax shares 1 out" in text(scope, "activation_why")
    assert "Adam makes Δw" in text(scope, "update_why")
    old, _, new = table_row(scope, "w₁")
    assert old == pytest.approx(bench.model.state.network.weights[1][0, 2], abs=HALF)
    assert new == pytest.approx(found.new_weights[1][0, 2], abs=HALF)


def test_all_parts_are_reached_and_each_shows_itself(scope: Microscope, bench: Alone) -> None:
    seen = []
    bench.model.examine(UnitAt(0, 0), Part.INPUTS)
    while not seen or scope.next_button.isEnabled():
        if seen:
            bench.model.walk(on=True)
        place = bench.model.state.selection.place
        assert place is not None
        seen.append(place.part)
        assert [card.part for card in scope.cards if card.property("tone") == "current"] == seen[
            -1:
        ]
        assert text(scope, "heading").startswith(f"Step {place.part.step} of 8: ")
    assert len(seen) == 26
    assert set(seen) == set(Part)


@pytest.mark.parametrize("optimiser", ["momentum", "nesterov", "rmsprop", "adam", "adamw"])
def test_the_optimisers_memory_is_shown_in_numbers(
    scope: Microscope, bench: Alone, optimiser: Optimiser
) -> None:
    training = bench.model.document.experiment.training
    spec = replace(training.optimiser, name=optimiser)
    training = replace(training, optimiser=spec, batch_size=2, learning_rate=0.05, l2=0.01)
    bench.model.set_training(training, "Optimiser")
    for _ in range(3):
        bench.model.step(whole_epoch=True)
    bench.model.examine(WeightAt(0, 1, 0), Part.UPDATE)
    bench.model.examine_batch(True)
    experiment = bench.model.document.experiment
    found = next_step(experiment, dataset_of(experiment))
    terms = found.update.at(experiment.network, 0, 1, 0)
    lines = shown_terms(scope)
    for code in ("taken", "velocity_before", "velocity", "mean", "mean_corrected", "square"):
        if code in terms:
            assert number(terms[code], reckoned=True).text in "\n".join(lines), code
    expected = terms["weight"], terms["gradient"], found.new_weights[0][1, 0]
    assert table_row(scope, "w₂") == pytest.approx(expected, abs=HALF)
    assert text(scope, "alone") == "The batch: 2 rows"
    rows = ", ".join(str(row + 1) for row in bench.model.state.rows_of(found.rows))
    assert text(scope, "batch_rows") == f"Mean over 2 of 4 rows: {rows}."
    change = number(float(found.new_weights[0][1, 0] - terms["weight"]), reckoned=True)
    assert lines[-1].endswith(f"= {change.text}")


def shown_terms(scope: Microscope) -> list[str]:
    """Return the lines that say what the change is made of."""
    labels = scope.findChildren(FormulaLabel, QRegularExpression("microscope_term_"))
    return [label.text() for label in labels if not label.isHidden()]


def copies(scope: Microscope) -> list[str]:
    """Copy the formulas as text and as LaTeX."""
    copied = []
    for action in scope.copy_button.menu().actions()[:2]:
        action.trigger()
        copied.append(QGuiApplication.clipboard().text())
    return copied


def test_the_formulas_are_copied_as_text_and_as_latex(scope: Microscope, bench: Alone) -> None:
    bench.model.set_weights({WeightAt(0, 0, 0): -2.5}, "")
    as_text, as_latex = copies(scope)
    lines = as_text.splitlines()
    assert lines[0] == "h₁"
    assert f"  z {text(scope, 'sum_2')}" in lines
    assert any(line.startswith("  w₁ ← −2.500") for line in lines)
    assert "This row alone, batch of 1" in lines
    assert r"z = w_{1}\cdot x_{1} + w_{2}\cdot x_{2} + b" in as_latex
    assert as_latex.count(r"\[") == as_latex.count(r"\]") == 6
    assert as_latex.count("{") == as_latex.count("}")
    assert "w_{1} \\leftarrow -2.500" in " ".join(as_latex.split())


def test_the_step_of_a_batch_is_copied_with_its_memory(scope: Microscope, bench: Alone) -> None:
    training = bench.model.document.experiment.training
    spec = replace(training.optimiser, name="adam")
    bench.model.set_training(replace(training, optimiser=spec, l2=0.01), "Optimiser")
    bench.model.step(whole_epoch=True)
    bench.model.choose_row(0)  # (0, 0), whose own gradients are 0
    bench.model.examine(WeightAt(0, 0, 0), Part.UPDATE)
    header = scope.update_card.table.horizontalHeaderItem
    assert header(2).text() == "gradient"
    bench.model.examine_batch(True)
    assert header(2).text() == "∂L\u0304/∂w"
    assert text(scope, "rule").endswith("L\u0304: mean over the batch")
    as_text, as_latex = copies(scope)
    lines = as_text.splitlines()
    assert lines[:3] == ["h₁", "Row (0, 0) · target 0 · epoch 1", "Mean over all 4 rows."]
    assert any(line.startswith("  ∂L/∂w₁ = ") and line.endswith(" = 0.000") for line in lines)
    assert {f"  {line}" for line in shown_terms(scope)} <= set(lines)
    assert r"g = \partial \bar{L}/\partial w_{1}" in as_latex
    assert r"\hat{m} = m / (1 - \beta _{1}^{k}) = " in as_latex
    assert r"\Delta w = -\eta \cdot \hat{m} / (\sqrt{\hat{v}} + \varepsilon )" in as_latex
    assert as_latex.count("{") == as_latex.count("}")
    assert all(line.isascii() for line in as_latex.splitlines() if not line.startswith("%"))


def test_of_many_outputs_none_that_counts_is_left_out(
    scope: Microscope, bench: Alone, qtbot: QtBot
) -> None:
    bench.model.choose_data(TableData("digits", "min_max"))
    qtbot.waitUntil(lambda: bench.model.state.data.is_ready, timeout=10_000)
    for row in range(12):
        bench.model.choose_row(row)
        bench.model.examine(UnitAt(0, 0), Part.PREDICT)
        own = text(scope, "predict_hint").removeprefix("target ")
        answers = [text(scope, f"answer_{place}") for place in range(1, 7)]
        assert any(answer.startswith(f"{own} = ") for answer in answers), (own, answers)
    assert text(scope, "predict_why") == text(scope, "error_why") == "4 more"
    assert "more" not in text(scope, "loss")
    terms = text(scope, "blame_1").partition(" = ∑ u·∂L/∂z = ")[2]
    products, _, total = terms.replace("−", "-").partition("  (7 more) = ")
    parts = [part.split("·") for part in products.split(" + ")]
    assert [len(pair) for pair in parts] == [2, 2, 2, 1]
    whole = sum(math.prod(float(each.strip("()")) for each in pair) for pair in parts)
    assert whole == pytest.approx(float(total), abs=0.004)
