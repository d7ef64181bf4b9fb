"""In a burst every part has its turn; a frame alone shows everything."""

from __future__ import annotations

from gui.build.turns import Turns


def test_a_frame_alone_shows_everything_and_a_burst_shows_each_in_turn() -> None:
    now = 0.0
    shown: list[str] = []
    turns = Turns(
        [lambda: shown.append("a"), lambda: shown.append("b"), lambda: shown.append("c")],
        clock=lambda: now,
    )
    turns.show_frame()
    assert shown == ["a", "b", "c"]
    for expected in ("a", "b", "c", "a"):
        now += 0.016
        shown.clear()
        turns.show_frame()
        assert shown == []
        turns.show_next()
        turns.show_next()
        assert shown == [expected]
    now += 0.1
    shown.clear()
    turns.show_frame()
    assert shown == ["a", "b", "c"]
    now += 0.001
    shown.clear()
    turns.show_all()
    turns.show_next()
    assert shown == ["a", "b", "c"]
