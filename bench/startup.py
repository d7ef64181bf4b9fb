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

BUDGET_S = 30
_LIMIT_S = 12.0

_ROOT = Path(__file__).parent.parent

_FIRST_PAINT = """
import os
from PySide6.QtCore import QEvent, QObject, QTimer

def finish():
    print(*sorted({name.partition(".")[0] for name in sys.modules}))
    sys.stdout.flush()
    os._exit(0)  # what comes after this paint is not measured

class Watch(QObject):
    def eventFilter(self, watched, event):
        if event.type() == QEvent.Type.Paint:
            QTimer.singleShot(0, finish)
        return False

# On one widget: Python would be called for each of thousands of events of the application.
watch = Watch()
{watch}
window.show()
app.exec()
"""

# The same calls in the same order as `main.main` and `main.open_window`.
_OURS = (
    """
import sys
from main import choose_blas_threads, prepare_environment
choose_blas_threads([])
prepare_environment()
import model.defaults
from gui.app import make_application, make_window
app = make_application([sys.argv[0]])
window = make_window(frame_first=True)
"""
    + _FIRST_PAINT
)
_FRAME = "window.installEventFilter(watch)"
_CONTENTS = """
pages = window.pages
pages.currentChanged.connect(lambda: pages.currentWidget().installEventFilter(watch))
"""

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
_HEAVY = ("numpy", "msgspec", "scipy", "pyqtgraph", "qtawesome", "cv2", "onnx")


def _run(program: str, home: Path) -> tuple[float, str]:
    """Run `program` in a fresh interpreter; return seconds to its first paint, and its output.

    Compiled modules may be cached, as they are for everyone from the second start on. NumPy has one
    thread, as in our window: starting a second takes the bare program tens of milliseconds.
    """
    environment = {k: v for k, v in os.environ.items() if k != "PYTHONDONTWRITEBYTECODE"}
    environment |= {"HOME": str(home), "XDG_CONFIG_HOME": str(home), "OPENBLAS_NUM_THREADS": "1"}
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


def _row(what: str, watch: str, home: Path) -> Row:
    """Measure one start up to a paint, beside the imports that it needs."""
    ours = _OURS.replace("{watch}", watch)
    loaded = set(_run(ours, home)[1].split())
    needed = [name for name in _HEAVY if name in loaded]
    bare = _BARE.replace("{imports}", "\n".join(f"import {name}" for name in needed))
    bare = bare.replace("{watch}", _FRAME)
    seconds = in_turn(lambda: _run(ours, home)[0], lambda: _run(bare, home)[0], 9, _LIMIT_S)
    return Row.beside(
        what,
        seconds.ours * 1000,
        seconds.peer * 1000,
        peer_name=f"empty window and bare imports ({', '.join(needed)})",
        goal="<= 1.3",
        unit="ms",
    )


def measure() -> list[Row]:
    """Measure the first painted window, and when its contents are there, early and later."""
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        rows = [
            _row("first painted window", _FRAME, home),
            _row("its contents painted, first start", _CONTENTS, home),
        ]
        settings = home / "Glassnet" / "Glassnet.ini"
        settings.parent.mkdir(exist_ok=True)
        settings.write_text("[General]\nfirst_run_left=true\n", encoding="utf-8")
        return [*rows, _row("its contents painted, later starts", _CONTENTS, home)]
