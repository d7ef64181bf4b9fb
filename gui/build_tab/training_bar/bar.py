"""The training bar: buttons, speed, and the settings a person changes most."""

from __future__ import annotations

from functools import cached_property
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from msgspec.structs import replace
from PySide6.QtCore import QSize, Qt
from PySide6.QtWidgets import QApplication, QHBoxLayout, QToolButton, QWidget

from foundation.text import tr, tr_context
from gui.actions import key_of
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
from gui.explain import explain
from gui.format import show_integer, show_number
from gui.theme import GAP_M_PX, INSET_PX, icon
from gui.widgets.basic import (
    Segments,
    describe,
    frame,
    push_button,
    rule,
    set_role,
    tool_button,
    write_on,
)
from gui.widgets.fields import FIELD_PX, ChoiceCombo, Field, NumberCombo, NumberEdit
from gui.widgets.info_card import Subject, info_button
from gui.widgets.layouts import hbox
from gui.widgets.panel import Panel
from model.data import Dataset
from model.edits.locks import Lock
from model.experiment import INITIALISERS, LOSSES, OPTIMISERS, Experiment, TrainingSpec
from model.recipes import VERSIONS

if TYPE_CHECKING:
    from gui.build_tab.training_bar.more_form import MoreForm

HEIGHT_PX = 56
COMPACT_PX, SPACIOUS_PX = 1280, 1400
"""From so wide on there is room for all fields, or for a recipe in the place of two of them; for
all fields and a recipe."""
_SPEED_WIDTHS_PX = (34, 40, 48, 46)
_TRAIN_PX, _COMPACT_TRAIN_PX = 104, 94
_ICON = QSize(20, 16)
"""Wider than the glyphs: the room at their sides keeps the words away."""
SPEEDS: tuple[float | None, ...] = (10.0, 100.0, 1000.0, None)
"""Epochs a second of the four speeds; ``None`` is as fast as it goes."""

_USUAL_PX = {
    "rate": 78,
    "optimiser": 90,
    "loss": 126,
    "batch": 66,
    "regularisation": 86,
    "initialiser": 78,
}
"""Usual widths of the controls that share the bar's room; the others keep their own."""
_TERMS = {
    "speed": "epoch",
    "rate": "learning-rate",
    "optimiser": "optimiser",
    "loss": "loss",
    "batch": "batch",
    "regularisation": "regularisation",
    "initialiser": "initialiser",
    "version": "recipe",
}
"""The word of the glossary that each caption is."""
_FOLDED = ("regularisation", "initialiser")
_GROWS = 50
"""Stretch of a field against that of the empty room beside them."""

_RATES = (0.001, 0.003, 0.01, 0.03, 0.1, 0.3, 1.0, 3.0)
_BATCHES = (0, 1, 4, 8, 10, 16, 32, 64, 128, 256)
_DEFAULT_PENALTY = 0.001
_BOOK_RATE = 0.05
"""The example of a rate that was published for a sum over rows."""


class TrainingBar(Panel):
    """Start, step and stop training, and set how the network learns."""

    def __init__(self, model: BuildModel, parent: QWidget) -> None:
        super().__init__("training_bar", parent)
        self._model = model
        self.setFixedHeight(HEIGHT_PX)
        self.setMinimumWidth(1)  # the bar folds instead of keeping the window wide
        self._training = TrainingSpec()
        self._locks: frozenset[Lock] = frozenset()
        self._rows = self._refusals = 0
        self._running = False
        self._is_compact = False
        self._is_folded: bool | None = None
        self._has_room_for_recipe: bool | None = None
        self._told: tuple[Experiment, Dataset] | None = None
        self.reset_button = push_button("reset", size="bar", icon=icon("arrow-counter-clockwise"))
        self.step_button = push_button("step", size="bar", icon=icon("skip-forward"))
        self.train_button = push_button("train", "primary", "bar", icon=icon("play-fill", "onacc"))
        self.speed = Segments(["speed_1", "speed_10", "speed_100", "speed_max"])
        self.rate = NumberCombo("learning_rate", _RATES, 0.0, 1e3)
        self.optimiser = ChoiceCombo("optimiser", OPTIMISERS)
        self.loss = ChoiceCombo("loss", LOSSES)
        self.loss_info = info_button("loss_info")
        self.card = LossCard(model, self)
        self.batch = NumberCombo("batch_size", _BATCHES, 0, 1e9, whole=True)
        self.regularisation = ChoiceCombo("regularisation", REGULARISATIONS)
        self.initialiser = ChoiceCombo("initialiser", INITIALISERS)
        self.seed = NumberEdit("seed", 0, 2**31 - 1, whole=True)
        self.dice = tool_button(
            "new_start", tone="quiet", size="small", icon=icon("dice-five", "t2")
        )
        self.more_button = tool_button("more", tone="", icon=icon("sliders-horizontal"))
        self.export_button = tool_button("export", tone="", icon=icon("export"))
        self.export_button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonIconOnly)
        self.export_button.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self.version = Segments([f"recipe_{version}" for version in VERSIONS])
        self._waiting = QWidget(self)  # for the form behind "More" to be made
        self._waiting.hide()
        for button in (self.reset_button, self.step_button, self.train_button):
            button.setIconSize(_ICON)
        self._tighten(self.speed, _SPEED_WIDTHS_PX)
        self._tighten(self.version)
        self._lay_out()
        self._connect()
        set_role(self, role="bar")
        self.retranslate()
        self._show_running(model.state)

    # -- Making ------------------------------------------------------------------------------------

    @cached_property
    def more(self) -> MoreForm:
        """The settings that have no place in the bar; made when it is first asked for."""
        from gui.build_tab.training_bar.more_form import MoreForm

        form = MoreForm(self._model, self)
        for field in self._fields.values():
            if field.parentWidget() is self._waiting:
                form.extra.addWidget(field)
        self._show_more(form, self._model.state.experiment)
        return form

    def _lay_out(self) -> None:
        controls = {
            "speed": self.speed,
            "rate": self.rate,
            "optimiser": self.optimiser,
            "loss": self.loss,
            "batch": self.batch,
            "regularisation": self.regularisation,
            "initialiser": self.initialiser,
            "version": self.version,
        }
        infos = {"loss": self.loss_info}
        self._fields = {
            name: Field(w, _USUAL_PX.get(name, 0), infos.get(name)) for name, w in controls.items()
        }
        self._seed_field = Field(self._make_seed_box(), 70)
        explain(self._seed_field.caption, "seed")
        for name, term in _TERMS.items():
            explain(self._fields[name].caption, term)
        self._bar_layout = layout = hbox(on=self, gap=GAP_M_PX + 2, margins=(INSET_PX, 0))
        layout.addLayout(hbox(self.reset_button, self.step_button, self.train_button, gap=4))
        layout.addWidget(rule(vertical=True, height_px=32))
        layout.addWidget(self._fields["speed"])
        layout.addWidget(rule(vertical=True, height_px=32))
        for name in ("rate", "optimiser", "loss", "batch"):
            layout.addWidget(self._fields[name], _GROWS)
        layout.addWidget(self._seed_field)
        self._recipe_row = QHBoxLayout()
        layout.addLayout(self._recipe_row)
        layout.addWidget(self.more_button, 0, Qt.AlignmentFlag.AlignVCenter)
        layout.addStretch(1)
        layout.addWidget(self.export_button)
        self._fold(False)
        self._place_version(False)
        QWidget.setTabOrder(self.loss, self.loss_info)

    @staticmethod
    def _tighten(segments: Segments, widths_px: tuple[int, ...] = ()) -> None:
        """Make buttons as low and, where widths are given, as narrow as the bar needs them."""
        inner = segments.layout()
        assert inner is not None
        inner.setContentsMargins(0, 0, 0, 0)
        for index, button in enumerate(segments.group.buttons()):
            assert isinstance(button, QToolButton)
            button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextOnly)
            button.setFixedHeight(FIELD_PX)
            set_role(button, extent="small")
            if widths_px:
                button.setFixedWidth(widths_px[index])

    def _make_seed_box(self) -> QWidget:
        box = frame("seg")
        self.dice.setFixedSize(FIELD_PX, FIELD_PX)
        self.dice.setIconSize(QSize(14, 14))
        self.seed.setFixedHeight(FIELD_PX)
        hbox((self.seed, 1), self.dice, on=box, gap=0, margins=0)
        return box

    def _connect(self) -> None:
        model = self._model
        self.train_button.clicked.connect(model.toggle_training)
        self.reset_button.clicked.connect(model.reset)
        self.step_button.clicked.connect(self._on_step_clicked)
        self.dice.clicked.connect(lambda: model.new_start())
        self.speed.group.idClicked.connect(lambda index: model.set_speed(SPEEDS[index]))
        self.version.group.idClicked.connect(lambda index: model.choose_version(VERSIONS[index]))
        self.seed.entered.connect(lambda value: model.new_start(int(value)))
        for number in (self.rate.number, self.batch.number, self.seed):
            number.tell_refused(model.say_failed)
        self.rate.number.entered.connect(
            lambda rate: self._edit(tr("Learning rate"), learning_rate=rate)
        )
        self.batch.number.entered.connect(
            lambda rows: self._edit(tr("Batch size"), batch_size=int(rows))
        )
        self.optimiser.chosen.connect(
            lambda key: self._edit(
                tr("Optimiser"), optimiser=replace(self._training.optimiser, name=key)
            )
        )
        self.loss.chosen.connect(lambda key: self._edit(tr("Loss"), loss=key))
        self.initialiser.chosen.connect(
            lambda key: self._edit(
                tr("Initialiser"), initialiser=replace(self._training.initialiser, name=key)
            )
        )
        self.regularisation.chosen.connect(self._on_regularisation_chosen)
        self.card.attach(Subject(self.loss, self.loss_info, self.card.show_loss))
        self.more_button.clicked.connect(self._open_more)

    # -- Room --------------------------------------------------------------------------------------

    def _fold(self, is_folded: bool) -> None:
        """Put Regularisation and Initialiser into the bar, or into the form behind "More"."""
        if is_folded == self._is_folded:
            return
        self._is_folded = is_folded
        for name in _FOLDED:
            field = self._fields[name]
            if is_folded:
                self._add_extra(field)
            else:
                at = self._bar_layout.indexOf(self._seed_field)
                self._bar_layout.insertWidget(at, field, _GROWS)
            field.show_beside(is_folded)
            # Qt shows what changed its parent only later; until then its room counts for nothing.
            field.show()
        if not is_folded:
            # Another parent puts them behind all that is in the bar.
            for first, second in pairwise((self.batch, self.regularisation, self.initialiser)):
                QWidget.setTabOrder(first, second)
        self._bar_layout.setSpacing(GAP_M_PX if is_folded else GAP_M_PX + 2)
        self._write_buttons()

    def _add_extra(self, field: Field) -> None:
        """Put a field into the form behind "More", or where it waits for that to be made."""
        if "more" in self.__dict__:
            self.more.extra.addWidget(field)
        else:
            field.setParent(self._waiting)

    def _place_version(self, has_room: bool) -> None:
        """Put the choice of a recipe's version into the bar, or into the form behind "More"."""
        if has_room == self._has_room_for_recipe:
            return
        self._has_room_for_recipe = has_room
        field = self._fields["version"]
        is_shown = self._has_recipe
        if has_room:
            self._recipe_row.addWidget(field)
            for before, button in pairwise((self.dice, *self.version.group.buttons())):
                QWidget.setTabOrder(before, button)
        else:
            self._add_extra(field)
        field.show_beside(not has_room)
        self.version.setMinimumWidth(0)
        self.version.setMaximumWidth(self.version.sizeHint().width())
        field.setVisible(is_shown)
        self._write_buttons()

    def refit(self) -> None:
        """Put what does not fit behind "More": a recipe stays before the other two."""
        width_px = self.width()
        is_compact = width_px < COMPACT_PX
        if is_compact != self._is_compact:
            self._is_compact = is_compact
            self._write_buttons()
        self._fold(is_compact or (self._has_recipe and width_px < SPACIOUS_PX))
        self._place_version(not is_compact)

    @property
    def _has_recipe(self) -> bool:
        return self._model.state.recipe is not None

    # -- Showing -----------------------------------------------------------------------------------

    def show_state(self, state: BuildState) -> None:
        """Show the settings of the experiment."""
        self._show_running(state)
        self._show_locks(state.locks)
        experiment, rows = state.experiment, len(state.dataset.x_train)
        told = experiment, state.dataset
        if self._told is None or any(a is not b for a, b in zip(told, self._told, strict=True)):
            self._told = told
            self._show_version(state)
        elif state.refusals == self._refusals:
            return  # other weights of a run are none of the bar's affair
        self.seed.show_value(experiment.seed)
        if "more" in self.__dict__:
            self._show_more(self.more, experiment)
        training = experiment.training
        is_other = training is not self._training or state.refusals != self._refusals
        has_other_rows, self._rows = rows != self._rows, rows
        if is_other:
            self._training, self._refusals = training, state.refusals
            self._show_training(training)
        if is_other or has_other_rows:
            self._explain()

    def _show_training(self, training: TrainingSpec) -> None:
        self.rate.number.show_value(training.learning_rate)
        self.batch.number.show_value(training.batch_size)
        self.optimiser.show_key(training.optimiser.name)
        self.loss.show_key(training.loss)
        self.loss.offer_only(training.optimiser.kind.only_loss or None)
        self.initialiser.show_key(training.initialiser.name)
        self.regularisation.show_key(_regularisation(training))

    @staticmethod
    def _show_more(form: MoreForm, experiment: Experiment) -> None:
        hidden = experiment.network.layers[:-1]
        form.show_training(experiment.training, hidden[0].dropout if hidden else 0.0)
        form.dropout.setEnabled(bool(hidden))

    def _show_version(self, state: BuildState) -> None:
        """Offer the article's recipe where there is one, and say which version this is."""
        self.version.choose(-1 if state.version is None else VERSIONS.index(state.version))
        field, has_recipe = self._fields["version"], state.recipe is not None
        if has_recipe == field.isHidden():
            field.setVisible(has_recipe)
            self.refit()
            self._write_buttons()

    def _show_running(self, state: BuildState) -> None:
        """Show the speed; offer to pause what is under way or about to begin, else to train."""
        self.speed.choose(SPEEDS.index(self._model.speed))
        running = state.activity not in (Activity.REST, Activity.TRAVELLING)
        if running != self._running:
            self._running = running
            self._write_buttons()
            self.train_button.setIcon(icon("pause-fill" if running else "play-fill", "onacc"))
            self.step_button.setEnabled(not running)

    def _show_locks(self, locks: frozenset[Lock]) -> None:
        """Rest the settings that a lesson keeps as they are."""
        if locks == self._locks:
            return
        self._locks = locks
        controls: dict[Lock, tuple[QWidget, ...]] = {
            "learning_rate": (self.rate,),
            "optimiser": (self.optimiser,),
            "loss": (self.loss,),
            "batch": (self.batch,),
            "regularisation": (self.regularisation,),
            "initialiser": (self.initialiser,),
            "seed": (self.seed, self.dice),
        }
        for lock, locked in controls.items():
            for control in locked:
                control.setEnabled(lock not in locks)

    # -- What a person did -------------------------------------------------------------------------

    def _on_step_clicked(self) -> None:
        shift = Qt.KeyboardModifier.ShiftModifier
        self._model.step(bool(QApplication.keyboardModifiers() & shift))

    def _open_more(self) -> None:
        self.more.open_under(self.more_button, self.more.schedule)

    def _edit(self, text: str, **settings: Any) -> None:
        """Change fields of the settings, as a step of undo that is called `text`."""
        self._training = replace(self._training, **settings)
        self._explain()
        self._model.set_training(self._training, text)

    def _on_regularisation_chosen(self, key: str) -> None:
        former = self._training
        l1 = (former.l1 or former.l2 or _DEFAULT_PENALTY) if key in ("l1", "both") else 0.0
        l2 = (former.l2 or former.l1 or _DEFAULT_PENALTY) if key in ("l2", "both") else 0.0
        self._edit(tr("Regularisation"), l1=l1, l2=l2)

    # -- Words and icons ---------------------------------------------------------------------------

    def _write_buttons(self) -> None:
        compact = self._is_compact
        self.reset_button.setText("" if compact else tr("Reset"))
        self.step_button.setText("" if compact else tr_context("TrainingBar", "Step"))
        describe(
            self.reset_button,
            tr("Reset"),
            tr("Back to epoch 0 with the same first weights ({key})", key=key_of("reset")),
        )
        describe(
            self.step_button,
            tr_context("TrainingBar", "Step"),
            tr("Train one batch ({key}); with Shift, one epoch", key=key_of("step")),
        )
        text, other = tr("Train"), tr("Pause")
        if self._running:
            text, other = other, text
        width_px = _COMPACT_TRAIN_PX if compact else _TRAIN_PX
        for either in (other, text):  # as wide for the one as for the other, so that nothing moves
            self.train_button.setText(either)
            width_px = max(width_px, self.train_button.sizeHint().width())
        describe(
            self.train_button,
            text,
            tr("{action} ({key})", action=text, key=key_of("train")),
        )
        self.train_button.setFixedWidth(width_px)
        hidden = len(_FOLDED) * bool(self._is_folded)
        hidden += self._has_recipe and not self._has_room_for_recipe
        self.more_button.setText(tr("More {n}", n=hidden) if hidden else tr("More"))
        words, both = (
            Qt.ToolButtonStyle.ToolButtonTextOnly,
            Qt.ToolButtonStyle.ToolButtonTextBesideIcon,
        )
        self.more_button.setToolButtonStyle(words if compact else both)
        describe(
            self.more_button,
            tr("More settings"),
            tr("Schedule, optimiser constants, drop-out, clipping and stop rules"),
        )
        write_on(self.export_button, tr("Export"), tr("Take the network elsewhere"))

    def _explain(self) -> None:
        """Say how the loss is summed up, and what that means for a rate out of a book."""
        reduction = loss_reduction()
        formulas = loss_formulas()
        self.loss.explain([f"{formula}\n{reduction}" for formula in formulas.values()])
        tips = [tr("What training makes small")]
        if self._training.optimiser.follows_rule:
            tips = [tr("The perceptron rule has no loss but its own: mistakes per row.")]
        tips += [formulas[self._training.loss], reduction]
        self._fields["loss"].write(tr("Loss"), "\n".join(tips))
        tip = tr_context("TrainingBar", "How far each step goes")
        rows = min(self._training.batch_size or self._rows, self._rows)
        if rows > 1:
            text = tr(
                "The loss is a mean over {rows} rows. A rate given for their sum is {rows} times "
                "as large here: {example} becomes {result}.",
                rows=show_integer(rows),
                example=show_number(_BOOK_RATE),
                result=show_number(_BOOK_RATE * rows),
            )
            tip = f"{tip}\n{text}"
        self._fields["rate"].write(tr("Learning rate"), tip)

    def retranslate(self) -> None:
        """Write every text in the language in use."""
        self._write_buttons()
        tips = {
            "speed": (tr("Speed"), tr("How many epochs a second")),
            "optimiser": (tr("Optimiser"), tr("How a gradient changes the weights")),
            "batch": (
                tr_context("TrainingBar", "Batch"),
                tr("Rows a step; Full takes all of them"),
            ),
            "regularisation": (
                tr("Regularisation"),
                tr("Penalty on large weights; its strength is under More"),
            ),
            "initialiser": (tr("Initialiser"), tr("How the first weights are drawn")),
            "version": (tr("Recipe"), tr("What the article does with these data")),
        }
        for name, (caption, tip) in tips.items():
            self._fields[name].write(caption, tip)
        self._explain()
        describe(self.loss_info, tr("What this loss is"))
        self._seed_field.write(tr("Seed"), "")
        describe(self.seed, tr("Seed"), tr("All randomness comes from this number"))
        describe(self.dice, tr("New start"), tr("Draw new first weights from a new seed"))
        self.version.write(
            (tr("Article"), tr("The article’s recipe as published, mistakes included")),
            (tr("Corrected"), tr("The same recipe with its mistakes mended")),
        )
        self.version.setMaximumWidth(self.version.sizeHint().width())
        maximum = tr("Max")
        for index, speed in enumerate(SPEEDS):
            button = self.speed.button(index)
            text = maximum if speed is None else f"{speed / 10:.0f}×"
            button.setText(text)
            tip = (
                tr("As fast as it goes")
                if speed is None
                else tr("{n} epochs a second", n=show_integer(speed))
            )
            describe(button, tr("Speed {speed}", speed=text), tip)
        self.rate.retranslate()
        self.batch.retranslate({0.0: tr("Full")})
        self.seed.retranslate()
        self.optimiser.write(optimiser_names().values())
        self.loss.write(loss_names().values())
        self.initialiser.write(initialiser_names().values())
        self.regularisation.write(regularisation_names())


def _regularisation(training: TrainingSpec) -> str:
    """Return which of the usual penalties the settings hold."""
    if training.l1 > 0.0:
        return "both" if training.l2 > 0.0 else "l1"
    return "l2" if training.l2 > 0.0 else "none"
