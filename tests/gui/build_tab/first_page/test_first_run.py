"""The first-run page: what it shows, and where each way leads."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QApplication, QDialog, QPushButton, QWidget
from pytestqt.qtbot import QtBot

from gui.build_tab.state import BuildState
from gui.build_tab.tab import BuildTab
from gui.document import ExperimentDocument
from gui.document.recovery import Autosave, recovery_folder
from gui.settings import choose_language
from gui.window import GlassnetWindow
from model.defaults import default_experiment
from model.edits import network as edits
from model.experiment import GateData
from model.lessons.listing import list_lessons
from tests.gui.finding import find

LEFT = Qt.MouseButton.LeftButton
ON_CARDS = ("perceptron", "gates_by_hand", "deep_learning_opencv")


def test_space_trains_from_the_first_page(qtbot: QtBot, tab: BuildTab) -> None:
    qtbot.keyClick(tab, Qt.Key.Key_Space)
    assert tab.first_run is None
    qtbot.waitUntil(lambda: tab.model.state.epoch > 0, timeout=10000)
    tab.model.pause()


def test_the_drawing_names_its_columns_without_headers(tab: BuildTab) -> None:
    assert tab.first_run is not None
    canvas = tab.first_run.canvas
    told = canvas.view.accessibleDescription()
    assert told.startswith("Inputs 2; Hidden 4, Tanh; Output 1, Sigmoid.")
    assert not canvas.headers.headers
    assert canvas.findChild(QWidget, "feature_strip") is None


def test_the_page_counts_what_the_network_answers(tab: BuildTab) -> None:
    page = tab.first_run
    assert page is not None
    outputs = tab.model.state.table_outputs
    assert outputs is not None
    right, wrong, undecided = page.counts()
    assert undecided == int((abs(outputs[:, 0] - 0.5) <= 0.0005).sum())
    assert right + wrong + undecided == 4


def test_the_lesson_on_the_perceptron(
    qtbot: QtBot, tab: BuildTab, document: ExperimentDocument
) -> None:
    assert tab.first_run is not None
    qtbot.mouseClick(tab.first_run.cards[0], LEFT)
    assert tab.first_run is None
    assert document.experiment.data == GateData("and")  # the lesson comes to XOR later
    assert [x.units for x in document.experiment.network.layers] == [1]
    assert document.experiment.network.layers[0].activation == "step"
    training = document.experiment.training
    assert (training.optimiser.name, training.loss, training.batch_size) == (
        "perceptron", "perceptron", 1,
    )  # fmt: skip


def test_a_lesson_lays_the_panels_behind_the_page_out_once(qtbot: QtBot, tab: BuildTab) -> None:
    assert tab.first_run is not None
    shown: list[BuildState] = []
    view = tab.workbench.canvas.view
    view.resized.connect(lambda: shown.append(tab.model.state))
    qtbot.mouseClick(tab.first_run.cards[0], LEFT)
    QApplication.processEvents()  # what was laid out to be laid out again
    assert [state.experiment.data for state in shown] == [GateData("and")]
    assert view.isVisible()


def test_the_lesson_on_gates_by_hand(
    qtbot: QtBot, window: GlassnetWindow, tab: BuildTab, document: ExperimentDocument
) -> None:
    assert tab.first_run is not None
    qtbot.keyClick(tab.first_run.cards[1], Qt.Key.Key_Return)
    progress = window.learn.state.progress
    assert progress is not None
    assert progress.lesson.id == "gates_by_hand"
    assert document.experiment.data == GateData("and")
    assert [layer.units for layer in document.experiment.network.layers] == [1]


def test_the_lesson_on_pictures_is_in_vision(
    qtbot: QtBot, window: GlassnetWindow, tab: BuildTab
) -> None:
    assert tab.first_run is not None
    qtbot.mouseClick(tab.first_run.cards[2], LEFT)
    assert window.header.tabs.currentIndex() == window.VISION
    progress = window.learn.state.progress
    assert progress is not None
    assert progress.lesson.id == "deep_learning_opencv"


@pytest.mark.parametrize("language", ["en", "tr"])
def test_a_lesson_has_one_name_everywhere(
    window: GlassnetWindow, tab: BuildTab, qapp: QApplication, language: str
) -> None:
    assert tab.first_run is not None
    choose_language(qapp, language)
    QApplication.processEvents()
    titles = {lesson.id: lesson.title(language) for lesson in list_lessons()}
    for card, name in zip(tab.first_run.cards, ON_CARDS, strict=True):
        assert card.accessibleName() == titles[name]
        action = find(window, QAction, f"lesson_{name}")
        assert action.text() == titles[name]


def test_all_lessons_are_listed(qtbot: QtBot, window: GlassnetWindow, tab: BuildTab) -> None:
    assert tab.first_run is not None
    qtbot.mouseClick(find(tab.first_run, QPushButton, "all_lessons"), LEFT)
    assert window.learn.state.is_open
    assert window.learn.state.progress is None


def test_work_of_a_crash_is_offered_and_taken_up(qtbot: QtBot, own_folders: Path) -> None:
    lost = ExperimentDocument(default_experiment(GateData("nor")))
    lost.edit("weight", edits.with_weight(lost.experiment, 0, 0, 0, 4.75))
    before = Autosave(lost)
    before.save_now()
    qtbot.waitUntil(lambda: before.is_idle, timeout=5000)
    before.copy.with_suffix(".lock").unlink()  # as when its process has died
    document = ExperimentDocument(default_experiment())
    window = GlassnetWindow(document)
    with qtbot.waitExposed(window):
        window.show()
    qtbot.waitUntil(lambda: window.findChild(QDialog, "recovery_dialog") is not None, timeout=3000)
    qtbot.mouseClick(find(window, QPushButton, "recovery_recover"), LEFT)
    assert document.experiment == lost.experiment
    assert document.is_modified
    qtbot.waitUntil(lambda: not before.copy.exists(), timeout=5000)
    assert len(list(recovery_folder().glob("*.glassnet"))) == 1
    document.load(default_experiment(), None)
    window.close()
    qtbot.waitUntil(lambda: not window.isVisible(), timeout=5000)
    window.deleteLater()
    assert list(recovery_folder().glob("*.glassnet")) == []
