"""The lessons that come with Glassnet: the right deed ticks a task, its nearest miss does not."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from model.edits.network import with_data
from model.edits.tables import with_row_removed, with_target
from model.experiment import LessonRecord, TruthTableData
from model.lessons import (
    LESSONS,
    Lesson,
    LessonProgress,
    Situation,
    Task,
    is_met,
    read_lesson,
    read_lessons,
    to_html,
)
from model.lessons.live_numbers import is_placeholder
from model.network import Network
from tests.model.lessons.deeds import DEEDS, Deed
from tests.model.lessons.hands import Hands

ROOT = Path(__file__).parents[3]
CASES = [(lesson, task) for lesson, tasks in DEEDS.items() for task in tasks]


def tasks_of(lesson: str) -> dict[str, tuple[int, Task]]:
    return {
        f"{step.id}.{task.id}": (index, task)
        for index, step in enumerate(read_lesson(LESSONS / lesson).steps)
        for task in step.tasks
    }


@pytest.mark.parametrize("lesson", DEEDS)
def test_every_task_has_its_deeds_here(lesson: str) -> None:
    assert set(tasks_of(lesson)) == set(DEEDS[lesson])


@pytest.mark.parametrize(("name", "task"), CASES)
def test_the_right_deed_ticks_a_task_and_the_nearest_miss_does_not(
    name: str, task: str, tmp_path: Path
) -> None:
    lesson = read_lesson(LESSONS / name)
    index, asked = tasks_of(name)[task]
    before, miss, deed = DEEDS[name][task]
    hands = Hands(lesson, tmp_path)
    before(hands)
    hands.locks = lesson.locks(index)
    done_before = LessonRecord(name, tuple(f"{task.split('.')[0]}.{each}" for each in asked.after))
    progress = LessonProgress.begin(lesson, hands.situation(), (done_before,))
    progress = progress.go(index, hands.situation())
    assert not progress.is_done(asked)
    miss(hands)
    missed = hands.situation()
    assert all(is_met(condition, missed) for condition in asked.nearest_miss)
    progress = progress.look(missed)
    assert not progress.is_done(asked)
    deed(hands)
    done = hands.situation()
    progress = progress.look(done)
    assert progress.is_done(asked)
    assert task in progress.record.tasks
    if asked is lesson.steps[index].tasks[-1]:
        assert_prose_is_set(lesson, index, done)


def row_6_of_the_symptoms(change: Callable[[TruthTableData], TruthTableData]) -> Deed:
    """Return what edits the article's table otherwise than it is asked for."""

    def deed(hands: Hands) -> None:
        table = hands.experiment.data.editable_rows(hands.trainer.dataset)
        assert table is not None
        hands.edit(lambda experiment: with_data(experiment, change(table)))

    return deed


@pytest.mark.parametrize(
    ("name", "task", "similar"),
    [
        (
            "as_published",
            "contradiction.mend",
            row_6_of_the_symptoms(lambda table: with_target(table, 5, 0, 0.0)),
        ),
        (
            "as_published",
            "contradiction.mend",
            row_6_of_the_symptoms(lambda table: with_row_removed(table, 5)),
        ),
        ("doctor", "dead.bias", lambda hands: hands.type_weights({"1.h1.b": -5.0})),
        (
            "gates_by_hand",
            "or.bias",
            lambda hands: hands.type_weights({"1.y1.x1": 20.0, "1.y1.x2": 20.0, "1.y1.b": -10.0}),
        ),
    ],
    ids=["target flipped", "row removed", "one bias", "more than the bias"],
)
def test_what_is_similar_but_wrong_does_not_tick_a_task(
    name: str, task: str, similar: Deed
) -> None:
    lesson = read_lesson(LESSONS / name)
    index, asked = tasks_of(name)[task]
    before, _, _ = DEEDS[name][task]
    hands = Hands(lesson)
    before(hands)
    progress = LessonProgress.begin(lesson, hands.situation()).go(index, hands.situation())
    similar(hands)
    assert not progress.look(hands.situation()).is_done(asked)


def assert_prose_is_set(lesson: Lesson, index: int, situation: Situation) -> None:
    """Check that every live number and formula of a step means something once it is done."""
    for language in lesson.file.languages:
        prose = lesson.text(language).steps[lesson.steps[index].id]
        for part in (prose.text, prose.see, *prose.parts.values()):
            html = to_html(part, situation)
            assert not re.search(r"[{}$\\]", html), (language, part.line, html)
            assert "–" not in html, (language, part.line, html)


def test_the_perceptron_comes_back_to_the_weights_it_has_had() -> None:
    # What lesson "perceptron" tells: epoch 4 and epoch 11 of XOR have the same weights.
    hands = Hands(read_lesson(LESSONS / "perceptron"))
    hands.choose_gate("xor")
    hands.train(60)
    history = hands.trainer.history
    first, again, other = (
        Network.of(history.restore(epoch)).parameters.flat for epoch in (4, 11, 5)
    )
    # A weight goes up and down by 1 on its way back; each such step rounds by half a unit at most.
    np.testing.assert_allclose(again, first, rtol=0.0, atol=7 * 4 * np.finfo(np.float64).eps)
    assert np.abs(other - first).max() > 0.5


def test_no_epoch_of_a_perceptron_has_xor_right() -> None:
    hands = Hands(read_lesson(LESSONS / "perceptron"))
    hands.choose_gate("xor")
    right = []
    for _ in range(60):
        hands.step(4)
        figures = hands.situation().train
        assert figures is not None
        right.append(figures.right)
    assert max(right) == 3


def test_fifteen_lessons_come_in_order_with_both_languages() -> None:
    lessons = read_lessons()
    assert [lesson.file.number for lesson in lessons] == list(range(1, 16))
    for lesson in lessons:
        assert lesson.file.languages == ("en", "tr")
        assert lesson.title("en") != lesson.title("tr")


def test_every_row_of_the_seed_notes_has_its_lesson() -> None:
    taught = {lesson.file.row for lesson in read_lessons()} - {None}
    assert taught == {"A1", "A2", "A3", "A4", "A5", "A6", "A7", "A8", "A9", "A10"}


def test_a_lesson_that_is_needed_comes_before() -> None:
    numbers = {lesson.id: lesson.file.number for lesson in read_lessons()}
    for lesson in read_lessons():
        assert all(numbers[name] < lesson.file.number for name in lesson.file.needs), lesson.id


@pytest.mark.parametrize(("language", "again"), [("en", r"(\w+) again\b"), ("tr", r"yine (\w+)")])
def test_data_met_again_are_named_by_a_lesson_before(language: str, again: str) -> None:
    before = ""
    for lesson in read_lessons():
        prose = lesson.text(language)
        first = prose.steps[lesson.steps[0].id].text.markdown
        start = lesson.file.start
        data = "" if start is None else getattr(start.data, "name", "")
        for name in re.findall(again, first):
            assert name.lower() != data or name in before, lesson.id
        before += "".join(step.text.markdown for step in prose.steps.values())


@pytest.mark.parametrize("language", ["en", "tr"])
def test_each_step_tells_what_is_seen_in_live_numbers(language: str) -> None:
    for lesson in read_lessons():
        for name, step in lesson.text(language).steps.items():
            numbers = re.findall(r"\{([^{}\n]+)\}", step.see.markdown)
            assert any(map(is_placeholder, numbers)), (lesson.id, name)


def test_both_languages_show_the_same_numbers() -> None:
    for lesson in read_lessons():
        for name in lesson.text("en").steps:
            shown = [
                re.findall(r"\{([^{}\n]+)\}", lesson.text(language).steps[name].see.markdown)
                for language in ("en", "tr")
            ]
            numbers = [sorted(filter(is_placeholder, texts)) for texts in shown]
            assert numbers[0] == numbers[1], (lesson.id, name)


def test_every_control_to_show_is_among_the_controls() -> None:
    known = set(re.findall(r"^\| `(\w+)` \|", (ROOT / "docs" / "controls.md").read_text(), re.M))
    for lesson in read_lessons():
        shown = {task.show for step in lesson.steps for task in step.tasks if task.show}
        assert shown <= known, lesson.id
