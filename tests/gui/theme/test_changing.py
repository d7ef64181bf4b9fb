"""A change of theme dresses every widget once, and leaves all where it was."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QSize
from PySide6.QtWidgets import QApplication, QScrollArea, QToolButton
from pytestqt.qtbot import QtBot

from gui.settings import choose_theme
from gui.theme import DARK, LIGHT
from gui.widgets.basic import label
from gui.widgets.layouts import vbox
from gui.widgets.panel import Panel
from gui.window import GlassnetWindow

pytestmark = pytest.mark.usefixtures("dressed")


class _Read(Panel):
    """Read off a label in which colour it stands, as a formula in a text does."""

    def __init__(self) -> None:
        super().__init__()
        self.label = label("caption")
        self.seen: list[str] = []
        vbox(self.label, on=self)

    def restyle(self) -> None:
        self.seen.append(self.label.palette().windowText().color().name())


def test_a_panel_puts_the_theme_on_once_and_when_all_is_dressed(
    qapp: QApplication, qtbot: QtBot
) -> None:
    panel = _Read()
    qtbot.addWidget(panel)
    panel.show()
    choose_theme(qapp, "dark")
    choose_theme(qapp, "light")
    assert panel.seen == [DARK.t2.lower(), LIGHT.t2.lower()]


def test_what_is_scrolled_stays_where_it_was(qapp: QApplication, qtbot: QtBot) -> None:
    window, column, content = Panel(), QScrollArea(), Panel()
    vbox(*(QToolButton() for _ in range(20)), on=content)
    column.setWidget(content)
    column.setWidgetResizable(True)
    vbox(column, on=window)
    window.resize(100, 100)
    qtbot.addWidget(window)
    window.show()
    bar = column.verticalScrollBar()
    bar.setValue(bar.maximum())
    assert bar.value() > 0
    choose_theme(qapp, "dark")
    qapp.processEvents()
    assert bar.value() == bar.maximum() > 0


def test_the_header_follows(window: GlassnetWindow, qapp: QApplication) -> None:
    tabs, menu = window.header.tabs, window.header.title
    seen = []
    for theme in ("dark", "light"):
        choose_theme(qapp, theme)
        icons = [*map(tabs.tabIcon, range(tabs.count())), menu.icon()]
        seen.append([icon.pixmap(QSize(32, 32)).toImage() for icon in icons])
    assert all(dark != light for dark, light in zip(*seen, strict=True))
