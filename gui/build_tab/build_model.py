"""What Build's panels know: the document, its training, what is selected, and what can be done."""

from __future__ import annotations

import dataclasses
import functools
from collections.abc import Callable, Iterable, Mapping

from msgspec import structs
from PySide6.QtCore import QObject, Signal

from gui.build_tab.insight import Insight
from gui.build_tab.names import data_name
from gui.build_tab.state.build_state import FIRST_ROW, BuildState
from gui.build_tab.training.training_controller import TrainingController
from gui.document import ExperimentDocument
from gui.document.pending_edits import PendingEdits
from gui.error_texts import sentence_of
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
    insight
        Looks into it on workers.
    between_frames
        ``between_frames()``: half a frame has passed since a state of a running training.

    Signals
    -------
    state_changed(BuildState)
        There is another state to show; at display rate in a run.
    data_chosen()
        A person chose other data altogether.
    failed(str, str)
        A sentence and details of what could not be done.
    """

    state_changed = Signal(object)
    data_chosen = Signal()
    failed = Signal(str, str)

    def __init__(
        self,
        document: ExperimentDocument,
        pending: PendingEdits | None = None,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self.document = document
        self.training = TrainingController(document, self, pending)
        self.between_frames = self.training.between_frames
        self._chosen_row = -1
        self.insight = Insight(self.training.show_insight, self.fail, self)
        self.insight.follow(self.state, self.training.run.history)
        self.training.state_shown.connect(self._on_state_shown)

    @property
    def state(self) -> BuildState:
        """What every panel shows now."""
        return self.training.state

    def fail(self, error: Exception, details: str = "") -> None:
        """Tell a person what went wrong."""
        self.failed.emit(sentence_of(error), details)

    def say_failed(self, sentence: str) -> None:
        """Tell a person what could not be done, and why."""
        self.failed.emit(sentence, "")

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
        self.data_chosen.emit()
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

    def show_mistakes(self, on: bool) -> None:
        """List only the rows that are wrong, or all again."""
        self.training.select(dataclasses.replace(self.state.selection, mistakes=on))

    # -- Insight -----------------------------------------------------------------------------------

    def apply_fix(self, finding: Finding, text: str) -> None:
        """Make the remedy of one of the training doctor's findings; `text` names the step."""
        fix = finding.fix
        if fix is not None:
            self._edit(text, lambda _: initialise(fix))

    def draw_lottery(self, number: int) -> None:
        """Train so many random starts of the experiment, and see how many get there."""
        self.insight.draw_lottery(number)

    def stop_lottery(self) -> None:
        """Draw no further start; those that were drawn are shown."""
        self.insight.stop_lottery()

    def open_seed(self, seed: int) -> None:
        """Take what a start of the lottery came to in place of the experiment shown."""
        lottery = self.state.insight.lottery
        if lottery is not None and seed in lottery.members:
            opened = lottery.members[seed].experiment
            text = self.tr("Open seed {n}").format(n=seed)
            self.training.apply(text, lambda _: opened, restart=False)

    def measure_landscape(self) -> None:
        """Measure the loss around the path that the present run took."""
        self.insight.measure_landscape()

    # ----------------------------------------------------------------------------------------------

    def _on_state_shown(self, state: BuildState) -> None:
        self.state_changed.emit(state)
        self.insight.follow(self.state, self.training.run.history)

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
