"""What Build's panels know: the document, its training, what is selected, and what can be done."""

from __future__ import annotations

import dataclasses
import functools
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path

from msgspec import structs
from PySide6.QtCore import QObject

from gui.build_tab.names import data_name
from gui.build_tab.state.build_state import FIRST_ROW, BuildState
from gui.build_tab.training.training_controller import TrainingController
from gui.document import ExperimentDocument
from gui.document.pending_edits import PendingEdits
from gui.messages import Messages
from model.edits import network as edits
from model.edits import points as point_edits
from model.experiment import Activation, DataSpec, Experiment, PointsData, SplitSpec, TrainingSpec
from model.initialisers import initialise
from model.insight import Finding
from model.places import UnitAt, WeightAt

__all__ = ["BuildModel"]


class BuildModel(QObject):
    """The experiment on screen as Build's panels see it.

    A panel calls a method for what a person wants, and shows the state that comes of it. Each edit
    is one step of the document's undo stack; a running training takes it live where it can.

    Layers are counted from 0 as in ``experiment.network.layers``.

    Attributes
    ----------
    document
        Holds the experiment.
    training
        Trains it, and makes the state that panels show.
    state_changed
        ``state_changed(BuildState)``: there is another state to show; at display rate in a run.
    between_frames
        ``between_frames()``: half a frame has passed since a state of a running training.

    messages
        Where a person is told what could not be done.
    """

    def __init__(
        self,
        document: ExperimentDocument,
        pending: PendingEdits | None = None,
        parent: QObject | None = None,
        messages: Messages | None = None,
    ) -> None:
        super().__init__(parent)
        self.document = document
        self.messages = messages or Messages(self)
        self.training = TrainingController(document, self, pending)
        self.state_changed = self.training.state_shown
        self.between_frames = self.training.between_frames
        self._chosen_row = -1
        self.training.failed.connect(self.say_failed)
        self.training.remedy_offered.connect(self._offer_remedy)
        self.training.edited.connect(self._on_gone_on)
        self.training.running_changed.connect(self._on_running_changed)

    @property
    def state(self) -> BuildState:
        """What every panel shows now."""
        return self.training.state

    def fail(self, error: Exception, details: str = "") -> None:
        """Tell a person what went wrong."""
        self.messages.failed(error, details, source=self)

    def say_failed(self, sentence: str, details: str = "") -> None:
        """Tell a person what could not be done, and why."""
        self.messages.failed(sentence, details, source=self)

    def say_written(self, path: Path, more: str = "") -> None:
        """Tell a person that a file is there, and what else is worth a sentence."""
        self._on_gone_on()
        sentence = self.tr("{name} is written.").format(name=path.name)
        self.messages.said.emit(f"{sentence} {more}".strip())

    def _offer_remedy(self, text: str, mend: Callable[[], None]) -> None:
        """Put what mends it into the message that the training has just told."""
        told = self.messages.shown
        if told is not None and told.source is self:
            self.messages.failed(told.reason, told.details, (text, mend), self)

    def _on_running_changed(self, running: bool) -> None:
        if running:
            self._on_gone_on()

    def _on_gone_on(self) -> None:
        """Take back what failed before: the person has gone on."""
        self.messages.over(self)

    def retranslate(self) -> None:
        """Name runs and data anew in the language in use."""
        self.training.retranslate()

    # -- Network -----------------------------------------------------------------------------------

    def add_layer(self, before: int) -> None:
        """Insert a hidden layer before another."""
        self._edit(self.tr("Add layer"), lambda e: edits.with_layer_added(e, before))

    def remove_layer(self, layer: int) -> None:
        """Take a hidden layer out."""
        self._edit(self.tr("Remove layer"), lambda e: edits.with_layer_removed(e, layer))

    def set_units(self, layer: int, units: int) -> None:
        """Give a hidden layer so many units."""
        several, one = self.tr("Layer {n}: {units} units"), self.tr("Layer {n}: 1 unit")
        self._edit(
            (one if units == 1 else several).format(n=layer + 1, units=units),
            lambda e: edits.with_units(e, layer, units),
            f"units {layer}",
        )

    def remove_units(self, units: Iterable[UnitAt]) -> None:
        """Take hidden units out, as one step."""
        places = [(at.layer, at.unit) for at in units]
        text = self.tr("Remove unit")
        if len(places) > 1:
            text = self.tr("Remove {n} units").format(n=len(places))
        self._edit(text, lambda e: edits.with_units_removed(e, places))

    def set_activation(self, layer: int, activation: Activation) -> None:
        """Give a layer another activation function."""
        self._edit(
            self.tr("Activation of layer {n}").format(n=layer + 1),
            lambda e: edits.with_activation(e, layer, activation),
        )

    def set_bias(self, layer: int, on: bool) -> None:
        """Let a layer's units have a bias, or none."""
        text = self.tr("Bias on") if on else self.tr("Bias off")
        self._edit(text, lambda e: edits.with_bias(e, layer, on))

    def set_dropout(self, layer: int | None, share: float) -> None:
        """Drop a share of a hidden layer's units, or with ``None`` of every hidden layer's."""

        def edit(experiment: Experiment) -> Experiment:
            hidden = range(len(experiment.network.layers) - 1)
            for index in hidden if layer is None else (layer,):
                experiment = edits.with_dropout(experiment, index, share)
            return experiment

        self._edit(self.tr("Drop-out"), edit, "" if layer is None else f"dropout {layer}")

    def set_weights(self, values: Mapping[WeightAt, float], gesture: str) -> None:
        """Set weights; all edits with one `gesture` are one step."""

        def edit(experiment: Experiment) -> Experiment:
            for at, value in values.items():
                experiment = edits.with_weight(experiment, at.layer, at.row, at.unit, value)
            return experiment

        self._edit(self.tr("Weight"), edit, gesture)

    def toggle_pins(self, weights: Iterable[WeightAt]) -> None:
        """Pin weights, so that training leaves them alone, or set pinned ones free."""
        places = tuple(weights)

        def edit(experiment: Experiment) -> Experiment:
            for at in places:
                experiment = edits.with_pin_toggled(experiment, at.layer, at.row, at.unit)
            return experiment

        self._edit(self.tr("Pin weight"), edit)

    # -- Data --------------------------------------------------------------------------------------

    def choose_data(self, data: DataSpec) -> bool:
        """Learn from other data altogether; tell whether that could be done."""
        text = self.tr("Data: {name}").format(name=data_name(data))
        self._on_gone_on()
        edit = functools.partial(edits.with_chosen_data, data=data)
        if not self.training.apply_loading(text, edit, data, is_choice=True):
            return False
        self.choose_row(FIRST_ROW)
        return True

    def edit_data(self, data: DataSpec, text: str, merge_key: str = "") -> None:
        """Change the data, which stay of the same kind."""
        edit = functools.partial(edits.with_data, data=data)
        self.training.apply_loading(text, edit, data, merge_key)

    def set_split(self, split: SplitSpec, text: str, merge_key: str = "") -> None:
        """Share rows out in another way; of the split, only what differs from the one shown."""
        shown = self.state.experiment.split
        changes = {
            name: value
            for name, value in structs.asdict(split).items()
            if value != getattr(shown, name)
        }
        self._edit(
            text, lambda e: edits.with_split(e, structs.replace(e.split, **changes)), merge_key
        )

    def add_point(self, x1: float, x2: float, target: int) -> None:
        """Add a point made by hand."""
        self._edit_points(
            self.tr("Add point"), "", lambda d: point_edits.with_point_added(d, x1, x2, target)
        )

    def move_point(self, index: int, x1: float, x2: float) -> None:
        """Move a point; one drag is one step."""
        self._edit_points(
            self.tr("Move point"),
            f"point {index}",
            lambda d: point_edits.with_point_moved(d, index, x1, x2),
        )

    def erase_point(self, index: int) -> None:
        """Take a point out, but for the last one."""
        data = self.state.experiment.data
        if isinstance(data, PointsData) and len(data.points) <= point_edits.FEWEST_POINTS:
            self.say_failed(
                self.tr("The last point stays: without a row there is nothing to learn from.")
            )
            return
        self._edit_points(
            self.tr("Erase point"), "", lambda d: point_edits.with_point_erased(d, index)
        )

    def end_gesture(self) -> None:
        """Let the next edit be a step of its own."""
        self.training.end_gesture()

    # -- Training ----------------------------------------------------------------------------------

    def toggle_training(self) -> None:
        """Train, or pause."""
        self.training.toggle()

    def train(self) -> None:
        """Train on from what is shown."""
        self.training.start()

    def pause(self) -> None:
        """Ask a running training to stop, and return at once."""
        self.training.pause()

    def step(self, whole_epoch: bool) -> None:
        """Train one batch, or up to the end of the epoch."""
        self.training.step(whole_epoch)

    def reset(self) -> None:
        """Go back to epoch 0 with the same first weights."""
        self.training.reset()

    def new_start(self, seed: int | None = None) -> None:
        """Draw first weights from another seed, the next one where none is given."""
        self.training.new_start(seed)

    def set_speed(self, epochs_per_second: float | None) -> None:
        """Run at most so many epochs a second; ``None`` runs flat out."""
        self.training.set_speed(epochs_per_second)

    def set_training(self, training: TrainingSpec, text: str) -> None:
        """Learn by other settings."""
        self._edit(text, lambda e: edits.with_training(e, training))

    def show_epoch(self, epoch: int) -> None:
        """Show the weights of an epoch of this run; a running training is paused first."""
        self.training.show_epoch(epoch)

    def branch(self, epoch: int | None = None) -> None:
        """Start a new run from an epoch, or else from the one that is shown or gone to."""
        self.training.branch(self.training.epoch_wanted if epoch is None else epoch)

    def show_run(self, index: int, on: bool) -> None:
        """Draw the line of an earlier run, or leave it out."""
        self.training.run.show(index, on)

    def rename_run(self, index: int, name: str) -> None:
        """Give an earlier run another name."""
        self.training.run.rename(index, name)

    def apply_fix(self, finding: Finding, text: str) -> None:
        """Make the remedy of one of the training doctor's findings."""
        fix = finding.fix
        if fix is not None:
            self._edit(text, lambda _: initialise(fix))

    def open_seed(self, experiment: Experiment) -> None:
        """Take an experiment of another seed in place of the one shown."""
        text = self.tr("Open seed {n}").format(n=experiment.seed)
        self.training.apply(text, lambda _: experiment, restart=False)

    # -- Selection ---------------------------------------------------------------------------------

    def choose_row(self, row: int) -> None:
        """Show the values of another row everywhere; -1 for none."""
        self._chosen_row = row
        self.training.choose_row(row)

    def hover_row(self, row: int) -> None:
        """Show a row while it is pointed at; -1 goes back to the chosen one."""
        self.training.choose_row(row if row >= 0 else self._chosen_row)

    def choose_unit(self, at: UnitAt | None) -> None:
        """Choose the unit whose sum is shown term by term; ``None`` for none."""
        self.training.select(dataclasses.replace(self.state.selection, unit=at))

    def point_at(self, at: UnitAt | None) -> None:
        """Show what a unit answers while it is pointed at; ``None`` goes back to the output."""
        self.training.select(dataclasses.replace(self.state.selection, pointed=at))

    def light(self, at: UnitAt | None) -> None:
        """Light a unit on the drawing, because what is said is about it; ``None`` for none."""
        self.training.select(dataclasses.replace(self.state.selection, lit=at))

    def list_mistakes(self, rows: Iterable[int] | None) -> None:
        """List only these rows, which are wrong; ``None`` lists all again."""
        mistakes = None if rows is None else tuple(rows)
        self.training.select(dataclasses.replace(self.state.selection, mistakes=mistakes))

    # ----------------------------------------------------------------------------------------------

    def _edit(self, text: str, edit: edits.Edit, merge_key: str = "") -> None:
        self.training.apply(text, edit, merge_key)

    def _edit_points(
        self, text: str, merge_key: str, edit: Callable[[PointsData], PointsData]
    ) -> None:
        def on_experiment(experiment: Experiment) -> Experiment:
            if not isinstance(experiment.data, PointsData):
                return experiment
            return edits.with_data(experiment, edit(experiment.data))

        self._edit(text, on_experiment, merge_key)
