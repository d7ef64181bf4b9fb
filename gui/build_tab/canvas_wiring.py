"""What a person does to the drawn network, as edits of the experiment."""

from __future__ import annotations

from PySide6.QtCore import QObject

from gui.build_tab.network_view.panel import NetworkPanel
from gui.build_tab.training.training_controller import TrainingController
from model.edits import network as edits
from model.places import UnitAt

__all__ = ["CanvasWiring"]


class CanvasWiring(QObject):
    """Turn the canvas's signals into edits, each with the text that undo shows."""

    def __init__(self, canvas: NetworkPanel, controller: TrainingController) -> None:
        super().__init__(canvas)
        self._controller = controller
        canvas.layer_added.connect(self._on_layer_added)
        canvas.layer_removed.connect(self._on_layer_removed)
        canvas.units_changed.connect(self._on_units_changed)
        canvas.units_removed.connect(self._on_units_removed)
        canvas.activation_chosen.connect(self._on_activation_chosen)
        canvas.bias_toggled.connect(self._on_bias_toggled)
        canvas.dropout_changed.connect(self._on_dropout_changed)
        canvas.weight_edited.connect(self._on_weight_edited)
        canvas.pin_toggled.connect(self._on_pin_toggled)

    def _on_layer_added(self, position: int) -> None:
        self._controller.apply(self.tr("Add layer"), lambda e: edits.with_layer_added(e, position))

    def _on_layer_removed(self, layer: int) -> None:
        self._controller.apply(
            self.tr("Remove layer"), lambda e: edits.with_layer_removed(e, layer)
        )

    def _on_units_changed(self, layer: int, units: int) -> None:
        several, one = self.tr("Layer {n}: {units} units"), self.tr("Layer {n}: 1 unit")
        self._controller.apply(
            (one if units == 1 else several).format(n=layer + 1, units=units),
            lambda e: edits.with_units(e, layer, units),
            f"units {layer}",
        )

    def _on_units_removed(self, units: frozenset[UnitAt]) -> None:
        text = self.tr("Remove unit")
        if len(units) > 1:
            text = self.tr("Remove {n} units").format(n=len(units))
        places = [(at.layer, at.unit) for at in units]
        self._controller.apply(text, lambda e: edits.with_units_removed(e, places))

    def _on_activation_chosen(self, layer: int, activation: edits.Activation) -> None:
        self._controller.apply(
            self.tr("Activation of layer {n}").format(n=layer + 1),
            lambda e: edits.with_activation(e, layer, activation),
        )

    def _on_bias_toggled(self, layer: int, use_bias: bool) -> None:
        text = self.tr("Bias on") if use_bias else self.tr("Bias off")
        self._controller.apply(text, lambda e: edits.with_bias(e, layer, use_bias))

    def _on_dropout_changed(self, layer: int, share: float) -> None:
        self._controller.apply(
            self.tr("Drop-out"), lambda e: edits.with_dropout(e, layer, share), f"dropout {layer}"
        )

    def _on_weight_edited(
        self, layer: int, row: int, unit: int, value: float, gesture: str
    ) -> None:
        self._controller.apply(
            self.tr("Weight"), lambda e: edits.with_weight(e, layer, row, unit, value), gesture
        )

    def _on_pin_toggled(self, layer: int, row: int, unit: int) -> None:
        self._controller.apply(
            self.tr("Pin weight"), lambda e: edits.with_pin_toggled(e, layer, row, unit)
        )
