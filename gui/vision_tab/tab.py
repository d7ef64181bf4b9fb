"""The Vision tab and the layout of its panels."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtGui import (
    QDragEnterEvent,
    QDragLeaveEvent,
    QDropEvent,
    QKeyEvent,
    QShowEvent,
)
from PySide6.QtWidgets import QSizePolicy, QWidget

from foundation.text import mark, tr
from gui.actions import Actions, Place
from gui.document.document_files import is_network
from gui.tab import Status, Tab, is_for_lessons
from gui.vision_tab.cut_panel import CutPanel
from gui.vision_tab.folder_panel import FolderPanel
from gui.vision_tab.history_panel import HistoryPanel
from gui.vision_tab.inside.cell_panel import CellPanel
from gui.vision_tab.inside.inside_model import InsideState
from gui.vision_tab.inside.page import InsidePage
from gui.vision_tab.latency_panel import LatencyPanel
from gui.vision_tab.model_panel import ModelPanel
from gui.vision_tab.objects_panel import ObjectsPanel
from gui.vision_tab.opening import address_in, ask_files, open_mime
from gui.vision_tab.source_bar import SourceBar
from gui.vision_tab.stage.stage import Stage
from gui.vision_tab.state import SourceKind, StageKind, VisionState
from gui.vision_tab.status import status_of, title
from gui.vision_tab.top_k_panel import TopKPanel
from gui.vision_tab.vision_model import VisionModel
from gui.vision_tab.xray_panel import XrayPanel
from gui.widgets.basic import ColumnScroll, frame, has_focus, rule
from gui.widgets.drops import local_paths, pasted
from gui.widgets.layouts import STRETCH, hbox, vbox
from gui.widgets.regions import Region
from vision.kinds import FileKind, kind_of
from vision.result import Task
from vision.teaching.importing import is_class_folder
from vision.teaching.project import SUFFIX

RIGHT_W_PX, RIGHT_NARROW_PX = 380, 316
NARROW_BELOW_PX = 1280


class VisionTab(Tab):
    """Lays out Vision's panels, and updates them."""

    def __init__(
        self,
        model: VisionModel | None = None,
        actions: Actions | None = None,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__("vision_tab", parent)
        self.setAcceptDrops(True)
        self.model: VisionModel = model or VisionModel(parent=self)
        actions = actions or Actions(self)
        self.source_bar = SourceBar(self.model)
        self.stage = Stage(self.model)
        self.history_panel = HistoryPanel(self.model)
        self.folder_panel = FolderPanel(self.model)
        self.model_panel = ModelPanel(self.model)
        self.top_k = TopKPanel(self.model)
        self.objects = ObjectsPanel(self.model)
        self.cut = CutPanel(self.model)
        self.xray = XrayPanel(self.model)
        self.latency = LatencyPanel(self.model)
        self.inside_page = InsidePage(self.model.inside)
        self.cell_panel = CellPanel(self.model.inside, actions["open_kernel"])
        self.right = ColumnScroll("vision_right")
        self._panels = (
            self.source_bar,
            self.stage,
            self.history_panel,
            self.folder_panel,
            self.model_panel,
            self.top_k,
            self.objects,
            self.cut,
            self.xray,
            self.latency,
        )
        self._state = self.model.state
        self._is_prepared = False
        self._lay_out()
        self._arrange()
        self.model.state_changed.connect(self._on_state_changed)
        self.model.inside.state_changed.connect(self._on_inside_changed)
        self.retranslate()
        self._bind(actions)

    def _bind(self, actions: Actions) -> None:
        """Bind this tab's actions; their keys are disabled while it is hidden."""
        self.addActions(actions.of(Place.VISION))
        bind, bar = actions.bind, self.source_bar
        bind("open_source", self._ask_files)
        bind("camera", bar.open_camera_menu)
        bind(
            "snapshot",
            lambda: bar.save_snapshot("app"),
            _explain_disabled(bar.snapshot_button, mark("Open a picture first.")),
        )
        bind("record", bar.record_button.click)
        bind("paste", self.paste)
        bind(
            "freeze",
            lambda: self.model.set_frozen(not self._state.source.is_frozen),
            _explain_disabled(bar.freeze_button, mark("Open a camera or a video first.")),
        )
        tasks = (Task.CLASSIFICATION, Task.DETECTION, Task.MASK)
        for name, task in zip(("classify", "detect", "cut_out"), tasks, strict=True):
            bind(name, partial(self.model.choose_task, task))
        bind("inside", self._toggle_inside)
        bind(
            "occlusion",
            bar.occlusion_switch.click,
            _explain_disabled(
                bar.occlusion_switch, mark("Open a picture first that the network can name.")
            ),
        )
        bind("library", self.model_panel.library_button.click)

    def _toggle_inside(self) -> None:
        """Switch between "Look inside" and the picture."""
        if self._state.is_inside:
            self.model.choose_task(self._state.models.task)
        else:
            self.model.look_inside()

    def _ask_files(self) -> None:
        ask_files(self, self.model, self._state.source.kind)

    def _lay_out(self) -> None:
        left = vbox(
            self.source_bar,
            (self.stage, 1),
            (self.inside_page, 1),
            self.stage.transport_bar,
            self.history_panel,
            self.folder_panel,
            gap=0,
            margins=0,
        )
        column = frame("panel")
        # Of these four, one is shown: that of the task.
        of_task = (self.top_k, self.objects, self.cut, self.cell_panel)
        # The column is as wide as it is said to be, whatever the times ask for.
        self.latency.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self._outside: list[QWidget] = [rule(), self.xray, rule(), self.latency]
        parts: tuple[QWidget, ...] = (self.model_panel, rule(), *of_task, *self._outside)
        vbox(*parts, STRETCH, on=column, gap=0, margins=0)
        self.right.setWidget(column)
        hbox((left, 1), rule(vertical=True), self.right, on=self, gap=0, margins=0)

    # -- Showing -----------------------------------------------------------------------------------

    def _on_state_changed(self, state: VisionState) -> None:
        self._state = state
        for panel in self._panels:
            panel.show_state(state)
        self._arrange()
        self.changed.emit()

    def _on_inside_changed(self, state: InsideState) -> None:
        self.inside_page.show_state(state)
        self.cell_panel.show_state(state)
        self._arrange()

    def _arrange(self) -> None:
        """Show the task's panel; "Look inside" replaces the picture."""
        state = self._state
        task, is_inside = state.models.task, state.is_inside
        is_folder = state.source.kind is SourceKind.FOLDER
        # What a source has to say, the stage says; and it shows a picture that the model refuses.
        is_read = state.result is not None or state.source.is_live
        has_page = is_inside and is_read and state.stage.kind is StageKind.PICTURE
        # A stream's first frame enters while it is looked at, which must not move it.
        has_history = bool(state.history) or state.source.is_live
        seen: dict[QWidget, bool] = {
            self.top_k: not is_inside and task is Task.CLASSIFICATION,
            self.objects: not is_inside and task is Task.DETECTION,
            self.cut: not is_inside and task is Task.MASK,
            self.cell_panel: is_inside,
            **dict.fromkeys(self._outside, not is_inside),
            self.inside_page: has_page,
            self.stage: not has_page,
            self.folder_panel: is_folder,
            self.history_panel: has_history and not is_folder and not is_inside,
        }
        # The keyboard first: where what has it hides, Qt hands it on as if Tab had been pressed.
        for widget in sorted(seen, key=seen.__getitem__, reverse=True):
            if not seen[widget] and has_focus(widget):
                chief = self.inside_page.primary_widget if has_page else self.stage.view
                chief.setFocus(Qt.FocusReason.ShortcutFocusReason)
            widget.setVisible(seen[widget])

    # -- The window's questions --------------------------------------------------------------------

    def title(self) -> str:
        """Return the name of the current picture or stream."""
        return title(self._state)

    def status(self) -> Status:
        """Return the current activity, figures, and the last event."""
        return status_of(self._state)

    def regions(self) -> list[Region]:
        """Return the panels, the left ones first."""
        return [
            Region(tr("Source"), self.source_bar),
            Region(tr("Picture"), self.stage),
            Region(tr("Inside the network"), self.inside_page),
            Region(tr("Playback"), self.stage.transport_bar),
            Region(tr("History"), self.history_panel),
            Region(tr("Folder"), self.folder_panel),
            Region(tr("Model"), self.model_panel),
            Region(tr("Labels"), self.top_k),
            Region(tr("Objects"), self.objects),
            Region(tr("Cut out"), self.cut),
            Region(tr("One cell, recomputed"), self.cell_panel),
            Region(tr("Blob X-ray"), self.xray),
            Region(tr("Latency X-ray"), self.latency),
        ]

    def primary_widget(self) -> QWidget | None:
        """Return the view of the picture."""
        return self.stage.view

    def opens(self, path: Path) -> bool:
        """Return whether `path` is a picture, a video, a folder or a model."""
        return kind_of(path) is not None

    def open_paths(self, paths: list[Path]) -> None:
        """Open pictures, a folder or a video, and a model with its files."""
        self.model.open_paths(paths)

    def request_close(self) -> bool:
        """Stop all work without blocking; return whether all workers are idle."""
        return self.model.request_close()

    def closed(self) -> None:
        """Save a recording's table, and store the threshold and the number of labels."""
        self.model.close()

    # -- Opening -----------------------------------------------------------------------------------

    def paste(self) -> None:
        """Open the clipboard's picture or file."""
        if not open_mime(self.model, pasted(), tr("Pasted picture")):
            self.model.messages.show_error(
                lambda: tr(
                    "There is no picture and no file on the clipboard. Copy one, then paste it."
                ),
                source=self.model,
            )

    # -- Qt ----------------------------------------------------------------------------------------

    def refit(self) -> None:
        """Give the picture more room in a narrow window."""
        is_narrow = self.width() < NARROW_BELOW_PX
        self.right.setFixedWidth(RIGHT_NARROW_PX if is_narrow else RIGHT_W_PX)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Return from "Look inside" to the picture on Esc."""
        if event.key() == Qt.Key.Key_Escape and self._state.is_inside:
            self._toggle_inside()
        else:
            super().keyPressEvent(event)

    def showEvent(self, event: QShowEvent) -> None:
        """Load the model when the tab is first shown."""
        super().showEvent(event)
        if not self._is_prepared:
            self._is_prepared = True
            self.model.prepare()

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        """Accept local files and images, and addresses, which are refused on dropping."""
        mime = event.mimeData()
        paths = local_paths(mime)
        if _are_for_other_tabs(paths):
            event.ignore()  # the window opens them
            return
        if mime.hasImage() or paths or address_in(mime):
            event.acceptProposedAction()
            self.stage.view.show_target(True)

    def dragLeaveEvent(self, event: QDragLeaveEvent) -> None:
        """Remove the drop highlight."""
        self.stage.view.show_target(False)
        super().dragLeaveEvent(event)

    def dropEvent(self, event: QDropEvent) -> None:
        """Open what was dropped."""
        self.stage.view.show_target(False)
        # The tab takes what it can; the rest is said in the message bar.
        if open_mime(self.model, event.mimeData(), tr("Dropped picture")):
            event.acceptProposedAction()


def _explain_disabled(control: QWidget, obstacle: str) -> Callable[[], str]:
    """Return a function that returns `obstacle` while a control is disabled.

    While the control is enabled, it returns an empty text.
    """
    return lambda: "" if control.isEnabled() else tr(obstacle)


def _are_for_other_tabs(paths: list[Path]) -> bool:
    """Return whether some paths must be left to the window or another tab.

    These are files for other tabs, those that need a question, and unknown ones.
    """
    kinds = {path: kind_of(path) for path in paths}
    # What comes with a model may be its labels.
    has_model = FileKind.MODEL in kinds.values()
    return any(
        is_for_lessons(path)
        or path.suffix.lower() == SUFFIX
        or is_class_folder(path)
        or (kind is FileKind.MODEL and is_network(path))
        or (kind is None and not has_model)
        for path, kind in kinds.items()
    )
