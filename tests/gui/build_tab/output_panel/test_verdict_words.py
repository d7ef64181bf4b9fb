"""Points in a plane are parted by a line, points in space by a plane."""

from __future__ import annotations

import pytest
from PySide6.QtWidgets import QLabel
from pytestqt.qtbot import QtBot

from gui.build_tab.output_panel.perceptron_cards import VerdictCard
from gui.build_tab.output_panel.scores import Score, ScoreRow
from model.data import build_dataset
from model.experiment import DataSpec, GateData, PlaneData, TableData
from model.insight.verdict import verdict_of


@pytest.mark.parametrize(
    ("data", "parts"), [(PlaneData("circle"), "no line"), (GateData("parity", 3), "no plane")]
)
def test_the_verdict_says_what_would_part_the_classes(
    qtbot: QtBot, data: DataSpec, parts: str
) -> None:
    card = VerdictCard()
    qtbot.addWidget(card)
    card.show_verdict(verdict_of(build_dataset(data)), "")
    assert any(parts in text.text() for text in card.findChildren(QLabel))


def test_contradicting_rows_are_named(qtbot: QtBot) -> None:
    card = VerdictCard()
    qtbot.addWidget(card)
    card.show_verdict(verdict_of(build_dataset(TableData("symptoms"))), "")
    assert card.answer.text() == "No"
    assert card.sentence.text().startswith("Rows 3 and 6 have equal inputs and different targets")
    assert "no network gets more than 87.5% of the rows right" in card.sentence.text()


@pytest.mark.parametrize(("rows", "said"), [(1, "1 row"), (2, "2 rows")])
def test_one_row_is_no_rows(qtbot: QtBot, rows: int, said: str) -> None:
    scores = ScoreRow()
    qtbot.addWidget(scores)
    scores.show_scores(Score(0.5, rows, 0.0), None, True)
    assert said in [text.text() for text in scores.findChildren(QLabel)]
