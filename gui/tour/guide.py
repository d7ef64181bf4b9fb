"""The guide's pictures, in both languages: ``python -m gui.tour.guide docs/guide``."""

from __future__ import annotations

import os
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from PySide6.QtGui import QImage
from PySide6.QtWidgets import QLabel, QWidget

from gui.build_tab.build_model import BuildModel
from gui.build_tab.tab import BuildTab
from gui.settings import ASSETS, choose_language
from gui.tour.driver import TourDriver, newcomers_window
from gui.tour.few_colours import in_few_colours
from gui.tour.sheets import begin_anew, picture_of, train
from gui.tour.tour import teach_photographs
from gui.window import GlassnetWindow
from model.experiment import GateData
from model.insight.step_walk import Part
from model.places import UnitAt

_SIZE = (1280, 800)
_ROW = 1


def take_guide_pictures(folder: Path) -> None:
    """Write ``en-*.png`` and ``tr-*.png`` to `folder`; a person's settings are left alone."""
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    with tempfile.TemporaryDirectory() as home, newcomers_window(folder) as (app, driver):
        driver.resize(*_SIZE)
        for language in ("en", "tr"):
            choose_language(app, language)
            for name, picture in _pictures(driver, driver.window, Path(home)):
                in_few_colours(picture).save(str(folder / f"{language}-{name}.png"))


def _pictures(
    driver: TourDriver, window: GlassnetWindow, home: Path
) -> Iterator[tuple[str, QImage]]:
    tab = window.show_tab(window.BUILD)
    assert isinstance(tab, BuildTab)
    tab.show_all_panels()
    model = tab.model
    for _ in range(2):
        _train_xor(driver, model)
    model.choose_row(_ROW)
    yield "window", picture_of(driver, window)
    yield "network", picture_of(driver, driver.find("network_canvas", QWidget))
    loss, dock = driver.find("loss_panel", QWidget), driver.find("dock_panel", QWidget)
    yield "loss", picture_of(driver, loss, dock)
    model.show_epoch(3)
    model.examine(UnitAt(0, 0), Part.SUM)
    driver.wait(lambda: model.state.epoch == 3, "an early epoch is shown")
    yield "microscope", picture_of(driver, driver.find("microscope", QWidget))
    model.close_microscope()
    window.document.undo_stack.setClean()
    window.open_path(ASSETS / "lessons" / "hidden_layer")
    yield "lesson", picture_of(driver, driver.find("learn_panel", QWidget))
    window.learn.leave()
    window.learn.toggle()
    yield "vision", _espresso(driver, window)
    yield "teach", _taught(driver, window, home)
    window.show_tab(window.BUILD)


def _train_xor(driver: TourDriver, model: BuildModel) -> None:
    """Begin anew with XOR and train until a rule stops it; the run before stays behind."""
    begin_anew(driver, model, GateData("xor"))
    model.new_start()
    train(driver, model)


def _espresso(driver: TourDriver, window: GlassnetWindow) -> QImage:
    window.open_path(ASSETS / "images" / "coffee.png")
    sentence = driver.find("status_sentence", QLabel)
    driver.wait(lambda: "espresso" in sentence.text(), "espresso is named")
    return picture_of(driver, window)


def _taught(driver: TourDriver, window: GlassnetWindow, home: Path) -> QImage:
    """Show three classes, a head and what it says of a cup; they are made the first time."""
    window.show_tab(window.TEACH)
    model = window.session.teach
    if not model.state.collection.classes:
        teach_photographs(driver, home / "photographs")
    driver.wait(
        lambda: model.state.busy is None and model.state.preview.look is not None,
        "the cup is looked at",
    )
    return picture_of(driver, window)


if __name__ == "__main__":
    take_guide_pictures(Path(sys.argv[1]))
