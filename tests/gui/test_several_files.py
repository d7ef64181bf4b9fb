"""Several files given at once, on the command line or by one drop: each where it belongs."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtGui import QImage
from pytestqt.qtbot import QtBot

from gui.build_tab.data_panel.csv_dialog import CsvDialog
from gui.settings import ASSETS
from gui.window import GlassnetWindow
from model.defaults import default_experiment
from model.experiment import GateData
from model.files import write_experiment
from tests.gui.finding import find
from tests.gui.vision_tab.conftest import next_result
from tests.vision.onnx_models import linear_classifier

COFFEE = ASSETS / "images" / "coffee.png"
PATIENT_MS = 60_000


def experiment(folder: Path, gate: str) -> Path:
    path = folder / f"{gate}.glassnet"
    write_experiment(default_experiment(GateData(gate)), path)
    return path


def test_of_two_experiments_the_first_is_open_and_the_other_named(
    qtbot: QtBot, window: GlassnetWindow, tmp_path: Path
) -> None:
    paths = [experiment(tmp_path, gate) for gate in ("nand", "nor", "or")]
    window.open_paths(paths)
    assert window.document.path == paths[0]
    said = window.message_bar.text.text()
    assert "nand.glassnet" in said
    assert said.endswith("Not opened: nor.glassnet, or.glassnet.")
    assert window.message_bar.isVisible()


def test_an_experiment_a_picture_and_a_table_go_where_they_belong(
    qtbot: QtBot, window: GlassnetWindow, tmp_path: Path
) -> None:
    table = tmp_path / "points.csv"
    table.write_text("a,b\n1,0\n2,1\n", encoding="utf-8")
    strange = tmp_path / "notes.xyz"
    nand = experiment(tmp_path, "nand")
    with next_result(qtbot, window.vision_tab):
        window.open_paths([COFFEE, nand, table, strange])
    assert window.document.path == nand
    assert window.pages.currentWidget() is window.vision_tab, "the first one's tab is in front"
    assert window.vision_tab.title() == "coffee.png"
    dialog = find(window, CsvDialog, "csv_dialog")
    assert "points.csv" in dialog.windowTitle()
    assert "notes.xyz is nothing Glassnet can open" in window.message_bar.text.text()
    with qtbot.waitSignal(dialog.destroyed):
        qtbot.keyClick(dialog, Qt.Key.Key_Escape)


def test_what_was_said_of_a_strange_file_goes_with_the_next_one(
    qtbot: QtBot, window: GlassnetWindow, tmp_path: Path
) -> None:
    window.open_paths([tmp_path / "notes.xyz"])
    assert "notes.xyz is nothing Glassnet can open" in window.message_bar.text.text()
    with next_result(qtbot, window.vision_tab):
        window.open_paths([COFFEE])
    assert not window.message_bar.isVisible()


def test_labels_and_weights_that_come_with_a_model_are_no_tables(
    qtbot: QtBot, window: GlassnetWindow, tmp_path: Path
) -> None:
    model, labels = tmp_path / "fruit.onnx", tmp_path / "names.txt"
    model.write_bytes(linear_classifier(classes=2)[0])
    labels.write_text("plum\npear\n", encoding="utf-8")
    weights = tmp_path / "fruit.onnx.data"
    weights.write_bytes(bytes(64))
    window.open_paths([labels, weights, model])
    registry = window.vision_tab.model.registry

    def is_loaded() -> bool:
        report = registry.models.report
        return report is not None and report.choice.model == model

    qtbot.waitUntil(is_loaded, timeout=PATIENT_MS)
    assert registry.chosen.labels == labels
    assert window.findChild(CsvDialog, "csv_dialog") is None
    assert weights.name not in window.message_bar.text.text()


def test_several_pictures_are_one_list_and_other_sources_are_named(
    qtbot: QtBot, window: GlassnetWindow, tmp_path: Path
) -> None:
    other = tmp_path / "red.png"
    red = QImage(64, 64, QImage.Format.Format_RGB32)
    red.fill(Qt.GlobalColor.red)
    assert red.save(str(other))
    clip = tmp_path / "clip.avi"
    tab, seen = window.vision_tab, set[str]()
    tab.changed.connect(lambda: seen.add(tab.title()))
    window.open_paths([COFFEE, other, clip, tmp_path])
    qtbot.waitUntil(lambda: {"coffee.png", "red.png"} <= seen, timeout=PATIENT_MS)
    said = window.message_bar.text.text()
    assert said.startswith(f"Not opened: clip.avi, {tmp_path.name}.")
