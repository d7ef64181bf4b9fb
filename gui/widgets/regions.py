"""The window's regions, between which F6 moves the focus."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget

from gui.widgets.basic import has_focus, scroll_to


class Region(NamedTuple):
    """A part of a page.

    Attributes
    ----------
    name
        What a screen reader calls it.
    part
        The widget that all of it is in.
    primary_widget
        What in it is used most; the keyboard comes to it at first.
    """

    name: str
    part: QWidget
    primary_widget: QWidget | None = None


def go_to_region(regions: Sequence[Region], by: int) -> None:
    """Move the focus by so many regions, and announce the region's name.

    In it the keyboard goes to what had it last there, or else to the chief part, or to what stands
    first. What is not in sight, or has nothing to go to, is passed over; after the last region
    comes the first.
    """
    stops = [(region, stop) for region in regions if (stop := stop_in(region)) is not None]
    if not stops:
        return
    here = [n for n, (region, _) in enumerate(stops) if has_focus(region.part)]
    at = here[0] + by if here else (0 if by > 0 else -1)
    region, stop = stops[at % len(stops)]
    scroll_to(stop)
    stop.window().setAttribute(Qt.WidgetAttribute.WA_KeyboardFocusChange)  # as Qt does for Tab
    stop.setFocus(Qt.FocusReason.ShortcutFocusReason)
    from gui.widgets.accessible import announce  # late: the first picture needs none

    announce(region.part, region.name, waits=True)


def stop_in(region: Region) -> QWidget | None:
    """Return the widget of a region that gets the focus, ``None`` if none can."""
    part = region.part
    if not part.isVisible():
        return None
    for wanted in (part.focusWidget(), region.primary_widget):
        if wanted is not None and takes_keyboard(wanted):
            return wanted

    def place(stop: QWidget) -> tuple[int, int]:
        middle = stop.mapTo(part, stop.rect().center())
        return middle.y(), middle.x()

    # Not by nextInFocusChain: PySide then takes each widget for the owner of the next.
    return min(filter(takes_keyboard, part.findChildren(QWidget)), key=place, default=None)


def takes_keyboard(widget: QWidget) -> bool:
    """Return whether a widget is a tab stop at present."""
    is_stop = widget.focusPolicy() & Qt.FocusPolicy.TabFocus and widget.focusProxy() is None
    return bool(is_stop) and widget.isVisible() and widget.isEnabled()
