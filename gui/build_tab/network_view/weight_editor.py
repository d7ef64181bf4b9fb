"""The editor of a weight."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QPoint, QRect, QSignalBlocker, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QFocusEvent, QKeyEvent, QValidator, QWheelEvent
from PySide6.QtWidgets import QApplication, QDoubleSpinBox

from foundation.text import tr
from gui.actions import first_shortcut
from gui.build_tab.build_model import BuildModel
from gui.build_tab.network_view.weight_gesture import FINE_STEP, STEP, WeightGesture
from gui.build_tab.network_view.zoom_view import ZoomView
from gui.format import parse_number, show_fixed, show_integer
from gui.theme import icon
from gui.widgets.basic import ENTER, label, set_role, tool_button
from gui.widgets.info_card import place_beside
from gui.widgets.layouts import hbox
from gui.widgets.panel import Panel
from gui.widgets.texts import worded
from model.places import Target, WeightAt

DECIMALS, LARGEST, CLOSE_MS = 3, 1e6, 400
_BESIDE_PX = 12
"""Vertical gap between the field and the point it belongs to."""


class WeightSpin(QDoubleSpinBox):
    """A number field for comma and point, with steps of 0.1, or 0.01 with Shift.

    Signals
    -------
    finished()
        Enter or Tab was pressed, or the field lost focus.
    refused(str)
        As `finished`, but the text is not a valid weight.
    canceled()
        Escape was pressed.
    """

    finished = Signal()
    refused = Signal(str)
    canceled = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("weight_value")
        self.setRange(-LARGEST, LARGEST)
        self.setDecimals(10)
        self.setSingleStep(STEP)
        self.setFixedWidth(78)
        self.setAlignment(Qt.AlignmentFlag.AlignRight)
        self.lineEdit().textEdited.connect(self._on_text_edited)
        self.valueChanged.connect(self._colour)

    def show_value(self, value: float) -> None:
        """Show a value without emitting a change."""
        with QSignalBlocker(self):
            self.setValue(value)
        set_role(self, invalid="false")
        self._colour(value)

    def _colour(self, value: float) -> None:
        set_role(self, tone="neg" if value < 0 else "pos")

    def _on_text_edited(self, text: str) -> None:
        is_weight = self.hasAcceptableInput()
        set_role(self, invalid="false" if is_weight else "true")
        if is_weight:  # the very value of the field need not be that of all selected weights
            self.valueChanged.emit(self.valueFromText(text))

    def changeEvent(self, event: QEvent) -> None:
        """Write the value with the current language's decimal mark."""
        if event.type() == QEvent.Type.LanguageChange:
            self.show_value(self.value())
        super().changeEvent(event)

    def finish(self) -> None:
        """Emit `finished`, or `refused` if the text is not a valid weight."""
        text = self.text().strip()
        if text and not self.hasAcceptableInput():
            self.refused.emit(text)
        else:
            self.finished.emit()

    def textFromValue(self, value: float) -> str:
        """Return the value with three decimals."""
        return show_fixed(value, DECIMALS)

    def valueFromText(self, text: str) -> float:
        """Parse a number with comma or point."""
        value = parse_number(text)
        return self.value() if value is None else value

    def validate(self, text: str, position: int) -> tuple[QValidator.State, str, int]:
        """Accept any number in range; other text stays visible, flagged, and changes nothing.

        Rejecting a character would leave another number: 34 of 3/4.
        """
        value = parse_number(text)
        is_weight = value is not None and abs(value) <= LARGEST
        state = QValidator.State.Acceptable if is_weight else QValidator.State.Intermediate
        return state, text, position

    def stepBy(self, steps: int) -> None:
        """Step by 0.1, or by 0.01 with Shift, unless the text is invalid."""
        self._step(steps, QApplication.keyboardModifiers())
        self.selectAll()

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Step once per notch, whichever axis Shift turned the wheel to."""
        delta = event.angleDelta().y() or event.angleDelta().x()
        self._step(delta / 120, event.modifiers())
        event.accept()

    def _step(self, steps: float, modifiers: Qt.KeyboardModifier) -> None:
        if self.hasAcceptableInput():
            fine = modifiers & Qt.KeyboardModifier.ShiftModifier
            self.setValue(round(self.value() + steps * (FINE_STEP if fine else STEP), 10))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Keep on Enter, restore on Escape, step on the arrows."""
        if event.key() in ENTER:
            self.finish()
        elif event.key() == Qt.Key.Key_Escape:
            self.canceled.emit()
        else:
            super().keyPressEvent(event)

    def focusNextPrevChild(self, forward: bool) -> bool:
        """Keep the value on Tab and return the focus to the drawing, where Tab continues."""
        self.finish()
        return True

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """Finish, unless only a menu opened."""
        if event.reason() != Qt.FocusReason.PopupFocusReason:
            self.finish()  # before Qt replaces a text that is no weight
        super().focusOutEvent(event)


class WeightEditor(Panel):
    """An editor of one weight next to its edge; a child of the viewport, so never scaled."""

    def __init__(self, view: ZoomView, edits: WeightGesture, model: BuildModel) -> None:
        super().__init__("weight_editor", view.viewport())
        self._model = model
        self._view, self._scene, self._edits = view, view.network_scene, edits
        self.target: WeightAt | None = None
        set_role(self, role="card", tone="editor")
        self._name = label("label", "weight_name")
        self.spin = worded(
            WeightSpin(),
            accessible_name="Weight",
            tip="Type a number or a fraction (3/4), or use the wheel or the arrow keys (Shift for "
            "a hundredth). Enter keeps, Esc restores.",
        )
        self.look = tool_button(
            "weight_examine",
            size="tiny",
            icon=icon("magnifying-glass", "t2"),
            do=self._on_look_clicked,
            accessible_name="See how it changes",
            tip=lambda: tr(
                "See how a training step changes it ({key})", key=first_shortcut("microscope")
            ),
        )
        self.look.setIconSize(QSize(13, 13))
        self.setFocusProxy(self.spin)  # a click beside it leaves it the focus
        hbox(self._name, self.spin, self.look, on=self, gap=8, margins=(8, 2, 2, 2))
        self._close_timer = QTimer(self, singleShot=True)
        self._close_timer.setInterval(CLOSE_MS)
        self._close_timer.timeout.connect(self._on_close_timer)
        self.spin.valueChanged.connect(self._on_value_changed)
        self.spin.finished.connect(self._on_finished)
        self.spin.refused.connect(self._on_refused)
        self.spin.canceled.connect(self._on_canceled)
        self.hide()

    @property
    def _is_held(self) -> bool:
        """Whether the user is typing in it or pointing at it."""
        return self.isVisible() and (self.spin.hasFocus() or self.underMouse())

    # -- Opening and closing -----------------------------------------------------------------------

    def open_on(self, target: WeightAt, focus: bool, text: str = "") -> None:
        """Open next to a weight, focused if `focus`.

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
        self.spin.setAccessibleName(tr("Weight {name}", name=name))
        self.spin.show_value(self._scene.weight(target))
        self.adjustSize()
        anchor, size = self._view.viewport_point(target), self.sizeHint()
        around = QRect(QPoint(), QSize(size.width(), _BESIDE_PX))
        around.moveCenter(anchor)
        self.move(place_beside(around, size, self._view.viewport().rect()))
        self.show()
        self.raise_()
        if focus:
            self.spin.setFocus(Qt.FocusReason.ShortcutFocusReason)
            self.spin.selectAll()
            if text:
                self.spin.lineEdit().insert(text)

    def _set_target(self, target: WeightAt | None) -> None:
        self.target = self._scene.edited = target
        self._scene.show_marks()

    def end(self, back: bool) -> None:
        """Close; `back` returns focus to the drawing."""
        self._close_timer.stop()
        had_focus = self.spin.hasFocus()
        self._set_target(None)
        self._edits.end()
        if had_focus:
            # Before hiding: a hidden widget hands focus on as if Tab had been pressed.
            self._view.setFocus(Qt.FocusReason.OtherFocusReason)
        self.hide()
        if back and had_focus:
            self._scene.is_ringed = True
            self._scene.show_marks()

    def close_unless_hovered(self, target: Target | None) -> None:
        """Close soon after the pointer has left the weight, unless the editor is in use."""
        if self.isVisible() and target != self.target:
            self._close_timer.start()

    def _on_close_timer(self) -> None:
        if not self._is_held and self._scene.hovered != self.target:
            self.end(back=False)
        elif self.isVisible() and not self.spin.hasFocus():
            self._close_timer.start()

    def close_unless_in_use(self) -> None:
        """Close after the drawing has moved, unless the field is in use."""
        if self.target is not None and not self._is_held:
            self.end(back=False)

    # -- The value ---------------------------------------------------------------------------------

    def follow(self) -> None:
        """Show the weight's current value, unless the field is in use."""
        if self.target is None:
            return
        if not self._scene.contains(self.target):
            self.end(back=False)
        elif not self.spin.hasFocus():
            self.spin.show_value(self._scene.weight(self.target))

    def _on_value_changed(self, value: float) -> None:
        if self.target is not None:
            self._edits.continue_or_begin(self._edits.weights_of(self.target))
            self._edits.set_to(value)

    def _on_finished(self) -> None:
        if self.target is not None:
            self.end(back=True)

    def _on_refused(self, text: str) -> None:
        """Restore the weight's value from when the field opened, and report it."""
        if self.target is None:
            return
        self._on_canceled()
        self._model.report_failure(
            lambda: tr(
                "“{text}” is no weight; it stays as it was. A weight is a number from {low} to "
                "{high}, or a fraction such as 3/4.",
                text=text,
                low=show_integer(-LARGEST),
                high=show_integer(LARGEST),
            )
        )

    def _on_look_clicked(self) -> None:
        """Apply the typed value, and show the weight in the microscope."""
        target = self.target
        self.spin.finish()
        if target is not None:
            self._model.open_microscope(target)

    def _on_canceled(self) -> None:
        if self._edits.targets:
            self._edits.restore()
        self.end(back=True)
