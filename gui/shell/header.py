"""The header: logo, tabs, title with menu, undo, language, theme."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QIcon
from PySide6.QtWidgets import QMenu, QTabBar, QToolButton

from foundation.text import tr
from gui.actions import TEACH_EXPORTS, Actions, Place, first_shortcut
from gui.document.files import RecentFiles
from gui.settings import ASSETS, LOCALES, language
from gui.theme import GAP_M_PX, GAP_S_PX, INSET_PX, icon
from gui.widgets.basic import (
    Segments,
    attach_menu,
    describe,
    label,
    menu_action,
    named,
    rule,
    set_role,
    tool_button,
)
from gui.widgets.layouts import STRETCH, hbox
from gui.widgets.panel import Panel
from gui.widgets.texts import worded

_TITLE_PX = 360


class DocumentMenu(QToolButton):
    """A button with the document's title, which opens the file menu."""

    def __init__(
        self, actions: Actions, recent: RecentFiles, open_path: Callable[[Path], None]
    ) -> None:
        super().__init__()
        self.setObjectName("document_title")
        self.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self.setLayoutDirection(Qt.LayoutDirection.RightToLeft)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self._actions, self._recent, self._open_path = actions, recent, open_path
        self._title = ""
        menu = named(QMenu(self), "file_menu")
        menu.setLayoutDirection(Qt.LayoutDirection.LeftToRight)
        self._recent_menu = named(QMenu(menu), "recent_menu")
        self._export_menu = actions.export_menu(menu, "file_export")
        self._teach_menu = named(QMenu(menu), "file_teach_export")
        self._teach_menu.addActions([actions[name] for name in TEACH_EXPORTS])
        menu.aboutToShow.connect(self._fill_recent)
        self.setMenu(menu)
        self.offer(Place.BUILD)
        self.setIcon(icon("caret-down", "t2"))
        set_role(self, tone="quiet")

    def offer(self, place: Place) -> None:
        """Offer the commands for the current document: an experiment, a project or a picture."""
        menu, actions = self.menu(), self._actions
        menu.clear()
        self._place = place
        if place is Place.VISION:
            menu.addActions([actions["open_source"], actions["paste"]])
            menu.addSeparator()
            menu.addActions([actions["snapshot"], actions["record"]])
        else:
            menu.addActions([actions[name] for name in ("file_new", "file_open", "file_network")])
            menu.addMenu(self._recent_menu)
            menu.addSeparator()
            menu.addActions([actions[name] for name in ("file_save", "file_save_as", "author")])
            menu.addSeparator()
            menu.addMenu(self._teach_menu if place is Place.TEACH else self._export_menu)
        menu.addSeparator()
        menu.addActions([actions["larger"], actions["smaller"]])
        self._write_title()

    def show_title(self, text: str) -> None:
        """Set the title."""
        if text != self._title:
            self._title = text
            self._write_title()

    def _write_title(self) -> None:
        title, middle = self._title, Qt.TextElideMode.ElideMiddle
        self.setText(self.fontMetrics().elidedText(title, middle, _TITLE_PX))
        describe(
            self,
            tr("Document: {title}", title=title) if title else tr("Document"),
            tr("Open a picture, save what is shown")
            if self._place is Place.VISION
            else tr("New, open, save and export"),
        )
        self.setVisible(bool(title))

    def _fill_recent(self) -> None:
        self._recent_menu.clear()
        paths = self._recent.paths()
        self._recent_menu.setEnabled(bool(paths))
        for index, path in enumerate(paths):
            do = partial(self._open_path, path)
            action = menu_action(self._recent_menu, f"recent_{index}", path.name, do)
            action.setToolTip(str(path))

    def retranslate(self) -> None:
        """Set every text in the current language."""
        self._recent_menu.setTitle(tr("Open recent"))
        for exports in (self._export_menu, self._teach_menu):
            exports.setTitle(tr("Export"))
        self._write_title()


HEIGHT_PX = 44
_DIVIDER_PX = 20
LANGUAGES = tuple(LOCALES)
_HELP = ("guide", "palette", "keys", "glossary", "about")


class Header(Panel):
    """The top row of the window."""

    def __init__(
        self, actions: Actions, recent: RecentFiles, open_path: Callable[[Path], None]
    ) -> None:
        super().__init__()
        self.setFixedHeight(HEIGHT_PX)
        self._actions = actions
        self._mark = label()
        self._mark.setPixmap(QIcon(str(ASSETS / "icons" / "glassnet.svg")).pixmap(QSize(20, 20)))
        self._name = label("title")
        self._name.setText("Glassnet")
        self.tabs = worded(named(QTabBar(), "tabs"), accessible_name="Tabs")
        self.tabs.setDocumentMode(True)
        self.tabs.setExpanding(False)
        self.tabs.setUsesScrollButtons(False)
        self.tabs.setElideMode(Qt.TextElideMode.ElideNone)
        self.tabs.setIconSize(QSize(16, 16))
        self.tabs.setFixedHeight(HEIGHT_PX)
        # The chosen tab's name is bolder, and takes more room than it did.
        self.tabs.currentChanged.connect(self.tabs.updateGeometry)
        self.title = DocumentMenu(actions, recent, open_path)
        self.learn_button = tool_button("learn")
        self.learn_button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self.learn_button.clicked.connect(actions["learn"].trigger)
        self._lesson: tuple[int, int] | None = None
        self._is_in_lesson = False
        self.undo_button = tool_button("undo")
        self.redo_button = tool_button("redo")
        self.languages = Segments([f"language_{code}" for code in LANGUAGES])
        self.theme_button = tool_button("theme")
        self.help_button = tool_button("help", icon=icon("question"), accessible_name="Help")
        self._buttons = (self.undo_button, self.redo_button, self.theme_button)
        for button in self._buttons:
            button.setDefaultAction(actions[button.objectName()])
        menu = attach_menu(self.help_button, named(QMenu(self.help_button), "help_menu"))
        menu.addActions([actions[name] for name in _HELP])
        for index, code in enumerate(LANGUAGES):
            chosen = actions[f"language_{code}"]
            self.languages.button(index).clicked.connect(chosen.trigger)
        hbox(
            self._mark,
            self._name,
            GAP_M_PX,
            rule(vertical=True, height_px=_DIVIDER_PX),
            self.tabs,
            STRETCH,
            self.title,
            STRETCH,
            self.learn_button,
            self.undo_button,
            self.redo_button,
            GAP_S_PX,
            rule(vertical=True, height_px=_DIVIDER_PX),
            GAP_S_PX,
            self.languages,
            GAP_M_PX,
            self.theme_button,
            self.help_button,
            on=self,
            gap=GAP_M_PX,
            margins=(INSET_PX, 0),
        )
        set_role(self, role="header")
        self.retranslate()

    def show_lesson(self, is_open: bool, place: tuple[int, int] | None) -> None:
        """Show whether a lesson is open, and its number among the bundled ones."""
        if (is_open, place) != (self._is_in_lesson, self._lesson):
            self._is_in_lesson, self._lesson = is_open, place
            set_role(self.learn_button, tone="tint" if is_open else "quiet")
            self._name_lesson()

    def _name_lesson(self) -> None:
        text = tr("Learn")
        if self._lesson is not None:
            n, lessons = self._lesson
            text = tr("Lesson {n} of {lessons}", n=n, lessons=lessons)
        elif self._is_in_lesson:
            text = tr("Lesson")
        self.learn_button.setText(text)
        tip = tr("Show the lessons, or put them away ({key})", key=first_shortcut("learn"))
        describe(self.learn_button, text, tip)
        token = "acc" if self._is_in_lesson else "t2"
        self.learn_button.setIcon(icon("graduation-cap", token))

    def retranslate(self) -> None:
        """Set every text in the current language, and mark that language."""
        self.title.retranslate()
        self._name_lesson()
        for button in self._buttons:
            button.setAccessibleName(button.text())
        for index, code in enumerate(LANGUAGES):
            button = self.languages.button(index)
            button.setText(code.upper())
            describe(button, self._actions[f"language_{code}"].text())
        self.languages.choose(LANGUAGES.index(language()))
