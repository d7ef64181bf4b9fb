"""Accessible interfaces of our widgets, loaded on a screen reader's first request."""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from functools import partial
from typing import Any
from weakref import ref

from msgspec.structs import replace
from PySide6.QtCore import QObject, QPoint, QRect, Qt
from PySide6.QtGui import (
    QAccessible,
    QAccessibleActionInterface,
    QAccessibleInterface,
    QAccessibleValueInterface,
    QWindow,
)
from PySide6.QtWidgets import (
    QAbstractButton,
    QAccessibleWidget,
    QComboBox,
    QFrame,
    QMenu,
    QPushButton,
    QRadioButton,
    QStackedWidget,
    QToolButton,
    QWidget,
)
from shiboken6 import Shiboken, VoidPtr

from gui.spoken import signs_in_words
from gui.widgets.accessible import AccessibleItem, DrawsItems, announce
from gui.widgets.slider import Slider

_NOTHING: Any = None
"""A null object for Qt, which PySide's stubs do not allow."""


def interface_of(owner: QObject) -> QAccessibleInterface | None:
    """Return a widget's accessible interface, ``None`` for Qt's own."""
    if isinstance(owner, QComboBox) and sys.platform not in ("win32", "darwin"):
        return _Choices(owner)
    if isinstance(owner, QAbstractButton) and not isinstance(owner, DrawsItems):
        return _Button(owner)
    if isinstance(owner, Slider):
        return _Slider(owner)
    if isinstance(owner, QStackedWidget):  # Qt's own is read out, with all labels of its page
        return QAccessibleWidget(owner, QAccessible.Role.Client)
    if not isinstance(owner, QWidget):
        return None
    if not isinstance(owner, DrawsItems):
        return _Painted(owner) if _is_painted(owner) else None
    drawing = _Drawing(owner)
    owner.destroyed.connect(partial(_forget, drawing.known))
    return drawing


def _alive[W: QWidget](owner: ref[W]) -> W | None:
    """Return a widget that still exists, otherwise ``None``."""
    widget = owner()
    return widget if widget is not None and Shiboken.isValid(widget) else None


class _WidgetInterface[W: QWidget](QAccessibleWidget):
    """The interface of a widget, which it refers to weakly."""

    def __init__(self, owner: W, role: QAccessible.Role = QAccessible.Role.Client) -> None:
        super().__init__(owner, role)
        self._owner = ref(owner)

    @property
    def _widget(self) -> W | None:
        return _alive(self._owner)


class _Choices(_WidgetInterface[QComboBox]):
    """A combo box with its purpose as its name.

    Qt's own interface has such a name only on Windows and macOS: elsewhere it relies on a label.
    The choice is read from the list; typed text that is not in the list becomes part of the name.
    """

    def __init__(self, owner: QComboBox) -> None:
        super().__init__(owner, QAccessible.Role.ComboBox)
        owner.activated.connect(partial(_say_chosen, self._owner))

    def text(self, kind: QAccessible.Text) -> str:
        """Return its name, its value, or Qt's text."""
        combo = self._widget
        if combo is not None and kind == QAccessible.Text.Value:
            return combo.currentText()
        if combo is not None and kind == QAccessible.Text.Name:
            is_typed = combo.currentText() != combo.itemText(combo.currentIndex())
            parts = combo.accessibleName(), combo.currentText() * is_typed
            return signs_in_words(": ".join(filter(None, parts)))
        return signs_in_words(super().text(kind))

    def state(self) -> QAccessible.State:
        state, combo = super().state(), self._widget
        state.hasPopup = state.expandable = True
        state.expanded = combo is not None and combo.view().isVisible()
        return state

    def childCount(self) -> int:
        """Return one for the list, or two if the combo box is editable."""
        combo = self._widget
        return 1 if combo is None or not combo.isEditable() else 2

    def child(self, index: int) -> QAccessibleInterface:
        combo = self._widget
        if combo is None or index not in (0, 1):
            return _NOTHING
        field = combo.lineEdit()
        part = field if index else combo.view()
        if field is not None:
            field.setAccessibleName(combo.accessibleName())
        if index == 0 and not combo.view().isVisible():  # left by Escape, it has another choice
            place = combo.currentIndex(), combo.modelColumn(), combo.rootModelIndex()
            combo.view().setCurrentIndex(combo.model().index(*place))
        return _NOTHING if part is None else QAccessible.queryAccessibleInterface(part) or _NOTHING

    def indexOfChild(self, child: QAccessibleInterface) -> int:
        """Return the index of the list or field, -1 for anything else."""
        combo = self._widget
        parts: list[QObject | None] = [] if combo is None else [combo.view(), combo.lineEdit()]
        return parts.index(child.object()) if child.object() in parts else -1

    def actionNames(self) -> list[str]:
        """Return the opening action and those of all widgets."""
        return [QAccessibleActionInterface.showMenuAction(), *super().actionNames()]

    def doAction(self, name: str) -> None:
        """Open or close the popup, or do an action of all widgets."""
        combo = self._widget
        if combo is None or name != QAccessibleActionInterface.showMenuAction():
            super().doAction(name)
        elif combo.view().isVisible():
            combo.hidePopup()
        else:
            combo.showPopup()


def _say_chosen(owner: ref[QComboBox], _index: int) -> None:
    """Announce the choice made by arrow keys in a closed list, which Qt does not."""
    combo = _alive(owner)
    if combo is not None and combo.hasFocus():
        announce(combo, signs_in_words(combo.currentText()))


class _Button(_WidgetInterface[QAbstractButton]):
    """A button; a click toggles a checkable one.

    Qt's own interface changes the button's state without emitting `clicked`, so nothing happens.
    Whether the button is checkable or has a menu is looked up on each request, because it is often
    decided after a screen reader has read the button.
    """

    def __init__(self, owner: QAbstractButton) -> None:
        super().__init__(owner, QAccessible.Role.PushButton)

    @property
    def _menu(self) -> QMenu | None:
        button = self._widget
        return button.menu() if isinstance(button, QPushButton | QToolButton) else None

    def role(self) -> QAccessible.Role:
        button = self._widget
        if button is None or not button.isCheckable():
            return QAccessible.Role.PushButton
        group = button.group()
        is_radio = isinstance(button, QRadioButton) or button.autoExclusive()
        is_radio = is_radio or (group is not None and group.exclusive())
        return QAccessible.Role.RadioButton if is_radio else QAccessible.Role.CheckBox

    def text(self, kind: QAccessible.Text) -> str:
        """Return its name, by default its text, with symbols in words."""
        button = self._widget
        if button is not None and kind == QAccessible.Text.Name and not button.accessibleName():
            return signs_in_words(button.text().replace("&", ""))
        return signs_in_words(super().text(kind))

    def state(self) -> QAccessible.State:
        state, button = super().state(), self._widget
        if button is not None:
            state.checkable, state.checked = button.isCheckable(), button.isChecked()
            state.pressed, state.hasPopup = button.isDown(), self._menu is not None
        return state

    def actionNames(self) -> list[str]:
        """Return the click action and those of all widgets."""
        button, names = self._widget, QAccessibleActionInterface
        own = names.pressAction() if self._menu is None else names.showMenuAction()
        if button is not None and button.isCheckable():
            own = names.toggleAction()
        return [own, *super().actionNames()]

    def doAction(self, name: str) -> None:
        """Click the button or open its menu, or do an action of all widgets."""
        button, menu, names = self._widget, self._menu, QAccessibleActionInterface
        if button is not None and name in (names.pressAction(), names.toggleAction()):
            button.click()
        elif button is not None and menu is not None and name == names.showMenuAction():
            menu.popup(button.mapToGlobal(button.rect().bottomLeft()))
        else:
            super().doAction(name)


class _SliderValue(QAccessibleValueInterface):
    """A slider's value in its own unit instead of steps."""

    def __init__(self, owner: ref[Slider]) -> None:
        super().__init__()
        self._owner = owner

    def _worth_of(self, steps: Callable[[Slider], int]) -> float:
        slider = _alive(self._owner)
        return 0.0 if slider is None else round(steps(slider) * slider.worth, 9)

    def currentValue(self) -> float:
        return self._worth_of(Slider.value)

    def minimumValue(self) -> float:
        """Return the smallest value."""
        return self._worth_of(Slider.minimum)

    def maximumValue(self) -> float:
        """Return the largest value."""
        return self._worth_of(Slider.maximum)

    def minimumStepSize(self) -> float:
        """Return the step of an arrow key."""
        return self._worth_of(Slider.singleStep)

    def setCurrentValue(self, value: float) -> None:
        """Set the nearest possible value."""
        slider = _alive(self._owner)
        if slider is not None:
            slider.setValue(round(float(value) / slider.worth))


class _Slider(_WidgetInterface[Slider]):
    """A slider whose value is its displayed text instead of Qt's number of steps."""

    def __init__(self, owner: Slider) -> None:
        super().__init__(owner, QAccessible.Role.Slider)
        self._worth = _SliderValue(self._owner)

    def text(self, kind: QAccessible.Text) -> str:
        """Return its displayed value or spoken text, with symbols in words."""
        slider = self._widget
        if slider is not None and kind == QAccessible.Text.Value:
            return slider.figure or str(slider.value())
        return signs_in_words(super().text(kind))

    def interface_cast(self, kind: QAccessible.InterfaceType) -> Any:
        """Return a separate value interface, since no PySide class can be both."""
        if kind == QAccessible.InterfaceType.ValueInterface:
            return VoidPtr(Shiboken.getCppPointer(self._worth)[0])
        found = super().interface_cast(kind)
        return VoidPtr(0) if found is None else found  # None would end the program


def _is_painted(widget: QWidget) -> bool:
    """Return whether one of our classes paints the whole widget, so that Qt knows no role."""
    kinds = type(widget).__mro__
    first_of_qt = next(kind for kind in kinds if kind.__module__.startswith("PySide6"))
    ours = kinds[: kinds.index(first_of_qt)]
    return first_of_qt in (QWidget, QFrame) and any("paintEvent" in vars(kind) for kind in ours)


class _Painted(_WidgetInterface[QWidget]):
    """A painted widget.

    Its role is picture; text if it has a method `text`; button if it has a signal `clicked`.
    Without a name it is decorative and keeps Qt's role. A method `in_words` describes the content;
    it and an overridden `accessibleName` are called only when a screen reader asks.
    """

    def role(self) -> QAccessible.Role:
        """Return the role: picture, text or button."""
        widget = self._widget
        if widget is None or not widget.accessibleName():
            return super().role()
        if hasattr(widget, "clicked"):
            return QAccessible.Role.PushButton
        is_text = callable(getattr(widget, "text", None))
        return QAccessible.Role.StaticText if is_text else QAccessible.Role.Graphic

    def text(self, kind: QAccessible.Text) -> str:
        """Return the widget's spoken text with symbols in words."""
        widget = self._widget
        told = super().text(kind)
        if widget is not None and kind == QAccessible.Text.Name:
            told = widget.accessibleName() or told
        in_words = getattr(widget, "in_words", None)
        if kind == QAccessible.Text.Description and in_words is not None:
            told = " ".join(filter(None, (in_words(), told)))
        return signs_in_words(told)

    def actionNames(self) -> list[str]:
        """Return the click action and those of all widgets."""
        press = [QAccessibleActionInterface.pressAction()] * hasattr(self._widget, "clicked")
        return [*press, *super().actionNames()]

    def doAction(self, name: str) -> None:
        """Click the widget, or do an action of all widgets."""
        clicked = getattr(self._widget, "clicked", None)
        if clicked is not None and name == QAccessibleActionInterface.pressAction():
            clicked.emit()
        else:
            super().doAction(name)


def _forget(known: dict[int, _Part]) -> None:
    """Delete the accessible interfaces of a deleted widget's items."""
    while known:
        _, part = known.popitem()
        QAccessible.deleteAccessibleInterface(QAccessible.uniqueId(part))


class _Drawing(_Painted):
    """A widget whose drawn items follow its child widgets as accessible children."""

    def __init__(self, owner: QWidget) -> None:
        super().__init__(owner, QAccessible.Role.Graphic)
        self._parts: Sequence[Any] = ()
        self.known: dict[int, _Part] = {}

    def describe_item(self, index: int) -> AccessibleItem | None:
        """Return an item's description at its screen position; ``None`` if it is gone."""
        owner = self._widget
        if owner is None or index >= len(self._parts):
            return None
        assert isinstance(owner, DrawsItems)
        told = owner.describe_item(self._parts[index])
        if told is None:
            return None
        place = QRect(owner.mapToGlobal(told.rect.topLeft()), told.rect.size())
        return replace(told, name=signs_in_words(told.name), rect=place)

    def role(self) -> QAccessible.Role:
        """Return the role of a picture."""
        return QAccessible.Role.Graphic

    @property
    def is_focusable(self) -> bool:
        """Whether the items can have the keyboard focus."""
        widget = self._widget
        return widget is not None and widget.focusPolicy() != Qt.FocusPolicy.NoFocus

    def _drawn(self) -> Sequence[Any]:
        owner = self._owner()
        return owner.accessible_items() if isinstance(owner, DrawsItems) else ()

    def childCount(self) -> int:
        """Return the number of children: widgets first, then items."""
        self._parts = self._drawn()
        return super().childCount() + len(self._parts)

    def child(self, index: int) -> QAccessibleInterface:
        inner = index - super().childCount()
        if inner < 0:
            return super().child(index)
        if not self._parts:
            self._parts = self._drawn()
        if inner >= len(self._parts):
            return _NOTHING
        if inner not in self.known:
            self.known[inner] = _Part(self, inner)
        return self.known[inner]

    def indexOfChild(self, child: QAccessibleInterface) -> int:
        """Return a child's index, -1 if it is not one."""
        if isinstance(child, _Part):
            return super().childCount() + child.index
        return super().indexOfChild(child)

    def childAt(self, x: int, y: int) -> QAccessibleInterface:
        """Return the topmost item at a point of the screen."""
        first = super().childCount()
        for index in reversed(range(first, self.childCount())):
            part = self.child(index)
            if part is not None and part.rect().contains(QPoint(x, y)):
                return part
        return super().childAt(x, y)

    def focusChild(self) -> QAccessibleInterface:
        first = super().childCount()
        for index in range(first, self.childCount()):
            told = self.describe_item(index - first)
            if told is not None and told.has_keyboard:
                return self.child(index)
        return super().focusChild()


class _Part(QAccessibleInterface):
    """A drawn item."""

    def __init__(self, drawing: _Drawing, index: int) -> None:
        super().__init__()
        self._drawing, self.index = drawing, index

    def _described_item(self) -> AccessibleItem | None:
        return self._drawing.describe_item(self.index) if Shiboken.isValid(self._drawing) else None

    def isValid(self) -> bool:
        return self._described_item() is not None

    def object(self) -> QObject:
        """Return no object, since a drawn item has none."""
        return _NOTHING

    def window(self) -> QWindow:
        return _NOTHING

    def parent(self) -> QAccessibleInterface:
        return self._drawing if Shiboken.isValid(self._drawing) else _NOTHING

    def child(self, index: int) -> QAccessibleInterface:
        return _NOTHING

    def childCount(self) -> int:
        return 0

    def indexOfChild(self, child: QAccessibleInterface) -> int:
        return -1

    def childAt(self, x: int, y: int) -> QAccessibleInterface:
        return _NOTHING

    def rect(self) -> QRect:
        told = self._described_item()
        return QRect() if told is None else told.rect

    def role(self) -> QAccessible.Role:
        return QAccessible.Role.Graphic

    def state(self) -> QAccessible.State:
        state, told = QAccessible.State(), self._described_item()
        state.readOnly = True
        state.focusable = told is not None and self._drawing.is_focusable
        state.focused = told is not None and told.has_keyboard
        state.invalid = told is None
        return state

    def text(self, kind: QAccessible.Text) -> str:
        told = self._described_item()
        return told.name if told is not None and kind == QAccessible.Text.Name else ""

    def setText(self, kind: QAccessible.Text, text: str) -> None:
        """Ignore a new text, since the item's description is its text."""

    def relations(self, match: Any = None) -> list[Any]:
        return []
