"""In a run every part has its turn and shows the last state in the end; an edit is told once."""

from __future__ import annotations

import itertools
from collections.abc import Callable

import pytest
from pytestqt.qtbot import QtBot

from gui.build_tab.build_model import BuildModel
from gui.build_tab.panel_scheduler import PanelScheduler
from gui.build_tab.state import BuildState
from model.experiment import GateData


class _Stage:
    """A clock that is set by hand, and parts that take as long to draw as they are told.

    `steps_s` is after how long some of them are to be shown again.
    """

    def __init__(self, steps_s: dict[str, float] | None = None, **costs_s: float) -> None:
        self.now = 0.0
        self.steps_s = steps_s or {}
        self.shown: list[str] = []
        self.times_s: dict[str, list[float]] = {}
        self.costs_s = costs_s
        self.turns = PanelScheduler(
            [self._part(name) for name in costs_s], self._hold, lambda: self.now
        )

    def _part(self, name: str) -> Callable[[], float | None]:
        def show() -> float | None:
            self.shown.append(name)
            self.times_s.setdefault(name, []).append(self.now)
            return self.steps_s.get(name)

        return show

    def _hold(self, drawn: Callable[[float], None]) -> None:
        self._drawn = drawn

    def frames(self, count: int) -> list[str]:
        """Show frames of a run and return what was shown between them."""
        self.shown.clear()
        for _ in range(count):
            self.now += 0.016
            self.turns.show_frame()
            self.tick()
        return list(self.shown)

    def tick(self) -> None:
        """Let half a frame pass."""
        before = len(self.shown)
        self.turns.show_next()
        if len(self.shown) > before:
            self._drawn(self.costs_s[self.shown[-1]])


def test_parts_are_shown_one_after_another() -> None:
    stage = _Stage(a=0.0005, b=0.0005, c=0.0005)
    assert stage.frames(3) == ["a", "b", "c"]
    assert stage.frames(62).count("b") in (15, 16)


def test_every_part_comes_to_show_the_last_state_even_if_no_frame_follows() -> None:
    stage = _Stage(a=0.0005, b=0.003)
    stage.frames(10)
    stage.shown.clear()
    for _ in range(40):
        stage.now += 0.008
        stage.tick()
    assert sorted(stage.shown) in (["a", "b"], ["a"], ["b"])
    stage.shown.clear()
    stage.now += 1.0
    stage.tick()
    assert stage.shown == []


def test_a_dear_part_is_shown_more_seldom_so_that_it_takes_an_eightieth_of_the_time() -> None:
    stage = _Stage(cheap=0.0005, dear=0.003)
    shown = stage.frames(625)
    assert 0.011 <= shown.count("dear") * 0.003 / 10.0 <= 0.0125
    assert shown.count("cheap") > 150


def test_even_the_dearest_part_is_shown_four_times_a_second() -> None:
    stage = _Stage(dear=0.1)
    assert stage.frames(625).count("dear") >= 38


@pytest.mark.parametrize("cost_s", [0.0002, 0.001, 0.02])
def test_what_is_for_reading_is_shown_steadily_whatever_it_takes(cost_s: float) -> None:
    stage = _Stage({"numbers": 0.1}, numbers=cost_s, a=0.0005, b=0.003, c=0.0005)
    assert 99 <= stage.frames(625).count("numbers") <= 101  # in ten seconds
    pauses_s = [b - a for a, b in itertools.pairwise(stage.times_s["numbers"])]
    assert 0.1 - 3 * 0.016 < min(pauses_s) <= max(pauses_s) < 0.1 + 3 * 0.016


def test_who_asks_for_everything_gets_it_and_no_turn_is_left_over() -> None:
    stage = _Stage(a=0.0, b=0.0)
    stage.turns.show_frame()
    stage.turns.show_all()
    stage.turns.show_next()
    assert stage.shown == ["a", "b"]


def test_panels_are_told_once_of_an_edit_and_of_what_is_known_no_more(
    controller: BuildModel, qtbot: QtBot
) -> None:
    controller.insight.resume()
    qtbot.waitUntil(lambda: controller.state.insight.verdict is not None)
    told: list[BuildState] = []
    controller.state_changed.connect(told.append)
    controller.choose_data(GateData("and"))
    assert [state.experiment.data for state in told] == [GateData("and")]
    assert controller.state is told[-1]
    assert controller.state.insight.verdict is None
    controller.insight.request_close()
    qtbot.waitUntil(lambda: controller.insight.is_idle)
