"""The document's title in the header, and the file menu behind it."""

from __future__ import annotations

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtGui import QKeySequence
from PySide6.QtWidgets import QMenu, QToolButton

from gui.document.recent import RecentFiles
from gui.export_menu import ExportMenu
from gui.theme import icon
from gui.widgets import describe, set_role

__all__ = ["DocumentMenu"]

_TITLE_PX = 360


class DocumentMenu(QToolButton):
    """Show the document's title; open the file menu when clicked.

    Signals
    -------
    new_requested(), open_requested(), save_requested(), save_as_requested()
        What was chosen.
    recent_requested(Path)
        A file of the list of recent ones.
    export_requested(str)
        See :class:`gui.export_menu.ExportMenu`.
    """

    new_requested = Signal()
    open_requested = Signal()
    save_requested = Signal()
    save_as_requested = Signal()
    recent_requested = Signal(object)
    export_requested = Signal(str)

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("document_title")
        self.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self.setLayoutDirection(Qt.LayoutDirection.RightToLeft)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self._recent: RecentFiles | None = None
        self.menu_items = QMenu(self)
        self.menu_items.setObjectName("file_menu")
        self.menu_items.setLayoutDirection(Qt.LayoutDirection.LeftToRight)
        self._recent_menu = QMenu(self.menu_items)
        self._recent_menu.setObjectName("recent_menu")
        self._export_menu = ExportMenu("file_export", self.menu_items)
        self._export_menu.export_requested.connect(self.export_requested)
        self._make_menu()
        self.setMenu(self.menu_items)
        set_role(self, tone="quiet")
        self.retranslate()

    def _make_menu(self) -> None:
        menu = self.menu_items
        self._actions = {}
        for name, keys, signal in (
            ("file_new", QKeySequence.StandardKey.New, self.new_requested),
            ("file_open", QKeySequence.StandardKey.Open, self.open_requested),
            ("", None, None),
            ("file_save", QKeySequence.StandardKey.Save, self.save_requested),
            ("file_save_as", QKeySequence("Ctrl+Shift+S"), self.save_as_requested),
        ):
            if signal is None or keys is None:
                menu.addMenu(self._recent_menu)
                menu.addSeparator()
                continue
            action = menu.addAction(name)
            action.setObjectName(name)
            action.setShortcut(QKeySequence(keys))
            action.setShortcutContext(Qt.ShortcutContext.WindowShortcut)
            action.triggered.connect(lambda _=False, signal=signal: signal.emit())
            self._actions[name] = action
        menu.addSeparator()
        menu.addMenu(self._export_menu)
        menu.aboutToShow.connect(self._fill_recent)

    def use_recent(self, recent: RecentFiles) -> None:
        """Take the list of recent files from `recent`."""
        self._recent = recent

    def show_title(self, text: str) -> None:
        """Write the title."""
        self.setText(self.fontMetrics().elidedText(text, Qt.TextElideMode.ElideMiddle, _TITLE_PX))
        describe(
            self,
            self.tr("Document: {title}").format(title=text) if text else self.tr("Document"),
            self.tr("New, open, save and export"),
        )
        self.setVisible(bool(text))

    def _fill_recent(self) -> None:
        self._recent_menu.clear()
        paths = self._recent.paths() if self._recent is not None else []
        self._recent_menu.setEnabled(bool(paths))
        for index, path in enumerate(paths):
            action = self._recent_menu.addAction(path.name.replace("&", "&&"))
            action.setObjectName(f"recent_{index}")
            action.setToolTip(str(path))
            action.triggered.connect(lambda _=False, path=path: self.recent_requested.emit(path))

    def retranslate(self) -> None:
        """Write every text in the language in use."""
        for name, text in (
            ("file_new", self.tr("New")),
            ("file_open", self.tr("Open…")),
            ("file_save", self.tr("Save")),
            ("file_save_as", self.tr("Save as…")),
        ):
            self._actions[name].setText(text)
        self._recent_menu.setTitle(self.tr("Open recent"))
        self._export_menu.setTitle(self.tr("Export"))
        self._export_menu.retranslate()
        self.setIcon(icon("caret-down", "t2"))
        self.show_title(self.text())

    def changeEvent(self, event: QEvent) -> None:
        """Follow the language and the theme."""
        if event.type() in (QEvent.Type.LanguageChange, QEvent.Type.PaletteChange):
            self.retranslate()
        super().changeEvent(event)
