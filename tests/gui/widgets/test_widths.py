"""How the bar's fields share the room there is."""

from __future__ import annotations

import pytest

from gui.widgets.fields import WidthHint, share_room

WISHES = [WidthHint(60, 78, 78), WidthHint(70, 90, 120), WidthHint(171, 171, 171)]


@pytest.mark.parametrize(
    ("room", "widths"),
    [
        (1000, [78, 120, 171]),
        (339, [78, 90, 171]),
        (330, [78, 81, 171]),
        (301, [60, 70, 171]),
        (291, [60, 70, 161]),
        (180, [60, 60, 60]),
    ],
)
def test_needs_come_first_and_the_widest_gives_way(room: int, widths: list[int]) -> None:
    assert share_room(WISHES, room) == widths


def test_no_fields_need_no_room() -> None:
    assert share_room([], 100) == []


@pytest.mark.parametrize("room", [-50, 0, 1])
def test_without_room_every_field_keeps_a_pixel(room: int) -> None:
    assert share_room(WISHES, room) == [1, 1, 1]
