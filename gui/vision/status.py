"""What the status bar and the empty stage say about Vision."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication

from gui.vision.numbers import milliseconds, number
from gui.vision.session import Reading
from gui.vision.source_bar import SourceKind
from vision.pipeline import PipelineUpdate

__all__ = ["figures", "invitation", "state"]


def state(is_frozen: bool, is_live: bool, is_waiting: bool, is_busy: bool) -> tuple[str, str]:
    """Return the state's text and the token of its dot."""
    translate = QCoreApplication.translate
    if is_frozen:
        return translate("VisionStatus", "Frozen"), "warn"
    if is_live and is_waiting:
        return translate("VisionStatus", "Waiting"), "warn"
    if is_live:
        return translate("VisionStatus", "Live"), "acc"
    if is_busy:
        return translate("VisionStatus", "Working"), "acc"
    return translate("VisionStatus", "Ready"), "acc"


def figures(reading: Reading | None, update: PipelineUpdate | None) -> list[tuple[str, str]]:
    """Return names and values; `update` is the stream's newest, ``None`` for a still image."""
    if reading is None:
        return []
    translate = QCoreApplication.translate
    forward = f"{milliseconds(reading.result.timings.forward_ms)} ms"
    result = [(translate("VisionStatus", "forward"), forward)]
    if update is not None and update.frame is not None:
        frame = (translate("VisionStatus", "frame"), number(update.frame.index))
        return [frame, (translate("VisionStatus", "fps"), number(update.rate_fps)), *result]
    height, width = reading.picture.shape[:2]
    return [(translate("VisionStatus", "image"), f"{width} × {height}"), *result]


def invitation(kind: SourceKind) -> tuple[str, str]:
    """Return the empty stage's sentence and the text of its button."""
    translate = QCoreApplication.translate
    return {
        SourceKind.IMAGE: (
            translate("VisionStatus", "Drop a picture, a folder or a video here"),
            translate("VisionStatus", "Open image..."),
        ),
        SourceKind.FOLDER: (
            translate("VisionStatus", "Drop a folder of pictures here"),
            translate("VisionStatus", "Open folder..."),
        ),
        SourceKind.VIDEO: (
            translate("VisionStatus", "Drop a video here"),
            translate("VisionStatus", "Open video..."),
        ),
        SourceKind.CAMERA: (
            translate("VisionStatus", "Choose a camera"),
            translate("VisionStatus", "Open address..."),
        ),
    }[kind]
