"""The model of Vision: its state, and the user's commands."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import numpy as np
from PySide6.QtCore import QObject, QSettings, Signal
from PySide6.QtGui import QImage

from foundation.text import tr
from gui.format import folded, percent
from gui.messages import LazyText, Messages
from gui.settings import settings
from gui.vision_tab.class_names import class_name
from gui.vision_tab.exports import Exports, SnapshotOptions, saved_message
from gui.vision_tab.inside.inside_model import InsideModel
from gui.vision_tab.model_registry import BUILD, OWN, ModelRegistry
from gui.vision_tab.stage.images import image_to_picture
from gui.vision_tab.state import (
    TOP_CHOICES,
    Classified,
    Event,
    FolderEnded,
    FolderState,
    MapReady,
    ModelRow,
    ObjectsState,
    Origin,
    SettingsInUse,
    SourceKind,
    SourceState,
    StageKind,
    StageState,
    TransportState,
    VisionState,
)
from gui.vision_tab.vision_worker import JobEnded, VisionWorker
from gui.workers.throttle import READING_MS, Throttle
from vision.classification import ClassificationResult
from vision.detections import Limits
from vision.drawing import Wording
from vision.engine import ComputeChoice
from vision.errors import Fault, VisionError
from vision.formats.labels import Labels
from vision.jobs.batch import write_results_csv
from vision.jobs.history import HistoryEntry, with_newest, write_history_csv
from vision.jobs.picture_jobs import FolderJob, OcclusionView, PictureItem
from vision.jobs.pipeline import PipelineState, PipelineUpdate
from vision.jobs.session import ModelReport, PictureResult, Refusal, write_settings_manifest
from vision.jobs.stream_job import ShownFrame
from vision.kinds import FileKind, kind_of
from vision.look.xray import Comparison, Mistake
from vision.models.choice import ModelChoice, choice_from_onnx, grey_preprocessing
from vision.networks.detector import DetectionResult
from vision.networks.segmenter import CutOut
from vision.pictures.pixels import DisplaySize, Picture
from vision.pictures.preprocessing import Preprocessing
from vision.result import Task
from vision.sources.base import Frame, FrameSource
from vision.sources.camera import CameraDevice, CameraInfo
from vision.sources.live_source import LiveSource
from vision.sources.video_source import VideoSource

if TYPE_CHECKING:
    from model.export import PictureModel


@dataclass(eq=False)
class Stream:
    """A video or camera on the stage.

    Attributes
    ----------
    make
        Creates a new `source`.
    update
        Newest update, or ``None``.
    frame
        Frame on the stage, or ``None``.
    sought, seeks
        Index of the frame of the last seek, and number of seeks.
    """

    make: Callable[[], FrameSource]
    source: FrameSource
    update: PipelineUpdate | None = None
    frame: Frame | None = None
    sought: int = 0
    seeks: int = 0

    @property
    def name(self) -> str:
        """The video's file name, or the name of the camera or stream."""
        source = self.source
        return source.path.name if isinstance(source, VideoSource) else source.name


class VisionModel(QObject):
    """Holds Vision's state, and carries out the user's commands.

    Attributes
    ----------
    state
        State shown by the panels.
    messages
        Messages shown to the user, such as errors.
    stream
        The video or camera on the stage, or ``None``; `state` is updated less often.
    worker, registry, exports
        Threads of the network, available models, and files to write.
    inside
        Model of "Look inside".

    Signals
    -------
    state_changed(VisionState)
        The state has changed; emitted at most ten times a second during a stream.
    frame_shown(ShownFrame)
        The newest frame of a stream, for the stage, before the network has processed it
        (docs/adr/0050).
    """

    state_changed = Signal(object)
    frame_shown = Signal(object)

    def __init__(self, messages: Messages | None = None, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.messages = messages or Messages(self)
        self.registry = ModelRegistry(self._on_models_changed, self)
        chosen = self.registry.chosen
        self.worker = VisionWorker(chosen, self._on_worker_event, self._fail, self._on_busy, self)
        self.exports = Exports(self.worker.session, self._on_written, self._fail, self)
        self.stream: Stream | None = None
        self._on_show: PictureItem | None = None
        self._resume_after_drag = False
        self._convert_ms = self._paint_ms = 0.0
        self._results = Throttle(READING_MS, self._show_stream, self)
        self._folder: FolderJob | None = None
        self._explained: PictureResult | None = None
        self._compared: PictureResult | None = None
        self._last: dict[Task, ModelChoice] = {}
        threshold, top = _stored(settings())
        self._usual_threshold = threshold
        self.state = VisionState(models=self.registry.models, threshold=threshold, top=top)
        self.inside = InsideModel(self)

    def prepare(self) -> None:
        """Load the model before the first picture, and list earlier downloads."""
        self.registry.open_library()
        self.worker.load_model()

    # -- The state ---------------------------------------------------------------------------------

    def _change(self, **changes: Any) -> None:
        """Update the state, including the parts that depend on others."""
        state = replace(self.state, **changes)
        source, result = state.source, state.result
        stands_still = not source.is_live or source.is_frozen
        says_labels = result is not None and isinstance(result.result, ClassificationResult)
        can_explain = says_labels and stands_still and not state.is_in_folder
        source = replace(source, has_picture=result is not None, can_explain=can_explain)
        state = replace(state, source=source, objects=self._objects(state))
        if result is not self._compared:
            self._compared = None
            state = replace(state, comparison=())
        wanted = result if source.shows_occlusion and can_explain else None
        before, self._explained = self._explained, wanted
        asks_anew = wanted is not before or state.explained_class != self.state.explained_class
        if asks_anew:
            said = None if isinstance(state.event, MapReady) else state.event
            state = replace(state, explanation=None, event=said)
        if state != self.state:
            self.state = state
            self.state_changed.emit(state)
        if asks_anew:
            if before is not None:
                self.worker.stop_side_job()
            if wanted is not None:
                self.worker.explain(wanted, state.explained_class)

    def _objects(self, state: VisionState) -> ObjectsState:
        """Return the objects to show for a state."""
        objects, before = state.objects, self.state.objects
        found = state.result.result if state.result is not None else None
        if not isinstance(found, DetectionResult):
            return replace(objects, selection=None, rows=(), classes=(), lit=None, tally=())
        selection = before.selection
        is_other = state.result is not self.state.result or objects.limits != before.limits
        if is_other or selection is None:
            selection = found.select(objects.limits)
        indices = selection.kept.indices.tolist()
        kept = objects.classes if self.state.objects.selection is not None else ()
        wanted = folded(objects.only)
        rows = tuple(
            row
            for row, index in enumerate(indices)
            if wanted in folded(class_name(found.labels.name(index)))
        )
        lit = objects.lit if selection is before.selection and objects.lit in rows else None
        return replace(
            objects,
            selection=selection,
            rows=rows,
            classes=tuple(dict.fromkeys((*kept, *indices))),
            lit=lit,
        )

    def _change_source(self, **changes: Any) -> None:
        self._change(source=replace(self.state.source, **changes))

    def _fail(self, error: Exception, details: str = "") -> None:
        # What was on show stays; an occlusion map of it, which the new job stopped, begins again.
        self._explained = None
        self._change()
        self._report(error, details)

    def _report(self, reason: Exception | LazyText, details: str = "") -> None:
        """Report an error or a message; clear a result that it makes obsolete."""
        result = self.state.result
        is_refusal = isinstance(reason, VisionError) and reason.code in _REFUSALS
        if is_refusal and result is not None:
            # What another model said, or this one by other settings, must not stay beside them.
            self._results.drop()
            stage = replace(self.state.stage, name=result.name)
            self._change(stage=stage, result=None, live=None, history_row=None)
        self.messages.show_error(reason, details, source=self)

    def _on_busy(self) -> None:
        self._change(is_busy=self.worker.is_busy)

    def _on_models_changed(self) -> None:
        self._change(models=self.registry.models, library=self.registry.downloads)

    # -- Opening -----------------------------------------------------------------------------------

    def open_paths(self, paths: list[Path]) -> None:
        """Open the model and the pictures, folder or video among `paths`.

        Only the first folder or video is opened, and none if there are pictures.
        """
        kinds = {path: kind_of(path) for path in paths}
        models = [path for path, kind in kinds.items() if kind is FileKind.MODEL]
        sources = [
            path for path, kind in kinds.items() if kind in (FileKind.FOLDER, FileKind.VIDEO)
        ]
        pictures = [path for path, kind in kinds.items() if kind is FileKind.PICTURE]
        if models:
            # A model comes with its other half and its labels.
            self.use_files(OWN, [p for p in paths if p in models or kinds[p] is None])
        if pictures:
            self._classify([PictureItem(path.name, path=path) for path in pictures])
        elif sources:
            first = sources.pop(0)
            if kinds[first] is FileKind.FOLDER:
                self._switch_source(SourceKind.FOLDER)
                self._start_folder(first)
            else:
                self._open_stream(partial(VideoSource, first), SourceKind.VIDEO)
        elif not models:
            self._report(
                lambda: tr(
                    "{name} is no picture, folder, video or model that Glassnet knows by its name.",
                    name=paths[0].name,
                )
            )
        if sources:
            self._report(
                lambda: tr(
                    "Not opened: {names}. Give pictures, or one folder, or one video.",
                    names=", ".join(path.name for path in sources),
                )
            )

    def open_image(self, image: QImage, name: str) -> None:
        """Classify an image without a file; the worker converts it."""
        self.open_made(partial(image_to_picture, image), name)

    def open_made(self, make: Callable[[], Picture], name: str) -> None:
        """Classify a picture that the worker creates with `make`."""
        self._classify([PictureItem(name, make=make)])

    def _classify(self, items: list[PictureItem]) -> None:
        self._switch_source(SourceKind.IMAGE)
        self.worker.classify(items)

    def _start_folder(self, path: Path, *, is_watched: bool = True) -> None:
        # An older folder that still waits or runs ends now, and is no concern of this table.
        self._folder = None
        job = self._folder = self.worker.start_folder(path, is_watched=is_watched)
        self._change(folder=FolderState(path, job.items))

    def run_folder_again(self) -> None:
        """Run the current model on the folder again; the current picture stays."""
        if self.state.folder is not None:
            self._start_folder(self.state.folder.path, is_watched=self.state.result is None)

    def open_camera(self, camera: CameraInfo) -> None:
        """Show a camera at the chosen resolution."""
        self._open_stream(
            lambda: LiveSource(CameraDevice(camera, self.state.source.resolution_wh)),
            SourceKind.CAMERA,
        )

    def open_address(self, address: str) -> None:
        """Show an MJPEG or RTSP stream; report an invalid address."""
        from vision.sources.stream import stream_device  # loads http and ssl, which few need

        try:
            device = stream_device(address)
        except VisionError as error:
            self._report(error)
            return
        self._open_stream(lambda: LiveSource(device), SourceKind.CAMERA)

    def refuse_address(self, address: str) -> None:
        """Report that pictures on the network are not opened."""
        self._report(VisionError(Fault.FILE_ELSEWHERE, file=address))

    def choose_source(self, kind: SourceKind) -> None:
        """Clear the stage for another kind of source."""
        if kind is self.state.source.kind:
            return
        self._switch_source(kind)
        self._change(result=None, live=None, history_row=None, stage=StageState())

    def open_entry(self, row: int) -> None:
        """Classify an entry of the history again, from its file or its pixels."""
        entry = self.state.history[row]
        if entry.path is None and entry.picture is None:
            self._change(history_row=None)
            self._report(
                lambda: tr(
                    "{name}: this picture came from no file, and newer ones have taken its place "
                    "in memory. Paste it again, or open it from a file.",
                    name=entry.name,
                )
            )
            return
        self._classify([PictureItem(entry.name, entry.path, entry.picture, is_new=False)])
        self._change(history_row=row)

    def _switch_source(self, kind: SourceKind) -> None:
        """End the running stream and switch to another kind of source."""
        self._stop_stream()
        self.messages.dismiss_from(self)
        before = self.state.source
        source = SourceState(
            kind,
            is_recording=before.is_recording,
            shows_occlusion=before.shows_occlusion and kind is SourceKind.IMAGE,
            shows_label=before.shows_label,
            is_mirrored=before.is_mirrored,
            resolution_wh=before.resolution_wh,
        )
        self._change(source=source, transport=None, event=None)

    # -- Streams -----------------------------------------------------------------------------------

    def stop(self) -> None:
        """End the running stream or folder, keeping what is shown."""
        self._stop_stream()
        self._change_source(stream="", is_live=False, is_frozen=False)

    def _stop_stream(self) -> None:
        self.stream = None
        self._results.drop()
        self.worker.stop()

    def _open_stream(self, make: Callable[[], FrameSource], kind: SourceKind) -> None:
        self._switch_source(kind)
        self._start_stream(make)

    def try_again(self) -> None:
        """Reopen the video or camera on the stage."""
        if self.stream is not None:
            self._start_stream(self.stream.make)

    def _start_stream(self, make: Callable[[], FrameSource]) -> None:
        stream = self.stream = Stream(make, make())
        self._results.drop()
        source = replace(
            self.state.source,
            stream=stream.name,
            is_live=True,
            is_frozen=False,
            has_ended=False,
            shows_occlusion=False,
        )
        self._change(
            source=source,
            stage=StageState(StageKind.WAITING, stream.name),
            result=None,
            live=None,
            transport=None,
            history_row=None,
        )
        self.worker.start_stream(stream.source)

    def set_frozen(self, on: bool) -> None:
        """Freeze the current frame, or continue."""
        if self.stream is None:
            return
        changes: dict[str, Any] = {}
        if on:
            self._results.flush()
            self.worker.pause()
            if self.state.result is not None:
                changes = self._with_entry(self.state.result)
        else:
            self.worker.resume()
        source = self.state.source
        shows_occlusion = on and source.shows_occlusion
        self._change(
            source=replace(source, is_frozen=on, has_ended=False, shows_occlusion=shows_occlusion),
            **changes,
        )

    def seek(self, index: int) -> None:
        """Seek to a frame of the video."""
        if self.stream is not None:
            self.stream.sought = index
            self.stream.seeks += 1
            self.worker.seek(index)
            self._change(source=replace(self.state.source, has_ended=False), history_row=None)

    def hold_for_drag(self, on: bool) -> None:
        """Pause the video while the user drags its position slider."""
        if on:
            self._resume_after_drag = not self.state.source.is_frozen
        if self._resume_after_drag:
            (self.worker.pause if on else self.worker.resume)()

    def set_mirrored(self, on: bool) -> None:
        """Mirror the pictures of cameras, or stop mirroring."""
        self._change_source(is_mirrored=on)

    def set_resolution(self, size_wh: tuple[int, int] | None) -> None:
        """Request a resolution from cameras; ``None`` for their default."""
        self._change_source(resolution_wh=size_wh)
        if self.state.source.kind is SourceKind.CAMERA:
            self.try_again()

    def set_display_size(self, display: DisplaySize) -> None:
        """Prepare frames for the stage's current size, including the one shown."""
        self.worker.session.display = display
        frame = None if self.stream is None else self.stream.frame
        if frame is not None and self.state.stage.kind is StageKind.PICTURE:
            self._show_frame(ShownFrame.of(frame, display))

    def set_paint_time(self, paint_ms: float) -> None:
        """Store how long the stage took to paint a new picture, in milliseconds."""
        self._paint_ms = paint_ms
        if self.state.result is not None and self.state.live is None:
            self._change(paint_ms=paint_ms)

    # -- Models and settings -----------------------------------------------------------------------

    def choose_model(self, key: str) -> None:
        """Use the model of a row."""
        self.worker.choose_model(self.registry.choose(key))

    def choose_task(self, task: Task) -> None:
        """Switch to another task, with the model last used for it."""
        self._change(is_inside=False)
        if task is not self.state.models.task:
            self.worker.choose_model(self.registry.choose_task(task))

    def look_inside(self) -> None:
        """Show the maps of the current model and the arithmetic of its numbers."""
        self._change(is_inside=True)

    def read_own_as(self, read_as: str) -> None:
        """Change how the output of the user's own model is read."""
        choice = self.registry.read_own_as(read_as)
        if choice is not None:
            self.worker.choose_model(choice)

    def set_compute(self, compute: ComputeChoice) -> None:
        """Load the current model for another engine or device."""
        self.worker.choose_model(self.registry.set_compute(compute))

    def use_files(self, key: str, paths: list[Path]) -> None:
        """Use the model in some files, in the row `key`."""
        choice = self.registry.choose_files(key, paths)
        if choice is None:
            self._report(VisionError(Fault.MODEL_NEEDS_WEIGHTS, file=str(paths[0])))
        else:
            self.messages.dismiss_from(self)
            self.worker.choose_model(choice)

    def use_network(self, network: PictureModel, name: str) -> None:
        """Use a network from Build ("Use in Vision")."""
        names = network.class_names
        grey = grey_preprocessing(network.size_wh, network.white)
        choice = choice_from_onnx(BUILD, name, network.onnx, names, grey)
        self.registry.add_or_replace(ModelRow(choice, Origin.BUILD, classes=len(names)))
        self.choose_model(BUILD)

    def use_teach_model(self, choice: ModelChoice, classes: int) -> None:
        """Use a network from Teach ("Use in Vision")."""
        self.registry.add_or_replace(ModelRow(choice, Origin.TEACH, classes=classes))
        self.choose_model(choice.key)

    def set_preprocessing(self, used: Preprocessing | None) -> None:
        """Change the preprocessing settings; ``None`` for the model's own."""
        shown = self.state.settings
        if shown is None:
            return
        self.messages.dismiss_from(self)
        # The settings carry the model they were made for (docs/adr/0040).
        self.worker.set_preprocessing(shown.choice, used)
        self._change(settings=replace(shown, used=shown.own if used is None else used))
        self._classify_again()

    def keep_settings(self) -> None:
        """Save the current settings as the model's manifest, and reload the model."""
        shown, report = self.state.settings, self.state.models.report
        if shown is None or report is None or not shown.can_be_saved:
            return
        try:
            path = write_settings_manifest(report, shown.used)
        except VisionError as error:
            self._report(error)
            return
        self._on_written(saved_message(path))
        self.worker.choose_model(
            self.registry.choose_new_version(shown.choice.key, repr(shown.used))
        )

    def _classify_again(self) -> None:
        """Classify the current picture again, with the current model and settings."""
        # A stream does so by itself, and a folder that runs shows its own pictures.
        has_picture = self.state.stage.kind is StageKind.PICTURE
        if has_picture and self.stream is None and not self.state.is_in_folder:
            self.worker.classify_again(lambda: self._on_show)

    # -- What is on show ---------------------------------------------------------------------------

    def set_threshold(self, threshold: float) -> None:
        """Set the probability (0 to 1) below which an answer is "not sure"."""
        judge = self._last.get(Task.CLASSIFICATION)
        if judge is None or judge.threshold is None:
            self._usual_threshold = threshold
        self._change(threshold=threshold)

    def set_top(self, count: int) -> None:
        """Set the number of labels listed."""
        self._change(top=count)

    def set_limits(self, limits: Limits) -> None:
        """Apply other limits to the boxes, without running the network again."""
        self.worker.set_limits(limits)
        self._change(objects=replace(self.state.objects, limits=limits))

    def show_dropped(self, on: bool) -> None:
        """Show or hide the boxes dropped for better ones."""
        self._change(objects=replace(self.state.objects, shows_dropped=on))

    def show_only(self, name: str) -> None:
        """Show only objects whose names contain `name`."""
        self._change(objects=replace(self.state.objects, only=name.strip()))

    def highlight(self, row: int | None) -> None:
        """Highlight an object on the stage and in the list; ``None`` for none."""
        if row != self.state.objects.lit:
            self._change(objects=replace(self.state.objects, lit=row))

    def set_cut(self, cut: CutOut) -> None:
        """Change the settings for cutting out."""
        self._change(cut=cut)

    def set_label_shown(self, on: bool) -> None:
        """Show or hide the label on the picture."""
        self._change_source(shows_label=on)

    def explain(self, on: bool) -> None:
        """Show or hide occlusion maps of still pictures."""
        self._change_source(shows_occlusion=on)

    def explain_class(self, index: int | None) -> None:
        """Set the class of occlusion maps; ``None`` for the most probable one."""
        self._change(explained_class=index)

    def compare(self) -> None:
        """Classify the current picture with common mistakes in the settings."""
        if self.state.result is not None:
            self._compared = self.state.result
            self.worker.compare(self.state.result)

    def clear_history(self) -> None:
        """Clear the history."""
        self._change(history=(), history_row=None)

    def pause_folder(self, on: bool) -> None:
        """Pause before the folder's next picture, or continue."""
        folder = self.state.folder
        if self._folder is not None and folder is not None and folder.is_running:
            self._folder.set_paused(on)
            self._change(folder=replace(folder, is_paused=on))

    def show_folder_row(self, row: int) -> None:
        """Show a folder row's picture, or the error of reading it."""
        if self.state.folder is None:
            return
        self.messages.dismiss_from(self)
        item = self.state.folder.items[row]
        if item.error is not None:
            self._report(item.error)
        elif self.state.is_folder_of_other_model:
            self.worker.classify([PictureItem(item.path.name, item.path, is_new=False)])
        elif item.result is not None:
            self.worker.show_batch_item(item)

    # -- Files -------------------------------------------------------------------------------------

    def take_snapshot(self) -> PictureResult | None:
        """Return the current result for saving.

        A stream's frame enters the history once.
        """
        result = self.state.result
        if result is not None and self.state.live is not None and self.state.history_row is None:
            self._change(**self._with_entry(result))
        return result

    def save_snapshot(self, path: Path, shown: PictureResult, style: str) -> None:
        """Write a picture with its result, in the ``"app"`` or ``"tutorial"`` style."""
        state = self.state
        is_on_show = shown is state.result
        selection = state.objects.selection if is_on_show else None
        wording = Wording(class_name, percent, tr("not sure"))
        looks = SnapshotOptions(style, state.threshold, selection, state.cut, wording)
        self.exports.save_snapshot(path, shown, looks)

    def save_crops(self, folder: Path) -> None:
        """Write each object shown as a picture, in a folder per class.

        The folders have the displayed names of the classes.
        """
        shown, selection = self.state.result, self.state.objects.selection
        if shown is None or selection is None or not isinstance(shown.result, DetectionResult):
            return
        found = selection.kept.take(np.array(self.state.objects.rows, np.intp))
        # Each folder can become a class in Teach, which is then called as the user knows it.
        known = shown.result.labels
        labels = Labels(tuple(map(class_name, known.names)), known.source)
        self.exports.save_crops(folder, shown, found, labels)

    def save_history(self, path: Path) -> None:
        """Write the history as a table."""
        entries, threshold = self.state.history, self.state.threshold
        self.exports.save_table(path, lambda: write_history_csv(path, entries, threshold))

    def save_folder(self, path: Path) -> None:
        """Write the folder's table."""
        folder = self.state.folder
        if folder is not None:
            items = folder.items[: folder.done]
            self.exports.save_table(path, lambda: write_results_csv(path, items))

    def record(self, path: Path | None) -> None:
        """Start recording every result to a table; ``None`` stops recording."""
        if path is None:
            self.exports.finish_recording()
        else:
            self.exports.begin_recording(path)
        self._change_source(is_recording=self.exports.is_recording)

    def _on_written(self, event: Event) -> None:
        self._change(event=event)
        self.messages.dismiss_from(self)

    # -- Closing -----------------------------------------------------------------------------------

    def request_close(self) -> bool:
        """Stop all work; return whether all workers are idle (never blocks)."""
        workers = (self.worker, self.registry, self.inside)
        answers = [worker.request_close() for worker in workers]
        return all(answers) and self.exports.is_idle

    def close(self) -> None:
        """Save a recording's table, and store threshold and number of labels."""
        self.exports.finish_recording()
        stored = settings()
        stored.setValue("vision/top_k", self.state.top)
        stored.setValue("vision/threshold", self._usual_threshold)

    # -- What the worker says ----------------------------------------------------------------------

    def _on_worker_event(self, news: object) -> None:
        if self.exports.has_stopped_recording:
            self.record(None)
        match news:
            case ShownFrame() if self._is_current:
                self._show_frame(news)
            case PipelineUpdate() if self._is_current:
                self._on_update(news)
            case VisionError() if self._is_current:
                self._report(news)
            case PictureResult():
                self._on_result(news)
            case ModelReport():
                self.registry.on_loaded(news)
                self._apply_model_limits(news)
                self._change(settings=self._settings_of(news))
                self._classify_again()
            case Refusal():
                self.registry.restore_after_refusal(news)
            case FolderJob():
                self._on_folder(news)
            case JobEnded():
                self._on_job_ended(news)
            case OcclusionView():
                self._on_explained(news)
            case list():
                self._on_compared(news)

    def _apply_model_limits(self, report: ModelReport) -> None:
        """Use a newly loaded model's default limits or its own threshold."""
        choice, task = report.choice, report.task
        if choice == self._last.get(task):
            return
        self._last[task] = choice
        if task is Task.DETECTION:
            self.worker.session.limits = None
            self._change(objects=ObjectsState(report.limits))
        elif task is Task.CLASSIFICATION:
            own = choice.threshold
            self._change(threshold=self._usual_threshold if own is None else own)

    def _on_result(self, shown: PictureResult) -> None:
        self.registry.on_learned(shown.model)
        kind, stage = self.state.source.kind, self.state.stage.kind
        is_late = shown.is_new and kind is not SourceKind.IMAGE
        is_cleared = stage is StageKind.EMPTY and kind in (SourceKind.VIDEO, SourceKind.CAMERA)
        if is_late or is_cleared or self.stream is not None:
            return
        self._on_show = PictureItem(shown.name, shown.path, shown.picture, is_new=False)
        changes: dict[str, Any] = {}
        row, history = self.state.history_row, self.state.history
        marked = None if row is None else history[row]
        # An entry tells what its own model said, and stays as it is.
        if shown.is_new or (
            marked is not None
            and (marked.path, marked.name) == (shown.path, shown.name)
            and marked.model != shown.model.choice.name
        ):
            changes = self._with_entry(shown)
        if shown.is_new or isinstance(self.state.event, Classified | MapReady):
            # Another model may say something else of the picture that the last sentence was about.
            changes["event"] = Classified(shown, self.state.threshold)
        self._change(
            result=shown,
            live=None,
            paint_ms=0.0,
            stage=StageState(StageKind.PICTURE),
            objects=replace(self.state.objects, tally=()),
            settings=SettingsInUse(
                shown.model.choice, shown.model.preprocessing, shown.preprocessing
            ),
            **changes,
        )

    def _with_entry(self, shown: PictureResult, *, instead: bool = False) -> dict[str, Any]:
        """Return the history with a new result, as changes of the state.

        `instead` replaces the newest entry.
        """
        older = self.state.history[1:] if instead else self.state.history
        return {"history": with_newest(HistoryEntry.of(shown), older), "history_row": 0}

    def _settings_of(self, report: ModelReport) -> SettingsInUse:
        own = report.preprocessing
        used = self.worker.session.settings_for(report.choice, own)
        return SettingsInUse(report.choice, own, used)

    def _on_compared(self, found: list[tuple[Mistake | None, Comparison]]) -> None:
        if self._compared is not None:
            self._change(comparison=tuple(found))

    def _on_explained(self, view: OcclusionView) -> None:
        # A map of the picture or the class before may still have been on its way.
        wanted, index = self._explained, self.state.explained_class
        if wanted is None or view.shown is not wanted:
            return
        if view.map.class_index != (wanted.result.top[0].index if index is None else index):
            return
        if view.map.finished:
            self._change(explanation=view, event=MapReady(view.map.total, view.seconds))
        else:
            self._change(explanation=view)

    def _on_folder(self, job: FolderJob, is_running: bool = True) -> FolderState | None:
        """Show a folder's progress; return it, or ``None`` if it was replaced."""
        folder = self.state.folder
        if job is not self._folder or folder is None:
            return None
        done = len(job.items)
        failed = sum(item.error is not None for item in job.items[folder.done : done])
        folder = replace(
            folder,
            done=done,
            total=job.total,
            failed=folder.failed + failed,
            is_running=is_running,
            is_paused=folder.is_paused and is_running,
            choice=job.choice,
        )
        self._change(folder=folder)
        return folder

    def _on_job_ended(self, ended: JobEnded) -> None:
        if isinstance(ended.job, FolderJob):
            folder = self._on_folder(ended.job, is_running=False)
            if folder is not None and folder.done:
                self._change(
                    event=FolderEnded(
                        folder.path.name,
                        folder.done,
                        folder.failed,
                        ended.is_whole,
                        self.state.models.task,
                    )
                )
        elif self.stream is not None and not self.worker.is_busy:
            self._on_stream_ended(self.stream)

    # -- Frames ------------------------------------------------------------------------------------

    @property
    def _is_current(self) -> bool:
        """Whether the running stream is the one on the stage."""
        running, shown = self.worker.stream, self.stream
        return running is not None and shown is not None and running.source is shown.source

    def _show_frame(self, shown: ShownFrame) -> None:
        """Show a frame immediately; the network's result follows."""
        assert self.stream is not None  # the frame is of it
        frame = self.stream.frame = shown.frame
        self._convert_ms = shown.convert_ms
        self._on_show = PictureItem(frame.name, picture=frame.picture, is_new=False)
        stage = StageState(StageKind.PICTURE, self.state.source.stream)
        if stage != self.state.stage:
            self._change(stage=stage)
        self.frame_shown.emit(shown)

    def _on_update(self, update: PipelineUpdate) -> None:
        assert self.stream is not None  # the update is of it
        self.stream.update = update
        if update.state is PipelineState.WAITING and update.error is not None:
            self._show_trouble(update.error)
            return
        if update.state is PipelineState.ENDED and update.frame is None:
            # Nothing came; the stage says so once the stream is let go.
            self.worker.stop()
            return
        if update.state is PipelineState.ENDED:
            self._change(
                source=replace(self.state.source, is_frozen=True, has_ended=True),
                transport=self._transport(update),
            )
        if update.result is not None:
            self._results.put(update)
            if self.state.source.is_frozen:
                self._results.flush()

    def _show_trouble(self, error: VisionError) -> None:
        """Show the current error on the stage, while the source keeps trying."""
        self._results.drop()
        self._change(
            stage=StageState(StageKind.TROUBLE, self.state.source.stream, error),
            result=None,
            live=None,
            history_row=None,
        )

    def _show_stream(self, update: PipelineUpdate) -> None:
        """Show the result for a stream's frame."""
        report, frame, result = self.worker.session.current, update.frame, update.result
        if report is None or frame is None or result is None:
            return
        if update.file is not report.file:
            return  # the model before said it; that in use is at its first frame
        self.registry.on_learned(report)
        in_use = self._settings_of(report)
        shown = PictureResult(
            name=frame.name,
            path=None,
            picture=frame.picture,
            pixels=None,
            result=result.with_timings(draw_ms=self._convert_ms + self._paint_ms),
            tensor=None,
            preprocessing=in_use.used,
            model=report,
            is_new=False,
        )
        live, changes = self.state.live, {}
        if not self.state.source.is_frozen:
            changes = {"history_row": None}  # no entry is of a frame that came since
        elif self.state.history_row is not None and live is not None and live.frame is not frame:
            # It was on its way when the stream was held; it is the frame that stays on show.
            changes = self._with_entry(shown, instead=True)
        stream = self.worker.stream
        tally = stream.tally.counts if stream is not None else self.state.objects.tally
        self._change(
            objects=replace(self.state.objects, tally=tally),
            result=shown,
            live=update,
            settings=in_use,
            transport=self._transport(update),
            **changes,
        )

    def _transport(self, update: PipelineUpdate) -> TransportState | None:
        stream = self.stream
        if stream is None or not isinstance(stream.source, VideoSource) or update.frame is None:
            return None
        # The knob stays where the user put it while frames from before are still on their way.
        index = update.frame.index if update.seeks == stream.seeks else stream.sought
        return TransportState(index, stream.source.length or 0, stream.source.fps)

    def _on_stream_ended(self, stream: Stream) -> None:
        """Mark the stream as ended, with a message if no frame came."""
        stage = self.state.stage
        if stream.update is None or stream.update.frame is None:
            was_opened = stream.update is not None
            stage = StageState(StageKind.TROUBLE, stream.name, was_opened=was_opened)
        self._change(source=replace(self.state.source, is_live=False, is_frozen=False), stage=stage)


_REFUSALS: Final = frozenset(
    (
        Fault.MODEL_FORWARD,
        Fault.OUTPUT_NOT_SCORES,
        Fault.OUTPUT_NOT_BOXES,
        Fault.OUTPUT_NOT_MASK,
        Fault.OUTPUT_NOT_FINITE,
        Fault.LABELS_MISMATCH,
    )
)
"""Errors of a network that cannot process a picture prepared with certain settings."""


def _stored(stored: QSettings) -> tuple[float, int]:
    """Return the stored threshold and number of labels."""
    usual = VisionState()
    threshold = stored.value("vision/threshold", usual.threshold, float)
    top = stored.value("vision/top_k", usual.top, int)
    assert isinstance(threshold, float)
    assert isinstance(top, int)
    return min(max(threshold, 0.0), 1.0), top if top in TOP_CHOICES else usual.top
