"""The loss panel: what it draws, and what the person does with it."""

from __future__ import annotations

import codecs
import csv
import re
from itertools import pairwise
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pyqtgraph as pg
import pytest
from PySide6.QtCore import QPoint, QPointF, QRectF, Qt
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
from model.experiment import PlaneData, SplitSpec
from model.training.history import History
from model.training.live import epoch_of
from tests.gui.build_tab.loss_panel.conftest import EPOCHS, earlier
from tests.gui.build_tab.plot_states import drag, point_at, state_of, trained
from tests.gui.finding import find, tip_of
from tests.gui.told import told


def point_at_epoch(panel: LossPanel, epoch: float) -> None:
    """Move the pointer over the plot to an epoch."""
    view = panel.plot.plot
    (low, high), (bottom, top) = view.box.viewRange()
    assert low <= epoch <= high
    scene = view.box.mapViewToScene(QPointF(epoch, (bottom + top) / 2))
    point_at(view.viewport(), view.mapFromScene(scene))


def test_timeline_lies_under_the_plot_to_the_pixel(panel: LossPanel) -> None:
    panel.show_history(history_of(np.linspace(1, 0.1, 401)))
    box = panel.plot.plot.box
    for epoch in (0, 150, 400):
        scene = box.mapViewToScene(QPointF(epoch, 0))
        plot_x = panel.plot.plot.mapTo(panel, panel.plot.plot.mapFromScene(scene)).x()
        slider_x = panel.timeline.mapTo(panel, QPoint(0, 0)).x() + panel.timeline.x_of(epoch)
        assert slider_x == pytest.approx(plot_x, abs=1.0)


def test_smoothing_is_chosen_in_the_menu(panel: LossPanel) -> None:
    noisy = 1 + np.tile([0.5, -0.5], 200)
    panel.show_history(history_of(noisy))
    find(panel, QAction, "loss_smoothing_100").trigger()
    assert np.abs(panel.plot.train.values[100:] - 1).max() < 1e-9


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


def history_of(train: np.ndarray, test: np.ndarray | None = None) -> Any:
    """Return a stand-in for a `History`, which grows by training alone; hence it is typed `Any`."""
    epochs = range(len(train))
    return SimpleNamespace(train_loss=train, test_loss=test, epochs=epochs, accuracies=None)


def text_of(panel: LossPanel, name: str) -> str:
    return find(panel, QLabel, name).text()


def test_a_run_is_shown_with_its_last_losses(panel: LossPanel) -> None:
    panel.show_history(history_of(np.linspace(1, 0.1, 50)))
    assert not find(panel, QLabel, "loss_test_value").isVisible()
    trainer, snapshots = trained()
    panel.show_history(History(0, has_test=False))
    panel.show_state(state_of(trainer, snapshots[-1]))
    box = find(panel, QLineEdit, "epoch_box")
    assert (box.text(), text_of(panel, "epoch_of")) == ("120", "/ 120"), "as of an opened file"
    panel.show_history(trainer.history)
    for name in ("train", "test"):
        last = getattr(trainer.history, f"{name}_loss")[-1]
        assert float(text_of(panel, f"loss_{name}_value")) == pytest.approx(last, rel=0.005)
    assert (box.text(), text_of(panel, "epoch_of")) == ("120", "/ 120")
    assert panel.timeline.value() == 120


def test_the_pointer_reads_the_losses_there_also_where_the_test_loss_begins_late(
    panel: LossPanel,
) -> None:
    train, test = np.linspace(1, 0.1, 50), np.full(50, np.nan)
    panel.show_history(history_of(train[:20]))
    test[20:] = 0.5
    panel.show_history(history_of(train, test))
    drawn = panel.plot.test.item.boundingRect()
    assert (drawn.left(), drawn.right()) == (20, 49)
    for epoch in (30, 10):
        point_at_epoch(panel, epoch)
        said = re.split(r" +", text_of(panel, "loss_readout"))
        assert abs(int(said[1]) - epoch) <= 1
        assert float(said[3]) == pytest.approx(train[epoch], rel=0.03)
        assert said[4:] == (["test", "0.5000"] if epoch == 30 else [])


def test_an_epoch_is_chosen_by_pointer_by_keys_and_by_its_number(
    panel: LossPanel, learned: BuildModel, qtbot: QtBot
) -> None:
    timeline, box = panel.timeline, find(panel, QLineEdit, "epoch_box")
    middle = timeline.height() // 2
    start, end = (QPoint(round(timeline.x_of(epoch)), middle) for epoch in (100, 200))
    drag(timeline, start, end)
    assert learned.state.epoch == pytest.approx(200, abs=1)
    chosen = learned.state.epoch
    qtbot.keyClick(timeline, Qt.Key.Key_Left)
    assert learned.state.epoch == chosen - 1
    for typed, epoch in (("123", 123), ("3/4", 123), ("-5", 123), ("1e", 123), ("99999", EPOCHS)):
        box.selectAll()
        qtbot.keyClicks(box, typed)
        assert box.text() == typed
        assert (box.property("invalid") == "true") == (not typed.isdigit())
        qtbot.keyClick(box, Qt.Key.Key_Return)
        assert learned.state.epoch == epoch
        assert box.text() == str(epoch)
    panel.set_runs([earlier(np.linspace(1, 0.2, 1601))])
    assert panel.plot.x_range == (0.0, 1600.0)
    learned.show_epoch(120)
    beyond = QPoint(round(timeline.x_of(1200)), middle)
    qtbot.mouseClick(timeline, Qt.MouseButton.LeftButton, pos=beyond)
    assert learned.state.epoch == EPOCHS
    learned.show_epoch(120)
    qtbot.mouseClick(find(panel, QPushButton, "loss_branch"), Qt.MouseButton.LeftButton)
    assert epoch_of(learned.document.experiment) == 120
    assert len(learned.state.run.earlier) == 1


@pytest.mark.parametrize("is_log", [True, False])
def test_the_loss_axis_belongs_to_the_present_run(panel: LossPanel, is_log: bool) -> None:
    panel.header.log.setChecked(is_log)
    runaway = np.concatenate([np.full(200, 0.35), np.geomspace(0.35, 1e300, 100)])
    panel.set_runs([earlier(runaway), earlier(np.geomspace(0.7, 1e-9, 400))])
    panel.show_history(history_of(np.linspace(0.7, 0.03, 400)))
    low, high = panel.plot.plot.box.viewRange()[1]
    if is_log:
        low, high = 10.0**low, 10.0**high
    assert 0.0 <= low <= 0.03
    assert 0.7 < high < 1.5


# -- The table of the runs -------------------------------------------------------------------------


def columns_of(table: QTableWidget) -> dict[str, list[str]]:
    """Return what the columns in sight say, by their headings."""
    texts = {}
    for column in range(table.columnCount()):
        if not table.isColumnHidden(column):
            items = [table.item(row, column) for row in range(table.rowCount())]
            texts[table.horizontalHeaderItem(column).text()] = [item.text() for item in items]
    return texts


def test_earlier_runs_are_named_and_explained(panel: LossPanel) -> None:
    hidden = earlier(np.full(90, 0.2), 17, before=1, visible=False)
    panel.show_history(history_of(np.linspace(1, 0.5, 30)))
    panel.set_runs([earlier(np.full(50, 0.5), 42), hidden])
    assert panel.plot.x_range == (0.0, 49.0), "the hidden one is longer"
    table = panel.open_run_table().table
    assert table.rowCount() == 3
    cells = [table.item(1, c).text() for c in range(table.columnCount())]
    assert cells[:6] == ["seed 17 (2)", "89", "0.200", "", "", ""]
    assert cells[6:10] == ["XOR", "17", "2-4-1", "Tanh"]
    assert cells[10:] == ["SGD", "0.5", "Full", "Cross-entropy", "0", "0"]
    header = table.horizontalHeader()
    tips = [
        tip_of(header.viewport(), QPoint(header.sectionViewportPosition(column) + 4, 4))
        for column in range(table.columnCount())
    ]
    assert "double click on its name" in tips[0]
    assert all("Glossary" in tip for tip in tips)


def test_the_present_run_is_the_last_of_the_table_and_is_followed(
    panel: LossPanel, learned: BuildModel
) -> None:
    learned.document.experiment_changed.connect(lambda: panel.set_runs(learned.state.run.earlier))
    table = panel.open_run_table().table

    def agrees() -> bool:
        shown, last = learned.state.snapshot, table.rowCount() - 1
        assert shown is not None
        cells = [table.item(last, column).text() for column in range(3)]
        return cells == ["this run", str(learned.state.epoch), significant(shown.train_loss)]

    assert agrees()
    learned.step(whole_epoch=True)
    assert agrees()
    learned.new_start(17)
    panel.set_runs(learned.state.run.earlier)
    assert agrees()
    assert columns_of(table)["Seed"] == ["0", "17"]
    former, present = table.item(0, 0), table.item(1, 0)
    assert former.text().startswith("seed")
    assert former.flags() & Qt.ItemFlag.ItemIsEditable
    assert present.data(Qt.ItemDataRole.CheckStateRole) is None
    assert not present.flags() & Qt.ItemFlag.ItemIsEditable
    former.setText("the good one")
    assert learned.state.run.earlier[0].name == "the good one"
    table.item(0, 0).setCheckState(Qt.CheckState.Unchecked)
    assert [each.visible for each in learned.state.run.earlier] == [False]
    panel.set_runs(learned.state.run.earlier)
    find(panel, QAction, "loss_run_0").trigger()
    assert [each.visible for each in learned.state.run.earlier] == [True]


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
    found = columns_of(panel.open_run_table().table)
    assert list(zip(found["Accuracy"], found["Test accuracy"], strict=True)) == reached
    assert len(set(reached)) == 3
    build_model.choose_data(PlaneData("regression_plane", 60))
    build_model.step(whole_epoch=True)
    panel.set_runs([])
    found = columns_of(panel.open_run_table().table)
    assert "Train loss" in found
    assert "Accuracy" not in found, "a regression has none"


@pytest.mark.usefixtures("english")
def test_a_click_on_a_title_sorts_the_runs(panel: LossPanel, build_model: BuildModel) -> None:
    panel.set_runs(
        [earlier(np.ones(epochs), seed) for seed, epochs in ((3, 3), (20, 11), (100, 10))]
    )
    table = panel.open_run_table().table
    header = table.horizontalHeader()
    for column, order in (
        (1, ["3", "100", "20", "0"]),  # numbers, not words; this run stays last
        (1, ["20", "100", "3", "0"]),
        (0, ["3", "20", "100", "0"]),  # as the user counts: seed 3, seed 20, seed 100
        (1, ["3", "100", "20", "0"]),
        (1, ["20", "100", "3", "0"]),
        (1, ["3", "20", "100", "0"]),  # a third click: as they were made
    ):
        at = QPoint(header.sectionViewportPosition(column) + 12, header.height() // 2)
        QTest.mouseClick(header.viewport(), Qt.MouseButton.LeftButton, pos=at)
        assert columns_of(table)["Seed"] == order


# -- Files -----------------------------------------------------------------------------------------


def test_a_table_is_exported_without_blocking_and_holds_every_number(
    panel: LossPanel, tmp_path: Path, qtbot: QtBot
) -> None:
    trainer, _ = trained()
    panel.show_history(trainer.history)
    panel.set_runs([earlier(np.array([0.1, 0.2, 1 / 3]), name="old")])
    find(panel, QAction, "loss_export_csv").trigger()
    dialog = find(panel, QFileDialog, "loss_dialog")
    qtbot.waitUntil(dialog.isVisible)
    path = tmp_path / "loss.csv"
    dialog.selectFile(str(path))
    dialog.accept()
    qtbot.waitUntil(path.exists)
    assert path.read_bytes().startswith(codecs.BOM_UTF8)  # as Excel wants it
    rows = list(csv.DictReader(path.read_text(encoding="utf-8-sig").splitlines()))
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
    colours = [
        image.pixelColor(x, y) for x in range(100, image.width() - 100, 9) for y in range(20, 380)
    ]
    assert max(colour.green() - colour.red() for colour in colours) > 80
    assert panel.export(tmp_path / "loss.svg")
    assert "#0b6e69" in (tmp_path / "loss.svg").read_text(encoding="utf-8")


def test_an_unwritable_file_is_said_and_nothing_is_left(
    panel: LossPanel, build_model: BuildModel, tmp_path: Path, qtbot: QtBot
) -> None:
    panel.show_history(history_of(np.linspace(1, 0.1, 10)))
    with told(qtbot, build_model.messages) as caught:
        assert not panel.export(tmp_path / "missing" / "loss.csv")
    assert "loss.csv" in caught[0]
    assert list(tmp_path.iterdir()) == []


# -- Room ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("width", "is_compact"), [(700, False), (420, True), (400, False), (270, False)]
)
def test_the_title_row_keeps_whole_what_it_shows(
    panel: LossPanel, width: int, is_compact: bool
) -> None:
    panel.setMinimumWidth(1)  # as in a window that has less room than the panel asks for
    panel.set_compact(is_compact)
    panel.resize(width, 282)
    for first, last in ((2000, 1000), (2, 1), (0.0003456, 0.0001234)):
        values = np.linspace(first, last, 100)
        panel.show_history(history_of(values, values))
        QApplication.processEvents()
        parts = [part for part in panel.header.findChildren(QWidget) if part.isVisible()]
        parts.sort(key=lambda part: part.x())
        for part, after in pairwise(parts):
            assert part.width() >= part.sizeHint().width()
            assert part.geometry().right() < after.x()
        assert parts[-1].geometry().right() < panel.header.width()
