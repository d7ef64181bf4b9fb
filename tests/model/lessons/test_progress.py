"""A learner's progress: ticks, predictions, and what travels in the experiment's file."""

from __future__ import annotations

import dataclasses
import json
from pathlib import Path

import pytest
from msgspec.structs import replace

from model.command.check import check_lesson
from model.edits import network as edits
from model.errors import ModelError
from model.experiment import Experiment
from model.experiment.learning import MAX_LESSONS, LessonRecord, Prediction
from model.files import decode, encode, read_experiment, write_experiment
from model.initialisers import initialise, untrained
from model.lessons import LESSONS, LOCKS, Lesson, LessonProgress, Lock, broken_locks, read_lesson
from model.lessons.conditions import Condition, is_met
from model.lessons.progress import predicted_in
from tests.model.lessons.hands import Hands


@pytest.fixture(scope="module")
def lesson() -> Lesson:
    return read_lesson(LESSONS / "eight_steps")


def begin(lesson: Lesson, hands: Hands, step: int = 0) -> LessonProgress:
    return LessonProgress.begin(lesson, hands.situation()).at_step(step, hands.situation())


def asking(lesson: Lesson) -> int:
    """Return the index of the first step that has a question."""
    return next(index for index, step in enumerate(lesson.steps) if step.questions)


def test_a_task_that_is_so_already_is_ticked_only_once_something_was_done(lesson: Lesson) -> None:
    hands = Hands(lesson)
    hands.choose_row(3)
    progress = begin(lesson, hands)
    choose_row = lesson.steps[0].tasks[0]
    assert not progress.is_done(choose_row)
    progress = progress.with_done_tasks(hands.situation())
    assert not progress.is_done(choose_row)
    hands.choose_row(1)
    progress = progress.with_done_tasks(hands.situation())
    assert not progress.is_done(choose_row)
    hands.choose_row(3)
    assert progress.with_done_tasks(hands.situation()).is_done(choose_row)


def test_a_panel_that_is_open_already_counts() -> None:
    lesson = read_lesson(LESSONS / "own_table")
    hands = Hands(lesson)
    hands.open_panel("try_values")
    curve = next(index for index, step in enumerate(lesson.steps) if step.id == "curve")
    progress = begin(lesson, hands, curve)
    assert progress.is_done(lesson.steps[curve].tasks[-1])


def test_a_task_after_another_is_ticked_once_that_one_is() -> None:
    lesson = read_lesson(LESSONS / "hidden_layer")
    hands = Hands(lesson)
    hands.train(100)
    one = next(index for index, step in enumerate(lesson.steps) if step.id == "one")
    _, reset, train = lesson.steps[one].tasks
    progress = begin(lesson, hands, one)
    hands.choose_units(1)
    hands.train(600)  # without a reset
    progress = progress.with_done_tasks(hands.situation())
    assert not progress.is_done(train)
    hands.reset()
    progress = progress.with_done_tasks(hands.situation())
    assert progress.is_done(reset)
    assert not progress.is_done(train)
    hands.train(600)
    assert progress.with_done_tasks(hands.situation()).is_done(train)


def test_a_tick_stays_when_it_is_no_longer_so(lesson: Lesson) -> None:
    hands = Hands(lesson)
    progress = begin(lesson, hands)
    hands.choose_row(3)
    progress = progress.with_done_tasks(hands.situation())
    hands.choose_row(1)
    progress = progress.with_done_tasks(hands.situation())
    assert progress.is_done(lesson.steps[0].tasks[0])
    assert progress.next_task is lesson.steps[0].tasks[1]
    assert not progress.may_go_on
    hands.open_microscope()
    progress = progress.with_done_tasks(hands.situation())
    assert progress.next_task is None
    assert progress.may_go_on
    assert progress.with_done_tasks(hands.situation()) is progress


def test_a_prediction_is_made_once_and_after_training_it_is_late(lesson: Lesson) -> None:
    hands = Hands(lesson)
    change = asking(lesson)
    (question,) = lesson.steps[change].questions
    progress = begin(lesson, hands, change)
    assert progress.answer(question) is None
    predicted = progress.predict(question, 2, hands.situation())
    assert predicted.answer(question) == 2
    with pytest.raises(ModelError) as caught:
        predicted.predict(question, 1, hands.situation())
    assert caught.value.code == "lesson.too_late"
    hands.step()
    late = progress.predict(question, 1, hands.situation())
    seen = progress.with_done_tasks(hands.situation())
    hands.reset()  # who has seen it cannot go back and predict it
    for answered in (late, seen.predict(question, 1, hands.situation())):
        assert [made.late for made in answered.record.predictions] == [True]
        assert predicted_in(answered.record) == frozenset()
    assert [made.late for made in predicted.record.predictions] == [False]


def test_a_run_that_began_anew_and_is_shorter_is_training_too(lesson: Lesson) -> None:
    hands = Hands(lesson)
    hands.train(200)
    change = asking(lesson)
    progress = begin(lesson, hands, change)
    hands.reset()
    progress = progress.with_done_tasks(hands.situation())
    assert not progress.trained
    hands.train(100)
    assert progress.with_done_tasks(hands.situation()).trained


def test_the_record_travels_in_the_file_and_opens_where_it_was_left(
    lesson: Lesson, tmp_path: Path
) -> None:
    hands = Hands(lesson)
    progress = begin(lesson, hands)
    hands.choose_row(3)
    hands.open_microscope()
    progress = progress.with_done_tasks(hands.situation()).at_step(1, hands.situation())
    hands.open_microscope("bias")
    progress = progress.with_done_tasks(hands.situation())
    other = LessonRecord("other", ("a.b",))
    records = progress.merged_into((other, LessonRecord(lesson.id)))
    experiment = replace(hands.trainer.experiment(), author="Ayşe", learning=records)
    path = tmp_path / "a.glassnet"
    write_experiment(experiment, path)
    back = read_experiment(path)
    assert (back.author, back.learning) == ("Ayşe", records)
    assert back == experiment
    opened = LessonProgress.begin(lesson, hands.situation(), back.learning)
    assert opened.step.id == "weights"
    assert opened.record == progress.record
    checked = check_lesson(lesson, back)
    done = {c.task for c in checked if c.found == "done"}  # type: ignore[attr-defined]
    assert done == {"inputs.choose_row", "inputs.open_microscope", "bias.see_bias"}
    assert all(c.met for c in checked if c.found == "done")


@pytest.mark.parametrize(
    "damage",
    [
        None,
        7,
        {"lesson": "a"},
        [7],
        [{"tasks": ["a"]}],
        [{"lesson": "a", "tasks": "b"}],
        [{"lesson": "a", "tasks": ["x" * 1000]}],
        [{"lesson": "a", "predictions": [{"question": "q", "choice": -1}]}],
    ],
)
def test_a_damaged_record_never_keeps_a_network_from_being_opened(damage: object) -> None:
    good = {"lesson": "kept", "tasks": ["a.b"], "unknown": 1}
    document = json.loads(encode(Hands(read_lesson(LESSONS / "perceptron")).trainer.experiment()))
    wanted = (LessonRecord("kept", ("a.b",)),) if isinstance(damage, list) else ()
    document["learning"] = [*damage, good] if isinstance(damage, list) else damage
    assert decode(json.dumps(document).encode()).learning == wanted


def test_a_file_holds_a_bounded_number_of_records() -> None:
    document = {"schema_version": 2, "learning": [{"lesson": "a"}] * 5000}
    assert len(decode(json.dumps(document).encode()).learning) == MAX_LESSONS
    prediction = Prediction("a.b", 1)
    assert decode(encode(replace(
        decode(b'{"schema_version": 1}'), learning=(LessonRecord("a", (), (prediction,)),)
    ))).learning[0].predictions == (prediction,)  # fmt: skip


def test_what_an_edit_does_to_locks(lesson: Lesson) -> None:
    hands = Hands(lesson)
    old = hands.trainer.experiment()
    hands.step()
    assert broken_locks(LOCKS, old, hands.trainer.experiment()) == ()  # training breaks none
    hands.new_start(3)
    assert broken_locks(LOCKS, old, hands.trainer.experiment()) == ("seed",)
    only_data: tuple[Lock] = ("data",)
    assert broken_locks(only_data, old, hands.trainer.experiment()) == ()
    hands.choose_gate("and")
    assert "data" in broken_locks(("data", "units"), old, hands.trainer.experiment())
    faster = replace(old, training=replace(old.training, learning_rate=9.0))
    assert broken_locks(LOCKS, old, faster) == ("learning_rate",)


def test_locked_weights_cannot_be_set_by_hand_but_drawn_anew() -> None:
    old = initialise(Experiment())
    by_hand = edits.with_weight(old, 0, 0, 0, 3.0)
    assert broken_locks(["weights"], old, by_hand) == ("weights",)
    assert broken_locks(["units"], old, by_hand) == ()
    for drawn in (edits.with_seed(old, 5), untrained(old), edits.with_units(old, 0, 5)):
        assert broken_locks(["weights"], old, drawn) == ()


def test_a_step_goes_on_once_its_question_is_answered(lesson: Lesson) -> None:
    hands = Hands(lesson)
    change = asking(lesson)
    progress = begin(lesson, hands, change)
    hands.open_microscope("update")
    progress = progress.with_done_tasks(hands.situation())
    hands.step()
    progress = progress.with_done_tasks(hands.situation())
    assert progress.next_task is None
    (question,) = progress.step.questions
    assert not progress.may_go_on
    assert not progress.may_show_answer(question)  # the answer is not told before it is asked for
    progress = progress.predict(question, 1, hands.situation())
    assert progress.may_go_on
    assert progress.may_show_answer(question)


def test_predictions_are_told_to_conditions_and_by_the_file(lesson: Lesson) -> None:
    asked = Condition("predicted", has=("change.loss_falls",))
    hands = Hands(lesson)
    change = asking(lesson)
    (question,) = lesson.steps[change].questions
    progress = begin(lesson, hands, change).predict(question, 1, hands.situation())
    told = dataclasses.replace(hands.situation(), predicted=predicted_in(progress.record))
    assert is_met(asked, told)
    assert is_met(asked, hands.situation()) is None
