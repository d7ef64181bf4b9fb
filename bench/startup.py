"""Time until a person sees the window, beside an empty window with the same imports."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from bench.harness import Row, in_turn

__all__ = ["measure"]

_ROOT = Path(__file__).parent.parent

_FIRST_PAINT = """
from PySide6.QtCore import QEvent, QObject, QTimer

class FirstPaint(QObject):
    def eventFilter(self, watched, event):
        if event.type() == QEvent.Type.Paint and watched is window:
            QTimer.singleShot(0, app.quit)
        return False

watch = FirstPaint()
app.installEventFilter(watch)
window.show()
app.exec()
print(*sorted({name.partition(".")[0] for name in sys.modules}))
import os
sys.stdout.flush()
os._exit(0)  # what comes after the first paint is not measured
"""

# The same calls in the same order as `main.open_window`.
_OURS = (
    """
import sys
from main import prepare_environment
prepare_environment()
import model.defaults
from gui.app import make_application, make_window
app = make_application([sys.argv[0]])
window = make_window()
"""
    + _FIRST_PAINT
)

_BARE = (
    """
import sys
{imports}
from PySide6 import QtCore, QtGui, QtWidgets
app = QtWidgets.QApplication([sys.argv[0]])
window = QtWidgets.QMainWindow()
window.resize(1440, 900)
"""
    + _FIRST_PAINT
)

# Packages whose import counts as "what it needs"; the bare program imports those that ours did.
_HEAVY = ("numpy", "msgspec", "scipy", "pyqtgraph", "qtawesome", "superqt", "cv2", "onnx")


def _run(program: str, home: Path) -> tuple[float, str]:
    """Run `program` in a fresh interpreter; return seconds to its first paint, and its output.

    Compiled modules may be cached, as they are for everyone from the second start on.
    """
    environment = {k: v for k, v in os.environ.items() if k != "PYTHONDONTWRITEBYTECODE"}
    environment |= {"HOME": str(home), "XDG_CONFIG_HOME": str(home)}
    start = time.perf_counter()
    done = subprocess.run(
        [sys.executable, "-c", program],
        cwd=_ROOT,
        env=environment,
        capture_output=True,
        text=True,
        check=True,
    )
    return time.perf_counter() - start, done.stdout


def _row(who: str, home: Path) -> Row:
    """Measure one person's start, beside the imports that this start needs."""
    loaded = set(_run(_OURS, home)[1].split())
    needed = [name for name in _HEAVY if name in loaded]
    bare = _BARE.replace("{imports}", "\n".join(f"import {name}" for name in needed))
    seconds = in_turn(lambda: _run(_OURS, home)[0], lambda: _run(bare, home)[0], rounds=9)
    return Row.beside(
        f"first painted window, {who}",
        seconds.ours * 1000,
        seconds.peer * 1000,
        peer_name=f"empty window and bare imports ({', '.join(needed)})",
        goal="<= 1.3",
        unit="ms",
    )


def measure() -> list[Row]:
    """Measure a first start and a later one against their goal of 1.3 times a bare one."""
    with tempfile.TemporaryDirectory() as folder:
        first = _row("first start", Path(folder))
        settings = Path(folder, "Glassnet", "Glassnet.ini")
        settings.parent.mkdir(exist_ok=True)
        settings.write_text("[General]\nfirst_run_left=true\n", encoding="utf-8")
        return [first, _row("later starts", Path(folder))]
