"""The small field that opens on a weight."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, QPoint, QRect, QSize, Qt, Signal
from PySide6.QtGui import QFocusEvent, QKeyEvent, QValidator, QWheelEvent
from PySide6.QtWidgets import QApplication, QDoubleSpinBox, QFrame, QHBoxLayout, QLabel, QWidget

from gui.build.canvas.weight_edits import FINE_STEP, STEP
from gui.numbers import parse_number, show_fixed
from gui.widgets import describe, label, set_role

__all__ = ["WeightEditor", "WeightSpin"]

DECIMALS, LARGEST = 3, 1e6


class WeightSpin(QDoubleSpinBox):
    """A number field that takes comma and point, with 0.1 a step and 0.01 with Shift.

    Attributes
    ----------
    is_typed
        Whether a key or the mouse was pressed in the text, so that what comes from elsewhere must
        not be written.
    has_new_text
        Whether the text was changed by the person.

    Signals
    -------
    kept()
        Enter or Tab was pressed.
    restored()
        Escape was pressed.
    left()
        The keyboard went elsewhere.
    """

    kept = Signal()
    restored = Signal()
    left = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("weight_value")
        self.setRange(-LARGEST, LARGEST)
        self.setDecimals(10)
        self.setSingleStep(STEP)
        self.setFixedWidth(78)
        self.setAlignment(Qt.AlignmentFlag.AlignRight)
        self.is_typed = False
        self.has_new_text = False
        self.lineEdit().textEdited.connect(self._on_text_edited)
        self.lineEdit().installEventFilter(self)

    def forget_typing(self) -> None:
        """Take the text for one that nobody has touched."""
        self.is_typed = self.has_new_text = False

    def follow(self, value: float) -> None:
        """Show a value from elsewhere, still selected whole for the first key to replace it."""
        was_selected = self.lineEdit().selectedText() == self.lineEdit().text()
        self.setValue(value)
        if was_selected:
            self.selectAll()

    def _on_text_edited(self) -> None:
        self.is_typed = self.has_new_text = True

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Take a caret or a selection that the mouse set in the text for the person's."""
        if event.type() == QEvent.Type.MouseButtonPress and watched is self.lineEdit():
            self.is_typed = True
        return super().eventFilter(watched, event)

    def textFromValue(self, value: float) -> str:
        """Write three decimals, more only where the person typed more."""
        return show_fixed(value, DECIMALS)

    def valueFromText(self, text: str) -> float:
        """Read a number with comma or point."""
        value = parse_number(text)
        return self.value() if value is None else value

    def validate(self, text: str, position: int) -> tuple[QValidator.State, str, int]:
        """Take any number in range, and what may become one."""
        value = parse_number(text)
        if value is not None and abs(value) <= LARGEST:
            return QValidator.State.Acceptable, text, position
        allowed = set("0123456789.,+-−eE ")
        state = QValidator.State.Intermediate if set(text) <= allowed else QValidator.State.Invalid
        return state, text, position

    def stepBy(self, steps: int) -> None:
        """Step by 0.1, or by 0.01 while Shift is held."""
        fine = QApplication.keyboardModifiers() & Qt.KeyboardModifier.ShiftModifier
        self.setValue(round(self.value() + steps * (FINE_STEP if fine else STEP), 10))
        self.selectAll()

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Step once a notch, whichever axis Shift turned the wheel to."""
        delta = event.angleDelta().y() or event.angleDelta().x()
        if delta:
            fine = bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier)
            step = FINE_STEP if fine else STEP
            self.setValue(round(self.value() + delta / 120 * step, 10))
        event.accept()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Keep on Enter, restore on Escape, step on the arrows."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.interpretText()
            self.kept.emit()
        elif event.key() == Qt.Key.Key_Escape:
            self.restored.emit()
        else:
            self.is_typed = True
            super().keyPressEvent(event)

    def focusNextPrevChild(self, forward: bool) -> bool:
        """Keep the value on Tab and give the keyboard back to the drawing, where Tab goes on."""
        self.interpretText()
        self.kept.emit()
        return True

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """Say that the keyboard left, unless only a menu opened."""
        super().focusOutEvent(event)
        if event.reason() != Qt.FocusReason.PopupFocusReason:
            self.left.emit()


class WeightEditor(QFrame):
    """Show and change one weight beside its edge; a child of the viewport, so it never scales.

    Signals
    -------
    value_changed(float)
        The person gave a new value.
    kept(), restored()
        Enter or a click elsewhere; Escape.
    """

    value_changed = Signal(float)
    kept = Signal()
    restored = Signal()

    def __init__(self, viewport: QWidget) -> None:
        super().__init__(viewport)
        self._viewport = viewport
        self.setObjectName("weight_editor")
        set_role(self, role="card", tone="editor")
        self._name: QLabel = label("label", "weight_name")
        self.spin = WeightSpin()
        layout = QHBoxLayout(self)
        layout.setContentsMargins(8, 2, 2, 2)
        layout.setSpacing(8)
        layout.addWidget(self._name)
        layout.addWidget(self.spin)
        self.spin.valueChanged.connect(self._on_value_changed)
        self.spin.kept.connect(self._on_kept)
        self.spin.restored.connect(self.restored)
        self.spin.left.connect(self._on_left)
        self._is_showing = False
        self.hide()
        self.retranslate()

    @property
    def is_held(self) -> bool:
        """Whether the person is typing or pointing at it."""
        return self.isVisible() and (self.spin.hasFocus() or self.underMouse())

    def open_on(self, name: str, value: float, anchor: QPoint, focus: bool, text: str = "") -> None:
        """Open beside `anchor` (viewport pixels), with the keyboard if `focus`.

        `text` replaces the value, as if it had been typed.
        """
        self._name.setText(name)
        describe(self.spin, self.tr("Weight {name}").format(name=name), self._tip)
        self.spin.forget_typing()
        self._show(value)
        self.adjustSize()
        self.move(self._place(anchor, self.sizeHint()))
        self.show()
        self.raise_()
        if focus:
            self.spin.setFocus(Qt.FocusReason.ShortcutFocusReason)
            self.spin.selectAll()
            if text:
                self.spin.is_typed = True
                self.spin.lineEdit().setText("")
                self.spin.lineEdit().insert(text)

    def show_value(self, value: float) -> None:
        """Show a value that changed elsewhere, but never over what a person is typing."""
        if not self.spin.is_typed:
            self._show(value)

    def retranslate(self) -> None:
        """Set the texts anew."""
        self._tip = self.tr(
            "Type, or use the wheel or the arrow keys (Shift for a hundredth). "
            "Enter keeps, Esc restores."
        )
        name = self._name.text()
        text = self.tr("Weight {name}").format(name=name) if name else self.tr("Weight")
        describe(self.spin, text, self._tip)
        self._show(self.spin.value())

    def _show(self, value: float) -> None:
        if value == self.spin.value() and self.spin.text() == self.spin.textFromValue(value):
            return
        self._is_showing = True
        self.spin.follow(value)
        self._is_showing = False
        self._colour()

    def _colour(self) -> None:
        tone = "neg" if self.spin.value() < 0 else "pos"
        if self.spin.property("tone") != tone:
            set_role(self.spin, tone=tone)

    def _place(self, anchor: QPoint, size: QSize) -> QPoint:
        room = self._viewport.rect().adjusted(4, 4, -4, -4)
        # Above the connection, where it seldom lies over a unit at either end.
        spot = QRect(anchor - QPoint(size.width() // 2, size.height() + 12), size)
        if spot.top() < room.top():
            spot.moveTop(anchor.y() + 12)
        spot.moveLeft(max(room.left(), min(spot.left(), room.right() - size.width())))
        spot.moveTop(max(room.top(), min(spot.top(), room.bottom() - size.height())))
        return spot.topLeft()

    def _on_value_changed(self, value: float) -> None:
        if not self._is_showing:
            self._colour()
            self.value_changed.emit(value)

    def _on_kept(self) -> None:
        # The field holds ten decimals of one weight: what is typed may be its value already, and
        # yet not that of the weight, or of the others that are selected with it.
        if self.spin.has_new_text:
            self.spin.forget_typing()
            self.value_changed.emit(self.spin.value())
        self.kept.emit()

    def _on_left(self) -> None:
        if self.isVisible():
            self._on_kept()

    def changeEvent(self, event: QEvent) -> None:
        """Follow the language."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.LanguageChange:
            self.retranslate()
