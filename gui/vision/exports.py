"""What leaves Vision as files: pictures with their label, and tables."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QBuffer, QByteArray, QIODevice, QObject, Qt, Signal
from PySide6.QtGui import QImageWriter
from PySide6.QtWidgets import QFileDialog, QWidget

from gui.vision.pixels import picture_to_image
from gui.vision.recorder import Recorder
from gui.vision.sentences import sentence_of
from gui.vision.session import Reading, Session
from vision.batch import BatchItem, write_results_csv
from vision.drawing import draw_as_app, draw_as_tutorial
from vision.errors import Fault, VisionError
from vision.files import write_file

__all__ = ["Exports", "write_snapshot"]


def write_snapshot(path: Path, reading: Reading, style: str, threshold: float) -> None:
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
    buffer = QBuffer()
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    form = b"JPG" if path.suffix.lower() in (".jpg", ".jpeg") else b"PNG"
    if not QImageWriter(buffer, QByteArray(form)).write(picture_to_image(drawn)):
        raise VisionError(
            Fault.FILE_UNWRITABLE, file=str(path), reason=f"no {form.decode()} writer"
        )
    write_file(path, bytes(buffer.data().data()))


class Exports(QObject):
    """Ask where to, write, and say that it was written.

    Signals
    -------
    written(str)
        A sentence for the status bar.
    failed(str)
        A sentence for the message bar.
    recording_changed(bool)
        A recording began or ended.
    """

    written = Signal(str)
    failed = Signal(str)
    recording_changed = Signal(bool)

    def __init__(self, session: Session, parent: QWidget) -> None:
        super().__init__(parent)
        self._window = parent
        self._session = session

    # -- Snapshot ----------------------------------------------------------------------------------

    def ask_snapshot(self, reading: Reading, style: str, threshold: float) -> None:
        """Save a picture with its label where the person says."""
        name = f"{Path(reading.name).stem}-{style}.png"
        self._ask(
            self.tr("Save the picture"),
            name,
            self.tr("Pictures (*.png *.jpg)"),
            "save_snapshot_dialog",
            lambda path: self._write(path, lambda: write_snapshot(path, reading, style, threshold)),
        )

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
        self.written.emit(self.tr("Recording to {name}.").format(name=path.name))

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
            self.written.emit(self.tr("Saved {name}.").format(name=path.name))
        else:
            self.written.emit(
                self.tr("Saved {name} with {rows} rows.").format(name=path.name, rows=rows)
            )
