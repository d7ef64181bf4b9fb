"""Every action is found by typing its name, in either language, and done as by a button."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import (
    QAccessible,
    QAccessibleAnnouncementEvent,
    QAccessibleEvent,
    QAction,
    QKeyEvent,
)
from PySide6.QtWidgets import QApplication, QLineEdit, QListWidget
from pytestqt.qtbot import QtBot

from gui.actions import Place
from gui.settings import asset_table, choose_language
from gui.window import GlassnetWindow
from model.experiment import GateData, TableData
from tests.gui.finding import find

CONTROL = Qt.KeyboardModifier.ControlModifier


class Palette:
    """The palette of a window, by its keys and by what it shows."""

    def __init__(self, window: GlassnetWindow, qtbot: QtBot) -> None:
        self.window, self._qtbot = window, qtbot

    def open(self) -> None:
        self._qtbot.keyClick(self.window, Qt.Key.Key_K, CONTROL)

    @property
    def field(self) -> QLineEdit:
        return find(self.window, QLineEdit, "palette_search")

    @property
    def view(self) -> QListWidget:
        return find(self.window, QListWidget, "palette_list")

    @property
    def rows(self) -> list[str]:
        return [self.view.item(row).text() for row in range(self.view.count())]

    def said(self, row: int = 0) -> str:
        """Return what a screen reader says of a row."""
        return str(self.view.item(row).data(Qt.ItemDataRole.AccessibleTextRole))

    def find(self, text: str) -> list[str]:
        """Open it, type, and return the rows."""
        self.open()
        self.type(text)
        return self.rows

    def type(self, text: str) -> None:
        """Type letter by letter, also those that Qt's own test keyboard lacks."""
        for letter in text:
            for kind in (QEvent.Type.KeyPress, QEvent.Type.KeyRelease):
                event = QKeyEvent(kind, 0, Qt.KeyboardModifier.NoModifier, letter)
                QApplication.sendEvent(self.field, event)

    def enter(self) -> None:
        self._qtbot.keyClick(self.field, Qt.Key.Key_Return)

    def do(self, text: str) -> None:
        self.find(text)
        self.enter()


@pytest.fixture
def palette(window: GlassnetWindow, qtbot: QtBot) -> Palette:
    return Palette(window, qtbot)


def test_it_lists_every_action(palette: Palette, window: GlassnetWindow) -> None:
    palette.open()
    actions: list[QAction] = [a for place in Place for a in window.all_actions.of(place)]
    names = {action.text().removesuffix("…") for action in actions}
    assert set(palette.rows) == names - {"Find an action"}
    assert len(palette.rows) > 100


def test_the_row_is_spoken_after_what_was_typed(
    palette: Palette, monkeypatch: pytest.MonkeyPatch
) -> None:
    said: list[tuple[str, QAccessible.AnnouncementPoliteness]] = []
    tell = QAccessible.updateAccessibility

    def note(event: QAccessibleEvent) -> None:
        if isinstance(event, QAccessibleAnnouncementEvent):
            said.append((event.message(), event.politeness()))
        tell(event)

    monkeypatch.setattr(QAccessible, "updateAccessibility", note)
    palette.find("undo")
    assert said[-1] == (palette.said(), QAccessible.AnnouncementPoliteness.Polite)


def test_synonyms_are_of_actions(window: GlassnetWindow) -> None:
    names = {entry.name for _, entry in window.all_actions.entries()}
    assert set(asset_table("synonyms", dict[str, str])) <= names


MEANT = {
    "save": "Save",
    "csv export": "Predictions as CSV",
    "onnx": "ONNX model",
    "lotery": "Seed lottery",
    "ctrl+z": "Undo",
    "xor data": "XOR",
    "why perceptron": "Why can’t a perceptron do XOR?",
    "türkçe": "Türkçe",
    "turkce": "Türkçe",
    "sozluk": "Glossary",
    "EĞİT": "Train, pause",
    "what is it": "Name what a picture shows",
    "bu ne": "Name what a picture shows",
    "where is it?": "Find objects, with a box round each",
    "kamera": "Use a camera",
    "language turkish": "Türkçe",
    "dil ingilizce": "English",
    "dropout": "Drop-out",
    "rapor": "About Glassnet",
    "veri xor": "XOR",
    "boşluk eğit": "Train, pause",
    "microscope": "Microscope: every number",
    "adım 6": "Change the weights",
    "eight steps predict": "Predict",
    "night": "Light or dark",
    "excel": "Own table",
    "sıfırla": "Reset with the same seed",
    "nöron ekle": "One unit more in the last hidden layer",
}
"""What is typed, and what is to come first."""


def test_what_is_meant_comes_first(palette: Palette) -> None:
    palette.open()
    found = {}
    for typed in MEANT:
        palette.field.clear()
        palette.type(typed)
        found[typed] = palette.rows[0]
    assert found == MEANT


def test_nothing_found_is_said(palette: Palette) -> None:
    assert palette.find("qqqq") == []
    assert not palette.view.isVisible()
    palette.enter()
    assert palette.field.isVisible()


def test_in_turkish_both_languages_are_found(
    palette: Palette, qapp: QApplication, qtbot: QtBot
) -> None:
    choose_language(qapp, "tr")
    assert palette.find("ogrenme orani")[0] == "Öğrenme oranı"
    palette.field.clear()
    palette.type("learning rate")
    assert palette.rows[0] == "Öğrenme oranı"


def test_what_was_done_last_comes_first(palette: Palette, window: GlassnetWindow) -> None:
    palette.do("new start")
    palette.do("iris")
    palette.open()
    assert palette.rows[:2] == ["Iris", "New start from the next seed"]
    assert isinstance(window.document.experiment.data, TableData)


def test_an_action_is_done_in_its_own_tab(palette: Palette, window: GlassnetWindow) -> None:
    window.show_tab(window.VISION)
    palette.do("and data")
    assert window.pages.currentWidget() is window.build_tab
    assert window.document.experiment.data == GateData("and")


def test_a_setting_gets_the_keyboard_also_from_behind_more(
    palette: Palette, window: GlassnetWindow, qtbot: QtBot
) -> None:
    palette.do("learning rate")
    focused = QApplication.focusWidget()
    assert "learning_rate" in (focused.objectName(), focused.parent().objectName())
    palette.do("stop at an epoch")
    qtbot.waitUntil(lambda: _name_of_focus() == "stop_epochs")


def _name_of_focus() -> str:
    focused = QApplication.focusWidget()
    return "" if focused is None else focused.objectName()


def test_what_cannot_be_done_says_why_and_stays(palette: Palette, window: GlassnetWindow) -> None:
    assert palette.find("undo")[0] == "Undo"
    assert palette.said() == ("Undo, Everywhere, Ctrl+Z, Nothing has been done that can be undone.")
    palette.enter()
    assert palette.field.isVisible()
    window.build_tab.model.set_units(0, 5)
    palette.open()  # the same keys put it away
    assert not palette.field.isVisible()
    palette.do("undo")
    assert window.document.experiment.network.layers[0].units == 4


def test_escape_gives_the_keyboard_back_and_leaves_a_message_alone(
    palette: Palette, window: GlassnetWindow, qtbot: QtBot
) -> None:
    tab = window.build_tab
    tab.setFocus()
    window.session.messages.show_error(lambda: "Something.")
    palette.open()
    assert palette.field.hasFocus()
    qtbot.keyClick(palette.field, Qt.Key.Key_Escape)
    assert not palette.field.isVisible()
    assert tab.hasFocus()
    assert window.message_bar.isVisible()


def test_arrows_choose_and_a_click_does(
    palette: Palette, window: GlassnetWindow, qtbot: QtBot
) -> None:
    palette.find("data")
    qtbot.keyClick(palette.field, Qt.Key.Key_Down)
    assert palette.view.currentRow() == 1
    item = palette.view.item(2)
    place = palette.view.visualItemRect(item).center()
    text = item.text()
    qtbot.mouseClick(palette.view.viewport(), Qt.MouseButton.LeftButton, pos=place)
    assert not palette.field.isVisible()
    palette.open()
    assert palette.rows[0] == text
