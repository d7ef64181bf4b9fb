"""How soon the palette and the microscope are there, and how soon it shows another part or unit."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable, Iterator
from functools import partial

from PySide6.QtWidgets import QApplication

from bench.harness import Row
from bench.window_alive import build_tab, make_bench_application, open_window, run_for
from model.defaults import default_experiment
from model.experiment import GateData
from model.places import UnitAt

BUDGET_S = 12
_PREPARED_S, _REST_S = 2.5, 0.15
_OPENINGS, _STEPS = 5, 12


def _milliseconds_of(do: Callable[[], None]) -> float:
    """Return how long something takes until it is painted, ms."""
    start = time.perf_counter()
    do()
    QApplication.processEvents()
    return 1000 * (time.perf_counter() - start)


def measure() -> Iterator[Row]:
    """Measure both on XOR at rest."""
    _app = make_bench_application()
    with open_window(default_experiment(GateData("xor"))) as window:
        model = build_tab(window).model
        model.choose_row(3)
        run_for(_PREPARED_S)
        palette, openings = window.all_actions["palette"], []
        for _ in range(_OPENINGS):
            openings.append(_milliseconds_of(palette.trigger))
            run_for(_REST_S)
            palette.trigger()  # the same puts it away
            run_for(_REST_S)
        yield Row.alone("palette opens, the first time", openings[0], goal="<= 50", unit="ms")
        later = statistics.median(openings[1:])
        yield Row.alone("palette opens, later on", later, goal="<= 50", unit="ms")
        openings = []
        for _ in range(_OPENINGS):
            openings.append(_milliseconds_of(lambda: model.open_microscope(UnitAt(0, 0))))
            run_for(2 * _REST_S)
            model.close_microscope()
            run_for(2 * _REST_S)
        yield Row.alone("microscope opens, the first time", openings[0], goal="<= 50", unit="ms")
        later = statistics.median(openings[1:])
        yield Row.alone("microscope opens, later on", later, goal="<= 50", unit="ms")
        model.open_microscope(UnitAt(0, 0))
        run_for(_REST_S)
        steps, units = [], []
        for number in range(_STEPS):
            steps.append(_milliseconds_of(lambda: model.walk(on=True)))
            run_for(_REST_S)
            here = model.state.selection.unit
            at = UnitAt(0, number % 4)
            at = UnitAt(0, (number + 1) % 4) if at == here else at
            units.append(_milliseconds_of(partial(model.examine, at)))
            run_for(_REST_S)
    goal = "<= 16"
    yield Row.alone("microscope: a step", statistics.median(steps), goal=goal, unit="ms")
    yield Row.alone("microscope: another unit", statistics.median(units), goal=goal, unit="ms")
