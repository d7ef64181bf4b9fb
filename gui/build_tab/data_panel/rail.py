"""The folded data panel: the chosen data, and buttons that open the panel."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QFontMetricsF, QIcon, QPainter
from PySide6.QtWidgets import QToolButton, QWidget

from foundation.text import tr, tr_context
from gui.build_tab.sources import TILES, data_name, tile_key
from gui.build_tab.state import BuildState
from gui.theme import icon
from gui.widgets.basic import describe, set_role, tool_button
from gui.widgets.layouts import vbox
from gui.widgets.painting import transparent_pixmap
from gui.widgets.panel import Panel
from model.experiment import DataSpec

WIDTH_PX = 62
_PICTURE = QSize(34, 26)
_MAX_LINES, _TEXT_PX = 2, WIDTH_PX - 9
"""Limits of the name below the picture; a longer one is complete in the tool tip."""


class DataRail(Panel):
    """A narrow column with the chosen data; every button opens or closes the panel."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("data_rail", parent)
        self.setFixedWidth(WIDTH_PX)
        self.tile = tool_button("rail_tile", tone="")
        self.table = tool_button(
            "rail_table",
            icon=icon("table", "t2"),
            text=lambda: tr_context("DataRail", "Table"),
            accessible_name="Rows",
            tip="Open the data panel to edit the rows",
        )
        self.noise = tool_button(
            "rail_noise",
            icon=icon("sliders-horizontal", "t2"),
            text="Noise",
            tip="Open the data panel for noise and split",
        )
        self.more = tool_button(
            "rail_open",
            icon=icon("caret-double-right", "t2"),
            accessible_name="Open the data panel",
        )
        self._data: DataSpec | None = None
        layout = vbox(on=self, gap=6, margins=(1, 6, 1, 8))
        for button in (self.tile, self.table, self.noise):
            button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextUnderIcon)
            button.setFixedSize(WIDTH_PX - 3, 64 if button is self.tile else 50)
            set_role(button, extent="small")
            layout.addWidget(button)
        layout.addStretch(1)
        layout.addWidget(self.more)
        self.tile.setIconSize(_PICTURE)
        set_role(self, role="panel", side="left")
        self.retranslate()

    def buttons(self) -> tuple[QToolButton, ...]:
        """Return every button, top to bottom."""
        return self.tile, self.table, self.noise, self.more

    def show_state(self, state: BuildState) -> None:
        """Show the chosen data."""
        if state.experiment.data is self._data:
            return
        self._data = state.experiment.data
        self.retranslate()

    def _show_picture(self, data: DataSpec) -> None:
        tile = TILES.get(tile_key(data))
        if tile is None:
            self.tile.setIcon(icon("table"))
            return
        pixmap = transparent_pixmap(_PICTURE, self.devicePixelRatioF())
        painter = QPainter(pixmap)
        tile.paint_picture(painter, QRectF(0, 0, _PICTURE.width(), _PICTURE.height()))
        painter.end()
        self.tile.setIcon(QIcon(pixmap))

    def _show_name(self) -> None:
        name = "" if self._data is None else data_name(self._data)
        lines = name.replace(" ", "\n")
        if lines.count("\n") >= _MAX_LINES:
            self.tile.ensurePolished()  # the style sheet chooses the font
            metrics = QFontMetricsF(self.tile.font())
            lines = metrics.elidedText(name, Qt.TextElideMode.ElideMiddle, _TEXT_PX)
        self.tile.setText(lines)
        describe(self.tile, tr("Data: {name}", name=name))

    def retranslate(self) -> None:
        """Set every text in the current language."""
        self._show_name()
        if self._data is not None:
            self._show_picture(self._data)

    def restyle(self) -> None:
        """Apply the current theme."""
        self.retranslate()
