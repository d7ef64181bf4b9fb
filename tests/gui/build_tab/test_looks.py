"""Build at every size: Qt warns of nothing, the focus is seen, names are whole."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

import numpy as np
import pytest
from PySide6.QtCore import Qt, QtMsgType, qInstallMessageHandler
from PySide6.QtWidgets import QApplication, QComboBox, QWidget
from pytestqt.qtbot import QtBot

from gui.build_tab.output_panel.confusion import ConfusionMatrix
from gui.build_tab.tab import BuildTab
from gui.build_tab.workbench import Workbench
from gui.settings import choose_theme
from gui.window import GlassnetWindow
from model.experiment import DataSpec, GateData, TableData
from tests.gui.build_tab.looking import SIZES, learn, resize
from tests.gui.finding import find
from tests.gui.focus_seen import pixels, reached_by_tab, unseen_focus

pytestmark = [pytest.mark.thorough, pytest.mark.usefixtures("dressed")]


@contextmanager
def no_warning_of_qt() -> Iterator[None]:
    """Fail where Qt warns of anything but what this platform cannot do."""
    said: list[str] = []

    def note(kind: QtMsgType, _: object, text: str) -> None:
        if kind is not QtMsgType.QtDebugMsg and "plugin does not support" not in text:
            said.append(text)

    before = qInstallMessageHandler(note)
    try:
        yield
    finally:
        qInstallMessageHandler(before)
    assert said == []


def test_every_size_is_taken_without_a_warning(
    tab: BuildTab, bench: Workbench, window: GlassnetWindow, qtbot: QtBot
) -> None:
    learn(tab, qtbot, GateData("full_adder", 3))
    with no_warning_of_qt():
        for width in (*range(1440, 1023, -32), *range(1024, 2561, 256)):
            for height in (680, 900, 1440) if width % 512 == 0 else (900,):
                resize(window, qtbot, width, height)
                assert not window.grab().isNull()


def test_the_confusion_matrix_is_whole_at_every_width(
    tab: BuildTab, bench: Workbench, window: GlassnetWindow, qtbot: QtBot
) -> None:
    learn(tab, qtbot, TableData("digits", "min_max"), epochs=2)
    matrix = find(window, ConfusionMatrix, "confusion_large")
    assert len(matrix.counts) == 10
    for size in (*SIZES, *reversed(SIZES)):
        resize(window, qtbot, *size)
        assert matrix.isVisible()
        assert matrix.height() >= matrix.heightForWidth(matrix.width())


def test_inputs_of_iris_can_be_told_apart(
    tab: BuildTab, bench: Workbench, window: GlassnetWindow, qtbot: QtBot
) -> None:
    learn(tab, qtbot, TableData("iris", "standard"), epochs=1)
    first = find(window, QComboBox, "map_first_input")
    texts = [first.itemText(index) for index in range(first.count())]
    assert texts == [
        "sepal length (cm)",
        "sepal width (cm)",
        "petal length (cm)",
        "petal width (cm)",
    ]
    assert tab.model.state.dataset.feature_names[0] == "sepal_length_cm"


def test_the_first_pages_map_follows_the_theme(
    tab: BuildTab, window: GlassnetWindow, qtbot: QtBot, qapp: QApplication
) -> None:
    assert tab.first_run is not None
    plane = tab.first_run.map

    def brightness() -> float:
        image = plane.grab(plane.ground.toRect()).toImage()
        return float(np.mean(pixels(image)))

    light = brightness()
    choose_theme(qapp, "dark")
    qtbot.waitUntil(lambda: brightness() < 0.6 * light, timeout=2000)


# -- Focus -------------------------------------------------------------------------------------


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("page", ["first", "gate", "table"])
def test_the_keyboards_focus_is_seen(
    page: str, theme: str, tab: BuildTab, window: GlassnetWindow, qtbot: QtBot, qapp: QApplication
) -> None:
    choose_theme(qapp, theme)
    open_page: dict[str, Callable[[], None]] = {
        "first": lambda: None,
        "gate": lambda: _open(tab, qtbot, GateData("xor")),
        "table": lambda: _open(tab, qtbot, TableData("iris", "standard")),
    }
    open_page[page]()
    window.activateWindow()
    qtbot.waitUntil(window.isActiveWindow, timeout=2000)
    assert len(reached_by_tab(window)) > (5 if page == "first" else 25)
    assert unseen_focus(window, tab, qtbot) == []


def _open(tab: BuildTab, qtbot: QtBot, data: DataSpec) -> None:
    tab.show_all_panels()
    learn(tab, qtbot, data, epochs=3)


# -- Map and matrix ----------------------------------------------------------------------------


def test_the_map_is_back_after_data_that_have_none(
    tab: BuildTab, bench: Workbench, window: GlassnetWindow, qtbot: QtBot
) -> None:
    matrix = find(window, ConfusionMatrix, "confusion_large")
    learn(tab, qtbot, TableData("digits", "min_max"), epochs=1)
    assert matrix.isVisible()
    assert not bench.output.map.isVisible()
    learn(tab, qtbot, GateData("xor"), epochs=1)
    assert bench.output.map.isVisible()
    assert not matrix.isVisible()


def test_the_way_back_from_the_matrix_stays_in_sight(
    tab: BuildTab, bench: Workbench, window: GlassnetWindow, qtbot: QtBot
) -> None:
    learn(tab, qtbot, GateData("xor"), epochs=1)
    resize(window, qtbot, 1024, 680)
    link, back = (window.findChild(QWidget, name) for name in ("confusion_link", "output_view_map"))
    assert link is not None
    assert back is not None
    qtbot.mouseClick(link, Qt.MouseButton.LeftButton)
    tab.model.step(whole_epoch=True)
    resize(window, qtbot, 1440, 900)
    assert not bench.output.map.isVisible()
    assert back.isVisible()
    qtbot.mouseClick(back, Qt.MouseButton.LeftButton)
    assert bench.output.map.isVisible()
