"""Icons by name, from the Phosphor font that QtAwesome carries."""

from __future__ import annotations

from functools import cache

from PySide6.QtGui import QIcon
from qtawesome.iconic_font import IconicFont

from gui.theme.tokens import active

__all__ = ["icon"]


@cache
def _phosphor() -> IconicFont:
    """Load the one icon font we use; QtAwesome's own start-up would load all ten."""
    return IconicFont(("ph", "phosphor-1.3.0.ttf", "phosphor-charmap-1.3.0.json"))


def icon(name: str, token: str = "t1") -> QIcon:
    """Return the Phosphor icon `name`, in the active theme's colour `token`.

    Parameters
    ----------
    name
        For example ``"play-fill"``; see the font's own table for more.
    token
        A colour of :class:`gui.theme.Theme`.
    """
    theme = active()
    return _phosphor().icon(f"ph.{name}", color=getattr(theme, token), color_disabled=theme.line2)
