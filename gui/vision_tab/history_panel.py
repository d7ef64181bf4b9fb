"""The history of results."""

from __future__ import annotations

from PySide6.QtCore import QRect, QSize, Qt
from PySide6.QtGui import QImage, QPainter
from PySide6.QtWidgets import QListView

from foundation.text import tr
from gui.format import percent, show_integer
from gui.theme import BODY_PX, CAPTION_PX, GAP_L_PX, GAP_M_PX, INSET_PX, active, icon
from gui.vision_tab.class_names import class_as_title, class_name, empty_mask_text
from gui.vision_tab.state import VisionState
from gui.vision_tab.vision_model import VisionModel
from gui.widgets.basic import label, push_button, set_role
from gui.widgets.dialogs import ask_to_save
from gui.widgets.layouts import STRETCH, hbox, vbox
from gui.widgets.painted_list import PaintedList
from gui.widgets.painting import clipped, draw_ring, set_text_style, write_elided
from gui.widgets.panel import Panel
from gui.widgets.texts import worded
from vision.jobs.history import HistoryEntry
from vision.result import Task

HEIGHT_PX = 150
THUMB_W_PX, THUMB_H_PX = 108, 62
CELL_W_PX, CELL_H_PX = 116, 102


def _title(entry: HistoryEntry) -> str:
    """Return a result as text."""
    if entry.task is Task.MASK:
        return empty_mask_text(entry.probability, entry.label) or tr("cut out")
    return _name(entry) or tr("nothing found")


def _name(entry: HistoryEntry) -> str:
    """Return a result's name; names of objects are formatted as titles."""
    is_object = entry.task is not Task.CLASSIFICATION
    return class_as_title(entry.label) if is_object else class_name(entry.label)


def _tip(entry: HistoryEntry) -> str:
    found = f"{_title(entry)} {percent(entry.probability)}"
    return f"{entry.name}: {found}, {class_name(entry.model)}"


class HistoryPanel(Panel):
    """The history, whose entries can be reopened, saved and cleared."""

    def __init__(self, model: VisionModel) -> None:
        super().__init__("history_panel")
        self.setFixedHeight(HEIGHT_PX)
        self._model = model
        self._state = VisionState(threshold=model.state.threshold)
        self._count = label("label", "history_count")
        self.save_button = push_button(
            "history_save",
            "quiet",
            "small",
            icon=icon("download-simple", "t2"),
            do=self._on_save_clicked,
            text="Save as CSV",
            accessible_name="Save the history as a table (CSV)",
        )
        self.clear_button = push_button(
            "history_clear",
            "quiet",
            "small",
            icon=icon("trash", "t2"),
            do=model.clear_history,
            text="Clear",
            accessible_name="Clear the history",
        )
        self.list = worded(
            PaintedList[HistoryEntry](
                "history_list", QSize(CELL_W_PX, CELL_H_PX), self._paint_entry, _title, _tip
            ),
            accessible_name="History: pictures classified so far",
        )
        self.list.setFlow(QListView.Flow.LeftToRight)
        self.list.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.list.setHorizontalScrollMode(QListView.ScrollMode.ScrollPerPixel)
        self.list.clicked.connect(lambda index: model.open_entry(index.row()))
        self.list.activated.connect(lambda index: model.open_entry(index.row()))
        head = hbox(
            label("title", "history_title", text="History"),
            self._count,
            STRETCH,
            self.save_button,
            self.clear_button,
            gap=GAP_M_PX - 2,
            margins=(INSET_PX, 0, INSET_PX - 6, 0),
        )
        strip = hbox(self.list, margins=(GAP_L_PX - 4, 0))
        vbox(head, (strip, 1), on=self, gap=0, margins=(0, GAP_M_PX - 4, 0, 0))
        set_role(self, role="panel", side="top")
        self._show_entries()

    def show_state(self, state: VisionState) -> None:
        """Show the entries, marking the one on the stage."""
        old, self._state = self._state, state
        if (state.history, state.source.is_live) != (old.history, old.source.is_live):
            self._show_entries()
        if (state.history, state.history_row) != (old.history, old.history_row):
            self._mark(state.history_row)
        if state.threshold != old.threshold:
            self.list.viewport().update()

    def _show_entries(self) -> None:
        count = len(self._state.history)
        self.list.show_rows(self._state.history)
        is_live = self._state.source.is_live
        hint = tr("Freeze or Snapshot puts a frame here.") if is_live else ""
        self._count.setText(str(count) if count else hint)
        self.save_button.setEnabled(count > 0)
        self.clear_button.setEnabled(count > 0)

    def _mark(self, row: int | None) -> None:
        if row is None:
            self.list.clearSelection()
        else:
            self.list.setCurrentRow(row)
            self.list.scrollToItem(self.list.item(row))

    def _paint_entry(
        self, painter: QPainter, cell: QRect, entry: HistoryEntry, is_selected: bool
    ) -> None:
        """Paint a thumbnail with its label below."""
        theme = active()
        thumb = QRect(cell.left() + 4, cell.top() + 4, THUMB_W_PX, THUMB_H_PX)
        with clipped(painter, thumb, 5):
            painter.drawImage(thumb, QImage.fromData(entry.thumbnail_jpeg))
        if is_selected:
            draw_ring(painter, thumb.toRectF().adjusted(-2, -2, 2, 2), 6, theme.acc)
        first = QRect(thumb.left(), thumb.bottom() + 5, THUMB_W_PX, 17)
        second = QRect(thumb.left(), first.bottom() + 1, THUMB_W_PX, 14)
        share = percent(entry.probability)
        sure = entry.is_sure(self._state.threshold)
        set_text_style(painter, theme.t1, BODY_PX, 500)
        if not sure:
            icon("question", "warn").paint(painter, first.left(), first.top() + 1, 14, 14)
            first.setLeft(first.left() + 18)
        write_elided(painter, first, _title(entry) if sure else tr("not sure"))
        set_text_style(painter, theme.t2, CAPTION_PX)
        detail = share if sure else f"{share} {_name(entry)}"
        if entry.task is Task.DETECTION:
            objects = tr("{count} objects", count=show_integer(entry.objects))
            detail = "" if not entry.objects else share if entry.objects == 1 else objects
        elif entry.task is Task.MASK:
            detail = tr("{share} of the picture", share=share)
        write_elided(painter, second, detail)

    def _on_save_clicked(self) -> None:
        title, tables = tr("Save the history"), tr("Tables (*.csv)")
        save = self._model.save_history
        ask_to_save(self.window(), title, "history.csv", save, "save_history_dialog", tables)

    def retranslate(self) -> None:
        """Set every text in the current language."""
        self._show_entries()
