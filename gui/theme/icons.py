"""Icons by name, from the Phosphor font bundled with QtAwesome.

QtAwesome itself is not loaded: importing it would take a tenth of the start-up time, for OpenGL.
"""

from __future__ import annotations

from functools import cache
from importlib.util import find_spec
from pathlib import Path

import msgspec
from PySide6.QtCore import QPoint, QRect, QSize, Qt
from PySide6.QtGui import QColor, QFont, QFontDatabase, QIcon, QIconEngine, QPainter, QPixmap
from PySide6.QtWidgets import QLabel

from gui.theme.tokens import active

_GLYPH = 0.875
"""Height of a glyph as a share of its icon's height; the rest is margin."""


class _Engine(QIconEngine):
    """Draws a glyph in the theme's colour for each mode and state."""

    def __init__(self, glyph: str, tokens: tuple[str, str], down: float) -> None:
        super().__init__()
        self._glyph, self._down = glyph, down
        self._off, self._on = tokens

    def paint(self, painter: QPainter, rect: QRect, mode: QIcon.Mode, state: QIcon.State) -> None:
        painter.save()
        is_off = mode == QIcon.Mode.Normal and state == QIcon.State.Off
        token = self._off if is_off else self._on
        token = "line2" if mode == QIcon.Mode.Disabled else token
        painter.setPen(QColor(getattr(active(), token)))
        font = QFont()
        font.setFamily(_phosphor()[0])
        font.setPixelSize(round(_GLYPH * rect.height()))
        painter.setFont(font)
        down = round(self._down * rect.height())
        painter.drawText(rect.translated(0, down), Qt.AlignmentFlag.AlignCenter, self._glyph)
        painter.restore()

    def pixmap(self, size: QSize, mode: QIcon.Mode, state: QIcon.State) -> QPixmap:
        """Return the glyph as a pixmap of `size` pixels, which may be empty in a folding panel."""
        picture = QPixmap(size)
        picture.fill(Qt.GlobalColor.transparent)
        if not size.isEmpty():
            self.paint(QPainter(picture), QRect(QPoint(), size), mode, state)
        return picture


@cache
def _phosphor() -> tuple[str, dict[str, str]]:
    """Load the font; return its family and the character code of each icon."""
    spec = find_spec("qtawesome")
    assert spec is not None
    fonts = Path(str(spec.origin)).with_name("fonts")
    number = QFontDatabase.addApplicationFont(str(fonts / "phosphor-1.3.0.ttf"))
    characters = (fonts / "phosphor-charmap-1.3.0.json").read_bytes()
    family = QFontDatabase.applicationFontFamilies(number)[0]
    return family, msgspec.json.decode(characters, type=dict[str, str])


def icon(name: str, token: str = "t1", on_token: str = "", down: float = 0.0) -> QIcon:
    """Return the Phosphor icon `name` in the theme colour `token`, looked up when painted.

    Parameters
    ----------
    name
        For example ``"play-fill"``; see the font's own table for more.
    token
        A colour of :class:`gui.theme.Theme`.
    on_token
        Colour while checked or selected; by default `token`.
    down
        Downward shift of the glyph, as a share of its size.
    """
    return QIcon(_Engine(chr(int(_phosphor()[1][name], 16)), (token, on_token or token), down))


class IconLabel(QLabel):
    """An icon in the current theme; hidden without a name."""

    def __init__(self, side_px: int, name: str = "", token: str = "t2") -> None:
        super().__init__()
        self._side_px = side_px
        self._shown = name, token
        if not name:
            self.hide()
        self.restyle()

    def show_icon(self, name: str, token: str) -> None:
        """Show another icon in a theme colour, or none."""
        if (name, token) != self._shown:
            self._shown = name, token
            self.restyle()
        self.setVisible(bool(name))

    def restyle(self) -> None:
        """Apply the current theme."""
        name, token = self._shown
        if name:
            self.setPixmap(icon(name, token).pixmap(self._side_px, self._side_px))
