"""The trainer: runs a learner until stopped, keeps the history and publishes snapshots."""

from __future__ import annotations

import math
from collections import deque
from collections.abc import Callable
from time import perf_counter
from typing import NamedTuple

import numpy as np
from msgspec.structs import replace

from foundation.progress import ShouldStop, never_stop
from model.blas import limited_threads
from model.data import Dataset
from model.data.dataset import check_dataset
from model.data.sources.arrays import data_of
from model.errors import ModelError
from model.experiment import Experiment
from model.metrics import Figures, decision_threshold, figures_of, margins
from model.network import Network
from model.training.history import History
from model.training.learner import Learner
from model.training.messages import Inbox, Message, SetSpeed, SetWeight
from model.training.snapshot import Reason, RunResult, Snapshot
from model.training.stops import StopRules

MAX_COPIED_STATE = 250_000
"""Maximum optimiser state copied into a snapshot, in numbers: 60 copies a second take 0.01 s."""


class Measured(NamedTuple):
    """The answers to training rows, and to test rows if there are any."""

    train: Figures
    test: Figures | None


def measure_answers(learner: Learner) -> Measured:
    """Return the answers to training rows (for large data, the first ones) and test rows."""
    data = learner.dataset
    threshold = decision_threshold(learner.settings)

    outputs = learner.train.outputs(learner.sample)
    rows = len(outputs)
    mask = None if data.mask_train is None else data.mask_train[:rows]
    train = figures_of(outputs, data.y_train[:rows], data.task, threshold, mask)
    if learner.test is None:
        return Measured(train, None)
    of_test = data.y_test, data.task, threshold, data.mask_test
    return Measured(train, figures_of(learner.test.outputs(), *of_test))


def take_snapshot(
    learner: Learner, losses: tuple[float, float | None], answers: Measured
) -> Snapshot:
    """Return a snapshot of a learner's state.

    Parameters
    ----------
    learner
        Learner to copy from.
    losses, answers
        Values for training and test rows, the latter ``None`` without a test set.
    """
    train, test = answers
    weights, biases = learner.network.parameters.copies()
    return Snapshot(
        epoch=learner.epoch,
        step=learner.step,
        batch=learner.batch,
        train_loss=losses[0],
        test_loss=losses[1],
        train_accuracy=train.accuracy,
        test_accuracy=None if test is None else test.accuracy,
        train_rows=learner.train.measured_rows(learner.sample),
        weights=weights,
        biases=biases,
        train_undecided=train.undecided,
        test_undecided=0 if test is None else test.undecided,
        progress=learner.progress() if learner.memory <= MAX_COPIED_STATE else None,
        optimiser=learner.training.optimiser,
    )


PUBLISH_INTERVAL_S = 1.0 / 60.0


def _discard_snapshot(snapshot: Snapshot) -> None:
    """Discard a snapshot."""


class Trainer:
    """Train one experiment on the calling thread.

    Parameters
    ----------
    experiment
        Experiment to train. Missing weights are drawn; stored progress is resumed.
    dataset
        The experiment's data if already built.
    publish_interval_s
        Minimum time between two snapshots, in seconds.

    Attributes
    ----------
    learner
        The current learner, for inspection between runs.
    history
        Losses of every epoch; safe to read from another thread during training.
    rejected
        Messages that could not be applied, each with its error, oldest first.

    Raises
    ------
    ModelError
        If the data cannot be generated or read, or if data, network and training do not match.

    Notes
    -----
    Only :meth:`post` and `history` may be used from another thread during :meth:`run`.
    """

    def __init__(
        self,
        experiment: Experiment,
        dataset: Dataset | None = None,
        *,
        publish_interval_s: float = PUBLISH_INTERVAL_S,
    ) -> None:
        self.learner = Learner(experiment, dataset)
        self.publish_interval_s = publish_interval_s
        has_test = self.learner.test is not None
        self.history = History(self.learner.epoch, has_test=has_test)
        self.rejected: deque[tuple[Message, ModelError]] = deque(maxlen=100)
        self._inbox = Inbox()
        self._speed: float | None = None
        self._next_publish = 0.0
        self._train_loss, self._test_loss = math.nan, math.nan if has_test else None
        self._answers = Measured(Figures(math.nan, 0, 0, 0), None)
        if self.learner.batch == 0:
            self.history.add_checkpoint(self.learner)

    @property
    def dataset(self) -> Dataset:
        """The data set in use."""
        return self.learner.dataset

    @property
    def network(self) -> Network:
        """The network in training."""
        return self.learner.network

    @property
    def epoch(self) -> int:
        """The number of epochs done."""
        return self.learner.epoch

    @property
    def step(self) -> int:
        """The number of optimiser steps done."""
        return self.learner.step

    def experiment(self) -> Experiment:
        """Return the experiment with the current weights and progress."""
        return self.learner.experiment()

    # -- Messages ----------------------------------------------------------------------------------

    def post(self, message: Message) -> None:
        """Queue a change, from any thread; it is applied between two steps.

        Parameters
        ----------
        message
            A :data:`model.training.messages.Message`; added to `rejected` if it cannot be applied.
        """
        self._inbox.post(message)

    @property
    def waiting(self) -> tuple[Message, ...]:
        """Queued changes that are not applied yet, oldest first; between runs only."""
        return tuple(self._inbox.waiting)

    def _read_inbox(self) -> None:
        """Apply every queued change."""
        for message in self._inbox.take():
            if isinstance(message, SetSpeed):
                self._speed = message.epochs_per_second
            else:
                self._make(message)

    def _make(self, message: Message) -> None:
        """Apply a change and record it for replay."""
        learner, dataset = self.learner, self.learner.dataset
        try:
            learner.apply(message)
        except ModelError as fault:
            self.rejected.append((message, fault))
        else:
            changed = learner.dataset is not dataset
            self.history.record_change(learner.epoch, learner.step, message, other_data=changed)

    # -- Running -----------------------------------------------------------------------------------

    def run(
        self,
        should_stop: ShouldStop = never_stop,
        publish: Callable[[Snapshot], None] = _discard_snapshot,
        *,
        onward: bool = False,
    ) -> RunResult:
        """Train until a stop rule applies, the loss is non-finite, or a stop is requested.

        Parameters
        ----------
        should_stop
            Called once per step; true stops training.
        publish
            Called with a snapshot at the start, at the end, and in between as often as
            `publish_interval_s` allows.
        onward
            Whether to continue although a rule is already met at the start: the epoch rule then
            allows the same number again, the loss and margin rules are disabled until they are
            changed.

        Notes
        -----
        The loss of epoch k is that of the weights after k epochs, so rules and snapshots refer to
        the epoch that has just ended.
        """
        with np.errstate(all="ignore"), limited_threads():
            self._end_mid_epoch(should_stop)
            start = self.learner.epoch if onward else 0
            rules = StopRules(self.learner.training.stop, self._margin, start)
            reason = self._loop(rules, should_stop, publish)
            if self.learner.batch and not self.learner.large:  # stopped within an epoch
                self._measure()
                if not math.isfinite(self._train_loss):
                    reason = self._restore_last_finite()
            snapshot = self._snapshot()
        publish(snapshot)
        return RunResult(reason, snapshot)

    def _end_mid_epoch(self, should_stop: ShouldStop) -> None:
        """Finish an epoch begun by single steps, including the changes made since then."""
        while self.learner.batch and not should_stop():
            self._read_inbox()
            if self.learner.batch:  # other data may have begun an epoch
                self.learner.advance()

    def _loop(
        self,
        rules: StopRules,
        should_stop: ShouldStop,
        publish: Callable[[Snapshot], None],
    ) -> Reason:
        """Train epoch by epoch; return the reason for stopping."""
        learner, inbox = self.learner, self._inbox.waiting
        training = learner.training
        started = perf_counter()
        self._next_publish = paced = started
        whole = learner.whole_epoch
        while True:
            if inbox:
                self._read_inbox()
                if learner.training != training:
                    training = learner.training
                    rules.change(training.stop)
                whole = learner.whole_epoch
            loss = self._close_epoch()
            if not loss < math.inf:
                return self._restore_last_finite()
            now = perf_counter()
            reason = rules.check(learner.epoch, loss, self._test_loss, now - started)
            if reason is not None:
                return reason
            if now >= self._next_publish:
                self._publish(publish, now)
            if should_stop():
                return "stopped"
            if self._speed is not None:
                paced = self._wait(paced, should_stop)
            if whole:
                learner.advance()
                if self._speed is None and learner.can_run_full_batches:
                    self._run_full_batches(
                        rules, should_stop, min(self._next_publish, started + rules.seconds)
                    )
                continue
            if not self._batches(should_stop, publish):
                return "stopped"

    def _run_full_batches(self, rules: StopRules, should_stop: ShouldStop, deadline: float) -> None:
        """Train at full speed until something other than a step is due."""
        learner, history, inbox = self.learner, self.history, self._inbox.waiting
        settings = learner.settings
        last = settings.network.layers[-1]
        floor = rules.floor(settings.training.loss, last.activation, last.units)
        losses, room = history.loss_buffer()
        until = min(history.next_checkpoint(learner.epoch), history.first_epoch + room)
        clock = perf_counter

        def interrupted() -> bool:
            return clock() >= deadline or should_stop() or bool(inbox)

        last_epoch = int(min(until, rules.last_epoch))
        learner.run_full_batches(losses, history.first_epoch, last_epoch, floor, interrupted)
        history.publish_up_to(learner.epoch - 1)

    def _batches(
        self,
        should_stop: ShouldStop,
        publish: Callable[[Snapshot], None],
    ) -> bool:
        """Take the steps of an epoch of several batches; return False if stopped."""
        learner, inbox = self.learner, self._inbox.waiting
        advance, epoch = learner.advance, learner.epoch
        while True:
            advance()
            if learner.epoch != epoch or not learner.batch:
                return True
            if inbox:
                self._read_inbox()
                if not learner.batch:
                    return True
            if should_stop():
                return False
            now = perf_counter()
            if now >= self._next_publish:
                self._publish(publish, now)

    def _publish(self, publish: Callable[[Snapshot], None], now: float) -> None:
        """Publish a snapshot and note when the next is due."""
        publish(self._snapshot(in_passing=True))
        self._next_publish = now + self.publish_interval_s

    def _close_epoch(self) -> float:
        """Measure and record the finished epoch; return its training loss."""
        learner, history = self.learner, self.history
        self._measure()
        epoch = learner.epoch
        history.record(epoch, self._train_loss, self._test_loss)
        if history.needs_checkpoint(epoch):
            history.add_checkpoint(learner)
        return self._train_loss

    def _measure(self) -> None:
        learner = self.learner
        self._train_loss = learner.epoch_loss()
        self._test_loss = None if learner.test is None else learner.test.loss()

    def _wait(self, paced: float, should_stop: ShouldStop) -> float:
        """Wait for the requested pace; return the time at which the next epoch is due."""
        speed = self._speed
        if speed is None or speed <= 0.0:
            return perf_counter()
        due = max(paced, perf_counter() - 1.0) + 1.0 / speed
        inbox = self._inbox
        while (left := due - perf_counter()) > 0.0 and not should_stop() and not inbox.waiting:
            inbox.wait(min(left, 0.01))
        return due

    def _margin(self) -> float:
        """Return the smallest margin over the training rows."""
        learner, data = self.learner, self.dataset
        threshold = decision_threshold(learner.settings)
        outputs = learner.train.outputs()
        return float(margins(outputs, data.y_train, data.task, threshold, data.mask_train).min())

    def _restore_last_finite(self) -> Reason:
        """Go back to the last epoch with a finite loss, keeping settings changed since."""
        finite = np.flatnonzero(np.isfinite(self.history.train_loss))
        if finite.size:
            last = self.history.epochs[int(finite[-1])]
            self.learner = self.history.learner_at(last)
            for message in self.history.truncate(last, self.learner.step):
                if not isinstance(message, SetWeight):
                    self._make(message)
            self.history.note_divergence()
            self._train_loss = float(self.history.train_loss[-1])
            test = None if self.learner.test is None else self.history.test_loss
            self._test_loss = None if test is None else float(test[-1])
        return "diverged"

    # -- Single steps ------------------------------------------------------------------------------

    def step_batch(self) -> Snapshot:
        """Make one optimiser step; return the resulting state, including the batch's rows."""
        return self._single(lambda learner: True, names_rows=True)

    def step_epoch(self, should_stop: ShouldStop = never_stop) -> Snapshot:
        """Make the steps up to the end of the epoch or a stop; return the resulting state."""
        return self._single(lambda learner: learner.batch == 0 or should_stop())

    def _single(self, done: Callable[[Learner], bool], names_rows: bool = False) -> Snapshot:
        """Step until `done`, measuring before the first and after the last step."""
        with np.errstate(all="ignore"), limited_threads():
            self._read_inbox()
            if self.learner.batch == 0:
                self._close_epoch()
            while True:
                self.learner.advance()
                rows = self.learner.last_rows() if names_rows else ()
                self._read_inbox()
                if done(self.learner):
                    break
            if self.learner.batch == 0:
                self._close_epoch()
            else:
                self._measure()
            if not math.isfinite(self._train_loss):
                self._restore_last_finite()
            return replace(self._snapshot(), rows=rows)

    def snapshot(self) -> Snapshot:
        """Return the current state; between runs only."""
        with np.errstate(all="ignore"), limited_threads():
            if self.learner.batch == 0:
                self._close_epoch()
            else:
                self._measure()
            return self._snapshot()

    def _snapshot(self, in_passing: bool = False) -> Snapshot:
        """Return a snapshot; with `in_passing`, large data are measured only between epochs."""
        learner = self.learner
        if not in_passing or learner.batch == 0 or not learner.large:
            self._answers = measure_answers(learner)
            self._note_accuracies()
        losses = self._train_loss, self._test_loss
        return take_snapshot(learner, losses, self._answers)

    def _note_accuracies(self) -> None:
        if self.dataset.task != "regression":
            train, test = self._answers
            shares = train.accuracy, None if test is None else test.accuracy
            self.history.accuracies = self.learner.epoch, *shares


def train(
    experiment: Experiment, dataset: Dataset | None = None, *, epochs: int | None = None
) -> Experiment:
    """Train an experiment to the end of its run; return it with its new weights.

    Parameters
    ----------
    experiment
        Experiment with a stop rule that ends the run: epochs or seconds.
    dataset
        The experiment's data if already built, or other data, which the returned experiment then
        uses.
    epochs
        Total number of epochs, overriding the experiment's stop rule.

    Returns
    -------
    Experiment
        Experiment with weights and progress; training it again continues from there.

    Raises
    ------
    ModelError
        Code ``training.endless`` if no rule would end the run; as
        :func:`~model.data.dataset.check_dataset`; and if data, network and training do not match.
    """
    if dataset is not None:
        check_dataset(dataset)
        experiment = replace(experiment, data=data_of(dataset))
    stop = experiment.training.stop
    if epochs is not None:
        stop = replace(stop, epochs=epochs)
        experiment = replace(experiment, training=replace(experiment.training, stop=stop))
    if not (stop.epochs or stop.seconds):
        raise ModelError(
            "training.endless", "Nothing ends this run. Give it a number of epochs or seconds."
        )
    trainer = Trainer(experiment, dataset)
    trainer.run()
    return trainer.experiment()
