"""A learner's progress in lessons, as an experiment file stores it."""

from __future__ import annotations

from typing import Annotated, Any

import msgspec

MAX_LESSONS, MAX_TASKS, MAX_PREDICTIONS = 100, 500, 200
"""Maximum number of lessons in a file, and of tasks and predictions per lesson.

The rest is dropped.
"""

_Name = Annotated[str, msgspec.Meta(max_length=100)]


class Prediction(msgspec.Struct, frozen=True):
    """An answer to a lesson's question.

    Attributes
    ----------
    question
        Step and question, ``"step.question"``.
    choice
        Chosen option, counted from 1.
    epoch
        Epoch at which the answer was given.
    late
        Whether training had continued since the step was opened.
    """

    question: _Name
    choice: Annotated[int, msgspec.Meta(ge=1, le=100)]
    epoch: int = 0
    late: bool = False


class LessonRecord(msgspec.Struct, frozen=True):
    """A learner's progress in one lesson; a file holds at most 100 of these.

    Attributes
    ----------
    lesson
        Id of the lesson, its folder name.
    tasks
        Completed tasks, ``"step.task"``, at most 500.
    predictions
        Answered questions, one answer each, at most 200.
    """

    lesson: _Name
    tasks: Annotated[tuple[_Name, ...], msgspec.Meta(max_length=MAX_TASKS)] = ()
    predictions: Annotated[tuple[Prediction, ...], msgspec.Meta(max_length=MAX_PREDICTIONS)] = ()


def readable_records(value: Any) -> list[Any]:
    """Return the valid records under ``learning`` in a file's parsed JSON.

    Damaged records are dropped, so that they never prevent a network from being opened.
    """
    if not isinstance(value, list):
        return []
    kept = []
    for record in value[:MAX_LESSONS]:
        try:
            msgspec.convert(record, LessonRecord)
        except (msgspec.ValidationError, RecursionError, OverflowError):
            continue
        kept.append(record)
    return kept
