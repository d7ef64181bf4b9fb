"""Texts that change at display rate without laying the window out anew."""

from __future__ import annotations

from PySide6.QtWidgets import QLabel

__all__ = ["show_text"]

_SPARE_PX = 6


def show_text(label: QLabel, text: str, lines_at: str = "") -> None:
    """Set a label's text where it differs, in a size that is fixed and only ever grows in width.

    Parameters
    ----------
    label, text
        Which, and what it says.
    lines_at
        What each line but the last ends with, where the text has more than one.

    Notes
    -----
    ``QLabel.setText`` asks every layout up to the window for another pass, 60 times a second while
    training; Qt spares that for a widget whose least and largest size are the same.
    """
    if label.text() == text:
        return
    label.ensurePolished()  # the style sheet may choose another weight or size
    metrics = label.fontMetrics()
    parts = text.split(lines_at) if lines_at else [text]
    lines = [f"{part}{lines_at.rstrip()}" for part in parts[:-1]] + parts[-1:]
    needed = max(map(metrics.horizontalAdvance, lines)) + 1
    height = metrics.height() * len(lines)
    label.setWordWrap(len(lines) > 1)
    if len(lines) > 1:
        label.setFixedSize(needed, height)  # with no room for the next line's first word
        label.setText(text)
        return
    if needed > label.width() or label.maximumWidth() != label.minimumWidth():
        width = max(needed + _SPARE_PX, label.width() if label.minimumWidth() else 0)
        label.setFixedSize(width, height)
    elif height != label.minimumHeight():
        label.setFixedHeight(height)
    label.setText(text)
