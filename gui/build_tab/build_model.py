"""The model of Build's panels: document, training, selection and possible edits."""

from __future__ import annotations

import dataclasses
import functools
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from msgspec import structs
from PySide6.QtCore import QObject, QTimer, Signal

from foundation.text import localise, tr, tr_context, tr_plural
from gui.build_tab.derived_data import DerivedData
from gui.build_tab.insight import Insight
from gui.build_tab.layers import LAYER_VIEWS
from gui.build_tab.names import input_name, lock_names, with_translated_names
from gui.build_tab.remedies import lower_rate_and_restart, remedy_of
from gui.build_tab.sources import data_name
from gui.build_tab.state import (
    FIRST_ROW,
    Activity,
    BuildState,
    RunView,
    Selection,
    corresponding_row,
    has_target,
    rows_to_choose,
)
from gui.build_tab.status import end_sentence, right_since
from gui.build_tab.training import Job, Training
from gui.document import ExperimentDocument
from gui.format import show_integer, show_number
from gui.messages import LazyText, Messages, Remedy
from gui.settings import settings
from model.data import Dataset
from model.data.derived import Feature, input_features, term_of
from model.edits import network as edits
from model.edits import points as point_edits
from model.edits.features import with_feature_toggled
from model.edits.locks import Lock, broken_locks
from model.edits.opened import SCALED_OTHERWISE, moved_to_data
from model.errors import ModelError
from model.experiment import (
    Activation,
    DataSpec,
    Experiment,
    NetworkSpec,
    PointsData,
    SplitSpec,
    TrainingSpec,
    with_past,
)
from model.initialisers import initialise, untrained
from model.insight import Finding
from model.insight.doctor.finding import finding_of, past_finding
from model.insight.plane import Bounds, plane_for_points
from model.insight.rounding import rounded_to
from model.insight.step.walk import Part, place_after, place_before
from model.layers.kind import LayerKind
from model.network import Network
from model.places import Target, UnitAt, WeightAt
from model.recipes import Version
from model.training import RunResult, SetSpeed, Snapshot
from model.training.live import (
    continued_from_snapshot,
    epoch_of,
    live_messages,
    network_of,
    with_result,
)
from model.training.runs import losses_in, past_of

if TYPE_CHECKING:
    from model.insight.step.one_step import OneStep
    from model.training.ensemble.cluster import Machines  # ensembles are not for the start

_RESUME_MS = 200
"""Delay before training resumes after the last edit that had to end it."""

_CLUSTER_KEY = "cluster"


class _PendingAction(NamedTuple):
    """An action to run once training has ended, and whether training then resumes."""

    do: Callable[[], None]
    goes_on: bool


class _Memo[T]:
    """A function's last result, valid while its arguments are the same objects."""

    def __init__(self, make: Callable[..., T]) -> None:
        self._make = make
        self._known: tuple[tuple[object, ...], T] | None = None

    def __call__(self, *of: object) -> T:
        known = self._known
        if known is None or any(a is not b for a, b in zip(of, known[0], strict=True)):
            known = self._known = of, self._make(*of)
        return known[1]


def _points_added_or_removed(old: DataSpec, new: DataSpec) -> bool:
    """Return whether hand-made rows were added or removed."""
    return type(old) is type(new) and old.rows_by_hand != new.rows_by_hand


class BuildModel(QObject):
    """The experiment on screen as Build's panels see it.

    A panel calls a method for each user action, and shows the resulting state. Each edit is one
    step of the document's undo stack; a running training adopts it live if possible, and otherwise
    is ended and restarted.

    Layers are counted from 0 as in ``experiment.network.layers``.

    Attributes
    ----------
    document
        Holds the experiment.
    messages
        Shows messages to the user.
    state
        The state that all panels show.
    training
        The trainer and its runs, for callers that need more than `state`.
    insight
        Analyses of the state, computed on workers.
    exported
        The kinds of the exported files, in order, with repetitions.
    once_asked
        Runs a function after asking the user about unsaved work.
    hold_until_drawn
        Holds training until pending painting is done: :class:`gui.workers.gate.WorkerGate`.
    between_frames
        The trainer's signal, half a frame after each of its states (docs/adr/0036).

    Signals
    -------
    state_changed(BuildState)
        The state has changed; emitted at display rate during a run.

    Thread
    ------
    GUI thread; workers receive a trainer, or values.
    """

    state_changed = Signal(object)

    def __init__(
        self,
        document: ExperimentDocument,
        parent: QObject | None = None,
        messages: Messages | None = None,
    ) -> None:
        super().__init__(parent)
        self.document = document
        self.messages = messages or Messages(self)
        self.derived = DerivedData(self, self._on_derived, self._on_failed)
        self.training = Training(self, self._on_snapshot, self._on_end, self._on_failed, self._show)
        controller = self.training.controller
        self.between_frames = controller.between_frames
        self.pause_until_painted = controller.gate.pause_until_painted
        self.exported: tuple[str, ...] = ()
        self.once_asked: Callable[[Callable[[], None]], None] = lambda then: then()
        self._locks: frozenset[Lock] = frozenset()
        self._viewed: Experiment | None = None
        self._rounded: tuple[float, Experiment] | None = None
        self._snapshot: Snapshot | None = None
        self._ended: tuple[Experiment, RunResult] | None = None
        self._trains_once_read = self._is_replaced = False
        self._is_committing = self._is_editing = self._updating_insight = False
        self._once_there: Callable[[], None] | None = None
        self._at_rest: _PendingAction | None = None
        self._row = self._chosen_row = -1
        self._selection = Selection()
        self._refusals = 0
        self._bounds: Bounds | None = None
        self._named = _Memo(self._name_columns)
        self._bare = _Memo(NetworkSpec.without_weights)
        self._drawn = _Memo(self._draw)
        self._since: tuple[RunResult | None, int | None] = None, None
        self._wanted_epoch: int | None = None
        self._resuming = QTimer(self, singleShot=True)
        self._resuming.timeout.connect(self.train)
        self.insight = Insight(self._show, self.fail, self._tell_machines, self)
        document.replaced.connect(self._on_document_replaced)
        document.experiment_changed.connect(self._on_experiment_changed)
        self.derived.follow(document.experiment)
        self._show_saved_past()
        self.state = self._make_state()
        self.insight.follow(self.state, None)

    def fail(self, error: Exception, details: str = "") -> None:
        """Report an error."""
        self.messages.show_error(error, details, source=self)

    def report_failure(self, sentence: LazyText) -> None:
        """Report a failed action and its reason."""
        self.messages.show_error(sentence, source=self)

    def report_export(self, path: Path, more: str = "", kind: str = "") -> None:
        """Report that a file was written, with remarks.

        `kind` is the export's name: ``"onnx"``, ``"numpy"``, ...
        """
        if kind:
            self.exported = (*self.exported, kind)
        self.messages.dismiss_from(self)
        sentence = tr("{name} is written.", name=path.name)
        self.messages.said.emit(f"{sentence} {more}".strip())

    def retranslate(self) -> None:
        """Name the data in the current language."""
        self._named = _Memo(self._name_columns)
        self._show()

    # -- What is known -----------------------------------------------------------------------------

    @property
    def shown(self) -> Experiment:
        """The experiment that the user sees and edits: an old epoch, or the document's."""
        return self._viewed or self.document.experiment

    @property
    def chosen_row(self) -> int:
        """The index of the chosen row, regardless of hovering; -1 for none."""
        return self._chosen_row if self._chosen_row < rows_to_choose(self.derived.dataset) else -1

    @property
    def speed(self) -> float | None:
        """The maximum epochs per second; ``None`` for no limit."""
        return self.training.speed

    @property
    def is_training(self) -> bool:
        """Whether a trainer is running."""
        return self.training.activity in (Activity.TRAINING, Activity.STEPPING)

    @property
    def is_about_to_train(self) -> bool:
        """Whether training begins once its data, trainer or epoch is ready."""
        return (
            self.training.activity is Activity.PREPARING
            or self._trains_once_read
            or self._resuming.isActive()
            or self._once_there == self._train
        )

    @property
    def is_idle(self) -> bool:
        """Whether no thread is running."""
        return self.training.is_idle and self.derived.is_idle

    def current_experiment(self) -> Experiment:
        """Return the document's experiment with the newest weights, for copying."""
        experiment = self.document.experiment
        if self._snapshot is None or self.training.activity is not Activity.TRAINING:
            return experiment
        return continued_from_snapshot(
            experiment, self._snapshot, self.training.pending_changes(self._snapshot)
        )

    def displayed_experiment(self) -> Experiment:
        """Return the experiment shown: with rounded weights, an old epoch's, or the newest."""
        if self._rounded is not None:
            return self._rounded[1]
        return self._viewed or self.current_experiment()

    def with_past(self, experiment: Experiment) -> Experiment:
        """Return the document's experiment with its past runs, as for a file."""
        return self.past_adder(experiment)()

    def past_adder(self, experiment: Experiment) -> Callable[[], Experiment]:
        """Return a function that adds past runs to the experiment, for a worker to call.

        The losses of a running training are kept up to the epoch of the experiment's weights.
        """
        training, insight = self.training, self.insight.view
        history, saved, earlier = training.history, training.saved, training.earlier
        found = tuple(map(past_finding, (*insight.findings, *insight.saved_findings)))
        done, runs_on = experiment.progress, self.is_training
        last_epoch = None if not runs_on else 0 if done is None else done.epoch

        def kept() -> Experiment:
            losses = losses_in(history, saved, last_epoch)
            past = past_of(losses, earlier, found, experiment.data)
            return with_past(experiment, past)

        return kept

    # -- Network -----------------------------------------------------------------------------------

    def add_layer(self, before: int) -> None:
        """Insert a hidden layer before another."""
        self.edit(tr("Add layer"), lambda e: edits.with_layer_added(e, before))

    def remove_layer(self, layer: int) -> None:
        """Remove a hidden layer."""
        self.edit(tr("Remove layer"), lambda e: edits.with_layer_removed(e, layer))

    def set_layer_kind(self, layer: int, kind: LayerKind) -> None:
        """Change the kind of a hidden layer."""
        text = tr("Layer {n}: {kind}", n=layer + 1, kind=LAYER_VIEWS[type(kind)].name)
        self.edit(text, lambda e: edits.with_layer_kind(e, layer, kind))

    def toggle_feature(self, feature: Feature) -> None:
        """Add or remove a derived input."""
        is_read = feature in input_features(self.derived.dataset)
        text = tr("Take out input {name}") if is_read else tr("Add input {name}")
        self._toggle_features([feature], text)

    def add_features(self, features: Iterable[Feature]) -> None:
        """Add derived inputs, as one undo step."""
        present = input_features(self.derived.dataset)
        self._toggle_features([f for f in features if f not in present], tr("Add input {name}"))

    def _toggle_features(self, features: Sequence[Feature], text: str) -> None:
        columns = self.derived.dataset.columns
        terms = [term_of(feature, columns.feature_names) for feature in features]
        names = [input_name(feature, self.state.dataset.columns) for feature in features]
        self.edit(
            text.format(name=", ".join(names)),
            lambda e: functools.reduce(with_feature_toggled, terms, e),
        )

    def set_units(self, layer: int, units: int) -> None:
        """Set the number of a hidden layer's units."""
        several, one = tr("Layer {n}: {units} units"), tr("Layer {n}: 1 unit")
        self.edit(
            (one if units == 1 else several).format(n=layer + 1, units=units),
            lambda e: edits.with_units(e, layer, units),
            f"units {layer}",
        )

    def remove_units(self, units: Iterable[UnitAt]) -> None:
        """Remove hidden units, as one undo step."""
        places = [(at.layer, at.unit) for at in units]
        text = tr("Remove unit")
        if len(places) > 1:
            text = tr("Remove {n} units", n=len(places))
        self.edit(text, lambda e: edits.with_units_removed(e, places))

    def set_activation(self, layer: int, activation: Activation) -> None:
        """Set a layer's activation function."""
        self.edit(
            tr("Activation of layer {n}", n=layer + 1),
            lambda e: edits.with_activation(e, layer, activation),
        )

    def set_bias(self, layer: int, on: bool) -> None:
        """Switch a layer's bias on or off."""
        text = tr("Bias on") if on else tr("Bias off")
        self.edit(text, lambda e: edits.with_bias(e, layer, on))

    def set_dropout(self, layer: int | None, share: float) -> None:
        """Set a hidden layer's dropout, or every hidden layer's for ``None``."""

        def edit(experiment: Experiment) -> Experiment:
            hidden = range(len(experiment.network.layers) - 1)
            for index in hidden if layer is None else (layer,):
                experiment = edits.with_dropout(experiment, index, share)
            return experiment

        self.edit(tr("Drop-out"), edit, "" if layer is None else f"dropout {layer}")

    def set_weights(self, values: Mapping[WeightAt, float], gesture: str) -> None:
        """Set weights; all edits with the same `gesture` are one undo step."""

        def edit(experiment: Experiment) -> Experiment:
            for at, value in values.items():
                experiment = edits.with_weight(experiment, at.layer, at.row, at.unit, value)
            return experiment

        self.edit(tr("Weight"), edit, gesture)

    def preview_rounding(self, step: float | None) -> None:
        """Preview the weights rounded to multiples of `step`; ``None`` ends the preview.

        This is possible only at rest. The document is not changed; any edit or training ends
        the preview.
        """
        old, self._rounded = self._rounded, None
        if step is not None and self.state.activity is Activity.REST:
            self._rounded = step, rounded_to(self.shown, step)
        if old is not None or self._rounded is not None:
            self._show()

    def keep_rounded(self, text: str) -> None:
        """Keep the rounded weights shown, as an edit named `text`."""
        if self._rounded is not None:
            rounded = self._rounded[1]
            self.preview_rounding(None)
            self.edit(text, lambda _: rounded)

    def try_roundings(self) -> None:
        """Measure the network's results with rounded weights."""
        self.insight.try_roundings(self.state)

    def toggle_pins(self, weights: Iterable[WeightAt]) -> None:
        """Pin weights so that training does not change them, or unpin them."""
        places = tuple(weights)

        def edit(experiment: Experiment) -> Experiment:
            for at in places:
                experiment = edits.with_pin_toggled(experiment, at.layer, at.row, at.unit)
            return experiment

        self.edit(tr("Pin weight"), edit)

    # -- Data --------------------------------------------------------------------------------------

    def choose_data(self, data: DataSpec) -> bool:
        """Use different data; return whether they are used, or the user is being asked.

        Data other than the current ones start a new file; the user is first asked about unsaved
        work in the current one. A large table must have been read already, so that its columns are
        known.
        """
        if self.document.path is None or edits.same_source(self.shown.data, data):
            return self._choose_data(data)

        def choose() -> None:
            self._choose_data(data)

        self.once_asked(choose)
        return True

    def _choose_data(self, data: DataSpec) -> bool:
        text = tr("Data: {name}", name=data_name(data))
        is_same_file = bool(data.paths) and data == self.shown.data
        opened = self.document.experiment if self.document.holds_opened_network else None
        is_other = not edits.same_source(self.shown.data, data)
        recipe, stop = self.state.recipe, self.shown.training.stop
        stops_as_article = is_other and recipe is not None and recipe.has_stop_rule(stop)

        carried = False

        def edit(experiment: Experiment) -> Experiment:
            nonlocal carried
            seen = None if opened is None else moved_to_data(experiment, data)
            carried = seen is not None
            return seen or edits.with_chosen_data(experiment, data, not stops_as_article)

        self._ended = None
        before, state = (self._row, self._chosen_row), self.state
        self._row = self._chosen_row = FIRST_ROW  # with the data, not after them
        if not self.edit(text, edit, goes_on=not is_same_file, new_file=is_other):
            self._row, self._chosen_row = before
            self._show()
            return False
        if is_same_file and self.derived.use_newest_files(self.shown):
            self.training.end_run()
            self._show()
        elif self.state is state:  # the data are those there were: no step, but another row
            self._show()
        if opened is not None:
            self._explain_data_change(opened, carried)
        return True

    def _explain_data_change(self, opened: Experiment, carried: bool) -> None:
        """Report how the new data affect a network trained on other data."""
        if not carried:
            self.messages.show_note(
                lambda: tr(
                    "{name} does not fit these data: another network took its place. Undo brings "
                    "it back.",
                    name=opened.title,
                ),
                self,
            )
        elif self.document.experiment.network != opened.network:
            self.messages.show_note(lambda: localise(SCALED_OTHERWISE), self)

    def edit_data(self, data: DataSpec, text: str, merge_key: str = "") -> None:
        """Change the settings of the current data."""
        self.edit(text, functools.partial(edits.with_data, data=data), merge_key)

    def set_split(self, split: SplitSpec, text: str, merge_key: str = "") -> None:
        """Change the split into training and test rows."""
        self.edit(text, lambda e: edits.with_split(e, split), merge_key)

    def add_point(self, x1: float, x2: float, target: int) -> None:
        """Add a hand-made point."""
        self._edit_points(
            tr("Add point"), "", lambda d: point_edits.with_point_added(d, x1, x2, target)
        )

    def move_point(self, index: int, x1: float, x2: float) -> None:
        """Move a point; a drag is one undo step."""
        self._edit_points(
            tr("Move point"),
            f"point {index}",
            lambda d: point_edits.with_point_moved(d, index, x1, x2),
        )

    def erase_point(self, index: int) -> None:
        """Remove a point, except the last one."""
        data = self.state.experiment.data
        if isinstance(data, PointsData) and len(data.points) <= point_edits.FEWEST_POINTS:
            self.report_failure(
                lambda: tr("The last point stays: without a row there is nothing to learn from.")
            )
            return
        self._edit_points(tr("Erase point"), "", lambda d: point_edits.with_point_erased(d, index))

    def end_gesture(self) -> None:
        """Make the next edit a separate undo step."""
        self.document.end_merge()

    def read_data_again(self) -> None:
        """Reread the rows after a failure or a cancellation."""
        self.derived.read_again()
        self._show()

    def stop_waiting(self) -> None:
        """Cancel waiting for rows, a trainer or an old epoch."""
        self.derived.cancel_reading()
        self._once_there = None
        self.training.cancel_seek()
        self.pause()
        self._show()

    # -- Training ----------------------------------------------------------------------------------

    def toggle_training(self) -> None:
        """Start or pause training."""
        (self.pause if self.is_training or self.is_about_to_train else self.train)()

    def train(self) -> None:
        """Train from the state shown; from an old epoch this starts a new run."""
        if not (self.is_training or self.is_about_to_train):
            self._once_at_epoch(self._train)

    def pause(self) -> None:
        """Ask a running training to stop, and cancel one that is about to begin."""
        was_about_to_train = self.is_about_to_train
        self._resuming.stop()
        self._trains_once_read, self._once_there = False, None
        if self._at_rest is not None:
            self._at_rest = self._at_rest._replace(goes_on=False)
        self.training.cancel_pending()
        self.training.request_stop()
        if was_about_to_train:
            self._show()

    def step(self, whole_epoch: bool) -> None:
        """Train one batch, or to the end of the epoch; on the worker if slow."""
        job = Job.EPOCH if whole_epoch else Job.BATCH
        if not (self.is_training or self.is_about_to_train):
            self._once_at_epoch(lambda: self._begin(job))

    def reset(self) -> None:
        """Return to epoch 0 with the same initial weights: the seed's, or an article's."""
        recipe, version = self.state.recipe, self.state.version
        first = None
        if recipe is not None and version is not None:
            first = recipe.version(version).network
        self.edit(tr("Reset"), lambda e: untrained(e, first), goes_on=False)

    def new_start(self, seed: int | None = None) -> None:
        """Draw initial weights from another seed, by default the next one."""
        wanted = self.document.experiment.seed + 1 if seed is None else seed
        text = tr("New start, seed {n}", n=show_integer(wanted))
        self.edit(text, lambda e: edits.with_seed(e, wanted), goes_on=False)

    def set_speed(self, epochs_per_second: float | None) -> None:
        """Limit the epochs per second; ``None`` removes the limit."""
        self.training.set_speed(epochs_per_second)
        self._show()

    def set_training(self, training: TrainingSpec, text: str) -> None:
        """Change the training settings."""
        self.edit(text, lambda e: edits.with_training(e, training))

    def set_training_field(self, path: str, value: object, text: str) -> None:
        """Set one field of the training settings, such as ``optimiser.momentum``."""
        training = self.state.experiment.training
        self.set_training(_with_field(training, path.split("."), value), text)

    def choose_version(self, version: Version) -> None:
        """Use the recipe of the data's article, as published or corrected.

        The loss of the other version is drawn for comparison, once a worker has trained it.
        """
        recipe = self.state.recipe
        if recipe is None:
            return
        texts = {
            "published": tr("The article’s recipe"),
            "corrected": tr("The corrected recipe"),
        }
        chosen = recipe.version(version)
        if self.edit(texts[version], lambda _: initialise(chosen), goes_on=False):
            other = recipe.corrected if version == "published" else recipe.published
            if recipe.is_trained:
                self.training.compare_with(initialise(other))
            else:
                self.training.stop_comparing()
            self._show()

    def show_epoch(self, epoch: int) -> None:
        """Show the weights of an epoch of this run, pausing a running training first.

        For an epoch before the file was saved, report that its weights are not kept.
        """
        run, saved = self.state.run, self.training.saved
        if saved is not None and saved.epochs[0] <= epoch < run.first_epoch:
            self.report_failure(
                lambda: tr(
                    "Epoch {n} cannot be gone back to: the file keeps its loss alone.",
                    n=show_integer(epoch),
                )
            )
            return
        self._wanted_epoch = epoch if self.is_training else None
        self.pause()
        if not self.is_training:
            self._go_to(epoch)

    def branch(self, epoch: int | None = None) -> None:
        """Start a new run from an epoch, by default the one shown or being reached."""
        if not self.is_training:
            self.show_epoch(self.state.run.wanted_epoch if epoch is None else epoch)
            self._once_at_epoch(self._branch)

    def while_paused(self, do: Callable[[], None]) -> None:
        """Run a function while training is paused, and resume training afterwards.

        If several functions are waiting, only the last one is run.
        """
        self._run_when_idle(do, self._is_going_on)

    def show_run(self, index: int, on: bool) -> None:
        """Show or hide an earlier run's line."""
        self.training.show_run(index, on)
        self._show()

    def rename_run(self, index: int, name: str) -> None:
        """Rename an earlier run."""
        self.training.rename_run(index, name)
        self._show()

    # -- Selection ---------------------------------------------------------------------------------

    def choose_row(self, row: int) -> None:
        """Choose the row whose values are shown everywhere; -1 for none."""
        self._chosen_row = row
        self._show_row(row)

    def hover_row(self, row: int) -> None:
        """Show a row while the pointer is on it; -1 returns to the chosen one."""
        self._show_row(row if row >= 0 else self._chosen_row)

    def choose_unit(self, at: UnitAt | None) -> None:
        """Choose the unit whose sum is shown term by term; ``None`` for none."""
        self._select(unit=at)

    def point_at(self, at: UnitAt | None) -> None:
        """Show a hovered unit's activations; ``None`` returns to the output."""
        self._select(pointed=at)

    def highlight(self, at: UnitAt | None) -> None:
        """Highlight a unit in the drawing; ``None`` for none."""
        self._select(lit=at)

    def open_microscope(self, at: Target | None = None, part: Part | None = None) -> None:
        """Open the microscope on a unit or weight, by default the chosen unit."""
        rows = rows_to_choose(self.derived.dataset)
        if self.state.row < 0 and rows > 0:
            self.choose_row(min(FIRST_ROW, rows - 1))
        if at is None:
            at = self._selection.unit or UnitAt(0, 0)
        is_weight = isinstance(at, WeightAt)
        usual = Part.UPDATE if is_weight else self._selection.part or Part.INPUTS
        self.examine(at, part or usual)

    def close_microscope(self) -> None:
        """Close the microscope."""
        self._select(part=None, weight=None)

    def examine(self, at: Target, part: Part | None = None) -> None:
        """Show a unit or a weight in the microscope, in the given or the current part."""
        part = part or self._selection.part
        if isinstance(at, WeightAt):
            self._select(unit=UnitAt(at.layer, at.unit), weight=at, part=part)
        else:
            weight = self._selection.weight
            is_of_it = weight is not None and (weight.layer, weight.unit) == (at.layer, at.unit)
            self._select(unit=at, weight=weight if is_of_it else None, part=part)

    def examine_batch(self, on: bool) -> None:
        """Show the trainer's batch step in the microscope, or a step on the row alone."""
        self._select(of_batch=on)

    def apply_step(self, step: OneStep) -> None:
        """Apply the step shown in the microscope: the trainer's next one, or one on the row."""
        if step.batch is not None:
            self.step(whole_epoch=False)
        else:
            self.edit(tr("Step on one row"), lambda _: step.experiment_after())

    def walk(self, on: bool) -> None:
        """Move the microscope to the next or the previous computation."""
        place = self._selection.place
        if place is None:
            return
        place = (place_after if on else place_before)(place, self.shown.network)
        if place is not None:
            self.examine(place.at, place.part)

    def show_mistakes(self, on: bool) -> None:
        """List only the wrong rows, or all."""
        self._select(mistakes=on)

    # -- Insight -----------------------------------------------------------------------------------

    def apply_fix(self, finding: Finding, text: str) -> None:
        """Apply the remedy of a doctor's finding; `text` names the undo step."""
        fix = finding.fix
        if fix is not None:
            self.edit(text, lambda _: initialise(fix))

    def draw_lottery(self, number: int) -> None:
        """Train `number` random starts of the experiment, and count the successful ones."""
        self.insight.draw_lottery(number, self.cluster)

    def open_seed(self, seed: int) -> None:
        """Replace the experiment by a trained start of the lottery."""
        lottery = self.state.insight.lottery
        if lottery is not None and seed in lottery.members:
            opened = lottery.members[seed].experiment
            text = tr("Open seed {n}", n=show_integer(seed))
            self.edit(text, lambda _: opened, goes_on=False)

    def draw_sweep(
        self, seeds: int, rates: Sequence[float], widths: Sequence[int], layer: int
    ) -> None:
        """Train `seeds` starts at every rate and width of a hidden layer, -1 for none."""
        self.insight.draw_sweep(seeds, rates, widths, layer, self.cluster)

    def use_sweep_cell(self, rate: float, units: int) -> None:
        """Use the learning rate and width of a cell of the sweep, as a new start."""
        sweep = self.state.insight.sweep
        if sweep is not None:
            layer = sweep.layer
            text = tr("Learning rate {rate}, layer {layer}: {units} units")
            if layer < 0:
                text = tr("Learning rate {rate}")
            text = text.format(rate=show_number(rate), layer=layer + 1, units=show_integer(units))
            self.edit(
                text,
                lambda e: edits.with_rate_and_units(e, rate, layer, units),
                goes_on=False,
            )

    @property
    def cluster(self) -> str:
        """The address of the Dask scheduler for lotteries; empty for none."""
        return str(settings().value(_CLUSTER_KEY, ""))

    def set_cluster(self, address: str) -> None:
        """Use another cluster for lotteries; an empty address means this computer."""
        settings().setValue(_CLUSTER_KEY, address.strip())

    def _tell_machines(self, machines: Machines) -> None:
        """Report which machines trained, and where their results may differ."""
        if machines.workers == 0:
            return
        kernels = ", ".join(machines.kernels)
        if machines.have_same_kernel:
            counts = {"blocks": machines.blocks, "available": machines.available}
            self.messages.said.emit(
                tr(
                    "Blocks of seeds: {blocks}; workers of the cluster that trained: {n} of "
                    "{available}",
                    n=machines.workers,
                    **counts,
                )
            )
        else:
            self.messages.show_warning(
                lambda: tr(
                    "The cluster computes with the BLAS kernel {kernels}, this computer with "
                    "another: here, a seed on the edge may end otherwise.",
                    kernels=kernels,
                ),
                source=self,
            )

    # -- Editing -----------------------------------------------------------------------------------

    def lock(self, parts: Iterable[Lock]) -> None:
        """Lock exactly these parts of the experiment against edits."""
        locks = frozenset(parts)
        if locks != self._locks:
            self._locks = locks
            self.messages.dismiss_from(self)
            self._show()

    def lock_reason(self, parts: Iterable[Lock]) -> str:
        """Return which of these parts are locked, as text; empty if none are."""
        locked = [part for part in parts if part in self._locks]
        if not locked:
            return ""
        return tr(
            "Locked by the lesson: {parts}. To unlock, choose “Leave lesson” in the lesson’s "
            "panel.",
            parts=", ".join(lock_names()[part] for part in locked),
        )

    def broken_locks(self, new: Experiment) -> tuple[Lock, ...]:
        """Return the locks that `new` would break."""
        return broken_locks(self._locks, self.shown, new)

    def report_locked(self, new: Experiment) -> bool:
        """Report the locks that `new` would break; return whether there are any."""
        broken = self.broken_locks(new)
        if broken:
            self.report_failure(lambda: self.lock_reason(broken))
        return bool(broken)

    def edit(
        self,
        text: str,
        change: edits.Edit,
        merge_key: str = "",
        goes_on: bool = True,
        new_file: bool = False,
    ) -> bool:
        """Make an edit an undo step of the document; return whether that was possible.

        Parameters
        ----------
        text, merge_key, new_file
            As in :meth:`gui.document.ExperimentDocument.edit`.
        change
            Function from the experiment shown to the new one.
        goes_on
            Whether training resumes after an edit that has to end it; if ``False``, the edit always
            ends it.
        """
        try:
            new = change(self.shown)
            self.derived.check(new)
        except (ModelError, OSError) as error:
            self._refusals += 1
            self.fail(error)
            self._show()
            return False
        if self.report_locked(new):
            self._refusals += 1
            self._show()
            return False
        if not goes_on and not self.is_training:
            self.pause()
        ends = self.is_training and not (goes_on and live_messages(self.shown, new) is not None)
        if ends:
            resumes = goes_on and self._is_going_on
            self._end_current_run()
            new = change(self.shown)
            if resumes:
                self._resuming.start(_RESUME_MS)
        elif self._resuming.isActive():
            self._resuming.start(_RESUME_MS)  # the end of a burst is waited for
        self._is_editing = True
        self.document.edit(text, new, merge_key, new_file=new_file)
        self._is_editing = False
        if ends or self._viewed is not None:
            self._viewed = None
            self._show()
        return True

    def _edit_points(
        self, text: str, merge_key: str, edit: Callable[[PointsData], PointsData]
    ) -> None:
        def on_experiment(experiment: Experiment) -> Experiment:
            if not isinstance(experiment.data, PointsData):
                return experiment
            return edits.with_data(experiment, edit(experiment.data))

        self.edit(text, on_experiment, merge_key)

    def _end_current_run(self) -> None:
        """End the current run at its last known state, keeping its weights."""
        snapshot, first = self._snapshot, self.training.first_epoch
        reached = self.current_experiment()
        self._snapshot = None
        self.training.discard_job()
        if snapshot is not None and (snapshot.epoch > first or snapshot.batch):
            self._commit(self._training_text(snapshot.epoch - first), reached)

    def _commit(self, text: str, experiment: Experiment) -> None:
        """Write trained weights into the document, as one undo step."""
        self._is_committing = True
        self.document.edit(text, experiment, training=True)
        self._is_committing = False

    def _training_text(self, epochs: int) -> str:
        return tr_plural(
            "Training, 1 epoch", "Training, {n} epochs", epochs, n=show_integer(epochs)
        )

    def _on_document_replaced(self) -> None:
        """Drop the runs of the previous document; the new state is shown shortly."""
        self._is_replaced = True
        self._resuming.stop()
        self._trains_once_read = False
        self._once_there = self._at_rest = self._wanted_epoch = None
        self._snapshot = self._ended = self._bounds = self._rounded = None
        self.derived.forget()
        self.training.forget()
        self._show_saved_past()

    def _show_saved_past(self) -> None:
        """Show the runs stored in the document's file."""
        past, experiment = self.document.past, self.document.experiment
        if past is not None:
            self.training.show_saved_runs(experiment, past)
        findings = () if past is None else tuple(map(finding_of, past.findings))
        self.insight.show_saved_findings(experiment, findings)

    def _on_experiment_changed(self, old: Experiment, new: Experiment) -> None:
        """Update the state after an edit, undo or redo, or another document."""
        if self._is_committing:
            return
        is_edit, self._is_replaced = not self._is_replaced, False
        self.messages.dismiss_from(self)
        if not self._is_editing:  # what was to be trained has been taken back
            self._trains_once_read = False
            self._resuming.stop()
        self._viewed = self._rounded = self._once_there = None
        self.training.cancel_seek()
        before = self.derived.dataset
        self.derived.follow(new)
        is_ready = self.derived.status.is_ready
        if is_edit and is_ready and _points_added_or_removed(old.data, new.data):
            self._row = self._chosen_row = corresponding_row(
                before.columns, self._chosen_row, self.derived.dataset.columns
            )
        self.training.follow(new, self.derived.dataset if is_ready else None)
        self.training.show_runs_of(new)
        if not self.is_training:
            self._snapshot = None
        if self.training.activity is Activity.PREPARING:
            if is_ready:
                self._begin_training(lambda: self.training.renew(new, self.derived.dataset))
            else:
                self._trains_once_read = self.training.cancel_pending() is Job.TRAIN
        self._show()

    def _on_derived(self) -> None:
        """Show rows or figures from a worker, and run the actions waiting for them."""
        if self.derived.status.is_ready:
            self.training.follow(self.document.experiment, self.derived.dataset)
            if self._trains_once_read:
                self._trains_once_read = False
                self._train()
        self._show()

    # -- Training ----------------------------------------------------------------------------------

    def _once_at_epoch(self, then: Callable[[], None]) -> None:
        """Run an action at the awaited epoch, or immediately if none is awaited."""
        if self.training.goal is None:
            then()
        else:
            self._once_there = then
            self._show()

    @property
    def _is_going_on(self) -> bool:
        """Whether training is running, or only briefly paused."""
        is_paused = self._at_rest is not None and self._at_rest.goes_on
        return self.training.is_going_on or is_paused

    def _run_when_idle(self, do: Callable[[], None], goes_on: bool) -> None:
        """Pause training and run an action once it has stopped, immediately if idle."""
        if self.is_training:
            self.pause()
            self._at_rest = _PendingAction(do, goes_on)
        else:
            do()

    def _do_at_rest(self) -> None:
        """Run the action waiting for the end of training, then resume if it was only paused."""
        waiting, self._at_rest = self._at_rest, None
        if waiting is None:
            return
        if self.is_training:  # another has begun
            self._run_when_idle(waiting.do, waiting.goes_on)
            return
        ended = self._ended
        goes_on = waiting.goes_on and ended is not None and ended[1].reason == "stopped"
        if goes_on:
            self._resuming.start(_RESUME_MS)
        waiting.do()
        if goes_on and self._resuming.isActive():  # no other document is open, nor the window shut
            self._resuming.stop()
            self.train()

    def _train(self) -> None:
        self._begin(Job.TRAIN)

    def _branch(self) -> None:
        self._adopt_shown_epoch(tr("Branch from epoch {n}"))
        self.training.end_run()
        self._begin(Job.NOTHING)

    def _begin(self, job: Job) -> None:
        """Start a training job from the state shown, once its rows are ready."""
        self._rounded = None
        self._adopt_shown_epoch(tr("Back to epoch {n}"))
        if not self.derived.status.is_ready and self.derived.status.share is None:
            self.derived.read_again()
        status = self.derived.status
        if not status.is_ready:
            self._trains_once_read = status.share is not None and job is Job.TRAIN
            self._show()
            return
        self.messages.dismiss_from(self)
        self._snapshot = self._ended = None
        experiment, dataset = self.document.experiment, self.derived.dataset
        self._begin_training(lambda: self.training.begin(experiment, dataset, job))

    def _begin_training(self, begin: Callable[[], None]) -> None:
        self.derived.skip_figures()
        try:
            begin()
        except (ModelError, OSError) as error:
            self._on_failed(error, "")
            self._show()

    def _adopt_shown_epoch(self, text: str) -> None:
        """Make the old epoch on show the document's current state, as an undo step."""
        viewed, self._viewed = self._viewed, None
        if viewed is not None:
            self.document.edit(text.format(n=epoch_of(viewed)), viewed)

    def _go_to(self, epoch: int) -> None:
        """Go to an epoch of the current run; do nothing if there is no run."""
        training, present = self.training, self.document.experiment
        if epoch == self.state.run.wanted_epoch:
            return
        training.cancel_seek()
        self._rounded = None
        if training.trainer is None or epoch == epoch_of(self.shown):
            self._show()
        elif epoch == epoch_of(present) and present == training.synced:
            self._viewed = None
            self._show()
        else:
            try:
                training.restore(epoch, present, self._arrive)
            except (ModelError, ValueError) as error:
                self.fail(error)

    def _arrive(self, there: Experiment) -> None:
        self._viewed, self._rounded = there, None
        then, self._once_there = self._once_there, None
        self._show()
        if then is not None:
            then()

    def _on_snapshot(self, snapshot: Snapshot) -> None:
        self._snapshot = snapshot
        self._show()

    def _on_end(self, result: RunResult | Snapshot, learned: Experiment) -> None:
        """Make the result of training an undo step of the document."""
        training = self.training
        trainer = training.trainer
        assert trainer is not None
        reached = with_result(self.document.experiment, learned, trainer.waiting)
        if isinstance(result, RunResult):
            snapshot = result.snapshot
            text = self._training_text(trainer.epoch - training.first_epoch)
        else:
            snapshot, text = result, tr_context("BuildModel", "Step")
        is_late = any(not isinstance(each, SetSpeed) for each in trainer.waiting)
        self._snapshot = None
        self._commit(text, reached)
        training.settle(self.document.experiment)
        if not is_late and not trainer.rejected:
            self.derived.store_figures(self.document.experiment, snapshot)
        if isinstance(result, RunResult):
            self._ended = self.document.experiment, result
            if result.reason == "diverged":
                self.messages.show_error(
                    lambda: end_sentence(result),
                    remedy=self._remedy(*lower_rate_and_restart()),
                    source=self,
                )
        elif result.rows and self._selection.part is not None:
            # The microscope is left on what has just changed: penalties and drop-out too, which a
            # step on the row alone has not.
            if len(result.rows) == 1:
                self._row = self._chosen_row = self.state.rows_of(result.rows)[0]
            part = max(self._selection.part, Part.UPDATE, key=lambda each: each.value)
            self._selection = structs.replace(self._selection, part=part, of_batch=True)
        if trainer.rejected:
            _, error = trainer.rejected[-1]
            trainer.rejected.clear()
            self.fail(error)
            training.end_run()

    def _on_failed(self, error: Exception, details: str) -> None:
        """Cancel what is pending, and report the error, with a remedy if there is one."""
        self._snapshot = self._once_there = None
        self._trains_once_read = False
        self._resuming.stop()
        found = remedy_of(error)
        remedy = None if found is None else self._remedy(*found)
        self.messages.show_error(error, details, remedy, self)

    def _remedy(self, name: LazyText, change: edits.Edit) -> Remedy:
        def mend() -> None:
            self.edit(name(), change)

        return name, mend

    # -- Closing -----------------------------------------------------------------------------------

    def request_close(self) -> bool:
        """Ask a running training to stop; return whether everything has stopped."""
        self._at_rest = self._wanted_epoch = None
        self.derived.cancel()
        self.training.cancel_seek()
        self.training.stop_comparing()
        self.pause()
        return self.is_idle

    # -- Showing -----------------------------------------------------------------------------------

    def _show_row(self, row: int) -> None:
        if row != self._row:
            self._row = row
            self._show()

    def _select(self, **changes: Any) -> None:
        selection = structs.replace(self._selection, **changes)
        if selection != self._selection:
            self._selection = selection
            self._show()

    def _show(self) -> None:
        """Compute the state and notify the panels once."""
        if self._is_replaced or self._updating_insight:
            return
        self.state = state = self.state.reuse_caches_for(self._make_state())
        self._updating_insight = True
        try:
            self.insight.follow(state, state.run.history)
        finally:
            self._updating_insight = False
        if state.insight is not self.insight.view:
            known = dataclasses.replace(state, insight=self.insight.view)
            self.state = state = state.reuse_caches_for(known)
        self.state_changed.emit(state)
        if self.is_training:
            return
        wanted, self._wanted_epoch = self._wanted_epoch, None
        if wanted is not None:
            self._go_to(wanted)
        if self._at_rest is not None:
            # Not within a step of the undo stack, which counts only once it is made.
            QTimer.singleShot(0, self, self._do_at_rest)

    def _make_state(self) -> BuildState:
        training, snapshot = self.training, self._snapshot
        activity = training.activity
        if activity is Activity.REST and self.is_about_to_train:
            activity = Activity.PREPARING
        experiment, dataset = self.shown, self._named(self.derived.dataset)
        step = None
        if self._rounded is not None:
            step, experiment = self._rounded
        if activity is Activity.TRAINING and snapshot is not None:
            network = self._drawn(snapshot, experiment.network)
        else:
            network = self._drawn(experiment, experiment.network)
            snapshot = None
            if self.derived.status.is_ready:
                snapshot = self.derived.figures_of(experiment)
        state = BuildState(
            experiment=experiment,
            dataset=dataset,
            network=network,
            snapshot=snapshot,
            row=self._row if self._row < rows_to_choose(dataset) else -1,
            activity=activity,
            bounds=self._plane_bounds(experiment, dataset),
            selection=self._selection_in(experiment.network, dataset),
            refusals=self._refusals,
            data=self.derived.status,
            insight=self.insight.view,
            locks=self._locks,
            rounding_step=step,
        )
        return dataclasses.replace(state, run=self._run_view(state))

    def _name_columns(self, dataset: Dataset) -> Dataset:
        return with_translated_names(dataset, self.shown.data)

    def _draw(self, source: Experiment | Snapshot, spec: NetworkSpec) -> Network:
        """Return the network with the weights of an experiment or snapshot."""
        bare = self._bare(spec)
        if isinstance(source, Experiment):
            return network_of(source, bare)
        return Network.from_arrays(bare, source.weights, source.biases)

    def _plane_bounds(self, experiment: Experiment, dataset: Dataset) -> Bounds | None:
        """Return bounds for hand-made points that stay the same while they are edited."""
        data = experiment.data
        self._bounds = (
            plane_for_points(np.array(data.points), dataset, self._bounds)
            if isinstance(data, PointsData)
            else None
        )
        return self._bounds

    def _selection_in(self, network: NetworkSpec, dataset: Dataset) -> Selection:
        """Return the selection without units and weights that no longer exist."""
        selection = self._selection
        gone: dict[str, Any] = {
            name: None
            for name, at in structs.asdict(selection).items()
            if isinstance(at, UnitAt | WeightAt) and not has_target(network, at)
        }
        old = getattr(self, "state", None)
        if old is not None and old.dataset.x_train is not dataset.x_train:
            gone["mistakes"] = False
        if gone:
            self._selection = structs.replace(selection, **gone)
        return self._selection

    def _run_view(self, state: BuildState) -> RunView:
        training, epoch = self.training, state.epoch
        first, last = training.span(epoch)
        wanted = training.goal if self._wanted_epoch is None else self._wanted_epoch
        result = since = None
        if self._ended is not None and not state.running:
            at, ended = self._ended
            if state.experiment is at or state.experiment == at:
                if self._since[0] is not ended:
                    self._since = ended, right_since(state, training.history)
                result, since = self._since
        return RunView(
            history=training.history,
            saved=training.saved,
            earlier=training.earlier,
            first_epoch=first,
            last_epoch=last,
            wanted_epoch=epoch if wanted is None else wanted,
            epochs_per_second=training.epochs_per_second,
            result=result,
            right_since=since,
        )


def _with_field(spec: Any, path: Sequence[str], value: object) -> Any:
    name, *rest = path
    new = _with_field(getattr(spec, name), rest, value) if rest else value
    return structs.replace(spec, **{name: new})
