"""What a screen reader finds in the real window, state by state, and the files the window writes.

Run in a process of its own: `python -m tests.net.window LANGUAGE FOLDER RESULT`.
"""

from __future__ import annotations

import json
import re
import sys
import time
from collections.abc import Iterator
from pathlib import Path

from PySide6.QtCore import QModelIndex, Qt
from PySide6.QtGui import QAccessible, QAccessibleInterface, QAction
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractItemView,
    QApplication,
    QComboBox,
    QDialog,
    QFileDialog,
    QLabel,
    QLineEdit,
    QMenu,
    QTabBar,
    QToolButton,
    QWidget,
)

from gui.settings import choose_language, settings
from gui.tour.driver import TourDriver, first_run_window
from tests.net.commands import describe
from tests.net.results import normalised
from tests.net.sources import write_sources

TEXTS = {
    kind: getattr(QAccessible.Text, kind)
    for kind in ("Name", "Description", "Value", "Accelerator")
}
FLAGS = (
    "checkable", "checked", "checkStateMixed", "collapsed", "disabled", "editable", "expandable",
    "expanded", "extSelectable", "focusable", "focused", "hasPopup", "modal", "multiLine",
    "multiSelectable", "readOnly", "searchEdit", "selectable", "selected", "supportsAutoCompletion",
)  # fmt: skip
MAX_CHILDREN = 120
"""Of one object so many children are listed, and the others are counted."""
PAUSE_MS, CALM = 300, 0.15
"""The window is at rest when two looks so far apart are equal and little was computed between."""


def tree(top: QAccessibleInterface, depth: int = 0) -> Iterator[str]:
    """Yield a line for an object and each one below it that is not hidden."""
    state, thing = top.state(), top.object()
    if state.invisible:
        return
    name = "" if thing is None or thing.objectName().startswith("qt_") else thing.objectName()
    said = [f"{kind}={text!r}" for kind, code in TEXTS.items() if (text := top.text(code))]
    flags = " ".join(flag for flag in FLAGS if getattr(state, flag))
    yield f"{'  ' * depth}{top.role().name} #{name} {' '.join(said)} [{flags}]"
    count = top.childCount()
    for index in range(min(count, MAX_CHILDREN)):
        child = top.child(index)
        if child is not None:
            below = tree(child, depth + 1)
            # Some cells of this table are milliseconds.
            yield from map(without_numbers, below) if name == "folder_table" else below
    if count > MAX_CHILDREN:
        yield f"{'  ' * depth}  and {count - MAX_CHILDREN} more"


def without_numbers(line: str) -> str:
    """Return a cell's line without the number that it consists of."""
    return re.sub(r"Name='[\d.,]+'", "Name='NUMBER'", line)


class Hand(TourDriver):
    """Someone at the window who knows controls by their object names, in any language."""

    def look(self) -> str:
        """Return the trees of all that is open, the window first."""
        shown = [top for top in QApplication.topLevelWidgets() if top.isVisible()]
        shown.sort(key=lambda top: (top is not self.window, top.objectName(), type(top).__name__))
        trees = (QAccessible.queryAccessibleInterface(top) for top in shown)
        return "\n".join(line for top in trees if top is not None for line in tree(top)) + "\n"

    def rest(self) -> str:
        """Wait until nothing changes any more; return what is there then."""
        before, calm = "", 0
        end = time.monotonic() + 90
        while calm < 2 and time.monotonic() < end:
            start, computed = time.monotonic(), time.process_time()
            QTest.qWait(PAUSE_MS)
            share = (time.process_time() - computed) / (time.monotonic() - start)
            now = self.look()
            calm = calm + 1 if now == before and share < CALM else 0
            before = now
        return before if calm >= 2 else before + "never at rest\n"

    def seen(self, name: str) -> QWidget:
        """Return the control that is on screen under a name, as soon as it is."""

        def found() -> list[QWidget]:
            return [
                w
                for top in QApplication.topLevelWidgets()
                for w in [top, *top.findChildren(QWidget)]
                if w.objectName() == name and w.isVisible()
            ]

        self.wait(lambda: bool(found()), f"{name} is on screen")
        return found()[0]

    def click(self, name: str) -> None:
        """Click a control in its middle, as soon as it can be used."""
        control = self.seen(name)
        self.wait(control.isEnabled, f"{name} can be clicked")
        if isinstance(control, QAbstractButton) and not isinstance(control, QToolButton):
            control.click()  # on a check box, or a button partly out of sight, too
        else:
            QTest.mouseClick(control, Qt.MouseButton.LeftButton)

    def do(self, name: str) -> None:
        """Do an action of a menu or of the palette by its object name."""
        action = self.window.findChild(QAction, name)
        assert action is not None, name
        action.trigger()

    def pick(self, name: str, row: int) -> None:
        """Choose the entry of a list of choices, or the tile, in a row counted from 0."""
        control = self.seen(name)
        if isinstance(control, QComboBox):
            control.setFocus()
            QTest.keyClick(control, Qt.Key.Key_Home)
            for _ in range(row):
                QTest.keyClick(control, Qt.Key.Key_Down)
        elif isinstance(control, QTabBar):
            QTest.mouseClick(control, Qt.MouseButton.LeftButton, pos=control.tabRect(row).center())
        else:
            assert isinstance(control, QAbstractItemView)
            index = control.model().index(row, 0, QModelIndex())
            control.scrollTo(index)
            place = control.visualRect(index).center()
            QTest.mouseClick(control.viewport(), Qt.MouseButton.LeftButton, pos=place)

    def open_menu(self, name: str) -> None:
        """Open the menu of a button."""
        button = self.seen(name)
        assert isinstance(button, QAbstractButton)
        menu = button.menu()  # type: ignore[attr-defined]  # buttons that have one
        menu.popup(button.mapToGlobal(button.rect().bottomLeft()))

    def enter(self, name: str, text: str) -> None:
        """Type a text into a field in the place of what is there, and press Enter."""
        control = self.seen(name)
        field = control.lineEdit() if isinstance(control, QComboBox) else control
        field.setFocus()
        QTest.keyClick(field, Qt.Key.Key_A, Qt.KeyboardModifier.ControlModifier)
        QTest.keyClicks(field, text)
        QTest.keyClick(field, Qt.Key.Key_Return)

    def key(self, key: Qt.Key, keys: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> None:
        """Press a key where the keyboard is."""
        QTest.keyClick(QApplication.focusWidget() or self.window, key, keys)

    def close_all(self) -> None:
        """Close every menu and dialog that is open."""
        for top in QApplication.topLevelWidgets():
            if isinstance(top, QDialog | QMenu) and top.isVisible():
                top.reject() if isinstance(top, QDialog) else top.close()
        for name in ("more_panel",):
            if self.sees(name):
                self.find(name, QWidget).close()

    def discard(self) -> None:
        """Let nothing be asked of what is not saved."""
        self.window.document.undo_stack.setClean()

    def train(self, button: str = "train") -> None:
        """Train at full speed to the end of the run."""
        if self.sees("speed_max"):
            self.click("speed_max")
        self.click(button)
        self.rest()

    def save(self, name: str, path: Path) -> None:
        """Click a button, or do an action, that asks for a file's name, and give it."""
        self.click(name) if self.sees(name) else self.do(name)
        self.wait(self._is_asked_for_a_file, f"{name} asks for a name")
        dialog = next(box for box in self.window.findChildren(QFileDialog) if box.isVisible())
        line = dialog.findChild(QLineEdit, "fileNameEdit")
        line.setText(str(path))
        QTest.keyClick(line, Qt.Key.Key_Return)
        self.wait(path.exists, f"{path.name} is written")
        self.rest()

    def _is_asked_for_a_file(self) -> bool:
        return any(box.isVisible() for box in self.window.findChildren(QFileDialog))


def first_network(hand: Hand) -> Iterator[str]:
    """Train XOR and look into it; yield the name of each state while it lasts."""
    yield "first page"
    hand.train("first_run_train")
    yield "after the first Train"
    hand.do("epoch_first")
    yield "first epoch"
    hand.do("epoch_last")
    for name in ("view_weights", "view_hidden", "view_loss"):
        hand.do(name)
        yield name.replace("_", " ")
    hand.do("view_lottery")
    hand.click("lottery_start")
    hand.rest()
    yield "lottery drawn"
    hand.click("lottery_of_sweep")
    yield "sweep to be drawn"
    hand.enter("sweep_rates", "0.1")
    hand.enter("sweep_widths", "2")
    hand.enter("sweep_seeds", "10")
    hand.click("sweep_start")
    hand.rest()
    yield "sweep drawn"
    hand.do("view_landscape")
    hand.click("landscape_start")
    hand.rest()
    yield "landscape drawn"
    for name in ("circuit_toggle", "probe_toggle"):
        hand.click(name)
        yield name.replace("_", " ")
        hand.click(name)
    hand.do("microscope")
    yield "microscope"
    for step in range(2, 9):
        hand.click(f"microscope_step_{step}")
        yield f"microscope step {step}"
    hand.click("microscope_batch")
    yield "microscope of the batch"
    hand.click("microscope_close")


def more_of_it(hand: Hand, written: Path) -> Iterator[str]:
    """Export the network, change it by hand, and train it once more."""
    for kind, suffix in (
        ("onnx", "onnx"), ("numpy", "py"), ("pytorch", "torch.py"), ("notebook", "ipynb"),
        ("svg", "svg"), ("png", "png"), ("csv", "csv"),
        ("worksheet", "pdf"), ("blank", "blank.pdf"),
    ):  # fmt: skip
        hand.save(f"export_{kind}", written / f"network.{suffix}")
    yield "exported"
    hand.seen("network_view").setFocus(Qt.FocusReason.TabFocusReason)
    for _ in range(3):
        hand.key(Qt.Key.Key_Tab)
    hand.key(Qt.Key.Key_Return)
    yield "a unit is chosen"
    hand.key(Qt.Key.Key_Left, Qt.KeyboardModifier.AltModifier)
    hand.key(Qt.Key.Key_Return)
    yield "a weight is edited"
    hand.key(Qt.Key.Key_Escape)
    hand.do("epoch_first")
    for _ in range(10):
        hand.do("epoch_on")
    hand.do("branch")
    hand.enter("learning_rate", "1")
    hand.train()
    yield "a second run"
    hand.open_menu("loss_runs")
    yield "menu loss_runs"
    hand.close_all()
    hand.save("file_save_as", written / "first.glassnet")
    yield "saved"


def its_settings(hand: Hand) -> Iterator[str]:
    """Open the menus and settings of the Build tab, and type what is refused."""
    for name in ("export", "help", "document_title", "layer_0_menu", "map_more", "table_menu"):
        hand.open_menu(name)
        yield f"menu {name}"
        hand.close_all()
    hand.click("more")
    yield "more settings"
    hand.close_all()
    hand.click("features_open")
    yield "inputs of the network"
    hand.click("feature_product_0_1")
    yield "a product as an input"
    hand.do("undo")
    hand.click("features_open")
    for name in ("layer_0_activation_info", "loss_info"):
        hand.click(name)
        yield name.replace("_", " ")
        hand.click("activation_card_close" if name.startswith("layer") else "loss_card_close")
    hand.enter("learning_rate", "fast")
    yield "a learning rate that is no number"
    hand.key(Qt.Key.Key_Escape)
    hand.enter("layer_0_units", "0")
    yield "a layer without units"
    hand.key(Qt.Key.Key_Escape)
    hand.pick("layer_0_activation", 4)
    hand.pick("optimiser", 5)
    hand.pick("regularisation", 1)
    yield "other settings"


def other_data(hand: Hand, sources: Path, written: Path) -> Iterator[str]:
    """Choose other data, train on them, and open files."""
    for key, row in (("plane", 0), ("plane", 3), ("plane", 6), ("gate", 0), ("table", 0)):
        hand.discard()
        hand.pick(f"{key}_tiles", row)
        yield f"data {key} {row}"
    hand.train()
    yield "Iris trained"
    hand.click("output_view_matrix")
    yield "confusion matrix"
    hand.save("export_csv", written / "iris.csv")
    hand.discard()
    hand.pick("table_tiles", 1)
    hand.enter("seed", "7")
    hand.do("add_layer")
    hand.train()
    yield "digits trained"
    hand.click("mistakes_link")
    yield "mistakes"
    hand.save("file_save_as", written / "digits.glassnet")
    hand.window.open_path(sources / "table.csv")
    yield "a table is opened"
    hand.key(Qt.Key.Key_Return)
    hand.close_all()
    yield "a table is in use"
    hand.window.open_path(sources / "slip.glassnet")
    yield "a damaged file is refused"


def dialogs(hand: Hand) -> Iterator[str]:
    """Open the dialogs that belong to no tab."""
    for name in ("about", "keys", "glossary", "guide", "author", "palette"):
        hand.do(name)
        yield f"dialog {name}"
        hand.close_all()
    hand.do("palette")
    hand.do("file_new")
    yield "asked what becomes of the work"
    hand.close_all()


def learn(hand: Hand, sources: Path, written: Path) -> Iterator[str]:
    """Open the lessons, go through the beginning of one, and open a challenge."""
    hand.discard()
    hand.do("learn")
    yield "lessons"
    hand.click("learn_hidden_layer")
    yield "a lesson"
    hand.train()
    for _ in range(2):  # its sentence stays, where "Done" and "Stopped" come in either order
        hand.do("motion")
    yield "a lesson's first task is done"
    hand.click("lesson_skip")
    yield "a lesson's second step"
    hand.save("file_save_as", written / "lesson.glassnet")
    hand.discard()
    hand.window.open_path(sources / "challenge.json")
    yield "a challenge"
    hand.do("learn")


def teach(hand: Hand, sources: Path, written: Path) -> Iterator[str]:
    """Teach three classes of shoes."""
    hand.do("tab_teach")
    yield "Teach, empty"
    hand.do("teach_add_class")
    yield "a class without images"
    hand.do("undo")
    hand.window.open_path(sources / "shoes")
    yield "asked where a folder is to be opened"
    hand.click("class_folder_teach")
    hand.seen("import_report_close")
    yield "a folder is imported"
    hand.click("import_report_close")
    yield "Teach with images"
    hand.click("teach_train")
    hand.rest()
    yield "a head is trained"
    hand.open_menu("teach_export")
    yield "menu teach export"
    hand.close_all()
    hand.save("teach_csv", written / "shoes.csv")
    hand.save("file_save_as", written / "shoes.glassteach")
    hand.pick("teach_curves", 1)
    hand.click("teach_measure")
    hand.rest()
    yield "learning curve"


def vision(hand: Hand, sources: Path, written: Path) -> Iterator[str]:
    """Look at photographs."""
    hand.do("tab_vision")
    yield "Vision, empty"
    sentence = hand.find("status_sentence", QLabel)
    hand.window.open_path(sources / "coffee.png")
    hand.wait(lambda: "espresso" in sentence.text(), "espresso is named")
    yield "a photograph is classified"
    hand.window.open_path(sources / "broken.png")
    yield "a damaged picture is refused"
    hand.click("occlusion_switch")
    hand.rest()
    yield "occlusion map"
    hand.click("occlusion_switch")
    hand.save("history_save", written / "history.csv")
    for task in ("detection", "mask", "inside"):
        hand.click(f"task_{task}")
        hand.rest()
        yield f"task {task}"
    hand.click("task_classification")
    hand.window.open_path(sources / "shoes" / "Boot")
    hand.rest()
    yield "a folder of pictures"
    hand.save("folder_save", written / "folder.csv")
    hand.do("library")
    yield "dialog library"
    hand.close_all()


def states(hand: Hand, sources: Path, written: Path) -> Iterator[str]:
    """Go through the whole window."""
    yield from first_network(hand)
    yield from more_of_it(hand, written)
    yield from its_settings(hand)
    yield from other_data(hand, sources, written)
    yield from dialogs(hand)
    yield from learn(hand, sources, written)
    yield from teach(hand, sources, written)
    yield from vision(hand, sources, written)


def main(language: str, folder: Path, result: Path) -> None:
    """Write the tree of every state, and what the window wrote, as JSON."""
    sources, written = folder / "sources", folder / "written"
    sources.mkdir()
    written.mkdir()
    write_sources(sources)
    texts = {}
    with first_run_window(folder / "pictures") as (app, driver):
        settings().setValue("reduced_motion", True)
        choose_language(app, language)
        hand = Hand(driver.window, folder)
        hand.resize(1440, 900)
        for number, state in enumerate(states(hand, sources, written), start=1):
            found = normalised(hand.rest(), folder)
            texts[f"window/{language} {number:02} {state}"] = found
            print(f"window {language} {number:02} {state}", flush=True)
    for path in sorted(written.rglob("*")):
        texts[f"window files/{language} {path.name}"] = describe(path, folder)
    result.write_text(json.dumps(texts), encoding="utf-8")


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]), Path(sys.argv[3]))
