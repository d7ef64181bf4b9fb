"""The truth table's item model and cell delegate."""

from __future__ import annotations

from collections.abc import Callable
from enum import IntEnum

import numpy as np
from PySide6.QtCore import (
    QAbstractItemModel,
    QAbstractTableModel,
    QModelIndex,
    QPointF,
    QRectF,
    Qt,
)
from PySide6.QtGui import QColor, QFontMetricsF, QPainter, QPalette, QPen
from PySide6.QtWidgets import QLineEdit, QStyle, QStyledItemDelegate, QStyleOptionViewItem, QWidget

from foundation.text import tr
from gui.build_tab.names import word
from gui.format import parse_number, show_cell, show_short
from gui.plots.legend import draw_class
from gui.theme import BODY_PX, CAPTION_PX, TITLE_PX, active, font, icon
from gui.widgets.basic import Index, set_role
from gui.widgets.focus_ring import should_draw_focus_ring
from gui.widgets.painting import AT_LEFT, AT_RIGHT, draw_box, set_text_style, write_elided
from model.experiment import FloatArray, TruthTableData
from model.metrics import OPEN, RIGHT, WRONG, decide, outcomes

_DOWN = QModelIndex()


# Made once: Qt asks for a cell's flags several times each time that it paints it.
_CHOSEN = Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable
_TYPED = _CHOSEN | Qt.ItemFlag.ItemIsEditable


class Kind(IntEnum):
    """Kind of content of a column."""

    INPUT = 0
    TARGET = 1
    PREDICTION = 2
    PASS = 3


class TableModel(QAbstractTableModel):
    """Rows of inputs, targets, predictions and a mark.

    Attributes
    ----------
    outputs
        Network outputs, shape (rows, outputs), or ``None`` if they do not fit the table.
    """

    def __init__(self) -> None:
        super().__init__()
        self.table = TruthTableData(("x₁",), ("y",), ((0.0,),), ((0.0,),))
        self.outputs: FloatArray | None = None
        self.used: tuple[int, ...] = ()
        self._threshold = 0.5
        self._outcomes: np.ndarray | None = None

    # -- Shape -------------------------------------------------------------------------------------

    @property
    def inputs(self) -> int:
        """The number of input columns."""
        return len(self.table.input_names)

    @property
    def targets(self) -> int:
        """The number of outputs."""
        return len(self.table.output_names)

    def kind(self, column: int) -> tuple[Kind, int]:
        """Return a column's kind, and its index among that kind."""
        if column < self.inputs:
            return Kind.INPUT, column
        column -= self.inputs
        if column < self.targets:
            return Kind.TARGET, column
        column -= self.targets
        if column < self.targets:
            return Kind.PREDICTION, column
        return Kind.PASS, 0

    def rowCount(self, parent: Index = _DOWN) -> int:
        """Return the number of rows."""
        return 0 if parent.isValid() else len(self.table.rows)

    def columnCount(self, parent: Index = _DOWN) -> int:
        """Return the number of columns."""
        return 0 if parent.isValid() else self.inputs + 2 * self.targets + 1

    # -- Showing -----------------------------------------------------------------------------------

    def show_table(self, table: TruthTableData) -> None:
        """Set the rows."""
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
        """Set the network's outputs, and the threshold above which an answer is 1."""
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
        """Mark the rows used by the last single step."""
        if rows != self.used:
            self.used = rows
            self._emit_all()

    def _emit_all(self) -> None:
        bottom = self.index(self.rowCount() - 1, self.columnCount() - 1)
        self.dataChanged.emit(self.index(0, 0), bottom)

    def outcome(self, row: int) -> int | None:
        """Return a row's outcome, see :func:`model.metrics.outcomes`.

        ``None`` if the row has no targets or the network's outputs are unknown.
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

    def answer(self, row: int, output: int) -> int:
        """Return the answer: 0 or 1, or -1 if undecided."""
        assert self.outputs is not None
        return int(decide(self.outputs[row : row + 1, output], "binary", self._threshold)[0])

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """Return a cell's text, and its text for screen readers."""
        if not index.isValid() or index.row() >= len(self.table.rows):
            return None
        row = index.row()
        kind, which = self.kind(index.column())
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return int(Qt.AlignmentFlag.AlignCenter)
        if role == Qt.ItemDataRole.ToolTipRole and kind in (Kind.INPUT, Kind.PASS):
            text = self._text(row, kind, which, spoken=kind is Kind.PASS)
            return text if text and (kind is Kind.PASS or len(text) > _MAX_LETTERS) else None
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole):
            return self._text(row, kind, which, role == Qt.ItemDataRole.AccessibleTextRole)
        return None

    def _text(self, row: int, kind: Kind, which: int, spoken: bool) -> str:
        if kind is Kind.INPUT:
            text = show_cell(self.table.rows[row][which])
            is_told = spoken and which == 0 and row in self.used
            return f"{text}, {tr('used by the last step')}" if is_told else text
        if kind is Kind.TARGET:
            value = self.table.targets[row][which]
            if value is None:
                return tr("free") if spoken else "–"
            return show_cell(value)
        if kind is Kind.PREDICTION:
            return "" if self.outputs is None else show_short(self.outputs[row, which], 3)
        outcome = self.outcome(row)
        if not spoken or outcome is None:
            return ""
        return {RIGHT: tr("right"), WRONG: tr("wrong"), OPEN: tr("undecided")}[outcome]

    def headerData(
        self,
        section: int,
        orientation: Qt.Orientation,
        role: int = Qt.ItemDataRole.DisplayRole,
    ) -> object:
        """Return a column's title."""
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return int(Qt.AlignmentFlag.AlignCenter)
        spoken = Qt.ItemDataRole.AccessibleTextRole
        texts = (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.ToolTipRole, spoken)
        if role not in texts or orientation != Qt.Orientation.Horizontal:
            return None
        kind, which = self.kind(section)
        if kind is Kind.INPUT:
            return word(self.table.input_names[which])
        if kind is Kind.PASS:
            return tr("Right or wrong") if role == spoken else ""
        if self.targets == 1:
            return tr("Target") if kind is Kind.TARGET else tr("Prediction")
        name = word(self.table.output_names[which])
        return name if kind is Kind.TARGET else f"{name} ŷ"

    def flags(self, index: Index) -> Qt.ItemFlag:
        """Make every cell selectable and inputs editable."""
        is_input = index.isValid() and self.kind(index.column())[0] is Kind.INPUT
        return _TYPED if is_input else _CHOSEN


_MARKS = {RIGHT: ("check-circle", "ok"), WRONG: ("x-circle", "fail"), OPEN: ("circle", "t3")}
USED_PX = 3
_MAX_LETTERS, _OVER_PX = 3, 6
"""Longest input without a tool tip, and pixels by which a text may exceed its cell."""
WHOLE_ANSWER_PX = 42
"""Width of an answer with three decimals."""


class CellDelegate(QStyledItemDelegate):
    """Paints the cells of the truth table and edits inputs.

    Parameters
    ----------
    typed
        Called with the row, the input column and the number entered.
    refused
        Called with the text entered if it is not a number.
    """

    def __init__(
        self,
        parent: QWidget,
        typed: Callable[[int, int, float], None],
        refused: Callable[[str], None],
    ) -> None:
        super().__init__(parent)
        self._typed, self._refused = typed, refused

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        """Paint one cell."""
        model = index.model()
        assert isinstance(model, TableModel)
        theme = active()
        rect = QRectF(option.rect)
        state = option.state
        chosen = bool(state & QStyle.StateFlag.State_Selected)
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if chosen:
            painter.fillRect(rect, QColor(theme.tint))
        painter.setPen(QColor(theme.line))
        painter.drawLine(rect.bottomLeft(), rect.bottomRight())
        if index.column() == 0 and index.row() in model.used:
            painter.fillRect(
                QRectF(rect.left(), rect.top(), USED_PX, rect.height()), QColor(theme.acc)
            )
        focused = bool(state & QStyle.StateFlag.State_HasFocus) and should_draw_focus_ring(
            option.widget
        )
        kind, _ = model.kind(index.column())
        if kind is Kind.INPUT:
            self._paint_text(painter, rect, str(index.data()), Qt.AlignmentFlag.AlignCenter)
        elif kind is Kind.TARGET:
            self._paint_target(painter, rect, index, model, focused)
        elif kind is Kind.PREDICTION:
            self._paint_prediction(painter, rect, index, model)
        else:
            outcome = model.outcome(index.row())
            if outcome is not None:
                name, token = _MARKS[outcome]
                box = QRectF(0, 0, 16, 16)
                box.moveCenter(rect.center())
                icon(name, token).paint(painter, box.toAlignedRect())
        painter.restore()

    def _paint_text(
        self, painter: QPainter, rect: QRectF, text: str, alignment: Qt.AlignmentFlag
    ) -> None:
        set_text_style(painter, active().t1, TITLE_PX)
        room = int(rect.width()) + _OVER_PX
        text = painter.fontMetrics().elidedText(text, Qt.TextElideMode.ElideRight, room)
        painter.drawText(rect, int(alignment | Qt.AlignmentFlag.AlignVCenter), text)

    def _paint_target(
        self, painter: QPainter, rect: QRectF, index: Index, model: TableModel, focused: bool
    ) -> None:
        theme = active()
        box = QRectF(0, 0, min(36.0, rect.width() - 4), 22)
        box.moveCenter(rect.center())
        edge = QPen(QColor(theme.acc if focused else theme.line2), 2 if focused else 1)
        draw_box(painter, box.adjusted(0.5, 0.5, -0.5, -0.5), 4, theme.bg1, edge)
        value = model.table.targets[index.row()][model.kind(index.column())[1]]
        if value is not None and value in (0.0, 1.0) and box.width() >= 30:
            draw_class(painter, int(value), QPointF(box.left() + 11, box.center().y()), 4)
            box = box.adjusted(14, 0, 0, 0)
        self._paint_text(painter, box, str(index.data()), Qt.AlignmentFlag.AlignCenter)

    def _paint_prediction(
        self, painter: QPainter, rect: QRectF, index: Index, model: TableModel
    ) -> None:
        if model.outputs is None:
            return
        theme, output = active(), model.kind(index.column())[1]
        value, answer = float(model.outputs[index.row(), output]), model.answer(index.row(), output)
        written = str(index.data()) if rect.width() >= WHOLE_ANSWER_PX else show_short(value, 2)
        size_px = TITLE_PX if rect.width() > 80 else BODY_PX
        letters = QFontMetricsF(font(size_px))
        text_width = max(float(WHOLE_ANSWER_PX), letters.horizontalAdvance(written) + 5)
        text = rect.adjusted(max(0.0, rect.width() - text_width), 0, -4, 0)
        bar = QRectF(rect.left() + 4, rect.center().y() - 2, rect.width() - text_width - 8, 5)
        if answer < 0 and self._paint_undecided(painter, rect, bar, tr("undecided")):
            pass
        elif bar.width() >= 16:
            draw_box(painter, bar, 2.5, theme.bg3)
            share = min(max(value, 0.0), 1.0)
            painter.setBrush(QColor((theme.neg, theme.pos, theme.line2)[answer]))
            painter.drawRoundedRect(
                QRectF(bar.left(), bar.top(), max(2.0, bar.width() * share), bar.height()), 2.5, 2.5
            )
            middle = round(bar.center().x()) + 0.5
            painter.setPen(QColor(theme.bg1))
            painter.drawLine(QPointF(middle, bar.top()), QPointF(middle, bar.bottom()))
        set_text_style(painter, theme.t1, size_px)
        write_elided(painter, text, written, AT_RIGHT)

    def _paint_undecided(self, painter: QPainter, rect: QRectF, bar: QRectF, word: str) -> bool:
        """Write "undecided" in place of the bar; return whether the word fits."""
        small = font(CAPTION_PX)
        if QFontMetricsF(small).horizontalAdvance(word) > bar.width() + 4:
            return False
        painter.setFont(small)
        painter.setPen(QColor(active().t2))
        painter.drawText(rect.adjusted(4, 0, 0, 0), AT_LEFT, word)
        return True

    # -- Typing an input ---------------------------------------------------------------------------

    def createEditor(self, parent: QWidget, option: QStyleOptionViewItem, index: Index) -> QWidget:
        """Return a line edit for a number."""
        editor = QLineEdit(parent)
        editor.setObjectName("table_input_editor")

        def mark(text: str) -> None:
            set_role(editor, invalid="true" if parse_number(text) is None else "false")

        editor.textEdited.connect(mark)
        return editor

    def setEditorData(self, editor: QWidget, index: Index) -> None:
        """Fill the editor with the current number."""
        assert isinstance(editor, QLineEdit)
        editor.setText(str(index.data()))
        editor.selectAll()

    def setModelData(self, editor: QWidget, model: QAbstractItemModel, index: Index) -> None:
        """Report the number entered, or the text if it is not a number."""
        assert isinstance(editor, QLineEdit)
        value = parse_number(editor.text())
        if value is None:
            self._refused(editor.text())
        else:
            self._typed(index.row(), index.column(), value)

    def initStyleOption(self, option: QStyleOptionViewItem, index: Index) -> None:
        """Set the highlight colour, and prevent Qt from painting the text."""
        super().initStyleOption(option, index)
        option.palette.setColor(QPalette.ColorRole.Highlight, QColor(active().tint))
