"""Every lesson is done at the real window as a learner does it, each nearest miss first."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from gui.window import GlassnetWindow
from tests.e2e.traveller import ASTRAY, COURSE, Traveller, Trip, play

LESSONS = list(dict.fromkeys(title.split(": ")[0] for title in COURSE))


@pytest.fixture(params=["en", "tr"])
def learner(
    known: None,
    qtbot: QtBot,
    window: GlassnetWindow,
    tmp_path: Path,
    request: pytest.FixtureRequest,
) -> Traveller:
    """Return someone who learns in English by mouse, or in Turkish by keys."""
    learner = Traveller(qtbot, window, tmp_path, by_keys=request.param == "tr")
    learner.tongue = request.param
    return learner


@pytest.mark.parametrize("lesson", LESSONS)
def test_a_lesson_is_done(learner: Traveller, lesson: str) -> None:
    learner.do_lesson(lesson)
    steps = learner.progress.lesson.steps
    for step in steps:
        assert learner.progress.step is step
        for question in step.questions:
            learner.predict(question, question.answer or 1)
        for task in step.tasks:
            lines = COURSE[f"{lesson}: {step.id}.{task.id}"]
            for line in lines:
                if line.startswith("miss "):
                    learner.follow(line.removeprefix("miss "))
            learner.miss(task.id)
            for line in lines:
                if not line.startswith("miss "):
                    learner.follow(line)
            learner.tick(task.id)
        assert learner.progress.may_go_on
        if step is not steps[-1]:
            learner.go_on()
    tasks = str(len(learner.progress.record.tasks))
    learner.finish()
    learner.press("Ctrl+1")  # what was done is kept with the experiment
    said = learner.find(f"learn_{lesson}").accessibleName()
    assert re.findall(r"\d+", said)[-2:] == [tasks, tasks]
    (record,) = learner.save().learning
    assert str(len(record.tasks)) == tasks


@pytest.mark.parametrize("way", ASTRAY, ids=lambda trip: trip.title)
def test_who_goes_astray_is_not_stuck(learner: Traveller, way: Trip) -> None:
    play(way, learner)
