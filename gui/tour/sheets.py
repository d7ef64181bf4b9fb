"""Sheets of pictures for the documents: one for each language, theme and size of the window."""

from __future__ import annotations

import itertools
import os
from collections.abc import Callable, Iterator
from pathlib import Path

from PySide6.QtCore import QMargins, QPoint, QRect
from PySide6.QtGui import QColor, QImage, QPainter
from PySide6.QtWidgets import QWidget

from gui.build_tab.build_model import BuildModel
from gui.build_tab.tab import BuildTab
from gui.settings import choose_language, choose_theme, settings
from gui.theme import active
from gui.tour.driver import TourDriver, newcomers_window
from gui.tour.few_colours import in_few_colours
from model.defaults import default_experiment
from model.experiment import DataSpec
from model.initialisers import initialise

SIZES = ((1024, 680), (1440, 900))
AROUND_PX = 16

type Sizes = tuple[tuple[int, int], ...]
Pictures = Callable[[TourDriver, BuildModel], Iterator[QImage]]


def take_sheets(folder: Path, pictures: Pictures, most_px: int, sizes: Sizes = SIZES) -> None:
    """Write a sheet of `pictures` for each size, theme and language to `folder`.

    A sheet is at most `most_px` wide.
    """
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    with newcomers_window(folder) as (app, guide):
        settings().setValue("reduced_motion", True)  # nothing is taken on its way in
        tab = guide.window.show_tab(guide.window.BUILD)
        assert isinstance(tab, BuildTab)
        tab.show_all_panels()
        tab.workbench.prepare()
        for size, theme, language in itertools.product(sizes, ("light", "dark"), ("en", "tr")):
            guide.resize(*size)
            choose_theme(app, theme)
            choose_language(app, language)
            name = f"{language}-{theme}-{size[0]}x{size[1]}.png"
            save_sheet(list(pictures(guide, tab.model)), folder / name, most_px)
            print(name)


def choose_data(guide: TourDriver, model: BuildModel, data: DataSpec) -> None:
    """Choose data, and wait for their rows."""
    model.choose_data(data)
    _await_rows(guide, model)


def begin_anew(guide: TourDriver, model: BuildModel, data: DataSpec) -> None:
    """Take data with the network that is proposed for them."""
    start = initialise(default_experiment(data))
    model.edit("", lambda _: start, goes_on=False)
    _await_rows(guide, model)


def _await_rows(guide: TourDriver, model: BuildModel) -> None:
    guide.wait(lambda: model.state.data.is_ready and model.derived.is_idle, "the rows are there")


def train(guide: TourDriver, model: BuildModel, epochs: int = 0) -> None:
    """Train past some epochs until a rule stops it, and let what is worked out about it come in."""
    model.set_speed(None)
    model.train()
    guide.wait(
        lambda: model.is_idle and not model.is_about_to_train and model.state.epoch > epochs,
        "it is trained",
    )
    guide.wait(lambda: model.insight.is_idle, "it is looked into")


def picture_of(guide: TourDriver, *widgets: QWidget, around_px: int = 0) -> QImage:
    """Take widgets, with so much of what is around them, as they stand in the window."""
    guide.settle()
    area = QRect()
    for widget in widgets:
        area = area.united(QRect(widget.mapTo(guide.window, QPoint()), widget.size()))
    margins = QMargins(around_px, around_px, around_px, around_px)
    area = area.marginsAdded(margins).intersected(guide.window.rect())
    return guide.window.grab().toImage().copy(area)


def save_sheet(pictures: list[QImage], path: Path, most_px: int) -> None:
    """Write pictures side by side, in few colours, for a small file."""
    places, x, y, height = [], AROUND_PX, AROUND_PX, 0
    for picture in pictures:
        if x + picture.width() + AROUND_PX > most_px and x > AROUND_PX:
            x, y, height = AROUND_PX, y + height + AROUND_PX, 0
        places.append(QPoint(x, y))
        x, height = x + picture.width() + AROUND_PX, max(height, picture.height())
    wide = max(p.x() + i.width() for p, i in zip(places, pictures, strict=True))
    sheet = QImage(wide + AROUND_PX, y + height + AROUND_PX, QImage.Format.Format_RGB32)
    sheet.fill(QColor(active().bg0))
    painter = QPainter(sheet)
    for place, picture in zip(places, pictures, strict=True):
        painter.drawImage(place, picture)
    painter.end()
    in_few_colours(sheet).save(str(path))
