"""The window opens as it was closed, and never larger than its screen without need."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import QSettings, QSize
from PySide6.QtWidgets import QMainWindow
from pytestqt.qtbot import QtBot

from gui.app import fitting_size, show_at_last_position, store_geometry


@pytest.mark.parametrize(
    ("available", "size"),
    [
        (QSize(1920, 1040), QSize(1440, 900)),
        (QSize(1440, 900), QSize(1432, 860)),
        (QSize(1280, 720), QSize(1272, 680)),
        (QSize(1024, 680), QSize(1024, 680)),
    ],
)
def test_the_first_size_fits_the_screen(available: QSize, size: QSize) -> None:
    assert fitting_size(QSize(1440, 900), QSize(1024, 680), available) == size


@pytest.mark.parametrize("damaged", [False, True])
def test_the_last_size_comes_back(qtbot: QtBot, tmp_path: Path, damaged: bool) -> None:
    path = str(tmp_path / "settings.ini")
    windows = [QMainWindow(), QMainWindow()]
    for window in windows:
        qtbot.addWidget(window)
        window.resize(300, 200)
    first, second = windows
    show_at_last_position(first, QSettings(path, QSettings.Format.IniFormat))
    first.resize(420, 310)
    first.close()
    settings = QSettings(path, QSettings.Format.IniFormat)
    store_geometry(first, settings)
    if damaged:
        settings.setValue("window/geometry", "nonsense")
    settings.sync()
    show_at_last_position(second, QSettings(path, QSettings.Format.IniFormat))
    assert second.size() == (QSize(300, 200) if damaged else QSize(420, 310))
