"""Vision's model by itself, as its panels know it: no panel is made here."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from gui.vision_tab.state import SourceKind, StageKind
from gui.vision_tab.vision_model import VisionModel
from tests.gui.told import failures
from tests.gui.vision_tab.conftest import CHELSEA, COFFEE


@pytest.fixture
def model(qtbot: QtBot) -> Iterator[VisionModel]:
    """Return a model; its threads end with the test."""
    model = VisionModel()
    yield model
    qtbot.waitUntil(model.request_close)


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
