"""Videos, cameras and network streams: from the person's choice to the stage."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from PySide6.QtCore import QObject, Signal

from gui.error_texts import sentence_of
from gui.vision_tab.latency_panel import LatencyState
from gui.vision_tab.live_frames import LiveFrames
from gui.vision_tab.presenter import Presenter
from gui.vision_tab.source_bar import CameraChoice, SourceBar, SourceKind, SourceState
from gui.vision_tab.stage.stage import Stage, TransportState
from gui.vision_tab.vision_worker import VisionController
from gui.workers.throttle import Throttle
from vision.errors import VisionError
from vision.pipeline import PipelineState, PipelineUpdate
from vision.session import PictureResult
from vision.sources.base import Frame, FrameSource
from vision.sources.camera import COMMON_SIZES_WH, CameraDevice, CameraInfo, list_cameras
from vision.sources.live_source import LiveDevice, LiveSource
from vision.sources.video_source import VideoSource
from vision.stream_job import ShownFrame

__all__ = ["LiveDesk"]

# Figures that change faster cannot be read, and drawing them takes time from the network.
READING_EVERY_MS = 100


class LiveDesk(QObject):
    """Start streams, show their frames, and hold, seek and restart them.

    Attributes
    ----------
    frames
        The frames on the stage.
    rate_fps
        Frames classified a second.
    update
        The newest update of the stream, or ``None``.

    Signals
    -------
    bar_changed(SourceBarState)
        What the bar has to show now.
    failed(str)
        A sentence for the message bar.
    changed()
        The stream was held, goes on, or is in trouble; frames are the presenter's to tell of.
    """

    bar_changed = Signal(object)
    failed = Signal(str)
    changed = Signal()

    def __init__(
        self,
        controller: VisionController,
        bar: SourceBar,
        stage: Stage,
        presenter: Presenter,
        parent: QObject,
    ) -> None:
        super().__init__(parent)
        self._controller, self._bar = controller, bar
        self._stage, self._presenter = stage, presenter
        self._state = SourceState()
        self._source: FrameSource | None = None
        self._open_again: Callable[[], None] | None = None
        self.frames = LiveFrames(controller.session, stage, presenter, self)
        self._resume_after_drag = False
        self._remembered: Frame | None = None
        self._sought, self._seeks = 0, 0
        self._card: Callable[[], None] | None = None
        self._readings = Throttle(READING_EVERY_MS, self)
        self._readings.due.connect(self._show_frame)
        self.rate_fps = 0.0
        self.update: PipelineUpdate | None = None
        controller.frame_shown.connect(self._on_frame_shown)
        controller.stream_updated.connect(self._on_stream_updated)
        controller.stream_failed.connect(self._on_stream_failed)
        controller.stream_ended.connect(self._on_stream_ended)
        self._connect_panels()

    def _connect_panels(self) -> None:
        self._bar.cameras_requested.connect(self._on_cameras_requested)
        self._bar.mirror_toggled.connect(self._on_mirror_toggled)
        self._bar.resolution_chosen.connect(self._on_resolution_chosen)
        self._bar.freeze_toggled.connect(self.set_frozen)
        self._stage.retry_requested.connect(self.try_again)
        self._stage.play_toggled.connect(lambda playing: self.set_frozen(not playing))
        self._stage.frame_sought.connect(self._on_frame_sought)
        self._stage.position.sliderPressed.connect(self._on_drag_began)
        self._stage.position.sliderReleased.connect(self._on_drag_ended)

    # -- Choosing ----------------------------------------------------------------------------------

    def use_state(self, state: SourceState) -> None:
        """Take over what the bar shows, changed by another part of the tab."""
        self._state = state

    def open_video(self, path: Path) -> None:
        """Play a video file."""
        self._open_again = lambda: self.open_video(path)
        self._start(VideoSource(path), SourceKind.VIDEO)

    def open_camera(self, camera: CameraInfo) -> None:
        """Show a camera."""
        self._open_again = lambda: self.open_camera(camera)
        device = CameraDevice(camera, self._state.resolution_wh)
        self._start(LiveSource(device), SourceKind.CAMERA)

    def open_device(self, device: LiveDevice) -> None:
        """Show an MJPEG or RTSP stream."""
        self._open_again = lambda: self.open_device(device)
        self._start(LiveSource(device), SourceKind.CAMERA)

    def try_again(self) -> None:
        """Open the source that failed anew."""
        if self._open_again is not None:
            self._open_again()

    def forget(self) -> None:
        """Stop the stream, because something else takes the stage."""
        self._source = None
        self._open_again = None
        self.frames.forget()
        self.update = None
        self._readings.drop()
        self.rate_fps = 0.0
        self._controller.stop()
        self._stage.show_transport(None)
        self.frames.show_mirrored(False)

    @property
    def is_on(self) -> bool:
        """Whether a stream is on the stage."""
        return self._source is not None

    @property
    def is_frozen(self) -> bool:
        """Whether the stream is held."""
        return self._state.is_frozen

    def title(self) -> str:
        """Return the name of the stream and whether it is held, or nothing."""
        if self._source is None:
            return ""
        name = _name_of(self._source)
        return self.tr("{name}, frozen").format(name=name) if self._state.is_frozen else name

    def _start(self, source: FrameSource, kind: SourceKind) -> None:
        self._source = source
        self.frames.forget()
        self._remembered = self.update = None
        self._readings.drop()
        self._seeks = 0
        self._presenter.clear()
        self._stage.show_transport(None)
        self._show_card(
            lambda: self._stage.show_waiting(
                self.tr("Waiting for {name}.").format(name=_name_of(source))
            )
        )
        mirrored = kind is SourceKind.CAMERA and self._state.is_mirrored
        self.frames.show_mirrored(mirrored)
        self._show(
            kind=kind, is_live=True, is_frozen=False, has_picture=False, shows_occlusion=False
        )
        self._controller.start_stream(source)

    def _show(self, **changes: object) -> None:
        self._state = replace(self._state, **changes)  # type: ignore[arg-type]  # names checked there
        self.bar_changed.emit(self._state)

    def _show_card(self, show: Callable[[], None]) -> None:
        self._card = show
        show()

    def rewrite(self) -> None:
        """Write what stands on the stage in a picture's place anew: the language changed."""
        if self._source is not None and not self._stage.is_showing and self._card is not None:
            self._card()

    # -- Holding -----------------------------------------------------------------------------------

    def set_frozen(self, frozen: bool) -> None:
        """Hold the frame on show, or go on."""
        if self._source is None:
            return
        if frozen:
            self._readings.flush()
            self._controller.pause()
            if self._presenter.reading is not None:
                self._presenter.remember()
                self._remembered = self.update.frame if self.update is not None else None
        else:
            self._remembered = None
            self._controller.resume()
        has_picture = self._presenter.reading is not None
        self._show(
            is_frozen=frozen,
            has_picture=has_picture,
            can_explain=frozen and has_picture,
            shows_occlusion=frozen and self._state.shows_occlusion,
        )
        self._show_transport()
        self.changed.emit()

    def _on_frame_sought(self, index: int) -> None:
        self._remembered = None
        self._sought = index
        self._seeks += 1
        self._controller.seek(index)

    def _on_drag_began(self) -> None:
        """Hold the video while a person drags its position."""
        self._resume_after_drag = not self._state.is_frozen
        if self._resume_after_drag:
            self._controller.pause()

    def _on_drag_ended(self) -> None:
        if self._resume_after_drag:
            self._controller.resume()

    # -- Menu --------------------------------------------------------------------------------------

    def _on_cameras_requested(self) -> None:
        found = list(list_cameras())
        if not found:
            # Where the system tells no names, the first camera may still be there.
            found = [CameraInfo(0, self.tr("Camera {number}").format(number=0))]
        cameras = [CameraChoice(camera.name, camera) for camera in found]
        self._bar.show_cameras(cameras, COMMON_SIZES_WH)

    def _on_mirror_toggled(self, mirrored: bool) -> None:
        self._show(is_mirrored=mirrored)
        self.frames.show_mirrored(mirrored and self._state.kind is SourceKind.CAMERA)

    def _on_resolution_chosen(self, size_wh: tuple[int, int] | None) -> None:
        self._show(resolution_wh=size_wh)
        if self._state.kind is SourceKind.CAMERA and self._source is not None:
            self.try_again()

    # -- Frames ------------------------------------------------------------------------------------

    @property
    def _is_current(self) -> bool:
        """Whether the stream that runs is the one on the stage, and not one that still ends."""
        stream = self._controller.stream
        return stream is not None and stream.source is self._source

    def _on_frame_shown(self, shown: ShownFrame) -> None:
        """Draw a frame as soon as it comes; what the network says of it follows."""
        if not self._is_current:
            return
        self.frames.show(shown)

    def _on_stream_updated(self, update: PipelineUpdate) -> None:
        if not self._is_current:
            return
        self.update = update
        self.rate_fps = update.rate_fps
        if update.state is PipelineState.WAITING and update.error is not None:
            self._show_trouble(update.error)
            return
        if update.state is PipelineState.ENDED and update.frame is None:
            # Nothing came; the stage says so once the stream is let go.
            self._controller.stop()
            return
        if update.state is PipelineState.ENDED:
            self._show(is_frozen=True, can_explain=self._presenter.reading is not None)
        if update.result is not None:
            self._readings.put(update)
            if self._state.is_frozen:
                self._readings.flush()
        self._show_transport()

    def _on_stream_failed(self, error: VisionError) -> None:
        if self._is_current:
            self.failed.emit(sentence_of(error))

    def _show_trouble(self, error: VisionError) -> None:
        """Say on the stage what is wrong; the source goes on trying by itself."""
        self._readings.drop()
        self._presenter.clear()
        self._show_card(
            lambda: self._stage.show_error(
                f"{sentence_of(error)} {self.tr('Glassnet keeps trying.')}"
            )
        )
        if self._state.has_picture:
            self._show(has_picture=False, can_explain=False)
        self.changed.emit()

    def _show_frame(self, update: PipelineUpdate) -> None:
        report, frame, result = self._controller.session.current, update.frame, update.result
        if report is None or frame is None or result is None:
            return
        settings = self._controller.session.settings_for(report.choice, report.preprocessing)
        held = self._state.is_frozen
        tensor = self.frames.tensor_of(frame, settings, report.preprocessing, is_held=held)
        shown = result.with_timings(draw_ms=self.frames.draw_ms)
        reading = PictureResult(
            name=frame.name,
            path=None,
            picture=frame.picture,
            pixels=None,
            result=shown,
            tensor=tensor,
            preprocessing=settings,
            model=report,
            is_new=False,
        )
        live = LatencyState(
            timings=shown.timings,
            is_live=True,
            frame_age_ms=update.frame_age_ms,
            processed=update.counts.processed,
            dropped=update.counts.dropped,
            use=report.use,
        )
        self._presenter.show_reading(reading, live)
        if self._remembered is not None and frame is not self._remembered:
            # It was on its way when the stream was held; it is the frame that stays on show.
            self._presenter.remember(instead=True)
            self._remembered = frame
        if not self._state.has_picture:
            self._show(has_picture=True, can_explain=self._state.is_frozen)

    def _show_transport(self) -> None:
        source = self._source
        if not isinstance(source, VideoSource):
            return
        update = self.update
        if update is None or update.frame is None:
            return
        # The knob stays where a person put it while frames from before are still on their way.
        index = update.frame.index if update.seeks == self._seeks else self._sought
        self._stage.show_transport(
            TransportState(index, source.length or 0, source.fps, not self._state.is_frozen)
        )

    def _on_stream_ended(self) -> None:
        """Say so on the stage if the source went away before its first frame."""
        if self._source is None or self._controller.is_busy:
            return
        self._show(is_live=False, is_frozen=False)
        name, opened = _name_of(self._source), self.update is not None
        if self.update is not None and self.update.frame is not None:
            return
        self._show_card(
            lambda: self._stage.show_error(
                (
                    self.tr("{name} holds no picture that can be shown.")
                    if opened
                    else self.tr("{name} cannot be opened.")
                ).format(name=name)
            )
        )


def _name_of(source: FrameSource) -> str:
    return source.path.name if isinstance(source, VideoSource) else source.name
