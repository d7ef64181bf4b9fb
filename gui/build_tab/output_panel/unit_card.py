"""The card of a unit: its weighted sum term by term, and its activation."""

from __future__ import annotations

import re

import numpy as np
from msgspec import Struct
from PySide6.QtCore import Qt

from foundation.text import tr
from gui.build_tab.build_model import BuildModel
from gui.build_tab.names import activation_names, unit_name
from gui.build_tab.state import BuildState
from gui.format import escape, factor, list_separator, show_integer, show_number, show_short
from gui.widgets.basic import as_html, label
from gui.widgets.card import Card
from gui.widgets.layouts import add_parts
from model.places import INPUTS, UnitAt

MAX_TERMS = 6
_NAME_PX = 88
"""Width of a name; the numbers beside it need the rest."""


def _as_html(text: str) -> str:
    """Return an activation's text as HTML."""
    if " | " in text:
        text = text.replace(" | ", " (z > 0); ") + " (z ≤ 0)"
    return re.sub(r"\^(−?z)", r"<sup>\1</sup>", escape(text.replace("; ", list_separator())))


class _Sum(Struct, frozen=True):
    """A unit's weighted sum for the chosen row.

    Attributes
    ----------
    rows
        Name, input, weight and product of each of the strongest terms, as text.
    left_out
        Number of the other terms, and their sum.
    bias, z, a
        Bias (``None`` if the layer has none), weighted sum and activation.
    """

    rows: tuple[tuple[str, str, str, str], ...]
    left_out: tuple[int, float]
    bias: float | None
    z: float
    a: float


class UnitCard(Card):
    """The chosen unit's computation for the chosen row."""

    def __init__(self, model: BuildModel) -> None:
        super().__init__("unit_card", close=lambda: model.choose_unit(None))
        self._state: BuildState | None = None
        self.terms = as_html(label("", "unit_card_terms", wrap=True))  # a long name breaks
        self.formula = as_html(label("hint", "unit_card_formula", wrap=True))
        add_parts(self.body, self.terms, self.formula)
        self.hide()

    def show_state(self, state: BuildState) -> None:
        """Update the card for the chosen unit, the network, the row and the weights."""
        self._state = state
        self.setVisible(state.selection.unit is not None)
        self._show()

    def _show(self) -> None:
        state = self._state
        if state is None or (at := state.selection.unit) is None:
            return
        network = state.experiment.network
        name = unit_name(at, network, state.dataset)
        if at.layer == INPUTS:
            self.title.setText(tr("{name} · input", name=name))
            self.terms.setText(self._of_input(state, at))
            self.formula.hide()
            return
        activation = network.layers[at.layer].activation
        self.title.setText(f"{name} · {activation_names()[activation]}")
        found = _sum_of(state, at)
        text = tr("Choose a row to see the sum.") if found is None else self._table(found)
        self.terms.setText(text)
        self.formula.show()
        a = f"a = {_as_html(network.layers[at.layer].activation_kind.text)}"
        text = a if found is None else f"{a} = {show_short(found.a, 3)}"
        if at.layer == 0 and found is not None and state.dataset.x_offset is not None:
            text += "<br>" + tr("Inputs stand here as the network reads them, scaled.")
        self.formula.setText(text)

    def _of_input(self, state: BuildState, at: UnitAt) -> str:
        columns = [x[:, at.unit] for x in (state.dataset.x_train, state.dataset.x_test) if len(x)]
        low, high = min(c.min() for c in columns), max(c.max() for c in columns)
        own = state.dataset.x_in_data_units
        text = tr(
            "{low} to {high} in the data",
            low=show_number(own(at.unit, float(low)), 4),
            high=show_number(own(at.unit, float(high)), 4),
        )
        if state.row_x is None:
            return text
        value = show_number(own(at.unit, float(state.row_x[at.unit])), 4)
        return tr("{value} in the chosen row; {range}", value=value, range=text)

    def _table(self, found: _Sum) -> str:
        shown, middle = self.terms.fontMetrics().elidedText, Qt.TextElideMode.ElideMiddle
        rows = [
            _row(escape(shown(name, middle, _NAME_PX)), value, "×", weight, product)
            for name, value, weight, product in found.rows
        ]
        number, rest = found.left_out
        if number:
            more = tr("{n} more", n=show_integer(number))
            rows.append(_sum_row(more, show_short(rest, 3)))
        if found.bias is not None:
            rows.append(_sum_row(tr("bias"), show_short(found.bias, 3)))
        rows.append(_sum_row("<b>z</b>", f"<b>{show_short(found.z, 3)}</b>"))
        return f'<table width="100%" cellspacing="0" cellpadding="1">{"".join(rows)}</table>'

    def retranslate(self) -> None:
        """Set every text in the current language."""
        super().retranslate()
        self._show()


def _row(name: str, value: str, sign: str, weight: str, product: str) -> str:
    cells = [f'<td align="right">{text}</td>' for text in (value, sign, weight, "=", product)]
    return f"<tr><td>{name}</td>{''.join(cells)}</tr>"


def _sum_row(name: str, value: str) -> str:
    """Return a table row without factors, with its name across their columns."""
    cells = [f'<td align="right">{text}</td>' for text in ("=", value)]
    return f'<tr><td colspan="4">{name}</td>{"".join(cells)}</tr>'


def _sum_of(state: BuildState, at: UnitAt) -> _Sum | None:
    """Return a unit's weighted sum with its strongest terms, ``None`` if there is no row."""
    values, row = state.row_values, state.row_x
    if values is None or row is None:
        return None
    network = state.experiment.network
    layer = network.layers[at.layer]
    reads = network.reads(at.layer, at.unit)
    x = (row if at.layer == 0 else values[at.layer - 1][1])[reads]
    weights = state.network.matrices[at.layer][reads, at.unit]
    products = x * weights
    kept = np.sort(np.argsort(-np.abs(products), kind="stable")[:MAX_TERMS])
    rows = tuple(
        (
            unit_name(UnitAt(at.layer - 1, int(reads[i])), network, state.dataset),
            show_number(float(x[i]), 3),
            factor(show_short(float(weights[i]), 3)),
            show_short(float(products[i]), 3),
        )
        for i in kept
    )
    rest = float(products.sum() - products[kept].sum())
    bias = float(state.network.biases[at.layer][at.unit]) if layer.use_bias else None
    z, a = (float(part[at.unit]) for part in values[at.layer])
    return _Sum(rows, (len(products) - len(kept), rest), bias, z, a)
