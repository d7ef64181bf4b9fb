"""The cards of the backward pass: error, chain rule, new weights, new loss and outputs."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

import numpy as np
from PySide6.QtCore import Qt
from PySide6.QtGui import QBrush, QColor, QKeyEvent
from PySide6.QtWidgets import (
    QHeaderView,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTableWidget,
    QTableWidgetItem,
)

from foundation.text import mark, tr
from gui.build_tab.microscope.drawings import ChainTiles, Factor
from gui.build_tab.microscope.formulas import (
    answer_change,
    back_formula,
    error_formula,
    loss_change,
    omitted_terms_text,
    quiet,
    term_lines,
    update_formula,
)
from gui.build_tab.microscope.part_card import PartCard, write
from gui.build_tab.microscope.sentences import (
    batch_sentence,
    blame_sentence,
    check_sentence,
    loss_change_sentence,
    unit_words,
    update_sentence,
)
from gui.build_tab.microscope.step_view import (
    StepView,
    difference,
    errors_of,
    figure,
    largest,
    tone_of,
)
from gui.build_tab.names import loss_formulas, loss_names
from gui.explain import explain
from gui.spoken import signs_in_words
from gui.theme import BODY_PX, GAP_M_PX, IconLabel, active
from gui.widgets.basic import (
    Index,
    Segments,
    label,
    named,
    pass_letters_to_tab,
    set_role,
)
from gui.widgets.formula import FormulaLabel
from gui.widgets.layouts import Part as LayoutPart
from gui.widgets.layouts import hbox
from gui.widgets.texts import worded
from model.insight.step.walk import Part


class ErrorCard(PartCard):
    """The differences between outputs and targets, and the loss."""

    part = Part.ERROR

    def make_body(self) -> Sequence[LayoutPart]:
        """Return the errors, how many more there are, and the loss."""
        self.loss = FormulaLabel("microscope_loss", BODY_PX)
        return self.formulas, self.why, self.loss

    def show_view(self, view: StepView) -> None:
        """Show the largest differences between output and target, and the loss."""
        step = view.step
        hint = tr("loss = {value}", value=figure(step.loss)) if step.counts else tr("no loss")
        shown = largest(errors_of(step))
        errors = [error_formula(view, output) for output in shown]
        more = _more_outputs(view, len(shown))
        self.show_content(tr("Error on this row"), errors, more, hint)
        loss = step.experiment.training.loss
        activation = step.experiment.network.layers[-1].activation
        text = f"{loss_names()[loss]}: {loss_formulas(activation)[loss]}"
        words = [quiet(word) for word in re.split("(?= )", text)]
        # The perceptron's loss is told in words, which as a formula would be factors.
        self.loss.show_formula(tuple(words), signs_in_words(text) if loss == "perceptron" else "")


def _more_outputs(view: StepView, shown: int) -> str:
    """Return how many outputs are omitted; empty if none."""
    left = len(view.step.outputs) - shown
    return omitted_terms_text(left) if left else ""


class BlameCard(PartCard):
    """A weight's contribution to the error: the factors of the chain rule."""

    part = Part.BLAME
    lines_px = BODY_PX

    def make_body(self) -> Sequence[LayoutPart]:
        """Return the backpropagated sum, the chain and the sentence."""
        self.chain = ChainTiles()
        return self.formulas, self.chain, self.why

    def show_view(self, view: StepView) -> None:
        """Show the chain from the loss to the explained weight."""
        row = view.explained
        title = tr("Blame, by the chain rule")
        if view.rule:
            title = tr("Blame, by the perceptron rule")
        back = [] if view.unit.parts is None else [back_formula(view)]
        hint = view.weight_name(row) if row >= 0 else ""
        self.show_content(title, back, blame_sentence(view), hint)
        self.chain.setVisible(row >= 0)
        if row >= 0:
            self.chain.show_factors(self._factors(view, row))

    def _factors(self, view: StepView, row: int) -> list[Factor]:
        unit, w = view.unit, view.weight_name(row)
        is_free = view.step.is_dont_care(unit.at)
        factors, free = [], tr("no target")
        if view.rule:
            origin = free if is_free else tr("the error")
            factors.append(Factor(view.rule, unit.blame, origin, True))
        elif unit.activation == "softmax" or unit.dl_da is None:
            origin = f"{view.name} − t" if unit.dl_da is None else tr("all outputs")
            if is_free:
                origin = free if unit.blame == 0.0 else tr("other outputs")
            factors.append(Factor("∂L/∂z", unit.blame, origin, True))
        else:
            origin = tr("from the loss") if view.is_output else "∑ u·∂L/∂z"
            origin = free if is_free else origin
            slope = unit_words(unit)
            factors.append(Factor("∂L/∂a", unit.dl_da, origin, True))
            factors.append(Factor("∂a/∂z", unit.slope, slope))
        is_bias = row == view.inputs
        value = 1.0 if is_bias else float(unit.x[row])
        origin = tr("a bias has 1") if is_bias else view.input_name(row)
        factors.append(Factor(f"∂z/∂{w}", value, origin))
        origin = tr("by the rule") if view.rule else tr("gradient")
        factors.append(Factor(view.gradient_name(row), unit.gradient(row), origin, True))
        return factors


class _SignedCell(QStyledItemDelegate):
    """Keeps a number in its sign's colour even in the chosen row."""

    def initStyleOption(self, option: QStyleOptionViewItem, index: Index) -> None:
        """Paint the chosen row's background but not its text as selected."""
        super().initStyleOption(option, index)
        if option.state & QStyle.StateFlag.State_Selected:
            option.state &= ~QStyle.StateFlag.State_Selected
            option.backgroundBrush = QBrush(QColor(active().tint))


class _WeightTable(QTableWidget):
    """A table whose arrow keys choose a weight and stop at its ends."""

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Move in the table; leave Space and letters to the tab's shortcuts."""
        pass_letters_to_tab(event, super().keyPressEvent)


class UpdateCard(PartCard):
    """Old weight, gradient, change and new weight, one weight per row."""

    part = Part.UPDATE
    lines_name, lines_px = "term", BODY_PX
    ROW_PX = 22
    _NAME, _OLD, _GRADIENT, _CHANGE, _NEW = range(5)

    def __init__(
        self,
        choose: Callable[[Part], None],
        choose_weight: Callable[[int], None],
        choose_batch: Callable[[bool], None],
    ) -> None:
        super().__init__(choose)
        self._choose_weight = choose_weight
        self.whose.group.idClicked.connect(lambda index: choose_batch(index == 1))
        self._rows: tuple[int, ...] = ()
        self._is_showing = False

    def make_body(self) -> Sequence[LayoutPart]:
        """Return the choice of the batch, the rule, the table and the gradient check."""
        self.whose = Segments(
            {
                "microscope_row_alone": (
                    mark("This row alone"),
                    mark("What a step on this row alone would do"),
                ),
                "microscope_batch": (
                    mark("The batch"),
                    mark("What the trainer's step on its batch does"),
                ),
            },
        )
        self.whose.choose(0)
        self.rows = label("label", "microscope_batch_rows", wrap=True)
        self.rule = FormulaLabel("microscope_rule", BODY_PX)
        table = self.table = worded(
            named(_WeightTable(0, 5), "microscope_weights_table"),
            accessible_name="Old weight, gradient and new weight",
            tip="Choose a weight to see where its gradient comes from",
        )
        set_role(table, role="list")
        table.verticalHeader().hide()
        table.verticalHeader().setDefaultSectionSize(self.ROW_PX)
        table.verticalHeader().setMinimumSectionSize(self.ROW_PX)
        table.setShowGrid(False)
        table.setEditTriggers(QTableWidget.EditTrigger.NoEditTriggers)
        table.setSelectionBehavior(QTableWidget.SelectionBehavior.SelectRows)
        table.setSelectionMode(QTableWidget.SelectionMode.SingleSelection)
        table.setTabKeyNavigation(False)
        table.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        table.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        table.setItemDelegate(_SignedCell(table))
        header = table.horizontalHeader()
        header.setSectionResizeMode(QHeaderView.ResizeMode.Stretch)
        header.setSectionResizeMode(self._NAME, QHeaderView.ResizeMode.ResizeToContents)
        header.setSectionsClickable(False)
        header.setHighlightSections(False)
        table.currentCellChanged.connect(self._on_current_changed)
        table.cellClicked.connect(lambda row, _: self._on_current_changed(row))
        self.check_icon, self.check_title = IconLabel(15), label("strong")
        self.check = label("label", "microscope_check", wrap=True)
        explain(self.check_title, "gradient-check")
        explain(self.whose.button(1), "batch")
        top = Qt.AlignmentFlag.AlignTop
        parts = (self.check_icon, 0, top), (self.check_title, 0, top), (self.check, 1, top)
        checked = hbox(*parts, gap=GAP_M_PX)
        return self.whose, self.rows, self.rule, table, self.formulas, self.why, checked

    def show_view(self, view: StepView) -> None:
        """Show the step's effect on the weights with the largest gradients."""
        self._is_showing = True
        self._rows = view.changes
        self.show_content(tr("Update"), term_lines(view), update_sentence(view))
        self.whose.choose(1 if view.state.selection.of_batch else 0)
        write(self.rows, batch_sentence(view))
        self.rule.show_formula(update_formula(view))
        self._fill(view)
        self._show_check(view)
        self._is_showing = False

    def _fill(self, view: StepView) -> None:
        table = self.table
        is_named = view.rule or view.step.batch is not None
        mover = view.gradient_symbol if is_named else tr("gradient")
        headings = ("", tr("old"), mover, tr("change"), tr("new"))
        table.setHorizontalHeaderLabels(headings)
        left = view.inputs + (view.unit.bias is not None) - len(self._rows)
        table.setRowCount(len(self._rows) + (left > 0))
        for place, row in enumerate(self._rows):
            old, gradient, new = view.unit.value(row)
            change = difference(old, new)
            text, arrow = figure(new), "↑" if new > old else "↓" if new < old else " "
            parted = "" if "×" in text else " "  # a power of ten takes all the room
            name = view.weight_name(row)
            if row in view.unit.pinned:
                name = tr("{name}, pinned", name=name)
            cells = (
                (name, ""),
                (figure(old), tone_of(old)),
                (figure(gradient), tone_of(gradient)),
                (figure(change), tone_of(change)),
                (text + parted + arrow, tone_of(new)),
            )
            for column, (text, token) in enumerate(cells):
                self._set(place, column, text, token)
        if left:
            self._set(len(self._rows), self._NAME, omitted_terms_text(left), "t3")
            for column in range(1, 5):
                self._set(len(self._rows), column, "", "t3")
        at = self._rows.index(view.explained) if view.explained in self._rows else -1
        table.setCurrentCell(at, self._OLD)
        height = table.horizontalHeader().sizeHint().height() + self.ROW_PX * table.rowCount() + 2
        if table.height() != height:
            table.setFixedHeight(height)

    def _set(self, row: int, column: int, text: str, token: str) -> None:
        item = self.table.item(row, column)
        if item is None:
            item = QTableWidgetItem()
            side = Qt.AlignmentFlag.AlignLeft if column == 0 else Qt.AlignmentFlag.AlignRight
            item.setTextAlignment(side | Qt.AlignmentFlag.AlignVCenter)
            self.table.setItem(row, column, item)
        item.setText(text)
        item.setForeground(QColor(getattr(active(), token or "t1")))
        item.setData(Qt.ItemDataRole.AccessibleTextRole, text)

    def _show_check(self, view: StepView) -> None:
        said = check_sentence(view)
        passed = view.check is not None and view.check.passed and not view.rule
        name, token = ("check-circle", "ok") if passed else ("warning", "warn")
        self.check_icon.show_icon(name if said and not view.rule else "", token)
        text = tr("Gradient check passed") if passed else tr("Gradient check")
        write(self.check_title, text if said else "")
        write(self.check, said)

    def _on_current_changed(self, row: int, *_: int) -> None:
        if not self._is_showing and 0 <= row < len(self._rows):
            self._choose_weight(self._rows[row])


class LossChangeCard(PartCard):
    """The row's loss before and after the step."""

    part = Part.AGAIN

    def show_view(self, view: StepView) -> None:
        """Show the loss before and after."""
        formulas = [loss_change(view)] if view.step.counts else []
        self.show_content(
            tr("Once more, with the new weights"), formulas, loss_change_sentence(view)
        )


class PredictCard(PartCard):
    """The outputs before and after the step."""

    part = Part.PREDICT
    lines_name = "answer"

    def show_view(self, view: StepView) -> None:
        """Show the outputs, if many those that change most, and that of the row's class."""
        step = view.step
        with np.errstate(all="ignore"):
            own = int(np.argmax(step.target)) if view.dataset.task == "multiclass" else -1
            shown = largest(step.outputs_after - step.outputs, own)
        self.show_content(
            tr("Prediction after the step"),
            [answer_change(view, output) for output in shown],
            _more_outputs(view, len(shown)),
            tr("target {name}", name=view.target_name()),
        )
