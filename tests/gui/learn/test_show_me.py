"""Show me: it rings the control to use, opens what it is in, and is in nobody's way."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QRect, Qt
from PySide6.QtWidgets import QWidget

from model.insight.step.walk import Part
from model.lessons import ListedLesson, list_lessons
from model.places import UnitAt
from tests.gui.learn.learner import Learner
from tests.tiers import first, thorough


def place(widget: QWidget) -> QRect:
    return QRect(widget.mapTo(widget.window(), widget.rect().topLeft()), widget.size())


def test_a_view_of_the_dock_is_brought_to_the_front(at_lesson: Learner) -> None:
    there = at_lesson.window.findChildren(QWidget, "lottery_seeds")  # none, or not in front
    assert not any(seeds.isVisible() for seeds in there)
    at_lesson.click("task_loss_show")
    seeds = at_lesson.find("lottery_seeds")
    assert seeds.isVisible()
    ring = at_lesson.find("ring")
    at_lesson.wait(ring.isVisible)
    at_lesson.wait(lambda: place(ring).contains(place(seeds)))
    assert place(ring).width() < place(seeds).width() + 20
    assert ring.testAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)


def test_the_ring_goes_by_a_second_click_and_when_the_task_is_done(at_lesson: Learner) -> None:
    at_lesson.click("task_loss_show")
    ring = at_lesson.find("ring")
    at_lesson.wait(ring.isVisible)
    at_lesson.click("task_loss_show")
    assert not ring.isVisible()
    at_lesson.click("task_loss_show")
    at_lesson.wait(ring.isVisible)
    at_lesson.click("step")
    at_lesson.wait(lambda: not ring.isVisible())


def test_another_task_is_shown_in_place_of_the_one_before(at_lesson: Learner) -> None:
    learner = at_lesson
    learner.window.document.undo_stack.setClean()
    learner.window.learn.open_by_id("eight_steps")
    learner.click("task_choose_row_show")
    table = learner.find("truth_table")
    assert table.isVisible()
    learner.click("task_open_microscope_show")
    assert not table.isVisible()
    ring, button = learner.find("ring"), learner.find("microscope_open")
    learner.wait(lambda: ring.isVisible() and place(ring).contains(place(button)))


def test_the_way_back_to_a_part_is_shown_at_the_end_of_the_microscope(at_lesson: Learner) -> None:
    learner = at_lesson
    learner.window.document.undo_stack.setClean()
    learner.window.learn.open_by_id("forward_backward")
    learner.window.learn.go_to("backward")
    learner.model.open_microscope(UnitAt(1, 0), Part.PREDICT)
    assert not learner.find("microscope_next").isVisible()
    learner.click("task_output_show")
    steps, ring = learner.find("microscope_steps"), learner.find("ring")
    learner.wait(lambda: ring.isVisible() and place(ring).contains(place(steps)))


@pytest.mark.parametrize("size", [thorough((1440, 900)), (1024, 680)], ids=["wide", "narrow"])
@pytest.mark.parametrize("listed", first(3, list_lessons()), ids=lambda listed: listed.id)
def test_every_task_of_our_lessons_can_be_shown(
    learner: Learner, listed: ListedLesson, size: tuple[int, int]
) -> None:
    learner.window.resize(*size)
    learner.wait(lambda: learner.window.width() == size[0])
    learn = learner.window.learn
    learn.open_lesson(listed.folder)
    lost = []
    progress = learn.state.progress
    for step in progress.lesson.steps:
        learn.go_to(step.id)
        for task in step.tasks:
            if not task.show:
                continue
            learn.show_control(task)
            shown = learn.state.shown
            if not shown or not learner.find(shown).isVisible():
                lost.append(f"{step.id}.{task.id}: {task.show}")
                continue
            learner.wait(learner.find("ring").isVisible)
            if shown:
                learn.show_control(task)
    assert lost == []
