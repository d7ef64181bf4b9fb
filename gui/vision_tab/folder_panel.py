"""The table of a folder's results."""

from __future__ import annotations

from PySide6.QtCore import (
    QAbstractTableModel,
    QLocale,
    QModelIndex,
    QObject,
    QSortFilterProxyModel,
    Qt,
)
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
from gui.vision_tab.class_names import class_name, nothing_cut_out
from gui.vision_tab.state import VisionState
from gui.vision_tab.vision_model import VisionModel
from gui.widgets.basic import ElidingLabel, Index, label, named, push_button, set_role
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


class FolderTable(QAbstractTableModel):
    """One row per picture, in the order of the folder."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._items: list[BatchItem] = []
        self._count = 0
        self._threshold = 0.0

    def show_items(self, items: list[BatchItem], count: int) -> None:
        """Show the first `count` of `items`; another list belongs to another folder."""
        if items is not self._items:
            self.beginResetModel()
            self._items, self._count = items, count
            self.endResetModel()
        elif count > self._count:
            self.beginInsertRows(QModelIndex(), self._count, count - 1)
            self._count = count
            self.endInsertRows()

    def set_threshold(self, threshold: float) -> None:
        """Judge every row by another threshold (0 to 1)."""
        self._threshold = threshold
        if self._count:
            last = self.index(self._count - 1, self.columnCount() - 1)
            self.dataChanged.emit(self.index(0, 0), last)

    # -- Qt ----------------------------------------------------------------------------------------

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008 - Qt's own default
        """Return the number of pictures."""
        return 0 if parent.isValid() else self._count

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008 - as above
        """Return the number of columns."""
        return 0 if parent.isValid() else 6

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> object:
        """Return a column's title with the alignment of its values."""
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return _side(section)
        if orientation is not Qt.Orientation.Horizontal or role != Qt.ItemDataRole.DisplayRole:
            return None
        return (
            tr("No."),
            tr("picture"),
            tr("share of picture") if self.shows_masks else tr("label"),
            tr("score") if self._shows(DetectionResult) else tr("probability"),
            tr("second"),
            tr("forward, ms"),
        )[section]

    @property
    def shows_masks(self) -> bool:
        """Whether the model segments, giving a share per picture and no labels."""
        return self._shows(MaskResult)

    def _shows(self, kind: type[Result]) -> bool:
        results = (item.result for item in self._items[: self._count] if item.result)
        return isinstance(next(results, None), kind)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """Return a cell's text, sort value, colour or alignment."""
        if not index.isValid():
            return None
        item, column = self._items[index.row()], index.column()
        if role == Qt.ItemDataRole.DisplayRole:
            return self._text(item, column)
        if role == SORT_ROLE:
            value = self._value(item, column)
            if value is None and column == LABEL and item.error is not None:
                return ""  # errors stand together, before the labels
            return self._text(item, column).casefold() if value is None else value
        if role == Qt.ItemDataRole.ToolTipRole:
            told = sentence_of(item.error) if item.error is not None else ""
            if not told and column in (LABEL, SECOND):
                told = self._text(item, column)
            return "\n".join(filter(None, (told, str(item.path))))
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return _side(column)
        if role == Qt.ItemDataRole.DecorationRole and column == LABEL:
            if item.error is not None:
                return icon("x-circle", "fail")
            if item.result is not None and not item.result.is_sure(self._threshold):
                return icon("question", "warn")
        return None

    def _text(self, item: BatchItem, column: int) -> str:
        result = item.result
        if column == NUMBER:
            return show_integer(item.index + 1)
        if column == PICTURE:
            return item.path.name
        if column == LABEL and item.error is not None:
            # Another column names the picture.
            said = sentence_of(item.error).removeprefix(f"{item.path.name}: ")
            return QLocale().toUpper(said[:1]) + said[1:]
        if result is None:
            return ""
        if column == FORWARD:
            return milliseconds(result.timings.forward_ms)
        if column == LABEL and isinstance(result, MaskResult):
            return nothing_cut_out(result.share, result.subject) or percent(result.share)
        place = 1 if column == SECOND else 0
        if place >= len(result.top):
            return tr("nothing found") if column == LABEL else ""
        name, share = class_name(result.top[place].label), percent(result.top[place].probability)
        return {LABEL: name, PROBABILITY: share, SECOND: f"{name} {share}"}[column]

    def _value(self, item: BatchItem, column: int) -> float | None:
        """Return the number in a cell, -1 if there is none yet; ``None`` for words."""
        result = item.result
        if column == NUMBER:
            return item.index
        if column == FORWARD:
            return -1.0 if result is None else result.timings.forward_ms
        if column == LABEL and self.shows_masks:
            return result.share if isinstance(result, MaskResult) else -1.0
        if column == PROBABILITY:
            best = None if result is None else result.best
            return -1.0 if best is None else best.probability
        return None


def _side(column: int) -> Qt.AlignmentFlag:
    is_number = column in (NUMBER, PROBABILITY, FORWARD)
    return AT_RIGHT if is_number else AT_LEFT


class FolderPanel(Panel):
    """The table with its progress, and buttons to pause, cancel and save."""

    def __init__(self, model: VisionModel) -> None:
        super().__init__("folder_panel")
        self.setFixedHeight(HEIGHT_PX)
        self._model = model
        self._state = model.state
        self.table = FolderTable(self)
        self.table.set_threshold(model.state.threshold)
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
        self._model.look(self._proxy.mapToSource(index).row())

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
        is_of_another = state.is_folder_of_another
        if (state.folder, is_of_another) == (old.folder, old.is_folder_of_another):
            return
        if state.folder is not None:
            self.table.show_items(state.folder.items, state.folder.done)
            for column in (PROBABILITY, SECOND):
                self.view.setColumnHidden(column, self.table.shows_masks)
        self._show()

    def _show(self) -> None:
        folder, is_of_another = self._state.folder, self._state.is_folder_of_another
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
        self.table.headerDataChanged.emit(Qt.Orientation.Horizontal, 0, FORWARD)

    def retranslate(self) -> None:
        """Show the row with every text in the current language."""
        self._show()
