"""The card of a class: name, newest images, and buttons to add more."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from operator import attrgetter

from PySide6.QtCore import QEvent, QObject, QPoint, QRect, QSize, Qt
from PySide6.QtGui import (
    QAction,
    QContextMenuEvent,
    QDragEnterEvent,
    QDragLeaveEvent,
    QDropEvent,
    QFocusEvent,
    QKeyEvent,
    QPainter,
)
from PySide6.QtWidgets import (
    QLineEdit,
    QListView,
    QMenu,
    QSizePolicy,
    QStackedLayout,
    QWidget,
)

from foundation.text import tr
from gui.format import show_integer
from gui.plots.legend import DIMMED, ClassMark, class_icon
from gui.teach_tab.move_menu import add_move_actions
from gui.teach_tab.samples import (
    ClassPicturesDialog,
    SampleList,
    images_text,
    paint_thumbnail,
    read_dragged_samples,
)
from gui.teach_tab.state import TeachState
from gui.teach_tab.teach_model import TeachModel
from gui.theme import GAP_M_PX, INSET_PX, icon
from gui.widgets.basic import (
    PRESS_KEYS,
    ElidingLabel,
    attach_menu,
    describe,
    label,
    menu_action,
    named,
    push_button,
    set_role,
    tool_button,
)
from gui.widgets.dialogs import ask_for_files
from gui.widgets.drops import local_paths
from gui.widgets.focus_ring import should_draw_focus_ring
from gui.widgets.layouts import STRETCH, hbox, vbox
from gui.widgets.panel import Panel
from gui.widgets.texts import worded
from vision.kinds import FileKind, file_filter, kind_of
from vision.teaching.collection import Picture, PictureClass

SHOWN = 5
"""Number of thumbnails on a card; a label counts the others."""

_TILE_PX, _TILE_GAP_PX = 42, 3


class ThumbnailStrip(SampleList):
    """The newest images of a class in a row, the newest first."""

    def __init__(self, model: TeachModel, key: int, open_all: Callable[[], None]) -> None:
        cell = QSize(_TILE_PX + _TILE_GAP_PX, _TILE_PX)
        name = f"class_{key}_thumbnails"
        super().__init__(name, cell, self._paint, attrgetter("name"), model, key)
        self._open_all = open_all
        self._is_left_out = False
        self.setFlow(QListView.Flow.LeftToRight)
        self.hide_frame_and_scroll_bars()
        self.setFixedHeight(_TILE_PX)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.hide()  # until there are pictures
        self.clicked.connect(open_all)

    def show_class(self, one: PictureClass) -> None:
        """Show the newest images of a class, dimmed if left out."""
        self._is_left_out = one.is_left_out
        self.show_rows(one.pictures[: -SHOWN - 1 : -1])
        self.setVisible(bool(one.pictures))
        self.viewport().update()

    def _paint(self, painter: QPainter, cell: QRect, picture: Picture, is_chosen: bool) -> None:
        is_chosen = is_chosen and should_draw_focus_ring(self)
        painter.setOpacity(DIMMED if self._is_left_out and not is_chosen else 1.0)
        place = QRect(cell.left(), cell.top(), _TILE_PX, _TILE_PX)
        paint_thumbnail(painter, place, self._model.thumbnails.image(picture), is_chosen=is_chosen)

    def _open_menu(self, where: QPoint) -> None:
        """Open a menu to move or remove the selected image."""
        chosen = self.selected_hashes()
        menu = named(QMenu(self), "thumbnail_menu")
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        moves = menu.addMenu(tr("Move to"))
        add_move_actions(moves, self._model, self._key, chosen)
        moves.setEnabled(not moves.isEmpty())
        remove = partial(self._model.remove_pictures, self._key, chosen)
        menu_action(menu, "thumbnail_remove", tr("Remove"), remove)
        menu.popup(where)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Open all images, or the menu of the current one."""
        key, item = event.key(), self.currentItem()
        if key in PRESS_KEYS:
            self._open_all()
        elif item is not None and key in (Qt.Key.Key_Menu, Qt.Key.Key_M):
            self._open_menu(self.mapToGlobal(self.visualItemRect(item).center()))
        else:
            super().keyPressEvent(event)

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Select an image for the keys to act on."""
        super().focusInEvent(event)
        self.setCurrentRow(max(self.currentRow(), 0))

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        """Open the menu of the image under the pointer."""
        if self.itemAt(event.pos()) is not None:
            self._open_menu(event.globalPos())


class NameField(QLineEdit):
    """A field for a class's name: Enter applies it, Escape cancels."""

    def __init__(self, object_name: str, keep: Callable[[str], object]) -> None:
        super().__init__()
        self.setObjectName(object_name)
        self.setMaxLength(60)
        self._keep = keep
        self._is_open = False
        self.editingFinished.connect(lambda: self._end(keeps=True))

    def begin(self, name: str) -> None:
        """Start editing a name."""
        self._is_open = True
        self.setText(name)
        self.selectAll()
        self.setFocus(Qt.FocusReason.OtherFocusReason)

    def _end(self, keeps: bool) -> None:
        if self._is_open:
            self._is_open = False
            self._keep(self.text() if keeps else "")

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Cancel on Escape."""
        if event.key() == Qt.Key.Key_Escape:
            self._end(keeps=False)
        else:
            super().keyPressEvent(event)


class ClassCard(Panel):
    """The card of a class: name, newest images, and buttons to add more."""

    def __init__(self, model: TeachModel, one: PictureClass) -> None:
        key = self.key = one.key
        super().__init__(f"class_{key}")
        self._model, self._shown = model, one
        self.setAcceptDrops(True)
        self._mark = ClassMark()
        self.name = ElidingLabel("title", f"class_{key}_name")
        self.name.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Preferred)
        self.name.setMinimumWidth(1)
        self._field = worded(
            NameField(f"class_{key}_name_field", self._on_typed),
            accessible_name="Name of the class",
            tip="Enter keeps it, Esc does not",
        )
        self._count = label("label", f"class_{key}_count")
        self.rename_button = tool_button(
            f"class_{key}_rename",
            size="small",
            icon=icon("pencil-simple", "t2"),
            do=self.begin_rename,
        )
        self.menu_button = tool_button(
            f"class_{key}_menu", size="small", icon=icon("dots-three-vertical", "t2")
        )
        menu = named(QMenu(self.menu_button), f"class_{key}_menu_list")
        menu.aboutToShow.connect(lambda: self._fill(menu))
        attach_menu(self.menu_button, menu)
        self.strip = ThumbnailStrip(model, key, self.open_pictures)
        self._more = label("label", f"class_{key}_more")
        self._hint = label(
            "hint", f"class_{key}_hint", wrap=True, text="No images yet. Add, drop or record some."
        )
        self.add_button = push_button(
            f"class_{key}_add", icon=icon("image-square", "t1"), do=self._ask_files
        )
        self.record_button = push_button(f"class_{key}_record", icon=icon("circle-fill", "fail"))
        self.record_button.pressed.connect(lambda: model.start_recording(key))
        self.record_button.released.connect(model.stop_recording)
        self.record_button.installEventFilter(self)
        self.stops = (
            self._field,
            self.rename_button,
            self.menu_button,
            self.strip,
            self.add_button,
            self.record_button,
        )
        self._lay_out()
        set_role(self, role="card")
        self.retranslate()

    def _lay_out(self) -> None:
        name, row = QWidget(), QWidget()
        hbox(self.name, self._count, STRETCH, on=row, gap=GAP_M_PX, margins=0)
        self._names = QStackedLayout(name)
        self._names.addWidget(row)
        self._names.addWidget(self._field)
        vbox(
            hbox(self._mark, (name, 1), self.rename_button, self.menu_button, gap=GAP_M_PX),
            hbox((self.strip, 1), self._more, gap=GAP_M_PX),
            self._hint,
            hbox((self.add_button, 1), (self.record_button, 1), gap=GAP_M_PX),
            on=self,
            gap=GAP_M_PX,
            margins=(INSET_PX, GAP_M_PX - 2, INSET_PX, INSET_PX),
        )

    # -- Showing -----------------------------------------------------------------------------------

    def show_state(self, state: TeachState) -> None:
        """Show the current state of the class."""
        one, recording = state.collection.of(self.key), state.recording
        if one is not self._shown:
            self._shown = one
            self._show()
        count, is_recording = images_text(len(one.pictures)), False
        if recording is not None and recording.key == self.key:
            count, is_recording = tr("{n} recorded", n=show_integer(recording.count)), True
        elif one.is_left_out:
            count = tr("left out")
        self._count.setText(count)
        set_role(self._count, tone="fail" if is_recording else "")
        set_role(self.record_button, tone="primary" if is_recording else "")

    def _show(self) -> None:
        one, name = self._shown, self._shown.name
        self._mark.show_class(one.colour)
        self._mark.setEnabled(not one.is_left_out)
        self.name.setText(name)
        self.name.setToolTip(name)
        left_out = tr("{name}, left out of training", name=name)
        self.setAccessibleName(left_out if one.is_left_out else name)
        self.strip.show_class(one)
        more = len(one.pictures) - SHOWN
        self._more.setText(f"+{show_integer(more)}" if more > 0 else "")
        self._hint.setVisible(not one.pictures)
        self._clear_drop_highlight()
        for widget, text, tip in (
            (self.rename_button, tr("Rename {name}"), tr("Rename the class")),
            (
                self.menu_button,
                tr("More for {name}"),
                tr("Colour, place, paste, leave out, remove"),
            ),
            (
                self.add_button,
                tr("Add images to {name}"),
                tr("Choose image or video files; they can be dropped here, too"),
            ),
            (
                self.record_button,
                tr("Hold to record {name}"),
                tr("Record from the camera while the button, or Space on it, is held down"),
            ),
            (
                self.strip,
                tr("Images of {name}"),
                tr("Show all; Delete removes, M moves the image that is framed"),
            ),
        ):
            describe(widget, text.format(name=name), tip)

    def _clear_drop_highlight(self) -> None:
        """Remove the drop highlight; dim the card if the class is left out."""
        set_role(self, tone="out" if self._shown.is_left_out else "")
        set_role(self.name, tone="quiet" if self._shown.is_left_out else "")

    # -- The menu ----------------------------------------------------------------------------------

    def _fill(self, menu: QMenu) -> None:
        model, key = self._model, self.key

        def add(name: str, text: str, do: Callable[[], object]) -> QAction:
            return menu_action(menu, f"class_{key}_{name}", text, do)

        menu.clear()
        add("all", tr("Show all images…"), self.open_pictures)
        add("paste", tr("Paste an image"), lambda: model.paste(key))
        menu.addSeparator()
        add("rename_by_menu", tr("Rename"), self.begin_rename)
        colours = named(menu.addMenu(tr("Colour and shape")), f"class_{key}_colours")
        for colour, text in enumerate(_colour_names()):
            name, is_on = f"class_{key}_colour_{colour}", colour == self._shown.colour
            choose = partial(model.recolour_class, key, colour)
            menu_action(colours, name, text, choose, is_on).setIcon(class_icon(colour))
        keys = [one.key for one in model.state.collection.classes]
        place = keys.index(key)
        up = add("up", tr("Move up"), lambda: model.move_class(key, place - 1))
        up.setEnabled(place > 0)
        down = add("down", tr("Move down"), lambda: model.move_class(key, place + 1))
        down.setEnabled(place < len(keys) - 1)
        menu.addSeparator()
        is_left_out = self._shown.is_left_out
        text = tr("Take part again") if is_left_out else tr("Leave out of training")
        add("leave_out", text, lambda: model.leave_out_class(key, not is_left_out))
        add("remove", tr("Remove the class"), lambda: model.remove_class(key))

    def begin_rename(self) -> None:
        """Let the user edit the name in place."""
        self._names.setCurrentIndex(1)
        self._field.begin(self._shown.name)

    def _on_typed(self, name: str) -> None:
        self._names.setCurrentIndex(0)
        if name.strip() and name.strip() != self._shown.name:
            self._model.rename_class(self.key, name)
        self.rename_button.setFocus(Qt.FocusReason.OtherFocusReason)

    def open_pictures(self) -> None:
        """Show all images of the class in a separate window."""
        ClassPicturesDialog(self._model, self.key, self.window()).show()

    def _ask_files(self) -> None:
        pictures = file_filter(tr("Images"), FileKind.PICTURE)
        videos = file_filter(tr("Videos"), FileKind.VIDEO)
        ask_for_files(
            self.window(),
            tr("Add images"),
            "add_images_dialog",
            [pictures, videos],
            partial(self._model.add_files, self.key),
        )

    # -- Texts -------------------------------------------------------------------------------------

    def retranslate(self) -> None:
        """Set every text in the current language."""
        self.record_button.setText(tr("Hold to record"))
        self.refit()
        self._show()
        # A card that was removed is told of the language before Qt deletes it.
        if any(one.key == self.key for one in self._model.state.collection.classes):
            self.show_state(self._model.state)

    def refit(self) -> None:
        """Shorten the text of the add button if it does not fit."""
        room = self.width() - 2 * INSET_PX - GAP_M_PX - 2 - self.record_button.sizeHint().width()
        for text in (tr("Add images…"), tr("Add…"), ""):
            self.add_button.setText(text)
            if self.add_button.sizeHint().width() <= room:
                break

    def minimumSizeHint(self) -> QSize:
        """Return a size with room for the record button's full text."""
        height = super().minimumSizeHint().height()
        return QSize(self.record_button.sizeHint().width() + 60, height)

    # -- Qt ----------------------------------------------------------------------------------------

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Record exactly as long as the button is held.

        Qt reports no release if the button has moved away under the pointer, or if a dialog or
        another window has opened; and it treats a pointer slipping off the button as a release.
        """
        if watched is self.record_button and self.record_button.isDown():
            kind = event.type()
            if kind is QEvent.Type.MouseMove:
                return True
            is_escape = isinstance(event, QKeyEvent) and event.key() == Qt.Key.Key_Escape
            if is_escape or kind in (QEvent.Type.WindowBlocked, QEvent.Type.WindowDeactivate):
                self.record_button.setDown(False)
                self._model.stop_recording()
            elif kind is QEvent.Type.MouseButtonRelease:
                self._model.stop_recording()
        return super().eventFilter(watched, event)

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        """Accept files, images, and images of other classes."""
        mime = event.mimeData()
        found = read_dragged_samples(mime)
        is_file = any(kind_of(path) not in (None, FileKind.MODEL) for path in local_paths(mime))
        if (found is not None and found[0] != self.key) or is_file or mime.hasImage():
            event.acceptProposedAction()
            set_role(self, tone="target")
        else:
            event.ignore()  # a project, or a model: the window opens it

    def dragLeaveEvent(self, event: QDragLeaveEvent) -> None:
        """Remove the drop highlight."""
        self._clear_drop_highlight()

    def dropEvent(self, event: QDropEvent) -> None:
        """Add what was dropped."""
        self._clear_drop_highlight()
        found = read_dragged_samples(event.mimeData())
        if found is not None:
            self._model.move_pictures(found[1], found[0], self.key)
        if found is not None or self._model.add_mime(
            self.key, event.mimeData(), tr("Dropped image")
        ):
            event.acceptProposedAction()


def _colour_names() -> tuple[str, ...]:
    """Return the names of the colours and shapes of classes."""
    return (
        tr("Orange circle"),
        tr("Blue square"),
        tr("Green triangle"),
        tr("Pink diamond"),
        tr("Gold ring"),
        tr("Light blue frame"),
        tr("Grey triangle, hollow"),
        tr("Brown diamond, hollow"),
    )
