"""What leaves Vision as files: pictures with their label, and tables."""

from __future__ import annotations

import os
from collections import deque
from collections.abc import Callable
from functools import partial
from pathlib import Path

from PySide6.QtCore import (
    QByteArray,
    QFileDevice,
    QIODevice,
    QObject,
    QSaveFile,
    Qt,
    Signal,
)
from PySide6.QtGui import QImage, QImageWriter
from PySide6.QtWidgets import QFileDialog, QWidget

from gui.error_texts import sentence_of
from gui.vision_tab.stage.images import PixelImage
from gui.workers import RunController
from vision.batch import BatchItem, write_results_csv
from vision.display import to_display
from vision.drawing import draw_as_app, draw_as_tutorial
from vision.errors import Fault, VisionError
from vision.files import write_file
from vision.reasons import Reason
from vision.recorder import Recorder
from vision.session import PictureResult, Session

__all__ = ["Exports", "write_snapshot"]

# Of 100, the quickest but none: 54 million pixels take 5 s, where Qt's own choice takes 22 s.
PNG_COMPRESSION = 11
JPEG_QUALITY = 92


def write_snapshot(path: Path, reading: PictureResult, style: str, threshold: float) -> None:
    """Write a picture with its label.

    Parameters
    ----------
    path
        A .png or .jpg file.
    reading
        The picture and what the network says of it.
    style
        ``"tutorial"`` or ``"app"``.
    threshold
        Under this probability (0 to 1) the app's style says "not sure".

    Raises
    ------
    VisionError
        file_unwritable.
    """
    if style == "tutorial":
        drawn = draw_as_tutorial(reading.picture, reading.result)
    else:
        drawn = draw_as_app(reading.picture, reading.result, threshold)
    _write_image(path, PixelImage(to_display(drawn)))


def _write_image(path: Path, image: QImage) -> None:
    """Write straight to the disk: the bytes of a large picture would hold up the window."""
    file = QSaveFile(str(path))
    if not file.open(QIODevice.OpenModeFlag.WriteOnly):
        raise VisionError(Fault.FILE_UNWRITABLE, file=str(path), reason=_reason(file))
    is_jpeg = path.suffix.lower() in (".jpg", ".jpeg")
    writer = QImageWriter(file, QByteArray(b"JPG" if is_jpeg else b"PNG"))
    if is_jpeg:
        writer.setQuality(JPEG_QUALITY)
    else:
        writer.setCompression(PNG_COMPRESSION)
    if not writer.write(image):
        whole = file.error() is QFileDevice.FileError.NoError
        reason = Reason.TOO_MANY_PIXELS if whole else _reason(file)
        file.cancelWriting()
        raise VisionError(Fault.FILE_UNWRITABLE, file=str(path), reason=reason)
    if not file.commit():
        raise VisionError(Fault.FILE_UNWRITABLE, file=str(path), reason=_reason(file))


def _reason(file: QSaveFile) -> str:
    """Return why a file cannot be written, in words that can be translated where there are any."""
    path, error = Path(file.fileName()), file.error()
    if path.is_dir():
        return Reason.IS_FOLDER
    if not path.parent.is_dir():
        return Reason.NO_SUCH_FOLDER
    if error is QFileDevice.FileError.PermissionsError or not os.access(path.parent, os.W_OK):
        return Reason.NO_PERMISSION
    return Reason.NO_ROOM if error is QFileDevice.FileError.ResourceError else file.errorString()


class Exports(QObject):
    """Ask where to, write, and say that it was written.

    Pictures, which may be large, are written on a thread, one after the other.

    Signals
    -------
    written(Callable[[], str])
        A sentence for the status bar.
    failed(str)
        A sentence for the message bar.
    recording_changed(bool)
        A recording began or ended.
    """

    written = Signal(object)
    failed = Signal(str)
    recording_changed = Signal(bool)

    def __init__(self, session: Session, parent: QWidget) -> None:
        super().__init__(parent)
        self._window = parent
        self._session = session
        self._pictures: deque[tuple[Path, Callable[[], None]]] = deque()
        self._writer = RunController(self)
        self._writer.completed.connect(self._on_picture_written)
        self._writer.cancelled.connect(self._on_picture_written)
        self._writer.failed.connect(self._on_picture_failed)

    # -- Snapshot ----------------------------------------------------------------------------------

    def ask_snapshot(self, reading: PictureResult, style: str, threshold: float) -> None:
        """Save a picture with its label where the person says."""
        name = f"{Path(reading.name).stem}-{style}.png"
        self._ask(
            self.tr("Save the picture"),
            name,
            self.tr("Pictures (*.png *.jpg)"),
            "save_snapshot_dialog",
            lambda path: self.save_snapshot(path, reading, style, threshold),
        )

    def save_snapshot(
        self, path: Path, reading: PictureResult, style: str, threshold: float
    ) -> None:
        """Write a picture with its label on the thread; see `write_snapshot`."""
        self._pictures.append((path, lambda: write_snapshot(path, reading, style, threshold)))
        self._write_next_picture()

    def _write_next_picture(self) -> None:
        if self._pictures and self._writer.is_idle:
            write = self._pictures[0][1]
            self._writer.start(lambda _should_stop, _publish: write())

    def _on_picture_written(self, _result: object) -> None:
        path, _ = self._pictures.popleft()
        self.written.emit(partial(self._saved, path.name))
        self._write_next_picture()

    def _saved(self, name: str) -> str:
        return self.tr("Saved {name}.").format(name=name)

    def _on_picture_failed(self, error: Exception, _details: str) -> None:
        self._pictures.popleft()
        self.failed.emit(sentence_of(error))
        self._write_next_picture()

    @property
    def is_writing(self) -> bool:
        """Whether a picture is being written, or waits for it."""
        return bool(self._pictures)

    # -- Tables ------------------------------------------------------------------------------------

    def ask_history(self, text: str) -> None:
        """Save the history's table where the person says."""
        self._ask(
            self.tr("Save the history"),
            "history.csv",
            self.tr("Tables (*.csv)"),
            "save_history_dialog",
            lambda path: self._write(path, lambda: write_file(path, text.encode("utf-8-sig"))),
        )

    def ask_folder(self, items: list[BatchItem], name: str) -> None:
        """Save a folder's table where the person says."""
        self._ask(
            self.tr("Save the table"),
            f"{name or 'folder'}.csv",
            self.tr("Tables (*.csv)"),
            "save_folder_dialog",
            lambda path: self._write(path, lambda: write_results_csv(path, items)),
        )

    # -- Recording ---------------------------------------------------------------------------------

    def toggle_recording(self, is_on: bool) -> None:
        """Begin a recording where the person says, or end the one that runs."""
        if not is_on:
            self.finish_recording()
            return
        # Until there is a file, nothing is recorded.
        self.recording_changed.emit(False)
        self._ask(
            self.tr("Record results"),
            "results.csv",
            self.tr("Tables (*.csv)"),
            "record_dialog",
            self.begin_recording,
        )

    def begin_recording(self, path: Path) -> None:
        """Begin a recording; a failure is reported by ``failed``."""
        try:
            self._session.recorder = Recorder(path)
        except VisionError as error:
            self.failed.emit(sentence_of(error))
            return
        self.recording_changed.emit(True)
        self.written.emit(lambda: self.tr("Recording to {name}.").format(name=path.name))

    def finish_recording(self) -> None:
        """End the recording, if one runs, and put its table in place."""
        recorder, self._session.recorder = self._session.recorder, None
        if recorder is None:
            return
        self._write(recorder.path, recorder.finish, rows=recorder.rows)
        self.recording_changed.emit(False)

    @property
    def is_recording(self) -> bool:
        """Whether results are being recorded."""
        return self._session.recorder is not None

    # -- Files -------------------------------------------------------------------------------------

    def _ask(
        self, title: str, name: str, kinds: str, object_name: str, then: Callable[[Path], None]
    ) -> None:
        dialog = QFileDialog(self._window, title)
        dialog.setObjectName(object_name)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.setNameFilter(kinds)
        dialog.setDefaultSuffix(Path(name).suffix.removeprefix("."))
        dialog.selectFile(name)
        dialog.fileSelected.connect(lambda chosen: then(Path(chosen)))
        dialog.open()

    def _write(self, path: Path, write: Callable[[], None], rows: int | None = None) -> None:
        try:
            write()
        except VisionError as error:
            self.failed.emit(sentence_of(error))
            return
        if rows is None:
            self.written.emit(partial(self._saved, path.name))
        else:
            self.written.emit(
                lambda: self.tr("Saved {name} with {rows} rows.").format(name=path.name, rows=rows)
            )
