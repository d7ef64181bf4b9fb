"""Menus of cameras: for recordings, and for the live preview."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial

from PySide6.QtGui import QActionGroup
from PySide6.QtWidgets import QMenu, QWidget

from foundation.text import tr, tr_plural
from gui.format import megabytes, show_integer
from gui.teach_tab.state import RATES_FPS, Camera, PreviewKind
from gui.teach_tab.teach_model import TeachModel
from gui.vision_tab.opening import ask_address, offered_cameras
from gui.widgets.basic import menu_action
from gui.widgets.dialogs import ask_for_files
from vision.kinds import FileKind, file_filter
from vision.sources.camera import CameraInfo
from vision.teaching.feature_cache import FeatureCache


class _CameraMenu(QMenu):
    """A menu of cameras, filled whenever it is about to open."""

    def __init__(self, name: str, model: TeachModel, parent: QWidget) -> None:
        super().__init__(parent)
        self._model, self._parent = model, parent
        self.setObjectName(name)
        self.aboutToShow.connect(self.clear)
        self.aboutToShow.connect(self._fill)

    def _fill(self) -> None:
        raise NotImplementedError

    def _add_cameras(
        self, prefix: str, use: Callable[[CameraInfo], object], is_used: bool
    ) -> QActionGroup:
        camera, cameras = self._model.state.camera, offered_cameras()
        chosen = camera.device or cameras[0]
        group = QActionGroup(self)
        for place, device in enumerate(cameras):
            is_on = is_used and not camera.address and device == chosen
            name = f"{prefix}_camera_{place}"
            menu_action(self, name, device.name, partial(use, device), is_on, group)
        return group

    def _add_mirror(self, name: str, text: str) -> None:
        is_mirrored = self._model.state.camera.is_mirrored
        menu_action(self, name, text, partial(self._set, is_mirrored=not is_mirrored), is_mirrored)

    def _set(self, **changes: object) -> None:
        camera: Camera = replace(self._model.state.camera, **changes)  # type: ignore[arg-type]  # their names are the fields'
        self._model.set_camera(camera)


class RecordingMenu(_CameraMenu):
    """A menu of cameras, streams, rates and the mirror setting."""

    def __init__(self, model: TeachModel, parent: QWidget) -> None:
        super().__init__("recording_menu", model, parent)

    def _fill(self) -> None:
        camera = self._model.state.camera
        devices = self._add_cameras(
            "recording", lambda device: self._set(device=device, address=""), is_used=True
        )
        text = camera.address or tr("Network address…")
        ask = partial(ask_address, self._parent, self._model.set_address)
        menu_action(self, "recording_address", text, ask, bool(camera.address), devices)
        self.addSeparator()
        rates = QActionGroup(self)
        for rate in RATES_FPS:
            text = tr_plural("1 image a second", "{n} images a second", rate, n=show_integer(rate))
            choose = partial(self._set, rate_fps=rate)
            is_chosen = rate == camera.rate_fps
            menu_action(self, f"recording_rate_{rate}", text, choose, is_chosen, rates)
        self.addSeparator()
        self._add_mirror("recording_mirrored", tr("As a mirror shows it"))
        self.addSeparator()
        size = FeatureCache().size_bytes()
        text = tr("Forget the features kept on disk ({size})", size=megabytes(size))
        forget = menu_action(self, "forget_features", text, self._model.clear_feature_cache)
        forget.setEnabled(size > 0)


class SourceMenu(_CameraMenu):
    """A menu of the preview's sources: a file, cameras, a stream."""

    def __init__(self, model: TeachModel, parent: QWidget) -> None:
        super().__init__("preview_source_menu", model, parent)

    def _fill(self) -> None:
        model, kind = self._model, self._model.state.preview.kind
        menu_action(self, "preview_picture", tr("Image or video…"), self._ask_file)
        self.addSeparator()
        self._add_cameras("preview", self._use, kind is PreviewKind.CAMERA)
        if model.state.camera.address:
            menu_action(self, "preview_stream", model.state.camera.address, model.preview_camera)
        ask = partial(ask_address, self._parent, self._use_address)
        menu_action(self, "preview_address", tr("Network address…"), ask)
        self._add_mirror("preview_mirrored", tr("Mirrored view"))
        if kind is not PreviewKind.NOTHING:
            self.addSeparator()
            menu_action(self, "preview_stop", tr("Stop"), model.stop_preview)

    def _use(self, device: CameraInfo) -> None:
        self._set(device=device, address="")
        self._model.preview_camera()

    def _use_address(self, address: str) -> None:
        if self._model.set_address(address):
            self._model.preview_camera()

    def _ask_file(self) -> None:
        images = file_filter(tr("Images"), FileKind.PICTURE)
        videos = file_filter(tr("Videos"), FileKind.VIDEO)
        ask_for_files(
            self._parent.window(),
            tr("Image or video"),
            "preview_dialog",
            [images, videos],
            lambda paths: self._model.preview_file(paths[0]),
            is_one=True,
        )
