"""A person who builds networks: knows where things are on the Build tab, and reads them."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
from PySide6.QtCore import QAbstractItemModel, QPoint, Qt
from PySide6.QtGui import QColor
from PySide6.QtWidgets import (
    QTableView,
)
from pytestqt.qtbot import QtBot

from gui.build_tab.data_panel.tiles import TileList
from gui.build_tab.network_view.panel import NetworkPanel
from gui.build_tab.tab import BuildTab
from gui.plots.plane_map import PlaneMap
from gui.window import GlassnetWindow
from model.experiment import Experiment, with_past
from model.files import read_experiment
from model.network import Network
from model.places import Target, UnitAt, WeightAt
from tests.e2e.reader import SOON_MS, Reader

__all__ = ["SOON_MS", "Builder", "held_by", "is_blue", "is_orange", "set_weight"]


class Builder(Reader):
    """Someone at the Build tab with a file of their own.

    Attributes
    ----------
    file
        Where their work is saved.
    """

    def __init__(self, qtbot: QtBot, window: GlassnetWindow, folder: Path) -> None:
        super().__init__(qtbot, window)
        self.file = folder / "work.glassnet"
        self.document = window.document
        tab = window.tab(window.BUILD)
        assert isinstance(tab, BuildTab)
        self.tab = tab
        self.canvas = self.find("network_canvas", NetworkPanel)
        self.wait(lambda: bool(self.canvas.scene.units), "the network is drawn")

    # -- Reading -----------------------------------------------------------------------------------

    @property
    def drawn_units(self) -> list[int]:
        """How many units each drawn column has, inputs first."""
        layers = max(at.layer for at in self.canvas.scene.units)
        return [
            sum(at.layer == layer for at in self.canvas.scene.units)
            for layer in range(-1, layers + 1)
        ]

    @property
    def table(self) -> QAbstractItemModel:
        """The truth table's model, as its view shows it."""
        return self.find("truth_table", QTableView).model()

    def cell(self, row: int, column: int, spoken: bool = False) -> str:
        """Return the text of a cell of the truth table, or what a screen reader says of it."""
        role = Qt.ItemDataRole.AccessibleTextRole if spoken else Qt.ItemDataRole.DisplayRole
        return str(self.table.index(row, column).data(role))

    @property
    def rows_right(self) -> list[bool]:
        """Whether each row of the truth table has a tick."""
        last = self.table.columnCount() - 1
        return [self.cell(row, last, True) == "right" for row in range(self.table.rowCount())]

    @property
    def epoch(self) -> int:
        """The epoch that the status bar shows."""
        return int(self.figure("epoch").replace(" ", ""))

    @property
    def map(self) -> PlaneMap:
        """The decision map."""
        return self.find("plane_map", PlaneMap)

    def map_colour(self, x: float, y: float) -> QColor:
        """Return the colour of the decision map at a place of the plane."""
        return self.pixel(self.map, self.map.to_px(x, y).toPoint())

    # -- Doing -------------------------------------------------------------------------------------

    def choose_tile(self, tiles: str, key: str) -> None:
        """Click a data tile."""
        widget = self.find(tiles, TileList)
        self.click(widget.viewport(), widget.tile_rect(key).center().toPoint() - QPoint(2, 2))

    def choose_tile_by(self, tiles: str, key: str, moves: Sequence[str], by_keyboard: bool) -> None:
        """Click a data tile, or go there by keys: `moves` lead from the first tile."""
        if not by_keyboard:
            self.choose_tile(tiles, key)
            return
        self.reach(tiles)
        for move in ("Home", *moves, "Enter"):
            self.press(move)

    def click_cell(self, row: int, column: int, button: str = "left", times: int = 1) -> None:
        """Click a cell of the truth table."""
        view = self.find("truth_table", QTableView)
        where = view.visualRect(self.table.index(row, column)).center()
        self.click(view.viewport(), where, button, times=times)

    def spot(self, target: Target) -> QPoint:
        """Return where a unit or weight lies in the canvas's viewport."""
        return self.canvas.view.viewport_point(target)

    def along(self, at: WeightAt, share: float) -> QPoint:
        """Return where an edge runs in the canvas's viewport, `share` of the way to its end."""
        point = self.canvas.scene.edges[at.layer].point(at.row, at.unit, share)
        assert point is not None
        return self.canvas.view.mapFromScene(point)

    def click_on(self, target: Target, button: str = "left", keys: str = "") -> None:
        """Click a unit or weight of the drawing."""
        self.click(self.canvas.view.viewport(), self.spot(target), button, keys)

    def go_to(self, target: Target) -> None:
        """Walk to a unit or weight of the drawing by the keyboard."""
        self.reach("network_view")
        self._walk_to(UnitAt(target.layer, target.unit), "Tab", 80)
        if isinstance(target, WeightAt):
            self.press("Alt+Left")
            self._walk_to(target, "Alt+Down", 40)

    def _walk_to(self, target: Target, key: str, most: int) -> None:
        for _ in range(most):
            if self.canvas.scene.current == target:
                return
            self.press(key)
        raise AssertionError(f"{key} never comes to {target}")

    def save(self) -> Experiment:
        """Save by Ctrl+S and return what the file holds.

        Where a name is asked for it is `file`, or a new one for a second document.
        """
        asked = self.document.path is None
        if asked and self.file.exists():
            self.file = self.file.with_name(f"next_{self.file.name}")
        before = self.file.stat().st_mtime_ns if self.file.exists() else 0
        self.press("Ctrl+S")
        if asked:
            self.name_file("save_dialog", self.file)
        self.wait(lambda: not self.document.is_modified, "the work is saved", SOON_MS)
        assert self.file.stat().st_mtime_ns > before or not asked
        return held_by(self.file)

    def answers(self, experiment: Experiment) -> list[float]:
        """Return what a network answers to the rows of the table on screen."""
        inputs = experiment.network.inputs
        rows = [
            [float(self.cell(row, column)) for column in range(inputs)]
            for row in range(self.table.rowCount())
        ]
        return [float(a) for a in Network.of(experiment).forward(np.array(rows))[:, 0]]


def held_by(file: Path) -> Experiment:
    """Return the experiment that a file holds, without the past of its runs."""
    return with_past(read_experiment(file), None)


def is_orange(colour: QColor) -> bool:
    """Tell whether a colour means negative, or class 0."""
    return colour.red() > colour.blue() + 30


def is_blue(colour: QColor) -> bool:
    """Tell whether a colour means positive, or class 1."""
    return colour.blue() > colour.red() + 30


def set_weight(builder: Builder, at: WeightAt, value: str, share: float = 0.5) -> None:
    """Click a weight, type `value`, press Enter, and move the pointer away.

    `share` is where on its way an edge is clicked: some cross others in their middle.
    """
    if builder.canvas.scene.is_bias(at):
        builder.click_on(at)
    else:
        builder.click(builder.canvas.view.viewport(), builder.along(at, share))
    builder.wait(lambda: builder.focus == "weight_value", "the editor is open", SOON_MS)
    builder.press("Ctrl+A")
    builder.type(value)
    builder.press("Enter")
    builder.wait(lambda: builder.focus == "network_view", "the value is kept", SOON_MS)
    builder.hover("status_fact")
    editor = builder.canvas.editor
    builder.wait(lambda: not editor.isVisible(), "the editor is closed", SOON_MS)
