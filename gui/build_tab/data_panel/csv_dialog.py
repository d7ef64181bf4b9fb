"""A person's own table: how it is read, its columns, its first rows."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QObject, Qt, QTimer, Signal
from PySide6.QtGui import QIntValidator
from PySide6.QtWidgets import (
    QAbstractItemView,
    QComboBox,
    QFileDialog,
    QFrame,
    QGridLayout,
    QHBoxLayout,
    QHeaderView,
    QLineEdit,
    QTableWidget,
    QTableWidgetItem,
    QVBoxLayout,
    QWidget,
)

from gui.build_tab.build_model import BuildModel
from gui.build_tab.data_panel.idx_files import idx_data, is_idx
from gui.build_tab.names import left_out_words
from gui.document.data_loader import DataLoader
from gui.error_texts import sentence_of
from gui.format import show_integer, show_number
from gui.theme import GAP_L_PX, GAP_M_PX, GAP_S_PX, GAP_XL_PX, INSET_PX, icon
from gui.widgets.basic import combo_px, describe, frame, keyed_combo, label, push_button, set_role
from gui.widgets.dialogs import file_dialog
from gui.widgets.panel import Dialog
from model.data import build_dataset
from model.data.csv import CsvColumn, CsvTable, preview_csv
from model.data.dataset import LeftOut
from model.experiment import CsvData

__all__ = ["PREVIEW_ROWS", "ROW_PX", "TABLE_SUFFIXES", "CsvDialog", "CsvTables", "OwnTables"]


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


SEPARATORS = ("", ",", ";", "\t", "|", " ")
DECIMALS = ("", ".", ",")
ENCODINGS = ("", "utf-8", "cp1254", "latin-1", "utf-16")
HEADERS = ("", "yes", "no")
TASKS = ("auto", "classification", "regression")
SCALINGS = ("standard", "min_max", "none")
MISSING = ("drop", "mean")
_WIDTH_PX, _HEIGHTS_PX = 880, (230, 600)
_MOST_SKIPPED = 9_999
_ICON_PX = 16
_SAID_AFTER_MS = 300


class CsvDialog(Dialog):
    """Show a table's first rows and let a person say how to read it and what to learn.

    The whole table is read in the background as the choices say, so that what is left out, or why
    it cannot be learned from, is said here, where the choices are.

    Parameters
    ----------
    path
        The table.
    reader
        Reads the table on a worker. It outlives the dialog, as its thread may.

    Signals
    -------
    data_accepted(CsvData)
        The person wants to learn from it.
    """

    data_accepted = Signal(object)

    def __init__(self, path: Path, reader: DataLoader, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("csv_dialog")
        self._path, self._reader = path, reader
        self._table: CsvTable | None = None
        self._error: Exception | None = None
        self._left_out: LeftOut | None = None
        self._is_wanted = False
        self._note = label("label", "csv_note", wrap=True)
        self._pause = QTimer(self, singleShot=True, interval=_SAID_AFTER_MS)
        self.choices = {
            name: keyed_combo(f"csv_{name}", keys)
            for name, keys in (
                ("separator", SEPARATORS),
                ("decimal", DECIMALS),
                ("encoding", ENCODINGS),
                ("header", HEADERS),
                ("task", TASKS),
                ("scaling", SCALINGS),
                ("missing", MISSING),
            )
        }
        self.skip = QLineEdit()
        self.skip.setObjectName("csv_skip_lines")
        self.skip.setValidator(QIntValidator(0, _MOST_SKIPPED, self))
        self._captions = {name: label("caption") for name in (*self.choices, "skip")}
        self._tables = CsvTables()
        self.preview, self.columns = self._tables.preview, self._tables.columns
        self.accept_button = push_button("csv_accept", "primary")
        self.cancel_button = push_button("csv_cancel")
        for button in (self.accept_button, self.cancel_button):
            button.setAutoDefault(True)  # Enter presses the one that the keyboard is on,
        self.accept_button.setDefault(True)  # and this one from anywhere else
        self._lay_out()
        self._connect()
        self.retranslate()
        self._read()
        self._fit()

    def _fit(self) -> None:
        """Be as high as a small table needs, and no higher than the smallest window."""
        least, most = _HEIGHTS_PX
        self.resize(_WIDTH_PX, min(least + self._tables.lines * ROW_PX, most))

    def _make_problem(self) -> QFrame:
        """Return the card that stands in the tables' place where the file cannot be read."""
        card = frame("card", tone="fail")
        self._problem_icon = label()
        self._problem = label("", "csv_problem", wrap=True)
        row = QHBoxLayout(card)
        row.setContentsMargins(INSET_PX, INSET_PX, INSET_PX, INSET_PX)
        row.setSpacing(GAP_M_PX)
        row.addWidget(self._problem_icon, 0, Qt.AlignmentFlag.AlignTop)
        row.addWidget(self._problem, 1)
        self._refresh_icon()
        return card

    def _lay_out(self) -> None:
        grid = QGridLayout()
        grid.setHorizontalSpacing(GAP_M_PX)
        grid.setVerticalSpacing(2)
        fields: dict[str, QWidget] = {**self.choices}
        order = ["separator", "decimal", "encoding", "skip", "header", "task", "scaling", "missing"]
        for column, name in enumerate(order):
            field = fields.get(name, self.skip)
            self._captions[name].setBuddy(field)
            grid.addWidget(self._captions[name], 0, column)
            grid.addWidget(field, 1, column)
        buttons = QHBoxLayout()
        buttons.setSpacing(GAP_M_PX)
        buttons.addWidget(self._note, 1)
        buttons.addWidget(self.cancel_button)
        buttons.addWidget(self.accept_button)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(GAP_XL_PX, GAP_XL_PX, GAP_XL_PX, GAP_XL_PX)
        layout.setSpacing(GAP_L_PX)
        layout.addLayout(grid)
        self._problem_card = self._make_problem()
        self._problem_card.hide()
        layout.addWidget(self._problem_card)
        layout.addWidget(self._tables, 1)
        layout.addStretch()
        layout.addLayout(buttons)

    def _connect(self) -> None:
        for name in ("separator", "decimal", "encoding", "header"):
            self.choices[name].activated.connect(self._read)
        self.skip.textEdited.connect(self._read)
        for name in ("task", "missing"):
            self.choices[name].activated.connect(self._check)
        self._tables.use_chosen.connect(self._check)
        self.cancel_button.clicked.connect(self.reject)
        self.accept_button.clicked.connect(self._on_accept_clicked)
        self.finished.connect(self._reader.cancel)
        self._reader.progressed.connect(self._show_share)
        self._pause.timeout.connect(lambda: self._show_share(None))

    # -- Reading -----------------------------------------------------------------------------------

    def data(self) -> CsvData:
        """Return how the table is to be read, by what is chosen now."""
        chosen = {name: combo.currentData() for name, combo in self.choices.items()}
        return CsvData(
            path=str(self._path),
            separator=chosen["separator"],
            decimal=chosen["decimal"],
            encoding=chosen["encoding"],
            header={"": None, "yes": True, "no": False}[chosen["header"]],
            features=self._tables.names("feature"),
            targets=self._tables.names("target"),
            task=chosen["task"],
            scaling=chosen["scaling"],
            missing=chosen["missing"],
            skip_lines=int(self.skip.text()) if self.skip.text() else None,
        )

    def _read(self) -> None:
        """Have the first rows read anew; till then the old ones stay and cannot be accepted."""
        wanted = self._format_only()
        self._is_wanted = False
        self.accept_button.setEnabled(False)
        self._pause.start()
        self._reader.read(
            lambda: preview_csv(wanted, PREVIEW_ROWS),
            lambda table: self._show_read(table, None),
            lambda error, _details: self._show_read(None, error),
        )

    def _show_read(self, table: CsvTable | None, error: Exception | None) -> None:
        """Show the rows that were read; what cannot be read is said and cannot be accepted."""
        is_first = self._table is None and self._error is None
        self._table = table
        self._tables.show_table(table)
        self._tables.setVisible(table is not None)
        if table is None:
            self._show_outcome(None, error)
        else:
            self._check()
        if is_first:
            self._fit()

    def _check(self) -> None:
        """Have the whole table read as is chosen now, to know what is left out, or refused."""
        data = self.data()
        self._is_wanted = False
        self._show_outcome(None, None)
        if not data.targets or not data.features:
            self._reader.cancel()
            self._note.setText(self.tr("Choose at least one feature and one target."))
            self.accept_button.setEnabled(False)
            return
        self._pause.start()
        self._reader.read(
            lambda: build_dataset(data).left_out,
            lambda left_out: self._show_outcome(left_out, None),
            lambda error, _details: self._show_outcome(None, error),
        )

    def _show_outcome(self, left_out: LeftOut | None, error: Exception | None) -> None:
        """Say what came of reading the table; accept it where a person has clicked meanwhile."""
        self._pause.stop()
        self._left_out, self._error = left_out, error
        self._problem_card.setVisible(error is not None)
        self.accept_button.setEnabled(error is None)
        self._write_findings()
        if self._is_wanted and left_out is not None:
            self._accept()

    def _show_share(self, share: float | None) -> None:
        """Say that the table is being read, and how much of it has been."""
        if self._pause.isActive():
            return
        percent = "" if share is None else f" {show_integer(round(100 * share))} %"
        self._note.setText(self.tr("Reading the table…") + percent)

    def _format_only(self) -> CsvData:
        """Return the reading without columns, which another format may call otherwise."""
        data = self.data()
        return CsvData(
            data.path,
            data.separator,
            data.decimal,
            data.encoding,
            data.header,
            skip_lines=data.skip_lines,
        )

    # -- Deciding ----------------------------------------------------------------------------------

    def _on_accept_clicked(self) -> None:
        self._is_wanted = True
        if self._left_out is not None:
            self._accept()

    def _accept(self) -> None:
        self._is_wanted = False
        self.data_accepted.emit(self.data())
        self.accept()

    # -- Words -------------------------------------------------------------------------------------

    def _write_findings(self) -> None:
        """Say how the table was read, or in its place why it could not be."""
        self._problem.setText("" if self._error is None else sentence_of(self._error))
        if self._table is None:
            self._note.setText("")
            return
        found = self._table.format
        self.skip.setPlaceholderText(show_integer(found.skip_lines))
        separator = {"\t": self.tr("tab"), " ": self.tr("blank")}.get(
            found.separator, found.separator
        )
        text = self.tr(
            "Read as {encoding}, columns parted by “{separator}”, decimals by “{decimal}”."
        ).format(encoding=found.encoding.upper(), separator=separator, decimal=found.decimal)
        self._note.setText(f"{text} {left_out_words(self._left_out)}".strip())

    def _refresh_icon(self) -> None:
        self._problem_icon.setPixmap(icon("x-circle", "fail").pixmap(_ICON_PX, _ICON_PX))

    def retranslate(self) -> None:
        """Write every text in the language in use."""
        self.setWindowTitle(self.tr("Import {file}").format(file=self._path.name))
        found = self.tr("Find out")
        texts: dict[str, tuple[str, tuple[str, ...]]] = {
            "separator": (
                self.tr("Columns by"),
                (found, ",", ";", self.tr("Tab"), "|", self.tr("Blanks")),
            ),
            "decimal": (self.tr("Decimals by"), (found, ".", ",")),
            "encoding": (
                self.tr("Encoding"),
                (found, "UTF-8", "Windows-1254", "Latin-1", "UTF-16"),
            ),
            "header": (self.tr("First row"), (found, self.tr("Names"), self.tr("Values"))),
            "task": (
                self.tr("Task"),
                (found, self.tr("Classification"), self.tr("Regression")),
            ),
            "scaling": (
                self.tr("Scaling"),
                (self.tr("Mean 0, deviation 1"), self.tr("0 to 1"), self.tr("None")),
            ),
            "missing": (self.tr("Gaps"), (self.tr("Leave the row out"), self.tr("Fill in"))),
        }
        for name, (caption, words) in texts.items():
            self._captions[name].setText(caption)
            describe(self.choices[name], caption)
            for index, word in enumerate(words):
                self.choices[name].setItemText(index, word)
        self._captions["skip"].setText(self.tr("Skip lines"))
        describe(self.skip, self.tr("Skip lines"), self.tr("How many lines stand above the table"))
        self.accept_button.setText(self.tr("Learn from it"))
        describe(self.accept_button, self.tr("Learn from it"))
        self.cancel_button.setText(self.tr("Cancel"))
        describe(self.cancel_button, self.tr("Cancel"))
        self._tables.retranslate()
        self._write_findings()

    def restyle(self) -> None:
        """Put on the theme in use."""
        self._refresh_icon()


TABLE_SUFFIXES = (".csv", ".tsv", ".txt")


class OwnTables(QObject):
    """Ask for a file and for how to read it, without blocking.

    Attributes
    ----------
    reader
        Reads a table, and its first rows before that, on a worker.
    """

    def __init__(self, model: BuildModel, window: QWidget) -> None:
        super().__init__(window)
        self._model, self._window = model, window
        self.reader = DataLoader(self)
        self._dialog: CsvDialog | None = None
        self._waiting: list[Path] = []

    def ask(self) -> None:
        """Let the person choose a file."""
        dialog = file_dialog(self._window, self.tr("Open a table"), "table_dialog")
        dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
        dialog.setNameFilters(
            [
                self.tr("Tables (*.csv *.tsv *.txt)"),
                self.tr("Pictures in IDX files (*ubyte *ubyte.gz)"),
            ]
        )
        dialog.fileSelected.connect(lambda name: self.open_path(Path(name)))
        dialog.open()

    def open_path(self, path: Path) -> None:
        """Show how a table would be read, or take pictures and labels that lie together.

        Of several tables each waits until the dialog of the one before it has closed.
        """
        if not is_idx(path):
            self._waiting.append(path)
            self._open_next()
            return
        data = idx_data(path)
        if data is None:
            self._model.say_failed(
                self.tr(
                    "{name}: the pictures and their labels must lie in one folder under the names "
                    "they came with, as in train-images-idx3-ubyte and train-labels-idx1-ubyte."
                ).format(name=path.name)
            )
            return
        self._model.choose_data(data)

    def _open_next(self) -> None:
        """Open the dialog of the next table, unless one is open: they share their reader."""
        if self._dialog is not None or not self._waiting:
            return
        dialog = self._dialog = CsvDialog(self._waiting.pop(0), self.reader, self._window)
        dialog.data_accepted.connect(self._model.choose_data)
        dialog.finished.connect(self._on_closed)
        dialog.open()

    def _on_closed(self) -> None:
        dialog, self._dialog = self._dialog, None
        if dialog is not None:
            dialog.deleteLater()
        self._open_next()
