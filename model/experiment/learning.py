"""What a learner has done in lessons, as an experiment file stores it."""

from __future__ import annotations

from typing import Annotated, Any

import msgspec

MOST_LESSONS, MOST_TASKS, MOST_PREDICTIONS = 100, 500, 200
"""Of lessons in a file, and of tasks and predictions in one of them; more are left out."""

_Name = Annotated[str, msgspec.Meta(max_length=100)]


class Prediction(msgspec.Struct, frozen=True):
    """An answer to a lesson's question.

    Attributes
    ----------
    question
        The step and the question, ``"step.question"``.
    choice
        The choice, counted from 1.
    epoch
        The epoch at which it was given.
    late
        Whether training had gone on since the step was opened.
    """

    question: _Name
    choice: Annotated[int, msgspec.Meta(ge=1, le=100)]
    epoch: int = 0
    late: bool = False


class LessonRecord(msgspec.Struct, frozen=True):
    """How far a learner has come in a lesson; a file holds at most 100 of these.

    Attributes
    ----------
    lesson
        Its id, the name of its folder.
    tasks
        The tasks done, ``"step.task"``, 500 at most.
    predictions
        The questions answered, one answer each, 200 at most.
    """

    lesson: _Name
    tasks: Annotated[tuple[_Name, ...], msgspec.Meta(max_length=MOST_TASKS)] = ()
    predictions: Annotated[tuple[Prediction, ...], msgspec.Meta(max_length=MOST_PREDICTIONS)] = ()


def readable_records(value: Any) -> list[Any]:
    """Return the readable records of those under ``learning`` in a file's parsed JSON.

    A record that is damaged is left out: it never keeps a network from being opened.
    """
    if not isinstance(value, list):
        return []
    kept = []
    for record in value[:MOST_LESSONS]:
        try:
            msgspec.convert(record, LessonRecord)
        except (msgspec.ValidationError, RecursionError, OverflowError):
            continue
        kept.append(record)
    return kept
