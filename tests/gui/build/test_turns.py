"""In a burst every part has its turn; a frame alone shows everything."""

from __future__ import annotations

from collections.abc import Callable

from gui.build.turns import Turns


class _Stage:
    """A clock that is set by hand, and parts that take as long to draw as they are told."""

    def __init__(self, **costs_s: float) -> None:
        self.now = 0.0
        self.shown: list[str] = []
        self.costs_s = costs_s
        self.turns = Turns([self._part(name) for name in costs_s], self._hold, lambda: self.now)

    def _part(self, name: str) -> Callable[[], None]:
        return lambda: self.shown.append(name)

    def _hold(self, drawn: Callable[[float], None]) -> None:
        self._drawn = drawn

    def frames(self, count: int, frame_s: float = 0.016) -> list[str]:
        """Show frames of a burst and return what was shown between them."""
        self.shown.clear()
        for _ in range(count):
            self.now += frame_s
            self.turns.show_frame()
            before = len(self.shown)
            self.turns.show_next()
            if len(self.shown) > before:
                self._drawn(self.costs_s[self.shown[-1]])
        return list(self.shown)


def test_a_frame_alone_shows_everything() -> None:
    stage = _Stage(a=0.0, b=0.0, c=0.0)
    stage.turns.show_frame()
    assert stage.shown == ["a", "b", "c"]
    assert stage.frames(1, frame_s=0.1) == ["a", "b", "c"]


def test_a_burst_shows_one_part_after_another() -> None:
    stage = _Stage(a=0.0005, b=0.0005, c=0.0005)
    stage.turns.show_frame()
    assert stage.frames(3) == ["a", "b", "c"]
    assert stage.frames(62).count("b") in (15, 16)


def test_a_dear_part_is_shown_more_seldom_so_that_it_takes_a_fiftieth_of_the_time() -> None:
    stage = _Stage(cheap=0.0005, dear=0.003)
    stage.turns.show_frame()
    shown = stage.frames(625)
    assert 0.018 <= shown.count("dear") * 0.003 / 10.0 <= 0.02
    assert shown.count("cheap") > 150


def test_even_the_dearest_part_is_shown_four_times_a_second() -> None:
    stage = _Stage(dear=0.1)
    stage.turns.show_frame()
    assert stage.frames(625).count("dear") >= 38


def test_who_asks_for_everything_gets_it_and_no_turn_is_left_over() -> None:
    stage = _Stage(a=0.0, b=0.0)
    stage.turns.show_frame()
    stage.now += 0.016
    stage.turns.show_frame()
    stage.shown.clear()
    stage.turns.show_all()
    stage.turns.show_next()
    assert stage.shown == ["a", "b"]
