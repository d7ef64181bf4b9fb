"""The frames of a stream on the stage, and what the network saw of them."""

from __future__ import annotations

import time

from PySide6.QtCore import QObject, QSize

from gui.vision_tab.presenter import Presenter
from gui.vision_tab.stage.images import PixelImage
from gui.vision_tab.stage.stage import Stage
from vision.display import TensorView, view_tensor
from vision.preprocessing import Preprocessing
from vision.session import Session
from vision.sources.base import Frame
from vision.stream_job import ShownFrame

__all__ = ["LiveFrames"]

XRAY_EVERY_S = 0.125


class LiveFrames(QObject):
    """Draw frames as they come, tell the worker at which size, and look at tensors now and then.

    Attributes
    ----------
    frame
        The frame on the stage, or ``None``.
    """

    def __init__(
        self, session: Session, stage: Stage, presenter: Presenter, parent: QObject
    ) -> None:
        super().__init__(parent)
        self._session, self._stage, self._presenter = session, stage, presenter
        self.frame: Frame | None = None
        self._convert_ms = self._paint_ms = 0.0
        self._tensor: TensorView | None = None
        self._tensor_settings: Preprocessing | None = None
        self._tensor_s = 0.0
        stage.view.painted.connect(self._on_painted)
        stage.view.resized.connect(self._on_resized)

    @property
    def draw_ms(self) -> float:
        """How long making the newest image and painting it took."""
        return self._convert_ms + self._paint_ms

    def show(self, shown: ShownFrame) -> None:
        """Draw a frame; what the network says of it follows."""
        height, width = shown.frame.picture.shape[:2]
        self.frame, self._convert_ms = shown.frame, shown.convert_ms
        image = PixelImage(shown.pixels, shown.display.ratio)
        self._stage.show_image(image, QSize(width, height))

    def show_mirrored(self, is_mirrored: bool) -> None:
        """Turn left and right round, or back."""
        self._stage.view.show_mirrored(is_mirrored)
        self._on_resized()

    def forget(self) -> None:
        """Let go of the frame and of the tensor: another source takes the stage."""
        self.frame = self._tensor = None

    def tensor_of(
        self, frame: Frame, settings: Preprocessing, own: Preprocessing, *, is_held: bool
    ) -> TensorView | None:
        """Return what the network saw of a frame, or of one shortly before it.

        It is looked at a few times a second while it is on the screen, and at once when its
        settings change or the frame is held.
        """
        now = time.perf_counter()
        due = now - self._tensor_s > XRAY_EVERY_S or settings != self._tensor_settings
        if is_held or (due and self._presenter.shows_tensor):
            self._tensor_s, self._tensor_settings = now, settings
            self._tensor = view_tensor(settings, own, frame.picture)
        return self._tensor

    def _on_resized(self) -> None:
        """Prepare the next images for the stage as it is now, and the one on show, if any, anew."""
        self._session.display = self._stage.view.display_size
        if self.frame is not None and self._stage.is_showing:
            self.show(ShownFrame.of(self.frame, self._session.display))

    def _on_painted(self, paint_ms: float) -> None:
        self._paint_ms = paint_ms
