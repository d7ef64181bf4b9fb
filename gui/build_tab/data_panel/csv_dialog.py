"""The import dialog for the user's own table: format, columns, first rows."""

from __future__ import annotations

from itertools import islice
from pathlib import Path

from msgspec.structs import replace
from PySide6.QtCore import QSize, Qt, QTimer
from PySide6.QtWidgets import (
    QAbstractItemView,
    QComboBox,
    QFrame,
    QGridLayout,
    QHeaderView,
    QLineEdit,
    QTableWidget,
    QTableWidgetItem,
    QWidget,
)

from foundation.text import mark, tr, tr_context
from gui.build_tab.build_model import BuildModel
from gui.build_tab.names import omissions_text
from gui.error_texts import sentence_of
from gui.explain import explain
from gui.format import parse_whole, percent, show_cell, show_integer
from gui.theme import GAP_L_PX, GAP_M_PX, GAP_S_PX, GAP_XL_PX, INSET_PX, IconLabel
from gui.widgets.basic import (
    describe,
    frame,
    insert_in_tab_order,
    label,
    named,
    push_button,
    set_role,
)
from gui.widgets.combos import keyed_combo
from gui.widgets.layouts import hbox, vbox
from gui.widgets.painting import AT_LEFT, AT_RIGHT
from gui.widgets.panel import Dialog
from gui.widgets.texts import worded
from gui.workers import LatestTask
from gui.workers.reading import reading
from model.data.cache import dataset_of
from model.data.csv import CsvColumn, CsvFormat, CsvTable, read_csv
from model.data.dataset import LeftOut
from model.edits.network import with_chosen_data
from model.experiment import CsvData

PREVIEW_ROWS = 50
ROW_PX = 26

_CELL_PX, _MIN_PX, _MAX_PX = 20, 72, 150
"""Column widths of the preview: padding, minimum and maximum.

A longer name is elided and complete in its tool tip.
"""
_DIGITS, _MAX_COLUMNS = 12, 100

_DETECT = mark("Detect")
_ENCODINGS = {
    "utf-8": "UTF-8",
    "cp1254": "Windows-1254",
    "latin-1": "Latin-1",
    "utf-16": "UTF-16",
}
_ROLES = {"feature": mark("Feature"), "target": mark("Target"), "ignore": mark("Nothing")}
_CHOICES: dict[str, tuple[str, dict[str, str]]] = {
    "sheet": ("", {}),
    "separator": (
        mark("Columns by"),
        {"": _DETECT, ",": ",", ";": ";", "\t": mark("Tab"), "|": "|", " ": mark("Blanks")},
    ),
    "decimal": (mark("Decimals by"), {"": _DETECT, ".": ".", ",": ","}),
    "encoding": (mark("Encoding"), {"": _DETECT, **_ENCODINGS}),
    "header": (
        mark("First row"),
        {"": _DETECT, "yes": mark("Names"), "no": mark("Values")},
    ),
    "task": (
        mark("Task"),
        {
            "auto": _DETECT,
            "classification": mark("Classification"),
            "regression": mark("Regression"),
        },
    ),
    "scaling": (
        mark("Scaling"),
        {
            "standard": mark("Mean 0, deviation 1"),
            "min_max": mark("0 to 1"),
            "none": mark("None"),
        },
    ),
    "missing": (mark("Gaps"), {"drop": mark("Leave the row out"), "mean": mark("Fill in")}),
}
"""Captions of the choices, and texts by key; sheet names come from the file."""
_TEXT_FILE_CHOICES = ("separator", "decimal", "encoding")
"""Choices for text files only; a workbook defines them itself."""
_NAME, _HOLDS, _USE = range(3)
_MAX_LISTS_AT_ONCE = 55
"""Lists of uses created at a time, more than the rows that can be visible."""
_SIZE = QSize(880, 600)
_MAX_SKIPPED = 9999
_ICON_PX = 16
_PROGRESS_AFTER_MS = 300


def _encoding(found: CsvFormat) -> str:
    """Return the listed name of an encoding, ignoring byte order and mark."""
    return next(name for codec, name in _ENCODINGS.items() if found.encoding.startswith(codec))


def _set_item_texts(combo: QComboBox, words: dict[str, str]) -> None:
    """Set the texts of a combo box in the current language."""
    for index, word in enumerate(words.values()):
        combo.setItemText(index, tr(word))


def _texts(column: CsvColumn) -> list[str]:
    """Return the texts of a column's cells, empty for gaps."""
    if column.numbers is None:
        return list(column.words or ())
    values = column.numbers.tolist()
    return ["" if value != value else show_cell(value, _DIGITS) for value in values]


def _cell(text: str, alignment: Qt.AlignmentFlag = AT_LEFT) -> QTableWidgetItem:
    item = QTableWidgetItem(text)
    item.setToolTip(text)
    item.setTextAlignment(alignment)
    return item


def _dressed(view: QTableWidget, object_name: str) -> QTableWidget:
    view.setObjectName(object_name)
    set_role(view, role="list")
    view.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
    view.setSelectionMode(QAbstractItemView.SelectionMode.NoSelection)
    view.setTabKeyNavigation(False)  # Tab must lead on to the buttons
    view.verticalHeader().setDefaultSectionSize(ROW_PX)
    view.verticalHeader().hide()
    header = view.horizontalHeader()
    header.setDefaultAlignment(AT_LEFT)
    header.setFixedHeight(ROW_PX)
    header.setTextElideMode(Qt.TextElideMode.ElideMiddle)
    header.setResizeContentsPrecision(0)  # by the rows that are seen
    return view


class CsvDialog(Dialog):
    """Dialog that previews a table and sets its format and columns.

    The whole table is read in the background with the current choices. Omitted rows and errors can
    thus be reported before the dialog closes, and the rows are ready when the experiment uses them.

    Parameters
    ----------
    reader
        Task that reads the table on a worker thread. It outlives the dialog because its thread may.
    """

    def __init__(
        self, model: BuildModel, path: Path, reader: LatestTask, parent: QWidget | None = None
    ) -> None:
        name = path.name
        super().__init__("csv_dialog", parent, title=lambda: tr("Import {file}", file=name))
        self._model, self._path, self._reader = model, path, reader
        self._table: CsvTable | None = None
        self._error: Exception | None = None
        self._left_out: LeftOut | None = None
        self._is_wanted = False
        self._skipped: int | None = None
        self._note = label("label", "csv_note", wrap=True)
        self._pause = QTimer(self, singleShot=True)
        self._pause.setInterval(_PROGRESS_AFTER_MS)
        self._pause.timeout.connect(lambda: self._show_share(None))
        self.choices = {
            name: worded(keyed_combo(f"csv_{name}", list(words)), accessible_name=caption)
            for name, (caption, words) in _CHOICES.items()
        }
        self.skip = worded(
            named(QLineEdit(), "csv_skip_lines"),
            accessible_name="Skip lines",
            tip="How many lines stand above the table",
        )
        self._captions = {
            name: label("caption", text=caption) for name, (caption, _) in _CHOICES.items()
        }
        self._captions["skip"] = label("caption", text="Skip lines")
        explain(self._captions["task"], "class", "target")
        explain(self._captions["scaling"], "scaling")
        self._uses: dict[str, str] = {}  # of each column by its name, one of `_ROLES`
        self.columns = worded(
            _dressed(QTableWidget(0, 3), "csv_columns"),
            accessible_name="Columns",
            tip="What each column is used as",
        )
        header = self.columns.horizontalHeader()
        header.setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
        header.setSectionResizeMode(_NAME, QHeaderView.ResizeMode.Stretch)
        header.setSectionResizeMode(_USE, QHeaderView.ResizeMode.Fixed)
        self.preview = worded(
            _dressed(QTableWidget(), "csv_preview"),
            accessible_name="Preview",
            tip="The table's first rows as read",
        )
        self.preview.horizontalHeader().setMinimumSectionSize(_MIN_PX)
        self.preview.horizontalHeader().setMaximumSectionSize(_MAX_PX)
        self._show_sheets(())
        self.accept_button = push_button(
            "csv_accept", "primary", do=self._on_accept_clicked, text="Learn from it"
        )
        self.accept_button.setDefault(True)  # Enter presses it from a field or a list, too
        self._lay_out()
        self.columns.verticalScrollBar().valueChanged.connect(self._make_lists)
        for name in ("sheet", *_TEXT_FILE_CHOICES, "header"):
            self.choices[name].activated.connect(self._read)
        self.skip.textEdited.connect(self._on_skip_edited)
        for name in ("task", "scaling", "missing"):
            self.choices[name].activated.connect(self._check)
        self.retranslate()
        self._read()
        self.resize(_SIZE.boundedTo(self.screen().availableSize()))

    def _make_problem(self) -> QFrame:
        """Return the card that explains why the file cannot be read or used."""
        card = frame("card", tone="fail")
        self._problem = label("", "csv_problem", wrap=True)
        top = Qt.AlignmentFlag.AlignTop
        parts = (IconLabel(_ICON_PX, "x-circle", "fail"), 0, top), (self._problem, 1)
        hbox(*parts, on=card, gap=GAP_M_PX, margins=INSET_PX)
        return card

    def _make_tables(self) -> QWidget:
        tables = QWidget()
        title = explain(label("strong", text="Columns"), "input", "target")
        columns = vbox(title, (self.columns, 1), gap=GAP_S_PX)
        rows = label("strong", text=lambda: tr("First {n} rows", n=show_integer(PREVIEW_ROWS)))
        preview = vbox(explain(rows, "row", "example"), (self.preview, 1), gap=GAP_S_PX)
        hbox((columns, 2), (preview, 3), on=tables, gap=GAP_XL_PX, margins=0)
        return tables

    def _lay_out(self) -> None:
        grid = QGridLayout()
        grid.setHorizontalSpacing(GAP_S_PX)
        grid.setVerticalSpacing(2)
        order = ["sheet", *_TEXT_FILE_CHOICES, "skip", "header", "task", "scaling", "missing"]
        for column, name in enumerate(order):
            field: QWidget = self.choices.get(name, self.skip)
            self._captions[name].setBuddy(field)
            grid.addWidget(self._captions[name], 0, column)
            grid.addWidget(field, 1, column)
        self.skip.setMaximumWidth(_MAX_PX)
        grid.setColumnStretch(len(order), 1)
        cancel = push_button("csv_cancel", do=self.reject, text="Cancel")
        buttons = hbox((self._note, 1), cancel, self.accept_button, gap=GAP_M_PX)
        self._problem_card = self._make_problem()
        self._problem_card.hide()
        self._tables = self._make_tables()
        parts = grid, self._problem_card, (self._tables, 1)
        layout = vbox(*parts, on=self, gap=GAP_L_PX, margins=GAP_XL_PX)
        layout.addStretch()
        layout.addLayout(buttons)

    # -- Reading -----------------------------------------------------------------------------------

    def data(self) -> CsvData:
        """Return the table's path with the chosen format and columns."""
        chosen = {name: combo.currentData() for name, combo in self.choices.items()}
        return CsvData(
            path=str(self._path),
            sheet=chosen["sheet"] or "",
            separator=chosen["separator"],
            decimal=chosen["decimal"],
            encoding=chosen["encoding"],
            header={"": None, "yes": True, "no": False}[chosen["header"]],
            features=self._names_used_as("feature"),
            targets=self._names_used_as("target"),
            task=chosen["task"],
            scaling=chosen["scaling"],
            missing=chosen["missing"],
            skip_lines=self._skipped,
        )

    def _names_used_as(self, role: str) -> tuple[str, ...]:
        return tuple(name for name, use in self._uses.items() if use == role)

    def _on_skip_edited(self, text: str) -> None:
        """Read again with a new number of skipped lines, or mark it as invalid."""
        lines = parse_whole(text)
        is_number = not text.strip() or (lines is not None and 0 <= lines <= _MAX_SKIPPED)
        set_role(self.skip, invalid="false" if is_number else "true")
        if is_number:
            self._skipped = lines
            self._read()
            return
        self._reader.cancel()
        self._pause.stop()
        self.accept_button.setEnabled(False)
        self._note.setText(
            tr(
                "“{text}” is no number of lines: type 0 to {most}, or nothing.",
                text=text.strip(),
                most=show_integer(_MAX_SKIPPED),
            )
        )

    def _read(self) -> None:
        """Read the first rows again; accepting is disabled meanwhile."""
        # Without columns, which another format may call otherwise.
        wanted = replace(self.data(), features=(), targets=())
        self._is_wanted = False
        self.accept_button.setEnabled(False)
        self._pause.start()
        self._reader.start(
            reading(lambda: read_csv(wanted, PREVIEW_ROWS)),
            lambda table: self._show_read(table, None),
            lambda error, _details: self._show_read(None, error),
            self._show_share,
        )

    def _show_read(self, table: CsvTable | None, error: Exception | None) -> None:
        """Show the rows that were read, or the error, which prevents accepting."""
        self._table = table
        if table is not None:
            self._show_sheets(table.sheets, table.sheet, table.is_workbook)
        self._show_columns(table)
        self._show_rows(table)
        self._write_columns()
        self._tables.setVisible(table is not None)
        if table is None:
            self._show_outcome(None, error)
        else:
            self._check()

    def _show_sheets(
        self, names: tuple[str, ...], shown: str = "", is_workbook: bool = False
    ) -> None:
        """Offer the sheets of a workbook or the tables of a zip.

        Separator, decimal mark and encoding are hidden for workbooks.
        """
        combo = self.choices["sheet"]
        caption = tr("Sheet") if is_workbook else tr_context("CsvDialog", "Table")
        self._captions["sheet"].setText(caption)
        describe(combo, caption)
        if [combo.itemText(at) for at in range(combo.count())] != list(names):
            combo.clear()
            for name in names:
                combo.addItem(name, name)
        combo.setCurrentIndex(combo.findData(shown))
        for name in ("sheet", *_TEXT_FILE_CHOICES):
            is_asked = bool(names) if name == "sheet" else not is_workbook
            self.choices[name].setVisible(is_asked)
            self._captions[name].setVisible(is_asked)

    def _show_columns(self, table: CsvTable | None) -> None:
        """List a table's columns, keeping their uses if all names are the same."""
        columns = () if table is None else table.columns
        if [column.name for column in columns] == list(self._uses):
            return
        features, targets = ((), ()) if table is None else table.proposed_columns()
        self._uses = {column.name: "ignore" for column in columns}
        self._uses |= {column.name: "feature" for column in features}
        self._uses |= {column.name: "target" for column in targets}
        self.columns.setRowCount(0)  # and the lists in them
        self.columns.setRowCount(len(columns))
        for row, name in enumerate(self._uses):
            self.columns.setItem(row, _NAME, _cell(name))
        self._make_lists()

    def _show_rows(self, table: CsvTable | None) -> None:
        """Show the first rows, limited to the first `_MAX_COLUMNS` columns."""
        columns = () if table is None else table.columns[:_MAX_COLUMNS]
        self.preview.clear()
        self.preview.setColumnCount(len(columns))
        self.preview.setRowCount(0 if table is None else table.rows)
        for place, column in enumerate(columns):
            alignment = AT_LEFT if column.numbers is None else AT_RIGHT
            self.preview.setHorizontalHeaderItem(place, _cell(column.name, alignment))
            for row, text in enumerate(_texts(column)):
                self.preview.setItem(row, place, _cell(text, alignment))

    def _make_lists(self) -> None:
        """Create the lists of uses for the visible rows.

        Creating hundreds would take seconds.
        """
        first = max(0, self.columns.rowAt(0))
        before: QWidget = self.columns
        for row, name in islice(enumerate(self._uses), first, first + _MAX_LISTS_AT_ONCE):
            if self.columns.cellWidget(row, _USE) is None:
                combo = self._make_list(row, name)
                self.columns.setCellWidget(row, _USE, combo)
                self.columns.setColumnWidth(_USE, combo.sizeHint().width() + _CELL_PX)
                insert_in_tab_order(combo, before)
            before = self.columns.cellWidget(row, _USE)

    def _make_list(self, row: int, name: str) -> QComboBox:
        combo = keyed_combo(f"csv_role_{row}", list(_ROLES))
        worded(combo, accessible_name=lambda: tr("Use of column {name}", name=name))
        combo.setCurrentIndex(combo.findData(self._uses[name]))
        _set_item_texts(combo, _ROLES)

        def use() -> None:
            self._uses[name] = combo.currentData()
            self._check()

        combo.activated.connect(use)
        return combo

    def _check(self) -> None:
        """Read the whole table as chosen, to find omitted rows and errors."""
        data, experiment = self.data(), self._model.state.experiment
        self._is_wanted = False
        self._show_outcome(None, None)
        if not data.targets or not data.features:
            self._reader.cancel()
            alone = tr("There is only one column, and learning takes two.")
            chosen = tr("Choose at least one feature and one target.")
            self._note.setText(alone if len(self._uses) == 1 else chosen)
            self.accept_button.setEnabled(False)
            return
        self._pause.start()
        self._reader.start(
            reading(lambda: dataset_of(with_chosen_data(experiment, data)).left_out),
            lambda left_out: self._show_outcome(left_out, None),
            lambda error, _details: self._show_outcome(None, error),
            self._show_share,
        )

    def _show_outcome(self, left_out: LeftOut | None, error: Exception | None) -> None:
        """Show the result of reading; use the table if already accepted."""
        self._pause.stop()
        self._left_out, self._error = left_out, error
        self._problem_card.setVisible(error is not None)
        self.accept_button.setEnabled(error is None)
        self._write_findings()
        if self._is_wanted and left_out is not None:
            self._learn()

    def _show_share(self, share: float | None) -> None:
        """Show how much of the table has been read."""
        if not self._pause.isActive():
            read = "" if share is None else f" {percent(share, 0)}"
            self._note.setText(tr("Reading the table…") + read)

    # -- Deciding ----------------------------------------------------------------------------------

    def _on_accept_clicked(self) -> None:
        self._is_wanted = True
        if self._left_out is not None:
            self._learn()

    def _learn(self) -> None:
        """Use the table and close; on failure, read again to show the error."""
        self._is_wanted = False
        if self._model.choose_data(self.data()):
            self.accept()
        else:
            self._check()

    # -- Words -------------------------------------------------------------------------------------

    def _write_findings(self) -> None:
        """Describe how the table was read, or why reading failed."""
        self._problem.setText("" if self._error is None else sentence_of(self._error))
        if self._table is None:
            self._note.setText("")
            return
        found = self._table.format
        self.skip.setPlaceholderText(show_integer(found.skip_lines))
        separator = {"\t": tr("tab"), " ": tr("blank")}.get(found.separator, found.separator)
        text = tr("Read from the sheet “{sheet}”.", sheet=self._table.sheet)
        if not self._table.is_workbook:
            text = tr(
                "Read as {encoding}, columns separated by “{separator}”, decimals by “{decimal}”.",
                encoding=_encoding(found),
                separator=separator,
                decimal=found.decimal,
            )
        self._note.setText(f"{text} {omissions_text(self._left_out)}".strip())

    def retranslate(self) -> None:
        """Set every text in the current language."""
        for name, (_, words) in _CHOICES.items():
            _set_item_texts(self.choices[name], words)
        for combo in self.columns.findChildren(QComboBox):
            _set_item_texts(combo, _ROLES)
        self._write_columns()
        self._write_findings()

    def _write_columns(self) -> None:
        """Describe the content of each column."""
        self.columns.setHorizontalHeaderLabels([tr("Column"), tr("Holds"), tr("Used as")])
        for row, column in enumerate(() if self._table is None else self._table.columns):
            item = QTableWidgetItem(self._describe_content(column))
            if column.joined:
                item.setToolTip(
                    tr("Thousands separators removed: {example}", example=column.joined)
                )
            self.columns.setItem(row, _HOLDS, item)
        self.preview.resizeColumnsToContents()

    def _describe_content(self, column: CsvColumn) -> str:
        """Describe the content of a column."""
        if column.is_missing.all():
            return tr("no values")
        if column.unit:
            return tr("numbers in {unit}", unit=column.unit)
        if column.numbers is not None:
            return tr("numbers")
        if column.is_dates:
            return tr("dates")
        return tr("words, no two alike") if column.names_rows else tr("words")

    def done(self, result: int) -> None:
        """Cancel reading when the dialog closes."""
        self._reader.cancel()
        super().done(result)
