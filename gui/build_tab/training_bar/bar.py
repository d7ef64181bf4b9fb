"""The training bar: buttons, speed, and the most common settings."""

from __future__ import annotations

from functools import cached_property, partial
from itertools import pairwise
from operator import attrgetter
from typing import TYPE_CHECKING

from msgspec.structs import replace
from PySide6.QtCore import QSize, Qt
from PySide6.QtWidgets import QApplication, QHBoxLayout, QToolButton, QWidget

from foundation.text import mark, tr, tr_context
from gui.actions import first_shortcut
from gui.build_tab.build_model import BuildModel
from gui.build_tab.function_cards.function_card import LossCard
from gui.build_tab.names import (
    REGULARISATIONS,
    initialiser_names,
    loss_formulas,
    loss_names,
    loss_reduction,
    optimiser_names,
    regularisation_names,
)
from gui.build_tab.state import Activity, BuildState
from gui.format import show_integer, show_number
from gui.theme import GAP_M_PX, INSET_PX, icon
from gui.widgets.basic import Segments, describe, frame, push_button, rule, set_role, tool_button
from gui.widgets.fields import FIELD_PX, ChoiceCombo, Field, NumberCombo, NumberEdit
from gui.widgets.info_card import Subject, info_button
from gui.widgets.layouts import STRETCH, add_parts, hbox, vbox
from gui.widgets.panel import Panel
from gui.widgets.popup_form import ROW_GAP_PX
from gui.widgets.texts import worded
from model.experiment import INITIALISERS, LOSSES, OPTIMISERS, TrainingSpec
from model.recipes import VERSIONS

if TYPE_CHECKING:
    from gui.build_tab.training_bar.more_form import MoreForm

COMPACT_PX, SPACIOUS_PX = 1280, 1400
"""Minimum widths for a recipe or two more fields in the bar, and for both."""
_TRAIN_PX, _COMPACT_TRAIN_PX = 104, 94
_ICON = QSize(20, 16)
"""Wider than the glyphs, to leave a gap before the text."""
SPEEDS: tuple[float | None, ...] = (10.0, 100.0, 1000.0, None)
"""Epochs per second of the four speeds; ``None`` is as fast as possible."""
_FOLDED = ("regularisation", "initialiser")
_GROWS = 50
"""Stretch factor of a field, relative to the empty space next to them."""

_SETTINGS = {
    "learning_rate": ("learning_rate", mark("Learning rate")),
    "batch": ("batch_size", mark("Batch size")),
    "optimiser": ("optimiser.name", mark("Optimiser")),
    "loss": ("loss", mark("Loss")),
    "initialiser": ("initialiser.name", mark("Initialiser")),
}
"""The path in `TrainingSpec` and the undo text of each setting."""

_RATES = (0.001, 0.003, 0.01, 0.03, 0.1, 0.3, 1.0, 3.0)
_BATCHES = (0, 1, 4, 8, 10, 16, 32, 64, 128, 256)
_DEFAULT_PENALTY = 0.001
_BOOK_RATE = 0.05
"""Example of a learning rate published for a loss summed over rows."""


class TrainingBar(Panel):
    """The controls to start, step and stop training, and its settings."""

    def __init__(self, model: BuildModel, parent: QWidget) -> None:
        super().__init__("training_bar", parent)
        self._model, self._state = model, model.state
        self.setFixedHeight(56)
        self.setMinimumWidth(1)  # the bar folds instead of keeping the window wide
        self._make_buttons()
        self._make_fields()
        self._extra = QWidget(self)  # fields that the form behind "More" shows, once it is made
        self._extra.hide()
        self._extra_column = vbox(on=self._extra, gap=ROW_GAP_PX, margins=0)
        self._in_form: set[str] = set()
        self._bar_layout = hbox(on=self, gap=GAP_M_PX, margins=(INSET_PX, 0))
        self._slots = {name: QHBoxLayout() for name in (*_FOLDED, "version")}
        fields = self._fields
        shown = [(fields[name], _GROWS) for name in ("learning_rate", "optimiser", "loss", "batch")]
        add_parts(
            self._bar_layout,
            hbox(self.reset_button, self.step_button, self.train_button, gap=4),
            rule(vertical=True, height_px=32),
            fields["speed"],
            rule(vertical=True, height_px=32),
            *shown,
            *((self._slots[name], _GROWS) for name in _FOLDED),
            fields["seed"],
            self._slots["version"],
            (self.more_button, 0, Qt.AlignmentFlag.AlignVCenter),
            STRETCH,
            self.export_button,
        )
        set_role(self, role="bar")
        self.retranslate()
        self._place()
        self._show(model.state)

    # -- Making ------------------------------------------------------------------------------------

    def _make_buttons(self) -> None:
        model = self._model
        self.reset_button = push_button(
            "reset",
            size="bar",
            icon=icon("arrow-counter-clockwise"),
            do=model.reset,
            accessible_name="Reset",
            tip=lambda: tr(
                "Back to epoch 0 with the same first weights ({key})", key=first_shortcut("reset")
            ),
        )
        self.step_button = push_button(
            "step",
            size="bar",
            icon=icon("skip-forward"),
            do=self._on_step_clicked,
            accessible_name=lambda: tr_context("TrainingBar", "Step"),
            tip=lambda: tr(
                "Train one batch ({key}); with Shift, one epoch", key=first_shortcut("step")
            ),
        )
        self.train_button = push_button("train", "primary", "bar", do=model.toggle_training)
        for button in (self.reset_button, self.step_button, self.train_button):
            button.setIconSize(_ICON)
        self.dice = tool_button(
            "new_start",
            size="small",
            icon=icon("dice-five", "t2"),
            do=lambda: model.new_start(),
            accessible_name="New start",
            tip="Draw new first weights from a new seed",
        )
        self.dice.setFixedSize(FIELD_PX, FIELD_PX)
        self.dice.setIconSize(QSize(14, 14))
        self.more_button = tool_button(
            "more",
            tone="",
            icon=icon("sliders-horizontal"),
            do=lambda: self.more.open_under(self.more_button, self.more.schedule),
            accessible_name="More settings",
            tip="Schedule, optimiser constants, drop-out, clipping and stop rules",
        )
        self.export_button = tool_button(
            "export",
            tone="",
            icon=icon("export"),
            text="Export",
            tip="Take the network elsewhere",
        )
        self.export_button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonIconOnly)
        self.export_button.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)

    def _make_fields(self) -> None:
        model = self._model
        self.speed = Segments(
            ["speed_1", "speed_10", "speed_100", "speed_max"],
            do=lambda index: model.set_speed(SPEEDS[index]),
        )
        for index, speed in enumerate(SPEEDS):
            worded(
                self.speed.button(index),
                text=partial(_speed_text, speed),
                accessible_name=partial(_speed_name, speed),
                tip=partial(_speed_tip, speed),
            )
        self.version = Segments(
            {
                "recipe_published": (
                    mark("Article"),
                    mark("The article’s recipe as published, mistakes included"),
                ),
                "recipe_corrected": (
                    mark("Corrected"),
                    mark("The same recipe with its mistakes mended"),
                ),
            },
            do=lambda index: model.choose_version(VERSIONS[index]),
        )
        for segments in (self.speed, self.version):
            _tighten(segments)
        self.rate = NumberCombo("learning_rate", _RATES, 0.0, 1e3)
        self.optimiser = ChoiceCombo("optimiser", OPTIMISERS)
        self.loss = ChoiceCombo("loss", LOSSES)
        self.loss_info = info_button("loss_info")
        worded(self.loss_info, accessible_name="What this loss is")
        self.card = LossCard(model, self)
        self.card.attach(Subject(self.loss, self.loss_info, self.card.show_loss))
        self.batch = NumberCombo("batch_size", _BATCHES, 0, 1e9, whole=True)
        self.regularisation = ChoiceCombo("regularisation", REGULARISATIONS)
        self.initialiser = ChoiceCombo("initialiser", INITIALISERS)
        self.seed = NumberEdit("seed", 0, 2**31 - 1, whole=True)
        self.seed.setFixedHeight(FIELD_PX)
        worded(self.seed, accessible_name="Seed", tip="All randomness comes from this number")
        seed_box = frame("seg")
        hbox((self.seed, 1), self.dice, on=seed_box, gap=0, margins=0)
        self._fields = {
            "speed": Field(
                self.speed, 0, term="epoch", caption="Speed", tip="How many epochs a second"
            ),
            "learning_rate": Field(self.rate, 78, term="learning-rate"),
            "optimiser": Field(
                self.optimiser,
                90,
                term="optimiser",
                caption="Optimiser",
                tip="How a gradient changes the weights",
            ),
            "loss": Field(self.loss, 126, self.loss_info, term="loss"),
            "batch": Field(
                self.batch,
                66,
                term="batch",
                caption=lambda: tr_context("TrainingBar", "Batch"),
                tip="Rows a step; Full takes all of them",
            ),
            "regularisation": Field(
                self.regularisation,
                86,
                term="regularisation",
                caption="Regularisation",
                tip="Penalty on large weights; its strength is under More",
            ),
            "initialiser": Field(
                self.initialiser,
                78,
                term="initialiser",
                caption="Initialiser",
                tip="How the first weights are drawn",
            ),
            "seed": Field(seed_box, 70, term="seed", caption="Seed", tip=""),
            "version": Field(
                self.version,
                0,
                term="recipe",
                caption="Recipe",
                tip="What the article does with these data",
            ),
        }
        self._connect()

    def _connect(self) -> None:
        self.seed.entered.connect(lambda value: self._model.new_start(int(value)))
        for number in (self.rate.number, self.batch.number, self.seed):
            number.report_refusals(self._model.report_failure)
        self.rate.number.entered.connect(partial(self._set, "learning_rate"))
        self.batch.number.entered.connect(lambda rows: self._set("batch", int(rows)))
        for name in ("optimiser", "loss", "initialiser"):
            combo = self._fields[name].control
            assert isinstance(combo, ChoiceCombo)
            combo.chosen.connect(partial(self._set, name))
        self.regularisation.chosen.connect(self._on_regularisation_chosen)

    @cached_property
    def more(self) -> MoreForm:
        """The form for settings outside the bar, created on first use."""
        from gui.build_tab.training_bar.more_form import MoreForm

        return MoreForm(self._model, self._extra, self)

    # -- Room --------------------------------------------------------------------------------------

    def refit(self) -> None:
        """Move fields that do not fit to the form behind "More", the recipe last."""
        width_px, has_recipe = self.width(), self._state.recipe is not None
        in_form: set[str] = set()
        if width_px < COMPACT_PX:
            in_form = set(self._slots)
        elif has_recipe and width_px < SPACIOUS_PX:
            in_form = set(_FOLDED)
        if in_form != self._in_form:
            self._in_form = in_form
            self._place()
        self._write_buttons()

    def _place(self) -> None:
        """Put every field into the bar, or into the form behind "More"."""
        for name, slot in self._slots.items():
            field, is_in_form = self._fields[name], name in self._in_form
            (self._extra_column if is_in_form else slot).addWidget(field, 1)
            field.show_beside(is_in_form)
            # Qt shows what changed its parent only later; until then its room counts for nothing.
            field.setVisible(name != "version" or self._state.recipe is not None)
        self.version.setMinimumWidth(0)
        self.version.setMaximumWidth(self.version.sizeHint().width())
        # Another parent puts a field behind all that is in the bar.
        stops = (
            self.loss,
            self.loss_info,
            self.batch,
            *(self._fields[name].control for name in _FOLDED if name not in self._in_form),
            self.seed,
            self.dice,
            *(() if "version" in self._in_form else self.version.group.buttons()),
            self.more_button,
        )
        for first, second in pairwise(stops):
            QWidget.setTabOrder(first, second)

    # -- Showing -----------------------------------------------------------------------------------

    @property
    def _training(self) -> TrainingSpec:
        return self._state.experiment.training

    def show_state(self, state: BuildState) -> None:
        """Show the settings of the experiment."""
        old, self._state = self._state, state
        self.speed.choose(SPEEDS.index(self._model.speed))
        if _shown(state) != _shown(old):  # other weights of a run do not matter to the bar
            self._show(state)

    def _show(self, state: BuildState) -> None:
        training, recipe, version = state.experiment.training, state.recipe, state.version
        if self._fields["version"].isHidden() != (recipe is None):
            self._fields["version"].setVisible(recipe is not None)
            self.refit()
        self.version.choose(-1 if version is None else VERSIONS.index(version))
        self.step_button.setEnabled(not self._is_running)
        self.train_button.setIcon(icon("pause-fill" if self._is_running else "play-fill", "onacc"))
        self._write_buttons()
        for name, field in self._fields.items():
            field.control.setEnabled(name not in state.locks)
        self.seed.show_value(state.experiment.seed)
        for name, (path, _) in _SETTINGS.items():
            control, value = self._fields[name].control, attrgetter(path)(training)
            if isinstance(control, ChoiceCombo):
                control.show_key(value)
            elif isinstance(control, NumberCombo):
                control.number.show_value(value)
        self.loss.offer_only(training.optimiser.kind.only_loss or None)
        self.regularisation.show_key(_regularisation(training))
        self._explain()
        if "more" in self.__dict__:
            self.more.show_experiment(state.experiment)

    @property
    def _is_running(self) -> bool:
        return self._state.activity not in (Activity.REST, Activity.TRAVELLING)

    # -- What the user did -------------------------------------------------------------------------

    def _on_step_clicked(self) -> None:
        shift = Qt.KeyboardModifier.ShiftModifier
        self._model.step(bool(QApplication.keyboardModifiers() & shift))

    def _set(self, name: str, value: object) -> None:
        path, text = _SETTINGS[name]
        self._model.set_training_field(path, value, tr(text))

    def _on_regularisation_chosen(self, key: str) -> None:
        former = self._training
        l1 = (former.l1 or former.l2 or _DEFAULT_PENALTY) if key in ("l1", "both") else 0.0
        l2 = (former.l2 or former.l1 or _DEFAULT_PENALTY) if key in ("l2", "both") else 0.0
        self._model.set_training(replace(former, l1=l1, l2=l2), tr("Regularisation"))

    # -- Texts -------------------------------------------------------------------------------------

    def _write_buttons(self) -> None:
        compact = self.width() < COMPACT_PX
        self.reset_button.setText("" if compact else tr("Reset"))
        self.step_button.setText("" if compact else tr_context("TrainingBar", "Step"))
        text, other = tr("Train"), tr("Pause")
        if self._is_running:
            text, other = other, text
        width_px = _COMPACT_TRAIN_PX if compact else _TRAIN_PX
        for either in (other, text):  # as wide for the one as for the other, so that nothing moves
            self.train_button.setText(either)
            width_px = max(width_px, self.train_button.sizeHint().width())
        tip = tr("{action} ({key})", action=text, key=first_shortcut("train"))
        describe(self.train_button, text, tip)
        self.train_button.setFixedWidth(width_px)
        hidden = len(self._in_form)
        if "version" in self._in_form and self._state.recipe is None:
            hidden -= 1
        self.more_button.setText(tr("More {n}", n=hidden) if hidden else tr("More"))
        style = Qt.ToolButtonStyle
        self.more_button.setToolButtonStyle(
            style.ToolButtonTextOnly if compact else style.ToolButtonTextBesideIcon
        )

    def _explain(self) -> None:
        """Explain how the loss is averaged, and how to convert a published learning rate."""
        reduction, formulas, training = loss_reduction(), loss_formulas(), self._training
        self.loss.explain([f"{formula}\n{reduction}" for formula in formulas.values()])
        tip = tr("What training makes small")
        if training.optimiser.follows_rule:
            tip = tr("The perceptron rule has no loss but its own: mistakes per row.")
        self._fields["loss"].write(tr("Loss"), f"{tip}\n{formulas[training.loss]}\n{reduction}")
        tip = tr_context("TrainingBar", "How far each step goes")
        all_rows = len(self._state.dataset.x_train)
        rows = min(training.batch_size or all_rows, all_rows)
        if rows > 1:
            text = tr(
                "The loss is a mean over {rows} rows. A rate given for their sum is {rows} times "
                "as large here: {example} becomes {result}.",
                rows=show_integer(rows),
                example=show_number(_BOOK_RATE),
                result=show_number(_BOOK_RATE * rows),
            )
            tip = f"{tip}\n{text}"
        self._fields["learning_rate"].write(tr("Learning rate"), tip)

    def retranslate(self) -> None:
        """Set every text in the current language."""
        self.rate.retranslate()
        self.batch.retranslate({0.0: tr("Full")})
        self.seed.retranslate()
        self.optimiser.write(optimiser_names().values())
        self.loss.write(loss_names().values())
        self.initialiser.write(initialiser_names().values())
        self.regularisation.write(regularisation_names())
        self.version.setMaximumWidth(self.version.sizeHint().width())
        self._write_buttons()
        self._explain()
        for field in self._fields.values():
            field.fit()


def _shown(state: BuildState) -> tuple[object, ...]:
    """Return the values of a state that the bar shows."""
    return state.experiment, state.dataset, state.activity, state.locks, state.refusals


def _tighten(segments: Segments) -> None:
    """Give the buttons the height of the bar's fields."""
    inner = segments.layout()
    assert inner is not None
    inner.setContentsMargins(0, 0, 0, 0)
    for index in range(len(segments.group.buttons())):
        button = segments.button(index)
        button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextOnly)
        button.setFixedHeight(FIELD_PX)
        set_role(button, extent="small")


def _speed_text(speed: float | None) -> str:
    return tr("Max") if speed is None else f"{speed / 10:.0f}×"


def _speed_name(speed: float | None) -> str:
    return tr("Speed {speed}", speed=_speed_text(speed))


def _speed_tip(speed: float | None) -> str:
    if speed is None:
        return tr("As fast as it goes")
    return tr("{n} epochs a second", n=show_integer(speed))


def _regularisation(training: TrainingSpec) -> str:
    """Return which of the usual penalties the settings contain."""
    if training.l1 > 0.0:
        return "both" if training.l2 > 0.0 else "l1"
    return "l2" if training.l2 > 0.0 else "none"
