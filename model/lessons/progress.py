"""A learner's progress in a lesson, shown by the window and stored in files."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Self

from msgspec.structs import replace

from model.errors import ModelError
from model.experiment.learning import LessonRecord, Prediction
from model.lessons.conditions import current_value, is_met
from model.lessons.lesson import Lesson, Question, Step, Task
from model.lessons.situation import Situation


@dataclass(frozen=True, slots=True, eq=False)
class LessonProgress:
    """A learner's progress and current step in a lesson.

    Attributes
    ----------
    lesson
        The lesson.
    index
        Index of the current step, from 0.
    record
        Tasks done and predictions made in all steps.
    opening
        The situation when the step was opened.
    unmet
        Tasks of the step that have been seen undone since.
    trained
        Whether training has continued since.
    fewest
        Smallest number of epochs of the run since; a run may be restarted.

    Notes ----- A task whose conditions already hold when its step opens is not ticked: the
    quantities must change first, or the conditions must stop holding and hold again. An open
    panel is an exception, since nobody has to close it first in order to inspect it.
    """

    lesson: Lesson
    index: int
    record: LessonRecord
    opening: Situation
    unmet: frozenset[str] = frozenset()
    trained: bool = False
    fewest: int = 0

    @classmethod
    def begin(
        cls, lesson: Lesson, situation: Situation, records: Sequence[LessonRecord] = ()
    ) -> Self:
        """Open a lesson at the first unfinished step."""
        known = [record for record in records if record.lesson == lesson.id]
        record = known[0] if known else LessonRecord(lesson.id)
        index = first_undone_step(lesson, record)
        return cls(lesson, index, record, situation).at_step(index, situation)

    # -- What the panel shows ----------------------------------------------------------------------

    @property
    def step(self) -> Step:
        """The current step."""
        return self.lesson.steps[self.index]

    def is_done(self, task: Task) -> bool:
        """Return whether a task of the current step is done."""
        return f"{self.step.id}.{task.id}" in self.record.tasks

    @property
    def next_task(self) -> Task | None:
        """The first unfinished task of the current step."""
        return next((task for task in self.step.tasks if not self.is_done(task)), None)

    def answer(self, question: Question) -> int | None:
        """Return the predicted choice, counted from 1; ``None`` if there is none."""
        name = f"{self.step.id}.{question.id}"
        made = [p.choice for p in self.record.predictions if p.question == name]
        return made[0] if made else None

    @property
    def open_question(self) -> Question | None:
        """The first unanswered question of the current step."""
        return next((q for q in self.step.questions if self.answer(q) is None), None)

    def may_show_answer(self, question: Question) -> bool:
        """Return whether the answer to a question of the current step may be shown."""
        return self.answer(question) is not None and (self.trained or self.next_task is None)

    @property
    def may_go_on(self) -> bool:
        """Whether the step's tasks are done and its questions answered."""
        return self.next_task is None and self.open_question is None

    @property
    def is_last(self) -> bool:
        """Whether the current step is the last one."""
        return self.index == len(self.lesson.steps) - 1

    # -- What happens ------------------------------------------------------------------------------

    def with_done_tasks(self, situation: Situation) -> Self:
        """Return the progress with newly done tasks; the same object if nothing has changed.

        Parameters
        ----------
        situation
            The current situation; its predictions are replaced by those of the record.
        """
        now = self._informed(situation)
        done, unmet = [], set(self.unmet)
        for task in self.step.tasks:
            if self.is_done(task):
                continue
            ready = all(f"{self.step.id}.{name}" in self.record.tasks for name in task.after)
            if not ready or not is_task_met(task, now, self.opening):
                unmet.add(task.id)
            elif task.id in unmet or _has_changed(task, now, self.opening):
                done.append(f"{self.step.id}.{task.id}")
        fewest = min(self.fewest, now.epochs or 0)
        trained = self.trained or _has_trained(now, self.opening) or (now.epochs or 0) > fewest
        if (not done and unmet == self.unmet) and (trained, fewest) == (self.trained, self.fewest):
            return self
        record = self.record
        if done:
            record = replace(record, tasks=(*record.tasks, *done))
        return dataclasses.replace(
            self, record=record, unmet=frozenset(unmet), trained=trained, fewest=fewest
        )

    def at_step(self, index: int, situation: Situation) -> Self:
        """Return the progress at the step with this index, or the nearest one."""
        index = max(0, min(index, len(self.lesson.steps) - 1))
        opened = dataclasses.replace(
            self,
            index=index,
            opening=situation,
            unmet=frozenset(),
            trained=False,
            fewest=situation.epochs or 0,
        )
        opened = dataclasses.replace(opened, opening=opened._informed(situation))
        return opened.with_done_tasks(situation)

    def predict(self, question: Question, choice: int, situation: Situation) -> Self:
        """Answer a question of the current step with a choice, counted from 1.

        Raises
        ------
        ModelError
            Code ``lesson.too_late`` if the question is already answered.
        """
        seen = self.with_done_tasks(situation)
        if seen.answer(question) is not None:
            raise ModelError(
                "lesson.too_late", "A prediction is made once. Go on and see what comes out."
            )
        name = f"{self.step.id}.{question.id}"
        made = Prediction(name, choice, situation.epoch or 0, seen.trained)
        record = replace(seen.record, predictions=(*seen.record.predictions, made))
        return dataclasses.replace(seen, record=record).with_done_tasks(situation)

    def _informed(self, situation: Situation) -> Situation:
        return dataclasses.replace(situation, predicted=predicted_in(self.record))

    def merged_into(self, records: Sequence[LessonRecord]) -> tuple[LessonRecord, ...]:
        """Return a file's records with this lesson's record replaced."""
        others = tuple(record for record in records if record.lesson != self.lesson.id)
        return (*others, self.record) if self.record.tasks or self.record.predictions else others


def first_undone_step(lesson: Lesson, record: LessonRecord) -> int:
    """Return the index of the first step with an open task, otherwise 0."""
    left = (
        index
        for index, step in enumerate(lesson.steps)
        if any(f"{step.id}.{task.id}" not in record.tasks for task in step.tasks)
    )
    return next(left, 0) if record.tasks else 0


def predicted_in(record: LessonRecord) -> frozenset[str]:
    """Return the questions answered before training, as ``"step.question"``."""
    return frozenset(made.question for made in record.predictions if not made.late)


def is_task_met(task: Task, situation: Situation, opening: Situation | None = None) -> bool:
    """Return whether all conditions of a task are known to hold."""
    return all(is_met(condition, situation, opening) for condition in task.conditions)


def _has_changed(task: Task, now: Situation, opening: Situation) -> bool:
    """Return whether a task asks for an open panel, or its quantities have changed."""
    return any(
        c.code == "open" or current_value(c, now) != current_value(c, opening)
        for c in task.conditions
    )


def _has_trained(now: Situation, opening: Situation) -> bool:
    """Return whether training is running or has made a step since the opening."""
    if now.running:
        return True
    return (now.steps or 0) > (opening.steps or 0)
