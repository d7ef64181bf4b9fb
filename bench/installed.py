"""Time until a person sees the window of an installed Glassnet, beside that of the checkout."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from bench.harness import Row, in_turn

LONG_BUDGET_S = 90
_LIMIT_S = 45.0
_ROUNDS = 15
_DROPPED = ("PYTHONPATH", "PYTHONDONTWRITEBYTECODE")
_ROOT = Path(__file__).resolve().parent.parent

# Runs a command's own script; ends it when the first paint of its window is over.
_UNTIL_PAINTED = """
import os, runpy, sys

class UntilPainted:
    def find_spec(self, name, path=None, target=None):
        if name == "gui.app":
            sys.meta_path.remove(self)
            from PySide6.QtCore import QEvent, QObject, QTimer
            from PySide6.QtWidgets import QApplication

            class Watch(QObject):
                def eventFilter(self, watched, event):
                    if event.type() == QEvent.Type.Paint:
                        QTimer.singleShot(0, lambda: os._exit(0))
                    return False

            def watched_exec(real=QApplication.exec):
                watch = Watch()
                for widget in QApplication.topLevelWidgets():
                    widget.installEventFilter(watch)
                return real()

            QApplication.exec = staticmethod(watched_exec)

sys.meta_path.insert(0, UntilPainted())
sys.argv = sys.argv[1:]
sys.path[0] = os.path.dirname(sys.argv[0])
runpy.run_path(sys.argv[0], run_name="__main__")
sys.exit("no window was painted")
"""


def _install(folder: Path) -> Path:
    """Build the wheel and install it; return the environment."""
    found = [". .ci/lib/uv.sh; find_uv"]
    uv = subprocess.run(
        ["sh", "-c", *found], cwd=_ROOT, capture_output=True, text=True, check=True
    ).stdout.strip()
    # The bench's own cache folder is empty, and everything would be fetched anew.
    environment = {"UV_CACHE_DIR": str(Path.home() / ".cache" / "uv"), **os.environ}
    environment.pop("XDG_CACHE_HOME", None)

    def run(*words: object) -> None:
        subprocess.run([uv, *map(str, words)], cwd=_ROOT, env=environment, check=True)

    run("build", "--quiet", "--wheel", "--out-dir", folder)
    (wheel,) = folder.glob("*.whl")
    made = folder / "environment"
    run("venv", "--quiet", "--python", sys.executable, made)
    python = made / "bin" / "python"
    run("pip", "install", "--quiet", "--python", python, "-c", "requirements.txt", wheel)
    return made


def _start_s(python: Path | str, script: Path, home: Path) -> float:
    """Start Glassnet from a folder of its own; return seconds to its first paint."""
    inherited = {k: v for k, v in os.environ.items() if k not in _DROPPED}
    begun = time.perf_counter()
    subprocess.run(
        [python, "-c", _UNTIL_PAINTED, script],
        cwd=home,
        env={**inherited, "HOME": str(home), "XDG_CONFIG_HOME": str(home)},
        check=True,
    )
    return time.perf_counter() - begun


def measure_long() -> Iterator[Row]:
    """Measure starts in turn; compiled modules are cached, as from the second start on."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        made, home = _install(folder), folder / "home"
        home.mkdir()

        def installed() -> float:
            return _start_s(made / "bin" / "python", made / "bin" / "glassnet", home)

        def checkout() -> float:
            return _start_s(sys.executable, _ROOT / "main.py", home)

        seconds = in_turn(installed, checkout, _ROUNDS, _LIMIT_S)
        yield Row.beside(
            "first painted window, installed",
            seconds.ours * 1000,
            seconds.peer * 1000,
            peer_name="the same from the checkout",
            goal="<= 1.1",
            unit="ms",
        )
