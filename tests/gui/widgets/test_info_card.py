"""Where a card lies: beside what it explains, never over it, and inside the window; and its end."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import QCoreApplication, QEvent, QRect, QSize
from PySide6.QtWidgets import QToolButton, QWidget
from pytestqt.qtbot import QtBot

from gui.widgets.info_card import InfoCard, Subject, place_beside

ROOM = QRect(0, 0, 1024, 680)


@given(
    x=st.integers(0, 1000),
    y=st.integers(0, 660),
    width=st.integers(10, 200),
    height=st.integers(10, 250),
    card_height=st.integers(100, 420),
)
def test_it_never_covers_what_it_is_about(
    x: int, y: int, width: int, height: int, card_height: int
) -> None:
    around = QRect(x, y, min(width, 1024 - x), min(height, 680 - y))
    size = QSize(372, card_height)
    place = QRect(place_beside(around, size, ROOM), size)
    assert not place.intersects(around)


@given(x=st.integers(0, 900), height=st.integers(10, 220))
def test_it_lies_inside_the_window_under_a_bar(x: int, height: int) -> None:
    around, size = QRect(x, 60, 100, height), QSize(372, 380)
    assert ROOM.contains(QRect(place_beside(around, size, ROOM), size))


def test_it_closes_with_the_control_it_is_about(qtbot: QtBot) -> None:
    window = QWidget()
    qtbot.addWidget(window)
    window.resize(1024, 680)
    layer = QWidget(window)  # as when a layer is removed while its activation is explained
    control = QToolButton(layer)
    card = InfoCard("card", window)
    subject = Subject(control, None, lambda key: None)
    card.attach(subject)
    window.show()
    card.toggle(subject)
    assert card.isVisible()
    layer.deleteLater()
    QCoreApplication.sendPostedEvents(layer, QEvent.Type.DeferredDelete)
    assert not card.isVisible()
