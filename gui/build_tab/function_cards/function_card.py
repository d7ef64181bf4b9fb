"""What a card of an activation and one of a loss have in common."""

from __future__ import annotations

import re

from PySide6.QtCore import QSize, Qt
from PySide6.QtWidgets import QBoxLayout, QLabel, QWidget

from gui.build_tab.build_model import BuildModel
from gui.build_tab.function_cards.formulas import Definition
from gui.build_tab.state import BuildState
from gui.plots.curve_plot import CurvePlot
from gui.spoken import spoken
from gui.theme import GAP_L_PX, GAP_S_PX, INSET_PX, active
from gui.widgets.basic import label
from gui.widgets.info_card import InfoCard
from gui.widgets.latex import LatexLabel

_SIGNS = re.compile(" ([−=]) ")
"""Between what must not be parted by the end of a line."""
_PLOT_PX, _FORMULA_PX, _SLOPE_PX = 150, 18, 16


class FunctionCard(InfoCard):
    """Formula, curve, slope and sentences of a function, with the present numbers on its curve.

    Attributes
    ----------
    plot
        The curve, once the card has been made.
    """

    def __init__(self, object_name: str, model: BuildModel, parent: QWidget) -> None:
        super().__init__(object_name, parent)
        self._model = model
        self._spoken = "", ""

    def fill(self) -> None:
        """Put formulas, curve and sentences one under the other."""
        name = self.objectName()
        self.formula = LatexLabel(f"{name}_formula", _FORMULA_PX)
        self.slope = LatexLabel(f"{name}_slope", _SLOPE_PX, "t2")
        self._formulas = QBoxLayout(QBoxLayout.Direction.LeftToRight)
        self._formulas.setSpacing(GAP_S_PX)
        self._formulas.addWidget(self.formula)
        self._formulas.addStretch(1)
        self._formulas.addWidget(self.slope)
        inner_px = self.WIDTH_PX - 2 * INSET_PX
        self.plot = CurvePlot(f"{name}_curve", QSize(inner_px, _PLOT_PX), has_numbers=True)
        self.key = label("hint", f"{name}_key")
        # Of one size for good: its text changes with every frame, and no layout need hear of it.
        self.present = label("strong", f"{name}_present")
        self.present.setFixedSize(inner_px, self.present.fontMetrics().height() + 2)
        self.words = label("label", f"{name}_words", wrap=True)
        self.body.addLayout(self._formulas)
        self.body.addWidget(self.plot)
        self.body.setSpacing(GAP_S_PX + 2)
        for text in (self.key, self.present, self.words):
            self.body.addWidget(text)

    def write(self, title: str, definition: Definition, words: str) -> None:
        """Write what does not change while training runs."""
        self.title.setText(title)
        self.formula.show_latex(definition.value)
        self.slope.show_latex(definition.slope)
        wide_px = self.formula.sizeHint().width() + self.slope.sizeHint().width() + GAP_L_PX
        right, down = QBoxLayout.Direction.LeftToRight, QBoxLayout.Direction.TopToBottom
        self._formulas.setDirection(right if wide_px <= self.plot.minimumWidth() else down)
        _set_text(self.words, _SIGNS.sub("\N{NO-BREAK SPACE}\\1\N{NO-BREAK SPACE}", words))
        self.setAccessibleName(title)
        self._spoken = f"{spoken(definition.value)}. {spoken(definition.slope)}.", words
        self.setAccessibleDescription(" ".join(self._spoken))  # until what is present is told

    def tell(self, present: str) -> None:
        """Say where the present numbers lie."""
        metrics = self.present.fontMetrics()
        shown = metrics.elidedText(present, Qt.TextElideMode.ElideRight, self.present.width())
        _set_text(self.present, shown)
        if self.present.isHidden() == bool(present):
            self.present.setVisible(bool(present))
        if not self._model.state.running:
            self.present.setAccessibleName(present)
            formula, words = self._spoken
            self.setAccessibleDescription(" ".join(filter(None, (formula, present, words))))

    def show_state(self, state: BuildState) -> None:
        """Follow the numbers, while the card is open."""
        if self.isVisible():
            self.show_numbers(state)

    def show_numbers(self, state: BuildState) -> None:
        """Show where the numbers of a state lie on the curve."""

    def restyle(self) -> None:
        """Put on the theme in use."""
        super().restyle()
        if self.is_made:
            self.write_key()

    def write_key(self) -> None:
        """Say which line is which."""


def coloured(sign: str, token: str) -> str:
    """Return a sign in one of the theme's colours."""
    return f'<span style="color:{getattr(active(), token)}">{sign}</span>'


def _set_text(widget: QLabel, text: str) -> None:
    if widget.text() != text:
        widget.setText(text)
