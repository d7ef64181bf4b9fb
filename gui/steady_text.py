"""Texts that change at display rate without laying the window out anew."""

from __future__ import annotations

from PySide6.QtWidgets import QLabel

__all__ = ["show_text"]

_SPARE_PX = 6


def show_text(label: QLabel, text: str) -> None:
    """Set a label's text where it differs, in a size that is fixed and only ever grows.

    Notes
    -----
    ``QLabel.setText`` asks every layout up to the window for another pass, 60 times a second while
    training; Qt spares that for a widget whose least and largest size are the same.
    """
    if label.text() == text:
        return
    label.ensurePolished()  # the style sheet may choose another weight or size
    needed = label.fontMetrics().horizontalAdvance(text) + 1
    height = label.fontMetrics().height()
    if needed > label.width() or label.maximumWidth() != label.minimumWidth():
        width = max(needed + _SPARE_PX, label.width() if label.minimumWidth() else 0)
        label.setFixedSize(width, height)
    elif height != label.minimumHeight():
        label.setFixedHeight(height)
    label.setText(text)
