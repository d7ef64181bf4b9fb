"""What fits no bar: schedule, optimiser constants, penalties, clipping and stop rules."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from msgspec.structs import replace
from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import (
    QCheckBox,
    QFrame,
    QGridLayout,
    QLabel,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from gui.build_tab.build_model import BuildModel
from gui.build_tab.names import schedule_names
from gui.explain import explain
from gui.theme import GAP_M_PX, INSET_PX
from gui.widgets.basic import describe, label, set_role
from gui.widgets.fields import FORM_FIELD_PX, ChoiceCombo, NumberEdit
from gui.widgets.panel import Panel
from model.experiment import SCHEDULES, TrainingSpec

_ROW_GAP_PX = 4
_USED: dict[str, tuple[str, ...]] = {
    "momentum": ("momentum",),
    "nesterov": ("momentum",),
    "rmsprop": ("beta2", "epsilon"),
    "adam": ("beta1", "beta2", "epsilon"),
    "adamw": ("beta1", "beta2", "epsilon", "weight_decay"),
    "step": ("schedule_every", "schedule_factor"),
    "cosine": ("schedule_every",),
}
"""The numbers that an optimiser or a schedule uses; of these, the others are not shown."""

# Object name, path in TrainingSpec, lowest, highest, whole number.
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
_NUMBERS: tuple[tuple[str, tuple[str, ...], float, float, bool], ...] = (
    ("schedule_every", ("schedule", "every"), 1, 1e9, True),
    ("schedule_factor", ("schedule", "factor"), 0.0, 1.0, False),
    ("momentum", ("optimiser", "momentum"), 0.0, 0.9999, False),
    ("beta1", ("optimiser", "beta1"), 0.0, 0.9999, False),
    ("beta2", ("optimiser", "beta2"), 0.0, 0.999999, False),
    ("epsilon", ("optimiser", "epsilon"), 1e-15, 1.0, False),
    ("weight_decay", ("optimiser", "weight_decay"), 0.0, 1.0, False),
    ("l1", ("l1",), 0.0, 10.0, False),
    ("l2", ("l2",), 0.0, 10.0, False),
    ("clip_norm", ("clip_norm",), 0.0, 1e6, False),
    ("initial_scale", ("initialiser", "scale"), 0.0, 100.0, False),
    ("initial_bias", ("initialiser", "bias"), -100.0, 100.0, False),
    ("stop_epochs", ("stop", "epochs"), 0, 1e12, True),
    ("stop_loss", ("stop", "loss_below"), 0.0, 1e9, False),
    ("stop_margin", ("stop", "margin"), 0.0, 0.5, False),
    ("stop_patience", ("stop", "patience"), 0, 1e9, True),
    ("stop_seconds", ("stop", "seconds"), 0.0, 1e9, False),
)


def _with_path(spec: Any, path: tuple[str, ...], value: object) -> Any:
    """Return a struct with the field at `path` replaced, however deep it is."""
    if len(path) == 1:
        return replace(spec, **{path[0]: value})
    return replace(spec, **{path[0]: _with_path(getattr(spec, path[0]), path[1:], value)})


def _at_path(spec: Any, path: tuple[str, ...]) -> Any:
    for name in path:
        spec = getattr(spec, name)
    return spec


class MoreForm(Panel):
    """A pop-up form over the training settings that have no place in the bar."""

    def __init__(self, model: BuildModel, parent: QWidget) -> None:
        super().__init__(parent, Qt.WindowType.Popup)
        self._model = model
        self.setObjectName("more_panel")
        self._training = TrainingSpec()
        self.schedule = ChoiceCombo("schedule", SCHEDULES)
        self.shuffle = QCheckBox()
        self.shuffle.setObjectName("shuffle")
        self.single_precision = QCheckBox()
        self.single_precision.setObjectName("single_precision")
        self.slope_at_a = QCheckBox()
        self.slope_at_a.setObjectName("slope_at_a")
        self.dropout = NumberEdit("dropout", 0.0, 0.95)
        self.numbers = {
            name: NumberEdit(name, low, high, whole) for name, _, low, high, whole in _NUMBERS
        }
        self._captions: dict[str, QLabel] = {}
        self._titles = [label("strong") for _ in range(4)]
        self.extra = QVBoxLayout()
        self.extra.setSpacing(_ROW_GAP_PX)
        self._lay_out()
        self._connect()
        set_role(self, role="card")
        self.retranslate()

    def _lay_out(self) -> None:
        layout = QVBoxLayout(self)
        layout.setContentsMargins(1, 1, 1, 1)
        scroll = QScrollArea()
        layout.addWidget(scroll)
        scroll.setWidgetResizable(True)
        scroll.setFrameShape(QFrame.Shape.NoFrame)
        scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        content = self._content = QWidget()
        scroll.setWidget(content)
        grid = QGridLayout(content)
        grid.setContentsMargins(INSET_PX, INSET_PX, INSET_PX, INSET_PX)
        grid.setHorizontalSpacing(GAP_M_PX)
        grid.setVerticalSpacing(_ROW_GAP_PX)
        grid.addLayout(self.extra, 0, 0, 1, 2)
        controls: dict[str, QWidget] = {"schedule": self.schedule, **self.numbers}
        controls["dropout"] = self.dropout
        groups = (
            ("schedule", "schedule_every", "schedule_factor"),
            ("momentum", "beta1", "beta2", "epsilon", "weight_decay", "clip_norm"),
            ("l1", "l2", "dropout", "initial_scale", "initial_bias"),
            ("stop_epochs", "stop_loss", "stop_margin", "stop_patience", "stop_seconds"),
        )
        row = 1
        for title, term in zip(self._titles, _TITLE_TERMS, strict=True):
            explain(title, term)
        for title, names in zip(self._titles, groups, strict=True):
            title.setContentsMargins(0, GAP_M_PX, 0, 0)
            grid.addWidget(title, row, 0, 1, 2)
            row += 1
            for name in names:
                caption = label("label")
                caption.setBuddy(controls[name])
                controls[name].setFixedWidth(FORM_FIELD_PX)
                self._captions[name] = caption
                if name in _TERMS:
                    explain(caption, _TERMS[name])
                grid.addWidget(caption, row, 0)
                grid.addWidget(controls[name], row, 1)
                row += 1
        grid.addWidget(self.shuffle, row, 0, 1, 2)
        grid.addWidget(self.single_precision, row + 1, 0, 1, 2)
        grid.addWidget(self.slope_at_a, row + 2, 0, 1, 2)

    def _connect(self) -> None:
        for name, path, _, _, whole in _NUMBERS:
            self.numbers[name].entered.connect(self._setter(name, path, whole))
        self.schedule.chosen.connect(
            lambda key: self._edit(("schedule", "name"), key, self._captions["schedule"].text())
        )
        self.shuffle.clicked.connect(lambda on: self._edit(("shuffle",), on, self.shuffle.text()))
        self.single_precision.clicked.connect(
            lambda on: self._edit(
                ("dtype",), "float32" if on else "float64", self.single_precision.text()
            )
        )
        self.slope_at_a.clicked.connect(
            lambda on: self._edit(("slope_at",), "a" if on else "z", self.slope_at_a.text())
        )
        self.dropout.entered.connect(lambda share: self._model.set_dropout(None, share))

    def _setter(self, name: str, path: tuple[str, ...], whole: bool) -> Callable[[float], None]:
        def slot(value: float) -> None:
            self._edit(path, int(value) if whole else value, self._captions[name].text())

        return slot

    def _edit(self, path: tuple[str, ...], value: object, text: str) -> None:
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
            self.numbers[name].show_value(float(_at_path(training, path)))

    def _show_used(self) -> None:
        """Show of the numbers that not every optimiser or schedule has those that these have."""
        optimiser, schedule = self._training.optimiser.name, self._training.schedule.name
        used = (*_USED.get(optimiser, ()), *_USED.get(schedule, ()))
        for name in set().union(*_USED.values()):
            self._captions[name].setVisible(name in used)
            self.numbers[name].setVisible(name in used)
        if self.isVisible():
            self._fit()

    def open_under(self, button: QWidget) -> None:
        """Show the form under `button`, inside the screen."""
        self.move(button.mapToGlobal(button.rect().bottomLeft()) + QPoint(0, 4))
        self._fit()
        self.show()
        self.schedule.setFocus()

    def _fit(self) -> None:
        """Be as large as what is shown, inside the screen."""
        screen, wanted = self.screen().availableGeometry(), self._content.sizeHint()
        self.setMinimumWidth(wanted.width() + 24)
        height = min(wanted.height() + 4, screen.bottom() - self.y() - 8)
        self.resize(self.minimumWidth(), max(height, 200))
        self.move(min(self.x(), screen.right() - self.width() - 8), self.y())

    def retranslate(self) -> None:
        """Write every text in the language in use."""
        for title, text in zip(
            self._titles,
            (self.tr("Schedule"), self.tr("Optimiser"), self.tr("Weights"), self.tr("Stop")),
            strict=True,
        ):
            title.setText(text)
        self.schedule.write(schedule_names())
        tips = {
            "schedule": (self.tr("Rate"), self.tr("How the learning rate changes with the epoch")),
            "schedule_every": (
                self.tr("Every, epochs"),
                self.tr("Length of a step or of the wave"),
            ),
            "schedule_factor": (self.tr("Times"), self.tr("What a step multiplies the rate by")),
            "momentum": (self.tr("Momentum"), self.tr("Share of the last step that is kept")),
            "beta1": ("β₁", self.tr("Adam: memory of the mean gradient")),
            "beta2": ("β₂", self.tr("Adam and RMSProp: memory of the squared gradient")),
            "epsilon": ("ε", self.tr("Keeps the division from zero")),
            "weight_decay": (self.tr("Weight decay"), self.tr("AdamW: share lost at each step")),
            "clip_norm": (self.tr("Clip gradient"), self.tr("Longest gradient; 0 allows any")),
            "l1": ("L1", self.tr("Penalty on the sum of |w|")),
            "l2": ("L2", self.tr("Penalty on half the sum of w²")),
            "dropout": (self.tr("Drop-out"), self.tr("Share of hidden units silenced a step")),
            "initial_scale": (self.tr("First weights ×"), self.tr("Scale of the first weights")),
            "initial_bias": (self.tr("First biases"), self.tr("What biases start at")),
            "stop_epochs": (self.tr("At epoch"), self.tr("0 switches this rule off")),
            "stop_loss": (self.tr("Loss below"), self.tr("0 switches this rule off")),
            "stop_margin": (
                self.tr("All right by"),
                self.tr("Stop when every row is right by this margin; 0 switches it off"),
            ),
            "stop_patience": (
                self.tr("No better for"),
                self.tr("Epochs without a better test loss; 0 switches this rule off"),
            ),
            "stop_seconds": (self.tr("After, seconds"), self.tr("0 switches this rule off")),
        }
        for name, (caption, tip) in tips.items():
            self._captions[name].setText(caption)
            buddy = self._captions[name].buddy()
            assert buddy is not None
            describe(buddy, caption, tip)
        self.shuffle.setText(self.tr("Shuffle rows each epoch"))
        describe(self.shuffle, self.shuffle.text())
        self.single_precision.setText(self.tr("Single precision (float32)"))
        describe(self.single_precision, self.single_precision.text())
        self.slope_at_a.setText(self.tr("Slopes at the activated value"))
        describe(
            self.slope_at_a,
            self.slope_at_a.text(),
            self.tr("A mistake of published code, f′(f(z)) for f′(z), to see what comes of it"),
        )
        for edit in (*self.numbers.values(), self.dropout):
            edit.retranslate()
