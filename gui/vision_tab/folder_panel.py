"""The table of a folder's results."""

from __future__ import annotations

from PySide6.QtCore import QLocale, QModelIndex, QObject, QSortFilterProxyModel, Qt
from PySide6.QtGui import QIcon, QStandardItem, QStandardItemModel
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHeaderView,
    QProgressBar,
    QTableView,
)

from foundation.text import tr
from gui.error_texts import sentence_of
from gui.format import milliseconds, percent, show_integer
from gui.theme import GAP_M_PX, GAP_S_PX, INSET_PX, icon
from gui.vision_tab.class_names import class_name, empty_mask_text
from gui.vision_tab.state import VisionState
from gui.vision_tab.vision_model import VisionModel
from gui.widgets.basic import ElidingLabel, label, named, push_button, set_role
from gui.widgets.dialogs import ask_to_save
from gui.widgets.layouts import hbox, vbox
from gui.widgets.painting import AT_LEFT, AT_RIGHT
from gui.widgets.panel import Panel
from gui.widgets.sort_header import SortHeader
from gui.widgets.texts import worded
from vision.jobs.batch import BatchItem
from vision.networks.detector import DetectionResult
from vision.networks.segmenter import MaskResult
from vision.result import Result

HEIGHT_PX = 264
ROW_PX = 26
TITLE_PX = 180
NUMBER, PICTURE, LABEL, PROBABILITY, SECOND, FORWARD = range(6)
SORT_ROLE = Qt.ItemDataRole.UserRole


class FolderTable(QStandardItemModel):
    """One row per picture, in the order of the folder."""

    def __init__(self, threshold: float, parent: QObject) -> None:
        super().__init__(0, 6, parent)
        self._items: list[BatchItem] = []
        self._threshold = threshold
        self._write_heads()

    def show_items(self, items: list[BatchItem], count: int) -> None:
        """Show the first `count` of `items`; a different list means a different folder."""
        if items is not self._items:
            self._items = items
            self.setRowCount(0)
        for item in items[self.rowCount() : count]:
            self.appendRow(_cells(item))
            self._mark_row(self.rowCount() - 1)
        self._write_heads()

    def set_threshold(self, threshold: float) -> None:
        """Apply another threshold (0 to 1) to all rows."""
        self._threshold = threshold
        for row in range(self.rowCount()):
            self._mark_row(row)

    def retranslate(self) -> None:
        """Set every row's texts in the current language."""
        count = self.rowCount()
        self.setRowCount(0)
        self.show_items(self._items, count)

    @property
    def shows_masks(self) -> bool:
        """Whether the results are masks, with a share per picture instead of labels."""
        return self._shows(MaskResult)

    def _shows(self, kind: type[Result]) -> bool:
        results = (item.result for item in self._items[: self.rowCount()] if item.result)
        return isinstance(next(results, None), kind)

    def _mark_row(self, row: int) -> None:
        """Mark a picture that could not be read, or whose result is uncertain."""
        item, sign = self._items[row], QIcon()
        if item.error is not None:
            sign = icon("x-circle", "fail")
        elif item.result is not None and not item.result.is_sure(self._threshold):
            sign = icon("question", "warn")
        self.item(row, LABEL).setIcon(sign)

    def _write_heads(self) -> None:
        heads = (
            tr("No."),
            tr("picture"),
            tr("share of picture") if self.shows_masks else tr("label"),
            tr("score") if self._shows(DetectionResult) else tr("probability"),
            tr("second"),
            tr("forward, ms"),
        )
        for column, text in enumerate(heads):
            self.setHorizontalHeaderItem(column, _cell(column, text))


def _cells(item: BatchItem) -> list[QStandardItem]:
    """Return a picture's row; cells without a value are sorted last."""
    (label, label_value), best, second, forward = _results(item)
    cells = (
        (show_integer(item.index + 1), item.index),
        (item.path.name, item.path.name.casefold()),
        (label, label_value),
        ("" if best is None else percent(best), best),
        (second, second.casefold() or None),
        ("" if forward is None else milliseconds(forward), forward),
    )
    row = []
    for column, (text, value) in enumerate(cells):
        cell = _cell(column, text)
        cell.setData(value, SORT_ROLE)
        tip = f"{text}\n{item.path}" if text and column in (LABEL, SECOND) else str(item.path)
        cell.setToolTip(tip)
        row.append(cell)
    return row


def _results(
    item: BatchItem,
) -> tuple[tuple[str, str | float | None], float | None, str, float | None]:
    """Return label, label's sort value, best probability, second label, forward time."""
    if item.error is not None:
        # Another column names the picture.
        said = sentence_of(item.error).removeprefix(f"{item.path.name}: ")
        # Sorted by their labels, errors stand first.
        return (QLocale().toUpper(said[:1]) + said[1:], ""), None, "", None
    result = item.result
    assert result is not None  # it was read
    forward = result.timings.forward_ms
    if isinstance(result, MaskResult):
        share = empty_mask_text(result.share, result.subject) or percent(result.share)
        return (share, result.share), None, "", forward
    names = [class_name(one.label) for one in result.top[:2]]
    shares = [one.probability for one in result.top[:2]]
    second = f"{names[1]} {percent(shares[1])}" if len(names) > 1 else ""
    if not names:
        return (tr("nothing found"), None), None, "", forward
    return (names[0], names[0].casefold()), shares[0], second, forward


def _cell(column: int, text: str) -> QStandardItem:
    cell = QStandardItem(text)
    is_number = column in (NUMBER, PROBABILITY, FORWARD)
    cell.setTextAlignment(AT_RIGHT if is_number else AT_LEFT)
    return cell


class FolderPanel(Panel):
    """The table with its progress, and buttons to pause, cancel and save."""

    def __init__(self, model: VisionModel) -> None:
        super().__init__("folder_panel")
        self.setFixedHeight(HEIGHT_PX)
        self._model = model
        self._state = model.state
        self.table = FolderTable(model.state.threshold, self)
        self._proxy = QSortFilterProxyModel(self)
        self._proxy.setSourceModel(self.table)
        self._proxy.setSortRole(SORT_ROLE)
        self._title = label("title", "folder_title")
        self._count = ElidingLabel("label", "folder_count")
        self.again_button = push_button(
            "folder_again",
            "quiet",
            "small",
            icon=icon("arrow-clockwise", "t2"),
            do=model.run_folder_again,
            text="Run again",
            accessible_name="Let the model in use look at every picture; the table is filled anew",
        )
        self.pause_button = push_button(
            "folder_pause",
            "quiet",
            "small",
            do=lambda: model.pause_folder(
                self._state.folder is None or not self._state.folder.is_paused
            ),
            accessible_name="Stop before the next picture, or go on",
        )
        self.cancel_button = push_button(
            "folder_cancel",
            "quiet",
            "small",
            icon=icon("x", "t2"),
            do=model.stop,
            text="Cancel",
            accessible_name="Stop; what was found stays",
        )
        self.save_button = push_button(
            "folder_save",
            "quiet",
            "small",
            icon=icon("download-simple", "t2"),
            do=self._on_save_clicked,
            text="Save as CSV",
            accessible_name="Save the table (CSV)",
        )
        self.progress = worded(
            named(QProgressBar(), "folder_progress"), accessible_name="Progress", tip=""
        )
        self.progress.setTextVisible(False)
        self.view = worded(
            named(QTableView(), "folder_table"),
            accessible_name="Pictures of the folder and their labels",
        )
        self._dress_view()
        head = hbox(
            self._title,
            (self._count, 1),
            self.again_button,
            self.pause_button,
            self.cancel_button,
            self.save_button,
            gap=GAP_M_PX - 2,
            margins=(INSET_PX, 0, INSET_PX - 6, 0),
        )
        parts = (head, self.progress, (self.view, 1))
        vbox(*parts, on=self, gap=GAP_S_PX, margins=(0, GAP_S_PX, 0, 0))
        set_role(self, role="panel", side="top")
        self._show()

    def _dress_view(self) -> None:
        self.view.setModel(self._proxy)
        self.view.setHorizontalHeader(SortHeader())
        self.view.setSortingEnabled(True)
        self.view.horizontalHeader().setSortIndicatorShown(False)
        self.view.sortByColumn(NUMBER, Qt.SortOrder.AscendingOrder)
        self.view.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.view.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.view.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.view.setShowGrid(False)
        self.view.setWordWrap(False)
        self.view.setTabKeyNavigation(False)
        # A name that is cut keeps its end: its number, or a file's ending.
        self.view.setTextElideMode(Qt.TextElideMode.ElideMiddle)
        self.view.verticalHeader().hide()
        self.view.verticalHeader().setDefaultSectionSize(ROW_PX)
        header = self.view.horizontalHeader()
        header.setDefaultAlignment(AT_LEFT)
        header.setHighlightSections(False)
        for column, width in ((NUMBER, 64), (PROBABILITY, 104), (FORWARD, 108)):
            self.view.setColumnWidth(column, width)
        for column in (PICTURE, LABEL, SECOND):
            header.setSectionResizeMode(column, QHeaderView.ResizeMode.Stretch)
        self.view.clicked.connect(self._on_row_entered)
        self.view.activated.connect(self._on_row_entered)

    def _on_row_entered(self, index: QModelIndex) -> None:
        self._model.show_folder_row(self._proxy.mapToSource(index).row())

    def _on_save_clicked(self) -> None:
        folder = self._state.folder
        name = f"{folder.path.name if folder is not None else 'folder'}.csv"
        title, tables = tr("Save the table"), tr("Tables (*.csv)")
        ask_to_save(
            self.window(), title, name, self._model.save_folder, "save_folder_dialog", tables
        )

    def show_state(self, state: VisionState) -> None:
        """Show the folder's progress and results."""
        old, self._state = self._state, state
        if state.threshold != old.threshold:
            self.table.set_threshold(state.threshold)
        is_of_another = state.is_folder_of_other_model
        if (state.folder, is_of_another) == (old.folder, old.is_folder_of_other_model):
            return
        if state.folder is not None:
            self.table.show_items(state.folder.items, state.folder.done)
            for column in (PROBABILITY, SECOND):
                self.view.setColumnHidden(column, self.table.shows_masks)
        self._show()

    def _show(self) -> None:
        folder, is_of_another = self._state.folder, self._state.is_folder_of_other_model
        running = folder is not None and folder.is_running
        was_cut = folder is not None and folder.done < folder.total
        self.progress.setVisible(running)
        self.again_button.setVisible(not running and (was_cut or is_of_another))
        self.pause_button.setVisible(running)
        self.cancel_button.setVisible(running)
        self.save_button.setEnabled(folder is not None and folder.done > 0)
        paused = folder is not None and folder.is_paused
        self.pause_button.setText(tr("Go on") if paused else tr("Pause"))
        self.pause_button.setIcon(icon("play-fill" if paused else "pause-fill", "t2"))
        name, path, count = tr("Folder"), "", ""
        if folder is not None:
            self.progress.setRange(0, max(1, folder.total))
            self.progress.setValue(folder.done)
            name, path = folder.path.name, str(folder.path)
            done, total = show_integer(folder.done), show_integer(folder.total)
            count = tr("{done} of {total}", done=done, total=total)
            if folder.failed:
                count += ", " + tr("{count} not readable", count=show_integer(folder.failed))
            if is_of_another and folder.choice is not None:
                count += ", " + tr("by {model}", model=class_name(folder.choice.name))
        middle = Qt.TextElideMode.ElideMiddle
        self._title.setText(self._title.fontMetrics().elidedText(name, middle, TITLE_PX))
        self._title.setToolTip(path)
        self._count.setText(count)
        self._count.setToolTip(count)

    def retranslate(self) -> None:
        """Set every text in the current language."""
        self.table.retranslate()
        self._show()
