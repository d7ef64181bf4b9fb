"""The window: header, tabs, message bar and status bar, and what they tell one another."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from PySide6.QtCore import QEvent, QObject, QSize, QTimer
from PySide6.QtGui import (
    QCloseEvent,
    QDragEnterEvent,
    QDropEvent,
    QKeySequence,
    QShortcut,
)
from PySide6.QtWidgets import QApplication, QMainWindow, QStackedWidget, QVBoxLayout, QWidget

from gui.document import ExperimentDocument
from gui.document.document_files import DocumentFiles
from gui.settings import choose_language, language, settings, toggle_theme
from gui.shell.header import Header
from gui.shell.key_sheet import KeySheet
from gui.shell.message_bar import MessageBar
from gui.shell.status_bar import StatusBar
from gui.tab import Tab
from gui.theme import icon

__all__ = ["GlassnetWindow"]

MINIMUM_SIZE = QSize(1024, 680)
FIRST_SIZE = QSize(1440, 900)


class GlassnetWindow(QMainWindow):
    """Glassnet's one window.

    A tab is made when it is first shown, so that a person who only builds never loads OpenCV.

    Attributes
    ----------
    document
        The experiment that Build edits.
    """

    BUILD, VISION = 0, 1

    def __init__(self, document: ExperimentDocument, frame_first: bool = False) -> None:
        """Make the window.

        Parameters
        ----------
        document
            The experiment that Build edits.
        frame_first
            Paint header and status bar before Build is made, so that a person sees the window a
            third sooner; else Build is there at once.
        """
        super().__init__()
        self.setObjectName("window")
        self.setMinimumSize(MINIMUM_SIZE)
        self.resize(FIRST_SIZE)
        self.setAcceptDrops(True)
        self.document = document
        document.setParent(self)
        self.header = Header()
        self._failures: dict[Tab, str] = {}
        self.status = StatusBar()
        self.pages = QStackedWidget()
        self._makers: tuple[tuple[str, Callable[[], Tab]], ...] = (
            ("share-network", self._make_build),
            ("eye", self._make_vision),
        )
        self._tabs: dict[int, Tab] = {}
        self._close_timer = QTimer(self, interval=10)
        self._may_close = False
        self.files = DocumentFiles(document, settings(), self)
        self.header.title.use_recent(self.files.recent)
        self._lay_out()
        self._connect()
        self.retranslate()
        self.header.show_language(language())
        if frame_first:
            self.pages.installEventFilter(self)
        else:
            self.show_tab(self.BUILD)

    # -- Tabs --------------------------------------------------------------------------------------

    def tab(self, index: int) -> Tab:
        """Return the tab at `index`, made now if it was never shown."""
        if index not in self._tabs:
            tab = self._makers[index][1]()
            tab.state_shown.connect(self._only_from(tab, self.status.show_state))
            tab.figures_shown.connect(self._only_from(tab, self.status.show_figures))
            tab.sentence_shown.connect(self._only_from(tab, self.status.show_sentence))
            tab.fact_shown.connect(self._only_from(tab, self.status.show_fact))
            tab.title_changed.connect(self._show_title)
            tab.failed.connect(self._on_tab_failed)
            tab.failed.connect(self._keeper_of_failure(tab))
            tab.failure_over.connect(lambda: self._on_failure_over(tab))
            tab.remedy_offered.connect(self.message_bar.offer_remedy)
            tab.path_requested.connect(self.open_path)
            self._tabs[index] = tab
            self.pages.addWidget(tab)
        return self._tabs[index]

    def show_tab(self, index: int) -> Tab:
        """Bring the tab at `index` to the front and return it."""
        tab = self.tab(index)
        self.pages.setCurrentWidget(tab)
        if self.header.tabs.currentIndex() != index:
            self.header.tabs.setCurrentIndex(index)
        tab.republish()
        self._show_title()
        return tab

    def open_path(self, path: Path) -> None:
        """Open a file or folder in the tab it belongs to, or say that none can."""
        self.open_paths([path])

    def open_paths(self, paths: Sequence[Path]) -> None:
        """Open files and folders that were given together, each in the tab it belongs to.

        The tab of the first one is in front then.
        """
        homes = {path: self._home_of(path) for path in paths}
        for index in dict.fromkeys(reversed([home for home in homes.values() if home is not None])):
            own = [path for path, home in homes.items() if home == index]
            self.show_tab(index).open_paths(own)
        strange = [path.name for path, home in homes.items() if home is None]
        if strange:
            self.message_bar.show_message(
                self.tr(
                    "{name} is nothing Glassnet can open. Give it an experiment (.glassnet), a "
                    "table (.csv), a picture, a video, a folder of pictures or a model (.onnx)."
                ).format(name=", ".join(strange))
            )

    def _home_of(self, path: Path) -> int | None:
        """Return which tab opens a file or folder, ``None`` if no one does."""
        tabs = range(len(self._makers))
        return next((index for index in tabs if self.tab(index).opens(path)), None)

    def _make_build(self) -> Tab:
        from gui.build_tab.tab import BuildTab

        tab = BuildTab(self.document, self.files)
        tab.vision_requested.connect(self._on_vision_requested)
        return tab

    def _make_vision(self) -> Tab:
        from gui.vision_tab.tab import VisionTab

        return VisionTab()

    def _only_from(self, tab: Tab, show: Callable[..., None]) -> Callable[..., None]:
        """Return a slot that passes on what `tab` says while it is the one on screen."""

        def slot(*values: object) -> None:
            if self.pages.currentWidget() is tab:
                show(*values)

        return slot

    # -- Frame -------------------------------------------------------------------------------------

    def _lay_out(self) -> None:
        central = QWidget()
        central.setObjectName("central")
        layout = QVBoxLayout(central)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(self.header)
        layout.addWidget(self.pages, 1)
        layout.addWidget(self.status)
        self.message_bar = MessageBar(self.pages)
        self.setCentralWidget(central)
        for _ in self._makers:
            self.header.tabs.addTab("")

    def _connect(self) -> None:
        self.header.tab_chosen.connect(self.show_tab)
        self.header.language_chosen.connect(self._on_language_chosen)
        self.header.theme_toggled.connect(self._on_theme_toggled)
        self.header.help_requested.connect(self.show_help)
        menu, files = self.header.title, self.files
        menu.new_requested.connect(files.new)
        menu.open_requested.connect(files.open)
        menu.save_requested.connect(lambda: files.save())
        menu.save_as_requested.connect(lambda: files.save_as())
        menu.recent_requested.connect(files.open_path)
        menu.export_requested.connect(self._on_export_requested)
        files.failed.connect(self._on_tab_failed)
        files.opened.connect(lambda: self.show_tab(self.BUILD))
        for succeeded in (files.opened, files.saved):
            succeeded.connect(self.message_bar.hide)  # what failed before is no news any more
        files.overtaken.connect(self._on_overtaken)
        files.noted.connect(lambda sentence: self.message_bar.show_message(sentence, "ok"))
        QShortcut(QKeySequence("F1"), self, self.show_help)
        self.document.path_changed.connect(self._show_title)
        self._close_timer.timeout.connect(self.close)
        self.document.undo_stack.indexChanged.connect(self._show_steps)
        self._show_steps()
        stack = self.document.undo_stack
        self.header.undo_requested.connect(stack.undo)
        self.header.redo_requested.connect(stack.redo)
        for keys, slot in (
            (QKeySequence("Ctrl+Z"), stack.undo),
            (QKeySequence("Ctrl+Shift+Z"), stack.redo),
            (QKeySequence("Ctrl+Y"), stack.redo),
        ):
            QShortcut(keys, self, slot)
        for index in range(len(self._makers)):
            shortcut = QShortcut(QKeySequence(f"Ctrl+{index + 1}"), self)
            shortcut.activated.connect(lambda index=index: self.show_tab(index))

    def _show_steps(self) -> None:
        stack = self.document.undo_stack
        self.header.show_steps(
            stack.undoText() if stack.canUndo() else None,
            stack.redoText() if stack.canRedo() else None,
        )

    def retranslate(self) -> None:
        """Write the window's own texts in the language in use."""
        for index, text in enumerate((self.tr("Build"), self.tr("Vision"))):
            self.header.tabs.setTabText(index, text)
            self.header.tabs.setTabIcon(index, icon(self._makers[index][0], "t2", "t1", 0.08))
        self._show_title()

    def show_help(self) -> None:
        """Open the list of shortcuts."""
        KeySheet(self).show()

    def show_unexpected_error(self, text: str) -> None:
        """Report an error that nothing else has caught; `text` is its traceback."""
        self.message_bar.show_message(
            self.tr(
                "Something went wrong inside Glassnet: {error}. Your work is still here; save it, "
                "and please report the details."
            ).format(error=text.strip().splitlines()[-1]),
            "fail",
            text,
        )

    def _show_title(self) -> None:
        current = self.pages.currentWidget()
        title = current.title() if isinstance(current, Tab) else ""
        self.header.title.show_title(title)
        self.setWindowTitle(f"{title} - Glassnet" if title else "Glassnet")

    def _on_export_requested(self, kind: str) -> None:
        from gui.build_tab.tab import BuildTab

        tab = self.show_tab(self.BUILD)
        assert isinstance(tab, BuildTab)
        tab.export(kind)

    def _on_vision_requested(self, network: object, name: str) -> None:
        from gui.vision_tab.tab import VisionTab
        from model.export import PictureModel

        assert isinstance(network, PictureModel)  # as the signal says
        tab = self.show_tab(self.VISION)
        assert isinstance(tab, VisionTab)
        tab.use_network(network, name)

    def _keeper_of_failure(self, tab: Tab) -> Callable[[str, str], None]:
        def keep(sentence: str, _details: str) -> None:
            self._failures[tab] = sentence

        return keep

    def _on_failure_over(self, tab: Tab) -> None:
        """Take a tab's message away, unless another one stands there."""
        if self.message_bar.text.text() == self._failures.pop(tab, None):
            self.message_bar.hide()

    def _on_overtaken(self, sentence: str, can_reload: bool) -> None:
        self.message_bar.show_message(sentence, "warn")
        if can_reload:
            self.message_bar.offer_remedy(self.tr("Reload"), self.files.reload)

    def _on_tab_failed(self, sentence: str, details: str) -> None:
        self.message_bar.show_message(sentence, "fail", details)

    def _on_language_chosen(self, code: str) -> None:
        app = QApplication.instance()
        assert isinstance(app, QApplication)
        choose_language(app, code)
        settings().setValue("language", code)

    def _on_theme_toggled(self) -> None:
        app = QApplication.instance()
        assert isinstance(app, QApplication)
        settings().setValue("theme", toggle_theme(app))

    # -- Qt ----------------------------------------------------------------------------------------

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Make Build once the empty frame has been painted."""
        if event.type() == QEvent.Type.Paint:
            self.pages.removeEventFilter(self)
            QTimer.singleShot(0, self, self._show_first_tab)
        return super().eventFilter(watched, event)

    def _show_first_tab(self) -> None:
        if not self._tabs:
            self.show_tab(self.BUILD)

    def changeEvent(self, event: QEvent) -> None:
        """Follow the language and the theme; look at the file when a person comes back."""
        if event.type() == QEvent.Type.ActivationChange and self.isActiveWindow():
            self.files.look_at_disk()
        if event.type() in (QEvent.Type.LanguageChange, QEvent.Type.PaletteChange):
            self.retranslate()
            current = self.pages.currentWidget()
            if isinstance(current, Tab):
                current.republish()
        super().changeEvent(event)

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        """Accept local files."""
        if any(url.isLocalFile() for url in event.mimeData().urls()):
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        """Open what was dropped."""
        paths = [Path(url.toLocalFile()) for url in event.mimeData().urls() if url.isLocalFile()]
        event.acceptProposedAction()
        self.message_bar.hide()
        self.open_paths(paths)

    def _close_for_good(self) -> None:
        self._may_close = True
        self.close()

    def closeEvent(self, event: QCloseEvent) -> None:
        """Ask every tab to stop; close when the last worker has ended, without blocking."""
        # Every tab is asked, also after one has said no.
        answers = [tab.request_close() for tab in self._tabs.values()]
        if all(answers):
            self._close_timer.stop()
            if self._may_close or not self.document.is_worth_asking:
                for tab in self._tabs.values():
                    tab.closed()
                event.accept()
                return
            event.ignore()
            self.files.ask_then(self._close_for_good)
            return
        event.ignore()
        if any(tab.is_closing for tab in self._tabs.values()):
            self._close_timer.start()
        else:
            self._close_timer.stop()
