"""The bar of sources and cameras."""

from __future__ import annotations

from functools import partial
from pathlib import Path

from PySide6.QtCore import QPoint, QSize, Qt
from PySide6.QtGui import QActionGroup
from PySide6.QtWidgets import QBoxLayout, QMenu, QWidget

from foundation.text import mark, tr, tr_context
from gui.actions import first_shortcut
from gui.explain import explain
from gui.theme import GAP_M_PX, icon
from gui.vision_tab.opening import ask_address, ask_files, offered_cameras
from gui.vision_tab.state import SourceKind, SourceState, VisionState
from gui.vision_tab.status import invitation
from gui.vision_tab.vision_model import VisionModel
from gui.widgets.basic import (
    Segments,
    attach_menu,
    describe,
    menu_action,
    named,
    push_button,
    rule,
    set_role,
    tool_button,
)
from gui.widgets.dialogs import ask_to_save
from gui.widgets.layouts import STRETCH, hbox
from gui.widgets.panel import Panel
from gui.widgets.switch import Switch
from gui.widgets.texts import worded
from vision.sources.camera import COMMON_SIZES_WH

ROW_PX = 48
# Beside a lesson, on a window of 1280 pixels, it has so many.
MIN_PX = 569
# So that a live camera has all its words on a screen of 1440 pixels.
GAP_PX = 6
_SOURCE_ICONS = ("image-square", "folder", "film-strip", "video-camera")


class SourceBar(Panel):
    """The sources, and the commands for the current picture."""

    def __init__(self, model: VisionModel) -> None:
        super().__init__("source_bar")
        self._model = model
        self._state = SourceState()
        self.sources = Segments(
            {
                "source_image": (mark("Image"), mark("Classify pictures one by one")),
                "source_folder": (mark("Folder"), mark("Classify every picture of a folder")),
                "source_video": (mark("Video"), mark("Classify a video while it plays")),
                "source_camera": ("", mark("Choose a camera or a network stream")),
            },
            do=self._on_segment_clicked,
        )
        worded(
            self.sources.button(SourceKind.CAMERA),
            text=lambda: f"{tr_context('SourceBar', 'Camera')} ▾",
            accessible_name=lambda: tr_context("SourceBar", "Camera"),
            tip="Choose a camera or a network stream",
        )
        self.open_button = push_button(
            "open_source", "primary", "bar", do=lambda: ask_files(self, model, self._state.kind)
        )
        self.freeze_button = push_button(
            "freeze", size="bar", do=lambda: model.set_frozen(not self._state.is_frozen)
        )
        self.snapshot_button = tool_button(
            "snapshot",
            "",
            "bar",
            icon=icon("camera"),
            text="Snapshot",
            tip=_snapshot_tip,
        )
        self.snapshot_button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self.record_button = push_button("record_csv", size="bar", do=self._on_record_clicked)
        self.record_button.setCheckable(True)
        self.occlusion_switch = worded(
            Switch("occlusion_switch"),
            text="Occlusion map",
            tip="Show which part of the picture made the network say so",
        )
        self.label_switch = worded(
            Switch("label_switch"), text="Label", tip="Show the label on the picture"
        )
        explain(self.occlusion_switch, "occlusion-map")
        explain(self.label_switch, "label")
        self.occlusion_switch.clicked.connect(model.explain)
        self.label_switch.clicked.connect(model.set_label_shown)
        self._make_menus()
        self._lay_out()
        set_role(self, role="bar")
        self.retranslate()

    def _make_menus(self) -> None:
        # The menu hangs at the segment without setMenu(): a button with a menu cannot be checked
        # by the group when its own action is chosen.
        self.camera_menu = named(QMenu(self), "camera_menu")
        self.camera_menu.aboutToShow.connect(self._fill_camera_menu)
        self.snapshot_menu = attach_menu(self.snapshot_button, named(QMenu(self), "snapshot_menu"))
        self._app_style, self._tutorial_style = (
            menu_action(
                self.snapshot_menu,
                f"snapshot_{style}_style",
                "",
                partial(self.save_snapshot, style),
            )
            for style in ("app", "tutorial")
        )

    def _lay_out(self) -> None:
        actions = (self.freeze_button, self.snapshot_button, self.record_button)
        for button in (*actions, *self.sources.group.buttons()):
            button.setIconSize(QSize(15, 15))
        switches = (self.occlusion_switch, self.label_switch)
        self._parts: tuple[QWidget, ...] = (self.sources, self.open_button, *actions, *switches)
        self._divider = rule(vertical=True, height_px=24)
        sources = hbox(self.sources, self.open_button, STRETCH, gap=GAP_PX)
        commands = hbox(self._divider, *actions, STRETCH, *switches, gap=GAP_PX)
        self._rows = hbox(sources, (commands, 1), on=self, gap=GAP_PX, margins=(GAP_M_PX, 0))

    # -- Menus -------------------------------------------------------------------------------------

    def _fill_camera_menu(self) -> None:
        model, menu, source = self._model, self.camera_menu, self._state
        for old in menu.findChildren(QMenu):
            old.deleteLater()  # `clear` deletes actions, but no menus
        menu.clear()
        for number, camera in enumerate(offered_cameras()):
            menu_action(menu, f"camera_{number}", camera.name, partial(model.open_camera, camera))
        menu.addSeparator()
        ask = partial(ask_address, self, model.open_address)
        menu_action(menu, "camera_address", tr("Network address…"), ask)
        sizes = named(menu.addMenu(tr("Resolution")), "camera_resolutions")
        group = QActionGroup(sizes)
        for size in (None, *COMMON_SIZES_WH):
            text = tr("The camera's own") if size is None else f"{size[0]} × {size[1]}"
            name = "resolution_own" if size is None else f"resolution_{size[0]}"
            choose = partial(model.set_resolution, size)
            menu_action(sizes, name, text, choose, size == source.resolution_wh, group)
        turn = partial(model.set_mirrored, not source.is_mirrored)
        menu_action(menu, "camera_mirrored", tr("Mirrored view"), turn, source.is_mirrored)

    # -- Showing -----------------------------------------------------------------------------------

    def show_state(self, state: VisionState) -> None:
        """Show the source, and enable the buttons that apply to it."""
        if state.source != self._state:
            self._state = state.source
            self.retranslate()

    def retranslate(self) -> None:
        """Set every text in the current language."""
        state = self._state
        self.sources.choose(state.kind)
        for kind, name in zip(SourceKind, _SOURCE_ICONS, strict=True):
            self.sources.button(kind).setIcon(icon(name, "t1" if kind is state.kind else "t2"))
        # Held, the one thing to do is to go on; then Resume is the primary button.
        is_held = state.is_frozen
        self.open_button.setVisible(not is_held or state.kind is not SourceKind.CAMERA)
        self.open_button.setIcon(icon("folder-open", "t1" if is_held else "onacc"))
        set_role(self.open_button, tone="" if is_held else "primary")
        self.freeze_button.setEnabled((state.is_live and state.has_picture) or is_held)
        self.freeze_button.setIcon(
            icon("play-fill", "onacc") if is_held else icon("snowflake", "t1")
        )
        set_role(self.freeze_button, tone="primary" if is_held else "")
        freeze = tr("Resume") if is_held else tr("Freeze")
        describe(
            self.freeze_button, freeze, _tip(freeze, tr("Hold the picture on show, or go on (F)"))
        )
        self.snapshot_button.setEnabled(state.has_picture)
        self._app_style.setText(tr("Save as shown here…"))
        self._tutorial_style.setText(tr("Save as the tutorial draws it…"))
        self.record_button.setChecked(state.is_recording)
        self.record_button.setIcon(
            icon("stop-fill" if state.is_recording else "record-fill", "fail")
        )
        record = tr("Stop recording") if state.is_recording else tr("Record CSV")
        tip = tr("Write every result to a table file while it is switched on")
        describe(self.record_button, record, _tip(record, tip))
        self.occlusion_switch.setEnabled(state.can_explain or state.shows_occlusion)
        self.occlusion_switch.setChecked(state.shows_occlusion)
        self.label_switch.setChecked(state.shows_label)
        self.refit()

    # -- The user ----------------------------------------------------------------------------------

    def _on_segment_clicked(self, index: int) -> None:
        kind = SourceKind(index)
        if kind is not SourceKind.CAMERA:
            self._model.choose_source(kind)
            return
        # Nothing is switched on by the click itself; the menu says what.
        self.sources.choose(self._state.kind)
        self.open_camera_menu()

    def open_camera_menu(self) -> None:
        """Open the menu of cameras below its button."""
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
        """Ask where to save the current picture with its result, in `style`."""
        shown = self._model.take_snapshot()
        if shown is None:
            return

        def save(path: Path) -> None:
            self._model.save_snapshot(path, shown, style)

        name = f"{shown.stem}-{style}.png"
        pictures = tr("Pictures (*.png *.jpg)")
        title = tr("Save the picture")
        ask_to_save(self.window(), title, name, save, "save_snapshot_dialog", pictures)

    # -- Fitting -----------------------------------------------------------------------------------

    def minimumSizeHint(self) -> QSize:
        """Return the minimum size; the width fits icons without text in two rows."""
        return QSize(MIN_PX, ROW_PX)

    def restyle(self) -> None:
        """Adjust the layout to another font or style."""
        self.refit()

    def refit(self) -> None:
        """Hide texts that do not fit; use two rows if still necessary."""
        self._write_words(is_short=False)
        if self._needed_px > self.width():
            self._write_words(is_short=True)
        is_folded = self._needed_px > self.width()
        across, down = QBoxLayout.Direction.LeftToRight, QBoxLayout.Direction.TopToBottom
        self._rows.setDirection(down if is_folded else across)
        self._divider.setVisible(not is_folded)
        self.setFixedHeight(2 * ROW_PX if is_folded else ROW_PX)

    def _write_words(self, is_short: bool) -> None:
        style = Qt.ToolButtonStyle
        for kind in SourceKind:
            button = self.sources.button(kind)
            button.setToolButtonStyle(
                style.ToolButtonTextOnly if is_short else style.ToolButtonTextBesideIcon
            )
        opens = invitation(self._state.kind)[1]
        # What is opened is said by the source chosen beside it.
        self.open_button.setText(tr("Open…") if is_short else opens)
        describe(self.open_button, opens, f"{opens} ({first_shortcut('open_source')})")
        for part in (self.freeze_button, self.record_button):
            part.setText("" if is_short else part.accessibleName())
        self.snapshot_button.setToolButtonStyle(
            style.ToolButtonIconOnly if is_short else style.ToolButtonTextBesideIcon
        )

    @property
    def _needed_px(self) -> int:
        """The width of the bar in one row."""
        widths = [part.sizeHint().width() for part in self._parts if not part.isHidden()]
        return sum(widths) + GAP_PX * len(widths) + 2 * GAP_M_PX + 1


def _tip(text: str, does: str) -> str:
    return f"{text}: {does}"


def _snapshot_tip() -> str:
    return _tip(tr("Snapshot"), tr("Save this picture ({key})", key=first_shortcut("snapshot")))
