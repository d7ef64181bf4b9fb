"""Opening the editor and the menu on a weight, and what they do."""

from __future__ import annotations

from PySide6.QtCore import QObject, QPoint, Qt, QTimer, Signal
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QMenu

from gui.build.canvas.names import weight_name
from gui.build.canvas.scene import NetworkScene
from gui.build.canvas.targets import Target, WeightAt
from gui.build.canvas.view import CanvasView
from gui.build.canvas.weight_editor import WeightEditor
from gui.build.canvas.weight_edits import WeightEdits
from gui.build.state.build_state import BuildState

__all__ = ["Editing"]

CLOSE_MS = 400


class Editing(QObject):
    """Open one small editor or menu at a time, beside the weight it is about.

    Attributes
    ----------
    editor
        The field; a child of the viewport.
    target
        The weight it is open on, or ``None``.

    Signals
    -------
    pin_toggled(int, int, int)
        Layer, row, unit.
    """

    pin_toggled = Signal(int, int, int)

    def __init__(self, view: CanvasView, edits: WeightEdits) -> None:
        super().__init__(view)
        self.view, self.edits = view, edits
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
        for at in weights:
            if self.scene.is_pinned(at) != wanted:
                self.pin_toggled.emit(at.layer, at.row, at.unit)

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
