"""A learner does the first lesson at the real window, each task's nearest miss first."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtWidgets import QRadioButton
from pytestqt.qtbot import QtBot

from gui.window import GlassnetWindow
from model.experiment import GateData
from model.places import UnitAt
from tests.e2e.builder import SOON_MS
from tests.e2e.learner import Learner
from tests.e2e.reader import Reader
from tests.e2e.ways import both


def open_first_lesson(
    newcomer: Reader, qtbot: QtBot, window: GlassnetWindow, folder: Path, by_keys: bool
) -> Learner:
    """Open the list from the cold window, and the first lesson in it."""
    if by_keys:
        newcomer.press("Ctrl+L")
        newcomer.wait(lambda: newcomer.focus == "learn_eight_steps", "the list is open", SOON_MS)
        newcomer.press("Space")
    else:
        newcomer.click("learn")
        newcomer.click("learn_eight_steps")
    newcomer.wait(lambda: newcomer.find("lesson_next").isVisible(), "it is open", SOON_MS)
    return Learner(qtbot, window, folder, by_keys)


def see_the_parts(learner: Learner) -> None:
    """Do the steps that look at the microscope, up to the forward pass."""
    learner.choose_row(4)
    learner.miss("choose_row")
    learner.choose_row(3)
    learner.tick("choose_row")
    learner.choose_unit(UnitAt(0, 0))
    learner.miss("open_microscope")
    if learner.by_keys:
        learner.press("m")
    else:
        learner.click("microscope_open")
    learner.tick("open_microscope")
    learner.look_at(1)
    learner.go_on()
    learner.miss("see_bias")
    learner.look_at(2)
    learner.tick("see_bias")
    learner.go_on()
    learner.miss("see_weights")
    learner.look_at(3)
    learner.tick("see_weights")
    learner.use("reset")
    learner.miss("draw_again")
    learner.use("new_start")
    learner.tick("draw_again")
    learner.go_on()
    learner.miss("see_sum")
    learner.look_at(4)
    learner.tick("see_sum")
    learner.miss("see_activation")
    learner.use("microscope_next")
    learner.tick("see_activation")
    learner.go_on()


def train_and_predict(learner: Learner) -> None:
    """Do the steps from the error on."""
    learner.choose_row(4)
    learner.look_at(5)
    learner.miss("see_error")
    learner.choose_row(3)
    learner.tick("see_error")
    learner.go_on()
    learner.look_at(6)
    learner.miss("see_update")
    assert not learner.find("lesson_next").isEnabled()
    learner.use("question_loss_falls_choice_1")
    learner.wait(
        lambda: not learner.find("question_loss_falls_choice_2").isEnabled(), "said", SOON_MS
    )
    assert learner.find("question_loss_falls_choice_1", QRadioButton).isChecked()
    learner.use("microscope_next")
    learner.tick("see_update")
    learner.miss("one_step")
    learner.use("step")
    learner.tick("one_step")
    learner.wait(learner.find("question_loss_falls_answer").isVisible, "explained", SOON_MS)
    learner.go_on()
    for _ in range(40):
        if sum(learner.rows_right) == 4 and learner.epoch > 1:
            break
        learner.use("step")
    learner.miss("train")
    learner.use("train")
    learner.tick("train")
    learner.wait(lambda: not learner.tab.model.is_training, "it stops by itself")
    learner.go_on()
    learner.look_at(8)
    learner.miss("see_prediction")
    learner.choose_row(1)
    learner.tick("see_prediction")


@pytest.mark.parametrize("language", ["en", "tr"])
@both
def test_the_first_lesson(
    newcomer: Reader,
    qtbot: QtBot,
    window: GlassnetWindow,
    tmp_path: Path,
    by_keys: bool,
    language: str,
) -> None:
    learner = open_first_lesson(newcomer, qtbot, window, tmp_path, by_keys)
    assert learner.document.experiment.data == GateData("or")
    learner.speak(language)
    see_the_parts(learner)
    # In the middle of it the other language, and back.
    learner.speak("en" if language == "tr" else "tr")
    assert learner.progress.index == 4
    learner.speak(language)
    train_and_predict(learner)

    learner.use("lesson_next")
    learner.wait(lambda: learner.find("learn_eight_steps").isVisible(), "the list", SOON_MS)
    assert "12" in learner.find("learn_eight_steps").accessibleName()
    (record,) = learner.save().learning
    assert len(record.tasks) == 12
    assert [(p.question, p.choice) for p in record.predictions] == [("change.loss_falls", 1)]


def shown(learner: Learner, name: str) -> Callable[[], bool]:
    return lambda: learner.find(name).isVisible()


def test_what_is_locked_stays_until_the_lesson_is_left(
    newcomer: Reader, qtbot: QtBot, window: GlassnetWindow, tmp_path: Path
) -> None:
    learner = open_first_lesson(newcomer, qtbot, window, tmp_path, by_keys=False)
    learner.choose_tile("gate_tiles", "gate:xor")  # the first step opens the data
    learner.wait(lambda: "Locked by the lesson: data" in learner.text("message_text"), "said")
    assert learner.document.experiment.data == GateData("or")
    assert not learner.find("optimiser").isEnabled()
    learner.press("Escape")
    learner.click("lesson_leave")
    learner.wait(learner.find("optimiser").isEnabled, "nothing is locked", SOON_MS)
    if not learner.find("gate_tiles").isVisible():
        learner.click("rail_table")
    learner.choose_tile("gate_tiles", "gate:xor")
    learner.wait(lambda: learner.document.experiment.data == GateData("xor"), "XOR", SOON_MS)
