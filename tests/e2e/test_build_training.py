"""How a network learns: optimiser, rate, batch, penalties, noise, split, and training itself."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest
from PySide6.QtCore import QPoint
from PySide6.QtGui import QColor, QImage
from PySide6.QtWidgets import QSlider

from gui.theme import active
from model.experiment import GateData
from tests.e2e.builder import SOON_MS, Builder

# -- Choice of optimiser, learning rate, batch size ------------------------------------------------


# -- Regularisation --------------------------------------------------------------------------------


# -- Noise and split -------------------------------------------------------------------------------


def knob(slider: QSlider, value: int) -> QPoint:
    """Return where the knob is when the slider stands at `value`."""
    span = slider.maximum() - slider.minimum()
    share = (value - slider.minimum()) / span
    return QPoint(round(6.5 + share * (slider.width() - 13)), slider.height() // 2)


def drag_slider(builder: Builder, name: str, value: int) -> None:
    slider = builder.find(name, QSlider)
    builder.drag(slider, knob(slider, slider.value()), knob(slider, value))


def test_noise_and_split_are_dragged(builder: Builder) -> None:
    drag_slider(builder, "copies", 50)
    drag_slider(builder, "noise", 20)
    drag_slider(builder, "split", 70)
    copies, noise = builder.find("copies", QSlider).value(), builder.find("noise", QSlider).value()
    split = builder.find("split", QSlider).value()
    assert (abs(copies - 50) <= 3, abs(noise - 20) <= 2, abs(split - 70) <= 3) == (True,) * 3
    assert builder.text("noise_figure") == f"{noise / 100:.2f}"
    assert builder.text("copies_figure") == str(copies)
    rows = builder.tab.model.state.dataset
    shown = builder.plain("split_figure")
    assert shown == f"{len(rows.x_train)} train · {len(rows.x_test)} test"
    assert len(rows.x_train) + len(rows.x_test) == 4 * copies
    assert builder.text("test_counts").endswith(f" / {len(rows.x_test)}")
    saved = builder.save()
    assert saved.data == GateData("xor", copies=copies, noise=noise / 100)
    assert saved.split.test_fraction == pytest.approx(1 - split / 100)
    assert builder.document.undo_stack.count() == 3


def test_noise_and_split_are_set_by_keys(builder: Builder) -> None:
    builder.reach("copies")
    builder.press("Right", times=9)
    builder.reach("noise")
    builder.press("Right", times=5)
    builder.reach("split")
    builder.press("Left", times=20)
    builder.wait(lambda: builder.plain("split_figure") == "32 train · 8 test", "40 rows", SOON_MS)
    assert builder.text("noise_figure") == "0.05"
    saved = builder.save()
    assert saved.data == GateData("xor", copies=10, noise=0.05)
    assert saved.split.test_fraction == pytest.approx(0.2)


# -- Play, pause, step, reset ----------------------------------------------------------------------


# -- Live loss plot --------------------------------------------------------------------------------


def coloured(image: QImage, colour: QColor) -> list[int]:
    """Return the columns of an image in which a colour occurs."""
    ratio = image.devicePixelRatio()
    columns = []
    for x in range(0, image.width(), 2):
        for y in range(image.height()):
            at = image.pixelColor(x, y)
            if (
                abs(at.red() - colour.red())
                + abs(at.green() - colour.green())
                + abs(at.blue() - colour.blue())
                < 40
            ):
                columns.append(round(x / ratio))
                break
    return columns


def test_the_loss_is_drawn_while_training(builder: Builder, tmp_path: Path) -> None:
    builder.reach("split")
    builder.press("Left", times=50)
    builder.reach("copies")
    builder.press("Right", times=9)
    plot = builder.find("loss_plot")
    line, dashed = QColor(active().acc), QColor(active().test)
    assert coloured(builder.image(plot), line) == []
    builder.click("train")
    builder.wait(lambda: builder.epoch >= 30, "thirty epochs have gone by", SOON_MS)
    assert builder.tab.model.is_training
    image = builder.image(plot)
    train_columns, test_columns = coloured(image, line), coloured(image, dashed)
    assert train_columns[-1] - train_columns[0] > 100
    # Where the two curves meet the dashed one lies below: it is held to its reach, not to its ink.
    assert test_columns[-1] - test_columns[0] > 100
    builder.click("train")
    builder.wait(lambda: builder.text("status_state") == "Paused", "it is paused", SOON_MS)
    snapshot = builder.tab.model.state.snapshot
    assert snapshot is not None
    shown = float(builder.text("loss_train_value"))
    assert shown == pytest.approx(snapshot.train_loss, rel=0.01)
    assert snapshot.test_loss is not None
    assert float(builder.text("loss_test_value")) == pytest.approx(snapshot.test_loss, rel=0.01)
    builder.hover(plot, plot.rect().center())
    builder.wait(lambda: builder.text("loss_readout") != "", "a value is read", SOON_MS)

    builder.pick("loss_more", "loss_export_csv")
    builder.name_file("loss_dialog", tmp_path / "loss.csv")
    with (tmp_path / "loss.csv").open(encoding="utf-8-sig", newline="") as file:
        last = list(csv.DictReader(file))[-1]
    saved = builder.save()
    assert saved.progress is not None
    assert int(last["epoch"]) == saved.progress.epoch == snapshot.epoch
    assert (float(last["train_loss"]), float(last["test_loss"])) == (
        snapshot.train_loss,
        snapshot.test_loss,
    )


def test_the_loss_is_written_out_by_keys(builder: Builder, tmp_path: Path) -> None:
    builder.press("Space")
    builder.wait(lambda: builder.epoch >= 20, "twenty epochs have gone by", SOON_MS)
    builder.press("Space")
    builder.wait(lambda: builder.text("status_state") == "Paused", "it is paused", SOON_MS)
    last = builder.epoch
    builder.reach("timeline")
    builder.press("Home")
    builder.wait(lambda: builder.epoch == 0, "the first epoch is shown", SOON_MS)
    builder.press("End")
    builder.wait(lambda: builder.epoch == last, "the last epoch is shown", SOON_MS)
    builder.reach("loss_more")
    builder.press_menu_entry("Export as CSV…")
    builder.name_file("loss_dialog", tmp_path / "loss.csv")
    with (tmp_path / "loss.csv").open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    assert [int(row["epoch"]) for row in rows] == list(range(last + 1))
    saved = builder.save()
    assert saved.progress is not None
    assert saved.progress.epoch == last
    snapshot = builder.tab.model.state.snapshot
    assert snapshot is not None
    assert float(rows[-1]["train_loss"]) == snapshot.train_loss


# -- Automatic stop rule ---------------------------------------------------------------------------
