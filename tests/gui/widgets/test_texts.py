"""Texts that a control is made with follow the language."""

from __future__ import annotations

import gc

from PySide6.QtWidgets import QApplication, QLabel, QLineEdit, QPushButton, QWidget
from pytestqt.qtbot import QtBot
from shiboken6 import delete

from foundation.text import tr
from gui.settings import choose_language
from gui.widgets.basic import label, push_button
from gui.widgets.layouts import vbox
from gui.widgets.texts import worded
from tests.gui.finding import find


def test_a_widget_that_nobody_keeps_follows_the_language(qapp: QApplication, qtbot: QtBot) -> None:
    choose_language(qapp, "en")
    panel = QWidget()
    qtbot.addWidget(panel)
    vbox(
        label("title", "caption", text=lambda: tr("show {count}", count=3)),
        push_button("button", text="Close"),
        push_button("other", text="Colour…", accessible_name="Choose the background's colour"),
        on=panel,
    )
    gc.collect()

    def written() -> list[str]:
        button, other = find(panel, QPushButton, "button"), find(panel, QPushButton, "other")
        of_buttons = (button.accessibleName(), button.toolTip(), other.text(), other.toolTip())
        return [find(panel, QLabel, "caption").text(), button.text(), *of_buttons]

    english = ["show 3", "Close", "Close", "Close", "Colour…", "Choose the background's colour"]
    assert written() == english
    choose_language(qapp, "tr")
    turkish = written()
    assert not set(turkish) & set(english)
    assert turkish[1] == turkish[2] == turkish[3]
    choose_language(qapp, "en")
    assert written() == english


def test_what_was_deleted_is_left_alone(qapp: QApplication) -> None:
    choose_language(qapp, "en")
    field = worded(QLineEdit(), placeholder="Search in English or Turkish", accessible_name="Close")
    assert (field.toolTip(), field.placeholderText()) == ("Close", "Search in English or Turkish")
    delete(field)
    choose_language(qapp, "tr")
