"""An ensemble that is trained elsewhere: what is asked for, and how it ended, as bytes."""

from __future__ import annotations

from collections.abc import Callable
from typing import Self

import msgspec
import numpy as np

from model.files import decode, encode
from model.training.ensemble import Ensemble
from model.training.ensemble_trainer import Member
from model.training.ensemble_weights import cut, pack_weights, with_weights
from model.training.snapshot import Reason


class Ending(msgspec.Struct, frozen=True):
    """How every member ended, in one order.

    Attributes
    ----------
    weights
        As in :func:`pack_weights`.
    curves
        As an ensemble holds them: their shapes, and their bytes in the experiment's dtype.
    """

    seeds: list[int]
    reasons: list[Reason]
    epochs: list[int]
    losses: list[float]
    accuracies: list[float]
    weights: bytes
    curves: list[tuple[tuple[int, int], bytes]]

    @classmethod
    def of(cls, ensemble: Ensemble) -> Self:
        """Return how an ensemble ended."""
        members = list(ensemble.members.values())
        dtype = members[0].experiment.training.dtype
        return cls(
            [member.seed for member in members],
            [member.reason for member in members],
            [member.epoch for member in members],
            [member.train_loss for member in members],
            [member.accuracy for member in members],
            pack_weights([member.experiment for member in members], dtype).tobytes(),
            [(curve.shape, curve.astype(dtype).tobytes()) for curve in ensemble.curves],
        )

    def hand_to(self, ensemble: Ensemble) -> None:
        """Give the fresh ensemble of the same order the members and curves of this one."""
        own = {start.seed: start for start in ensemble.starts}
        network, dtype = ensemble.starts[0].network, ensemble.starts[0].training.dtype
        arrays = cut(np.frombuffer(self.weights, dtype), len(self.seeds), network)
        rows = zip(self.seeds, self.reasons, self.epochs, self.losses, self.accuracies, strict=True)
        members = {
            seed: Member(
                seed, reason, epoch, loss, accuracy, with_weights(own[seed], arrays, place)
            )
            for place, (seed, reason, epoch, loss, accuracy) in enumerate(rows)
        }
        curves = [np.frombuffer(raw, dtype).reshape(shape) for shape, raw in self.curves]
        ensemble.adopt(members, curves)


class Order(msgspec.Struct, frozen=True):
    """What to train: an experiment as its file holds it, and the rest as an ensemble takes it."""

    experiment: bytes
    seeds: list[int]
    curve_every: int

    @classmethod
    def of(cls, ensemble: Ensemble) -> Self:
        """Return the order of a fresh ensemble."""
        starts = ensemble.starts
        return cls(encode(starts[0]), [start.seed for start in starts], ensemble.curve_every)

    def carry_out(
        self, should_stop: Callable[[], bool], publish: Callable[[Ensemble], None]
    ) -> Ending:
        """Train what is asked for; the arguments are those of :meth:`Ensemble.run`."""
        ensemble = Ensemble(decode(self.experiment), self.seeds, curve_every=self.curve_every)
        ensemble.run(should_stop, publish)
        return Ending.of(ensemble)
