"""What screen readers get that Qt has not: what is drawn, what a list is for, switches."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, Protocol, runtime_checkable

from msgspec import Struct
from PySide6.QtCore import QObject, QRect
from PySide6.QtGui import (
    QAccessible,
    QAccessibleAnnouncementEvent,
    QAccessibleEvent,
    QAccessibleInterface,
)
from PySide6.QtWidgets import QWidget


class Told(Struct, frozen=True):
    """One thing that is drawn.

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
    """A widget that draws what screen readers are to see as its children.

    Nothing of it is asked for unless a screen reader listens.
    """

    def drawn(self) -> Sequence[Any]:
        """Return what is drawn now, in the order in which a person walks through it."""

    def told(self, part: Any) -> Told | None:
        """Return what is said of one of these, ``None`` where it is no longer drawn."""


def tell_screen_readers() -> None:
    """Let screen readers see what our widgets draw, and use lists and switches."""
    QAccessible.installFactory(_interface_of)


def _interface_of(_class_name: str, owner: QObject) -> QAccessibleInterface | None:
    from gui.widgets.accessible_interfaces import interface_of  # late: most starts need none

    return interface_of(owner)


def announce(widget: QWidget, text: str, waits: bool = False) -> None:
    """Have a text spoken at once, in the place of what is still being said, or after it."""
    event = QAccessibleAnnouncementEvent(widget, text)
    if not waits:
        event.setPoliteness(QAccessible.AnnouncementPoliteness.Assertive)
    QAccessible.updateAccessibility(event)


def sentences(texts: Iterable[str]) -> str:
    """Return texts as sentences one after the other, to be spoken: with their ends, not twice."""
    return " ".join(text if text.endswith((".", "?", "!", "…")) else f"{text}." for text in texts)


def tell_keyboard(widget: QWidget) -> None:
    """Say that the keyboard is on another of the parts that a widget draws."""
    if not QAccessible.isActive():
        return
    drawing = QAccessible.queryAccessibleInterface(widget)
    part = None if drawing is None else drawing.focusChild()
    if drawing is not None and part is not None:
        event = QAccessibleEvent(widget, QAccessible.Event.Focus)
        event.setChild(drawing.indexOfChild(part))
        QAccessible.updateAccessibility(event)


def tell_name(widget: QWidget) -> None:
    """Say that a widget is called otherwise now, where it makes its name when asked."""
    if QAccessible.isActive():
        event = QAccessibleEvent(widget, QAccessible.Event.NameChanged)
        QAccessible.updateAccessibility(event)
