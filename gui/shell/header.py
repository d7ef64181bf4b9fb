"""The header: mark, tabs, title with its menu, undo, language, theme."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QSize, Qt, Signal
from PySide6.QtGui import QIcon, QKeySequence
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QMenu, QTabBar, QToolButton

from gui.document.document_files import RecentFiles
from gui.export_menu import ExportMenu
from gui.settings import ASSETS
from gui.theme import GAP_M_PX, GAP_S_PX, INSET_PX, active, icon
from gui.widgets.basic import Segments, describe, label, rule, set_role, tool_button
from gui.widgets.panel import Panel

__all__ = ["DocumentMenu", "Header"]


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


HEIGHT_PX = 44
_DIVIDER_PX = 20
LANGUAGES = ("en", "tr")


class Header(Panel):
    """The top row of the window.

    Signals
    -------
    tab_chosen(int)
        A person chose a tab.
    language_chosen(str)
        ``"en"`` or ``"tr"``.
    undo_requested(), redo_requested(), theme_toggled(), help_requested()
        The buttons at the right.
    """

    tab_chosen = Signal(int)
    language_chosen = Signal(str)
    undo_requested = Signal()
    redo_requested = Signal()
    theme_toggled = Signal()
    help_requested = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.setFixedHeight(HEIGHT_PX)
        self._to_undo: str | None = None
        self._to_redo: str | None = None
        self._mark = QLabel()
        self._mark.setPixmap(QIcon(str(ASSETS / "icons" / "glassnet.svg")).pixmap(QSize(20, 20)))
        self._name = label("title")
        self.tabs = QTabBar()
        self.tabs.setObjectName("tabs")
        self.tabs.setDocumentMode(True)
        self.tabs.setExpanding(False)
        self.tabs.setUsesScrollButtons(False)
        self.tabs.setElideMode(Qt.TextElideMode.ElideNone)
        self.tabs.setIconSize(QSize(16, 16))
        self.tabs.setFixedHeight(HEIGHT_PX)
        self.title = DocumentMenu()
        self.undo_button = tool_button("undo")
        self.redo_button = tool_button("redo")
        self.languages = Segments([f"language_{code}" for code in LANGUAGES])
        self.theme_button = tool_button("theme")
        self.help_button = tool_button("help")
        self._lay_out()
        self._connect()
        set_role(self, role="header")
        self.retranslate()
        self.refresh_icons()

    def _lay_out(self) -> None:
        layout = QHBoxLayout(self)
        layout.setContentsMargins(INSET_PX, 0, INSET_PX, 0)
        layout.setSpacing(GAP_M_PX)
        layout.addWidget(self._mark)
        layout.addWidget(self._name)
        layout.addSpacing(GAP_M_PX)
        layout.addWidget(self._divider())
        layout.addWidget(self.tabs)
        layout.addStretch(1)
        layout.addWidget(self.title)
        layout.addStretch(1)
        for widget in (self.undo_button, self.redo_button):
            layout.addWidget(widget)
        layout.addSpacing(GAP_S_PX)
        layout.addWidget(self._divider())
        layout.addSpacing(GAP_S_PX)
        layout.addWidget(self.languages)
        layout.addSpacing(GAP_M_PX)
        layout.addWidget(self.theme_button)
        layout.addWidget(self.help_button)

    @staticmethod
    def _divider() -> QFrame:
        divider = rule(vertical=True)
        divider.setFixedHeight(_DIVIDER_PX)
        return divider

    def _connect(self) -> None:
        self.tabs.currentChanged.connect(self.tab_chosen)
        # The chosen tab's name is bolder, and takes more room than it did.
        self.tabs.currentChanged.connect(self.tabs.updateGeometry)
        self.undo_button.clicked.connect(self.undo_requested)
        self.redo_button.clicked.connect(self.redo_requested)
        self.languages.group.idClicked.connect(
            lambda index: self.language_chosen.emit(LANGUAGES[index])
        )
        self.theme_button.clicked.connect(self.theme_toggled)
        self.help_button.clicked.connect(self.help_requested)

    def show_steps(self, to_undo: str | None, to_redo: str | None) -> None:
        """Offer the steps that undo and redo would take, by name; ``None`` where there is none."""
        if (to_undo, to_redo) != (self._to_undo, self._to_redo):
            self._to_undo, self._to_redo = to_undo, to_redo
            self.retranslate()

    def show_language(self, code: str) -> None:
        """Mark `code` as the language in use."""
        self.languages.choose(LANGUAGES.index(code))

    def refresh_icons(self) -> None:
        """Draw the icons in the active theme's colours."""
        self.undo_button.setIcon(icon("arrow-u-up-left"))
        self.redo_button.setIcon(icon("arrow-u-up-right"))
        self.theme_button.setIcon(icon("sun" if active().is_dark else "moon"))
        self.help_button.setIcon(icon("question"))

    def retranslate(self) -> None:
        """Write every text in the language in use."""
        self._name.setText("Glassnet")
        undo, redo = self._to_undo, self._to_redo
        self.undo_button.setEnabled(undo is not None)
        self.redo_button.setEnabled(redo is not None)
        describe(
            self.undo_button,
            self.tr("Undo"),
            self.tr("Undo: {step} (Ctrl+Z)").format(step=undo)
            if undo
            else self.tr("Undo (Ctrl+Z)"),
        )
        describe(
            self.redo_button,
            self.tr("Redo"),
            self.tr("Redo: {step} (Ctrl+Shift+Z)").format(step=redo)
            if redo
            else self.tr("Redo (Ctrl+Shift+Z)"),
        )
        for index, (text, name) in enumerate((("EN", "English"), ("TR", "Türkçe"))):
            self.languages.button(index).setText(text)
            describe(self.languages.button(index), name)
        describe(self.theme_button, self.tr("Light or dark"))
        describe(
            self.help_button, self.tr("Help and shortcuts"), self.tr("Help and shortcuts (F1)")
        )
        describe(self.tabs, self.tr("Tabs"))

    def restyle(self) -> None:
        """Put on the theme in use."""
        self.refresh_icons()
