"""Pictures and models that come in, rightly and wrongly; pictures and tables that go out."""

from __future__ import annotations

import shutil
from pathlib import Path

import cv2
import numpy as np
from PySide6.QtGui import QGuiApplication, QImage
from PySide6.QtWidgets import QRadioButton

from gui.vision_tab.model_registry import BUNDLED
from tests.e2e.vision.viewer import FRAME_MS, Viewer, read_table
from tests.gui.vision_tab.conftest import CHELSEA, COFFEE
from vision.classification import ClassificationResult
from vision.drawing import draw_as_tutorial


def test_a_picture_is_opened_by_the_dialog_another_is_pasted(viewer: Viewer) -> None:
    viewer.click("stage_card_button")
    viewer.name_file("open_dialog", COFFEE)
    viewer.wait_for_label("espresso")
    assert viewer.title == "coffee.png"
    assert viewer.figure("image") == "600"
    QGuiApplication.clipboard().setImage(QImage(str(CHELSEA)))
    viewer.press("Ctrl+V")
    viewer.wait_for_label("Egyptian cat")
    assert viewer.title == "Pasted picture"
    assert viewer.tab.stage.view.image.size() == QImage(str(CHELSEA)).size()
    QGuiApplication.clipboard().setText(str(COFFEE))
    viewer.press("Ctrl+V")
    viewer.wait_for_label("espresso")
    assert viewer.history == ["espresso", "Egyptian cat", "espresso"]


def test_pictures_are_saved_with_their_label(viewer: Viewer, tmp_path: Path) -> None:
    viewer.drop_on_stage(COFFEE, "coffee.png classified as espresso")
    reading = viewer.tab.model.state.result
    assert reading is not None
    assert isinstance(reading.result, ClassificationResult)
    original = np.asarray(cv2.imread(str(COFFEE)), np.uint8)
    drawn = {}
    for style in ("app", "tutorial"):
        viewer.pick("snapshot", f"snapshot_{style}_style")
        path = tmp_path / f"{style}.png"
        viewer.name_file("save_snapshot_dialog", path)
        viewer.wait(lambda style=style: f"Saved {style}.png" in viewer.sentence, "it is saved")
        drawn[style] = cv2.imread(str(path))
        assert drawn[style].shape == original.shape
    np.testing.assert_array_equal(drawn["tutorial"], draw_as_tutorial(original, reading.result))
    changed = (drawn["app"] != original).any(axis=2)
    rows, columns = np.nonzero(changed)
    seen = reading.result.seen
    # The corners of what was seen, and the chip near its bottom; nothing else is touched.
    assert 0.01 < changed.mean() < 0.2
    assert columns.min() >= seen.left_px - 4
    assert columns.max() <= seen.left_px + seen.width_px + 4
    assert changed[round(0.85 * len(changed)) :].sum() > 0.7 * len(rows)


def test_the_history_is_written_and_cleared(viewer: Viewer, tmp_path: Path) -> None:
    for path, label in ((COFFEE, "espresso"), (CHELSEA, "Egyptian cat")):
        viewer.drop_on_stage(path, f"classified as {label}")
    assert viewer.history == ["Egyptian cat", "espresso"]
    shown = viewer.bars[0][1]
    viewer.click("history_save")
    table = tmp_path / "history.csv"
    viewer.name_file("save_history_dialog", table)
    viewer.wait(lambda: "Saved history.csv" in viewer.sentence, "the table is written")
    rows = read_table(table)
    assert [(row["picture"], row["label"]) for row in rows] == [
        (str(COFFEE), "espresso"),
        (str(CHELSEA), "Egyptian cat"),
    ]
    assert f"{100 * float(rows[1]['probability']):.1f}%" == shown
    assert [row["sure"] for row in rows] == ["yes", "yes"]
    viewer.click("history_clear")
    assert viewer.history == []
    assert not viewer.find("history_save").isEnabled()
    assert viewer.badge.title == "Egyptian cat"


def test_what_could_not_be_written_is_forgotten_once_something_is(
    viewer: Viewer, tmp_path: Path
) -> None:
    stick = tmp_path / "stick"
    stick.mkdir()
    viewer.click("record_csv")
    viewer.name_file("record_dialog", stick / "frames.csv")
    viewer.wait(lambda: "Recording to frames.csv" in viewer.sentence, "it records")
    viewer.drop_on_stage(COFFEE, "coffee.png classified as espresso")
    shutil.rmtree(stick)
    viewer.click("record_csv")
    viewer.wait(lambda: "cannot be written" in viewer.complaint, "it is said")
    assert "frames.csv" in viewer.complaint
    viewer.click("history_save")
    viewer.name_file("save_history_dialog", tmp_path / "history.csv")
    viewer.wait(lambda: "Saved history.csv" in viewer.sentence, "the table is written")
    assert viewer.complaint == ""


def test_wrong_files_are_named_and_nothing_is_lost(viewer: Viewer, tmp_path: Path) -> None:
    viewer.drop_on_stage(COFFEE, "coffee.png classified as espresso")
    bars = viewer.bars
    text = tmp_path / "letter.jpg"
    text.write_text("Dear reader, this is no picture.\n" * 20)
    viewer.drop_on_stage(text, "letter.jpg")
    assert "letter.jpg" in viewer.complaint
    assert "picture" in viewer.complaint
    assert (viewer.title, viewer.badge.title, viewer.bars) == ("coffee.png", "espresso", bars)
    assert viewer.history == ["espresso"]

    broken = tmp_path / "broken.onnx"
    broken.write_bytes(np.random.default_rng(1).bytes(5000))
    viewer.drop(
        broken,
        viewer.find("stage_view"),
        done=lambda: "“broken” cannot be used" in viewer.plain("preflight_text"),
    )
    assert "“EfficientNet-Lite0” stays in use" in viewer.plain("preflight_text")
    assert viewer.find(f"model_{BUNDLED}", QRadioButton).isChecked()
    assert (viewer.title, viewer.badge.title, viewer.bars) == ("coffee.png", "espresso", bars)

    unknown = tmp_path / "notes.docx"
    unknown.write_bytes(b"PK")
    viewer.drop_on_stage(unknown, "notes.docx is nothing Glassnet can open")
    # The message goes when it is closed, and the next picture is read as ever.
    viewer.click("message_close")
    assert viewer.complaint == ""
    viewer.drop_on_stage(CHELSEA, "chelsea.png classified as Egyptian cat")
    assert viewer.history == ["Egyptian cat", "espresso"]


def test_videos_without_a_picture(viewer: Viewer, tmp_path: Path) -> None:
    empty = tmp_path / "empty.avi"
    empty.write_bytes(b"")
    viewer.drop_on_stage(empty, "empty.avi cannot be opened.")
    assert "this is no video that can be played" in viewer.complaint
    frameless = tmp_path / "frameless.avi"
    cv2.VideoWriter(str(frameless), cv2.VideoWriter.fourcc(*"MJPG"), 20, (320, 240)).release()
    viewer.drop_on_stage(frameless, "frameless.avi holds no picture that can be shown.")
    assert viewer.text("status_state") == "Ready"
    viewer.drop_on_stage(CHELSEA, "chelsea.png classified as Egyptian cat")
    assert viewer.card == ""
    viewer.wait(lambda: viewer.text("status_state") == "Ready", "all is at rest", FRAME_MS)
