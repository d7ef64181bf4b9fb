"""The Teach tab in its window, and folders of drawn pictures for it."""

from __future__ import annotations

from pathlib import Path
from typing import overload

import pytest
from PySide6.QtWidgets import QDialog
from pytestqt.qtbot import QtBot

from gui.teach_tab.tab import TeachTab
from gui.window import GlassnetWindow
from tests.gui.vision_tab.conftest import PATIENT_MS, qtbot
from tests.vision.teaching.drawn import drawn_folder

__all__ = ["qtbot"]


@pytest.fixture
def drawn(tmp_path: Path) -> Path:
    """Return a folder of three classes of six pictures each."""
    return drawn_folder(tmp_path / "drawn", 6, ("discs", "stars", "stripes"))


@pytest.fixture
def tab(window: GlassnetWindow) -> TeachTab:
    """Return the tab in front."""
    found = window.show_tab(window.TEACH)
    assert isinstance(found, TeachTab)
    return found


@pytest.fixture
def imported(tab: TeachTab, drawn: Path, qtbot: QtBot) -> TeachTab:
    """Return the tab with three classes of six pictures."""
    import_now(tab, drawn, qtbot)
    return tab


@pytest.fixture
def taught(imported: TeachTab, qtbot: QtBot) -> TeachTab:
    """Return the tab with three classes, and a head that has learned them."""
    train_now(imported, qtbot)
    return imported


def import_now(tab: TeachTab, folder: Path, qtbot: QtBot) -> None:
    """Import a folder and put its report away."""
    tab.model.import_folder(folder)
    import_report(tab, qtbot).accept()


def import_report(tab: TeachTab, qtbot: QtBot) -> QDialog:
    """Return the report of an import, once it is there."""
    qtbot.waitUntil(lambda: dialog(tab, "import_report") is not None, timeout=PATIENT_MS)
    report = dialog(tab, "import_report")
    assert report is not None
    return report


def train_now(tab: TeachTab, qtbot: QtBot) -> None:
    """Train to the end."""
    tab.model.train()
    at_rest(tab, qtbot)


def at_rest(tab: TeachTab, qtbot: QtBot) -> None:
    """Wait until nothing is read or trained."""
    qtbot.waitUntil(lambda: tab.model.state.busy is None, timeout=PATIENT_MS)


@overload
def dialog(tab: TeachTab, name: str) -> QDialog | None: ...
@overload
def dialog[D: QDialog](tab: TeachTab, name: str, kind: type[D]) -> D | None: ...
def dialog(tab: TeachTab, name: str, kind: type[QDialog] = QDialog) -> QDialog | None:
    """Return the dialog of a name that is open."""
    found = tab.window().findChildren(kind, name)
    return next((one for one in found if one.isVisible()), None)
