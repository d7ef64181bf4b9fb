"""What a lesson costs while training runs: the check of a step's tasks on the present state."""

from __future__ import annotations

import dataclasses
import statistics
import time
from collections.abc import Callable, Iterator
from functools import partial

from bench.harness import SHARE, Row
from model.lessons import LessonProgress, read_lessons, situation_in_file, to_html

BUDGET_S = 5
_ROUNDS = 400


def measure() -> Iterator[Row]:
    """Measure the costliest step of all lessons."""
    looks, proses = [], []
    for lesson in read_lessons():
        if lesson.file.start is None:
            continue
        told = dataclasses.replace(
            situation_in_file(lesson.file.start), row=1, unit="", open=frozenset()
        )
        begun = LessonProgress.begin(lesson, told)
        for index, step in enumerate(lesson.steps):
            at_step = begun.go(index, told)
            looks.append(_milliseconds(partial(at_step.look, told)))
            seen = lesson.text("en").steps[step.id].see
            proses.append(_milliseconds(partial(to_html, seen, told)))
    yield Row.alone(
        "Lesson: check a step's tasks on the present state, costliest step",
        max(looks),
        goal="<= 1",
        unit="ms",
    )
    yield Row.alone(
        "Lesson: fill live numbers into what is seen, costliest step",
        max(proses),
        goal="<= 4",
        unit="ms",
    )


def _milliseconds(work: Callable[[], object]) -> float:
    """Return the median time of some work."""
    times = []
    for _ in range(max(20, round(_ROUNDS * SHARE))):
        start = time.perf_counter()
        work()
        times.append(1000.0 * (time.perf_counter() - start))
    return statistics.median(times)
