"""Sources, cameras and their switches."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum

from PySide6.QtCore import QEvent, QPoint, QSize, Qt, Signal
from PySide6.QtGui import QAction, QActionGroup, QResizeEvent
from PySide6.QtWidgets import QAbstractButton, QHBoxLayout, QMenu, QToolButton, QWidget

from gui.theme import GAP_M_PX, icon
from gui.widgets.basic import Segments, describe, push_button, rule, set_role, tool_button
from gui.widgets.panel import Panel
from gui.widgets.toggle import Switch

__all__ = ["OPEN_KEYS", "CameraChoice", "CameraMenu", "SourceBar", "SourceKind", "SourceState"]


class SourceKind(IntEnum):
    """Where pictures come from; the value is the segment's place."""

    IMAGE = 0
    FOLDER = 1
    VIDEO = 2
    CAMERA = 3


@dataclass(frozen=True)
class SourceState:
    """What the bar shows.

    Attributes
    ----------
    kind
        The chosen source.
    is_live
        Whether frames are coming from a camera or a video.
    is_frozen
        Whether such a source is held at one frame.
    has_picture
        Whether there is something to save or to explain.
    can_explain
        Whether an occlusion map can be made of what is on show.
    is_recording, shows_occlusion, shows_label, is_mirrored
        The switches.
    resolution_wh
        The chosen resolution of cameras.
    """

    kind: SourceKind = SourceKind.IMAGE
    is_live: bool = False
    is_frozen: bool = False
    has_picture: bool = False
    can_explain: bool = False
    is_recording: bool = False
    shows_occlusion: bool = False
    shows_label: bool = True
    is_mirrored: bool = False
    resolution_wh: tuple[int, int] | None = None


@dataclass(frozen=True)
class CameraChoice:
    """One camera of the menu.

    Attributes
    ----------
    name
        What the system calls it.
    key
        What the controller opens it by.
    """

    name: str
    key: object


class CameraMenu(QMenu):
    """Offer cameras, and how they are looked through; made anew whenever it is about to open.

    Signals
    -------
    camera_chosen(object), address_requested(), mirror_toggled(bool), resolution_chosen(object)
        What was chosen; a resolution is (width, height), or ``None`` for the camera's own.
    """

    camera_chosen = Signal(object)
    address_requested = Signal()
    mirror_toggled = Signal(bool)
    resolution_chosen = Signal(object)

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName("camera_menu")

    def show_cameras(
        self,
        cameras: list[CameraChoice],
        sizes_wh: tuple[tuple[int, int], ...],
        size_wh: tuple[int, int] | None,
        is_mirrored: bool,
    ) -> None:
        """Offer cameras and resolutions to ask them for; `size_wh` and `is_mirrored` are in use."""
        self.clear()
        group = QActionGroup(self)
        for number, camera in enumerate(cameras):
            action = self.addAction(camera.name)
            action.setObjectName(f"camera_{number}")
            action.setActionGroup(group)
            action.triggered.connect(
                lambda _checked=False, key=camera.key: self.camera_chosen.emit(key)
            )
        if not cameras:
            self.addAction(self.tr("No camera found")).setEnabled(False)
        self.addSeparator()
        address = self.addAction(self.tr("Network address..."))
        address.setObjectName("camera_address")
        address.triggered.connect(self.address_requested)
        self._add_resolutions(sizes_wh, size_wh)
        mirror = self.addAction(self.tr("Mirrored view"))
        mirror.setObjectName("camera_mirrored")
        mirror.setCheckable(True)
        mirror.setChecked(is_mirrored)
        mirror.triggered.connect(self.mirror_toggled)

    def _add_resolutions(
        self, sizes_wh: tuple[tuple[int, int], ...], size_wh: tuple[int, int] | None
    ) -> None:
        menu = self.addMenu(self.tr("Resolution"))
        menu.setObjectName("camera_resolutions")
        group = QActionGroup(menu)
        for size in (None, *sizes_wh):
            text = self.tr("The camera's own") if size is None else f"{size[0]} × {size[1]}"
            action = menu.addAction(text)
            action.setObjectName(f"resolution_{size[0]}" if size is not None else "resolution_own")
            action.setCheckable(True)
            action.setChecked(size == size_wh)
            action.setActionGroup(group)
            action.triggered.connect(
                lambda _checked=False, size=size: self.resolution_chosen.emit(size)
            )


HEIGHT_PX = 48
# So that a live camera has all its words on a screen of 1440 pixels.
GAP_PX = 6
# Ctrl+O is the window's own: it opens an experiment.
OPEN_KEYS = "Ctrl+Shift+O"
# How much goes from the bar where there is no room: the words of one action after the other, the
# one that goes on with a held stream last, and then those of the sources.
LEVELS = 5
_SNAPSHOT_GOES, _RECORD_GOES, _FREEZE_GOES, _SOURCES_GO = range(1, LEVELS)


class SourceBar(Panel):
    """Let a person choose the source and say what to do with the picture on show.

    Signals
    -------
    source_chosen(SourceKind)
        A segment other than Camera was clicked.
    open_requested(SourceKind)
        The primary button: open a file or folder of the chosen kind.
    cameras_requested()
        The camera menu is about to open; answer with `show_cameras`.
    camera_chosen(object), address_requested(), mirror_toggled(bool), resolution_chosen(object)
        As in :class:`gui.vision_tab.camera_menu.CameraMenu`.
    freeze_toggled(bool), record_toggled(bool), occlusion_toggled(bool), label_toggled(bool)
        Switches, with their new value.
    snapshot_requested(str)
        ``"app"`` or ``"tutorial"``: the style to save the picture in.
    """

    source_chosen = Signal(object)
    open_requested = Signal(object)
    cameras_requested = Signal()
    camera_chosen = Signal(object)
    address_requested = Signal()
    mirror_toggled = Signal(bool)
    resolution_chosen = Signal(object)
    freeze_toggled = Signal(bool)
    record_toggled = Signal(bool)
    occlusion_toggled = Signal(bool)
    label_toggled = Signal(bool)
    snapshot_requested = Signal(str)

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("source_bar")
        self.setFixedHeight(HEIGHT_PX)
        self._state = SourceState()
        self._level = 0
        self._widths_px = [0] * LEVELS
        self.sources = Segments(["source_image", "source_folder", "source_video", "source_camera"])
        self.open_button = push_button("open_source", "primary", "bar")
        self.freeze_button = push_button("freeze", "", "bar")
        self.snapshot_button = tool_button("snapshot", "", "bar")
        self.record_button = push_button("record_csv", "", "bar")
        self.record_button.setCheckable(True)
        self.occlusion_switch = Switch("occlusion_switch")
        self.label_switch = Switch("label_switch")
        self._make_menus()
        self._lay_out()
        self._connect()
        set_role(self, role="bar")
        self.show_state(self._state)

    def _make_menus(self) -> None:
        self.camera_menu = CameraMenu(self)
        # The menu hangs at the segment without setMenu(): a button with a menu cannot be checked
        # by the group when its own action is chosen.
        self.snapshot_menu = QMenu(self)
        self.snapshot_menu.setObjectName("snapshot_menu")
        self._app_style = QAction(self.snapshot_menu)
        self._tutorial_style = QAction(self.snapshot_menu)
        self._app_style.setObjectName("snapshot_app_style")
        self._tutorial_style.setObjectName("snapshot_tutorial_style")
        self.snapshot_menu.addActions([self._app_style, self._tutorial_style])
        self.snapshot_button.setMenu(self.snapshot_menu)
        self.snapshot_button.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self.snapshot_button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)

    def _lay_out(self) -> None:
        layout = self._row = QHBoxLayout(self)
        layout.setContentsMargins(GAP_M_PX, 0, GAP_M_PX, 0)
        layout.setSpacing(GAP_PX)
        layout.addWidget(self.sources)
        layout.addWidget(self.open_button)
        divider = rule(vertical=True)
        divider.setFixedHeight(24)
        layout.addWidget(divider)
        for button in (self.freeze_button, self.snapshot_button, self.record_button):
            button.setIconSize(QSize(15, 15))
            layout.addWidget(button)
        layout.addStretch(1)
        layout.addWidget(self.occlusion_switch)
        layout.addWidget(self.label_switch)
        for kind in SourceKind:
            self.sources.button(kind).setIconSize(QSize(15, 15))

    def _connect(self) -> None:
        self.sources.group.idClicked.connect(self._on_segment_clicked)
        self.camera_menu.camera_chosen.connect(self.camera_chosen)
        self.camera_menu.address_requested.connect(self.address_requested)
        self.camera_menu.mirror_toggled.connect(self.mirror_toggled)
        self.camera_menu.resolution_chosen.connect(self.resolution_chosen)
        self.open_button.clicked.connect(lambda: self.open_requested.emit(self._state.kind))
        self.freeze_button.clicked.connect(
            lambda: self.freeze_toggled.emit(not self._state.is_frozen)
        )
        self.record_button.clicked.connect(self.record_toggled)
        self.occlusion_switch.clicked.connect(self.occlusion_toggled)
        self.label_switch.clicked.connect(self.label_toggled)
        self._app_style.triggered.connect(lambda: self.snapshot_requested.emit("app"))
        self._tutorial_style.triggered.connect(lambda: self.snapshot_requested.emit("tutorial"))

    # -- Showing -----------------------------------------------------------------------------------

    def show_state(self, state: SourceState) -> None:
        """Show the source and which buttons make sense for it."""
        self._state = state
        self.sources.choose(state.kind)
        # Held, the one thing to do is to go on; then Resume is the primary button.
        self.open_button.setVisible(not state.is_frozen or state.kind is not SourceKind.CAMERA)
        self.freeze_button.setEnabled((state.is_live and state.has_picture) or state.is_frozen)
        set_role(self.freeze_button, tone="primary" if state.is_frozen else "")
        self.snapshot_button.setEnabled(state.has_picture)
        self.record_button.setChecked(state.is_recording)
        self.occlusion_switch.setEnabled(state.can_explain or state.shows_occlusion)
        self.occlusion_switch.setChecked(state.shows_occlusion)
        self.label_switch.setChecked(state.shows_label)
        self.retranslate()
        self.refresh_icons()

    def show_cameras(
        self, cameras: list[CameraChoice], sizes_wh: tuple[tuple[int, int], ...]
    ) -> None:
        """Fill the camera menu with cameras and with resolutions to ask them for."""
        state = self._state
        self.camera_menu.show_cameras(cameras, sizes_wh, state.resolution_wh, state.is_mirrored)

    def retranslate(self) -> None:
        """Write every text in the language in use."""
        self._write_texts()
        self._measure()

    def _write_texts(self) -> None:
        names = (self.tr("Image"), self.tr("Folder"), self.tr("Video"), self.tr("Camera"))
        tips = (
            self.tr("Classify pictures one by one"),
            self.tr("Classify every picture of a folder"),
            self.tr("Classify a video while it plays"),
            self.tr("Choose a camera or a network stream"),
        )
        for kind in SourceKind:
            text = f"{names[kind]} ▾" if kind is SourceKind.CAMERA else names[kind]
            self.sources.button(kind).setText(text)
            describe(self.sources.button(kind), names[kind], tips[kind])
        opens = {
            SourceKind.IMAGE: self.tr("Open image..."),
            SourceKind.FOLDER: self.tr("Open folder..."),
            SourceKind.VIDEO: self.tr("Open video..."),
            SourceKind.CAMERA: self.tr("Open address..."),
        }[self._state.kind]
        self.open_button.setText(opens)
        describe(self.open_button, opens, f"{opens} ({OPEN_KEYS})")
        freeze = self.tr("Resume") if self._state.is_frozen else self.tr("Freeze")
        tip = self.tr("Hold the picture on show, or go on (F)")
        self._write(self.freeze_button, freeze, tip, _FREEZE_GOES)
        snapshot = self.tr("Snapshot")
        self._write(self.snapshot_button, snapshot, self.tr("Save this picture"), _SNAPSHOT_GOES)
        self._app_style.setText(self.tr("Save as shown here..."))
        self._tutorial_style.setText(self.tr("Save as the tutorial draws it..."))
        record = self.tr("Stop recording") if self._state.is_recording else self.tr("Record CSV")
        tip = self.tr("Write every result to a table file while it is switched on")
        self._write(self.record_button, record, tip, _RECORD_GOES)
        self.occlusion_switch.setText(self.tr("Occlusion map"))
        tip = self.tr("Show which part of the picture made the network say so")
        describe(self.occlusion_switch, self.tr("Occlusion map"), tip)
        self.label_switch.setText(self.tr("Label"))
        describe(self.label_switch, self.tr("Label"), self.tr("Show the label on the picture"))

    def refresh_icons(self) -> None:
        """Draw the icons in the active theme's colours."""
        for kind, name in zip(
            SourceKind, ("image-square", "folder", "film-strip", "video-camera"), strict=True
        ):
            chosen = kind is self._state.kind
            self.sources.button(kind).setIcon(icon(name, "t1" if chosen else "t2"))
        self.open_button.setIcon(icon("folder-open", "onacc"))
        frozen = self._state.is_frozen
        self.freeze_button.setIcon(
            icon("play-fill", "onacc") if frozen else icon("snowflake", "t1")
        )
        self.snapshot_button.setIcon(icon("camera"))
        self.record_button.setIcon(
            icon("stop-fill", "fail") if self._state.is_recording else icon("record-fill", "fail")
        )

    def _write(self, button: QAbstractButton, text: str, tip: str, goes_at: int) -> None:
        """Write a button's text, or keep it for the tool tip where there is no room."""
        button.setText("" if self._level >= goes_at else text)
        describe(button, text, f"{text}: {tip}")

    # -- Person ------------------------------------------------------------------------------------

    def _on_segment_clicked(self, index: int) -> None:
        kind = SourceKind(index)
        if kind is not SourceKind.CAMERA:
            self.source_chosen.emit(kind)
            return
        # Nothing is switched on by the click itself; the menu says what.
        self.sources.choose(self._state.kind)
        self.open_camera_menu()

    def open_camera_menu(self) -> None:
        """Open the menu of cameras under its segment."""
        self.cameras_requested.emit()
        button = self.sources.button(SourceKind.CAMERA)
        self.camera_menu.popup(button.mapToGlobal(QPoint(0, button.height() + 2)))

    # -- Qt ----------------------------------------------------------------------------------------

    def sizeHint(self) -> QSize:
        """Ask for the room of all texts."""
        return QSize(self._widths_px[0], HEIGHT_PX)

    def minimumSizeHint(self) -> QSize:
        """Make do with the room of the icons, whichever texts are shown."""
        return QSize(self._widths_px[-1], HEIGHT_PX)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Keep icons only where the texts do not fit."""
        super().resizeEvent(event)
        self._fit()

    def event(self, event: QEvent) -> bool:
        """Measure anew when a button has become wider or narrower, by its font or its style."""
        is_asked = event.type() == QEvent.Type.LayoutRequest
        # After measuring the two are equal, so that this ends by itself.
        if is_asked and self._row.sizeHint().width() != self._widths_px[self._level]:
            self._measure()
        return super().event(event)

    def _measure(self) -> None:
        """Find out how wide the bar is with all texts, with some, and with none."""
        widths = []
        for level in range(LEVELS):
            self._show_level(level)
            widths.append(self._row.sizeHint().width())
        if widths != self._widths_px:
            self._widths_px = widths
            self.updateGeometry()
        self._fit()

    def _fit(self) -> None:
        """Take the texts off the actions, then off the sources, until all fits."""
        fitting = (n for n, width in enumerate(self._widths_px) if width <= self.width())
        self._show_level(next(fitting, LEVELS - 1))

    def _show_level(self, level: int) -> None:
        self._level = level
        icons, texts = (
            Qt.ToolButtonStyle.ToolButtonIconOnly,
            Qt.ToolButtonStyle.ToolButtonTextBesideIcon,
        )
        self.snapshot_button.setToolButtonStyle(icons if level >= _SNAPSHOT_GOES else texts)
        for kind in SourceKind:
            self.sources.button(kind).setToolButtonStyle(icons if level >= _SOURCES_GO else texts)
        self._write_texts()
        # The new size hints count at once.
        self.sources.layout().invalidate()  # type: ignore[union-attr]  # Segments has a layout
        self.sources.updateGeometry()
        self._row.invalidate()

    def restyle(self) -> None:
        """Put on the theme in use."""
        self.refresh_icons()
