"""Points in a plane are parted by a line, points in space by a plane."""

from __future__ import annotations

import re

import pytest
from msgspec import structs
from PySide6.QtCore import Qt
from PySide6.QtGui import QTextDocument
from PySide6.QtWidgets import QApplication, QLabel
from pytestqt.qtbot import QtBot

from gui.build_tab.build_model import BuildModel
from gui.build_tab.output_panel.doctor_cards import advice_on
from gui.build_tab.output_panel.perceptron_cards import VerdictCard
from gui.build_tab.output_panel.scores import Score, ScoreRow
from gui.build_tab.status import end_sentence
from gui.settings import choose_language
from model.data import build_dataset
from model.data.derived import derived_dataset
from model.defaults import default_experiment
from model.experiment import DataSpec, GateData, PlaneData, TableData, TruthTableData
from model.insight import examine
from model.insight.separation.verdict import verdict_of
from model.training import RunResult, Trainer


def empty_card(qtbot: QtBot, build_model: BuildModel) -> VerdictCard:
    """Return a card that says nothing yet."""
    card = VerdictCard(build_model)
    qtbot.addWidget(card)
    return card


def show(card: VerdictCard, data: DataSpec) -> None:
    """Show the verdict of some data."""
    dataset = build_dataset(data)
    card.show_verdict(verdict_of(dataset), "", dataset)


@pytest.mark.parametrize(
    ("data", "parts"), [(PlaneData("circle"), "no line"), (GateData("parity", 3), "no plane")]
)
def test_the_verdict_says_what_would_part_the_classes(
    build_model: BuildModel, qtbot: QtBot, data: DataSpec, parts: str
) -> None:
    card = empty_card(qtbot, build_model)
    show(card, data)
    assert any(parts in text.text() for text in card.findChildren(QLabel))


TWO = TruthTableData(
    ("x1", "x2"), ("p", "q"), ((0, 0), (0, 1), (1, 0), (1, 1)), ((0, 0), (0, 1), (0, 1), (1, 1))
)
ONE = TruthTableData(("x1",), ("p", "q"), ((0.0,), (1.0,)), ((0, 1), (1, 0)))


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (GateData("not", 1), "One threshold has every 1 on one side"),
        (GateData("and"), "One straight line has every 1 on one side"),
        (GateData("true"), "Every target is 1: the bias alone answers that"),
        (GateData("majority", 3), "One plane has every 1 on one side"),
        (ONE, "Each output can be separated by a threshold of its own."),
        (TWO, "Each output can be separated by a straight line of its own."),
        (
            TruthTableData(("x1",), ("y",), ((0,), (1,), (2,)), ((0,), (1,), (0,))),
            "so no threshold separates them.",
        ),
    ],
)
def test_a_border_is_called_by_how_many_inputs_there_are(
    build_model: BuildModel, qtbot: QtBot, data: DataSpec, said: str
) -> None:
    card = empty_card(qtbot, build_model)
    show(card, data)
    assert said in card.sentence.text()


def test_weights_are_listed_as_points_are(
    build_model: BuildModel, qtbot: QtBot, qapp: QApplication
) -> None:
    card = empty_card(qtbot, build_model)
    seen = []
    for language in ("en", "tr"):
        choose_language(qapp, language)
        for features in ((), ("x1", "x2", "x1*x2")):
            dataset = derived_dataset(build_dataset(GateData("and")), features)
            card.show_verdict(verdict_of(dataset), "", dataset)
            seen.append(re.search(r"\((.*)\)", card.detail.text())[1])
    choose_language(qapp, "en")
    assert [text.count(", ") for text in seen] == [1, 2, 0, 0]
    assert [text.count("; ") for text in seen] == [0, 0, 1, 2]


def test_rows_made_equal_by_derived_inputs_are_told_with_them(
    build_model: BuildModel, qtbot: QtBot
) -> None:
    dataset = derived_dataset(build_dataset(GateData("xor")), ("x1*x2",))
    card = empty_card(qtbot, build_model)
    card.show_verdict(verdict_of(dataset), "", dataset)
    said = card.sentence.text()
    assert said.startswith("No network that reads only x₁·x₂ can: rows 1 and 2 contradict")


@pytest.mark.parametrize(
    ("data", "features", "said"),
    [
        (GateData("xor"), ("x1", "x2", "x1*x2"), "One unit with x₁·x₂ can"),
        (PlaneData("circle"), ("x1^2", "x2^2"), "One unit with x₁², x₂² can"),
        (GateData("half_adder"), ("x1", "x2", "x1*x2"), "With x₁·x₂ one unit an output can"),
    ],
)
def test_what_derived_inputs_do_is_said(
    build_model: BuildModel,
    qtbot: QtBot,
    data: DataSpec,
    features: tuple[str, ...],
    said: str,
) -> None:
    card = empty_card(qtbot, build_model)
    dataset = derived_dataset(build_dataset(data), features)
    card.show_verdict(verdict_of(dataset), "", dataset)
    assert card.answer.text() == "Yes"
    assert card.sentence.text().startswith(said)
    assert card.remedy.isHidden()


def test_contradicting_rows_are_named(build_model: BuildModel, qtbot: QtBot) -> None:
    card = empty_card(qtbot, build_model)
    show(card, TableData("symptoms"))
    assert card.answer.text() == "No"
    said = card.sentence.text()
    assert said.startswith("No network can, with hidden layers or without: rows 3 and 6 contradict")
    (finding, *_) = examine(default_experiment(TableData("symptoms")))
    assert advice_on(finding).text not in said, "the doctor's card says the rest"


def proof_of(build_model: BuildModel, qtbot: QtBot, data: DataSpec) -> list[str]:
    """Return the cells and lines that stand on the card after a click on "Why?"."""
    card = empty_card(qtbot, build_model)
    card.resize(290, 400)
    show(card, data)
    card.show()
    assert not card.proof.isVisible()
    qtbot.mouseClick(card.why, Qt.MouseButton.LeftButton)
    assert card.proof.isVisible()
    plain = QTextDocument()
    plain.setHtml(card.proof.text())
    qtbot.mouseClick(card.why, Qt.MouseButton.LeftButton)
    assert not card.proof.isVisible()
    return [line for line in plain.toPlainText().split("\n") if line]


def test_the_inequalities_of_xor_contradict_each_other(
    build_model: BuildModel, qtbot: QtBot
) -> None:
    lines = proof_of(build_model, qtbot, GateData("xor"))
    assert lines == [
        "(0, 0) → 0",
        "b < 0",
        "(0, 1) → 1",
        "w₂ + b > 0",
        "(1, 0) → 1",
        "w₁ + b > 0",
        "(1, 1) → 0",
        "w₁ + w₂ + b < 0",
        "The rows with 1 add up to w₁ + w₂ + 2b > 0, the rows with 0 to w₁ + w₂ + 2b < 0: "
        "impossible.",
    ]


def test_inequalities_that_count_several_times_say_so(
    build_model: BuildModel, qtbot: QtBot
) -> None:
    """The row in the middle twice is the two beside it once each."""
    data = TruthTableData(("x1",), ("y",), ((0.0,), (1.0,), (2.0,)), ((1.0,), (0.0,), (1.0,)))
    lines = proof_of(build_model, qtbot, data)
    assert lines[:5] == ["(0) → 1", "b > 0", "(1) → 0", "2 ×", "w₁ + b < 0"]
    assert "2w₁ + 2b > 0" in lines[-1]
    assert "2w₁ + 2b < 0" in lines[-1]


def test_long_numbers_are_told_as_shares(build_model: BuildModel, qtbot: QtBot) -> None:
    said = " ".join(proof_of(build_model, qtbot, PlaneData("circle")))
    assert "Mixed in these shares" in said
    assert "≈ 0." in said


def test_what_can_be_done_needs_no_proof(build_model: BuildModel, qtbot: QtBot) -> None:
    card = empty_card(qtbot, build_model)
    show(card, GateData("xor"))
    qtbot.mouseClick(card.why, Qt.MouseButton.LeftButton)
    show(card, GateData("or"))
    assert card.why.isHidden()
    assert card.proof.isHidden()


@pytest.mark.parametrize(("rows", "said"), [(1, "1 row"), (2, "2 rows")])
def test_one_row_is_no_rows(build_model: BuildModel, qtbot: QtBot, rows: int, said: str) -> None:
    scores = ScoreRow(build_model, lambda: None)
    qtbot.addWidget(scores)
    scores.show_scores(Score(0.5, rows, 0.0), None, True)
    assert said in [text.text() for text in scores.findChildren(QLabel)]


@pytest.mark.parametrize(("epochs", "said"), [(1, "1 epoch."), (2, "2 epochs.")])
def test_one_epoch_is_no_epochs(epochs: int, said: str) -> None:
    trainer = Trainer(default_experiment())
    snapshot = structs.replace(trainer.snapshot(), epoch=epochs)
    assert end_sentence(RunResult("epochs", snapshot)) == f"Stopped at {said}"
