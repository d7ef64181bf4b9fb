"""The loss panel: what it draws, and what the person does with it."""

from __future__ import annotations

import codecs
import csv
import math
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pyqtgraph as pg
import pytest
from msgspec.structs import replace
from PySide6.QtCore import QPoint, QPointF, QRectF, QRegularExpression, Qt
from PySide6.QtGui import QAction, QImage
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QApplication,
    QFileDialog,
    QLabel,
    QLineEdit,
    QPushButton,
    QTableWidget,
    QWidget,
)
from pytestqt.qtbot import QtBot

from gui.build_tab.build_model import BuildModel
from gui.build_tab.loss_panel.panel import LossPanel
from gui.format import percent, significant
from gui.widgets.layouts import hbox
from model.experiment import PlaneData, SplitSpec
from model.training.live import epoch_of
from tests.gui.build_tab.loss_panel.conftest import EPOCHS, earlier
from tests.gui.build_tab.plot_states import drag, point_at, state_of, trained
from tests.gui.finding import find, tip_of
from tests.gui.told import told


@dataclass
class Losses:
    """Losses as a run's history hands them out; a test lets them grow."""

    train_loss: np.ndarray
    test_loss: np.ndarray | None
    first_epoch: int
    accuracies: tuple[int, float, float | None] | None = None

    @property
    def epochs(self) -> range:
        return range(self.first_epoch, self.first_epoch + len(self.train_loss))


def history_of(train: np.ndarray, test: np.ndarray | None = None, first: int = 0) -> Any:
    """Return a stand-in for a `History`, which grows by training alone; hence it is typed `Any`."""
    return Losses(train, test, first)


def text_of(panel: LossPanel, name: str) -> str:
    return find(panel, QLabel, name).text()


def point_at_epoch(panel: LossPanel, epoch: float) -> None:
    """Move the pointer over the plot to an epoch."""
    view = panel.plot.plot
    (low, high), (bottom, top) = view.box.viewRange()
    assert low <= epoch <= high
    scene = view.box.mapViewToScene(QPointF(epoch, (bottom + top) / 2))
    point_at(view.viewport(), view.mapFromScene(scene))


def test_shows_a_real_run_with_its_last_losses(panel: LossPanel) -> None:
    trainer, snapshots = trained()
    panel.show_history(trainer.history)
    panel.show_state(state_of(trainer, snapshots[-1]))
    last = trainer.history.train_loss[-1]
    assert float(text_of(panel, "loss_train_value")) == pytest.approx(last, rel=0.005)
    assert trainer.history.test_loss is not None
    shown = float(text_of(panel, "loss_test_value"))
    assert shown == pytest.approx(trainer.history.test_loss[-1], rel=0.005)
    assert text_of(panel, "epoch_of") == "/ 120"
    assert panel.timeline.value() == 120


def test_the_epoch_of_an_opened_file_is_the_last_one(panel: LossPanel) -> None:
    trainer, snapshots = trained()
    panel.show_state(state_of(trainer, snapshots[-1]))
    box = find(panel, QLineEdit, "epoch_box")
    assert (box.text(), text_of(panel, "epoch_of")) == ("120", "/ 120")


def test_without_test_rows_no_test_loss_is_named(panel: LossPanel) -> None:
    panel.show_history(history_of(np.linspace(1, 0.1, 50)))
    assert not find(panel, QLabel, "loss_test_value").isVisible()


def test_a_test_loss_that_begins_late_is_drawn_from_there(panel: LossPanel) -> None:
    train, test = np.linspace(1, 0.1, 50), np.full(50, np.nan)
    panel.show_history(history_of(train[:20]))
    test[20:] = 0.5
    panel.show_history(history_of(train, test))
    line = panel.plot.test
    assert line.value_at(10) is None
    assert line.value_at(20) == (20.0, 0.5)
    drawn = line.item.boundingRect()
    assert drawn.right() == 49
    label = find(panel, QLabel, "loss_test_value")
    assert label.isVisible() == (line.value_at(0) is not None)
    assert drawn.left() == 20
    for epoch, is_told in ((30, True), (10, False)):
        point_at_epoch(panel, epoch)
        assert ("test 0.5000" in text_of(panel, "loss_readout")) == is_told


def test_dragging_the_timeline_chooses_an_epoch_under_the_pointer(
    panel: LossPanel, learned: BuildModel, qtbot: QtBot
) -> None:
    chosen: list[int] = []
    learned.state_changed.connect(lambda state: chosen.append(state.epoch))
    timeline = panel.timeline
    middle = timeline.height() // 2
    start, end = (QPoint(round(timeline.x_of(epoch)), middle) for epoch in (100, 200))
    drag(timeline, start, end)
    qtbot.waitUntil(lambda: len(chosen) >= 2)
    assert chosen[0] == pytest.approx(100, abs=1)
    assert chosen[-1] == pytest.approx(200, abs=1)


def test_timeline_lies_under_the_plot_to_the_pixel(panel: LossPanel) -> None:
    panel.show_history(history_of(np.linspace(1, 0.1, 401)))
    box = panel.plot.plot.box
    for epoch in (0, 150, 400):
        scene = box.mapViewToScene(QPointF(epoch, 0))
        plot_x = panel.plot.plot.mapTo(panel, panel.plot.plot.mapFromScene(scene)).x()
        slider_x = panel.timeline.mapTo(panel, QPoint(0, 0)).x() + panel.timeline.x_of(epoch)
        assert slider_x == pytest.approx(plot_x, abs=1.0)


def test_the_timeline_cannot_go_beyond_what_was_trained(
    panel: LossPanel, learned: BuildModel, qtbot: QtBot
) -> None:
    panel.set_runs([earlier(np.linspace(1, 0.2, 1601))])
    assert panel.plot.x_range == (0.0, 1600.0)
    learned.show_epoch(10)
    timeline = panel.timeline
    at = QPoint(round(timeline.x_of(1200)), timeline.height() // 2)
    qtbot.mouseClick(timeline, Qt.MouseButton.LeftButton, pos=at)
    assert learned.state.epoch == EPOCHS


def test_arrow_keys_on_the_timeline_step_by_one_epoch(
    panel: LossPanel, learned: BuildModel, qtbot: QtBot
) -> None:
    qtbot.keyClick(panel.timeline, Qt.Key.Key_Left)
    assert learned.state.epoch == EPOCHS - 1


def test_a_typed_epoch_is_chosen_and_limited(
    panel: LossPanel, learned: BuildModel, qtbot: QtBot
) -> None:
    box = find(panel, QLineEdit, "epoch_box")
    for typed, wanted in (("123", 123), ("99999", EPOCHS)):
        box.selectAll()
        qtbot.keyClicks(box, typed)
        qtbot.keyClick(box, Qt.Key.Key_Return)
        assert learned.state.epoch == wanted


@pytest.mark.parametrize("text", ["3/4", "1.5", "-5", "1e", "x2"])
def test_what_is_no_epoch_is_marked_and_goes_to_none(
    panel: LossPanel, learned: BuildModel, qtbot: QtBot, text: str
) -> None:
    box = find(panel, QLineEdit, "epoch_box")
    box.selectAll()
    qtbot.keyClicks(box, text)
    assert (box.text(), box.property("invalid")) == (text, "true")
    qtbot.keyClick(box, Qt.Key.Key_Return)
    assert learned.state.epoch == EPOCHS
    assert box.text() == str(EPOCHS)


def test_branch_starts_from_the_epoch_shown(
    panel: LossPanel, learned: BuildModel, qtbot: QtBot
) -> None:
    learned.show_epoch(120)
    qtbot.mouseClick(find(panel, QPushButton, "loss_branch"), Qt.MouseButton.LeftButton)
    assert epoch_of(learned.document.experiment) == 120
    assert len(learned.state.run.earlier) == 1


def test_the_branch_button_says_what_has_room(panel: LossPanel) -> None:
    button = find(panel, QPushButton, "loss_branch")
    panel.setMinimumWidth(1)  # as in a window that has less room than the panel asks for
    said = []
    for width in (420, 300, 240):
        panel.resize(width, panel.height())
        QApplication.sendPostedEvents()
        said.append(button.text())
        assert button.width() >= button.sizeHint().width()
    assert said == ["Branch from here", "", ""]


def test_the_branch_button_pushes_nothing_over_the_edge(panel: LossPanel, qtbot: QtBot) -> None:
    row, neighbour = QWidget(), QWidget()
    qtbot.addWidget(row)
    hbox((panel, 1), neighbour, on=row, gap=0, margins=0)
    neighbour.setFixedWidth(100)
    button = find(panel, QPushButton, "loss_branch")
    row.show()
    for width, said in ((560, "Branch from here"), (346, ""), (560, "Branch from here")):
        row.setFixedWidth(width)
        qtbot.waitUntil(lambda said=said: button.text() == said)  # type: ignore[misc]  # a lambda's default has no type
        qtbot.waitUntil(lambda: button.width() >= button.sizeHint().width())
        assert neighbour.geometry().right() < width
    panel.setParent(None)  # its fixture closes it


def test_the_pointer_over_the_plot_reads_the_losses_there(panel: LossPanel, qtbot: QtBot) -> None:
    train = np.linspace(1, 0.1, 401)
    panel.show_history(history_of(train, train + 1))
    view = panel.plot.plot
    scene = view.box.mapViewToScene(QPointF(100, -0.3))
    with qtbot.waitSignal(panel.plot.hovered):
        point_at(view.viewport(), view.mapFromScene(scene))
    text = text_of(panel, "loss_readout")
    assert text.startswith(("epoch 99", "epoch 100", "epoch 101"))
    assert float(text.split("train ")[1].split()[0]) == pytest.approx(train[100], rel=0.01)


def test_linear_and_log_axes_hold_all_values(panel: LossPanel, qtbot: QtBot) -> None:
    panel.show_history(history_of(np.geomspace(2.0, 1e-5, 300)))
    low, high = panel.plot.plot.box.viewRange()[1]
    assert low <= -5.0
    assert high >= np.log10(2.0)
    qtbot.mouseClick(panel.header.log, Qt.MouseButton.LeftButton, pos=QPoint(8, 10))
    low, high = panel.plot.plot.box.viewRange()[1]
    assert low == pytest.approx(0.0, abs=0.01)
    assert 2.0 <= high < 2.5


def test_a_loss_of_zero_and_an_overflow_are_drawn_as_gaps(panel: LossPanel) -> None:
    train = np.linspace(1, 0.1, 100)
    train[50], train[99] = 0.0, np.inf
    panel.show_history(history_of(train))
    panel.grab()
    low, high = panel.plot.plot.box.viewRange()[1]
    assert np.isfinite([low, high]).all()


def test_another_run_replaces_the_line_even_when_it_is_longer(panel: LossPanel) -> None:
    panel.show_history(history_of(np.linspace(1, 0.5, 100)))
    second = np.linspace(1, 0.2, 300)
    panel.show_history(history_of(second))
    np.testing.assert_array_equal(panel.plot.train.values, second)
    assert panel.plot.train.range() == (0.2, 1.0)


def test_a_run_that_is_cut_and_goes_on_differently_is_drawn_anew(panel: LossPanel) -> None:
    history = history_of(np.linspace(1, 0.5, 200))
    panel.show_history(history)
    history.train_loss = np.concatenate([history.train_loss[:50], np.full(180, 3.0)])
    panel.show_history(history)
    assert panel.plot.train.range()[1] == 3.0
    np.testing.assert_array_equal(panel.plot.train.values, history.train_loss)


def test_smoothing_is_chosen_in_the_menu(panel: LossPanel) -> None:
    noisy = 1 + np.tile([0.5, -0.5], 200)
    panel.show_history(history_of(noisy))
    find(panel, QAction, "loss_smoothing_100").trigger()
    assert np.abs(panel.plot.train.values[100:] - 1).max() < 1e-9


def test_earlier_runs_are_named_and_listed(panel: LossPanel) -> None:
    runs = [
        earlier(np.full(50, 0.5), 42),
        earlier(np.full(90, 0.2), 17, before=1, visible=False),
    ]
    panel.show_history(history_of(np.linspace(1, 0.5, 30)))
    panel.set_runs(runs)
    assert panel.plot.x_range == (0.0, 49.0)
    table = panel.open_run_table()
    assert table.table.rowCount() == 3
    cells = [table.table.item(1, c).text() for c in range(table.table.columnCount())]
    assert cells[:6] == ["seed 17 (2)", "89", "0.200", "", "", ""]
    assert cells[6:10] == ["XOR", "17", "2-4-1", "Tanh"]
    assert cells[10:] == ["SGD", "0.5", "Full", "Cross-entropy", "0", "0"]
    header = table.table.horizontalHeader()
    tips = {}
    for column in range(table.table.columnCount()):
        at = QPoint(header.sectionViewportPosition(column) + 4, 4)
        heading = table.table.horizontalHeaderItem(column)
        assert heading is not None
        tips[heading.text()] = tip_of(header.viewport(), at)
    assert "double click on its name" in tips["Run"]
    assert "all randomness of an experiment" in tips["Seed"]
    assert all("Glossary" in tip for tip in tips.values())


@pytest.mark.parametrize("is_log", [True, False])
def test_the_loss_axis_belongs_to_the_present_run(panel: LossPanel, is_log: bool) -> None:
    plot = panel.plot.plot
    panel.plot.set_log(is_log)
    runaway = np.concatenate([np.full(200, 0.35), np.geomspace(0.35, 1e300, 100)])
    panel.set_runs([earlier(runaway), earlier(np.geomspace(0.7, 1e-9, 400))])
    panel.show_history(history_of(np.linspace(0.7, 0.03, 400)))
    low, high = plot.box.viewRange()[1]
    shown = 10.0**low if is_log else low
    assert 0.0 <= shown <= 0.03
    assert 0.7 < (10.0**high if is_log else high) < 1.5
    image = plot.grab().toImage()
    start, end = (
        plot.mapFromScene(plot.box.mapViewToScene(QPointF(epoch, to_y(0.35, is_log))))
        for epoch in (50, 150)
    )
    beside = range(start.y() - 2, start.y() + 3)
    assert all(
        any(image.pixelColor(x, y).lightness() < 230 for y in beside)
        for x in range(start.x(), end.x())
    ), "an earlier run is drawn as far as the axis goes"


def to_y(loss: float, is_log: bool) -> float:
    return math.log10(loss) if is_log else loss


def test_the_present_run_is_the_last_of_the_table_and_is_followed(
    panel: LossPanel, learned: BuildModel
) -> None:
    panel.set_runs(learned.state.run.earlier)
    table = panel.open_run_table().table

    def last() -> list[str]:
        row = table.rowCount() - 1
        items = [table.item(row, column) for column in range(table.columnCount())]
        return [item.text() for item in items if item is not None]

    def agrees() -> bool:
        shown = learned.state.snapshot
        assert shown is not None
        return last()[:3] == ["this run", str(learned.state.epoch), significant(shown.train_loss)]

    assert agrees()
    learned.step(whole_epoch=True)
    panel.show_state(learned.state)
    assert agrees()
    learned.new_start(17)
    panel.set_runs(learned.state.run.earlier)
    panel.show_state(learned.state)
    assert table.rowCount() == 2
    former, present = table.item(0, 0), table.item(1, 0)
    assert former is not None
    assert present is not None
    assert former.text().startswith("seed")
    assert former.flags() & Qt.ItemFlag.ItemIsEditable
    assert agrees()
    assert last()[7] == "17"
    assert present.data(Qt.ItemDataRole.CheckStateRole) is None
    assert not present.flags() & Qt.ItemFlag.ItemIsEditable


def shown_columns(table: QTableWidget) -> dict[str, list[str]]:
    """Return what the columns in sight say, by their headings."""
    texts = {}
    for column in range(table.columnCount()):
        if not table.isColumnHidden(column):
            items = [table.item(row, column) for row in range(table.rowCount())]
            heading = table.horizontalHeaderItem(column)
            assert heading is not None
            texts[heading.text()] = ["" if item is None else item.text() for item in items]
    return texts


def test_runs_are_compared_by_their_accuracies(panel: LossPanel, build_model: BuildModel) -> None:
    build_model.choose_data(PlaneData("moons", 80))
    build_model.set_split(SplitSpec(test_fraction=0.3), "Split")
    reached = []
    for seed in (1, 2, 3):
        build_model.new_start(seed)
        build_model.step(whole_epoch=True)
        snapshot = build_model.state.snapshot
        assert snapshot is not None
        assert snapshot.test_accuracy is not None
        reached.append((percent(snapshot.train_accuracy), percent(snapshot.test_accuracy)))
    panel.set_runs(build_model.state.run.earlier)
    found = shown_columns(panel.open_run_table().table)
    assert list(zip(found["Accuracy"], found["Test accuracy"], strict=True)) == reached
    assert len(set(reached)) == 3


def test_a_run_of_a_regression_has_no_accuracy(panel: LossPanel, build_model: BuildModel) -> None:
    build_model.choose_data(PlaneData("regression_plane", 60))
    build_model.step(whole_epoch=True)
    build_model.new_start(5)
    panel.set_runs(build_model.state.run.earlier)
    found = shown_columns(panel.open_run_table().table)
    assert "Train loss" in found
    assert "Accuracy" not in found


@pytest.mark.usefixtures("english")
def test_a_click_on_a_title_sorts_the_runs(panel: LossPanel, build_model: BuildModel) -> None:
    for seed, epochs in ((3, 2), (20, 10), (100, 9)):
        build_model.new_start(seed)
        for _ in range(epochs):
            build_model.step(whole_epoch=True)
    build_model.new_start(4)
    panel.set_runs(build_model.state.run.earlier)
    table = panel.open_run_table().table
    panel.show_state(build_model.state)
    header = table.horizontalHeader()

    def click(title: str) -> list[str]:
        headings = [table.horizontalHeaderItem(c) for c in range(table.columnCount())]
        column = [heading and heading.text() for heading in headings].index(title)
        at = QPoint(header.sectionViewportPosition(column) + 12, header.height() // 2)
        QTest.mouseClick(header.viewport(), Qt.MouseButton.LeftButton, pos=at)
        return shown_columns(table)["Seed"]

    assert shown_columns(table)["Seed"] == ["3", "20", "100", "4"]
    assert click("Epochs") == ["3", "100", "20", "4"], "numbers, not words; this run stays last"
    assert click("Epochs") == ["20", "100", "3", "4"]
    assert click("Run") == ["3", "20", "100", "4"], "as a person counts: seed 3, seed 20, seed 100"
    assert click("Epochs") == ["3", "100", "20", "4"]
    assert click("Epochs") == ["20", "100", "3", "4"]
    table.item(0, 0).setText("ten epochs")
    assert [run.name for run in build_model.state.run.earlier] == ["", "ten epochs", ""]
    assert click("Epochs") == ["3", "20", "100", "4"], "a third click: as they were made"


def test_the_columns_of_the_runs_fit_another_setting_of_the_present_run(
    panel: LossPanel, learned: BuildModel
) -> None:
    table = panel.open_run_table().table
    training = replace(learned.state.experiment.training, learning_rate=0.0123456)
    learned.set_training(training, "Learning rate")
    panel.show_state(learned.state)
    columns = range(table.columnCount())
    rate = next(c for c in columns if table.horizontalHeaderItem(c).text() == "Rate")
    assert table.columnWidth(rate) >= table.sizeHintForColumn(rate)


def test_earlier_runs_are_hidden_and_renamed(
    panel: LossPanel, learned: BuildModel, qtbot: QtBot
) -> None:
    for seed in (17, 18):
        learned.new_start(seed)
        learned.step(whole_epoch=True)
    panel.set_runs(learned.state.run.earlier)
    find(panel, QAction, "loss_run_1").trigger()
    assert [each.visible for each in learned.state.run.earlier] == [True, False]
    table = panel.open_run_table()
    table.table.item(0, 0).setText("the good one")
    assert learned.state.run.earlier[0].name == "the good one"
    table.table.item(0, 0).setCheckState(Qt.CheckState.Unchecked)
    assert [each.visible for each in learned.state.run.earlier] == [False, False]


def test_csv_holds_every_number_exactly(panel: LossPanel, tmp_path: Path) -> None:
    trainer, _ = trained()
    panel.show_history(trainer.history)
    panel.set_runs([earlier(np.array([0.1, 0.2, 1 / 3]), name="old")])
    assert panel.export(tmp_path / "loss.csv")
    assert (tmp_path / "loss.csv").read_bytes().startswith(codecs.BOM_UTF8)  # as Excel wants it
    text = (tmp_path / "loss.csv").read_text(encoding="utf-8-sig")
    rows = list(csv.DictReader(text.splitlines()))
    ours = [float(r["train_loss"]) for r in rows if r["run"] == ""]
    np.testing.assert_array_equal(ours, trainer.history.train_loss)
    assert [r for r in rows if r["run"] == "old"][2]["train_loss"] == repr(1 / 3)


def test_pictures_of_the_plot_show_its_line(panel: LossPanel, tmp_path: Path) -> None:
    trainer, snapshots = trained()
    panel.show_history(trainer.history)
    panel.show_state(state_of(trainer, snapshots[-1]))
    assert panel.export(tmp_path / "loss.png")
    image = QImage(str(tmp_path / "loss.png"))
    assert image.width() == 2 * panel.plot.plot.width()
    greenest = max(
        image.pixelColor(x, y).green() - image.pixelColor(x, y).red()
        for x in range(100, image.width() - 100, 9)
        for y in range(20, 380)
    )
    assert greenest > 80
    assert panel.export(tmp_path / "loss.svg")
    svg = (tmp_path / "loss.svg").read_text(encoding="utf-8")
    assert "<svg" in svg
    assert "#0b6e69" in svg


def test_an_unwritable_file_is_said_and_nothing_is_left(
    panel: LossPanel, build_model: BuildModel, tmp_path: Path, qtbot: QtBot
) -> None:
    panel.show_history(history_of(np.linspace(1, 0.1, 10)))
    with told(qtbot, build_model.messages) as caught:
        assert not panel.export(tmp_path / "missing" / "loss.csv")
    assert "loss.csv" in caught[0]
    assert list(tmp_path.iterdir()) == []


def test_the_title_row_keeps_whole_what_it_shows(panel: LossPanel) -> None:
    panel.show_history(history_of(np.linspace(1, 0.1, 100), np.linspace(1, 0.2, 100)))
    for width, runs, log in ((700, True, True), (400, False, True)):
        panel.resize(width, 282)
        QApplication.processEvents()
        button = find(panel, QWidget, "loss_runs")
        assert (button.isVisible(), panel.header.log.isVisible()) == (runs, log)
        for name in ("loss_train_value", "loss_test_value", "loss_runs", "loss_log"):
            part = find(panel, QWidget, name)
            if part.isVisible():
                assert part.width() >= part.sizeHint().width()
                assert part.geometry().right() <= panel.header.width()
    assert panel.findChild(QAction, "loss_log_action") is not None


def test_a_narrow_title_row_keeps_the_losses_whole(panel: LossPanel) -> None:
    panel.show_history(history_of(np.linspace(2000, 1000, 100), np.linspace(3000, 2000, 100)))
    panel.set_compact(True)
    for width in (420, 270):
        panel.resize(width, 140)
        QApplication.processEvents()
        words = [
            part for part in panel.header.findChildren(QLabel) if part.text() in ("train", "test")
        ]
        assert [part.isVisible() for part in words] == [width == 420] * 2
        for part in (*words, *panel.header.findChildren(QLabel, QRegularExpression("_value$"))):
            if part.isVisible():
                assert part.width() >= part.sizeHint().width()


def test_a_narrow_title_row_makes_room_for_values_that_grow(panel: LossPanel) -> None:
    panel.resize(270, 140)
    for losses in ((2, 1), (0.0003456, 0.0001234)):
        values = np.linspace(losses[0], losses[1], 100)
        panel.show_history(history_of(values, values))
        QApplication.processEvents()
        parts = [part for part in panel.header.findChildren(QWidget) if part.isVisible()]
        parts.sort(key=lambda part: part.x())
        for part, after in pairwise(parts):
            assert part.width() >= part.sizeHint().width()
            assert part.geometry().right() < after.x()
        assert parts[-1].geometry().right() < panel.header.width()


def test_the_name_of_a_short_run_stays_inside_the_plot(panel: LossPanel, qtbot: QtBot) -> None:
    train = np.linspace(1, 0.1, 1000)
    panel.show_history(history_of(train))
    panel.set_runs(
        [
            earlier(train[:12], name="a long name of a short run"),
            earlier(train[:900], 2),
        ]
    )
    view = panel.plot.plot
    scene = view.box.sceneBoundingRect()
    boxes: list[QRectF] = []
    texts = [item for item in view.scene().items() if isinstance(item, pg.TextItem)]
    assert len(texts) == 2
    for text in texts:
        assert text.isVisible(), text.textItem.toPlainText()
        boxes.append(text.textItem.sceneBoundingRect())
        assert scene.contains(boxes[-1]), text.textItem.toPlainText()
    assert not boxes[0].intersects(boxes[1])


def test_exporting_asks_without_blocking_and_writes(
    panel: LossPanel, tmp_path: Path, qtbot: QtBot
) -> None:
    panel.show_history(history_of(np.linspace(1, 0.1, 3)))
    find(panel, QAction, "loss_export_csv").trigger()
    dialog = find(panel, QFileDialog, "loss_dialog")
    qtbot.waitUntil(dialog.isVisible)
    path = tmp_path / "losses.csv"
    dialog.selectFile(str(path))
    dialog.accept()
    qtbot.waitUntil(path.exists)
    assert path.read_text().splitlines()[-1].startswith(",2,0.1")
