"""The layout of the drawing, and which units are folded."""

from __future__ import annotations

import itertools
from collections.abc import Sequence

import numpy as np
from msgspec import Struct

from model.experiment import FloatArray
from model.places import INPUTS

FOLD_ABOVE, MAX_SHOWN = 12, 64
FEWEST_SHOWN, FITTING_PITCH_PX = 8, 48.0
FIT, ALL = -1, 0
COUNTS = (FIT, 8, 16, ALL)
HIDDEN_BELOW = 0.25


def choose_units(total: int, count: int, scores: FloatArray | None, height: float = 0.0) -> Shown:
    """Choose the units of a layer to draw.

    Parameters
    ----------
    total
        Number of units in the layer; up to 12 are all drawn.
    count
        Number of units to draw, at most 64: :data:`FIT` for as many as fit, at least 8;
        :data:`ALL` for all.
    scores
        One number per unit, the largest are drawn; ``None`` draws the first units.
    height
        Available height in pixels.
    """
    if total <= FOLD_ABOVE:
        return Shown(tuple(range(total)), total)
    fitting = int((height - TOP_PX - STACK_PX) // FITTING_PITCH_PX)
    wanted = {ALL: MAX_SHOWN, FIT: max(fitting, FEWEST_SHOWN)}.get(count, count)
    count = min(total, wanted, MAX_SHOWN)
    if scores is None or len(scores) != total:
        return Shown(tuple(range(count)), total)
    best = np.argsort(-np.nan_to_num(np.abs(scores)), kind="stable")[:count]
    return Shown(tuple(sorted(int(i) for i in best)), total)


def visible_edges(size: FloatArray) -> np.ndarray:
    """Return a mask of the edges to draw if there are too many, by their magnitudes.

    Edges below a quarter of the strongest are hidden.
    """
    return np.asarray(size >= HIDDEN_BELOW * size.max(initial=0.0))


UNIT_PX, SMALLEST_CAPTIONED_PX, SMALLEST_PX = 60.0, 44.0, 14.0
INPUT_SHARE, OUTPUT_SHARE = 0.73, 1.45
LARGEST_PITCH_PX, CAPTION_PITCH_PX, RAIL_PITCH_PX, SMALLEST_PITCH_PX = 172.0, 84.0, 47.0, 22.0
CHIP_ON_UNIT_PX, CHIP_STEP_PX, CORNER_PX = 40.0, 110.0, 18.0
STACK_PX = 36.0
BENEATH_CAPTION_PX, BENEATH_RAIL_PX, BENEATH_UNIT_PX = 40.0, 27.0, 17.0
"""Distance of a stack's centre below a unit, clear of its caption, rail or the unit."""
MIN_STEP_SHARE, TEXTS_BETWEEN_PX = 4 / 3, 36.0
"""Minimum distance of two columns in unit widths; minimum gap for name and value."""
PORT_STEP_PX, PORT_SHARE, MAX_PORTS = 17.0, 0.72, 10
TOP_PX, CHIP_OVER_PX = 8.0, 12.0
ROOM_FOR_ONE_PX, STEP_FOR_ONE_PX, LARGEST_SCALE = 430.0, 260.0, 1.7
"""Height and column distance up to which units have their natural size; maximum scale."""


class Shown(Struct, frozen=True):
    """The drawn units of a layer.

    Attributes
    ----------
    units
        Their indices, top to bottom.
    total
        Number of units in the layer.
    """

    units: tuple[int, ...]
    total: int

    @property
    def folded(self) -> int:
        """The number of units not drawn."""
        return self.total - len(self.units)


class Column(Struct, frozen=True):
    """The position of a layer.

    Attributes
    ----------
    layer
        Index of the layer, -1 for the inputs.
    x
        Centre of the units, in scene pixels.
    ys
        Centre of each drawn unit.
    units
        Indices of the drawn units.
    folded
        Number of units not drawn; their stack is at `stack_y`.
    size
        Side of a unit.
    has_rail, has_caption
        Whether there is room for the bias rail and for the caption below a unit.
    has_corners
        Whether name and value fit on the unit's corners; otherwise the value is at its right.
    has_chip
        Whether there is room for the value at all; otherwise only a hovered unit shows it.
    is_tight
        Whether the columns are so close that only the unit in use shows name, value and caption.
    """

    layer: int
    x: float
    ys: tuple[float, ...]
    units: tuple[int, ...]
    folded: int
    stack_y: float
    size: float
    has_rail: bool
    has_caption: bool
    has_corners: bool
    has_chip: bool
    is_tight: bool

    @property
    def left(self) -> float:
        """The x coordinate at which edges arrive."""
        return self.x - self.size / 2 - 3

    @property
    def right(self) -> float:
        """The x coordinate at which edges leave."""
        return self.x + self.size / 2 + 3


class NetworkLayout(Struct, frozen=True):
    """The whole drawing: columns from the inputs to the outputs, and its size in pixels."""

    columns: tuple[Column, ...]
    width: float
    height: float


def arrange(
    shown: Sequence[Shown],
    width: float,
    height: float,
    maps: bool,
    texts_px: tuple[float, float] = (40.0, 60.0),
) -> NetworkLayout:
    """Lay out the columns.

    Parameters
    ----------
    shown
        Drawn units of the inputs, each hidden layer and the outputs, in this order.
    width, height
        Available size in pixels; the result is higher if the units need it, and wider if the
        columns do.
    maps
        Whether units show response maps; a single output is then drawn large.
    texts_px
        Widths of the texts left of the inputs and right of the outputs.
    """
    slots = max(len(s.units) + (STACK_PX / 40 if s.folded else 0) for s in shown)
    usable = max(height, slots * SMALLEST_PITCH_PX + 2 * TOP_PX)
    step = width / (len(shown) + 0.4)
    scale = min(max(min(height / ROOM_FOR_ONE_PX, step / STEP_FOR_ONE_PX), 1.0), LARGEST_SCALE)
    pitches = [_pitch(s, usable, scale) for s in shown]
    most = 100.0 * scale
    size, has_rail, has_caption = _unit_size(min(min(pitches[1:-1], default=most), most), scale)
    # Deep networks have smaller units before they become wider than the room.
    size = min(size, max(step / MIN_STEP_SHARE, SMALLEST_CAPTIONED_PX))
    sides = [(size, has_rail, has_caption)] * len(shown)
    sides[0] = _input_size(pitches[0], size, scale), False, False
    is_large = maps and step >= CHIP_STEP_PX
    sides[-1] = _output_size(shown[-1], pitches[-1], size, is_large, scale)
    left, right = sides[0][0] / 2 + texts_px[0] + 16, sides[-1][0] / 2 + texts_px[1] + 16
    widest = max((a[0] + b[0]) / 2 for a, b in itertools.pairwise(sides))
    xs = _xs(len(shown), width, left, right, MIN_STEP_SHARE * widest)
    room = xs[1] - xs[0]
    tight = room - widest < TEXTS_BETWEEN_PX
    # The lowest caption, or the lowest rail's mark, needs more room than what is over the highest
    # unit: the value that juts out of it.
    beneath = 30 if has_caption else 16 if has_rail else 4
    centre = (usable - beneath) / 2 + TOP_PX / 2
    roomy = room >= CHIP_STEP_PX and not tight
    columns = tuple(
        _column(index - 1, x, part, pitch, side, centre, roomy, tight)
        for index, (x, part, pitch, side) in enumerate(zip(xs, shown, pitches, sides, strict=True))
    )
    return NetworkLayout(columns, max(width, xs[-1] + right + 8), usable)


def ports(count: int, size: float) -> list[float]:
    """Return the vertical offsets at which `count` edges meet a unit's side of length `size`."""
    if count > MAX_PORTS:
        return [0.0] * count
    step = min(PORT_STEP_PX, PORT_SHARE * size / max(count, 1))
    return [(i - (count - 1) / 2) * step for i in range(count)]


def _pitch(part: Shown, usable: float, scale: float) -> float:
    room = usable - TOP_PX - (STACK_PX if part.folded else 0)
    return min(LARGEST_PITCH_PX * scale, room / max(len(part.units), 1))


def _unit_size(pitch: float, scale: float) -> tuple[float, bool, bool]:
    """Return a unit's side, and whether a rail and a caption fit under it."""
    if pitch >= CAPTION_PITCH_PX:
        # 44: the rail, the caption, room, and the value of the unit below that juts out at its top.
        return min(max(pitch - 44, SMALLEST_CAPTIONED_PX), UNIT_PX * scale), True, True
    if pitch >= RAIL_PITCH_PX:
        return min(pitch - 15, SMALLEST_CAPTIONED_PX), True, False
    return max(pitch - 9, SMALLEST_PX), False, False


def _input_size(pitch: float, size: float, scale: float) -> float:
    if pitch >= CAPTION_PITCH_PX:
        return min(SMALLEST_CAPTIONED_PX * scale, pitch - 40)
    return min(max(size * INPUT_SHARE, SMALLEST_PX), pitch - 6)


def _output_size(
    part: Shown, pitch: float, size: float, is_large: bool, scale: float
) -> tuple[float, bool, bool]:
    own, rail, caption = _unit_size(min(pitch, 100.0 * scale), scale)
    if part.total == 1 and is_large:
        large = min(OUTPUT_SHARE * max(size, SMALLEST_CAPTIONED_PX), pitch - 40)
        return max(large, size), True, True
    return min(own, max(size, 30.0)), rail, caption


def _xs(
    columns: int, width: float, left_least: float, right_least: float, step_least: float
) -> list[float]:
    few = columns <= 4
    left = max(min(0.13 * width, 130.0) if few else min(0.1 * width, 85.0), left_least)
    right = max(min(0.19 * width, 190.0) if few else min(0.15 * width, 135.0), right_least)
    step = max((width - left - right) / (columns - 1), step_least)
    return [left + i * step for i in range(columns)]


def _column(
    layer: int,
    x: float,
    part: Shown,
    pitch: float,
    side: tuple[float, bool, bool],
    centre: float,
    roomy: bool,
    tight: bool,
) -> Column:
    # On whole pixels a picture is drawn ten times faster, and outlines are sharp.
    exact, rail, caption = side
    size = 2.0 * round(exact / 2)
    count = len(part.units)
    middle = centre - (STACK_PX / 2 if part.folded else 0)
    # What other columns have beneath their units must not lift these out of sight. An input's value
    # juts out over it.
    over = CHIP_OVER_PX if layer == INPUTS else TOP_PX / 2
    middle += max(0.0, over + size / 2 + (count - 1) / 2 * pitch - middle)
    ys = tuple(float(round(middle + (i - (count - 1) / 2) * pitch)) for i in range(count))
    has_corners = size >= CHIP_ON_UNIT_PX and pitch - size >= CORNER_PX
    beneath = BENEATH_CAPTION_PX if caption else BENEATH_RAIL_PX if rail else BENEATH_UNIT_PX
    return Column(
        layer=layer,
        x=float(round(x)),
        ys=ys,
        units=part.units,
        folded=part.folded,
        stack_y=(ys[-1] if ys else middle) + max(pitch / 2 + 13, size / 2 + beneath),
        size=size,
        has_rail=rail,
        has_caption=caption,
        has_corners=has_corners,
        has_chip=roomy or (has_corners and not tight),
        is_tight=tight,
    )
