"""A large image of a class, with the head's answer and an occlusion map."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from PySide6.QtWidgets import QComboBox, QWidget

from foundation.text import tr, tr_context
from gui.explain import explain
from gui.format import show_integer
from gui.plots.legend import ClassMark
from gui.teach_tab.class_bars import ClassBars, class_shares
from gui.teach_tab.move_menu import move_button
from gui.teach_tab.onnx_export import TAUGHT, taught_choice
from gui.teach_tab.state import TeachState
from gui.teach_tab.teach_model import TeachModel
from gui.teach_tab.teaching import Head
from gui.theme import GAP_M_PX, GAP_S_PX, GAP_XL_PX, icon
from gui.vision_tab.stage.stage import Stage
from gui.vision_tab.state import VisionState
from gui.widgets.basic import label, push_button, tool_button
from gui.widgets.combos import keyed_combo
from gui.widgets.layouts import STRETCH, hbox, vbox
from gui.widgets.panel import Dialog
from gui.widgets.texts import worded
from vision.classification import ClassificationResult
from vision.engine import ComputeChoice
from vision.models.choice import ModelChoice
from vision.networks.predictor import Predictor
from vision.teaching.collection import Picture
from vision.teaching.importing import pixels_of

type Shown = tuple[int, str]
"""An image: its class's key and its hash."""

_WIDTH_PX, _HEIGHT_PX, _BARS_PX = 820, 520, 300
_NO_MAP = "none"


class PictureViewer(Dialog):
    """A separate window that shows one of several images at a time."""

    def __init__(self, model: TeachModel, parent: QWidget) -> None:
        super().__init__("picture_viewer", parent)
        self._model, self._explainer = model, model.explainer
        self._judge: Head | None = None
        self._judges = 0
        self._asked: tuple[Shown, ...] = ()
        self._pictures: tuple[Shown, ...] = ()
        self._place = 0
        self._mark, self._name = ClassMark(), label("card-title", "viewer_name")
        self._where = label("label", "viewer_where")
        self.stage = Stage(self._explainer, "viewer_", is_small=True)
        self.bars = worded(
            ClassBars("viewer_bars"), accessible_name="Probability of each class", tip=""
        )
        about = label("label", "viewer_about", text="Occlusion map for")
        self.class_box: QComboBox = worded(
            keyed_combo("viewer_class", ()),
            accessible_name="Class of the occlusion map",
            tip="Hiding the bright part costs this class most",
        )
        self.class_box.activated.connect(self._on_class_chosen)
        about.setBuddy(self.class_box)
        self.previous_button = tool_button(
            "viewer_previous",
            icon=icon("caret-left"),
            do=lambda: self._go(-1),
            accessible_name="Previous image",
        )
        self.next_button = tool_button(
            "viewer_next",
            icon=icon("caret-right"),
            do=lambda: self._go(1),
            accessible_name="Next image",
        )
        self.move_button = worded(
            move_button("viewer_move", model, self._chosen),
            text=lambda: tr_context("PictureViewer", "Move to"),
            tip="Move the image to another class",
        )
        self.remove_button = push_button(
            "viewer_remove",
            icon=icon("trash", "t2"),
            do=lambda: model.remove_pictures(*self._chosen()),
            text="Remove",
            tip="Remove the image from its class; the file stays",
        )
        head = hbox(
            self._mark,
            self._name,
            self._where,
            STRETCH,
            self.previous_button,
            self.next_button,
            gap=GAP_M_PX,
        )
        says = label("title", "viewer_says", text="What the head says")
        chosen = vbox(explain(about, "occlusion-map"), self.class_box, gap=GAP_S_PX)
        buttons = hbox(self.move_button, self.remove_button, STRETCH, gap=GAP_M_PX)
        side = QWidget()
        side.setFixedWidth(_BARS_PX)
        vbox(says, self.bars, chosen, STRETCH, buttons, on=side, gap=GAP_M_PX, margins=0)
        body = hbox((self.stage, 1), side, gap=GAP_XL_PX)
        vbox(head, (body, 1), on=self, gap=GAP_M_PX, margins=GAP_XL_PX)
        self.resize(_WIDTH_PX, _HEIGHT_PX)
        model.document.undo_in(self)
        self._explainer.state_changed.connect(self._show_explained)
        model.state_changed.connect(self._show_state)

    # -- Opening -----------------------------------------------------------------------------------

    def open_pictures(self, pictures: Sequence[Shown], place: int = 0) -> None:
        """Show the image at index `place`, with an occlusion map of the head's answer."""
        if self._model.state.head is None:
            self._model.messages.show_note(
                lambda: tr("Train the head first; then it says what it sees in an image.")
            )
            return
        self._asked = self._pictures = tuple(pictures)
        self._place = place
        self._fill_classes()
        self._explainer.explain(True)
        self._explainer.explain_class(None)
        self._show_place()
        self.show()
        self.raise_()
        self.activateWindow()

    def _fill_classes(self) -> None:
        """List the current head's classes for the map."""
        head, collection = self._model.state.head, self._model.state.collection
        self.class_box.clear()
        self.class_box.addItem(tr("no class: the image alone"), _NO_MAP)
        self.class_box.addItem(tr("the most probable class"), None)
        self.class_box.setCurrentIndex(1)
        if head is None:
            return
        names = {one.key: one.name for one in collection.classes}
        for index, key in enumerate(head.keys):
            self.class_box.addItem(names.get(key, head.names[index]), index)
        if head is not self._judge:
            self._judge, self._judges = head, self._judges + 1
            self._explainer.use_teach_model(_model_choice(head, self._judges), len(head.keys))
        self._explainer.set_threshold(self._model.state.threshold)

    def _show_place(self) -> None:
        """Show the current image."""
        key, sha256 = self._pictures[self._place]
        picture = self._found(key, sha256)
        if picture is None:
            return
        self._explainer.open_made(partial(pixels_of, picture), picture.name)
        self._write_head()

    def _found(self, key: int, sha256: str) -> Picture | None:
        pictures = self._model.state.pictures_of(key)
        return next((one for one in pictures if one.sha256 == sha256), None)

    # -- Showing -----------------------------------------------------------------------------------

    def _show_state(self, state: TeachState) -> None:
        """Drop images that left the class; close if none remain."""
        if not self.isVisible():
            return
        left = tuple(shown for shown in self._asked if self._found(*shown) is not None)
        if left == self._pictures:
            return
        current = self._pictures[self._place]
        self._pictures = left
        if not left:
            self.close()
        elif current in left:
            self._place = left.index(current)
            self._write_head()
        else:
            self._place = min(self._place, len(left) - 1)
            self._show_place()

    def _show_explained(self, state: VisionState) -> None:
        if not self.isVisible():
            return
        self.stage.show_state(state)
        head, shown = self._judge, state.result.result if state.result is not None else None
        if head is None or not isinstance(shown, ClassificationResult):
            return
        found = dict(zip(head.keys, shown.probabilities.tolist(), strict=False))
        rows = class_shares(self._model.state.collection, found)
        self.bars.show_shares(rows, self._model.state.threshold)

    def _write_head(self) -> None:
        key, sha256 = self._pictures[self._place]
        picture = self._found(key, sha256)
        classes = self._model.state.collection.classes
        home = next((one for one in classes if one.key == key), None)
        if picture is None or home is None:
            return
        self._mark.show_class(home.colour)
        self._name.setText(home.name)
        self.setWindowTitle(f"{home.name}: {picture.name}")
        where = tr(
            "{place} of {total}: {name}",
            place=show_integer(self._place + 1),
            total=show_integer(len(self._pictures)),
            name=picture.name,
        )
        self._where.setText(where)
        self.previous_button.setEnabled(self._place > 0)
        self.next_button.setEnabled(self._place < len(self._pictures) - 1)
        self.move_button.setEnabled(len(classes) > 1)

    # -- Actions -----------------------------------------------------------------------------------

    def _go(self, by: int) -> None:
        self._place = min(max(self._place + by, 0), len(self._pictures) - 1)
        self._show_place()

    def _on_class_chosen(self, place: int) -> None:
        index = self.class_box.itemData(place)
        self._explainer.explain(index != _NO_MAP)
        if index != _NO_MAP:
            self._explainer.explain_class(index)

    def _chosen(self) -> tuple[int, list[str]]:
        key, sha256 = self._pictures[self._place]
        return key, [sha256]

    def retranslate(self) -> None:
        """Set every text in the current language."""
        if self._pictures:
            self.class_box.setItemText(0, tr("no class: the image alone"))
            self.class_box.setItemText(1, tr("the most probable class"))
            self._write_head()


def viewer_of(model: TeachModel, window: QWidget) -> PictureViewer:
    """Return a window's only viewer, created on first use."""
    found = window.findChild(PictureViewer)
    return PictureViewer(model, window) if found is None else found


def _model_choice(head: Head, version: int) -> ModelChoice:
    """Return a head and its backbone as a model built on loading."""

    def load(compute: ComputeChoice) -> Predictor:
        made = taught_choice(head, "").load
        assert made is not None  # it is no file
        return made(compute)

    return ModelChoice(TAUGHT, TAUGHT, load=load, version=str(version))
