"""The picture of all weights of a folded layer, beside the layer that is pointed at."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QPoint, QRect, QSize, Qt
from PySide6.QtGui import QPixmap
from PySide6.QtWidgets import QWidget

from foundation.text import tr
from gui.format import show_integer, show_short
from gui.plots.colours import signed_picture
from gui.theme import active
from gui.widgets.basic import label, set_role
from gui.widgets.info_card import place_beside
from gui.widgets.layouts import vbox
from gui.widgets.panel import Panel
from model.experiment import FloatArray

LARGEST_PX = 260


class MatrixCard(Panel):
    """Show W with one cell a weight, inputs downwards, units across; click or leave to close."""

    def __init__(self, viewport: QWidget) -> None:
        super().__init__("weight_matrix", viewport)
        self._viewport = viewport
        set_role(self, role="card")
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self._picture = label()
        self._text = label("hint")
        picture = (self._picture, 0, Qt.AlignmentFlag.AlignCenter)
        vbox(picture, self._text, on=self, margins=(8, 8, 8, 6))
        self.hide()

    def show_matrix(self, weights: FloatArray, anchor: QPoint) -> None:
        """Show `weights`, shape (inputs, units), beside a point of the viewport."""
        image = signed_picture(weights, active())
        scale = min(LARGEST_PX / image.width(), LARGEST_PX / image.height(), 12.0)
        width = max(round(image.width() * scale), 24)
        height = max(round(image.height() * scale), 24)
        modes = Qt.TransformationMode
        mode = modes.SmoothTransformation if scale < 1 else modes.FastTransformation
        picture = image.scaled(width, height, Qt.AspectRatioMode.IgnoreAspectRatio, mode)
        self._picture.setPixmap(QPixmap.fromImage(picture))
        self._text.setText(
            tr(
                "{inputs} inputs down, {units} units across\nstrongest |w| {w}",
                inputs=show_integer(weights.shape[0]),
                units=show_integer(weights.shape[1]),
                w=show_short(float(np.abs(weights).max(initial=0.0)), 3),
            )
        )
        self.adjustSize()
        around = QRect(anchor - QPoint(30, 15), QSize(60, 30))
        self.move(place_beside(around, self.size(), self._viewport.rect()))
        self.show()
        self.raise_()
