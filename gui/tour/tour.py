"""The stops of the tour."""

from __future__ import annotations

import json
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QApplication,
    QLabel,
    QProgressBar,
    QPushButton,
    QSlider,
    QTableView,
    QWidget,
)

from foundation.text import tr
from gui.build_tab.network_view.panel import NetworkPanel
from gui.settings import ASSETS, choose_theme
from gui.tour.driver import Interrupted, TourDriver, TourError, first_run_window
from gui.window import GlassnetWindow
from model.files import write_bytes
from model.places import WeightAt
from vision.pictures.files import read_picture, write_picture
from vision.pictures.pixels import resized

Stop = dict[str, Any]

SHOES = ("Sandal", "Sneaker", "Boot")
"""Rows of ``shoes.png``: each has 40 training pictures and one that is never used for training."""
SHOE_PX, SHOWN_WH = 28, (112, 112)

SEED, STUCK_SEED, DIGITS_SEED = 88, 4, 7
"""Seeds of noisy XOR (a unit dies and the test loss rises; training gets stuck), and of digits."""


def run_tour(folder: Path) -> int:
    """Drive the window through the main jobs; write pictures and ``tour.json`` to `folder`.

    Return 0, or 1 if a stop failed, 130 after Ctrl-C, 143 after SIGTERM; the results up to then are
    written in any case.
    """
    stops: list[Stop] = []
    fault, status = "", 0
    with first_run_window(folder) as (app, guide):
        try:
            for stop in _stops(guide, app):
                stops.append(stop)
                print(f"{stop['picture']}: {tr(stop['shows'])}")
        except (TourError, Interrupted) as error:
            status = error.status if isinstance(error, Interrupted) else 1
            fault = str(error)
            print(tr("The tour stopped: {fault}", fault=fault), file=sys.stderr)
        report = {"platform": QGuiApplication.platformName(), "fault": fault, "stops": stops}
        text = json.dumps(report, indent=2, ensure_ascii=False) + "\n"
        write_bytes(folder / "tour.json", text.encode())
    return status


def _stops(guide: TourDriver, app: QApplication) -> Iterator[Stop]:
    yield _stop(guide, "build-first-run", "the first window, before any training")
    yield _train_xor(guide)
    yield from _noisy_xor(guide, app)
    yield _digits(guide)
    yield from _teach(guide, app)
    yield from _photograph(guide, app)
    yield _lesson(guide)


def _stop(guide: TourDriver, name: str, shows: str, **measured: float | str) -> Stop:
    return {"picture": guide.picture(name), "shows": shows, "measured": measured}


def _train_xor(guide: TourDriver) -> Stop:
    """Press Train and wait until all four rows are right."""
    first_run = guide.window.findChild(QPushButton, "first_run_train")
    guide.click("first_run_train" if first_run and first_run.isVisible() else "train")
    table = guide.find("truth_table", QTableView)
    seconds = guide.wait(lambda: _rows_right(table) == table.model().rowCount(), "XOR is learned")
    _wait_for_the_end(guide)
    guide.wait(lambda: guide.sees("verdict"), "a perceptron is judged")
    return _stop(
        guide,
        "build-xor",
        "XOR learned from one click",
        seconds_to_four_right_rows=round(seconds, 2),
    )


def _noisy_xor(guide: TourDriver, app: QApplication) -> Iterator[Stop]:
    """Show 25 noisy copies per row, a test set, several runs, and every panel."""
    for name, value in (("copies", 25), ("noise", 17), ("split", 70)):
        _set_slider(guide, name, value)
    _choose_relu(guide)
    guide.click("speed_max")
    for seed in (STUCK_SEED, SEED):
        guide.type_into("seed", str(seed))
        guide.click("train")
        _wait_for_the_end(guide)
    seconds = _draw_lottery(guide)
    _wait_for_the_doctor(guide)
    _open_editor(guide)
    yield _stop(
        guide,
        "build-light",
        "noisy XOR with a test set, a dead unit and a hundred other starts, light",
        seconds_for_100_seeds=round(seconds, 2),
    )
    choose_theme(app, "dark")
    yield _stop(guide, "build-dark", "the same, dark")
    choose_theme(app, "light")
    _close_editor(guide)
    guide.click("language_tr")
    yield _stop(guide, "build-tr", "the same, Turkish")
    guide.click("language_en")
    guide.resize(1024, 680)
    yield _stop(guide, "build-compact", "the same at the smallest size")
    guide.resize(1440, 900)


def _choose_relu(guide: TourDriver) -> None:
    """Choose an activation and training settings that let units die."""
    guide.choose("layer_0_activation", "ReLU")
    guide.choose("initialiser", "He")
    guide.type_into("learning_rate", "0.3")
    guide.type_into("batch_size", "10")
    guide.click("more")
    for name, value in (("stop_epochs", "400"), ("stop_margin", "0")):
        guide.type_into(name, value)
    guide.find("more_panel", QWidget).close()


def _draw_lottery(guide: TourDriver) -> float:
    """Train the network from a hundred starts; return the time in seconds."""
    guide.choose_dock_tab("Lottery")
    guide.click("lottery_start")
    solved, again = guide.find("lottery_solved", QLabel), guide.find("lottery_again", QPushButton)
    return guide.wait(
        lambda: solved.text().endswith("/100") and again.text() == "Draw again",
        "a hundred seeds are trained",
    )


def _open_editor(guide: TourDriver) -> None:
    """Click the connection from the first hidden unit to the output."""
    canvas = guide.find("network_canvas", NetworkPanel)
    where = canvas.view.viewport_point(WeightAt(1, 0, 0))
    QTest.mouseClick(canvas.view.viewport(), Qt.MouseButton.LeftButton, pos=where)
    editor = guide.find("weight_editor", QWidget)
    guide.wait(editor.isVisible, "the editor of a weight opens")


def _close_editor(guide: TourDriver) -> None:
    editor = guide.find("weight_editor", QWidget)
    QTest.keyClick(guide.find("weight_value", QWidget), Qt.Key.Key_Escape)
    guide.wait(lambda: not editor.isVisible(), "the editor closes")


def _digits(guide: TourDriver) -> Stop:
    """Train ten classes of small pictures with two hidden layers."""
    guide.choose_tile("table_tiles", "Digits")
    guide.settle()
    guide.type_into("seed", str(DIGITS_SEED))
    guide.click("add_layer_1")
    for layer, units in ((0, 24), (1, 16)):
        guide.type_into(f"layer_{layer}_units", str(units))
    guide.choose_dock_tab("Weights")
    guide.click("train")
    _wait_for_the_end(guide)
    _wait_for_the_doctor(guide)
    guide.wait(lambda: guide.sees("comparison"), "perceptrons are compared")
    accuracy = guide.find("status_sentence", QLabel).text()
    return _stop(
        guide, "build-digits", "handwritten digits, 64 inputs and 10 classes", says=accuracy
    )


def _teach(guide: TourDriver, app: QApplication) -> Iterator[Stop]:
    """Train a head on three classes of shoes and show its answer for an unseen one."""
    with tempfile.TemporaryDirectory() as home:
        seconds = teach_shoes(guide, Path(home))
        yield _stop(
            guide,
            "teach-light",
            "three classes of shoes, and what the head says of a boot that it has never seen",
            seconds=round(seconds, 2),
            says=guide.find("status_sentence", QLabel).text(),
        )
        choose_theme(app, "dark")
        guide.click("language_tr")
        guide.resize(1024, 680)
        yield _stop(guide, "teach-compact", "the same, Turkish, dark, at the smallest size")
        guide.resize(1440, 900)
        guide.click("language_en")
        choose_theme(app, "light")
        guide.window.session.teach.document.undo_stack.undo()


def teach_shoes(guide: TourDriver, home: Path) -> float:
    """Import shoes, train a head, preview an unseen boot; return the training time in seconds."""
    window, model = guide.window, guide.window.session.teach
    boot = write_shoes(home)
    window.open_path(home / "shoes")
    guide.click("class_folder_teach")
    guide.wait(
        lambda: window.findChild(QPushButton, "import_report_close") is not None,
        "the folder is imported",
    )
    guide.click("import_report_close")
    guide.click("teach_train")
    seconds = guide.wait(lambda: model.state.evaluation is not None, "the head is trained")
    model.preview_file(boot)
    guide.wait(lambda: model.state.preview.look is not None, "the boot is looked at")
    return seconds


def write_shoes(home: Path) -> Path:
    """Write a folder ``shoes`` of three classes and a boot next to it; return the boot's path."""
    sheet = read_picture(ASSETS / "datasets" / "shoes.png")
    for name, row in zip(SHOES, np.vsplit(sheet, len(SHOES)), strict=True):
        shoes = [resized(shoe, SHOWN_WH) for shoe in np.hsplit(row, row.shape[1] // SHOE_PX)]
        unseen = shoes.pop()
        for number, shoe in enumerate(shoes, start=1):
            write_picture(home / "shoes" / name / f"{name.lower()}-{number:02}.png", shoe)
    path = home / "another boot.png"
    write_picture(path, unseen)
    return path


def _photograph(guide: TourDriver, app: QApplication) -> Iterator[Stop]:
    guide.choose_tab(GlassnetWindow.VISION)
    _classify(guide, "chelsea", "Egyptian cat")
    seconds = _classify(guide, "coffee", "espresso")
    yield _stop(
        guide, "vision-light", "a photograph and its five best labels", seconds=round(seconds, 2)
    )
    choose_theme(app, "dark")
    seconds = _explain(guide)
    yield _stop(
        guide, "vision-dark", "the part that made it say so, dark", seconds_to_map=round(seconds, 2)
    )
    choose_theme(app, "light")
    guide.click("occlusion_switch")
    guide.click("language_tr")
    _classify_folder(guide)
    guide.resize(1024, 680)
    yield _stop(guide, "vision-compact", "a folder, Turkish, at the smallest size")
    guide.resize(1440, 900)
    guide.click("language_en")


def _lesson(guide: TourDriver) -> Stop:
    """Open a lesson and do its first task."""
    guide.window.document.undo_stack.setClean()  # or it is asked what becomes of the digits
    guide.click("learn")
    guide.click("learn_hidden_layer")
    guide.click("train")
    _wait_for_the_end(guide)
    guide.choose_dock_tab("Hidden space")
    guide.settle()
    return _stop(guide, "learn-light", "a lesson that reads the network beside it")


def _classify(guide: TourDriver, name: str, label: str) -> float:
    """Open a photograph and wait for its label; return the time in seconds."""
    guide.window.open_path(ASSETS / "images" / f"{name}.png")
    sentence = guide.find("status_sentence", QLabel)
    return guide.wait(lambda: label in sentence.text(), f"{label} is named")


def _explain(guide: TourDriver) -> float:
    """Request the occlusion map and wait for it; return the time in seconds."""
    guide.click("occlusion_switch")
    sentence = guide.find("status_sentence", QLabel)
    return guide.wait(lambda: "Occlusion map ready" in sentence.text(), "the map is ready")


def _classify_folder(guide: TourDriver) -> None:
    guide.window.open_path(ASSETS / "images")
    progress = guide.find("folder_progress", QProgressBar)
    rows = guide.find("folder_table", QTableView).model()
    guide.wait(lambda: rows.rowCount() > 0 and not progress.isVisible(), "the folder is done")


def _set_slider(guide: TourDriver, name: str, value: int) -> None:
    """Set a slider to `value` with Home and arrow keys."""
    slider = guide.find(name, QSlider)
    slider.setFocus()
    key = Qt.Key.Key_Right if slider.value() < value else Qt.Key.Key_Left
    while slider.value() != value:
        before = slider.value()
        QTest.keyClick(slider, key)
        if slider.value() == before:
            raise TourError(f"The slider {name} does not reach {value}, only {before}.")
    guide.settle()


def _rows_right(table: QTableView) -> int:
    model = table.model()
    last = model.columnCount() - 1
    return sum(
        model.index(row, last).data(Qt.ItemDataRole.AccessibleTextRole) == "right"
        for row in range(model.rowCount())
    )


def _wait_for_the_end(guide: TourDriver) -> None:
    state = guide.find("status_state", QLabel)
    guide.settle()
    guide.wait(lambda: state.text() == "Paused", "training ends")


def _wait_for_the_doctor(guide: TourDriver) -> None:
    """Wait until a dead unit is found and the test loss rises."""
    found = guide.find("doctor_count", QLabel)
    guide.wait(lambda: found.text() == "2 findings", "the doctor finds two things")
