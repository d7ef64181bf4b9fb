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
        Accessible name, including the current value.
    rect
        Rectangle in pixels of the widget.
    has_keyboard
        Whether it has the keyboard focus.
    """

    name: str
    rect: QRect
    has_keyboard: bool = False


@runtime_checkable
class DrawsItems(Protocol):
    """A widget whose drawn items screen readers see as its children.

    The methods are called only while a screen reader is active.
    """

    def accessible_items(self) -> Sequence[Any]:
        """Return the current items in the order of the arrow keys."""

    def describe_item(self, part: Any) -> AccessibleItem | None:
        """Describe an item, ``None`` if it is no longer drawn."""


def announce(widget: QWidget, text: str, waits: bool = False) -> None:
    """Let a screen reader speak a text, immediately or after its current one."""
    event = QAccessibleAnnouncementEvent(widget, text)
    if not waits:
        event.setPoliteness(QAccessible.AnnouncementPoliteness.Assertive)
    QAccessible.updateAccessibility(event)


def join_sentences(texts: Iterable[str]) -> str:
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


def notify_name(widget: QWidget) -> None:
    """Notify screen readers that a widget's accessible name has changed."""
    if QAccessible.isActive():
        event = QAccessibleEvent(widget, QAccessible.Event.NameChanged)
        QAccessible.updateAccessibility(event)
