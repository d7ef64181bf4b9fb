"""Whether a keyboard user sees where they are (WCAG 2.2, 2.4.7, 2.4.11 and 1.4.11)."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QPoint, QRect, QSize, Qt
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from gui.tab import Tab
from gui.widgets.basic import set_role

MIN_CONTRAST, MIN_PIXELS = 3.0, 20


def reached_by_tab(window: QWidget) -> list[QWidget]:
    """Return the controls in sight at which Tab stops."""
    return [
        widget
        for widget in window.findChildren(QWidget)
        if widget.window() is window
        and widget.isVisible()
        and widget.isEnabled()
        and widget.focusPolicy() & Qt.FocusPolicy.TabFocus
        and widget.focusProxy() is None
        and not widget.visibleRegion().isEmpty()
        and not isinstance(widget, Tab)  # the page itself, which stands for no control
    ]


def unseen_focus(window: QWidget, rest: QWidget, qtbot: QtBot) -> list[str]:
    """Return the controls that look alike with the keyboard on them and without.

    Parameters
    ----------
    window
        What is looked through.
    rest
        Where the keyboard is meanwhile.
    """
    unseen = []
    for widget in reached_by_tab(window):
        around = QRect(widget.mapTo(window, QPoint(-4, -4)), widget.size() + QSize(8, 8))
        around &= window.rect()
        rest.setFocus(Qt.FocusReason.OtherFocusReason)
        before = pixels(window.grab(around).toImage())
        widget.setFocus(Qt.FocusReason.TabFocusReason)
        qtbot.waitUntil(widget.hasFocus, timeout=2000)
        set_role(widget, ring="true")  # as after the key itself, which no call stands for
        after = pixels(window.grab(around).toImage())
        if _stands_out(before, after) < MIN_PIXELS:
            unseen.append(f"{type(widget).__name__} {widget.objectName()}")
    return unseen


def pixels(image: QImage) -> np.ndarray:
    """Return blue, green, red of each pixel, shape (height, width, 3)."""
    plain = image.convertToFormat(QImage.Format.Format_RGB32)
    shape = plain.height(), plain.width(), 4
    return np.frombuffer(plain.constBits(), np.uint8).reshape(shape)[:, :, :3].copy()


def _luminance(pixels: np.ndarray) -> np.ndarray:
    share = pixels / 255.0
    linear = np.where(share <= 0.04045, share / 12.92, ((share + 0.055) / 1.055) ** 2.4)
    result: np.ndarray = linear @ np.array([0.0722, 0.7152, 0.2126])
    return result


def _stands_out(before: np.ndarray, after: np.ndarray) -> int:
    """Return how many pixels changed by so much contrast."""
    a, b = _luminance(before), _luminance(after)
    contrast = (np.maximum(a, b) + 0.05) / (np.minimum(a, b) + 0.05)
    return int((contrast >= MIN_CONTRAST).sum())
