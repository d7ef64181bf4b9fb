"""The stage: the picture or a card in its place, and a video's controls."""

from __future__ import annotations

from operator import attrgetter

import numpy as np
from PySide6.QtCore import QLocale, QRectF, QSignalBlocker, QSize, Qt
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QFrame

from foundation.text import tr
from gui.error_texts import sentence_of
from gui.format import percent, show_fixed, show_integer
from gui.theme import GAP_L_PX, GAP_M_PX, INSET_PX, IconLabel, icon
from gui.vision_tab.class_names import class_name
from gui.vision_tab.opening import ask_files
from gui.vision_tab.stage.boxes import boxes_of, dropped_boxes
from gui.vision_tab.stage.images import PixelImage
from gui.vision_tab.stage.overlay import Badge, Explanation, contours_of
from gui.vision_tab.stage.stage_view import StageView
from gui.vision_tab.state import SourceKind, StageKind, StageState, TransportState, VisionState
from gui.vision_tab.status import invitation
from gui.vision_tab.vision_model import VisionModel
from gui.widgets.basic import (
    breakable,
    label,
    named,
    push_button,
    set_role,
    tool_button,
    write_on,
)
from gui.widgets.layouts import hbox, vbox
from gui.widgets.panel import Panel
from gui.widgets.slider import Slider
from gui.widgets.texts import worded
from vision.classification import ClassificationResult
from vision.jobs.picture_jobs import OcclusionView
from vision.jobs.session import PictureResult
from vision.jobs.stream_job import ShownFrame
from vision.look.occlusion import MIN_DROP
from vision.networks.segmenter import MaskResult, veil_of

_OVER = attrgetter("result", "threshold", "objects", "cut", "explanation")


class Stage(Panel):
    """A picture with its result or a card, and a video's controls.

    Parameters
    ----------
    prefix
        Prefix of the object names if the window has another stage.
    is_small
        Whether the picture uses all the space, and nothing can be dropped on it.

    Attributes
    ----------
    transport_bar
        Controls of a video; laid out below the stage, or below whatever replaces it.
    """

    def __init__(self, model: VisionModel, prefix: str = "", is_small: bool = False) -> None:
        super().__init__(f"{prefix}stage")
        self._prefix, self._is_small = prefix, is_small
        self._model = model
        self._state = VisionState()
        self.view = worded(
            StageView(self._on_view_resized, model.highlight, is_small),
            accessible_name="Stage: the picture and what the network says of it",
            tip="",
        )
        named(self.view, f"{prefix}stage_view")
        self._make_card()
        self._make_transport()
        vbox((self.view, 1), on=self, gap=0, margins=0)
        model.frame_shown.connect(self._show_frame)
        self.view.painted.connect(model.set_paint_time)
        set_role(self, role="inset")
        self.retranslate()

    def _make_card(self) -> None:
        prefix, centre = self._prefix, Qt.AlignmentFlag.AlignCenter
        self.card = named(QFrame(self.view), f"{prefix}stage_card")
        self._card_icon = IconLabel(36)
        self.card_text = label("card-title", f"{prefix}stage_card_text", wrap=True)
        self.card_hint = label("hint", f"{prefix}stage_card_hint", wrap=True)
        for part in (self._card_icon, self.card_text, self.card_hint):
            part.setAlignment(centre)
        self.card_button = push_button(
            f"{prefix}stage_card_button", "primary", "bar", do=self._on_card_button_clicked
        )
        self._card_column = vbox(
            self._card_icon,
            self.card_text,
            self.card_hint,
            (self.card_button, 0, Qt.AlignmentFlag.AlignHCenter),
            on=self.card,
            gap=GAP_L_PX,
            margins=(24, 20),
        )

    def _make_transport(self) -> None:
        model = self._model
        self.transport_bar = named(QFrame(), f"{self._prefix}transport_bar")
        set_role(self.transport_bar, role="canvas")
        self.play_button = tool_button(
            f"{self._prefix}video_play",
            icon=icon("play-fill"),
            do=lambda: model.set_frozen(self._is_playing),
            accessible_name="Play or pause the video",
        )
        self.play_button.setIconSize(QSize(16, 16))
        self.position = worded(
            Slider(f"{self._prefix}video_position"), accessible_name="Position in the video"
        )
        self.position.setPageStep(25)
        # Only what the user does moves the video; showing a frame sets the value silently.
        self.position.valueChanged.connect(model.seek)
        self.position.sliderPressed.connect(lambda: model.hold_for_drag(True))
        self.position.sliderReleased.connect(lambda: model.hold_for_drag(False))
        self.time_label = label("label", f"{self._prefix}video_time")
        parts = (self.play_button, (self.position, 1), self.time_label)
        margins = (INSET_PX, 0, INSET_PX, GAP_M_PX)
        hbox(*parts, on=self.transport_bar, gap=GAP_M_PX, margins=margins)
        self.transport_bar.hide()

    # -- Showing -----------------------------------------------------------------------------------

    def show_state(self, state: VisionState) -> None:
        """Show the picture or card, the label, the map and the video's position."""
        old, self._state = self._state, state
        source = state.source
        if self.view.show_mirrored(source.is_mirrored and source.kind is SourceKind.CAMERA):
            self._model.set_display_size(self.view.display_size)
        if (state.stage, source.kind) != (old.stage, old.source.kind):
            self._show_card()
        result = state.result
        if result is not old.result and result is not None and result.pixels is not None:
            # Frames of a stream are drawn before anything is known of them.
            height, width = result.picture.shape[:2]
            self.view.show_image(PixelImage(result.pixels), QSize(width, height))
        if _OVER(state) != _OVER(old):
            self._show_over()
        if state.transport != old.transport:
            self._show_transport()
        if source != old.source:
            self.view.show_label(source.shows_label)
            self.play_button.setIcon(icon("pause-fill" if self._is_playing else "play-fill"))

    def _show_over(self) -> None:
        """Show the overlays of the picture: label, boxes, veil and occlusion map."""
        self._write_badge()
        self._show_boxes()
        self._show_veil()
        view = self._state.explanation
        self.view.show_explanation(None if view is None else _explanation(view))

    def _show_boxes(self) -> None:
        boxes = (*boxes_of(self._state), *dropped_boxes(self._state))
        self.view.show_boxes(boxes, self._state.objects.lit)

    def _show_veil(self) -> None:
        """Draw the background's replacement over the picture."""
        shown = self._state.result
        if shown is None or not isinstance(shown.result, MaskResult):
            self.view.show_veil(QImage())
            return
        pixels = veil_of(shown.picture, shown.result, self._state.cut)
        self.view.show_veil(PixelImage(np.ascontiguousarray(pixels), has_alpha=True))

    def _show_frame(self, shown: ShownFrame) -> None:
        height, width = shown.frame.picture.shape[:2]
        self.view.show_image(PixelImage(shown.pixels, shown.display.ratio), QSize(width, height))

    def _show_card(self) -> None:
        stage = self._state.stage
        kind = stage.kind
        is_fault = kind is StageKind.TROUBLE
        self.card.setVisible(kind is not StageKind.PICTURE)
        if kind is not StageKind.PICTURE:
            self.view.show_image(QImage())
        set_role(self.card, role="card" if is_fault else "", tone="fail" if is_fault else "")
        signs = {StageKind.TROUBLE: ("x-circle", "fail"), StageKind.WAITING: ("hourglass", "t3")}
        self._card_icon.show_icon(*signs.get(kind, ("image-square", "t3")))
        hint = button = ""
        if is_fault:
            text, button = _trouble(stage), tr("Try again")
        elif kind is StageKind.WAITING:
            text = tr("Waiting for {name}.", name=stage.name)
        else:
            text, button = invitation(self._state.source.kind)
            hint = "" if self._is_small else _hint(self._state.source.kind)
        self.card_text.setText(breakable(text))
        self.card_hint.setText(hint)
        self.card_hint.setVisible(bool(hint))
        write_on(self.card_button, button)
        self.card_button.setVisible(bool(button))
        self._place_card()

    @property
    def _is_playing(self) -> bool:
        return self._state.source.is_live and not self._state.source.is_frozen

    def _show_transport(self) -> None:
        transport = self._state.transport
        self.transport_bar.setVisible(transport is not None)
        if transport is None:
            return
        if not self.position.isSliderDown():
            with QSignalBlocker(self.position):
                self.position.setRange(0, max(0, transport.frames - 1))
                self.position.setValue(transport.frame)
        self._write_time(transport)

    # -- Words -------------------------------------------------------------------------------------

    def retranslate(self) -> None:
        """Set every text in the current language."""
        if not self._is_small:
            self.view.show_hint(tr("Drop a picture, a folder or a video anywhere here"))
        if self._state.transport is not None:
            self._write_time(self._state.transport)
        self._show_card()
        self._show_over()

    def _write_badge(self) -> None:
        result = self._state.result
        best = result.result.best if result is not None else None
        if result is None or best is None or not isinstance(result.result, ClassificationResult):
            self.view.show_reading(None, None, "")
            return
        share, label = percent(best.probability), class_name(best.label)
        badge = (
            Badge(label, share)
            if result.result.is_sure(self._state.threshold)
            else Badge(tr("not sure"), f"{label} {share}", is_sure=False)
        )
        self.view.show_reading(badge, QRectF(*result.result.seen), _seen_text(result))

    def _write_time(self, state: TransportState) -> None:
        texts = (_clock(state.frame / state.fps), _clock(max(0, state.frames - 1) / state.fps))
        self.time_label.setText(tr("{now} of {end}", now=texts[0], end=texts[1]))
        if not self._is_playing:
            self.position.say(self.time_label.text())

    # -- The user ----------------------------------------------------------------------------------

    def _on_card_button_clicked(self) -> None:
        if self._state.stage.kind is StageKind.TROUBLE:
            self._model.try_again()
        else:
            ask_files(self, self._model, self._state.source.kind)

    # -- Qt ----------------------------------------------------------------------------------------

    def _on_view_resized(self) -> None:
        self._place_card()
        self._model.set_display_size(self.view.display_size)

    def _place_card(self) -> None:
        """Centre the card in the view."""
        room = self.view.rect()
        width = max(200, min(400, room.width() - 40))
        # Not the size hint: it is that of a narrower card, whose texts take more lines.
        self.card.setFixedSize(width, self._card_column.heightForWidth(width))
        centre = room.center()
        self.card.move(centre.x() - self.card.width() // 2, centre.y() - self.card.height() // 2)


def _explanation(view: OcclusionView) -> Explanation:
    found, most = view.map, 100 * view.map.scale_maximum  # the end of the scale
    points = show_integer(most) if most >= 1 else show_fixed(most, 1)
    if not found.finished:
        sentence = tr(
            "Hiding one part after the other: {done} of {total}",
            done=show_integer(found.done),
            total=show_integer(found.total),
        )
        detail = tr(
            "bright: all {points} points lost, until the scale is fitted at the end",
            points=points,
        )
    else:
        sentence = (
            tr("Hiding any one part changes little")
            if float(found.drops.max()) < MIN_DROP
            else tr("Hiding the bright part costs up to {points} points", points=points)
        )
        detail = tr(
            "grey patch {patch} px, step {step} px, {passes} passes, {time} s",
            patch=show_integer(view.patch_px),
            step=show_integer(view.step_px),
            passes=show_integer(found.done),
            time=show_fixed(view.seconds, 1),
        )
    veil = PixelImage(view.veil, has_alpha=True)
    contours = contours_of(found.drops) if found.finished else ()
    return Explanation(veil, contours, sentence, detail, f"−{points}")


def _hint(kind: SourceKind) -> str:
    if kind is SourceKind.IMAGE:
        return tr("Or paste one with Ctrl+V. Nothing leaves this computer.")
    if kind is SourceKind.CAMERA:
        return tr("Cameras are listed in the menu above. Nothing leaves this computer.")
    return tr("Nothing leaves this computer.")


def _trouble(stage: StageState) -> str:
    if stage.error is not None:
        return f"{sentence_of(stage.error)} {tr('Glassnet keeps trying.')}"
    return (
        tr("{name} holds no picture that can be shown.")
        if stage.was_opened
        else tr("{name} cannot be opened.")
    ).format(name=stage.name)


def _seen_text(result: PictureResult) -> str:
    settings = result.preprocessing
    if not settings.crop:
        return tr("the network sees the whole picture, squashed")
    if settings.size_wh[0] == settings.size_wh[1]:
        return tr("the network sees this square")
    return tr("the network sees this part")


def _clock(seconds: float) -> str:
    """Format minutes, seconds and tenths in the current language."""
    minutes, rest = divmod(max(0.0, seconds), 60)
    point = QLocale().decimalPoint()
    whole, tenth = divmod(int(rest * 10), 10)
    return f"{int(minutes)}:{whole:02d}{point}{tenth}"
