"""The window opens where the system's language is Turkish, in which the capital of i is not I."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

import gui

ROOT = Path(gui.__file__).parent
LOCALES = Path("/usr/share/i18n/locales")
OPEN_EVERY_TAB = """
from main import prepare_environment
prepare_environment()
import locale, sys
from PySide6.QtCore import QTimer
from gui.app import make_application, make_window
app = make_application(["glassnet"])
window = make_window()
window.show()
for tab in (window.BUILD, window.TEACH, window.VISION):
    window.show_tab(tab)
    app.processEvents()
window.build_tab.show_all_panels()
window.build_tab.workbench.create_lazy_views()
for name in ("palette", "learn", "glossary", "guide", "keys", "about"):
    window.all_actions[name].trigger()
    app.processEvents()
print(locale.setlocale(locale.LC_CTYPE))
QTimer.singleShot(0, window.close)
sys.exit(app.exec())
"""


@pytest.fixture(scope="session")
def turkish(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """Return the environment of a process on a Turkish system."""
    if not LOCALES.joinpath("tr_TR").is_file():
        pytest.skip("needs Debian's package locales, or its like, to make a Turkish locale")
    folder = tmp_path_factory.mktemp("locales")
    made: list[str | Path] = ["localedef", "-i", "tr_TR", "-f", "UTF-8", folder / "tr_TR.UTF-8"]
    subprocess.run(made, check=True)
    return {**os.environ, "LOCPATH": str(folder), "LC_ALL": "tr_TR.UTF-8", "LANGUAGE": ""}


def test_every_tab_opens_on_a_turkish_system(turkish: dict[str, str], tmp_path: Path) -> None:
    own = {"QT_QPA_PLATFORM": "offscreen", "HOME": str(tmp_path), "XDG_CONFIG_HOME": str(tmp_path)}
    words = [sys.executable, "-c", OPEN_EVERY_TAB]
    done = subprocess.run(
        words, cwd=ROOT.parent, env=turkish | own, capture_output=True, text=True, timeout=120
    )
    assert done.returncode == 0, done.stderr
    # That is, the locale was there, and the application works in it.
    assert done.stdout.split() == ["tr_TR.UTF-8"], done.stderr
    # PySide looks for `setInterval` by a capital that C's library lacks in Turkish.
    assert "Traceback" not in done.stderr
