"""Vision's exports: pictures with their result, and tables."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import cv2
import numpy as np
import numpy.typing as npt
from PySide6.QtCore import QObject

from foundation.text import tr, tr_plural
from gui.format import show_integer
from gui.vision_tab.state import Event
from gui.workers import TaskQueue
from vision.classification import ClassificationResult
from vision.detections import Detections, Selection
from vision.drawing import IN_ENGLISH, Wording, draw_as_app, draw_as_tutorial, draw_boxes
from vision.errors import Fault, VisionError
from vision.files import write_file
from vision.formats.labels import Labels
from vision.jobs.recorder import Recorder
from vision.jobs.session import PictureResult, Session
from vision.networks.detector import DetectionResult
from vision.networks.segmenter import CutOut, MaskResult, cut_out
from vision.pictures.crops import write_crops
from vision.pictures.pixels import blend_with_white
from vision.reasons import Reason

# The quickest but none: large pictures are saved while the window goes on.
PNG_COMPRESSION = 1
JPEG_QUALITY = 92


@dataclass(frozen=True)
class SnapshotOptions:
    """How a saved picture is drawn.

    Attributes
    ----------
    style
        ``"tutorial"`` or ``"app"``; used for labels only.
    threshold
        Probability (0 to 1) below which the app's style says "not sure".
    selection
        Boxes to draw, or ``None`` for the selection of the result itself.
    wording
        Wording of labels in the app's style.
    """

    style: str = "app"
    threshold: float = 0.0
    selection: Selection | None = None
    cut: CutOut = field(default_factory=CutOut)
    wording: Wording = IN_ENGLISH


def write_snapshot(path: Path, shown: PictureResult, looks: SnapshotOptions) -> None:
    """Write a picture with its result: label, boxes, or cut out.

    The suffix selects PNG or JPEG; removed areas become transparent in a PNG, white in a JPEG.

    Raises
    ------
    VisionError
        file_unwritable.
    """
    result, picture = shown.result, shown.picture
    is_jpeg = path.suffix.lower() in (".jpg", ".jpeg")
    drawn: npt.NDArray[np.uint8] = picture
    if isinstance(result, MaskResult):
        drawn = cut_out(picture, result, looks.cut)
        if is_jpeg:
            drawn = blend_with_white(drawn)
    elif isinstance(result, DetectionResult):
        drawn = draw_boxes(picture, result, looks.selection, looks.wording)
    elif isinstance(result, ClassificationResult) and looks.style == "tutorial":
        drawn = draw_as_tutorial(picture, result)
    elif isinstance(result, ClassificationResult):
        drawn = draw_as_app(picture, result, looks.threshold, looks.wording)
    kind, option = (
        (".jpg", (cv2.IMWRITE_JPEG_QUALITY, JPEG_QUALITY))
        if is_jpeg
        else (".png", (cv2.IMWRITE_PNG_COMPRESSION, PNG_COMPRESSION))
    )
    try:
        _, data = cv2.imencode(kind, drawn, option)
    except cv2.error as error:  # a JPEG is at most 65 500 pixels wide and high
        reason = Reason.TOO_MANY_PIXELS
        raise VisionError(Fault.FILE_UNWRITABLE, file=str(path), reason=reason) from error
    write_file(path, data.tobytes())


def saved_message(path: Path) -> Callable[[], str]:
    """Return a function that returns the message about a saved file."""
    return lambda: tr("Saved {name}.", name=path.name)


class Exports:
    """Writes pictures one by one on a thread, and tables immediately.

    Parameters
    ----------
    on_written
        Called with the event to report when a file was written or a recording started.
    on_failed
        Called with the error when a file could not be written, and with ``""``.
    """

    def __init__(
        self,
        session: Session,
        on_written: Callable[[Event], None],
        on_failed: Callable[[Exception, str], None],
        parent: QObject,
    ) -> None:
        self._session = session
        self._on_written, self._on_failed = on_written, on_failed
        self._pictures = TaskQueue(lambda error, _: on_failed(error, ""), parent)

    # -- Pictures ----------------------------------------------------------------------------------

    def save_snapshot(self, path: Path, shown: PictureResult, looks: SnapshotOptions) -> None:
        """Write a picture with its result on the thread; see `write_snapshot`."""
        self._pictures.add(
            lambda: write_snapshot(path, shown, looks),
            lambda _: self._on_written(saved_message(path)),
        )

    def save_crops(
        self, folder: Path, shown: PictureResult, found: Detections, labels: Labels
    ) -> None:
        """Write each object as a picture on the thread; see `vision.pictures.crops.write_crops`."""

        def said() -> str:
            return tr_plural(
                "Saved 1 crop in {name}.",
                "Saved {count} crops in {name}.",
                len(found),
                name=folder.name,
                count=show_integer(len(found)),
            )

        self._pictures.add(
            lambda: write_crops(folder, shown.stem, shown.picture, found, labels),
            lambda _: self._on_written(said),
        )

    @property
    def is_idle(self) -> bool:
        """Whether no picture is being written or waiting."""
        return self._pictures.is_idle

    # -- Tables ------------------------------------------------------------------------------------

    def save_table(
        self, path: Path, write: Callable[[], None], said: Callable[[], str] | None = None
    ) -> None:
        """Call `write` to write a table to `path`; report `said` on success."""
        try:
            write()
            self._on_written(said or saved_message(path))
        except VisionError as error:
            self._on_failed(error, "")

    def begin_recording(self, path: Path) -> None:
        """Start writing every result to a table."""
        try:
            self._session.recorder = Recorder(path)
            self._on_written(lambda: tr("Recording to {name}.", name=path.name))
        except VisionError as error:
            self._on_failed(error, "")

    def finish_recording(self) -> None:
        """Finish the recording, if there is one, and save its table."""
        recorder, self._session.recorder = self._session.recorder, None
        if recorder is None:
            return
        path, rows = recorder.path, recorder.rows

        def said() -> str:
            return tr_plural(
                "Saved {name} with 1 row.",
                "Saved {name} with {rows} rows.",
                rows,
                name=path.name,
                rows=show_integer(rows),
            )

        self.save_table(path, recorder.finish, said)

    @property
    def is_recording(self) -> bool:
        """Whether results are being recorded."""
        return self._session.recorder is not None

    @property
    def has_stopped_recording(self) -> bool:
        """Whether the current recording has failed and writes no more rows."""
        recorder = self._session.recorder
        return recorder is not None and recorder.fault is not None
