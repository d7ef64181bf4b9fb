"""Which camera records, how often, and whether as a mirror shows it; what is kept on disk."""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtGui import QAction, QActionGroup
from PySide6.QtWidgets import QMenu, QWidget

from gui.format import megabytes, show_integer
from gui.teach_tab.state import RATES_FPS, Camera
from gui.teach_tab.teach_model import TeachModel
from gui.vision_tab.opening import ask_address
from vision.sources.camera import CameraInfo, list_cameras


class RecordingMenu(QMenu):
    """Offer cameras, a stream, rates and the mirror; made anew whenever it is about to open."""

    def __init__(self, model: TeachModel, parent: QWidget) -> None:
        super().__init__(parent)
        self._model, self._button = model, parent
        self.setObjectName("recording_menu")
        self.aboutToShow.connect(self._fill)

    def _fill(self) -> None:
        camera = self._model.state.camera
        self.clear()
        # Where the system tells no names, the first camera may still be there.
        first = CameraInfo(0, self.tr("Camera {n}").format(n=0))
        devices = QActionGroup(self)
        for place, device in enumerate(list_cameras() or (first,)):
            is_chosen = not camera.address and (camera.device or device) == device
            action = self._choice(device.name, f"recording_camera_{place}", is_chosen, devices)
            action.triggered.connect(
                lambda _checked=False, device=device: self._set(device=device, address="")
            )
        text = camera.address or self.tr("Network address…")
        stream = self._choice(text, "recording_address", bool(camera.address), devices)
        stream.triggered.connect(lambda: ask_address(self._button, self._model.set_address))
        self.addSeparator()
        rates = QActionGroup(self)
        for rate in RATES_FPS:
            text = self.tr("{n} images a second").format(n=show_integer(rate))
            if rate == 1:
                text = self.tr("1 image a second")
            action = self._choice(text, f"recording_rate_{rate}", rate == camera.rate_fps, rates)
            action.triggered.connect(lambda _checked=False, rate=rate: self._set(rate_fps=rate))
        self.addSeparator()
        mirror = self._choice(self.tr("As a mirror shows it"), "recording_mirrored")
        mirror.setChecked(camera.is_mirrored)
        mirror.triggered.connect(lambda on: self._set(is_mirrored=on))
        self.addSeparator()
        size = self._model.kept_bytes()
        text = self.tr("Forget the features kept on disk ({size})").format(size=megabytes(size))
        forget = self.addAction(text)
        forget.setObjectName("forget_features")
        forget.setEnabled(size > 0)
        forget.triggered.connect(self._model.forget_features)

    def _choice(
        self, text: str, name: str, is_chosen: bool = False, group: QActionGroup | None = None
    ) -> QAction:
        action = self.addAction(text.replace("&", "&&"))
        action.setObjectName(name)
        action.setCheckable(True)
        action.setChecked(is_chosen)
        if group is not None:
            action.setActionGroup(group)
        return action

    def _set(self, **changes: object) -> None:
        camera: Camera = replace(self._model.state.camera, **changes)  # type: ignore[arg-type]
        self._model.set_camera(camera)
