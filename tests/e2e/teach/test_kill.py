"""A window with unsaved classes is killed; the next one offers them."""

from __future__ import annotations

import signal
import subprocess
import sys
from pathlib import Path

import pytest
from PySide6.QtWidgets import QApplication, QDialog
from pytestqt.qtbot import QtBot

from gui.app import style_application
from gui.teach_tab.tab import TeachTab
from tests.e2e.crash.test_kill import environment, new_window, press
from vision.teaching.collection import Collection, with_class
from vision.teaching.project import Project, write_project

ROOT = Path(__file__).resolve().parents[3]

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="SIGKILL is a matter of POSIX")

VICTIM = """
import sys
from pathlib import Path
from main import prepare_environment
prepare_environment()
from gui.app import make_application, make_window
from gui.settings import settings
app = make_application(sys.argv[:1])
settings().setValue("first_run_left", True)
window = make_window()
window.show()
window.open_path(Path(sys.argv[1]))
model = window.session.teach
def work():
    if not model.state.collection.classes:
        return
    model.document.value_changed.disconnect(work)
    model.rename_class(0, "kalem")
    model.add_class("bardak")
    window.session.teach_autosave.saved.connect(lambda: print("saved", flush=True))
model.document.value_changed.connect(work)
app.exec()
"""


def test_classes_come_back_after_a_kill(
    qapp: QApplication, qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    style_application(qapp, language="en", theme="light")
    home, project = tmp_path / "home", tmp_path / "mine.glassteach"
    home.mkdir()
    write_project(Project(with_class(Collection(), "Class 1")), project)
    victim = subprocess.Popen(
        [sys.executable, "-c", VICTIM, str(project)],
        cwd=ROOT,
        env={**environment(home), "PYTHONPATH": str(ROOT)},
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        assert victim.stdout is not None
        assert victim.stdout.readline() == "saved\n"
        victim.send_signal(signal.SIGKILL)
        assert victim.wait(timeout=20) == -signal.SIGKILL
    finally:
        victim.kill()
        victim.wait()
        if victim.stdout is not None:
            victim.stdout.close()
    with new_window(qtbot, home, monkeypatch) as window:
        tab = window.show_tab(window.TEACH)
        assert isinstance(tab, TeachTab)
        qtbot.waitUntil(
            lambda: window.findChild(QDialog, "recovery_dialog") is not None, timeout=10_000
        )
        box = window.findChild(QDialog, "recovery_dialog")
        assert box is not None
        press(box, "recovery_recover")
        assert tab.model.state.collection.names == ("kalem", "bardak")
        assert tab.model.document.path == project
        assert tab.model.document.is_modified
        copy = window.session.teach_autosave.copy
        qtbot.waitUntil(copy.exists, timeout=10_000)
    assert [path for path in (home / "xdg_state_home").rglob("*") if path.is_file()] == []
