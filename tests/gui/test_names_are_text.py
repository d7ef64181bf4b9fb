"""What a stranger's file calls things is shown as it is: no name opens a picture it mentions."""

from __future__ import annotations

import csv
import json
import re
import shutil
import sys
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

import cv2
import numpy as np
import openpyxl
import pytest
from msgspec.structs import replace
from PySide6.QtCore import QEvent, QPoint
from PySide6.QtGui import QHelpEvent
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractScrollArea,
    QApplication,
    QDialog,
    QInputDialog,
    QLabel,
    QPushButton,
    QRadioButton,
    QTableWidget,
    QToolButton,
    QToolTip,
    QWidget,
)
from pytestqt.qtbot import QtBot

from gui.vision_tab.model_registry import OWN
from gui.vision_tab.opening import ask_address
from gui.vision_tab.state import FolderEnded
from gui.vision_tab.vision_model import VisionModel
from gui.window import GlassnetWindow
from model.defaults import default_experiment
from model.experiment import CsvData
from model.files import write_experiment
from model.places import UnitAt
from tests.accesses import opens_of
from tests.gui.finding import find
from tests.gui.learn.conftest import LESSON, TEXT, TEXT_TR
from tests.gui.teach_tab.conftest import import_report, train_now
from tests.gui.texts import texts_of
from tests.gui.vision_tab.conftest import COFFEE, PATIENT_MS
from tests.vision.onnx_models import linear_classifier
from tests.vision.teaching.drawn import drawn_folder

pytestmark = [
    pytest.mark.usefixtures("dressed"),
    pytest.mark.skipif(not sys.platform.startswith("linux"), reason="only Linux tells of an open"),
]

PICTURE = "seen.png"
MARKS = (f'<img src="{PICTURE}">', "<b>b", "&lt;i&gt;", f"![]({PICTURE})")
"""The first two read as HTML, the third as an entity in it, the last as Markdown."""
MANY = "".join(MARKS)
ADDRESS = f"http://127.0.0.1:1/{MARKS[1]}"

PLACES = {
    "workbook": "csv_dialog csv_sheet csv_columns csv_role_0 csv_preview",
    "table": "csv_dialog csv_columns csv_role_0 csv_preview",
    "question": "outside_dialog outside_dialog_details",
    "experiment": "window recent_menu file_menu author_dialog document_title rail_tile data_summary"
    " data_facts class_counts class_legend network_view map_first_input confusion_small probe"
    " probe_input_0 probe_answer add_class_0 microscope_row microscope_predict_hint",
    "challenge": "challenge_title challenge_body message_text author",
    "lesson": "lesson_place lesson_title lesson_prose task_loss task_loss_text task_loss_hint_text"
    " question_guess_text question_guess_choice_1 question_guess_answer lesson_see",
    "report": "import_report_counts",
    "classes": "undo class_0_name class_0_menu class_0_thumbnails teach_drawing teach_confusion",
    "picture": "stage_view top_k_bars history_list status_sentence",
    "folder": "folder_title folder_table",
    "address": "address_dialog",
    "camera": "stage_card_text message_text",
}
"""Where each look must find what a stranger wrote, by the object names of the widgets."""
LESSON_WORDS = (
    "Weights by hand",
    "Two weights",
    "The first weight",
    "Train until",
    "Step is enough",
    "What will the loss do",
    "It falls.",
    "It falls,",
    "The loss is",
)
_NAMED = re.compile(r"(?:^\d+ |/)(?!qt_)([a-z]\w*)")


@pytest.fixture
def opens(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[], int]]:
    """Count how often the picture is opened that the names mention."""
    monkeypatch.chdir(tmp_path)  # a name of a file has no folder in it
    cv2.imwrite(PICTURE, np.zeros((4, 4, 3), np.uint8))
    with opens_of(tmp_path / PICTURE) as found:
        yield found


def look_at_all(window: GlassnetWindow, look: str) -> None:
    """Paint all that is there, hover over it; a mark of HTML must be in each place of the look."""
    roots = [each for each in QApplication.topLevelWidgets() if each.objectName()]
    marked = {
        f"{number} {place}": text
        for number, root in enumerate(roots)
        for place, text in texts_of(root).items()
        if any(mark in text for mark in MARKS[:2])
    }
    for root in roots:
        for area in root.findChildren(QAbstractScrollArea):
            area.viewport().grab()
        for label in root.findChildren(QLabel):
            label.grab()
        root.grab()
    hovered = [widget for widget in window.findChildren(QWidget) if widget.toolTip()]
    for widget in hovered:
        event = QHelpEvent(QEvent.Type.ToolTip, QPoint(1, 1), QPoint(9, 9))
        QApplication.sendEvent(widget, event)
    for text in marked.values():
        QToolTip.showText(QPoint(9, 9), text, window)
    QToolTip.hideText()
    found = {_NAMED.findall(place.partition("#")[0])[-1] for place in marked}
    assert found >= set(PLACES[look].split())


def is_so(ask: Callable[[], object], wanted: object) -> bool:
    return ask() == wanted


def shown_in(model: VisionModel) -> Callable[[], str | None]:
    return lambda: None if model.state.result is None else model.state.result.name


def test_names_in_build(
    window: GlassnetWindow, qtbot: QtBot, tmp_path: Path, opens: Callable[[], int]
) -> None:
    folder = tmp_path / MARKS[0]
    folder.mkdir()
    table, book = folder / f"{MANY}.csv", folder / f"{MANY}.xlsx"
    rows = [[str(n % 5), str(n % 3), str(n % 2), str(n), MARKS[n % 2]] for n in range(30)]
    rows = [[*MARKS, "kind"], *rows, ["1", "2", MARKS[0], "4", MARKS[1]]]
    with table.open("w", newline="") as file:
        csv.writer(file).writerows(rows)
    workbook = openpyxl.Workbook()
    for title in ("<img src=seen.png>", "<b>b"):
        sheet = workbook.create_sheet(title)
        for row in rows:
            sheet.append(row)
    workbook.save(book)
    for path, look in ((book, "workbook"), (table, "table")):
        window.open_path(path)
        qtbot.waitUntil(lambda: window.findChild(QDialog, "csv_dialog") is not None)
        rows_shown = find(window, QTableWidget, "csv_columns").rowCount
        qtbot.waitUntil(partial(is_so, rows_shown, 5), timeout=PATIENT_MS)
        look_at_all(window, look)
        find(window, QPushButton, "csv_cancel").click()
        qtbot.waitUntil(lambda: window.findChild(QDialog, "csv_dialog") is None)
    elsewhere = tmp_path / f"{MARKS[1]}.csv"
    shutil.copy(table, elsewhere)
    window.open_path(experiment_on(elsewhere, folder / "asks.glassnet"))
    qtbot.waitUntil(lambda: window.findChild(QDialog, "outside_dialog") is not None)
    look_at_all(window, "question")
    find(window, QDialog, "outside_dialog").reject()
    path = experiment_on(table, folder / f"{MANY}.glassnet")
    window.open_path(path)
    qtbot.waitUntil(lambda: window.document.path == path)
    build = window.build_tab
    build.show_all_panels()
    build.workbench.create_lazy_views()
    model = build.workbench.model
    model.choose_row(1)
    model.choose_unit(UnitAt(0, 0))
    find(window, QToolButton, "probe_toggle").click()
    model.open_microscope()
    qtbot.waitUntil(lambda: build.workbench.is_idle, timeout=PATIENT_MS)
    window.all_actions["author"].trigger()
    window.header.title.menu().aboutToShow.emit()
    look_at_all(window, "experiment")
    find(window, QInputDialog, "author_dialog").reject()
    window.open_path(folder / f"{MARKS[0]}.glassnet")
    qtbot.waitUntil(window.message_bar.isVisible)
    window.palette_of_actions.toggle()
    challenge = folder / f"{MANY}.json"
    challenge.write_text(
        json.dumps(
            {
                "schema_version": 1,
                "title": MANY,
                "text": MANY,
                "data": {"kind": "gate", "name": "xor"},
                "accuracy": 1.0,
            }
        )
    )
    window.open_path(challenge)
    look_at_all(window, "challenge")
    assert opens() == 0


def experiment_on(table: Path, path: Path) -> Path:
    data = CsvData(str(table), features=MARKS[:2], targets=("kind",))
    write_experiment(replace(default_experiment(data), title=MANY, author=MANY), path)
    return path


def test_names_in_a_lesson(
    window: GlassnetWindow, tmp_path: Path, opens: Callable[[], int]
) -> None:
    lesson = tmp_path / MARKS[0]
    lesson.mkdir()
    text = TEXT
    for words in LESSON_WORDS:
        assert words in text
        text = text.replace(words, f"`{MANY}` {words}")
    (lesson / "lesson.json").write_text(json.dumps(LESSON))
    (lesson / "en.md").write_text(text)
    (lesson / "tr.md").write_text(TEXT_TR)
    window.open_path(lesson)
    find(window, QRadioButton, "question_guess_choice_1").click()
    find(window, QAbstractButton, "step").click()
    look_at_all(window, "lesson")
    assert opens() == 0


def test_names_in_teach(
    window: GlassnetWindow, qtbot: QtBot, tmp_path: Path, opens: Callable[[], int]
) -> None:
    folder = drawn_folder(tmp_path / MARKS[0], 6, ("discs", "stars"))
    for name, other in zip(("discs", "stars"), MARKS[:2], strict=True):
        for picture in (folder / name).iterdir():
            picture.rename(picture.with_stem(MARKS[0] + picture.stem))
        (folder / name).rename(folder / other)
    window.show_tab(window.TEACH)
    tab = window.teach_tab
    tab.model.import_folder(folder)
    report = import_report(tab, qtbot)
    look_at_all(window, "report")
    report.accept()
    train_now(tab, qtbot)
    look_at_all(window, "classes")
    assert opens() == 0


def test_names_in_vision(
    window: GlassnetWindow, qtbot: QtBot, tmp_path: Path, opens: Callable[[], int]
) -> None:
    folder = tmp_path / MARKS[0]
    folder.mkdir()
    for mark in MARKS[:2]:
        shutil.copy(COFFEE, folder / f"{mark}.png")
    data, _, _ = linear_classifier(classes=2)
    (folder / "own.onnx").write_bytes(data)
    (folder / "own.txt").write_text("\n".join(MARKS[:2]))
    described = {"key": "own", "name": MANY, "file": "own.onnx", "labels_file": "own.txt"}
    sizes = {"preprocessing": {"size_wh": [8, 8]}}
    (folder / "own.json").write_text(json.dumps(described | sizes))
    window.show_tab(window.VISION)
    tab = window.vision_tab
    model = tab.model
    model.use_files(OWN, [folder / "own.onnx"])
    qtbot.waitUntil(lambda: model.state.models.report is not None, timeout=PATIENT_MS)
    for mark in MARKS[:2]:
        tab.open_path(folder / f"{mark}.png")
        qtbot.waitUntil(partial(is_so, shown_in(model), f"{mark}.png"), timeout=PATIENT_MS)
    look_at_all(window, "picture")
    tab.open_path(folder)
    qtbot.waitUntil(lambda: isinstance(model.state.event, FolderEnded), timeout=PATIENT_MS)
    (folder / "own.onnx").write_bytes(b"")
    model.open_paths([folder / f"{MARKS[0]}.mp4"])
    look_at_all(window, "folder")
    ask_address(tab, model.open_address)
    dialog = find(window, QInputDialog, "address_dialog")
    dialog.setTextValue(ADDRESS)
    look_at_all(window, "address")
    dialog.accept()
    qtbot.waitUntil(tab.stage.card_button.isVisible, timeout=PATIENT_MS)
    model.open_address(f"http://{MARKS[0]}")
    look_at_all(window, "camera")
    assert opens() == 0
