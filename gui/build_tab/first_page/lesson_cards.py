"""The first page's cards: a painted picture, a title and a line, and a click."""

from __future__ import annotations

from collections.abc import Callable
from string import Template

from msgspec import structs
from PySide6.QtCore import QByteArray, QRect, QRectF, QSize, Qt
from PySide6.QtGui import (
    QColor,
    QImage,
    QPainter,
    QPainterPath,
    QPaintEvent,
)
from PySide6.QtSvg import QSvgRenderer
from PySide6.QtWidgets import QPushButton, QWidget

from foundation.text import tr
from gui.format import show_fixed
from gui.settings import ASSETS
from gui.theme import BODY_PX, RADIUS_CARD_PX, active, font
from gui.widgets.basic import label, set_role
from gui.widgets.layouts import vbox
from gui.widgets.painting import draw_box, smooth_painter
from gui.widgets.texts import worded

_CARD_PX, _PICTURE_PX = 180, 148
_SIDE_PX, _FRAME_PX = 16, 2


class _Picture(QWidget):
    """The upper part of a card."""

    def __init__(self) -> None:
        super().__init__()
        self.setMinimumHeight(72)
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)

    def sizeHint(self) -> QSize:
        return QSize(300, _PICTURE_PX)

    def _begin(self) -> QPainter:
        """Return a painter clipped to the card's rounded corners, over a background."""
        painter = smooth_painter(self)
        shape = QPainterPath()
        radius = RADIUS_CARD_PX - 1
        below = QRectF(self.rect()).adjusted(0, 0, 0, radius)
        shape.addRoundedRect(below, radius, radius)
        painter.setClipPath(shape)
        painter.fillRect(self.rect(), QColor(active().bg2))
        return painter

    def _end(self, painter: QPainter) -> None:
        """Draw the line between picture and text."""
        painter.fillRect(QRect(0, self.height() - 1, self.width(), 1), QColor(active().line))
        painter.end()


class DrawnPicture(_Picture):
    """A drawing from `assets/first_page/` in the colours of the theme in use."""

    def __init__(self, name: str, words: Callable[[], dict[str, str]]) -> None:
        """Draw the file `name`, with `words` in place of the names in it."""
        super().__init__()
        self._svg = Template((ASSETS / "first_page" / f"{name}.svg").read_text(encoding="utf-8"))
        self._words = words

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the drawing, as large as there is room for."""
        theme = structs.asdict(active())
        svg = self._svg.substitute(theme, font=self.font().family(), **self._words())
        renderer = QSvgRenderer(QByteArray(svg.encode()))
        renderer.setAspectRatioMode(Qt.AspectRatioMode.KeepAspectRatio)
        painter = self._begin()
        renderer.render(painter, QRectF(self.rect()))
        self._end(painter)


def words_of_lines() -> dict[str, str]:
    """Return what `lines.svg` says, in two lines."""
    first, _, second = tr("rows, at best,\nwith one straight line").partition("\n")
    return {"first": first, "second": second}


def values_of_gate() -> dict[str, str]:
    """Return the weights and the bias that `gate.svg` shows."""
    return {"weight": show_fixed(3.0, 1), "bias": show_fixed(-4.5, 1)}


class PhotoPicture(_Picture):
    """A cup of coffee with the bundled classifier's label."""

    def __init__(self) -> None:
        super().__init__()
        self._photo = QImage(str(ASSETS / "images" / "coffee.png"))

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the centre of the photograph and its label."""
        painter = self._begin()
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        if self._photo.isNull():
            return
        scale = max(self.width() / self._photo.width(), self.height() / self._photo.height())
        width, height = self.width() / scale, self.height() / scale
        source = QRectF(
            (self._photo.width() - width) / 2, (self._photo.height() - height) / 3, width, height
        )
        painter.drawImage(QRectF(self.rect()), self._photo, source)
        painter.setFont(font(BODY_PX, 600))
        text = "espresso"
        room = painter.fontMetrics().horizontalAdvance(text) + 16
        box = QRectF(12, self.height() - 34, room, 24)
        draw_box(painter, box, 3, QColor(0, 0, 0, 190))
        painter.setPen(Qt.GlobalColor.white)
        painter.drawText(box, int(Qt.AlignmentFlag.AlignCenter), text)
        self._end(painter)


class LessonCard(QPushButton):
    """A picture, a title and a sentence that open a lesson."""

    def __init__(
        self, object_name: str, picture: QWidget, do: Callable[[], None], title: str, text: str
    ) -> None:
        """Lay the picture over a title and a sentence, given as English catalogue texts."""
        super().__init__()
        self.setObjectName(object_name)
        self.clicked.connect(do)
        self.setAutoDefault(True)  # Enter opens it, too
        self.setFixedHeight(_CARD_PX)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        worded(self, accessible_name=title, tip=text)
        sentence = label("label", wrap=True, text=text)
        sentence.setAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignTop)
        words = vbox(
            label("card-title", wrap=True, text=title),
            sentence,
            gap=4,
            margins=(_SIDE_PX, 10, _SIDE_PX, 12),
        )
        # The words take no more than they need.
        vbox((picture, 1000), (words, 1), on=self, gap=0, margins=_FRAME_PX)
        set_role(self, role="card")
