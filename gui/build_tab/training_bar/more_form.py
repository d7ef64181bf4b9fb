"""What fits no bar: schedule, optimiser constants, penalties, clipping and stop rules."""

from __future__ import annotations

from functools import partial
from operator import attrgetter
from typing import Any

from msgspec.structs import replace
from PySide6.QtWidgets import QCheckBox, QWidget

from foundation.text import tr, tr_context
from gui.build_tab.build_model import BuildModel
from gui.build_tab.names import schedule_names
from gui.explain import explain
from gui.widgets.basic import describe, label, named
from gui.widgets.fields import ChoiceCombo, NumberEdit
from gui.widgets.layouts import vbox
from gui.widgets.popup_form import ROW_GAP_PX, PopupForm
from model.experiment import SCHEDULES, TrainingSpec
from model.optimisers import OPTIMISER_KINDS

_SCHEDULE_USES: dict[str, tuple[str, ...]] = {
    "step": ("schedule_every", "schedule_factor"),
    "cosine": ("schedule_every",),
}
"""The numbers that a schedule uses; of these, the others are not shown."""

_TITLE_TERMS = ("schedule", "optimiser", "weight", "stop-rule")
_TERMS = {
    "schedule": "schedule",
    "momentum": "momentum",
    "beta1": "adam",
    "beta2": "adam",
    "weight_decay": "weight-decay",
    "clip_norm": "clipping",
    "l1": "regularisation",
    "l2": "regularisation",
    "dropout": "drop-out",
    "initial_scale": "initialiser",
    "initial_bias": "bias",
    "stop_epochs": "epoch",
    "stop_loss": "loss",
    "stop_margin": "stop-margin",
    "stop_patience": "patience",
    "stop_seconds": "stop-rule",
}
"""The words of the glossary that titles and captions are."""
# Object name, path in TrainingSpec, lowest, highest, whole number.
_NUMBERS: tuple[tuple[str, str, float, float, bool], ...] = (
    ("schedule_every", "schedule.every", 1, 1e9, True),
    ("schedule_factor", "schedule.factor", 0.0, 1.0, False),
    ("momentum", "optimiser.momentum", 0.0, 0.9999, False),
    ("beta1", "optimiser.beta1", 0.0, 0.9999, False),
    ("beta2", "optimiser.beta2", 0.0, 0.999999, False),
    ("epsilon", "optimiser.epsilon", 1e-15, 1.0, False),
    ("weight_decay", "optimiser.weight_decay", 0.0, 1.0, False),
    ("l1", "l1", 0.0, 10.0, False),
    ("l2", "l2", 0.0, 10.0, False),
    ("clip_norm", "clip_norm", 0.0, 1e6, False),
    ("initial_scale", "initialiser.scale", 0.0, 100.0, False),
    ("initial_bias", "initialiser.bias", -100.0, 100.0, False),
    ("stop_epochs", "stop.epochs", 0, 1e12, True),
    ("stop_loss", "stop.loss_below", 0.0, 1e9, False),
    ("stop_margin", "stop.margin", 0.0, 0.5, False),
    ("stop_patience", "stop.patience", 0, 1e9, True),
    ("stop_seconds", "stop.seconds", 0.0, 1e9, False),
)


def _with_path(spec: Any, path: str, value: object) -> Any:
    """Return a struct with the field at `path` replaced, however deep it is."""
    name, _, rest = path.partition(".")
    return replace(spec, **{name: _with_path(getattr(spec, name), rest, value) if rest else value})


class MoreForm(PopupForm):
    """A pop-up form over the training settings that have no place in the bar."""

    def __init__(self, model: BuildModel, parent: QWidget) -> None:
        super().__init__("more_panel", parent)
        self._model = model
        self._training = TrainingSpec()
        self.schedule = ChoiceCombo("schedule", SCHEDULES)
        self.shuffle = named(QCheckBox(), "shuffle")
        self.single_precision = named(QCheckBox(), "single_precision")
        self.slope_at_a = named(QCheckBox(), "slope_at_a")
        self.dropout = NumberEdit("dropout", 0.0, 0.95)
        self.numbers = {
            name: NumberEdit(name, low, high, whole) for name, _, low, high, whole in _NUMBERS
        }
        self._titles = [label("strong") for _ in range(4)]
        self.extra = vbox(gap=ROW_GAP_PX)
        self._lay_out()
        self._connect()
        self.retranslate()

    def _lay_out(self) -> None:
        self.grid.addLayout(self.extra, 0, 0, 1, 2)
        controls: dict[str, QWidget] = {"schedule": self.schedule, **self.numbers}
        controls["dropout"] = self.dropout
        groups = (
            ("schedule", "schedule_every", "schedule_factor"),
            ("momentum", "beta1", "beta2", "epsilon", "weight_decay", "clip_norm"),
            ("l1", "l2", "dropout", "initial_scale", "initial_bias"),
            ("stop_epochs", "stop_loss", "stop_margin", "stop_patience", "stop_seconds"),
        )
        for title, term, names in zip(self._titles, _TITLE_TERMS, groups, strict=True):
            explain(title, term)
            self.add_title(title)
            for name in names:
                self.add_row(name, controls[name], _TERMS.get(name, ""))
        for box in (self.shuffle, self.single_precision, self.slope_at_a):
            self.add_wide(box)

    def _connect(self) -> None:
        for name, path, _, _, whole in _NUMBERS:
            self.numbers[name].entered.connect(partial(self._on_entered, name, path, whole))
            self.numbers[name].tell_refused(self._model.say_failed)
        self.schedule.chosen.connect(
            lambda key: self._edit("schedule.name", key, self.captions["schedule"].text())
        )
        self.shuffle.clicked.connect(lambda on: self._edit("shuffle", on, self.shuffle.text()))
        self.single_precision.clicked.connect(
            lambda on: self._edit(
                "dtype", "float32" if on else "float64", self.single_precision.text()
            )
        )
        self.slope_at_a.clicked.connect(
            lambda on: self._edit("slope_at", "a" if on else "z", self.slope_at_a.text())
        )
        self.dropout.entered.connect(lambda share: self._model.set_dropout(None, share))
        self.dropout.tell_refused(self._model.say_failed)

    def _on_entered(self, name: str, path: str, whole: bool, value: float) -> None:
        self._edit(path, int(value) if whole else value, self.captions[name].text())

    def _edit(self, path: str, value: object, text: str) -> None:
        self._training = _with_path(self._training, path, value)
        self._show_used()
        self._model.set_training(self._training, text)

    def show_training(self, training: TrainingSpec, dropout: float) -> None:
        """Show the present settings."""
        self.dropout.show_value(dropout)
        if training is self._training:
            return
        self._training = training
        self._show_used()
        self.schedule.show_key(training.schedule.name)
        self.shuffle.setChecked(training.shuffle)
        self.single_precision.setChecked(training.dtype == "float32")
        self.slope_at_a.setChecked(training.slope_at == "a")
        for name, path, _, _, _ in _NUMBERS:
            self.numbers[name].show_value(float(attrgetter(path)(training)))

    def _show_used(self) -> None:
        """Show of the numbers that not every optimiser or schedule has those that these have."""
        of_schedule = _SCHEDULE_USES.get(self._training.schedule.name, ())
        used = (*self._training.optimiser.kind.constants, *of_schedule)
        of_optimisers = (kind.constants for kind in OPTIMISER_KINDS.values())
        for name in set().union(*_SCHEDULE_USES.values(), *of_optimisers):
            self.captions[name].setVisible(name in used)
            self.numbers[name].setVisible(name in used)
        if self.isVisible():
            self.fit()

    def retranslate(self) -> None:
        """Write every text in the language in use."""
        for title, text in zip(
            self._titles,
            (tr("Schedule"), tr("Optimiser"), tr("Weights"), tr_context("MoreForm", "Stop")),
            strict=True,
        ):
            title.setText(text)
        self.schedule.write(schedule_names())
        tips = {
            "schedule": (tr("Rate"), tr("How the learning rate changes with the epoch")),
            "schedule_every": (
                tr("Every, epochs"),
                tr("How long a step lasts, or the fall to 0"),
            ),
            "schedule_factor": (tr("Times"), tr("What a step multiplies the rate by")),
            "momentum": (tr("Momentum"), tr("Share of the last step that is kept")),
            "beta1": ("β₁", tr("Adam: memory of the mean gradient")),
            "beta2": ("β₂", tr("Adam and RMSProp: memory of the squared gradient")),
            "epsilon": ("ε", tr("Keeps the division from zero")),
            "weight_decay": (
                tr("Weight decay"),
                tr("AdamW: times the learning rate, the share lost at each step"),
            ),
            "clip_norm": (tr("Clip gradient"), tr("Longest gradient; 0 allows any")),
            "l1": ("L1", tr("Penalty on the sum of |w|")),
            "l2": ("L2", tr("Penalty on half the sum of w²")),
            "dropout": (tr("Drop-out"), tr("Share of hidden units silenced a step")),
            "initial_scale": (tr("First weights ×"), tr("Scale of the first weights")),
            "initial_bias": (tr("First biases"), tr("What biases start at")),
            "stop_epochs": (tr("At epoch"), tr("0 switches this rule off")),
            "stop_loss": (tr("Loss below"), tr("0 switches this rule off")),
            "stop_margin": (
                tr("All right by"),
                tr("Stop when every row is right by this margin; 0 switches it off"),
            ),
            "stop_patience": (
                tr("No better for"),
                tr(
                    "Epochs without a better test loss; 0 switches this rule off. With it the test "
                    "rows help to choose, so their figures are a little too good"
                ),
            ),
            "stop_seconds": (tr("After, seconds"), tr("0 switches this rule off")),
        }
        self.write_captions(tips)
        self.shuffle.setText(tr("Shuffle rows each epoch"))
        describe(self.shuffle, self.shuffle.text())
        self.single_precision.setText(tr("Single precision (float32)"))
        describe(self.single_precision, self.single_precision.text())
        self.slope_at_a.setText(tr("Slopes at the activated value"))
        describe(
            self.slope_at_a,
            self.slope_at_a.text(),
            tr("A mistake of published code, f′(f(z)) for f′(z), to see what comes of it"),
        )
        for edit in (*self.numbers.values(), self.dropout):
            edit.retranslate()
