"""Support for screen readers beyond Qt: drawn items, announcements, changed names."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, Protocol, runtime_checkable

from msgspec import Struct
from PySide6.QtCore import QRect
from PySide6.QtGui import QAccessible, QAccessibleAnnouncementEvent, QAccessibleEvent
from PySide6.QtWidgets import QWidget


class AccessibleItem(Struct, frozen=True):
    """A drawn item.

    Attributes
    ----------
    name
        What is said of it, its present value included.
    rect
        Where it is, in pixels of the widget.
    has_keyboard
        Whether the keyboard is on it.
    """

    name: str
    rect: QRect
    has_keyboard: bool = False


@runtime_checkable
class Draws(Protocol):
    """A widget that draws items for screen readers to see as its children.

    Nothing of it is asked for unless a screen reader listens.
    """

    def accessible_items(self) -> Sequence[Any]:
        """Return the present items in the order of the arrow keys."""

    def describe_item(self, part: Any) -> AccessibleItem | None:
        """Describe an item, ``None`` if it is no longer drawn."""


def announce(widget: QWidget, text: str, waits: bool = False) -> None:
    """Let a screen reader speak a text, at once or after its present one."""
    event = QAccessibleAnnouncementEvent(widget, text)
    if not waits:
        event.setPoliteness(QAccessible.AnnouncementPoliteness.Assertive)
    QAccessible.updateAccessibility(event)


def sentences(texts: Iterable[str]) -> str:
    """Join texts as sentences, each with one full stop."""
    return " ".join(text if text.endswith((".", "?", "!", "…")) else f"{text}." for text in texts)


def notify_focused_item(widget: QWidget) -> None:
    """Notify screen readers that another drawn item has the focus."""
    if not QAccessible.isActive():
        return
    drawing = QAccessible.queryAccessibleInterface(widget)
    part = None if drawing is None else drawing.focusChild()
    if drawing is not None and part is not None:
        event = QAccessibleEvent(widget, QAccessible.Event.Focus)
        event.setChild(drawing.indexOfChild(part))
        QAccessible.updateAccessibility(event)


def tell_name(widget: QWidget) -> None:
    """Notify screen readers that a widget's name has changed."""
    if QAccessible.isActive():
        event = QAccessibleEvent(widget, QAccessible.Event.NameChanged)
        QAccessible.updateAccessibility(event)
