"""A person at the Teach tab, pictures to give them, and a camera on the network."""

from __future__ import annotations

from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from gui.window import GlassnetWindow
from tests.e2e.teach.teacher import Teacher
from tests.vision.teaching.drawn import drawn_folder
from vision.teaching.importing import import_folder
from vision.teaching.splitting import split


@pytest.fixture
def teacher(known: None, qtbot: QtBot, window: GlassnetWindow) -> Teacher:
    """Return someone at the Teach tab."""
    return Teacher(qtbot, window)


@pytest.fixture
def unseen(tmp_path: Path) -> Path:
    """Return a folder with one star and one picture of stripes that are in no class."""
    return drawn_folder(tmp_path / "unseen", 1, ("stars", "stripes"), seed=7)


@pytest.fixture
def mixed_up(tmp_path: Path) -> Path:
    """Return two class folders, in which one picture that will be held out lies in the wrong one.

    It lies in ``stars`` and shows stripes.
    """
    home = drawn_folder(tmp_path / "kinds", 12, ("stars", "stripes"))
    found = import_folder(home, lambda: False, lambda done, total: None)
    assert found is not None
    held = split(found.collection)
    for picture in found.collection.classes[1].pictures:
        assert picture.path is not None
        moved = home / "stars" / f"wrong-{picture.path.name}"
        picture.path.rename(moved)
        again = import_folder(home, lambda: False, lambda done, total: None)
        assert again is not None
        if picture.sha256 in held & split(again.collection):
            return home
        moved.rename(picture.path)
    raise AssertionError("no picture is held out wherever it lies")
