"""The bar over Teach: what is typed there is how the head learns."""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QComboBox, QLineEdit, QPushButton, QToolButton
from pytestqt.qtbot import QtBot

from gui.teach_tab.tab import TeachTab
from gui.teach_tab.teaching import TeachSettings, read_settings, stored_settings
from tests.gui.finding import find
from tests.gui.teach_tab.conftest import at_rest

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
    for name in ("teach_epochs", "teach_rate_text"):
        typed(qtbot, edit(tab, name), "10000000")
    assert read_settings(stored_settings(settings(tab))) == settings(tab), "a project has it too"


def test_what_is_no_number_of_units_is_put_back_or_means_none(tab: TeachTab, qtbot: QtBot) -> None:
    field = edit(tab, "teach_hidden_text")
    assert field.text() == "none"
    for text in ("64, 16, 8", "0, 4", "many", "1025", "1.5"):
        typed(qtbot, field, "32")
        typed(qtbot, field, text)
        assert settings(tab).hidden == (32,)
        assert field.text() == "32"
    for text in ("0", "none", " "):
        typed(qtbot, field, "8")
        typed(qtbot, field, text)
        assert settings(tab).hidden == ()


def test_the_share_held_out_is_a_step_to_undo(imported: TeachTab, qtbot: QtBot) -> None:
    box, held = find(imported, QComboBox, "teach_hold_out"), len(imported.model.state.held_out)
    box.setFocus()
    qtbot.keyClick(box, Qt.Key.Key_End)
    assert imported.model.state.collection.hold_out == 0.5
    assert len(imported.model.state.held_out) > held
    imported.model.document.undo_stack.undo()
    assert box.currentText() == "30%"
    imported.model.set_hold_out(0.25)
    assert box.currentText() == "25%", "which is not in the list"


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


def test_the_first_button_trains_pauses_and_goes_on(imported: TeachTab, qtbot: QtBot) -> None:
    model, button = imported.model, find(imported, QPushButton, "teach_train")
    cancel = find(imported, QToolButton, "teach_cancel")
    typed(qtbot, edit(imported, "teach_epochs"), "1000000")
    assert cancel.isHidden()
    qtbot.mouseClick(button, LEFT)
    assert button.accessibleName() == "Pause"
    assert cancel.isVisible()
    qtbot.waitUntil(lambda: model.state.run is not None and model.state.run.epoch > 2)
    qtbot.mouseClick(button, LEFT)
    at_rest(imported, qtbot)
    head, run = model.state.head, model.state.run
    assert head is not None
    assert model.state.is_paused
    assert button.accessibleName() == "Train head"
    qtbot.mouseClick(button, LEFT)
    qtbot.waitUntil(lambda: model.state.run is not run)
    qtbot.mouseClick(cancel, LEFT)
    at_rest(imported, qtbot)
    assert model.state.head is head, "what was reached before stays"
    assert model.state.run is run


def test_a_setting_is_a_step_to_undo_and_the_import_stays(imported: TeachTab) -> None:
    stack, before = imported.model.document.undo_stack, settings(imported)
    for changes in ({"epochs": 8}, {"epochs": 8, "l2": 0.5}):
        imported.model.set_settings(replace(before, **changes))
    stack.undo()
    assert settings(imported) == replace(before, epochs=8)
    stack.undo()
    assert settings(imported) == before
    assert edit(imported, "teach_epochs").text() == str(before.epochs)
    assert len(imported.model.state.collection.classes) == 3
