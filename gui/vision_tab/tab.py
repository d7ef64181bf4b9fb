"""The Vision tab: where its panels are, and what connects them."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtGui import (
    QDragEnterEvent,
    QDragLeaveEvent,
    QDropEvent,
    QGuiApplication,
    QImage,
    QKeySequence,
    QResizeEvent,
    QShowEvent,
)
from PySide6.QtWidgets import QFrame, QHBoxLayout, QVBoxLayout, QWidget

from gui.error_texts import details_of, sentence_of
from gui.settings import settings
from gui.tab import Tab
from gui.vision_tab.explain_desk import ExplainDesk
from gui.vision_tab.exports import Exports
from gui.vision_tab.folder_desk import FolderDesk
from gui.vision_tab.folder_panel import FolderPanel, FolderTable
from gui.vision_tab.history_panel import HistoryModel, HistoryPanel
from gui.vision_tab.latency_panel import LatencyPanel
from gui.vision_tab.live_desk import LiveDesk
from gui.vision_tab.model_panel import ModelPanel
from gui.vision_tab.model_registry import BUILD, BUNDLED, LibraryDesk, ModelShelf
from gui.vision_tab.opening import FileOpener, add_keys
from gui.vision_tab.presenter import Presenter
from gui.vision_tab.settings_desk import SettingsDesk
from gui.vision_tab.source_bar import OPEN_KEYS, SourceBar, SourceKind, SourceState
from gui.vision_tab.stage.stage import Stage
from gui.vision_tab.status import StatusDesk, finding, folder_summary, invitation
from gui.vision_tab.top_k_panel import TopKPanel
from gui.vision_tab.vision_worker import VisionController
from gui.vision_tab.xray_panel import XrayPanel
from gui.widgets.basic import ColumnScroll, rule, set_role
from vision.errors import VisionError
from vision.kinds import kind_of
from vision.manifest import bundled_manifest
from vision.model_choice import ModelChoice, choice_from_onnx
from vision.pictures import good_pictures, list_pictures
from vision.session import PictureResult
from vision.sources.camera import CameraInfo
from vision.sources.stream import stream_device

if TYPE_CHECKING:
    from model.export import PictureModel

__all__ = ["VisionPanels", "VisionTab"]


RIGHT_W_PX, RIGHT_NARROW_PX = 380, 316
NARROW_BELOW_PX = 1280


class VisionPanels(QWidget):
    """Hold the panels; they do not know one another."""

    def __init__(self, history: HistoryModel, table: FolderTable) -> None:
        super().__init__()
        self.source_bar = SourceBar()
        self.stage = Stage()
        self.strip = HistoryPanel(history)
        self.folder_panel = FolderPanel(table)
        self.model_panel = ModelPanel()
        self.top_k = TopKPanel()
        self.xray = XrayPanel()
        self.latency = LatencyPanel()
        self.right = ColumnScroll("vision_right")
        self._lay_out()
        self.show_folder(False)

    def show_folder(self, is_folder: bool) -> None:
        """Show the folder's table in place of the history, or the other way round."""
        self.folder_panel.setVisible(is_folder)
        self.strip.setVisible(not is_folder)

    def _lay_out(self) -> None:
        left = QVBoxLayout()
        left.setContentsMargins(0, 0, 0, 0)
        left.setSpacing(0)
        left.addWidget(self.source_bar)
        left.addWidget(self.stage, 1)
        left.addWidget(self.strip)
        left.addWidget(self.folder_panel)
        self.right.setWidget(self._column())
        self.right.setFixedWidth(RIGHT_W_PX)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addLayout(left, 1)
        layout.addWidget(rule(vertical=True))
        layout.addWidget(self.right)

    def _column(self) -> QFrame:
        column = QFrame()
        set_role(column, role="panel")
        stack = QVBoxLayout(column)
        stack.setContentsMargins(0, 0, 0, 0)
        stack.setSpacing(0)
        for place, panel in enumerate((self.model_panel, self.top_k, self.xray, self.latency)):
            if place:
                stack.addWidget(rule())
            stack.addWidget(panel)
        stack.addStretch(1)
        return column

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Give the picture more room on a narrow window."""
        narrow = event.size().width() < NARROW_BELOW_PX
        self.xray.show_narrow(narrow)
        self.right.setFixedWidth(RIGHT_NARROW_PX if narrow else RIGHT_W_PX)
        super().resizeEvent(event)


class VisionTab(Tab):
    """Lay out Vision's panels and pass what they say to the controller."""

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("vision_tab")
        self.setAcceptDrops(True)
        bundled = ModelChoice(BUNDLED, bundled_manifest().name)
        self.controller = VisionController(bundled, self)
        self.history = HistoryModel(self)
        self.folder_table = FolderTable(self)
        self.panels = VisionPanels(self.history, self.folder_table)
        self.source_bar, self.stage = self.panels.source_bar, self.panels.stage
        self.strip, self.folder_panel = self.panels.strip, self.panels.folder_panel
        self.model_panel, self.top_k = self.panels.model_panel, self.panels.top_k
        self.xray, self.latency = self.panels.xray, self.panels.latency
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self.panels)
        self.presenter = Presenter(
            self.stage, self.top_k, self.xray, self.latency, self.strip, self.history, self
        )
        self.shelf = ModelShelf(self.model_panel, self.controller, self)
        self.settings = SettingsDesk(self.controller, self.xray, self)
        self.live = LiveDesk(self.controller, self.source_bar, self.stage, self.presenter, self)
        self.status = StatusDesk(self.controller, self.presenter, self.live, self)
        self.folder = FolderDesk(self.controller, self.folder_panel, self.folder_table, self)
        self.explain = ExplainDesk(self.controller, self.presenter, self.stage, self.xray, self)
        self.opener = FileOpener(self)
        self.exports = Exports(self.controller.session, self)
        self.library = LibraryDesk(self.shelf, self)
        self._bar = SourceState()
        self._is_loaded = False
        self._connect()
        self.retranslate()

    # -- Wiring ------------------------------------------------------------------------------------

    def _connect(self) -> None:
        self.controller.reading_ready.connect(self._on_reading_ready)
        self.controller.failed.connect(self._on_failed)
        self.status.state_shown.connect(self.state_shown)
        self.status.figures_shown.connect(self.figures_shown)
        self.status.sentence_shown.connect(self.sentence_shown)
        self.status.title_changed.connect(self.title_changed)
        self.opener.pictures_given.connect(self._on_pictures_given)
        self.opener.image_given.connect(self._on_image_given)
        self.opener.folder_given.connect(self._on_folder_given)
        self.opener.video_given.connect(self._on_video_given)
        self.opener.models_given.connect(self._on_models_given)
        self.opener.address_given.connect(self.open_address)
        self.presenter.shown.connect(self._on_shown)
        self.source_bar.source_chosen.connect(self._on_source_chosen)
        self.source_bar.open_requested.connect(self.opener.ask)
        self.source_bar.camera_chosen.connect(self._on_camera_chosen)
        self.source_bar.address_requested.connect(self.opener.ask_address)
        self.source_bar.label_toggled.connect(self._on_label_toggled)
        self.source_bar.occlusion_toggled.connect(self._on_occlusion_toggled)
        self.explain.said.connect(self.status.say)
        self.source_bar.snapshot_requested.connect(self._on_snapshot_requested)
        self.source_bar.record_toggled.connect(self.exports.toggle_recording)
        self.live.bar_changed.connect(self._show_bar)
        self.live.changed.connect(self._on_shown)
        self.folder.ended.connect(self._on_folder_ended)
        self.folder_panel.save_requested.connect(
            lambda: self.exports.ask_folder(self.folder.items, self.folder.name)
        )
        self.exports.written.connect(self.status.say)
        self.exports.written.connect(self.failure_over)
        for refused in (self.opener.refused, self.live.failed, self.exports.failed):
            refused.connect(self._fail)
        self.exports.recording_changed.connect(
            lambda is_on: self._show_bar(replace(self._bar, is_recording=is_on))
        )
        self.top_k.threshold_changed.connect(self.folder_table.set_threshold)
        self.settings.changed.connect(self._classify_again)
        self.shelf.used.connect(self.settings.show_model)
        self.latency.compute_chosen.connect(self.shelf.set_compute)
        self.model_panel.library_requested.connect(self.library.open)
        self.shelf.files_requested.connect(self.opener.ask_model)
        self.stage.open_requested.connect(lambda: self.opener.ask(self._bar.kind))
        self.strip.entry_chosen.connect(self._on_entry_chosen)
        self.strip.clear_requested.connect(self.history.clear)
        self.strip.save_requested.connect(lambda: self.exports.ask_history(self.history.csv_text()))
        self.presenter.restore(settings())
        add_keys(self, QKeySequence.StandardKey.Paste, self.paste)
        add_keys(self, OPEN_KEYS, lambda: self.opener.ask(self._bar.kind))
        add_keys(self, "F", lambda: self.live.set_frozen(not self._bar.is_frozen))

    def retranslate(self) -> None:
        """Write the tab's own texts in the language in use."""
        self.shelf.retranslate()
        if self.stage.is_empty:
            self.stage.show_empty(*invitation(self._bar.kind))
        self.live.rewrite()
        self.explain.retranslate()
        self.presenter.rewrite()
        self.status.say_again()

    # -- The window's questions --------------------------------------------------------------------

    def title(self) -> str:
        """Return the name of the picture or stream on show."""
        return self.status.title

    def opens(self, path: Path) -> bool:
        """Tell whether `path` is a picture, a video, a folder or a model."""
        return kind_of(path) is not None

    def open_path(self, path: Path) -> None:
        """Open a picture, folder, video or model."""
        self.open_paths([path])

    def republish(self) -> None:
        """Write the status bar's texts again."""
        self.status.republish()
        self.fact_shown.emit("")

    def request_close(self) -> bool:
        """Stop what runs without blocking."""
        answers = [self.controller.request_close(), self.library.request_close()]
        return all(answers) and not self.exports.is_writing

    def closed(self) -> None:
        """Put a recording in its place, and keep the threshold for the next time."""
        self.exports.finish_recording()
        self.presenter.store(settings())

    @property
    def is_closing(self) -> bool:
        """Whether a requested stop is still under way."""
        at_work = (self.controller.is_closing, self.library.is_closing, self.exports.is_writing)
        return any(at_work)

    # -- Opening -----------------------------------------------------------------------------------

    def use_network(self, network: PictureModel, name: str) -> None:
        """Put a network of Build's on the shelf and use it ("Use in Vision")."""
        names = network.class_names
        choice = choice_from_onnx(BUILD, name, network.onnx, names, network.size_wh, network.white)
        self.shelf.put_from_build(choice, len(names))

    def open_paths(self, paths: list[Path]) -> None:
        """Open what a person dropped, pasted or chose: pictures, or one of the other kinds."""
        self.opener.open_paths(paths)

    def open_address(self, address: str) -> None:
        """Show a network stream; what cannot be an address changes nothing."""
        try:
            device = stream_device(address)
        except VisionError as error:
            self._fail(sentence_of(error))
            return
        self._turn_to(SourceKind.CAMERA)
        self.live.open_device(device)

    def paste(self) -> None:
        """Open what is on the clipboard, if it is a picture or a file."""
        self.opener.open_mime(QGuiApplication.clipboard().mimeData(), self.tr("Pasted picture"))

    def _on_pictures_given(self, paths: list[Path]) -> None:
        errors: list[VisionError] = []
        if self.live.is_on:
            # A stream is given up for a picture, not for a file that is none.
            paths, errors = good_pictures(paths)
        if paths:
            self._turn_to(SourceKind.IMAGE)
            self.controller.classify_paths(paths)
        for error in errors:
            self._fail(sentence_of(error))

    def _on_image_given(self, image: QImage, name: str) -> None:
        self._turn_to(SourceKind.IMAGE)
        self.controller.classify_image(image, name)

    def _on_folder_given(self, folder: Path) -> None:
        try:
            if self.live.is_on:
                list_pictures(folder)
        except VisionError as error:
            self._fail(sentence_of(error))
            return
        self._turn_to(SourceKind.FOLDER)
        self.folder.open_folder(folder)

    def _on_video_given(self, path: Path) -> None:
        self._turn_to(SourceKind.VIDEO)
        self.live.open_video(path)

    def _on_camera_chosen(self, camera: CameraInfo) -> None:
        self._turn_to(SourceKind.CAMERA)
        self.live.open_camera(camera)

    def _on_models_given(self, paths: list[Path], key: str) -> None:
        if not self.shelf.choose_files(key, paths):
            self._fail(
                self.tr(
                    "{name}: the other half is missing. Give the .caffemodel and the .prototxt."
                ).format(name=paths[0].name)
            )

    def _turn_to(self, kind: SourceKind) -> None:
        """Let go of the running stream and show the controls of another source."""
        self.live.forget()
        self._show_bar(
            replace(
                self._bar,
                kind=kind,
                is_live=False,
                is_frozen=False,
                can_explain=False,
                shows_occlusion=self._bar.shows_occlusion and kind is SourceKind.IMAGE,
            )
        )
        self.panels.show_folder(kind is SourceKind.FOLDER)
        self.status.fall_silent()
        self.failure_over.emit()
        self.status.follow_picture()

    def _on_source_chosen(self, kind: SourceKind) -> None:
        if kind is self._bar.kind:
            return
        self._turn_to(kind)
        self.presenter.clear()
        self.stage.show_empty(*invitation(kind))

    # -- Settings ----------------------------------------------------------------------------------

    def _classify_again(self) -> None:
        """Read the picture on show anew, with the model and settings now in use."""
        # A stream does so by itself, and a folder's table shows one model's findings.
        has_picture = self.presenter.reading is not None
        if has_picture and not self.live.is_on and not self.folder.is_running:
            self.controller.classify_again()

    def _on_occlusion_toggled(self, is_on: bool) -> None:
        self._show_bar(replace(self._bar, shows_occlusion=is_on))

    def _on_label_toggled(self, shown: bool) -> None:
        self._show_bar(replace(self._bar, shows_label=shown))
        self.stage.view.show_label(shown)

    def _on_snapshot_requested(self, style: str) -> None:
        reading = self.presenter.reading
        if reading is not None:
            self.presenter.remember()
            self.exports.ask_snapshot(reading, style, self.top_k.threshold)

    # -- What the controller says ------------------------------------------------------------------

    def _on_reading_ready(self, reading: PictureResult) -> None:
        self.presenter.show_reading(reading)
        if reading.is_new:
            self.status.say(partial(finding, reading, self.top_k.threshold))

    def _on_failed(self, error: Exception, details: str) -> None:
        # What was on show stays, and can be explained although its stream is over.
        self._on_shown()
        self.failed.emit(sentence_of(error), details_of(error, details))

    def _on_shown(self) -> None:
        has_picture = self.presenter.reading is not None
        can_explain = has_picture and not self.folder.is_running
        bar = replace(self._bar, has_picture=has_picture, can_explain=can_explain)
        if not self.live.is_on and bar != self._bar:
            self._show_bar(bar)
        self.status.follow_picture()

    def _on_entry_chosen(self, row: int) -> None:
        entry = self.history.entry(row)
        self._turn_to(SourceKind.IMAGE)
        self.controller.classify_entry(entry.name, entry.path, entry.picture)

    def _on_folder_ended(self, name: str, done: int, is_whole: bool) -> None:
        self._on_shown()
        if done:
            self.status.say(partial(folder_summary, name, done, self.folder.failed, is_whole))

    # -- Bar and failures --------------------------------------------------------------------------

    def _show_bar(self, bar: SourceState) -> None:
        self._bar = bar
        self.live.use_state(bar)
        self.source_bar.show_state(bar)
        self.explain.set_possible(bar.can_explain)
        if self.explain.is_on != bar.shows_occlusion:
            self.explain.set_on(bar.shows_occlusion)
        self.status.follow_bar(self._bar)

    def _fail(self, sentence: str) -> None:
        self.failed.emit(sentence, "")

    # -- Qt ----------------------------------------------------------------------------------------

    def showEvent(self, event: QShowEvent) -> None:
        """Load the model when the tab is first on screen, so that the first picture is quick."""
        super().showEvent(event)
        if not self._is_loaded:
            self._is_loaded = True
            self.library.restore()
            self.controller.load_model()

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        """Take local files and images."""
        mime = event.mimeData()
        if mime.hasImage() or any(url.isLocalFile() for url in mime.urls()):
            event.acceptProposedAction()
            self.stage.show_target(True)

    def dragLeaveEvent(self, event: QDragLeaveEvent) -> None:
        """Unmark the stage."""
        self.stage.show_target(False)
        super().dragLeaveEvent(event)

    def dropEvent(self, event: QDropEvent) -> None:
        """Open what was dropped."""
        self.stage.show_target(False)
        # The tab takes what it can; the rest is said in the message bar.
        if self.opener.open_mime(event.mimeData(), self.tr("Dropped picture")):
            event.acceptProposedAction()
