"""LaTeX formulas in the window: the only way to show ``$...$``."""

from __future__ import annotations

from functools import lru_cache

from PySide6.QtCore import QByteArray, QEvent, QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QFontMetrics, QPainter, QPaintEvent
from PySide6.QtSvg import QSvgRenderer
from PySide6.QtWidgets import QSizePolicy, QWidget

from gui.spoken import spoken
from gui.theme import CARD_TITLE_PX, active, font
from gui.typesetting import SIZE_PX, kept, typeset
from gui.widgets.painting import set_text_style, smooth_painter

_ELIDE = Qt.TextElideMode.ElideRight


class SetFormula:
    """A typeset formula."""

    def __init__(self, svg: str) -> None:
        self._svg = svg
        self._renderers: dict[str, QSvgRenderer] = {}
        self._box = self._renderer("#000000").viewBoxF()

    @property
    def is_valid(self) -> bool:
        """Whether there is something to draw."""
        return not self._box.isEmpty()

    def box(self, size_px: float) -> tuple[float, float, float]:
        """Return width, ascent and descent in pixels, for a font of `size_px`."""
        scale, box = size_px / SIZE_PX, self._box
        return scale * box.width(), -scale * box.top(), scale * box.bottom()

    def paint(self, painter: QPainter, baseline: QPointF, size_px: float, colour: str) -> None:
        """Paint it from the start of its baseline, in the colour ``#RRGGBB``."""
        width, ascent, descent = self.box(size_px)
        area = QRectF(baseline.x(), baseline.y() - ascent, width, ascent + descent)
        self._renderer(colour).render(painter, area)

    def _renderer(self, colour: str) -> QSvgRenderer:
        if colour not in self._renderers:
            svg = self._svg.replace('"black"', f'"{colour}"')
            self._renderers[colour] = QSvgRenderer(QByteArray(svg.encode()))
        return self._renderers[colour]


@lru_cache(512)
def set_formula(latex: str) -> SetFormula | None:
    """Return a typeset formula, ``None`` if it is invalid and must be shown as source."""
    svg = kept(latex) or typeset(latex)
    formula = None if svg is None else SetFormula(svg)
    return formula if formula is not None and formula.is_valid else None


class LatexLabel(QWidget):
    """Shows a LaTeX formula, or its source if it is invalid.

    Screen readers get it in words. In a smaller space the formula is scaled down.
    """

    def __init__(self, object_name: str, size_px: int = CARD_TITLE_PX, token: str = "t1") -> None:
        super().__init__()
        self.setObjectName(object_name)
        self._size_px, self._token, self._latex = size_px, token, ""
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)

    def text(self) -> str:
        """Return the formula's source."""
        return self._latex

    @property
    def is_set(self) -> bool:
        """Whether the formula is drawn."""
        return set_formula(self._latex) is not None

    def show_latex(self, latex: str) -> None:
        """Show another formula, in LaTeX math mode without dollar signs."""
        if latex != self._latex:
            self._latex = latex
            self.setAccessibleName(spoken(latex))
            self._fit()

    def _fit(self) -> None:
        self.setFixedHeight(max(self.sizeHint().height(), 1))
        self.updateGeometry()
        self.update()

    def sizeHint(self) -> QSize:
        """Return the size of the formula or its source."""
        formula = set_formula(self._latex)
        if formula is None:
            metrics = QFontMetrics(font())
            return QSize(metrics.horizontalAdvance(self._latex) + 1, metrics.height())
        width, ascent, descent = formula.box(self._size_px)
        return QSize(round(width) + 1, round(ascent + descent + 0.49))

    def minimumSizeHint(self) -> QSize:
        """Allow shrinking."""
        return QSize(20, self.sizeHint().height())

    def changeEvent(self, event: QEvent) -> None:
        """Update the spoken text after a language change."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.LanguageChange:
            self.setAccessibleName(spoken(self._latex))

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the formula or its source."""
        colour = str(getattr(active(), self._token))
        painter = smooth_painter(self)
        formula = set_formula(self._latex)
        if formula is None:
            set_text_style(painter, colour)
            metrics = painter.fontMetrics()
            shown = metrics.elidedText(self._latex, _ELIDE, self.width())
            painter.drawText(QPointF(0, metrics.ascent()), shown)
        else:
            width, ascent, descent = formula.box(self._size_px)
            scale = min(1.0, self.width() / width, self.height() / (ascent + descent))
            at = QPointF(0, (self.height() - scale * (ascent + descent)) / 2 + scale * ascent)
            formula.paint(painter, at, scale * self._size_px, colour)
        painter.end()
