"""The other settings: schedule, optimiser constants, penalties, clipping and stop rules."""

from __future__ import annotations

from functools import partial
from operator import attrgetter
from typing import NamedTuple

from PySide6.QtWidgets import QWidget

from foundation.text import mark, tr_context
from gui.build_tab.build_model import BuildModel
from gui.build_tab.names import schedule_names
from gui.explain import explain
from gui.widgets.basic import check_box, label
from gui.widgets.fields import ChoiceCombo, NumberEdit
from gui.widgets.popup_form import PopupForm
from gui.widgets.texts import LazyText
from model.experiment import SCHEDULES, Experiment
from model.optimisers import OPTIMISER_KINDS

_SCHEDULE_USES: dict[str, tuple[str, ...]] = {
    "step": ("schedule_every", "schedule_factor"),
    "cosine": ("schedule_every",),
}
"""The numbers used by each schedule; those of other schedules are hidden."""


class _Row(NamedTuple):
    """A control with its caption; those with a path in `TrainingSpec` are numbers."""

    name: str
    path: str = ""
    low: float = 0.0
    high: float = 1.0
    whole: bool = False
    caption: str = ""
    tip: str = ""
    term: str = ""


_OFF = mark("0 switches this rule off")
_ROWS = (
    _Row(
        "schedule",
        caption="Rate",
        tip="How the learning rate changes with the epoch",
        term="schedule",
    ),
    _Row(
        "schedule_every",
        "schedule.every",
        1,
        1e9,
        True,
        caption="Every, epochs",
        tip="How long a step lasts, or the fall to 0",
    ),
    _Row(
        "schedule_factor",
        "schedule.factor",
        caption="Times",
        tip="What a step multiplies the rate by",
    ),
    _Row(
        "momentum",
        "optimiser.momentum",
        high=0.9999,
        caption="Momentum",
        tip="Share of the last step that is kept",
        term="momentum",
    ),
    _Row(
        "beta1",
        "optimiser.beta1",
        0.0,
        0.9999,
        False,
        "β₁",
        tip="Adam: memory of the mean gradient",
        term="adam",
    ),
    _Row(
        "beta2",
        "optimiser.beta2",
        0.0,
        0.999999,
        False,
        "β₂",
        tip="Adam and RMSProp: memory of the squared gradient",
        term="adam",
    ),
    _Row(
        "epsilon",
        "optimiser.epsilon",
        1e-15,
        1.0,
        False,
        "ε",
        tip="Keeps the division from zero",
    ),
    _Row(
        "weight_decay",
        "optimiser.weight_decay",
        caption="Weight decay",
        tip="AdamW: times the learning rate, the share lost at each step",
        term="weight-decay",
    ),
    _Row(
        "clip_norm",
        "clip_norm",
        high=1e6,
        caption="Clip gradient",
        tip="Longest gradient; 0 allows any",
        term="clipping",
    ),
    _Row(
        "l1", "l1", 0.0, 10.0, False, "L1", tip="Penalty on the sum of |w|", term="regularisation"
    ),
    _Row(
        "l2",
        "l2",
        0.0,
        10.0,
        False,
        "L2",
        tip="Penalty on half the sum of w²",
        term="regularisation",
    ),
    _Row(
        "dropout",
        caption="Drop-out",
        tip="Share of hidden units silenced a step",
        term="drop-out",
    ),
    _Row(
        "initial_scale",
        "initialiser.scale",
        high=100.0,
        caption="First weights ×",
        tip="Scale of the first weights",
        term="initialiser",
    ),
    _Row(
        "initial_bias",
        "initialiser.bias",
        -100.0,
        100.0,
        caption="First biases",
        tip="What biases start at",
        term="bias",
    ),
    _Row("stop_epochs", "stop.epochs", 0, 1e12, True, caption="At epoch", tip=_OFF, term="epoch"),
    _Row("stop_loss", "stop.loss_below", high=1e9, caption="Loss below", tip=_OFF, term="loss"),
    _Row(
        "stop_margin",
        "stop.margin",
        high=0.5,
        caption="All right by",
        tip="Stop when every row is right by this margin; 0 switches it off",
        term="stop-margin",
    ),
    _Row(
        "stop_patience",
        "stop.patience",
        0,
        1e9,
        True,
        caption="No better for",
        tip="Epochs without a better test loss; 0 switches this rule off. With it the test "
        "rows help to choose, so their figures are a little too good",
        term="patience",
    ),
    _Row(
        "stop_seconds",
        "stop.seconds",
        high=1e9,
        caption="After, seconds",
        tip=_OFF,
        term="stop-rule",
    ),
)
_NUMBERS = tuple(row for row in _ROWS if row.path)
_TITLES: dict[str, tuple[LazyText, str]] = {
    "schedule": (mark("Schedule"), "schedule"),
    "momentum": (mark("Optimiser"), "optimiser"),
    "l1": (mark("Weights"), "weight"),
    "stop_epochs": (lambda: tr_context("MoreForm", "Stop"), "stop-rule"),
}
"""Title above a row, and its glossary term, by the row's name."""


class MoreForm(PopupForm):
    """A pop-up form for the training settings outside the bar."""

    def __init__(self, model: BuildModel, extra: QWidget, parent: QWidget) -> None:
        """Create the form, with the fields of `extra` first."""
        super().__init__("more_panel", parent)
        self._model = model
        self._training = model.state.experiment.training
        self.schedule = ChoiceCombo("schedule", SCHEDULES)
        self.shuffle = check_box(
            "shuffle",
            lambda on: self._edit("shuffle", on, self.shuffle.text()),
            text="Shuffle rows each epoch",
        )
        self.single_precision = check_box(
            "single_precision",
            lambda on: self._edit(
                "dtype", "float32" if on else "float64", self.single_precision.text()
            ),
            text="Single precision (float32)",
        )
        self.slope_at_a = check_box(
            "slope_at_a",
            lambda on: self._edit("slope_at", "a" if on else "z", self.slope_at_a.text()),
            text="Slopes at the activated value",
            tip="A mistake of published code, f′(f(z)) for f′(z), to see what comes of it",
        )
        self.dropout = NumberEdit("dropout", 0.0, 0.95)
        self.numbers = {
            row.name: NumberEdit(row.name, row.low, row.high, row.whole) for row in _NUMBERS
        }
        self.grid.addWidget(extra, 0, 0, 1, 2)
        extra.show()
        self._lay_out()
        self.retranslate()
        self.show_experiment(model.state.experiment)

    def _lay_out(self) -> None:
        controls: dict[str, QWidget] = {"schedule": self.schedule, **self.numbers}
        controls["dropout"] = self.dropout
        for row in _ROWS:
            if row.name in _TITLES:
                title, term = _TITLES[row.name]
                self.add_title(explain(label("strong", text=title), term))
            self.add_row(row.name, controls[row.name], row.term, row.caption, row.tip)
        for box in (self.shuffle, self.single_precision, self.slope_at_a):
            self.add_wide(box)
        for row in _NUMBERS:
            self.numbers[row.name].entered.connect(partial(self._on_entered, row))
        self.schedule.chosen.connect(
            lambda key: self._edit("schedule.name", key, self.captions["schedule"].text())
        )
        self.dropout.entered.connect(lambda share: self._model.set_dropout(None, share))
        for number in (*self.numbers.values(), self.dropout):
            number.report_refusals(self._model.report_failure)

    def _on_entered(self, row: _Row, value: float) -> None:
        self._edit(row.path, int(value) if row.whole else value, self.captions[row.name].text())

    def _edit(self, path: str, value: object, text: str) -> None:
        self._model.set_training_field(path, value, text)

    def show_experiment(self, experiment: Experiment) -> None:
        """Show the current settings."""
        hidden, training = experiment.network.layers[:-1], experiment.training
        self.dropout.show_value(hidden[0].dropout if hidden else 0.0)
        self.dropout.setEnabled(bool(hidden))
        self._training = training
        self._show_used()
        self.schedule.show_key(training.schedule.name)
        self.shuffle.setChecked(training.shuffle)
        self.single_precision.setChecked(training.dtype == "float32")
        self.slope_at_a.setChecked(training.slope_at == "a")
        for row in _NUMBERS:
            self.numbers[row.name].show_value(float(attrgetter(row.path)(training)))

    def _show_used(self) -> None:
        """Show only the numbers that the current optimiser and schedule use."""
        of_schedule = _SCHEDULE_USES.get(self._training.schedule.name, ())
        used = (*self._training.optimiser.kind.constants, *of_schedule)
        of_optimisers = (kind.constants for kind in OPTIMISER_KINDS.values())
        for name in set().union(*_SCHEDULE_USES.values(), *of_optimisers):
            self.captions[name].setVisible(name in used)
            self.numbers[name].setVisible(name in used)
        if self.isVisible():
            self.fit()

    def retranslate(self) -> None:
        """Set every text in the current language."""
        self.schedule.write(schedule_names())
        for edit in (*self.numbers.values(), self.dropout):
            edit.retranslate()
