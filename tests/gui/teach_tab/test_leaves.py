"""Teach's drawn parts: the bars of the classes and the drawing of what is trained."""

from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtGui import QColor, QImage
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from gui.settings import choose_language
from gui.teach_tab.class_bars import ROW_PX, ClassBars, ClassShare
from gui.teach_tab.head_view import HeadDrawing, HeadView
from gui.teach_tab.samples import right_text
from gui.theme import active
from tests.gui.painted import painted_lines

ROWS = (ClassShare("Cat", 0, 0.25), ClassShare("Cup", 1, 0.75))


def bars(qtbot: QtBot, rows: tuple[ClassShare, ...], threshold: float | None) -> ClassBars:
    widget = ClassBars("bars")
    qtbot.addWidget(widget)
    widget.show_shares(rows, threshold)
    widget.resize(360, widget.sizeHint().height())
    return widget


def columns_of(image: QImage, y: int, colour: str) -> list[int]:
    """Return the columns of a line that have a colour."""
    wanted = QColor(colour).name()
    return [x for x in range(image.width()) if image.pixelColor(x, y).name() == wanted]


def test_the_tick_stands_at_the_threshold_of_each_bar(qtbot: QtBot) -> None:
    low, high = (
        columns_of(
            bars(qtbot, (ClassShare("Cat", 0, None),), share).grab().toImage(),
            ROW_PX // 2,
            active().t1,
        )
        for share in (0.25, 0.75)
    )
    tracks = columns_of(
        bars(qtbot, (ClassShare("Cat", 0, None),), None).grab().toImage(),
        ROW_PX // 2,
        active().bg3,
    )
    length = len(tracks)
    assert high[-1] - low[-1] == pytest.approx(0.5 * length, abs=2)


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


@pytest.mark.parametrize("hidden", [(), (256, 64)])
@pytest.mark.parametrize("classes", [2, 60])
def test_values_of_the_features_are_seen(
    view: HeadView, classes: int, hidden: tuple[int, ...]
) -> None:
    view.show_drawing(drawing(classes, hidden, value=1.0))
    image, blue = view.grab().toImage(), QColor(active().pos).name()
    assert any(columns_of(image, y, blue) for y in range(60, 180))
    shown = painted_lines(view)
    assert {"1\xa0280", str(classes), "the head you train"} <= shown.keys()


def test_one_is_said_as_one(qapp: QApplication) -> None:
    assert right_text(1, 1) == "The one held-out image is right."
    assert right_text(0, 1) == "The one held-out image is wrong."
    assert right_text(1, 9) == "1 of 9 held-out images is right."
    assert right_text(0, 9) == "0 of 9 held-out images are right."
    assert right_text(9, 9) == "All 9 held-out images are right."
    choose_language(qapp, "tr")
    assert right_text(3, 9) == "Ayrılan 9 görüntünün 3’ü doğru bilindi."
