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
        Name for screen readers.
    part
        Widget that contains the region.
    primary_widget
        Most used widget of the region, which gets the focus at first.
    """

    name: str
    part: QWidget
    primary_widget: QWidget | None = None


def go_to_region(regions: Sequence[Region], by: int) -> None:
    """Move the focus by `by` regions, and announce the region's name.

    The focus goes to the widget that had it last in that region, otherwise to the primary widget,
    otherwise to the topmost tab stop. Regions that are hidden or have no tab stop are skipped; the
    first region follows the last.
    """
    stops = [(region, stop) for region in regions if (stop := focus_target(region)) is not None]
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


def focus_target(region: Region) -> QWidget | None:
    """Return the widget of a region that gets the focus, ``None`` if there is none."""
    part = region.part
    if not part.isVisible():
        return None
    for wanted in (part.focusWidget(), region.primary_widget):
        if wanted is not None and is_tab_stop(wanted):
            return wanted

    def place(stop: QWidget) -> tuple[int, int]:
        middle = stop.mapTo(part, stop.rect().center())
        return middle.y(), middle.x()

    # Not by nextInFocusChain: PySide then takes each widget for the owner of the next.
    return min(filter(is_tab_stop, part.findChildren(QWidget)), key=place, default=None)


def is_tab_stop(widget: QWidget) -> bool:
    """Return whether a widget is currently a tab stop."""
    is_stop = widget.focusPolicy() & Qt.FocusPolicy.TabFocus and widget.focusProxy() is None
    return bool(is_stop) and widget.isVisible() and widget.isEnabled()
