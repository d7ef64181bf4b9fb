"""Data of one's own: truth tables, points on the plane, CSV files, by mouse, keys and drop."""

from __future__ import annotations

import gzip
from pathlib import Path

import pytest
from PySide6.QtCore import QPoint
from PySide6.QtWidgets import QTableView

from model.experiment import CsvData, GateData, PointsData
from model.files import write_experiment
from tests.e2e.builder import SOON_MS, Builder, is_blue

CSV = """width;weight;colour;kind
1,5;10;red;small
2,5;20;red;small
3,5;15;blue;small
8,5;90;blue;large
9,5;80;red;large
7,25;85;blue;large
"""

# -- Truth tables ----------------------------------------------------------------------------------


# -- Points on the plane ---------------------------------------------------------------------------


def points(builder: Builder) -> PointsData:
    data = builder.document.experiment.data
    assert isinstance(data, PointsData)
    return data


def place(builder: Builder, x: float, y: float) -> QPoint:
    return builder.map.to_px(x, y).toPoint()


def test_points_are_put_dragged_and_erased_on_the_map(builder: Builder) -> None:
    builder.choose_tile("plane_tiles", "points")
    builder.wait(lambda: builder.find("point_tools").isVisible(), "the tools are there", SOON_MS)
    assert len(points(builder).points) == 2
    builder.click("add_class_1")
    builder.click(builder.map, place(builder, -0.1, 0.3))
    builder.wait(lambda: len(points(builder).points) == 3, "there are three points", SOON_MS)
    x, y, kind = points(builder).points[2]
    assert (x, y) == pytest.approx((-0.1, 0.3), abs=0.02)
    assert kind == 1.0
    builder.hover("status_fact")
    assert is_blue(builder.pixel(builder.map, place(builder, x, y)))
    builder.click("drag_points")
    builder.drag(builder.map, place(builder, x, y), place(builder, 0.3, -0.2))
    builder.wait(lambda: points(builder).points[2][0] > 0.2, "the point has moved", SOON_MS)
    assert builder.document.undo_stack.count() == 3
    builder.click("erase_points")
    builder.click(builder.map, place(builder, -0.5, -0.5))
    builder.wait(lambda: len(points(builder).points) == 2, "one point is gone", SOON_MS)
    saved = builder.save()
    assert isinstance(saved.data, PointsData)
    assert saved.data.points[0] == (0.5, 0.5, 1.0)
    assert saved.data.points[1][:2] == pytest.approx((0.3, -0.2), abs=0.03)


def test_points_are_put_and_erased_by_keys(builder: Builder) -> None:
    builder.reach("plane_tiles")
    builder.press("End")
    builder.press("Enter")
    builder.wait(lambda: builder.find("point_tools").isVisible(), "the tools are there", SOON_MS)
    builder.reach("add_class_0")
    builder.press("Right")
    builder.wait(lambda: builder.focus == "add_class_1", "the next tool is chosen", SOON_MS)
    builder.reach("plane_map")
    builder.press("Right", times=10)
    builder.press("Space")
    builder.wait(lambda: len(points(builder).points) == 3, "there are three points", SOON_MS)
    x, y, kind = points(builder).points[2]
    assert (x > 0.1, abs(y) < 0.1, kind) == (True, True, 1.0)
    saved = builder.save()
    assert saved.data == points(builder)
    builder.reach("add_class_1")
    builder.press("Right", times=2)
    builder.wait(lambda: builder.focus == "erase_points", "the eraser is chosen", SOON_MS)
    builder.reach("plane_map")
    builder.press("Space")
    builder.wait(lambda: len(points(builder).points) == 2, "it is erased again", SOON_MS)
    assert builder.save().data == points(builder)


# -- CSV files -------------------------------------------------------------------------------------


def see_dialog(builder: Builder) -> None:
    builder.wait(
        lambda: any(d.isVisible() for d in builder.window.findChildren(QTableView, "csv_preview")),
        "the import dialog is open",
        SOON_MS,
    )
    accept = builder.find("csv_accept")
    builder.wait(accept.isEnabled, "the first rows are read", SOON_MS)


def check_imported(builder: Builder, path: Path, inputs: int) -> None:
    builder.wait(lambda: builder.text("data_summary").startswith(path.name), "the table", SOON_MS)
    assert builder.drawn_units[0] == inputs
    saved = builder.save()
    assert isinstance(saved.data, CsvData)
    assert Path(saved.data.path) == path
    assert saved.data.targets == ("kind",)
    assert saved.network.inputs == inputs


# -- Drop ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["things.csv", "things.csv.gz"])
def test_a_dropped_table_opens_the_import(builder: Builder, name: str, tmp_path: Path) -> None:
    path = tmp_path / name
    path.write_bytes(gzip.compress(CSV.encode()) if name.endswith(".gz") else CSV.encode())
    builder.drop(
        path,
        builder.canvas,
        lambda: any(d.isVisible() for d in builder.window.findChildren(QTableView, "csv_preview")),
    )
    see_dialog(builder)
    builder.click("csv_accept")
    builder.come_back()
    check_imported(builder, path, inputs=4)


def test_a_dropped_experiment_is_opened(builder: Builder, tmp_path: Path) -> None:
    from model.defaults import default_experiment

    path = tmp_path / "given.glassnet"
    write_experiment(default_experiment(GateData("and"), hidden=(3,), seed=5), path)
    builder.drop(path, builder.canvas, lambda: builder.drawn_units == [2, 3, 1])
    assert [builder.cell(r, 2) for r in range(4)] == ["0", "0", "0", "1"]
    assert builder.text("seed") == "5"
    assert builder.find("document_title").text() == "given"  # type: ignore[attr-defined]  # a button
