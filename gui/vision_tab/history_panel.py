"""The strip of what was classified."""

from __future__ import annotations

from PySide6.QtCore import QAbstractListModel, QModelIndex, QObject, QRect, QSize, Qt
from PySide6.QtGui import QImage, QPainter
from PySide6.QtWidgets import QListView, QStyle, QStyledItemDelegate, QStyleOptionViewItem

from foundation.text import tr
from gui.format import percent, show_integer
from gui.theme import BODY_PX, CAPTION_PX, GAP_L_PX, GAP_M_PX, INSET_PX, active, icon
from gui.vision_tab.class_names import class_as_title, class_name, nothing_cut_out
from gui.vision_tab.state import VisionState
from gui.vision_tab.vision_model import VisionModel
from gui.widgets.basic import Index, describe, label, named, push_button, set_role
from gui.widgets.dialogs import ask_to_save
from gui.widgets.layouts import STRETCH, hbox, vbox
from gui.widgets.painting import clipped, draw_ring, write_elided, write_in
from gui.widgets.panel import Panel
from vision.jobs.history import HistoryEntry
from vision.result import Task

ENTRY_ROLE = Qt.ItemDataRole.UserRole + 1


class HistoryModel(QAbstractListModel):
    """The newest entry first.

    Attributes
    ----------
    threshold
        Under this probability (0 to 1) an entry counts as "not sure".
    """

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._entries: tuple[HistoryEntry, ...] = ()
        self.threshold = 0.0

    def show_entries(self, entries: tuple[HistoryEntry, ...]) -> None:
        """Show other entries."""
        self.beginResetModel()
        self._entries = entries
        self.endResetModel()

    def set_threshold(self, threshold: float) -> None:
        """Judge every entry by another threshold (0 to 1)."""
        self.threshold = threshold
        if self._entries:
            self.dataChanged.emit(self.index(0), self.index(len(self._entries) - 1))

    # -- Qt ----------------------------------------------------------------------------------------

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008 - Qt's own default
        """Return how many entries there are."""
        return 0 if parent.isValid() else len(self._entries)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """Return the entry itself for the delegate, and its name for screen readers."""
        if not index.isValid():
            return None
        entry = self._entries[index.row()]
        if role == ENTRY_ROLE:
            return entry
        if role == Qt.ItemDataRole.DisplayRole:
            return self.title(entry)
        if role in (Qt.ItemDataRole.AccessibleTextRole, Qt.ItemDataRole.ToolTipRole):
            said = f"{entry.name}: {self.title(entry)} {percent(entry.probability)}"
            return f"{said}, {class_name(entry.model)}"
        return None

    def title(self, entry: HistoryEntry) -> str:
        """Return what was found, in words."""
        if entry.task is Task.MASK:
            nothing = nothing_cut_out(entry.probability, entry.label)
            return nothing or tr("cut out")
        return _name(entry) or tr("nothing found")


def _name(entry: HistoryEntry) -> str:
    """Return what was found, an object the same whichever model has found it."""
    is_object = entry.task is not Task.CLASSIFICATION
    return class_as_title(entry.label) if is_object else class_name(entry.label)


HEIGHT_PX = 150
THUMB_W_PX, THUMB_H_PX = 108, 62
CELL_W_PX, CELL_H_PX = 116, 102


class _EntryDelegate(QStyledItemDelegate):
    """Paint a thumbnail with its label under it."""

    def sizeHint(self, _option: QStyleOptionViewItem, _index: object) -> QSize:
        return QSize(CELL_W_PX, CELL_H_PX)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
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
        with clipped(painter, thumb, 5):
            painter.drawImage(thumb, QImage.fromData(entry.thumbnail_jpeg))
        if state & QStyle.StateFlag.State_Selected:
            ring = thumb.toRectF().adjusted(-2, -2, 2, 2)
            draw_ring(painter, ring, 6, theme.acc)
        self._write(painter, entry, model, thumb)
        painter.restore()

    def _write(
        self, painter: QPainter, entry: HistoryEntry, history: HistoryModel, thumb: QRect
    ) -> None:
        theme = active()
        first = QRect(thumb.left(), thumb.bottom() + 5, THUMB_W_PX, 17)
        second = QRect(thumb.left(), first.bottom() + 1, THUMB_W_PX, 14)
        share = percent(entry.probability)
        sure = entry.is_sure(history.threshold)
        write_in(painter, theme.t1, BODY_PX, 500)
        title = history.title(entry) if sure else tr("not sure")
        if not sure:
            icon("question", "warn").paint(painter, first.left(), first.top() + 1, 14, 14)
            first.setLeft(first.left() + 18)
        write_elided(painter, first, title)
        write_in(painter, theme.t2, CAPTION_PX)
        detail = share if sure else f"{share} {_name(entry)}"
        if entry.task is Task.DETECTION:
            objects = tr("{count} objects", count=show_integer(entry.objects))
            detail = "" if not entry.objects else share if entry.objects == 1 else objects
        elif entry.task is Task.MASK:
            detail = tr("{share} of the picture", share=share)
        write_elided(painter, second, detail)


class HistoryPanel(Panel):
    """Show the history, and let a person return to an entry, save or clear it."""

    def __init__(self, model: VisionModel) -> None:
        super().__init__("history_panel")
        self.setFixedHeight(HEIGHT_PX)
        self._model = model
        self._state = VisionState()
        self._entries = HistoryModel(self)
        self._entries.set_threshold(model.state.threshold)
        self._title = label("title", "history_title")
        self._count = label("label", "history_count")
        self.save_button = push_button(
            "history_save", "quiet", "small", icon=icon("download-simple", "t2")
        )
        self.clear_button = push_button("history_clear", "quiet", "small", icon=icon("trash", "t2"))
        self.list = named(QListView(), "history_list")
        self.list.setModel(self._entries)
        self.list.setItemDelegate(_EntryDelegate(self.list))
        self.list.setFlow(QListView.Flow.LeftToRight)
        self.list.setWrapping(False)
        self.list.setUniformItemSizes(True)
        self.list.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.list.setHorizontalScrollMode(QListView.ScrollMode.ScrollPerPixel)
        self.list.setSpacing(0)
        self._lay_out()
        self.list.clicked.connect(lambda index: model.open_entry(index.row()))
        self.list.activated.connect(lambda index: model.open_entry(index.row()))
        self.save_button.clicked.connect(self._on_save_clicked)
        self.clear_button.clicked.connect(model.clear_history)
        set_role(self, role="panel", side="top")
        self.retranslate()

    def _lay_out(self) -> None:
        head = hbox(
            self._title,
            self._count,
            STRETCH,
            self.save_button,
            self.clear_button,
            gap=GAP_M_PX - 2,
            margins=(INSET_PX, 0, INSET_PX - 6, 0),
        )
        strip = hbox(self.list, margins=(GAP_L_PX - 4, 0))
        vbox(head, (strip, 1), on=self, gap=0, margins=(0, GAP_M_PX - 4, 0, 0))

    def show_state(self, state: VisionState) -> None:
        """Show the entries, and mark the one on the stage."""
        old, self._state = self._state, state
        if state.threshold != self._entries.threshold:
            self._entries.set_threshold(state.threshold)
        is_other = state.history is not old.history
        if is_other:
            self._entries.show_entries(state.history)
        if is_other or state.source.is_live != old.source.is_live:
            self._show_count()
        if is_other or state.history_row != old.history_row:
            self._mark(state.history_row)

    def _mark(self, row: int | None) -> None:
        if row is None:
            self.list.clearSelection()
            return
        index = self._entries.index(row)
        self.list.setCurrentIndex(index)
        self.list.scrollTo(index)

    def _on_save_clicked(self) -> None:
        title, tables = tr("Save the history"), tr("Tables (*.csv)")
        save = self._model.save_history
        ask_to_save(self.window(), title, "history.csv", save, "save_history_dialog", tables)

    def _show_count(self) -> None:
        count = len(self._state.history)
        is_live = self._state.source.is_live
        hint = tr("Freeze or Snapshot puts a frame here.") if is_live else ""
        self._count.setText(str(count) if count else hint)
        self.save_button.setEnabled(count > 0)
        self.clear_button.setEnabled(count > 0)

    def retranslate(self) -> None:
        """Write every text in the language in use."""
        self._title.setText(tr("History"))
        self.save_button.setText(tr("Save as CSV"))
        self.clear_button.setText(tr("Clear"))
        describe(self.save_button, tr("Save the history as a table (CSV)"))
        describe(self.clear_button, tr("Clear the history"))
        describe(self.list, tr("History: pictures classified so far"))
        self._show_count()
        self.list.viewport().update()
