"""The row that the microscope follows: a list of few rows, a number for many."""

from __future__ import annotations

from PySide6.QtCore import QSignalBlocker, Qt
from PySide6.QtGui import QValidator
from PySide6.QtWidgets import QSpinBox

from foundation.text import tr
from gui.build_tab.build_model import BuildModel
from gui.build_tab.microscope.step_view import target_text
from gui.build_tab.names import values_text
from gui.build_tab.state import BuildState, rows_to_choose
from gui.format import show_integer
from gui.settings import language
from gui.widgets.basic import describe, named
from gui.widgets.combos import ElidingCombo, combo_px
from gui.widgets.layouts import STRETCH, hbox
from gui.widgets.panel import Panel

MAX_LISTED = 64
_MAX_VALUES = 4
_MAX_PX, _MAX_TARGET_PX = 220, 64
_FRAME_PX = 36
"""A number field's frame, with its arrows."""


class _RowSpin(QSpinBox):
    """A row's number; an invalid one stays visible while typed, and chooses no row."""

    def __init__(self) -> None:
        super().__init__()
        self.setKeyboardTracking(False)

    def validate(self, text: str, position: int) -> tuple[QValidator.State, str, int]:
        """Allow an invalid number, but keep the text around it.

        Rejecting a character would leave another number: 34 of 3/4.
        """
        state, text, position = super().validate(text, position)
        is_number_alone = text.startswith(self.prefix()) and text.endswith(self.suffix())
        if state == QValidator.State.Invalid and is_number_alone:
            state = QValidator.State.Intermediate
        return state, text, position


class RowChooser(Panel):
    """Chooses the row that every panel shows."""

    def __init__(self, model: BuildModel) -> None:
        super().__init__()
        self._seen: object = None
        self.combo = named(ElidingCombo(), "microscope_row")
        self.number = named(_RowSpin(), "microscope_row_number")
        hbox(STRETCH, self.combo, self.number, on=self, margins=0)
        # `activated` and not `currentIndexChanged`: only what the user did.
        self.combo.activated.connect(model.choose_row)
        self.number.valueChanged.connect(lambda n: model.choose_row(n - 1))
        self.retranslate()

    def show_state(self, state: BuildState) -> None:
        """List the rows, and show the chosen one."""
        dataset, rows = state.dataset, rows_to_choose(state.dataset)
        few = rows <= MAX_LISTED
        self.combo.setVisible(few)
        self.number.setVisible(not few)
        seen = (dataset, language())
        if seen != self._seen:
            self._seen = seen
            with QSignalBlocker(self.combo):
                self.combo.clear()
                if few:
                    self.combo.addItems([row_name(state, row) for row in range(rows)])
                    self.combo.fit_popup()
                    widths = (combo_px(self.combo, self.combo.itemText(i)) for i in range(rows))
                    self.combo.setFixedWidth(min(max(widths, default=0), _MAX_PX))
        if few and self.combo.currentIndex() != state.row:
            self.combo.setCurrentIndex(state.row)
        if not few:
            with QSignalBlocker(self.number):
                # Where none is chosen, 1 is still to be typed.
                self.number.setRange(min(state.row + 1, 1), rows)
                self.number.setValue(state.row + 1)
                self._name_target(state)

    def _name_target(self, state: BuildState) -> None:
        """Show the row's target after its number: "Row 17 · target 1"."""
        if not 0 <= state.row < rows_to_choose(state.dataset):
            self.number.setSuffix("")
            self.number.setSpecialValueText(tr("No row"))
            return
        self.number.setSpecialValueText("")
        target = _target_of(state, state.row)
        metrics = self.number.fontMetrics()
        target = metrics.elidedText(target, Qt.TextElideMode.ElideRight, _MAX_TARGET_PX)
        self.number.setSuffix(tr(" · target {target}", target=target))
        text = f"{self.number.prefix()}{self.number.maximum()}{self.number.suffix()}"
        self.number.setMinimumWidth(min(metrics.horizontalAdvance(text) + _FRAME_PX, _MAX_PX))

    def retranslate(self) -> None:
        """Name the two fields."""
        self.number.setPrefix(tr("Row "))
        for field in (self.combo, self.number):
            describe(field, tr("Row"), tr("Choose the row that is followed"))


def _target_of(state: BuildState, row: int) -> str:
    """Return a row's target as text."""
    y, mask = state.rows_at([row])[1][0], state.dataset.mask_at([row])[0]
    return target_text(state.dataset, y, mask)


def row_name(state: BuildState, row: int) -> str:
    """Return "Row (1, 1) · target 0", or "Row 12 · target setosa" for many inputs."""
    x = state.columns_at([row])[0]
    target = _target_of(state, row)
    if len(x) <= _MAX_VALUES:
        return tr(
            "Row ({values}) · target {target}", values=values_text(state.dataset, x), target=target
        )
    number, is_test = state.row_number(row)
    text = tr("Test row {n} · target {target}") if is_test else tr("Row {n} · target {target}")
    return text.format(n=show_integer(number), target=target)
