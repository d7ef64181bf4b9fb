"""LaTeX formulas in the window: the only way to show ``$...$``."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from threading import Thread

from PySide6.QtCore import QByteArray, QEvent, QObject, QPointF, QRectF, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QFontMetrics, QPainter, QPaintEvent
from PySide6.QtSvg import QSvgRenderer
from PySide6.QtWidgets import QApplication, QSizePolicy, QWidget

from gui.spoken import spoken
from gui.theme import CARD_TITLE_PX, active, font
from gui.typesetting import SIZE_PX, kept, typeset_all
from gui.widgets.painting import smooth_painter, write_in

_ELIDE = Qt.TextElideMode.ElideRight


class SetFormula:
    """A typeset formula."""

    def __init__(self, svg: str) -> None:
        self._svg = svg
        self._renderers: dict[str, QSvgRenderer] = {}
        self._box = self._renderer("#000000").viewBoxF()

    @property
    def is_valid(self) -> bool:
        """Whether there is anything to draw."""
        return not self._box.isEmpty()

    def box(self, size_px: float) -> tuple[float, float, float]:
        """Return width, ascent and descent in pixels, for a font of `size_px`."""
        scale, box = size_px / SIZE_PX, self._box
        return scale * box.width(), -scale * box.top(), scale * box.bottom()

    def paint(self, painter: QPainter, baseline: QPointF, size_px: float, colour: str) -> None:
        """Paint it from the start of its baseline, in a colour written ``#RRGGBB``."""
        width, ascent, descent = self.box(size_px)
        area = QRectF(baseline.x(), baseline.y() - ascent, width, ascent + descent)
        self._renderer(colour).render(painter, area)

    def _renderer(self, colour: str) -> QSvgRenderer:
        if colour not in self._renderers:
            svg = self._svg.replace('"black"', f'"{colour}"')
            self._renderers[colour] = QSvgRenderer(QByteArray(svg.encode()))
        return self._renderers[colour]


class Typesetter(QObject):
    """Typesets formulas in a separate process, which a thread waits for.

    Signals
    -------
    typeset(str)
        A formula that was asked for, given as it is written, has been set or turned out to be none.

    Thread
    ------
    GUI thread; it never waits.
    """

    typeset = Signal(str)
    _answered = Signal(object)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._known: dict[str, SetFormula | None] = {}
        self._wanted: list[str] = []
        self._asked: list[str] = []
        self._answered.connect(self._take)

    def formula(self, latex: str) -> SetFormula | None:
        """Return a formula if it is typeset, otherwise request it and return ``None``.

        Of what is no formula it returns ``None`` for good: it is shown as it is written.
        """
        if latex not in self._known:
            svg = kept(latex)
            self._known[latex] = None if svg is None else _drawable(svg)
            if svg is None:
                self._wanted.append(latex)
                QTimer.singleShot(0, self, self._ask)
        return self._known[latex]

    @property
    def is_idle(self) -> bool:
        """Whether nothing is being typeset."""
        return not (self._asked or self._wanted)

    def _ask(self) -> None:
        """Let a process set the requested formulas; later requests wait for the next one."""
        if self._wanted and not self._asked:
            self._asked, self._wanted = self._wanted, []
            Thread(target=self._set, args=(tuple(self._asked),), daemon=True).start()

    def _set(self, asked: Sequence[str]) -> None:
        found = typeset_all(asked)
        with suppress(RuntimeError):  # the application has quit meanwhile
            self._answered.emit(found)

    def _take(self, found: dict[str, str | None]) -> None:
        asked, self._asked = self._asked, []
        for latex in asked:
            svg = found.get(latex)
            self._known[latex] = None if svg is None else _drawable(svg)
            self.typeset.emit(latex)
        self._ask()


def _drawable(svg: str) -> SetFormula | None:
    formula = SetFormula(svg)
    return formula if formula.is_valid else None


def typesetter() -> Typesetter:
    """Return the application's only typesetter."""
    app = QApplication.instance()
    assert app is not None
    found = app.findChild(Typesetter)
    if found is None:
        found = Typesetter(app)
    return found


class LatexLabel(QWidget):
    """Shows a LaTeX formula, or its source until it is typeset or if it is invalid.

    A screen reader says it in words. Where there is less room the formula is drawn smaller.
    """

    def __init__(self, object_name: str, size_px: int = CARD_TITLE_PX, token: str = "t1") -> None:
        super().__init__()
        self.setObjectName(object_name)
        self._size_px, self._token, self._latex = size_px, token, ""
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        typesetter().typeset.connect(self._on_typeset)

    def text(self) -> str:
        """Return the formula's source."""
        return self._latex

    @property
    def is_set(self) -> bool:
        """Whether the formula is drawn."""
        return self._formula() is not None

    def show_latex(self, latex: str) -> None:
        """Show another formula, in LaTeX math mode without dollar signs."""
        if latex != self._latex:
            self._latex = latex
            self.setAccessibleName(spoken(latex))
            self._fit()

    def _formula(self) -> SetFormula | None:
        return typesetter().formula(self._latex)

    def _on_typeset(self, latex: str) -> None:
        if latex == self._latex:
            self._fit()

    def _fit(self) -> None:
        self.setFixedHeight(max(self.sizeHint().height(), 1))
        self.updateGeometry()
        self.update()

    def sizeHint(self) -> QSize:
        """Return the size of the formula or its source."""
        formula = self._formula()
        if formula is None:
            metrics = QFontMetrics(font())
            return QSize(metrics.horizontalAdvance(self._latex) + 1, metrics.height())
        width, ascent, descent = formula.box(self._size_px)
        return QSize(round(width) + 1, round(ascent + descent + 0.49))

    def minimumSizeHint(self) -> QSize:
        """Allow shrinking."""
        return QSize(20, self.sizeHint().height())

    def changeEvent(self, event: QEvent) -> None:
        """Speak another language."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.LanguageChange:
            self.setAccessibleName(spoken(self._latex))

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the formula or its source."""
        colour = str(getattr(active(), self._token))
        painter = smooth_painter(self)
        formula = self._formula()
        if formula is None:
            write_in(painter, colour)
            metrics = painter.fontMetrics()
            shown = metrics.elidedText(self._latex, _ELIDE, self.width())
            painter.drawText(QPointF(0, metrics.ascent()), shown)
        else:
            width, ascent, descent = formula.box(self._size_px)
            scale = min(1.0, self.width() / width, self.height() / (ascent + descent))
            at = QPointF(0, (self.height() - scale * (ascent + descent)) / 2 + scale * ascent)
            formula.paint(painter, at, scale * self._size_px, colour)
        painter.end()
