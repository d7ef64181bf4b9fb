"""A lesson beside Build: its steps, ticks, questions, hints and what it keeps."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from msgspec import structs
from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QAbstractButton,
    QApplication,
    QInputDialog,
    QLabel,
    QLineEdit,
    QMenu,
    QRadioButton,
)
from pytestqt.qtbot import QtBot

from foundation.text import Text
from gui.learn.lesson_page import StepBar
from gui.learn.prose import Prose
from gui.learn.rich_text import html_of, shown_number, to_plain_line
from gui.settings import choose_language
from gui.window import GlassnetWindow
from model.experiment import Experiment, GateData
from model.files import read_experiment
from model.lessons import LESSONS, Situation
from model.places import WeightAt
from tests.gui.finding import find
from tests.gui.learn.learner import Learner


def choose_from_menu(learner: Learner, button: str, action: str) -> None:
    menu = next(m for m in learner.window.findChildren(QMenu) if m.objectName() == button)
    next(a for a in menu.actions() if a.objectName() == action).trigger()


def test_a_step_is_told_in_live_numbers(at_lesson: Learner) -> None:
    assert at_lesson.find("lesson_title", QLabel).text() == "Two weights"
    assert at_lesson.find("lesson_steps", StepBar).accessibleName() == "Step 1 of 2"
    loss = at_lesson.model.state.snapshot
    assert at_lesson.says("lesson_see") == f"What you see. The loss is {loss.train_loss:.4g}."
    at_lesson.click("step")
    at_lesson.wait(lambda: at_lesson.is_done("loss"))
    loss = at_lesson.model.state.snapshot
    at_lesson.wait(lambda: f"{loss.train_loss:.4g}" in at_lesson.says("lesson_see"))


@pytest.mark.parametrize(
    ("language", "value", "shown"),
    [
        ("en", 10_000.0, "10\u00a0000"),
        ("tr", 3.059e-7, "3,059×10⁻⁷"),
        ("en", 1.0, "1"),
        ("en", 0.99998, "0.99998"),
        ("en", -0.9999999, "−0.9999999"),
        ("en", 0.98765, "0.9877"),
    ],
)
def test_a_live_number_is_written_as_in_a_book_and_never_rounded_to_1(
    qapp: QApplication, language: str, value: float, shown: str
) -> None:
    choose_language(qapp, language)
    assert shown_number(value) == shown


def test_a_step_is_heard_and_what_comes_of_it(at_lesson: Learner, said: list[str]) -> None:
    see = at_lesson.find("lesson_see")
    assert not see.isVisible()
    at_lesson.click("question_guess_choice_1")
    at_lesson.wait(see.isVisible)
    assert said[-1] == see.accessibleName()
    at_lesson.click("step")
    at_lesson.wait(lambda: at_lesson.is_done("loss"))
    assert said.count("Done: Train until the loss has fallen.") == 1
    assert not at_lesson.find("lesson_skip").isVisible()
    said.clear()
    at_lesson.click("lesson_next")
    (step,) = (text for text in said if "Step 2 of 2" in text)
    assert at_lesson.find("lesson_title", QLabel).text() in step
    assert at_lesson.find("lesson_prose", Prose).text.rstrip(".") in step


def test_what_is_done_is_read_as_it_stands_in_the_task(learner: Learner) -> None:
    said: list[str] = []
    learner.window.session.messages.said.connect(said.append)
    learner.window.open_path(LESSONS / "gates_by_hand")
    weights = {WeightAt(0, row, 0): value for row, value in enumerate((10, 10, -15))}
    learner.window.session.build.set_weights(weights, "by hand")
    learner.wait(lambda: learner.is_done("type"))
    assert said[-1] == ("Done: Type weights and a bias that make AND: 10, 10, −15. Do not train.")
    html = html_of(
        "Type $h_1$ **−10**; $x_1^2$, $\\hat y$.", Situation(experiment=Experiment()), Path()
    )
    assert to_plain_line(html) == "Type h₁ −10; x₁², ŷ."


def test_a_label_is_called_as_vision_calls_it(qapp: QApplication) -> None:
    """Those of the bundled network in the language in use, a person's own as they wrote them."""
    shown = []
    choose_language(qapp, "tr")
    for label in (Text("goldfish"), "goldfish"):
        seen = Situation(experiment=Experiment(), seen={"label": label})
        shown.append(html_of("It says {label}.", seen, Path()))
    choose_language(qapp, "en")
    assert shown == ["<p>It says Japon balığı.</p>", "<p>It says goldfish.</p>"]


def test_a_prediction_is_made_once_and_before_training(at_lesson: Learner) -> None:
    answer = at_lesson.find("question_guess_answer")
    card = at_lesson.find("question_guess")
    assert card.accessibleName() == at_lesson.find("question_guess_text").accessibleName() != ""
    assert not answer.isVisible()
    at_lesson.click("question_guess_choice_2")
    assert at_lesson.find("question_guess_choice_2", QRadioButton).isChecked()
    assert not at_lesson.find("question_guess_choice_1").isEnabled()
    at_lesson.click("step")
    at_lesson.wait(answer.isVisible)
    assert at_lesson.says("question_guess_answer").startswith("It is: It falls.")
    (record,) = at_lesson.window.document.learning
    assert [(p.question, p.choice) for p in record.predictions] == [("first.guess", 2)]


def test_a_hint_comes_on_demand(at_lesson: Learner) -> None:
    hint = at_lesson.find("task_loss_hint_text")
    assert not hint.isVisible()
    at_lesson.click("task_loss_hint")
    assert hint.isVisible()
    assert at_lesson.says("task_loss_hint_text") == "Step is enough."
    at_lesson.click("task_loss_hint")
    assert not hint.isVisible()


def test_links_lead_to_words_and_steps(at_lesson: Learner) -> None:
    card = at_lesson.find("glossary_card")
    prose = at_lesson.find("lesson_prose").findChildren(QLabel)
    prose[0].linkActivated.emit("term:bias")
    assert card.isVisible()
    assert at_lesson.says("lesson_term").lower().startswith("bias")
    at_lesson.click("lesson_term_close")
    assert not card.isVisible()
    at_lesson.click("lesson_skip")
    at_lesson.find("lesson_prose").findChildren(QLabel)[0].linkActivated.emit("step:first")
    assert at_lesson.step == 1


def test_the_language_changes_in_the_middle(at_lesson: Learner, qapp: QApplication) -> None:
    at_lesson.click("step")
    at_lesson.wait(lambda: at_lesson.is_done("loss"))
    choose_language(qapp, "tr")
    title = at_lesson.find("lesson_title", QLabel)
    at_lesson.wait(lambda: title.text() == "İki ağırlık")
    row = at_lesson.find("task_loss")
    assert row.accessibleName() == "Yapıldı: Kayıp düşene kadar eğitin."
    assert at_lesson.says("lesson_see").startswith("Gördükleriniz.")
    assert "," in at_lesson.says("lesson_see")
    choose_language(qapp, "en")
    at_lesson.wait(lambda: at_lesson.is_done("loss"))


def test_the_header_says_which_lesson(learner: Learner, lesson: Path) -> None:
    learner.click("learn")
    assert learner.find("lesson_list").isVisible()
    learner.click("learn_eight_steps")
    lessons = len(learner.window.findChildren(type(learner.find("learn_eight_steps"))))
    assert learner.find("learn").accessibleName() == f"Lesson 1 of {lessons}"
    learner.click("learn")
    assert not learner.find("learn_panel").isVisible()
    assert learner.find("learn").accessibleName() == f"Lesson 1 of {lessons}"
    learner.window.document.undo_stack.setClean()
    learner.window.open_path(lesson)
    assert learner.find("learn").accessibleName() == "Lesson"


def test_the_lesson_stays_with_other_tabs(at_lesson: Learner) -> None:
    window = at_lesson.window
    window.show_tab(window.VISION)
    assert at_lesson.find("lesson_page").isVisible()
    panel = at_lesson.find("learn_panel")
    source = at_lesson.find("source_bar")
    at_lesson.wait(lambda: source.mapTo(window, source.rect().topLeft()).x() >= panel.width())
    window.show_tab(window.BUILD)
    assert at_lesson.find("lesson_page").isVisible()
    assert at_lesson.step == 1


def test_the_list_covers_a_narrow_tab_no_longer_than_it_is_chosen_from(
    learner: Learner, qtbot: QtBot
) -> None:
    window = learner.window
    window.resize(1024, 680)
    learner.wait(lambda: window.width() == 1024)
    learner.click("learn")
    panel = learner.find("learn_panel")
    assert panel.isVisible()
    window.show_tab(window.VISION)
    assert not panel.isVisible()
    learner.click("learn")
    assert panel.isVisible()
    threshold = learner.find("threshold")
    learner.wait(threshold.isVisible)
    qtbot.mouseClick(threshold, Qt.MouseButton.LeftButton)
    learner.wait(lambda: not panel.isVisible())
    window.resize(1440, 900)
    learner.wait(lambda: window.width() == 1440)
    learner.click("learn")
    threshold.setFocus()
    assert panel.isVisible()  # it lies beside the tab


def test_a_narrow_window_with_the_microscope_has_a_strip(at_lesson: Learner) -> None:
    at_lesson.window.resize(1024, 680)
    at_lesson.wait(lambda: at_lesson.window.width() == 1024)
    assert at_lesson.find("lesson_page").isVisible()
    at_lesson.model.open_microscope()
    strip = at_lesson.find("lesson_strip")
    at_lesson.wait(strip.isVisible)
    assert strip.height() == 120
    assert not at_lesson.find("learn_panel").isVisible()
    assert at_lesson.says("strip_task") == "What will the loss do? It falls. It rises."
    at_lesson.find("strip_task", QLabel).linkActivated.emit("choice:1")
    assert at_lesson.window.document.learning[0].predictions[0].choice == 1
    assert at_lesson.says("strip_task") == "Train until the loss has fallen."
    at_lesson.click("strip_hint")
    assert at_lesson.find("strip_hint_text").isVisible()
    assert at_lesson.says("strip_hint_text") == "Step is enough."
    at_lesson.click("strip_skip")
    assert at_lesson.step == 2
    at_lesson.click("strip_back")
    assert at_lesson.step == 1
    at_lesson.model.close_microscope()
    at_lesson.wait(lambda: at_lesson.find("learn_panel").isVisible())


def test_work_travels_with_its_author(
    at_lesson: Learner, tmp_path: Path, window: GlassnetWindow
) -> None:
    at_lesson.click("question_guess_choice_1")
    at_lesson.click("step")
    at_lesson.wait(lambda: at_lesson.is_done("loss"))
    window.learn.sign("Ayşe Yılmaz")
    path = tmp_path / "work.glassnet"
    window.document.mark_saved(path)
    window.files.save()
    at_lesson.wait(path.exists)
    saved = read_experiment(path)
    assert saved.author == "Ayşe Yılmaz"
    assert saved.learning[0].tasks == ("first.loss",)
    assert saved.learning[0].predictions[0].choice == 1


def test_a_name_is_typed_in_the_list(
    qtbot: QtBot, learner: Learner, window: GlassnetWindow
) -> None:
    learner.click("learn")
    field = learner.find("author", QLineEdit)
    field.setFocus()
    qtbot.keyClicks(field, "Ada")
    qtbot.keyClick(field, Qt.Key.Key_Return)
    assert window.document.author == "Ada"
    window.document.undo_stack.setClean()
    window.document.load(window.document.experiment, None)
    assert window.document.author == ""
    learner.click("learn_eight_steps")
    assert window.document.author == "Ada"  # as was typed last


def test_a_name_given_in_the_lesson_is_shown_where_work_is_saved(
    qtbot: QtBot, at_lesson: Learner, window: GlassnetWindow
) -> None:
    choose_from_menu(at_lesson, "lesson_menu_items", "lesson_author")
    dialog = find(window, QInputDialog, "author_dialog")
    field = dialog.findChild(QLineEdit)
    assert field is not None
    qtbot.keyClicks(field, "Ada & Eve")
    qtbot.keyClick(field, Qt.Key.Key_Return)
    assert window.document.author == "Ada & Eve"
    files = find(window, QMenu, "file_menu")
    files.popup(window.mapToGlobal(window.rect().center()))
    texts = [action.text() for action in files.actions()]
    files.close()
    assert "Name: Ada && Eve…" in texts  # who opens a pupil's file sees whose it is
    window.document.load(window.document.experiment, None)  # nothing is asked about at the end


@pytest.mark.parametrize("is_first_done", [False, True])
def test_a_lesson_is_taken_up_with_the_network_it_was_left_with(
    at_lesson: Learner, lesson: Path, is_first_done: bool
) -> None:
    window = at_lesson.window
    at_lesson.click("question_guess_choice_1")
    if is_first_done:
        at_lesson.click("step")
        at_lesson.wait(lambda: at_lesson.is_done("loss"))
        at_lesson.click("lesson_next")
    else:
        at_lesson.model.add_layer(0)
    left = window.document.experiment
    at_lesson.click("lesson_leave")
    assert at_lesson.find("lesson_list").isVisible()
    window.document.load(Experiment(), None)
    window.open_path(lesson)
    assert at_lesson.step == 1 + is_first_done
    assert window.document.experiment == left
    window.document.undo_stack.setClean()
    choose_from_menu(at_lesson, "lesson_menu_items", "lesson_restart")
    assert window.document.experiment != left  # from the start again
    assert window.document.learning == ()


def test_a_network_whose_loss_exploded_is_not_kept_for_the_next_time(
    at_lesson: Learner, lesson: Path
) -> None:
    window, tab = at_lesson.window, at_lesson.tab
    first = tab.model.state.experiment
    layer = first.network.layers[0]
    exploded = structs.replace(layer, weights=np.full_like(layer.weights, np.inf))
    network = structs.replace(first.network, layers=(exploded, *first.network.layers[1:]))
    window.document.edit("Training", structs.replace(first, network=network), training=True)
    at_lesson.click("lesson_leave")
    window.document.load(Experiment(), None)
    window.open_path(lesson)
    assert tab.model.state.experiment.network == first.network


def test_the_end_of_a_lesson_says_so_and_leads_to_the_next(
    learner: Learner, tmp_path: Path
) -> None:
    learner.window.open_path(LESSONS / "to_opencv")
    learner.window.learn.go_to("script")
    end, button = learner.find("lesson_end", QLabel), learner.find("lesson_next_lesson")
    assert not end.isVisible()
    assert not button.isVisible()
    learner.tab.exporter.write("numpy", tmp_path / "iris.py")
    learner.wait(end.isVisible)
    learner.click("lesson_next_lesson")
    progress = learner.window.learn.state.progress
    assert progress.lesson.id == "deep_learning_opencv"


def test_a_step_sets_the_conditions_of_its_training(learner: Learner) -> None:
    learner.window.open_path(LESSONS / "as_published")
    learner.click("probe_toggle")
    learner.window.open_path(LESSONS / "own_table")
    assert not learner.find("probe_input_0").isVisible()
    learner.click("speed_max")
    learner.window.open_path(LESSONS / "doctor")
    assert learner.find("speed_10", QAbstractButton).isChecked()
    assert not learner.window.document.is_modified


@pytest.mark.parametrize("by_undo", [False, True])
def test_a_lock_refuses_an_edit_with_a_sentence(at_lesson: Learner, by_undo: bool) -> None:
    window, model = at_lesson.window, at_lesson.model
    if by_undo:
        at_lesson.click("lesson_skip")  # the second step locks nothing
        assert model.choose_data(GateData("or"))
        at_lesson.click("lesson_back")
        window.all_actions["undo"].trigger()
        kept = GateData("or")
    else:
        assert not model.choose_data(GateData("or"))
        kept = GateData("xor")
    assert window.document.experiment.data == kept
    message = window.session.messages.shown
    assert message.sentence() == (
        "Locked by the lesson: data. To unlock, choose “Leave lesson” in the lesson’s panel."
    )
    assert not at_lesson.find("learning_rate").isEnabled()
    window.learn.leave()
    assert model.choose_data(GateData("and"))
    assert at_lesson.find("learning_rate").isEnabled()


def test_a_hovered_row_is_not_a_chosen_one(learner: Learner) -> None:
    learner.click("learn")
    learner.click("learn_eight_steps")
    looked: list[int] = []
    learn = learner.window.learn
    learn.changed.connect(
        lambda: looked.append(
            -1 if learn.state.situation is None else learn.state.situation.row or 0
        )
    )
    learner.model.hover_row(2)
    learner.wait(lambda: bool(looked))
    assert looked[-1] == 2  # the second row is the one that is chosen
    assert not learner.is_done("choose_row")
    table = learner.find("truth_table")
    assert table.isVisible()  # the step has opened it
    learner.model.choose_row(2)
    learner.wait(lambda: learner.is_done("choose_row"))
    assert not table.isVisible()  # the drawing is seen again


def test_a_worksheet_is_printed(at_lesson: Learner, tmp_path: Path) -> None:
    path = tmp_path / "sheet.pdf"
    at_lesson.window.learn.print_worksheet(path)
    assert path.read_bytes().startswith(b"%PDF")
    at_lesson.window.learn.print_worksheet(tmp_path / "nowhere" / "sheet.pdf")
    assert at_lesson.window.session.messages.shown is not None
