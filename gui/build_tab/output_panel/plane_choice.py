"""The choice of the decision map's inputs and output, and of map or matrix."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QSignalBlocker
from PySide6.QtWidgets import QFormLayout, QWidget

from foundation.text import tr
from gui.build_tab.names import readable
from gui.theme import GAP_S_PX
from gui.widgets.basic import Segments, describe, label, named
from gui.widgets.combos import ElidingCombo
from gui.widgets.layouts import hbox, vbox
from gui.widgets.panel import Panel
from model.data import Dataset

MAX_MAP_INPUTS = 16


class PlaneChoice(Panel):
    """Combo boxes for the two inputs and the output, shown only if there is a choice."""

    def __init__(self, on_changed: Callable[[], None]) -> None:
        super().__init__()
        self._on_changed = on_changed
        self.first, self.second, self.output = (
            self._combo("map_first_input"),
            self._combo("map_second_input"),
            self._combo("map_output"),
        )
        self.views = Segments(
            ["output_view_map", "output_view_matrix"], do=lambda _: self._on_changed()
        )
        self.views.choose(0)
        self._held = label("hint", "map_held", wrap=True)
        self._across, self._up = label("label"), label("label")
        self._inputs = QWidget()
        form = QFormLayout(self._inputs)
        form.setContentsMargins(0, 0, 0, 0)
        form.setSpacing(GAP_S_PX)
        form.addRow(self._across, self.first)
        form.addRow(self._up, self.second)
        top = hbox(self.views, (self.output, 1), gap=GAP_S_PX)
        top.addStretch(0)
        vbox(top, self._inputs, self._held, on=self, gap=GAP_S_PX, margins=0)
        self._many = False
        self._seen: tuple[str, tuple[str, ...], tuple[str, ...]] = ("", (), ())
        self.retranslate()

    def _combo(self, name: str) -> ElidingCombo:
        combo = named(ElidingCombo(), name)
        combo.setMinimumContentsLength(2)
        combo.currentIndexChanged.connect(lambda _: self._on_changed())
        return combo

    def show_dataset(self, dataset: Dataset) -> None:
        """Offer the data set's columns and outputs, keeping choices that still exist."""
        dataset = dataset.columns
        several = dataset.task != "multiclass" and dataset.outputs > 1
        outputs = dataset.target_names if several else ()
        seen = (dataset.task, dataset.feature_names, outputs)
        if seen != self._seen:
            self._seen = seen
            self.views.choose(0 if dataset.inputs <= MAX_MAP_INPUTS else 1)
            self.retranslate()
            shown = dataset.feature_names if len(dataset.feature_names) <= MAX_MAP_INPUTS else ()
            shown = tuple(map(readable, shown))
            self._fill(self.first, shown, 0)
            self._fill(self.second, shown, 1)
            self._fill(self.output, outputs, 0)
        self._many = 2 < dataset.inputs <= MAX_MAP_INPUTS
        classes = len(dataset.class_names) or 2
        has_both = dataset.inputs <= MAX_MAP_INPUTS
        # The way back from the matrix is always there.
        is_many = dataset.inputs > 2 or classes > 3 or self.shows_matrix
        has_choice = is_many or dataset.task == "regression"
        self.views.setVisible(has_both and has_choice)
        self.output.setVisible(bool(outputs))
        self.update_visibility()

    @staticmethod
    def _fill(combo: ElidingCombo, names: tuple[str, ...], index: int) -> None:
        with QSignalBlocker(combo):
            combo.clear()
            combo.addItems(list(names))
            combo.setCurrentIndex(min(index, len(names) - 1))
        combo.fit_popup()

    def show_held(self, by_row: bool) -> None:
        """Explain whether the other inputs are held at the chosen row or at their mean."""
        self._held.setText(
            tr("The other inputs are held at the chosen row.")
            if by_row
            else tr("The other inputs are held at their mean.")
        )

    @property
    def shows_matrix(self) -> bool:
        """Whether the matrix was chosen."""
        return self.views.current == 1

    def update_visibility(self) -> None:
        """Show the inputs' combo boxes only with the map."""
        on = self._many and not self.shows_matrix
        self._inputs.setVisible(on)
        self._held.setVisible(on)
        self.setVisible(on or not self.views.isHidden() or not self.output.isHidden())

    def retranslate(self) -> None:
        """Set every text in the current language."""
        second = tr("Confusion"), tr("Show the confusion matrix")
        if self._seen[0] == "regression":
            second = tr("Fit"), tr("Show the answers against the targets")
        for index, (text, name) in enumerate(((tr("Map"), tr("Show the decision map")), second)):
            self.views.button(index).setText(text)
            describe(self.views.button(index), name)
        self._across.setText(tr("across"))
        self._up.setText(tr("up"))
        describe(self.first, tr("Input along the map"))
        describe(self.second, tr("Input up the map"))
        describe(self.output, tr("Output shown on the map"))
