"""The import dialog's two tables: what each column is used as, and the first rows as read."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QAbstractItemView,
    QComboBox,
    QHBoxLayout,
    QHeaderView,
    QTableWidget,
    QTableWidgetItem,
    QVBoxLayout,
    QWidget,
)

from gui.numbers import show_integer, show_number
from gui.theme import GAP_S_PX, GAP_XL_PX
from gui.widgets import combo_px, describe, keyed_combo, label, set_role
from model.data.csv import CsvColumn, CsvTable

__all__ = ["PREVIEW_ROWS", "ROW_PX", "CsvTables"]

ROLES = ("feature", "target", "ignore")
PREVIEW_ROWS = 50
ROW_PX, _CELL_PX = 26, 16
"""Height of a row; what a cell adds at the sides of what is in it."""
_LEAST_PX, _MOST_PX = 72, 150
"""Of a column of the preview. A longer name has "…" and is whole in its tool tip."""
_LEFT = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
_RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter


class CsvTables(QWidget):
    """Show a table's columns and first rows, and let a person say what a column is used as.

    Attributes
    ----------
    columns, preview
        The two tables.

    Signals
    -------
    use_chosen()
        The person has said what a column is used as.
    """

    use_chosen = Signal()

    def __init__(self) -> None:
        super().__init__()
        self._table: CsvTable | None = None
        self._roles: dict[str, QComboBox] = {}
        self.preview = _grid("csv_preview")
        self.columns = _grid("csv_columns")
        self._preview_title, self._columns_title = label("strong"), label("strong")
        left, right = QVBoxLayout(), QVBoxLayout()
        for side in (left, right):
            side.setSpacing(GAP_S_PX)
        left.addWidget(self._columns_title)
        left.addWidget(self.columns, 1)
        right.addWidget(self._preview_title)
        right.addWidget(self.preview, 1)
        middle = QHBoxLayout(self)
        middle.setContentsMargins(0, 0, 0, 0)
        middle.setSpacing(GAP_XL_PX)
        middle.addLayout(left, 2)
        middle.addLayout(right, 3)

    @property
    def lines(self) -> int:
        """How many lines the longer table has, its heading among them."""
        return max(self.columns.rowCount(), self.preview.rowCount()) + 1

    def names(self, role: str) -> tuple[str, ...]:
        """Return the names of the columns that are used as `role`, one of `ROLES`."""
        return tuple(name for name, combo in self._roles.items() if combo.currentData() == role)

    # -- Showing -----------------------------------------------------------------------------------

    def show_table(self, table: CsvTable | None) -> None:
        """Show another table; ``None`` shows none.

        What was chosen for its columns stays where they are called as before.
        """
        self._table = table
        columns = () if table is None else table.columns
        features, targets = ((), ()) if table is None else table.proposed()
        uses = {column.name: "feature" for column in features}
        uses |= {column.name: "target" for column in targets}
        if [column.name for column in columns] == list(self._roles):
            uses = {name: combo.currentData() for name, combo in self._roles.items()}
        self._roles = {}
        self.preview.setColumnCount(len(columns))
        self.preview.setRowCount(0 if table is None else table.rows)
        for index, column in enumerate(columns):
            head = QTableWidgetItem(column.name)
            head.setToolTip(column.name)
            head.setTextAlignment(_LEFT if column.numbers is None else _RIGHT)
            self.preview.setHorizontalHeaderItem(index, head)
        self.columns.setColumnCount(3)
        self.columns.setRowCount(len(columns))
        for index, column in enumerate(columns):
            self._fill_column(index, column, uses.get(column.name, "ignore"))
        self.preview.resizeColumnsToContents()
        for index in range(len(columns)):
            width = self.preview.columnWidth(index)
            self.preview.setColumnWidth(index, min(max(width, _LEAST_PX), _MOST_PX))
        self._write_columns()

    def _fill_column(self, index: int, column: CsvColumn, use: str) -> None:
        values = column.numbers if column.numbers is not None else column.words
        assert values is not None
        for row, value in enumerate(values):
            text = value if isinstance(value, str) else _number(float(value))
            item = QTableWidgetItem(text)
            if column.numbers is not None:
                item.setTextAlignment(_RIGHT)
            self.preview.setItem(row, index, item)
        combo = keyed_combo(f"csv_role_{index}", ROLES)
        combo.setCurrentIndex(ROLES.index(use))
        combo.activated.connect(lambda: self.use_chosen.emit())
        self._roles[column.name] = combo
        self.columns.setItem(index, 0, QTableWidgetItem(column.name))
        self.columns.setItem(index, 1, QTableWidgetItem(""))
        self.columns.setCellWidget(index, 2, combo)

    def _fit_columns(self) -> None:
        """Give what is said of the columns the width of its texts, the lists' too."""
        self.columns.resizeColumnsToContents()
        widest = [
            combo_px(combo, combo.itemText(index))
            for combo in self._roles.values()
            for index in range(combo.count())
        ]
        self.columns.setColumnWidth(2, max(widest, default=0) + _CELL_PX)
        header = self.columns.horizontalHeader()
        header.setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)

    # -- Words -------------------------------------------------------------------------------------

    def retranslate(self) -> None:
        """Write every text in the language in use."""
        self._columns_title.setText(self.tr("Columns"))
        self._preview_title.setText(self.tr("First {n} rows").format(n=show_integer(PREVIEW_ROWS)))
        describe(self.columns, self.tr("Columns"), self.tr("What each column is used as"))
        describe(self.preview, self.tr("Preview"), self.tr("The table's first rows as read"))
        self._write_columns()

    def _write_columns(self) -> None:
        self.columns.setHorizontalHeaderLabels(
            [self.tr("Column"), self.tr("Holds"), self.tr("Used as")]
        )
        roles = (self.tr("Feature"), self.tr("Target"), self.tr("Nothing"))
        kinds = {True: self.tr("numbers"), False: self.tr("words")}
        for index, (name, combo) in enumerate(self._roles.items()):
            for place, text in enumerate(roles):
                combo.setItemText(place, text)
            describe(combo, self.tr("Use of column {name}").format(name=name))
            item = self.columns.item(index, 1)
            if item is not None and self._table is not None:
                item.setText(kinds[self._table.columns[index].numbers is not None])
        self._fit_columns()


def _grid(object_name: str) -> QTableWidget:
    grid = QTableWidget()
    grid.setObjectName(object_name)
    set_role(grid, role="list")
    grid.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
    grid.setSelectionMode(QAbstractItemView.SelectionMode.NoSelection)
    grid.setTabKeyNavigation(False)  # Tab must lead on to the buttons
    grid.verticalHeader().setDefaultSectionSize(ROW_PX)
    grid.verticalHeader().hide()
    grid.horizontalHeader().setDefaultAlignment(_LEFT)
    grid.horizontalHeader().setFixedHeight(ROW_PX)
    grid.horizontalHeader().setTextElideMode(Qt.TextElideMode.ElideMiddle)
    return grid


def _number(value: float) -> str:
    return "" if value != value else show_number(value)
