"""OR without a bias answers 0.500 to one row: everything that counts rows says "undecided"."""

from __future__ import annotations

import numpy as np
import pytest
from msgspec.structs import replace
from PySide6.QtCore import QEvent, QPoint, QRect, Qt
from PySide6.QtGui import QHelpEvent, QImage
from PySide6.QtWidgets import QApplication, QLabel, QToolTip
from pytestqt.qtbot import QtBot

from gui.build_tab.build_model import BuildModel
from gui.build_tab.exports import predictions
from gui.build_tab.output_panel.confusion import ConfusionMatrix
from gui.build_tab.output_panel.scores import Score, ScoreRow
from gui.build_tab.tab import BuildTab
from gui.build_tab.workbench import Workbench
from gui.format import show_part
from gui.settings import choose_language, choose_theme
from gui.window import GlassnetWindow
from model.defaults import default_experiment
from model.experiment import GateData, InitialiserSpec, StopSpec
from model.initialisers import initialise
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


def test_the_table_has_a_grey_ring_and_the_word(shown: Workbench, window: GlassnetWindow) -> None:
    table = shown.data.table
    spoken = [
        table.model.index(row, 4).data(Qt.ItemDataRole.AccessibleTextRole) for row in range(4)
    ]
    assert spoken == ["undecided", "right", "right", "right"]
    assert [table.model.outcome(row) for row in range(4)] == [OPEN, RIGHT, RIGHT, RIGHT]
    view, app = table.view, QApplication.instance()
    assert isinstance(app, QApplication)
    for theme_name in ("light", "dark"):
        choose_theme(app, theme_name)
        picture = view.viewport().grab().toImage()
        marks = [view.visualRect(table.model.index(row, 4)) for row in (0, 2)]
        assert marked(picture, marks[0])
        assert not coloured(picture, marks[0])
        assert coloured(picture, marks[1])
        bars = [
            view.visualRect(table.model.index(row, 3)).adjusted(2, 3, -44, -3) for row in (0, 2)
        ]
        assert marked(picture, bars[0]), "the word"
        assert not coloured(picture, bars[0])
        assert coloured(picture, bars[1])


def test_doctor_and_verdict_say_that_a_bias_is_missing_and_a_click_brings_it(
    shown: Workbench, tab: BuildTab, qtbot: QtBot
) -> None:
    card, verdict = shown.output.doctor.cards[0], shown.output.verdict
    qtbot.waitUntil(lambda: card.title.text() == "The output layer has no bias", timeout=10_000)
    assert verdict.answer.text() == "Yes"
    assert "It needs a bias, and this layer has none." in verdict.sentence.text()
    qtbot.mouseClick(card.fix, Qt.MouseButton.LeftButton)
    assert tab.model.state.experiment.network.layers[0].use_bias
    qtbot.waitUntil(lambda: "bias" not in verdict.sentence.text(), timeout=10_000)
    assert not card.isVisible() or card.title.text() != "The output layer has no bias"


def pixels(picture: QImage, rect: QRect) -> np.ndarray:
    """Return red, green and blue within a rectangle, shape (pixels, 3)."""
    scale = picture.devicePixelRatio()
    across = range(round(rect.left() * scale), round(rect.right() * scale))
    down = range(round(rect.top() * scale), round(rect.bottom() * scale))
    colours = [picture.pixelColor(x, y) for x in across for y in down]
    return np.array([(c.red(), c.green(), c.blue()) for c in colours])


def marked(picture: QImage, rect: QRect) -> bool:
    """Tell whether something stands out against the ground, in whatever colour."""
    return bool(np.ptp(pixels(picture, rect).mean(axis=1)) > 60)


def coloured(picture: QImage, rect: QRect) -> bool:
    """Tell whether something there is more than a shade of grey."""
    return bool(np.ptp(pixels(picture, rect), axis=1).max() > 50)


def test_the_exported_predictions_have_the_word(shown: Workbench, tab: BuildTab) -> None:
    head, *cells = predictions(tab.model.state)
    rows = [dict(zip(head, row, strict=True)) for row in cells]
    assert [row["prediction"] for row in rows] == ["undecided", "1", "1", "1"]
    assert [row["target"] for row in rows] == ["0", "1", "1", "1"]


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
    scores = ScoreRow(build_model, lambda: None)
    qtbot.addWidget(scores)
    scores.show_scores(Score(0.5, 8, 0.5, 2), Score(0.5, 4, 0.5, 1), False)
    assert [figure.counts.text() for figure in (scores.train, scores.test)] == [
        "4 / 8, 2 kararsız",
        "2 / 4, 1 kararsız",
    ]


def test_training_on_never_makes_it_right(shown: Workbench, tab: BuildTab, qtbot: QtBot) -> None:
    stop = StopSpec(epochs=10_200, margin=1e-9)
    tab.model.edit("Stop", lambda e: replace(e, training=replace(e.training, stop=stop)))
    tab.model.toggle_training()
    qtbot.waitUntil(lambda: tab.model.state.epoch == 10_200, timeout=20_000)
    qtbot.waitUntil(lambda: not tab.model.is_training, timeout=20_000)
    snapshot = tab.model.state.snapshot
    assert snapshot is not None
    assert (snapshot.train_accuracy, snapshot.train_undecided) == (0.75, 1)


def test_four_answers_of_one_half_are_four_undecided(
    bench: Workbench, tab: BuildTab, window: GlassnetWindow, qtbot: QtBot
) -> None:
    zero = default_experiment(GateData("and"), hidden=())
    zero = replace(zero, training=replace(zero.training, initialiser=InitialiserSpec("zeros")))
    tab.model.edit("AND", lambda _: initialise(zero))
    qtbot.waitUntil(lambda: bench.is_idle, timeout=20_000)
    assert text_of(window, "train_counts") == "0 of 4 right, 4 undecided"
    assert bench.canvas.scene.units[UnitAt(0, 0)].style.caption == "4 undecided"
    bench.output.probe.toggle.click()
    assert bench.output.probe.answer.text().endswith("0.500 → undecided")


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


@pytest.mark.parametrize(
    ("number", "written"),
    [
        (0, "0’ı"), (1, "1’i"), (2, "2’si"), (3, "3’ü"), (6, "6’sı"), (9, "9’u"), (10, "10’u"),
        (40, "40’ı"), (57, "57’si"), (70, "70’i"), (100, "100’ü"), (120, "120’si"),
        (3000, "3\xa0000’i"), (1_000_000, "1\xa0000\xa0000’u"),
    ],
)  # fmt: skip
def test_turkish_numbers_have_their_endings(qapp: QApplication, number: int, written: str) -> None:
    choose_language(qapp, "tr")
    assert show_part(number).replace(" ", " ").replace(" ", " ") == written
    choose_language(qapp, "en")
    assert "’" not in show_part(number)
