"""Documents: save, reopen, export, undo and redo, recent files, shortcuts."""

from __future__ import annotations

import csv
import subprocess
import sys
import xml.etree.ElementTree as ET
from pathlib import Path

import numpy as np
import onnx
import pytest
from onnx.reference import ReferenceEvaluator
from PySide6.QtGui import QColor, QImage
from PySide6.QtWidgets import QDialog, QLabel, QWidget

from gui.theme import active
from gui.window import GlassnetWindow
from model.experiment import Experiment, GateData
from model.places import WeightAt
from tests.e2e.builder import SOON_MS, Builder, held_by, set_weight
from tests.e2e.ways import both

EDGE = WeightAt(0, 1, 2)
SVG = "{http://www.w3.org/2000/svg}"


def title(builder: Builder) -> str:
    return builder.find("document_title").text()  # type: ignore[attr-defined]  # a tool button


def answer_question(builder: Builder, dialog: str, button: str) -> None:
    builder.wait(
        lambda: any(d.isVisible() for d in builder.window.findChildren(QDialog, dialog)),
        f"{dialog} asks",
        SOON_MS,
    )
    builder.click(button)


# -- Save and reopen -------------------------------------------------------------------------------


def test_work_is_saved_and_opened_again_by_keys(builder: Builder) -> None:
    builder.press("s")
    builder.wait(lambda: builder.epoch == 1, "one step is trained", SOON_MS)
    saved = builder.save()
    assert title(builder) == "work"
    shown = [builder.cell(r, 3) for r in range(4)]
    builder.press("s")
    builder.wait(lambda: builder.epoch == 2, "another step is trained", SOON_MS)
    builder.wait(lambda: title(builder) == "work •", "the title says it is unsaved", SOON_MS)
    builder.press("Ctrl+O")
    answer_question(builder, "unsaved_dialog", "unsaved_discard")
    builder.name_file("open_dialog", builder.file)
    builder.wait(lambda: builder.epoch == 1, "the first step is there again", SOON_MS)
    assert [builder.cell(r, 3) for r in range(4)] == shown
    assert builder.document.experiment == saved == held_by(builder.file)


def test_work_is_saved_under_another_name_by_the_menu(builder: Builder, tmp_path: Path) -> None:
    first = builder.save()
    builder.click("step")
    builder.wait(lambda: builder.epoch == 1, "one step is trained", SOON_MS)
    builder.pick("document_title", "file_save_as")
    builder.name_file("save_dialog", tmp_path / "other")
    builder.wait(lambda: title(builder) == "other", "the title is the new one", SOON_MS)
    assert held_by(tmp_path / "other.glassnet") == builder.document.experiment
    assert held_by(builder.file) == first
    builder.pick("document_title", "recent_menu", "recent_1")
    builder.wait(lambda: title(builder) == "work", "the first file is open again", SOON_MS)
    assert builder.document.experiment == first
    assert builder.epoch == 0


def test_a_recent_file_is_opened_by_keys(builder: Builder, tmp_path: Path) -> None:
    first = builder.save()
    builder.press("s")
    builder.wait(lambda: builder.epoch == 1, "one step is trained", SOON_MS)
    builder.press("Ctrl+Shift+S")
    builder.name_file("save_dialog", tmp_path / "other")
    builder.wait(lambda: title(builder) == "other", "the title is the new one", SOON_MS)
    builder.reach("document_title")
    builder.press_menu_entry("Open recent", "work.glassnet")
    builder.wait(lambda: title(builder) == "work", "the first file is open again", SOON_MS)
    assert builder.document.experiment == first == held_by(builder.file)
    assert builder.epoch == 0


def test_work_is_opened_by_the_menu(builder: Builder) -> None:
    saved = builder.save()
    builder.pick("document_title", "file_new")
    builder.wait(lambda: builder.document.path is None, "a new one", SOON_MS)
    builder.pick("document_title", "file_open")
    builder.name_file("open_dialog", builder.file)
    builder.wait(lambda: title(builder) == "work", "the file is open again", SOON_MS)
    assert builder.document.experiment == saved


def test_new_asks_and_save_in_the_question_saves(builder: Builder) -> None:
    builder.save()
    builder.choose_tile("gate_tiles", "gate:and")
    builder.wait(lambda: builder.text("data_summary").startswith("AND"), "AND", SOON_MS)
    builder.press("Ctrl+N")
    answer_question(builder, "unsaved_dialog", "unsaved_save")
    builder.name_file("save_dialog", builder.file.with_name("and.glassnet"))
    builder.wait(lambda: builder.text("data_summary").startswith("XOR"), "a new one", SOON_MS)
    assert held_by(builder.file).data == GateData("xor")
    assert held_by(builder.file.with_name("and.glassnet")).data == GateData("and")
    assert builder.document.path is None


def test_a_damaged_file_is_named_and_nothing_is_lost(builder: Builder, tmp_path: Path) -> None:
    damaged = tmp_path / "damaged.glassnet"
    damaged.write_text('{"schema_version": 1, "data": {"kind": "ga', encoding="utf-8")
    before = builder.document.experiment
    builder.press("Ctrl+O")
    builder.name_file("open_dialog", damaged)
    builder.wait(lambda: builder.find("message_bar").isVisible(), "the message is shown", SOON_MS)
    bar = builder.find("message_bar")
    said = " ".join(label.text() for label in bar.findChildren(QLabel))
    assert "damaged.glassnet" in said
    assert builder.document.experiment == before
    assert damaged.read_text(encoding="utf-8").endswith('"ga')


# -- One file, one work ----------------------------------------------------------------------------


def choose_and(builder: Builder, by_keys: bool) -> None:
    builder.choose_tile_by("gate_tiles", "gate:and", (), by_keys)


def import_table(builder: Builder, by_keys: bool) -> None:
    table = builder.file.with_name("plums.csv")
    table.write_text("size,ripe\n1,0\n2,0\n3,1\n4,1\n", encoding="utf-8")
    builder.choose_tile_by("table_tiles", "own_table", ("End", "Left"), by_keys)
    builder.name_file("table_dialog", table, back=False)
    builder.wait(lambda: bool(builder.window.findChildren(QDialog, "csv_dialog")), "it is read")
    builder.wait(lambda: builder.find("csv_accept").isEnabled(), "it can be taken", SOON_MS)
    builder.push("csv_accept", by_keys)
    builder.come_back()


def open_lesson(builder: Builder, by_keys: bool) -> None:
    if by_keys:
        builder.press("Ctrl+L")
    else:
        builder.click("learn")
    builder.wait(lambda: builder.find("learn_eight_steps").isVisible(), "the list", SOON_MS)
    builder.push("learn_eight_steps", by_keys)


OTHERS = {
    "tile": (choose_and, "AND, seed 0"),
    "table": (import_table, "plums.csv, seed 0"),
    "lesson": (open_lesson, "OR, seed 0"),
}
"""How to come to other data or another network, and what that is called then."""


@both
@pytest.mark.parametrize("what", OTHERS)
def test_a_saved_file_keeps_what_was_saved_in_it(
    builder: Builder, tmp_path: Path, by_keys: bool, what: str
) -> None:
    choose, name = OTHERS[what]
    saved = builder.save()
    content = builder.file.read_bytes()
    choose(builder, by_keys)
    builder.wait(lambda: title(builder) == name, "it has a name of its own", SOON_MS)
    builder.press("Ctrl+S")
    builder.wait(lambda: bool(builder.window.findChildren(QDialog, "save_dialog")), "it asks")
    builder.press("Escape")
    builder.come_back()
    assert title(builder) == name
    assert builder.file.read_bytes() == content
    other = tmp_path / "other.glassnet"
    builder.press("Ctrl+S")
    builder.name_file("save_dialog", other)
    builder.wait(lambda: title(builder) == "other", "it has a file of its own", SOON_MS)
    chosen = builder.document.experiment
    assert held_by(other) == chosen != saved
    assert builder.file.read_bytes() == content
    if what != "lesson":  # that is another document: undo leads to none before it
        builder.press("Ctrl+Z")
        builder.wait(lambda: title(builder) == "work", "the first file is back", SOON_MS)
        assert builder.document.experiment == saved
        builder.press("Ctrl+Shift+Z")
        builder.wait(lambda: title(builder) == "other", "the other one again", SOON_MS)
        assert builder.document.experiment == chosen


def take_a_close_back(builder: Builder) -> None:
    """Want to close the window, and cancel that when it asks about the file by its name."""
    builder.press("Ctrl+Q")
    builder.wait(
        lambda: bool(builder.window.findChildren(QDialog, "unsaved_dialog")), "it asks", SOON_MS
    )
    dialog = builder.find("unsaved_dialog", QDialog)
    assert "work.glassnet" in " ".join(label.text() for label in dialog.findChildren(QLabel))
    builder.press("Escape")
    builder.come_back()


def test_the_roundings_are_there_after_a_close_that_was_taken_back(builder: Builder) -> None:
    builder.save()
    set_weight(builder, EDGE, "2.5")
    waits = "Trying every rounding…"
    builder.wait(lambda: builder.text("rounding_sentence") not in ("", waits), "they are tried")
    before = builder.text("rounding_sentence")
    take_a_close_back(builder)
    builder.wait(lambda: builder.text("rounding_sentence") == before, "they are there", SOON_MS)


def test_training_goes_on_after_a_close_that_was_taken_back(builder: Builder) -> None:
    builder.choose_tile("plane_tiles", "plane:spiral")
    builder.save()
    builder.press("Space")
    builder.wait(lambda: builder.epoch >= 2, "it trains", SOON_MS)
    take_a_close_back(builder)
    epoch = builder.epoch
    builder.wait(lambda: builder.epoch > epoch, "it trains on", SOON_MS)
    builder.press("Space")
    builder.wait(lambda: builder.text("status_state") == "Paused", "it is paused", SOON_MS)


# -- Export ----------------------------------------------------------------------------------------


def trained(builder: Builder) -> Experiment:
    builder.click("train")
    builder.wait(lambda: builder.rows_right == [True] * 4, "XOR is learned", SOON_MS)
    builder.wait(lambda: builder.text("status_state") == "Paused", "it stops by itself", SOON_MS)
    return builder.save()


ENTRIES = {
    "onnx": "ONNX model…",
    "numpy": "NumPy script…",
    "svg": "Drawing as SVG…",
    "png": "Drawing as PNG…",
    "csv": "Predictions as CSV…",
}


def export(builder: Builder, kind: str, path: Path, by_keys: bool) -> None:
    """Export by the bar's button, or by keys through the file menu."""
    if by_keys:
        builder.reach("document_title")
        builder.press_menu_entry("Export", ENTRIES[kind])
    else:
        builder.pick("export", f"export_{kind}")
    builder.name_file("export_dialog", path)
    said = f"{path.name} is written."
    builder.wait(lambda: builder.text("status_sentence").startswith(said), "it says so", SOON_MS)


CORNERS = np.array([[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]])


_RAISED = str.maketrans("⁻⁰¹²³⁴⁵⁶⁷⁸⁹", "-0123456789")


@both
def test_the_trained_model_is_exported_as_onnx(
    builder: Builder, tmp_path: Path, by_keys: bool
) -> None:
    wanted = builder.answers(trained(builder))
    path = tmp_path / "xor.onnx"
    export(builder, "onnx", path, by_keys)
    said = builder.text("status_sentence")
    assert "Run by OpenCV on 4 rows" in said
    digits, _, power = said.rstrip(".").rpartition(" ")[2].partition("×10")
    assert float(digits) * 10 ** int(power.translate(_RAISED) or 0) < 1e-6
    model = onnx.load(str(path))
    session = ReferenceEvaluator(model)
    given = CORNERS.astype(np.float32)
    (answers,) = session.run(None, {model.graph.input[0].name: given})
    np.testing.assert_allclose(np.asarray(answers)[:, 0], wanted, atol=1e-6)


@both
def test_the_trained_model_is_exported_as_code(
    builder: Builder, tmp_path: Path, by_keys: bool
) -> None:
    wanted = builder.answers(trained(builder))
    path = tmp_path / "xor.py"
    export(builder, "numpy", path, by_keys)
    run = subprocess.run(
        [sys.executable, "-I", str(path)], capture_output=True, text=True, check=True
    )
    for answer in wanted:
        assert f"{answer:.6f}"[:6] in run.stdout, run.stdout


@both
def test_the_predictions_are_exported(builder: Builder, tmp_path: Path, by_keys: bool) -> None:
    wanted = builder.answers(trained(builder))
    path = tmp_path / "xor.csv"
    export(builder, "csv", path, by_keys)
    with path.open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.reader(file))
    column = next(i for i, name in enumerate(rows[0]) if name.endswith("(output)"))
    assert [float(row[column]) for row in rows[1:]] == wanted


@both
def test_the_drawing_is_exported(builder: Builder, tmp_path: Path, by_keys: bool) -> None:
    trained(builder)
    export(builder, "svg", tmp_path / "xor.svg", by_keys)
    export(builder, "png", tmp_path / "xor.png", by_keys)
    svg = ET.parse(tmp_path / "xor.svg").getroot()
    written = {"".join(text.itertext()).strip() for text in svg.iter(f"{SVG}text")}
    assert {"x₁", "x₂", "h₁", "h₄", "ŷ", "= XOR"} <= written
    assert len(list(svg.iter(f"{SVG}image"))) == 7
    picture = QImage(str(tmp_path / "xor.png"))
    box = [float(part) for part in svg.attrib["viewBox"].split()]
    assert picture.width() / picture.height() == pytest.approx(box[2] / box[3], rel=0.02)
    # The drawing's own colours: a strong edge of either sign.
    for colour in (active().pos, active().neg):
        assert any(
            picture.pixelColor(x, y) == QColor(colour)
            for x in range(0, picture.width(), 2)
            for y in range(0, picture.height(), 2)
        )


# -- Undo and redo ---------------------------------------------------------------------------------


def test_everything_is_undone_and_done_again(builder: Builder) -> None:
    seen = [builder.save()]
    set_weight(builder, EDGE, "2.5")
    seen.append(builder.document.experiment)
    builder.click("layer_0_more")
    builder.wait(lambda: builder.drawn_units == [2, 5, 1], "one unit more", SOON_MS)
    seen.append(builder.document.experiment)
    builder.choose("optimiser", "Adam")
    seen.append(builder.document.experiment)
    builder.click_cell(0, 2)
    builder.wait(lambda: builder.cell(0, 2) == "1", "a target is flipped", SOON_MS)
    seen.append(builder.document.experiment)
    builder.click("step")
    builder.wait(lambda: builder.epoch == 1, "one step is trained", SOON_MS)
    seen.append(builder.document.experiment)
    for before in reversed(seen[:-1]):
        builder.press("Ctrl+Z")
        builder.wait(lambda b=before: builder.document.experiment == b, "a step back", SOON_MS)
        shown = [builder.cell(r, 3) for r in range(4)]
        assert shown == [f"{a:.3f}" for a in builder.answers(before)]
    assert builder.drawn_units == [2, 4, 1]
    assert builder.choice("optimiser") == "SGD"
    assert not builder.find("undo").isEnabled()
    for number, after in enumerate(seen[1:]):
        if number % 2:
            builder.click("redo")
        else:
            builder.press("Ctrl+Shift+Z")
        builder.wait(lambda a=after: builder.document.experiment == a, "a step on", SOON_MS)
    assert builder.save() == seen[-1]


# -- Shortcuts -------------------------------------------------------------------------------------


def test_shortcuts_lead_to_tabs_and_help(builder: Builder, window: GlassnetWindow) -> None:
    for key, index in (("Ctrl+2", window.TEACH), ("Ctrl+3", window.VISION)):
        builder.press(key)
        builder.wait(lambda i=index: window.header.tabs.currentIndex() == i, key, SOON_MS)
    builder.press("Ctrl+1")
    builder.wait(lambda: window.header.tabs.currentIndex() == window.BUILD, "Build", SOON_MS)
    builder.press("Ctrl+F1")
    builder.wait(
        lambda: any(d.isVisible() for d in window.findChildren(QWidget, "keys_dialog")),
        "the shortcuts are listed",
        SOON_MS,
    )
    builder.press("Escape")
    builder.come_back()


def test_shortcuts_zoom_and_fit_the_drawing(builder: Builder) -> None:
    view = builder.canvas.view
    builder.reach("network_view")
    builder.press("Ctrl+minus" if builder.real else "Ctrl+-")
    builder.wait(lambda: view.zoom < 0.9, "it is smaller", SOON_MS)
    builder.press("Ctrl+0")
    builder.wait(lambda: view.zoom == 1.0, "it fits again", SOON_MS)
    builder.wheel(view.viewport(), view.viewport().rect().center(), 2, keys="Ctrl")
    builder.wait(lambda: view.zoom > 1.2, "it is larger", SOON_MS)
    builder.save()


def test_branch_by_key_keeps_the_run(builder: Builder) -> None:
    builder.press("Space")
    builder.wait(lambda: builder.epoch >= 20, "twenty epochs have gone by", SOON_MS)
    builder.press("Space")
    builder.wait(lambda: builder.text("status_state") == "Paused", "it is paused", SOON_MS)
    for _ in range(5):
        builder.press("Left")
    epoch = builder.epoch
    builder.press("b")
    builder.wait(
        lambda: builder.document.undo_stack.undoText() == f"Branch from epoch {epoch}",
        "it has branched",
        SOON_MS,
    )
    assert "1 earlier run" in builder.find("loss_runs").text()  # type: ignore[attr-defined]
    saved = builder.save()
    assert saved.progress is not None
    assert saved.progress.epoch == epoch
