"""Take the guide's pictures anew: ``PYTHONPATH=. python .ci/take_pictures.py``.

The window is driven as the tour drives it.
"""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from pathlib import Path

from PySide6.QtCore import QPoint, QRect
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QLabel, QWidget

from gui.build_tab.build_model import BuildModel
from gui.settings import ASSETS, choose_language
from gui.tour.driver import TourDriver, first_run_window, small_png
from gui.tour.tour import teach_shoes
from gui.window import GlassnetWindow
from model.defaults import default_experiment
from model.experiment import (
    GateData,
)
from model.initialisers import initialise
from model.insight.step.walk import Part
from model.places import UnitAt

_GUIDE_SIZE = (1280, 800)
_ROW = 1


def take_guide_pictures(folder: Path) -> None:
    """Write ``en-*.png`` and ``tr-*.png`` to `folder`; the user's settings are left alone."""
    with tempfile.TemporaryDirectory() as home, first_run_window(folder) as (app, guide):
        guide.resize(*_GUIDE_SIZE)
        for language in ("en", "tr"):
            choose_language(app, language)
            for name, picture in _pictures(guide, guide.window, Path(home)):
                (folder / f"{language}-{name}.png").write_bytes(small_png(picture))


def picture_of(guide: TourDriver, *widgets: QWidget) -> QImage:
    """Return a picture of the part of the window that holds the widgets."""
    guide.settle()
    area = QRect()
    for widget in widgets:
        area = area.united(QRect(widget.mapTo(guide.window, QPoint()), widget.size()))
    return guide.window.grab().toImage().copy(area)


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


if __name__ == "__main__":
    os.environ["QT_QPA_PLATFORM"] = "offscreen"
    take_guide_pictures(Path("docs/guide"))
