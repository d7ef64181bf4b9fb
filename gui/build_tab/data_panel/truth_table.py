"""The truth-table editor: click an answer to flip it, watch the network's answer beside it."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QEvent, QModelIndex, QPoint, QSignalBlocker, Qt
from PySide6.QtGui import QFontMetrics, QKeyEvent, QMouseEvent, QResizeEvent
from PySide6.QtWidgets import QAbstractItemView, QFrame, QHeaderView, QMenu, QTableView

from foundation.text import tr
from gui.build_tab.build_model import BuildModel
from gui.build_tab.data_panel.truth_table_model import (
    WHOLE_ANSWER_PX,
    CellDelegate,
    Kind,
    TableModel,
)
from gui.build_tab.state import BuildState, rows_to_choose
from gui.format import show_cell
from gui.theme import GAP_S_PX, INSET_PX, TITLE_PX, font, icon
from gui.widgets.basic import (
    ENTER,
    describe,
    keep_moves,
    label,
    named,
    opens_menu,
    rule,
    tool_button,
)
from gui.widgets.layouts import hbox, vbox
from gui.widgets.panel import Panel
from model.edits import tables as table_edits
from model.experiment import TruthTableData
from model.metrics import decision_threshold

ROW_PX = 31
_LEAST_INPUT_PX, _MARK_PX, _HEAD_MARGINS_PX = 18, 28, 8
_TIGHT_PX = {Kind.INPUT: 16, Kind.TARGET: 24, Kind.PREDICTION: 30, Kind.PASS: 22}
"""Widths for a table of many columns; what is wider still is scrolled sideways."""


class _TableView(QTableView):
    """A table that shows the row under the pointer and leaves keys of its cells to its panel."""

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
        """Go back to the chosen row."""
        super().leaveEvent(event)
        self._hover_row(-1)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Leave Enter, Delete and what is printable to the panel, and through it to the tab."""
        keys = (*ENTER, Qt.Key.Key_Delete)
        is_typing = self.state() == QAbstractItemView.State.EditingState
        if not is_typing and (event.key() in keys or (event.text().isprintable() and event.text())):
            event.ignore()
        else:
            super().keyPressEvent(event)
            keep_moves(event)


class TruthTable(Panel):
    """Show a table of few rows with predictions, and let a person change it cell by cell."""

    def __init__(self, build_model: BuildModel) -> None:
        super().__init__()
        self._build_model = build_model
        self._title = label("title")
        self.add_button = tool_button("table_add_row", size="small", icon=icon("plus"))
        self.menu_button = tool_button("table_menu", size="small", icon=icon("dots-three"))
        menu = named(QMenu(self.menu_button), "table_menu_items")
        self._menu = opens_menu(self.menu_button, menu)
        self.model = TableModel()
        self.view = _TableView(build_model, self._fit_columns)
        self.view.setModel(self.model)
        self.view.setItemDelegate(CellDelegate(self.view, self._on_value_typed, self._on_refused))
        self._hint = label("hint", wrap=True)
        self._make_menu()
        self._lay_out()
        self._connect()
        self.retranslate()

    def _make_menu(self) -> None:
        edits: tuple[tuple[str, Callable[[TruthTableData], TruthTableData]], ...] = (
            ("table_input_added", table_edits.with_input_added),
            ("table_input_removed", table_edits.with_input_removed),
            ("table_output_added", table_edits.with_output_added),
            ("table_output_removed", table_edits.with_output_removed),
        )
        self._actions = {}
        for name, edit in edits:
            action = named(self._menu.addAction(name), name)
            action.triggered.connect(
                lambda _=False, action=action, edit=edit: self._edit(
                    edit(self.model.table), action.text()
                )
            )
            self._actions[name] = action
        remove = named(
            self._menu.addAction("table_row_removed", self._remove_row), "table_row_removed"
        )
        self._actions["table_row_removed"] = remove

    def _lay_out(self) -> None:
        row = hbox(
            (self._title, 1),
            self.add_button,
            self.menu_button,
            margins=(INSET_PX, GAP_S_PX, GAP_S_PX, 0),
        )
        hint_row = hbox(self._hint, margins=(INSET_PX, 2, INSET_PX, GAP_S_PX))
        vbox(rule(), row, (self.view, 1), hint_row, on=self, gap=0, margins=0)

    def _connect(self) -> None:
        self.view.clicked.connect(self._on_clicked)
        # The row under the pointer is the current one already, so that a press changes none.
        choose_row = self._build_model.choose_row
        self.view.pressed.connect(lambda index: choose_row(index.row()))
        self.view.customContextMenuRequested.connect(self._on_context_menu)
        self.view.selectionModel().currentRowChanged.connect(
            lambda current: choose_row(current.row())
        )
        self.add_button.clicked.connect(
            lambda: self._edit(table_edits.with_row_added(self.model.table), tr("Add row"))
        )

    # -- Showing -----------------------------------------------------------------------------------

    def show_table(self, table: TruthTableData) -> None:
        """Show the rows of `table`; where they are equal nothing is drawn anew."""
        if table == self.model.table:
            return
        self.model.show_table(table)
        self._fit_columns()

    def show_answers(self, state: BuildState) -> None:
        """Show what the network answers, and mark the chosen row and those of the last step."""
        outputs = state.table_outputs
        rows = len(self.model.table.rows)
        if state.dataset.table_x is None and rows_to_choose(state.dataset) == rows:
            outputs = state.network.forward(state.rows_at(range(rows))[0])
        self.model.show_outputs(outputs, decision_threshold(state.experiment))
        self.model.show_used(state.used_rows)
        self._mark_row(state.row)

    def _mark_row(self, row: int) -> None:
        """Mark a row as chosen, without choosing it."""
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
        width = self.view.viewport().width()
        inputs, targets = self.model.inputs, self.model.targets
        room = width - _MARK_PX
        target_px, prediction_px = (
            self._head_px(Kind.TARGET, 34),
            self._head_px(Kind.PREDICTION, 44),
        )
        beside = targets * (target_px + prediction_px)
        metrics = QFontMetrics(font(TITLE_PX))
        cells = {show_cell(value) for value in {v for row in self.model.table.rows for v in row}}
        widest = max(map(metrics.horizontalAdvance, cells), default=0) + _HEAD_MARGINS_PX
        input_px = max(_LEAST_INPUT_PX, min(max(40, widest), (room - beside) // inputs))
        if inputs * input_px + beside > room:
            target_px = 34  # the heading then ends in an ellipsis
        prediction_px = (room - inputs * input_px - targets * target_px) // targets
        sizes = {
            Kind.INPUT: input_px,
            Kind.TARGET: target_px,
            Kind.PREDICTION: prediction_px,
            Kind.PASS: _MARK_PX,
        }
        if prediction_px < WHOLE_ANSWER_PX:
            sizes = dict(_TIGHT_PX)
        kinds = [self.model.kind(column)[0] for column in range(self.model.columnCount())]
        is_cut = sizes[Kind.INPUT] + _HEAD_MARGINS_PX < widest
        if is_cut or sum(sizes[kind] for kind in kinds) > width:
            # The table scrolls sideways, or else would show parts of numbers: every one is whole.
            sizes[Kind.INPUT], sizes[Kind.PREDICTION] = max(40, widest), WHOLE_ANSWER_PX
            sizes[Kind.TARGET] = max(target_px, widest)
        for column, kind in enumerate(kinds):
            self.view.setColumnWidth(column, sizes[kind])

    def _head_px(self, kind: Kind, least_px: int) -> int:
        """Return the width at which the heading of every column of a kind is whole."""
        metrics = self.view.horizontalHeader().fontMetrics()
        columns = [c for c in range(self.model.columnCount()) if self.model.kind(c)[0] is kind]
        across = Qt.Orientation.Horizontal
        texts = [str(self.model.headerData(column, across) or "") for column in columns]
        return max(
            least_px, *(metrics.horizontalAdvance(text) + _HEAD_MARGINS_PX for text in texts)
        )

    # -- What a person did -------------------------------------------------------------------------

    def _edit(self, table: TruthTableData, text: str) -> None:
        if table != self.model.table:
            self._build_model.edit_data(table_edits.recognised(table), text)

    def _on_clicked(self, index: QModelIndex) -> None:
        if self.model.kind(index.column())[0] is Kind.TARGET:
            self._change(index, _flipped)

    def _change(self, index: QModelIndex, change: Callable[[float | None], float | None]) -> None:
        row, (_, output) = index.row(), self.model.kind(index.column())
        target = change(self.model.table.targets[row][output])
        table = table_edits.with_target(self.model.table, row, output, target)
        self._edit(table, tr("Target of row {row}", row=row + 1))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Flip the chosen row's target by Enter, free it by x, remove the row by Delete.

        The keys are the table's: Enter on a button presses that.
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
            table = table_edits.with_row_removed(self.model.table, row)
            self._edit(table, tr("Remove row {row}", row=row + 1))

    def _on_value_typed(self, row: int, column: int, value: float) -> None:
        table = table_edits.with_input_value(self.model.table, row, column, value)
        self._edit(table, tr("Input of row {row}", row=row + 1))

    def _on_refused(self, text: str) -> None:
        self._build_model.say_failed(
            lambda: tr("“{text}” is no number; the input stays as it was.", text=text.strip())
        )

    # -- Words and icons ---------------------------------------------------------------------------

    def retranslate(self) -> None:
        """Write every text in the language in use."""
        self._title.setText(tr("Truth table"))
        self._hint.setText(tr("Click a target; double-click an input."))
        self.model.words = {
            "target": tr("Target"),
            "prediction": tr("Prediction"),
            "pass": tr("Right or wrong"),
            "free": tr("free"),
            "used": tr("used by the last step"),
            "right": tr("right"),
            "wrong": tr("wrong"),
            "undecided": tr("undecided"),
        }
        self._fit_columns()
        describe(self.add_button, tr("Add row"))
        describe(self.menu_button, tr("Change the table's inputs, outputs and rows"))
        describe(
            self.view,
            tr("Truth table"),
            tr("Enter flips the target, x frees it, F2 types an input, Delete removes the row"),
        )
        for name, text in (
            ("table_input_added", tr("Add input")),
            ("table_input_removed", tr("Remove last input")),
            ("table_output_added", tr("Add output")),
            ("table_output_removed", tr("Remove last output")),
            ("table_row_removed", tr("Remove chosen row")),
        ):
            self._actions[name].setText(text)
        self.view.horizontalHeader().viewport().update()


def _flipped(target: float | None) -> float:
    return 1.0 if target is None or target <= 0.5 else 0.0


def _freed(target: float | None) -> float | None:
    return 0.0 if target is None else None
