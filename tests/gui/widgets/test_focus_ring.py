"""The ring of the focus is for keyboard users: after a click it is not shown."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import (
    QApplication,
    QCheckBox,
    QDialog,
    QPushButton,
    QWidget,
)
from pytestqt.qtbot import QtBot

from gui.widgets.focus_ring import should_draw_focus_ring
from gui.widgets.layouts import vbox
from gui.widgets.slider import Slider
from gui.widgets.switch import Switch
from tests.gui.focus_seen import pixels

pytestmark = pytest.mark.usefixtures("dressed")
LEFT = Qt.MouseButton.LeftButton


@pytest.fixture
def page(qtbot: QtBot) -> QWidget:
    """Return an empty page of a shown window, wide enough for any control."""
    page = QWidget()
    page.resize(400, 300)
    qtbot.addWidget(page)
    return page


def show(page: QWidget, qtbot: QtBot, *parts: QWidget) -> None:
    vbox(*parts, on=page)
    with qtbot.waitActive(page):
        page.show()
        page.activateWindow()


def drawn(widget: QWidget) -> np.ndarray:
    return pixels(widget.grab().toImage())


@pytest.mark.parametrize(
    "make",
    [
        QPushButton,
        QCheckBox,
        lambda: Slider("slider"),
        lambda: Switch("switch"),
    ],
)
def test_a_click_shows_no_ring_and_tab_does(
    page: QWidget, qtbot: QtBot, make: Callable[[], QWidget]
) -> None:
    first, last = QPushButton(), QPushButton()
    widget = make()
    show(page, qtbot, first, widget, last)
    first.setFocus()
    before = drawn(widget)
    # At the knob of the slider, and beside the box that would be ticked.
    where = QPoint(10, widget.height() // 2) if isinstance(widget, Slider) else QPoint(2, 2)
    qtbot.mouseClick(widget, LEFT, pos=where)
    if isinstance(widget, QCheckBox):
        widget.setChecked(False)
    if isinstance(widget, Slider):
        widget.setValue(0)
    assert widget.hasFocus()
    qtbot.mouseMove(last)
    np.testing.assert_array_equal(drawn(widget), before)
    qtbot.keyClick(widget, Qt.Key.Key_Tab)
    assert last.hasFocus()
    qtbot.keyClick(last, Qt.Key.Key_Backtab)
    assert widget.hasFocus()
    assert (drawn(widget) != before).any()


def test_the_first_key_after_a_click_shows_the_ring(page: QWidget, qtbot: QtBot) -> None:
    first, slider = QPushButton(), Slider("slider")
    show(page, qtbot, first, slider)
    qtbot.mouseClick(slider, LEFT, pos=QPoint(10, slider.height() // 2))
    assert slider.hasFocus()
    assert not should_draw_focus_ring(slider)
    qtbot.keyClick(slider, Qt.Key.Key_Right)
    assert should_draw_focus_ring(slider)
    qtbot.mouseClick(first, LEFT)
    qtbot.mouseClick(slider, LEFT, pos=QPoint(10, slider.height() // 2))
    assert not should_draw_focus_ring(slider)


@pytest.mark.parametrize("by_keys", [True, False])
def test_what_opens_goes_on_as_the_control_before(
    page: QWidget, qtbot: QtBot, by_keys: bool
) -> None:
    above, opens = QPushButton(), QPushButton()
    dialog, inside = QDialog(page), QPushButton()
    vbox(inside, on=dialog)
    show(page, qtbot, above, opens)
    above.setFocus()
    plain = drawn(opens)
    opens.clicked.connect(dialog.show)
    if by_keys:
        qtbot.keyClick(above, Qt.Key.Key_Tab)
        qtbot.keyClick(opens, Qt.Key.Key_Space)
    else:
        qtbot.mouseClick(opens, LEFT)
    dialog.activateWindow()
    qtbot.waitUntil(inside.hasFocus)
    assert (inside.property("ring") == "true") == by_keys
    dialog.close()
    page.activateWindow()
    qtbot.waitUntil(opens.hasFocus)
    QApplication.sendPostedEvents()
    assert (drawn(opens) != plain).any() == by_keys
