"""The data panel: tiles at the top, rows below, sliders and split at the bottom."""

from __future__ import annotations

from functools import cached_property, partial
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QMenu, QStackedWidget, QWidget

from foundation.text import mark, tr
from gui.build_tab.build_model import BuildModel
from gui.build_tab.data_panel.foot import DataSettings
from gui.build_tab.data_panel.tiles import TileList
from gui.build_tab.data_panel.truth_table import TruthTable
from gui.build_tab.sources import GATE_TILES, PLANE_TILES, TABLE_TILES, TILES, data_name, tile_key
from gui.build_tab.state import BuildState
from gui.explain import explain
from gui.theme import GAP_L_PX, GAP_M_PX, GAP_S_PX, INSET_PX
from gui.widgets.basic import insert_in_tab_order, label, menu_action, named, rule, scroll_area
from gui.widgets.dialogs import file_dialog
from gui.widgets.layouts import STRETCH, hbox, vbox
from gui.widgets.panel import Panel
from gui.widgets.texts import worded
from gui.workers import LatestTask
from model.data.files.idx import is_idx
from model.data.files.table_names import TABLE_PATTERNS
from model.data.gates import TWO_INPUT_GATES
from model.data.sources.idx import idx_data
from model.experiment import GateData, TruthTableData

if TYPE_CHECKING:
    from gui.build_tab.data_panel.csv_dialog import CsvDialog
    from gui.build_tab.data_panel.samples import Samples

WIDTH_PX = 272


class DataPanel(Panel):
    """Choose data, edit them, and split them into training and test rows.

    Attributes
    ----------
    reader
        Task that reads the user's table, and its preview, on a worker thread.
    """

    def __init__(self, model: BuildModel, parent: QWidget | None = None) -> None:
        super().__init__("data_panel", parent)
        self._model = model
        self.reader = LatestTask(self)
        self._dialog: CsvDialog | None = None
        self._waiting: list[Path] = []
        self.setFixedWidth(WIDTH_PX)
        self._state: BuildState | None = None
        self._table: TruthTableData | None = None
        self._key = ""
        self._title = label("title", "data_title", text="Data")
        explain(self._title, "data-set", "example", "target")
        self._summary = label("caption", "data_summary")
        self.tiles: list[TileList] = []
        self._captions: list[QLabel] = []
        for name, tiles, text in (
            ("gate_tiles", GATE_TILES, mark("Gates")),
            ("plane_tiles", PLANE_TILES, mark("Plane")),
            ("table_tiles", TABLE_TILES, mark("Tables")),
        ):
            self._captions.append(label("caption", text=text))
            tile_list = TileList(name, tiles, self._choose_tile)
            self.tiles.append(worded(tile_list, accessible_name=text))
        self.table = TruthTable(model)
        self.rows = QStackedWidget()
        self.foot = DataSettings(model)
        self._lay_out()
        self.retranslate()

    @cached_property
    def samples(self) -> Samples:
        """The rows of data other than truth tables, created on first use."""
        from gui.build_tab.data_panel.samples import Samples

        samples = Samples(self._model)
        self.rows.addWidget(samples)
        insert_in_tab_order(samples, self.table.view)
        return samples

    # -- Making ------------------------------------------------------------------------------------

    def _lay_out(self) -> None:
        head = self._head = hbox(
            (self._title, 1), self._summary, margins=(INSET_PX, 8, INSET_PX, 4)
        )
        tiles = QWidget()
        self._scroll = scroll_area(tiles, "tiles_scroll")
        sections = chain.from_iterable(zip(self._captions, self.tiles, strict=True))
        margins = (INSET_PX, 0, 0, GAP_M_PX)
        self._column = vbox(*sections, STRETCH, on=tiles, gap=GAP_S_PX, margins=margins)
        self.rows.addWidget(self.table)
        # The tiles take the room up to what they need; only what is left then stays empty below.
        parts = head, (self._scroll, 1000), self.rows, rule(), self.foot
        vbox(*parts, STRETCH, on=self, gap=0, margins=(0, 0, 1, 0))
        self.setProperty("role", "panel")
        self.setProperty("side", "left")

    # -- Showing -----------------------------------------------------------------------------------

    def show_state(self, state: BuildState) -> None:
        """Show the data, and the network's answers for them."""
        before, self._state = self._state, state
        data = state.experiment.data
        is_other = before is None or (
            data is not before.experiment.data
            or state.experiment.split is not before.experiment.split
            or state.dataset is not before.dataset
            or state.refusals != before.refusals
        )
        if is_other:
            self._table = data.editable_rows(state.dataset)
        table = None if state.selection.mistakes else self._table
        rows: QWidget = self.samples if table is None else self.table
        if table is None:
            is_other |= self.samples.show_state(state)
        else:
            self.table.show_table(table)
            self.table.show_answers(state)
        if is_other or rows is not self.rows.currentWidget():
            self._show_data(state, rows)

    def _show_data(self, state: BuildState, rows: QWidget) -> None:
        key = tile_key(state.experiment.data)
        for tile_list in self.tiles:
            tile_list.show_key(key)
        self.rows.setCurrentWidget(rows)
        self.foot.show_state(state)
        self._write_summary()
        self.refit()
        if key != self._key:
            self._key = key
            self._scroll_to_tile(key)

    def _scroll_to_tile(self, key: str) -> None:
        """Scroll until the tile with `key` is visible."""
        layout, tiles = self.layout(), self._scroll.widget()
        assert layout is not None
        assert tiles is not None
        layout.activate()
        for tile_list in self.tiles:
            place = tile_list.tile_rect(key).toRect()
            if place.isValid():
                middle = tile_list.mapTo(tiles, place.center())
                self._scroll.ensureVisible(middle.x(), middle.y(), 0, place.height() // 2 + 1)

    def refit(self) -> None:
        """Divide the height between the tiles and the rows.

        The rows get the height they need, at least 120 px and at most 45 % of the panel or the
        height left by the tiles, whichever is larger.
        """
        around = self._head.sizeHint().height() + self.foot.column.totalSizeHint().height() + 1
        tiles = self._column.totalSizeHint().height()
        room = self.height() - around - tiles
        if self.rows.currentWidget() is self.table:
            wanted = self.table.height_px()
        else:
            column, width = self.samples.column, self.rows.width()
            least, most = (
                column.totalMinimumHeightForWidth(width),
                column.totalHeightForWidth(width),
            )
            wanted = max(least, min(most, room))
        rows = max(120, min(wanted, max(round(0.45 * self.height()), room)))
        self.rows.setFixedHeight(rows)
        self._scroll.setMaximumHeight(tiles)

    def _write_summary(self) -> None:
        if self._state is None:
            return
        dataset = self._state.dataset
        name = data_name(self._state.experiment.data)
        sizes = f" · {dataset.columns.inputs} → {dataset.outputs}"
        metrics = self._summary.fontMetrics()
        room = WIDTH_PX - 2 * INSET_PX - 1 - self._title.sizeHint().width() - GAP_L_PX
        room -= metrics.horizontalAdvance(sizes)
        shown = metrics.elidedText(name, Qt.TextElideMode.ElideMiddle, room)
        self._summary.setText(shown + sizes)
        self._summary.setToolTip("" if shown == name else name + sizes)

    # -- What the user did -------------------------------------------------------------------------

    def _choose_tile(self, key: str) -> None:
        if key == "own_table":
            self.ask_for_table()
        elif key == "all_16":
            self._ask_for_gate()
        else:
            tile = TILES.get(key)
            if tile is not None and tile.data is not None:
                self._model.choose_data(tile.data)

    def _ask_for_gate(self) -> None:
        """Open a menu of all two-input gates."""
        menu, tiles = named(QMenu(self), "all_gates_menu"), self.tiles[0]
        for name in TWO_INPUT_GATES:
            gate = GateData(name, 2)
            do = partial(self._model.choose_data, gate)
            menu_action(menu, f"gate_{name}", data_name(gate), do)
        menu.aboutToHide.connect(menu.deleteLater)
        menu.popup(tiles.mapToGlobal(tiles.tile_rect("all_16").bottomLeft().toPoint()))

    def ask_for_table(self) -> None:
        """Let the user choose a table, or pictures in IDX files."""
        dialog = file_dialog(self, tr("Open a table"), "table_dialog")
        dialog.setFileMode(dialog.FileMode.ExistingFile)
        dialog.setNameFilters(
            [
                tr("Tables ({kinds})", kinds=TABLE_PATTERNS),
                tr("Pictures in IDX files (*ubyte *ubyte.gz)"),
            ]
        )
        dialog.fileSelected.connect(lambda name: self.open_table(Path(name)))
        dialog.open()

    def open_table(self, path: Path) -> None:
        """Open the import dialog for a table, or use IDX pictures with their labels.

        Several tables are queued: each dialog opens after the previous one has closed.
        """
        if not is_idx(path):
            self._waiting.append(path)
            self._open_next()
        elif (data := idx_data(path)) is not None:
            self._model.choose_data(data)
        else:
            self._model.report_failure(
                lambda: tr(
                    "{name}: the pictures and their labels must lie in one folder under the names "
                    "they came with, as in train-images-idx3-ubyte and train-labels-idx1-ubyte.",
                    name=path.name,
                )
            )

    def _open_next(self) -> None:
        """Open the dialog of the next queued table, unless one is open.

        The dialogs share a reader.
        """
        from gui.build_tab.data_panel.csv_dialog import CsvDialog  # late: few open a table

        if self._dialog is None and self._waiting:
            dialog = CsvDialog(self._model, self._waiting.pop(0), self.reader, self)
            self._dialog = dialog
            dialog.finished.connect(self._on_table_closed)
            dialog.open()

    def _on_table_closed(self) -> None:
        if self._dialog is not None:
            self._dialog.deleteLater()
            self._dialog = None
        self._open_next()

    # -- Words -------------------------------------------------------------------------------------

    def retranslate(self) -> None:
        """Set every text in the current language."""
        for tile_list in self.tiles:
            tile_list.retranslate()
        self._write_summary()
