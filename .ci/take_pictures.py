"""Take the documents' pictures anew: ``PYTHONPATH=. python .ci/take_pictures.py cards``.

Besides cards there are the other `KINDS`, on sheets in docs/pictures/, one for each language, theme
and size of the window; and guide, into docs/guide/. The window is driven as the tour drives it.
"""

from __future__ import annotations

import itertools
import os
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

from msgspec.structs import replace
from PySide6.QtCore import QMargins, QPoint, QRect, Qt
from PySide6.QtGui import QAction, QColor, QImage, QPainter
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QLabel, QScrollArea, QWidget

from gui.build_tab.build_model import BuildModel
from gui.build_tab.dock.panel import DockPanel
from gui.build_tab.dock.rounding_bar import CoarsenessSlider, value_of
from gui.settings import ASSETS, choose_language, choose_theme, settings
from gui.theme import active
from gui.tour.driver import TourDriver, newcomers_window, small_png
from gui.tour.tour import teach_shoes
from gui.vision_tab.tab import VisionTab
from gui.widgets.info_card import InfoCard
from gui.window import GlassnetWindow
from model.data.derived import Feature
from model.defaults import default_experiment
from model.experiment import (
    ACTIVATIONS,
    LOSSES,
    Activation,
    DataSpec,
    GateData,
    Loss,
    OptimiserSpec,
    TableData,
)
from model.initialisers import initialise
from model.insight.step.walk import Part
from model.places import UnitAt, WeightAt
from vision.look.inside.graph import Kind
from vision.result import Task

# -- Sheets ----------------------------------------------------------------------------------------

SIZES = ((1024, 680), (1440, 900))
AROUND_PX = 16

type Sizes = tuple[tuple[int, int], ...]
Pictures = Callable[[TourDriver, BuildModel], Iterator[QImage]]


def take_sheets(folder: Path, pictures: Pictures, most_px: int, sizes: Sizes = SIZES) -> None:
    """Write a sheet of `pictures` for each size, theme and language to `folder`.

    A sheet is at most `most_px` wide.
    """
    with newcomers_window(folder) as (app, guide):
        settings().setValue("reduced_motion", True)  # nothing is taken on its way in
        guide.window.show_tab(guide.window.BUILD)
        tab = guide.window.build_tab
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
    """Write pictures side by side."""
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
    path.write_bytes(small_png(sheet))


# -- Cards of activations and losses ---------------------------------------------------------------

_CARD_EPOCHS, _CARD_ROW = 60, 1
_OUTPUTS: dict[Loss, Activation] = {
    "binary_cross_entropy": "sigmoid",
    "perceptron": "step",
}


def _cards(guide: TourDriver, model: BuildModel) -> Iterator[QImage]:
    """Yield every card with its surroundings: activations first."""
    iris, softmax, categorical = (
        TableData("iris", "standard"),
        "softmax",
        "categorical_cross_entropy",
    )
    _teach_for_a_while(guide, model, GateData("xor"))
    model.set_activation(1, "sigmoid")
    for activation in ACTIVATIONS:
        if activation != softmax:
            model.set_activation(0, activation)
            yield _card_picture(guide, _asked(guide, 0), "activation_card")
    _teach_for_a_while(guide, model, iris)
    yield _card_picture(guide, _asked(guide, 1), "activation_card")
    _teach_for_a_while(guide, model, GateData("xor"))
    for loss in LOSSES:
        if loss == categorical:
            _teach_for_a_while(guide, model, iris)
        else:
            model.set_activation(1, _OUTPUTS.get(loss, "identity"))
            model.set_training(replace(model.state.experiment.training, loss=loss), "")
        yield _card_picture(guide, "loss_info", "loss_card")
        if loss == categorical:
            _teach_for_a_while(guide, model, GateData("xor"))


def _teach_for_a_while(guide: TourDriver, model: BuildModel, data: GateData | TableData) -> None:
    """Choose data, and train on them for a while."""
    choose_data(guide, model, data)
    for _ in range(_CARD_EPOCHS):
        model.step(whole_epoch=True)
    model.choose_row(_CARD_ROW)


def _asked(guide: TourDriver, layer: int) -> str:
    """Return the button that asks for a layer's card; its menu does where there is no room."""
    guide.settle()
    info = guide.find(f"layer_{layer}_activation_info", QWidget)
    return info.objectName() if info.isVisible() else f"layer_{layer}_menu"


def _card_picture(guide: TourDriver, button: str, card_name: str) -> QImage:
    """Ask for a card, take it with the control that it is about, and close it."""
    about = guide.window.findChild(QAction, button.replace("_menu", "_about"))
    if about is None:
        guide.click(button)
    else:
        about.trigger()
    card, asked = guide.find(card_name, InfoCard), guide.find(button, QWidget)
    guide.wait(card.isVisible, f"{card_name} opens")
    picture = picture_of(guide, card, asked, around_px=AROUND_PX)
    guide.click(f"{card_name}_close")
    return picture


# -- What Build has beside the drawing -------------------------------------------------------------

_EPOCHS, _ROW = 10, 3


def _features(guide: TourDriver, model: BuildModel) -> Iterator[QImage]:
    """Yield every picture, one state of the window after another."""
    dock = guide.find("dock_panel", DockPanel)
    begin_anew(guide, model, GateData("xor"))
    model.choose_row(_ROW)
    yield from _derived(guide, model)
    begin_anew(guide, model, GateData("xor"))
    model.choose_row(_ROW)
    train(guide, model, _EPOCHS)
    dock.choose("hidden")
    yield picture_of(guide, dock)
    dock.choose("weights")
    guide.wait(lambda: model.state.insight.roundings is not None, "roundings are tried")
    slider = guide.find("rounding_slider", CoarsenessSlider)
    roundings = model.state.insight.roundings
    assert roundings is not None
    assert roundings.coarsest is not None
    coarsest = value_of(roundings.coarsest.step)
    for _ in range(coarsest):
        QTest.keyClick(slider, Qt.Key.Key_Right)
    yield picture_of(guide, dock)
    QTest.keyClick(slider, Qt.Key.Key_Escape)
    yield _unfolded(guide, "verdict", "verdict_why")
    yield _unfolded(guide, "circuit", "circuit_toggle")
    begin_anew(guide, model, GateData("xor"))
    model.choose_row(_ROW)
    model.choose_version("published")
    yield picture_of(
        guide, guide.find("training_bar", QWidget), guide.find("recipe_strip", QWidget)
    )


def _unfolded(guide: TourDriver, card_name: str, button: str) -> QImage:
    """Open what a button of the output's cards opens, take the card, and put it away."""
    card, fold = guide.find(card_name, QWidget), guide.find(f"{card_name}_fold", QAbstractButton)
    if card.isVisible() and fold.isVisible():
        guide.click(fold.objectName())
    guide.click(button)
    picture = picture_of(guide, card, around_px=AROUND_PX // 2)
    guide.click(button)
    if fold.isVisible():
        guide.click(fold.objectName())
    guide.settle()
    return picture


def _derived(guide: TourDriver, model: BuildModel) -> Iterator[QImage]:
    """Give one unit the product of its inputs, and take the network under the inputs to tick."""
    model.remove_layer(0)
    model.add_features((Feature("product", 0, 1),))
    train(guide, model, _EPOCHS)
    guide.wait(guide.find("feature_strip", QWidget).isVisible, "inputs can be ticked")
    yield picture_of(guide, guide.find("network_canvas", QWidget))
    guide.click("features_open")


# -- The microscope --------------------------------------------------------------------------------


def _microscope(guide: TourDriver, model: BuildModel) -> Iterator[QImage]:
    """Yield the window, then all cards of two units."""
    begin_anew(guide, model, GateData("xor"))
    model.set_activation(0, "relu")
    for _ in range(_EPOCHS):
        model.step(whole_epoch=True)
    model.choose_row(_ROW)
    model.examine(UnitAt(0, 0), Part.SUM)
    guide.wait(lambda: model.insight.is_idle, "it is looked into")
    yield picture_of(guide, guide.window)
    yield _all_cards(guide)
    training = model.state.experiment.training
    adam = replace(training, optimiser=OptimiserSpec("adam"), learning_rate=0.05, l2=0.01)
    model.set_training(adam, "")
    model.step(whole_epoch=True)
    model.examine_batch(True)
    model.examine(WeightAt(1, 0, 0), Part.UPDATE)
    yield _all_cards(guide)
    model.examine_batch(False)
    model.close_microscope()


def _all_cards(guide: TourDriver) -> QImage:
    """Take all cards, those too for which the window has no room."""
    guide.settle()
    cards = guide.find("microscope_scroll", QScrollArea).widget()
    assert cards is not None
    return cards.grab().toImage()


# -- Teach -----------------------------------------------------------------------------------------


def _teach(guide: TourDriver, _model: BuildModel) -> Iterator[QImage]:
    """Yield the window with three classes taught; they stay for the next picture."""
    if not guide.window.session.teach.state.collection.classes:
        with tempfile.TemporaryDirectory() as home:
            teach_shoes(guide, Path(home))
    yield picture_of(guide, guide.window)


# -- Vision ----------------------------------------------------------------------------------------

_MAP = 21
"""A map of the first convolution that shows the cup."""


def _vision(guide: TourDriver, _model: BuildModel) -> Iterator[QImage]:
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
    model.choose_row(_CARD_ROW)
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
    begin_anew(guide, model, GateData("xor"))
    model.new_start()
    train(guide, model)


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


KINDS: dict[str, tuple[Pictures, int, Sizes]] = {
    "cards": (_cards, 2320, SIZES),
    "features": (_features, 1800, SIZES),
    "microscope": (_microscope, 2600, SIZES),
    "teach": (_teach, 2600, (*SIZES, (2560, 1440))),
    "vision": (_vision, 2900, SIZES[1:]),
}
"""Of each kind that is on sheets what is taken, how wide a sheet is at most, and the sizes."""


if __name__ == "__main__":
    os.environ["QT_QPA_PLATFORM"] = "offscreen"
    kind = sys.argv[1]
    if kind == "guide":
        take_guide_pictures(Path("docs/guide"))
    else:
        take_sheets(Path("docs/pictures") / kind, *KINDS[kind])
