"""Runs beside each other, the loss plot's axis and files, and the way to any epoch."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from pathlib import Path

from PySide6.QtCore import QPoint
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QCheckBox, QTableWidget

from gui.plots.epoch_plot import run_name
from model.training.runs import RunRecord
from tests.e2e.builder import SOON_MS, Builder
from tests.e2e.ways import both


def choose_entry(builder: Builder, button: str, entries: dict[str, str], by_keys: bool) -> None:
    """Choose an entry of a button's menu; `entries` are names and texts of the way to it."""
    if by_keys:
        builder.reach(button)
        builder.press_menu_entry(*entries.values())
    else:
        builder.pick(button, *entries)


def make_runs(builder: Builder, by_keys: bool) -> None:
    """Train an epoch from seed 0 twice and from seed 1 once, each time from its start."""
    for number, again in ((1, "reset"), (1, "new_start"), (1, "")):
        builder.press("Shift+s")
        builder.wait(lambda n=number: builder.epoch == n, "an epoch is learned", SOON_MS)
        if again:
            builder.push(again, by_keys)
            builder.wait(lambda: builder.epoch == 0, "back at the start", SOON_MS)


def earlier(builder: Builder) -> tuple[RunRecord, ...]:
    """Return the runs that are over, as they are now."""
    return builder.tab.model.state.run.earlier


@both
def test_a_run_is_renamed_and_hidden_in_the_table(builder: Builder, by_keys: bool) -> None:
    make_runs(builder, by_keys)
    choose_entry(builder, "loss_runs", {"loss_run_table": "Table of runs…"}, by_keys)
    builder.wait(lambda: bool(builder.window.findChildren(QTableWidget, "run_table")), "a table")
    table = builder.find("run_table", QTableWidget)
    builder.wait(table.isVisible, "the table is shown", SOON_MS)
    table.window().activateWindow()
    builder.wait(table.window().isActiveWindow, "it has the keyboard", SOON_MS)

    def cell(row: int, column: int) -> str:
        item = table.item(row, column)
        assert item is not None
        return item.text()

    headings = [table.horizontalHeaderItem(c).text() for c in range(table.columnCount())]
    assert [cell(0, headings.index(h)) for h in ("Data", "Seed", "Layers")] == ["XOR", "0", "2-4-1"]
    if by_keys:
        builder.reach("run_table")
        builder.press("Down")
        builder.press("Home")
        builder.press("Space")  # the tick before the name
        builder.wait(
            lambda: not earlier(builder)[1].visible,
            "its line is hidden",
            SOON_MS,
        )
        builder.press("F2")
    else:
        place = table.visualItemRect(table.item(1, 0))
        builder.click(table.viewport(), QPoint(place.left() + 12, place.center().y()))
        builder.wait(
            lambda: not earlier(builder)[1].visible,
            "its line is hidden",
            SOON_MS,
        )
        builder.click(table.viewport(), place.center() + QPoint(10, 0), times=2)
    builder.wait(
        lambda: table.state() == QTableWidget.State.EditingState, "the name can be typed", SOON_MS
    )
    builder.press("Ctrl+A")
    builder.type("the second")
    builder.press("Enter")
    builder.wait(lambda: run_name(earlier(builder)[1]) == "the second", "it is called so", SOON_MS)
    builder.press("Escape")
    builder.come_back()
    builder.click("language_tr")
    builder.wait(
        lambda: run_name(earlier(builder)[0]) == "tohum 0", "names follow the language", SOON_MS
    )
    assert run_name(earlier(builder)[1]) == "the second"
    assert builder.save().seed == 1


@both
def test_the_loss_axis_is_logarithmic_or_not_and_smoothed(builder: Builder, by_keys: bool) -> None:
    builder.push("train", by_keys)
    builder.wait(lambda: builder.text("status_state") == "Paused", "it stops by itself")
    plot = builder.find("loss_plot")
    assert builder.find("loss_log", QCheckBox).isChecked()
    before = builder.image(plot)
    builder.push("loss_log", by_keys)
    builder.wait(lambda: not builder.find("loss_log", QCheckBox).isChecked(), "linear", SOON_MS)
    linear = builder.image(plot)
    assert linear != before
    way = {"loss_smoothing": "Smoothing", "loss_smoothing_25": "Mean of 25 epochs"}
    choose_entry(builder, "loss_more", way, by_keys)
    builder.wait(lambda: builder.image(plot) != linear, "the line is another", SOON_MS)
    assert builder.save().progress is not None


@both
def test_the_loss_plot_is_written_as_pictures(
    builder: Builder, tmp_path: Path, by_keys: bool
) -> None:
    make_runs(builder, by_keys)
    for kind in ("png", "svg"):
        path = tmp_path / f"loss.{kind}"
        entry = {f"loss_export_{kind}": f"Export as {kind.upper()}…"}
        choose_entry(builder, "loss_more", entry, by_keys)
        builder.name_file("loss_dialog", path)
        builder.wait(
            lambda p=path: builder.text("status_sentence") == f"{p.name} is written.",
            "it says so",
            SOON_MS,
        )
    picture = QImage(str(tmp_path / "loss.png"))
    assert picture.width() > 300
    svg = ET.parse(tmp_path / "loss.svg").getroot()
    written = {"".join(t.itertext()).strip() for t in svg.iter("{http://www.w3.org/2000/svg}text")}
    assert "seed 0" in written
    assert builder.save().seed == 1
