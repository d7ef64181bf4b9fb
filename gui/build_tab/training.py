"""The trainer on its worker thread, its runs, and replaying their epochs."""

from __future__ import annotations

from collections.abc import Callable
from enum import Enum, auto
from time import perf_counter
from typing import NamedTuple

from msgspec.structs import replace
from PySide6.QtCore import QObject

from foundation.progress import reported_to
from gui.build_tab.sources import data_name
from gui.build_tab.state import Activity
from gui.workers import LatestTask, RunController, RunState
from model.data import Dataset
from model.edits.network import same_task
from model.experiment import Experiment, Past
from model.recipes import recipe_for
from model.training import History, Message, RunResult, SetSpeed, Snapshot, Trainer
from model.training.live import live_messages, takes_long, with_weights_of
from model.training.runs import Losses, RunRecord, losses_of, past_run, record_of, runs_in

RATE_WINDOW_S = 0.5
"""Seconds over which epochs per second are measured."""

MAX_STEPS = 1000
"""Maximum steps of the smallest network that are replayed without a noticeable pause."""

_LOOKS_AN_EPOCH = 3  # forward, and backward through weights and activations

ShouldStop = Callable[[], bool]
Publish = Callable[[object], None]
_TaskAndLoss = tuple[object, ...]
"""Equal for runs whose losses can be compared."""

_JobResult = tuple[RunResult | Snapshot, Experiment]
"""The result of a job, and the trainer's experiment after it."""


class Job(Enum):
    """A trainer's job; ``NOTHING`` only starts a run."""

    TRAIN = auto()
    BATCH = auto()
    EPOCH = auto()
    NOTHING = auto()


class _PendingTrainer(NamedTuple):
    """A trainer yet to be created, and its job."""

    experiment: Experiment
    dataset: Dataset
    job: Job


class Training:
    """Keeps one trainer in step with the experiment, and stores finished runs.

    Owns two threads: one for the trainer, one that restores old epochs. Slow work is done on them,
    and the newest request wins: a trainer created for an experiment that has since changed is
    discarded.

    Parameters
    ----------
    on_snapshot
        Called with snapshots of a running training, at display rate.
    on_end
        Called with the result of a job, a `RunResult` of a training or a `Snapshot` of a step, and
        the trainer's experiment after it.
    on_failure
        Called with the error that ended a job, and the traceback text.
    on_change
        Called when `activity` or the runs have changed.

    Attributes
    ----------
    trainer
        The current run's trainer, or ``None``.
    synced
        The experiment that matches the trainer's state, or ``None``.
    saved
        Losses of the current run from before its file was saved, or ``None``. Their weights are not
        kept, so these epochs cannot be shown.
    speed
        Maximum epochs per second; ``None`` for no limit.
    epochs_per_second
        Speed over the last half second; 0 at rest.
    first_epoch
        The epoch at which the current job began.
    controller
        Controller of the training thread, with its timer and gate.
    """

    def __init__(
        self,
        parent: QObject,
        on_snapshot: Callable[[Snapshot], None],
        on_end: Callable[[RunResult | Snapshot, Experiment], None],
        on_failure: Callable[[Exception, str], None],
        on_change: Callable[[], None],
    ) -> None:
        self._on_snapshot, self._on_end = on_snapshot, on_end
        self._on_failure, self._on_change = on_failure, on_change
        self.trainer: Trainer | None = None
        self.synced: Experiment | None = None
        self.speed: float | None = 100.0
        self.epochs_per_second = 0.0
        self.first_epoch = 0
        self._earlier: list[RunRecord] = []
        self._newest: Snapshot | None = None  # of the job under way
        self.saved: Losses | None = None
        self._saved_as: Experiment | None = None
        self._aim: _TaskAndLoss | None = None
        self._job = Job.NOTHING
        self._wish: _PendingTrainer | None = None
        self._made: list[Trainer] = []
        self._posted: list[Message] = []
        self._is_given_up = False
        self._mark = (0.0, 0)
        self.controller = RunController(
            parent, self._on_work_over, self._on_work_failed, updated=self._on_updated
        )
        self._replay, self._comparison = LatestTask(parent), LatestTask(parent)
        self._compared: RunRecord | None = None
        self._goal = 0

    # -- What is known -----------------------------------------------------------------------------

    @property
    def activity(self) -> Activity:
        """The activity in progress, or about to begin."""
        if self._wish is not None:
            return Activity.PREPARING
        if not self.controller.is_idle and not self._is_given_up:
            return Activity.TRAINING if self._job is Job.TRAIN else Activity.STEPPING
        return Activity.TRAVELLING if self._replay.is_awaiting_result else Activity.REST

    @property
    def is_going_on(self) -> bool:
        """Whether training is running and has not been asked to stop."""
        is_training = self.activity is Activity.TRAINING
        return is_training and self.controller.state is RunState.RUNNING

    @property
    def is_idle(self) -> bool:
        """Whether no thread is running."""
        idle = self.controller.is_idle and self._replay.is_idle
        return idle and self._comparison.is_idle

    @property
    def history(self) -> History | None:
        """The current run's losses and weights by epoch, or ``None``."""
        return None if self.trainer is None else self.trainer.history

    @property
    def earlier(self) -> tuple[RunRecord, ...]:
        """Finished runs, oldest first."""
        return tuple(self._earlier)

    @property
    def goal(self) -> int | None:
        """The epoch being replayed to, or ``None``."""
        return self._goal if self._replay.is_awaiting_result else None

    def span(self, shown: int) -> tuple[int, int]:
        """Return the current run's first and last epoch; both `shown` if there is none."""
        history = self.history
        if history is None:
            return shown, shown
        return history.first_epoch, max(history.epochs.stop - 1, history.first_epoch)

    # -- Working -----------------------------------------------------------------------------------

    def begin(self, experiment: Experiment, dataset: Dataset, job: Job) -> None:
        """Start a job from the state of `experiment`, immediately if that is quick.

        Raises
        ------
        ModelError
            No trainer can be created for the experiment.
        """
        is_quick = self.controller.is_idle and not takes_long(experiment, dataset)
        if self.trainer is None or self.synced != experiment or not self.controller.is_idle:
            if not is_quick:
                self._wish = _PendingTrainer(experiment, dataset, job)
                if self.controller.is_idle:
                    self._make_and_work(self._wish)
                self._on_change()
                return
            self._adopt(_made(experiment, dataset), experiment)
        assert self.trainer is not None
        if job is Job.NOTHING:
            self._on_change()
        elif job is not Job.TRAIN and is_quick:
            self.first_epoch = self.trainer.epoch
            quick = self.trainer.step_epoch() if job is Job.EPOCH else self.trainer.step_batch()
            self._on_end(quick, self.trainer.experiment())
            self._on_change()
        else:
            self._start(job, _worker_job(self.trainer, job))

    def renew(self, experiment: Experiment, dataset: Dataset) -> None:
        """Prepare the pending trainer again, for the current experiment."""
        if self._wish is not None:
            job = self._wish.job
            self.cancel_pending()
            self.begin(experiment, dataset, job)

    def cancel_pending(self) -> Job | None:
        """Cancel a trainer being prepared; return its job, if any."""
        wish, self._wish = self._wish, None
        if wish is None:
            return None
        self._abandon()
        self._on_change()
        return wish.job

    def request_stop(self) -> None:
        """Ask the trainer to stop, without waiting; the run then ends as usual."""
        if not self._is_given_up:
            self.controller.request_stop()

    def discard_job(self) -> None:
        """Discard the running job's results, and add its run to the earlier runs."""
        newest = self._newest
        self._abandon()
        self.end_run(newest)

    def set_speed(self, epochs_per_second: float | None) -> None:
        """Limit the epochs per second; ``None`` removes the limit."""
        self.speed = epochs_per_second
        if self.trainer is not None:
            self.trainer.post(SetSpeed(epochs_per_second))

    def follow(self, experiment: Experiment, dataset: Dataset | None) -> None:
        """Apply the experiment's changes to the trainer, or end its run.

        A change of the rows is applied once `dataset` holds them; until then the trainer continues
        with the previous ones.
        """
        if self.synced is None:
            if self._saved_as is not None and not _is_same_run(self._saved_as, experiment):
                self._end_saved()
            return
        known = experiment if dataset is not None else _with_rows_of(experiment, self.synced)
        messages = live_messages(self.synced, known)
        if messages is None:
            if self.activity in (Activity.TRAINING, Activity.STEPPING):
                self.discard_job()
            if self.synced is not None and not _is_same_run(self.synced, experiment):
                self.end_run()
            return
        if self.trainer is not None:
            for message in messages:
                self.trainer.post(message)
            self._posted += messages
        self.synced = known

    def settle(self, experiment: Experiment) -> None:
        """Record `experiment` as the result of a job, except for rows still pending."""
        if self.synced is not None:
            self.synced = _with_rows_of(experiment, self.synced)

    def pending_changes(self, snapshot: Snapshot) -> list[Message]:
        """Return the changes in the running job that a snapshot does not include yet."""
        history = self.history
        made = [] if history is None else history.changes_by(snapshot.step)
        known = set(map(id, made))
        return [message for message in self._posted if id(message) not in known]

    def _make_and_work(self, wish: _PendingTrainer) -> None:
        experiment, dataset, job = wish
        made, speed = self._made, self.speed

        def work(should_stop: ShouldStop, publish: Publish) -> object:
            trainer = _made(experiment, dataset)
            trainer.post(SetSpeed(speed))
            made.append(trainer)
            publish(trainer)
            if should_stop() or job is Job.NOTHING:
                return None
            return _worker_job(trainer, job)(should_stop, publish)

        self._start(job, work)

    def _start(self, job: Job, work: Callable[[ShouldStop, Publish], object]) -> None:
        gate = self.controller.gate

        def courteous(should_stop: ShouldStop, publish: Publish) -> object:
            # Other data are read between two steps: Python beside the window's Python.
            with reported_to(lambda share: gate.wait_while_late()):
                return work(should_stop, publish)

        self._job, self._is_given_up, self._posted, self._newest = job, False, [], None
        if self._wish is None and self.trainer is not None:
            self._begin_counting(self.trainer.epoch)
            self.trainer.post(SetSpeed(self.speed))
        self.controller.start(courteous)
        self._on_change()

    def _begin_counting(self, epoch: int) -> None:
        self.first_epoch, self._mark = epoch, (perf_counter(), epoch)

    def _abandon(self) -> None:
        self._is_given_up = not self.controller.is_idle
        self._made = []
        self.epochs_per_second = 0.0
        self.controller.request_stop()

    def _adopt_made(self) -> None:
        if self._made and self._wish is not None:
            experiment, self._wish = self._wish.experiment, None
            trainer = self._made.pop()
            self._adopt(trainer, experiment)
            self._begin_counting(trainer.history.first_epoch)
            trainer.post(SetSpeed(self.speed))
            self._on_change()

    def _on_updated(self, value: Snapshot | Trainer) -> None:
        if self._is_given_up:
            return
        self._adopt_made()
        if isinstance(value, Snapshot):
            now = perf_counter()
            since, before = self._mark
            if now - since >= RATE_WINDOW_S:
                self.epochs_per_second = (value.epoch - before) / (now - since)
                self._mark = (now, value.epoch)
            self._newest = value
            self._on_snapshot(value)

    def _on_work_over(self, done: _JobResult | None) -> None:
        was_given_up, self._is_given_up = self._is_given_up, False
        self.epochs_per_second = 0.0
        if not was_given_up:
            self._adopt_made()
            if done is not None:
                self._on_end(*done)
        self._newest = None
        self._start_pending()

    def _on_work_failed(self, error: Exception, details: str) -> None:
        was_given_up, self._is_given_up = self._is_given_up, False
        self.epochs_per_second = 0.0
        self._newest = None
        if not was_given_up:
            self._wish = None
            self.end_run()
            self._on_failure(error, details)
        self._start_pending()

    def _start_pending(self) -> None:
        """Start the work that was waiting for the thread."""
        if self._wish is not None and self.controller.is_idle:
            self._make_and_work(self._wish)
        self._on_change()

    # -- Runs --------------------------------------------------------------------------------------

    def _adopt(self, trainer: Trainer, experiment: Experiment) -> None:
        """Adopt a trainer made for `experiment`; the previous run becomes an earlier one."""
        self.end_run()
        if self.saved is not None and self.saved.last_epoch != trainer.history.first_epoch:
            self._end_saved()
        self.show_runs_of(experiment)
        self.trainer, self.synced = trainer, experiment

    def end_run(self, newest: Snapshot | None = None) -> None:
        """Move the current run to the earlier ones, if it made any progress.

        `newest` is the last snapshot of a discarded job.
        """
        if self.trainer is not None and self.synced is not None:
            before = self._runs_before(self.synced.seed)
            record = _record(self.synced, self.trainer, before, self.saved, newest)
            if record is not None:
                self._earlier.append(replace(record, visible=_task_and_loss(record) == self._aim))
                self.saved = self._saved_as = None
        self.trainer = self.synced = self._newest = None

    def _end_saved(self) -> None:
        """Move a file's saved run to the earlier ones, since training did not continue it."""
        if self.saved is not None and self._saved_as is not None:
            before = self._runs_before(self._saved_as.seed)
            self._earlier.append(record_of(self._saved_as, self.saved, before))
        self.saved = self._saved_as = None

    def _runs_before(self, seed: int) -> int:
        return sum(run.seed == seed and not run.name for run in self._earlier)

    def show_saved_runs(self, experiment: Experiment, past: Past) -> None:
        """Show the runs stored with an experiment that was just opened."""
        self._earlier = runs_in(past, experiment.data)
        self._aim = _task_and_loss(experiment)
        if past.curve is not None:
            self.saved, self._saved_as = losses_of(past.curve), experiment

    def compare_with(self, experiment: Experiment) -> None:
        """Train another experiment on a worker, and draw its curve among the earlier runs.

        It replaces the previous comparison. Nothing is trained if a run of the user's already
        reached the same epoch.
        """
        self.stop_comparing()
        until = experiment.training.stop.epochs
        if any(_belongs_to(run, experiment) and run.epochs[-1] >= until for run in self._earlier):
            return

        def work(should_stop: ShouldStop, publish: Publish) -> RunRecord | None:
            trainer = Trainer(experiment)
            trainer.run(should_stop)
            return _record(experiment, trainer, 0)

        self._comparison.start(work, self._on_compared, self._on_failure)

    def stop_comparing(self) -> None:
        """Cancel the comparison and remove its curve."""
        self._comparison.cancel()
        self._earlier = [run for run in self._earlier if run is not self._compared]
        self._compared = None

    def _on_compared(self, record: RunRecord | None) -> None:
        if record is not None:
            self._compared = replace(record, visible=_task_and_loss(record) == self._aim)
            self._earlier.append(self._compared)
            self._on_change()

    def forget(self) -> None:
        """Drop every run and the running job, as their document is closed."""
        self._wish = None
        self.stop_comparing()
        self._abandon()
        self.cancel_seek()
        self.trainer = self.synced = self.saved = self._saved_as = self._newest = None
        self._earlier.clear()

    def show_runs_of(self, experiment: Experiment) -> None:
        """Show the earlier runs with `experiment`'s task and loss, if these have changed."""
        before, self._aim = self._aim, _task_and_loss(experiment)
        if before != self._aim:
            for index, run in enumerate(self._earlier):
                self.show_run(index, _task_and_loss(run) == self._aim)

    def show_run(self, index: int, visible: bool) -> None:
        """Show or hide an earlier run's line."""
        self._earlier[index] = replace(self._earlier[index], visible=visible)

    def rename_run(self, index: int, name: str) -> None:
        """Rename an earlier run."""
        self._earlier[index] = replace(self._earlier[index], name=name)

    # -- Epochs ------------------------------------------------------------------------------------

    def restore(
        self, epoch: int, experiment: Experiment, then: Callable[[Experiment], None]
    ) -> None:
        """Pass `experiment` with an old epoch's weights to `then`, replaying if necessary.

        A replay that would take noticeably long runs on a worker (docs/adr/0013, 0030); the newest
        epoch wins.

        Raises
        ------
        ModelError
            The run does not contain the epoch.
        """
        assert self.trainer is not None
        history = self.trainer.history
        self.cancel_seek()
        if not _replay_takes_long(self.trainer, experiment, epoch):
            then(with_weights_of(experiment, history.restore(epoch)))
            return
        self._goal = epoch

        def fail(error: Exception, details: str) -> None:
            self._on_failure(error, details)
            self._on_change()

        self._replay.start(
            lambda should_stop, publish: with_weights_of(experiment, history.restore(epoch)),
            then,
            fail,
        )
        self._on_change()

    def cancel_seek(self) -> None:
        """Cancel replaying to an epoch."""
        self._replay.cancel()


def _is_same_run(run: Experiment, experiment: Experiment) -> bool:
    """Return whether an experiment is at one of a run's epochs, judged by its settings."""
    return run.seed == experiment.seed and same_task(run, experiment)


def _record(
    experiment: Experiment,
    trainer: Trainer,
    before: int,
    saved: Losses | None = None,
    newest: Snapshot | None = None,
) -> RunRecord | None:
    """Return a finished run with its version of an article's recipe."""
    history, dataset, made = trainer.history, trainer.dataset, trainer.learner.settings
    # Changes that still wait for the trainer have no part in its losses.
    experiment = replace(experiment, data=made.data, split=made.split, training=made.training)
    rows = len(dataset.x_train) + len(dataset.x_test)
    record = past_run(experiment, history, before, saved, newest)
    recipe = None if record is None else recipe_for(experiment, rows)
    if record is None or recipe is None:
        return record
    return replace(record, version=recipe.version_of(experiment, history.start) or "")


def _belongs_to(run: RunRecord, experiment: Experiment) -> bool:
    """Return whether a run belongs to an experiment, by data, settings and seed."""
    wanted = experiment.data, experiment.training, experiment.seed
    return bool(run.version) and (run.data, run.training, run.seed) == wanted


def _task_and_loss(run: Experiment | RunRecord) -> _TaskAndLoss:
    """Return the task of a run's data, ignoring size, noise and scaling, and its loss."""
    wanted = ("inputs", "formula", "rows", "targets", "task", "sheet", "regression")
    task = (getattr(run.data, name, None) for name in wanted)
    return (data_name(run.data), *task, run.training.loss)


def _with_rows_of(experiment: Experiment, other: Experiment) -> Experiment:
    """Return `experiment` with the rows of another one."""
    return replace(experiment, data=other.data, split=other.split)


def _made(experiment: Experiment, dataset: Dataset) -> Trainer:
    """Return a trainer whose history begins with the epoch it starts from."""
    trainer = Trainer(experiment, dataset)
    trainer.snapshot()
    return trainer


def _worker_job(trainer: Trainer, job: Job) -> Callable[[ShouldStop, Publish], _JobResult]:
    """Return a trainer's job for the worker, which also copies the learned weights."""

    def work(should_stop: ShouldStop, publish: Publish) -> _JobResult:
        result: RunResult | Snapshot
        if job is Job.TRAIN:
            result = trainer.run(should_stop, publish, onward=True)
        elif job is Job.EPOCH:
            result = trainer.step_epoch(should_stop)
        else:
            result = trainer.step_batch()
        return result, trainer.experiment()

    return work


def _replay_takes_long(trainer: Trainer, experiment: Experiment, epoch: int) -> bool:
    """Return whether replaying to an epoch is slow, by its multiplications or steps."""
    dataset, training = trainer.dataset, experiment.training
    epochs = trainer.history.epochs_to_replay(epoch)
    batches = -(-len(dataset.x_train) // training.batch_size) if training.batch_size else 1
    looks = 1 + _LOOKS_AN_EPOCH * epochs
    return epochs * batches > MAX_STEPS or takes_long(experiment, dataset, looks)
