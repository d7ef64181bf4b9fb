"""Every epoch's losses, and a way to restore any epoch's weights.

Losses are stored in columns that double in size when full. Readers in other threads get a view of
the completed part: the writer only writes beyond the length visible to readers, and a full array is
replaced instead of resized, so existing views do not change.

Weights are stored at every `stride`-th epoch. When there are too many checkpoints, every second one
is dropped and the stride doubles, so memory stays bounded. Epochs in between are recomputed by
replay, with identical bits, since a checkpoint includes the optimiser and the generator.
"""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np

from model.blas import limited_threads
from model.errors import ModelError
from model.experiment import Experiment, FloatArray
from model.training.learner import Learner
from model.training.loss_column import LossColumn
from model.training.messages import Message
from model.training.snapshot import Checkpoint

KEPT_BYTES = 16 << 20
"""Maximum total memory of all checkpoints."""

KEPT_MAX, KEPT_FEWEST = 256, 8


class History:
    """Losses by epoch, checkpoints, and the user's changes during the run.

    Parameters
    ----------
    first_epoch
        Epoch at which the run starts.
    has_test
        Whether there is a test loss.

    Attributes
    ----------
    same_data_from
        First epoch whose losses are of the current data; earlier losses are not comparable.
    accuracies
        For a classification, the last measured epoch, training accuracy and test accuracy (``None``
        without a test set), measured after that epoch or within the next; otherwise ``None``.
    """

    def __init__(self, first_epoch: int, *, has_test: bool) -> None:
        self.first_epoch = self.same_data_from = first_epoch
        self.accuracies: tuple[int, float, float | None] | None = None
        self._length = 0
        self._ran_away_after: int | None = None
        self._train, self._test = LossColumn(), (LossColumn() if has_test else None)
        self._checkpoints: list[Checkpoint] = []
        self._start: Experiment | None = None
        self._stride = 1
        self._journal: list[tuple[int, Message]] = []

    def __len__(self) -> int:
        """Return the number of recorded epochs, including the untrained start."""
        return self._length

    @property
    def epochs(self) -> range:
        """Consecutive epoch numbers; epoch 0 is the untrained network."""
        return range(self.first_epoch, self.first_epoch + self._length)

    @property
    def train_loss(self) -> FloatArray:
        """The training loss of every epoch in `epochs`; safe to read from any thread."""
        return self._train.view(self._length)

    @property
    def test_loss(self) -> FloatArray | None:
        """The test loss of every epoch, ``None`` if there has never been a test set.

        NaN for epochs without a test set, if it was switched on or off during the run.
        """
        return None if self._test is None else self._test.view(self._length)

    @property
    def diverged(self) -> bool:
        """Whether the epoch after the last recorded one had a non-finite loss."""
        return self._length > 0 and self._ran_away_after == self.epochs[-1]

    # -- Writing, by the worker only ---------------------------------------------------------------

    def record(self, epoch: int, train_loss: float, test_loss: float | None) -> None:
        """Record the losses of an epoch, replacing earlier ones.

        Parameters
        ----------
        epoch
            Epoch number; epoch 0 is the untrained network.
        train_loss, test_loss
            Mean over rows of the sum over outputs; ``None`` without test rows.
        """
        index = epoch - self.first_epoch
        self._train.write(index, train_loss)
        if self._test is not None:
            self._test.write(index, math.nan if test_loss is None else test_loss)
        elif test_loss is not None:
            # Readers see the column only when it is as long as they expect.
            test = LossColumn()
            test.write(index, test_loss)
            test.reserve(self._length)
            self._test = test
        if index >= self._length:
            self._length = index + 1

    def loss_buffer(self) -> tuple[FloatArray, int]:
        """Return the array of training losses and its length, for direct writing.

        Notes
        -----
        The writer stores epoch e's loss at ``e - first_epoch`` and then calls
        :meth:`publish_up_to`.
        """
        return self._train.values, len(self._train.values)

    def publish_up_to(self, epoch: int) -> None:
        """Publish all losses written up to an epoch."""
        length = epoch - self.first_epoch + 1
        if self._test is not None:
            self._test.reserve(length)
        self._length = length

    def next_checkpoint(self, epoch: int) -> int:
        """Return the next epoch, this one included, that needs a checkpoint."""
        return epoch + (self.first_epoch - epoch) % self._stride

    def needs_checkpoint(self, epoch: int) -> bool:
        """Return whether this epoch needs a checkpoint."""
        return (epoch - self.first_epoch) % self._stride == 0

    def add_checkpoint(self, learner: Learner) -> None:
        """Store a checkpoint of the learner's current state, thinning older ones."""
        kept = self._checkpoints
        if kept and kept[-1].epoch >= learner.epoch:
            return
        checkpoint = learner.checkpoint(len(self._journal))
        most = min(KEPT_MAX, max(KEPT_FEWEST, KEPT_BYTES // max(1, checkpoint.nbytes)))
        if len(kept) >= most:
            self._stride *= 2
            kept = [c for c in kept if (c.epoch - self.first_epoch) % self._stride == 0]
        if (learner.epoch - self.first_epoch) % self._stride == 0:
            kept = [*kept, checkpoint]
        self._checkpoints = kept

    def record_change(self, epoch: int, step: int, message: Message, *, other_data: bool) -> None:
        """Record a change that the user made after `step` steps, in or before an epoch.

        Parameters
        ----------
        epoch, step
            Current epoch, and number of steps done in the whole run.
        message
            The change.
        other_data
            Whether losses from now on are of other data.
        """
        self._journal.append((step, message))
        if other_data:
            self.same_data_from = epoch

    def changes_by(self, step: int) -> list[Message]:
        """Return the changes made up to a step; safe to call from any thread."""
        return [message for at, message in tuple(self._journal) if at <= step]

    def note_divergence(self) -> None:
        """Record that the loss after the last epoch was non-finite, until a finite one follows."""
        self._ran_away_after = self.epochs[-1]

    def truncate(self, epoch: int, step: int) -> list[Message]:
        """Drop everything after an epoch; return the changes made after `step` steps."""
        self._length = min(self._length, epoch - self.first_epoch + 1)
        self.same_data_from = min(self.same_data_from, epoch)
        self._ran_away_after = None
        if self._test is not None:
            self._test.values[self._length :] = np.nan
        self._checkpoints = [c for c in self._checkpoints if c.epoch <= epoch]
        made = sum(1 for at, _ in self._journal if at < step)
        made = max([made, *(c.messages for c in self._checkpoints)])
        self._journal, undone = self._journal[:made], self._journal[made:]
        return [message for _, message in undone]

    # -- Going back --------------------------------------------------------------------------------

    def restore(self, epoch: int) -> Experiment:
        """Return the experiment exactly as at the end of one of `epochs`.

        Raises
        ------
        ModelError
            Code ``history.no_epoch``.

        Notes
        -----
        Safe to call from any thread during training: it uses its own arrays.
        """
        return self.learner_at(epoch).experiment()

    @property
    def start(self) -> Experiment | None:
        """The untrained experiment at the run's start, ``None`` if it began trained."""
        if self._start is None and self._checkpoints and self._checkpoints[0].epoch == 0:
            self._start = Learner.resume(self._checkpoints[0]).experiment()
        return self._start

    def epochs_to_replay(self, epoch: int) -> int:
        """Return the number of epochs that must be replayed to reach an epoch."""
        return epoch - max((c.epoch for c in self._checkpoints if c.epoch <= epoch), default=epoch)

    def learner_at(self, epoch: int) -> Learner:
        """Return a learner at the end of an epoch, see :meth:`restore`.

        Raises
        ------
        ModelError
            Code ``history.no_epoch``.
        """
        checkpoints = [c for c in self._checkpoints if c.epoch <= epoch]
        if not checkpoints or epoch >= self.epochs.stop:
            raise ModelError(
                "history.no_epoch",
                "Epoch {epoch} is not in the history, which goes from {first} to {last}.",
                epoch=epoch,
                first=self.first_epoch,
                last=self.epochs.stop - 1,
            )
        start = checkpoints[-1]
        learner = Learner.resume(start)
        with np.errstate(all="ignore"), limited_threads():
            self._replay(learner, epoch, self._journal[start.messages :])
        return learner

    @staticmethod
    def _replay(learner: Learner, epoch: int, journal: list[tuple[int, Message]]) -> None:
        """Step to an epoch, applying every change at its time."""
        changes = iter(journal)
        due = next(changes, None)
        advance: Callable[[], float] = learner.advance
        while True:
            while (
                due is not None
                and due[0] <= learner.step
                and (learner.epoch < epoch or learner.batch)
            ):
                learner.apply(due[1])
                due = next(changes, None)
            if learner.epoch >= epoch:
                return
            advance()
