"""The Vision tab: a stage for the picture, and at its right what the network makes of it."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QEvent, QMimeData, Qt
from PySide6.QtGui import (
    QDragEnterEvent,
    QDragLeaveEvent,
    QDropEvent,
    QGuiApplication,
    QImage,
    QKeySequence,
    QResizeEvent,
    QShortcut,
    QShowEvent,
)
from PySide6.QtWidgets import QFileDialog, QFrame, QHBoxLayout, QScrollArea, QVBoxLayout

from gui.tab import Tab
from gui.vision.controller import VisionController
from gui.vision.history_model import HistoryModel
from gui.vision.history_panel import HistoryPanel
from gui.vision.kinds import FileKind, file_filter, kind_of
from gui.vision.latency_panel import LatencyPanel
from gui.vision.model_panel import ModelPanel
from gui.vision.model_shelf import BUNDLED, ModelShelf
from gui.vision.numbers import milliseconds
from gui.vision.pixels import image_to_picture
from gui.vision.presenter import Presenter
from gui.vision.sentences import sentence_of
from gui.vision.session import ModelChoice, Reading
from gui.vision.source_bar import SourceBar, SourceBarState, SourceKind
from gui.vision.stage import Stage
from gui.vision.top_k_panel import TopKPanel
from gui.vision.xray_panel import XrayPanel
from gui.widgets import rule, set_role
from vision.manifest import bundled_manifest
from vision.preprocessing import Preprocessing

__all__ = ["VisionTab"]

RIGHT_W_PX, RIGHT_NARROW_PX = 380, 316
NARROW_BELOW_PX = 1280


class VisionTab(Tab):
    """Lay out Vision's panels and pass what they say to the controller."""

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("vision_tab")
        self.setAcceptDrops(True)
        bundled = ModelChoice(BUNDLED, bundled_manifest().name)
        self.controller = VisionController(bundled, self)
        self.history = HistoryModel(self)
        self.source_bar = SourceBar()
        self.stage = Stage()
        self.strip = HistoryPanel(self.history)
        self.model_panel = ModelPanel()
        self.top_k = TopKPanel()
        self.xray = XrayPanel()
        self.latency = LatencyPanel()
        self.presenter = Presenter(
            self.stage, self.top_k, self.xray, self.latency, self.strip, self.history, self
        )
        self.shelf = ModelShelf(self.model_panel, self.controller, self)
        self._bar = SourceBarState()
        self._is_loaded = False
        self._sentence = ""
        self._lay_out()
        self._connect()
        self.retranslate()

    # -- Layout ------------------------------------------------------------------------------------

    def _lay_out(self) -> None:
        left = QVBoxLayout()
        left.setContentsMargins(0, 0, 0, 0)
        left.setSpacing(0)
        left.addWidget(self.source_bar)
        left.addWidget(self.stage, 1)
        left.addWidget(self.strip)
        column = QFrame()
        set_role(column, role="panel")
        stack = QVBoxLayout(column)
        stack.setContentsMargins(0, 0, 0, 0)
        stack.setSpacing(0)
        panels = (self.model_panel, self.top_k, self.xray, self.latency)
        for number, panel in enumerate(panels):
            if number:
                stack.addWidget(rule())
            stack.addWidget(panel)
        stack.addStretch(1)
        self.right = QScrollArea()
        self.right.setObjectName("vision_right")
        self.right.setWidgetResizable(True)
        self.right.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.right.setWidget(column)
        self.right.setFixedWidth(RIGHT_W_PX)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addLayout(left, 1)
        layout.addWidget(rule(vertical=True))
        layout.addWidget(self.right)

    def _connect(self) -> None:
        self.controller.reading_ready.connect(self._on_reading_ready)
        self.controller.failed.connect(self._on_failed)
        self.controller.busy_changed.connect(lambda _busy: self._publish_state())
        self.presenter.shown.connect(self._on_shown)
        self.source_bar.open_requested.connect(self._on_open_requested)
        self.source_bar.label_toggled.connect(self.stage.view.show_label)
        self.xray.preprocessing_edited.connect(self._on_preprocessing_edited)
        self.xray.reset_requested.connect(lambda: self._on_preprocessing_edited(None))
        self.shelf.used.connect(self._classify_again)
        self.shelf.files_requested.connect(self._on_model_files_requested)
        self.stage.open_requested.connect(lambda: self._on_open_requested(SourceKind.IMAGE))
        self.strip.entry_chosen.connect(self._on_entry_chosen)
        self.strip.clear_requested.connect(self.history.clear)
        paste = QShortcut(QKeySequence(QKeySequence.StandardKey.Paste), self)
        paste.setContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
        paste.activated.connect(self.paste)
        opens = QShortcut(QKeySequence(QKeySequence.StandardKey.Open), self)
        opens.setContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
        opens.activated.connect(lambda: self._on_open_requested(self._bar.kind))

    def retranslate(self) -> None:
        """Write the tab's own texts in the language in use."""
        self.shelf.retranslate()
        self.presenter.rewrite()

    # -- The window's questions --------------------------------------------------------------------

    def title(self) -> str:
        """Return the name of the picture on show."""
        reading = self.presenter.reading
        return reading.name if reading is not None else ""

    def opens(self, path: Path) -> bool:
        """Tell whether `path` is a picture, a video, a folder or a model."""
        return kind_of(path) is not None

    def open_path(self, path: Path) -> None:
        """Open a picture, folder, video or model."""
        self.open_paths([path])

    def republish(self) -> None:
        """Write the status bar's texts again."""
        self._publish_state()
        self._publish_figures()
        self.sentence_shown.emit(self._sentence)
        self.fact_shown.emit("")

    def request_close(self) -> bool:
        """Stop what runs without blocking."""
        return self.controller.request_close()

    @property
    def is_closing(self) -> bool:
        """Whether a requested stop is still under way."""
        return self.controller.is_closing

    # -- Opening -----------------------------------------------------------------------------------

    def open_paths(self, paths: list[Path]) -> None:
        """Open what a person dropped, pasted or chose."""
        pictures = [path for path in paths if kind_of(path) is FileKind.PICTURE]
        if pictures:
            self._show_bar(SourceBarState(shows_label=self._bar.shows_label))
            self.controller.classify_paths(pictures)
        elif any(kind_of(path) is FileKind.MODEL for path in paths):
            self.shelf.choose_files("", paths)

    def open_image(self, image: QImage, name: str) -> None:
        """Classify an image that is no file."""
        self._show_bar(SourceBarState(shows_label=self._bar.shows_label))
        self.controller.classify_picture(image_to_picture(image), name)

    def paste(self) -> None:
        """Open what is on the clipboard, if it is a picture or a file."""
        self._open_mime(QGuiApplication.clipboard().mimeData(), self.tr("Pasted picture"))

    def _open_mime(self, mime: QMimeData, name: str) -> bool:
        paths = [Path(url.toLocalFile()) for url in mime.urls() if url.isLocalFile()]
        if paths:
            self.open_paths(paths)
            return True
        if not mime.hasImage():
            return False
        image = mime.imageData()
        if not isinstance(image, QImage) or image.isNull():
            return False
        self.open_image(image, name)
        return True

    def _on_open_requested(self, kind: SourceKind) -> None:
        dialog = QFileDialog(self, self.tr("Open image"))
        dialog.setObjectName("open_dialog")
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.setFileMode(QFileDialog.FileMode.ExistingFiles)
        dialog.setNameFilter(file_filter(self.tr("Pictures"), FileKind.PICTURE))
        dialog.filesSelected.connect(lambda files: self.open_paths([Path(f) for f in files]))
        dialog.open()

    def _on_model_files_requested(self, key: str) -> None:
        dialog = QFileDialog(self, self.tr("Open model files"))
        dialog.setObjectName("model_dialog")
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.setFileMode(QFileDialog.FileMode.ExistingFiles)
        models = file_filter(self.tr("Models and labels"), FileKind.MODEL)
        dialog.setNameFilter(models.replace(")", " *.txt)"))
        dialog.filesSelected.connect(
            lambda files: self.shelf.choose_files(key, [Path(f) for f in files])
        )
        dialog.open()

    # -- Settings ----------------------------------------------------------------------------------

    def _on_preprocessing_edited(self, settings: Preprocessing | None) -> None:
        self.controller.set_preprocessing(settings)
        self._classify_again()

    def _classify_again(self) -> None:
        """Read the picture on show anew, with the model and settings now in use."""
        if self.presenter.reading is not None:
            self.controller.classify_again(self.presenter.reading)

    # -- What the controller says ------------------------------------------------------------------

    def _on_reading_ready(self, reading: Reading) -> None:
        self.presenter.show_reading(reading)
        if reading.is_new:
            self._say(
                self.tr("{name} classified as {label}.").format(
                    name=reading.name, label=reading.result.best.label
                )
            )

    def _on_failed(self, error: Exception, details: str) -> None:
        self.failed.emit(sentence_of(error), details)

    def _on_shown(self) -> None:
        self._publish_figures()
        self.title_changed.emit()

    def _on_entry_chosen(self, row: int) -> None:
        entry = self.history.entry(row)
        if entry.path is not None:
            self.controller.classify_paths([entry.path], is_new=False)
        elif entry.picture is not None:
            self.controller.classify_picture(entry.picture, entry.name, is_new=False)

    # -- Status ------------------------------------------------------------------------------------

    def _show_bar(self, state: SourceBarState) -> None:
        self._bar = state
        self.source_bar.show_state(state)

    def _say(self, sentence: str) -> None:
        self._sentence = sentence
        self.sentence_shown.emit(sentence)

    def _publish_state(self) -> None:
        if self.controller.is_busy:
            self.state_shown.emit(self.tr("Working"), "acc")
        else:
            self.state_shown.emit(self.tr("Ready"), "acc")

    def _publish_figures(self) -> None:
        reading = self.presenter.reading
        if reading is None:
            self.figures_shown.emit([])
            return
        height, width = reading.picture.shape[:2]
        forward = milliseconds(reading.result.timings.forward_ms)
        self.figures_shown.emit(
            [
                (self.tr("image"), f"{width} × {height}"),
                (self.tr("forward"), f"{forward} ms"),
            ]
        )

    # -- Qt ----------------------------------------------------------------------------------------

    def showEvent(self, event: QShowEvent) -> None:
        """Load the model when the tab is first on screen, so that the first picture is quick."""
        super().showEvent(event)
        if not self._is_loaded:
            self._is_loaded = True
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
        if self._open_mime(event.mimeData(), self.tr("Dropped picture")):
            event.acceptProposedAction()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Give the picture more room on a narrow window."""
        narrow = event.size().width() < NARROW_BELOW_PX
        self.right.setFixedWidth(RIGHT_NARROW_PX if narrow else RIGHT_W_PX)
        super().resizeEvent(event)

    def changeEvent(self, event: QEvent) -> None:
        """Follow the language."""
        if event.type() == QEvent.Type.LanguageChange:
            self.retranslate()
        super().changeEvent(event)
