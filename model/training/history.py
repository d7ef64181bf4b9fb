"""Every epoch's losses, and the way back to any epoch's weights.

Losses lie in columns that double when they are full. A reader in another thread gets a view of what
is complete: the writer only ever writes behind the length that readers see, and a full array is
replaced, not resized, so a view that someone holds stays as it was.

Weights are kept at every `stride`-th epoch. When there are too many, every second one goes and the
stride doubles, so memory stays bounded; the epochs between are made again by replay, which gives
the same bits, since a checkpoint holds the optimiser and the generator too.
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
"""Memory that checkpoints may take in all."""

KEPT_MOST, KEPT_FEWEST = 256, 8


class History:
    """Losses by epoch, checkpoints, and the user's changes during the run.

    Parameters
    ----------
    first_epoch
        The epoch that the run starts from.
    has_test
        Whether there is a test loss.

    Attributes
    ----------
    same_data_from
        The first epoch whose losses are of the present data: those before compare with none since.
    accuracies
        Of a classification the shares of right rows as last measured, of the training set and of
        the test set where there is one, after the epoch that is named first or within the one that
        follows; else ``None``.
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
        """Return the number of recorded epochs, the untrained start included."""
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

        NaN stands for the epochs without one, where it was switched on or off on the way.
        """
        return None if self._test is None else self._test.view(self._length)

    @property
    def ran_away(self) -> bool:
        """Whether the epoch after the last recorded one had a non-finite loss."""
        return self._length > 0 and self._ran_away_after == self.epochs[-1]

    # -- Writing, by the worker only ---------------------------------------------------------------

    def record(self, epoch: int, train_loss: float, test_loss: float | None) -> None:
        """Record the losses of an epoch, replacing earlier ones.

        Parameters
        ----------
        epoch
            Which, counted from the run's start at 0.
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
        The writer puts epoch e's loss at ``e - first_epoch`` and then calls :meth:`wrote`.
        """
        return self._train.values, len(self._train.values)

    def wrote(self, epoch: int) -> None:
        """Publish everything written up to an epoch."""
        length = epoch - self.first_epoch + 1
        if self._test is not None:
            self._test.reserve(length)
        self._length = length

    def next_checkpoint(self, epoch: int) -> int:
        """Return the first epoch from this one on that needs a checkpoint."""
        return epoch + (self.first_epoch - epoch) % self._stride

    def wants_checkpoint(self, epoch: int) -> bool:
        """Return whether this epoch needs a checkpoint."""
        return (epoch - self.first_epoch) % self._stride == 0

    def keep(self, learner: Learner) -> None:
        """Store the learner's present weights as a checkpoint, thinning older ones."""
        kept = self._checkpoints
        if kept and kept[-1].epoch >= learner.epoch:
            return
        checkpoint = learner.checkpoint(len(self._journal))
        most = min(KEPT_MOST, max(KEPT_FEWEST, KEPT_BYTES // max(1, checkpoint.nbytes)))
        if len(kept) >= most:
            self._stride *= 2
            kept = [c for c in kept if (c.epoch - self.first_epoch) % self._stride == 0]
        if (learner.epoch - self.first_epoch) % self._stride == 0:
            kept = [*kept, checkpoint]
        self._checkpoints = kept

    def note(self, epoch: int, step: int, message: Message, *, other_data: bool) -> None:
        """Record a change that the user made after `step` steps, in or before an epoch.

        Parameters
        ----------
        epoch, step
            The epoch under way, and steps done in the whole run.
        other_data
            Whether the losses from now on are of other data.
        """
        self._journal.append((step, message))
        if other_data:
            self.same_data_from = epoch

    def changes_by(self, step: int) -> list[Message]:
        """Return the changes made up to so many steps; safe to call from any thread."""
        return [message for at, message in tuple(self._journal) if at <= step]

    def note_runaway(self) -> None:
        """Record that the epoch after the last one was non-finite, until a finite one follows."""
        self._ran_away_after = self.epochs[-1]

    def cut(self, epoch: int, step: int) -> list[Message]:
        """Drop all after the learner's epoch; return the changes made after its `step` steps."""
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
        May be called from any thread while training goes on: it works on arrays of its own.
        """
        return self.learner_at(epoch).experiment()

    @property
    def start(self) -> Experiment | None:
        """The untrained experiment at the run's start, ``None`` if it began trained."""
        if self._start is None and self._checkpoints and self._checkpoints[0].epoch == 0:
            self._start = Learner.resume(self._checkpoints[0]).experiment()
        return self._start

    def replayed(self, epoch: int) -> int:
        """Return how many epochs must be replayed to reach an epoch."""
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
