"""Icons by name, from the Phosphor font that QtAwesome carries."""

from __future__ import annotations

from functools import cache

from PySide6.QtCore import QSize
from PySide6.QtGui import QIcon, QPixmap
from qtawesome.iconic_font import CharIconEngine, IconicFont

from gui.theme.tokens import active


class _Engine(CharIconEngine):
    """Draw a glyph; nothing on a picture without area, where QtAwesome would make Qt warn.

    Qt asks for such a picture while a panel folds.
    """

    def pixmap(self, size: QSize, mode: QIcon.Mode, state: QIcon.State) -> QPixmap:
        """Return the glyph as a picture of `size` pixels."""
        return QPixmap() if size.isEmpty() else super().pixmap(size, mode, state)


class _Font(IconicFont):
    """A font whose icons are drawn by `_Engine`."""

    def _icon_by_painter(self, painter: object, options: object) -> QIcon:
        return QIcon(_Engine(self, painter, options))


@cache
def _phosphor() -> IconicFont:
    """Load the one icon font we use; QtAwesome's own start-up would load all ten."""
    return _Font(("ph", "phosphor-1.3.0.ttf", "phosphor-charmap-1.3.0.json"))


def icon(name: str, token: str = "t1", on_token: str = "", down: float = 0.0) -> QIcon:
    """Return the Phosphor icon `name`, in the active theme's colour `token`.

    Parameters
    ----------
    name
        For example ``"play-fill"``; see the font's own table for more.
    token
        A colour of :class:`gui.theme.Theme`.
    on_token
        The colour where the icon is on, as a chosen tab's is; `token` where none is given.
    down
        How much lower the glyph stands, as a share of its size.
    """
    theme = active()
    return _phosphor().icon(
        f"ph.{name}",
        color=getattr(theme, token),
        color_on=getattr(theme, on_token or token),
        color_disabled=theme.line2,
        offset=(0.0, down),
    )
