"""The images of a class: list, window, and drag and drop."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from operator import attrgetter
from typing import TYPE_CHECKING

from PySide6.QtCore import QByteArray, QMimeData, QModelIndex, QRect, QSize, Qt
from PySide6.QtGui import QColor, QImage, QKeyEvent, QPainter
from PySide6.QtWidgets import QListView, QListWidgetItem, QWidget

from foundation.text import tr, tr_plural
from gui.format import show_integer, show_part
from gui.plots.legend import ClassMark
from gui.teach_tab.move_menu import move_button
from gui.theme import CAPTION_PX, GAP_M_PX, GAP_XL_PX, active, icon
from gui.widgets.basic import label, push_button
from gui.widgets.layouts import STRETCH, hbox, vbox
from gui.widgets.painted_list import PaintedList
from gui.widgets.painting import clipped, draw_ring, set_text_style, write_elided
from gui.widgets.panel import Dialog
from gui.widgets.texts import worded
from vision.teaching.collection import Picture, PictureClass

if TYPE_CHECKING:
    from gui.teach_tab.state import TeachState
    from gui.teach_tab.teach_model import TeachModel


MIME = "application/x-glassnet-samples"


def samples_as_mime(key: int, hashes: Sequence[str]) -> QMimeData:
    """Return images of the class `key` as dragged data."""
    mime = QMimeData()
    mime.setData(MIME, QByteArray(json.dumps([key, *hashes]).encode()))
    return mime


def read_dragged_samples(mime: QMimeData) -> tuple[int, list[str]] | None:
    """Return the class key and hashes in dragged data, or ``None``."""
    if not mime.hasFormat(MIME):
        return None
    key, *hashes = json.loads(bytes(mime.data(MIME).data()))
    return key, hashes


def paint_thumbnail(
    painter: QPainter, place: QRect, image: QImage | None, *, is_chosen: bool = False
) -> None:
    """Paint an image's thumbnail: grey until loaded, with a warning sign if unreadable."""
    theme = active()
    painter.setRenderHints(
        QPainter.RenderHint.Antialiasing | QPainter.RenderHint.SmoothPixmapTransform
    )
    with clipped(painter, place, 3):
        painter.fillRect(place, QColor(theme.bg3))
        if image is not None and image.isNull():
            side = min(place.width(), place.height()) // 3
            mark = QRect(0, 0, side, side)
            mark.moveCenter(place.center())
            icon("prohibit", "warn").paint(painter, mark)
        elif image is not None:
            painter.drawImage(place, image)
    if is_chosen:
        # The ground's colour between ring and image: an image can have any.
        for colour, inset in ((theme.bg1, 2.5), (theme.acc, 1)):
            draw_ring(painter, place.toRectF().adjusted(inset, inset, -inset, -inset), 3, colour)


class SampleList(PaintedList[Picture]):
    """Thumbnails of a class's images; dragging moves them, Delete removes them."""

    def __init__(
        self,
        object_name: str,
        cell: QSize,
        paint: Callable[[QPainter, QRect, Picture, bool], None],
        tip: Callable[[Picture], str],
        model: TeachModel,
        key: int,
    ) -> None:
        super().__init__(object_name, cell, paint, attrgetter("name"), tip)
        self._model, self._key = model, key
        self.setDragEnabled(True)
        model.thumbnails.made.connect(self.viewport().update)

    def selected_hashes(self) -> list[str]:
        """Return the hashes of the selected images."""
        return self._hashes(self.selectedItems())

    def _hashes(self, items: Sequence[QListWidgetItem]) -> list[str]:
        return [self.rows[self.row(item)].sha256 for item in items]

    def mimeTypes(self) -> list[str]:
        """Return the type of dragged data."""
        return [MIME]

    def mimeData(self, items: Sequence[QListWidgetItem]) -> QMimeData:
        """Return images as dragged data."""
        return samples_as_mime(self._key, self._hashes(items))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Remove the selected images on Delete or Backspace."""
        if event.key() in (Qt.Key.Key_Delete, Qt.Key.Key_Backspace):
            if chosen := self.selected_hashes():
                self._model.remove_pictures(self._key, chosen)
        else:
            super().keyPressEvent(event)


_CELL_PX, _THUMB_PX = 112, 96


class _SampleView(SampleList):
    """All images of a class, each with its name below."""

    def __init__(self, model: TeachModel, key: int) -> None:
        cell = QSize(_CELL_PX, _CELL_PX + 10)
        super().__init__("class_pictures", cell, self._paint, self._tip_of, model, key)
        self._is_left_out = False
        self._held_out: frozenset[str] = frozenset()
        self.setViewMode(QListView.ViewMode.IconMode)
        self.setMovement(QListView.Movement.Static)
        self.setDragEnabled(True)  # which a static movement switches off
        self.setResizeMode(QListView.ResizeMode.Adjust)
        self.setSelectionMode(QListView.SelectionMode.ExtendedSelection)
        self.setVerticalScrollMode(QListView.ScrollMode.ScrollPerPixel)

    def show_class(self, one: PictureClass, held_out: frozenset[str]) -> None:
        """Show the images of a class, with none selected."""
        self._is_left_out, self._held_out = one.is_left_out, held_out
        self.clearSelection()
        self.show_rows(one.pictures)

    def _tip_of(self, picture: Picture) -> str:
        where = tr("learned from")
        if self._is_left_out:
            where = tr("left out of training")
        elif picture.sha256 in self._held_out:
            where = tr("held out to test with")
        return f"{picture.name}: {where}"

    def _paint(self, painter: QPainter, cell: QRect, picture: Picture, is_chosen: bool) -> None:
        place = QRect(cell.left() + 8, cell.top() + 4, _THUMB_PX, _THUMB_PX)
        paint_thumbnail(painter, place, self._model.thumbnails.image(picture), is_chosen=is_chosen)
        set_text_style(painter, active().t1 if is_chosen else active().t2, CAPTION_PX)
        under = QRect(place.left(), place.bottom() + 3, _THUMB_PX, 14)
        middle, cut = Qt.AlignmentFlag.AlignCenter, Qt.TextElideMode.ElideMiddle
        write_elided(painter, under, picture.name, middle, cut)


class ClassPicturesDialog(Dialog):
    """A separate window with all images of a class; it can stay open."""

    def __init__(self, model: TeachModel, key: int, parent: QWidget) -> None:
        super().__init__("class_pictures_dialog", parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self._model, self.key = model, key
        self._shown = model.state.collection.of(key), model.state.held_out
        self._mark, self._name = ClassMark(), label("card-title", "class_pictures_name")
        self._count = label("label", "class_pictures_count")
        self.move_button = worded(
            move_button("pictures_move", model, lambda: (key, self.view.selected_hashes())),
            text="Move to",
            tip="Move the chosen images to another class",
        )
        self.remove_button = push_button(
            "pictures_remove",
            icon=icon("trash", "t2"),
            do=lambda: model.remove_pictures(key, self.view.selected_hashes()),
            text="Remove",
            tip="Remove the chosen images from the class; the files stay (Delete)",
        )
        hint = label(
            "hint",
            "class_pictures_hint",
            wrap=True,
            text="Choose images by click, Shift and Ctrl, or the arrow keys. They can be dragged "
            "to another class. A double click or Enter shows one large.",
        )
        self.view = worded(
            _SampleView(model, key),
            accessible_name="Images of the class",
            tip="",
        )
        self.view.itemSelectionChanged.connect(self._show_choice)
        self.view.activated.connect(self._open)
        model.state_changed.connect(self.show_state)
        model.document.undo_in(self)
        buttons = (self.move_button, self.remove_button)
        head = hbox(self._mark, self._name, self._count, STRETCH, *buttons, gap=GAP_M_PX)
        margins = (GAP_XL_PX, GAP_XL_PX, GAP_XL_PX, GAP_M_PX)
        vbox(head, (self.view, 1), hint, on=self, gap=GAP_M_PX, margins=margins)
        self.resize(_CELL_PX * 6 + 2 * GAP_XL_PX + 20, 520)
        self.retranslate()

    def _open(self, index: QModelIndex) -> None:
        """Open the viewer at an image, followed by the others."""
        from gui.teach_tab.picture_viewer import viewer_of

        pictures = self._model.state.pictures_of(self.key)
        parent = self.parentWidget()
        assert parent is not None  # the window
        viewer = viewer_of(self._model, parent.window())
        viewer.open_pictures([(self.key, one.sha256) for one in pictures], index.row())

    def show_state(self, state: TeachState) -> None:
        """Show the current class; close the window if the class is gone."""
        found = next((one for one in state.collection.classes if one.key == self.key), None)
        if found is None:
            self.close()
        elif (found, state.held_out) != self._shown:
            self._shown = found, state.held_out
            self._show()

    def _show(self) -> None:
        one, held_out = self._shown
        self._mark.show_class(one.colour)
        self._name.setText(one.name)
        self.setWindowTitle(one.name)
        self._count.setText(images_text(len(one.pictures)))
        self.view.show_class(one, held_out)
        self._show_choice()

    def _show_choice(self) -> None:
        chosen = len(self.view.selectedItems())
        others = len(self._model.state.collection.classes) > 1
        self.remove_button.setEnabled(chosen > 0)
        self.move_button.setEnabled(chosen > 0 and others)

    def retranslate(self) -> None:
        """Set every text in the current language."""
        self._show()


def right_text(right: int, total: int) -> str:
    """Return the number of right held-out images as a sentence."""
    if total == 1:
        one, none = (
            tr("The one held-out image is right."),
            tr("The one held-out image is wrong."),
        )
        return one if right else none
    if right == total:
        text = tr("All {total} held-out images are right.")
    else:
        text = tr_plural(
            "1 of {total} held-out images is right.",
            "{right} of {total} held-out images are right.",
            right,
        )
    return text.format(right=show_part(right), total=show_integer(total))


def images_text(count: int) -> str:
    """Return a number of images as text."""
    return tr_plural("1 image", "{n} images", count, n=show_integer(count))
