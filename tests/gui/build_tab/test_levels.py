"""What stands beside one another is level and apart, and what belongs in sight is in sight."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QPoint, QRect
from PySide6.QtWidgets import (
    QApplication,
    QComboBox,
    QLabel,
    QLineEdit,
    QPushButton,
    QScrollArea,
    QStyleOptionComboBox,
    QToolButton,
    QWidget,
)
from pytestqt.qtbot import QtBot

from gui.build_tab.tab import BuildTab
from gui.build_tab.workbench import Workbench
from gui.document import ExperimentDocument
from gui.plots.plane_map import PlaneMap
from gui.settings import choose_language
from gui.widgets.combos import ElidingCombo, combo_px
from gui.window import FIRST_SIZE, GlassnetWindow
from model.defaults import default_experiment
from model.experiment import CsvData, GateData, PlaneData, TableData
from model.insight import Finding
from tests.gui.build_tab.looking import SIZES, learn, resize
from tests.gui.finding import find
from tests.gui.painted import painted_texts
from tests.gui.texts import cut_texts
from tests.tiers import first, thorough

TWO_SIZES = ((1024, 680), (1440, 900))

pytestmark = pytest.mark.usefixtures("dressed")


def place(widget: QWidget, window: QWidget) -> QRect:
    """Return where a widget is in the window."""
    return QRect(widget.mapTo(window, QPoint(0, 0)), widget.size())


@pytest.mark.parametrize("language", ["en", "tr"])
@pytest.mark.parametrize("size", first(1, SIZES))
def test_the_first_pages_cards_are_level(
    tab: BuildTab,
    window: GlassnetWindow,
    qtbot: QtBot,
    qapp: QApplication,
    size: tuple[int, int],
    language: str,
) -> None:
    assert tab.first_run is not None
    choose_language(qapp, language)
    for each in (*SIZES, size):  # whatever the page was before
        resize(window, qtbot, *each)
    cards = tab.first_run.cards
    words = [card.findChildren(QLabel) for card in cards]
    assert [[each.text() for each in labels] for labels in words] == [
        [card.accessibleName(), card.toolTip()] for card in cards
    ]
    assert cut_texts(tab.first_run) == []


@pytest.mark.parametrize("size", first(1, SIZES))
def test_the_words_under_the_first_map_begin_at_its_edge(
    tab: BuildTab, window: GlassnetWindow, qtbot: QtBot, size: tuple[int, int]
) -> None:
    assert tab.first_run is not None
    resize(window, qtbot, *size)
    counts = find(tab.first_run, QLabel, "first_run_counts")
    plane = tab.first_run.map
    edge = place(plane, window).left() + plane.ground.left()
    assert abs(place(counts, window).left() - edge) <= 1
    right = place(plane, window).left() + plane.ground.right()
    assert abs(place(tab.first_run.cards[-1], window).right() - right) <= 4


def test_the_bars_fields_are_level_and_as_high_as_one_another(
    bench: Workbench, window: GlassnetWindow, qtbot: QtBot
) -> None:
    resize(window, qtbot, 1440, 900)
    bar = bench.bar
    fields = [
        *(x for x in bar.findChildren(QComboBox) if x.isVisible()),
        *(x for x in bar.findChildren(QLineEdit, "seed") if x.isVisible()),
        bar.speed,
    ]
    assert len(fields) == 8
    assert len({(place(x, window).top(), x.height()) for x in fields}) == 1


def test_a_loss_is_whole_after_the_language_changed_in_a_wide_window(
    tab: BuildTab, bench: Workbench, window: GlassnetWindow, qtbot: QtBot, qapp: QApplication
) -> None:
    learn(tab, qtbot, TableData("iris", "standard"), epochs=1)
    for language in ("en", "tr", "en", "tr"):
        choose_language(qapp, language)
        for size in (*reversed(TWO_SIZES), *TWO_SIZES):
            resize(window, qtbot, *size)
            assert cut_texts(bench.bar) == []
            option = QStyleOptionComboBox()
            bench.bar.loss.initStyleOption(option)
            assert option.currentText == bench.bar.loss.currentText()


@pytest.mark.parametrize("size", first(1, SIZES))
def test_pickers_of_eight_folded_layers_keep_apart(
    bench: Workbench, window: GlassnetWindow, qtbot: QtBot, size: tuple[int, int]
) -> None:
    deep = default_experiment(PlaneData("spiral"), hidden=(16,) * 8)
    window.document.load(deep, None)
    canvas = bench.canvas
    qtbot.waitUntil(lambda: len(canvas.pickers) == 8, timeout=5000)
    resize(window, qtbot, *size)
    pickers = [place(canvas.pickers[layer], window) for layer in sorted(canvas.pickers)]
    boxes = [*pickers, place(canvas.zoom_box, window)]
    assert all(before.right() < after.left() for before, after in pairwise(boxes))


@pytest.mark.parametrize("size", first(1, TWO_SIZES))
def test_two_findings_leave_the_output_panel_in_sight(
    tab: BuildTab,
    bench: Workbench,
    window: GlassnetWindow,
    qtbot: QtBot,
    size: tuple[int, int],
    language: str,
) -> None:
    learn(tab, qtbot, GateData("xor", copies=25, noise=0.17), epochs=2)
    resize(window, qtbot, *size)
    scroll = find(window, QScrollArea, "output_scroll")
    dead = {"layer": 1, "unit": 2, "count": 1, "units": 4, "names": "2"}
    rising = {"epoch": 100, "best": 0.164, "last": 0.207}
    found = (
        Finding("dead_relu", "warning", dead, fix=tab.model.state.experiment),
        Finding("overfitting", "warning", rising, fix=tab.model.state.experiment),
    )

    def all_in_sight() -> bool:
        bench.output.doctor.show_findings(found)
        QApplication.sendPostedEvents()
        return bench.output.verdict.isVisible() and scroll.verticalScrollBar().maximum() == 0

    qtbot.waitUntil(all_in_sight, timeout=5000)
    below = place(bench.output.probe.toggle, window)
    assert place(scroll.viewport(), window).contains(below)


@pytest.mark.parametrize("language", [thorough("en"), "tr"])
@pytest.mark.parametrize("size", [(FIRST_SIZE.width(), FIRST_SIZE.height()), (1280, 720)])
def test_the_digits_are_in_sight_without_scrolling(
    tab: BuildTab,
    bench: Workbench,
    window: GlassnetWindow,
    qtbot: QtBot,
    qapp: QApplication,
    size: tuple[int, int],
    language: str,
) -> None:
    choose_language(qapp, language)
    resize(window, qtbot, *size)
    assert bench.model.choose_data(TableData("digits"))
    scroll = find(window, QScrollArea, "output_scroll")
    qtbot.waitUntil(bench.output.comparison.isVisible, timeout=20_000)
    qtbot.waitUntil(lambda: bench.is_idle, timeout=20_000)
    QApplication.sendPostedEvents()
    assert scroll.verticalScrollBar().maximum() == 0


def test_a_long_tables_name_keeps_off_the_data_panels_title(
    tab: BuildTab, bench: Workbench, window: GlassnetWindow, qtbot: QtBot, tmp_path: Path
) -> None:
    path = tmp_path / "a table with a name as long as some people like them.csv"
    rows = np.random.default_rng(0).normal(size=(40, 3)).round(3)
    path.write_text("a,b,c\n" + "\n".join(",".join(map(str, row)) for row in rows.tolist()))
    learn(tab, qtbot, CsvData(str(path)), epochs=1)
    summary = find(window, QLabel, "data_summary")
    title = find(window, QLabel, "data_title")
    resize(window, qtbot, 1440, 900)
    assert summary.text().startswith("a table")
    assert "…" in summary.text()
    assert summary.text().endswith(" · 2 → 1")
    assert path.name in summary.toolTip()
    assert place(title, window).right() < place(summary, window).left()
    assert cut_texts(bench.data) == []


@pytest.mark.parametrize(("high", "has_one"), [(1.02, False), (1.19, False), (1.4, True)])
def test_a_number_of_the_map_keeps_off_its_axis_name(
    qtbot: QtBot, high: float, has_one: bool
) -> None:
    plane = PlaneMap()
    qtbot.addWidget(plane)
    plane.resize(250, 250)
    plane.show_plane((-5.0, -4.2, -1.2, high), ("x₁", "x₂"))
    texts = painted_texts(plane)
    assert "x₂" in texts
    assert ("1" in texts) is has_one


@pytest.mark.parametrize(
    "text", ["Çapraz entropi (sınıf)", "Cross-entropy, classes", "Tanh", "0,005"]
)
def test_a_list_as_wide_as_its_text_needs_shows_all_of_it(qtbot: QtBot, text: str) -> None:
    combo = ElidingCombo()
    combo.addItem(text)
    qtbot.addWidget(combo)
    combo.show()
    combo.resize(combo_px(combo, text), 26)
    option = QStyleOptionComboBox()
    combo.initStyleOption(option)
    assert option.currentText == text


def test_the_button_that_branches_is_whole_after_a_long_run(
    endless: ExperimentDocument,
    window: GlassnetWindow,
    bench: Workbench,
    qtbot: QtBot,
    language: str,
) -> None:
    resize(window, qtbot, 1280, 800)
    bench.model.set_speed(None)
    bench.model.train()
    of = find(bench.loss, QLabel, "epoch_of")
    button = find(bench.loss, QPushButton, "loss_branch")
    qtbot.waitUntil(lambda: len(of.text()) >= len("/ 10,000"), timeout=30_000)
    bench.model.pause()
    qtbot.waitUntil(lambda: not bench.model.state.running, timeout=30_000)
    assert cut_texts(button.parentWidget()) == []
    assert button.width() >= button.sizeHint().width()


def test_the_button_of_earlier_runs_is_whole_wherever_it_is(
    bench: Workbench, window: GlassnetWindow, qtbot: QtBot, language: str
) -> None:
    for _ in range(2):
        bench.model.step(whole_epoch=True)
        bench.model.new_start()
    resize(window, qtbot, 1280, 800)
    header = bench.loss.header
    button, seen = find(header, QToolButton, "loss_runs"), []
    for width in range(300, 500, 2):
        header.resize(width, header.height())
        QApplication.sendPostedEvents()
        seen.append(button.isVisible())
        assert cut_texts(header) == []
    assert seen[-1] > seen[0]
