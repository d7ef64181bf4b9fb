"""The import dialog: how a person's own table is read, seen before it is used."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QEvent, Qt, QTimer, Signal
from PySide6.QtWidgets import (
    QAbstractItemView,
    QComboBox,
    QDialog,
    QGridLayout,
    QHBoxLayout,
    QTableWidget,
    QTableWidgetItem,
    QVBoxLayout,
    QWidget,
)

from gui.numbers import show_integer, show_number
from gui.sentences import sentence_of
from gui.theme import GAP_L_PX, GAP_M_PX, GAP_XL_PX
from gui.widgets import combo_px, describe, label, push_button, set_role
from gui.workers import NewestJob
from model.data.csv import CsvColumn, CsvTable, preview_csv
from model.experiment import CsvData

__all__ = ["CsvDialog"]

SEPARATORS = ("", ",", ";", "\t", "|")
DECIMALS = ("", ".", ",")
ENCODINGS = ("", "utf-8", "cp1254", "latin-1", "utf-16")
HEADERS = ("", "yes", "no")
TASKS = ("auto", "classification", "regression")
SCALINGS = ("standard", "min_max", "none")
MISSING = ("drop", "mean")
ROLES = ("feature", "target", "ignore")
PREVIEW_ROWS = 50
SAID_AFTER_MS = 300


class CsvDialog(QDialog):
    """Show a table's first rows and let a person say how to read it and what to learn.

    Parameters
    ----------
    path
        The table.
    reader
        Reads the first rows on a worker. It outlives the dialog, as its thread may.

    Signals
    -------
    data_accepted(CsvData)
        The person wants to learn from it.
    """

    data_accepted = Signal(object)

    def __init__(self, path: Path, reader: NewestJob, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("csv_dialog")
        self.resize(820, 600)
        self._path, self._reader = path, reader
        self._table: CsvTable | None = None
        self._roles: dict[str, QComboBox] = {}
        self._note = label("label", "csv_note", wrap=True)
        self._pause = QTimer(self, singleShot=True, interval=SAID_AFTER_MS)
        self.choices = {
            name: self._combo(f"csv_{name}", keys)
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
        self._captions = {name: label("caption") for name in self.choices}
        self.preview = self._grid("csv_preview")
        self.columns = self._grid("csv_columns")
        self._preview_title, self._columns_title = label("strong"), label("strong")
        self.accept_button = push_button("csv_accept", "primary")
        self.cancel_button = push_button("csv_cancel")
        self._lay_out()
        self._connect()
        self.retranslate()
        self._read()

    @staticmethod
    def _combo(object_name: str, keys: tuple[str, ...]) -> QComboBox:
        combo = QComboBox()
        combo.setObjectName(object_name)
        for key in keys:
            combo.addItem(key, key)
        return combo

    @staticmethod
    def _grid(object_name: str) -> QTableWidget:
        grid = QTableWidget()
        grid.setObjectName(object_name)
        set_role(grid, role="list")
        grid.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        grid.setSelectionMode(QAbstractItemView.SelectionMode.NoSelection)
        grid.setTabKeyNavigation(False)  # Tab must lead on to the buttons
        grid.verticalHeader().setDefaultSectionSize(26)
        grid.verticalHeader().hide()
        left = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
        grid.horizontalHeader().setDefaultAlignment(left)
        return grid

    def _lay_out(self) -> None:
        grid = QGridLayout()
        grid.setHorizontalSpacing(GAP_L_PX)
        grid.setVerticalSpacing(2)
        for column, (name, combo) in enumerate(self.choices.items()):
            self._captions[name].setBuddy(combo)
            grid.addWidget(self._captions[name], 0, column)
            grid.addWidget(combo, 1, column)
        left, right = QVBoxLayout(), QVBoxLayout()
        left.addWidget(self._columns_title)
        left.addWidget(self.columns, 1)
        right.addWidget(self._preview_title)
        right.addWidget(self.preview, 1)
        middle = QHBoxLayout()
        middle.setSpacing(GAP_XL_PX)
        middle.addLayout(left, 2)
        middle.addLayout(right, 3)
        buttons = QHBoxLayout()
        buttons.setSpacing(GAP_M_PX)
        buttons.addWidget(self._note, 1)
        buttons.addWidget(self.cancel_button)
        buttons.addWidget(self.accept_button)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(GAP_XL_PX, GAP_XL_PX, GAP_XL_PX, GAP_XL_PX)
        layout.setSpacing(GAP_L_PX)
        layout.addLayout(grid)
        layout.addLayout(middle, 1)
        layout.addLayout(buttons)

    def _connect(self) -> None:
        for name in ("separator", "decimal", "encoding", "header"):
            self.choices[name].activated.connect(self._read)
        self.cancel_button.clicked.connect(self.reject)
        self.accept_button.clicked.connect(self._on_accept_clicked)
        self.finished.connect(self._reader.cancel)
        self._pause.timeout.connect(lambda: self._say(self.tr("Reading the first rows…")))

    # -- Reading -----------------------------------------------------------------------------------

    def data(self) -> CsvData:
        """Return how the table is to be read, by what is chosen now."""
        chosen = {name: combo.currentData() for name, combo in self.choices.items()}
        by_role: dict[str, list[str]] = {role: [] for role in ROLES}
        for name, combo in self._roles.items():
            by_role[combo.currentData()].append(name)
        return CsvData(
            path=str(self._path),
            separator=chosen["separator"],
            decimal=chosen["decimal"],
            encoding=chosen["encoding"],
            header={"": None, "yes": True, "no": False}[chosen["header"]],
            features=tuple(by_role["feature"]),
            targets=tuple(by_role["target"]),
            task=chosen["task"],
            scaling=chosen["scaling"],
            missing=chosen["missing"],
        )

    def _read(self) -> None:
        """Have the first rows read anew; till then the old ones stay and cannot be accepted."""
        wanted = self._format_only()
        self.accept_button.setEnabled(False)
        self._pause.start()
        self._reader.start(
            lambda should_stop, publish: preview_csv(wanted, PREVIEW_ROWS),
            self._on_read,
            self._on_unreadable,
        )

    def _on_unreadable(self, error: Exception, _details: str) -> None:
        self._pause.stop()
        self._table = None
        self._fill(None)
        self._say(sentence_of(error), tone="fail")

    def _on_read(self, table: CsvTable) -> None:
        self._pause.stop()
        self._table = table
        self._fill(table)
        self.accept_button.setEnabled(True)
        found = table.format
        separator = {"\t": self.tr("tab")}.get(found.separator, found.separator)
        self._say(
            self.tr(
                "Read as {encoding}, columns parted by “{separator}”, decimals by “{decimal}”."
            ).format(encoding=found.encoding, separator=separator, decimal=found.decimal)
        )

    def _format_only(self) -> CsvData:
        """Return the reading without columns, which another format may call otherwise."""
        data = self.data()
        return CsvData(data.path, data.separator, data.decimal, data.encoding, data.header)

    def _say(self, text: str, tone: str = "") -> None:
        self._note.setText(text)
        self._note.setProperty("tone", tone)
        self._note.style().unpolish(self._note)
        self._note.style().polish(self._note)

    def _fill(self, table: CsvTable | None) -> None:
        columns = () if table is None else table.columns
        self._roles = {}
        self.preview.setColumnCount(len(columns))
        self.preview.setRowCount(0 if table is None else table.rows)
        self.preview.setHorizontalHeaderLabels([column.name for column in columns])
        self.columns.setColumnCount(3)
        self.columns.setRowCount(len(columns))
        for index, column in enumerate(columns):
            self._fill_column(index, column, is_last=index == len(columns) - 1)
        self._write_columns()

    def _fit_columns(self) -> None:
        """Give what is said of the columns the width of its texts, the lists' too."""
        self.columns.resizeColumnsToContents()
        widest = [
            combo_px(combo, combo.itemText(index))
            for combo in self._roles.values()
            for index in range(combo.count())
        ]
        self.columns.setColumnWidth(2, max(widest, default=0) + 4)

    def _fill_column(self, index: int, column: CsvColumn, is_last: bool) -> None:
        values = column.numbers if column.numbers is not None else column.words
        assert values is not None
        for row, value in enumerate(values):
            text = value if isinstance(value, str) else _number(float(value))
            item = QTableWidgetItem(text)
            if column.numbers is not None:
                item.setTextAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
            self.preview.setItem(row, index, item)
        combo = self._combo(f"csv_role_{index}", ROLES)
        combo.setCurrentIndex(ROLES.index("target" if is_last else "feature"))
        self._roles[column.name] = combo
        self.columns.setItem(index, 0, QTableWidgetItem(column.name))
        self.columns.setItem(index, 1, QTableWidgetItem(""))
        self.columns.setCellWidget(index, 2, combo)

    # -- Deciding ----------------------------------------------------------------------------------

    def _on_accept_clicked(self) -> None:
        data = self.data()
        if not data.targets or not data.features:
            self._note.setText(self.tr("Choose at least one feature and one target."))
            return
        self.data_accepted.emit(data)
        self.accept()

    # -- Words -------------------------------------------------------------------------------------

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

    def retranslate(self) -> None:
        """Write every text in the language in use."""
        self.setWindowTitle(self.tr("Import {file}").format(file=self._path.name))
        found = self.tr("Find out")
        texts: dict[str, tuple[str, tuple[str, ...]]] = {
            "separator": (self.tr("Columns by"), (found, ",", ";", self.tr("Tab"), "|")),
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
        self._columns_title.setText(self.tr("Columns"))
        self._preview_title.setText(self.tr("First {n} rows").format(n=show_integer(PREVIEW_ROWS)))
        describe(self.columns, self.tr("Columns"), self.tr("What each column is used as"))
        describe(self.preview, self.tr("Preview"), self.tr("The table's first rows as read"))
        self.accept_button.setText(self.tr("Learn from it"))
        describe(self.accept_button, self.tr("Learn from it"))
        self.cancel_button.setText(self.tr("Cancel"))
        describe(self.cancel_button, self.tr("Cancel"))
        self._write_columns()

    def changeEvent(self, event: QEvent) -> None:
        """Follow the language."""
        if event.type() == QEvent.Type.LanguageChange:
            self.retranslate()
        super().changeEvent(event)


def _number(value: float) -> str:
    return "" if value != value else show_number(value)
