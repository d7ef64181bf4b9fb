"""The lessons that come with Glassnet, in the window: all in sight, and Vision's done by clicks."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QLabel

from gui.learn.prose import Prose
from model.lessons import LESSONS
from tests.gui.learn.learner import Learner

COFFEE = LESSONS.parent / "images" / "coffee.png"


def test_the_keyboard_stays_in_the_lesson_after_a_prediction(learner: Learner) -> None:
    learner.window.open_path(LESSONS / "sigmoid")
    learner.click("lesson_skip")
    choice = learner.find("question_steepest_choice_2")
    choice.setFocus()
    learner.press(Qt.Key.Key_Space, on=choice)
    assert not choice.isEnabled()
    focused = QApplication.focusWidget()
    assert focused is not None
    assert learner.find("lesson_page").isAncestorOf(focused)
    learner.press(Qt.Key.Key_S, on=focused)  # a single key of the tab beside it
    learner.wait(lambda: learner.model.state.epoch == 1)


def test_what_an_export_tells_is_not_written_over(learner: Learner, tmp_path: Path) -> None:
    learner.window.open_path(LESSONS / "to_opencv")
    learner.window.learn.go_to("onnx")
    learner.tab.exporter.write("onnx", tmp_path / "iris.onnx")
    learner.wait(lambda: learner.is_done("export"))
    assert "OpenCV" in learner.says("status_sentence")


def test_the_strip_explains_its_step_in_a_card(learner: Learner) -> None:
    learner.window.open_path(LESSONS / "deep_learning_opencv")
    learner.window.resize(1024, 680)
    learner.wait(learner.find("lesson_strip").isVisible)
    assert not learner.find("strip_see").isVisible()  # no picture, no label
    learner.click("strip_skip")
    learner.click("strip_read")
    prose = learner.find("step_card_prose", Prose)
    learner.wait(prose.isVisible)
    assert "The network takes no picture but a blob" in prose.text
    assert "It answers and does not complain" not in prose.text
    assert learner.says("step_card_title") == "The picture that the network sees"
    for _ in range(3):
        learner.click("strip_skip")
    learner.find("strip_task", QLabel).linkActivated.emit("choice:1")
    learner.window.open_path(COFFEE.parent)
    learner.wait(lambda: "As you predicted: Once." in prose.text)
    learner.press(Qt.Key.Key_Escape)
    assert not prose.isVisible()
    learner.find("strip_task", QLabel).linkActivated.emit("term:blob")
    assert prose.isVisible()
    assert "the tensor a model gets" in prose.text
