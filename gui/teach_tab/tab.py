"""The Teach tab: its columns of panels, and the interface to the window."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path

from PySide6.QtCore import QSize, Qt, QTimer
from PySide6.QtGui import (
    QDragEnterEvent,
    QDropEvent,
    QGuiApplication,
    QHideEvent,
    QKeyEvent,
    QShowEvent,
)
from PySide6.QtWidgets import QDialog, QMenu, QWidget

from foundation.text import tr
from gui.actions import TEACH_EXPORTS, Actions, Place
from gui.document.files import Files
from gui.document.recovery import offer_recovery
from gui.session import Session
from gui.tab import AFTER_FIRST_PAINT_MS, Status, Tab
from gui.teach_tab.classes_panel import ClassesPanel
from gui.teach_tab.confusion_panel import ConfusionPanel
from gui.teach_tab.head_view import HeadPanel
from gui.teach_tab.import_report import ImportReport
from gui.teach_tab.preview_panel import PreviewPanel
from gui.teach_tab.result_panel import SIDE_BY_SIDE_PX, ResultPanel
from gui.teach_tab.samples import MIME
from gui.teach_tab.state import PreviewKind, TeachState
from gui.teach_tab.status import status_of, title_of
from gui.teach_tab.teach_model import TeachModel
from gui.teach_tab.training_bar import TeachBar
from gui.theme import GAP_L_PX, GAP_M_PX, GAP_XL_PX, icon
from gui.widgets.basic import ColumnScroll, named, push_button, rule, scroll_area, set_role
from gui.widgets.dialogs import Answer, ask, ask_for_folder, ask_to_save
from gui.widgets.drops import local_paths
from gui.widgets.layouts import STRETCH, hbox, vbox
from gui.widgets.panel import Panel
from gui.widgets.regions import Region
from gui.workers.throttle import READING_MS, Throttle
from vision.kinds import FileKind, kind_of
from vision.teaching.project import SUFFIX

LEFT_W_PX, LEFT_NARROW_PX = 375, 316
RIGHT_W_PX, RIGHT_NARROW_PX = 445, 316
NARROW_BELOW_PX, WIDE_FROM_PX = 1280, 1400

DRAWING_FROM_PX = 710
"""Minimum height for showing the drawing, reached in a window 780 pixels high."""

_MIN_PX = 280
_DRAWING_MAX_PX = 400


class ExportButtons(Panel):
    """The buttons Export, with a menu of formats, and Use in Vision."""

    def __init__(self, actions: Actions) -> None:
        super().__init__("ways_out")
        self._actions = actions
        self.export_button = push_button(
            "teach_export",
            "outline",
            "bar",
            icon("export", "t1"),
            text="Export",
            tip="One ONNX file with backbone and head, a script, a table, the images; or open in "
            "Build",
        )
        menu = named(QMenu(self.export_button), "teach_export_menu")
        menu.addActions([actions[name] for name in TEACH_EXPORTS[:-1]])
        self.export_button.setMenu(menu)
        self.vision_button = push_button(
            "teach_use_in_vision",
            "primary",
            "bar",
            icon("eye", "onacc"),
            actions["teach_vision"].trigger,
            text="Use in Vision",
            tip="Name what is on pictures, folders, videos and cameras with these classes",
        )
        ways = ((self.export_button, 1), (self.vision_button, 1))
        hbox(*ways, on=self, gap=GAP_M_PX, margins=(GAP_XL_PX, GAP_L_PX))
        set_role(self, role="panel", side="top")

    def show_state(self, state: TeachState) -> None:
        """Enable the available exports; before the first training only the images."""
        has_head, has_images = state.head is not None, state.collection.count > 0
        self.export_button.setEnabled(has_head or has_images)
        self.vision_button.setEnabled(has_head)
        for name in TEACH_EXPORTS:
            self._actions[name].setEnabled(has_head)
        self._actions["teach_images"].setEnabled(has_images)
        can_write = state.evaluation is not None and state.evaluation.held_out > 0
        self._actions["teach_csv"].setEnabled(has_head and can_write)
        self._actions["teach_build"].setEnabled(has_head and state.features is not None)


class RightColumn(Panel):
    """The right column's panels, with the export buttons at the bottom."""

    def __init__(self, model: TeachModel, actions: Actions) -> None:
        super().__init__("teach_right")
        self.preview = PreviewPanel(model)
        self.confusion = ConfusionPanel(model)
        self.ways_out = ExportButtons(actions)
        content = QWidget()
        panels = (self.preview, self.confusion)
        preview, confusion = (vbox(panel, margins=(GAP_XL_PX, GAP_L_PX)) for panel in panels)
        vbox(preview, rule(), confusion, STRETCH, on=content, gap=0, margins=0)
        scroll = ColumnScroll("teach_right_scroll")
        scroll.setWidget(content)
        vbox((scroll, 1), self.ways_out, on=self, gap=0, margins=0)
        set_role(self, role="panel", side="right")

    def show_state(self, state: TeachState) -> None:
        """Update all panels of the column."""
        for panel in (self.preview, self.confusion, self.ways_out):
            panel.show_state(state)


class CentreColumn(Panel):
    """The centre column's panels."""

    def __init__(self, model: TeachModel, actions: Actions) -> None:
        super().__init__("teach_centre")
        self.bar = TeachBar(model, actions)
        self.head = HeadPanel(model)
        self.result = ResultPanel(model)
        self._upper, self._rule = _with_margins(self.head), rule()
        self._upper.setMaximumHeight(_DRAWING_MAX_PX)
        scroll = scroll_area(_with_margins(self.result), "teach_result_scroll")
        parts = (self.bar, rule(), (self._upper, 2), self._rule, (scroll, 3))
        vbox(*parts, on=self, gap=0, margins=0)
        set_role(self, role="panel")

    def show_state(self, state: TeachState) -> None:
        """Update all panels of the column."""
        for panel in (self.bar, self.head, self.result):
            panel.show_state(state)

    def refit(self) -> None:
        """Hide the drawing if there is no room."""
        size = self.size()
        has_room = size.height() >= DRAWING_FROM_PX and size.width() >= SIDE_BY_SIDE_PX
        for widget in (self._upper, self._rule):
            widget.setVisible(has_room)

    def minimumSizeHint(self) -> QSize:
        """Return a small width, which leaves room for the other columns."""
        return QSize(_MIN_PX, super().minimumSizeHint().height())


def _with_margins(panel: Panel) -> QWidget:
    """Return a panel in a frame with the tab's inset."""
    box = QWidget()
    vbox(panel, on=box, margins=(GAP_XL_PX, GAP_L_PX))
    return box


class TeachTab(Tab):
    """The Teach tab: three columns of panels."""

    def __init__(self, session: Session, actions: Actions, parent: QWidget) -> None:
        super().__init__("teach_tab", parent)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAcceptDrops(True)
        self._session, self._actions = session, actions
        self.model: TeachModel = session.teach
        self._autosave = session.teach_autosave
        self._offered = False
        self.classes = ClassesPanel(self.model)
        self.centre = CentreColumn(self.model, actions)
        self.right = RightColumn(self.model, actions)
        self._state = self.model.state
        self._pace = Throttle[TeachState](READING_MS, lambda _: self.changed.emit(), self)
        hbox(self.classes, (self.centre, 1), self.right, on=self, gap=0, margins=0)
        self._bind()
        self.model.state_changed.connect(self._show_state)
        self._show_state(self.model.state)

    def _bind(self) -> None:
        model, session = self.model, self._session
        for name, do in (
            ("teach_train", self._toggle_training),
            ("teach_add_class", model.add_class),
            ("teach_import", self.classes.ask_folder),
            ("teach_paste", self._paste),
            ("teach_onnx", partial(self._ask_to_save, ".onnx", model.export_onnx)),
            ("teach_script", partial(self._ask_to_save, ".py", self._write_script)),
            ("teach_csv", partial(self._ask_to_save, ".csv", model.export_predictions)),
            ("teach_images", self._ask_image_folder),
            ("teach_build", session.open_head_in_build),
        ):
            self._actions.bind(name, do)

    def _ask_to_save(self, suffix: str, write: Callable[[Path], object]) -> None:
        title, name = tr("Export"), f"{self._session.teach_name}{suffix}"
        ask_to_save(self.window(), title, name, write, "teach_export_dialog")

    def _ask_image_folder(self) -> None:
        """Let the user choose where to create the folder of images."""
        name = self._session.teach_name
        ask_for_folder(
            self.window(),
            tr("Save the images in"),
            "teach_images_dialog",
            lambda parent: self.model.export_images(parent, name),
        )

    def _write_script(self, path: Path) -> None:
        """Write the script, after asking if its model would replace a file."""
        from gui.teach_tab.onnx_export import script_model

        model = script_model(path)
        if not model.exists():
            self.model.export_script(path)
            return
        ask(
            self.window(),
            "teach_replace_dialog",
            tr("Replace {name}?", name=model.name),
            tr(
                "The script needs the model {name} beside it, and there is such a file.",
                name=model.name,
            ),
            (
                Answer("teach_replace", tr("Replace"), partial(self.model.export_script, path)),
                Answer("teach_replace_cancel", tr("Cancel"), lambda: None),
            ),
            is_risky=True,
        )

    def _toggle_training(self) -> None:
        if self.model.state.is_training:
            self.model.pause()
        else:
            self.model.train()

    def _paste(self) -> None:
        """Add the clipboard's images to the focused class, otherwise to a new one."""
        focus = QGuiApplication.focusObject()
        card = self.classes.card_of(focus if isinstance(focus, QWidget) else None)
        self.model.paste(None if card is None else card.key)

    # -- Showing -----------------------------------------------------------------------------------

    def _show_state(self, state: TeachState) -> None:
        old, self._state = self._state, state
        self.classes.show_state(state)
        self.centre.show_state(state)
        self.right.show_state(state)
        if not old.collection.classes and self.window().focusWidget() is self.classes.add_button:
            self.primary_widget().setFocus()  # new classes are there to be taught
        if state.report is not None and state.report is not old.report:
            ImportReport(self.model, state.report, self.window()).open()
        if state.preview is old.preview and state.busy is old.busy:
            self.changed.emit()
        else:
            self._pace.put(state)

    # -- Files -------------------------------------------------------------------------------------

    @property
    def files(self) -> Files:
        """The file menu's commands for this tab."""
        return self._session.teach_files

    def opens(self, path: Path) -> bool:
        """Return whether `path` is a project of classes."""
        return path.suffix.lower() == SUFFIX

    def open_paths(self, paths: list[Path]) -> None:
        """Open projects, and make classes from folders of class folders."""
        for path in paths:
            if path.is_dir():
                self.model.import_folder(path)
            elif self.opens(path):
                self._session.teach_files.open_path(path)

    # -- Tab ---------------------------------------------------------------------------------------

    def title(self) -> str:
        """Return the title in the header's centre."""
        return title_of(self._state)

    def status(self) -> Status:
        """Return the current activity, the training's figures, and the next step."""
        return status_of(self._state)

    def regions(self) -> list[Region]:
        """Return the panels, column by column."""
        centre, right = self.centre, self.right
        return [
            Region(tr("Classes"), self.classes),
            Region(tr("Training"), centre.bar),
            Region(tr("What is trained"), centre.head),
            Region(tr("Result"), centre.result),
            Region(tr("Preview"), right.preview),
            Region(tr("Confusion matrix"), right.confusion),
            Region(tr("Export"), right.ways_out),
        ]

    def primary_widget(self) -> QWidget:
        """Return the train button, or the one that adds the first class."""
        has_classes = bool(self.model.state.collection.classes)
        return self.centre.bar.train_button if has_classes else self.classes.add_button

    def request_close(self) -> bool:
        """Stop all work without blocking; return whether all workers are idle."""
        self._session.teach_files.cancel()
        self._autosave.cancel_search()
        is_at_rest = self.model.request_close()
        return is_at_rest and self._autosave.is_idle and self._session.teach_files.is_idle

    def closed(self) -> None:
        """Delete the recovery copy of unsaved work."""
        self._autosave.close()
        # A stack with steps tells of its own end, when those who listen may be gone before it.
        self.model.document.undo_stack.clear()

    # -- Qt ----------------------------------------------------------------------------------------

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Trigger the shortcut of a key that no focused field has handled."""
        action = self._actions.find_by_key(Place.TEACH, event)
        if action is not None:
            action.trigger()
        else:
            super().keyPressEvent(event)

    def showEvent(self, event: QShowEvent) -> None:
        """Offer recovery once, after the first paint."""
        super().showEvent(event)
        if not self._offered:
            self._offered = True
            QTimer.singleShot(AFTER_FIRST_PAINT_MS, self, self.offer_recovery)

    def offer_recovery(self) -> None:
        """Offer to recover unsaved work of a window that crashed."""
        files = self._session.teach_files
        self._autosave.find_orphan(
            lambda work: offer_recovery(self._autosave, work, self.window(), files)
        )

    def hideEvent(self, event: QHideEvent) -> None:
        """Release the camera, and close the tab's image windows."""
        super().hideEvent(event)
        if event.spontaneous():
            return
        if self._state.preview.kind is not PreviewKind.PICTURE:
            self.model.stop_preview()
        for dialog in self.window().findChildren(QDialog):
            if dialog.objectName() in ("class_pictures_dialog", "picture_viewer"):
                dialog.close()

    def make_room(self, left_px: int) -> int:
        """Reserve `left_px` pixels for a lesson on the left; narrow the side columns."""
        top = super().make_room(left_px)
        self.refit()
        return top

    def refit(self) -> None:
        """Give the centre column more room in a narrow window."""
        layout = self.layout()
        width = self.width() - (0 if layout is None else layout.contentsMargins().left())
        self.classes.setFixedWidth(LEFT_NARROW_PX if width < NARROW_BELOW_PX else LEFT_W_PX)
        narrow = width < WIDE_FROM_PX
        self.right.setFixedWidth(RIGHT_NARROW_PX if narrow else RIGHT_W_PX)

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        """Accept images dropped outside the cards, for a new class."""
        mime = event.mimeData()
        paths = local_paths(mime)
        kinds = (FileKind.PICTURE, FileKind.VIDEO)
        if paths and all(kind_of(path) in kinds for path in paths) and not mime.hasFormat(MIME):
            event.acceptProposedAction()
        else:
            event.ignore()  # the window opens it

    def dropEvent(self, event: QDropEvent) -> None:
        """Make a new class from images dropped outside the cards."""
        self.model.add_files(None, local_paths(event.mimeData()))
        event.acceptProposedAction()
