"""The microscope's drawings: the terms of a sum, the chain of factors."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QImage, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from gui.build_tab.microscope.step_view import figure, short_figure, signed, tone_of
from gui.theme import BODY_PX, CAPTION_PX, RADIUS_FIELD_PX, active, font
from gui.widgets.accessible import notify_name
from gui.widgets.formula import Word, in_words
from gui.widgets.painting import (
    AT_RIGHT,
    clipped,
    draw_box,
    set_text_style,
    smooth_painter,
    write_elided,
)


class Term(NamedTuple):
    """A term of a sum: its name and value."""

    name: str
    value: float


class Thumbnail(QWidget):
    """A unit's picture, small; hidden if there is none."""

    SIDE_PX = 26

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("microscope_picture")
        self.setFixedSize(self.SIDE_PX, self.SIDE_PX)
        self._picture: QImage | None = None

    def show_picture(self, picture: QImage | None) -> None:
        """Show another picture, or none."""
        self._picture = picture
        self.setVisible(picture is not None)
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the picture in a rounded frame."""
        if self._picture is None:
            return
        painter = smooth_painter(self)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        area = QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5)
        with clipped(painter, area, RADIUS_FIELD_PX) as path:
            painter.drawImage(area, self._picture)
        painter.setPen(QPen(QColor(active().line2), 1))
        painter.drawPath(path)
        painter.end()


class SumBars(QWidget):
    """A sum as bars, each beginning where the previous one ends, with the total below.

    Negative terms are dashed outlines, as everywhere.
    """

    ROW_PX, NAME_PX, VALUE_PX = 19, 96, 66

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("microscope_bars")
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self._terms: tuple[Term, ...] = ()
        self._total = Term("z", 0.0)

    def show_terms(self, terms: Sequence[Term], total: Term) -> None:
        """Show the terms of a sum and the total."""
        self._terms, self._total = tuple(terms), total
        self.setFixedHeight(self.ROW_PX * (len(terms) + 1) + 2)
        notify_name(self)
        self.update()

    def accessibleName(self) -> str:
        """Return the terms and the sum in words."""
        said = [f"{term.name}: {signed(term.value)}" for term in self._terms]
        text = "; ".join([*said, f"{self._total.name} = {figure(self._total.value)}"])
        return in_words((Word(text),))

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the bars."""
        theme = active()
        painter = QPainter(self)
        values = np.nan_to_num([t.value for t in self._terms], nan=0.0, posinf=0.0, neginf=0.0)
        peak = float(np.abs(values).max(initial=0.0))
        if peak > 0.0:  # only shares are drawn, and a sum of them has an end
            values = values / peak
        ends = np.concatenate([[0.0], np.cumsum(values)])
        low, high = float(min(ends.min(), 0.0)), float(max(ends.max(), 0.0))
        room = self.width() - self.NAME_PX - self.VALUE_PX - 12
        scale = room / (high - low) if high > low else 0.0
        zero = self.NAME_PX - low * scale
        height = self.ROW_PX * (len(self._terms) + 1)
        painter.setPen(QPen(QColor(theme.line2), 1, Qt.PenStyle.DotLine))
        painter.drawLine(QPointF(round(zero) + 0.5, 0), QPointF(round(zero) + 0.5, height))
        for place, term in enumerate(self._terms):
            start, end = sorted((ends[place], ends[place + 1]))
            top = place * self.ROW_PX + 2
            area = QRectF(zero + start * scale, top, max((end - start) * scale, 1.5), 14)
            self._bar(painter, area, term.value < 0)
            self._row(painter, place, term.name, signed(term.value), tone_of(term.value))
        top = len(self._terms) * self.ROW_PX + 2
        start, end = sorted((0.0, float(ends[-1])))
        area = QRectF(zero + start * scale, top, max((end - start) * scale, 1.5), 14)
        painter.fillRect(area, QColor(theme.t1))
        self._row(painter, len(self._terms), self._total.name, figure(self._total.value), "t1")
        painter.end()

    @staticmethod
    def _bar(painter: QPainter, area: QRectF, is_negative: bool) -> None:
        theme = active()
        if is_negative:
            painter.setPen(QPen(QColor(theme.neg), 1.4, Qt.PenStyle.DashLine))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRect(area.adjusted(0.7, 0.7, -0.7, -0.7))
        else:
            painter.fillRect(area, QColor(theme.pos))

    def _row(self, painter: QPainter, place: int, name: str, value: str, token: str) -> None:
        theme, is_total = active(), place == len(self._terms)
        top = place * self.ROW_PX
        set_text_style(painter, theme.t1 if is_total else theme.t2, weight=600 if is_total else 400)
        write_elided(painter, QRectF(0, top, self.NAME_PX - 8, 18), name)
        set_text_style(painter, getattr(theme, token), weight=600)
        area = QRectF(self.width() - self.VALUE_PX, top, self.VALUE_PX, 18)
        painter.drawText(area, AT_RIGHT, value)


class Factor(NamedTuple):
    """A factor of the chain rule: its name, value and origin."""

    name: str
    value: float
    origin: str
    is_coloured: bool = False


class ChainTiles(QWidget):
    """The factors of a derivative as tiles with × between them and = before the last."""

    HEIGHT_PX, SIGN_PX = 60, 20

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("microscope_chain")
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self.setFixedHeight(self.HEIGHT_PX)
        self._factors: tuple[Factor, ...] = ()

    def show_factors(self, factors: Sequence[Factor]) -> None:
        """Show factors and, last, their product."""
        self._factors = tuple(factors)
        notify_name(self)
        self.update()

    def accessibleName(self) -> str:
        """Return the factors and their product in words."""
        signs = ["; × "] * (len(self._factors) - 2) + ["; = ", ""]
        said = (
            f"{each.name} = {short_figure(each.value)}   {each.origin}{sign}"
            for each, sign in zip(self._factors, signs, strict=False)
        )
        return in_words((Word("".join(said)),))

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the tiles."""
        theme, count = active(), len(self._factors)
        if count == 0:
            return
        painter = smooth_painter(self)
        face = font(BODY_PX, 600)
        widths = self._widths(QFontMetricsF(face))
        left = 0.0
        for place, (factor, width) in enumerate(zip(self._factors, widths, strict=True)):
            area = QRectF(left + 0.5, 0.5, width, self.HEIGHT_PX - 1)
            edge = theme.line2 if place == count - 1 else theme.line
            draw_box(painter, area, RADIUS_FIELD_PX, theme.bg1, edge)
            token = tone_of(factor.value) if factor.is_coloured else "t1"
            lines = (
                (factor.name, "t2", font()),
                (short_figure(factor.value), token, face),
                (factor.origin, "t3", font(CAPTION_PX)),
            )
            for line, (text, ink, of_line) in enumerate(lines):
                painter.setFont(of_line)
                painter.setPen(QColor(getattr(theme, ink)))
                write_elided(painter, QRectF(left + 7, 4 + 18 * line, width - 12, 17), text)
            if place < count - 1:
                set_text_style(painter, theme.t2)
                sign = "=" if place == count - 2 else "×"
                beside = QRectF(left + width, 0, self.SIGN_PX, self.HEIGHT_PX)
                painter.drawText(beside, Qt.AlignmentFlag.AlignCenter, sign)
            left += width + self.SIGN_PX
        painter.end()

    def _widths(self, metrics: QFontMetricsF) -> list[float]:
        """Return each tile's width: that of its number, and an equal share of the rest."""
        room = self.width() - 1 - self.SIGN_PX * (len(self._factors) - 1)
        needed = [
            metrics.horizontalAdvance(short_figure(each.value)) + 14 for each in self._factors
        ]
        spare = (room - sum(needed)) / len(needed)
        return [width + spare for width in needed]
