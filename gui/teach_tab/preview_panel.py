"""The live preview: the head's answers for a camera, image, stream or video."""

from __future__ import annotations

from operator import attrgetter
from pathlib import Path

from PySide6.QtCore import QMimeData, QRectF, QSize, Qt
from PySide6.QtGui import QDragEnterEvent, QDragLeaveEvent, QDropEvent, QImage
from PySide6.QtWidgets import QWidget

from foundation.text import tr
from gui.error_texts import sentence_of
from gui.explain import explain
from gui.format import milliseconds, percent, show_integer, show_part
from gui.teach_tab.camera_menus import SourceMenu
from gui.teach_tab.class_bars import ClassBars, class_shares, probabilities_by_class
from gui.teach_tab.evaluation import Threshold
from gui.teach_tab.state import HeadAnswer, Preview, PreviewKind, TeachState
from gui.teach_tab.teach_model import TeachModel
from gui.theme import GAP_L_PX, GAP_M_PX, GAP_S_PX, icon
from gui.vision_tab.stage.images import PixelImage
from gui.vision_tab.stage.overlay import Badge
from gui.vision_tab.stage.stage_view import StageView
from gui.widgets.basic import (
    attach_menu,
    describe,
    label,
    named,
    push_button,
    tool_button,
)
from gui.widgets.drops import local_paths
from gui.widgets.layouts import STRETCH, hbox, vbox
from gui.widgets.panel import Panel
from gui.widgets.texts import worded
from gui.workers.throttle import READING_MS, Throttle
from vision.formats.manifest import bundled_manifest
from vision.kinds import FileKind, kind_of

_MIN_STAGE_PX, _NAME_PX = 150, 110

_JUDGED_BY = attrgetter("threshold", "calibrated", "head")

_SHAPE = 256 / 412
"""Aspect ratio of the view in the design: height divided by width."""


class PreviewPanel(Panel):
    """The image, a bar per class, and the "not sure" threshold."""

    def __init__(self, model: TeachModel) -> None:
        super().__init__("teach_preview")
        self.setAcceptDrops(True)
        self._model, self._state = model, model.state
        self._settings = bundled_manifest().preprocessing
        title = label("title", "preview_title", text="Live preview")
        explain(title, "probability", "threshold")
        self.source_button = tool_button(
            "preview_source", "", "small", icon=icon("video-camera", "t2")
        )
        self.source_button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self.source_button.setIconSize(QSize(14, 14))
        self.source_menu = attach_menu(self.source_button, SourceMenu(model, self))
        self.view = worded(
            named(StageView(self._show_picture, lambda _: None, is_small=True), "preview_view"),
            accessible_name="Preview: the picture and what the head says of it",
            tip="",
        )
        self._card = QWidget(self.view)
        self._card_text = label("label", "preview_text", wrap=True)
        self._card_text.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.start_button = push_button(
            "preview_start",
            icon=icon("video-camera"),
            do=model.preview_camera,
            text="Start the camera",
            tip="Show what the head says of the camera's pictures",
        )
        self.bars = worded(
            ClassBars("preview_bars"), accessible_name="Probability of each class", tip=""
        )
        self.calibration = label("hint", "preview_calibration", wrap=True)
        self._pace = Throttle(READING_MS, self._show_figures, self)
        vbox(
            STRETCH,
            self._card_text,
            (self.start_button, 0, Qt.AlignmentFlag.AlignHCenter),
            STRETCH,
            on=self._card,
            gap=GAP_L_PX,
            margins=GAP_L_PX,
        )
        head = hbox(title, STRETCH, self.source_button, gap=GAP_S_PX)
        vbox(head, self.view, self.bars, self.calibration, on=self, gap=GAP_M_PX, margins=0)
        self.retranslate()

    # -- Showing -----------------------------------------------------------------------------------

    def show_state(self, state: TeachState) -> None:
        """Show the newest image, the current classes, and the threshold."""
        before, self._state = self._state, state
        if state.preview is not before.preview:
            self._show_preview(before.preview)
        is_same = _JUDGED_BY(state) == _JUDGED_BY(before)
        if not is_same:
            self._write_calibration()
        if not is_same or state.collection is not before.collection:
            self._pace.put(state)
            self._pace.flush()

    def _show_preview(self, before: Preview) -> None:
        preview = self._state.preview
        self._write_source(preview)
        self._write_card(preview)
        if preview.look is not before.look:
            self._show_picture()
            self._pace.put(self._state)
            if preview.kind is PreviewKind.PICTURE:
                self._pace.flush()

    def _show_picture(self) -> None:
        self._card.setGeometry(self.view.rect())
        look = self._state.preview.look
        if look is None:
            self.view.show_image(QImage())
            return
        height, width = look.pixels.shape[:2]
        display = self.view.display_size
        image = PixelImage(display.pixels(look.pixels), display.ratio)
        self.view.show_image(image, QSize(width, height))

    def _show_figures(self, _state: object) -> None:
        """Show the bars and the label; throttled, so that they can be read."""
        state, look = self._state, self._state.preview.look
        rows = class_shares(state.collection, probabilities_by_class(look))
        self.bars.show_shares(rows, None if state.head is None else state.threshold)
        if look is None or look.head is None or look.probabilities is None:
            self.view.show_reading(None, None, "")
            return
        best = int(look.probabilities.argmax())
        share = float(look.probabilities[best])
        names = {one.key: one.name for one in state.collection.classes}
        name = names.get(look.head.keys[best], look.head.names[best])
        figure = percent(share)
        badge = Badge(name, figure)
        if share < state.threshold:
            badge = Badge(tr("not sure"), f"{name} {figure}", is_sure=False)
        height, width = look.pixels.shape[:2]
        seen = QRectF(*self._settings.region((width, height)))
        self.view.show_reading(badge, seen, "", self._times(state.preview, look))

    # -- Words -------------------------------------------------------------------------------------

    def _times(self, preview: Preview, look: HeadAnswer) -> str:
        time = milliseconds(look.ms)
        if not preview.fps:
            return tr("{time} ms", time=time)
        return tr("{rate} fps · {time} ms", rate=show_integer(preview.fps), time=time)

    def retranslate(self) -> None:
        """Set every text in the current language."""
        self._write_source(self._state.preview)
        self._write_card(self._state.preview)
        self._write_calibration()
        self._show_figures(None)

    def _write_source(self, preview: Preview) -> None:
        name = preview.name or tr("Source")
        middle = Qt.TextElideMode.ElideMiddle
        text = self.source_button.fontMetrics().elidedText(name, middle, _NAME_PX)
        self.source_button.setText(f"{text} ▾")
        describe(
            self.source_button,
            tr("Source of the preview: {name}", name=name),
            tr("A camera, an image, a video or a network stream"),
        )

    def _write_card(self, preview: Preview) -> None:
        """Write the card that is shown while there is no image."""
        is_shown = preview.look is None or preview.trouble is not None
        self._card.setVisible(is_shown)
        self.start_button.setVisible(preview.kind is PreviewKind.NOTHING)
        if not is_shown:
            return
        if preview.trouble is not None:
            again = tr("Glassnet keeps trying.")
            text = f"{sentence_of(preview.trouble)} {again}"
        elif preview.kind is PreviewKind.NOTHING:
            text = tr("Try the head on a camera, or drop an image here.")
        else:
            text = tr("Waiting for {name}.", name=preview.name)
        self._card_text.setText(text)

    def _write_calibration(self) -> None:
        """Describe the "not sure" threshold and how it was found."""
        state = self._state
        found, is_by_hand = state.calibrated, state.settings.threshold is not None
        if state.head is None or (found is None and not is_by_hand):
            self.calibration.hide()
            return
        counts: dict[str, str] = {}
        if is_by_hand or found is None:
            text = tr("Below {share} it says “not sure”: set by hand under More.")
        else:
            text = _explain_threshold(found)
            counts = {
                "kept": show_part(found.kept),
                "right": show_integer(found.right),
                "passed": show_part(found.wrong - found.refused),
                "wrong": show_integer(found.wrong),
            }
        self.calibration.setText(text.format(share=percent(state.threshold, 1), **counts))
        self.calibration.show()

    # -- Qt ----------------------------------------------------------------------------------------

    def refit(self) -> None:
        """Keep the view's aspect ratio."""
        self.view.setFixedHeight(max(_MIN_STAGE_PX, round(_SHAPE * self.width())))
        self._card.setGeometry(self.view.rect())

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        """Accept an image or a video."""
        if event.mimeData().hasImage() or _dropped_file(event.mimeData()) is not None:
            event.acceptProposedAction()
            self.view.show_target(True)

    def dragLeaveEvent(self, event: QDragLeaveEvent) -> None:
        """Remove the drop highlight."""
        self.view.show_target(False)
        super().dragLeaveEvent(event)

    def dropEvent(self, event: QDropEvent) -> None:
        """Preview what was dropped."""
        self.view.show_target(False)
        path, image = _dropped_file(event.mimeData()), event.mimeData().imageData()
        if path is not None:
            self._model.preview_file(path)
            event.acceptProposedAction()
        elif isinstance(image, QImage) and not image.isNull():
            self._model.preview_image(image, tr("Dropped image"))
            event.acceptProposedAction()


def _dropped_file(mime: QMimeData) -> Path | None:
    """Return the first dropped image or video, or ``None``."""
    kinds = (FileKind.PICTURE, FileKind.VIDEO)
    return next((path for path in local_paths(mime) if kind_of(path) in kinds), None)


def _explain_threshold(found: Threshold) -> str:
    if not found.is_calibrated:
        return tr(
            "Below {share} it says “not sure”; there are too few right answers on held-out "
            "images to read it off."
        )
    text = tr(
        "Below {share} it says “not sure”: {kept} of {right} right answers on held-out images pass."
    )
    if found.wrong:
        text = tr(
            "Below {share} it says “not sure”: {kept} of {right} right answers on held-out "
            "images pass, and {passed} of {wrong} wrong ones."
        )
    if found.is_from_few_images:
        text += " " + tr("It rests on {right} images only: more held-out ones would make it surer.")
    return text
