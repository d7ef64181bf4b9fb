"""Vision in the real window: how often the stage is drawn while a stream is classified."""

from __future__ import annotations

import os

from bench.harness import Row
from bench.mjpeg_server import mjpeg_stream
from bench.window_alive import FrameCounter, make_bench_application, run_for
from gui.app import make_window
from gui.vision.vision_tab import VisionTab

_SECONDS = float(os.environ.get("BENCH_SECONDS", 20))
_SIZE_WH = (1280, 720)
_FPS = 60.0


def measure() -> list[Row]:
    """Show a stream of 60 frames a second, 1280 x 720, for a while with every panel."""
    _app = make_bench_application()
    window = make_window()
    window.resize(1440, 900)
    window.show()
    tab = window.tab(window.VISION)
    assert isinstance(tab, VisionTab)
    window.show_tab(window.VISION)
    with mjpeg_stream(_SIZE_WH, _FPS) as address:
        tab.open_address(address)
        run_for(20.0, until=lambda: tab.live.update is not None)
        run_for(2.0)
        frames = FrameCounter(tab.stage.view.viewport())
        run_for(_SECONDS)
        drawn = frames.frames / _SECONDS
    window.document.undo_stack.setClean()
    window.close()
    run_for(5.0, until=lambda: not window.isVisible())
    name = f"stream {_SIZE_WH[0]} x {_SIZE_WH[1]}, {_FPS:.0f} a second, drawn in the window"
    return [Row.alone(name, drawn, goal=">= 55", unit="frames/s")]
