"""How alive the window stays while it trains flat out, and how fast it trains meanwhile."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import msgspec
import numpy as np
from PySide6.QtCore import QEvent, QEventLoop, QObject, Qt, QTimer
from PySide6.QtWidgets import QApplication, QWidget
from threadpoolctl import threadpool_limits  # type: ignore[import-untyped]  # ships no types

from bench.harness import SHARE, Row
from gui.app import FUSION, make_window, style_application
from gui.build_tab.tab import BuildTab
from gui.window import GlassnetWindow
from main import prepare_environment
from model.defaults import default_experiment
from model.experiment import Experiment, GateData, StopSpec

__all__ = [
    "FrameCounter",
    "Lateness",
    "close_window",
    "lateness_in_window",
    "measure",
    "rate_in_window",
    "run_for",
    "shown",
]

BUDGET_S = 20


_TICK_MS = 5
_SECONDS = 12.0 * SHARE
_CLOSED_WITHIN_S = 60.0


class Lateness(QObject):
    """Note how late the event loop runs a timer that wants to tick every 5 ms.

    Attributes
    ----------
    late_ms
        One figure a tick: how much longer than the interval it took.
    computed_ms
        One figure a tick: the processor's time that the event loop's thread took of it.
    """

    def __init__(self) -> None:
        super().__init__()
        self.late_ms: list[float] = []
        self.computed_ms: list[float] = []
        self._last = self._last_of_thread = 0.0
        self._timer = QTimer(self, timerType=Qt.TimerType.PreciseTimer)
        self._timer.setInterval(_TICK_MS)
        self._timer.timeout.connect(self._on_tick)

    def start(self) -> None:
        """Begin noting."""
        self._last, self._last_of_thread = time.perf_counter(), time.thread_time()
        self._timer.start()

    def stop(self) -> None:
        """End noting."""
        self._timer.stop()

    def percentile(self, percent: float) -> float:
        """Return a percentile of the lateness, ms."""
        return float(np.percentile(self.late_ms, percent))

    def _on_tick(self) -> None:
        now, of_thread = time.perf_counter(), time.thread_time()
        self.late_ms.append(max(0.0, (now - self._last) * 1000 - _TICK_MS))
        self.computed_ms.append((of_thread - self._last_of_thread) * 1000)
        self._last, self._last_of_thread = now, of_thread


class FrameCounter(QObject):
    """Count how often a widget is painted."""

    def __init__(self, widget: QWidget) -> None:
        super().__init__(widget)
        self.frames = 0
        widget.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Count paint events and let them through."""
        self.frames += event.type() == QEvent.Type.Paint
        return False


def run_for(seconds: float, until: Callable[[], bool] | None = None) -> None:
    """Run the event loop for a while, or until a condition that is asked every 20 ms holds.

    A loop of its own: ``QApplication.quit`` would close the window. Without a condition nothing
    here runs Python meanwhile, which would take the interpreter from what is measured.
    """
    loop = QEventLoop()
    if until is None:
        QTimer.singleShot(round(1000 * seconds), loop.quit)
        loop.exec()
        return
    check = QTimer()
    check.setInterval(20)
    end = time.perf_counter() + seconds
    check.timeout.connect(lambda: loop.quit() if until() or time.perf_counter() > end else None)
    check.start()
    loop.exec()
    check.stop()


def build_tab(window: GlassnetWindow) -> BuildTab:
    """Return the Build tab of `window`."""
    tab = window.tab(window.BUILD)
    assert isinstance(tab, BuildTab)
    return tab


@contextmanager
def shown(window: GlassnetWindow) -> Iterator[GlassnetWindow]:
    """Show the window for the time of a block; after it the window is closed, and all its threads.

    Whoever ends the process before destroys a thread at work, and Qt ends the process for that.
    """
    window.show()
    run_for(0.5)
    try:
        yield window
    finally:
        close_window(window)


@contextmanager
def open_window(experiment: Experiment) -> Iterator[GlassnetWindow]:
    """Show the window with `experiment` loaded and all of Build's panels visible."""
    window = make_window(frame_first=True)
    window.document.load(experiment, None)
    build_tab(window).show_all_panels()
    with shown(window):
        yield window


def close_window(window: GlassnetWindow) -> float:
    """Close the window without saving; return the seconds until its last worker has ended.

    Raises
    ------
    TimeoutError
        If it is still there after a minute.
    """
    window.document.undo_stack.setClean()
    start = time.perf_counter()
    window.close()
    # It asks its workers to stop, and closes once the last one has.
    run_for(_CLOSED_WITHIN_S, until=lambda: not window.isVisible())
    if window.isVisible():
        raise TimeoutError(f"the window was not closed within {_CLOSED_WITHIN_S:g} s")
    return time.perf_counter() - start


def rate_in_window(window: GlassnetWindow, seconds: float) -> float:
    """Press Train, let it run up for half a second, watch, press Pause; return epochs a second."""
    model = build_tab(window).model
    model.set_speed(None)
    model.train()
    run_for(0.5)
    epoch, start = model.state.run.last_epoch, time.perf_counter()
    run_for(seconds)
    rate = (model.state.run.last_epoch - epoch) / (time.perf_counter() - start)
    model.pause()
    run_for(5.0, until=lambda: not model.is_training)
    return rate


def lateness_in_window(window: GlassnetWindow, seconds: float) -> Lateness:
    """Train likewise and return the lateness.

    Apart from the rate: two hundred ticks a second of a timer in Python would slow down what they
    are to measure.
    """
    model = build_tab(window).model
    lateness = Lateness()
    model.set_speed(None)
    model.train()
    run_for(1.0)
    lateness.start()
    run_for(seconds)
    lateness.stop()
    model.pause()
    run_for(5.0, until=lambda: not model.is_training)
    return lateness


def make_bench_application() -> QApplication:
    """Return the application object, dressed as a person's."""
    prepare_environment()
    threadpool_limits(1, "blas")  # as main.py does for the whole process, docs/adr/0016
    app = QApplication(["bench", *FUSION])
    app.setQuitOnLastWindowClosed(False)
    style_application(app, language="en", theme="light")
    return app


def measure() -> list[Row]:
    """Measure XOR trained flat out in the real window."""
    _app = make_bench_application()
    with open_window(_without_end(default_experiment(GateData("xor")))) as window:
        rate = rate_in_window(window, _SECONDS / 4)
        lateness = lateness_in_window(window, _SECONDS)
        build_tab(window).model.train()
        run_for(0.5)
        closing = close_window(window)
    return [
        Row.alone(
            "event-loop lateness p99, XOR flat out", lateness.percentile(99), goal="<= 8", unit="ms"
        ),
        Row.alone(
            "event-loop lateness worst, XOR flat out",
            max(lateness.late_ms),
            goal="<= 50",
            unit="ms",
        ),
        Row.alone("epochs a second meanwhile, XOR", rate, goal=">= 900", unit="epochs/s"),
        Row.alone("window closed while training", closing, goal="<= 1", unit="s"),
    ]


def _without_end(experiment: Experiment) -> Experiment:
    """Return `experiment` with every stop rule off, so that it trains until paused."""
    replace = msgspec.structs.replace
    return replace(experiment, training=replace(experiment.training, stop=StopSpec()))
