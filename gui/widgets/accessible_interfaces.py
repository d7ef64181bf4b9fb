"""Accessible interfaces of our widgets; loaded when the first screen reader asks."""

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
from gui.widgets.accessible import AccessibleItem, Draws, announce
from gui.widgets.slider import Slider

_NOTHING: Any = None
"""No object, for Qt; PySide's stubs do not allow it."""


def interface_of(owner: QObject) -> QAccessibleInterface | None:
    """Return the accessible interface of a widget, ``None`` for Qt's own."""
    if isinstance(owner, QComboBox) and sys.platform not in ("win32", "darwin"):
        return _Choices(owner)
    if isinstance(owner, QAbstractButton) and not isinstance(owner, Draws):
        return _Button(owner)
    if isinstance(owner, Slider):
        return _Slider(owner)
    if isinstance(owner, QStackedWidget):  # Qt's own is read out, with all labels of its page
        return QAccessibleWidget(owner, QAccessible.Role.Client)
    if not isinstance(owner, QWidget):
        return None
    if not isinstance(owner, Draws):
        return _Painted(owner) if _is_painted(owner) else None
    drawing = _Drawing(owner)
    owner.destroyed.connect(partial(_forget, drawing.known))
    return drawing


def _alive[W: QWidget](owner: ref[W]) -> W | None:
    """Return a widget that is still alive, else ``None``."""
    widget = owner()
    return widget if widget is not None and Shiboken.isValid(widget) else None


class _WidgetInterface[W: QWidget](QAccessibleWidget):
    """The interface of a widget, which it does not keep alive."""

    def __init__(self, owner: W, role: QAccessible.Role = QAccessible.Role.Client) -> None:
        super().__init__(owner, role)
        self._owner = ref(owner)

    @property
    def _widget(self) -> W | None:
        return _alive(self._owner)


class _Choices(_WidgetInterface[QComboBox]):
    """A list of choices whose name says what it is for.

    Qt's own says what it is for on Windows and macOS alone: elsewhere it counts on a label. What is
    chosen is read from the list; what was typed and is not in the list is told with the name.
    """

    def __init__(self, owner: QComboBox) -> None:
        super().__init__(owner, QAccessible.Role.ComboBox)
        owner.activated.connect(partial(_say_chosen, self._owner))

    def text(self, kind: QAccessible.Text) -> str:
        """Return its name, what is chosen, or what Qt says."""
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
        """Return one, the list, or two, where the choice can be typed, too."""
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
        """Return the list's or the field's place, -1 for anything else."""
        combo = self._widget
        parts: list[QObject | None] = [] if combo is None else [combo.view(), combo.lineEdit()]
        return parts.index(child.object()) if child.object() in parts else -1

    def actionNames(self) -> list[str]:
        """Return that it can be opened, besides what every control can."""
        return [QAccessibleActionInterface.showMenuAction(), *super().actionNames()]

    def doAction(self, name: str) -> None:
        """Open or close it, or do what every control can."""
        combo = self._widget
        if combo is None or name != QAccessibleActionInterface.showMenuAction():
            super().doAction(name)
        elif combo.view().isVisible():
            combo.hidePopup()
        else:
            combo.showPopup()


def _say_chosen(owner: ref[QComboBox], _index: int) -> None:
    """Announce what the arrow keys choose in a closed list; Qt does not."""
    combo = _alive(owner)
    if combo is not None and combo.hasFocus():
        announce(combo, signs_in_words(combo.currentText()))


class _Button(_WidgetInterface[QAbstractButton]):
    """A button; to switch one that is on or off is to click it.

    Qt's own changes what the button shows and does not say `clicked`, so that nothing is done.
    Whether it can be switched or has a menu is asked each time: it is often settled after a screen
    reader has heard of the button.
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
        """Return its name, which is what stands on it where it has no other; signs in words."""
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
        """Return what a click does, besides what every control can."""
        button, names = self._widget, QAccessibleActionInterface
        own = names.pressAction() if self._menu is None else names.showMenuAction()
        if button is not None and button.isCheckable():
            own = names.toggleAction()
        return [own, *super().actionNames()]

    def doAction(self, name: str) -> None:
        """Click it or open its menu, or do what every control can."""
        button, menu, names = self._widget, self._menu, QAccessibleActionInterface
        if button is not None and name in (names.pressAction(), names.toggleAction()):
            button.click()
        elif button is not None and menu is not None and name == names.showMenuAction():
            menu.popup(button.mapToGlobal(button.rect().bottomLeft()))
        else:
            super().doAction(name)


class _Worth(QAccessibleValueInterface):
    """What a slider stands at, in what its figure counts and not in steps."""

    def __init__(self, owner: ref[Slider]) -> None:
        super().__init__()
        self._owner = owner

    def _worth_of(self, steps: Callable[[Slider], int]) -> float:
        slider = _alive(self._owner)
        return 0.0 if slider is None else round(steps(slider) * slider.worth, 9)

    def currentValue(self) -> float:
        return self._worth_of(Slider.value)

    def minimumValue(self) -> float:
        """Return the least that can be chosen."""
        return self._worth_of(Slider.minimum)

    def maximumValue(self) -> float:
        """Return the most that can be chosen."""
        return self._worth_of(Slider.maximum)

    def minimumStepSize(self) -> float:
        """Return what an arrow key adds."""
        return self._worth_of(Slider.singleStep)

    def setCurrentValue(self, value: float) -> None:
        """Choose what lies nearest."""
        slider = _alive(self._owner)
        if slider is not None:
            slider.setValue(round(float(value) / slider.worth))


class _Slider(_WidgetInterface[Slider]):
    """A slider whose value is what is written beside it; Qt's own says its steps."""

    def __init__(self, owner: Slider) -> None:
        super().__init__(owner, QAccessible.Role.Slider)
        self._worth = _Worth(self._owner)

    def text(self, kind: QAccessible.Text) -> str:
        """Return its value as it is written, or what is said of it, signs in words."""
        slider = self._widget
        if slider is not None and kind == QAccessible.Text.Value:
            return slider.figure or str(slider.value())
        return signs_in_words(super().text(kind))

    def interface_cast(self, kind: QAccessible.InterfaceType) -> Any:
        """Return where Qt finds the value; no class of PySide's can be both."""
        if kind == QAccessible.InterfaceType.ValueInterface:
            return VoidPtr(Shiboken.getCppPointer(self._worth)[0])
        found = super().interface_cast(kind)
        return VoidPtr(0) if found is None else found  # None would end the program


def _is_painted(widget: QWidget) -> bool:
    """Tell whether a class of ours paints all of a widget, of which Qt then knows no kind."""
    kinds = type(widget).__mro__
    first_of_qt = next(kind for kind in kinds if kind.__module__.startswith("PySide6"))
    ours = kinds[: kinds.index(first_of_qt)]
    return first_of_qt in (QWidget, QFrame) and any("paintEvent" in vars(kind) for kind in ours)


class _Painted(_WidgetInterface[QWidget]):
    """A widget that is painted.

    It is a picture with a name, text where it has a method `text`, or a button where it tells that
    it was `clicked`; without a name it is an ornament, of which Qt's own kind says nothing. Where
    it has a method `in_words`, that says what is seen in it; that, and an `accessibleName` of its
    own, are asked only when a screen reader is.
    """

    def role(self) -> QAccessible.Role:
        """Return whether it is a picture, text or a button."""
        widget = self._widget
        if widget is None or not widget.accessibleName():
            return super().role()
        if hasattr(widget, "clicked"):
            return QAccessible.Role.PushButton
        is_text = callable(getattr(widget, "text", None))
        return QAccessible.Role.StaticText if is_text else QAccessible.Role.Graphic

    def text(self, kind: QAccessible.Text) -> str:
        """Return what is said of the whole, its signs in words; a description with what is seen."""
        widget = self._widget
        told = super().text(kind)
        if widget is not None and kind == QAccessible.Text.Name:
            told = widget.accessibleName() or told
        in_words = getattr(widget, "in_words", None)
        if kind == QAccessible.Text.Description and in_words is not None:
            told = " ".join(filter(None, (in_words(), told)))
        return signs_in_words(told)

    def actionNames(self) -> list[str]:
        """Return what a click does, besides what every widget can."""
        press = [QAccessibleActionInterface.pressAction()] * hasattr(self._widget, "clicked")
        return [*press, *super().actionNames()]

    def doAction(self, name: str) -> None:
        """Click it, or do what every widget can."""
        clicked = getattr(self._widget, "clicked", None)
        if clicked is not None and name == QAccessibleActionInterface.pressAction():
            clicked.emit()
        else:
            super().doAction(name)


def _forget(known: dict[int, _Part]) -> None:
    """Let Qt delete the interfaces of what was drawn in a widget that is gone."""
    while known:
        _, part = known.popitem()
        QAccessible.deleteAccessibleInterface(QAccessible.uniqueId(part))


class _Drawing(_Painted):
    """A widget whose further children are what is drawn in it."""

    def __init__(self, owner: QWidget) -> None:
        super().__init__(owner, QAccessible.Role.Graphic)
        self._parts: Sequence[Any] = ()
        self.known: dict[int, _Part] = {}

    def describe_item(self, index: int) -> AccessibleItem | None:
        """Return what is said of a part, its place that on the screen; ``None`` if it is gone."""
        owner = self._widget
        if owner is None or index >= len(self._parts):
            return None
        assert isinstance(owner, Draws)
        told = owner.describe_item(self._parts[index])
        if told is None:
            return None
        place = QRect(owner.mapToGlobal(told.rect.topLeft()), told.rect.size())
        return replace(told, name=signs_in_words(told.name), rect=place)

    def role(self) -> QAccessible.Role:
        """Return that it is a picture."""
        return QAccessible.Role.Graphic

    @property
    def is_focusable(self) -> bool:
        """Whether the keyboard can come to what is drawn."""
        widget = self._widget
        return widget is not None and widget.focusPolicy() != Qt.FocusPolicy.NoFocus

    def _drawn(self) -> Sequence[Any]:
        owner = self._owner()
        return owner.accessible_items() if isinstance(owner, Draws) else ()

    def childCount(self) -> int:
        """Return how many children there are: widgets first, then what is drawn."""
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
        """Return a child's place, -1 for none of them."""
        if isinstance(child, _Part):
            return super().childCount() + child.index
        return super().indexOfChild(child)

    def childAt(self, x: int, y: int) -> QAccessibleInterface:
        """Return what is drawn at a point of the screen, the topmost."""
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
    """One thing that is drawn."""

    def __init__(self, drawing: _Drawing, index: int) -> None:
        super().__init__()
        self._drawing, self.index = drawing, index

    def _told(self) -> AccessibleItem | None:
        return self._drawing.describe_item(self.index) if Shiboken.isValid(self._drawing) else None

    def isValid(self) -> bool:
        return self._told() is not None

    def object(self) -> QObject:
        """Return no object: it is drawn."""
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
        told = self._told()
        return QRect() if told is None else told.rect

    def role(self) -> QAccessible.Role:
        return QAccessible.Role.Graphic

    def state(self) -> QAccessible.State:
        state, told = QAccessible.State(), self._told()
        state.readOnly = True
        state.focusable = told is not None and self._drawing.is_focusable
        state.focused = told is not None and told.has_keyboard
        state.invalid = told is None
        return state

    def text(self, kind: QAccessible.Text) -> str:
        told = self._told()
        return told.name if told is not None and kind == QAccessible.Text.Name else ""

    def setText(self, kind: QAccessible.Text, text: str) -> None:
        """Keep the name: it says what is drawn."""

    def relations(self, match: Any = None) -> list[Any]:
        return []
