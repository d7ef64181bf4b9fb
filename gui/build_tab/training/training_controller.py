"""Training as the window sees it: what runs, what it has reached, and what is shown of it."""

from __future__ import annotations

from PySide6.QtCore import QObject, Signal

from gui.build_tab.state.build_state import BuildState, Selection
from gui.build_tab.state.measurer import takes_long
from gui.build_tab.state.shown_state import ShownState
from gui.build_tab.state.state_maker import StateMaker
from gui.build_tab.training.edit_desk import EditDesk
from gui.build_tab.training.remedies import halve_rate, remedy_of
from gui.build_tab.training.run_keeper import RunKeeper
from gui.build_tab.training.time_machine import TimeMachine
from gui.build_tab.training.trainer_runner import TrainerRunner
from gui.build_tab.training.trainer_supply import TrainerSupply
from gui.document import ExperimentDocument
from gui.document.data_loader import DataLoader
from gui.document.pending_edits import PendingEdits
from gui.error_texts import sentence_of
from model.edits.network import Edit, fresh, with_seed
from model.errors import ModelError
from model.experiment import DataSpec, Experiment
from model.training import RunResult, SetSpeed, Snapshot, Trainer
from model.training.live import at_snapshot, live_messages, with_weights_of

__all__ = ["TrainingController"]


class TrainingController(QObject):
    """Own the worker, the trainer and its history, and make the state that panels show.

    A run's end is one step of the document's undo stack. A change that a trainer can take goes to
    it as a message while it runs; any other stops it, is made, and starts it again.

    Attributes
    ----------
    hold_until_drawn
        Holds training up until a panel is drawn: :class:`gui.workers.right_of_way.WorkerGate`.
    loader
        Reads large data on a worker.
    supply
        Makes trainers, for large data on a worker.
    run
        The present run and the earlier ones.
    past
        Goes to old epochs of the present run.

    Signals
    -------
    state_shown(BuildState)
        There is another state to show; at display rate while training.
    running_changed(bool)
        Training began, or is about to; it ended.
    run_ended(RunResult)
        Why a run ended, after its weights are in the document.
    failed(str, str)
        A sentence and details.
    remedy_offered(str, Callable[[], None])
        What mends what has just failed: its name, and what does it.
    edited()
        The experiment was changed by anything but a training.

    Thread
    ------
    GUI thread; a worker sees only a trainer.
    """

    state_shown = Signal(object)
    between_frames = Signal()
    running_changed = Signal(bool)
    run_ended = Signal(object)
    failed = Signal(str, str)
    remedy_offered = Signal(str, object)
    edited = Signal()

    def __init__(
        self,
        document: ExperimentDocument,
        parent: QObject | None = None,
        pending: PendingEdits | None = None,
    ) -> None:
        super().__init__(parent)
        self._document = document
        pending = pending or PendingEdits(document, DataLoader(self), self)
        self._pending, self.loader = pending, pending.loader
        self._runner = TrainerRunner(self)
        self._states = StateMaker()
        self.hold_until_drawn = self._runner.right_of_way.hold_until_drawn
        self.run = RunKeeper(self)
        self.past = TimeMachine(document, self.run, self)
        self.supply = TrainerSupply(document, self._states, self.run, self)
        self._committing = False
        self._desk = EditDesk(document, self._states, self.past, pending, self)
        self.speed: float | None = 100.0
        self._shown = ShownState(self._states, document.experiment, self)
        self._shown.changed.connect(self.state_shown)
        self._shown.failed.connect(self._on_refused)
        self.past.arrived.connect(self._shown.show_at_rest)
        self.past.refused.connect(self._on_refused)
        document.replaced.connect(self._on_document_replaced)
        document.experiment_changed.connect(self._on_experiment_changed)
        self.supply.refused.connect(self._on_refused)
        self.supply.started.connect(self._on_supply_changed)
        for job in (self.supply, self.loader, self.past):
            job.ended.connect(self._on_supply_changed)
        pending.dropped.connect(self._on_supply_changed)
        self._desk.failed.connect(self.failed)
        self._desk.dropped.connect(self._shown.refuse)
        self._desk.stop_wanted.connect(self._runner.request_stop)
        self._desk.start_wanted.connect(self.start)
        self._desk.past_left.connect(lambda: self._shown.show_at_rest(document.experiment))
        self._desk.rows_changed.connect(self._on_rows_changed)
        self._runner.state_changed.connect(self._desk.follow_run)
        self._runner.updated.connect(self._on_updated)
        self._runner.between_frames.connect(self.between_frames)
        self._runner.completed.connect(self._on_work_over)
        self._runner.cancelled.connect(self._on_work_over)
        self._runner.failed.connect(self._on_run_failed)

    # -- What is known -----------------------------------------------------------------------------

    @property
    def state(self) -> BuildState:
        """What every panel shows now."""
        return self._shown.state

    @property
    def is_running(self) -> bool:
        """Whether a trainer is at work."""
        return not self._runner.is_idle

    @property
    def is_about_to_train(self) -> bool:
        """Whether training begins once its data are read and its trainer is made."""
        starts = self._desk.starts_once_read or self.past.waits_for(self._start)
        return starts or self.supply.is_wanted_by(self._train)

    @property
    def is_idle(self) -> bool:
        """Whether no thread is at work."""
        jobs = (self.supply, self.past, self._shown)
        return not self.is_running and all(job.is_idle for job in jobs)

    @property
    def epochs_per_second(self) -> float:
        """Measured over the last half second; 0 at rest."""
        return self._runner.rate.epochs_per_second

    @property
    def shown_epoch(self) -> int:
        """The epoch whose weights are shown."""
        if self.is_running and (snapshot := self.state.snapshot) is not None:
            return snapshot.epoch
        return self.past.epoch

    @property
    def epoch_wanted(self) -> int:
        """The epoch that is gone to, or else the one whose weights are shown."""
        return self.shown_epoch if self.is_running else self.past.goal

    @property
    def is_in_past(self) -> bool:
        """Whether another epoch than the document's is shown."""
        return self.past.shown is not None

    # -- What a person does ------------------------------------------------------------------------

    def toggle(self) -> None:
        """Train, or pause."""
        (self.pause if self.is_running or self.is_about_to_train else self.start)()

    def start(self) -> None:
        """Train on from what is shown; from the past this is a new run."""
        if self.is_running or self.is_about_to_train:
            return
        if self._desk.start_once_read(True):
            self._on_supply_changed()
            return
        self.past.once_there(self._start)
        if self.past.waits_for(self._start):
            self._on_supply_changed()

    def _start(self) -> None:
        self.past.make_present(self.tr("Back to epoch {n}"))
        self.supply.want(self._train)

    def _train(self, trainer: Trainer) -> None:
        """Let a trainer run that stands where the document does."""
        self._runner.train(trainer, self.speed)
        self.running_changed.emit(True)
        self._shown.show_running()

    def pause(self) -> None:
        """Ask the worker to stop, and return at once."""
        was_about_to_train = self.is_about_to_train
        self.supply.cancel()
        self._desk.start_once_read(False)
        self.past.once_there_do_nothing()
        if was_about_to_train:
            self._on_supply_changed()
        self._runner.request_stop()

    def step(self, whole_epoch: bool) -> None:
        """Train one batch, or up to the end of the epoch; on the worker where that takes long."""
        if self.is_running or self.supply.is_wanted:
            return
        self.past.once_there(lambda: self._step_on(whole_epoch))

    def _step_on(self, whole_epoch: bool) -> None:
        self.past.make_present(self.tr("Back to epoch {n}"))
        self.supply.want(lambda trainer: self._step(trainer, whole_epoch))

    def _step(self, trainer: Trainer, whole_epoch: bool) -> None:
        if takes_long(self._document.experiment, trainer.dataset):
            self._runner.step(trainer, whole_epoch)
            self.running_changed.emit(whole_epoch)
            return
        self._commit(self.tr("Step"), trainer.step_epoch() if whole_epoch else trainer.step_batch())
        self.run.changed.emit()

    def reset(self) -> None:
        """Go back to epoch 0 with the same first weights."""
        self.apply(self.tr("Reset"), fresh, restart=False)

    def new_start(self, seed: int | None = None) -> None:
        """Draw first weights from another seed, the next one where none is given."""
        wanted = self._pending.seed + 1 if seed is None else seed
        self.apply(
            self.tr("New start, seed {n}").format(n=wanted),
            lambda experiment: with_seed(experiment, wanted),
            restart=False,
            seed=wanted,
        )

    def set_speed(self, epochs_per_second: float | None) -> None:
        """Run at most so many epochs a second; ``None`` runs flat out."""
        self.speed = epochs_per_second
        if self.run.trainer is not None:
            self.run.trainer.post(SetSpeed(epochs_per_second))

    def choose_row(self, row: int) -> None:
        """Show the values of another row everywhere; -1 for none."""
        self._shown.choose_row(row)

    def select(self, selection: Selection) -> None:
        """Look at other units or rows."""
        self._shown.select(selection)

    def apply(
        self,
        text: str,
        edit: Edit,
        merge_key: str = "",
        restart: bool = True,
        seed: int | None = None,
    ) -> bool:
        """Make an edit, live where the running trainer can take it: see :class:`EditDesk`."""
        if not restart and self.supply.is_wanted:
            self.pause()
        return self._desk.apply(text, edit, merge_key, restart, seed)

    def apply_loading(
        self, text: str, edit: Edit, data: DataSpec, merge_key: str = "", is_choice: bool = False
    ) -> bool:
        """Make an edit to `data`, read on a worker where they are large."""
        return self._desk.apply_loading(text, edit, data, merge_key, is_choice)

    def end_gesture(self) -> None:
        """Let the next edit be a step of its own."""
        self._pending.end_merge()

    def show_epoch(self, epoch: int) -> None:
        """Show the weights of an epoch of this run; a running training is paused first."""
        self.past.wanted = epoch if self.is_running else None
        self.pause()
        if not self.is_running:
            self.past.go(epoch)

    def branch(self, epoch: int) -> None:
        """Make an epoch the start of a new run; the present one becomes an earlier run."""
        if not self.is_running:
            self.show_epoch(epoch)
            self.past.once_there(self._branch)

    def _branch(self) -> None:
        self.past.make_present(self.tr("Branch from epoch {n}"))
        self.run.end()
        self.supply.want(lambda trainer: None)

    def present(self) -> Experiment:
        """Return the document's experiment with the newest weights, for a copy of it."""
        experiment, snapshot = self._document.experiment, self.state.snapshot
        if not self.is_running or snapshot is None or self._runner.is_abandoned:
            return experiment
        return at_snapshot(experiment, snapshot)

    def request_close(self) -> bool:
        """Ask a running training to stop; tell whether nothing runs any more."""
        self._desk.forget_waiting()
        self._shown.cancel()
        self.past.stay()
        self.pause()
        return self.is_idle

    # -- Document ----------------------------------------------------------------------------------

    def _commit(self, text: str, snapshot: Snapshot) -> None:
        """Write the trainer's weights and progress into the document, as one step."""
        assert self.run.trainer is not None
        final = with_weights_of(self._document.experiment, self.run.trainer.experiment())
        self._committing = True
        self._document.edit(text, final, training=True)
        self._committing = False
        self.run.synced = self._document.experiment
        self._shown.show_at_rest(self.run.synced, snapshot)

    def retranslate(self) -> None:
        """Name the data anew in the language in use."""
        self._shown.retranslate()

    # -- What happens ------------------------------------------------------------------------------

    def _on_updated(self, snapshot: Snapshot) -> None:
        if snapshot.run_id != self.run.run_id or self._runner.is_abandoned:
            return
        self._runner.rate.note(snapshot.epoch)
        self._shown.show_in_a_run(self._document.experiment, snapshot)

    def _on_document_replaced(self) -> None:
        """Leave the runs of the document before behind."""
        self._desk.forget_waiting()
        self._states.forget()
        self.past.wanted = None
        self.run.forget()
        self.supply.cancel()
        self._runner.abandon()

    def _on_experiment_changed(self, old: Experiment, new: Experiment) -> None:
        if self._committing:
            return
        self.past.stay()
        self.past.shown = None
        try:
            self._states.dataset_of(new)
        except (ModelError, OSError) as error:
            self.failed.emit(sentence_of(error), "")
            return
        messages = live_messages(old, new)
        if self.is_running and messages is None:
            self._runner.abandon()
        elif not (self.run.follow(old, new, messages) or self.is_running or self.run.holds(new)):
            self.run.end()
        if not self.is_running or self._runner.is_abandoned:
            self.run.turn_to(new.data)
            self._shown.show_at_rest(new)
        self.supply.renew()
        self.edited.emit()

    def _on_rows_changed(self) -> None:
        """Show the same network on other rows; what it has learned from the old ones is over."""
        self.run.end()
        self._shown.show_at_rest(self._document.experiment)
        self.supply.renew()

    def _on_work_over(self, result: RunResult | Snapshot) -> None:
        trainer = self.run.trainer
        if trainer is not None and trainer.has_mail and not self._runner.is_abandoned:
            self._runner.settle(trainer, result)
            return
        self._runner.rate.end()
        if self._runner.is_abandoned or trainer is None:
            self.run.end()
            self._shown.show_at_rest(self._document.experiment)
        elif isinstance(result, RunResult):
            done = trainer.epoch - self._runner.first_epoch
            several = self.tr("Training, {n} epochs").format(n=done)
            self._commit(self.tr("Training, 1 epoch") if done == 1 else several, result.snapshot)
        else:
            self._commit(self.tr("Step"), result)
        self.running_changed.emit(False)
        self.run.changed.emit()
        if trainer is not None:
            self._report_rejected(trainer)
        if isinstance(result, RunResult):
            self.run_ended.emit(result)
            if result.reason == "diverged":
                self._offer(*halve_rate())
        self._go_on()

    def _go_on(self) -> None:
        """Make the edits that waited for the run's end, and train on where they ask for it."""
        if self._desk.make_waiting() and not self._runner.is_stepping:
            self.start()
        elif (epoch := self.past.take_wanted()) is not None:
            self.show_epoch(epoch)

    def _on_supply_changed(self) -> None:
        self.running_changed.emit(self.is_running or self.is_about_to_train)

    def _on_refused(self, error: Exception, details: str) -> None:
        self.failed.emit(sentence_of(error), "" if isinstance(error, ModelError) else details)
        remedy = remedy_of(error)
        if remedy is not None:
            self._offer(*remedy)

    def _offer(self, text: str, edit: Edit) -> None:
        self.remedy_offered.emit(text, lambda: self.apply(text, edit))

    def _report_rejected(self, trainer: Trainer) -> None:
        """Say which live change the trainer could not make."""
        if trainer.rejected:
            _, error = trainer.rejected[-1]
            trainer.rejected.clear()
            self.failed.emit(sentence_of(error), "")
            self.run.end()

    def _on_run_failed(self, error: Exception, details: str) -> None:
        self._runner.rate.end()
        self._desk.forget_waiting()
        self.run.end()
        self.running_changed.emit(False)
        self._on_refused(error, details)
        self._shown.show_at_rest(self._document.experiment)
