"""Points in a plane are parted by a line, points in space by a plane."""

from __future__ import annotations

import re

import pytest
from msgspec import structs
from PySide6.QtCore import Qt
from PySide6.QtGui import QTextDocument
from PySide6.QtWidgets import QLabel
from pytestqt.qtbot import QtBot

from gui.build_tab.build_model import BuildModel
from gui.build_tab.output_panel.doctor_cards import advice_on
from gui.build_tab.output_panel.perceptron_cards import VerdictCard
from gui.build_tab.output_panel.scores import Score, ScoreRow
from gui.build_tab.status import end_sentence
from model.data import build_dataset
from model.data.derived import derived_dataset
from model.defaults import default_experiment
from model.experiment import DataSpec, GateData, PlaneData, TableData, TruthTableData
from model.insight import examine
from model.insight.separation.verdict import verdict_of
from model.training import RunResult, Trainer


@pytest.fixture
def card(qtbot: QtBot, build_model: BuildModel) -> VerdictCard:
    card = VerdictCard(build_model)
    qtbot.addWidget(card)
    card.resize(290, 400)
    card.show()
    return card


def show(card: VerdictCard, data: DataSpec, features: tuple[str, ...] = ()) -> None:
    """Show the verdict of some data."""
    dataset = derived_dataset(build_dataset(data), features)
    card.show_verdict(verdict_of(dataset), "", dataset)


def in_a_row(*targets: float) -> TruthTableData:
    """Return rows of one input: 0, 1, 2."""
    rows = tuple((float(x),) for x in range(len(targets)))
    return TruthTableData(("x1",), ("y",), rows, tuple((y,) for y in targets))


TWO = TruthTableData(
    ("x1", "x2"), ("p", "q"), ((0, 0), (0, 1), (1, 0), (1, 1)), ((0, 0), (0, 1), (0, 1), (1, 1))
)
ONE = TruthTableData(("x1",), ("p", "q"), ((0.0,), (1.0,)), ((0, 1), (1, 0)))
PRODUCT = ("x1", "x2", "x1*x2")
NO_NETWORK = "No network can, with hidden layers or without: rows 3 and 6 contradict"


@pytest.mark.parametrize(
    ("data", "features", "answer", "said"),
    [
        (PlaneData("circle"), (), "No", "no line"),
        (GateData("parity", 3), (), "No", "no plane"),
        (in_a_row(0.0, 1.0, 0.0), (), "No", "so no threshold separates them."),
        (GateData("not", 1), (), "Yes", "One threshold has every 1 on one side"),
        (GateData("and"), (), "Yes", "One straight line has every 1 on one side"),
        (GateData("true"), (), "Yes", "Every target is 1: the bias alone answers that"),
        (GateData("majority", 3), (), "Yes", "One plane has every 1 on one side"),
        (ONE, (), "Yes", "Each output can be separated by a threshold of its own."),
        (TWO, (), "Yes", "Each output can be separated by a straight line of its own."),
        (GateData("xor"), PRODUCT, "Yes", "One unit with x₁·x₂ can"),
        (PlaneData("circle"), ("x1^2", "x2^2"), "Yes", "One unit with x₁², x₂² can"),
        (GateData("half_adder"), PRODUCT, "Yes", "With x₁·x₂ one unit an output can"),
        (GateData("xor"), PRODUCT[2:], "No", "that reads only x₁·x₂ can: rows 1 and 2 contradict"),
        (TableData("symptoms"), (), "No", NO_NETWORK),
    ],
)
def test_the_verdict_names_the_border_and_what_derived_inputs_do(
    card: VerdictCard, data: DataSpec, features: tuple[str, ...], answer: str, said: str
) -> None:
    show(card, data, features)
    assert card.answer.text() == answer
    assert any(said in text.text() for text in card.findChildren(QLabel))
    assert card.remedy.isHidden() or not features


def test_contradicting_rows_are_left_to_the_doctors_card(card: VerdictCard) -> None:
    show(card, TableData("symptoms"))
    (finding, *_) = examine(default_experiment(TableData("symptoms")))
    assert advice_on(finding).text not in card.sentence.text()


def test_weights_are_listed_as_points_are(card: VerdictCard, language: str) -> None:
    separators = []
    for features in ((), PRODUCT):
        show(card, GateData("and"), features)
        separators += re.findall("[,;] ", re.search(r"\((.*)\)", card.detail.text())[1])
    assert separators == [", " if language == "en" else "; "] * 3


def proof_of(card: VerdictCard, data: DataSpec, qtbot: QtBot) -> list[str]:
    """Return the cells and lines that stand on the card after a click on "Why?"."""
    show(card, data)
    assert not card.proof.isVisible()
    qtbot.mouseClick(card.why, Qt.MouseButton.LeftButton)
    assert card.proof.isVisible()
    plain = QTextDocument()
    plain.setHtml(card.proof.text())
    qtbot.mouseClick(card.why, Qt.MouseButton.LeftButton)
    return [line for line in plain.toPlainText().split("\n") if line]


def test_contradicting_inequalities_are_the_proof(card: VerdictCard, qtbot: QtBot) -> None:
    lines = proof_of(card, GateData("xor"), qtbot)
    assert lines == [
        *("(0, 0) → 0", "b < 0", "(0, 1) → 1", "w₂ + b > 0"),
        *("(1, 0) → 1", "w₁ + b > 0", "(1, 1) → 0", "w₁ + w₂ + b < 0"),
        "The rows with 1 add up to w₁ + w₂ + 2b > 0, the rows with 0 to w₁ + w₂ + 2b < 0: "
        "impossible.",
    ]
    # The row in the middle twice is the two beside it once each.
    lines = proof_of(card, in_a_row(1.0, 0.0, 1.0), qtbot)
    assert lines[:5] == ["(0) → 1", "b > 0", "(1) → 0", "2 ×", "w₁ + b < 0"]
    assert "2w₁ + 2b > 0" in lines[-1]
    assert "2w₁ + 2b < 0" in lines[-1]
    said = " ".join(proof_of(card, PlaneData("circle"), qtbot))
    assert "Mixed in these shares" in said
    assert "≈ 0." in said
    qtbot.mouseClick(card.why, Qt.MouseButton.LeftButton)
    show(card, GateData("or"))
    assert card.why.isHidden(), "what can be done needs no proof"
    assert card.proof.isHidden()


@pytest.mark.parametrize(("rows", "said"), [(1, "1 row"), (2, "2 rows")])
def test_one_row_is_no_rows(build_model: BuildModel, qtbot: QtBot, rows: int, said: str) -> None:
    scores = ScoreRow(build_model)
    qtbot.addWidget(scores)
    scores.show_scores(Score(0.5, rows, 0.0), None, True)
    assert said in [text.text() for text in scores.findChildren(QLabel)]


@pytest.mark.parametrize(("epochs", "said"), [(1, "1 epoch."), (2, "2 epochs.")])
def test_one_epoch_is_no_epochs(epochs: int, said: str) -> None:
    trainer = Trainer(default_experiment())
    snapshot = structs.replace(trainer.snapshot(), epoch=epochs)
    assert end_sentence(RunResult("epochs", snapshot)) == f"Stopped at {said}"
