"""Vision in the real window: how often the stage is drawn and how much of it is classified."""

from __future__ import annotations

import math
import tempfile
import time
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

import cv2
import numpy as np

from bench.bare_loop import BareLoop
from bench.harness import SHARE, Row, in_turn
from bench.mjpeg_server import mjpeg_stream
from bench.vision_streams import write_video
from bench.window_alive import FrameCounter, make_bench_application, run_for, shown
from gui.app import make_window
from gui.vision_tab.tab import VisionTab
from vision.formats.manifest import ASSETS
from vision.pictures.files import read_picture

BUDGET_S = 84
_SECONDS = 10.0 * SHARE
_DRAWN_WH, _DRAWN_FPS = (1280, 720), 60.0
_WH = (640, 480)
# As many as cameras and videos have, and more than two cores can classify.
_RATES_FPS = 60, 120
_ROUNDS, _ROUND_S, _LIMIT_S = 5, 2.0 * SHARE, 14.0
_VIDEO_S = 4


def measure() -> Iterator[Row]:
    """Show streams and a video in the window, with every panel of a screen of 1440 x 900."""
    _app = make_bench_application()
    window = make_window()
    window.resize(1440, 900)
    with shown(window):
        tab = window.tab(window.VISION)
        assert isinstance(tab, VisionTab)
        window.show_tab(window.VISION)
        yield from _rows(tab)


def _rows(tab: VisionTab) -> Iterator[Row]:
    with mjpeg_stream(_DRAWN_WH, _DRAWN_FPS) as address:
        yield _drawn(tab, address)
    for fps in _RATES_FPS:
        with mjpeg_stream(_WH, fps) as address:
            name = f"stream {_WH[0]} x {_WH[1]}, {fps} a second, classified in the window"
            # The server keeps the pace.
            opened = partial(tab.model.open_address, address)
            yield _classified(tab, name, address, opened, math.inf)
    picture = read_picture(ASSETS / "images" / "coffee.png")
    for fps in _RATES_FPS:
        with tempfile.TemporaryDirectory() as folder:
            video = write_video(Path(folder, "video.avi"), picture, _VIDEO_S * fps, fps)
            name = f"video {_WH[0]} x {_WH[1]}, {fps} a second, classified in the window"
            yield _classified(tab, name, str(video), partial(tab.open_path, video), fps)
            _stop(tab)


def _stop(tab: VisionTab) -> None:
    tab.model.stop()
    run_for(10.0, until=lambda: not tab.model.state.is_busy)


def _begin(tab: VisionTab, start: Callable[[], None]) -> None:
    """Start a stream and let it run up."""
    start()
    run_for(20.0, until=lambda: tab.model.state.live is not None)
    run_for(0.5)


def _drawn(tab: VisionTab, address: str) -> Row:
    _begin(tab, lambda: tab.model.open_address(address))
    run_for(1.5)
    frames = FrameCounter(tab.stage.view)
    run_for(_SECONDS)
    drawn = frames.frames / _SECONDS
    _stop(tab)
    name = f"stream {_DRAWN_WH[0]} x {_DRAWN_WH[1]}, {_DRAWN_FPS:.0f} a second, drawn in the window"
    return Row.alone(name, drawn, goal=">= 55", unit="frames/s")


def _processed(tab: VisionTab) -> int:
    stream = tab.model.stream
    assert stream is not None  # it has begun
    assert stream.update is not None
    return stream.update.processed


def _classified(
    tab: VisionTab, name: str, address: str, start: Callable[[], None], most_fps: float
) -> Row:
    """Compare what the window classifies, while it draws, with a loop that does nothing else.

    The loop takes at most `most_fps` frames a second: the window shows no video faster than it is.
    """
    bare = BareLoop()

    def ours() -> float:
        _begin(tab, start)
        before, started = _processed(tab), time.perf_counter()
        run_for(_ROUND_S)
        rate = (_processed(tab) - before) / (time.perf_counter() - started)
        _stop(tab)
        return rate

    def theirs() -> float:
        capture = cv2.VideoCapture(address, cv2.CAP_FFMPEG)
        count, started = 0, 0.0
        while not started or time.perf_counter() < started + _ROUND_S:
            there, frame = capture.read()
            if not there:
                break
            if started:
                time.sleep(max(0.0, started + (count + 1) / most_fps - time.perf_counter()))
            bare(np.asarray(frame, np.uint8))
            if started:
                count += 1
            else:
                # The first frame waits for the connection.
                started = time.perf_counter()
        elapsed = time.perf_counter() - started
        capture.release()
        return count / elapsed

    found = in_turn(ours, theirs, _ROUNDS, _LIMIT_S)
    return Row.beside(
        name,
        found.ours,
        found.peer,
        peer_name="bare loop with VideoCapture, no window",
        goal=">= 0.95",
        unit="frames/s",
    )
