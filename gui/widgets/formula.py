"""Formulas with scripts, fractions and colours; as text, LaTeX and words."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple

from PySide6.QtCore import QEvent, QPointF, QSize, Qt
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QPainter, QPaintEvent, QPen, QResizeEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from gui.spoken import spoken
from gui.theme import CAPTION_PX, TITLE_PX, active, font
from gui.widgets.accessible import notify_name

_LINE_GAP_PX, _BAR_PX, _RAISE = 3.0, 3.0, 0.42


@dataclass(frozen=True, slots=True)
class Word:
    """A piece of a line; a line may break before a word that begins with a space.

    Attributes
    ----------
    text, sup
        The text and its superscript.
    token, weight
        Colour token of the theme, and font weight.
    """

    text: str
    sup: str = ""
    token: str = "t1"
    weight: int = 400


@dataclass(frozen=True, slots=True)
class Fraction:
    """A fraction with a one-line numerator and denominator."""

    over: tuple[Word, ...]
    under: tuple[Word, ...]


Piece = Word | Fraction
Formula = tuple[Piece, ...]
_INDENT = Word("   ")


# -- As text ---------------------------------------------------------------------------------------


def plain(formula: Formula) -> str:
    """Return a formula as one line of text: fractions in brackets, "^" before superscripts."""
    return "".join(map(_plain, formula)).strip()


def _plain(piece: Piece) -> str:
    if isinstance(piece, Fraction):
        over, under = plain(piece.over), plain(piece.under)
        return f"{_bracketed(over)} / {_bracketed(under)}"
    return f"{piece.text}^{_bracketed(piece.sup)}" if piece.sup else piece.text


def _bracketed(text: str) -> str:
    return f"({text})" if " " in text or len(text) > 3 else text


_LATEX = {
    "·": r"\cdot ",
    "×": r"\times ",
    "−": "-",
    "∂": r"\partial ",
    "η": r"\eta ",
    "σ": r"\sigma ",
    "β": r"\beta ",
    "μ": r"\mu ",
    "ε": r"\varepsilon ",
    "ᵏ": "^{k}",
    "λ": r"\lambda ",
    "∑": r"\sum ",
    "→": r"\to ",
    "⇒": r"\Rightarrow ",
    "←": r"\leftarrow ",
    "≤": r"\le ",
    "≥": r"\ge ",
    "½": r"\tfrac{1}{2}",
    "∞": r"\infty ",
    "ŷ": r"\hat{y}",
    "…": r"\dots ",
    "Δ": r"\Delta ",
    "%": r"\%",
    "_": r"\_",
    "&": r"\&",
    "#": r"\#",
    "$": r"\$",
    "{": r"\{",
    "}": r"\}",
    "^": r"\hat{}",
    "~": r"\sim ",
    "\\": r"\backslash ",
}
_LOWERED, _RAISED = "₀₁₂₃₄₅₆₇₈₉₋", "⁰¹²³⁴⁵⁶⁷⁸⁹⁻"
_LOWER = str.maketrans(_LOWERED, "0123456789,")
_RAISE_TO = str.maketrans(_RAISED, "0123456789-")
_LETTER = rf"(?:(?![{_LOWERED}{_RAISED}Δ])[^\W\d_])"
_PART = rf"(?:{_LETTER}|[0-9_])"
_TOKEN = re.compile(
    rf"(?P<root>√\w\u0302?)|(?P<hat>\w[\u0302\u0304])|(?P<below>[{_LOWERED}]+)|(?P<above>[{_RAISED}]+)|(?P<comma>(?<=\d),(?=\d))"
    rf"|(?P<function>(?:ln|max|sgn|tanh)(?!\w) ?)"
    rf"|(?P<hyphenated>{_LETTER}{_PART}*(?:-{_PART}+)+)"
    rf"|(?P<name>{_LETTER}(?:{_PART}+(?: {_LETTER}{_PART}*)*|(?: {_LETTER}{_PART}*)+))"
    r"|(?P<apart> {2,})|(?P<blank>(?<=[^\W_]) (?=[^\W_]))|(?P<sign>.)",
    re.DOTALL,
)


def latex(formula: Formula) -> str:
    """Return a formula in LaTeX math mode."""
    return re.sub(r" +", " ", "".join(map(_latex, formula))).strip()


def in_words(formula: Formula) -> str:
    """Return a formula in words, for screen readers."""
    return spoken(latex(formula))


def _latex(piece: Piece) -> str:
    if isinstance(piece, Fraction):
        return rf"\frac{{{latex(piece.over)}}}{{{latex(piece.under)}}}"
    text = _latex_text(piece.text)
    return f"{text}^{{{_latex_text(piece.sup)}}}" if piece.sup else text


def _latex_text(text: str) -> str:
    """Return text with upright names, tight decimal commas and all symbols as commands."""
    return _TOKEN.sub(_latex_token, text)


def _latex_token(found: re.Match[str]) -> str:
    text = found[0]
    if found["root"]:
        return rf"\sqrt{{{_latex_text(text[1:])}}}"
    if found["hat"]:
        return rf"\{'hat' if text[1] == '\u0302' else 'bar'}{{{text[0]}}}"
    if found["below"]:
        return f"_{{{text.translate(_LOWER).strip(',')}}}"
    if found["above"]:
        return f"^{{{text.translate(_RAISE_TO)}}}"
    if found["comma"]:
        return "{,}"
    if found["function"]:
        return rf"\operatorname{{{text.rstrip()}}} "
    if found["hyphenated"]:  # a minus sign is another letter
        return rf"\text{{{text.replace('_', r'\_')}}}"
    if found["name"]:
        return rf"\mathrm{{{text.replace(' ', '~').replace('_', r'\_')}}}"
    if found["apart"]:
        return r"\quad "  # a plain blank is nothing in mathematical mode
    if found["blank"]:
        return r"\ "
    return _LATEX.get(text, text)


# -- As a drawing ----------------------------------------------------------------------------------


class _Placed(NamedTuple):
    """A word and the start of its baseline."""

    word: Word
    x: float
    y: float


class _Bar(NamedTuple):
    """The bar of a fraction."""

    x: float
    y: float
    width: float


class _Box(NamedTuple):
    """A piece's width, and its extent above and below the baseline."""

    width: float
    ascent: float
    descent: float


class FormulaLabel(QWidget):
    """A label that breaks a formula into lines; screen readers get it in words."""

    def __init__(self, object_name: str, size_px: int = TITLE_PX) -> None:
        super().__init__()
        self.setObjectName(object_name)
        self._size_px = size_px
        self._formula: Formula = ()
        self._said = ""
        self._words: list[_Placed] = []
        self._bars: list[_Bar] = []
        self._fonts: dict[tuple[int, int], tuple[QFont, QFontMetricsF]] = {}
        policy = QSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)

    def text(self) -> str:
        """Return the formula as text."""
        return plain(self._formula)

    def show_formula(self, formula: Formula, said: str = "") -> None:
        """Show another formula; `said` replaces its description for screen readers."""
        if formula == self._formula:
            return
        self._formula, self._said = formula, said
        notify_name(self)
        self._lay_out()

    # -- Layout ------------------------------------------------------------------------------------

    def _lay_out(self) -> None:
        """Place the words for the current width."""
        height = self._place(max(self.width(), 40))
        if height != self.minimumHeight():
            self.setFixedHeight(height)
        self.update()

    def _place(self, width: float) -> int:
        self._words, self._bars = [], []
        y = 0.0
        for line in self._lines(width):
            baseline = y + max(box.ascent for _, box in line)
            x = 0.0
            for piece, box in line:
                self._place_piece(piece, box, x, baseline)
                x += box.width
            y = baseline + max(box.descent for _, box in line) + _LINE_GAP_PX
        return round(max(y - _LINE_GAP_PX, 0.0) + 0.49)

    def _lines(self, width: float) -> Iterator[list[tuple[Piece, _Box]]]:
        """Yield the lines: groups are not broken, continuation lines are indented."""
        line: list[tuple[Piece, _Box]] = []
        used = 0.0
        for group in self._groups():
            boxed = [(piece, self._box(piece)) for piece in group]
            wide = sum(box.width for _, box in boxed)
            if line and used + wide > width:
                yield line
                line, used = [(_INDENT, self._box(_INDENT))], 12.0
            line += boxed
            used += wide
        if line:
            yield line

    def _groups(self) -> Iterator[list[Piece]]:
        group: list[Piece] = []
        for piece in self._formula:
            if group and isinstance(piece, Word) and piece.text.startswith(" "):
                yield group
                group = []
            group.append(piece)
        if group:
            yield group

    def _box(self, piece: Piece) -> _Box:
        if isinstance(piece, Fraction):
            over, under = (self._line_box(part) for part in (piece.over, piece.under))
            axis = self._axis()
            return _Box(
                max(over.width, under.width) + 2 * _BAR_PX,
                axis + _BAR_PX + over.ascent + over.descent,
                under.ascent + under.descent + _BAR_PX - axis,
            )
        metrics = self._font(self._size_px, piece.weight)[1]
        width, ascent = metrics.horizontalAdvance(piece.text), metrics.ascent()
        if piece.sup:
            raised = self._font(CAPTION_PX, piece.weight)[1]
            width += raised.horizontalAdvance(piece.sup) + 1
            ascent = max(ascent, _RAISE * self._size_px + raised.ascent())
        return _Box(width, ascent, metrics.descent())

    def _line_box(self, words: tuple[Word, ...]) -> _Box:
        boxes = [self._box(word) for word in words]
        return _Box(
            sum(box.width for box in boxes),
            max(box.ascent for box in boxes),
            max(box.descent for box in boxes),
        )

    def _font(self, size_px: int, weight: int) -> tuple[QFont, QFontMetricsF]:
        """Return a font and its metrics, cached since creating them is slower than measuring."""
        key = size_px, weight
        if key not in self._fonts:
            face = font(size_px, weight)
            self._fonts[key] = face, QFontMetricsF(face)
        return self._fonts[key]

    def _axis(self) -> float:
        """Return the height of fraction bars above the baseline."""
        return self._font(self._size_px, 400)[1].xHeight() / 2 + 1

    def _place_piece(self, piece: Piece, box: _Box, x: float, y: float) -> None:
        if isinstance(piece, Word):
            self._words.append(_Placed(piece, x, y))
            return
        bar = y - self._axis()
        self._bars.append(_Bar(x + 1, bar, box.width - 2))
        over, under = self._line_box(piece.over), self._line_box(piece.under)
        above, below = bar - _BAR_PX - over.descent, bar + _BAR_PX + under.ascent
        for words, part, baseline in ((piece.over, over, above), (piece.under, under, below)):
            at = x + (box.width - part.width) / 2
            for word in words:
                self._words.append(_Placed(word, at, baseline))
                at += self._box(word).width

    # -- Qt ----------------------------------------------------------------------------------------

    def sizeHint(self) -> QSize:
        """Return the width of the formula on one line."""
        width = sum(self._box(piece).width for piece in self._formula)
        return QSize(round(width) + 1, max(self.minimumHeight(), 1))

    def accessibleName(self) -> str:
        """Return the formula in words, computed only on request."""
        return self._said or in_words(self._formula)

    def changeEvent(self, event: QEvent) -> None:
        """Measure again after a font change, and update the spoken text after a language change."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.LanguageChange:
            notify_name(self)
        if event.type() == QEvent.Type.FontChange:
            self._fonts.clear()
            self._lay_out()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Break the lines again."""
        super().resizeEvent(event)
        if event.size().width() != event.oldSize().width():
            self._lay_out()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the words and bars."""
        theme = active()
        painter = QPainter(self)
        for word, x, y in self._words:
            painter.setPen(QColor(getattr(theme, word.token)))
            painter.setFont(self._font(self._size_px, word.weight)[0])
            painter.drawText(QPointF(x, y), word.text)
            if word.sup:
                x += self._font(self._size_px, word.weight)[1].horizontalAdvance(word.text) + 1
                painter.setFont(self._font(CAPTION_PX, word.weight)[0])
                painter.drawText(QPointF(x, y - _RAISE * self._size_px), word.sup)
        painter.setPen(QPen(QColor(theme.t1), 1, Qt.PenStyle.SolidLine, Qt.PenCapStyle.FlatCap))
        for bar in self._bars:
            painter.drawLine(QPointF(bar.x, bar.y), QPointF(bar.x + bar.width, bar.y))
        painter.end()
