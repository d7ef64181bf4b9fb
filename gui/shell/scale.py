"""The display scale: a factor that Qt reads at the start, and its steps."""

from __future__ import annotations

import contextlib
import sys
from collections.abc import MutableMapping

from PySide6.QtCore import QSettings, QSize

SCALES = (1.0, 1.1, 1.25, 1.5, 1.75, 2.0, 2.5, 3.0)
VARIABLE = "QT_SCALE_FACTOR"
PROPERTY = "glassnet_scale"
"""Name of the application property that holds the factor at the start."""
_KEY = "scale"


def wanted_scale(settings: QSettings) -> float:
    """Return the factor chosen by the user, by default the system's."""
    chosen = settings.value(_KEY)
    if chosen is None:
        return largest_within(_system_text_percent())
    try:
        stored = float(str(chosen))
    except ValueError:
        return 1.0
    return stored if stored in SCALES else 1.0


def largest_within(percent: int) -> float:
    """Return the largest of `SCALES` up to a percentage, at least 1."""
    return max(scale for scale in SCALES if scale == 1.0 or 100 * scale <= percent)


def _system_text_percent() -> int:
    """Return the user's text size on Windows, in per cent; 100 elsewhere.

    On other systems Qt follows by itself: the font resolution on X11, by which Qt scales
    everything, and the screen's scale factor on Wayland and macOS.
    """
    if sys.platform == "win32":
        import winreg

        path = r"Software\Microsoft\Accessibility"
        with (
            contextlib.suppress(OSError, ValueError),
            winreg.OpenKey(winreg.HKEY_CURRENT_USER, path) as key,
        ):
            return int(winreg.QueryValueEx(key, "TextScaleFactor")[0])
    return 100


def keep_scale(settings: QSettings, scale: float) -> None:
    """Store the factor for the next start."""
    settings.setValue(_KEY, scale)


def next_scale(scale: float, larger: bool) -> float:
    """Return the factor one step up or down, unchanged at the ends of `SCALES`."""
    place = SCALES.index(scale) + (1 if larger else -1)
    return SCALES[min(max(place, 0), len(SCALES) - 1)]


def fits(scale: float, least: QSize, available: QSize, in_use: float) -> bool:
    """Return whether a window of the minimum size fits the screen at a factor.

    Parameters
    ----------
    least
        Minimum size of the window, in its own pixels.
    available
        Available size of the screen, in pixels at the factor in use.
    """
    room = available * (in_use / scale)
    return least.width() <= room.width() and least.height() <= room.height()


def scaled_environment(environment: MutableMapping[str, str], scale: float) -> dict[str, str]:
    """Return the environment variables that make Qt use a factor.

    A factor that the user has set in the environment is multiplied.
    """
    own = environment.get(VARIABLE, "")
    try:
        factor = float(own) if own else 1.0
    except ValueError:
        return {}
    return {VARIABLE: f"{factor * scale:g}"} if scale != 1.0 else {}
