"""The window opens where the system's language is Turkish, in which the capital of i is not I."""

from __future__ import annotations

import ast
import os
import subprocess
import sys
from collections.abc import Iterator
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


def qt_classes(module: ast.Module) -> set[str]:
    """Return the names of Qt's classes in a module, and of those that derive from them."""
    names = {
        alias.asname or alias.name
        for node in ast.walk(module)
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("PySide6")
        for alias in node.names
    }
    for node in ast.walk(module):
        if isinstance(node, ast.ClassDef):
            bases = {base.id for base in node.bases if isinstance(base, ast.Name)}
            names |= {node.name} if bases & names else set()
    return names


def properties_given(path: Path) -> Iterator[str]:
    """Yield where a Qt object is made with properties, and which."""
    module = ast.parse(path.read_text(encoding="utf-8"))
    classes = qt_classes(module)
    for node in ast.walk(module):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
            for keyword in node.keywords if node.func.id in classes else ():
                yield f"{path.relative_to(ROOT)}:{node.lineno} {keyword.arg}"


def test_no_property_that_begins_with_i_is_given_by_keyword() -> None:
    """PySide looks for `setInterval` by the capital of the first letter, which C's library makes.

    In Turkish there is none in one byte, and `QTimer(interval=10)` is refused.
    """
    given = [where for path in sorted(ROOT.rglob("*.py")) for where in properties_given(path)]
    assert len(given) > 10
    assert [where for where in given if where.split()[1].startswith("i")] == []
