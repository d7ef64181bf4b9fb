"""How the truth table's cells are painted: the target's box, the prediction's bar, the mark."""

from __future__ import annotations

from PySide6.QtCore import (
    QAbstractItemModel,
    QModelIndex,
    QPersistentModelIndex,
    QPointF,
    QRectF,
    Qt,
    Signal,
)
from PySide6.QtGui import QColor, QFontMetricsF, QPainter, QPalette, QPen
from PySide6.QtWidgets import (
    QLineEdit,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QWidget,
)

from gui.build.data_panel.table_model import Kind, TableModel
from gui.numbers import parse_number, show_fixed
from gui.theme import BODY_PX, CAPTION_PX, TITLE_PX, active, font, icon
from model.metrics import OPEN, RIGHT, WRONG

__all__ = ["WHOLE_ANSWER_PX", "CellDelegate", "paint_class"]

_MARKS = {RIGHT: ("check-circle", "ok"), WRONG: ("x-circle", "fail"), OPEN: ("circle", "t3")}
_Index = QModelIndex | QPersistentModelIndex
USED_PX = 3
WHOLE_ANSWER_PX = 42
"""Width that holds an answer with its three decimals."""


def paint_class(painter: QPainter, index: int, centre: QPointF, size: float) -> None:
    """Paint the mark of class 0 (a circle) or class 1 (a square) in its colour."""
    colour = QColor(active().classes[index])
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(colour)
    box = QRectF(centre.x() - size / 2, centre.y() - size / 2, size, size)
    if index == 0:
        painter.drawEllipse(box)
    else:
        painter.drawRect(box)


class CellDelegate(QStyledItemDelegate):
    """Paint every cell of the truth table, and let inputs be typed.

    Signals
    -------
    value_typed(int, int, float)
        Row, input column and the number a person typed.
    """

    value_typed = Signal(int, int, float)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: _Index) -> None:
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
        focused = bool(state & QStyle.StateFlag.State_HasFocus)
        kind, _ = model.kind(index.column())
        if kind is Kind.INPUT:
            self._paint_text(painter, rect, str(index.data()), Qt.AlignmentFlag.AlignCenter)
        elif kind is Kind.TARGET:
            self._paint_target(painter, rect, index, focused)
        elif kind is Kind.PREDICTION:
            self._paint_prediction(painter, rect, index)
        else:
            outcome = index.data(TableModel.OUTCOME_ROLE)
            if outcome is not None:
                name, token = _MARKS[outcome]
                box = QRectF(0, 0, 16, 16)
                box.moveCenter(rect.center())
                icon(name, token).paint(painter, box.toAlignedRect())
        painter.restore()

    def _paint_text(
        self, painter: QPainter, rect: QRectF, text: str, alignment: Qt.AlignmentFlag
    ) -> None:
        painter.setFont(font(TITLE_PX))
        painter.setPen(QColor(active().t1))
        painter.drawText(rect, int(alignment | Qt.AlignmentFlag.AlignVCenter), text)

    def _paint_target(self, painter: QPainter, rect: QRectF, index: _Index, focused: bool) -> None:
        theme = active()
        box = QRectF(0, 0, min(36.0, rect.width() - 4), 22)
        box.moveCenter(rect.center())
        painter.setPen(QPen(QColor(theme.acc if focused else theme.line2), 2 if focused else 1))
        painter.setBrush(QColor(theme.bg1))
        painter.drawRoundedRect(box.adjusted(0.5, 0.5, -0.5, -0.5), 4, 4)
        value = float(index.data(TableModel.TARGET_ROLE))
        if value in (0.0, 1.0) and box.width() >= 30:
            paint_class(painter, int(value), QPointF(box.left() + 11, box.center().y()), 8)
            box = box.adjusted(14, 0, 0, 0)
        self._paint_text(painter, box, str(index.data()), Qt.AlignmentFlag.AlignCenter)

    def _paint_prediction(self, painter: QPainter, rect: QRectF, index: _Index) -> None:
        value = index.data(TableModel.VALUE_ROLE)
        if value is None:
            return
        theme = active()
        text_width = float(WHOLE_ANSWER_PX)
        text = rect.adjusted(max(0.0, rect.width() - text_width), 0, -4, 0)
        bar = QRectF(rect.left() + 4, rect.center().y() - 2, rect.width() - text_width - 8, 5)
        answer = index.data(TableModel.ANSWER_ROLE)
        if answer < 0 and self._paint_undecided(painter, rect, bar, index):
            pass
        elif bar.width() >= 16:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(QColor(theme.bg3))
            painter.drawRoundedRect(bar, 2.5, 2.5)
            share = min(max(float(value), 0.0), 1.0)
            painter.setBrush(QColor((theme.neg, theme.pos, theme.line2)[answer]))
            painter.drawRoundedRect(
                QRectF(bar.left(), bar.top(), max(2.0, bar.width() * share), bar.height()), 2.5, 2.5
            )
            middle = round(bar.center().x()) + 0.5
            painter.setPen(QColor(theme.bg1))
            painter.drawLine(QPointF(middle, bar.top()), QPointF(middle, bar.bottom()))
        painter.setFont(font(TITLE_PX if rect.width() > 80 else BODY_PX))
        painter.setPen(QColor(theme.t1))
        right = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        is_whole = rect.width() >= WHOLE_ANSWER_PX
        written = str(index.data()) if is_whole else show_fixed(float(value), 2)
        painter.drawText(text, int(right), written)

    def _paint_undecided(self, painter: QPainter, rect: QRectF, bar: QRectF, index: _Index) -> bool:
        """Say so in the place of the bar; tell whether the word has room there."""
        model = index.model()
        assert isinstance(model, TableModel)
        word, small = model.words.get("undecided", ""), font(CAPTION_PX)
        if QFontMetricsF(small).horizontalAdvance(word) > bar.width() + 4:
            return False
        painter.setFont(small)
        painter.setPen(QColor(active().t2))
        left = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
        painter.drawText(rect.adjusted(4, 0, 0, 0), int(left), word)
        return True

    # -- Typing an input ---------------------------------------------------------------------------

    def createEditor(self, parent: QWidget, option: QStyleOptionViewItem, index: _Index) -> QWidget:
        """Return a line to type a number in."""
        editor = QLineEdit(parent)
        editor.setObjectName("table_input_editor")
        return editor

    def setEditorData(self, editor: QWidget, index: _Index) -> None:
        """Start from the present number."""
        assert isinstance(editor, QLineEdit)
        editor.setText(str(index.data()))
        editor.selectAll()

    def setModelData(self, editor: QWidget, model: QAbstractItemModel, index: _Index) -> None:
        """Say what was typed, where it is a number."""
        assert isinstance(editor, QLineEdit)
        value = parse_number(editor.text())
        if value is not None:
            self.value_typed.emit(index.row(), index.column(), value)

    def initStyleOption(self, option: QStyleOptionViewItem, index: _Index) -> None:
        """Keep Qt from painting text of its own."""
        super().initStyleOption(option, index)
        option.palette.setColor(QPalette.ColorRole.Highlight, QColor(active().tint))
