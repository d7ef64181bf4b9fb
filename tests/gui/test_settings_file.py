"""A settings file that is damaged, of another version, or cannot be written stops nobody."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import QSettings
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from gui.app import show_at_last_position, store_geometry, style_application
from gui.settings import settings
from gui.shell.scale import wanted_scale
from gui.window import GlassnetWindow
from tests.tiers import thorough

ROOT = Path(__file__).resolve().parents[2]
OPEN_AND_SAY = """
import sys
from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication
import main
from gui.window import GlassnetWindow

def say():
    for window in QApplication.topLevelWidgets():
        if isinstance(window, GlassnetWindow):
            print(SEEN)
            window.close()

execute = QApplication.exec
QApplication.exec = lambda *_: (QTimer.singleShot(500, say), execute())[1]
sys.exit(main.main([]))
"""
KEYS = (
    "language", "theme", "reduced_motion", "recent_files", "first_run_left", "scale", "author",
    "recent_actions", "window_geometry", "vision_threshold", "vision_top", "vision_model",
    "all_processors",
)  # fmt: skip


def every(value: str) -> bytes:
    """Return a file in which every setting has the same value."""
    return ("[General]\n" + "".join(f"{key}={value}\n" for key in KEYS)).encode()


@pytest.fixture
def file(own_folders: Path) -> Path:
    path = Path(settings().fileName())
    path.parent.mkdir(parents=True, exist_ok=True)
    return path


@pytest.fixture
def opened(
    file: Path, qapp: QApplication, request: pytest.FixtureRequest
) -> Callable[[bytes], GlassnetWindow]:
    """Return what opens the window, as at a start, with settings of these bytes."""

    def open_with(content: bytes) -> GlassnetWindow:
        file.write_bytes(content)
        settings().sync()
        language, theme = (str(settings().value(key, "")) for key in ("language", "theme"))
        style_application(qapp, language, theme)
        window = request.getfixturevalue("window")
        assert isinstance(window, GlassnetWindow)
        return window

    return open_with


def shown(window: GlassnetWindow) -> str:
    message = window.session.messages.shown
    return "" if message is None else message.sentence()


@pytest.mark.parametrize(
    "content",
    [
        bytes(range(256)) * 50,
        thorough(b"[General\nlanguage=tr\n[[[\n=\n\0\0"),
        every("17"),
        thorough(every('a, b, "c"')),
        thorough(every(r"@ByteArray(\x1\xd9zzz)")),
        thorough(every("@Rect(1 2 x)")),
        every("@Invalid()"),
        thorough(every(r'"{\"a\": 1}"')),
    ],
    ids=["binary", "unclosed", "numbers", "lists", "bytes", "rectangle", "invalid", "json"],
)
def test_the_window_opens_and_works_on_a_damaged_file(
    opened: Callable[[bytes], GlassnetWindow], content: bytes, qtbot: QtBot
) -> None:
    window = opened(content)
    assert wanted_scale(settings()) >= 1.0
    show_at_last_position(window, settings())
    build = window.build_tab
    build.show_all_panels()
    window.show_tab(window.VISION)
    for name in ("palette", "learn", "theme"):
        window.all_actions[name].trigger()
    store_geometry(window, settings())
    assert settings().value("theme") in ("light", "dark")


def test_what_pyside_cannot_read_is_removed(tmp_path: Path) -> None:
    """In a process of its own: PySide raises once."""
    file = tmp_path / "Glassnet" / "Glassnet.ini"
    file.parent.mkdir()
    wrapped = rb"@Variant(\0\0\0\x7f\0\0\0\x1dPySide::PyObjectWrapper\0junk)"
    file.write_bytes(b"[General]\nlanguage=tr\nrecent_files=" + wrapped + b"\n")
    environment = {**os.environ, "XDG_CONFIG_HOME": str(tmp_path), "QT_QPA_PLATFORM": "offscreen"}
    program = OPEN_AND_SAY.replace("SEEN", "window.isVisible()")
    done = subprocess.run(
        [sys.executable, "-c", program],
        cwd=ROOT, env=environment, capture_output=True, text=True, timeout=100, check=False,
    )  # fmt: skip
    assert (done.stdout, done.stderr) == ("True\n", "")
    kept = file.read_bytes()
    assert b"language=tr" in kept
    assert b"recent_files" not in kept


def test_training_takes_all_processors_from_the_start_after_they_were_chosen(
    file: Path, window: GlassnetWindow
) -> None:
    window.all_actions["processors"].trigger()
    processors = os.cpu_count() or 1
    wanted = f"uses 1 of {processors} processors, and {processors} from the next start on"
    assert wanted in shown(window)
    settings().sync()
    program = OPEN_AND_SAY.replace("SEEN", "blas_threads()")
    done = subprocess.run(
        [sys.executable, "-c", f"from model.blas import blas_threads\n{program}"],
        cwd=ROOT, env={**os.environ, "XDG_CONFIG_HOME": str(file.parents[1])},
        capture_output=True, text=True, timeout=100, check=False,
    )  # fmt: skip
    assert done.stdout.split() == [str(processors)], done.stderr
    window.all_actions["processors"].trigger()
    assert "and 1 from the next start on" in shown(window)


def test_a_home_that_cannot_be_written_is_named_and_holds_nothing_up(
    window: GlassnetWindow, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, qtbot: QtBot
) -> None:
    wall = tmp_path / "home"
    wall.write_text("no folder")  # for root, no permission is missing
    QSettings.setPath(QSettings.Format.IniFormat, QSettings.Scope.UserScope, str(wall))
    window.report_unwritable_settings()
    assert shown(window) == f"Settings are not kept: {settings().fileName()} cannot be written."
    window.all_actions["theme"].trigger()
    window.all_actions["theme"].trigger()
    window.session.build.set_units(0, 5)
    autosave = window.session.autosave
    autosave.copy.parent.parent.mkdir(parents=True, exist_ok=True)
    autosave.copy.parent.write_text("no folder")
    autosave.save_now()
    qtbot.waitUntil(lambda: shown(window).startswith("No copy of your unsaved work can be kept."))
    qtbot.waitUntil(lambda: autosave.is_idle)
