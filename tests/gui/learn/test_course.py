"""The lessons that come with Glassnet, in the window: all in sight, and Vision's done by clicks."""

from __future__ import annotations

from functools import partial
from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QComboBox, QLabel, QSlider, QWidget

from gui.learn.prose import Prose
from model.experiment import GateData, TableData
from model.lessons import LESSONS, read_lessons
from model.places import WeightAt
from tests.gui.learn.learner import Learner
from tests.tiers import first, thorough

IDS = [lesson.id for lesson in read_lessons()]
COFFEE = LESSONS.parent / "images" / "coffee.png"


@pytest.mark.parametrize("language", [thorough("en"), "tr"])
@pytest.mark.parametrize("lesson", first(3, IDS))
def test_nothing_of_a_lesson_is_cut_off(learner: Learner, lesson: str, language: str) -> None:
    learner.click(f"language_{language}")
    learner.window.open_path(LESSONS / lesson)
    progress = learner.window.learn.state.progress
    assert progress is not None
    prose = progress.lesson.text(language)
    for number, step in enumerate(progress.lesson.steps, 1):
        assert learner.step == number
        page = learner.find("lesson_page")
        assert learner.says("lesson_title") == prose.steps[step.id].title
        names = [f"task_{task.id}" for task in step.tasks] + ["lesson_see"]
        names += [f"question_{question.id}" for question in step.questions]
        for name in names:
            learner.wait(partial(fits, learner.find(name), page))
        learner.click("lesson_skip")


def fits(widget: QWidget, page: QWidget) -> bool:
    """Tell whether a widget ends within the page, as it does once it has been laid out."""
    return widget.mapTo(page, QPoint(widget.width(), 0)).x() <= page.width()


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


def test_a_reset_begins_a_run_of_no_epochs(learner: Learner) -> None:
    learner.window.open_path(LESSONS / "sigmoid")
    learner.click("train")
    learner.wait(lambda: learner.model.state.epoch > 3)
    learner.click("train")
    learner.wait(lambda: not learner.model.is_training)
    learner.click("lesson_skip")
    learner.click("lesson_skip")
    bias = {WeightAt(0, 2, 0): 20.0}
    learner.model.set_weights(bias, "by hand")
    learner.wait(lambda: "bias is 20" in learner.says("lesson_see"))
    assert not learner.is_done("large_bias")
    learner.click("reset")
    learner.model.set_weights(bias, "by hand")
    learner.wait(lambda: learner.is_done("large_bias"))


def test_a_step_that_asks_for_the_loss_before_lets_it_be_chosen(learner: Learner) -> None:
    learner.window.open_path(LESSONS / "sigmoid")
    learner.window.learn.go_to("cross_entropy")
    bias = {WeightAt(0, 2, 0): 20.0}
    choose(learner, "loss", "Cross-entropy")
    learner.wait(lambda: learner.is_done("choose_loss"))
    learner.click("lesson_back")
    learner.model.set_weights(bias, "by hand")
    learner.click("speed_max")
    learner.click("train")
    learner.wait(lambda: learner.model.state.epoch > 0 and not learner.model.is_training)
    assert not learner.is_done("train")
    learner.click("reset")
    learner.find("loss").setFocus()
    learner.press(Qt.Key.Key_Home, on=learner.find("loss"))
    learner.model.set_weights(bias, "by hand")
    learner.wait(lambda: learner.is_done("large_bias"))
    learner.click("train")
    learner.wait(lambda: learner.is_done("train"))
    learner.wait(lambda: not learner.model.is_training)  # it stops by itself
    assert learner.model.state.epoch == 100


def test_what_is_seen_is_of_the_epoch_on_show(learner: Learner) -> None:
    learner.window.open_path(LESSONS / "bias")
    learner.click("speed_max")
    learner.click("train")
    learner.wait(lambda: learner.is_done("train"))
    learner.click("timeline_start")
    learner.wait(lambda: "0.5744" in learner.says("lesson_see"))
    assert "At epoch 0 " in learner.says("lesson_see")


def test_what_is_seen_names_the_data_as_the_tiles_do(learner: Learner) -> None:
    learner.window.open_path(LESSONS / "perceptron")
    learner.window.learn.go_to("xor")
    learner.click("question_can_it_choice_1")
    learner.wait(lambda: "AND: at epoch 0" in learner.says("lesson_see"))
    learner.model.choose_data(GateData("xor"))
    learner.wait(lambda: "XOR: at epoch 0" in learner.says("lesson_see"))


def test_nothing_is_said_of_a_table_where_there_is_none(learner: Learner) -> None:
    learner.window.open_path(LESSONS / "own_table")
    learner.window.learn.go_to("own")
    see = learner.find("lesson_see")
    learner.wait(lambda: see.isVisible() and "From stopping.csv" in learner.says("lesson_see"))
    learner.model.choose_data(TableData("iris", "standard"))
    learner.wait(lambda: not see.isVisible())


def test_what_an_export_tells_is_not_written_over(learner: Learner, tmp_path: Path) -> None:
    learner.window.open_path(LESSONS / "to_opencv")
    learner.window.learn.go_to("onnx")
    learner.tab.exporter.write("onnx", tmp_path / "iris.onnx")
    learner.wait(lambda: learner.is_done("export"))
    assert "OpenCV" in learner.says("status_sentence")


def test_an_earlier_epoch_lies_before_the_end_of_its_run(learner: Learner) -> None:
    learner.window.open_path(LESSONS / "hidden_layer")
    learner.click("speed_max")
    learner.click("train")
    learner.wait(lambda: learner.is_done("train"))
    learner.wait(lambda: not learner.model.is_training)
    assert not learner.is_done("go_back")
    learner.click("timeline_start")
    learner.wait(lambda: learner.is_done("go_back"))


def choose(learner: Learner, name: str, text: str) -> None:
    """Choose an entry of a list by its keys."""
    box = learner.find(name, QComboBox)
    box.setFocus()
    while not box.currentText().endswith(text):
        before = box.currentIndex()
        QTest.keyClick(box, Qt.Key.Key_Down)
        assert box.currentIndex() > before


def enter_scale(learner: Learner, text: str) -> None:
    """Type another scale into the X-ray."""
    scale = learner.find("xray_scale")
    scale.setFocus()
    QTest.keyClick(scale, Qt.Key.Key_A, Qt.KeyboardModifier.ControlModifier)
    QTest.keyClicks(scale, text)
    QTest.keyClick(scale, Qt.Key.Key_Return)


def blob_scale(learner: Learner) -> object:
    """Return the scale that the lesson has seen."""
    situation = learner.window.learn.state.situation
    return None if situation is None else situation.seen.get("blob_scale")


def test_the_lesson_on_pictures_is_done_by_clicks(learner: Learner) -> None:
    learner.window.open_path(LESSONS / "deep_learning_opencv")
    assert not learner.is_done("open")
    learner.window.open_path(COFFEE)
    learner.wait(lambda: learner.is_done("open"))
    choose(learner, "top_k_count", "10")
    learner.wait(lambda: learner.is_done("ten"))
    learner.click("lesson_next")
    learner.click("question_swapped_choice_2")
    learner.click("xray_crop")
    learner.wait(lambda: "espresso" in learner.says("lesson_see"))
    assert not learner.is_done("swap")
    learner.click("xray_swap_rb")
    learner.wait(lambda: learner.is_done("swap"))
    assert not learner.is_done("back")
    enter_scale(learner, "2")
    learner.wait(lambda: blob_scale(learner) == 2.0)
    assert not learner.is_done("scale")
    enter_scale(learner, "1")
    learner.wait(lambda: learner.is_done("scale"))
    learner.click("xray_reset")
    learner.wait(lambda: learner.is_done("back"))
    learner.click("lesson_next")
    slider = learner.find("threshold", QSlider)
    QTest.keyClick(slider, Qt.Key.Key_End)
    learner.wait(lambda: learner.is_done("threshold"))
    learner.click("label_switch")
    learner.wait(lambda: learner.is_done("label"))
    learner.click("lesson_next")
    learner.click("occlusion_switch")
    learner.wait(lambda: learner.is_done("occlusion"))
    learner.click("lesson_next")
    learner.window.open_path(COFFEE.parent)
    learner.wait(lambda: learner.is_done("folder"))
    progress = learner.window.learn.state.progress
    assert progress is not None
    assert progress.is_last
    assert progress.next_task is None


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
