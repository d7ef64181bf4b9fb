"""A part of a step in the microscope: its number, title and numbers."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import zip_longest
from typing import ClassVar

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QFrame, QLabel, QVBoxLayout, QWidget

from gui.build_tab.microscope.step_view import StepView
from gui.explain import explain
from gui.theme import CAPTION_PX, GAP_M_PX, INSET_PX, TITLE_PX, active
from gui.widgets.basic import label, set_role, show_text
from gui.widgets.formula import Formula, FormulaLabel
from gui.widgets.layouts import STRETCH, add_parts, hbox, vbox
from gui.widgets.layouts import Part as LayoutPart
from gui.widgets.painting import set_text_style
from model.insight.step.walk import Part

_TERMS: dict[Part, tuple[str, ...]] = {
    Part.INPUTS: ("input",),
    Part.BIAS: ("bias",),
    Part.WEIGHTS: ("weight",),
    Part.SUM: ("weighted-sum",),
    Part.ACTIVATION: ("activation", "activation-function"),
    Part.ERROR: ("error", "loss"),
    Part.BLAME: ("blame", "backpropagation"),
    Part.UPDATE: ("gradient", "learning-rate"),
    Part.AGAIN: ("step", "loss"),
    Part.PREDICT: ("prediction",),
}


class Badge(QWidget):
    """A step's number in a circle, filled at the current part."""

    SIDE_PX = 18

    def __init__(self, number: int) -> None:
        super().__init__()
        self.setFixedSize(self.SIDE_PX, self.SIDE_PX)
        self._number, self._is_current = number, False

    def set_current(self, on: bool) -> None:
        """Fill the circle, or draw its outline."""
        if on != self._is_current:
            self._is_current = on
            self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw circle and number."""
        painter = QPainter(self)
        draw_badge(painter, QRectF(self.rect()), str(self._number), self._is_current)
        painter.end()


def draw_badge(painter: QPainter, area: QRectF, text: str, is_current: bool) -> None:
    """Draw a number in a circle."""
    theme = active()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(QPen(QColor(theme.acc if is_current else theme.line2), 1))
    painter.setBrush(QColor(theme.acc) if is_current else Qt.BrushStyle.NoBrush)
    painter.drawEllipse(area.adjusted(1, 1, -1, -1))
    set_text_style(painter, theme.onacc if is_current else theme.t2, CAPTION_PX, 600)
    painter.drawText(area, Qt.AlignmentFlag.AlignCenter, text)


class FormulaLines(QVBoxLayout):
    """Formulas stacked vertically."""

    def __init__(self, object_name: str, size_px: int = TITLE_PX) -> None:
        super().__init__()
        self.setSpacing(4)
        self._name, self._size_px = object_name, size_px
        self._labels: list[FormulaLabel] = []

    def show_formulas(self, formulas: Sequence[Formula]) -> None:
        """Show exactly these formulas."""
        while len(self._labels) < len(formulas):
            line = FormulaLabel(f"{self._name}_{len(self._labels) + 1}", self._size_px)
            self._labels.append(line)
            self.addWidget(line)
        for line, formula in zip_longest(self._labels, formulas):
            line.setVisible(formula is not None)
            if formula is not None:
                line.show_formula(formula)


class PartCard(QFrame):
    """A heading over formulas and a sentence; the current part has a bar at its left.

    Attributes
    ----------
    part
        The part of a training step on the card.
    lines_name, lines_px
        Object name and font size of its formulas; the name defaults to the part's.
    body
        Layout for further content.
    title, hint
        Labels of the heading.
    formulas, why
        The formulas, and the sentence that explains them.
    """

    part: ClassVar[Part]
    lines_name: ClassVar[str] = ""
    lines_px: ClassVar[int] = TITLE_PX

    def __init__(self, choose: Callable[[Part], None]) -> None:
        super().__init__()
        self._choose = choose
        name = self.part.name.lower()
        self.setObjectName(f"microscope_{name}")
        self._badge = Badge(self.part.step)
        self.title = label("title", f"microscope_{name}_title")
        self.hint = label("label", f"microscope_{name}_hint")
        self.hint.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        explain(self.title, *_TERMS[self.part])
        head = hbox(self._badge, self.title, STRETCH, self.hint, gap=GAP_M_PX)
        self.formulas = FormulaLines(f"microscope_{self.lines_name or name}", self.lines_px)
        self.why = label("label", f"microscope_{name}_why", wrap=True)
        self.body = vbox(
            head, on=self, gap=6, margins=(INSET_PX + 1, GAP_M_PX, INSET_PX + 4, GAP_M_PX + 1)
        )
        add_parts(self.body, *self.make_body())
        set_role(self, role="part", tone="")

    def make_body(self) -> Sequence[LayoutPart]:
        """Return the body's widgets and layouts, from top to bottom."""
        return self.formulas, self.why

    def show_view(self, view: StepView) -> None:
        """Show a unit's numbers."""
        raise NotImplementedError

    def show_content(
        self, title: str, formulas: Sequence[Formula] = (), why: str = "", hint: str = ""
    ) -> None:
        """Show the heading, the formulas and the sentence."""
        self.title.setText(title)
        show_text(self.hint, hint)
        self.formulas.show_formulas(formulas)
        write(self.why, why)

    def spoken(self) -> str:
        """Return the card's formulas in words."""
        shown = [part for part in self.findChildren(FormulaLabel) if not part.isHidden()]
        return ". ".join(part.accessibleName() for part in shown)

    def set_current(self, on: bool) -> None:
        """Show whether this is the current part."""
        self._badge.set_current(on)
        set_role(self, tone="current" if on else "")

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Go to the clicked part."""
        super().mousePressEvent(event)
        if event.button() == Qt.MouseButton.LeftButton:
            self._choose(self.part)


def write(holder: QLabel, text: str) -> None:
    """Set a label's text, and hide it if empty."""
    holder.setText(text)
    holder.setVisible(bool(text))
