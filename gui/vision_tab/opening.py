"""What is dropped, pasted, picked or typed."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QMimeData, QObject, Qt, QUrl, Signal
from PySide6.QtGui import QImage, QKeySequence, QShortcut
from PySide6.QtWidgets import QFileDialog, QInputDialog, QWidget

from gui.vision_tab.source_bar import SourceKind
from vision.kinds import FileKind, file_filter, kind_of

__all__ = ["FileOpener", "add_keys"]


def add_keys(
    tab: QWidget, keys: str | QKeySequence.StandardKey, action: Callable[[], object]
) -> None:
    """Call `action` when a person presses `keys` while `tab` is the one on show."""
    shortcut = QShortcut(QKeySequence(keys), tab)
    # After a click on the tab's name the focus is in the header; a hidden tab's keys rest.
    shortcut.setContext(Qt.ShortcutContext.WindowShortcut)
    shortcut.activated.connect(action)


_ADDRESS_BEGIN = "http://"


class FileOpener(QObject):
    """Ask for files and addresses, and say what was given.

    Signals
    -------
    pictures_given(list[Path]), image_given(QImage, str)
        Picture files; an image that is no file, with its name.
    folder_given(Path), video_given(Path), address_given(str)
        One of them.
    models_given(list[Path], str)
        Model files, and the key of the row they are for or ``""``.
    refused(str)
        A sentence: what was given is nothing for Vision.
    """

    pictures_given = Signal(list)
    image_given = Signal(QImage, str)
    folder_given = Signal(Path)
    video_given = Signal(Path)
    address_given = Signal(str)
    models_given = Signal(list, str)
    refused = Signal(str)

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._window = parent

    # -- Sorting -----------------------------------------------------------------------------------

    def open_paths(self, paths: list[Path]) -> None:
        """Open the model among `paths`, and all pictures or else the first folder or video."""
        kinds = {path: kind_of(path) for path in paths}
        models = [path for path, kind in kinds.items() if kind is FileKind.MODEL]
        sources = [
            path for path, kind in kinds.items() if kind in (FileKind.FOLDER, FileKind.VIDEO)
        ]
        pictures = [path for path, kind in kinds.items() if kind is FileKind.PICTURE]
        if models:
            # A model comes with its other half and its labels.
            self.models_given.emit([p for p in paths if p in models or kinds[p] is None], "")
        if pictures:
            self.pictures_given.emit(pictures)
        elif sources:
            is_folder = kinds[sources[0]] is FileKind.FOLDER
            (self.folder_given if is_folder else self.video_given).emit(sources.pop(0))
        elif not models:
            self.refused.emit(
                self.tr(
                    "{name} is no picture, folder, video or model that Glassnet knows by its name."
                ).format(name=paths[0].name)
            )
        if sources:
            text = self.tr("Not opened: {names}. Give pictures, or one folder, or one video.")
            self.refused.emit(text.format(names=", ".join(path.name for path in sources)))

    def open_mime(self, mime: QMimeData, name: str) -> bool:
        """Open what was dropped or pasted; `name` is for an image that is no file."""
        paths = [Path(url.toLocalFile()) for url in mime.urls() if url.isLocalFile()]
        paths = paths or _path_in_text(mime.text())
        if paths:
            self.open_paths(paths)
            return True
        image = mime.imageData() if mime.hasImage() else None
        if not isinstance(image, QImage) or image.isNull():
            return False
        self.image_given.emit(image, name)
        return True

    # -- Asking ------------------------------------------------------------------------------------

    def ask(self, kind: SourceKind) -> None:
        """Ask for pictures, a folder, a video or an address."""
        if kind is SourceKind.CAMERA:
            self.ask_address()
            return
        dialog = self._file_dialog("open_dialog")
        if kind is SourceKind.FOLDER:
            dialog.setWindowTitle(self.tr("Open folder"))
            dialog.setFileMode(QFileDialog.FileMode.Directory)
            dialog.setOption(QFileDialog.Option.ShowDirsOnly)
        elif kind is SourceKind.VIDEO:
            dialog.setWindowTitle(self.tr("Open video"))
            dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
            dialog.setNameFilter(file_filter(self.tr("Videos"), FileKind.VIDEO))
        else:
            dialog.setWindowTitle(self.tr("Open image"))
            dialog.setNameFilter(file_filter(self.tr("Pictures"), FileKind.PICTURE))
        dialog.filesSelected.connect(lambda files: self.open_paths([Path(f) for f in files]))
        dialog.open()

    def ask_model(self, key: str) -> None:
        """Ask for the files of a model."""
        dialog = self._file_dialog("model_dialog")
        dialog.setWindowTitle(self.tr("Open model files"))
        models = file_filter(self.tr("Models and labels"), FileKind.MODEL)
        dialog.setNameFilter(models.replace(")", " *.txt)"))
        dialog.filesSelected.connect(
            lambda files: self.models_given.emit([Path(f) for f in files], key)
        )
        dialog.open()

    def ask_address(self) -> None:
        """Ask for the address of a network stream."""
        dialog = QInputDialog(self._window)
        dialog.setObjectName("address_dialog")
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.setWindowTitle(self.tr("Network address"))
        dialog.setLabelText(self.tr("Address of an MJPEG (http) or RTSP stream:"))
        dialog.setTextValue(_ADDRESS_BEGIN)
        dialog.textValueSelected.connect(self._on_address_typed)
        dialog.open()

    def _on_address_typed(self, address: str) -> None:
        # Nothing was typed: the dialog was only left.
        if address.strip() not in ("", _ADDRESS_BEGIN):
            self.address_given.emit(address.strip())

    def _file_dialog(self, object_name: str) -> QFileDialog:
        dialog = QFileDialog(self._window)
        dialog.setObjectName(object_name)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.setFileMode(QFileDialog.FileMode.ExistingFiles)
        return dialog


def _path_in_text(text: str) -> list[Path]:
    """Return the file that a pasted text names, as a path or as a file: address."""
    line = text.strip().strip('"')
    if not line or "\n" in line or len(line) > 4096:
        return []
    url = QUrl(line)
    path = Path(url.toLocalFile() if url.isLocalFile() else line)
    return [path] if path.is_absolute() and path.exists() else []
