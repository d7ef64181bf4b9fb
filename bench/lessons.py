"""What a lesson costs: to open it from the first page, and its checks while training runs."""

from __future__ import annotations

import dataclasses
import statistics
import time
from collections.abc import Callable, Iterator
from functools import partial

from PySide6.QtCore import QTimer

from bench.harness import SHARE, Row
from bench.window_alive import Lateness, make_bench_application, run_for, shown
from gui.app import make_window
from model.lessons import LessonProgress, read_lessons, situation_in_file, to_html

BUDGET_S = 5
LONG_BUDGET_S = 20
_ROUNDS = 400
_PREPARED_S, _OPENED_S = 6.0, 1.0


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
            at_step = begun.at_step(index, told)
            looks.append(_milliseconds(partial(at_step.with_done_tasks, told)))
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


def measure_long() -> Iterator[Row]:
    """Measure the first click on a lesson, once the first page has had the time to make it ready.

    What the window's own thread computes: how long it stands still is up to who else computes.
    """
    _app = make_bench_application()
    with shown(make_window()) as window:
        run_for(_PREPARED_S)
        lateness = Lateness()
        lateness.start()
        QTimer.singleShot(0, window.all_actions["lesson_perceptron"].trigger)
        run_for(_OPENED_S)
        lateness.stop()
    yield Row.alone(
        "a lesson opens from the first page: computed",
        max(lateness.computed_ms),
        goal="<= 100",
        unit="ms",
    )
