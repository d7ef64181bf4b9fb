"""The network's input as a picture, and the settings that produce it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from html import escape
from typing import Any

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QGridLayout, QLabel, QWidget

from foundation.text import mark, tr
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
    check_box,
    label,
    push_button,
    rule,
    set_role,
    strong,
)
from gui.widgets.fields import ValueEdit, caption_of
from gui.widgets.layouts import STRETCH, hbox, vbox
from gui.widgets.painting import AT_RIGHT, clipped, draw_box, set_text_style, with_alpha
from gui.widgets.panel import Panel
from gui.widgets.texts import worded
from vision.errors import VisionError
from vision.jobs.session import PictureResult
from vision.look.xray import Comparison, Mistake, TensorView, view_tensor
from vision.pictures.pixels import Pixels
from vision.pictures.preprocessing import Preprocessing

PICTURE_PX = 104


class TensorPicture(QWidget):
    """The tensor as a picture, with its channels in grey below."""

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("xray_picture")
        self.tensor: TensorView | None = None
        self.setFixedSize(PICTURE_PX, PICTURE_PX + 4 + (PICTURE_PX - 8) // 3)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint the picture and its channels, or empty boxes."""
        painter = QPainter(self)
        painter.setRenderHints(
            QPainter.RenderHint.Antialiasing | QPainter.RenderHint.SmoothPixmapTransform
        )
        tensor = self.tensor
        square = QRectF(0, 0, PICTURE_PX, PICTURE_PX)
        self._paint(painter, square, None if tensor is None else tensor.pixels)
        side = (PICTURE_PX - 8) / 3
        for place in range(3):
            box = QRectF(place * (side + 4), PICTURE_PX + 4, side, side)
            if tensor is None or place >= len(tensor.channels):
                self._paint(painter, box, None)
                continue
            self._paint(painter, box, tensor.channels[place])
            if len(tensor.names) > 1:
                chip = QRectF(box.left() + 2, box.bottom() - 18, 15, 16)
                draw_box(painter, chip, 3, with_alpha(DARK.bg0, 224 / 255))
                set_text_style(painter, DARK.t1, CAPTION_PX, 600)
                painter.drawText(chip, Qt.AlignmentFlag.AlignCenter, tensor.names[place])

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


class _SettingEdit[Value](ValueEdit[Value]):
    """A field for one preprocessing setting.

    Parameters
    ----------
    field
        Name of the setting in `Preprocessing`.
    write, read
        Format a value as text, and parse a text; `read` raises ``ValueError`` for an invalid text.
    """

    def __init__(
        self,
        object_name: str,
        field: str,
        write: Callable[[Value], str],
        read: Callable[[str], Value],
    ) -> None:
        super().__init__(object_name, getattr(Preprocessing(), field))
        self.setAlignment(Qt.AlignmentFlag.AlignRight)
        self.setMinimumWidth(70)
        set_role(self, extent="compact")
        self.field, self._write_value, self._read = field, write, read
        self.write()

    def text_of(self, value: Value) -> str:
        return self._write_value(value)

    def read(self, text: str) -> Value | None:
        try:
            value = self._read(text)
            change: dict[str, Any] = {self.field: value}
            replace(Preprocessing(), **change)
        except (ValueError, VisionError):
            return None
        return value

    def write(self) -> None:
        super().write()
        self.setCursorPosition(0)  # where there is no room, the first number is seen


class XrayPanel(Panel):
    """The tensor and its settings, which the user can change."""

    def __init__(self, model: VisionModel) -> None:
        super().__init__("xray_panel")
        self._model = model
        self._state = VisionState()
        self._looked_at: PictureResult | None = None
        self.picture = worded(
            TensorPicture(),
            accessible_name="What the network sees",
            tip="The tensor as a picture, and its channels",
        )
        self.reset_button = push_button(
            "xray_reset",
            "link",
            "small",
            do=lambda: model.set_preprocessing(None),
            text="Reset to model",
            accessible_name="Use the model's own settings again",
        )
        self.size_edit = _SettingEdit("xray_size", "size_wh", format_size, parse_size)
        self.mean_edit = _SettingEdit("xray_mean", "mean", format_three, parse_three)
        self.scale_edit = _SettingEdit("xray_scale", "scale", format_scale, parse_scale)
        self.std_edit = _SettingEdit("xray_std", "std", format_three, parse_three)
        self._edits: dict[_SettingEdit[Any], QLabel] = {
            edit: caption_of(edit, "label", "preprocessing", caption, tip)
            for edit, caption, tip in (
                (self.size_edit, mark("Size"), mark("Width × height of the tensor in pixels")),
                (
                    self.mean_edit,
                    mark("Mean"),
                    mark("Taken off each channel, 0 to 255, in the network's order"),
                ),
                (
                    self.scale_edit,
                    mark("Scale"),
                    mark("Multiplies each value after the mean is taken off; 1 / 128 works too"),
                ),
                (self.std_edit, mark("Std"), mark("Divides each channel last")),
            )
        }
        self.swap_box = check_box(
            "xray_swap_rb",
            partial(self._enter, "swap_rb"),
            text=lambda: "swapRB",
            tip="Swap red and blue: pictures are BGR, most networks want RGB",
        )
        self.crop_box = check_box(
            "xray_crop",
            partial(self._enter, "crop"),
            text="Crop",
            tip="Cut out the middle square; off squashes the whole picture",
        )
        self._facts = [label("", name) for name in ("xray_shape", "xray_range", "xray_mean_value")]
        self.compare_button = push_button(
            "xray_compare",
            size="small",
            do=model.compare,
            text="Right against wrong",
            tip="Classify the picture with the usual mistakes in these settings",
        )
        self.comparison = as_html(label("caption", "xray_comparison", wrap=True))
        self._note = label(
            "hint",
            "xray_note",
            wrap=True,
            text="These are not the settings the model was trained with.",
        )
        self.keep_button = push_button(
            "xray_keep",
            "link",
            "small",
            do=model.keep_settings,
            text="Keep with the model",
            tip="Write these settings beside the model, for the command line too",
        )
        for edit in self._edits:
            edit.entered.connect(partial(self._enter, edit.field))
        self._lay_out()
        self.compare_button.setEnabled(False)
        self.retranslate()

    def _lay_out(self) -> None:
        grid = QGridLayout()
        grid.setHorizontalSpacing(GAP_M_PX)
        grid.setVerticalSpacing(2)
        grid.setColumnStretch(1, 1)
        for row, (edit, caption) in enumerate(self._edits.items()):
            grid.addWidget(caption, row, 0)
            grid.addWidget(edit, row, 1)
        facts = QGridLayout()
        facts.setVerticalSpacing(3)
        facts.setColumnStretch(0, 1)
        names = (mark("shape"), mark("min / max"), mark("mean"))
        for row, (name, fact) in enumerate(zip(names, self._facts, strict=True)):
            facts.addWidget(explain(label("label", text=name), "blob"), row, 0)
            facts.addWidget(fact, row, 1, AT_RIGHT)
        settings = vbox(
            grid,
            hbox(self.swap_box, STRETCH, self.crop_box),
            rule(),
            facts,
            STRETCH,
            (self.compare_button, 0, Qt.AlignmentFlag.AlignRight),
            gap=GAP_S_PX + 3,
        )
        title = explain(label("title", text="Blob X-ray"), "blob", "preprocessing")
        vbox(
            hbox(title, STRETCH, self.reset_button),
            hbox((self.picture, 0, Qt.AlignmentFlag.AlignTop), (settings, 1), gap=INSET_PX),
            self._note,
            (self.keep_button, 0, Qt.AlignmentFlag.AlignLeft),
            self.comparison,
            on=self,
            gap=GAP_S_PX,
            margins=(INSET_PX + 2, INSET_PX - 2),
        )

    # -- Showing -----------------------------------------------------------------------------------

    def show_state(self, state: VisionState) -> None:
        """Show the network's input, its settings, and a comparison with other settings."""
        old, self._state = self._state, state
        self._show_tensor(state.result)
        if state.settings != old.settings:  # a field that the user is in keeps its selection
            self._show_settings()
        self.compare_button.setEnabled(state.source.can_explain)
        if state.comparison is not old.comparison:
            self._show_comparison()

    def _show_tensor(self, result: PictureResult | None) -> None:
        """Show the network's input for a picture, or for a recent frame."""
        tensor = result.tensor if result is not None else None
        if result is not None and tensor is None:
            if result is self._looked_at:
                return
            tensor = view_tensor(result.picture, result.preprocessing, result.model.preprocessing)
        self._looked_at = result
        if tensor is not self.picture.tensor:
            self.picture.tensor = tensor
            self.picture.update()
            self._write_facts()

    def _write_facts(self) -> None:
        tensor = self.picture.tensor
        texts = ["–", "–", "–"]
        if tensor is not None:
            texts = [
                "×".join(map(str, tensor.shape)),
                f"{show_fixed(tensor.minimum, 2)} / {show_fixed(tensor.maximum, 2)}",
                show_fixed(tensor.mean, 3),
            ]
        for fact, text in zip(self._facts, texts, strict=True):
            fact.setText(text)

    def _show_settings(self) -> None:
        shown = self._state.settings
        for widget in (*self._edits, self.swap_box, self.crop_box):
            widget.setEnabled(shown is not None)
        self.reset_button.setEnabled(shown is not None and shown.used != shown.own)
        self._note.setVisible(self.reset_button.isEnabled())
        self.keep_button.setVisible(shown is not None and shown.can_be_saved)
        shows_std = False
        if shown is not None:
            for edit in self._edits:
                edit.show_value(getattr(shown.used, edit.field))
            self.swap_box.setChecked(shown.used.swap_rb)
            self.swap_box.setEnabled(shown.used.channels == 3)
            self.crop_box.setChecked(shown.used.crop)
            shows_std = {shown.used.std, shown.own.std} != {(1.0, 1.0, 1.0)}
        self.std_edit.setVisible(shows_std)
        self._edits[self.std_edit].setVisible(shows_std)

    def _show_comparison(self) -> None:
        """Show the result for each setting, with the model's own in bold."""
        self.comparison.setVisible(bool(self._state.comparison))
        rows = ""
        for mistake, found in self._state.comparison:
            first, second = escape(self._name(mistake)), escape(_answer_text(found))
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
        """Set every text in the current language."""
        for edit in self._edits:
            edit.write()
        self._show_settings()
        self._write_facts()
        self._show_comparison()

    def _enter(self, field: str, value: object) -> None:
        assert self._state.settings is not None  # the controls are off without settings
        change: dict[str, Any] = {field: value}
        self._model.set_preprocessing(replace(self._state.settings.used, **change))


def _answer_text(found: Comparison) -> str:
    if found.error is not None:
        return sentence_of(found.error)
    return f"{class_name(found.best.label)} {percent(found.best.probability)}" if found.best else ""
