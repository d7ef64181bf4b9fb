"""A video: played, held, scrubbed, recorded; frozen and explained; the model changed meanwhile."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PySide6.QtWidgets import QRadioButton, QSlider

from gui.vision_tab.model_registry import BUNDLED, OWN
from tests.e2e.vision.viewer import FRAME_MS, Viewer, read_table
from tests.gui.vision_tab.conftest import COFFEE
from tests.gui.vision_tab.media import write_video
from vision.engine import LOADS

COFFEE_S, CAT_S = 3, 3
FPS = 20
FRAMES = (COFFEE_S + CAT_S) * FPS


@pytest.fixture
def video(tmp_path: Path) -> Path:
    """Write a video that shows the coffee for three seconds, then the cat."""
    return write_video(tmp_path / "clip.avi", FRAMES, FPS)


def playing(viewer: Viewer, video: Path) -> QSlider:
    """Open a video by its dialog and wait until it plays; return its position."""
    viewer.open_by_dialog("source_video", video)
    position = viewer.find("video_position", QSlider)
    viewer.wait(lambda: position.isVisible() and position.value() > 3, "it plays", FRAME_MS)
    return position


def hold(viewer: Viewer) -> None:
    """Press F and wait until the frame on show is held."""
    viewer.press("f")
    viewer.wait(lambda: viewer.text("status_state") == "Frozen", "it is held")


def test_a_video_is_played_held_and_scrubbed(viewer: Viewer, video: Path) -> None:
    position = playing(viewer, video)
    assert viewer.text("status_state") == "Live"
    assert viewer.title == "clip.avi"
    assert position.maximum() == FRAMES - 1
    viewer.wait_for_label("espresso")
    viewer.click("video_play")
    viewer.wait(lambda: viewer.text("status_state") == "Frozen", "it is held")
    held = position.value()
    assert viewer.frame == held + 1
    assert held < COFFEE_S * FPS
    assert viewer.title == "clip.avi, frozen"
    assert viewer.text("video_time") == f"0:{held // FPS:02d}.{held % FPS // 2} of 0:05.9"

    viewer.drag_position(0.75)
    viewer.wait_for_label("Egyptian cat")
    viewer.wait(lambda: viewer.frame == position.value() + 1, "the frame on show is the one sought")
    assert abs(viewer.frame - 0.75 * FRAMES) < 0.05 * FRAMES
    viewer.click_position(0.1)
    viewer.wait_for_label("espresso")
    sought = viewer.frame
    assert abs(sought - 0.1 * FRAMES) < 0.05 * FRAMES

    viewer.click("video_play")
    viewer.wait(lambda: viewer.frame > sought + 3, "it goes on from there", FRAME_MS)
    viewer.drag_position(0.9)
    viewer.wait_for_label("Egyptian cat")
    viewer.wait(lambda: viewer.text("status_state") == "Ended", "it is held at its end", FRAME_MS)
    viewer.wait(lambda: viewer.frame >= FRAMES - 3, "the last frame is on show")
    viewer.click("video_play")
    viewer.wait_for_label("espresso")
    assert viewer.frame < COFFEE_S * FPS


def test_the_model_is_changed_while_a_video_plays(
    viewer: Viewer, tmp_path: Path, own_model: Path
) -> None:
    loads = LOADS.count
    # So long that it still plays when a busy machine has let the file be named.
    position = playing(viewer, write_video(tmp_path / "long.avi", 60 * FPS, FPS))
    viewer.wait_for_label("espresso")
    before = position.value()
    viewer.click(f"model_{OWN}")
    viewer.name_file("model_dialog", own_model)
    names = {"ant", "bee", "cow", "dog"}
    viewer.wait(lambda: {name for name, _ in viewer.bars} == names, "the farm names it", FRAME_MS)
    assert viewer.badge.title in names | {"not sure"}
    assert viewer.find(f"model_{OWN}", QRadioButton).isChecked()
    assert "takes 1×3×8×8, gives 4 scores" in viewer.plain("preflight_text")
    assert viewer.text("xray_shape") == "1×3×8×8"
    assert viewer.text("status_state") == "Live"
    there = position.value()
    assert there > before
    viewer.wait(lambda: position.value() > there + 3, "the video goes on", FRAME_MS)
    viewer.click(f"model_{BUNDLED}")
    viewer.wait(lambda: len(viewer.bars) == 5, "five of a thousand names", FRAME_MS)
    viewer.wait(lambda: viewer.badge.title in ("espresso", "Egyptian cat"), "it knows it again")
    assert viewer.text("xray_shape") == "1×3×224×224"
    assert LOADS.count == loads + 2


def test_a_frame_is_frozen_explained_and_let_go(viewer: Viewer, video: Path) -> None:
    position = playing(viewer, video)
    assert viewer.history == []
    hold(viewer)
    assert viewer.history == [viewer.bars[0][0]] == ["espresso"]
    viewer.click("occlusion_switch")
    viewer.wait(lambda: "Occlusion map ready" in viewer.sentence, "the map is ready", FRAME_MS)
    shown = viewer.tab.stage.view.explanation
    assert shown is not None
    assert shown.sentence.startswith("Hiding the bright part costs up to")
    held = viewer.frame
    assert viewer.tab.model.state.history[0].name == f"clip.avi {held}"
    viewer.click("freeze")
    viewer.wait(lambda: position.value() > held + 2, "the video goes on", FRAME_MS)
    viewer.wait(lambda: viewer.tab.stage.view.explanation is None, "the map is gone")
    assert viewer.text("status_state") == "Live"


def test_a_damaged_video_is_said_and_goes_on(viewer: Viewer, tmp_path: Path) -> None:
    hurt = write_video(tmp_path / "hurt.mp4", FRAMES, FPS)
    data = bytearray(hurt.read_bytes())
    start, end = len(data) * 4 // 10, len(data) * 5 // 10
    data[start:end] = np.random.default_rng(1).bytes(end - start)
    hurt.write_bytes(data)
    position = playing(viewer, hurt)
    viewer.wait(lambda: "cannot be decoded" in viewer.complaint, "the damage is said", FRAME_MS)
    assert viewer.complaint.startswith("hurt.mp4: frames")
    there = position.value()
    viewer.wait(lambda: position.value() > there or there >= FRAMES - 3, "it goes on", FRAME_MS)
    assert viewer.title.startswith("hurt.mp4")
    viewer.drop_on_stage(COFFEE, "coffee.png classified as espresso")
    assert viewer.complaint == ""


def test_a_video_cut_off_is_said_at_its_end(viewer: Viewer, video: Path, tmp_path: Path) -> None:
    cut = tmp_path / "cut.avi"
    cut.write_bytes(video.read_bytes()[: video.stat().st_size // 2])
    playing(viewer, cut)
    viewer.wait(lambda: "cannot be decoded" in viewer.complaint, "the loss is said", FRAME_MS)
    viewer.wait(lambda: viewer.text("status_state") == "Ended", "it is held at its end", FRAME_MS)
    assert viewer.complaint.startswith("cut.avi: frames")
    assert "espresso" in (viewer.badge.title, viewer.badge.figure.split(" ")[0])
    viewer.click("video_play")
    viewer.wait(lambda: 0 < viewer.frame < FRAMES // 3, "it begins anew", FRAME_MS)


def test_every_frame_is_recorded(viewer: Viewer, video: Path, tmp_path: Path) -> None:
    playing(viewer, video)
    before = viewer.frame
    viewer.click("record_csv")
    table = tmp_path / "frames.csv"
    viewer.name_file("record_dialog", table)
    viewer.wait(lambda: "Recording to frames.csv" in viewer.sentence, "it records")
    assert not table.exists()
    shown: list[int] = []

    def a_dozen() -> bool:
        """Note the number of each frame that comes on show."""
        if not shown or shown[-1] != viewer.frame:
            shown.append(viewer.frame)
        return len(shown) == 12

    viewer.wait(a_dozen, "a dozen frames were on show", FRAME_MS)
    viewer.click("record_csv")
    viewer.wait(lambda: "Saved frames.csv with" in viewer.sentence, "the table is written")
    rows = read_table(table)
    assert viewer.sentence == f"Saved frames.csv with {len(rows)} rows."
    numbers = [int(row["picture"].removeprefix("clip.avi ")) for row in rows]
    assert numbers == sorted(set(numbers))
    assert before <= numbers[0]
    # The first, and one that was on its way, came before it recorded.
    assert set(shown[2:]) <= set(numbers)
    assert {row["label"] for row in rows} <= {"espresso", "Egyptian cat"}
    assert all(0 < float(row["probability"]) <= 1 for row in rows)
    assert {row["model"] for row in rows} == {"EfficientNet-Lite0"}
