"""The menu of cameras, network addresses and resolutions under the bar's last segment."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import Signal
from PySide6.QtGui import QActionGroup
from PySide6.QtWidgets import QMenu, QWidget

__all__ = ["CameraChoice", "CameraMenu"]


@dataclass(frozen=True)
class CameraChoice:
    """One camera of the menu.

    Attributes
    ----------
    name
        What the system calls it.
    key
        What the controller opens it by.
    """

    name: str
    key: object


class CameraMenu(QMenu):
    """Offer cameras, and how they are looked through; made anew whenever it is about to open.

    Signals
    -------
    camera_chosen(object), address_requested(), mirror_toggled(bool), resolution_chosen(object)
        What was chosen; a resolution is (width, height), or ``None`` for the camera's own.
    """

    camera_chosen = Signal(object)
    address_requested = Signal()
    mirror_toggled = Signal(bool)
    resolution_chosen = Signal(object)

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName("camera_menu")

    def show_cameras(
        self,
        cameras: list[CameraChoice],
        sizes_wh: tuple[tuple[int, int], ...],
        size_wh: tuple[int, int] | None,
        is_mirrored: bool,
    ) -> None:
        """Offer cameras and resolutions to ask them for; `size_wh` and `is_mirrored` are in use."""
        self.clear()
        group = QActionGroup(self)
        for number, camera in enumerate(cameras):
            action = self.addAction(camera.name)
            action.setObjectName(f"camera_{number}")
            action.setActionGroup(group)
            action.triggered.connect(
                lambda _checked=False, key=camera.key: self.camera_chosen.emit(key)
            )
        if not cameras:
            self.addAction(self.tr("No camera found")).setEnabled(False)
        self.addSeparator()
        address = self.addAction(self.tr("Network address..."))
        address.setObjectName("camera_address")
        address.triggered.connect(self.address_requested)
        self._add_resolutions(sizes_wh, size_wh)
        mirror = self.addAction(self.tr("Mirrored view"))
        mirror.setObjectName("camera_mirrored")
        mirror.setCheckable(True)
        mirror.setChecked(is_mirrored)
        mirror.triggered.connect(self.mirror_toggled)

    def _add_resolutions(
        self, sizes_wh: tuple[tuple[int, int], ...], size_wh: tuple[int, int] | None
    ) -> None:
        menu = self.addMenu(self.tr("Resolution"))
        menu.setObjectName("camera_resolutions")
        group = QActionGroup(menu)
        for size in (None, *sizes_wh):
            text = self.tr("The camera's own") if size is None else f"{size[0]} × {size[1]}"
            action = menu.addAction(text)
            action.setObjectName(f"resolution_{size[0]}" if size is not None else "resolution_own")
            action.setCheckable(True)
            action.setChecked(size == size_wh)
            action.setActionGroup(group)
            action.triggered.connect(
                lambda _checked=False, size=size: self.resolution_chosen.emit(size)
            )
