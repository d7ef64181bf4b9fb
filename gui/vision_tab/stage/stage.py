"""The stage: the picture, or what stands in its place, and the transport of a video."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum, auto

from PySide6.QtCore import QLocale, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QVBoxLayout

from gui.theme import GAP_L_PX, GAP_M_PX, INSET_PX, icon
from gui.vision_tab.stage.overlay import Badge, Explanation
from gui.vision_tab.stage.stage_view import StageView
from gui.widgets.basic import describe, label, push_button, set_role, tool_button
from gui.widgets.panel import Panel
from gui.widgets.slider import PositionSlider

__all__ = ["Stage", "TransportState"]


class _Card(Enum):
    NONE = auto()
    EMPTY = auto()
    WAITING = auto()
    ERROR = auto()


@dataclass(frozen=True)
class TransportState:
    """Where a video stands.

    Attributes
    ----------
    frame, frames
        The frame on show, from 0, and how many there are.
    fps
        Frames a second of the file.
    is_playing
        Whether it goes on by itself.
    """

    frame: int
    frames: int
    fps: float
    is_playing: bool


class Stage(Panel):
    """Show a picture with its reading, an empty state or an error, and a video's transport.

    Signals
    -------
    open_requested()
        The empty state's button.
    retry_requested()
        The error state's button.
    play_toggled(bool), frame_sought(int)
        The transport.
    """

    open_requested = Signal()
    retry_requested = Signal()
    play_toggled = Signal(bool)
    frame_sought = Signal(int)

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("stage")
        self.view = StageView()
        self._card_kind = _Card.EMPTY
        self._error_text = ""
        self._waiting_text = ""
        self._invitation = ""
        self._invitation_button = ""
        self._transport: TransportState | None = None
        self._make_card()
        self._make_transport()
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(self.view, 1)
        layout.addWidget(self.transport_bar)
        self._connect()
        self._show_card(_Card.EMPTY)
        set_role(self, role="inset")

    def _make_card(self) -> None:
        self.card = QFrame(self.view.viewport())
        self.card.setObjectName("stage_card")
        self._card_icon = QLabel()
        self._card_icon.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.card_text = label("card-title", "stage_card_text", wrap=True)
        self.card_text.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.card_hint = label("hint", "stage_card_hint", wrap=True)
        self.card_hint.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.card_button = push_button("stage_card_button", "primary", "bar")
        column = self._card_column = QVBoxLayout(self.card)
        column.setContentsMargins(24, 20, 24, 20)
        column.setSpacing(GAP_L_PX)
        column.addWidget(self._card_icon)
        column.addWidget(self.card_text)
        column.addWidget(self.card_hint)
        column.addWidget(self.card_button, 0, Qt.AlignmentFlag.AlignHCenter)

    def _make_transport(self) -> None:
        self.transport_bar = QFrame()
        self.transport_bar.setObjectName("transport_bar")
        self.play_button = tool_button("video_play")
        self.play_button.setIconSize(QSize(16, 16))
        self.position = PositionSlider()
        self.position.setPageStep(25)
        self.time_label = label("label", "video_time")
        row = QHBoxLayout(self.transport_bar)
        row.setContentsMargins(INSET_PX, 0, INSET_PX, GAP_M_PX)
        row.setSpacing(GAP_M_PX)
        row.addWidget(self.play_button)
        row.addWidget(self.position, 1)
        row.addWidget(self.time_label)
        self.transport_bar.hide()

    def _connect(self) -> None:
        self.card_button.clicked.connect(self._on_card_button_clicked)
        self.view.resized.connect(self._place_card)
        self.play_button.clicked.connect(self._on_play_clicked)
        # Only what a person does moves the video; showing a frame sets the value silently.
        self.position.valueChanged.connect(self.frame_sought)

    # -- Showing -----------------------------------------------------------------------------------

    def show_image(self, image: QImage, size: QSize | None = None) -> None:
        """Show a picture in place of any card; see `StageView.show_image`."""
        self.view.show_image(image, size)
        if self._card_kind is not _Card.NONE:
            self._show_card(_Card.NONE)

    def show_reading(self, badge: Badge | None, seen: QRectF | None, seen_text: str) -> None:
        """Show what the network says of the picture."""
        self.view.show_reading(badge, seen, seen_text)

    def show_explanation(self, explanation: Explanation | None) -> None:
        """Show an occlusion map, or none."""
        self.view.show_explanation(explanation)

    @property
    def is_empty(self) -> bool:
        """Whether the stage invites to drop something."""
        return self._card_kind is _Card.EMPTY

    @property
    def is_showing(self) -> bool:
        """Whether a picture is on the stage, and no card in its place."""
        return self._card_kind is _Card.NONE

    def show_empty(self, invitation: str, button: str) -> None:
        """Show an invitation with its button's text."""
        self._clear()
        self._invitation, self._invitation_button = invitation, button
        self._show_card(_Card.EMPTY)

    def show_waiting(self, text: str) -> None:
        """Say what is being waited for; the last picture goes."""
        self._clear()
        self._waiting_text = text
        self._show_card(_Card.WAITING)

    def show_error(self, text: str) -> None:
        """Say what went wrong with the source, with a button to try again."""
        self._clear()
        self._error_text = text
        self._show_card(_Card.ERROR)

    def show_transport(self, state: TransportState | None) -> None:
        """Show where the video stands; ``None`` hides the transport."""
        was_playing = self._transport.is_playing if self._transport is not None else None
        self._transport = state
        self.transport_bar.setVisible(state is not None)
        if state is None:
            return
        if not self.position.isSliderDown():
            self.position.blockSignals(True)
            self.position.setRange(0, max(0, state.frames - 1))
            self.position.setValue(state.frame)
            self.position.blockSignals(False)
        self._write_time(state)
        if was_playing != state.is_playing:
            self.refresh_icons()

    def show_target(self, is_target: bool) -> None:
        """Mark the stage while something is dragged over the tab."""
        self.view.show_target(is_target)

    def _clear(self) -> None:
        self.view.show_image(QImage())
        self.view.show_reading(None, None, "")
        self.view.show_explanation(None)

    def _show_card(self, kind: _Card) -> None:
        self._card_kind = kind
        self.card.setVisible(kind is not _Card.NONE)
        if kind is _Card.ERROR:
            set_role(self.card, role="card", tone="fail")
        else:
            set_role(self.card, role="", tone="")
        self.retranslate()
        self.refresh_icons()
        self._place_card()

    def _write_time(self, state: TransportState) -> None:
        fps = state.fps if state.fps > 0 else 25.0
        texts = (_clock(state.frame / fps), _clock(max(0, state.frames - 1) / fps))
        self.time_label.setText(self.tr("{now} of {end}").format(now=texts[0], end=texts[1]))

    def retranslate(self) -> None:
        """Write every text in the language in use."""
        self.view.setAccessibleName(self.tr("Stage: the picture and what the network says of it"))
        self.view.show_hint(self.tr("Drop a picture, a folder or a video anywhere here"))
        describe(self.play_button, self.tr("Play or pause the video"))
        describe(self.position, self.tr("Position in the video"))
        if self._transport is not None:
            self._write_time(self._transport)
        if self._card_kind is _Card.ERROR:
            self.card_text.setText(self._error_text)
            self.card_hint.setText("")
            self.card_button.setText(self.tr("Try again"))
        elif self._card_kind is _Card.WAITING:
            self.card_text.setText(self._waiting_text)
            self.card_hint.setText("")
        else:
            self.card_text.setText(self._invitation)
            self.card_hint.setText(
                self.tr("Or paste one with Ctrl+V. Nothing leaves this computer.")
            )
            self.card_button.setText(self._invitation_button)
        self.card_hint.setVisible(bool(self.card_hint.text()))
        self.card_button.setVisible(self._card_kind is not _Card.WAITING)
        describe(self.card_button, self.card_button.text())
        self._place_card()

    def refresh_icons(self) -> None:
        """Draw the icons in the active theme's colours."""
        playing = self._transport is not None and self._transport.is_playing
        self.play_button.setIcon(icon("pause-fill" if playing else "play-fill"))
        name, token = {
            _Card.ERROR: ("x-circle", "fail"),
            _Card.WAITING: ("hourglass", "t3"),
        }.get(self._card_kind, ("image-square", "t3"))
        self._card_icon.setPixmap(icon(name, token).pixmap(36, 36))

    # -- Person ------------------------------------------------------------------------------------

    def _on_card_button_clicked(self) -> None:
        if self._card_kind is _Card.ERROR:
            self.retry_requested.emit()
        else:
            self.open_requested.emit()

    def _on_play_clicked(self) -> None:
        if self._transport is not None:
            self.play_toggled.emit(not self._transport.is_playing)

    # -- Qt ----------------------------------------------------------------------------------------

    def _place_card(self) -> None:
        """Put the card into the middle of the view."""
        room = self.view.viewport().rect()
        width = min(400, room.width() - 40)
        self.card.setFixedWidth(max(200, width))
        self.card.adjustSize()
        height = self._card_column.heightForWidth(self.card.width())
        self.card.resize(self.card.width(), max(height, self.card.sizeHint().height()))
        centre = room.center()
        self.card.move(centre.x() - self.card.width() // 2, centre.y() - self.card.height() // 2)

    def restyle(self) -> None:
        """Put on the theme in use."""
        self.refresh_icons()
        self.view.viewport().update()


def _clock(seconds: float) -> str:
    """Return minutes, seconds and tenths, with the language's decimal sign."""
    minutes, rest = divmod(max(0.0, seconds), 60)
    point = QLocale().decimalPoint()
    whole, tenth = divmod(int(rest * 10), 10)
    return f"{int(minutes)}:{whole:02d}{point}{tenth}"
