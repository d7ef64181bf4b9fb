"""The manual probe: type inputs, read outputs."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QSignalBlocker, QSize, Qt
from PySide6.QtWidgets import QGridLayout, QLabel, QLineEdit, QWidget

from foundation.text import tr
from gui.build_tab.names import readable
from gui.build_tab.state import BuildState
from gui.format import parse_number, show_number, show_short, significant
from gui.theme import GAP_L_PX, GAP_S_PX, icon
from gui.widgets.basic import describe, label, set_role, tool_button
from gui.widgets.layouts import STRETCH, hbox, vbox
from gui.widgets.panel import Panel
from model.data.derived import derive
from model.data.scaling import to_data_units, to_scaled
from model.metrics import decide, decision_threshold

_MAX_INPUTS = 16
_MAX_NAME_PX = 140


class Probe(Panel):
    """A folding form with a field per column and a line per output, in the units of the data.

    Fields accept decimal commas and points. If a field is invalid, it is outlined and no outputs
    are shown.

    Attributes
    ----------
    head
        Header row, always visible, with room for other toggle buttons.
    """

    def __init__(self) -> None:
        super().__init__("probe")
        self._state: BuildState | None = None
        self._names: tuple[str, ...] = ()
        self._rows: np.ndarray | None = None
        self._fields: list[QLineEdit] = []
        self._labels: list[QLabel] = []
        self.toggle = tool_button(
            "probe_toggle", text="Try values", tip="Type inputs and read the outputs"
        )
        self.toggle.setCheckable(True)
        self.toggle.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self.toggle.setIconSize(QSize(12, 12))
        self.toggle.toggled.connect(self._on_toggled)
        self._body = QWidget()
        self._grid = QGridLayout(self._body)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setSpacing(GAP_S_PX)
        self.answer = label("strong", "probe_answer", wrap=True)
        self.answer.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.head = hbox(self.toggle, STRETCH, gap=GAP_L_PX)
        vbox(self.head, self._body, self.answer, on=self, gap=GAP_S_PX, margins=0)
        self._on_toggled(False)
        self.retranslate()

    def show_state(self, state: BuildState) -> None:
        """Show the network's answers for the typed values."""
        self._state = state
        had_none = self._rows is not None and len(self._rows) == 0
        columns = state.dataset.columns
        if columns.feature_names != self._names or had_none:
            self._names = columns.feature_names
            if columns.x_train is self._rows:
                self._name_fields()  # the same data, in another language
            else:
                self._build_fields()
        self._rows = columns.x_train
        if self.toggle.isChecked():
            self._answer()

    def _build_fields(self) -> None:
        assert self._state is not None
        for widget in (*self._labels, *self._fields):
            self._grid.removeWidget(widget)
            widget.deleteLater()
        self._labels, self._fields = [], []
        self.setVisible(len(self._names) <= _MAX_INPUTS)
        if len(self._names) > _MAX_INPUTS:
            return
        row = self._state.row_columns
        start = self._state.dataset.columns.x_means if row is None else row
        own = self._state.dataset.columns.x_in_data_units
        write = significant if row is None else show_number  # a row is one of the table's own
        for index in range(len(self._names)):
            text = label("label")
            field = QLineEdit(write(own(index, float(start[index]))))
            field.setObjectName(f"probe_input_{index}")
            field.textChanged.connect(self._answer)
            text.setBuddy(field)
            self._grid.addWidget(text, index, 0)
            self._grid.addWidget(field, index, 1)
            self._labels.append(text)
            self._fields.append(field)
        self._name_fields()

    def _name_fields(self) -> None:
        middle = Qt.TextElideMode.ElideMiddle
        for name, text, field in zip(self._names, self._labels, self._fields, strict=False):
            shown = self.fontMetrics().elidedText(readable(name), middle, _MAX_NAME_PX)
            text.setText(shown.replace("&", "&&"))  # it has a buddy: one alone is a key's mark
            describe(field, tr("Value of {name}", name=readable(name)))

    def _typed(self) -> list[float] | None:
        values = [parse_number(field.text()) for field in self._fields]
        for field, value in zip(self._fields, values, strict=True):
            set_role(field, invalid="true" if value is None else "false")
        return None if any(v is None for v in values) else [v for v in values if v is not None]

    def _answer(self) -> None:
        if self._state is None or not self._fields:
            return
        typed = self._typed()
        if typed is None:
            text = tr("Type a number in every field.")
        else:
            columns = self._state.dataset.columns
            scaled = to_scaled(np.array([typed]), columns.x_offset, columns.x_spread)
            text = self._spoken(derive(self._state.dataset.features, scaled))
        self.answer.setText(text)

    def _spoken(self, x: np.ndarray) -> str:
        state = self._state
        assert state is not None
        outputs = state.network.forward(x)
        dataset = state.dataset
        targets = ["ŷ" if name == "y" else name for name in dataset.target_names]  # as it is drawn
        if dataset.task == "regression":
            own = to_data_units(outputs[0], dataset.y_offset, dataset.y_spread)
            pairs = zip(targets, own.tolist(), strict=True)
            return "\n".join(f"{name}  {significant(value, 4)}" for name, value in pairs)
        answer = decide(outputs, dataset.task, decision_threshold(state.experiment))
        if dataset.task == "multiclass":
            best = int(answer[0])
            names = dataset.class_names or tuple(str(k) for k in range(outputs.shape[1]))
            names = (*names, tr("undecided"))  # an answer of -1
            return f"{show_short(float(outputs[0].max()), 3)} → {names[best]}"
        names = (*(dataset.class_names or ("0", "1")), tr("undecided"))
        return "\n".join(
            f"{name}  {show_short(float(value), 3)} → {names[int(chosen)]}"
            for name, value, chosen in zip(targets, outputs[0], answer[0], strict=True)
        )

    def _on_toggled(self, on: bool) -> None:
        self._body.setVisible(on)
        self.answer.setVisible(on)
        self.toggle.setIcon(icon("caret-down" if on else "caret-right", "t2"))
        if on:
            self._answer()

    def retranslate(self) -> None:
        """Set every text in the current language."""
        self._name_fields()
        for field in self._fields:
            value = parse_number(field.text())
            if value is not None:
                with QSignalBlocker(field):
                    field.setText(show_number(value, 12))
        if self.toggle.isChecked():
            self._answer()
