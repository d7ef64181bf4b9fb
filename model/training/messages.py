"""Changes that the user can make during training, and the trainer's inbox."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from threading import Event

from msgspec import Struct

from model.experiment import Experiment


class SetSettings(Struct, frozen=True):
    """Continue with another experiment's settings and the same weights.

    Attributes
    ----------
    experiment
        Experiment of the same shape that provides data, split and training, and each layer's
        activation, dropout and pins. If the optimiser is the same, its averages are kept.
    """

    experiment: Experiment


class SetWeight(Struct, frozen=True):
    """Set one weight.

    Attributes
    ----------
    layer, row, unit
        Place of the weight, counted from 0; row ``inputs`` is the bias.
    value
        A finite number.
    """

    layer: int
    row: int
    unit: int
    value: float


class SetSpeed(Struct, frozen=True):
    """Limit the speed, or remove the limit.

    Attributes
    ----------
    epochs_per_second
        Maximum speed; ``None`` for no limit.
    """

    epochs_per_second: float | None


Message = SetSettings | SetWeight | SetSpeed


class Inbox:
    """Queue of changes for the trainer.

    Attributes
    ----------
    waiting
        Pending changes, oldest first. Checked for emptiness at every step, so that a step without
        changes costs no call; only :meth:`take` removes from it.

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
        """Yield the changes, oldest first; of consecutive settings only the last."""
        self._has_come.clear()
        while self.waiting:
            message = self.waiting.popleft()
            # Their data may be a large file, which takes a second to read.
            is_replaced = self.waiting and isinstance(self.waiting[0], SetSettings)
            if not (isinstance(message, SetSettings) and is_replaced):
                yield message

    def wait(self, seconds: float) -> None:
        """Wait for a change, at most `seconds`."""
        self._has_come.wait(seconds)
