"""Teach's drawn parts: the bars of the classes and the drawing of what is trained."""

from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from gui.settings import choose_language
from gui.teach_tab.class_bars import ClassBars, ClassShare
from gui.teach_tab.head_view import HeadDrawing, HeadView
from gui.teach_tab.samples import right_text

ROWS = (ClassShare("Cat", 0, 0.25), ClassShare("Cup", 1, 0.75))


def bars(qtbot: QtBot, rows: tuple[ClassShare, ...], threshold: float | None) -> ClassBars:
    widget = ClassBars("bars")
    qtbot.addWidget(widget)
    widget.show_shares(rows, threshold)
    widget.resize(360, widget.sizeHint().height())
    return widget


def test_a_class_that_the_head_does_not_know_has_no_figure(qtbot: QtBot) -> None:
    widget = bars(qtbot, (*ROWS, ClassShare("New", 2)), 0.5)
    assert widget.accessibleDescription() == "Cat 25.0%, Cup 75.0%"


def drawing(classes: int, hidden: tuple[int, ...] = (64,), value: float = 0.0) -> HeadDrawing:
    return HeadDrawing(
        QImage(),
        np.full(1280, value),
        tuple(np.full(units, value) for units in hidden),
        tuple(ClassShare(f"Class {n}", n % 8, 1 / classes) for n in range(classes)),
    )


@pytest.fixture
def view(qtbot: QtBot) -> HeadView:
    widget = HeadView()
    qtbot.addWidget(widget)
    widget.resize(560, 244)
    return widget


def test_the_drawing_is_said_in_words(view: HeadView, qapp: QApplication) -> None:
    view.show_drawing(drawing(2))
    assert view.accessibleDescription() == (
        "a picture of 224 by 224 pixels; EfficientNet-Lite0, frozen; 1\xa0280 features; "
        "64 units, ReLU; 2 classes: Class 0 50.0%, Class 1 50.0%"
    )
    choose_language(qapp, "tr")
    view.show_drawing(drawing(2, ()))
    assert "dondurulmuş" in view.accessibleDescription()


def test_one_is_said_as_one(qapp: QApplication) -> None:
    assert right_text(1, 1) == "The one held-out image is right."
    assert right_text(0, 1) == "The one held-out image is wrong."
    assert right_text(1, 9) == "1 of 9 held-out images is right."
    assert right_text(0, 9) == "0 of 9 held-out images are right."
    assert right_text(9, 9) == "All 9 held-out images are right."
    choose_language(qapp, "tr")
    assert right_text(3, 9) == "Ayrılan 9 görüntünün 3’ü doğru bilindi."
