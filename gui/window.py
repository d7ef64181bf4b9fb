"""The window: header, tabs, message bar and status bar, and their connections."""

from __future__ import annotations

import os
from collections.abc import Sequence
from functools import cached_property, partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from PySide6.QtCore import QEvent, QSize, Qt, QTimer
from PySide6.QtGui import (
    QCloseEvent,
    QDragEnterEvent,
    QDropEvent,
    QGuiApplication,
    QKeyEvent,
    QResizeEvent,
)
from PySide6.QtWidgets import (
    QAbstractButton,
    QApplication,
    QMainWindow,
    QStackedWidget,
    QToolButton,
    QWidget,
)

from foundation.text import tr
from gui.actions import EXPORTS, Actions, Entry, Place
from gui.document import ExperimentDocument
from gui.document.document_files import NETWORK_SUFFIX
from gui.format import percent
from gui.garbage import freeze_startup_objects
from gui.messages import LazyText
from gui.session import Session
from gui.settings import (
    ALL_PROCESSORS,
    ASSETS,
    animations_allowed,
    choose_language,
    settings,
    toggle_theme,
    uses_all_processors,
)
from gui.shell import scale
from gui.shell.header import LANGUAGES, Header
from gui.shell.status_bar import StatusBar
from gui.tab import AFTER_FIRST_PAINT_MS, Tab, is_for_lessons
from gui.theme import icon
from gui.widgets.basic import ENTER, insert_in_tab_order, named, scroll_to
from gui.widgets.dialogs import Answer, ask
from gui.widgets.drops import local_paths
from gui.widgets.first_paint import after_first_paint
from gui.widgets.layouts import vbox
from gui.widgets.regions import Region, go_to_region
from model.blas import blas_threads

if TYPE_CHECKING:
    from gui.build_tab.tab import BuildTab
    from gui.document.files import Files
    from gui.learn.learn_model import LearnModel
    from gui.learn.panel import LearnView
    from gui.learn.screen import Screen
    from gui.shell.command_palette import CommandPalette
    from gui.shell.message_bar import MessageBar
    from gui.teach_tab.tab import TeachTab
    from gui.vision_tab.tab import VisionTab
    from model.lessons.situation import Tab as TabName

MINIMUM_SIZE = QSize(1024, 680)
FIRST_SIZE = QSize(1440, 900)
_TABS = (
    ("tab_build", "share-network"),
    ("tab_teach", "user-rectangle"),
    ("tab_vision", "eye"),
)
"""Each tab's action and icon, in order."""
_LESSONS = ASSETS / "lessons"
_STRIP_BELOW_PX = 1280
_PICKLES = (".pkl", ".pickle", ".joblib")
_WITH_SKL2ONNX = """\
from skl2onnx import to_onnx
network = to_onnx(model, X[:1].astype("float32"))
open("network.onnx", "wb").write(network.SerializeToString())
"""
"""Script that exports a fitted scikit-learn `model` to ONNX; X holds its rows."""


class GlassnetWindow(QMainWindow):
    """Glassnet's only window.

    A tab is created when it is first shown, so that users who only build never load OpenCV.

    Attributes
    ----------
    document
        The experiment edited in Build.
    session
        State shared by the tabs.
    all_actions
        Actions of menus, buttons and shortcuts.
    starts_again
        Whether the program restarts after the window has closed.
    """

    BUILD, TEACH, VISION = 0, 1, 2

    def __init__(self, document: ExperimentDocument, frame_first: bool = False) -> None:
        """Create the window.

        Parameters
        ----------
        document
            The experiment to edit in Build.
        frame_first
            Paint header and status bar before creating Build, so that the window appears a third
            sooner; otherwise Build is created immediately.
        """
        super().__init__()
        self.setObjectName("window")
        self.setMinimumSize(MINIMUM_SIZE)
        self.resize(FIRST_SIZE)
        self.setAcceptDrops(True)
        self.document = document
        self.session = Session(document, self)
        self.files = self.session.files
        self.all_actions = Actions(self, self.session.messages.said.emit)
        self.header = Header(self.all_actions, self.files.recent, self.open_path)
        self.status = StatusBar()
        self.pages = QStackedWidget()
        self._tabs: dict[int, Tab] = {}
        self._learn_view: LearnView | None = None
        self._lessons_lie_over = False
        self._hands_on = False
        self._lasts = frame_first  # to the end of the program
        self._close_timer = QTimer(self)
        self._close_timer.setInterval(10)
        self._may_close = False
        self.starts_again = False
        self._lay_out()
        self._connect()
        self._bind()
        self._dress_tabs()
        if frame_first:
            freeze_startup_objects()  # otherwise a slow start collects before the first paint
            after_first_paint(self.pages, self._show_first_tab)
        else:
            self.show_tab(self.BUILD)

    # -- Tabs --------------------------------------------------------------------------------------

    def tab(self, index: int) -> Tab:
        """Return the tab at `index`, created on first use."""
        if not self._tabs:
            from gui.widgets.screen_readers import install_accessible_interfaces

            install_accessible_interfaces()  # of what tabs draw
        if index not in self._tabs:
            tab = self._tabs[index] = self._make_tab(index)
            self._name_page(index, tab)
            tab.changed.connect(partial(self._on_tab_changed, tab))
            self.pages.addWidget(tab)
            if self._lasts and index != self.BUILD:
                after_first_paint(tab, freeze_startup_objects)
        return self._tabs[index]

    @property
    def build_tab(self) -> BuildTab:
        """The Build tab, created on first use."""
        return cast("BuildTab", self.tab(self.BUILD))

    @property
    def teach_tab(self) -> TeachTab:
        """The Teach tab, created on first use."""
        return cast("TeachTab", self.tab(self.TEACH))

    @property
    def vision_tab(self) -> VisionTab:
        """The Vision tab, created on first use."""
        return cast("VisionTab", self.tab(self.VISION))

    def _make_tab(self, index: int) -> Tab:
        if index == self.BUILD:
            from gui.build_tab.tab import BuildTab

            build = BuildTab(self.session, self.all_actions, self.pages)
            after_first_paint(build, self._report_unsaved_classes, AFTER_FIRST_PAINT_MS)
            return build
        if index == self.TEACH:
            from gui.teach_tab.tab import TeachTab

            self.session.teach_files.opened.connect(partial(self.show_tab, self.TEACH))
            return TeachTab(self.session, self.all_actions, self.pages)
        from gui.vision_tab.tab import VisionTab

        return VisionTab(self.session.vision, self.all_actions, self.pages)

    def show_tab(self, index: int) -> Tab:
        """Switch to the tab at `index` and return it."""
        tab, left = self.tab(index), self.pages.currentWidget()
        comes = left is not tab
        if comes and isinstance(left, Tab):
            left.leave_keyboard()
        self.pages.setCurrentWidget(tab)
        if comes and isinstance(left, Tab):  # its messages no longer apply
            self.session.messages.dismiss_from(left.model)
        if index == self.TEACH:  # it offers the classes that a crash has left
            self.session.messages.dismiss_from(self.session)
        self.header.tabs.setCurrentIndex(index)
        document = self.document if tab.files is None else self.session.teach.document
        self.session.steps.setActiveStack(document.undo_stack)
        place = self._place_in_front()
        self.header.title.offer(place)
        for action in self.all_actions.of(Place.DOCUMENTS):  # Vision has these keys for pictures
            (self.removeAction if place is Place.VISION else self.addAction)(action)
        self._on_tab_changed(tab)
        if comes:
            self._uncover()
        return tab

    def _bring(self, index: int) -> None:
        if self.pages.currentWidget() is not self.tab(index):
            self.show_tab(index)

    def _on_tab_changed(self, tab: Tab) -> None:
        """Show the status of `tab` while it is the current tab."""
        if self.pages.currentWidget() is tab:
            title = tab.title()
            self.header.title.show_title(title)
            self.setWindowTitle(f"{title} - Glassnet" if title else "Glassnet")
            self.status.show_status(tab.status())
            self._show_learn()

    # -- Lessons -----------------------------------------------------------------------------------

    @cached_property
    def screen_map(self) -> Screen:
        """The locations of all controls, and how to reveal them."""
        from gui.learn.screen import Screen

        names: tuple[TabName, ...] = ("build", "teach", "vision")
        return Screen(
            self,
            self.session,
            lambda tab: self._bring(names.index(tab)),
            lambda: names[self.header.tabs.currentIndex()],
        )

    @cached_property
    def learn(self) -> LearnModel:
        """The model of lessons and challenges, created on first use."""
        from gui.learn.learn_model import LearnModel
        from gui.learn.panel import LearnView

        model = LearnModel(self.session, self.screen_map)
        self._learn_view = LearnView(model, self.screen_map, self.pages)
        self._column.insertWidget(self._column.indexOf(self.status), self._learn_view.strip)
        model.changed.connect(self._show_learn)
        app = QApplication.instance()
        assert isinstance(app, QApplication)
        app.focusChanged.connect(self._on_focus_changed)
        return model

    def _toggle_learn(self) -> None:
        """Show the lessons and focus them, or hide them."""
        had_keyboard = self._learn_view is not None and self._learn_view.panel.contains_focus
        before = self.pages.focusWidget() or self.pages.currentWidget()
        self.learn.toggle()
        if self.learn.state.is_open and self._learn_view is not None:
            self._learn_view.panel.focus_first_stop()
        elif had_keyboard and before is not None:
            before.setFocus(Qt.FocusReason.ShortcutFocusReason)

    def _go_to_region(self, by: int) -> None:
        """Focus the window's next or previous region, the tab's first."""
        tab, view = self.pages.currentWidget(), self._learn_view
        regions = tab.regions() if isinstance(tab, Tab) else []
        if view is not None:
            regions += [Region(tr("Lessons"), part) for part in (view.panel, view.strip)]
        regions += [
            Region(tr("Message"), self.message_bar),
            Region(tr("Top of the window"), self.header),
        ]
        go_to_region(regions, by)

    def _ask_author(self) -> None:
        from gui.learn.list_page import ask_author

        ask_author(self, self.learn)

    def _show_learn(self) -> None:
        """Show the open lessons at the left of the tab, or in the strip below it."""
        view, tab = self._learn_view, self.pages.currentWidget()
        if view is None or not isinstance(tab, Tab):
            return
        from gui.learn.learn_model import lesson_position

        state = self.learn.state
        is_build = tab is self._tabs.get(self.BUILD)
        examines = self.session.build.state.selection.part is not None
        has_no_room = self.width() < _STRIP_BELOW_PX and (examines or not is_build)
        in_strip = has_no_room and state.progress is not None
        # What is only chosen from lies over another tab that has no room.
        is_over = has_no_room and not is_build
        self._lessons_lie_over = state.is_open and is_over and not in_strip
        room = view.panel.width() if state.is_open and not in_strip and not is_over else 0
        view.strip.setVisible(state.is_open and in_strip)
        self._column.activate()  # the strip takes its height from the page, or gives it back
        top = tab.make_room(room)
        area = self.pages.geometry()
        view.panel.setGeometry(
            area.left(), area.top() + top, view.panel.width(), area.height() - top
        )
        view.panel.stackUnder(self.message_bar)
        view.show_state(state, in_strip)  # once there is a place, so that it is laid out once
        progress = state.progress
        place = None if progress is None else lesson_position(progress.lesson)
        self.header.show_lesson(progress is not None, place)

    def _on_focus_changed(self, _: QWidget | None, now: QWidget | None) -> None:
        """Hide lessons that cover a tab when the focus moves into it."""
        page = self.pages.currentWidget()
        if now is not None and page is not None and (page is now or page.isAncestorOf(now)):
            self._uncover()

    def _uncover(self) -> None:
        if self._lessons_lie_over:
            self.learn.toggle()

    # -- Palette -----------------------------------------------------------------------------------

    @cached_property
    def palette_of_actions(self) -> CommandPalette:
        """The command palette, created on first use."""
        from gui.shell.command_palette import CommandPalette

        self._list_lessons()
        return CommandPalette(self.pages, self.all_actions, self._place_in_front, self._trigger)

    def _list_lessons(self) -> None:
        """Add an action for each bundled lesson."""
        from model.lessons import list_lessons

        lessons = {f"lesson_{lesson.id}": lesson for lesson in list_lessons()}
        bound = {action.objectName() for action in self.all_actions.of(Place.LESSONS)}
        self.all_actions.add(
            Place.LESSONS,
            [
                Entry(name, lesson.title("en"), turkish=lesson.title("tr"))
                for name, lesson in lessons.items()
            ],
        )
        for name in lessons.keys() - bound:
            self.all_actions.bind(name, partial(self.open_path, lessons[name].folder))

    def _place_in_front(self) -> Place:
        places = {self.TEACH: Place.TEACH, self.VISION: Place.VISION}
        return places.get(self.header.tabs.currentIndex(), Place.BUILD)

    def _trigger(self, place: Place, name: str) -> None:
        """Trigger an action of a place after bringing its tab to the front."""
        if place in (Place.BUILD, Place.DATA, Place.SETTINGS):
            self._bring(self.BUILD)
            self.build_tab.show_all_panels()
        elif place in (Place.TEACH, Place.VISION):
            self._bring(self.TEACH if place is Place.TEACH else self.VISION)
        elif place is Place.DOCUMENTS and self._place_in_front() is Place.VISION:
            self._bring(self.BUILD)
        self.all_actions[name].trigger()

    def _focus_setting(self, name: str) -> None:
        """Reveal a setting's control and focus it."""
        shown = self.screen_map.reveal(name, "build")
        if shown == "more" and isinstance(more := self.screen_map.control("more"), QToolButton):
            more.click()
        control = self.screen_map.control(name)
        if control is None:
            self.session.messages.show_note(
                lambda: tr(
                    "The data and the network as they are have no setting “{name}”.",
                    name=self.all_actions[f"set_{name}"].text(),
                )
            )
            return
        scroll_to(control)
        control.setFocus(Qt.FocusReason.ShortcutFocusReason)

    def _is_locked(self, name: str) -> str:
        """Return the message that a control is currently disabled, or an empty text."""
        control = self.findChild(QWidget, name)
        is_locked = control is not None and control.isVisible() and not control.isEnabled()
        return tr("This cannot be changed at present.") if is_locked else ""

    def open_path(self, path: Path) -> None:
        """Open a file or folder in its tab, or report that none can."""
        self.open_paths([path])

    def open_paths(self, paths: Sequence[Path]) -> None:
        """Open several files and folders, each in its tab.

        Afterwards the tab of the first one is current.
        """
        self.session.messages.dismiss_from(self)  # what was said of the files before
        lessons = [path for path in paths if is_for_lessons(path)]
        if lessons:
            self.learn.open_path(lessons[0])
        paths = [path for path in paths if path not in lessons]
        asked = [path for path in paths if _is_class_folder(path)]
        for folder in asked:
            self._ask_which_tab_opens(folder)
        paths = [path for path in paths if path not in asked]
        homes = {path: self._tab_for(path) for path in paths}
        if any(home == self.VISION and _is_model(path) for path, home in homes.items()):
            # A text that comes with a model is no table: it holds the model's labels.
            homes |= {path: self.VISION for path in paths if path.suffix.lower() == ".txt"}
        # Nor are weights that a network reads itself, as of model.onnx.data.
        networks = [path.name for path in paths if path.suffix.lower() == NETWORK_SUFFIX]
        for path in list(homes):
            is_weights = any(path.name != n and path.name.startswith(n) for n in networks)
            if is_weights and homes[path] != self.VISION:
                del homes[path]
        for index in dict.fromkeys(reversed([home for home in homes.values() if home is not None])):
            own = [path for path, home in homes.items() if home == index]
            self.show_tab(index).open_paths(own)
        strange = [path.name for path, home in homes.items() if home is None]
        pickled = [name for name in strange if Path(name).suffix.lower() in _PICKLES]
        if pickled:
            self.session.messages.show_error(
                lambda: tr(
                    "{name} is a pickle, which can run any program while it is read, so Glassnet "
                    "reads none. Where the network was trained, three lines of Python write it as "
                    "an ONNX file, which opens here.",
                    name=", ".join(pickled),
                ),
                _WITH_SKL2ONNX,
                (
                    lambda: tr("Copy the lines"),
                    lambda: QGuiApplication.clipboard().setText(_WITH_SKL2ONNX),
                ),
                source=self,
            )
        elif strange:
            self.session.messages.show_error(
                lambda: tr(
                    "{name} is nothing Glassnet can open. Give it an experiment (.glassnet), a "
                    "project of classes (.glassteach), a table (.csv, .xlsx), a picture, a video, "
                    "a folder of pictures, a model (.onnx), a lesson's folder or a challenge "
                    "(.json).",
                    name=", ".join(strange),
                ),
                source=self,
            )

    def _ask_which_tab_opens(self, folder: Path) -> None:
        """Ask whether a folder of class folders is meant for Teach or Vision."""
        ask(
            self,
            "class_folder_dialog",
            tr("Where is {name} to be opened?", name=folder.name),
            tr(
                "It holds a folder of pictures for each of several classes. Teach makes a class of "
                "each and learns to tell them apart; Vision names what is on the pictures."
            ),
            (
                Answer(
                    "class_folder_teach",
                    tr("Teach"),
                    lambda: self.show_tab(self.TEACH).open_paths([folder]),
                ),
                Answer(
                    "class_folder_vision",
                    tr("Vision"),
                    lambda: self.show_tab(self.VISION).open_paths([folder]),
                ),
                Answer("class_folder_cancel", tr("Cancel"), lambda: None),
            ),
        )

    def _tab_for(self, path: Path) -> int | None:
        """Return the tab that opens a file or folder, ``None`` if none does."""
        tabs = (self.BUILD, self.VISION, self.TEACH)
        return next((index for index in tabs if self.tab(index).opens(path)), None)

    # -- Frame -------------------------------------------------------------------------------------

    def _lay_out(self) -> None:
        central = named(QWidget(), "central")
        self._column = vbox(self.header, (self.pages, 1), self.status, on=central, gap=0, margins=0)
        self.setCentralWidget(central)
        for _ in _TABS:
            self.header.tabs.addTab("")

    @cached_property
    def message_bar(self) -> MessageBar:
        """The message bar over the current tab, created for the first message."""
        from gui.shell.message_bar import MessageBar

        bar = MessageBar(self.pages, self.session.messages)
        insert_in_tab_order(bar, self.header.help_button)
        return bar

    def _connect(self) -> None:
        self.header.tabs.currentChanged.connect(self.show_tab)
        self.header.title.menu().aboutToShow.connect(
            lambda: self.all_actions.show_author(self.document.author)
        )
        self.session.messages.said.connect(self.status.show_sentence)
        self.session.messages.changed.connect(lambda: self.message_bar)
        self.files.opened.connect(lambda: self.show_tab(self.BUILD))
        self.files.kept.connect(self._stay)
        self.session.steps.indexChanged.connect(self._show_steps)
        self.session.steps.activeStackChanged.connect(self._show_steps)
        self._close_timer.timeout.connect(self.close)

    def _bind(self) -> None:
        """Bind the actions that are available everywhere."""
        actions, show_vision = self.all_actions, partial(self.show_tab, self.VISION)
        self.addActions([*actions.of(Place.EVERYWHERE), *actions.of(Place.DOCUMENTS)])
        for name, do in (
            ("file_new", lambda: self._files_in_front.new()),
            ("file_open", lambda: self._files_in_front.open()),
            ("file_network", self.files.choose_network),
            ("file_save", lambda: self._files_in_front.save()),
            ("file_save_as", lambda: self._files_in_front.save_as()),
            ("export_vision", self._use_in_vision),
            ("teach_vision", lambda: self.session.use_head_in_vision(show_vision)),
            ("open_kernel", self._open_kernel),
            ("tab_build", partial(self.show_tab, self.BUILD)),
            ("tab_teach", partial(self.show_tab, self.TEACH)),
            ("tab_vision", show_vision),
            ("author", self._ask_author),
            ("learn", self._toggle_learn),
            ("next_region", partial(self._go_to_region, 1)),
            ("previous_region", partial(self._go_to_region, -1)),
            ("theme", self._toggle_theme),
            ("motion", self._toggle_motion),
            ("processors", self._toggle_processors),
            ("palette", lambda: self.palette_of_actions.toggle()),
            ("larger", partial(self._change_scale, True)),
            ("smaller", partial(self._change_scale, False)),
            ("guide", self._show_guide),
            ("keys", self._show_keys),
            ("glossary", self._show_glossary),
            ("about", self._show_about),
            ("quit", self.close),
        ):
            actions.bind(name, do)
        for name in EXPORTS:
            if name != "export_vision":
                actions.bind(name, partial(self._export, name.removeprefix("export_")))
        for action in actions.of(Place.LESSONS):  # those of the first page; see _list_lessons
            folder = _LESSONS / action.objectName().removeprefix("lesson_")
            actions.bind(action.objectName(), partial(self.open_path, folder))
        for code in LANGUAGES:
            actions.bind(f"language_{code}", partial(self._choose_language, code))
        steps = self.session.steps
        actions.bind(
            "undo",
            partial(self._go_to_step, -1),
            lambda: "" if steps.canUndo() else tr("Nothing has been done that can be undone."),
        )
        actions.bind(
            "redo",
            partial(self._go_to_step, 1),
            lambda: "" if steps.canRedo() else tr("Nothing has been undone."),
        )
        for action in actions.of(Place.SETTINGS):
            name = action.objectName().removeprefix("set_")
            actions.bind(
                action.objectName(),
                partial(self._focus_setting, name),
                partial(self._is_locked, name),
            )
        self._show_steps()

    def _go_to_step(self, by: int) -> None:
        """Undo or redo, unless a lesson locks what the step changes."""
        stack = self.session.steps.activeStack()
        index = stack.index() + by
        if stack is self.document.undo_stack:
            there = self.document.experiment_at(index)
            if there is not None and self.session.build.report_locked(there):
                return
        step = stack.undoText() if by < 0 else stack.redoText()
        stack.setIndex(index)
        text = tr("Undone: {step}") if by < 0 else tr("Redone: {step}")
        self.session.messages.said.emit(text.format(step=step))

    def _show_steps(self) -> None:
        steps = self.session.steps
        self.all_actions.show_steps(
            steps.undoText() if steps.canUndo() else None,
            steps.redoText() if steps.canRedo() else None,
        )

    @property
    def _files_in_front(self) -> Files:
        """The file commands for the current tab's document."""
        tab = self.pages.currentWidget()
        return (tab.files if isinstance(tab, Tab) else None) or self.files

    def retranslate(self) -> None:
        """Set the window's own texts in the current language."""
        self.all_actions.retranslate()
        self._dress_tabs()

    def restyle(self) -> None:
        """Apply the current theme."""
        self.all_actions.restyle()
        self._dress_tabs()

    def _dress_tabs(self) -> None:
        for index, (name, icon_name) in enumerate(_TABS):
            self.header.tabs.setTabText(index, self.all_actions[name].text())
            self.header.tabs.setTabIcon(index, icon(icon_name, "t2", "t1", 0.08))
        for index, tab in self._tabs.items():
            self._name_page(index, tab)

    def _name_page(self, index: int, tab: Tab) -> None:
        """Name a page; without a description screen readers read all its labels."""
        told = (
            tr("Data, a network and its training"),
            tr("Your own images, in classes"),
            tr("Pictures, and what networks say of them"),
        )
        tab.setAccessibleName(self.all_actions[_TABS[index][0]].text())
        tab.setAccessibleDescription(told[index])

    def _show_guide(self) -> None:
        from gui.shell.guide_dialog import GuideDialog

        self._show_dialog(GuideDialog)

    def _show_keys(self) -> None:
        from gui.shell.key_sheet import KeySheet

        self._show_dialog(KeySheet, self.all_actions)

    def _show_glossary(self) -> None:
        from gui.shell.glossary_dialog import GlossaryDialog

        self._show_dialog(GlossaryDialog)

    def _show_about(self) -> None:
        from gui.shell.about_dialog import AboutDialog

        self._show_dialog(AboutDialog)

    def _show_dialog(self, kind: type[QWidget], *arguments: Any) -> None:
        """Open a dialog, or bring the open one to the front."""
        dialog = self.findChild(kind) or kind(self, *arguments)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.show()
        dialog.raise_()
        dialog.activateWindow()

    def show_unexpected_error(self, text: str) -> None:
        """Report an uncaught exception; `text` is its traceback.

        Unsaved work is copied immediately, and the message names the copy.
        """
        from gui.shell.report import report

        whole, where = report(text), self._back_up_work()
        self.session.messages.show_error(
            lambda: tr(
                "Something went wrong inside Glassnet: {error}. {where}",
                error=text.strip().splitlines()[-1],
                where=where(),
            ),
            whole,
            (
                lambda: tr("Copy the report"),
                lambda: QGuiApplication.clipboard().setText(whole),
            ),
        )

    def _back_up_work(self) -> LazyText:
        """Copy unsaved work; return a function that returns a sentence about its location."""
        path = self.document.path
        if self.document.is_modified and self.BUILD in self._tabs:
            autosave = self.session.autosave
            autosave.save_now()
            copy = autosave.copy
            return lambda: tr(
                "Your work is still here, and a copy of it goes to {path}, which the next start "
                "offers. Save it, and please report this.",
                path=copy,
            )
        if path is not None:
            return lambda: tr("Your work is saved in {path}. Please report this.", path=path)
        return lambda: tr("There was nothing to save. Please report this.")

    def _export(self, kind: str) -> None:
        self.show_tab(self.BUILD)
        self.build_tab.export(kind)

    def _use_in_vision(self) -> None:
        """Open Build's network in Vision if its inputs are pictures."""
        network = self.session.picture_model()
        if network is not None:
            self.show_tab(self.VISION)
            self.session.vision.use_network(network, self.session.name)

    def _open_kernel(self) -> None:
        """Open a kernel from Vision in Build, after asking about unsaved work."""
        from gui.vision_tab.inside.kernel_unit import kernel_experiment

        experiment = kernel_experiment(self.session.vision.inside.state)
        if experiment is not None:
            # Its first row is what the chosen cell reads.
            self.files.open_unsaved(experiment, lambda: self.session.build.choose_row(0))

    def _choose_language(self, code: str) -> None:
        app = QApplication.instance()
        assert isinstance(app, QApplication)
        choose_language(app, code)
        settings().setValue("language", code)

    def _toggle_theme(self) -> None:
        app = QApplication.instance()
        assert isinstance(app, QApplication)
        settings().setValue("theme", toggle_theme(app))

    def _toggle_motion(self) -> None:
        """Switch animations on or off, and store the choice."""
        still = animations_allowed()
        settings().setValue("reduced_motion", still)
        self.session.messages.said.emit(
            tr("Animations are off.") if still else tr("Animations are on: panels slide in again.")
        )

    def _toggle_processors(self) -> None:
        """Switch between one and all processors for training; applies after a restart."""
        wants_all = not uses_all_processors()
        settings().setValue(ALL_PROCESSORS, wants_all)
        processors = os.cpu_count() or 1
        self._offer_restart(
            lambda: tr(
                "Training uses {threads} of {processors} processors, and {wanted} from the next "
                "start on. More are faster for wide layers, and slower while other programs work.",
                threads=blas_threads(),
                processors=processors,
                wanted=processors if wants_all else 1,
            )
        )

    # -- Scale -------------------------------------------------------------------------------------

    def _change_scale(self, larger: bool) -> None:
        """Store a larger or smaller display scale, and offer a restart."""
        stored = settings()
        before = scale.wanted_scale(stored)
        wanted = scale.next_scale(before, larger)
        if not scale.fits(wanted, MINIMUM_SIZE, self.screen().availableSize(), self._scale_in_use):
            self.session.messages.show_warning(
                lambda: tr(
                    "At {share} the window would be larger than this screen.",
                    share=percent(wanted, 0),
                )
            )
            return
        scale.keep_scale(stored, wanted)
        if wanted == self._scale_in_use:
            self.session.messages.show_note(
                lambda: tr("Everything is shown at {share}, as now.", share=percent(wanted, 0))
            )
            return
        self._offer_restart(
            lambda: tr(
                "Everything is shown at {share} from the next start on.", share=percent(wanted, 0)
            )
        )

    @property
    def _scale_in_use(self) -> float:
        app = QApplication.instance()
        return float((app.property(scale.PROPERTY) if app is not None else None) or 1.0)

    def report_oversized_window(self) -> None:
        """Report, with a remedy, that the scaled window is larger than the screen."""
        in_use = self._scale_in_use
        if in_use == 1.0:
            return
        available = self.screen().availableSize()
        if scale.fits(in_use, MINIMUM_SIZE, available, in_use):
            return
        scale.keep_scale(settings(), 1.0)
        self._offer_restart(
            lambda: tr(
                "At {share} the window is larger than this screen. The next start is at 100%.",
                share=percent(in_use, 0),
            )
        )

    def report_unwritable_settings(self) -> None:
        """Report that settings cannot be stored."""
        stored = settings()
        if not stored.isWritable():
            self.session.messages.show_warning(
                lambda: tr(
                    "Settings are not kept: {path} cannot be written.", path=stored.fileName()
                )
            )

    def _offer_restart(self, sentence: LazyText) -> None:
        self.session.messages.show_warning(
            sentence, (lambda: tr("Start again now"), self._start_again)
        )

    def _start_again(self) -> None:
        self.starts_again = True
        self.close()

    def _stay(self) -> None:
        self.starts_again = False

    # -- Qt ----------------------------------------------------------------------------------------

    def _show_first_tab(self) -> None:
        """Create Build once the empty frame has been painted."""
        if not self._tabs:
            self.show_tab(self.BUILD)
            # Else the first picture has the page and the status laid out as they were made.
            QApplication.sendPostedEvents(None, QEvent.Type.LayoutRequest)
        freeze_startup_objects()

    def _report_unsaved_classes(self) -> None:
        """Report unsaved classes after a crash, which Teach offers to restore."""
        if self.session.has_unsaved_classes:
            self.session.messages.show_warning(
                lambda: tr("Glassnet ended before your classes in Teach were saved."),
                (lambda: tr("Show Teach"), self.all_actions["tab_teach"].trigger),
                source=self.session,
            )

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Pass keys that the lesson panel does not use to the current tab.

        Enter presses the focused button, as Space does and as in dialogs.
        """
        view, tab = self._learn_view, self.pages.currentWidget()
        button = QApplication.focusWidget()
        is_enter = event.key() in ENTER and not event.isAutoRepeat()
        if is_enter and isinstance(button, QAbstractButton):
            for kind in (QEvent.Type.KeyPress, QEvent.Type.KeyRelease):
                space = QKeyEvent(kind, Qt.Key.Key_Space, event.modifiers(), " ")
                QApplication.sendEvent(button, space)
            return
        if view is None or tab is None or self._hands_on or not view.panel.contains_focus:
            super().keyPressEvent(event)
            return
        self._hands_on = True  # what the tab does not want either comes back to the window
        QApplication.sendEvent(tab, event)
        self._hands_on = False

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Keep the lessons in place."""
        super().resizeEvent(event)
        self._show_learn()

    def changeEvent(self, event: QEvent) -> None:
        """Update texts after a language change; check the document's file on activation."""
        if event.type() == QEvent.Type.ActivationChange and self.isActiveWindow():
            self.files.check_file()
        if event.type() == QEvent.Type.LanguageChange:
            self.retranslate()
        super().changeEvent(event)

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        """Accept local files."""
        if any(url.isLocalFile() for url in event.mimeData().urls()):
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        """Open the dropped files and folders."""
        paths = local_paths(event.mimeData())
        event.acceptProposedAction()
        self.session.messages.clear()
        self.open_paths(paths)

    def _ask_then_close(self, every: list[Files]) -> None:
        """Close once the user has decided about each document."""
        if every:
            first, *rest = every
            first.ask_then(lambda: self._ask_then_close(rest))
            return
        self._may_close = True
        self._close_timer.start()

    def closeEvent(self, event: QCloseEvent) -> None:
        """Ask about unsaved work, stop every tab, and close after the last worker."""
        event.ignore()
        if not self._may_close:
            self._ask_then_close(self.session.every_files)
        if not self._may_close:  # the user is being asked
            return
        # Every tab is asked, also after one has said no.
        answers = [tab.request_close() for tab in self._tabs.values()]
        if self._learn_view is not None:
            answers.append(self.learn.request_close())
        if not all(answers):
            return
        self._close_timer.stop()
        for tab in self._tabs.values():
            tab.closed()
        event.accept()


def _is_model(path: Path) -> bool:
    """Return whether a file that Vision opens is a model."""
    from vision.kinds import FileKind, kind_of  # late: loads OpenCV

    return kind_of(path) is FileKind.MODEL


def _is_class_folder(path: Path) -> bool:
    """Return whether a path is a folder with a folder of pictures per class."""
    if not path.is_dir():
        return False
    from vision.teaching.importing import is_class_folder  # late: loads OpenCV

    return is_class_folder(path)
