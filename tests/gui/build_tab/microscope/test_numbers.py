"""Every number on the sheet is the one of `trace`."""

from __future__ import annotations

import pytest
from msgspec.structs import replace
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QApplication, QTableWidget, QWidget
from pytestqt.qtbot import QtBot

from gui.build_tab.microscope.drawings import ChainTiles, SumBars
from gui.build_tab.microscope.panel import Microscope
from gui.build_tab.microscope.step_view import figure, figures_apart, number
from gui.format import show_number
from gui.settings import choose_language
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


@pytest.mark.parametrize("row", [0, 3])
@pytest.mark.parametrize("at", [UnitAt(0, 0), UnitAt(0, 3), UnitAt(1, 0)])
def test_old_weight_gradient_and_new_weight(
    scope: Microscope, bench: Alone, at: UnitAt, row: int
) -> None:
    bench.model.step(whole_epoch=True)
    bench.model.choose_row(row)
    bench.model.examine(at)
    experiment = bench.model.document.experiment
    found = trace(experiment, row, dataset_of(experiment))
    weights = experiment.network.layers[at.layer].weights
    assert weights is not None
    assert len(table_rows(scope)) == len(weights) + 1
    for source in range(len(weights)):
        old, gradient, new = table_row(scope, "w" + "₁₂₃₄"[source])
        place = (source, at.unit)
        assert old == pytest.approx(weights[place], abs=HALF)
        assert gradient == pytest.approx(found.weight_gradients[at.layer][place], abs=HALF)
        assert new == pytest.approx(found.new_weights[at.layer][place], abs=HALF)
    old, gradient, new = table_row(scope, "b")
    assert gradient == pytest.approx(found.bias_gradients[at.layer][at.unit], abs=HALF)
    assert new == pytest.approx(found.new_biases[at.layer][at.unit], abs=HALF)


def test_the_way_forward_in_numbers(scope: Microscope, bench: Alone) -> None:
    bench.model.set_weights({WeightAt(0, 0, 0): 1.381, WeightAt(0, 1, 0): 0.328}, "")
    bench.model.set_weights({WeightAt(0, 2, 0): -0.305}, "")
    bench.model.set_activation(0, "relu")
    assert text(scope, "sum_general") == "z = w₁·x₁ + w₂·x₂ + b"
    assert text(scope, "sum_formula") == "= 1.381·1 + 0.328·1 + (−0.305) = 1.404"
    assert text(scope, "activation_formula") == "a = max(0, z) = max(0, 1.404) = 1.404"
    assert text(scope, "slope") == "∂a/∂z = 1"
    bars = scope.findChild(SumBars)
    assert bars is not None
    assert bars.accessibleName() == (
        "w 1 times x 1: plus 1.381; w 2 times x 2: plus 0.328; b: minus 0.305; z equals 1.404"
    )
    assert "lets it through" in text(scope, "activation_why")
    bench.model.set_weights({WeightAt(0, 2, 0): -2.9}, "")
    assert text(scope, "activation_why") == "z is −1.191, ReLU is flat there: nothing comes back."
    assert {row[2] for row in table_rows(scope)} == {"0.000"}


def test_the_chain_of_the_chosen_weight(scope: Microscope, bench: Alone, qtbot: QtBot) -> None:
    bench.model.step(whole_epoch=True)
    bench.model.choose_row(2)  # x is (1, 0)
    scope.resize(scope.width(), 2000)
    table = find(scope, QTableWidget, "microscope_weights_table")
    spot = table.visualItemRect(table.item(1, 1)).center()
    qtbot.mouseClick(table.viewport(), Qt.MouseButton.LeftButton, pos=spot)
    assert bench.model.state.selection.weight == WeightAt(0, 1, 0)
    chain = scope.findChild(ChainTiles)
    assert chain is not None
    assert chain.accessibleName().endswith(
        "times partial z by partial w 2 equals 0, x 2; "
        "equals partial L by partial w 2 equals 0, gradient"
    )
    why = text(scope, "blame_why")
    assert why == "x₂ is 0 on this row: w₂ had no part in the answer. It stays as it is."
    experiment = bench.model.document.experiment
    found = trace(experiment, 2, dataset_of(experiment))
    spot = table.visualItemRect(table.item(0, 1)).center()
    qtbot.mouseClick(table.viewport(), Qt.MouseButton.LeftButton, pos=spot)
    gradient = found.weight_gradients[0][0, 0]
    assert (
        f"partial L by partial w 1 equals {gradient:.3f}".replace("-", "minus ")
        in chain.accessibleName()
    )
    assert "raise" in text(scope, "blame_why") or gradient < 0
    assert text(scope, "check").startswith(f"numeric {gradient:.6g}".replace("-", "−")[:15])


def test_error_and_answer_after_the_step(scope: Microscope, bench: Alone) -> None:
    experiment = bench.model.document.experiment
    found = trace(experiment, 3, dataset_of(experiment))
    answer = f"{found.a[-1][0]:.3f}"
    assert text(scope, "error_1") == f"ŷ − t = {answer} − 0 = +{answer}"
    assert text(scope, "error_hint") == f"loss = {found.loss:.3f}"
    assert text(scope, "loss_change").startswith(f"L = {found.loss:.3f} → ")
    assert text(scope, "answer_1").startswith(f"ŷ = {answer} → ")


def test_classes_have_an_error_each_and_no_slope_of_their_own(
    scope: Microscope, bench: Alone
) -> None:
    bench.model.choose_data(TableData("iris", "standard"))
    bench.model.choose_row(5)
    bench.model.examine(UnitAt(1, 2))
    experiment = bench.model.document.experiment
    found = trace(experiment, 5, dataset_of(experiment))
    for place, name in enumerate(("setosa", "versicolor", "virginica")):
        line = text(scope, f"error_{place + 1}")
        assert line.startswith(f"{name} − t = {found.a[-1][place]:.3f} − ")
    chain = scope.findChild(ChainTiles)
    assert chain is not None
    assert chain.accessibleName().startswith("partial L by partial z equals ")
    assert "cross-entropy are taken as one" in text(scope, "blame_why")
    assert "Softmax shares 1 out" in text(scope, "activation_why")
    assert "Adam makes Δw" in text(scope, "update_why")
    old, _, new = table_row(scope, "w₁")
    weights = experiment.network.layers[1].weights
    assert weights is not None
    assert old == pytest.approx(weights[0, 2], abs=HALF)
    assert new == pytest.approx(found.new_weights[1][0, 2], abs=HALF)


def test_numbers_follow_an_edit_and_its_undoing(scope: Microscope, bench: Alone) -> None:
    before = text(scope, "sum_formula")
    bench.model.set_weights({WeightAt(0, 0, 0): 2.5}, "")
    assert text(scope, "sum_formula").startswith("= 2.500·1")
    bench.model.document.undo_stack.undo()
    assert text(scope, "sum_formula") == before


def test_a_decimal_comma_in_turkish(scope: Microscope, bench: Alone, qapp: QApplication) -> None:
    bench.model.set_weights({WeightAt(0, 0, 0): 2.5}, "")
    bench.model.set_activation(0, "relu")
    choose_language(qapp, "tr")
    QApplication.processEvents()
    assert text(scope, "sum_formula").startswith("= 2,500·1")
    assert "max(0; z)" in text(scope, "activation_formula")
    assert text(scope, "heading") == "Adım 4 / 8: ağırlıklı toplam"
    assert scope.rows.combo.currentText() == "Satır (1; 1) · hedef 0"


def test_the_formulas_are_copied_as_text_and_as_latex(
    scope: Microscope, bench: Alone, qtbot: QtBot
) -> None:
    bench.model.set_weights({WeightAt(0, 0, 0): -2.5}, "")
    menu = scope.copy_button.menu()
    as_text, as_latex, _ = menu.actions()
    as_text.trigger()
    copied = QGuiApplication.clipboard().text()
    assert copied.startswith("h₁\n")
    assert f"  z {text(scope, 'sum_formula')}" in copied.splitlines()
    assert any(line.startswith("  w₁ ← −2.500") for line in copied.splitlines())
    as_latex.trigger()
    copied = QGuiApplication.clipboard().text()
    assert r"z = w_{1}\cdot x_{1} + w_{2}\cdot x_{2} + b" in copied
    assert copied.count(r"\[") == copied.count(r"\]") == 6
    assert copied.count("{") == copied.count("}")
    assert "w_{1} \\leftarrow -2.500" in " ".join(copied.split())


def test_all_parts_are_reached_and_each_shows_itself(scope: Microscope, bench: Alone) -> None:
    seen = []
    bench.model.examine(UnitAt(0, 0), Part.INPUTS)
    for _ in range(60):
        place = bench.model.state.selection.place
        assert place is not None
        seen.append(place)
        current = [card.part for card in scope.cards if card.property("tone") == "current"]
        assert current == [place.part]
        heading = text(scope, "heading")
        assert heading.startswith(f"Step {place.part.step} of 8: ")
        if not scope.next_button.isEnabled():
            break
        bench.model.walk(on=True)
    assert len(seen) == 26
    assert {place.part for place in seen} == set(Part)


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
    lines = "\n".join(text(scope, f"term_{number + 1}") for number in range(lines_shown(scope)))
    for code in ("taken", "velocity_before", "velocity", "mean", "mean_corrected", "square"):
        if code in terms:
            assert number(terms[code], reckoned=True).text in lines, code
    old, gradient, new = table_row(scope, "w₂")
    assert gradient == pytest.approx(terms["gradient"], abs=HALF)
    assert new == pytest.approx(found.new_weights[0][1, 0], abs=HALF)
    assert old == pytest.approx(terms["weight"], abs=HALF)
    assert text(scope, "alone") == "The batch: 2 rows"
    rows = ", ".join(str(row + 1) for row in bench.model.state.rows_of(found.rows))
    assert text(scope, "batch_rows") == f"Mean over 2 of 4 rows: {rows}."
    change = number(float(found.new_weights[0][1, 0] - terms["weight"]), reckoned=True)
    assert text(scope, f"term_{lines_shown(scope)}").endswith(f"= {change.text}")
    bench.model.step(whole_epoch=False)
    weights = bench.model.document.experiment.network.layers[0].weights
    assert weights is not None
    assert table_row(scope, "w₂")[2] == pytest.approx(weights[1, 0], abs=HALF)


@pytest.mark.parametrize(
    ("value", "shown"),
    [(0.00157, "0.00157"), (-0.0227, "−0.0227"), (0.069, "0.0690"), (0.4, "0.400"), (0.0, "0.000")],
)
def test_what_is_reckoned_with_has_three_figures(value: float, shown: str) -> None:
    """With .002 / .0227 a person would get .088, where .069 is shown."""
    assert number(value, reckoned=True).text == shown


def lines_shown(scope: Microscope) -> int:
    """Return how many lines say what the change is made of."""
    shown = 0
    while (line := scope.findChild(QWidget, f"microscope_term_{shown + 1}")) is not None:
        if line.isHidden():
            break
        shown += 1
    return shown


def test_the_switch_is_pressed(scope: Microscope, bench: Alone, qtbot: QtBot) -> None:
    scope.resize(scope.width(), 2400)
    alone, batch = (scope.update_card.whose.button(index) for index in (0, 1))
    assert alone.isChecked()
    assert text(scope, "alone") == "This row alone, batch of\u00a01"
    qtbot.mouseClick(batch, Qt.MouseButton.LeftButton)
    assert bench.model.state.selection.of_batch
    assert text(scope, "batch_rows") == "Mean over all 4 rows."
    experiment = bench.model.document.experiment
    found = next_step(experiment, dataset_of(experiment))
    assert table_row(scope, "b")[1] == pytest.approx(found.bias_gradients[0][0], abs=HALF)
    qtbot.mouseClick(alone, Qt.MouseButton.LeftButton)
    single = trace(experiment, 3, dataset_of(experiment))
    assert table_row(scope, "b")[1] == pytest.approx(single.bias_gradients[0][0], abs=HALF)
    assert text(scope, "batch_rows") == ""


def test_a_picture_of_all_parts_is_copied(scope: Microscope) -> None:
    scope.copy_button.menu().actions()[2].trigger()
    picture = QGuiApplication.clipboard().image()
    content = scope.sheet.widget()
    assert picture.size() == content.size() * 2
    colours = {picture.pixel(x, 40) for x in range(0, picture.width(), 3)}
    assert len(colours) > 3


def test_the_head_has_the_units_picture(scope: Microscope, bench: Alone) -> None:
    thumbnail = find(scope, QWidget, "microscope_picture")
    assert thumbnail.isVisible()
    before = thumbnail.grab().toImage()
    bench.model.examine(UnitAt(0, 2))
    assert thumbnail.grab().toImage() != before
    bench.model.choose_data(TableData("iris", "standard"))
    assert not thumbnail.isVisible()


def test_the_memory_is_copied_as_text_and_as_latex(scope: Microscope, bench: Alone) -> None:
    training = bench.model.document.experiment.training
    spec = replace(training.optimiser, name="adam")
    bench.model.set_training(replace(training, optimiser=spec, batch_size=2), "Optimiser")
    bench.model.step(whole_epoch=True)
    bench.model.examine_batch(True)
    as_text, as_latex, _ = scope.copy_button.menu().actions()
    as_text.trigger()
    copied = QGuiApplication.clipboard().text().splitlines()
    for line in range(lines_shown(scope)):
        assert f"  {text(scope, f'term_{line + 1}')}" in copied
    as_latex.trigger()
    latex = QGuiApplication.clipboard().text()
    assert r"\hat{m} = m / (1 - \beta _{1}^{k}) = " in latex
    assert r"\Delta w = -\eta \cdot \hat{m} / (\sqrt{\hat{v}} + \varepsilon )" in latex
    assert latex.count("{") == latex.count("}")
    assert all(line.isascii() for line in latex.splitlines() if not line.startswith("%"))


def test_a_batchs_mean_is_named_apart_from_the_rows_own_gradient(
    scope: Microscope, bench: Alone
) -> None:
    training = bench.model.document.experiment.training
    bench.model.set_training(replace(training, l2=0.01), "Penalty")
    bench.model.choose_row(0)  # (0, 0), whose own gradients are 0
    bench.model.examine(WeightAt(0, 0, 0), Part.UPDATE)
    bench.model.examine_batch(True)
    assert text(scope, "rule").startswith("w ← w − η·(∂L\u0304/∂w + λ₂·w)")
    assert text(scope, "rule").endswith("L\u0304: mean over the batch")
    assert text(scope, "term_1").startswith("g = ∂L\u0304/∂w₁ + λ₂·w")
    table = scope.update_card.table
    assert table.horizontalHeaderItem(2).text() == "∂L\u0304/∂w"
    as_text, as_latex, _ = scope.copy_button.menu().actions()
    as_text.trigger()
    copied = QGuiApplication.clipboard().text().splitlines()
    assert copied[:3] == ["h₁", "Row (0, 0) · target 0 · epoch 0", "Mean over all 4 rows."]
    assert any(line.startswith("  ∂L/∂w₁ = ") and line.endswith(" = 0.000") for line in copied)
    as_latex.trigger()
    assert r"g = \partial \bar{L}/\partial w_{1}" in QGuiApplication.clipboard().text()
    bench.model.examine_batch(False)
    assert table.horizontalHeaderItem(2).text() == "gradient"
    as_text.trigger()
    assert "This row alone, batch of 1" in QGuiApplication.clipboard().text().splitlines()


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


def test_of_many_outputs_none_that_counts_is_left_out(
    scope: Microscope, bench: Alone, qtbot: QtBot
) -> None:
    bench.model.choose_data(TableData("digits", "min_max"))
    qtbot.waitUntil(lambda: bench.model.state.data.is_ready, timeout=10_000)
    classes = bench.model.state.dataset.class_names
    for row in range(12):
        bench.model.choose_row(row)
        bench.model.examine(UnitAt(0, 0), Part.PREDICT)
        qtbot.waitUntil(lambda: scope.is_idle, timeout=10_000)
        own = classes[int(bench.model.state.rows_at([row])[1][0].argmax())]
        answers = [text(scope, f"answer_{place}") for place in range(1, 7)]
        assert any(answer.startswith(f"{own} = ") for answer in answers), (own, answers)
    assert text(scope, "answers_more") == text(scope, "errors_more") == "4 more"
    assert "more" not in text(scope, "loss")
    terms = text(scope, "back_formula").partition(" = ∑ u·∂L/∂z = ")[2]
    sum_of, _, total = terms.replace("−", "-").replace("·", "*").rpartition(" = ")
    assert sum_of.endswith("  (7 more)")
    products = [part.strip("()") for part in sum_of.removesuffix("  (7 more)").split(" + ")]
    numbers = [[float(n.strip("()")) for n in part.split("*")] for part in products]
    assert [len(pair) for pair in numbers] == [2, 2, 2, 1]
    whole = sum(pair[0] * (pair[1] if len(pair) > 1 else 1.0) for pair in numbers)
    assert whole == pytest.approx(float(total), abs=0.004)


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
    assert figures_apart(before, after) == written
