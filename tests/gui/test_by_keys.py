"""The user without a mouse: F6 from part to part, Enter on buttons, the keyboard in sight."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QAbstractButton,
    QApplication,
    QFileDialog,
    QLabel,
    QTableView,
    QWidget,
)
from pytestqt.qtbot import QtBot

from gui.settings import ASSETS
from gui.tab import Tab
from gui.window import GlassnetWindow
from model.experiment import TruthTableData
from model.places import UnitAt
from tests.gui.build_tab.looking import bench, resize
from tests.gui.finding import find
from tests.gui.focus_seen import reached_by_tab

F6, SHIFT = Qt.Key.Key_F6, Qt.KeyboardModifier.ShiftModifier
CONTROL = Qt.KeyboardModifier.ControlModifier


class Keys:
    """Presses keys where the keyboard is."""

    def __init__(self, window: GlassnetWindow, qtbot: QtBot) -> None:
        self._window, self._qtbot = window, qtbot

    def __call__(
        self, key: Qt.Key, held: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier
    ) -> str:
        """Press a key, and return the name of what has the keyboard then."""
        self._qtbot.keyClick(QApplication.focusWidget() or self._window, key, held)
        now = QApplication.focusWidget()
        return "" if now is None else now.objectName()

    def until(self, name: str) -> None:
        """Press F6 until something has the keyboard."""
        assert any(self(F6) == name for _ in range(20)), f"F6 never comes to {name}"


@pytest.fixture
def keys(window: GlassnetWindow, qtbot: QtBot) -> Keys:
    """Return what presses keys, in the window with all panels of Build."""
    bench(window)
    window.activateWindow()
    qtbot.waitUntil(window.isActiveWindow)
    bench(window).setFocus()
    return Keys(window, qtbot)


# -- Parts of the window ---------------------------------------------------------------------------


def test_f6_goes_through_the_parts_of_build_and_says_each(keys: Keys, said: list[str]) -> None:
    walked = [keys(F6) for _ in range(8)]
    assert walked == [
        "train", "gate_tiles", "network_view", "timeline", "dock_tabs", "map_more", "tabs",
        "train",
    ]  # fmt: skip
    assert said == [
        "Training", "Data", "Network", "Loss", "Further views", "Output", "Top of the window",
        "Training",
    ]  # fmt: skip
    assert [keys(F6, SHIFT) for _ in range(3)] == ["tabs", "map_more", "dock_tabs"]


def test_f6_comes_back_to_what_had_the_keyboard_in_a_part(
    window: GlassnetWindow, keys: Keys
) -> None:
    keys.until("train")
    assert keys(Qt.Key.Key_Tab) == "speed_10"
    keys.until("network_view")
    keys(Qt.Key.Key_Right)
    scene = bench(window).workbench.canvas.scene
    unit = scene.current
    assert isinstance(unit, UnitAt)
    assert unit.layer == 0
    assert keys(F6) == "timeline"
    assert not scene.is_ringed
    assert keys(F6, SHIFT) == "network_view"
    assert (scene.current, scene.is_ringed) == (unit, True)
    keys(F6, SHIFT)
    assert keys(F6, SHIFT) == "speed_10"
    ring = QApplication.focusWidget()
    assert ring.property("ring") != "false"


@pytest.mark.parametrize("page", ["BUILD", "TEACH", "VISION"])
def test_every_stop_of_tab_is_in_a_part(window: GlassnetWindow, keys: Keys, page: str) -> None:
    tab = window.show_tab(getattr(window, page))
    assert isinstance(tab, Tab)
    parts = [region.part for region in tab.regions()]
    stops = [stop for stop in reached_by_tab(window) if tab.isAncestorOf(stop)]
    assert len(stops) > 8
    without = [s.objectName() for s in stops if not any(p.isAncestorOf(s) for p in parts)]
    assert without == []


# -- Keys of a tab ---------------------------------------------------------------------------------


def open_dialog(window: GlassnetWindow, qtbot: QtBot) -> QFileDialog:
    """Return the file dialog on show."""
    qtbot.waitUntil(lambda: any(d.isVisible() for d in window.findChildren(QFileDialog)))
    (dialog,) = (d for d in window.findChildren(QFileDialog) if d.isVisible())
    return dialog


def leave(dialog: QFileDialog, window: GlassnetWindow, qtbot: QtBot) -> None:
    """Leave a dialog, and come back to the window as by a window manager."""
    dialog.reject()
    qtbot.waitUntil(lambda: not window.findChildren(QFileDialog))
    window.activateWindow()
    qtbot.waitUntil(window.isActiveWindow)


def test_in_vision_the_keys_of_files_are_for_pictures(
    window: GlassnetWindow, keys: Keys, qtbot: QtBot
) -> None:
    bench(window).model.set_units(0, 3)
    window.show_tab(window.VISION)
    tab = window.vision_tab
    keys(Qt.Key.Key_S, CONTROL)
    assert find(window, QLabel, "status_sentence").text() == "Open a picture first."
    keys(Qt.Key.Key_N, CONTROL)  # nothing is asked of Build's unsaved network
    keys(Qt.Key.Key_O, CONTROL)
    dialog = open_dialog(window, qtbot)
    assert dialog.windowTitle() == "Open image"
    leave(dialog, window, qtbot)
    window.open_path(ASSETS / "images" / "coffee.png")
    qtbot.waitUntil(lambda: tab.model.state.result is not None, timeout=60_000)
    keys(Qt.Key.Key_S, CONTROL)
    dialog = open_dialog(window, qtbot)
    assert dialog.objectName() == "save_snapshot_dialog"
    leave(dialog, window, qtbot)
    keys(Qt.Key.Key_K, CONTROL)
    field = QApplication.focusWidget()
    assert field is not None
    qtbot.keyClicks(field, "save as")
    keys(Qt.Key.Key_Return)  # that is, of the experiment: its tab comes to the front
    assert window.header.tabs.currentIndex() == window.BUILD
    dialog = open_dialog(window, qtbot)
    assert dialog.selectedNameFilter().endswith("(*.glassnet)")
    leave(dialog, window, qtbot)


def test_undo_and_redo_say_what_they_did(
    window: GlassnetWindow, keys: Keys, said: list[str]
) -> None:
    bench(window).model.set_units(0, 3)
    keys(Qt.Key.Key_Z, CONTROL)
    assert said[-1] == "Undone: Layer 1: 3 units."
    keys(Qt.Key.Key_Y, CONTROL)
    assert said[-1] == "Redone: Layer 1: 3 units."


# -- Where the keyboard goes -----------------------------------------------------------------------


def test_arrows_walk_through_the_tabs_of_the_window(window: GlassnetWindow, keys: Keys) -> None:
    keys.until("tabs")
    for index in (window.TEACH, window.VISION):
        assert keys(Qt.Key.Key_Right) == "tabs"
        assert window.header.tabs.currentIndex() == index
    keys(Qt.Key.Key_Left)
    assert keys(Qt.Key.Key_Left) == "tabs"
    assert window.header.tabs.currentIndex() == window.BUILD


def test_the_keyboard_comes_to_what_a_tab_is_for(window: GlassnetWindow, keys: Keys) -> None:
    keys.until("network_view")
    assert keys(Qt.Key.Key_2, CONTROL) == "add_class"
    assert keys(Qt.Key.Key_3, CONTROL) == "stage_view"
    ring = QApplication.focusWidget()
    assert ring.property("ring") != "false"
    assert keys(F6) not in ("stage_view", "tabs")
    assert keys(Qt.Key.Key_1, CONTROL) == "train"
    keys(Qt.Key.Key_S)
    assert bench(window).model.state.epoch == 1
    assert keys(Qt.Key.Key_3, CONTROL) == "stage_view"
    window.session.teach.add_class("Cup")
    window.session.teach.add_class("Pen")
    find(window, QAbstractButton, "add_class").hide()  # what had the keyboard may be gone
    assert keys(Qt.Key.Key_2, CONTROL) == "teach_train"


def test_enter_on_a_button_beside_the_truth_table_leaves_the_table_alone(
    window: GlassnetWindow, keys: Keys
) -> None:
    model = bench(window).model
    table = find(window, QTableView, "truth_table")
    table.setCurrentIndex(table.model().index(1, 2))
    targets = ((0.0,), (1.0,), (1.0,), (0.0,))  # of XOR
    find(window, QAbstractButton, "table_add_row").setFocus(Qt.FocusReason.TabFocusReason)
    keys(Qt.Key.Key_Return)
    data = model.state.experiment.data
    assert isinstance(data, TruthTableData)
    assert data.targets[:-1] == targets


def test_what_closes_gives_the_keyboard_back(
    window: GlassnetWindow, keys: Keys, said: list[str]
) -> None:
    keys.until("timeline")
    keys(Qt.Key.Key_L, CONTROL)
    assert find(window, QWidget, "learn_panel").isAncestorOf(QApplication.focusWidget())
    assert keys(Qt.Key.Key_L, CONTROL) == "timeline"
    window.session.messages.show_warning(lambda: "Mind.", (lambda: "Mend", lambda: None))
    keys.until("message_remedy")
    assert said[-1] == "Message"
    assert keys(Qt.Key.Key_Escape) == "map_more"  # F6 went through it to the message


def test_the_keyboard_goes_back_from_the_microscope_to_the_unit(
    window: GlassnetWindow, keys: Keys
) -> None:
    keys.until("network_view")
    keys(Qt.Key.Key_Right)
    scene = bench(window).workbench.canvas.scene
    unit = scene.current
    keys(Qt.Key.Key_M)
    keys.until("microscope_row")
    assert keys(Qt.Key.Key_Escape) == "network_view"
    assert (scene.current, scene.is_ringed) == (unit, True)


def test_a_layer_added_by_keys_leaves_the_keyboard_on_a_unit(
    window: GlassnetWindow, keys: Keys
) -> None:
    find(window, QAbstractButton, "add_layer_0").setFocus(Qt.FocusReason.TabFocusReason)
    assert keys(Qt.Key.Key_Space) == "network_view"
    assert bench(window).workbench.canvas.scene.is_ringed


def test_the_drawer_of_data_takes_the_keyboard_and_goes_with_it(
    window: GlassnetWindow, keys: Keys, qtbot: QtBot
) -> None:
    resize(window, qtbot, 1024, 680)
    arrangement = bench(window).workbench.arrangement
    keys.until("rail_tile")
    assert keys(Qt.Key.Key_Space) == "gate_tiles"
    keys(F6)
    was_open = arrangement.is_drawer_open
    assert not was_open
    keys(F6, SHIFT)
    keys(Qt.Key.Key_Space)
    assert arrangement.is_drawer_open
    assert keys(Qt.Key.Key_Escape) == "rail_open"


def test_tab_goes_through_the_training_bar_from_left_to_right(
    window: GlassnetWindow, keys: Keys
) -> None:
    find(window, QAbstractButton, "train").setFocus(Qt.FocusReason.TabFocusReason)
    bar = bench(window).workbench.bar
    places = []
    while (now := QApplication.focusWidget()) is not None and bar.isAncestorOf(now):
        if now is not bar.loss_info:  # it stands over the field that it is about
            places.append(now.mapTo(bar, now.rect().center()).x())
        keys(Qt.Key.Key_Tab)
    assert len(places) > 10
    assert places == sorted(places)


def test_arrows_go_from_epoch_to_epoch_with_the_keyboard_on_a_button(
    window: GlassnetWindow, keys: Keys
) -> None:
    button = find(window, QAbstractButton, "reset")
    button.setFocus(Qt.FocusReason.TabFocusReason)
    keys(Qt.Key.Key_S)
    model = bench(window).model
    assert model.state.epoch == 1
    assert keys(Qt.Key.Key_Left) == "reset"
    assert model.state.epoch == 0
