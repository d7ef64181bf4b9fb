"""The picture that the network really sees, and the settings that make it."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import replace
from html import escape

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QKeyEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QCheckBox, QGridLayout, QLineEdit, QVBoxLayout, QWidget

from foundation.text import tr
from gui.error_texts import sentence_of
from gui.explain import explain
from gui.format import percent, show_fixed
from gui.theme import CAPTION_PX, DARK, GAP_M_PX, GAP_S_PX, INSET_PX, active
from gui.vision_tab.class_names import class_name
from gui.vision_tab.settings_text import (
    format_scale,
    format_size,
    format_three,
    parse_scale,
    parse_size,
    parse_three,
)
from gui.vision_tab.stage.images import PixelImage
from gui.vision_tab.state import VisionState
from gui.vision_tab.vision_model import VisionModel
from gui.widgets.basic import (
    as_html,
    describe,
    label,
    named,
    push_button,
    rule,
    set_role,
    strong,
    write_on,
)
from gui.widgets.layouts import STRETCH, hbox, vbox
from gui.widgets.painting import AT_RIGHT, clipped, draw_box, faded, write_in
from gui.widgets.panel import Panel
from vision.errors import VisionError
from vision.jobs.session import PictureResult
from vision.look.xray import Comparison, Mistake, TensorView, view_tensor
from vision.pictures.pixels import Pixels
from vision.pictures.preprocessing import Preprocessing


class TensorPicture(QWidget):
    """Paint the tensor as a picture, and its channels in grey under it."""

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("xray_picture")
        self.tensor: TensorView | None = None
        self._side_px = 0
        self.show_side(PICTURE_PX)

    def show_side(self, side_px: int) -> None:
        """Make the picture that large."""
        if side_px != self._side_px:
            self._side_px = side_px
            self.setFixedSize(side_px, side_px + 4 + (side_px - 8) // 3)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint the picture and its channels, or their empty places."""
        painter = QPainter(self)
        painter.setRenderHints(
            QPainter.RenderHint.Antialiasing | QPainter.RenderHint.SmoothPixmapTransform
        )
        tensor = self.tensor
        square = QRectF(0, 0, self._side_px, self._side_px)
        self._paint(painter, square, None if tensor is None else tensor.pixels)
        side = (self._side_px - 8) / 3
        for place in range(3):
            box = QRectF(place * (side + 4), self._side_px + 4, side, side)
            if tensor is None or place >= len(tensor.channels):
                self._paint(painter, box, None)
                continue
            self._paint(painter, box, tensor.channels[place])
            if len(tensor.names) > 1:
                self._paint_name(painter, box, tensor.names[place])

    def _paint(self, painter: QPainter, box: QRectF, pixels: Pixels | None) -> None:
        draw_box(painter, box, 3, active().bg3)
        if pixels is None:
            return
        image = PixelImage(pixels)
        target = image.size().toSizeF().scaled(box.size(), Qt.AspectRatioMode.KeepAspectRatio)
        rect = QRectF(0, 0, target.width(), target.height())
        rect.moveCenter(box.center())
        with clipped(painter, box, 3):
            painter.drawImage(rect, image)

    def _paint_name(self, painter: QPainter, box: QRectF, name: str) -> None:
        chip = QRectF(box.left() + 2, box.bottom() - 18, 15, 16)
        draw_box(painter, chip, 3, faded(DARK.bg0, 224 / 255))
        write_in(painter, DARK.t1, CAPTION_PX, 600)
        painter.drawText(chip, Qt.AlignmentFlag.AlignCenter, name)


PICTURE_PX, PICTURE_NARROW_PX = 152, 104
LONG_TEXT = 17
# Of a stream's frames that are not held, the tensor is looked at a few times a second.
TENSOR_EVERY_S = 0.125


class XrayPanel(Panel):
    """Show the tensor and its settings, and let a person change them."""

    def __init__(self, model: VisionModel) -> None:
        super().__init__("xray_panel")
        self._model = model
        self._state = VisionState()
        self._looked_s = 0.0
        self._looked_at: PictureResult | None = None
        self._is_narrow = False
        self._title = label("title")
        explain(self._title, "blob", "preprocessing")
        self.reset_button = push_button("xray_reset", "link", "small")
        self.picture = TensorPicture()
        self.size_edit = _edit("xray_size")
        self.mean_edit = _edit("xray_mean")
        self.scale_edit = _edit("xray_scale")
        self.std_edit = _edit("xray_std")
        self._edits = (self.size_edit, self.mean_edit, self.scale_edit, self.std_edit)
        self._names = [label("label") for _ in self._edits]
        for name in self._names:
            explain(name, "preprocessing")
        self.swap_box = named(QCheckBox(), "xray_swap_rb")
        self.crop_box = named(QCheckBox(), "xray_crop")
        self._fact_names = [label("label") for _ in range(3)]
        for name in self._fact_names:
            explain(name, "blob")
        self._facts = [label("", name) for name in ("xray_shape", "xray_range", "xray_mean_value")]
        self.compare_button = push_button("xray_compare", "", "small")
        self.comparison = as_html(label("caption", "xray_comparison", wrap=True))
        self.comparison.hide()
        self._note = label("hint", "xray_note", wrap=True)
        self._note.hide()
        self.keep_button = push_button("xray_keep", "link", "small")
        self.keep_button.hide()
        self._lay_out()
        self._connect()
        self.retranslate()
        self.compare_button.setEnabled(False)

    # -- Layout ------------------------------------------------------------------------------------

    def _lay_out(self) -> None:
        body = hbox(
            (self.picture, 0, Qt.AlignmentFlag.AlignTop), (self._settings_layout(), 1), gap=INSET_PX
        )
        vbox(
            hbox(self._title, STRETCH, self.reset_button),
            body,
            self._note,
            (self.keep_button, 0, Qt.AlignmentFlag.AlignLeft),
            self.comparison,
            on=self,
            gap=GAP_S_PX,
            margins=(INSET_PX + 2, INSET_PX - 2),
        )

    def _settings_layout(self) -> QVBoxLayout:
        grid = self._grid = QGridLayout()
        grid.setHorizontalSpacing(GAP_M_PX)
        grid.setVerticalSpacing(2)
        grid.setColumnStretch(1, 1)
        self._place_edits()
        facts = QGridLayout()
        facts.setVerticalSpacing(3)
        facts.setColumnStretch(0, 1)
        for row, (name, fact) in enumerate(zip(self._fact_names, self._facts, strict=True)):
            facts.addWidget(name, row, 0)
            facts.addWidget(fact, row, 1, AT_RIGHT)
        return vbox(
            grid,
            hbox(self.swap_box, STRETCH, self.crop_box),
            rule(),
            facts,
            STRETCH,
            (self.compare_button, 0, Qt.AlignmentFlag.AlignRight),
            gap=GAP_S_PX + 3,
        )

    def _place_edits(self) -> None:
        """Put each field beside its name, or under it where a narrow column would cut its text."""
        for row, (name, edit) in enumerate(zip(self._names, self._edits, strict=True)):
            is_under = self._is_narrow and len(edit.text()) >= LONG_TEXT
            for widget in (name, edit):
                self._grid.removeWidget(widget)
            self._grid.addWidget(name, 2 * row, 0, 1, 2 if is_under else 1)
            if is_under:
                self._grid.addWidget(edit, 2 * row + 1, 0, 1, 2)
            else:
                self._grid.addWidget(edit, 2 * row, 1)

    def _connect(self) -> None:
        def edited(edit: QLineEdit, read: Callable[[str], Preprocessing]) -> None:
            edit.editingFinished.connect(lambda: self._on_edited(edit, read))

        edited(self.size_edit, lambda text: replace(self._now(), size_wh=parse_size(text)))
        edited(self.mean_edit, lambda text: replace(self._now(), mean=parse_three(text)))
        edited(self.scale_edit, lambda text: replace(self._now(), scale=parse_scale(text)))
        edited(self.std_edit, lambda text: replace(self._now(), std=parse_three(text)))
        model = self._model
        self.swap_box.clicked.connect(
            lambda on: model.set_preprocessing(replace(self._now(), swap_rb=bool(on)))
        )
        self.crop_box.clicked.connect(
            lambda on: model.set_preprocessing(replace(self._now(), crop=bool(on)))
        )
        self.reset_button.clicked.connect(lambda: model.set_preprocessing(None))
        self.keep_button.clicked.connect(model.keep_settings)
        self.compare_button.clicked.connect(model.compare)

    # -- Showing -----------------------------------------------------------------------------------

    def show_state(self, state: VisionState) -> None:
        """Show what the network saw, its settings, and what others would make of the picture."""
        old, self._state = self._state, state
        self._show_tensor(state.result)
        if state.settings != old.settings:
            self._show_settings()
        self.compare_button.setEnabled(state.source.can_explain)
        if state.comparison is not old.comparison:
            self._show_comparison()

    def _show_tensor(self, result: PictureResult | None) -> None:
        """Show what the network saw of a picture, or of a frame shortly before."""
        tensor = result.tensor if result is not None else None
        if result is not None and tensor is None:
            if result is self._looked_at or not self._is_due(result):
                return
            self._looked_s = time.perf_counter()
            tensor = view_tensor(result.picture, result.preprocessing, result.model.preprocessing)
        self._looked_at = result
        if tensor is not self.picture.tensor:
            self.picture.tensor = tensor
            self.picture.update()
            self._write_facts()

    def _is_due(self, frame: PictureResult) -> bool:
        """Tell whether a frame's tensor is to be looked at: it is held, or seen and new."""
        if self._state.source.is_frozen:
            return True
        before = self._looked_at
        is_new = before is None or frame.preprocessing != before.preprocessing
        is_late = time.perf_counter() - self._looked_s > TENSOR_EVERY_S
        return (is_new or is_late) and not self.visibleRegion().isEmpty()

    def _write_facts(self) -> None:
        tensor = self.picture.tensor
        if tensor is None:
            texts = ("–", "–", "–")
        else:
            texts = (
                "×".join(str(side) for side in tensor.shape),
                f"{show_fixed(tensor.minimum, 2)} / {show_fixed(tensor.maximum, 2)}",
                show_fixed(tensor.mean, 3),
            )
        for fact, text in zip(self._facts, texts, strict=True):
            fact.setText(text)

    def _show_settings(self) -> None:
        shown = self._state.settings
        settings, own = (shown.used, shown.own) if shown is not None else (None, None)
        enabled = settings is not None
        for widget in (*self._edits, self.swap_box, self.crop_box):
            widget.setEnabled(enabled)
        if settings is not None:
            texts = (
                format_size(settings.size_wh),
                format_three(settings.mean),
                format_scale(settings.scale),
                format_three(settings.std),
            )
            for edit, text in zip(self._edits, texts, strict=True):
                if not edit.hasFocus() or not edit.isModified():
                    edit.setText(text)
                    set_role(edit, extent="compact" if len(text) < LONG_TEXT else "tight")
                    # Where there is no room even so, the first number is seen.
                    edit.setCursorPosition(0)
                    _mark(edit, is_valid=True)
            self._place_edits()
            self.swap_box.setChecked(settings.swap_rb)
            self.crop_box.setChecked(settings.crop)
            self.swap_box.setEnabled(settings.channels == 3)
        shows_std = settings is not None and (
            settings.std != (1.0, 1.0, 1.0) or (own is not None and own.std != (1.0, 1.0, 1.0))
        )
        self._names[3].setVisible(shows_std)
        self.std_edit.setVisible(shows_std)
        changed = settings is not None and own is not None and settings != own
        self.reset_button.setEnabled(changed)
        self._note.setVisible(changed)
        self.keep_button.setVisible(shown is not None and shown.can_be_kept)

    def show_narrow(self, is_narrow: bool) -> None:
        """Leave the settings their room in a narrow column.

        The panel must not look at its own width for this: that depends on the picture's.
        """
        self.picture.show_side(PICTURE_NARROW_PX if is_narrow else PICTURE_PX)
        if is_narrow != self._is_narrow:
            self._is_narrow = is_narrow
            self._place_edits()

    def _show_comparison(self) -> None:
        """Show what the network says with each settings; bold with those of the model."""
        self.comparison.setVisible(bool(self._state.comparison))
        if not self._state.comparison:
            return
        rows = ""
        for mistake, found in self._state.comparison:
            first, second = escape(self._name(mistake)), escape(_said(found))
            if mistake is None:
                first, second = strong(first), strong(second)
            rows += f"<tr><td>{first}&nbsp;&nbsp;</td><td align='right'>{second}</td></tr>"
        self.comparison.setText(f"<table width='100%' cellspacing='2'>{rows}</table>")

    def _name(self, mistake: Mistake | None) -> str:
        settings = self._state.settings
        names = {
            None: tr("as the model wants it"),
            Mistake.SWAPPED_COLOURS: tr("red and blue swapped"),
            Mistake.NO_MEAN: tr("mean left in"),
            Mistake.NO_SCALE: tr("not scaled"),
            Mistake.OTHER_FIT: tr("squashed")
            if settings is not None and settings.own.crop
            else tr("cropped"),
        }
        return names[mistake]

    def retranslate(self) -> None:
        """Write every text in the language in use."""
        self._title.setText(tr("Blob X-ray"))
        self.reset_button.setText(tr("Reset to model"))
        describe(self.reset_button, tr("Use the model's own settings again"))
        tip = tr("Write these settings beside the model, for the command line too")
        write_on(self.keep_button, tr("Keep with the model"), tip)
        names = (tr("Size"), tr("Mean"), tr("Scale"), tr("Std"))
        tips = (
            tr("Width × height of the tensor in pixels"),
            tr("Taken off each channel, 0 to 255, in the network's order"),
            tr("Multiplies each value after the mean is taken off; 1 / 128 works too"),
            tr("Divides each channel last"),
        )
        for widget, edit, name, tip in zip(self._names, self._edits, names, tips, strict=True):
            widget.setText(name)
            describe(edit, name, tip)
        tip = tr("Swap red and blue: pictures are BGR, most networks want RGB")
        write_on(self.swap_box, "swapRB", tip)
        tip = tr("Cut out the middle square; off squashes the whole picture")
        write_on(self.crop_box, tr("Crop"), tip)
        for widget, text in zip(
            self._fact_names, (tr("shape"), tr("min / max"), tr("mean")), strict=True
        ):
            widget.setText(text)
        tip = tr("Classify the picture with the usual mistakes in these settings")
        write_on(self.compare_button, tr("Right against wrong"), tip)
        self._note.setText(tr("These are not the settings the model was trained with."))
        tip = tr("The tensor as a picture, and its channels")
        describe(self.picture, tr("What the network sees"), tip)
        self._show_settings()
        self._write_facts()
        self._show_comparison()

    # -- Person ------------------------------------------------------------------------------------

    def _now(self) -> Preprocessing:
        assert self._state.settings is not None  # the controls are off without settings
        return self._state.settings.used

    def _on_edited(self, edit: QLineEdit, read: Callable[[str], Preprocessing]) -> None:
        if self._state.settings is None or not edit.isModified():
            return
        try:
            settings = read(edit.text())
        except (ValueError, VisionError):
            _mark(edit, is_valid=False)
            return
        edit.setModified(False)
        _mark(edit, is_valid=True)
        if settings != self._now():
            self._model.set_preprocessing(settings)
        # The text is written anew in the usual form, also if the settings are the same.
        self._show_settings()


def _said(found: Comparison) -> str:
    if found.error is not None:
        return sentence_of(found.error)
    return f"{class_name(found.best.label)} {percent(found.best.probability)}" if found.best else ""


class _SettingEdit(QLineEdit):
    """A field that gives back its last good text on Escape."""

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape and self.isModified():
            self.setText(str(self.property("good_text") or ""))
            _mark(self, is_valid=True)
            return
        super().keyPressEvent(event)


def _edit(object_name: str) -> QLineEdit:
    edit = named(_SettingEdit(), object_name)
    edit.setAlignment(Qt.AlignmentFlag.AlignRight)
    edit.setMinimumWidth(70)
    set_role(edit, extent="compact")
    return edit


def _mark(edit: QLineEdit, is_valid: bool) -> None:
    """Draw a field that cannot be understood with a red border."""
    if is_valid:
        edit.setProperty("good_text", edit.text())
    set_role(edit, invalid="" if is_valid else "true")
