"""The header: the mark, the tabs, the document's title, undo, language, theme and help."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QSize, Qt, Signal
from PySide6.QtGui import QIcon
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QTabBar

from gui.settings import ASSETS
from gui.shell.document_menu import DocumentMenu
from gui.theme import GAP_M_PX, GAP_S_PX, INSET_PX, active, icon
from gui.widgets import Segments, describe, label, rule, set_role, tool_button

__all__ = ["Header"]

HEIGHT_PX = 44
_DIVIDER_PX = 20
LANGUAGES = ("en", "tr")


class Header(QFrame):
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

    def changeEvent(self, event: QEvent) -> None:
        """Follow the language and the theme."""
        if event.type() == QEvent.Type.LanguageChange:
            self.retranslate()
        elif event.type() == QEvent.Type.PaletteChange:
            self.refresh_icons()
        super().changeEvent(event)
