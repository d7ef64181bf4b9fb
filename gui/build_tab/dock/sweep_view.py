"""A sweep: share of solved starts by learning rate and width, as a heat table."""

from __future__ import annotations

from argparse import ArgumentTypeError
from collections.abc import Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QKeyEvent, QPainter
from PySide6.QtWidgets import (
    QBoxLayout,
    QFrame,
    QHeaderView,
    QStackedWidget,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTableWidget,
    QTableWidgetItem,
    QWidget,
)

from foundation.text import mark, tr, tr_context, tr_plural
from foundation.words import decimals
from gui.build_tab.build_model import BuildModel
from gui.build_tab.dock.draw_view import DrawView
from gui.build_tab.state import BuildState
from gui.explain import explain
from gui.format import list_separator, percent, show_integer, show_number
from gui.theme import BODY_PX, GAP_M_PX, GAP_S_PX, active
from gui.widgets.basic import PRESS_KEYS, Index, describe, label, pass_letters_to_tab, push_button
from gui.widgets.fields import FIELD_PX, ValueEdit
from gui.widgets.focus_ring import should_draw_focus_ring
from gui.widgets.layouts import STRETCH, UNBOUNDED_PX, hbox, vbox
from gui.widgets.painting import AT_RIGHT, draw_box, draw_ring, set_text_style, with_alpha
from gui.widgets.texts import worded
from model.defaults import swept_layer, swept_rates, swept_widths
from model.edits.network import MAX_UNITS

if TYPE_CHECKING:
    from model.training.ensemble.sweep import Cell, Sweep  # ensembles are not for the start

MAX_SEEDS, MAX_VALUES = 1000, 7
_BESIDE_PX, _SIDE_PX, _DETAIL_PX = 440, 200, 48
"""Least width for texts beside the table; the texts' width and least height."""
_SPOKEN_ROLE = Qt.ItemDataRole.AccessibleTextRole
_SHARE, _IS_PRESENT = Qt.ItemDataRole.UserRole, Qt.ItemDataRole.UserRole + 1


class _NumbersEdit(ValueEdit[tuple[float, ...]]):
    """A field for several numbers; if empty, the proposed ones are used."""

    def __init__(self, object_name: str, *, whole: bool) -> None:
        super().__init__(object_name, ())
        self._whole = whole
        self._proposed: tuple[float, ...] = ()
        self.setFixedHeight(FIELD_PX)

    @property
    def numbers(self) -> tuple[float, ...]:
        """The numbers in the field."""
        return self._value or self._proposed

    def propose(self, numbers: Sequence[float]) -> None:
        """Propose these numbers if the user typed none."""
        if tuple(numbers) != self._proposed:
            self._proposed = tuple(numbers)
            if not (self.hasFocus() and self.isModified()):
                self.write()

    def write(self) -> None:
        """Write the numbers in the current language, scrolled to the first."""
        super().write()
        self.setCursorPosition(0)

    def text_of(self, value: tuple[float, ...]) -> str:
        """Return numbers as text; the proposed ones if there are none."""
        return list_separator().join(map(show_number, value or self._proposed))

    def read(self, text: str) -> tuple[float, ...] | None:
        """Return the numbers of a text, empty for an empty text, ``None`` if invalid."""
        if not text.strip():
            return ()
        try:
            numbers = tuple(dict.fromkeys(decimals(text)))
        except ArgumentTypeError:
            return None
        low, high = (1, MAX_UNITS) if self._whole else (1e-12, 1e6)
        fits = all(low <= n <= high and (n == int(n) or not self._whole) for n in numbers)
        return numbers if fits and len(numbers) <= MAX_VALUES else None


class _HeatDelegate(QStyledItemDelegate):
    """Shades each cell by its share of solved starts, and frames the current settings."""

    def paint(
        self,
        painter: QPainter,
        option: QStyleOptionViewItem,
        index: Index,
    ) -> None:
        theme, share = active(), index.data(_SHARE)
        ground = QColor(theme.bg2)
        if share is not None:
            ground = with_alpha(theme.acc, 0.04 + 0.36 * share)
        rect = QRectF(option.rect).adjusted(1, 1, -1, -1)
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        draw_box(painter, rect, 2.5, ground)
        if option.state & QStyle.StateFlag.State_HasFocus and should_draw_focus_ring(option.widget):
            draw_ring(painter, rect.adjusted(1, 1, -1, -1), 2.5, theme.acc)
        elif index.data(_IS_PRESENT):
            draw_ring(painter, rect.adjusted(0.5, 0.5, -0.5, -0.5), 2.5, theme.t2, 1)
        set_text_style(painter, theme.t1 if share is not None else theme.t3, BODY_PX, 600)
        painter.drawText(rect, Qt.AlignmentFlag.AlignCenter, index.data())
        painter.restore()


class _HeatTable(QTableWidget):
    """A table with learning rates across and widths down."""

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("sweep_table")
        self.setItemDelegate(_HeatDelegate(self))
        self.setEditTriggers(QTableWidget.EditTrigger.NoEditTriggers)
        self.setSelectionMode(QTableWidget.SelectionMode.SingleSelection)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setShowGrid(False)
        self.setTabKeyNavigation(False)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setCornerButtonEnabled(False)
        for header, least_px in ((self.horizontalHeader(), 30), (self.verticalHeader(), 15)):
            header.setMinimumSectionSize(least_px)
            header.setSectionResizeMode(QHeaderView.ResizeMode.Stretch)
            header.setHighlightSections(False)
            header.setSectionsClickable(False)
        self.verticalHeader().setDefaultAlignment(AT_RIGHT)
        self.horizontalHeader().setFixedHeight(18)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Treat Enter and Space as a double click on the current cell."""
        if event.key() in PRESS_KEYS:
            self.cellDoubleClicked.emit(self.currentRow(), self.currentColumn())
        else:
            pass_letters_to_tab(event, super().keyPressEvent)


class SweepView(DrawView):
    """The rates and widths to try, and the share of solved starts at each.

    The arrow keys move in the table; Enter or a double click applies a cell's rate and width.
    """

    def __init__(self, model: BuildModel) -> None:
        super().__init__(
            "sweep",
            model,
            MAX_SEEDS,
            "grid-four",
            mark("How many seeds each"),
            lambda: tr("How many random starts of each: 1 to {most}", most=show_integer(MAX_SEEDS)),
        )
        self._pages = QStackedWidget()
        self._sweep: Sweep | None = None
        self._layer = self._layers = -1
        self._present: tuple[float, int] | None = None
        self.rates = _NumbersEdit("sweep_rates", whole=False)
        self.widths = _NumbersEdit("sweep_widths", whole=True)
        for field in (self.rates, self.widths):
            field.refused.connect(self._on_refused)
        self.change = push_button(
            "sweep_change",
            size="small",
            do=lambda: self._pages.setCurrentIndex(0),
            text="Change",
            accessible_name="Change the rates and widths",
        )
        self.table = worded(
            _HeatTable(),
            accessible_name="Share solved by learning rate and width",
            tip="Double-click a cell, or press Enter on it, to take its rate and width",
        )
        self.table.currentCellChanged.connect(self._show_detail)
        self.table.cellDoubleClicked.connect(self._on_cell_chosen)
        self._pages.addWidget(self._make_form())
        self._pages.addWidget(self._make_result())
        vbox(self._pages, on=self, margins=0)
        self.retranslate()

    def _make_form(self) -> QWidget:
        page = QWidget()
        self._rates = label("label", text="Learning rates")
        self._widths = label("label", "sweep_widths_caption")
        explain(self._rates, "learning-rate")
        self._asked = ((self._rates, self.rates), (self._widths, self.widths))
        self._lines = [hbox(name, (field, 1), gap=GAP_S_PX) for name, field in self._asked]
        for name, field in self._asked:
            name.setBuddy(field)
        form = vbox(*self._lines, gap=GAP_S_PX)
        self._invitation = label("label", "sweep_invitation", wrap=True)
        foot = hbox(self.seeds, self.start, STRETCH, gap=GAP_M_PX)
        vbox(self._invitation, form, foot, STRETCH, on=page, gap=GAP_M_PX, margins=0)
        return page

    def _make_result(self) -> QWidget:
        page = QWidget()
        self._detail = label("label", "sweep_detail", wrap=True)
        explain(self._detail, "sweep", "solved")
        self._detail.setAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignTop)
        self._detail.setMinimumHeight(_DETAIL_PX)
        self._buttons = hbox(self.again, self.change, STRETCH, gap=GAP_M_PX)
        self._side = QWidget()
        vbox((self._detail, 1), self._buttons, on=self._side, gap=GAP_S_PX, margins=0)
        self._layout = vbox((self.table, 1), self._side, on=page, gap=GAP_M_PX, margins=0)
        return page

    def refit(self) -> None:
        """Place texts beside the table and captions before the fields if there is room.

        In a narrow view, only the tips and the accessible descriptions contain these texts.
        """
        wide, way = self.width() >= _BESIDE_PX, QBoxLayout.Direction
        for layout in (self._layout, *self._lines):
            layout.setDirection(way.LeftToRight if wide else way.TopToBottom)
        self._side.setMinimumWidth(_SIDE_PX if wide else 0)
        self._side.setMaximumWidth(_SIDE_PX if wide else UNBOUNDED_PX)
        widest = max(name.sizeHint().width() for name, _ in self._asked)
        for name, _ in self._asked:
            name.setMinimumWidth(widest if wide else 0)
        for words in (self._invitation, self._detail):
            words.setVisible(wide)

    # -- What is shown -----------------------------------------------------------------------------

    def show_state(self, state: BuildState) -> None:
        """Propose rates and widths, or show the progress or the results."""
        experiment, unit, insight = state.experiment, state.selection.unit, state.insight
        layers = len(experiment.network.layers) - 1
        sweep, share = insight.sweep, insight.sweep_share
        is_new = sweep is not self._sweep
        layer = swept_layer(experiment, -1 if unit is None else unit.layer)
        is_other_layer = (layer, layers) != (self._layer, self._layers)
        self._layer, self._layers = layer, layers
        if share is None and (sweep is None or is_other_layer):
            self.rates.propose(swept_rates(experiment))
            self.widths.propose(swept_widths(experiment, layer))
        if is_new:
            self._show_page(0 if sweep is None else 1)
        self._sweep = sweep
        units = -1 if sweep is None else sweep.layer
        present = (
            experiment.training.learning_rate,
            (experiment.network.layers[units].units if units >= 0 else 0),
        )
        if is_new or present != self._present:
            self._present = present
            self._fill()
        if is_other_layer:
            self.retranslate()
        self._show_share(share)

    def _show_page(self, index: int) -> None:
        """Show the form or the results; focus stays on the start and stop button."""
        form = self._pages.widget(0)
        has_keyboard = form is not None and form.isAncestorOf(self.window().focusWidget())
        self._pages.setCurrentIndex(index)
        if has_keyboard and index:
            self.again.setFocus(Qt.FocusReason.OtherFocusReason)

    def _fill(self) -> None:
        sweep, table = self._sweep, self.table
        if sweep is None:
            return
        table.setRowCount(len(sweep.widths))
        table.setColumnCount(len(sweep.rates))
        table.setHorizontalHeaderLabels([show_number(rate) for rate in sweep.rates])
        table.setVerticalHeaderLabels([show_integer(n) if n else "" for n in sweep.widths])
        for row, width in enumerate(sweep.widths):
            for column, rate in enumerate(sweep.rates):
                cell = sweep.cells.get((rate, width))
                item = table.item(row, column) or QTableWidgetItem()
                item.setText("…" if cell is None else percent(cell.share, 0))
                item.setData(_SHARE, None if cell is None else cell.share)
                item.setData(_IS_PRESENT, (rate, width) == self._present)
                told = self._describe_cell(rate, width, cell)
                item.setData(_SPOKEN_ROLE, told)
                item.setToolTip(told)
                if item.tableWidget() is None:
                    table.setItem(row, column, item)
        self._show_detail()

    def _describe_cell(self, rate: float, width: int, cell: Cell | None) -> str:
        """Describe everything known about a cell."""
        where = tr("rate {rate}, {width} units", rate=show_number(rate), width=show_integer(width))
        if width < 2:
            one, none = tr("rate {rate}, 1 unit"), tr("rate {rate}")
            where = (one if width else none).format(rate=show_number(rate))
        if cell is None:
            return tr("{where}: not drawn", where=where)
        low, high = (percent(end, 0) for end in cell.interval)
        solved, seeds = show_integer(cell.solved.sum()), show_integer(len(cell.solved))
        said = tr(
            "{where}: {solved} of {seeds} solve it, 95% interval {low} to {high}.",
            where=where,
            solved=solved,
            seeds=seeds,
            low=low,
            high=high,
        )
        return f"{said} {self._describe_endings(cell)}"

    def _describe_endings(self, cell: Cell) -> str:
        """Describe how many starts each stop rule ended."""
        ends = {
            "epochs": tr("all epochs: {n}"),
            "loss_below": tr("loss low enough: {n}"),
            "margin": tr("margin reached: {n}"),
            "diverged": tr("diverged: {n}"),
        }
        said = (ends[reason].format(n=show_integer(n)) for reason, n in cell.reasons.items())
        return tr("How they ended: {ends}.", ends=list_separator().join(said))

    def _show_detail(self) -> None:
        """Describe the result of the current cell, or what the table shows."""
        sweep, told = self._sweep, self.table.currentIndex().data(_SPOKEN_ROLE)
        if told:
            self._detail.setText(told)
        elif sweep is not None:
            text = tr("By learning rate. Seeds each: {n}.")
            if sweep.layer >= 0:
                text = tr("Learning rate across, units of layer {layer} down. Seeds each: {n}.")
            self._detail.setText(text.format(layer=sweep.layer + 1, n=show_integer(sweep.seeds)))

    # -- What the user does ------------------------------------------------------------------------

    def _on_refused(self, text: str) -> None:
        self._model.report_failure(
            lambda: tr(
                "“{text}” is not what a sweep takes: up to {n} numbers with spaces between, rates "
                "above 0, widths of 1 to {units} and 1 to {seeds} seeds.",
                text=text.strip(),
                n=MAX_VALUES,
                units=show_integer(MAX_UNITS),
                seeds=show_integer(MAX_SEEDS),
            )
        )

    def _draw_words(self) -> tuple[str, str]:
        number = show_integer(self._number)
        draw = tr_plural("Draw 1 seed each", "Draw {n} seeds each", self._number, n=number)
        return draw, tr("Draw a seed lottery of every rate and width")

    def _draw(self) -> None:
        widths = tuple(map(int, self.widths.numbers)) if self._layer >= 0 else (0,)
        self._model.draw_sweep(self._number, self.rates.numbers, widths, self._layer)

    def _stop(self) -> None:
        self._model.insight.stop_sweep()

    def _on_cell_chosen(self, row: int, column: int) -> None:
        if self._sweep is not None and row >= 0 and column >= 0:
            self._model.use_sweep_cell(self._sweep.rates[column], self._sweep.widths[row])

    # -- Language and looks ------------------------------------------------------------------------

    def retranslate(self) -> None:
        """Set every text in the current language."""
        self._invitation.setText(
            tr("How many starts solve it with other learning rates and widths?")
            if self._layer >= 0
            else tr("How many starts solve it with other learning rates?")
        )
        several = tr("Units of layer {n}", n=self._layer + 1)
        units = tr_context("SweepView", "Hidden units") if self._layers == 1 else several
        self._widths.setText(units)
        for part in (self._widths, self.widths):
            part.setVisible(self._layer >= 0)
        between = tr("Up to {n} numbers, with spaces between", n=MAX_VALUES)
        describe(self.rates, tr("Learning rates"), between)
        describe(
            self.widths,
            units,
            between
            if self._layers < 2
            else tr(
                "{between}. Choose a unit on the drawing to sweep another layer.", between=between
            ),
        )
        self.rates.write()
        self.widths.write()
        self.seeds.retranslate()
        self._show_buttons()
        self._fill()
        self.refit()
