"""The microscope from a cold window: one edge's old weight, gradient and new weight."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtWidgets import QTableWidget
from pytestqt.qtbot import QtBot

from gui.build_tab.network_view.panel import NetworkPanel
from gui.format import parse_number
from gui.widgets.formula import FormulaLabel
from gui.window import GlassnetWindow
from model.data.cache import dataset_of
from model.insight import trace
from model.places import UnitAt, WeightAt
from tests.e2e.builder import SOON_MS, Builder
from tests.e2e.person import Person
from tests.e2e.ways import both

HALF = 0.0005 * (1 + 1e-9)
"""Half of the last digit that is written."""


def weights_on_screen(person: Person) -> dict[str, tuple[float, float, float]]:
    """Return old weight, gradient and new weight by the weight's name, as the table reads."""
    table = person.find("microscope_weights_table", QTableWidget)
    assert table.isVisible()
    read = {}
    for row in range(table.rowCount()):
        cells = [table.item(row, column) for column in range(5)]
        texts = ["" if cell is None else cell.text().rstrip(" ↑↓") for cell in cells]
        values = [parse_number(texts[column]) for column in (1, 2, 4)]
        assert None not in values, texts
        read[texts[0]] = tuple(value for value in values if value is not None)
    return {name: (old, slope, new) for name, (old, slope, new) in read.items()}


def is_in_sight(person: Person, name: str) -> bool:
    """Tell whether all of a widget can be seen in the sheet."""
    widget, sheet = person.find(name), person.find("microscope_scroll")
    top = widget.mapTo(sheet, widget.rect().topLeft()).y()
    return top >= 0 and top + widget.height() <= sheet.height()


def wanted(builder: Builder, at: WeightAt) -> tuple[float, float, float]:
    """Return old weight, gradient and new weight as `trace` has them, for the row on screen."""
    experiment = builder.document.experiment
    found = trace(experiment, builder.tab.model.state.row, dataset_of(experiment))
    weights = experiment.network.layers[at.layer].weights
    assert weights is not None
    place = at.row, at.unit
    gradient = found.weight_gradients[at.layer][place]
    return weights[place], gradient, found.new_weights[at.layer][place]


@both
def test_an_edge_is_examined_from_a_cold_window(builder: Builder, by_keys: bool) -> None:
    at = WeightAt(0, 1, 2)
    if by_keys:
        builder.go_to(at)
        builder.press("m")
    else:  # two clicks
        builder.click_on(at, button="right")
        builder.click_in_menu("examine")
    builder.wait(lambda: builder.find("microscope").isVisible(), "it is open", SOON_MS)
    assert builder.text("microscope_title") == "Microscope · h₃"
    assert builder.text("microscope_heading") == "Step 6 of 8: new weights"
    builder.wait(lambda: is_in_sight(builder, "microscope_weights_table"), "in sight", SOON_MS)
    assert weights_on_screen(builder)["w₂"] == pytest.approx(wanted(builder, at), abs=HALF)
    assert builder.canvas.scene.edges[0].marks.hovered == {(1, 2)}
    builder.press("Escape")
    if by_keys:  # the first one leads from the edge back to its unit
        builder.press("Escape")
    builder.wait(lambda: not builder.find("microscope").isVisible(), "it is closed", SOON_MS)


def told(file: Path, row: int) -> dict[str, Any]:
    """Return what ``main.py trace`` says of a row of a file, counted from 1."""
    command = [sys.executable, "main.py", "trace", str(file), "--row", str(row), "--json"]
    root = Path(__file__).parents[2]
    done = subprocess.run(command, cwd=root, capture_output=True, text=True, check=True)
    answer: dict[str, Any] = json.loads(done.stdout)
    return answer


@pytest.mark.parametrize("way", ["menu", "editor", "keys"])
def test_one_edge_from_a_cold_window_is_what_trace_tells(
    person: Person, qtbot: QtBot, tmp_path: Path, way: str
) -> None:
    at = WeightAt(0, 1, 2)
    window = person.window
    assert isinstance(window, GlassnetWindow)
    person.wait(lambda: person.find("first_run").isVisible(), "the first page is shown", SOON_MS)
    canvas = person.find("network_canvas", NetworkPanel)
    edge = canvas.view.mapFromScene(canvas.scene.edges[0].point(1, 2, 0.3))
    if way == "menu":  # two clicks
        person.click(canvas.view.viewport(), edge, button="right")
        person.click_in_menu("examine")
    elif way == "editor":  # two clicks
        person.click(canvas.view.viewport(), edge)
        person.click("weight_examine")
    else:
        person.push("show_all_panels", by_keyboard=True)
        person.wait(lambda: person.find("workbench").isVisible(), "the panels are there", SOON_MS)
        Builder(qtbot, window, tmp_path).go_to(at)
        person.press("m")
    person.wait(lambda: person.find("microscope").isVisible(), "it is open", SOON_MS)
    builder = Builder(qtbot, window, tmp_path)
    assert builder.text("microscope_heading") == "Step 6 of 8: new weights"
    builder.wait(lambda: is_in_sight(builder, "microscope_weights_table"), "in sight", SOON_MS)
    assert builder.find("microscope_weights_table", QTableWidget).currentRow() == at.row
    read = weights_on_screen(builder)["w₂"]
    builder.save()
    row = builder.tab.model.state.row
    layer = told(builder.file, row + 1)["layers"][at.layer]
    wanted = [layer[key][at.row][at.unit] for key in ("W", "dL_dW", "W_after")]
    assert read == pytest.approx(wanted, abs=HALF)


@both
def test_the_batch_on_screen_is_the_one_that_trace_tells(builder: Builder, by_keys: bool) -> None:
    at = WeightAt(0, 0, 1)
    builder.enter("batch_size", "2")
    for _ in range(3):
        builder.press("Shift+S")
    builder.click_on(at, button="right")
    builder.click_in_menu("examine")
    builder.wait(lambda: builder.find("microscope").isVisible(), "it is open", SOON_MS)
    builder.wait(lambda: is_in_sight(builder, "microscope_weights_table"), "in sight", SOON_MS)
    if by_keys:
        builder.reach("microscope_row_alone")
        builder.press("Right")
    else:
        builder.click("microscope_batch")
    builder.wait(
        lambda: builder.text("microscope_alone") == "The batch: 2 rows", "the batch", SOON_MS
    )
    read = weights_on_screen(builder)["w₁"]
    builder.save()
    batch = told(builder.file, 1)["batch"]
    old = builder.document.experiment.network.layers[0].weights
    assert old is not None
    wanted = [old[0, 1], batch["dL_dW"][0][0][1], batch["W_after"][0][0][1]]
    assert read == pytest.approx(wanted, abs=HALF)
    rows = ", ".join(str(row) for row in batch["rows"])
    assert builder.text("microscope_batch_rows") == f"Mean over 2 of 4 rows: {rows}."


def test_four_clicks_from_the_first_page(person: Person) -> None:
    person.click("show_all_panels")
    person.wait(lambda: person.find("workbench").isVisible(), "the panels are there", SOON_MS)
    person.click("microscope_open")
    person.wait(lambda: person.find("microscope").isVisible(), "it is open", SOON_MS)
    person.click("microscope_step_6")
    person.click("microscope_next")
    person.wait(lambda: is_in_sight(person, "microscope_weights_table"), "in sight", SOON_MS)
    assert set(weights_on_screen(person)) == {"w₁", "w₂", "b"}


@both
def test_the_eight_steps_are_walked(builder: Builder, by_keys: bool) -> None:
    if by_keys:
        builder.go_to(UnitAt(0, 0))
        builder.press("m")
    else:
        builder.click_on(UnitAt(0, 0))
        builder.click("microscope_open")
    builder.wait(lambda: builder.find("microscope").isVisible(), "it is open", SOON_MS)
    if by_keys:
        builder.press("Shift+N", times=3)
    else:
        builder.click("microscope_step_1")
    builder.wait(
        lambda: builder.text("microscope_heading") == "Step 1 of 8: inputs", "at the start", SOON_MS
    )
    headings = [builder.text("microscope_heading")]
    while builder.find("microscope_next").isEnabled():
        if by_keys:
            builder.press("n")
        else:
            builder.click("microscope_next")
        headings.append(builder.text("microscope_heading"))
        assert len(headings) <= 26
    assert len(headings) == 26  # five units, forward and back, and six parts of all
    assert headings[-1] == "Step 8 of 8: prediction"
    answer = builder.find("microscope_answer_1", FormulaLabel).text()
    experiment = builder.document.experiment
    found = trace(experiment, builder.tab.model.state.row, dataset_of(experiment))
    assert answer.startswith(f"ŷ = {found.a[-1][0]:.3f} → ")


def test_a_step_is_seen_where_it_happened(builder: Builder) -> None:
    builder.enter("batch_size", "1")
    builder.click_on(UnitAt(0, 1))
    builder.press("m")
    builder.wait(lambda: builder.find("microscope").isVisible(), "it is open", SOON_MS)
    builder.click("microscope_step_6")
    before = builder.document.experiment.network.layers[0].biases
    builder.press("s")
    builder.wait(
        lambda: builder.text("microscope_note").startswith("The last step used"), "said", SOON_MS
    )
    after = builder.document.experiment.network.layers[0].biases
    assert before is not None
    assert after is not None
    old, _, new = weights_on_screen(builder)["b"]
    assert (old, new) == pytest.approx((before[1], after[1]), abs=HALF)
    assert before[1] != after[1]
