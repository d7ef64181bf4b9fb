"""The detected objects: names, scores, counts, and the limits."""

from __future__ import annotations

from dataclasses import replace
from html import escape

from PySide6.QtCore import (
    QEvent,
    QRect,
    QRectF,
    QSize,
    Qt,
)
from PySide6.QtGui import QMouseEvent, QPainter
from PySide6.QtWidgets import (
    QLineEdit,
    QListView,
)

from foundation.text import tr, tr_plural
from gui.explain import explain
from gui.format import show_integer, show_part
from gui.theme import BODY_PX, GAP_M_PX, GAP_S_PX, INSET_PX, active
from gui.vision_tab.class_names import class_name, format_count
from gui.vision_tab.share_row import FIGURE_W_PX, NAME_W_PX, ShareRow
from gui.vision_tab.stage.boxes import Box, boxes_of, style_pen
from gui.vision_tab.state import VisionState
from gui.vision_tab.vision_model import VisionModel
from gui.widgets.basic import Index, as_html, label, named, push_button
from gui.widgets.dialogs import ask_for_folder
from gui.widgets.layouts import STRETCH, hbox, vbox
from gui.widgets.painted_list import PaintedList
from gui.widgets.painting import AT_RIGHT, draw_box, fill_share, set_text_style, write_elided
from gui.widgets.panel import Panel
from gui.widgets.texts import worded
from vision.detections import MAX_CANDIDATES, count_by_class
from vision.networks.detector import DetectionResult

ROW_PX, MAX_ROWS = 25, 7
SQUARE_PX, BAR_H_PX = 10, 8
MAX_COUNTS = 6


def _paint_object(painter: QPainter, cell: QRect, shown: Box, is_lit: bool) -> None:
    """Paint an object's line style, name, bar and score."""
    theme = active()
    if is_lit:
        draw_box(painter, cell, 3, theme.tint)
    middle = cell.center().y() + 0.5
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.setPen(style_pen(shown.style))
    painter.drawRect(QRectF(cell.left() + 2, middle - SQUARE_PX / 2, SQUARE_PX, SQUARE_PX))
    set_text_style(painter, theme.t1, BODY_PX, 600 if is_lit else 500)
    name_left, left = cell.left() + SQUARE_PX + 2 * GAP_M_PX, cell.left() + NAME_W_PX
    name_w = left - GAP_M_PX - name_left
    write_elided(painter, QRect(name_left, cell.top(), name_w, cell.height()), shown.name)
    room_px = max(10, cell.right() - FIGURE_W_PX - left)
    track = QRectF(left, middle - BAR_H_PX / 2, room_px, BAR_H_PX)
    draw_box(painter, track, 3, theme.bg3)
    fill_share(painter, track, shown.score, style_pen(shown.style).color())
    set_text_style(painter, theme.t1, BODY_PX, 600)
    painter.drawText(cell, AT_RIGHT, shown.figure)


class _ObjectList(PaintedList[Box]):
    """The list of objects, which highlights the one under the pointer."""

    def __init__(self, model: VisionModel) -> None:
        super().__init__(
            "objects_list",
            QSize(220, ROW_PX),
            lambda painter, cell, box, _: _paint_object(
                painter, cell, box, box.row == model.state.objects.lit
            ),
            lambda box: f"{box.name} {box.figure}",
        )
        self._model = model
        self.setMouseTracking(True)
        self.setFrameShape(QListView.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        super().mouseMoveEvent(event)
        self._light(self.indexAt(event.position().toPoint()))

    def leaveEvent(self, event: QEvent) -> None:
        super().leaveEvent(event)
        self._model.highlight(None)

    def currentChanged(self, current: Index, previous: Index) -> None:
        """Highlight the object reached by arrow keys."""
        super().currentChanged(current, previous)
        if self.hasFocus():
            self._light(current)

    def _light(self, index: Index) -> None:
        rows = self._model.state.objects.rows
        self._model.highlight(rows[index.row()] if index.isValid() else None)


class ObjectsPanel(Panel):
    """The objects, with limits on score, overlap and name."""

    def __init__(self, model: VisionModel) -> None:
        super().__init__("objects_panel")
        self._model = model
        self._state = VisionState()
        self._count = label("label", "objects_count")
        self._names = as_html(label("hint", "objects_names", wrap=True))
        worded(self._names, accessible_name="How many of each name", tip="")
        self.filter_edit = named(QLineEdit(), "objects_filter")
        worded(self.filter_edit, accessible_name="Filter by name", placeholder="Filter by name")
        self.list = worded(_ObjectList(model), accessible_name="Objects found, the best first")
        self._empty = label("hint", "objects_empty", wrap=True)
        self._score = ShareRow(
            "objects_score",
            5,
            100,
            lambda share: self._limit(score=share),
            term="score",
            caption="Score at least",
            tip="Boxes with a lower score are not shown",
        )
        self._overlap = ShareRow(
            "objects_overlap",
            0,
            100,
            lambda share: self._limit(overlap=share),
            term="overlap",
            caption="Overlap at most",
            tip="Of two boxes of one name that overlap more, the better one stays",
        )
        self.score_slider, self.overlap_slider = self._score.slider, self._overlap.slider
        self._summary = label("hint", "objects_summary", wrap=True)
        self.dropped_button = push_button(
            "objects_dropped",
            "link",
            "small",
            do=model.show_dropped,
            accessible_name="Show dropped boxes",
            tip="Boxes of the same name that a better one covers",
        )
        self.dropped_button.setCheckable(True)
        self.crops_button = push_button(
            "objects_save_crops",
            size="small",
            do=self._on_crops_clicked,
            text="Save crops…",
            accessible_name="Save crops",
            tip="Write each object as a picture, into a folder of its name",
        )
        self._lay_out()
        self.filter_edit.textEdited.connect(model.show_only)
        self._names.linkActivated.connect(self._on_name_clicked)
        self.retranslate()

    def _lay_out(self) -> None:
        title = explain(label("title", text="Objects"), "object", "detector-segmenter")
        vbox(
            hbox(title, STRETCH, self._count),
            self._names,
            self.filter_edit,
            self.list,
            self._empty,
            self._score,
            self._overlap,
            self._summary,
            hbox(self.dropped_button, STRETCH, self.crops_button),
            on=self,
            gap=GAP_S_PX + 2,
            margins=(INSET_PX + 2, INSET_PX),
        )

    def _limit(self, **limits: float) -> None:
        self._model.set_limits(replace(self._state.objects.limits, **limits))

    # -- Showing -----------------------------------------------------------------------------------

    def show_state(self, state: VisionState) -> None:
        """Show the current picture's objects and the limits."""
        old, self._state = self._state, state
        if state.objects != old.objects:
            self._show_objects()

    def _show_objects(self) -> None:
        state, objects = self._state, self._state.objects
        self._score.show_share(objects.limits.score)
        self._overlap.show_share(objects.limits.overlap)
        self.dropped_button.setChecked(objects.shows_dropped)
        self.dropped_button.setText(
            tr("Hide what overlap dropped") if objects.shows_dropped else tr("Show dropped boxes")
        )
        found = state.result.result if state.result is not None else None
        if objects.selection is None or not isinstance(found, DetectionResult):
            found = None
        self._show_list(found)
        self._write_summary(found)

    def _show_list(self, found: DetectionResult | None) -> None:
        objects = self._state.objects
        selection = objects.selection
        boxes = boxes_of(self._state)
        counts = [] if found is None else self._counts(found)
        self.list.show_rows(boxes)
        self._count.setText(
            ""
            if selection is None
            else tr(
                "{shown} of {all} shown",
                shown=show_integer(len(boxes)),
                all=show_integer(len(selection.kept)),
            )
        )
        self._names.setText(" · ".join(counts))
        self._names.setVisible(len(counts) > 1 or bool(objects.only) or bool(objects.tally))
        is_long = selection is not None and (len(selection.kept) > 3 or bool(objects.only))
        self.filter_edit.setVisible(is_long)
        self.list.setVisible(bool(boxes))
        self.list.setFixedHeight(ROW_PX * min(MAX_ROWS, max(1, len(boxes))) + 2)
        self._empty.setVisible(not boxes)
        self._empty.setText(self._why_empty())
        self.crops_button.setEnabled(bool(boxes))
        if objects.lit in objects.rows and not self.list.underMouse():
            self.list.scrollToItem(self.list.item(objects.rows.index(objects.lit)))

    def _counts(self, found: DetectionResult) -> list[str]:
        """Return the counts by name as links; for a stream, the total counts."""
        objects = self._state.objects
        assert objects.selection is not None  # there is a result
        colour = active().acc
        now = count_by_class(objects.selection.kept)
        texts: dict[int, str] = {}
        for one in objects.tally[:MAX_COUNTS]:
            texts[one.index] = tr_plural(
                "{name} {now} now, at most {most}, in 1 frame",
                "{name} {now} now, at most {most}, in {frames} frames",
                one.frames,
                name=class_name(found.labels.name(one.index)),
                now=show_integer(now.get(one.index, 0)),
                most=show_integer(one.most),
                frames=show_integer(one.frames),
            )
        if not texts:
            for index, count in now.most_common(MAX_COUNTS):
                texts[index] = format_count(class_name(found.labels.name(index)), count)
        return [
            f'<a href="{index}" style="color:{colour};text-decoration:none">{escape(text)}</a>'
            for index, text in texts.items()
        ]

    def _why_empty(self) -> str:
        objects = self._state.objects
        if objects.selection is None:
            return tr("Open a picture: what is found in it is listed here.")
        if objects.only and len(objects.selection.kept):
            return tr("No name holds “{text}”.", text=objects.only)
        return tr("Nothing reaches this score. Lower it to see weaker guesses.")

    def _write_summary(self, found: DetectionResult | None) -> None:
        selection = self._state.objects.selection
        self._summary.setVisible(found is not None)
        dropped = 0 if selection is None else len(selection.dropped)
        self.dropped_button.setVisible(bool(dropped) or self._state.objects.shows_dropped)
        if found is None or selection is None:
            return
        over = len(selection.kept) + dropped
        if over < MAX_CANDIDATES:
            text = tr(
                "{proposed} boxes proposed, {over} over the score, {dropped} dropped by overlap."
            )
        else:
            text = tr(
                "{proposed} boxes proposed. Of those over the score, only the best {over} are "
                "looked at; {dropped} dropped by overlap."
            )
        self._summary.setText(
            text.format(
                proposed=show_integer(found.proposed),
                over=show_part(over),
                dropped=show_part(dropped),
            )
        )

    # -- The user ----------------------------------------------------------------------------------

    def _on_name_clicked(self, link: str) -> None:
        """Show only the objects with a name; on a second click, all."""
        shown = self._state.result
        if shown is None or not isinstance(shown.result, DetectionResult):
            return
        name = class_name(shown.result.labels.name(int(link)))
        only = "" if name == self._state.objects.only else name
        self.filter_edit.setText(only)
        self._model.show_only(only)

    def _on_crops_clicked(self) -> None:
        title, then = tr("Save crops into a folder"), self._model.save_crops
        ask_for_folder(self.window(), title, "crops_dialog", then)

    # -- Words -------------------------------------------------------------------------------------

    def retranslate(self) -> None:
        """Set every text in the current language."""
        self._show_objects()

    def restyle(self) -> None:
        """Apply the current theme."""
        self._show_objects()
