"""Fields with captions, and how they share the available width."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtGui import QKeyEvent, QKeySequence, QShowEvent, QStandardItemModel, QWheelEvent
from PySide6.QtWidgets import QBoxLayout, QComboBox, QLabel, QLineEdit, QWidget

from foundation.text import tr
from gui.explain import explain
from gui.format import parse_number, parse_whole, show_integer, show_number
from gui.theme import GAP_M_PX, GAP_S_PX
from gui.widgets.basic import describe, label, set_role
from gui.widgets.combos import ElidingCombo, combo_px
from gui.widgets.layouts import STRETCH, hbox
from gui.widgets.texts import LazyText, worded

FIELD_PX = 26
_CAPTION_PX = 14
_MAX_PX = 176
FORM_FIELD_PX = 120
"""Width of a control in the pop-up form "More"."""


def caption_of(
    control: QWidget,
    role: str = "label",
    term: str = "",
    caption: LazyText = "",
    tip: LazyText = "",
) -> QLabel:
    """Return a caption that is also the control's accessible name; `term` is its glossary term."""
    result = label(role)
    result.setBuddy(control)
    if caption:
        worded(result, text=caption)
        worded(control, accessible_name=caption, tip=tip)
    if term:
        explain(result, term)
    return result


class Field(QWidget):
    """A caption over a control; a `width_px` of 0 keeps the width of the control."""

    def __init__(
        self,
        control: QWidget,
        width_px: int,
        info: QWidget | None = None,
        term: str = "",
        caption: LazyText = "",
        tip: LazyText = "",
    ) -> None:
        """Put the caption over `control`, followed by `info`; `term` is its glossary term."""
        super().__init__()
        self.control = control
        self.caption = caption_of(control, "caption", term, caption, tip)
        head: QWidget = self.caption
        if info is not None:
            head = QWidget()
            info.setFixedHeight(_CAPTION_PX)  # no higher than the captions of other fields
            hbox(self.caption, info, STRETCH, on=head, gap=GAP_S_PX, margins=0)
        self._width_px = width_px
        if isinstance(control, QComboBox):
            control.currentTextChanged.connect(lambda _: self.fit())
        control.setFixedHeight(FIELD_PX)
        self._row = QBoxLayout(QBoxLayout.Direction.TopToBottom, self)
        self._row.setContentsMargins(0, 0, 0, 0)
        self._row.addStretch(1)
        self._row.addWidget(head)
        self._row.addWidget(control)
        self._row.addStretch(1)
        self.show_beside(False)

    def show_beside(self, beside: bool) -> None:
        """Put the caption left of the control, as in a form, or over it, as in the toolbar."""
        down, right = QBoxLayout.Direction.TopToBottom, QBoxLayout.Direction.LeftToRight
        self._row.setDirection(right if beside else down)
        self._row.setSpacing(GAP_M_PX if beside else 2)
        for index, stretch in enumerate((0, 1, 0, 0) if beside else (1, 0, 0, 1)):
            self._row.setStretch(index, stretch)
        set_role(self.caption, role="label" if beside else "caption")
        if beside:
            self.control.setFixedWidth(FORM_FIELD_PX)
        self._is_beside = beside
        self.fit()

    @property
    def _need_px(self) -> int:
        """The width at which the control shows its text, limited for long texts."""
        if not isinstance(self.control, QComboBox):
            return self._width_px
        edge = 4 if self.control.isEditable() else 0  # an editor keeps its text off its own sides
        return min(combo_px(self.control, self.control.currentText()) + edge, _MAX_PX)

    @property
    def usual_px(self) -> int:
        """The preferred width of the control."""
        return max(self._width_px, self._need_px, self.caption.sizeHint().width())

    def fit(self) -> None:
        """Keep the control's width between its minimum and its preferred width."""
        if self._width_px and not self._is_beside:
            self.control.setMinimumWidth(self._need_px)
            self.control.setMaximumWidth(self.usual_px)

    def showEvent(self, event: QShowEvent) -> None:
        """Measure with the style sheet's font."""
        super().showEvent(event)
        self.fit()

    def write(self, caption: str, tip: str) -> None:
        """Set the caption, the control's accessible name and its tool tip."""
        self.caption.setText(caption)
        describe(self.control, caption, tip)
        self.fit()


class ChoiceCombo(ElidingCombo):
    """A combo box whose items have language-independent keys.

    Signals
    -------
    chosen(str)
        The user chose another key.
    """

    chosen = Signal(str)

    def __init__(self, object_name: str, keys: Sequence[str]) -> None:
        super().__init__()
        self.setObjectName(object_name)
        for key in keys:
            self.addItem(key, key)
        self.activated.connect(lambda index: self.chosen.emit(self.itemData(index)))

    def write(self, texts: Iterable[str]) -> None:
        """Set the keys' texts in order."""
        for index, text in enumerate(texts):
            if self.itemText(index) != text:
                self.setItemText(index, text)
        self.fit_popup()

    def explain(self, tips: Sequence[str]) -> None:
        """Set the keys' tool tips in the open list, in order."""
        for index, tip in enumerate(tips):
            self.setItemData(index, tip, Qt.ItemDataRole.ToolTipRole)

    def offer_only(self, key: str | None) -> None:
        """Enable only one key; ``None`` enables all."""
        items = self.model()
        assert isinstance(items, QStandardItemModel)
        for index in range(self.count()):
            items.item(index).setEnabled(key is None or self.itemData(index) == key)

    def show_key(self, key: str) -> None:
        """Select a key without emitting ``chosen``."""
        index = self.findData(key)
        self.setCurrentIndex(index)

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Ignore the wheel unless the field has the focus."""
        _ignore_wheel_without_focus(self, event)


class ValueEdit[T](QLineEdit):
    """A field for a value; invalid text is flagged, and reverted on focus out.

    Signals
    -------
    entered(T)
        The user entered another value.
    refused(str)
        The user left the field with this invalid text.
    """

    entered = Signal(object)
    refused = Signal(str)

    def __init__(self, object_name: str, value: T) -> None:
        super().__init__()
        self.setObjectName(object_name)
        self._value = value
        self.textEdited.connect(lambda text: self._mark(self.read(text) is None))
        self.editingFinished.connect(self._on_editing_finished)

    def text_of(self, value: T) -> str:
        """Return a value as text."""
        raise NotImplementedError

    def read(self, text: str) -> T | None:
        """Return a text's value, ``None`` if it is invalid."""
        raise NotImplementedError

    def show_value(self, value: T) -> None:
        """Show a value without emitting ``entered``, unless the user is typing."""
        if value != self._value:
            self._value = value
            if not (self.hasFocus() and self.isModified()):
                self.write()

    def enter(self, value: T) -> None:
        """Accept a value chosen by the user."""
        changed = value != self._value
        self._value = value
        self.write()
        if changed:
            self.entered.emit(value)

    def write(self) -> None:
        """Show the value in the current language."""
        text, combo = self.text_of(self._value), self.parentWidget()
        if isinstance(combo, QComboBox):  # the arrow keys go on from there
            combo.setCurrentIndex(combo.findText(text))
        self.setText(text)
        self.setModified(False)
        self._mark(False)

    def _mark(self, invalid: bool) -> None:
        """Flag the field, or its combo box, which has the frame."""
        combo = self.parentWidget()
        for part in (self, combo) if isinstance(combo, QComboBox) else (self,):
            set_role(part, invalid="true" if invalid else "false")

    def _on_editing_finished(self) -> None:
        # What is left as it was stays the number that it is, with all its digits.
        text = self.text()
        value = self._value if text == self.text_of(self._value) else self.read(text)
        self.enter(self._value if value is None else value)
        if value is None:
            self.refused.emit(text)

    def event(self, event: QEvent) -> bool:
        """Leave undo and redo to the window, unless there is typed text not yet entered."""
        handled = super().event(event)
        if event.type() == QEvent.Type.ShortcutOverride and not self.isModified():
            assert isinstance(event, QKeyEvent)
            keys = QKeySequence.StandardKey
            if event.matches(keys.Undo) or event.matches(keys.Redo):
                event.ignore()
        return handled


class NumberEdit(ValueEdit[float]):
    """A field for a number with comma or point; some numbers may be shown as words."""

    def __init__(
        self, object_name: str, low: float, high: float, whole: bool = False, digits: int = 12
    ) -> None:
        super().__init__(object_name, low)
        self.setAlignment(Qt.AlignmentFlag.AlignLeft)
        self._low, self._high, self._whole, self._digits = low, high, whole, digits
        self._words: dict[float, str] = {}
        self.write()

    def report_refusals(self, say: Callable[[Callable[[], str]], None]) -> None:
        """Call `say` with the reason when invalid text is reverted.

        An empty field is restored without a message.
        """
        self.refused.connect(
            lambda text: say(lambda: self._refusal(text)) if text.strip() else None
        )

    def _refusal(self, text: str) -> str:
        write: Callable[[float], str] = show_number
        words = tr("“{text}” is no number from {low} to {high}. It stays {value}.")
        if self._whole:
            words = tr("“{text}” is no whole number from {low} to {high}. It stays {value}.")
            write = show_integer
        low, high, value = write(self._low), write(self._high), self.text_of(self._value)
        return words.format(text=text.strip(), low=low, high=high, value=value)

    def retranslate(self, words: dict[float, str] | None = None) -> None:
        """Show the number in the current language; `words` replaces some (0 by "Full")."""
        self._words = words or self._words
        self.write()

    def text_of(self, value: float) -> str:
        """Return a number as text."""
        if self._whole and value not in self._words:
            return show_integer(value)  # each digit of it: what is read back is what was written
        return self._words.get(value) or show_number(value, self._digits)

    def read(self, text: str) -> float | None:
        """Return a text's number if it is within the limits."""
        for value, word in self._words.items():
            if text.strip().casefold() == word.casefold():
                return value
        value_read = parse_whole(text) if self._whole else parse_number(text)
        return (
            value_read if value_read is not None and self._low <= value_read <= self._high else None
        )


class ValueCombo[T](QComboBox):
    """A field for a value, with a list of usual ones."""

    def __init__(self, object_name: str, edit: ValueEdit[T], usual: Sequence[T]) -> None:
        super().__init__()
        self.setObjectName(object_name)
        self._edit, self._usual = edit, tuple(usual)
        self.setLineEdit(edit)
        self.setInsertPolicy(QComboBox.InsertPolicy.NoInsert)
        self.setCompleter(None)  # type: ignore[arg-type]  # Qt takes null for "none"
        self.activated.connect(lambda index: edit.enter(self._usual[index]))
        self.write()

    def write(self) -> None:
        """Show the values in the current language."""
        self.clear()
        self.addItems([self._edit.text_of(value) for value in self._usual])
        self._edit.write()

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Ignore the wheel unless the field has the focus."""
        _ignore_wheel_without_focus(self, event)


class NumberCombo(ValueCombo[float]):
    """A field for a number, with a list of usual ones.

    Attributes
    ----------
    number
        The edit field, whose signals report the user's input.
    """

    def __init__(
        self, object_name: str, usual: Sequence[float], low: float, high: float, whole: bool = False
    ) -> None:
        number = NumberEdit(f"{object_name}_text", low, high, whole, digits=6)
        super().__init__(object_name, number, usual)
        self.number = number

    def retranslate(self, words: dict[float, str] | None = None) -> None:
        """Show the numbers in the current language; `words` replaces some (0 by "Full")."""
        self.number.retranslate(words)
        self.write()


def _ignore_wheel_without_focus(combo: QComboBox, event: QWheelEvent) -> None:
    """Ignore the wheel over a combo box without focus, to prevent accidental changes."""
    if combo.hasFocus():
        QComboBox.wheelEvent(combo, event)
    else:
        event.ignore()
