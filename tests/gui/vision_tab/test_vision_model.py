"""Vision's model by itself, as its panels know it: no panel is made here."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from gui.vision_tab.state import Classified, SourceKind, StageKind
from gui.vision_tab.vision_model import VisionModel
from tests.gui.told import failures
from tests.gui.vision_tab.conftest import CHELSEA, COFFEE
from tests.gui.vision_tab.media import write_folder

pytestmark = pytest.mark.timeout(240)


@pytest.fixture
def model(qtbot: QtBot) -> Iterator[VisionModel]:
    """Return a model; its threads end with the test."""
    model = VisionModel()
    yield model
    qtbot.waitUntil(model.request_close)


def test_a_picture_makes_one_new_state_and_leaves_the_earlier_ones(
    qtbot: QtBot, model: VisionModel
) -> None:
    before = model.state
    model.open_paths([COFFEE])
    qtbot.waitUntil(lambda: model.state.result is not None)
    state = model.state
    assert state.result.result.best.label == "espresso"
    assert (state.stage.kind, state.history_row) == (StageKind.PICTURE, 0)
    assert [entry.name for entry in state.history] == ["coffee.png"]
    assert isinstance(state.event, Classified)
    assert state.settings.used == state.settings.own
    assert (before.result, before.history) == (None, ())
    model.set_threshold(0.5)
    assert model.state.history is state.history
    assert model.state.source == state.source


def test_a_picture_that_comes_late_leaves_the_stage_to_another_source(
    qtbot: QtBot, model: VisionModel
) -> None:
    def check_empty(entries: int) -> None:
        qtbot.waitUntil(lambda: not model.state.is_busy)
        state = model.state
        assert len(state.history) == entries
        assert (state.stage.kind, state.result, state.history_row) == (StageKind.EMPTY, None, None)

    model.open_paths([COFFEE])
    model.choose_source(SourceKind.CAMERA)
    check_empty(0)
    model.open_paths([COFFEE])
    qtbot.waitUntil(lambda: model.state.result is not None)
    model.open_entry(0)
    model.choose_source(SourceKind.VIDEO)
    check_empty(1)


def test_a_folder_is_told_as_it_grows(qtbot: QtBot, model: VisionModel, tmp_path: Path) -> None:
    done: list[int] = []
    model.state_changed.connect(lambda state: state.folder and done.append(state.folder.done))
    model.open_paths([write_folder(tmp_path / "mixed", count=4)])
    assert model.state.is_in_folder
    assert not model.state.source.can_explain
    qtbot.waitUntil(lambda: not model.state.is_in_folder)
    folder = model.state.folder
    assert (folder.done, folder.total, folder.failed) == (5, 5, 1)
    assert done == sorted(done)
    qtbot.waitUntil(lambda: model.state.source.can_explain)


def test_what_cannot_be_opened_is_said_once_and_changes_nothing(
    qtbot: QtBot, model: VisionModel, tmp_path: Path
) -> None:
    said = failures(model.messages)
    model.open_paths([CHELSEA])
    qtbot.waitUntil(lambda: model.state.result is not None)
    shown = model.state.result
    model.open_address("front door")
    model.open_paths([tmp_path / "letter.txt"])
    assert ["front door" in said[0], "letter.txt" in said[1], len(said)] == [True, True, 2]
    assert model.state.result is shown
    model.open_paths([tmp_path / "gone.png"])
    qtbot.waitUntil(lambda: len(said) == 3)
    assert model.state.result is shown
    assert model.state.source.can_explain
