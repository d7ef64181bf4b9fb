"""The bar over Teach: what is typed there is how the head learns."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QComboBox, QLineEdit, QPushButton, QToolButton, QWidget
from pytestqt.qtbot import QtBot

from gui.teach_tab.tab import TeachTab
from gui.teach_tab.teaching import TeachSettings, read_settings, stored_settings
from tests.gui.finding import find
from tests.gui.teach_tab.conftest import PATIENT_MS, at_rest, import_now

LEFT = Qt.MouseButton.LeftButton


def edit(tab: TeachTab, name: str) -> QLineEdit:
    return find(tab.window(), QLineEdit, name)


def typed(qtbot: QtBot, field: QLineEdit, text: str) -> None:
    field.setFocus()
    field.selectAll()
    qtbot.keyClicks(field, text)
    qtbot.keyClick(field, Qt.Key.Key_Return)


def settings(tab: TeachTab) -> TeachSettings:
    return tab.model.state.settings


def test_what_is_typed_is_how_the_head_learns(tab: TeachTab, qtbot: QtBot) -> None:
    for name, text in (
        ("teach_epochs", "12"),
        ("teach_rate_text", "0,02"),
        ("teach_hidden_text", "64, 16"),
    ):
        typed(qtbot, edit(tab, name), text)
    assert settings(tab) == TeachSettings(epochs=12, rate=0.02, hidden=(64, 16))


@pytest.mark.parametrize("name", ["teach_epochs", "teach_rate_text"])
def test_whatever_is_typed_can_be_read_from_a_project(
    tab: TeachTab, qtbot: QtBot, name: str
) -> None:
    for text in ("1", "10", "1000000", "10000000"):
        typed(qtbot, edit(tab, name), text)
        assert read_settings(stored_settings(settings(tab))) == settings(tab)


@pytest.mark.parametrize("text", ["64, 16, 8", "0, 4", "many", "1025", "1.5"])
def test_what_is_no_hidden_layer_is_put_back(tab: TeachTab, qtbot: QtBot, text: str) -> None:
    field = edit(tab, "teach_hidden_text")
    typed(qtbot, field, "32")
    typed(qtbot, field, text)
    assert settings(tab).hidden == (32,)
    assert field.text() == "32"


def test_no_hidden_layer_is_a_word_or_nothing(tab: TeachTab, qtbot: QtBot) -> None:
    field = edit(tab, "teach_hidden_text")
    assert field.text() == "none"
    for text in ("0", "none"):
        typed(qtbot, field, "8")
        typed(qtbot, field, text)
        assert settings(tab).hidden == ()
    typed(qtbot, field, "8")
    field.clear()
    qtbot.keyClick(field, Qt.Key.Key_Return)
    assert settings(tab).hidden == ()


def test_the_share_held_out_is_a_step_to_undo(tab: TeachTab, drawn: Path, qtbot: QtBot) -> None:
    import_now(tab, drawn, qtbot)
    box = find(tab, QComboBox, "teach_hold_out")
    held = len(tab.model.state.held_out)
    box.setFocus()
    qtbot.keyClick(box, Qt.Key.Key_End)
    assert tab.model.state.collection.hold_out == 0.5
    assert len(tab.model.state.held_out) > held
    tab.model.document.undo_stack.undo()
    assert box.currentText() == "30%"


def test_a_share_that_is_not_in_the_list_is_shown(tab: TeachTab) -> None:
    tab.model.set_hold_out(0.25)
    assert tab.centre.bar.hold_out.currentText() == "25%"


def test_the_form_behind_more_sets_the_rest(tab: TeachTab, qtbot: QtBot) -> None:
    qtbot.mouseClick(find(tab, QToolButton, "teach_more"), LEFT)
    assert tab.centre.bar.more.isVisible()
    assert not edit(tab, "teach_dropout").isEnabled()  # there is no hidden unit to silence
    typed(qtbot, edit(tab, "teach_l2"), "0.01")
    typed(qtbot, edit(tab, "teach_seed"), "7")
    typed(qtbot, edit(tab, "teach_threshold"), "0.6")
    qtbot.mouseClick(tab.centre.bar.more.boxes["flip"], LEFT, pos=_mark(tab, "flip"))
    tab.centre.bar.more.close()
    assert settings(tab).l2 == 0.01
    assert settings(tab).augmentation.kinds == ("flip",)
    assert tab.model.state.threshold == 0.6
    assert tab.model.state.collection.seed == 7
    typed(qtbot, edit(tab, "teach_threshold"), "0")
    assert settings(tab).threshold is None


def _mark(tab: TeachTab, name: str) -> object:
    box = tab.centre.bar.more.boxes[name]
    return box.rect().topLeft() + type(box.rect().topLeft())(8, box.height() // 2)


def test_the_first_button_trains_pauses_and_goes_on(
    tab: TeachTab, drawn: Path, qtbot: QtBot
) -> None:
    import_now(tab, drawn, qtbot)
    button, cancel = (
        find(tab, QPushButton, "teach_train"),
        find(tab, QToolButton, "teach_cancel"),
    )
    typed(qtbot, edit(tab, "teach_epochs"), "1000000")
    assert cancel.isHidden()
    qtbot.mouseClick(button, LEFT)
    assert button.accessibleName() == "Pause"
    assert cancel.isVisible()
    qtbot.waitUntil(
        lambda: tab.model.state.run is not None and tab.model.state.run.epoch > 2,
        timeout=PATIENT_MS,
    )
    qtbot.mouseClick(button, LEFT)
    at_rest(tab, qtbot)
    head = tab.model.state.head
    assert head is not None
    assert tab.model.state.is_paused
    assert button.accessibleName() == "Train head"
    qtbot.mouseClick(button, LEFT)
    qtbot.mouseClick(cancel, LEFT)
    at_rest(tab, qtbot)
    assert tab.model.state.head is head


@pytest.mark.parametrize("width", [1024, 1280, 1440, 2560])
def test_what_has_no_room_is_behind_more(tab: TeachTab, qtbot: QtBot, width: int) -> None:
    window = tab.window()
    window.resize(width, 720)
    bar = tab.centre.bar
    qtbot.waitUntil(lambda: window.width() == width, timeout=PATIENT_MS)
    fields: list[QWidget] = [bar.epochs, bar.rate, bar.hidden, bar.hold_out]
    for field in fields:
        is_in_bar = bar.isAncestorOf(field) and not bar.more.isAncestorOf(field)
        if is_in_bar:
            right = field.mapTo(bar, field.rect().topRight()).x()
            assert right < bar.more_button.x()
    bar.more.open_under(bar.more_button, bar.more.dropout)
    assert all(field.isVisible() for field in fields)
    bar.more.close()


def test_a_setting_is_a_step_to_undo_and_the_import_stays(
    tab: TeachTab, drawn: Path, qtbot: QtBot
) -> None:
    import_now(tab, drawn, qtbot)
    stack, before = tab.model.document.undo_stack, tab.model.state.settings
    tab.model.set_settings(replace(before, epochs=7))
    tab.model.set_settings(replace(before, epochs=8))
    tab.model.set_settings(replace(before, epochs=8, l2=0.5))
    stack.undo()
    assert tab.model.state.settings == replace(before, epochs=8)
    stack.undo()
    assert tab.model.state.settings == before
    assert edit(tab, "teach_epochs").text() == str(before.epochs)
    assert len(tab.model.state.collection.classes) == 3
    stack.redo()
    assert tab.model.state.settings.epochs == 8
