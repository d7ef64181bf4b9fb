"""The settings for cutting out: the threshold and the background."""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtCore import Qt
from PySide6.QtGui import QColor
from PySide6.QtWidgets import QColorDialog

from foundation.text import mark, tr
from gui.explain import explain
from gui.format import percent
from gui.theme import GAP_M_PX, GAP_S_PX, INSET_PX
from gui.vision_tab.share_row import ShareRow
from gui.vision_tab.state import VisionState
from gui.vision_tab.vision_model import VisionModel
from gui.widgets.basic import Segments, label, named, push_button
from gui.widgets.dialogs import ask_to_save
from gui.widgets.layouts import STRETCH, hbox, vbox
from gui.widgets.panel import Panel
from vision.networks.segmenter import Backdrop, MaskResult

BACKDROPS = (Backdrop.REMOVE, Backdrop.BLUR, Backdrop.COLOUR)


class CutPanel(Panel):
    """Controls for threshold and background, and a button that saves the cut-out."""

    def __init__(self, model: VisionModel) -> None:
        super().__init__("cut_panel")
        self._model = model
        self._state = VisionState()
        self._share = label("label", "cut_share")
        self._threshold = ShareRow(
            "cut_threshold",
            5,
            95,
            lambda share: model.set_cut(replace(self._state.cut, threshold=share)),
            term="mask",
            caption="Certain from",
            tip="Places where the network is less certain belong to the background",
        )
        self.slider = self._threshold.slider
        self.backdrops = Segments(
            {
                "cut_remove": (mark("Remove"), mark("Leave nothing in its place")),
                "cut_blur": (mark("Blur"), mark("Put it out of focus")),
                "cut_colour": (mark("Replace"), mark("Put one colour in its place")),
            },
            do=lambda at: model.set_cut(replace(self._state.cut, backdrop=BACKDROPS[at])),
        )
        self._hint = label("hint", "cut_hint", wrap=True)
        self.colour_button = push_button(
            "cut_choose_colour",
            size="small",
            do=self._ask_colour,
            text="Colour…",
            accessible_name="Choose the background's colour",
        )
        self.save_button = push_button(
            "cut_save",
            size="small",
            do=self._on_save_clicked,
            text="Save cut-out…",
            accessible_name="Save what is cut out as a PNG",
        )
        title = explain(label("title", text="Cut out"), "mask", "detector-segmenter")
        vbox(
            hbox(title, STRETCH, self._share),
            self._threshold,
            label("label", text="Background"),
            self.backdrops,
            self._hint,
            hbox(self.colour_button, STRETCH, self.save_button, gap=GAP_M_PX),
            on=self,
            gap=GAP_S_PX + 2,
            margins=(INSET_PX + 2, INSET_PX),
        )
        self.retranslate()

    def show_state(self, state: VisionState) -> None:
        """Show the settings, and the share of the picture that is kept."""
        old, self._state = self._state, state
        if (state.cut, state.result) != (old.cut, old.result):
            self._show()

    def _show(self) -> None:
        cut, shown = self._state.cut, self._state.result
        self._threshold.show_share(cut.threshold)
        self.backdrops.choose(BACKDROPS.index(cut.backdrop))
        self.colour_button.setVisible(cut.backdrop is Backdrop.COLOUR)
        found = shown.result if shown is not None else None
        has_mask = isinstance(found, MaskResult)
        self.save_button.setEnabled(has_mask)
        share = ""
        if shown is not None and isinstance(found, MaskResult):
            height, width = shown.picture.shape[:2]
            part = found.share_of_picture(cut.threshold, (width, height))
            share = tr("{share} of the picture", share=percent(part, 0))
        self._share.setText(share)
        self._hint.setText(
            {
                Backdrop.REMOVE: tr("The background becomes transparent when it is saved."),
                Backdrop.BLUR: tr("The background goes out of focus."),
                Backdrop.COLOUR: tr("The background takes one colour."),
            }[cut.backdrop]
        )

    def _ask_colour(self) -> None:
        blue, green, red = self._state.cut.colour_bgr
        dialog = named(QColorDialog(QColor(red, green, blue), self.window()), "cut_colour_dialog")
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.setOption(QColorDialog.ColorDialogOption.DontUseNativeDialog)
        dialog.colorSelected.connect(
            lambda chosen: self._model.set_cut(
                replace(self._state.cut, colour_bgr=(chosen.blue(), chosen.green(), chosen.red()))
            )
        )
        dialog.open()

    def _on_save_clicked(self) -> None:
        shown = self._model.take_snapshot()
        if shown is None:
            return
        name = f"{shown.stem}-cut.png"
        ask_to_save(
            self.window(),
            tr("Save what is cut out"),
            name,
            lambda path: self._model.save_snapshot(path, shown, "app"),
            "cut_dialog",
        )

    def retranslate(self) -> None:
        """Set every text in the current language."""
        self._show()
