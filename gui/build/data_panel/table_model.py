"""The truth table as Qt's item views want it."""

from __future__ import annotations

from enum import IntEnum

import numpy as np
from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, Qt

from gui.build.data_words import word
from gui.numbers import show_fixed, show_number
from model.experiment import FloatArray, TruthTableData
from model.metrics import OPEN, RIGHT, WRONG, decide, outcomes

__all__ = ["Kind", "TableModel"]

_Index = QModelIndex | QPersistentModelIndex
_DOWN = QModelIndex()


class Kind(IntEnum):
    """What a column holds."""

    INPUT = 0
    TARGET = 1
    PREDICTION = 2
    PASS = 3


class TableModel(QAbstractTableModel):
    """Rows of inputs, targets, predictions and a mark.

    Attributes
    ----------
    table
        The rows and the wanted answers.
    outputs
        What the network answers, shape (rows, outputs), or ``None`` where it does not fit.
    used
        The rows that a single step has just used.
    """

    TARGET_ROLE = Qt.ItemDataRole.UserRole + 1
    VALUE_ROLE = Qt.ItemDataRole.UserRole + 2
    OUTCOME_ROLE = Qt.ItemDataRole.UserRole + 3
    ANSWER_ROLE = Qt.ItemDataRole.UserRole + 4

    def __init__(self) -> None:
        super().__init__()
        self.table = TruthTableData(("x₁",), ("y",), ((0.0,),), ((0.0,),))
        self.outputs: FloatArray | None = None
        self.used: tuple[int, ...] = ()
        self.words: dict[str, str] = {}
        self._threshold = 0.5
        self._outcomes: np.ndarray | None = None

    # -- Shape -------------------------------------------------------------------------------------

    @property
    def inputs(self) -> int:
        """How many input columns there are."""
        return len(self.table.input_names)

    @property
    def targets(self) -> int:
        """How many outputs there are."""
        return len(self.table.output_names)

    def kind(self, column: int) -> tuple[Kind, int]:
        """Return what a column holds, and which one of its kind it is."""
        if column < self.inputs:
            return Kind.INPUT, column
        column -= self.inputs
        if column < self.targets:
            return Kind.TARGET, column
        column -= self.targets
        if column < self.targets:
            return Kind.PREDICTION, column
        return Kind.PASS, 0

    def rowCount(self, parent: _Index = _DOWN) -> int:
        """Return the number of rows."""
        return 0 if parent.isValid() else len(self.table.rows)

    def columnCount(self, parent: _Index = _DOWN) -> int:
        """Return the number of columns."""
        return 0 if parent.isValid() else self.inputs + 2 * self.targets + 1

    # -- Showing -----------------------------------------------------------------------------------

    def show_table(self, table: TruthTableData) -> None:
        """Show other rows."""
        if table is self.table:
            return
        same = (
            len(table.rows) == len(self.table.rows)
            and table.input_names == self.table.input_names
            and table.output_names == self.table.output_names
        )
        if same:
            self.table = table
            self._outcomes = None
            self._emit_all()
            return
        self.beginResetModel()
        self.table = table
        self.outputs = self._outcomes = None
        self.endResetModel()

    def show_outputs(self, outputs: FloatArray | None, threshold: float) -> None:
        """Show other answers; what is above `threshold` counts as 1."""
        if outputs is not None and outputs.shape != (len(self.table.rows), self.targets):
            outputs = None
        before = self.outputs
        if outputs is None and before is None:
            return
        same = threshold == self._threshold  # another loss may read the same answers otherwise
        if same and outputs is not None and before is not None and np.array_equal(outputs, before):
            return
        self.outputs = outputs
        self._threshold, self._outcomes = threshold, None
        last = self.columnCount() - 1
        self.dataChanged.emit(
            self.index(0, self.inputs + self.targets), self.index(len(self.table.rows) - 1, last)
        )

    def show_used(self, rows: tuple[int, ...]) -> None:
        """Mark the rows that a single step has just used."""
        if rows != self.used:
            self.used = rows
            self._emit_all()

    def _emit_all(self) -> None:
        bottom = self.index(self.rowCount() - 1, self.columnCount() - 1)
        self.dataChanged.emit(self.index(0, 0), bottom)

    def outcome(self, row: int) -> int | None:
        """Return how a row is answered, see :func:`model.metrics.outcomes`.

        ``None`` where nothing is asked or answered.
        """
        if self.outputs is None or all(value is None for value in self.table.targets[row]):
            return None
        if self._outcomes is None:
            wanted = np.array(
                [[np.nan if t is None else t for t in row] for row in self.table.targets]
            )
            mask = np.where(np.isnan(wanted), 0.0, 1.0)
            self._outcomes = outcomes(self.outputs, wanted, "multilabel", self._threshold, mask)
        return int(self._outcomes[row])

    def passes(self, row: int) -> bool | None:
        """Tell whether a row is right; ``None`` where nothing is asked or answered."""
        outcome = self.outcome(row)
        return None if outcome is None else outcome == RIGHT

    def answer(self, row: int, output: int) -> int:
        """Return what is answered: 0 or 1, -1 where it is undecided."""
        if self.outputs is None:
            return -1
        return int(decide(self.outputs[row : row + 1, output], "binary", self._threshold)[0])

    def data(self, index: _Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """Return a cell's text, its plain value, and what a screen reader says."""
        if not index.isValid() or index.row() >= len(self.table.rows):
            return None
        row = index.row()
        kind, which = self.kind(index.column())
        if role == self.TARGET_ROLE:
            target = self.table.targets[row][which if kind is not Kind.PASS else 0]
            return -1.0 if target is None else target
        if role == self.OUTCOME_ROLE:
            return self.outcome(row)
        if role == self.ANSWER_ROLE and kind is Kind.PREDICTION:
            return self.answer(row, which)
        if role == self.VALUE_ROLE and kind is Kind.PREDICTION:
            return None if self.outputs is None else float(self.outputs[row, which])
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return int(Qt.AlignmentFlag.AlignCenter)
        if role == Qt.ItemDataRole.ToolTipRole and kind is Kind.PASS:
            return self._text(row, kind, which, spoken=True) or None
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole):
            return self._text(row, kind, which, role == Qt.ItemDataRole.AccessibleTextRole)
        return None

    def _text(self, row: int, kind: Kind, which: int, spoken: bool) -> str:
        if kind is Kind.INPUT:
            text = show_number(self.table.rows[row][which])
            is_told = spoken and which == 0 and row in self.used
            return f"{text}, {self.words.get('used', '')}" if is_told else text
        if kind is Kind.TARGET:
            value = self.table.targets[row][which]
            if value is None:
                return self.words.get("free", "–") if spoken else "–"
            return show_number(value)
        if kind is Kind.PREDICTION:
            return "" if self.outputs is None else show_fixed(float(self.outputs[row, which]), 3)
        outcome = self.outcome(row)
        if not spoken or outcome is None:
            return ""
        return self.words.get({RIGHT: "right", WRONG: "wrong", OPEN: "undecided"}[outcome], "")

    def headerData(
        self,
        section: int,
        orientation: Qt.Orientation,
        role: int = Qt.ItemDataRole.DisplayRole,
    ) -> object:
        """Return a column's title."""
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return int(Qt.AlignmentFlag.AlignCenter)
        if role != Qt.ItemDataRole.DisplayRole or orientation != Qt.Orientation.Horizontal:
            return None
        kind, which = self.kind(section)
        if kind is Kind.INPUT:
            return word(self.table.input_names[which])
        if kind is Kind.PASS:
            return ""
        if self.targets == 1:
            return self.words.get("target" if kind is Kind.TARGET else "prediction", "")
        name = word(self.table.output_names[which])
        return name if kind is Kind.TARGET else f"{name} ŷ"

    def flags(self, index: _Index) -> Qt.ItemFlag:
        """Let every cell be chosen; inputs can be typed."""
        flags = Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable
        if index.isValid() and self.kind(index.column())[0] is Kind.INPUT:
            flags |= Qt.ItemFlag.ItemIsEditable
        return flags
