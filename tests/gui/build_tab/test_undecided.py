"""OR without a bias answers 0.500 to one row: everything that counts rows says "undecided"."""

from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtCore import QEvent, QPoint, Qt
from PySide6.QtGui import QHelpEvent
from PySide6.QtWidgets import QApplication, QLabel, QToolTip
from pytestqt.qtbot import QtBot

from gui.build_tab.build_model import BuildModel
from gui.build_tab.exports import predictions
from gui.build_tab.output_panel.confusion import ConfusionMatrix
from gui.build_tab.output_panel.scores import Score, ScoreRow
from gui.build_tab.tab import BuildTab
from gui.build_tab.workbench import Workbench
from gui.settings import choose_language
from gui.window import GlassnetWindow
from model.experiment import GateData
from model.metrics import OPEN, RIGHT
from model.places import UnitAt
from model.recipes.one_unit import one_unit_experiment
from model.training import Trainer
from tests.gui.finding import find
from tests.gui.painted import painted_texts

pytestmark = pytest.mark.usefixtures("dressed")


@pytest.fixture
def shown(bench: Workbench, tab: BuildTab, qtbot: QtBot) -> Workbench:
    """Return the workbench with OR without a bias, trained for the article's 10,000 epochs."""
    trainer = Trainer(one_unit_experiment(GateData("or"), rows=4, inputs=2, use_bias=False))
    trainer.run()
    learned = trainer.experiment()
    tab.model.edit("OR", lambda _: learned)
    qtbot.waitUntil(lambda: bench.is_idle, timeout=20_000)
    return bench


def text_of(window: GlassnetWindow, name: str) -> str:
    found = find(window, QLabel, name)
    return found.text()


def test_every_count_says_so(
    shown: Workbench, window: GlassnetWindow, qtbot: QtBot, qapp: QApplication
) -> None:
    assert text_of(window, "train_accuracy") == "75.0%"
    assert text_of(window, "train_counts") == "3 of 4 right, 1 undecided"
    assert text_of(window, "status_sentence").startswith("3 of 4 rows right, 1 undecided.")
    assert shown.canvas.scene.units[UnitAt(0, 0)].style.caption == "1 undecided"
    assert shown.output.map.outcomes.tolist() == [OPEN, RIGHT, RIGHT, RIGHT]
    assert shown.output.scores.matrix.counts.tolist() == [[0, 0, 1], [0, 3, 0]]
    assert shown.output.scores.matrix.spoken() == "3 right; 1 row of class 0, undecided"
    choose_language(qapp, "tr")
    turkish = "4 satırın 3’ü doğru, 1’i kararsız"
    qtbot.waitUntil(lambda: text_of(window, "train_counts") == turkish, timeout=5000)
    assert text_of(window, "status_sentence").startswith("4 satırın 3’ü doğru, 1’i kararsız.")
    unit = shown.canvas.scene.units[UnitAt(0, 0)]
    qtbot.waitUntil(lambda: unit.style.caption == "1 kararsız", timeout=5000)


def test_the_table_says_the_word_of_its_mark(shown: Workbench) -> None:
    table = shown.data.table
    spoken = [
        table.model.index(row, 4).data(Qt.ItemDataRole.AccessibleTextRole) for row in range(4)
    ]
    assert spoken == ["undecided", "right", "right", "right"]
    assert [table.model.outcome(row) for row in range(4)] == [OPEN, RIGHT, RIGHT, RIGHT]


def test_the_exported_predictions_have_the_word_in_turkish(
    shown: Workbench, tab: BuildTab, qapp: QApplication
) -> None:
    choose_language(qapp, "tr")
    head, *cells = predictions(tab.model.state)
    rows = [dict(zip(head, row, strict=True)) for row in cells]
    assert [row["tahmin"] for row in rows] == ["kararsız", "1", "1", "1"]


def test_two_counts_side_by_side_have_the_word_in_turkish(
    build_model: BuildModel, qtbot: QtBot, qapp: QApplication
) -> None:
    choose_language(qapp, "tr")
    scores = ScoreRow(build_model)
    qtbot.addWidget(scores)
    scores.show_scores(Score(0.5, 8, 0.5, 2), Score(0.5, 4, 0.5, 1), False)
    assert [figure.counts.text() for figure in (scores.train, scores.test)] == [
        "4 / 8, 2 kararsız",
        "2 / 4, 1 kararsız",
    ]


def test_the_large_matrix_names_its_column(qtbot: QtBot) -> None:
    matrix = ConfusionMatrix(large=True)
    qtbot.addWidget(matrix)
    matrix.resize(260, 200)
    matrix.show_counts(np.array([[3, 1], [0, 4]]), ("no", "yes"))
    height = matrix.heightForWidth(260)
    matrix.show_counts(np.array([[3, 1, 2], [0, 4, 0]]), ("no", "yes"))
    assert matrix.heightForWidth(260) == height, "a third column makes no third row"
    said = "7 right; 1 row of class no, answered yes; 2 rows of class no, undecided"
    assert matrix.spoken() == said


def test_the_large_matrix_heads_a_narrow_column_with_a_sign_and_tells_its_word(
    qtbot: QtBot,
) -> None:
    matrix = ConfusionMatrix(large=True)
    qtbot.addWidget(matrix)
    matrix.resize(282, 282)
    counts = np.ones((10, 11), dtype=int)
    matrix.show_counts(counts, tuple("0123456789"))
    matrix.show()
    qtbot.waitExposed(matrix)
    texts = painted_texts(matrix)
    assert set("0123456789") <= set(texts)
    assert "?" in texts
    head = QPoint(matrix.width() - 8, 5)
    tip = QHelpEvent(QEvent.Type.ToolTip, head, matrix.mapToGlobal(head))
    QApplication.sendEvent(matrix, tip)
    assert QToolTip.text() == "undecided"
    wide = ConfusionMatrix(large=True)
    qtbot.addWidget(wide)
    wide.resize(282, 200)
    wide.show_counts(counts[:2, :3], ("no", "yes"))
    assert "undecided" in painted_texts(wide)
