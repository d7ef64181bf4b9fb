"""What is written over the picture keeps within what the network sees, and is painted once."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from PySide6.QtCore import QEvent, QObject, QRectF, QSize, Qt
from PySide6.QtGui import QImage, QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from gui.vision_tab.stage import stage_view
from gui.vision_tab.stage.boxes import Box, draw_boxes
from gui.vision_tab.stage.overlay import Badge, Explanation, draw_badge, draw_card
from gui.vision_tab.stage.stage_view import StageView
from gui.widgets.layouts import vbox
from tests.gui.painted import painted_texts

GROUND = Qt.GlobalColor.white
SENTENCE, DETAIL = (
    "Hiding the bright part costs up to 23 points",
    "grey patch 32 px, step 16 px, 196 passes, 3.9 s",
)


def painted(size: QSize, draw: Callable[[QPainter], None]) -> QRectF:
    """Return what is covered by what is drawn on an empty stage."""
    image = QImage(size, QImage.Format.Format_RGB32)
    image.fill(GROUND)
    painter = QPainter(image)
    draw(painter)
    painter.end()
    rows = np.frombuffer(image.constBits(), np.uint8).reshape(size.height(), size.width(), 4)
    ys, xs = np.nonzero((rows != 255)[:, :, :3].any(axis=2))
    width, height = int(np.ptp(xs)) + 1, int(np.ptp(ys)) + 1
    return QRectF(int(xs.min()), int(ys.min()), width, height)


@pytest.mark.parametrize("side", [600, 420, 360, 300, 240, 180])
def test_the_card_of_the_map_lies_within_the_square(qtbot: QtBot, side: int) -> None:
    seen = QRectF(150, 60, side, side)
    shown = Explanation(QImage(), (), SENTENCE, DETAIL, "0", "−23")
    card = painted(QSize(900, 700), lambda painter: draw_card(painter, seen, shown))
    assert seen.contains(card)
    assert card.bottom() <= seen.bottom() - 14 - 44, "it is clear of the label"


@pytest.mark.parametrize("is_sure", [True, False])
def test_a_label_of_a_long_name_keeps_within_the_stage(qtbot: QtBot, is_sure: bool) -> None:
    name = "a class whose name is as long as a sentence"
    badge = Badge(name, "94.4%") if is_sure else Badge("not sure", f"{name} 27.4%", is_sure=False)
    seen = QRectF(60, 0, 300, 300)
    label = painted(QSize(420, 300), lambda painter: draw_badge(painter, seen, badge, 420))
    assert label.right() <= 420 - 6


class Labelled(QWidget):
    """A stage of a label alone."""

    def __init__(self, badge: Badge) -> None:
        super().__init__()
        self._badge = badge
        self.resize(250, 250)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the label."""
        painter = QPainter(self)
        draw_badge(painter, self.rect().toRectF(), self._badge, self.width())
        painter.end()


@pytest.mark.parametrize("share", ["56.9%", "%56,9"])
def test_a_label_that_is_not_sure_keeps_its_share_where_room_is_short(
    qtbot: QtBot, share: str
) -> None:
    stage = Labelled(Badge("not sure", f"astronaut {share}", is_sure=False))
    qtbot.addWidget(stage)
    assert painted_texts(stage)[-1].endswith(f"… {share}")


class Paintings(QObject):
    """Keep where widgets are painted."""

    def __init__(self, *widgets: QWidget) -> None:
        super().__init__()
        self.areas: list[tuple[QWidget, QRectF]] = []
        for widget in widgets:
            widget.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Note a painting and let it through."""
        if isinstance(event, QPaintEvent) and isinstance(watched, QWidget):
            self.areas.append((watched, event.rect().toRectF()))
        return False


@pytest.mark.usefixtures("dressed")
def test_a_frame_paints_the_picture_alone_and_what_lies_over_it_once(
    qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    times = 0

    def counted(*args: Any) -> None:
        nonlocal times
        times += 1
        draw_boxes(*args)

    monkeypatch.setattr(stage_view, "draw_boxes", counted)
    behind, view = QWidget(), StageView(lambda: None, lambda row: None)
    vbox((view, 1), on=behind)
    qtbot.addWidget(behind)
    behind.resize(700, 500)
    with qtbot.waitExposed(behind):
        behind.show()

    def show_frame(grey: int) -> None:
        """Show another frame, and what is said of the one before: the same."""
        size = (view.picture_rect().size() if grey else QRectF(0, 0, 640, 480).size()).toSize()
        image = QImage(size, QImage.Format.Format_RGB32)
        image.fill(grey)
        with qtbot.waitSignal(view.painted):
            view.show_image(image, QSize(640, 480))
            view.show_reading(Badge("espresso", "94%"), QRectF(80, 0, 480, 480), "this square")
            view.show_boxes((Box(0, QRectF(90, 50, 300, 200), "Cup", 0.8, 0),), None)

    show_frame(0)
    before, paintings = times, Paintings(behind, view)
    for grey in range(1, 9):
        show_frame(grey)
    assert times == before
    assert {widget for widget, _ in paintings.areas} == {view}
    assert all(view.picture_rect().contains(area) for _, area in paintings.areas)
    with qtbot.waitSignal(view.painted):
        view.show_image(view.image.copy(), QSize(640, 480))
        view.show_boxes((), None)
        view.show_boxes((Box(0, QRectF(90, 50, 300, 200), "Cup", 0.81, 0),), None)
    assert times == before + 1
