"""The main job: train XOR by one click, then read what a photograph shows."""

from __future__ import annotations

import os

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QTableView

from gui.settings import ASSETS
from gui.window import GlassnetWindow
from tests.e2e.person import Person


def rows_right(table: QTableView) -> list[bool]:
    """Return, for each row on screen, whether its tick says that it is right."""
    model = table.model()
    last = model.columnCount() - 1
    return [
        model.index(row, last).data(Qt.ItemDataRole.AccessibleTextRole) == "right"
        for row in range(model.rowCount())
    ]


@pytest.mark.skipif(
    os.environ.get("QT_QPA_PLATFORM") != "xcb", reason="`make test` runs this folder under X"
)
def test_events_really_go_through_the_x_server(person: Person) -> None:
    assert person.real


def test_one_click_on_train_gets_all_four_rows_of_xor_right(person: Person) -> None:
    counts = person.find("first_run_counts", QLabel)
    assert not counts.text().startswith("4 of 4")
    person.click("first_run_train")
    table = person.find("truth_table", QTableView)
    person.wait(lambda: rows_right(table) == [True] * 4, "four rows are right")
    assert table.isVisible()
    assert person.find("loss_plot").isVisible()


def test_a_dropped_photograph_is_named(person: Person, window: GlassnetWindow) -> None:
    person.choose_tab(window.VISION)
    stage = person.find("stage_view")
    person.wait(stage.isVisible, "the stage is shown")
    sentence = person.find("status_sentence", QLabel)
    person.drop(
        ASSETS / "images" / "coffee.png",
        stage,
        done=lambda: "espresso" in sentence.text(),
    )
