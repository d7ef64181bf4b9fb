"""How the bar's fields share the room there is."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

__all__ = ["Wish", "share_room"]


@dataclass(frozen=True)
class Wish:
    """How wide a field would be, in pixels.

    Attributes
    ----------
    need
        With all of the text it shows now.
    usual
        With room for most of its texts.
    most
        With room for any.
    """

    need: int
    usual: int
    most: int


def share_room(wishes: Sequence[Wish], room_px: int) -> list[int]:
    """Return each field's width: first what it needs, then what is usual, then the most.

    What is missing even for the needs is taken from the widest fields, which then cut their texts.
    """
    most = max((wish.need for wish in wishes), default=0)
    while most > 1 and sum(min(wish.need, most) for wish in wishes) > room_px:
        most -= 1
    widths = [min(wish.need, most) for wish in wishes]
    for wanted in ([wish.usual for wish in wishes], [wish.most for wish in wishes]):
        for index, width in enumerate(wanted):
            spare = max(0, room_px - sum(widths))
            widths[index] += min(spare, max(0, width - widths[index]))
    return widths
