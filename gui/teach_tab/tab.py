"""The Teach tab: where its panels are, and what the window asks of a tab."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path

from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import (
    QDragEnterEvent,
    QDropEvent,
    QGuiApplication,
    QHideEvent,
    QKeyEvent,
    QResizeEvent,
    QShowEvent,
)
from PySide6.QtWidgets import QWidget

from gui.actions import Actions, Place
from gui.document.document_files import Files
from gui.document.recovery import offer_recovery
from gui.session import Session
from gui.tab import Status, Tab
from gui.teach_tab.centre import Centre
from gui.teach_tab.classes_panel import ClassesPanel
from gui.teach_tab.import_report import show_report
from gui.teach_tab.right import Right
from gui.teach_tab.samples import MIME
from gui.teach_tab.state import PreviewKind, TeachState
from gui.teach_tab.status import status_of, title_of
from gui.widgets.dialogs import Answer, ask, ask_to_save
from gui.widgets.layouts import hbox
from gui.workers.throttle import READING_MS, Throttle
from vision.kinds import FileKind, kind_of
from vision.teaching.project import SUFFIX

LEFT_W_PX, LEFT_NARROW_PX = 375, 316
RIGHT_W_PX, RIGHT_NARROW_PX = 445, 316
NARROW_BELOW_PX, WIDE_FROM_PX = 1280, 1400

_AFTER_FIRST_PAINT_MS = 100


class TeachTab(Tab):
    """Lay out Teach's columns, and show them its state.

    Attributes
    ----------
    model
        All that the panels know.
    classes, centre, right
        The three columns.
    """

    def __init__(self, session: Session, actions: Actions, parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName("teach_tab")
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAcceptDrops(True)
        self._session, self._actions = session, actions
        self.model = session.teach
        self._autosave = session.teach_autosave
        self._offered = False
        self.classes = ClassesPanel(self.model)
        self.centre = Centre(self.model, actions)
        self.right = Right(self.model, actions)
        self._state = self.model.state
        self._pace = Throttle[TeachState](READING_MS, lambda _: self.changed.emit(), self)
        hbox(self.classes, (self.centre, 1), self.right, on=self, gap=0, margins=0)
        self._bind()
        self.model.state_changed.connect(self._show_state)
        session.files.kept.connect(self.model.resume)
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
        ):
            self._actions.bind(name, do)
        self._actions.bind("teach_build", session.open_head_in_build)

    def _ask_to_save(self, suffix: str, write: Callable[[Path], object]) -> None:
        title, name = self.tr("Export"), f"{self._session.teach_name}{suffix}"
        ask_to_save(self.window(), title, name, write, "teach_export_dialog")

    def _write_script(self, path: Path) -> None:
        """Write the script; first ask where the model beside it would replace a file."""
        from gui.teach_tab.onnx_export import script_model

        model = script_model(path)
        if not model.exists():
            self.model.export_script(path)
            return
        text = self.tr("The script needs the model {name} beside it, and there is such a file.")
        ask(
            self.window(),
            "teach_replace_dialog",
            self.tr("Replace {name}?").format(name=model.name),
            text.format(name=model.name),
            (
                Answer(
                    "teach_replace", self.tr("Replace"), partial(self.model.export_script, path)
                ),
                Answer("teach_replace_cancel", self.tr("Cancel"), lambda: None),
            ),
            is_risky=True,
        )

    def _toggle_training(self) -> None:
        if self.model.state.is_training:
            self.model.pause()
        else:
            self.model.train()

    def _paste(self) -> None:
        """Add what is on the clipboard to the class that the keyboard is in, or else to a new one.

        A class of its own is easily renamed, joined or undone.
        """
        focus = QGuiApplication.focusObject()
        card = self.classes.card_of(focus if isinstance(focus, QWidget) else None)
        self.model.paste(None if card is None else card.key)

    # -- Showing -----------------------------------------------------------------------------------

    def _show_state(self, state: TeachState) -> None:
        old, self._state = self._state, state
        self.classes.show_state(state)
        self.centre.show_state(state)
        self.right.show_state(state)
        if state.report is not None and state.report is not old.report:
            show_report(self.model, state, self.window())
        if state.preview is old.preview and state.busy is old.busy:
            self.changed.emit()
        else:
            self._pace.put(state)

    # -- Files -------------------------------------------------------------------------------------

    @property
    def files(self) -> Files:
        """What the file menu works on while this tab is in front."""
        return self._session.teach_files

    def opens(self, path: Path) -> bool:
        """Tell whether `path` is a project of classes."""
        return path.suffix.lower() == SUFFIX

    def open_paths(self, paths: list[Path]) -> None:
        """Open a project, or make classes of folders of class folders."""
        for path in paths:
            if path.is_dir():
                self.model.import_folder(path)
        projects = [path for path in paths if self.opens(path)]
        if projects:
            self._session.teach_files.open_path(projects[0])

    # -- Tab ---------------------------------------------------------------------------------------

    def title(self) -> str:
        """Return what the header shows in its middle."""
        return title_of(self._state)

    def status(self) -> Status:
        """Return what is worked on, the training's figures, and what to do next."""
        return status_of(self._state)

    def request_close(self) -> bool:
        """Stop what runs without blocking; return whether all is at rest."""
        self._session.teach_files.cancel()
        self._autosave.stop_looking()
        self.model.request_close()
        return not self.is_closing

    @property
    def is_closing(self) -> bool:
        """Whether a requested stop is still under way."""
        idle = self.model.is_idle and self._autosave.is_idle
        return not (idle and self._session.teach_files.is_idle)

    def closed(self) -> None:
        """Delete the copy of unsaved work: there is none any more."""
        self._autosave.close()
        # A stack with steps tells of its own end, when those who listen may be gone before it.
        self.model.document.undo_stack.clear()

    # -- Qt ----------------------------------------------------------------------------------------

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Train by a single key; a field with the focus has taken it before."""
        action = self._actions.of_key(Place.TEACH, event)
        if action is not None:
            action.trigger()
        else:
            super().keyPressEvent(event)

    def showEvent(self, event: QShowEvent) -> None:
        """Take the focus, so that single keys work at once; offer what a crash left behind."""
        super().showEvent(event)
        self.setFocus()
        if not self._offered:
            self._offered = True
            QTimer.singleShot(_AFTER_FIRST_PAINT_MS, self, self.offer_recovery)

    def offer_recovery(self) -> None:
        """Ask whether to take up what an earlier window has left."""
        files = self._session.teach_files
        self._autosave.find_orphan(
            lambda work: offer_recovery(self._autosave, work, self.window(), files)
        )

    def hideEvent(self, event: QHideEvent) -> None:
        """Let go of the camera: another tab, or another program, may want it."""
        super().hideEvent(event)
        if not event.spontaneous() and self._state.preview.kind is not PreviewKind.PICTURE:
            self.model.stop_preview()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Give the middle column more room on a narrow window."""
        self._fit()
        super().resizeEvent(event)

    def make_room(self, left_px: int) -> int:
        """Leave so much at the left to a lesson; the columns beside the middle one get narrower."""
        top = super().make_room(left_px)
        self._fit()
        return top

    def _fit(self) -> None:
        layout = self.layout()
        width = self.width() - (0 if layout is None else layout.contentsMargins().left())
        self.classes.setFixedWidth(LEFT_NARROW_PX if width < NARROW_BELOW_PX else LEFT_W_PX)
        narrow = width < WIDE_FROM_PX
        self.right.setFixedWidth(RIGHT_NARROW_PX if narrow else RIGHT_W_PX)

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        """Take pictures beside the cards: they make a class of their own."""
        mime = event.mimeData()
        paths = [Path(url.toLocalFile()) for url in mime.urls() if url.isLocalFile()]
        kinds = (FileKind.PICTURE, FileKind.VIDEO)
        if paths and all(kind_of(path) in kinds for path in paths) and not mime.hasFormat(MIME):
            event.acceptProposedAction()
        else:
            event.ignore()  # the window opens it

    def dropEvent(self, event: QDropEvent) -> None:
        """Make a class of pictures that were dropped beside the cards."""
        paths = [Path(url.toLocalFile()) for url in event.mimeData().urls() if url.isLocalFile()]
        self.model.add_files(None, paths)
        event.acceptProposedAction()
