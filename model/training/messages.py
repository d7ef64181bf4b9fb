"""The changes that the user may make during training, and the trainer's inbox."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from threading import Event

from msgspec import Struct

from model.experiment import Activation, DataSpec, SplitSpec, TrainingSpec


class SetTraining(Struct, frozen=True):
    """Use other training settings; an unchanged optimiser keeps its averages."""

    training: TrainingSpec


class SetLayers(Struct, frozen=True):
    """Use other activations or drop-out with the same weights, and fitting settings.

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
    """Pin some weights of a layer.

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
    """Use other data of the same width, with this split."""

    data: DataSpec
    split: SplitSpec


class SetSpeed(Struct, frozen=True):
    """Limit the speed, or remove the limit.

    Attributes
    ----------
    epochs_per_second
        At most; ``None`` runs flat out.
    """

    epochs_per_second: float | None


Message = SetTraining | SetLayers | SetWeight | SetPinned | SetData | SetSpeed


class Inbox:
    """Queue of changes for the trainer.

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
        """Add a change."""
        self.waiting.append(message)
        self._has_come.set()

    def take(self) -> Iterator[Message]:
        """Yield the changes, oldest first; of data replaced at once only the last."""
        self._has_come.clear()
        while self.waiting:
            message = self.waiting.popleft()
            # Data that others follow at once are passed over: reading a large file costs a second.
            is_replaced = self.waiting and isinstance(self.waiting[0], SetData)
            if not (isinstance(message, SetData) and is_replaced):
                yield message

    def wait(self, seconds: float) -> None:
        """Wait for a change, at most so many seconds."""
        self._has_come.wait(seconds)
