"""What the status bar and the empty stage say about Vision."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication

from gui.vision.numbers import milliseconds, number
from gui.vision.session import Reading
from gui.vision.source_state import SourceKind
from vision.pipeline import PipelineUpdate

__all__ = ["figures", "finding", "folder_summary", "invitation", "state"]


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


def finding(reading: Reading, threshold: float) -> str:
    """Return what the network says of a picture; under `threshold` (0 to 1) it is not sure."""
    translate = QCoreApplication.translate
    sentence = (
        translate("VisionStatus", "{name} classified as {label}.")
        if reading.result.is_sure(threshold)
        else translate("VisionStatus", "{name}: not sure, perhaps {label}.")
    )
    return sentence.format(name=reading.name, label=reading.result.best.label)


def folder_summary(name: str, done: int, failed: int, is_whole: bool) -> str:
    """Return how a folder ended: `failed` of the `done` pictures could not be read."""
    translate = QCoreApplication.translate
    if not is_whole:
        sentence = translate("VisionStatus", "{name}: stopped after {count} pictures.")
        return sentence.format(name=name, count=number(done))
    sentence = (
        translate("VisionStatus", "{name}: {count} pictures classified, {failed} not readable.")
        if failed
        else translate("VisionStatus", "{name}: {count} pictures classified.")
    )
    return sentence.format(name=name, count=number(done - failed), failed=number(failed))


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
