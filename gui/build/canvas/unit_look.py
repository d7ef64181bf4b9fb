"""What a unit of the drawing shows: texts, marks, filling, bar and bias rail."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["Rail", "UnitLook"]


@dataclass(frozen=True, slots=True)
class Rail:
    """The bias as a tick on a rail.

    Attributes
    ----------
    position
        Where the tick stands, -1 to 1.
    pinned
        Whether training leaves the bias alone.
    """

    position: float
    pinned: bool = False


@dataclass(frozen=True, slots=True)
class UnitLook:
    """All that decides how a unit looks, but for its picture.

    Attributes
    ----------
    name, value, caption
        Texts; empty ones are not drawn.
    tone
        ``"warn"`` for a unit that carries nothing, else empty.
    fill
        -1 to 1, how far the value bar goes, or ``None`` where the unit has a picture.
    grey
        0 to 1, how dark an input pixel is, or ``None``.
    share
        0 to 1, a bar beside the unit (an output class), or ``None``.
    is_long
        Whether such a class's name is too long for the unit.
    rail
        The bias, or ``None``.
    lit, selected, ringed, chosen
        Marks: hovered somewhere, selected, keyboard focus, the class the network chose.
    is_told
        Whether a person is at the unit's layer, which then shows its texts where there is no room
        for all.
    """

    name: str = ""
    value: str = ""
    caption: str = ""
    tone: str = ""
    fill: float | None = None
    grey: float | None = None
    share: float | None = None
    is_long: bool = False
    rail: Rail | None = None
    lit: bool = False
    selected: bool = False
    ringed: bool = False
    chosen: bool = False
    is_told: bool = False

    @property
    def frame(self) -> tuple[object, ...]:
        """What the square, its filling and its outline show."""
        marks = self.lit, self.selected, self.ringed, self.chosen
        return (*marks, self.fill, self.grey, self.tone, self.share is None)

    @property
    def chip(self) -> tuple[object, ...]:
        """What the value's chip shows."""
        return self.value, self.lit, self.ringed, self.is_told, self.share is None

    @property
    def written(self) -> tuple[object, ...]:
        """What the caption shows."""
        return self.caption, self.tone, self.is_told
