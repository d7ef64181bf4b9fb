"""A label that measures its text once for each width."""

from __future__ import annotations

from PySide6.QtCore import QEvent
from PySide6.QtWidgets import QLabel, QWidget
from pytestqt.qtbot import QtBot

from gui.theme import font
from gui.widgets.basic import ColumnScroll, MeasuredLabel, label
from gui.widgets.layouts import vbox
from tests.gui.counting import Counter

WORDS = "The answers are <b>0.5</b> and <b>0.36</b>; one of four rows is right."


def test_it_is_as_high_as_any_label(qtbot: QtBot) -> None:
    """Of any text, width and font, also after another one."""
    measured, plain = label(wrap=True, kind=MeasuredLabel), label(wrap=True)
    for each in (measured, plain):
        qtbot.addWidget(each)
    for text in (WORDS, "short", f"{WORDS} {WORDS}"):
        for size_px in (12, 19):
            for each in (measured, plain):
                each.setFont(font(size_px))
                each.setText(text)
            for width in (80, 200, 80):
                assert measured.heightForWidth(width) == plain.heightForWidth(width)


def test_another_text_of_the_same_height_leaves_what_is_beside_it_as_it_is(qtbot: QtBot) -> None:
    scroll, column = ColumnScroll("column"), QWidget()
    labels: list[QLabel] = [label(wrap=True, kind=MeasuredLabel) for _ in range(2)]
    for each in labels:
        each.setText(WORDS)
    vbox(*labels, on=column)
    scroll.setWidget(column)
    qtbot.addWidget(scroll)
    scroll.resize(200, 300)
    scroll.show()
    changes, beside = (Counter(each, QEvent.Type.Paint) for each in labels)
    painted_beside = []
    for answer in ("0.41", "0.42", "0.43", "0.44", "0.45"):
        painted = changes.count
        labels[0].setText(WORDS.replace("0.36", answer))
        qtbot.waitUntil(lambda painted=painted: changes.count > painted)  # type: ignore[misc]  # a lambda's default has no type
        painted_beside.append(beside.count)
    assert len(set(painted_beside[1:])) == 1  # after all was first shown and laid out
