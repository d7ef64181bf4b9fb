"""Sources, cameras and their switches."""

from __future__ import annotations

from functools import partial
from pathlib import Path

from PySide6.QtCore import QEvent, QPoint, QSize, Qt
from PySide6.QtGui import QActionGroup
from PySide6.QtWidgets import QAbstractButton, QMenu, QWidget

from foundation.text import tr, tr_context
from gui.actions import key_of
from gui.explain import explain
from gui.theme import GAP_M_PX, icon
from gui.vision_tab.opening import ask_address, ask_files, offered_cameras
from gui.vision_tab.state import SourceKind, SourceState, VisionState
from gui.vision_tab.vision_model import VisionModel
from gui.widgets.basic import (
    Segments,
    describe,
    menu_action,
    named,
    opens_menu,
    push_button,
    rule,
    set_role,
    tool_button,
    write_on,
)
from gui.widgets.dialogs import ask_to_save
from gui.widgets.layouts import STRETCH, hbox
from gui.widgets.panel import Panel
from gui.widgets.switch import Switch
from vision.sources.camera import COMMON_SIZES_WH


class CameraMenu(QMenu):
    """Offer cameras, and how they are looked through; made anew whenever it is about to open."""

    def __init__(self, model: VisionModel, parent: QWidget) -> None:
        super().__init__(parent)
        self._model, self._bar = model, parent
        self.setObjectName("camera_menu")
        self.aboutToShow.connect(self._fill)

    def _fill(self) -> None:
        model, source = self._model, self._model.state.source
        for old in self.findChildren(QMenu):
            old.deleteLater()  # `clear` deletes actions, but no menus
        self.clear()
        for number, camera in enumerate(offered_cameras()):
            menu_action(self, f"camera_{number}", camera.name, partial(model.open_camera, camera))
        self.addSeparator()
        ask = partial(ask_address, self._bar, model.open_address)
        menu_action(self, "camera_address", tr("Network address…"), ask)
        self._add_resolutions(source.resolution_wh)
        turn = partial(model.set_mirrored, not source.is_mirrored)
        menu_action(self, "camera_mirrored", tr("Mirrored view"), turn, source.is_mirrored)

    def _add_resolutions(self, size_wh: tuple[int, int] | None) -> None:
        menu = named(self.addMenu(tr("Resolution")), "camera_resolutions")
        group = QActionGroup(menu)
        for size in (None, *COMMON_SIZES_WH):
            text = tr("The camera's own") if size is None else f"{size[0]} × {size[1]}"
            name = "resolution_own" if size is None else f"resolution_{size[0]}"
            choose = partial(self._model.set_resolution, size)
            menu_action(menu, name, text, choose, size == size_wh, group)


HEIGHT_PX = 48
# So that a live camera has all its words on a screen of 1440 pixels.
GAP_PX = 6
# What goes from the bar where there is no room. First the words of one action after the other, the
# one that goes on with a held stream last. Then what is not needed goes into a menu, which has all
# the words, so that the sources and what stays keep theirs; the sources give their icons for it.
LEVELS = 8
(
    _SNAPSHOT_GOES,
    _RECORD_GOES,
    _FREEZE_GOES,
    _MENU_COMES,
    _FIRST_GOES,
    _SECOND_GOES,
    _ALL_GO,
) = range(1, LEVELS)


class MoreMenu(QMenu):
    """Offer what the bar has no room for; made anew whenever it is about to open."""

    def __init__(self, bar: SourceBar) -> None:
        super().__init__(bar)
        self._bar = bar
        self.setObjectName("source_more_menu")
        self.aboutToShow.connect(self._fill)

    def _fill(self) -> None:
        bar = self._bar
        self.clear()
        for button in bar.left_out:
            if button is bar.snapshot_button:
                action = self.addMenu(bar.snapshot_menu)
                action.setText(button.accessibleName())
            else:
                is_on = button.isChecked() if isinstance(button, Switch) else None
                name, text = f"more_{button.objectName()}", button.accessibleName()
                action = menu_action(self, name, text, button.click, is_on)
            action.setEnabled(button.isEnabled())


class SourceBar(Panel):
    """Let a person choose the source and say what to do with the picture on show.

    Attributes
    ----------
    left_out
        The buttons and switches that are in the menu at the bar's end, for want of room.
    """

    def __init__(self, model: VisionModel) -> None:
        super().__init__("source_bar")
        self.setFixedHeight(HEIGHT_PX)
        self._model = model
        self._state = SourceState()
        self._level = 0
        self._widths_px = [0] * LEVELS
        self.sources = Segments(["source_image", "source_folder", "source_video", "source_camera"])
        self.open_button = push_button("open_source", "primary", "bar")
        self.freeze_button = push_button("freeze", "", "bar")
        self.snapshot_button = tool_button("snapshot", "", "bar", icon=icon("camera"))
        self.record_button = push_button("record_csv", "", "bar")
        self.record_button.setCheckable(True)
        self.occlusion_switch = Switch("occlusion_switch")
        self.label_switch = Switch("label_switch")
        explain(self.occlusion_switch, "occlusion-map")
        explain(self.label_switch, "label")
        self.left_out: tuple[QAbstractButton, ...] = ()
        self._make_menus()
        self._lay_out()
        self._connect()
        set_role(self, role="bar")
        self._show(self._state)

    def _make_menus(self) -> None:
        self.camera_menu = CameraMenu(self._model, self)
        # The menu hangs at the segment without setMenu(): a button with a menu cannot be checked
        # by the group when its own action is chosen.
        menu = opens_menu(self.snapshot_button, named(QMenu(self), "snapshot_menu"))
        self.snapshot_menu = menu
        self._app_style, self._tutorial_style = (
            menu_action(menu, f"snapshot_{style}_style", "", partial(self.save_snapshot, style))
            for style in ("app", "tutorial")
        )
        self.snapshot_button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self.more_button = tool_button("source_more", "", "bar")
        self.more_menu = opens_menu(self.more_button, MoreMenu(self))

    def _lay_out(self) -> None:
        actions = (self.freeze_button, self.snapshot_button, self.record_button)
        for button in (*actions, *self.sources.group.buttons()):
            button.setIconSize(QSize(15, 15))
        divider = rule(vertical=True, height_px=24)
        left = (self.sources, self.open_button, divider, *actions, self.more_button)
        switches = (self.occlusion_switch, self.label_switch)
        self._parts: tuple[QWidget, ...] = (*left, *switches)
        self._row = hbox(*left, STRETCH, *switches, on=self, gap=GAP_PX, margins=(GAP_M_PX, 0))

    def _connect(self) -> None:
        model = self._model
        self.sources.group.idClicked.connect(self._on_segment_clicked)
        self.open_button.clicked.connect(lambda: ask_files(self, model, self._state.kind))
        self.freeze_button.clicked.connect(lambda: model.set_frozen(not self._state.is_frozen))
        self.record_button.clicked.connect(self._on_record_clicked)
        self.occlusion_switch.clicked.connect(model.explain)
        self.label_switch.clicked.connect(model.set_label_shown)

    # -- Showing -----------------------------------------------------------------------------------

    def show_state(self, state: VisionState) -> None:
        """Show the source and which buttons make sense for it."""
        if state.source != self._state:
            self._show(state.source)

    def _show(self, state: SourceState) -> None:
        self._state = state
        self.sources.choose(state.kind)
        # Held, the one thing to do is to go on; then Resume is the primary button.
        self.open_button.setVisible(not state.is_frozen or state.kind is not SourceKind.CAMERA)
        self.freeze_button.setEnabled((state.is_live and state.has_picture) or state.is_frozen)
        set_role(self.freeze_button, tone="primary" if state.is_frozen else "")
        set_role(self.open_button, tone="" if state.is_frozen else "primary")
        self.snapshot_button.setEnabled(state.has_picture)
        self.record_button.setChecked(state.is_recording)
        self.occlusion_switch.setEnabled(state.can_explain or state.shows_occlusion)
        self.occlusion_switch.setChecked(state.shows_occlusion)
        self.label_switch.setChecked(state.shows_label)
        self.retranslate()
        self._show_icons()

    def retranslate(self) -> None:
        """Write every text in the language in use."""
        self._write_texts()
        self._measure()

    def _write_texts(self) -> None:
        names = (tr("Image"), tr("Folder"), tr("Video"), tr_context("SourceBar", "Camera"))
        tips = (
            tr("Classify pictures one by one"),
            tr("Classify every picture of a folder"),
            tr("Classify a video while it plays"),
            tr("Choose a camera or a network stream"),
        )
        for kind in SourceKind:
            text = f"{names[kind]} ▾" if kind is SourceKind.CAMERA else names[kind]
            self.sources.button(kind).setText(text)
            describe(self.sources.button(kind), names[kind], tips[kind])
        opens = {
            SourceKind.IMAGE: tr("Open image…"),
            SourceKind.FOLDER: tr("Open folder…"),
            SourceKind.VIDEO: tr("Open video…"),
            SourceKind.CAMERA: tr("Open address…"),
        }[self._state.kind]
        # What is opened, the source that is chosen beside it says.
        self.open_button.setText(opens if self._level < _MENU_COMES else tr("Open…"))
        describe(self.open_button, opens, f"{opens} ({key_of('open_source')})")
        freeze = tr("Resume") if self._state.is_frozen else tr("Freeze")
        tip = tr("Hold the picture on show, or go on (F)")
        self._write(self.freeze_button, freeze, tip, _FREEZE_GOES)
        snapshot = tr("Snapshot")
        tip = tr("Save this picture ({key})", key=key_of("snapshot"))
        self._write(self.snapshot_button, snapshot, tip, _SNAPSHOT_GOES)
        self._app_style.setText(tr("Save as shown here…"))
        self._tutorial_style.setText(tr("Save as the tutorial draws it…"))
        record = tr("Stop recording") if self._state.is_recording else tr("Record CSV")
        tip = tr("Write every result to a table file while it is switched on")
        self._write(self.record_button, record, tip, _RECORD_GOES)
        tip = tr("Show which part of the picture made the network say so")
        write_on(self.occlusion_switch, tr("Occlusion map"), tip)
        write_on(self.label_switch, tr("Label"), tr("Show the label on the picture"))
        self.more_button.setText(f"{tr('More')} ▾")
        describe(self.more_button, tr("More"), tr("What there is no room for here"))

    def _show_icons(self) -> None:
        for kind, name in zip(
            SourceKind, ("image-square", "folder", "film-strip", "video-camera"), strict=True
        ):
            chosen = kind is self._state.kind
            self.sources.button(kind).setIcon(icon(name, "t1" if chosen else "t2"))
        frozen = self._state.is_frozen
        self.open_button.setIcon(icon("folder-open", "t1" if frozen else "onacc"))
        self.freeze_button.setIcon(
            icon("play-fill", "onacc") if frozen else icon("snowflake", "t1")
        )
        self.record_button.setIcon(
            icon("stop-fill", "fail") if self._state.is_recording else icon("record-fill", "fail")
        )

    def _write(self, button: QAbstractButton, text: str, tip: str, goes_at: int) -> None:
        """Write a button's text, or keep it for the tool tip where there is no room."""
        button.setText("" if goes_at <= self._level < _MENU_COMES else text)
        describe(button, text, f"{text}: {tip}")

    # -- Person ------------------------------------------------------------------------------------

    def _on_segment_clicked(self, index: int) -> None:
        kind = SourceKind(index)
        if kind is not SourceKind.CAMERA:
            self._model.choose_source(kind)
            return
        # Nothing is switched on by the click itself; the menu says what.
        self.sources.choose(self._state.kind)
        self.open_camera_menu()

    def open_camera_menu(self) -> None:
        """Open the menu of cameras under its segment."""
        button = self.sources.button(SourceKind.CAMERA)
        self.camera_menu.popup(button.mapToGlobal(QPoint(0, button.height() + 2)))

    def _on_record_clicked(self, is_on: bool) -> None:
        if not is_on:
            self._model.record(None)
            return
        # Until there is a file, nothing is recorded.
        self.record_button.setChecked(False)
        tables = tr("Tables (*.csv)")
        title = tr("Record results")
        ask_to_save(
            self.window(), title, "results.csv", self._model.record, "record_dialog", tables
        )

    def save_snapshot(self, style: str) -> None:
        """Ask where the picture on show goes, with its label written as `style` says."""
        shown = self._model.take_snapshot()
        if shown is None:
            return

        def save(path: Path) -> None:
            self._model.save_snapshot(path, shown, style)

        name = f"{shown.stem}-{style}.png"
        pictures = tr("Pictures (*.png *.jpg)")
        title = tr("Save the picture")
        ask_to_save(self.window(), title, name, save, "save_snapshot_dialog", pictures)

    # -- Qt ----------------------------------------------------------------------------------------

    def sizeHint(self) -> QSize:
        """Ask for the room of all texts."""
        return QSize(self._widths_px[0], HEIGHT_PX)

    def minimumSizeHint(self) -> QSize:
        """Make do with the room of the sources and the menu, whatever is shown."""
        return QSize(self._widths_px[-1], HEIGHT_PX)

    def event(self, event: QEvent) -> bool:
        """Measure anew when a button has become wider or narrower, by its font or its style."""
        is_asked = event.type() == QEvent.Type.LayoutRequest
        # After measuring the two are equal, so that this ends by itself.
        if is_asked and self._needed_px(self._level) != self._widths_px[self._level]:
            self._measure()
        return super().event(event)

    def _measure(self) -> None:
        """Find out how wide the bar is with all texts, with some, and with the menu."""
        widths = []
        for level in range(LEVELS):
            self._write_level(level)
            widths.append(self._needed_px(level))
        if widths != self._widths_px:
            self._widths_px = widths
            self.updateGeometry()
        self.refit()

    def _needed_px(self, level: int) -> int:
        """Add up what is shown at a level; what is hidden to measure loses the keyboard."""
        absent: list[QWidget] = [*self._left_out_at(level)]
        if not absent:
            absent.append(self.more_button)
        if self.open_button.isHidden():
            absent.append(self.open_button)
        widths = [
            max(part.sizeHint().width(), part.minimumWidth())
            for part in self._parts
            if part not in absent
        ]
        return sum(widths) + GAP_PX * (len(widths) - 1) + 2 * GAP_M_PX

    def _left_out_at(self, level: int) -> tuple[QAbstractButton, ...]:
        """Return what is in the menu: first what is of no use just now, the switches later."""
        if level < _MENU_COMES:
            return ()
        # There is no map of what moves.
        has_map = not self._state.is_live or self._state.is_frozen
        goes = {
            self.freeze_button: level >= _ALL_GO or not self.freeze_button.isEnabled(),
            self.snapshot_button: True,
            self.record_button: level >= _ALL_GO or not self._state.is_recording,
            self.occlusion_switch: level >= (_SECOND_GOES if has_map else _FIRST_GOES),
            self.label_switch: level >= (_FIRST_GOES if has_map else _SECOND_GOES),
        }
        return tuple(button for button, is_gone in goes.items() if is_gone)

    def refit(self) -> None:
        """Take away words, then what is not needed, until all fits."""
        fitting = (n for n, width in enumerate(self._widths_px) if width <= self.width())
        level = next(fitting, LEVELS - 1)
        self._write_level(level)
        self.left_out = self._left_out_at(level)
        for button in (
            self.freeze_button,
            self.snapshot_button,
            self.record_button,
            self.occlusion_switch,
            self.label_switch,
        ):
            button.setVisible(button not in self.left_out)
        self.more_button.setVisible(bool(self.left_out))
        self._row.invalidate()

    def _write_level(self, level: int) -> None:
        self._level = level
        icons, texts, both = (
            Qt.ToolButtonStyle.ToolButtonIconOnly,
            Qt.ToolButtonStyle.ToolButtonTextOnly,
            Qt.ToolButtonStyle.ToolButtonTextBesideIcon,
        )
        is_small = _SNAPSHOT_GOES <= level < _MENU_COMES
        self.snapshot_button.setToolButtonStyle(icons if is_small else both)
        for kind in SourceKind:
            style = texts if level >= _MENU_COMES else both
            self.sources.button(kind).setToolButtonStyle(style)
        self._write_texts()
        # The new size hints count at once.
        self.sources.layout().invalidate()  # type: ignore[union-attr]  # Segments has a layout
        self.sources.updateGeometry()
