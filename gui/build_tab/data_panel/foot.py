"""The data panel's sliders and fields: settings of the data and the split."""

from __future__ import annotations

from msgspec.structs import replace
from PySide6.QtWidgets import QWidget

from foundation.text import tr
from gui.build_tab.build_model import BuildModel
from gui.build_tab.sources import view_of
from gui.build_tab.state import BuildState
from gui.explain import explain
from gui.format import show_fixed, show_integer
from gui.theme import GAP_L_PX, GAP_M_PX, INSET_PX, active
from gui.widgets.basic import label
from gui.widgets.fields import ValueEdit
from gui.widgets.layouts import hbox, vbox
from gui.widgets.panel import Panel
from gui.widgets.slider import FigureSlider, SplitSlider
from gui.widgets.texts import worded
from model.data.formula import is_class_formula
from model.errors import ModelError


class FormulaEdit(ValueEdit[str]):
    """A field for a function of x1 and x2; invalid ones are rejected."""

    def text_of(self, value: str) -> str:
        """Return a formula as it was typed."""
        return value

    def read(self, text: str) -> str | None:
        """Return the stripped text if it is a valid formula, else ``None``."""
        return None if self.fault_of(text) else text.strip()

    @staticmethod
    def fault_of(text: str) -> ModelError | None:
        """Return the error in a formula, ``None`` if it is valid."""
        try:
            is_class_formula(text)
        except ModelError as error:
            return error
        return None


class DataSettings(Panel):
    """Settings of the data: formula, copies, points, noise and split, where applicable."""

    def __init__(self, model: BuildModel) -> None:
        super().__init__()
        self._model = model
        self.setProperty("role", "panel")
        self._state: BuildState | None = None
        self.copies = FigureSlider("copies", 1, 100, show_integer)
        self.noise = FigureSlider("noise", 0, 50, lambda v: show_fixed(v / 100, 2), worth=0.01)
        self.points = FigureSlider("points", 5, 250, lambda v: show_integer(2 * v), worth=2)
        self.split = SplitSlider("split", self._write_split)
        self._sliders = (self.copies, self.points, self.noise, self.split)
        explain(self.noise.caption, "noise")
        explain(self.split.caption, "split", "training-set-test-set")
        self.formula = worded(
            FormulaEdit("formula", ""),
            accessible_name="Function of x1 and x2",
            tip="As in sin(3*x1)*x2, a value to predict, or x1^2 < x2, two classes",
        )
        self._formula_row = row = QWidget()
        caption = label("label")
        caption.setText("y =")
        caption.setBuddy(self.formula)
        hbox(caption, (self.formula, 1), on=row, gap=GAP_M_PX, margins=0)
        pair = hbox(self.copies, self.points, self.noise, gap=GAP_L_PX + 4)
        self.column = vbox(row, pair, self.split, on=self, gap=6, margins=(INSET_PX, GAP_M_PX))
        self.formula.entered.connect(self._on_formula_entered)
        self.formula.refused.connect(self._on_formula_refused)
        edit = self._edit_data
        for slider, do in (
            (self.copies, lambda n: edit(tr("Copies per row"), "copies", n)),
            (self.noise, lambda percent: edit(tr("Noise"), "noise", percent / 100)),
            (self.points, lambda n: edit(tr("Points"), "points", 2 * n)),
            (self.split, self._on_split_moved),
        ):
            slider.slider.valueChanged.connect(do)
        by_class = worded(
            self.split.by_class,
            text="by class",
            accessible_name="Split by class",
            tip="Each class keeps its share among the training and the test rows",
        )
        by_class.clicked.connect(lambda on: self._set_split(tr("Split by class"), stratify=on))
        for slider in self._sliders:
            slider.slider.sliderReleased.connect(model.end_gesture)
        self.retranslate()

    def show_state(self, state: BuildState) -> None:
        """Show the settings of the state's data."""
        self._state = state
        data, split = state.experiment.data, state.experiment.split
        for name, slider, value in (
            ("copies", self.copies, data.setting("copies")),
            ("points", self.points, data.setting("points") // 2),
            ("noise", self.noise, 100 * data.setting("noise")),
        ):
            slider.setVisible(name in data.settings)
            if name in data.settings:
                slider.show_value(round(value))
        formula = data.own_formula
        self._formula_row.setVisible(formula is not None)
        if formula is not None:
            self.formula.show_value(formula)
        self._describe_noise()
        train, test = len(state.dataset.x_train), len(state.dataset.x_test)
        is_known = self._is_given and train + test > 0  # not while the rows are read
        share = train / (train + test) if is_known else 1.0 - split.test_fraction
        self.split.show_value(round(100 * share))
        self.split.by_class.setChecked(split.stratify)
        has_classes = state.dataset.task in ("binary", "multiclass")
        self.split.by_class.setVisible(has_classes and not self._is_given)
        self.split.slider.setEnabled(not self._is_given)
        self._describe_split()
        for slider in self._sliders:
            slider.refresh()

    @property
    def _is_given(self) -> bool:
        """Whether the data define their own test rows, so that they cannot be split."""
        return self._state is not None and self._state.experiment.data.has_test_rows

    def _describe_noise(self) -> None:
        """Set the noise slider's caption and tip for the current data."""
        if self._state is not None:
            data = self._state.experiment.data
            self.noise.describe(*view_of(data).noise_words(data))

    def _describe_split(self) -> None:
        tip = (
            tr("The data say which rows are for testing")
            if self._is_given
            else tr("Share of the rows to train on")
        )
        self.split.describe(tr("Split"), tip)

    def _write_split(self, value: int) -> str:
        if self._state is None:
            return ""
        dataset, ink = self._state.dataset, active().t1
        return tr(
            "{train} train · {test} test",
            train=f"<span style='color:{ink}'>{show_integer(len(dataset.x_train))}</span>",
            test=f"<span style='color:{ink}'>{show_integer(len(dataset.x_test))}</span>",
        )

    # -- What the user did -------------------------------------------------------------------------

    def _edit_data(self, text: str, name: str, value: float) -> None:
        """Set a field of the data; one drag of a slider is one undo step."""
        if self._state is not None:
            data = replace(self._state.experiment.data, **{name: value})
            self._model.edit_data(data, text, name)

    def _on_formula_entered(self, formula: str) -> None:
        """Apply a new formula; treat it as other data if the task changes."""
        assert self._state is not None
        old = self._state.experiment.data
        before = old.own_formula or ""
        new = replace(old, formula=formula)
        is_mended = FormulaEdit.fault_of(before) is not None  # what stood in an opened file
        if is_mended or is_class_formula(formula) == is_class_formula(before):
            self._model.edit_data(new, tr("Function"))
        else:
            self._model.choose_data(new)

    def _on_formula_refused(self, text: str) -> None:
        error = FormulaEdit.fault_of(text)
        if error is not None and text.strip():
            self._model.fail(error)

    def _on_split_moved(self, value: int) -> None:
        self._set_split(tr("Split"), "split", test_fraction=round(1.0 - value / 100, 2))

    def _set_split(self, text: str, merge_key: str = "", **changes: float) -> None:
        if self._state is not None:
            split = replace(self._state.experiment.split, **changes)
            self._model.set_split(split, text, merge_key)

    # -- Words -------------------------------------------------------------------------------------

    def retranslate(self) -> None:
        """Set every text in the current language."""
        self.copies.describe(tr("Copies per row"), tr("How often each row appears"))
        self._describe_noise()
        self.points.describe(tr("Points"), tr("How many points are drawn"))
        self._describe_split()

    def restyle(self) -> None:
        """Apply the current theme."""
        self.split.refresh()
