"""Memory of the window while hundreds of pictures, videos and models are dropped on Vision."""

from __future__ import annotations

import random
import shutil
import tempfile
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import cv2
from PySide6.QtCore import QMimeData, QPointF, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent, QDropEvent, QImage
from PySide6.QtWidgets import QApplication

from bench.harness import SHARE, Row, resident_mb
from bench.vision_streams import write_video
from bench.window_alive import make_bench_application, run_for, shown
from gui.app import make_window
from gui.vision_tab.tab import VisionTab
from vision.formats.manifest import ASSETS
from vision.pictures.files import read_picture

LONG_BUDGET_S = 900
_DROPS, _SETTLED = round(1800 * SHARE), round(200 * SHARE)
_VIDEOS, _MODELS = 20, 50
_PATIENT_S = 120.0
_SIZES_WH = (
    *((16, 16), (64, 48), (120, 300), (320, 240), (640, 480), (1024, 768), (1280, 720)),
    *((1920, 1080), (2560, 1440), (3000, 2000), (4000, 3000)),
)
_SUFFIXES = (".png", ".jpg", ".webp", ".tiff", ".bmp")


def measure_long() -> Iterator[Row]:
    """Drop pictures of many sizes, whole and damaged, folders, videos and models on the window."""
    _app = make_bench_application()
    window = make_window()
    window.resize(1440, 900)
    with tempfile.TemporaryDirectory() as folder, shown(window):
        tab = window.tab(window.VISION)
        assert isinstance(tab, VisionTab)
        window.show_tab(window.VISION)
        yield _gained(tab, _Things(Path(folder)))


class _Things:
    """Files to drop.

    Attributes
    ----------
    pictures, damaged
        Eleven sizes in five formats, and some of them cut in half.
    folders
        A dozen pictures each, a few of them damaged.
    videos, models
        Three that play and one cut in half; two that work and one cut in half.
    """

    def __init__(self, folder: Path) -> None:
        whole, cut = folder / "whole", folder / "cut"
        for new in (whole, cut):
            new.mkdir()
        self.pictures = [
            _write_picture(whole / f"{width}{suffix}", (width, height))
            for width, height in _SIZES_WH
            for suffix in _SUFFIXES
        ]
        self.damaged = [_halved(path, cut) for path in self.pictures[::3]]
        self.folders = []
        for index in range(3):
            self.folders.append(folder / f"folder {index}")
            self.folders[-1].mkdir()
            for path in [*self.pictures[6 * index :][:10], *self.damaged[index:][:2]]:
                shutil.copyfile(path, self.folders[-1] / path.name)
        coffee = read_picture(ASSETS / "images" / "coffee.png")
        self.videos = [
            write_video(whole / f"video {index}.avi", coffee, 20 + 20 * index, 25.0)
            for index in range(3)
        ]
        self.videos.append(_halved(self.videos[-1], cut))
        bundled = ASSETS / "models" / "efficientnet_lite0.onnx"
        self.models = [Path(shutil.copyfile(bundled, whole / f"{n} model.onnx")) for n in "ab"]
        self.models.append(_halved(bundled, cut))


def _write_picture(path: Path, size_wh: tuple[int, int]) -> Path:
    photograph = read_picture(ASSETS / "images" / ("coffee.png", "chelsea.png")[size_wh[0] % 3 > 0])
    cv2.imwrite(str(path), cv2.resize(photograph, size_wh))
    return path


def _halved(path: Path, folder: Path) -> Path:
    data = path.read_bytes()
    half = folder / path.name
    half.write_bytes(data[: len(data) // 2])
    return half


def _gained(tab: VisionTab, things: _Things) -> Row:
    """Return what the process gains after the first drops have shown how much it needs."""
    draw = random.Random(0)
    work: list[Callable[[], None]] = []
    for index in range(_DROPS):
        work.append(lambda: _drop_something(tab, things, draw))
        if index % max(1, _DROPS // _VIDEOS) == 0:
            work.append(lambda: _play(tab, draw.choice(things.videos)))
        if index % max(1, _DROPS // _MODELS) == 0:
            work.append(lambda: _change_model(tab, things, draw))
    settled = 0.0
    for done, act in enumerate(work):
        if done == _SETTLED:
            settled = _at_rest(tab, things)
        act()
    return Row.alone(
        f"memory gained from drop {_SETTLED} to {_DROPS}, {_VIDEOS} videos and {_MODELS} models",
        _at_rest(tab, things) - settled,
        goal="<= 20",
        unit="MB",
    )


def _at_rest(tab: VisionTab, things: _Things) -> float:
    """Return the memory in use with the bundled model loaded and one picture on the stage."""
    tab.model.choose_model("bundled")
    _settle(tab)
    _drop(tab, _urls(things.pictures[20:21]))
    _settle(tab)
    return resident_mb()


def _drop_something(tab: VisionTab, things: _Things, draw: random.Random) -> None:
    """Drop one thing or several, and mostly wait for what becomes of it."""
    kind = draw.random()
    if kind < 0.1:
        mime = QMimeData()
        mime.setImageData(QImage(str(draw.choice(things.pictures))))
    elif kind < 0.15:
        mime = _urls([draw.choice(things.folders)])
    elif kind < 0.25:
        mime = _urls([draw.choice(things.damaged)])
    elif kind < 0.3:
        mime = _urls([*draw.sample(things.pictures, 2), draw.choice(things.damaged)])
    elif kind < 0.4:
        mime = _urls(draw.sample(things.pictures, draw.randint(2, 5)))
    else:
        mime = _urls([draw.choice(things.pictures)])
    _drop(tab, mime)
    if draw.random() < 0.8:
        _settle(tab)


def _play(tab: VisionTab, video: Path) -> None:
    """Drop a video and watch a few of its frames."""
    _drop(tab, _urls([video]))
    run_for(5.0, until=lambda: tab.model.state.live is not None)
    run_for(0.3)


def _change_model(tab: VisionTab, things: _Things, draw: random.Random) -> None:
    """Drop a model, good or not, or go back to the bundled one; each is tried on a picture."""
    if draw.random() < 0.3:
        tab.model.choose_model("bundled")
    else:
        _drop(tab, _urls([draw.choice(things.models)]))
    _settle(tab)


def _urls(paths: Sequence[Path]) -> QMimeData:
    mime = QMimeData()
    mime.setUrls([QUrl.fromLocalFile(str(path)) for path in paths])
    return mime


def _drop(tab: VisionTab, mime: QMimeData) -> None:
    """Send the tab what it gets when `mime` is dragged over it and let go."""
    where, copy = QPointF(tab.rect().center()), Qt.DropAction.CopyAction
    button, keys = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    QApplication.sendEvent(tab, QDragEnterEvent(where, copy, mime, button, keys))
    QApplication.sendEvent(tab, QDropEvent(where, copy, mime, button, keys))


def _settle(tab: VisionTab) -> None:
    """Wait until nothing is left to do; a stream goes on by itself and is not waited for."""
    run_for(
        _PATIENT_S,
        until=lambda: (
            tab.model.stream is not None
            or not (tab.model.worker.is_busy or tab.model.worker.is_side_job_running)
        ),
    )
