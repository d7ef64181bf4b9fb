"""The field and the menu on a weight."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, QPoint, QRect, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QAction, QFocusEvent, QKeyEvent, QValidator, QWheelEvent
from PySide6.QtWidgets import QApplication, QDoubleSpinBox, QHBoxLayout, QLabel, QMenu, QWidget

from gui.build_tab.build_model import BuildModel
from gui.build_tab.names import weight_name
from gui.build_tab.network_view.scene import NetworkScene
from gui.build_tab.network_view.view import CanvasView
from gui.build_tab.network_view.weight_gesture import FINE_STEP, STEP, WeightGesture
from gui.build_tab.state import BuildState
from gui.format import parse_number, show_fixed
from gui.widgets.basic import describe, label, set_role
from gui.widgets.panel import Panel
from model.places import Target, WeightAt

__all__ = ["WeightEditor", "WeightEditorPopup", "WeightSpin"]


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


class WeightEditor(Panel):
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


CLOSE_MS = 400


class WeightEditorPopup(QObject):
    """Open one small editor or menu at a time, beside the weight it is about.

    Attributes
    ----------
    editor
        The field; a child of the viewport.
    target
        The weight it is open on, or ``None``.
    """

    def __init__(self, model: BuildModel, view: CanvasView, edits: WeightGesture) -> None:
        super().__init__(view)
        self._model, self.view, self.edits = model, view, edits
        self.scene: NetworkScene = view.network_scene
        self.editor = WeightEditor(view.viewport())
        self.target: WeightAt | None = None
        self._state: BuildState | None = None
        self._close_timer = QTimer(self, singleShot=True, interval=CLOSE_MS)
        self._close_timer.timeout.connect(self._close_unless_held)
        self.editor.value_changed.connect(self._on_value)
        self.editor.kept.connect(lambda: self.close(back=True))
        self.editor.restored.connect(self._on_restored)
        view.hovered.connect(self._on_hovered)
        view.rested.connect(lambda at: self.open_on(at, focus=False))
        view.edit_requested.connect(lambda at, text: self.open_on(at, focus=True, text=text))
        view.menu_requested.connect(self.open_menu)
        view.pin_requested.connect(self.toggle_pins)

    def show_state(self, state: BuildState) -> None:
        """Follow the value of the weight that the editor is open on."""
        self._state = state
        if self.target is None or not self.editor.isVisible():
            return
        if self.scene.contains(self.target):
            self.editor.show_value(self.scene.weight(self.target))
        else:
            self.close(back=False)

    def view_moved(self) -> None:
        """Close an editor that no longer lies beside its weight."""
        if self.target is not None and not self.editor.is_held:
            self.close(back=False)

    def _on_hovered(self, target: Target | None) -> None:
        if self.editor.isVisible() and target != self.target:
            self._close_timer.start()

    def open_on(self, target: WeightAt, focus: bool, text: str = "") -> None:
        """Open the editor on a weight; `focus` gives it the keyboard, `text` is typed at once."""
        if self._state is None or (self.editor.isVisible() and self.editor.spin.hasFocus()):
            return
        self._close_timer.stop()
        self._set_target(target)
        self.edits.begin(self.edits.weights_of(target))
        name = weight_name(target, self._state.experiment.network, self._state.dataset)
        if len(self.edits.targets) > 1:
            name = self.tr("{n} weights").format(n=len(self.edits.targets))
        anchor = self.view.viewport_point(target)
        self.editor.open_on(name, self.scene.weight(target), anchor, focus, text)

    def _set_target(self, target: WeightAt | None) -> None:
        self.target = self.scene.edited = target
        self.scene.show_marks()

    def _on_value(self, value: float) -> None:
        if self.target is None:
            return
        self.edits.go_on(self.edits.weights_of(self.target))
        self.edits.set_to(value)

    def _on_restored(self) -> None:
        if self.target is not None and self.edits.targets:
            self.edits.restore()
        self.close(back=True)

    def close(self, back: bool) -> None:
        """Close the editor; `back` returns the keyboard to the drawing."""
        self._close_timer.stop()
        had_keyboard = self.editor.spin.hasFocus()
        self._set_target(None)
        self.edits.end()
        if had_keyboard:
            # Before hiding: a hidden widget hands the focus on as if Tab had been pressed.
            self.view.setFocus(Qt.FocusReason.OtherFocusReason)
        self.editor.hide()
        if back and had_keyboard:
            self.scene.is_ringed = True
            self.scene.show_marks()

    def _close_unless_held(self) -> None:
        if not self.editor.is_held and self.scene.hovered != self.target:
            self.close(back=False)
        elif self.editor.isVisible() and not self.editor.spin.hasFocus():
            self._close_timer.start()

    def toggle_pins(self, target: Target) -> None:
        """Pin what an action on `target` is about, or set it free if all of it is pinned."""
        weights = self.edits.weights_of(target)
        wanted = not all(self.scene.is_pinned(at) for at in weights)
        self._model.toggle_pins(at for at in weights if self.scene.is_pinned(at) != wanted)

    def open_menu(self, target: Target, point: QPoint) -> None:
        """Open the menu of a unit or weight at a global point."""
        weights = self.edits.weights_of(target)
        menu = QMenu(self.view)
        menu.setObjectName("weight_menu")
        if weights:
            pinned = all(self.scene.is_pinned(at) for at in weights)
            text = self.tr("Unpin") if pinned else self.tr("Pin: training leaves it alone")
            self._add(menu, "pin", text).triggered.connect(lambda: self.toggle_pins(target))
            zero = self._add(menu, "zero", self.tr("Set to 0"))
            zero.triggered.connect(lambda: self.edits.zero(target))
        if isinstance(target, WeightAt):
            edit = self._add(menu, "edit", self.tr("Type a value"))
            edit.triggered.connect(lambda: self.open_on(target, focus=True))
        elif target.layer >= 0:
            gap = self.scene.edges[target.layer]
            into = frozenset[Target](e for e in gap.places() if e.unit == target.unit)
            pick = self._add(menu, "select_incoming", self.tr("Select the weights into it"))
            pick.triggered.connect(lambda: self.view.select(into))
        units = self.view.removable_units(target)
        if units:
            menu.addSeparator()
            text = self.tr("Remove unit")
            if len(units) > 1:
                text = self.tr("Remove {n} units").format(n=len(units))
            remove = self._add(menu, "remove_units", text)
            remove.triggered.connect(lambda: self.view.removal_requested.emit(units))
        menu.aboutToHide.connect(menu.deleteLater)
        if not menu.isEmpty():
            menu.popup(point)

    @staticmethod
    def _add(menu: QMenu, name: str, text: str) -> QAction:
        action = menu.addAction(text)
        action.setObjectName(name)
        return action
