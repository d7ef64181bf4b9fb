"""What the user may change while training runs, and the inbox that takes it to the trainer."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from threading import Event

from msgspec import Struct

from model.experiment import Activation, DataSpec, SplitSpec, TrainingSpec


class SetTraining(Struct, frozen=True):
    """Use other training settings; the optimiser's averages stay where the optimiser does."""

    training: TrainingSpec


class SetLayers(Struct, frozen=True):
    """Go on with other activations or drop-out, weights as they are, under settings that fit them.

    Attributes
    ----------
    activations, dropouts
        One a layer.
    training
        The settings from now on: another output may ask for another loss.
    """

    activations: tuple[Activation, ...]
    dropouts: tuple[float, ...]
    training: TrainingSpec


class SetWeight(Struct, frozen=True):
    """Set one weight.

    Attributes
    ----------
    layer, row, unit
        Which, counted from 0; row ``inputs`` is the bias.
    value
        A finite number.
    """

    layer: int
    row: int
    unit: int
    value: float


class SetPinned(Struct, frozen=True):
    """Leave some weights of a layer alone from now on.

    Attributes
    ----------
    layer
        Which, counted from 0.
    pinned
        All that are pinned from now on, as (row, unit); row ``inputs`` is the bias.
    """

    layer: int
    pinned: tuple[tuple[int, int], ...]


class SetData(Struct, frozen=True):
    """Learn from other data of the same width under this split."""

    data: DataSpec
    split: SplitSpec


class SetSpeed(Struct, frozen=True):
    """Run slower, or flat out.

    Attributes
    ----------
    epochs_per_second
        At most; ``None`` runs flat out.
    """

    epochs_per_second: float | None


Message = SetTraining | SetLayers | SetWeight | SetPinned | SetData | SetSpeed


class Inbox:
    """Hold what was posted until the trainer takes it.

    Attributes
    ----------
    waiting
        What has not been taken yet, oldest first. Its truth is asked once a step, so that a step
        without mail costs no call; only :meth:`take` takes from it.

    Notes
    -----
    Only :meth:`post` may be called from another thread.
    """

    def __init__(self) -> None:
        self.waiting: deque[Message] = deque()
        self._has_come = Event()

    def post(self, message: Message) -> None:
        """Hand over a change."""
        self.waiting.append(message)
        self._has_come.set()

    def take(self) -> Iterator[Message]:
        """Yield what has come, oldest first; of data that others replace at once only the last."""
        self._has_come.clear()
        while self.waiting:
            message = self.waiting.popleft()
            # Data that others follow at once are passed over: reading a large file costs a second.
            is_replaced = self.waiting and isinstance(self.waiting[0], SetData)
            if not (isinstance(message, SetData) and is_replaced):
                yield message

    def wait(self, seconds: float) -> None:
        """Wait until something comes, at the longest for so many seconds."""
        self._has_come.wait(seconds)
