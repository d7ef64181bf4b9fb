"""The marks of classes: shapes in colours, no two alike."""

from __future__ import annotations

from PySide6.QtGui import QImage
from pytestqt.qtbot import QtBot

from gui.plots.legend import ClassMark

DISTINCT = 32


def test_as_many_classes_as_are_promised_have_marks_of_their_own(qtbot: QtBot) -> None:
    seen: list[QImage] = []
    for kind in range(DISTINCT):
        mark = ClassMark()
        qtbot.addWidget(mark)
        mark.show_class(kind)
        picture = mark.grab().toImage()
        assert picture not in seen
        seen.append(picture)
