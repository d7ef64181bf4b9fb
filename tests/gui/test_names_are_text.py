"""What a stranger's file calls things is shown as it is: no name opens a picture it mentions."""

from __future__ import annotations

import csv
import json
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
    QAbstractScrollArea,
    QApplication,
    QDialog,
    QLabel,
    QPushButton,
    QTableWidget,
    QToolButton,
    QToolTip,
    QWidget,
)
from pytestqt.qtbot import QtBot

from gui.build_tab.tab import BuildTab
from gui.teach_tab.tab import TeachTab
from gui.vision_tab.model_registry import OWN
from gui.vision_tab.state import FolderEnded
from gui.vision_tab.tab import VisionTab
from gui.vision_tab.vision_model import VisionModel
from gui.window import GlassnetWindow
from model.defaults import default_experiment
from model.experiment import CsvData
from model.files import write_experiment
from model.places import UnitAt
from tests.accesses import opens_of
from tests.gui.finding import find
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


@pytest.fixture
def opens(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[], int]]:
    """Count how often the picture is opened that the names mention."""
    monkeypatch.chdir(tmp_path)  # a name of a file has no folder in it
    cv2.imwrite(PICTURE, np.zeros((4, 4, 3), np.uint8))
    with opens_of(tmp_path / PICTURE) as found:
        yield found


def look_at_all(window: GlassnetWindow) -> list[str]:
    """Paint all that is there, hover over it; return where a mark of HTML stands, unescaped."""
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
    return sorted(marked)


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
    for path in (book, table):
        window.open_path(path)
        qtbot.waitUntil(lambda: window.findChild(QDialog, "csv_dialog") is not None)
        rows_shown = find(window, QTableWidget, "csv_columns").rowCount
        qtbot.waitUntil(partial(is_so, rows_shown, 5), timeout=PATIENT_MS)
        assert len(look_at_all(window)) > 20
        find(window, QPushButton, "csv_cancel").click()
        qtbot.waitUntil(lambda: window.findChild(QDialog, "csv_dialog") is None)
    data = CsvData(str(table), features=MARKS[:2], targets=("kind",))
    path = folder / f"{MANY}.glassnet"
    write_experiment(replace(default_experiment(data), title=MANY), path)
    window.open_path(path)
    qtbot.waitUntil(lambda: window.document.path == path)
    build = window.tab(window.BUILD)
    assert isinstance(build, BuildTab)
    build.show_all_panels()
    build.workbench.make_hidden()
    model = build.workbench.model
    model.choose_row(1)
    model.choose_unit(UnitAt(0, 0))
    find(window, QToolButton, "probe_toggle").click()
    model.open_microscope()
    qtbot.waitUntil(lambda: build.workbench.is_idle, timeout=PATIENT_MS)
    assert len(look_at_all(window)) > 20
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
    assert len(look_at_all(window)) > 20
    assert opens() == 0


def test_names_in_teach(
    window: GlassnetWindow, qtbot: QtBot, tmp_path: Path, opens: Callable[[], int]
) -> None:
    folder = drawn_folder(tmp_path / MARKS[0], 6, ("discs", "stars"))
    for name, other in zip(("discs", "stars"), MARKS[:2], strict=True):
        for picture in (folder / name).iterdir():
            picture.rename(picture.with_stem(MARKS[0] + picture.stem))
        (folder / name).rename(folder / other)
    tab = window.show_tab(window.TEACH)
    assert isinstance(tab, TeachTab)
    tab.model.import_folder(folder)
    report = import_report(tab, qtbot)
    look_at_all(window)
    report.accept()
    train_now(tab, qtbot)
    assert len(look_at_all(window)) > 10
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
    tab = window.show_tab(window.VISION)
    assert isinstance(tab, VisionTab)
    model = tab.model
    model.use_files(OWN, [folder / "own.onnx"])
    qtbot.waitUntil(lambda: model.state.models.report is not None, timeout=PATIENT_MS)
    for mark in MARKS[:2]:
        tab.open_path(folder / f"{mark}.png")
        qtbot.waitUntil(partial(is_so, shown_in(model), f"{mark}.png"), timeout=PATIENT_MS)
    assert len(look_at_all(window)) > 10
    tab.open_path(folder)
    qtbot.waitUntil(lambda: isinstance(model.state.event, FolderEnded), timeout=PATIENT_MS)
    (folder / "own.onnx").write_bytes(b"")
    model.open_paths([folder / f"{MARKS[0]}.mp4"])
    assert len(look_at_all(window)) > 10
    assert opens() == 0
