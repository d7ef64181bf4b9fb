"""A person who does a lesson: knows its panel, and how each deed is done by mouse and by keys."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from PySide6.QtCore import QPoint, Qt, QTimer
from PySide6.QtWidgets import (
    QApplication,
    QCheckBox,
    QComboBox,
    QDialog,
    QPushButton,
    QScrollArea,
    QSlider,
    QTabBar,
    QTableView,
    QToolButton,
    QWidget,
)
from pytestqt.qtbot import QtBot

from gui.build_tab.data_panel.tiles import TileList
from gui.learn.screen import Screen
from gui.teach_tab.confusion_grid import ConfusionGrid
from gui.widgets.basic import Segments
from gui.window import GlassnetWindow
from model.lessons import LessonProgress, Question, is_met
from model.places import UnitAt, WeightAt
from tests.e2e.builder import SOON_MS, Builder, set_weight

__all__ = ["DONE_MS", "Learner"]

DONE_MS = 20_000
"""A task may wait for a training or a lottery."""

_DONE = {"en": "Done: ", "tr": "Yapıldı: "}
_NEXT = {"en": ("Next", "Finish"), "tr": ("İleri", "Bitir")}
_RIGHT = {"en": "right", "tr": "doğru"}
_VIEWS = ("weights", "hidden", "lottery", "landscape")


class Learner(Builder):
    """Someone who does a lesson, by mouse or by keys alone.

    Attributes
    ----------
    by_keys
        How.
    language
        What the window speaks.
    folder
        Where they have files of their own.
    """

    def __init__(self, qtbot: QtBot, window: GlassnetWindow, folder: Path, by_keys: bool) -> None:
        super().__init__(qtbot, window, folder)
        self.by_keys, self.language, self.folder = by_keys, "en", folder
        self.learn = window.learn
        self._missed = ""
        self._screen = Screen(window, window.session, lambda _: None, lambda: "build")

    # -- Reading -----------------------------------------------------------------------------------

    @property
    def progress(self) -> LessonProgress:
        """How far they have come in the open lesson."""
        progress = self.learn.state.progress
        assert progress is not None
        return progress

    @property
    def right(self) -> int:
        """How many rows of the truth table have a tick."""
        last = self.table.columnCount() - 1
        said = [self.cell(row, last, True) for row in range(self.table.rowCount())]
        return said.count(_RIGHT[self.language])

    def is_ticked(self, task: str) -> bool:
        """Tell whether a task's row says that it is done, in the language in use."""
        return self.find(f"task_{task}").accessibleName().startswith(_DONE[self.language])

    def miss(self, task: str) -> None:
        """Wait until the lesson has seen the nearest miss of a task, which must not tick."""
        if self._missed != task:
            self.wait(lambda: self._sees_miss(task), f"the nearest miss of {task} is there")
        self._missed = ""
        assert not self.is_ticked(task)

    def _sees_miss(self, task: str) -> bool:
        (of,) = [each for each in self.progress.step.tasks if each.id == task]
        situation, progress = self.learn.state.situation, self.progress
        if situation is None:
            return False
        # The lesson itself asks after those panels only that its conditions name.
        panels = [name for condition in of.nearest_miss for name in condition.has or ()]
        open_panels = self._screen.open_panels(panels)
        seen = replace(situation, open=(situation.open or frozenset()) | open_panels)
        return all(is_met(condition, seen, progress.opening) for condition in of.nearest_miss)

    def tick(self, task: str) -> None:
        """Wait until a task is ticked."""
        self.wait(lambda: self.is_ticked(task), f"{task} is ticked", DONE_MS)

    # -- Any control -------------------------------------------------------------------------------

    def use(self, name: str) -> None:
        """Press a button in the learner's way."""
        if not self.by_keys:
            self._scroll_to(name)
            self._see_at_rest(name)
        self.push(name, self.by_keys)

    def _scroll_to(self, name: str) -> None:
        """Turn the wheel until a widget in a column that scrolls is in sight."""
        widget = self.find(name)
        area = widget.parentWidget()
        while area is not None and not isinstance(area, QScrollArea):
            area = area.parentWidget()
        if area is None:
            return
        viewport = area.viewport()
        for _ in range(60):
            centre = widget.mapTo(viewport, widget.rect().center()).y()
            if 10 <= centre <= viewport.height() - 10:
                return
            self.wheel(viewport, viewport.rect().center(), 1 if centre < 10 else -1)
        raise AssertionError(f"the wheel does not bring {name} in sight")

    def _see_at_rest(self, name: str) -> None:
        """Wait until what came or went above a widget has moved it to its place."""
        widget, places = self.find(name), list[QPoint]()

        def stands_still() -> bool:
            places.append(widget.mapToGlobal(widget.rect().center()))
            return len(places) > 3 and len(set(map(QPoint.toTuple, places[-3:]))) == 1

        self.wait(stands_still, f"{name} stands still", SOON_MS)

    def fill(self, name: str, text: str) -> None:
        """Replace what a field holds."""
        if not self.by_keys:
            self._scroll_to(name)
        self.enter(name, text, self.by_keys)

    def select(self, name: str, key: str) -> None:
        """Choose the entry of a list that stands for a key, in whatever words."""
        index = self.find(name, QComboBox).findData(key)
        assert index >= 0, f"{name} has no {key!r}"
        self.select_at(name, index)

    def select_at(self, name: str, index: int) -> None:
        """Choose an entry of a list by its place."""
        combo = self.find(name, QComboBox)
        if not self.by_keys:
            self.choose(name, combo.itemText(index))
            return
        self.reach(name)
        self.press("Alt+Down")
        view = combo.view()
        self.wait(view.isVisible, f"the list of {name} is open", SOON_MS)
        self.press("Home")
        for _ in range(combo.count()):
            if view.currentIndex().row() == index:
                break
            self.press("Down")
        self.press("Enter")
        self.wait(lambda: not view.isVisible(), f"the list of {name} is closed", SOON_MS)

    def press_segment(self, name: str) -> None:
        """Choose one of a row of buttons, to which Tab comes only as one: arrows go on."""
        if not self.by_keys:
            self.click(name)
            return
        row = self.find(name).parentWidget()
        assert isinstance(row, Segments)
        buttons = [row.button(i) for i in range(len(row.group.buttons()))]
        names = [button.objectName() for button in buttons]
        by_tab = Qt.FocusPolicy.TabFocus
        stop = next(button.objectName() for button in buttons if by_tab in button.focusPolicy())
        self.reach(stop)
        by = names.index(name) - names.index(stop)
        self._walk("Left", "Right", by)
        if by == 0 or not self.find(name, QToolButton).isChecked():
            self.press("Space")

    def _walk(self, back: str, on: str, by: int) -> None:
        """Press one key or the other so many times, none for 0."""
        if by:
            self.press(on if by > 0 else back, times=abs(by))

    def switch(self, name: str) -> None:
        """Tick a box, or untick it."""
        if self.by_keys:
            self.use(name)
            return
        self._scroll_to(name)
        box = self.find(name, QCheckBox)
        self.click(box, QPoint(9, box.height() // 2))

    def choose_entry(self, button: str, *names: str) -> None:
        """Choose an entry of a button's menu."""
        if self.by_keys:
            self.reach(button)
            self.press_menu_entry(*names)
        else:
            self.pick(button, *names)

    # -- The lesson --------------------------------------------------------------------------------

    def speak(self, language: str) -> None:
        """Change the window's language while a lesson is open."""
        if self.by_keys and self.language != language:
            self.reach(f"language_{self.language}")
            self.press("Right" if language == "tr" else "Left")
            self.press("Space")
        else:
            self.click(f"language_{language}")
        self.language = language
        self.wait(
            lambda: self.find("lesson_next", QPushButton).text() in _NEXT[language],
            f"the lesson speaks {language}",
            SOON_MS,
        )

    def open_lesson(self, lesson: str) -> None:
        """Open a lesson from the list."""
        if self.by_keys:
            self.press("Ctrl+L")
        else:
            self.click("learn")
        self.wait(self.find(f"learn_{lesson}").isVisible, "the list is open", SOON_MS)
        self.use(f"learn_{lesson}")
        self.wait(lambda: self.find("lesson_next").isVisible(), "the lesson is open", SOON_MS)
        assert self.progress.lesson.id == lesson

    def predict(self, question: Question, choice: int) -> None:
        """Answer a question before training does."""
        names = [f"question_{question.id}_choice_{n + 1}" for n in range(question.choices)]
        name = names[choice - 1]
        if self.by_keys:  # Tab comes to the first of them only
            self.reach(names[0])
            self._walk("Up", "Down", choice - 1)
            self.press("Space")
        else:
            self.use(name)
        self.wait(
            lambda: self.progress.answer(question) == choice and not self.find(name).isEnabled(),
            f"{question.id} is answered",
            SOON_MS,
        )

    def go_on(self) -> None:
        """Go to the next step, which is allowed now."""
        index = self.progress.index
        self.wait(self.find("lesson_next").isEnabled, "the way on is free", SOON_MS)
        self.use("lesson_next")
        self.wait(lambda: self.progress.index == index + 1, "the next step is open", SOON_MS)

    def finish(self) -> None:
        """Leave the last step by its button; the list says that all is done."""
        lesson = self.progress.lesson
        self.wait(self.find("lesson_next").isEnabled, "the way on is free", SOON_MS)
        self.use("lesson_next")
        tile = f"learn_{lesson.id}"
        self.wait(lambda: self.find(tile).isVisible(), "the list is open", SOON_MS)

    # -- Looking -----------------------------------------------------------------------------------

    def choose_row(self, row: int) -> None:
        """Choose a row of the truth table, counted from 1, from the one chosen before."""
        self.show_data("truth_table")
        if self.by_keys:
            self.reach("truth_table")
            if row == self.table.rowCount():
                self.press("Ctrl+End")  # past the rows between, one of which may be asked for
            else:
                by = row - 1 - self.find("truth_table", QTableView).currentIndex().row()
                self._walk("Up", "Down", by)
            self.press("Escape")
        else:
            self.click_cell(row - 1, 0)
        self.wait(lambda: self.tab.model.chosen_row == row - 1, f"row {row} is chosen", SOON_MS)

    def choose_unit(self, at: UnitAt) -> None:
        """Choose a unit in the drawing."""
        if self.by_keys:
            self.go_to(at)
            self.press("Enter")
        else:
            self.click_on(at)
        selection = self.tab.model
        self.wait(lambda: selection.state.selection.unit == at, f"{at} is chosen", SOON_MS)

    def examine(self, at: UnitAt) -> None:
        """Open the microscope at a unit."""
        self.choose_unit(at)
        if self.by_keys:
            self.press("m")
        else:
            self.click("microscope_open")
        self.wait(lambda: self.find("microscope").isVisible(), "it is open", SOON_MS)

    def look_at(self, step: int, parts_on: int = 0) -> None:
        """Go to a step of the microscope, and so many parts on."""
        if self.by_keys:
            self._walk_to_step(step)
        else:
            self.use(f"microscope_step_{step}")
        for _ in range(parts_on):
            self.look_on()

    def _walk_to_step(self, step: int) -> None:
        model = self.tab.model
        for _ in range(30):
            part = model.state.selection.part
            assert part is not None, "the microscope is open"
            if part.value == (step, 0):
                return
            self.press("n" if part.step < step else "Shift+N")
        raise AssertionError(f"n never comes to step {step}")

    def look_on(self) -> None:
        """Go to the next part of the microscope."""
        if self.by_keys:
            self.press("n")
        else:
            self.click("microscope_next")

    def show_view(self, key: str) -> None:
        """Bring a view of the dock to the front."""
        tabs, index = self.find("dock_tabs", QTabBar), _VIEWS.index(key)
        shown = [i for i in range(tabs.count()) if tabs.isTabVisible(i)]
        if index not in shown:
            self.choose_entry("dock_more", f"dock_view_{key}")
        elif self.by_keys:
            self.reach("dock_tabs")
            by = shown.index(index) - shown.index(tabs.currentIndex())
            self._walk("Left", "Right", by)
        else:
            self.click(tabs, tabs.tabRect(index).center())
        dock = self.tab.workbench.dock
        self.wait(lambda: dock.current == key, f"{key} is in front", SOON_MS)

    # -- Changing ----------------------------------------------------------------------------------

    def show_data(self, name: str) -> None:
        """Open the data panel where it is folded to its rail."""
        if not self.find(name).isVisible():
            self.use("rail_table" if name == "truth_table" else "rail_open")
            self.wait(lambda: self.find(name).isVisible(), "the data are open", SOON_MS)
            if self.by_keys:  # it opens where the keyboard was last, and closes behind its end
                self.reach("gate_tiles", "Shift+Tab")

    def choose_data(self, tiles: str, key: str) -> None:
        """Choose data by its tile."""
        self.show_data(tiles)
        if self.by_keys:
            kind = self.find(tiles, TileList)
            self.reach(tiles)
            self.press("Home")
            wanted = kind.tile_rect(key).toRect()
            for _ in range(kind.model().rowCount()):
                if kind.visualRect(kind.currentIndex()) == wanted:
                    break
                self.press("Right")
            self.press("Enter")
            if key != "own_table":  # a dialog is in front
                self.close_data()
        else:
            self._scroll_to(tiles)
            self.choose_tile(tiles, key)

    def close_data(self) -> None:
        """Fold the data away where they lie over the network."""
        arrangement = self.tab.workbench.arrangement
        if arrangement.is_drawer_open:
            if self.by_keys:
                self.press("Escape")
            else:
                self.click("rail_tile")
            self.wait(lambda: not arrangement.is_drawer_open, "the data are away", SOON_MS)

    def type_weights(self, weights: dict[WeightAt, str]) -> None:
        """Type weights and biases, each where it is drawn."""
        self.close_data()
        for at, value in weights.items():
            if not self.by_keys:
                set_weight(self, at, value, share=0.3)
                continue
            self.go_to(at)
            self.press("Enter")
            self.wait(lambda: self.focus == "weight_value", "the editor is open", SOON_MS)
            self.press("Ctrl+A")
            self.type(value)
            self.press("Enter")
            self.wait(lambda: self.focus == "network_view", "the value is kept", SOON_MS)

    def tick_features(self, *names: str) -> None:
        """Tick inputs that are made of the columns, or untick them."""
        self.close_data()
        if not self.tab.workbench.canvas.features.isVisible():
            self.use("features_open")
            self.wait(lambda: self.find("feature_strip").isVisible(), "the tiles are there")
        for name in names:
            self.use(f"feature_{name}")

    def type_input(self, row: int, column: int, value: str) -> None:
        """Type an input of the truth table; both count from 1."""
        self.choose_row(row)
        view = self.find("truth_table", QTableView)
        if self.by_keys:
            self.show_data("truth_table")
            self.reach("truth_table")
            self._walk("Left", "Right", column - 1 - view.currentIndex().column())
            self.press("F2")
        else:
            self.click_cell(row - 1, column - 1, times=2)
        self.press("Ctrl+A")
        self.type(value)
        self.press("Enter")
        self.wait(lambda: self.cell(row - 1, column - 1) == value, "it is typed", SOON_MS)

    def open_table(self, path: Path) -> None:
        """Drop a table on the window, or open it by its tile; take what the dialog proposes."""
        if self.by_keys:
            self.choose_data("table_tiles", "own_table")
            self.name_file("table_dialog", path, back=False)
        else:
            self.drop(path, self.canvas, done=lambda: bool(self._named("csv_accept")))
        self.wait(lambda: bool(self._named("csv_accept")), "the import dialog is open", SOON_MS)
        accept = self.find("csv_accept")
        self.wait(accept.isEnabled, "the table can be taken", SOON_MS)
        self.push("csv_accept", self.by_keys)
        self.come_back()

    def _named(self, name: str) -> list[QWidget]:
        return [each for each in self.window.findChildren(QWidget, name) if each.isVisible()]

    def draw_lottery(self, seeds: int) -> None:
        """Draw a lottery of so many seeds, anew where there has been one."""
        self.show_view("lottery")
        self.fill("lottery_seeds", str(seeds))
        is_again = self.find("lottery_again").isVisible()
        self.use("lottery_again" if is_again else "lottery_start")

    def export(self, kind: str, path: Path) -> None:
        """Write the network, by the bar's button or through the document's menu."""
        if self.by_keys:
            self.choose_entry("document_title", "file_export", f"export_{kind}")
        else:
            self.pick("export", f"export_{kind}")
        self.name_file("export_dialog", path)
        self.wait(path.exists, f"{path.name} is written")

    def peek_at_exports(self, task: str) -> None:
        """Open the menu of exports, wait until the lesson has seen it, and close it again."""
        timer, seen = QTimer(), list[bool]()
        timer.setInterval(15)

        def on_timeout() -> None:
            if QApplication.activePopupWidget() is not None and self._sees_miss(task):
                timer.stop()
                seen.append(True)
                self.press("Escape")

        timer.timeout.connect(on_timeout)
        timer.start()
        self.use("export")
        self.wait(lambda: bool(seen), "the menu is seen", SOON_MS)
        self._missed = task

    # -- Vision ------------------------------------------------------------------------------------

    def open_in_vision(self, source: str, path: Path) -> None:
        """Choose a kind of source and open a file or a folder of it."""
        self.press_segment(source)
        self.use("open_source")
        self.name_file("open_dialog", path)

    def slide(self, name: str, value: int) -> None:
        """Drag a slider to a value, or go there by keys."""
        slider = self.find(name, QSlider)
        if self.by_keys:
            self.reach(name)
            self._walk("Left", "Right", value - slider.value())
        else:
            self.drag(slider, _knob(slider, slider.value()), _knob(slider, value))
        self.wait(lambda: slider.value() == value, f"{name} is at {value}", SOON_MS)

    # -- Teach -------------------------------------------------------------------------------------

    def import_classes(self, folder: Path) -> None:
        """Import a folder of class folders, and put its report away."""
        self.use("import_folder")
        self.name_file("import_folder_dialog", folder, back=False)
        self.leave("import_report")

    def leave(self, dialog: str) -> None:
        """Put away a dialog that has been looked at, by Escape."""

        def shown() -> list[QDialog]:
            return [d for d in self.window.findChildren(QDialog, dialog) if d.isVisible()]

        self.wait(lambda: bool(shown()), f"{dialog} is open", DONE_MS)
        (box,) = shown()
        box.activateWindow()  # as a window manager does
        self.wait(box.isActiveWindow, f"{dialog} is active", SOON_MS)
        self.press("Escape")
        self.wait(lambda: not shown(), f"{dialog} is closed", SOON_MS)
        self.come_back()

    def set_head(self, name: str, text: str) -> None:
        """Type into a field of Teach's bar, or of the form behind its More."""
        is_folded = not self.find(name).isVisible()
        if is_folded:
            self.use("teach_more")
            self.wait(self.find(name).isVisible, "the form is open", SOON_MS)
        self.fill(name, text)
        if is_folded:
            self.press("Escape")
            self.wait(lambda: not self.find(name).isVisible(), "the form is closed", SOON_MS)

    def train_head(self) -> None:
        """Train the head to the end."""
        model = self.window.session.teach
        before = model.state.evaluation
        self.use("teach_train")
        self.wait(
            lambda: model.state.evaluation is not before and model.state.busy is None,
            "the head is trained",
            DONE_MS,
        )

    def open_cell(self, cell: tuple[int, int] = (0, 0)) -> None:
        """Open a cell of the matrix; by keys the first one."""
        if self.by_keys:
            self.reach("teach_confusion")
            self.press("Enter")
            return
        self._scroll_to("teach_confusion")
        grid = self.find("teach_confusion", ConfusionGrid)
        self.click(grid, grid.rect_of(cell).center())

    def show_curve(self) -> None:
        """Bring the learning curve to the place of the accuracy."""
        tabs = self.find("teach_curves", QTabBar)
        if self.by_keys:
            self.reach("teach_curves")
            self.press("Right")
        else:
            self.click(tabs, tabs.tabRect(1).center())
        self.wait(lambda: tabs.currentIndex() == 1, "the curve is in front", SOON_MS)

    def show_to_head(self, path: Path) -> None:
        """Show the head an image file."""
        self.choose_entry("preview_source", "preview_picture")
        self.name_file("preview_dialog", path)

    # -- Training ----------------------------------------------------------------------------------

    def train_on(self, epochs: int | None = None) -> None:
        """Train as fast as it goes, until it stops by itself or after some epochs."""
        self.press_segment("speed_max")
        self.use("train")
        model = self.tab.model
        self.wait(
            lambda: not model.is_training or (epochs is not None and model.state.epoch >= epochs),
            "it has trained enough",
            DONE_MS,
        )
        self.rest()

    def learn_epochs(self, epochs: int) -> None:
        """Make steps of a whole epoch each."""
        if self.by_keys:
            self.reach("step")
        for _ in range(epochs):
            if self.by_keys:
                self.press("Shift+S")
            else:
                self.click("step", keys="Shift")

    @property
    def _step(self) -> int:
        snapshot = self.tab.model.state.snapshot
        return 0 if snapshot is None else snapshot.step

    def rest(self) -> None:
        """Pause, where it trains."""
        model = self.tab.model
        if model.is_training:
            self.use("train")
        self.wait(lambda: not model.is_training, "it is at rest", SOON_MS)

    def step_until(self, rows: int) -> None:
        """Make steps until so many rows of the table are right."""
        if self.by_keys:
            self.reach("step")
        for _ in range(400):
            if self.right == rows:
                return
            step = self._step
            self.press("s") if self.by_keys else self.click("step")
            self.wait(lambda s=step: self._step > s, "a step is made", SOON_MS)
        raise AssertionError(f"never were {rows} rows right")


def _knob(slider: QSlider, value: int) -> QPoint:
    """Return where the knob is when a slider stands at `value`."""
    share = (value - slider.minimum()) / (slider.maximum() - slider.minimum())
    return QPoint(round(6.5 + share * (slider.width() - 13)), slider.height() // 2)
