"""Build while it teaches: what is shown of hidden space, cards, a lesson and the microscope."""

from __future__ import annotations

from collections.abc import Iterator

import msgspec
from PySide6.QtWidgets import QAbstractButton, QTabBar

from bench.build_window import epochs_a_second_alone, playground
from bench.harness import SHARE, Row, in_turn
from bench.window_alive import (
    build_tab,
    lateness_in_window,
    make_bench_application,
    open_window,
    rate_in_window,
    run_for,
)
from gui.window import GlassnetWindow
from model.experiment import StopSpec
from model.places import UnitAt

__all__ = ["measure"]

BUDGET_S = 30
_ROUNDS, _ROUND_S, _LIMIT_S = 4, 1.5 * SHARE, 15.0
_SECONDS = 4.0 * SHARE
_PAINTED_S = 0.5


def _click(window: GlassnetWindow, name: str) -> None:
    """Click a button by its object name."""
    button = window.findChild(QAbstractButton, name)
    assert isinstance(button, QAbstractButton)
    button.click()
    run_for(_PAINTED_S)


def _open_hidden_space(window: GlassnetWindow) -> None:
    """Bring hidden space to the front of the dock."""
    tabs = window.findChild(QTabBar, "dock_tabs")
    assert isinstance(tabs, QTabBar)
    [place] = [at for at in range(tabs.count()) if tabs.tabText(at) == "Hidden space"]
    tabs.setCurrentIndex(place)
    run_for(_PAINTED_S)


def measure() -> Iterator[Row]:
    """Measure the Playground's task with the views that teach open."""
    _app = make_bench_application()
    experiment = playground()
    with open_window(experiment) as window:
        _open_hidden_space(window)
        _click(window, "layer_0_activation_info")
        found = in_turn(
            lambda: rate_in_window(window, _ROUND_S),
            lambda: epochs_a_second_alone(experiment, _ROUND_S),
            _ROUNDS,
            _LIMIT_S,
        )
        yield Row.beside(
            "training with hidden space and a card drawn",
            found.ours,
            found.peer,
            peer_name="Trainer alone",
            goal=">= 0.85",
            unit="epochs/s",
        )
        lateness = lateness_in_window(window, _SECONDS)
        yield Row.alone("the same: lateness p99", lateness.percentile(99), goal="<= 8", unit="ms")
        window.document.undo_stack.setClean()  # or it asks about the epochs trained
        window.learn.open_by_id("hidden_layer")
        run_for(_PAINTED_S)
        model = build_tab(window).model
        training = msgspec.structs.replace(model.current_experiment().training, stop=StopSpec())
        model.set_training(training, "without end")
        model.open_microscope(UnitAt(0, 0))
        lateness = lateness_in_window(window, _SECONDS)
        yield Row.alone(
            "with a lesson and the microscope too: lateness p99",
            lateness.percentile(99),
            goal="<= 8",
            unit="ms",
        )
