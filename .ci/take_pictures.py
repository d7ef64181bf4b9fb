"""Take the documents' pictures anew: ``PYTHONPATH=. python .ci/take_pictures.py vision``.

The `KINDS` go on sheets in docs/pictures/, one for each language, theme and size of the window;
``guide`` goes into docs/guide/. The window is driven as the tour drives it.
"""

from __future__ import annotations

import itertools
import os
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

from PySide6.QtCore import QMargins, QPoint, QRect, Qt
from PySide6.QtGui import QColor, QImage, QPainter
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel, QWidget

from gui.build_tab.build_model import BuildModel
from gui.settings import ASSETS, choose_language, choose_theme, settings
from gui.theme import active
from gui.tour.driver import TourDriver, newcomers_window, small_png
from gui.tour.tour import teach_shoes
from gui.vision_tab.tab import VisionTab
from gui.window import GlassnetWindow
from model.defaults import default_experiment
from model.experiment import (
    GateData,
)
from model.initialisers import initialise
from model.insight.step.walk import Part
from model.places import UnitAt
from vision.look.inside.graph import Kind
from vision.result import Task

# -- Sheets ----------------------------------------------------------------------------------------

AROUND_PX, COLUMNS = 16, 2

type Sizes = tuple[tuple[int, int], ...]
Pictures = Callable[[TourDriver], Iterator[QImage]]


def take_sheets(folder: Path, pictures: Pictures, sizes: Sizes) -> None:
    """Write a sheet of `pictures` for each size, theme and language to `folder`."""
    with newcomers_window(folder) as (app, guide):
        settings().setValue("reduced_motion", True)  # nothing is taken on its way in
        for size, theme, language in itertools.product(sizes, ("light", "dark"), ("en", "tr")):
            guide.resize(*size)
            choose_theme(app, theme)
            choose_language(app, language)
            name = f"{language}-{theme}-{size[0]}x{size[1]}.png"
            save_sheet(list(pictures(guide)), folder / name)
            print(name)


def picture_of(guide: TourDriver, *widgets: QWidget) -> QImage:
    """Return a picture of the part of the window that holds the widgets."""
    guide.settle()
    area = QRect()
    for widget in widgets:
        area = area.united(QRect(widget.mapTo(guide.window, QPoint()), widget.size()))
    return guide.window.grab().toImage().copy(area)


def save_sheet(pictures: list[QImage], path: Path) -> None:
    """Write pictures of one size side by side, at most `COLUMNS` in a row."""
    columns, rows = min(len(pictures), COLUMNS), -(-len(pictures) // COLUMNS)
    cell = pictures[0].size().grownBy(QMargins(0, 0, AROUND_PX, AROUND_PX))
    sheet = QImage(
        columns * cell.width() + AROUND_PX,
        rows * cell.height() + AROUND_PX,
        QImage.Format.Format_RGB32,
    )
    sheet.fill(QColor(active().bg0))
    painter = QPainter(sheet)
    for number, picture in enumerate(pictures):
        row, column = divmod(number, COLUMNS)
        x, y = column * cell.width() + AROUND_PX, row * cell.height() + AROUND_PX
        painter.drawImage(x, y, picture)
    painter.end()
    path.write_bytes(small_png(sheet))


# -- Teach -----------------------------------------------------------------------------------------


def _teach(guide: TourDriver) -> Iterator[QImage]:
    """Yield the window with three classes taught; they stay for the next picture."""
    if not guide.window.session.teach.state.collection.classes:
        with tempfile.TemporaryDirectory() as home:
            teach_shoes(guide, Path(home))
    yield picture_of(guide, guide.window)


# -- Vision ----------------------------------------------------------------------------------------

_MAP = 21
"""A map of the first convolution that shows the cup."""


def _vision(guide: TourDriver) -> Iterator[QImage]:
    """Yield the whole window at each task."""
    window = guide.window
    window.show_tab(window.VISION)
    tab = window.vision_tab
    for task, name in ((Task.DETECTION, "coffee"), (Task.MASK, "astronaut")):
        _turn_to(guide, tab, task, name)
        yield picture_of(guide, tab)
    _turn_to(guide, tab, Task.CLASSIFICATION, "coffee")
    guide.click("task_inside")
    inside = tab.model.inside
    guide.wait(lambda: inside.state.view is not None, "the maps are there")
    inside.choose_layer(0)
    inside.choose_map(_MAP)
    yield picture_of(guide, tab)
    QTest.keyClick(guide.find("inside_why", QWidget), Qt.Key.Key_Return)
    layer = inside.state.layer
    assert layer is not None
    assert layer.kind is Kind.CONVOLUTION
    yield picture_of(guide, tab)


def _turn_to(guide: TourDriver, tab: VisionTab, task: Task, name: str) -> None:
    """Choose a task and open a photograph, and wait for what is said of it."""
    guide.click(f"task_{task.value}")
    tab.open_path(ASSETS / "images" / f"{name}.png")

    def is_shown() -> bool:
        result = tab.model.state.result
        is_it = result is not None and result.name == f"{name}.png" and result.model.task is task
        return is_it and not tab.model.state.is_busy

    guide.wait(is_shown, f"{name} is looked at")
    tab.model.clear_history()


# -- The guide -------------------------------------------------------------------------------------

_GUIDE_SIZE = (1280, 800)
_ROW = 1


def take_guide_pictures(folder: Path) -> None:
    """Write ``en-*.png`` and ``tr-*.png`` to `folder`; the user's settings are left alone."""
    with tempfile.TemporaryDirectory() as home, newcomers_window(folder) as (app, guide):
        guide.resize(*_GUIDE_SIZE)
        for language in ("en", "tr"):
            choose_language(app, language)
            for name, picture in _pictures(guide, guide.window, Path(home)):
                (folder / f"{language}-{name}.png").write_bytes(small_png(picture))


def _pictures(
    guide: TourDriver, window: GlassnetWindow, home: Path
) -> Iterator[tuple[str, QImage]]:
    window.show_tab(window.BUILD)
    tab = window.build_tab
    tab.show_all_panels()
    model = tab.model
    for _ in range(2):
        _train_xor(guide, model)
    model.choose_row(_ROW)
    yield "window", picture_of(guide, window)
    yield "network", picture_of(guide, guide.find("network_canvas", QWidget))
    loss, dock = guide.find("loss_panel", QWidget), guide.find("dock_panel", QWidget)
    yield "loss", picture_of(guide, loss, dock)
    model.show_epoch(3)
    model.examine(UnitAt(0, 0), Part.SUM)
    guide.wait(lambda: model.state.epoch == 3, "an early epoch is shown")
    yield "microscope", picture_of(guide, guide.find("microscope", QWidget))
    model.close_microscope()
    window.document.undo_stack.setClean()
    window.open_path(ASSETS / "lessons" / "hidden_layer")
    yield "lesson", picture_of(guide, guide.find("learn_panel", QWidget))
    window.learn.leave()
    window.learn.toggle()
    yield "vision", _espresso(guide, window)
    yield "teach", _taught(guide, window, home)
    window.show_tab(window.BUILD)


def _train_xor(guide: TourDriver, model: BuildModel) -> None:
    """Begin anew with XOR and train until a rule stops it; the run before stays behind."""
    start = initialise(default_experiment(GateData("xor")))
    model.edit("", lambda _: start, goes_on=False)
    guide.wait(lambda: model.state.data.is_ready and model.derived.is_idle, "the rows are there")
    model.new_start()
    model.set_speed(None)
    model.train()
    guide.wait(
        lambda: model.is_idle and not model.is_about_to_train and model.state.epoch > 0,
        "it is trained",
    )
    guide.wait(lambda: model.insight.is_idle, "it is looked into")


def _espresso(guide: TourDriver, window: GlassnetWindow) -> QImage:
    window.open_path(ASSETS / "images" / "coffee.png")
    sentence = guide.find("status_sentence", QLabel)
    guide.wait(lambda: "espresso" in sentence.text(), "espresso is named")
    return picture_of(guide, window)


def _taught(guide: TourDriver, window: GlassnetWindow, home: Path) -> QImage:
    """Show three classes, a head and what it says of a boot; they are made the first time."""
    window.show_tab(window.TEACH)
    model = window.session.teach
    if not model.state.collection.classes:
        teach_shoes(guide, home)
    guide.wait(
        lambda: model.state.busy is None and model.state.preview.look is not None,
        "the boot is looked at",
    )
    return picture_of(guide, window)


KINDS: dict[str, tuple[Pictures, Sizes]] = {
    "teach": (_teach, ((1024, 680), (1440, 900), (2560, 1440))),
    "vision": (_vision, ((1440, 900),)),
}
"""The pictures of each kind of sheet, and the window's sizes."""


if __name__ == "__main__":
    os.environ["QT_QPA_PLATFORM"] = "offscreen"
    kind = sys.argv[1]
    if kind == "guide":
        take_guide_pictures(Path("docs/guide"))
    else:
        take_sheets(Path("docs/pictures") / kind, *KINDS[kind])
