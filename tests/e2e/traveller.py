"""Trips written as text: what a user does and sees, line by line, by mouse or by keys.

A ``.trip`` file in ``trips/`` holds trips. A line at the margin is the title of one; ``[mouse]``,
``[keys]`` or ``[first page]`` after it says that it is played one way only, or begins on the first
page. Each indented line is one deed or one look::

    Rate and batch are typed
        enter learning_rate 0,07
        see learning_rate = 0.07
        save
        see saved training.learning_rate = 0.07

- A deed is a verb and its words; `Traveller` has a method for each verb (``do_enter``).
- ``see SUBJECT = VALUE`` waits until it holds. The subject is a method (``the_epoch``), or the
  object name of a widget, for what it says. Comparisons: = != < <= > >= has starts. Without one
  the subject must be true; ``not`` before it turns that round.
- ``keep NAME SUBJECT`` remembers a value; ``$NAME`` is that value.
- ``mouse:`` or ``keys:`` before a line: it is for that way only.
"""

from __future__ import annotations

import json
import operator
import re
import shlex
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import msgspec
from PySide6.QtWidgets import (
    QAbstractButton,
    QComboBox,
    QDialog,
    QLabel,
    QLineEdit,
    QListView,
    QSlider,
    QTabBar,
    QTableView,
)
from pytestqt.qtbot import QtBot

from gui.build_tab.network_view.panel import NetworkPanel
from gui.plots.epoch_plot import run_name
from gui.settings import ASSETS
from gui.teach_tab.confusion_grid import ConfusionGrid
from gui.vision_tab.stage.stage_view import StageView
from gui.vision_tab.state import TOP_CHOICES
from gui.window import GlassnetWindow
from model.experiment import Experiment
from model.places import UnitAt, WeightAt
from tests.e2e.builder import held_by
from tests.e2e.learner import Learner
from tests.e2e.vision.camera import Camera
from tests.e2e.vision.viewer import Viewing
from tests.vision.mjpeg_server import Mood
from tests.vision.teaching.drawn import drawn_folder
from vision.teaching.collection import sha256_of
from vision.teaching.importing import import_folder
from vision.teaching.project import read_project
from vision.teaching.splitting import split

__all__ = ["ASTRAY", "COURSE", "TRIPS", "Traveller", "Trip", "play"]

LONG_MS = 60_000

COMPARISONS: dict[str, Callable[[Any, Any], bool]] = {
    "=": operator.eq,
    "!=": operator.ne,
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
    "has": operator.contains,
    "starts": lambda text, start: str(text).startswith(str(start)),
}


_LOOK = re.compile(
    rf"see (?P<not>not )?(?P<subject>.+?)( (?P<how>{'|'.join(COMPARISONS)})( (?P<value>.*))?)?"
)


@dataclass(frozen=True)
class Trip:
    """A title with its lines, and the ways in which it is played."""

    file: str
    title: str
    lines: tuple[str, ...]
    marks: str = ""

    @property
    def ways(self) -> tuple[str, ...]:
        """``mouse`` and ``keys``, or the one of them that the title names."""
        named = tuple(way for way in ("mouse", "keys") if f"[{way}]" in self.marks)
        return named or ("mouse", "keys")

    @property
    def is_first_run(self) -> bool:
        """Whether it begins on the first page."""
        return "[first page]" in self.marks


def read_trips(path: Path) -> Iterator[Trip]:
    """Yield the trips of a file."""
    title, lines = "", list[str]()
    for line in [*path.read_text(encoding="utf-8").splitlines(), "end"]:
        if line.startswith((" ", "\t")):
            lines.append(line.strip())
        elif line and not line.startswith("#"):
            if title:
                name, _, marks = title.partition(" [")
                yield Trip(path.stem, name, tuple(lines), f"[{marks}")
            title, lines = line, []


FOLDER = Path(__file__).with_name("trips")
TRIPS = [trip for path in sorted(FOLDER.glob("*.trip")) for trip in read_trips(path)]
ASTRAY = list(read_trips(FOLDER / "lessons/astray.trip"))
COURSE = {trip.title: trip.lines for trip in read_trips(FOLDER / "lessons/course.trip")}
"""By ``lesson: step.task``."""


class Traveller(Viewing, Learner):
    """A user who follows the lines of a trip."""

    def __init__(self, qtbot: QtBot, window: GlassnetWindow, folder: Path, by_keys: bool) -> None:
        super().__init__(qtbot, window, folder, by_keys)
        self.tongue = "en"
        self.camera = Camera(ASSETS / "images" / "coffee.png")
        self._kept: dict[str, object] = {}
        self._held: Experiment | None = None

    def follow(self, line: str) -> None:
        """Do or see what a line says."""
        for way, is_mine in (("mouse:", not self.by_keys), ("keys:", self.by_keys)):
            if line.startswith(way):
                if not is_mine:
                    return
                line = line.removeprefix(way).strip()
        if line.startswith("see "):
            self._see(line)
            return
        verb, *words = shlex.split(line)
        if verb == "keep":
            self._kept[words[0]] = self._look(words[1:])
        else:
            getattr(self, f"do_{verb}")(*words)

    def _see(self, line: str) -> None:
        told = _LOOK.fullmatch(line)
        assert told is not None, line
        subject = shlex.split(told["subject"])

        def holds() -> bool:
            found = self._look(subject)
            if told["how"] is None:
                return bool(found) is (told["not"] is None)
            return COMPARISONS[told["how"]](found, self._value(told["value"] or "", found))

        try:
            self.wait(holds, line, LONG_MS)
        except Exception as error:
            error.add_note(f"it was {self._look(subject)!r}")
            raise

    def _value(self, text: str, like: object) -> object:
        if text.startswith("$"):
            return self._kept[text[1:]]
        return text if isinstance(like, str) else json.loads(text)

    def _look(self, words: list[str]) -> object:
        subject = getattr(self, f"the_{words[0]}", None)
        return self.said(*words) if subject is None else subject(*words[1:])

    # -- What can be seen --------------------------------------------------------------------------

    def said(self, name: str) -> object:
        """Return what a widget says, or the value at which it stands."""
        widget = self.find(name)
        if isinstance(widget, QLabel):
            return self.plain(name)
        if isinstance(widget, QComboBox):
            return widget.currentText()
        if isinstance(widget, QSlider):
            return widget.value()
        assert isinstance(widget, QLineEdit | QAbstractButton), f"{name} says nothing"
        return widget.text()

    def the_visible(self, name: str) -> bool:
        """Return whether a widget is there and shown."""
        return bool(self._named(name))

    def the_checked(self, name: str) -> bool:
        """Return whether a box is ticked, or a button down."""
        return self.find(name, QAbstractButton).isChecked()

    def the_enabled(self, name: str) -> bool:
        """Return whether a control can be used."""
        return self.find(name).isEnabled()

    def the_focus(self) -> str:
        """Return the object name of the widget that has the keyboard."""
        return self.focus

    def the_tab(self) -> int:
        """Index of the tab in front."""
        return self.find("tabs", QTabBar).currentIndex()

    def the_title(self) -> object:
        """Return the document's title."""
        return self.said("document_title")

    def the_complaint(self) -> str:
        """Return what the message bar says."""
        return self.complaint

    def the_units(self) -> list[int]:
        """Return how many units each drawn column has."""
        return self.drawn_units

    def the_activations(self) -> list[str]:
        """Return the activation of each layer."""
        return [layer.activation for layer in self.document.experiment.network.layers]

    def the_epoch(self) -> int:
        """Return the epoch that all panels show."""
        return self.tab.model.state.epoch

    def the_figure(self, name: str) -> float:
        """Return a number of the status bar."""
        return float(self.figure(name))

    def the_idle(self) -> bool:
        """Return whether nothing trains."""
        return self.tab.model.is_idle

    def the_right(self) -> int:
        """Return how many rows of the truth table have a tick."""
        return self.right

    def the_rows(self) -> int:
        """Return how many rows the truth table has."""
        return self.table.rowCount()

    def the_cell(self, row: str, column: str) -> str:
        """Return the text of a cell of the truth table, counted from 1."""
        return self.cell(int(row) - 1, int(column) - 1)

    def the_spoken(self, row: str, column: str) -> str:
        """Return a cell's text for screen readers."""
        return self.cell(int(row) - 1, int(column) - 1, spoken=True)

    def the_targets(self) -> list[str]:
        """Return the targets of a truth table with two inputs and one output."""
        return [self.cell(row, 2) for row in range(self.table.rowCount())]

    def the_shown(self) -> list[str]:
        """Return what the truth table shows as the network's answers."""
        place = self.document.experiment.network.inputs + 1
        return [self.cell(row, place) for row in range(self.table.rowCount())]

    def the_caption(self, layer: str, unit: str) -> str:
        """Return what is written at a unit of the drawing."""
        return str(self.canvas.scene.units[UnitAt(int(layer), int(unit))].style.caption)

    def the_drawn(self, layer: str, row: str, unit: str) -> float:
        """Return the weight that is drawn at a place."""
        return float(self.canvas.scene.weight(WeightAt(int(layer), int(row), int(unit))))

    def the_selected(self) -> int:
        """Return how many units are selected in the drawing."""
        return len(self.canvas.scene.selected)

    def the_chosen_row(self) -> int:
        """Return the row that all panels show, from 1."""
        return self.tab.model.state.row + 1

    def the_runs(self) -> list[str]:
        """Return the names of the runs that are over."""
        return [run_name(run) for run in self.tab.model.state.run.earlier]

    def the_drawn_runs(self) -> list[bool]:
        """Return whether each of them is drawn."""
        return [run.visible for run in self.tab.model.state.run.earlier]

    def the_table_fits(self) -> bool:
        """Return whether the truth table's last column is seen whole."""
        view, last = self.find("truth_table", QTableView), self.table.columnCount() - 1
        return view.columnViewportPosition(last) + view.columnWidth(last) <= view.viewport().width()

    def the_undo(self) -> str:
        """Return what Undo would take back."""
        return self.document.undo_stack.undoText()

    def the_dialog(self, name: str) -> bool:
        """Return whether a dialog is open."""
        return any(box.isVisible() for box in self.window.findChildren(QDialog, name))

    def the_zoom(self) -> float:
        """Return how large the network is drawn."""
        return self.canvas.view.zoom

    def the_task(self, task: str) -> bool:
        """Return whether a lesson's task is ticked."""
        return self.is_ticked(task)

    def the_ticked(self) -> list[str]:
        """Return which tasks of the step are ticked; the way on is free where it should be."""
        assert self.find("lesson_next").isEnabled() is self.progress.may_go_on
        return sorted(task.id for task in self.progress.step.tasks if self.is_ticked(task.id))

    def the_inputs(self) -> list[str]:
        """Return the inputs that are ticked in the strip over the drawing."""
        tiles = self.find("feature_strip").findChildren(QAbstractButton)
        return [tile.text() for tile in tiles if tile.isChecked()]

    def the_work(self, path: str = "") -> object:
        """Return a value of the experiment as it is now, by its place in the file."""
        return _value_at(self.document.experiment, path)

    def the_saved(self, path: str = "") -> object:
        """Return a value of the file that was saved last."""
        assert self._held is not None, "nothing has been saved"
        return _value_at(self._held, path)

    def the_file(self, name: str) -> object:
        """Return the experiment in a file of the user's folder."""
        return _value_at(held_by(self.folder / name), "")

    def the_answers(self) -> list[int]:
        """Return the answers of the saved network to the table's rows, rounded."""
        return [round(answer) for answer in self._answers]

    def the_truth(self) -> bool:
        """Return whether the answers on screen are those of the saved network."""
        return self.the_shown() == [f"{answer:.3f}" for answer in self._answers]

    def the_exists(self, name: str) -> bool:
        """Return whether there is a file in the user's folder."""
        return (self.folder / name).exists()

    def the_says(self, name: str, text: str) -> bool:
        """Return whether a text stands in what a widget says."""
        return text in str(self.said(name))

    def the_described(self, name: str) -> str:
        """Return how a widget is described to screen readers."""
        return self.find(name).accessibleDescription()

    def the_classes(self) -> dict[str, str]:
        """Return the names on Teach's cards, and how many images each says there are."""
        keys = [one.key for one in self.window.session.teach.state.collection.classes]
        return {self.text(f"class_{key}_name"): self.text(f"class_{key}_count") for key in keys}

    def the_counted(self, truth: str, guess: str) -> int:
        """Return a number of Teach's matrix, as its cell says it."""
        grid = self.find("teach_confusion", ConfusionGrid)
        return int(grid.words_of((int(truth), int(guess))).split()[0])

    def the_previewed(self, name: str) -> bool:
        """Return whether Teach's preview names its picture so."""
        badge = self.find("preview_view", StageView).badge
        return badge is not None and badge.title == name

    def the_project(self, name: str) -> list[str]:
        """Return the names of the classes in a project of the user's folder."""
        return list(read_project(self.folder / name).project.collection.names)

    def the_model(self, name: str) -> bool:
        """Return whether Vision uses a model file of the user's folder."""
        report = self.window.session.vision.state.models.report
        return report is not None and report.choice.model == self.folder / name

    @property
    def _answers(self) -> list[float]:
        assert self._held is not None, "nothing has been saved"
        return self.answers(self._held)

    # -- What can be done --------------------------------------------------------------------------

    def do_press(self, key: str, times: str = "1") -> None:
        """Press a key or a chord."""
        self.press(key, int(times))

    def do_type(self, text: str) -> None:
        """Type into what has the keyboard."""
        self.type(text)

    def do_replace(self, text: str) -> None:
        """Type over all that the field with the keyboard holds, and press Enter."""
        self.press("Ctrl+A")
        self.type(text)
        self.press("Enter")

    def do_reach(self, name: str) -> None:
        """Press Tab until a widget has the keyboard."""
        self.reach(name)

    def do_click(self, name: str, keys: str = "") -> None:
        """Click a widget."""
        self.click(name, keys=keys)

    def do_push(self, name: str) -> None:
        """Press a button."""
        self.use(name)

    def do_double_click(self, name: str) -> None:
        """Click a widget twice."""
        self.click(name, times=2)

    def do_click_tile(self, tiles: str, key: str) -> None:
        """Click a tile of data."""
        self.choose_tile(tiles, key)

    def do_click_menu(self, name: str) -> None:
        """Click an entry of the menu that is open."""
        self.click_in_menu(name)

    def do_switch(self, name: str) -> None:
        """Tick a box, or untick it."""
        self.switch(name)

    def do_segment(self, name: str) -> None:
        """Choose one of a row of buttons."""
        self.press_segment(name)

    def do_choose(self, name: str, *words: str) -> None:
        """Choose an entry of a list by its text; by keys its text is typed."""
        self.choose_by(name, " ".join(words), self.by_keys)

    def do_select(self, name: str, key: str) -> None:
        """Choose an entry of a list by its key."""
        self.select(name, key)

    def do_enter(self, name: str, text: str) -> None:
        """Replace what a field holds, and press Enter."""
        self.fill(name, text)

    def do_pick(self, button: str, *names: str) -> None:
        """Choose an entry of a button's menu by object names."""
        self.choose_entry(button, *names)

    def do_entry(self, button: str, *texts: str) -> None:
        """Walk by keys through a button's menu to an entry, by what the entries say."""
        self.reach(button)
        self.press_menu_entry(*texts)

    def do_weight_menu(self, layer: str, row: str, unit: str, entry: str) -> None:
        """Open the menu of a weight with the right button, and click an entry."""
        self.click_on(WeightAt(int(layer), int(row), int(unit)), button="right")
        self.click_in_menu(entry)

    def do_tile(self, tiles: str, key: str) -> None:
        """Choose data by a tile."""
        self.choose_data(tiles, key)

    def do_gate(self, name: str) -> None:
        """Choose a gate."""
        self.choose_data("gate_tiles", f"gate:{name}")

    def do_plane(self, name: str) -> None:
        """Choose points on the plane."""
        self.choose_data("plane_tiles", f"plane:{name}")

    def do_table(self, name: str) -> None:
        """Choose a built-in table."""
        self.choose_data("table_tiles", f"table:{name}")

    def do_row(self, row: str) -> None:
        """Choose a row of the truth table, from 1."""
        self.choose_row(int(row))

    def do_click_cell(self, row: str, column: str, button: str = "left") -> None:
        """Click a cell of the truth table, from 1."""
        self.click_cell(int(row) - 1, int(column) - 1, button)

    def do_cell(self, row: str, column: str, value: str) -> None:
        """Type an input of the truth table, from 1."""
        self.type_input(int(row), int(column), value)

    def do_unit(self, layer: str, unit: str) -> None:
        """Choose a unit in the drawing."""
        self.choose_unit(UnitAt(int(layer), int(unit)))

    def do_go(self, *place: str) -> None:
        """Walk by keys to a unit (layer, unit) or a weight (layer, row, unit)."""
        numbers = list(map(int, place))
        self.go_to(WeightAt(*numbers) if len(numbers) == 3 else UnitAt(*numbers))

    def do_click_weight(self, layer: str, row: str, unit: str) -> None:
        """Click a weight in the drawing."""
        self.click_on(WeightAt(int(layer), int(row), int(unit)))

    def do_weight(self, layer: str, row: str, unit: str, value: str) -> None:
        """Type a weight or bias where it is drawn."""
        self.type_weights({WeightAt(int(layer), int(row), int(unit)): value})

    def do_examine(self, layer: str, unit: str) -> None:
        """Open the microscope at a unit."""
        self.examine(UnitAt(int(layer), int(unit)))

    def do_part(self, step: str, parts_on: str = "0") -> None:
        """Go to a step of the microscope, and so many parts on."""
        self.look_at(int(step), int(parts_on))

    def do_on(self, times: str = "1") -> None:
        """Go to the next part of the microscope."""
        for _ in range(int(times)):
            self.look_on()

    def do_view(self, key: str) -> None:
        """Bring a view of the dock to the front."""
        self.show_view(key)

    def do_inputs(self, *names: str) -> None:
        """Tick inputs made of the columns, or untick them."""
        self.tick_features(*names)

    def do_train(self, epochs: str = "") -> None:
        """Train at full speed until it stops by itself, or after some epochs."""
        self.train_on(int(epochs) if epochs else None)

    def do_epochs(self, count: str) -> None:
        """Make steps of a whole epoch each."""
        self.learn_epochs(int(count))

    def do_steps(self, count: str) -> None:
        """Make steps of one batch each."""
        for _ in range(int(count)):
            self.use("step")

    def do_until_right(self, rows: str) -> None:
        """Make steps until so many rows are right."""
        self.step_until(int(rows))

    def do_lottery(self, seeds: str) -> None:
        """Draw a lottery of so many seeds."""
        self.draw_lottery(int(seeds))

    def do_export(self, kind: str, name: str) -> None:
        """Write the network into a file of the user's folder."""
        self.export(kind, self.folder / name)

    def do_save(self) -> None:
        """Save by Ctrl+S and keep what the file holds."""
        self._held = self.save()

    def do_name(self, dialog: str, name: str, *stays: str) -> None:
        """Give a file dialog a file of the user's folder; `stays`: another dialog follows."""
        self.name_file(dialog, self.path(name), back=not stays)

    def do_write(self, name: str, *words: str) -> None:
        """Put a text file into the user's folder, with ``|`` between its lines."""
        lines = " ".join(words).split(" | ")
        path = self.folder / name
        path.parent.mkdir(exist_ok=True)
        path.write_text("\n".join(lines) + "\n", encoding="utf-8")

    def do_answer(self, dialog: str, button: str) -> None:
        """Press a button of a dialog that asks."""
        self.wait(lambda: self.the_dialog(dialog), f"{dialog} asks", LONG_MS)
        self.push(button, self.by_keys)

    def do_at_work(self) -> None:
        """Wait until the first page has given way to all panels."""
        self.wait(self.find("train").isVisible, "all panels are shown", LONG_MS)
        self.canvas = self.find("network_canvas", NetworkPanel)
        self.wait(lambda: bool(self.canvas.scene.units), "the network is drawn")

    def do_come_back(self) -> None:
        """Return to the window after a dialog."""
        self.come_back()

    def do_resize(self, width: str, height: str) -> None:
        """Resize the window."""
        self.window.resize(int(width), int(height))

    def do_language(self, language: str) -> None:
        """Click a language."""
        self.click(f"language_{language}")

    def do_lesson(self, lesson: str) -> None:
        """Open a lesson from the list, and read it in the user's language."""
        self.open_lesson(lesson)
        self.speak(self.tongue)

    def do_to_step(self, step: str) -> None:
        """Skip the steps before one."""
        while self.progress.step.id != step:
            self.use("lesson_skip")

    def do_go_on(self) -> None:
        """Go to the lesson's next step."""
        self.go_on()

    def do_leave_and_return(self) -> None:
        """Leave the lesson by its button and open it again from the list."""
        lesson = self.progress.lesson.id
        self.use("lesson_leave")
        self.wait(self.find(f"learn_{lesson}").isVisible, "the list is open")
        self.use(f"learn_{lesson}")
        self.wait(self.find("lesson_next").isVisible, "the lesson is open")

    def do_put_away_and_fetch(self) -> None:
        """Put the panel away and fetch it back: the lesson goes on."""
        self.use("lesson_close")
        self.wait(lambda: not self.find("learn_panel").isVisible(), "it is put away")
        self.press("Ctrl+L")
        self.wait(self.find("lesson_next").isVisible, "it is back")

    def do_train_until_right(self) -> None:
        """Train from new starts until all four rows are right: some starts get stuck."""
        for _ in range(10):
            self.train_on()
            if self.right == 4:
                return
            self.use("new_start")
        raise AssertionError("no start does it")

    def do_back(self, epochs: str) -> None:
        """Go so many epochs back."""
        self.fill("epoch_box", str(self.tab.model.state.epoch - int(epochs)))

    def do_show_data(self, name: str) -> None:
        """Open the data panel if it is folded."""
        self.show_data(name)

    def do_open_table(self, name: str) -> None:
        """Drop a table of the user's folder, or open it by its tile; take what is proposed."""
        self.open_table(self.folder / name)

    def do_peek_at_exports(self, task: str) -> None:
        """Open the menu of exports and close it again."""
        self.peek_at_exports(task)

    def do_leave(self, dialog: str) -> None:
        """Put a dialog away by Escape."""
        self.leave(dialog)

    def do_open_in_vision(self, source: str, name: str) -> None:
        """Open a built-in picture, or a video or folder that was made before, in Vision."""
        self.open_in_vision(source, self.path(name))

    def do_top_k(self, count: str) -> None:
        """Choose how many answers are listed."""
        self.select_at("top_k_count", TOP_CHOICES.index(int(count)))

    def do_import_drawn(self) -> None:
        """Import two folders of drawn pictures as classes."""
        self.import_classes(drawn_folder(self.folder / "drawn", 12, ("discs", "stars")))

    def do_set_head(self, name: str, text: str) -> None:
        """Type into a field of Teach's settings."""
        self.set_head(name, text)

    def do_train_head(self) -> None:
        """Train Teach's head to the end."""
        self.train_head()

    def do_draw(self, name: str, count: str, *kinds: str) -> None:
        """Put a folder with a folder of drawn pictures for each kind into the user's folder."""
        drawn_folder(self.folder / name, int(count), kinds, seed=7)

    def do_draw_mixed_up(self, name: str) -> None:
        """Draw stars and stripes, of which one picture that is held out lies in the wrong folder.

        It lies in ``stars`` and shows stripes.
        """
        home = drawn_folder(self.folder / name, 12, ("stars", "stripes"))
        for path in sorted((home / "stripes").iterdir()):
            before = _held_out(home)
            moved = path.rename(home / "stars" / f"wrong-{path.name}")
            if before & _held_out(home) & {sha256_of(moved.read_bytes())}:
                return
            moved.rename(path)
        raise AssertionError("no picture is held out wherever it lies")

    def do_drop_on(self, name: str, target: str, *done: str) -> None:
        """Drop a file or folder of the user's on a widget, and wait until it has been taken."""
        self.drop(self.folder / name, self.find(target), lambda: bool(self._look([*done])))

    def do_click_item(self, name: str, row: str) -> None:
        """Click a row of a list, counted from 0."""
        view = self.find(name, QListView)
        rect = view.visualRect(view.model().index(int(row), 0))
        self.click(view.viewport(), rect.center())

    def do_use_camera(self) -> None:
        """Let Teach record from a camera on the network."""
        self.camera.start()
        self.pick("recording_settings", "recording_address")
        self.wait(lambda: self.the_dialog("address_dialog"), "the address is asked for")
        field = self.find("address_dialog", QDialog).findChild(QLineEdit)
        assert field is not None
        self.wait(field.hasFocus, "the field has the keyboard")
        self.do_replace(self.camera.address)
        self.come_back()

    def do_record(self, button: str) -> None:
        """Hold a button until an image is recorded."""
        self.hold(button, lambda: self._recorded > 0, "the first image is there")

    def do_record_until_cut_off(self, button: str) -> None:
        """Hold a button until the camera, which stalls after the first image, ends it."""

        def has_ended() -> bool:
            if self._recorded > 0:
                self.camera.turn(Mood.STALL)
            return self.window.session.teach.state.recording is None

        self.hold(button, has_ended, "the recording ends by itself")

    @property
    def _recorded(self) -> int:
        recording = self.window.session.teach.state.recording
        return 0 if recording is None else recording.count

    def do_open_cell(self, truth: str = "0", guess: str = "0") -> None:
        """Open a cell of Teach's matrix; by keys the first one."""
        self.open_cell((int(truth), int(guess)))

    def do_show_curve(self) -> None:
        """Bring Teach's learning curve to the front."""
        self.show_curve()

    def do_show_to_head(self, name: str) -> None:
        """Show a built-in picture to Teach's head."""
        self.show_to_head(ASSETS / "images" / name)

    def do_slide(self, name: str, value: str) -> None:
        """Bring a slider to a value."""
        self.slide(name, int(value))


def _held_out(home: Path) -> frozenset[str]:
    """Return the hashes of the pictures that an import of a folder holds out."""
    found = import_folder(home, lambda: False, lambda done, total: None)
    assert found is not None
    return split(found.collection)


def _value_at(experiment: Experiment, path: str) -> object:
    value: Any = experiment
    for part in path.split(".") if path else ():
        value = value[int(part)] if part.isdigit() else getattr(value, part)
    return json.loads(msgspec.json.encode(value, enc_hook=lambda array: array.tolist()))


def play(trip: Trip, traveller: Traveller) -> None:
    """Follow a trip's lines; a failure names the line."""
    for line in trip.lines:
        try:
            traveller.follow(line)
        except BaseException as error:
            error.add_note(f"{trip.file}: {trip.title}: {line}")
            raise
