"""The card of an activation: what it is, and where the layer's units lie on its curve."""

from __future__ import annotations

import numpy as np
from PySide6.QtWidgets import QWidget

from gui.build_tab.build_model import BuildModel
from gui.build_tab.function_cards.formulas import activation_definition
from gui.build_tab.function_cards.function_card import FunctionCard, coloured
from gui.build_tab.function_cards.words import activation_words
from gui.build_tab.names import activation_formulas, activation_names, unit_name
from gui.build_tab.state import BuildState
from gui.format import show_fixed, show_integer, show_part
from gui.plots.curve_plot import Curves, Dot, activation_curves
from model.activations import activate, derivative
from model.experiment import Activation, FloatArray
from model.insight.curves import FLAT_SLOPE
from model.places import UnitAt

MOST_DOTS = 64
_REACHES = (6.0, 12.0, 24.0, 48.0)
"""How far the curve reaches: it jumps, or the axis would never stand still while training."""


class ActivationCard(FunctionCard):
    """Explain an activation, with the present z of a layer's units as dots."""

    def __init__(self, model: BuildModel, parent: QWidget) -> None:
        super().__init__("activation_card", model, parent)
        self._layer = 0
        self._wished: Activation | None = None
        self._name: Activation | None = None
        self._reach = 0.0

    def show_layer(self, layer: int, name: Activation | None = None) -> None:
        """Be about a layer's activation, or about `name` as it would be in that layer."""
        self._layer, self._wished, self._name = layer, name, None
        self.show_numbers(self._model.state)

    def show_numbers(self, state: BuildState) -> None:
        """Put the dots where the layer's units are on the chosen row."""
        layers = state.experiment.network.layers
        if self._layer >= len(layers):
            self.put_away()
            return
        name = self._wished or layers[self._layer].activation
        values = state.row_values
        z = np.empty(0) if values is None else values[self._layer][0].astype(np.float64)
        a = activate(name, z) if len(z) else z
        x = _axis_values(name, z, a)
        farthest = np.abs(x[np.isfinite(x)]).max(initial=0.0)
        reach = next((r for r in _REACHES if farthest <= r), _REACHES[-1])
        if (name, reach) != (self._name, self._reach):
            is_other = name != self._name
            self._name, self._reach = name, reach
            curves = activation_curves(name, reach)
            x_name = self.tr("z less the others") if name == "softmax" else "z"
            self.plot.show_curves(Curves(curves.lines, curves.flat, x_name, "a"))
            if is_other:
                self._write()
        self._show_dots(state, x, z, a)

    def _show_dots(self, state: BuildState, x: FloatArray, z: FloatArray, a: FloatArray) -> None:
        chosen = self._chosen(state, len(z))
        network, data = state.experiment.network, state.dataset
        name = "" if chosen < 0 else unit_name(UnitAt(self._layer, chosen), network, data)
        shown = set(range(min(len(z), MOST_DOTS))) | ({chosen} if chosen >= 0 else set())
        self.tell(self._present(z, a, chosen, name, state.row))
        dots = [
            Dot(float(x[k]), float(a[k]), name if k == chosen else "", k == chosen)
            for k in sorted(shown)
        ]
        spoken = self.plot.accessibleName() if state.running else self.present.text()
        self.plot.show_dots(dots, spoken)

    def _chosen(self, state: BuildState, units: int) -> int:
        """Return the unit that is looked at, if it is one of this layer."""
        at = state.selection.unit
        if at is not None and at.layer == self._layer and at.unit < units:
            return at.unit
        return 0 if units == 1 else -1

    def _present(self, z: FloatArray, a: FloatArray, chosen: int, name: str, row: int) -> str:
        if len(z) == 0:
            return self.tr("Choose a row to see where its z lies.")
        shown = self._name
        assert shown is not None
        slopes = a * (1.0 - a) if shown == "softmax" else derivative(shown, z)
        row_text = show_integer(row + 1)
        if chosen >= 0:
            text = self.tr("{unit}, row {row}: z {z}, a {a}, slope {slope}")
            return text.format(
                unit=name,
                row=row_text,
                z=show_fixed(float(z[chosen]), 3),
                a=show_fixed(float(a[chosen]), 3),
                slope=show_fixed(float(slopes[chosen]), 3),
            )
        flat = int(np.count_nonzero(np.abs(slopes) <= FLAT_SLOPE))
        text = self.tr("Row {row}: {units} units, {flat} of them where it is flat")
        return text.format(row=row_text, units=show_integer(len(z)), flat=show_part(flat))

    # -- Texts -------------------------------------------------------------------------------------

    def _write(self) -> None:
        name = self._name
        if name is None:
            return
        self.write(
            activation_names()[name],
            activation_formulas()[name],
            activation_definition(name),
            activation_words(name),
        )
        self.write_key()

    def write_key(self) -> None:
        """Say which line is which."""
        lines = (coloured("━━", "t2"), coloured("– –", "t3"), coloured("■", "line"))
        text = self.tr("{line} a   {dashes} slope da/dz   {shade} flat: a slope of {least} at most")
        line, dashes, shade = lines
        text = text.format(line=line, dashes=dashes, shade=shade, least=show_fixed(FLAT_SLOPE, 2))
        self.key.setText(text.replace("   ", "&nbsp;&nbsp;&nbsp;"))

    def retranslate(self) -> None:
        """Write every text in the language in use."""
        super().retranslate()
        if self.is_made:
            self._name = None
            self.show_numbers(self._model.state)


def _axis_values(name: Activation, z: FloatArray, a: FloatArray) -> FloatArray:
    """Return where answers lie on the curve: softmax is drawn over z less the others."""
    if name != "softmax":
        return z
    with np.errstate(all="ignore"):
        return np.asarray(np.log(a) - np.log1p(-a))
