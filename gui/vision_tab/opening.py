"""Opening what is dropped, pasted, chosen or typed."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QMimeData, Qt, QUrl
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QInputDialog, QWidget

from foundation.text import tr
from gui.widgets.dialogs import ask_for_files, ask_for_folder
from gui.widgets.drops import local_paths
from vision.kinds import FileKind, file_filter
from vision.sources.camera import CameraInfo, list_cameras

if TYPE_CHECKING:
    from gui.vision_tab.state import SourceKind
    from gui.vision_tab.vision_model import VisionModel  # Teach, too, asks for addresses

_ADDRESS_BEGIN = "http://"
_ADDRESS_W_PX = 440
_OF_THE_NETWORK = ("http", "https", "ftp")


def open_mime(model: VisionModel, mime: QMimeData, name: str) -> bool:
    """Open dropped or pasted data; return whether there was any.

    `name` is the name of an image without a file.
    """
    paths = local_paths(mime) or _path_in_text(mime.text())
    if paths:
        model.open_paths(paths)
        return True
    image = mime.imageData() if mime.hasImage() else None
    if isinstance(image, QImage) and not image.isNull():
        model.open_image(image, name)
        return True
    if address := address_in(mime):
        model.refuse_address(address)
    return bool(address)


def address_in(mime: QMimeData) -> str:
    """Return the first network address in dropped or pasted data, or ``""``."""
    urls = [*mime.urls(), QUrl(mime.text().strip())]
    addresses = (url.toDisplayString() for url in urls if url.scheme() in _OF_THE_NETWORK)
    return next(addresses, "")


def offered_cameras() -> tuple[CameraInfo, ...]:
    """Return the cameras to offer, at least one.

    If the system lists none, the first camera may still exist.
    """
    name = tr("Camera {n}", n=0)
    return list_cameras() or (CameraInfo(0, name),)


def ask_files(parent: QWidget, model: VisionModel, kind: SourceKind) -> None:
    """Ask for pictures, a folder, a video or an address; open it."""
    from gui.vision_tab.state import SourceKind

    if kind is SourceKind.CAMERA:
        ask_address(parent, model.open_address)
        return
    window, name = parent.window(), "open_dialog"
    if kind is SourceKind.FOLDER:
        ask_for_folder(window, tr("Open folder"), name, lambda path: model.open_paths([path]))
    elif kind is SourceKind.VIDEO:
        kinds = [file_filter(tr("Videos"), FileKind.VIDEO)]
        ask_for_files(window, tr("Open video"), name, kinds, model.open_paths, is_one=True)
    else:
        kinds = [file_filter(tr("Pictures"), FileKind.PICTURE)]
        ask_for_files(window, tr("Open image"), name, kinds, model.open_paths)


def ask_model(parent: QWidget, model: VisionModel, key: str) -> None:
    """Ask for the files of a row's model, and use them."""
    kinds = file_filter(tr("Models and labels"), FileKind.MODEL).replace(")", " *.txt)")
    title, then = tr("Open model files"), partial(model.use_files, key)
    ask_for_files(parent.window(), title, "model_dialog", [kinds], then)


def ask_address(parent: QWidget, then: Callable[[str], object]) -> None:
    """Ask for the address of a network stream and pass it to `then`."""

    def on_typed(address: str) -> None:
        address = address.strip()
        # Nothing was typed: the dialog was only left.
        if address not in ("", _ADDRESS_BEGIN):
            then(address if "://" in address else _ADDRESS_BEGIN + address)

    dialog = QInputDialog(parent.window())
    dialog.setObjectName("address_dialog")
    dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    dialog.setWindowTitle(tr("Network address"))
    dialog.setLabelText(tr("Address of an MJPEG (http) or RTSP stream:"))
    dialog.setTextValue(_ADDRESS_BEGIN)
    dialog.resize(_ADDRESS_W_PX, dialog.sizeHint().height())
    dialog.textValueSelected.connect(on_typed)
    dialog.open()


def _path_in_text(text: str) -> list[Path]:
    """Return the existing file named by a pasted path or file: URL."""
    line = text.strip().strip('"')
    if not line or "\n" in line or len(line) > 4096:
        return []
    url = QUrl(line)
    path = Path(url.toLocalFile() if url.isLocalFile() else line)
    return [path] if path.is_absolute() and path.exists() else []
