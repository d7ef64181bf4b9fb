"""Nothing in the Output panel is wider than it; lists and labels end what is too long in "…"."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QComboBox, QLabel, QScrollArea, QSlider
from pytestqt.qtbot import QtBot

from gui.app import dress_application
from gui.build_tab.data_panel.tiles import TileList
from gui.build_tab.tab import BuildTab
from gui.build_tab.workbench import Workbench
from gui.plots.legend import ClassLegend
from gui.settings import choose_language
from gui.widgets.basic import ElidingLabel
from gui.widgets.combos import ElidingCombo, combo_px
from gui.window import GlassnetWindow
from model.experiment import TableData
from model.places import UnitAt
from tests.gui.build_tab.looking import learn, resize
from tests.gui.finding import find
from tests.gui.texts import cut_texts


@pytest.fixture(autouse=True)
def dressed(qapp: QApplication) -> None:
    """Dress the application: widths are those of its own font and style."""
    dress_application(qapp, "en", "light")


@pytest.mark.parametrize("language", ["en", "tr"])
@pytest.mark.parametrize("size", [(1024, 680), (1440, 900)])
def test_output_panel_keeps_within_its_room(
    bench: Workbench,
    window: GlassnetWindow,
    qtbot: QtBot,
    qapp: QApplication,
    size: tuple[int, int],
    language: str,
) -> None:
    tiles, split = find(window, TileList, "table_tiles"), find(window, QSlider, "split")
    place = tiles.visualRect(tiles.model().index(0, 0)).center()
    QTest.mouseClick(tiles.viewport(), Qt.MouseButton.LeftButton, pos=place)
    legend = bench.output.legend
    qtbot.waitUntil(lambda: "setosa" in legend.accessibleName(), timeout=5000)
    QTest.keyClick(split, Qt.Key.Key_Left)
    qtbot.waitUntil(lambda: "test" in legend.accessibleName(), timeout=5000)
    choose_language(qapp, language)
    window.resize(*size)
    scroll = find(window, QScrollArea, "output_scroll")
    qtbot.waitUntil(lambda: window.width() == size[0], timeout=2000)
    QApplication.sendPostedEvents()
    content = scroll.widget()
    assert content.minimumSizeHint().width() <= scroll.width() - 10
    assert content.width() <= scroll.viewport().width()


@pytest.mark.parametrize("language", ["en", "tr"])
def test_a_unit_with_long_names_keeps_the_panel_its_width(
    tab: BuildTab,
    bench: Workbench,
    window: GlassnetWindow,
    qtbot: QtBot,
    qapp: QApplication,
    language: str,
) -> None:
    learn(tab, qtbot, TableData("iris", "standard"), epochs=5)
    tab.model.choose_unit(UnitAt(0, 1))
    choose_language(qapp, language)
    resize(window, qtbot, 1024, 680)
    qtbot.waitUntil(find(window, QLabel, "unit_card_terms").isVisible, timeout=5000)
    assert cut_texts(bench.output) == []


def test_long_legend_takes_two_lines(qtbot: QtBot) -> None:
    legend = ClassLegend()
    qtbot.addWidget(legend)
    legend.show_classes(("setosa", "versicolor", "virginica"), "test")
    whole = legend.sizeHint()
    assert legend.heightForWidth(whole.width()) == whole.height()
    assert legend.heightForWidth(whole.width() - 1) == 2 * whole.height()


def test_list_shortens_a_long_text_in_its_middle(qtbot: QtBot) -> None:
    long, short, plain = ElidingCombo(), ElidingCombo(), QComboBox()
    for one in (long, short, plain):
        qtbot.addWidget(one)
        one.addItem("sepal_width_cm")
        one.resize(300, 28)
    assert long.grab().toImage() == plain.grab().toImage()
    room = 70 - combo_px(long, "")
    words = long.fontMetrics().elidedText("sepal_width_cm", Qt.TextElideMode.ElideMiddle, room + 1)
    assert "…" in words
    short.setItemText(0, words)
    for one in (long, short):
        one.resize(70, 28)
    assert long.grab().toImage() == short.grab().toImage()
    assert long.currentText() == "sepal_width_cm"


def test_a_label_shortens_a_long_text_at_its_end(qtbot: QtBot) -> None:
    long, short = ElidingLabel("label"), ElidingLabel("label")
    for one in (long, short):
        qtbot.addWidget(one)
        one.resize(60, 20)
    long.setText("stopped after 12 pictures")
    end = Qt.TextElideMode.ElideRight
    short.setText(long.fontMetrics().elidedText(long.text(), end, long.width()))
    assert short.text().endswith("…")
    assert long.grab().toImage() == short.grab().toImage()
