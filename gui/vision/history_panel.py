"""The history strip: thumbnails of what was classified, newest first."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QModelIndex, QPersistentModelIndex, QRect, QSize, Qt, Signal
from PySide6.QtGui import QColor, QPainter, QPainterPath, QPen
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QListView,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QVBoxLayout,
)

from gui.theme import BODY_PX, CAPTION_PX, GAP_L_PX, GAP_M_PX, INSET_PX, active, font, icon
from gui.vision.history_model import ENTRY_ROLE, HistoryEntry, HistoryModel
from gui.vision.numbers import percent
from gui.widgets import describe, label, push_button, set_role

__all__ = ["HistoryPanel"]

HEIGHT_PX = 140
THUMB_W_PX, THUMB_H_PX = 108, 62
CELL_W_PX, CELL_H_PX = 116, 102


class _EntryDelegate(QStyledItemDelegate):
    """Paint a thumbnail with its label under it."""

    def sizeHint(self, _option: QStyleOptionViewItem, _index: object) -> QSize:
        return QSize(CELL_W_PX, CELL_H_PX)

    def paint(
        self,
        painter: QPainter,
        option: QStyleOptionViewItem,
        index: QModelIndex | QPersistentModelIndex,
    ) -> None:
        entry = index.data(ENTRY_ROLE)
        model = index.model()
        assert isinstance(entry, HistoryEntry)
        assert isinstance(model, HistoryModel)
        theme = active()
        cell: QRect = option.rect
        state: QStyle.StateFlag = option.state
        thumb = QRect(cell.left() + 4, cell.top() + 4, THUMB_W_PX, THUMB_H_PX)
        painter.save()
        painter.setRenderHints(
            QPainter.RenderHint.Antialiasing | QPainter.RenderHint.SmoothPixmapTransform
        )
        path = QPainterPath()
        path.addRoundedRect(thumb, 5, 5)
        painter.setClipPath(path)
        painter.drawImage(thumb, entry.thumbnail)
        painter.setClipping(False)
        if state & QStyle.StateFlag.State_Selected:
            ring = thumb.toRectF().adjusted(-2, -2, 2, 2)
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(QPen(QColor(theme.acc), 2))
            painter.drawRoundedRect(ring, 6, 6)
        self._write(painter, entry, model.threshold, thumb)
        painter.restore()

    def _write(
        self, painter: QPainter, entry: HistoryEntry, threshold: float, thumb: QRect
    ) -> None:
        theme = active()
        first = QRect(thumb.left(), thumb.bottom() + 5, THUMB_W_PX, 17)
        second = QRect(thumb.left(), first.bottom() + 1, THUMB_W_PX, 14)
        share = percent(entry.probability)
        sure = entry.probability >= threshold
        painter.setFont(font(BODY_PX, 500))
        painter.setPen(QColor(theme.t1))
        title = entry.label if sure else self.tr("not sure")
        if not sure:
            icon("question", "warn").paint(painter, first.left(), first.top() + 1, 14, 14)
            first.setLeft(first.left() + 18)
        metrics = painter.fontMetrics()
        side = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
        elide = Qt.TextElideMode.ElideRight
        painter.drawText(first, side, metrics.elidedText(title, elide, first.width()))
        painter.setFont(font(CAPTION_PX))
        painter.setPen(QColor(theme.t2))
        detail = share if sure else f"{share} {entry.label}"
        metrics = painter.fontMetrics()
        painter.drawText(second, side, metrics.elidedText(detail, elide, second.width()))


class HistoryPanel(QFrame):
    """Show the history, and let a person return to an entry, save or clear it.

    Signals
    -------
    entry_chosen(int)
        A row was clicked or entered by keyboard.
    save_requested(), clear_requested()
        The buttons.
    """

    entry_chosen = Signal(int)
    save_requested = Signal()
    clear_requested = Signal()

    def __init__(self, model: HistoryModel) -> None:
        super().__init__()
        self.setObjectName("history_panel")
        self.setFixedHeight(HEIGHT_PX)
        self._model = model
        self._title = label("title", "history_title")
        self._count = label("label", "history_count")
        self.save_button = push_button("history_save", "quiet", "small")
        self.clear_button = push_button("history_clear", "quiet", "small")
        self.list = QListView()
        self.list.setObjectName("history_list")
        self.list.setModel(model)
        self.list.setItemDelegate(_EntryDelegate(self.list))
        self.list.setFlow(QListView.Flow.LeftToRight)
        self.list.setWrapping(False)
        self.list.setUniformItemSizes(True)
        self.list.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.list.setHorizontalScrollMode(QListView.ScrollMode.ScrollPerPixel)
        self.list.setSpacing(0)
        self._lay_out()
        self.list.clicked.connect(lambda index: self.entry_chosen.emit(index.row()))
        self.list.activated.connect(lambda index: self.entry_chosen.emit(index.row()))
        self.save_button.clicked.connect(self.save_requested)
        self.clear_button.clicked.connect(self.clear_requested)
        for changed in (model.rowsInserted, model.rowsRemoved, model.modelReset):
            changed.connect(self._show_count)
        set_role(self, role="panel", side="top")
        self.retranslate()
        self.refresh_icons()

    def _lay_out(self) -> None:
        head = QHBoxLayout()
        head.setContentsMargins(INSET_PX, 0, INSET_PX - 6, 0)
        head.setSpacing(GAP_M_PX - 2)
        head.addWidget(self._title)
        head.addWidget(self._count)
        head.addStretch(1)
        head.addWidget(self.save_button)
        head.addWidget(self.clear_button)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, GAP_M_PX - 4, 0, 0)
        layout.setSpacing(0)
        layout.addLayout(head)
        strip = QHBoxLayout()
        strip.setContentsMargins(GAP_L_PX - 4, 0, GAP_L_PX - 4, 0)
        strip.addWidget(self.list)
        layout.addLayout(strip, 1)

    def show_current(self, row: int | None) -> None:
        """Mark the entry on the stage."""
        if row is None or row >= len(self._model):
            self.list.clearSelection()
            return
        index = self._model.index(row)
        self.list.setCurrentIndex(index)
        self.list.scrollTo(index)

    def _show_count(self) -> None:
        count = len(self._model)
        self._count.setText(str(count) if count else "")
        self.save_button.setEnabled(count > 0)
        self.clear_button.setEnabled(count > 0)

    def retranslate(self) -> None:
        """Write every text in the language in use."""
        self._title.setText(self.tr("History"))
        self.save_button.setText(self.tr("Save as CSV"))
        self.clear_button.setText(self.tr("Clear"))
        describe(self.save_button, self.tr("Save the history as a table (CSV)"))
        describe(self.clear_button, self.tr("Clear the history"))
        describe(self.list, self.tr("History: pictures classified so far"))
        self._show_count()
        self.list.viewport().update()

    def refresh_icons(self) -> None:
        """Draw the icons in the active theme's colours."""
        self.save_button.setIcon(icon("download-simple", "t2"))
        self.clear_button.setIcon(icon("trash", "t2"))

    def changeEvent(self, event: QEvent) -> None:
        """Follow the language and the theme."""
        if event.type() == QEvent.Type.LanguageChange:
            self.retranslate()
        elif event.type() == QEvent.Type.PaletteChange:
            self.refresh_icons()
        super().changeEvent(event)
