"""What leaves Vision as files: pictures with their label, and tables."""

from __future__ import annotations

import os
import stat
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from PySide6.QtCore import QByteArray, QFileDevice, QIODevice, QObject, QSaveFile
from PySide6.QtGui import QImage, QImageWriter

from gui.vision_tab.stage.images import PixelImage
from gui.vision_tab.state import Event, RecordingBegan, Saved
from gui.workers import TaskQueue
from vision.classification import ClassificationResult
from vision.detections import Detections, Selection
from vision.drawing import IN_ENGLISH, Wording, draw_as_app, draw_as_tutorial, draw_boxes
from vision.errors import Fault, VisionError
from vision.formats.labels import Labels
from vision.jobs.recorder import Recorder
from vision.jobs.session import PictureResult, Session
from vision.networks.detector import DetectionResult
from vision.networks.segmenter import CutOut, MaskResult, cut_out
from vision.pictures.crops import write_crops
from vision.pictures.pixels import on_white, to_display
from vision.reasons import Reason, reason_of

# Of 100, the quickest but none: 54 million pixels take 5 s, where Qt's own choice takes 22 s.
PNG_COMPRESSION = 11
JPEG_QUALITY = 92


@dataclass(frozen=True)
class SnapshotLooks:
    """How a picture is drawn when it is saved.

    Attributes
    ----------
    style
        ``"tutorial"`` or ``"app"``; only labels have two.
    threshold
        Under this probability (0 to 1) the app's style says "not sure".
    selection
        Which boxes are drawn, or ``None`` for those that the limits of its time left.
    wording
        How labels are written in the app's style.
    """

    style: str = "app"
    threshold: float = 0.0
    selection: Selection | None = None
    cut: CutOut = field(default_factory=CutOut)
    wording: Wording = IN_ENGLISH


def write_snapshot(path: Path, shown: PictureResult, looks: SnapshotLooks) -> None:
    """Write a picture with what the network says of it: label, boxes, or cut out.

    It becomes a .png or a .jpg by its name; what is removed is transparent in the one and white in
    the other.

    Raises
    ------
    VisionError
        file_unwritable.
    """
    result, picture = shown.result, shown.picture
    if isinstance(result, MaskResult):
        pixels = cut_out(picture, result, looks.cut)
        if _is_jpeg(path):
            pixels = to_display(on_white(pixels))
        _write_image(path, PixelImage(np.ascontiguousarray(pixels), has_alpha=not _is_jpeg(path)))
        return
    drawn = picture
    if isinstance(result, DetectionResult):
        drawn = draw_boxes(picture, result, looks.selection, looks.wording)
    elif isinstance(result, ClassificationResult):
        draws_as_tutorial = looks.style == "tutorial"
        drawn = (
            draw_as_tutorial(picture, result)
            if draws_as_tutorial
            else draw_as_app(picture, result, looks.threshold, looks.wording)
        )
    _write_image(path, PixelImage(to_display(drawn)))


def _is_jpeg(path: Path) -> bool:
    return path.suffix.lower() in (".jpg", ".jpeg")


def _write_image(path: Path, image: QImage) -> None:
    """Write straight to the disk: the bytes of a large picture would hold up the window."""
    file = QSaveFile(str(path))
    if not file.open(QIODevice.OpenModeFlag.WriteOnly):
        raise VisionError(Fault.FILE_UNWRITABLE, file=str(path), reason=_reason(file))
    is_jpeg = _is_jpeg(path)
    writer = QImageWriter(file, QByteArray(b"JPG" if is_jpeg else b"PNG"))
    if is_jpeg:
        writer.setQuality(JPEG_QUALITY)
    else:
        writer.setCompression(PNG_COMPRESSION)
    if not writer.write(image):
        whole = file.error() is QFileDevice.FileError.NoError
        file.flush()  # only now the file knows why
        reason = Reason.TOO_MANY_PIXELS if whole else _reason(file)
        file.cancelWriting()
        raise VisionError(Fault.FILE_UNWRITABLE, file=str(path), reason=reason)
    if not file.commit():
        raise VisionError(Fault.FILE_UNWRITABLE, file=str(path), reason=_reason(file))


def _reason(file: QSaveFile) -> str:
    """Return why a file cannot be written, in words that can be translated where there are any."""
    path, error = Path(file.fileName()), file.error()
    try:
        if stat.S_ISDIR(path.stat().st_mode):
            return Reason.IS_FOLDER
    except FileNotFoundError:
        pass
    except OSError as fault:
        return reason_of(fault)
    if not path.parent.is_dir():
        return Reason.NO_SUCH_FOLDER
    if error is QFileDevice.FileError.PermissionsError or not os.access(path.parent, os.W_OK):
        return Reason.NO_PERMISSION
    return Reason.NO_ROOM if error is QFileDevice.FileError.ResourceError else file.errorString()


class Exports:
    """Write pictures, which may be large, on a thread, one after the other; write tables at once.

    Parameters
    ----------
    on_written
        Takes what is to be said of a file that was written or begun.
    on_failed
        Takes why one was not, and ``""``.
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

    def save_snapshot(self, path: Path, shown: PictureResult, looks: SnapshotLooks) -> None:
        """Write a picture with its label on the thread; see `write_snapshot`."""
        self._write(Saved(path.name), lambda: write_snapshot(path, shown, looks))

    def save_crops(
        self, folder: Path, shown: PictureResult, found: Detections, labels: Labels
    ) -> None:
        """Write each object as a picture on the thread; see `vision.pictures.crops.write_crops`."""
        said = Saved(folder.name, pictures=len(found))
        self._write(said, lambda: write_crops(folder, shown.stem, shown.picture, found, labels))

    def _write(self, said: Event, write: Callable[[], object]) -> None:
        self._pictures.add(write, lambda _: self._on_written(said))

    @property
    def is_idle(self) -> bool:
        """Whether no picture is being written, or waits for it."""
        return self._pictures.is_idle

    # -- Tables ------------------------------------------------------------------------------------

    def save_table(self, path: Path, write: Callable[[], None], rows: int | None = None) -> None:
        """Let `write` write a table to `path`; `rows` are said with it."""
        try:
            write()
        except VisionError as error:
            self._on_failed(error, "")
        else:
            self._on_written(Saved(path.name, rows))

    def begin_recording(self, path: Path) -> None:
        """Write every result to a table from now on."""
        try:
            self._session.recorder = Recorder(path)
        except VisionError as error:
            self._on_failed(error, "")
        else:
            self._on_written(RecordingBegan(path.name))

    def finish_recording(self) -> None:
        """End the recording, if one runs, and put its table in place."""
        recorder, self._session.recorder = self._session.recorder, None
        if recorder is not None:
            self.save_table(recorder.path, recorder.finish, recorder.rows)

    @property
    def is_recording(self) -> bool:
        """Whether results are being recorded."""
        return self._session.recorder is not None

    @property
    def has_stopped_recording(self) -> bool:
        """Whether a recording runs that can write nothing more."""
        recorder = self._session.recorder
        return recorder is not None and recorder.fault is not None
