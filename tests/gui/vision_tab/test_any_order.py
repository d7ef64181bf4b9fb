"""Whatever a person does in whatever order, the tab stays whole and the last wish counts."""

from __future__ import annotations

import random
from collections.abc import Callable
from functools import partial
from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from gui.vision_tab.model_registry import BUNDLED
from gui.vision_tab.state import SourceKind, VisionState
from gui.vision_tab.tab import VisionTab
from tests.gui.told import failures
from tests.gui.vision_tab.conftest import CHELSEA, COFFEE, Classify, next_model
from tests.gui.vision_tab.media import write_folder, write_video
from tests.gui.vision_tab.test_models import small_model
from tests.tiers import first
from vision.classification import ClassificationResult
from vision.networks.detector import DetectionResult
from vision.result import Task


def at_rest(tab: VisionTab, name: str) -> bool:
    """Tell whether a picture is on the stage and nothing is under way."""
    return tab.title() == name and not (
        tab.model.worker.is_busy or tab.model.worker.is_side_job_running
    )


def test_a_picture_waiting_for_a_model_that_fails_is_read_by_the_old_one(
    qtbot: QtBot, tab: VisionTab, classify: Classify, tmp_path: Path
) -> None:
    classify(COFFEE)
    bad = tmp_path / "bad.onnx"
    bad.write_bytes(b"no model at all")
    said = failures(tab.model.messages)
    tab.model.open_paths([bad])
    tab.open_path(CHELSEA)
    qtbot.waitUntil(lambda: at_rest(tab, "chelsea.png"))
    assert "cat" in tab.top_k.bars.rows[0][0]
    # The card beside the model says so; it is no matter for the message bar.
    assert said == []
    assert "“bad” cannot be used" in tab.model_panel.card_text.text()


def test_settings_of_one_model_never_reach_another(
    qtbot: QtBot, tab: VisionTab, classify: Classify, tmp_path: Path
) -> None:
    with next_model(qtbot, tab):
        tab.model.open_paths([small_model(tmp_path)])
    classify(COFFEE)
    tab.model.choose_model(BUNDLED)
    # The panel still shows the settings of the small model, 8 x 8, when the box is clicked.
    qtbot.mouseClick(tab.xray.swap_box, Qt.MouseButton.LeftButton, pos=QPoint(8, 8))
    qtbot.waitUntil(lambda: at_rest(tab, "coffee.png") and tab.top_k.bars.rows[0][0] == "espresso")
    reading = tab.model.state.result
    assert reading.preprocessing == reading.model.preprocessing


def test_of_what_is_opened_at_once_the_last_stays(
    qtbot: QtBot, tab: VisionTab, tmp_path: Path
) -> None:
    video = write_video(tmp_path / "clip.avi", frames=400)
    folder = write_folder(tmp_path / "folder", count=40)
    tab.open_path(COFFEE)
    tab.open_path(folder)
    tab.open_path(video)
    tab.model.choose_model(BUNDLED)
    tab.open_path(folder)
    tab.open_path(CHELSEA)
    assert not tab.model.state.is_in_folder
    qtbot.waitUntil(lambda: at_rest(tab, "chelsea.png"))
    assert tab.folder_panel.table.rowCount() == 0
    assert [tab.model.state.history[row].name for row in range(2)] == ["chelsea.png", "coffee.png"]


def test_what_a_model_says_of_a_stream_never_stands_under_anothers_name(
    qtbot: QtBot, tab: VisionTab, tmp_path: Path
) -> None:
    kinds = {Task.CLASSIFICATION: ClassificationResult, Task.DETECTION: DetectionResult}
    wrong: list[str] = []
    seen: set[Task] = set()

    def look(state: VisionState) -> None:
        shown = state.result
        if shown is not None:
            seen.add(shown.model.task)
            if not isinstance(shown.result, kinds[shown.model.task]):
                wrong.append(f"{type(shown.result).__name__} by {shown.model.choice.name}")

    tab.model.state_changed.connect(look)
    tab.open_path(write_video(tmp_path / "clip.avi", frames=400))
    for task in (*kinds, *kinds, *kinds, *kinds):
        seen.clear()
        tab.model.choose_task(task)
        qtbot.waitUntil(lambda task=task: task in seen)  # type: ignore[misc]  # a lambda's default has no type
    assert wrong == []


@pytest.mark.parametrize("seed", first(2, range(5)))
def test_random_actions_leave_the_tab_whole(
    qtbot: QtBot, tab: VisionTab, tmp_path: Path, seed: int
) -> None:
    pick = random.Random(seed)
    video = write_video(tmp_path / "clip.avi", frames=60)
    folder = write_folder(tmp_path / "folder", count=20)
    model, xray, bar = tab.model, tab.xray, tab.source_bar
    buttons = [
        bar.freeze_button,
        bar.occlusion_switch,
        *(bar.sources.button(kind) for kind in SourceKind),
        xray.compare_button,
        xray.swap_box,
        xray.reset_button,
        tab.folder_panel.pause_button,
        tab.folder_panel.cancel_button,
        tab.history_panel.clear_button,
    ]
    actions: list[Callable[[], object]] = [
        *(partial(tab.open_path, path) for path in (COFFEE, CHELSEA, video, folder)),
        *(button.click for button in buttons),
        partial(model.open_paths, [small_model(tmp_path)]),
        partial(model.choose_model, BUNDLED),
        lambda: tab.stage.position.setValue(pick.randrange(60)),
        lambda: tab.top_k.slider.setValue(pick.randrange(100)),
        lambda: len(model.state.history) > 0 and model.open_entry(0),
        lambda: tab.folder_panel.table.rowCount() > 0 and model.show_folder_row(0),
    ]
    for _ in range(80):
        pick.choice(actions)()
        for _ in range(pick.choice([0, 1, 5, 50])):
            QApplication.processEvents()
    tab.top_k.slider.setValue(30)
    model.explain(False)
    model.choose_model(BUNDLED)
    tab.open_path(COFFEE)
    xray.reset_button.click()
    qtbot.waitUntil(lambda: at_rest(tab, "coffee.png"))
    assert tab.top_k.bars.rows[0][0] == tab.stage.view.badge.title == "espresso"
    assert not tab.stage.card.isVisible()
    assert not tab.stage.transport_bar.isVisible()
