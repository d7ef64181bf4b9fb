"""Row and column layouts built from lists of parts."""

from __future__ import annotations

from typing import Final, Literal

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QBoxLayout, QHBoxLayout, QLayout, QVBoxLayout, QWidget

STRETCH: Final = "stretch"
"""A part that takes the remaining space."""

UNBOUNDED_PX: Final = (1 << 24) - 1
"""Maximum size of a widget without a limit: Qt's QWIDGETSIZE_MAX, which PySide lacks."""

type _Item = QWidget | QLayout
type _Placed = tuple[_Item, int] | tuple[QWidget, int, Qt.AlignmentFlag]
type Part = _Item | _Placed | int | Literal["stretch"]
type Margins = int | tuple[int, int] | tuple[int, int, int, int]


def hbox(
    *parts: Part, on: QWidget | None = None, gap: int | None = None, margins: Margins | None = None
) -> QHBoxLayout:
    """Return a row layout.

    Parameters
    ----------
    parts
        From left to right: a widget or a layout, optionally in a tuple with further arguments of
        ``addWidget`` (stretch, alignment); a number of pixels to leave empty; or `STRETCH`.
    on
        Widget that gets the layout.
    gap
        Spacing in pixels; ``None`` uses the style's.
    margins
        Margins in pixels: one for all sides, (horizontal, vertical), or (left, top, right, bottom);
        ``None`` uses the style's.
    """
    box = QHBoxLayout() if on is None else QHBoxLayout(on)
    _fill(box, parts, gap, margins)
    return box


def vbox(
    *parts: Part, on: QWidget | None = None, gap: int | None = None, margins: Margins | None = None
) -> QVBoxLayout:
    """Return a column layout, otherwise like :func:`hbox`."""
    box = QVBoxLayout() if on is None else QVBoxLayout(on)
    _fill(box, parts, gap, margins)
    return box


def _fill(
    box: QBoxLayout, parts: tuple[Part, ...], gap: int | None, margins: Margins | None
) -> None:
    if gap is not None:
        box.setSpacing(gap)
    if isinstance(margins, int):
        box.setContentsMargins(margins, margins, margins, margins)
    elif margins is not None:
        box.setContentsMargins(*(margins if len(margins) == 4 else margins * 2))
    add_parts(box, *parts)


def add_parts(box: QBoxLayout, *parts: Part) -> None:
    """Append parts to a row or column, as in :func:`hbox`."""
    for part in parts:
        if isinstance(part, str):
            box.addStretch(1)
        elif isinstance(part, int):
            box.addSpacing(part)
        else:
            item, stretch, *how = part if isinstance(part, tuple) else (part, 0)
            if isinstance(item, QLayout):
                box.addLayout(item, stretch)
            else:
                box.addWidget(item, stretch, *how)
