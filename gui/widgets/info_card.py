"""A card near a control that explains it without covering it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from msgspec import Struct
from PySide6.QtCore import QEvent, QObject, QPoint, QRect, QSize, Qt, QTimer
from PySide6.QtGui import QCursor, QKeySequence, QShortcut
from PySide6.QtWidgets import QComboBox, QToolButton, QWidget
from shiboken6 import isValid

from foundation.text import tr
from gui.theme import GAP_M_PX, GAP_S_PX, INSET_PX, icon
from gui.widgets.basic import describe, has_focus, is_keyboard_focus, label, set_role, tool_button
from gui.widgets.layouts import hbox, vbox
from gui.widgets.panel import Panel

OPENS_MS, CLOSES_MS = 450, 250
"""Delays before a card opens on hover or focus, and before it closes."""

_BESIDE_PX, _EDGE_PX = 6, 8
_ROUND_PX = 3
"""Margin that keeps square content inside the rounded corners."""
_INFO_WH, _INFO_ICON_PX = QSize(18, 18), 13


def info_button(object_name: str) -> QToolButton:
    """Return a small button that opens a control's explanation."""
    button = tool_button(object_name, icon=icon("question", "t2"))
    button.setFixedSize(_INFO_WH)
    button.setIconSize(QSize(_INFO_ICON_PX, _INFO_ICON_PX))
    set_role(button, extent="info")
    return button


def place_beside(around: QRect, size: QSize, room: QRect) -> QPoint:
    """Return a position for a card of `size` in `room` that does not cover its control.

    The card goes below, above, right or left of `around`, in this order, or to the side with the
    most space if it fits nowhere. All coordinates are in the same system.
    """
    room = room.adjusted(_EDGE_PX, _EDGE_PX, -_EDGE_PX, -_EDGE_PX)
    x = max(min(around.left(), room.right() - size.width() + 1), room.left())
    y = max(min(around.top(), room.bottom() - size.height() + 1), room.top())
    under, over = around.bottom() + _BESIDE_PX, around.top() - _BESIDE_PX - size.height()
    right, left = around.right() + _BESIDE_PX, around.left() - _BESIDE_PX - size.width()
    sides = (
        (room.bottom() - under - size.height(), QPoint(x, under)),
        (over - room.top(), QPoint(x, over)),
        (room.right() - right - size.width(), QPoint(right, y)),
        (left - room.left(), QPoint(left, y)),
    )
    fitting = [place for spare, place in sides if spare >= 0]
    return fitting[0] if fitting else max(sides, key=lambda side: side[0])[1]


class Subject(Struct, frozen=True, eq=False):
    """A control with its explanation.

    Attributes
    ----------
    control
        The control to explain.
    info
        The button that opens the card, or ``None``.
    show
        Fills the card for the chosen entry or, given a key, for that entry of the open list.
    """

    control: QWidget
    info: QToolButton | None
    show: Callable[[Any], None]


class InfoCard(Panel):
    """A card that explains a control next to it.

    It opens while the pointer or the keyboard focus rests on a control, and then closes by itself.
    Opened by the control's info button, it is pinned until Esc, its close button or the info button
    closes it; opened by keyboard, it also takes the focus.

    Parameters
    ----------
    object_name
        Object name of the card; its parts are named after it.
    parent
        Initial parent; when opened, the card lies over that widget's window.

    Attributes
    ----------
    body
        Layout under the title, available once `make` was called.
    """

    WIDTH_PX = 372

    def __init__(self, object_name: str, parent: QWidget) -> None:
        super().__init__(object_name, parent)
        self.hide()
        parent.destroyed.connect(self.deleteLater)
        self._subjects: dict[QObject, Subject] = {}
        self._lists: dict[QObject, Subject] = {}
        self._waiting: Subject | None = None
        self._subject: Subject | None = None
        self._beside: QWidget | None = None
        self._is_pinned = self.is_made = False
        self._opening = QTimer(self, singleShot=True)
        self._opening.setInterval(OPENS_MS)
        self._opening.timeout.connect(self._open_waiting)
        self._closing = QTimer(self, singleShot=True)
        self._closing.setInterval(CLOSES_MS)
        self._closing.timeout.connect(self._close_if_left)

    def make(self) -> None:
        """Create the content, at the latest when the card opens."""
        if self.is_made:
            return
        set_role(self, role="card", tone="info")
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setFixedWidth(self.WIDTH_PX)
        self.title = label("card-title", f"{self.objectName()}_title")
        self._close_button = tool_button(
            f"{self.objectName()}_close", size="small", icon=icon("x", "t2")
        )
        self._close_button.setFixedSize(24, 24)
        self._close_button.clicked.connect(self.dismiss)
        self.body = vbox(gap=GAP_M_PX)
        # What is opaque spares Qt from painting it with every frame of what it lies over, and that
        # with every change of it. Only the rounded edge is not.
        content = QWidget()
        content.setAutoFillBackground(True)
        vbox(content, on=self, margins=_ROUND_PX)
        side = INSET_PX - _ROUND_PX
        vbox(
            hbox((self.title, 1), self._close_button),
            self.body,
            on=content,
            gap=GAP_S_PX,
            margins=(side, GAP_M_PX - _ROUND_PX, side, side),
        )
        # Known only while the card is there: a hidden widget's shortcut is asleep.
        escape = QShortcut(QKeySequence("Esc"), self)
        escape.activated.connect(self.dismiss)
        escape.activatedAmbiguously.connect(self.dismiss)
        self.fill()
        self.is_made = True
        self.retranslate()

    def fill(self) -> None:
        """Add the content to the body."""

    # -- Opening and closing -----------------------------------------------------------------------

    def attach(self, subject: Subject) -> None:
        """Open for a control on hover, on keyboard focus or on request."""
        subject.control.destroyed.connect(self._forget_deleted)
        for widget in filter(None, (subject.control, subject.info)):
            self._subjects[widget] = subject
            widget.installEventFilter(self)
        if subject.info is not None:
            subject.info.clicked.connect(lambda: self.toggle(subject))
        combo = subject.control
        if isinstance(combo, QComboBox):
            view = combo.view()
            self._lists[view] = subject
            view.installEventFilter(self)
            combo.highlighted.connect(
                lambda index: self._on_highlighted(subject, combo.itemData(index), view)
            )

    def _forget_deleted(self) -> None:
        """Close with the control that the card is about."""
        if self._waiting is not None and not isValid(self._waiting.control):
            self._waiting = None
        if self._subject is not None and not isValid(self._subject.control):
            self._subject = None
            self.dismiss()

    def toggle(self, subject: Subject) -> None:
        """Pin the card open, or close it if it is pinned for the same subject."""
        if self.isVisible() and self._is_pinned and subject is self._subject:
            self.dismiss()
            return
        self._is_pinned = True
        self._open(subject)
        if subject.info is not None and subject.info.hasFocus():
            self.setFocus(Qt.FocusReason.OtherFocusReason)

    def _on_highlighted(self, subject: Subject, key: str, view: QWidget) -> None:
        if view.isVisible():  # otherwise the choice has changed without the list
            self.preview(subject, key, view.window())

    def preview(self, subject: Subject, key: str, beside: QWidget) -> None:
        """Explain an entry of an open list or menu next to it, until `end_preview`."""
        self._beside = beside
        self._open(subject, key)

    def end_preview(self, subject: Subject) -> None:
        """Close when the list or menu closes, or show the chosen entry if pinned."""
        if self._beside is None:
            return
        self._beside = None
        if self._is_pinned:
            self._open(subject)
        else:
            self.dismiss()

    def _open_waiting(self) -> None:
        subject, self._waiting = self._waiting, None
        if subject is not None and not (self.isVisible() and self._is_pinned):
            self._is_pinned = False
            self._open(subject)

    def _open(self, subject: Subject, key: str | None = None) -> None:
        self._opening.stop()
        self._closing.stop()
        self.make()
        window = subject.control.window()
        if self.parentWidget() is not window:
            self.setParent(window)
        self._subject = subject
        subject.show(key)
        self._fit()
        self.show()
        self._fit()  # what was never shown is measured only now
        self.raise_()

    def _fit(self) -> None:
        """Place the card next to the subject."""
        subject = self._subject
        layout, parent = self.layout(), self.parentWidget()
        if subject is None or layout is None or parent is None:
            return
        around = _on_screen(subject.control)
        for other in (subject.info, self._beside):
            if other is not None and other.isVisible():
                around = around.united(_on_screen(other))
        around = around.translated(-parent.mapToGlobal(QPoint()))
        layout.activate()
        size = QSize(self.WIDTH_PX, layout.totalHeightForWidth(self.WIDTH_PX))
        place = place_beside(around, size, parent.rect())
        self.setGeometry(QRect(place, size))

    def dismiss(self) -> None:
        """Close the card and return the focus to the control's info button."""
        self._opening.stop()
        self._closing.stop()
        self._waiting = None
        subject, had_focus = self._subject, has_focus(self)
        self._is_pinned, self._beside = False, None
        if had_focus and subject is not None:
            (subject.info or subject.control).setFocus(Qt.FocusReason.OtherFocusReason)
        self.hide()

    def _close_if_left(self) -> None:
        """Close unless the card is pinned, or has the pointer or the focus."""
        if self._is_pinned or not self.isVisible() or self._beside is not None:
            return
        subject = self._subject
        places: list[QWidget] = [self]
        if subject is not None:
            places += filter(None, (subject.control, subject.info))
        pointer = QCursor.pos()
        if any(place.isVisible() and _on_screen(place).contains(pointer) for place in places):
            return
        if any(map(has_focus, places)):
            return
        self.dismiss()

    # -- Qt ----------------------------------------------------------------------------------------

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Follow the pointer and the focus to and from the controls."""
        kind = event.type()
        listing = self._lists.get(watched)
        if listing is not None:
            if kind == QEvent.Type.Hide:
                self.end_preview(listing)
            return False
        subject = self._subjects.get(watched)
        if subject is None:
            return False
        if kind == QEvent.Type.Enter or (kind == QEvent.Type.FocusIn and is_keyboard_focus(event)):
            self._waiting = subject
            self._opening.start()
        elif kind in (QEvent.Type.Leave, QEvent.Type.FocusOut):
            self._waiting = None
            self._closing.start()
        elif kind == QEvent.Type.MouseButtonPress and watched is subject.control:
            self._waiting = None  # a list opens, whose entries are explained
        elif kind == QEvent.Type.Hide:
            self._waiting = None
            if subject is self._subject and self.isVisible():
                self.dismiss()
        return False

    def event(self, event: QEvent) -> bool:
        """Resize with the content, as after a change of language."""
        handled = super().event(event)
        if event.type() == QEvent.Type.LayoutRequest and self.isVisible():
            self._fit()
        return handled

    def leaveEvent(self, event: QEvent) -> None:
        """Close when the pointer has left."""
        super().leaveEvent(event)
        self._closing.start()

    def retranslate(self) -> None:
        """Set every text in the current language."""
        if self.is_made:
            describe(self._close_button, tr("Close this explanation"))


def _on_screen(widget: QWidget) -> QRect:
    return QRect(widget.mapToGlobal(QPoint()), widget.size())
