"""The truth-table editor: targets that flip on click, and the network's answers."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from PySide6.QtCore import QEvent, QModelIndex, QPoint, QSignalBlocker, Qt
from PySide6.QtGui import QFontMetrics, QKeyEvent, QMouseEvent, QResizeEvent
from PySide6.QtWidgets import QAbstractItemView, QFrame, QHeaderView, QMenu, QTableView

from foundation.text import mark, tr
from gui.build_tab.build_model import BuildModel
from gui.build_tab.data_panel.truth_table_model import (
    CellDelegate,
    Kind,
    TableModel,
)
from gui.build_tab.state import BuildState, rows_to_choose
from gui.format import show_cell
from gui.theme import GAP_S_PX, INSET_PX, TITLE_PX, font, icon
from gui.widgets.basic import (
    ENTER,
    attach_menu,
    consume_movement_keys,
    label,
    named,
    rule,
    tool_button,
)
from gui.widgets.layouts import hbox, vbox
from gui.widgets.panel import Panel
from gui.widgets.texts import worded
from model.edits import tables as table_edits
from model.experiment import TruthTableData
from model.metrics import decision_threshold

ROW_PX = 31
_MARK_PX, _MARGINS_PX = 28, 8
_TIGHT_PX = {Kind.INPUT: 16, Kind.TARGET: 24, Kind.PREDICTION: 30, Kind.PASS: 22}
"""Widths for a table of many columns; what is wider still is scrolled sideways."""


type _Edit = Callable[[TruthTableData], TruthTableData]

_MENU: dict[str, tuple[str, _Edit | None]] = {
    "table_input_added": (mark("Add input"), table_edits.with_input_added),
    "table_input_removed": (mark("Remove last input"), table_edits.with_input_removed),
    "table_output_added": (mark("Add output"), table_edits.with_output_added),
    "table_output_removed": (mark("Remove last output"), table_edits.with_output_removed),
    "table_row_removed": (mark("Remove chosen row"), None),
}
"""Menu texts and table edits by action name; ``None`` removes the chosen row."""


class _TableView(QTableView):
    """A table view that reports the row under the pointer and passes keys to its panel."""

    def __init__(self, model: BuildModel, fit_columns: Callable[[], None]) -> None:
        super().__init__()
        self._hover_row, self._fit_columns = model.hover_row, fit_columns
        self.setObjectName("truth_table")
        self.setMouseTracking(True)
        self.setShowGrid(False)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        triggers = QAbstractItemView.EditTrigger
        self.setEditTriggers(triggers.DoubleClicked | triggers.EditKeyPressed)
        self.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self.setTabKeyNavigation(False)
        self.verticalHeader().hide()
        self.verticalHeader().setDefaultSectionSize(ROW_PX)
        self.horizontalHeader().setMinimumSectionSize(16)
        self.horizontalHeader().setHighlightSections(False)
        self.horizontalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        self.horizontalHeader().setFixedHeight(24)
        self.horizontalHeader().setTextElideMode(Qt.TextElideMode.ElideRight)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Show the values of the row under the pointer."""
        super().mouseMoveEvent(event)
        self._hover_row(self.indexAt(event.position().toPoint()).row())

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit_columns()

    def leaveEvent(self, event: QEvent) -> None:
        """Return to the chosen row."""
        super().leaveEvent(event)
        self._hover_row(-1)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Pass Enter, Delete and printable keys on to the panel and the tab."""
        keys = (*ENTER, Qt.Key.Key_Delete)
        is_typing = self.state() == QAbstractItemView.State.EditingState
        if not is_typing and (event.key() in keys or (event.text().isprintable() and event.text())):
            event.ignore()
        else:
            super().keyPressEvent(event)
            consume_movement_keys(event)


class TruthTable(Panel):
    """A table of few rows with predictions, editable cell by cell."""

    def __init__(self, build_model: BuildModel) -> None:
        super().__init__()
        self._build_model = build_model
        self.model = TableModel()
        self.view = worded(
            _TableView(build_model, self._fit_columns),
            accessible_name="Truth table",
            tip="Enter flips the target, x frees it, F2 types an input, Delete removes the row",
        )
        self.view.setModel(self.model)
        self.view.setItemDelegate(CellDelegate(self.view, self._on_value_typed, self._on_refused))
        self.add_button = tool_button(
            "table_add_row",
            size="small",
            icon=icon("plus"),
            do=lambda: self._edit(table_edits.with_row_added, tr("Add row")),
            accessible_name="Add row",
        )
        change = tool_button(
            "table_menu",
            size="small",
            icon=icon("dots-three"),
            accessible_name="Change the table's inputs, outputs and rows",
        )
        menu = attach_menu(change, named(QMenu(change), "table_menu_items"))
        self._actions = {name: named(menu.addAction(""), name) for name in _MENU}
        for name, (_, edit) in _MENU.items():
            do = self._remove_row if edit is None else partial(self._edit, edit, name=name)
            self._actions[name].triggered.connect(lambda _=False, do=do: do())
        heading = hbox(
            (label("title", text="Truth table"), 1),
            self.add_button,
            change,
            margins=(INSET_PX, GAP_S_PX, GAP_S_PX, 0),
        )
        hint = label("hint", wrap=True, text="Click a target; double-click an input.")
        hint_row = hbox(hint, margins=(INSET_PX, 2, INSET_PX, GAP_S_PX))
        vbox(rule(), heading, (self.view, 1), hint_row, on=self, gap=0, margins=0)
        self.view.clicked.connect(self._on_clicked)
        # The row under the pointer is the current one already, so that a press changes none.
        choose_row = build_model.choose_row
        self.view.pressed.connect(lambda index: choose_row(index.row()))
        self.view.customContextMenuRequested.connect(self._on_context_menu)
        self.view.selectionModel().currentRowChanged.connect(
            lambda current: choose_row(current.row())
        )
        self.retranslate()

    # -- Showing -----------------------------------------------------------------------------------

    def show_table(self, table: TruthTableData) -> None:
        """Show the rows of `table`, unless they are shown already."""
        if table == self.model.table:
            return
        self.model.show_table(table)
        self._fit_columns()

    def show_answers(self, state: BuildState) -> None:
        """Show the network's answers; mark the chosen row and the last step's rows."""
        outputs = state.table_outputs
        rows = len(self.model.table.rows)
        if state.dataset.table_x is None and rows_to_choose(state.dataset) == rows:
            outputs = state.network.forward(state.rows_at(range(rows))[0])
        self.model.show_outputs(outputs, decision_threshold(state.experiment))
        self.model.show_used(state.used_rows)
        self._mark_row(state.row)

    def _mark_row(self, row: int) -> None:
        """Select a row in the view without changing the chosen row."""
        selection = self.view.selectionModel()
        if self.view.currentIndex().row() == row:
            return
        with QSignalBlocker(selection):
            if row < 0:
                selection.clear()
            else:
                column = max(self.view.currentIndex().column(), self.model.inputs)
                self.view.setCurrentIndex(self.model.index(row, column))
        self.view.viewport().update()

    def height_px(self) -> int:
        """Return the height that shows every row without scrolling."""
        return 36 + 24 + len(self.model.table.rows) * ROW_PX + 22

    def _fit_columns(self) -> None:
        """Divide the remaining width among the prediction columns."""
        width, values = self.view.viewport().width(), self.model.table.rows
        metrics = QFontMetrics(font(TITLE_PX))
        cells = {show_cell(value) for row in values for value in row}
        longest = max(map(metrics.horizontalAdvance, cells), default=0)
        kinds = [self.model.kind(column)[0] for column in range(self.model.columnCount())]
        whole = {
            Kind.INPUT: max(40, longest + _MARGINS_PX),
            Kind.TARGET: max(self._head_px(Kind.TARGET, 34), longest + _MARGINS_PX),
            Kind.PREDICTION: self._head_px(Kind.PREDICTION, 44),
            Kind.PASS: _MARK_PX,
        }
        sizes = whole
        spare = width - sum(sizes[kind] for kind in kinds)
        tight_spare = width - sum(_TIGHT_PX[kind] for kind in kinds)
        if spare >= 0:
            sizes[Kind.PREDICTION] += spare // self.model.targets
        elif tight_spare >= 0 and longest < _TIGHT_PX[Kind.INPUT]:
            more = tight_spare // len(kinds)
            sizes = {kind: tight + more for kind, tight in _TIGHT_PX.items()}
        for column, kind in enumerate(kinds):
            self.view.setColumnWidth(column, sizes[kind])

    def _head_px(self, kind: Kind, least_px: int) -> int:
        """Return the width that shows the heading of every column of a kind."""
        metrics = self.view.horizontalHeader().fontMetrics()
        columns = [c for c in range(self.model.columnCount()) if self.model.kind(c)[0] is kind]
        across = Qt.Orientation.Horizontal
        texts = [str(self.model.headerData(column, across) or "") for column in columns]
        return max(least_px, *(metrics.horizontalAdvance(text) + _MARGINS_PX for text in texts))

    # -- What the user did -------------------------------------------------------------------------

    def _edit(self, edit: _Edit, text: str = "", name: str = "") -> None:
        """Edit the table; the undo step is named `text`, or after the menu entry `name`."""
        table = edit(self.model.table)
        if table != self.model.table:
            text = text or tr(_MENU[name][0])
            self._build_model.edit_data(table_edits.recognised(table), text)

    def _on_clicked(self, index: QModelIndex) -> None:
        if self.model.kind(index.column())[0] is Kind.TARGET:
            self._change(index, _flipped)

    def _change(self, index: QModelIndex, change: Callable[[float | None], float | None]) -> None:
        row, (_, output) = index.row(), self.model.kind(index.column())
        target = change(self.model.table.targets[row][output])
        self._edit(
            lambda table: table_edits.with_target(table, row, output, target),
            tr("Target of row {row}", row=row + 1),
        )

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Flip the current target on Enter, clear it on x, remove the row on Delete.

        This applies only while the table has the focus: Enter on a button presses that button.
        """
        if not self.view.hasFocus():
            super().keyPressEvent(event)
            return
        index = self.view.currentIndex()
        flips = event.key() in ENTER
        if event.key() == Qt.Key.Key_Delete:
            self._remove_row()
        elif not (flips or event.text().lower() == "x"):
            super().keyPressEvent(event)
        elif index.isValid():
            if self.model.kind(index.column())[0] is not Kind.TARGET:
                index = self.model.index(index.row(), self.model.inputs)
            self._change(index, _flipped if flips else _freed)

    def _on_context_menu(self, where: QPoint) -> None:
        index = self.view.indexAt(where)
        if index.isValid() and self.model.kind(index.column())[0] is Kind.TARGET:
            self._change(index, _freed)

    def _remove_row(self) -> None:
        row = self.view.currentIndex().row()
        if row >= 0:
            self._edit(
                lambda table: table_edits.with_row_removed(table, row),
                tr("Remove row {row}", row=row + 1),
            )

    def _on_value_typed(self, row: int, column: int, value: float) -> None:
        self._edit(
            lambda table: table_edits.with_input_value(table, row, column, value),
            tr("Input of row {row}", row=row + 1),
        )

    def _on_refused(self, text: str) -> None:
        self._build_model.report_failure(
            lambda: tr("“{text}” is no number; the input stays as it was.", text=text.strip())
        )

    def retranslate(self) -> None:
        """Set every text in the current language."""
        for name, (text, _) in _MENU.items():
            self._actions[name].setText(tr(text))
        self._fit_columns()
        self.view.horizontalHeader().viewport().update()


def _flipped(target: float | None) -> float:
    return 1.0 if target is None or target <= 0.5 else 0.0


def _freed(target: float | None) -> float | None:
    return 0.0 if target is None else None
