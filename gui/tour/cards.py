"""Pictures of every card of an activation and of a loss, on sheets: ``python -m gui.tour.cards``.

One sheet for each language, theme and size of the window, for docs/pictures/cards/: each card with
its surroundings, as a person sees it after a click on the button that asks for it.
"""

from __future__ import annotations

import itertools
import os
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import numpy as np
from msgspec.structs import replace
from PySide6.QtCore import QPoint, QRect, QSettings
from PySide6.QtGui import QAction, QColor, QImage, QPainter
from PySide6.QtWidgets import QWidget

from gui.app import dress_application, make_application, make_window
from gui.build_tab.build_model import BuildModel
from gui.build_tab.tab import BuildTab
from gui.settings import choose_language, choose_theme
from gui.theme import active
from gui.tour.driver import TourDriver
from gui.widgets.info_card import InfoCard
from model.experiment import ACTIVATIONS, LOSSES, Activation, GateData, Loss, TableData

SIZES = ((1024, 680), (1440, 900))
_AROUND_PX, _COLUMNS = 16, 4
_WIDEST_PX = 560
_EPOCHS, _ROW = 60, 1
_OUTPUTS: dict[Loss, Activation] = {
    "binary_cross_entropy": "sigmoid",
    "perceptron": "step",
}


def take_pictures(folder: Path) -> None:
    """Write a sheet of all cards for each size, theme and language to `folder`."""
    folder.mkdir(parents=True, exist_ok=True)
    app = make_application(sys.argv[:1])
    app.setQuitOnLastWindowClosed(False)
    dress_application(app, language="en", theme="light")
    window = make_window()
    window.show()
    guide = TourDriver(window, folder)
    tab = window.show_tab(window.BUILD)
    assert isinstance(tab, BuildTab)
    tab.show_all_panels()
    tab.workbench.prepare()
    for size, theme, language in itertools.product(SIZES, ("light", "dark"), ("en", "tr")):
        guide.resize(*size)
        choose_theme(app, theme)
        choose_language(app, language)
        name = f"{language}-{theme}-{size[0]}x{size[1]}.png"
        save_sheet(list(_cards(guide, tab.model)), folder / name)
        print(name)
    window.document.undo_stack.setClean()
    guide.wait(window.close, "the window closes")


def _cards(guide: TourDriver, model: BuildModel) -> Iterator[QImage]:
    """Yield every card with its surroundings: activations first."""
    iris, softmax, categorical = (
        TableData("iris", "standard"),
        "softmax",
        "categorical_cross_entropy",
    )
    _teach(guide, model, GateData("xor"))
    model.set_activation(1, "sigmoid")
    for activation in ACTIVATIONS:
        if activation != softmax:
            model.set_activation(0, activation)
            yield _picture_of(guide, _asked(guide, 0), "activation_card")
    _teach(guide, model, iris)
    yield _picture_of(guide, _asked(guide, 1), "activation_card")
    _teach(guide, model, GateData("xor"))
    for loss in LOSSES:
        if loss == categorical:
            _teach(guide, model, iris)
        else:
            model.set_activation(1, _OUTPUTS.get(loss, "identity"))
            model.set_training(replace(model.state.experiment.training, loss=loss), "")
        yield _picture_of(guide, "loss_info", "loss_card")
        if loss == categorical:
            _teach(guide, model, GateData("xor"))


def _teach(guide: TourDriver, model: BuildModel, data: GateData | TableData) -> None:
    """Choose data, and train on them for a while."""
    model.choose_data(data)
    guide.wait(lambda: model.state.data.is_ready and model.derived.is_idle, "the rows are there")
    for _ in range(_EPOCHS):
        model.step(whole_epoch=True)
    model.choose_row(_ROW)


def _asked(guide: TourDriver, layer: int) -> str:
    """Return the button that asks for a layer's card; its menu does where there is no room."""
    guide.settle()
    info = guide.find(f"layer_{layer}_activation_info", QWidget)
    return info.objectName() if info.isVisible() else f"layer_{layer}_menu"


def _picture_of(guide: TourDriver, button: str, card_name: str) -> QImage:
    """Ask for a card, take it with the control that it is about, and close it."""
    about = guide.window.findChild(QAction, button.replace("_menu", "_about"))
    if about is None:
        guide.click(button)
    else:
        about.trigger()
    card, asked = guide.find(card_name, InfoCard), guide.find(button, QWidget)
    guide.wait(card.isVisible, f"{card_name} opens")
    guide.settle()
    area = card.geometry().united(QRect(asked.mapTo(guide.window, QPoint()), asked.size()))
    area = area.adjusted(-4 * _AROUND_PX, -_AROUND_PX, _AROUND_PX, _AROUND_PX)
    picture = guide.window.grab().toImage().copy(area.intersected(guide.window.rect()))
    guide.click(f"{card_name}_close")
    return picture


def save_sheet(pictures: list[QImage], path: Path) -> None:
    """Write pictures side by side, in few colours, for a small file."""
    wide = min(max(picture.width() for picture in pictures), _WIDEST_PX)
    rows = [pictures[k : k + _COLUMNS] for k in range(0, len(pictures), _COLUMNS)]
    heights = [max(picture.height() for picture in row) for row in rows]
    gap = _AROUND_PX
    sheet = QImage(
        _COLUMNS * (wide + gap) + gap,
        sum(heights) + gap * (len(rows) + 1),
        QImage.Format.Format_RGB32,
    )
    sheet.fill(QColor(active().bg0))
    painter = QPainter(sheet)
    y = gap
    for row, height in zip(rows, heights, strict=True):
        for column, picture in enumerate(row):
            painter.drawImage(QPoint(gap + column * (wide + gap), y), picture)
        y += height + gap
    painter.end()
    in_few_colours(sheet).save(str(path))


def in_few_colours(picture: QImage) -> QImage:
    """Return a picture in its 256 most frequent colours, the others by the nearest of them."""
    width, height = picture.width(), picture.height()
    pixels = np.frombuffer(picture.constBits(), np.uint32).reshape(height, -1)[:, :width]
    colours, where, counts = np.unique(pixels & 0xFFFFFF, return_inverse=True, return_counts=True)
    kept = np.argsort(-counts, kind="stable")[:256]
    parts = np.stack([colours >> shift & 255 for shift in (16, 8, 0)], axis=1).astype(np.float32)
    apart = (parts**2).sum(1)[:, None] - 2.0 * parts @ parts[kept].T + (parts[kept] ** 2).sum(1)
    indices = apart.argmin(axis=1).astype(np.uint8)[where].reshape(height, width)
    padded = np.ascontiguousarray(np.pad(indices, ((0, 0), (0, -width % 4))))
    result = QImage(padded.data, width, height, padded.shape[1], QImage.Format.Format_Indexed8)
    result.setColorTable([0xFF000000 | int(colour) for colour in colours[kept]])
    return result.copy()  # what it was made of is freed


def _main() -> int:
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    with tempfile.TemporaryDirectory() as home:
        os.environ["XDG_STATE_HOME"] = home
        QSettings.setPath(QSettings.Format.IniFormat, QSettings.Scope.UserScope, home)
        take_pictures(Path(sys.argv[1]))
    return 0


if __name__ == "__main__":
    sys.exit(_main())
