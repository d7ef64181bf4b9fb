"""A learner does the first lesson at the real window, each task's nearest miss first."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtWidgets import QPushButton, QRadioButton
from pytestqt.qtbot import QtBot

from gui.window import GlassnetWindow
from model.experiment import GateData
from model.lessons import LessonProgress, is_met
from model.places import UnitAt
from tests.e2e.builder import SOON_MS, Builder
from tests.e2e.reader import Reader
from tests.e2e.ways import both

DONE = {"en": "Done: ", "tr": "Yapıldı: "}
NEXT = {"en": ("Next", "Finish"), "tr": ("İleri", "Bitir")}


class Learner(Builder):
    """Someone who does a lesson, by mouse or by keys alone.

    Attributes
    ----------
    by_keys
        How.
    language
        What the window speaks.
    """

    def __init__(self, qtbot: QtBot, window: GlassnetWindow, folder: Path, by_keys: bool) -> None:
        super().__init__(qtbot, window, folder)
        self.by_keys, self.language = by_keys, "en"
        self.learn = window.learn

    @property
    def progress(self) -> LessonProgress:
        progress = self.learn.state.progress
        assert progress is not None
        return progress

    # -- Reading -----------------------------------------------------------------------------------

    def is_ticked(self, task: str) -> bool:
        """Tell whether a task's row says that it is done, in the language in use."""
        return self.find(f"task_{task}").accessibleName().startswith(DONE[self.language])

    def miss(self, task: str) -> None:
        """Wait until the lesson has seen the nearest miss of a task, which must not tick."""
        (of,) = [each for each in self.progress.step.tasks if each.id == task]

        def is_seen() -> bool:
            situation, progress = self.learn.state.situation, self.progress
            return situation is not None and all(
                is_met(condition, situation, progress.opening) for condition in of.nearest_miss
            )

        self.wait(is_seen, f"the nearest miss of {task} is there", SOON_MS)
        assert not self.is_ticked(task)

    def tick(self, task: str) -> None:
        """Wait until a task is ticked."""
        self.wait(lambda: self.is_ticked(task), f"{task} is ticked", SOON_MS)

    # -- Doing -------------------------------------------------------------------------------------

    def use(self, name: str) -> None:
        """Press a button in the learner's way."""
        self.push(name, self.by_keys)

    def speak(self, language: str) -> None:
        """Change the window's language."""
        if self.by_keys and self.language != language:
            self.reach(f"language_{self.language}")
            self.press("Right" if language == "tr" else "Left")
            self.press("Space")
        else:
            self.click(f"language_{language}")
        self.language = language
        self.wait(
            lambda: self.find("lesson_next", QPushButton).text() in NEXT[language],
            f"the lesson speaks {language}",
            SOON_MS,
        )

    def choose_row(self, row: int) -> None:
        """Choose a row of the truth table, counted from 1; it is behind the rail."""
        if not self.find("truth_table").isVisible():
            self.use("rail_table")
        if self.by_keys:
            self.reach("truth_table")
            # From the nearer end: a row on the way might be the one that is asked for.
            self.press("Ctrl+Home" if row < 3 else "Ctrl+End")
            for _ in range(row - 1 if row < 3 else 4 - row):
                self.press("Down" if row < 3 else "Up")
            self.press("Escape")
        else:
            self.click_cell(row - 1, 0)
        self.wait(lambda: self.tab.model.chosen_row == row - 1, f"row {row} is chosen", SOON_MS)

    def choose_output(self) -> None:
        """Choose the output unit in the drawing."""
        if self.by_keys:
            self.go_to(UnitAt(0, 0))
            self.press("Enter")
        else:
            self.click_on(UnitAt(0, 0))

    def look_at(self, step: int, keys: str) -> None:
        """Go to a step of the microscope by its button, or by single keys."""
        if self.by_keys:
            for key in keys.split():
                self.press(key)
        else:
            self.click(f"microscope_step_{step}")

    def go_on(self) -> None:
        """Go to the next step, which is allowed now."""
        index = self.progress.index
        self.wait(self.find("lesson_next").isEnabled, "the way on is free", SOON_MS)
        self.use("lesson_next")
        self.wait(lambda: self.progress.index == index + 1, "the next step is open", SOON_MS)


@pytest.fixture
def newcomer(qtbot: QtBot, window: GlassnetWindow) -> Reader:
    """Return someone who sees the window for the first time."""
    person = Reader(qtbot, window)
    person.wait(person.find("first_run_train").isVisible, "the first page is shown", SOON_MS)
    return person


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
    learner.choose_output()
    learner.miss("open_microscope")
    if learner.by_keys:
        learner.press("m")
    else:
        learner.click("microscope_open")
    learner.tick("open_microscope")
    learner.look_at(1, "Shift+N Shift+N Shift+N")
    learner.go_on()
    learner.miss("see_bias")
    learner.look_at(2, "n")
    learner.tick("see_bias")
    learner.go_on()
    learner.miss("see_weights")
    learner.look_at(3, "n")
    learner.tick("see_weights")
    learner.use("reset")
    learner.miss("draw_again")
    learner.use("new_start")
    learner.use("new_start")  # the first one would be right at once
    learner.tick("draw_again")
    learner.go_on()
    learner.miss("see_sum")
    learner.look_at(4, "n")
    learner.tick("see_sum")
    learner.miss("see_activation")
    learner.use("microscope_next")
    learner.tick("see_activation")
    learner.go_on()


def train_and_predict(learner: Learner) -> None:
    """Do the steps from the error on."""
    learner.choose_row(4)
    learner.look_at(5, "n")
    learner.miss("see_error")
    learner.choose_row(3)
    learner.tick("see_error")
    learner.go_on()
    learner.look_at(6, "n")
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
        if sum(learner.rows_right) == 3:
            break
        learner.use("step")
    learner.miss("train")
    learner.use("train")
    learner.tick("train")
    learner.wait(lambda: not learner.tab.model.is_training, "it stops by itself")
    learner.go_on()
    learner.look_at(8, "n n")
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
    learner.click("rail_table")
    learner.choose_tile("gate_tiles", "gate:xor")
    learner.wait(lambda: "Locked by the lesson: data" in learner.text("message_text"), "said")
    assert learner.document.experiment.data == GateData("or")
    assert not learner.find("optimiser").isEnabled()
    learner.press("Escape")
    learner.pick("lesson_menu", "lesson_leave")
    learner.wait(learner.find("optimiser").isEnabled, "nothing is locked", SOON_MS)
    if not learner.find("gate_tiles").isVisible():
        learner.click("rail_table")
    learner.choose_tile("gate_tiles", "gate:xor")
    learner.wait(lambda: learner.document.experiment.data == GateData("xor"), "XOR", SOON_MS)
