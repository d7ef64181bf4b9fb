"""What is trained: the head on the frozen network, with the values of the preview."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from PySide6.QtCore import QSize
from PySide6.QtGui import QImage, QShowEvent

from gui.explain import explain
from gui.teach_tab.class_bars import shares_in, shares_of
from gui.teach_tab.head_view import HeadDrawing, HeadView, HiddenLayer
from gui.teach_tab.state import Look, TeachState
from gui.teach_tab.teach_model import TeachModel
from gui.teach_tab.teaching import FEATURES, Head
from gui.theme import GAP_S_PX
from gui.vision_tab.stage.images import PixelImage
from gui.widgets.basic import label
from gui.widgets.layouts import STRETCH, hbox, vbox
from gui.widgets.panel import Panel
from gui.workers.throttle import READING_MS, Throttle
from model.network import Network
from vision.display import to_display
from vision.manifest import bundled_manifest
from vision.pictures import resized

_WEIGHTS = 3_350_004
"""Of EfficientNet-Lite0 below its features."""

_SEEN_PX = 192


class HeadPanel(Panel):
    """Draw what is trained."""

    def __init__(self, model: TeachModel) -> None:
        super().__init__("teach_head_panel")
        self._manifest = bundled_manifest()
        self._state = model.state
        self._network: tuple[Head, Network] | None = None
        self._seen: tuple[Look, QImage] | None = None
        self._title = label("title", "teach_head_title")
        explain(self._title, "backbone-head", "features")
        self._note = label("label", "teach_head_note")
        self.view = HeadView()
        self._pace = Throttle[TeachState](READING_MS, lambda _: self._draw(), self)
        head = hbox(self._title, STRETCH, self._note)
        vbox(head, (self.view, 1), on=self, gap=GAP_S_PX, margins=0)
        self.retranslate()

    def sizeHint(self) -> QSize:
        """Return the room of the drawing and its title."""
        return QSize(560, 280)

    def showEvent(self, event: QShowEvent) -> None:
        """Draw what there is now."""
        super().showEvent(event)
        self._draw()

    def show_state(self, state: TeachState) -> None:
        """Draw the head as it is now, with the values of the newest picture."""
        before, self._state = self._state, state
        shown = (state.head, state.settings.hidden, state.collection.classes)
        was = (before.head, before.settings.hidden, before.collection.classes)
        is_other = any(a is not b for a, b in zip(shown, was, strict=True))
        if state.preview.look is not before.preview.look and state.preview.fps and not is_other:
            self._pace.put(state)  # a stream's values change faster than they can be read
        elif state.preview.look is not before.preview.look or is_other:
            self._draw()

    def _draw(self) -> None:
        self._pace.drop()
        if not self.isVisible():
            return
        state, look = self._state, self._state.preview.look
        features = None if look is None else look.features
        self.view.show_drawing(
            HeadDrawing(
                picture=self._picture_of(look),
                backbone=self._manifest.name,
                size_wh=self._manifest.preprocessing.size_wh,
                weights=_WEIGHTS,
                features=features,
                feature_count=FEATURES,
                hidden=self._hidden(look),
                classes=shares_of(state.collection, shares_in(look)),
            )
        )

    def _picture_of(self, look: Look | None) -> QImage:
        """Return what the network sees of a picture, small."""
        if look is None:
            return QImage()
        if self._seen is None or self._seen[0] is not look:
            height, width = look.pixels.shape[:2]
            left, top, wide, high = map(round, self._manifest.preprocessing.region((width, height)))
            part = look.pixels[top : top + high, left : left + wide]
            self._seen = look, PixelImage(to_display(resized(part, (_SEEN_PX, _SEEN_PX))))
        return self._seen[1]

    def _hidden(self, look: Look | None) -> tuple[HiddenLayer, ...]:
        """Return the hidden layers, with what they give where the head has looked."""
        if look is None or look.head is None or look.features is None:
            return tuple(HiddenLayer("ReLU", units) for units in self._state.settings.hidden)
        if self._network is None or self._network[0] is not look.head:
            self._network = look.head, Network.of(look.head.experiment)
        row: npt.NDArray[np.float64] = look.features[None].astype(np.float64)
        layers = self._network[1].activations(row)[:-1]
        return tuple(HiddenLayer("ReLU", a.shape[1], a[0]) for _, a in layers)

    def retranslate(self) -> None:
        """Write every text in the language in use."""
        self._title.setText(self.tr("What is trained"))
        self._note.setText(self.tr("Live values from the preview"))
        self.view.setAccessibleName(self.tr("What is trained"))
        self._draw()
