"""The field on a weight."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, QPoint, QRect, QSignalBlocker, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QFocusEvent, QKeyEvent, QValidator, QWheelEvent
from PySide6.QtWidgets import QApplication, QDoubleSpinBox, QLabel

from foundation.text import tr
from gui.actions import key_of
from gui.build_tab.build_model import BuildModel
from gui.build_tab.network_view.weight_gesture import FINE_STEP, STEP, WeightGesture
from gui.build_tab.network_view.zoom_view import ZoomView
from gui.format import parse_number, show_fixed, show_integer
from gui.theme import icon
from gui.widgets.basic import ENTER, describe, label, set_role, tool_button
from gui.widgets.layouts import hbox
from gui.widgets.panel import Panel
from model.places import Target, WeightAt

DECIMALS, LARGEST, CLOSE_MS = 3, 1e6, 400


class WeightSpin(QDoubleSpinBox):
    """A number field that takes comma and point, with 0.1 a step and 0.01 with Shift.

    Attributes
    ----------
    is_typed
        Whether a key or the mouse was pressed in the text, so that what comes from elsewhere must
        not be written.
    has_new_text
        Whether the text was changed by the person.
    refused
        The text that the person left there and that is no weight; empty otherwise.

    Signals
    -------
    finished()
        Enter or Tab was pressed, or the keyboard went elsewhere.
    given_up()
        Escape was pressed.
    """

    finished = Signal()
    given_up = Signal()

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
        self.refused = ""
        self.lineEdit().textEdited.connect(self._on_text_edited)
        self.lineEdit().installEventFilter(self)

    def forget_typing(self) -> None:
        """Take the text for one that nobody has touched."""
        self.is_typed = self.has_new_text = False
        self.refused = ""
        set_role(self, invalid="false")

    def follow(self, value: float) -> None:
        """Show a value from elsewhere, still selected whole for the first key to replace it."""
        was_selected = self.lineEdit().selectedText() == self.lineEdit().text()
        self.setValue(value)
        if was_selected:
            self.selectAll()

    def _on_text_edited(self) -> None:
        self.is_typed = self.has_new_text = True
        self.refused = ""
        set_role(self, invalid="false" if self.hasAcceptableInput() else "true")

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
        """Take any number in range; what is none stays to be seen, marked, and is no weight.

        A sign that could not be typed would leave another number: 34 of 3/4.
        """
        value = parse_number(text)
        is_weight = value is not None and abs(value) <= LARGEST
        state = QValidator.State.Acceptable if is_weight else QValidator.State.Intermediate
        return state, text, position

    def fixup(self, text: str) -> str:
        """Keep what is no weight as refused before Qt puts the last number in its place."""
        self.refused = text.strip()
        return text

    def stepBy(self, steps: int) -> None:
        """Step by 0.1, or by 0.01 while Shift is held, unless the text is no number."""
        if not self.hasAcceptableInput():
            return
        fine = QApplication.keyboardModifiers() & Qt.KeyboardModifier.ShiftModifier
        self.setValue(round(self.value() + steps * (FINE_STEP if fine else STEP), 10))
        self.selectAll()

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Step once a notch, whichever axis Shift turned the wheel to."""
        delta = event.angleDelta().y() or event.angleDelta().x()
        if delta and self.hasAcceptableInput():
            fine = bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier)
            step = FINE_STEP if fine else STEP
            self.setValue(round(self.value() + delta / 120 * step, 10))
        event.accept()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Keep on Enter, restore on Escape, step on the arrows."""
        if event.key() in ENTER:
            self.interpretText()
            self.finished.emit()
        elif event.key() == Qt.Key.Key_Escape:
            self.given_up.emit()
        else:
            self.is_typed = True
            super().keyPressEvent(event)

    def focusNextPrevChild(self, forward: bool) -> bool:
        """Keep the value on Tab and give the keyboard back to the drawing, where Tab goes on."""
        self.interpretText()
        self.finished.emit()
        return True

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """Say that the keyboard left, unless only a menu opened."""
        super().focusOutEvent(event)
        if event.reason() != Qt.FocusReason.PopupFocusReason:
            self.finished.emit()


class WeightEditor(Panel):
    """Show and change one weight beside its edge; a child of the viewport, so it never scales."""

    def __init__(self, view: ZoomView, edits: WeightGesture, model: BuildModel) -> None:
        super().__init__("weight_editor", view.viewport())
        self._model = model
        self._view, self._scene, self._edits = view, view.network_scene, edits
        self.target: WeightAt | None = None
        set_role(self, role="card", tone="editor")
        self._name: QLabel = label("label", "weight_name")
        self.spin = WeightSpin()
        self.look = tool_button("weight_examine", size="tiny", icon=icon("magnifying-glass", "t2"))
        self.look.setIconSize(QSize(13, 13))
        self.look.clicked.connect(self._on_look_clicked)
        self.setFocusProxy(self.spin)  # a click beside it leaves it the keyboard
        hbox(self._name, self.spin, self.look, on=self, gap=8, margins=(8, 2, 2, 2))
        self._close_timer = QTimer(self, singleShot=True)
        self._close_timer.setInterval(CLOSE_MS)
        self._close_timer.timeout.connect(self._on_close_timer)
        self.spin.valueChanged.connect(self._on_value_changed)
        self.spin.finished.connect(self._on_finished)
        self.spin.given_up.connect(self._on_given_up)
        self.hide()
        self.retranslate()

    @property
    def _is_held(self) -> bool:
        """Whether the person is typing or pointing at it."""
        return self.isVisible() and (self.spin.hasFocus() or self.underMouse())

    # -- Opening and closing -----------------------------------------------------------------------

    def open_on(self, target: WeightAt, focus: bool, text: str = "") -> None:
        """Open beside a weight, with the keyboard if `focus`.

        `text` replaces the value, as if it had been typed.
        """
        if self.isVisible() and self.spin.hasFocus():
            return
        self._close_timer.stop()
        self._set_target(target)
        self._edits.begin(self._edits.weights_of(target))
        several = len(self._edits.targets)
        name = tr("{n} weights", n=several) if several > 1 else self._scene.name(target)
        self._name.setText(name)
        describe(self.spin, tr("Weight {name}", name=name), self._tip)
        self.spin.forget_typing()
        self._show(self._scene.weight(target))
        self.adjustSize()
        self.move(self._place(self._view.viewport_point(target), self.sizeHint()))
        self.show()
        self.raise_()
        if focus:
            self.spin.setFocus(Qt.FocusReason.ShortcutFocusReason)
            self.spin.selectAll()
            if text:
                self.spin.is_typed = True
                self.spin.lineEdit().setText("")
                self.spin.lineEdit().insert(text)

    def _set_target(self, target: WeightAt | None) -> None:
        self.target = self._scene.edited = target
        self._scene.show_marks()

    def _place(self, anchor: QPoint, size: QSize) -> QPoint:
        room = self._view.viewport().rect().adjusted(4, 4, -4, -4)
        # Above the connection, where it seldom lies over a unit at either end.
        spot = QRect(anchor - QPoint(size.width() // 2, size.height() + 12), size)
        if spot.top() < room.top():
            spot.moveTop(anchor.y() + 12)
        spot.moveLeft(max(room.left(), min(spot.left(), room.right() - size.width())))
        spot.moveTop(max(room.top(), min(spot.top(), room.bottom() - size.height())))
        return spot.topLeft()

    def end(self, back: bool) -> None:
        """Close; `back` returns the keyboard to the drawing."""
        self._close_timer.stop()
        had_keyboard = self.spin.hasFocus()
        self._set_target(None)
        self._edits.end()
        if had_keyboard:
            # Before hiding: a hidden widget hands the focus on as if Tab had been pressed.
            self._view.setFocus(Qt.FocusReason.OtherFocusReason)
        self.hide()
        if back and had_keyboard:
            self._scene.is_ringed = True
            self._scene.show_marks()

    def leave_unless_over(self, target: Target | None) -> None:
        """Close soon, where the pointer went from the weight to something else."""
        if self.isVisible() and target != self.target:
            self._close_timer.start()

    def _on_close_timer(self) -> None:
        if not self._is_held and self._scene.hovered != self.target:
            self.end(back=False)
        elif self.isVisible() and not self.spin.hasFocus():
            self._close_timer.start()

    def end_unless_held(self) -> None:
        """Close, where the drawing moved and the person is not at the field."""
        if self.target is not None and not self._is_held:
            self.end(back=False)

    # -- The value ---------------------------------------------------------------------------------

    def follow(self) -> None:
        """Show the weight's present value, but never over what a person is typing."""
        if self.target is None or not self.isVisible():
            return
        if not self._scene.contains(self.target):
            self.end(back=False)
        elif not self.spin.is_typed:
            self._show(self._scene.weight(self.target))

    def _show(self, value: float) -> None:
        if value == self.spin.value() and self.spin.text() == self.spin.textFromValue(value):
            return
        with QSignalBlocker(self.spin):
            self.spin.follow(value)
        self._colour()

    def _colour(self) -> None:
        tone = "neg" if self.spin.value() < 0 else "pos"
        set_role(self.spin, tone=tone)

    def _on_value_changed(self, value: float) -> None:
        self._colour()
        if self.target is not None:
            self._edits.go_on(self._edits.weights_of(self.target))
            self._edits.set_to(value)

    def _on_finished(self) -> None:
        if not self.isVisible():
            return
        # The field holds ten decimals of one weight: what is typed may be its value already, and
        # yet not that of the weight, or of the others that are selected with it.
        if self.spin.refused:
            self._refuse(self.spin.refused)
            return
        if self.spin.has_new_text:
            self.spin.forget_typing()
            self._on_value_changed(self.spin.value())
        self.end(back=True)

    def _refuse(self, text: str) -> None:
        """Leave the weight as it was when the field opened, and say so."""
        self._on_given_up()
        self._model.say_failed(
            lambda: tr(
                "“{text}” is no weight; it stays as it was. A weight is a number from {low} to "
                "{high}, or a fraction such as 3/4.",
                text=text,
                low=show_integer(-LARGEST),
                high=show_integer(LARGEST),
            )
        )

    def _on_look_clicked(self) -> None:
        """Keep what was typed, and show what a training step makes of the weight."""
        self.spin.interpretText()
        target = self.target
        self._on_finished()
        if target is not None:
            self._model.open_microscope(target)

    def _on_given_up(self) -> None:
        if self.target is not None and self._edits.targets:
            self._edits.restore()
        self.end(back=True)

    # -- Texts -------------------------------------------------------------------------------------

    def retranslate(self) -> None:
        """Set the texts anew."""
        self._tip = tr(
            "Type a number or a fraction (3/4), or use the wheel or the arrow keys (Shift for a "
            "hundredth). "
            "Enter keeps, Esc restores."
        )
        name = self._name.text()
        text = tr("Weight {name}", name=name) if name else tr("Weight")
        describe(self.spin, text, self._tip)
        if not self.spin.is_typed:
            self._show(self.spin.value())
        describe(
            self.look,
            tr("See how it changes"),
            tr("See how a training step changes it ({key})", key=key_of("microscope")),
        )
