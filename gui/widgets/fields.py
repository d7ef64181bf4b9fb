"""Fields with captions, and how they share the room there is."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QStandardItemModel, QWheelEvent
from PySide6.QtWidgets import QBoxLayout, QComboBox, QLineEdit, QWidget

from gui.format import parse_number, show_number
from gui.theme import GAP_M_PX
from gui.widgets.basic import ElidingCombo, combo_px, describe, label, set_role

__all__ = [
    "FIELD_PX",
    "FORM_FIELD_PX",
    "ChoiceCombo",
    "Field",
    "NumberCombo",
    "NumberEdit",
    "WidthHint",
    "share_room",
]


@dataclass(frozen=True)
class WidthHint:
    """How wide a field would be, in pixels.

    Attributes
    ----------
    need
        With all of the text it shows now.
    usual
        With room for most of its texts.
    most
        With room for any.
    """

    need: int
    usual: int
    most: int


def share_room(wishes: Sequence[WidthHint], room_px: int) -> list[int]:
    """Return each field's width: first what it needs, then what is usual, then the most.

    What is missing even for the needs is taken from the widest fields, which then cut their texts.
    """
    most = max((wish.need for wish in wishes), default=0)
    while most > 1 and sum(min(wish.need, most) for wish in wishes) > room_px:
        most -= 1
    widths = [min(wish.need, most) for wish in wishes]
    for wanted in ([wish.usual for wish in wishes], [wish.most for wish in wishes]):
        for index, width in enumerate(wanted):
            spare = max(0, room_px - sum(widths))
            widths[index] += min(spare, max(0, width - widths[index]))
    return widths


FIELD_PX = 26
FORM_FIELD_PX = 120
"""Width of a control in the form behind "More"."""


class Field(QWidget):
    """A caption over a control; `width_px` 0 leaves the control its own width.

    Attributes
    ----------
    control
        The widget under the caption.
    """

    def __init__(self, control: QWidget, width_px: int) -> None:
        super().__init__()
        self.control = control
        self._caption = label("caption")
        self._caption.setBuddy(control)
        if width_px:
            control.setFixedWidth(width_px)
        control.setFixedHeight(FIELD_PX)
        self._row = QBoxLayout(QBoxLayout.Direction.TopToBottom, self)
        self._row.setContentsMargins(0, 0, 0, 0)
        self._row.addStretch(1)
        self._row.addWidget(self._caption)
        self._row.addWidget(control)
        self._row.addStretch(1)
        self.show_beside(False)

    def show_beside(self, beside: bool) -> None:
        """Put the caption before the control, as in a form, or over it, as in the bar."""
        down, right = QBoxLayout.Direction.TopToBottom, QBoxLayout.Direction.LeftToRight
        self._row.setDirection(right if beside else down)
        self._row.setSpacing(GAP_M_PX if beside else 2)
        for index, stretch in enumerate((0, 1, 0, 0) if beside else (1, 0, 0, 1)):
            self._row.setStretch(index, stretch)
        set_role(self._caption, role="label" if beside else "caption")
        if beside:
            self.control.setFixedWidth(FORM_FIELD_PX)

    def wish(self, usual_px: int) -> WidthHint:
        """Return how wide the field would be; `usual_px` is its control's usual width."""
        least = self._caption.sizeHint().width()
        if not isinstance(self.control, QComboBox):
            return WidthHint(*[max(least, usual_px)] * 3)
        combo = self.control
        edge = 4 if combo.isEditable() else 0  # an editor keeps its text off its own sides
        texts = [combo.itemText(index) for index in range(combo.count())]
        need = max(least, combo_px(combo, combo.currentText()) + edge)
        most = max(combo_px(combo, text) + edge for text in texts)
        return WidthHint(need, max(need, usual_px), max(need, usual_px, most))

    def write(self, caption: str, tip: str) -> None:
        """Set the caption, the control's accessible name and its tool tip."""
        self._caption.setText(caption)
        describe(self.control, caption, tip)


class ChoiceCombo(ElidingCombo):
    """A list of choices, each with a key that does not depend on the language.

    Signals
    -------
    chosen(str)
        A person chose another key.
    """

    chosen = Signal(str)

    def __init__(self, object_name: str, keys: Sequence[str]) -> None:
        super().__init__()
        self.setObjectName(object_name)
        for key in keys:
            self.addItem(key, key)
        self.activated.connect(lambda index: self.chosen.emit(self.itemData(index)))

    def write(self, texts: Sequence[str]) -> None:
        """Set what is read for each key, in their order."""
        for index, text in enumerate(texts):
            if self.itemText(index) != text:
                self.setItemText(index, text)
        self.fit_popup()

    def explain(self, tips: Sequence[str]) -> None:
        """Set what the list says of each key while it is open, in their order."""
        for index, tip in enumerate(tips):
            self.setItemData(index, tip, Qt.ItemDataRole.ToolTipRole)

    def offer_only(self, key: str | None) -> None:
        """Let no other key be chosen than this one; ``None`` lets every key be."""
        items = self.model()
        assert isinstance(items, QStandardItemModel)
        for index in range(self.count()):
            items.item(index).setEnabled(key is None or self.itemData(index) == key)

    def show_key(self, key: str) -> None:
        """Choose a key without emitting ``chosen``."""
        index = self.findData(key)
        if index != self.currentIndex():
            self.setCurrentIndex(index)

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Leave the wheel alone unless the field has the focus: it must not change by accident."""
        if self.hasFocus():
            super().wheelEvent(event)
        else:
            event.ignore()


class NumberCombo(QComboBox):
    """A number to type or to choose from usual ones; comma and point both count.

    Signals
    -------
    entered(float)
        A person chose or typed another number within the bounds.
    """

    entered = Signal(float)

    def __init__(
        self, object_name: str, usual: Sequence[float], low: float, high: float, whole: bool = False
    ) -> None:
        super().__init__()
        self.setObjectName(object_name)
        self.setEditable(True)
        self.setInsertPolicy(QComboBox.InsertPolicy.NoInsert)
        self.setCompleter(None)  # type: ignore[arg-type]  # Qt takes null for "none"
        self._usual, self._low, self._high, self._whole = tuple(usual), low, high, whole
        self._value = usual[0]
        self._words: dict[float, str] = {}
        edit = self.lineEdit()
        assert edit is not None
        edit.setObjectName(f"{object_name}_text")
        edit.editingFinished.connect(self._on_editing_finished)
        self.activated.connect(lambda index: self._enter(self._usual[index]))
        self.retranslate()

    def retranslate(self, words: dict[float, str] | None = None) -> None:
        """Write the numbers in the language in use; `words` replaces some (0 by "Full")."""
        if words is not None:
            self._words = words
        self.clear()
        self.addItems([self._text(value) for value in self._usual])
        self.setEditText(self._text(self._value))

    def show_value(self, value: float) -> None:
        """Show a number without emitting ``entered``, unless a person is typing one."""
        edit = self.lineEdit()
        if value == self._value and not (edit and edit.text() != self._text(value)):
            return
        self._value = value
        if edit is None or not (edit.hasFocus() and edit.isModified()):
            self.setEditText(self._text(value))

    def _text(self, value: float) -> str:
        return self._words.get(value) or show_number(value)

    def _read(self, text: str) -> float | None:
        for value, word in self._words.items():
            if text.strip().casefold() == word.casefold():
                return value
        value_read = parse_number(text)
        if value_read is None or not self._low <= value_read <= self._high:
            return None
        return None if self._whole and value_read != int(value_read) else value_read

    def _on_editing_finished(self) -> None:
        value = self._read(self.currentText())
        if value is None:
            value = self._value
        self._enter(value)

    def _enter(self, value: float) -> None:
        changed = value != self._value
        self._value = value
        self.setEditText(self._text(value))
        edit = self.lineEdit()
        if edit is not None:
            edit.setModified(False)
        if changed:
            self.entered.emit(value)

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Leave the wheel alone unless the field has the focus."""
        if self.hasFocus():
            super().wheelEvent(event)
        else:
            event.ignore()


class NumberEdit(QLineEdit):
    """A number to type; what is none is marked and, on leaving, put back.

    Signals
    -------
    entered(float)
        A person typed another number within the bounds.
    refused(str)
        A person left the field with this in it, which is no number within the bounds.
    """

    entered = Signal(float)
    refused = Signal(str)

    def __init__(self, object_name: str, low: float, high: float, whole: bool = False) -> None:
        super().__init__()
        self.setObjectName(object_name)
        self.setAlignment(Qt.AlignmentFlag.AlignLeft)
        self._low, self._high, self._whole = low, high, whole
        self._value = low
        self._shown = False
        self.textEdited.connect(lambda text: self._mark(self._read(text) is None))
        self.editingFinished.connect(self._on_editing_finished)

    def show_value(self, value: float) -> None:
        """Show a number without emitting ``entered``, unless a person is typing one."""
        if self._shown and value == self._value:
            return
        self._shown = True
        self._value = value
        if not (self.hasFocus() and self.isModified()):
            self._write()

    def retranslate(self) -> None:
        """Write the number in the language in use."""
        self._write()

    def _write(self) -> None:
        self.setText(show_number(self._value, 12))
        self.setModified(False)
        self._mark(False)

    def _mark(self, invalid: bool) -> None:
        if self.property("invalid") != ("true" if invalid else "false"):
            set_role(self, invalid="true" if invalid else "false")

    def _read(self, text: str) -> float | None:
        value = parse_number(text)
        if value is None or not self._low <= value <= self._high:
            return None
        return None if self._whole and value != int(value) else value

    def _on_editing_finished(self) -> None:
        text = self.text()
        value = self._read(text)
        changed = value is not None and value != self._value
        if value is not None:
            self._value = value
        self._write()
        if changed:
            self.entered.emit(self._value)
        elif value is None:
            self.refused.emit(text)
